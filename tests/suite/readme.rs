//! Every command that README.md and docs/ show is run, or checked otherwise for a reason that stands here.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use super::commands::platform::Platform;
use super::commands::{Shop, binary, errors, said};

/// What is done with a command that is shown.
enum Case {
    /// Run in the shop that the reader has made by then, with these lines typed in; it ends well and says this.
    Says(&'static str, &'static str),
    /// A bot that runs until it is stopped: a Telegram on the loopback is greeted by it.
    Runs,
    /// Not run, for the reason beside it; the files that it names must be there.
    Elsewhere,
}

use Case::{Elsewhere, Runs, Says};

/// In the order in which a reader meets them.
const CASES: [(&str, Case); 20] = [
    ("cargo run --release -- chat", Says("When are you open?\n", "Monday to Friday 10:00 to 18:30")),
    ("cargo test", Elsewhere),             // this is it
    ("cargo install --path .", Elsewhere), // it builds everything anew, as was done for this test
    ("deskbell init my-shop", Says("", "my-shop/deskbell.toml")),
    ("deskbell check", Says("", "checks.toml: 24 of 24")),
    ("deskbell check --suggest", Says("", "nothing is changed by itself")),
    ("deskbell faq log", Says("", "76 entries")),
    ("deskbell faq rollback 1", Says("", "holds version 1 again")),
    ("deskbell ask \"wnn habt ihr offen?\"", Says("", "answer with #opening-hours")),
    ("deskbell export json-ld -o website.json", Says("", "Written: website.json")),
    ("deskbell import website.json --dry-run", Says("", "--- en/import-website.md")),
    ("DESKBELL_TELEGRAM_TOKEN_FILE=telegram.token deskbell run", Runs),
    ("deskbell gaps", Says("", "> Will you sponsor our school football team?")),
    ("deskbell report --html report.html", Says("", "Written: report.html")),
    ("deskbell doctor", Says("", "Nothing is wrong")),
    ("deskbell backup --to monday.jsonl", Says("", "deskbell restore monday.jsonl")),
    ("deskbell restore monday.jsonl", Says("", "What was there before is in")),
    ("deskbell forget telegram:4711", Says("", "Nothing is stored about telegram:4711")),
    ("docker build -f deploy/Dockerfile -t deskbell .", Elsewhere), // it needs Docker and the network
    ("docker compose -f deploy/compose.yml up -d", Elsewhere),      // it needs Docker and the network
];

#[test]
fn every_command_in_the_readme_and_the_guides_works_as_shown() {
    let mut shop = Shop::new();
    shop.fine(&["check"]);
    for (file, command) in shown() {
        let command = command.split(" #").next().unwrap_or_default().trim().to_owned();
        if let Some(variable) = command.strip_prefix("export ") {
            assert_is_read(&file, variable.split('=').next().unwrap_or_default());
            continue;
        }
        let case = CASES.iter().find(|(known, _)| *known == command);
        let Some((_, case)) = case else {
            panic!("{file} shows `{command}`, which has no case in readme.rs")
        };
        match case {
            Says(input, says) => {
                let arguments = arguments(&command);
                let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
                let output = shop.run(&arguments, input);
                let all = said(&output) + &errors(&output);
                assert!(output.status.success() && all.contains(says), "{file}: `{command}` says: {all}");
                if arguments[0] == "init" {
                    shop = shop.into(arguments[1]);
                    // What a reader has by then: customers who asked, some of them in vain.
                    shop.run(&["chat"], "When are you open?\nWill you sponsor our school football team?\n");
                }
            }
            Runs => greets(&shop, &command),
            Elsewhere => {
                for word in command.split(' ').filter(|word| word.contains('/')) {
                    assert!(
                        root().join(word).exists(),
                        "{file}: `{command}` names {word}, which is not there"
                    );
                }
            }
        }
    }
}

#[test]
fn every_case_is_still_shown() {
    let shown: BTreeSet<String> = shown().into_iter().map(|(_, command)| command).collect();
    for (command, _) in &CASES {
        assert!(shown.contains(*command), "`{command}` is shown nowhere any more");
    }
}

#[test]
fn every_command_named_in_passing_exists_with_its_options() {
    let mut found = 0;
    for (file, text) in pages() {
        for words in text.split('`').skip(1).step_by(2).filter_map(|code| code.strip_prefix("deskbell ")) {
            let words: Vec<&str> = words.split_whitespace().collect();
            let Some((command, rest)) = words.split_first() else { continue };
            let help = Command::new(binary()).args([command, "--help"]).output().expect("it ends");
            assert!(help.status.success(), "{file}: there is no `deskbell {command}`");
            for option in rest.iter().filter(|word| word.starts_with("--")) {
                assert!(said(&help).contains(option), "{file}: `deskbell {command}` has no {option}");
            }
            found += 1;
        }
    }
    assert!(5 < found, "the pages were not read");
}

/// Starts the bot with the token in the file that `command` names, and ends it once it has greeted.
fn greets(shop: &Shop, command: &str) {
    let (variable, file) = command.split(' ').next().and_then(|set| set.split_once('=')).expect("NAME=value");
    fs::write(shop.path(file), "4200:readme").expect("it can be written");
    let telegram = Platform::start();
    let mut bot = shop
        .command(&["run"])
        .env(variable, file)
        .env("DESKBELL_TELEGRAM_API_URL", telegram.url())
        .env("DESKBELL_HEALTH_LISTEN", "off")
        .spawn()
        .expect("it starts");
    telegram.until("a greeting", |calls| calls.iter().find(|(method, _)| method == "getMe").cloned());
    bot.kill().expect("it can be ended");
    bot.wait().expect("it ends");
    fs::remove_file(shop.path(file)).expect("it is there");
}

fn assert_is_read(file: &str, variable: &str) {
    let config = fs::read_to_string(root().join("src/config/file.rs")).expect("it is there");
    assert!(config.contains(&format!("\"{variable}\"")), "{file}: nothing reads {variable}");
}

/// What deskbell gets of `command`, as a shell takes it apart.
fn arguments(command: &str) -> Vec<String> {
    let command = command.trim_start_matches("cargo run --release --").trim_start_matches("deskbell").trim();
    let quoted = command.split('"').enumerate();
    quoted
        .flat_map(|(number, part)| match number % 2 {
            0 => part.split_whitespace().map(str::to_owned).collect(),
            _ => vec![part.to_owned()],
        })
        .collect()
}

/// The commands in code blocks, with their files, in order.
fn shown() -> Vec<(String, String)> {
    let mut shown = Vec::new();
    for (file, text) in pages() {
        let mut block: Option<&str> = None;
        for line in text.lines().map(str::trim) {
            match (line.strip_prefix("```"), block) {
                (Some(language), None) => block = Some(language),
                (Some(_), Some(_)) => block = None,
                (None, Some("sh")) if !line.is_empty() => shown.push((file.clone(), line.to_owned())),
                (None, Some("text")) if is_command(line) => shown.push((file.clone(), line.to_owned())),
                (None, _) => {}
            }
        }
    }
    assert!(10 < shown.len(), "the pages were not read");
    shown
}

/// Whether a line of plain text is something to type.
fn is_command(line: &str) -> bool {
    let word = line.split(' ').find(|word| !word.contains('='));
    word.is_some_and(|word| ["deskbell", "cargo", "docker"].contains(&word))
}

/// README.md and the guides, by name.
fn pages() -> Vec<(String, String)> {
    let guides = fs::read_dir(root().join("docs")).expect("there are guides");
    let mut files: Vec<String> = guides
        .map(|entry| format!("docs/{}", entry.expect("listed").file_name().to_string_lossy()))
        .filter(|name| Path::new(name).extension().is_some_and(|ending| ending == "md"))
        .collect();
    files.sort();
    files.insert(0, "README.md".to_owned());
    let text = |file: &str| fs::read_to_string(root().join(file)).expect("it can be read");
    files.into_iter().map(|file| (file.clone(), text(&file))).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
