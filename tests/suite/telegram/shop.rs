//! The real binary in a folder of its own, over the fake.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::fake::{Fake, TOKEN, user};

/// A shop with a bot.
pub(super) struct Shop {
    pub(super) fake: Fake,
    folder: TempDir,
    /// How much of it is logged.
    pub(super) log_level: &'static str,
    child: Option<Child>,
}

/// A small FAQ; entries far apart, so that a question never means two of them.
pub(super) const FAQ: &str = "\
# Shop

## When are you open? {#hours}
> opening hours

Every day from nine to six.

## How long does delivery take? {#delivery}
> delivery time

Two or three days.

## Can I send something back? {#returns}
> return an item

Within thirty days.

## Do you repair bicycles? {#repairs}
> bicycle repair

We do, every Tuesday.
";

/// Questions that it answers, with a word of the answer.
pub(super) const KNOWN: [(&str, &str); 4] = [
    ("When are you open?", "nine to six"),
    ("How long does delivery take?", "Two or three days"),
    ("Can I send something back?", "thirty days"),
    ("Do you repair bicycles?", "every Tuesday"),
];

const CONFIGURATION: &str = "\
[conversation]
burst_seconds = 0
flood_messages = 100000

[staff]
channel = \"telegram\"
place = \"-100500\"
";

impl Shop {
    /// A shop with the small FAQ, and staff in a group with topics; not yet open.
    pub(super) async fn small() -> Self {
        let shop = Self::empty().await;
        fs::create_dir(shop.path("faq")).expect("a folder can be made");
        fs::write(shop.path("faq/business.toml"), "name = \"Test\"\nlang = \"en\"\n")
            .expect("it can be written");
        fs::write(shop.path("faq/shop.md"), FAQ).expect("it can be written");
        shop
    }

    /// The same, with the usual patience for customers who write much.
    pub(super) async fn strict() -> Self {
        let shop = Self::small().await;
        fs::write(shop.path("deskbell.toml"), CONFIGURATION.replace("flood_messages = 100000\n", ""))
            .expect("it can be written");
        shop
    }

    /// A shop with the sample that `deskbell init` writes; not yet open.
    pub(super) async fn sample() -> Self {
        let shop = Self::empty().await;
        let configuration = fs::read_to_string(shop.path("deskbell.toml")).expect("it was written");
        fs::remove_file(shop.path("deskbell.toml")).expect("it was written");
        assert!(shop.command(&["init"]).status().expect("it runs").success());
        fs::write(shop.path("deskbell.toml"), configuration).expect("it can be written");
        shop
    }

    async fn empty() -> Self {
        let fake = Fake::start().await;
        fake.add_chat(-100_500, "supergroup", true);
        let shop = Self {
            fake,
            folder: TempDir::new().expect("a folder can be made"),
            log_level: "debug",
            child: None,
        };
        fs::write(shop.path("deskbell.toml"), CONFIGURATION).expect("it can be written");
        shop
    }

    pub(super) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let log = fs::File::options()
            .append(true)
            .create(true)
            .open(self.path("log.txt"))
            .expect("a log can be kept");
        let mut command = Command::new(Path::new(env!("CARGO_BIN_EXE_deskbell")));
        command.args(arguments).current_dir(self.folder.path()).env_clear();
        command.env("DESKBELL_TELEGRAM_TOKEN", TOKEN).env("DESKBELL_TELEGRAM_API_URL", self.fake.url());
        command.env("DESKBELL_LOG", self.log_level).env("RUST_BACKTRACE", "1");
        command.stdin(Stdio::null()).stdout(log.try_clone().expect("a handle can be copied")).stderr(log);
        command
    }

    /// Opens, and waits until the bot listens.
    pub(super) async fn open(&mut self) {
        let before = self.fake.state().calls_of("getUpdates").len();
        self.spawn();
        self.fake
            .until("the first poll", |state| (before < state.calls_of("getUpdates").len()).then_some(()))
            .await;
    }

    pub(super) fn spawn(&mut self) {
        self.child = Some(self.command(&["run"]).spawn().expect("the binary starts"));
    }

    /// Kills the bot as a power cut would.
    pub(super) fn kill(&mut self) {
        let mut child = self.child.take().expect("it runs");
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
    }

    /// Asks the bot to stop, and gives its exit code.
    pub(super) async fn close(&mut self) -> ExitStatus {
        let id = self.child.as_ref().expect("it runs").id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().expect("kill is there").success());
        self.ended().await
    }

    /// Waits until the bot has ended by itself.
    pub(super) async fn ended(&mut self) -> ExitStatus {
        let mut child = self.child.take().expect("it runs");
        let wait = tokio::task::spawn_blocking(move || child.wait().expect("it ends"));
        tokio::time::timeout(Duration::from_secs(60), wait)
            .await
            .expect("it ends soon")
            .expect("nobody panicked")
    }

    pub(super) fn log(&self) -> String {
        fs::read_to_string(self.path("log.txt")).unwrap_or_default()
    }

    pub(super) fn customer(&self, id: i64) -> Customer<'_> {
        if !self.fake.state().chats.contains_key(&id) {
            self.fake.add_chat(id, "private", false);
        }
        Customer { shop: self, user: user(id, &format!("Customer {id}"), "de"), id }
    }

    /// What must hold after every day.
    pub(super) fn judge(&self) {
        assert_eq!(self.fake.violations(), Vec::<String>::new());
        let log = self.log();
        assert!(!log.contains("CANARY"), "the token is in the log");
        assert!(!log.contains("panicked"), "{log}");
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
        if std::thread::panicking() {
            eprintln!("the bot's log:\n{}", self.log());
        }
    }
}

/// Somebody in a private chat with the bot.
pub(super) struct Customer<'a> {
    shop: &'a Shop,
    pub(super) user: Value,
    pub(super) id: i64,
}

impl Customer<'_> {
    pub(super) fn writes(&self, text: &str) -> i64 {
        self.shop.fake.writes(self.id, &self.user, json!({"text": text}))
    }

    /// Waits for a message with `words`.
    pub(super) async fn hears(&self, words: &str) -> Value {
        self.shop.fake.said(self.id, words).await
    }

    /// All that the bot said here, oldest first.
    pub(super) fn heard(&self) -> Vec<String> {
        let state = self.shop.fake.state();
        let messages = state.messages.range((self.id, 0)..=(self.id, i64::MAX));
        let ours = messages.filter(|(_, message)| message["from"]["id"] == super::fake::ME);
        ours.map(|(_, message)| message["text"].as_str().unwrap_or_default().to_owned()).collect()
    }
}
