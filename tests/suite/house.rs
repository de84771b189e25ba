//! The real binary in a folder of its own: opened, killed, closed, and what it wrote.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use tempfile::TempDir;

/// A small FAQ; entries far apart, so that a question never means two of them.
const FAQ: &str = "\
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
pub(crate) const KNOWN: [(&str, &str); 4] = [
    ("When are you open?", "nine to six"),
    ("How long does delivery take?", "Two or three days"),
    ("Can I send something back?", "thirty days"),
    ("Do you repair bicycles?", "every Tuesday"),
];

/// No waiting for further words, and no patience with floods that would hide what is measured.
pub(crate) const CONVERSATION: &str = "\
[conversation]
burst_seconds = 0
flood_messages = 100000
";

/// Where a bot lives.
pub(crate) struct House {
    folder: TempDir,
    /// Tokens, and where the platforms are.
    environment: Vec<(&'static str, String)>,
    /// Words that may stand in nothing that it writes.
    secrets: Vec<&'static str>,
    /// How much of it is logged.
    pub(crate) log_level: &'static str,
    child: Option<Child>,
}

impl House {
    /// An empty house with this `deskbell.toml`.
    pub(crate) fn empty(configuration: &str) -> Self {
        let house = Self {
            folder: TempDir::new().expect("a folder can be made"),
            environment: Vec::new(),
            secrets: Vec::new(),
            log_level: "debug",
            child: None,
        };
        house.write("deskbell.toml", configuration);
        house
    }

    /// A house with the small FAQ.
    pub(crate) fn small(configuration: &str) -> Self {
        let house = Self::empty(configuration);
        fs::create_dir(house.path("faq")).expect("a folder can be made");
        house.write("faq/business.toml", "name = \"Test\"\nlang = \"en\"\n");
        house.write("faq/shop.md", FAQ);
        house
    }

    /// A house with the sample that `deskbell init` writes.
    pub(crate) fn sample(configuration: &str) -> Self {
        let house = Self::empty(configuration);
        fs::remove_file(house.path("deskbell.toml")).expect("it was written");
        assert!(house.command(&["init"]).status().expect("it runs").success());
        house.write("deskbell.toml", configuration);
        house
    }

    /// Connects it to a platform: the variables for it, and the token that nobody may see.
    pub(crate) fn connect(
        &mut self,
        variables: impl IntoIterator<Item = (&'static str, String)>,
        token: &'static str,
    ) {
        self.environment.extend(variables);
        self.secrets.push(token);
    }

    /// Adds `lines` to its settings.
    pub(crate) fn set(&self, lines: &str) {
        let before = fs::read_to_string(self.path("deskbell.toml")).expect("it was written");
        self.write("deskbell.toml", &(before + lines));
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        fs::write(self.path(path), text).expect("it can be written");
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let log = fs::File::options()
            .append(true)
            .create(true)
            .open(self.path("log.txt"))
            .expect("a log can be kept");
        // A long run can keep a binary of its own, while the tree goes on being built.
        let binary = std::env::var_os("DESKBELL_BINARY").map(PathBuf::from);
        let mut command =
            Command::new(binary.unwrap_or_else(|| Path::new(env!("CARGO_BIN_EXE_deskbell")).to_path_buf()));
        command.args(arguments).current_dir(self.folder.path()).env_clear();
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        // Many bots run at once here, and there is one such port.
        command.env("DESKBELL_HEALTH_LISTEN", "off");
        command.env("DESKBELL_LOG", self.log_level).env("RUST_BACKTRACE", "1");
        command.stdin(Stdio::null()).stdout(log.try_clone().expect("a handle can be copied")).stderr(log);
        command
    }

    pub(crate) fn spawn(&mut self) {
        assert!(self.child.is_none(), "it runs already");
        self.child = Some(self.command(&["run"]).spawn().expect("the binary starts"));
    }

    /// The process's number, while it runs.
    pub(crate) fn process(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// Whether it was started and has ended by itself.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.as_mut().is_some_and(|child| child.try_wait().is_ok_and(|status| status.is_some()))
    }

    /// Kills the bot as a power cut would.
    pub(crate) fn kill(&mut self) {
        let mut child = self.child.take().expect("it runs");
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
    }

    /// Asks the bot to stop, and gives its exit code.
    pub(crate) async fn close(&mut self) -> ExitStatus {
        let id = self.child.as_ref().expect("it runs").id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().expect("kill is there").success());
        self.ended().await
    }

    /// Waits until the bot has ended by itself.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
        let mut child = self.child.take().expect("it runs");
        let wait = tokio::task::spawn_blocking(move || child.wait().expect("it ends"));
        tokio::time::timeout(Duration::from_secs(240), wait)
            .await
            .expect("it ends soon")
            .expect("nobody panicked")
    }

    /// Waits until staff's draft lies there, then approves all of them as the owner does.
    pub(crate) async fn approve(&self) {
        let drafts = || fs::read_dir(self.path("faq/drafts")).is_ok_and(|mut drafts| drafts.next().is_some());
        let start = std::time::Instant::now();
        while !drafts() {
            assert!(start.elapsed() < Duration::from_secs(240), "no draft was written");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let mut approve = self.command(&["approve", "--all"]);
        assert!(approve.status().expect("it runs").success(), "{}", self.log());
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.path("log.txt")).unwrap_or_default()
    }

    /// What must hold for whatever it wrote: no token in it, and no panic.
    pub(crate) fn judge(&self) {
        let log = self.log();
        for secret in &self.secrets {
            assert!(!log.contains(secret), "a token is in the log");
        }
        assert!(!log.contains("panicked"), "{log}");
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
        if std::thread::panicking() {
            let log = self.log();
            let lines: Vec<&str> = log.lines().collect();
            eprintln!("the end of the bot's log:\n{}", lines[lines.len().saturating_sub(200)..].join("\n"));
        }
    }
}

/// Numbers without a pattern, the same for every seed.
pub(crate) struct Luck(pub(crate) u64);

impl Luck {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    /// A question of [`KNOWN`] other than `last`, so that a repeated answer can be told.
    pub(crate) fn question(&mut self, last: Option<usize>) -> usize {
        let question = usize::try_from(self.below(KNOWN.len() as u64)).expect("small");
        if Some(question) == last { (question + 1) % KNOWN.len() } else { question }
    }
}

/// How often, unless the environment asks for more.
pub(crate) fn times(variable: &str, default: u64) -> u64 {
    std::env::var(variable).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

/// A figure, for who runs the tests with `--nocapture`.
pub(crate) fn tell(figure: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "{figure}");
}

/// Compares what a customer asked (numbers of [`KNOWN`]) with what they heard: the answers lost or out of order, and how
/// many were repeated.
pub(crate) fn compare(asked: &[usize], heard: &[String]) -> (Vec<String>, usize) {
    let (mut wrong, mut repeated, mut next) = (Vec::new(), 0, 0);
    for text in heard {
        let answers = |question: usize| text.contains(KNOWN[question].1);
        if asked.get(next).is_some_and(|question| answers(*question)) {
            next += 1;
        } else if 0 < next && answers(asked[next - 1]) {
            repeated += 1;
        } else {
            wrong.push(format!("`{text}` instead of an answer to question {next} of {asked:?}"));
        }
    }
    if next < asked.len() {
        wrong.push(format!("{next} of {} answered", asked.len()));
    }
    (wrong, repeated)
}

/// Waits until each customer has heard every answer to `asked`, in order; gives how many were repeated.
pub(crate) async fn all_answered(asked: &[usize], heard: impl Fn() -> Vec<Vec<String>>) -> usize {
    let start = std::time::Instant::now();
    loop {
        let all = heard();
        let (wrong, repeated): (Vec<_>, Vec<_>) = all.iter().map(|heard| compare(asked, heard)).unzip();
        if wrong.iter().all(Vec::is_empty) {
            return repeated.iter().sum();
        }
        assert!(start.elapsed() < Duration::from_secs(240), "{wrong:#?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The middle of `waits`, and what one in a hundred is longer than.
pub(crate) fn spread(mut waits: Vec<Duration>) -> (Duration, Duration) {
    waits.sort_unstable();
    (waits[waits.len() / 2], waits[waits.len() * 99 / 100])
}

#[test]
fn the_comparison_can_fail() {
    let said = |numbers: &[usize]| -> Vec<String> {
        numbers.iter().map(|number| KNOWN[*number].1.to_owned()).collect()
    };
    assert_eq!(compare(&[0, 1], &said(&[0, 1])), (Vec::new(), 0));
    assert_eq!(compare(&[0, 1], &said(&[0, 0, 1])).1, 1);
    assert!(!compare(&[0, 1], &said(&[0])).0.is_empty());
    assert!(!compare(&[0, 1], &said(&[1, 0])).0.is_empty());
}
