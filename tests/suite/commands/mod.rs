//! The binary, as an owner uses it: every command from the outside, in a folder of its own.

mod ask;
mod backups;
mod damage;
mod doctor;
mod forget;
mod gaps;
mod man;
pub(super) mod platform;
mod suggest;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A folder with deskbell's sample in it.
pub(super) struct Shop {
    folder: TempDir,
    /// Below it.
    within: PathBuf,
}

impl Shop {
    pub(super) fn new() -> Self {
        let shop = Self { folder: TempDir::new().expect("a folder can be made"), within: PathBuf::new() };
        let written = shop.run(&["init"], "");
        assert!(written.status.success(), "{}", errors(&written));
        shop
    }

    /// The shop that was made in `folder` of this one.
    pub(super) fn into(mut self, folder: &str) -> Self {
        self.within = folder.into();
        self
    }

    pub(super) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(&self.within).join(path)
    }

    pub(super) fn edit(&self, path: &str, change: impl Fn(&str) -> String) {
        let path = self.path(path);
        let text = fs::read_to_string(&path).expect("the file is there");
        let changed = change(&text);
        assert_ne!(text, changed, "the edit changes something");
        fs::write(path, changed).expect("the file can be written");
    }

    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command.args(arguments).current_dir(self.path("")).env_remove("DESKBELL_CONFIG");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// What the command prints as JSON, whatever its exit code.
    fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let output = self.run(arguments, "");
        serde_json::from_str(&said(&output))
            .unwrap_or_else(|_| panic!("{}{}", said(&output), errors(&output)))
    }

    /// Runs the command, which must end well, and gives what it says.
    pub(super) fn fine(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments, "");
        assert!(output.status.success(), "{arguments:?}: {}{}", said(&output), errors(&output));
        said(&output)
    }

    /// The files below `folder` that hold any of `words`.
    fn files_with(&self, folder: &str, words: &[&str]) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.path(folder)];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("the folder can be listed") {
                let path = entry.expect("the folder can be listed").path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let bytes = fs::read(&path).expect("the file can be read");
                let holds = |word: &&str| bytes.windows(word.len()).any(|some| some == word.as_bytes());
                if words.iter().any(holds) {
                    found.push(path);
                }
            }
        }
        found
    }

    pub(super) fn run(&self, arguments: &[&str], input: &str) -> Output {
        let mut child = self.command(arguments).spawn().expect("the binary starts");
        child.stdin.take().expect("it is piped").write_all(input.as_bytes()).expect("it reads");
        child.wait_with_output().expect("it ends")
    }
}

pub(super) fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_deskbell"))
}

pub(super) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub(super) fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn the_sample_is_good_and_its_own_questions_come_out_as_they_should() {
    let shop = Shop::new();
    let checked = shop.run(&["check"], "");
    assert!(checked.status.success(), "{}{}", said(&checked), errors(&checked));
    assert!(said(&checked).contains("checks.toml: 24 of 24"), "{}", said(&checked));
}

#[test]
fn init_overwrites_nothing() {
    let shop = Shop::new();
    let again = shop.run(&["init"], "");
    assert_eq!(again.status.code(), Some(1));
    assert!(errors(&again).contains("faq and ./deskbell.toml are there already"), "{}", errors(&again));
}

#[test]
fn chat_answers_in_the_customers_language_and_introduces_itself_once() {
    let shop = Shop::new();
    let talk = shop.run(&["chat"], "When are you open?\nWie lange dauert die Lieferung?\nThank you\n");
    let text = said(&talk);
    assert!(talk.status.success(), "{}", errors(&talk));
    assert_eq!(text.matches("automatic assistant").count(), 1, "{text}");
    assert!(text.contains("Monday to Friday 10:00 to 18:30"), "{text}");
    assert!(text.contains("Werktage") || text.contains("Tage"), "{text}");
}

#[test]
fn what_nobody_foresaw_goes_to_staff_and_staff_can_answer_in_the_same_window() {
    let shop = Shop::new();
    let input = "Will you sponsor our school's football team?\n/staff We would love to. How many players?\n/close\nWhen are you open?\n";
    let text = said(&shop.run(&["chat"], input));
    assert!(text.contains("#1"), "a ticket is opened: {text}");
    let answer = text.find("We would love to").expect("the staff's words reach the customer");
    assert!(text[answer..].contains("Monday to Friday"), "after /close the bot answers again: {text}");
}

#[test]
fn check_points_at_each_mistake_and_says_so_by_its_exit_code() {
    let shop = Shop::new();
    shop.edit("faq/en/shop.md", |text| {
        text.replace("(#parking)", "(#parkin)").replace("{{ address }}", "{{ adress }}")
    });
    let checked = shop.run(&["check"], "");
    let text = said(&checked);
    assert_eq!(checked.status.code(), Some(1), "{text}");
    assert!(
        text.contains("faq/en/shop.md:") && text.contains("`#parkin`") && text.contains("`parking`"),
        "{text}"
    );
    assert!(text.contains("adress") && text.contains("address"), "{text}");
    let json = shop.run(&["check", "--json"], "");
    let report: serde_json::Value = serde_json::from_str(&said(&json)).expect("it is JSON");
    assert_eq!(report["errors"].as_u64(), Some(2), "{report}");
}

#[test]
fn ask_shows_the_decision_and_its_evidence() {
    let shop = Shop::new();
    let asked = shop.run(&["ask", "--json", "When are you open?"], "");
    let report: serde_json::Value = serde_json::from_str(&said(&asked)).expect("it is JSON");
    assert_eq!(report["decision"], "answer");
    assert_eq!(report["entries"][0], "opening-hours");
    let shown = said(&shop.run(&["ask", "wnn hapt ihr offn?"], ""));
    assert!(shown.contains("language   de"), "{shown}");
}

#[test]
fn a_version_can_be_put_back_and_the_rollback_undone() {
    let shop = Shop::new();
    let original = fs::read_to_string(shop.path("faq/en/shop.md")).expect("it is there");
    shop.run(&["chat"], "hello\n");
    shop.edit("faq/en/shop.md", |text| text.replace("red bicycle", "blue bicycle"));
    shop.run(&["chat"], "hello\n");
    let log = said(&shop.run(&["faq", "log", "--json"], ""));
    let versions: serde_json::Value = serde_json::from_str(&log).expect("it is JSON");
    assert_eq!(versions.as_array().map(Vec::len), Some(2), "{log}");
    assert_eq!(versions[0]["changed"][0], "en/shop.md");
    let back = shop.run(&["faq", "rollback", "1"], "");
    assert!(back.status.success(), "{}", errors(&back));
    assert_eq!(fs::read_to_string(shop.path("faq/en/shop.md")).expect("it is there"), original);
    shop.run(&["faq", "rollback", "2"], "");
    assert!(fs::read_to_string(shop.path("faq/en/shop.md")).expect("it is there").contains("blue bicycle"));
}

#[test]
fn broken_files_at_start_leave_the_last_good_version_answering() {
    let shop = Shop::new();
    shop.run(&["chat"], "hello\n");
    shop.edit("faq/en/shop.md", |text| text.replace("(#parking)", "(#nowhere)"));
    let talk = said(&shop.run(&["chat"], "When are you open?\n"));
    assert!(talk.contains("the last good one"), "{talk}");
    assert!(talk.contains("en/shop.md:"), "the owner sees where: {talk}");
    assert!(talk.contains("Monday to Friday 10:00 to 18:30"), "{talk}");
}

#[test]
fn a_kill_in_the_middle_of_reloads_loses_no_good_version() {
    let shop = Shop::new();
    let original = fs::read_to_string(shop.path("faq/en/shop.md")).expect("it is there");
    for round in 0..6_u64 {
        fs::write(
            shop.path("faq/en/shop.md"),
            original.replace("red bicycle", &format!("bicycle number {round}")),
        )
        .expect("it can be written");
        let mut child = shop.command(&["chat"]).spawn().expect("it starts");
        let mut input = child.stdin.take().expect("it is piped");
        // The rounds end at different moments of start, reading, building and keeping.
        input.write_all(b"When are you open?\n").expect("it reads");
        std::thread::sleep(std::time::Duration::from_millis(20 + 60 * round));
        fs::write(shop.path("faq/en/shop.md"), original.replace("red bicycle", "half a"))
            .expect("it can be written");
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
    }
    shop.edit("faq/en/shop.md", |text| text.replace("(#parking)", "(#nowhere)"));
    let talk = said(&shop.run(&["chat"], "When are you open?\n"));
    assert!(talk.contains("Monday to Friday 10:00 to 18:30"), "{talk}");
}

#[test]
fn every_command_has_help_with_examples() {
    let shop = Shop::new();
    for command in [
        "init",
        "check",
        "ask",
        "chat",
        "run",
        "health",
        "faq",
        "report",
        "gaps",
        "approve",
        "import",
        "export",
        "backup",
        "restore",
        "forget",
        "doctor",
        "eval",
        "completions",
        "man",
    ] {
        let help = said(&shop.run(&[command, "--help"], ""));
        assert!(help.contains("Example"), "{command}: {help}");
    }
}
