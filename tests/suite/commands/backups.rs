//! `deskbell backup` and `deskbell restore`: nothing is lost on the way there and back.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Child;

use super::platform::Platform;
use super::{Shop, errors, said};

fn asked(shop: &Shop) -> u64 {
    shop.json(&["report", "--json"])["asked"].as_u64().expect("a number")
}

/// What the doctor says of the store and its backups, where it is not content.
fn complaints(shop: &Shop) -> Vec<String> {
    let found = shop.json(&["doctor", "--offline", "--json"]);
    let findings = found["findings"].as_array().expect("a list");
    findings
        .iter()
        .filter(|finding| ["store", "backups"].iter().any(|area| finding["area"] == *area))
        .filter(|finding| finding["state"] != "ok")
        .map(ToString::to_string)
        .collect()
}

/// A chat that goes on until it is ended.
struct Running {
    child: Child,
}

impl Running {
    /// Started, and past its first answer.
    fn start(shop: &Shop, question: &str, answer: &str) -> Self {
        let mut child = shop.command(&["chat"]).spawn().expect("it starts");
        let input = child.stdin.as_mut().expect("it is piped");
        input.write_all(format!("{question}\n").as_bytes()).expect("it reads");
        let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let answered = lines.any(|line| line.is_ok_and(|line| line.contains(answer)));
        assert!(answered, "it ended without an answer");
        Self { child }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn everything_comes_back_as_it_was_and_what_was_there_is_set_aside() {
    let shop = Shop::new();
    shop.run(&["chat"], "When are you open?\nWill you sponsor our football team?\n");
    shop.fine(&["backup", "--to", "monday.jsonl"]);
    let gaps = shop.json(&["gaps", "--json"])["groups"].clone();
    shop.run(&["chat"], "Where can I park?\nDo you mend kites?\n");
    assert_eq!(asked(&shop), 4);
    let restored = shop.json(&["restore", "--json", "monday.jsonl"]);
    assert_eq!(asked(&shop), 2);
    assert_eq!(shop.json(&["gaps", "--json"])["groups"], gaps);
    let aside = restored["restored"][0]["set_aside"].as_str().expect("a place");
    assert_ne!(shop.files_with(aside, &["Do you mend kites"]), Vec::<std::path::PathBuf>::new());
    assert_eq!(complaints(&shop), [""; 0]);
    shop.run(&["chat"], "When are you open?\n");
    assert_eq!(asked(&shop), 3, "life goes on");
    assert_eq!(complaints(&shop), [""; 0]);
}

#[test]
fn a_copy_is_made_and_reports_are_read_while_the_bot_runs_but_nothing_is_put_back_under_it() {
    let shop = Shop::new();
    shop.run(&["chat"], "Where can I park?\n");
    shop.fine(&["backup", "--to", "before.jsonl"]);
    let running = Running::start(&shop, "Do you mend kites?", "passed it on");
    let said = shop.fine(&["backup", "--to", "meanwhile.jsonl"]);
    assert!(said.contains("went on meanwhile"), "{said}");
    shop.fine(&["backup"]);
    assert_eq!(asked(&shop), 2);
    assert!(shop.fine(&["gaps"]).contains("> Do you mend kites?"));
    shop.fine(&["faq", "log"]);
    let refused = shop.run(&["restore", "before.jsonl"], "");
    assert_eq!(refused.status.code(), Some(1));
    assert!(errors(&refused).contains("stop the bot first"), "{}", errors(&refused));
    drop(running);
    assert_eq!(asked(&shop), 2);
    shop.fine(&["restore", "before.jsonl"]);
    assert_eq!(asked(&shop), 1);
    shop.fine(&["restore", "meanwhile.jsonl"]);
    assert_eq!(asked(&shop), 2, "what was said before the copy is in it");
    assert_eq!(complaints(&shop), [""; 0]);
}

#[test]
fn a_bot_that_starts_while_a_command_has_the_store_waits_for_its_turn() {
    let shop = Shop::new();
    let running = Running::start(&shop, "Do you mend kites?", "passed it on");
    let telegram = Platform::start();
    let mut bot = shop
        .command(&["run"])
        .env("DESKBELL_TELEGRAM_TOKEN", "4200:waits")
        .env("DESKBELL_TELEGRAM_API_URL", telegram.url())
        .env("DESKBELL_HEALTH_LISTEN", "off")
        .spawn()
        .expect("it starts");
    let mut log = BufReader::new(bot.stderr.take().expect("it is piped")).lines();
    let waits = log.any(|line| line.is_ok_and(|line| line.contains("waiting for a minute")));
    assert!(waits, "it ended instead");
    drop(running);
    telegram.until("a greeting", |calls| calls.iter().find(|(method, _)| method == "getMe").cloned());
    bot.kill().expect("it can be ended");
    bot.wait().expect("it ends");
}

#[test]
fn a_bot_that_never_runs_for_an_hour_has_its_backups_all_the_same() {
    let shop = Shop::new();
    shop.run(&["chat"], "Where can I park?\n");
    let taken = || -> Vec<String> {
        let names = fs::read_dir(shop.path("data/backups")).into_iter().flatten().flatten();
        let names = names.map(|entry| entry.file_name().to_string_lossy().into_owned());
        names.filter(|name| name.starts_with("desk-") && name.ends_with(".jsonl")).collect()
    };
    let is_backed_up = |old: &str| {
        let running = Running::start(&shop, "Do you mend kites?", "passed it on");
        let start = std::time::Instant::now();
        while !taken().iter().any(|name| name != old) {
            assert!(start.elapsed().as_secs() < 240, "no backup is made");
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        drop(running);
    };
    // There is none at all; then there is one, and it is old.
    is_backed_up("");
    let old = "desk-20200101T000000.000Z.jsonl";
    for name in fs::read_dir(shop.path("data/backups")).expect("it is there").flatten() {
        let shelf = name.file_name().to_string_lossy().split('-').next().map(str::to_owned);
        let aged = format!("data/backups/{}-20200101T000000.000Z.jsonl", shelf.expect("it has a name"));
        fs::rename(name.path(), shop.path(&aged)).expect("it can be renamed");
    }
    is_backed_up(old);
    assert!(taken().contains(&old.to_owned()), "the old one is kept: there are fewer than seven");
}

#[test]
fn a_damaged_or_half_backup_is_refused_and_nothing_is_changed() {
    let shop = Shop::new();
    shop.run(&["chat"], "Where can I park?\n");
    shop.fine(&["backup", "--to", "good.jsonl"]);
    let good = fs::read_to_string(shop.path("good.jsonl")).expect("it is there");
    let first_part: String = good
        .split_inclusive('\n')
        .scan(false, |ended, line| (!std::mem::replace(ended, line.starts_with("{\"end\""))).then_some(line))
        .collect();
    let second_part = good.strip_prefix(&first_part).expect("the first part comes first").to_owned();
    assert!(!second_part.is_empty(), "there are two parts");
    let bad = [
        good[..good.len() / 2].to_owned(),
        good.replacen("park", "bark", 1),
        first_part,
        second_part,
        String::new(),
        "no backup at all\n".to_owned(),
    ];
    for (number, bad) in bad.iter().enumerate() {
        fs::write(shop.path("bad.jsonl"), bad).expect("it can be written");
        let refused = shop.run(&["restore", "bad.jsonl"], "");
        assert_eq!(refused.status.code(), Some(1), "{number}: {}", said(&refused));
        assert!(errors(&refused).contains("nothing was changed"), "{number}: {}", errors(&refused));
    }
    let names: Vec<String> = fs::read_dir(shop.path("data/store"))
        .expect("it is there")
        .map(|entry| entry.expect("listed").file_name().to_string_lossy().into_owned())
        .collect();
    assert!(names.iter().all(|name| !name.contains("replaced") && !name.contains("restoring")), "{names:?}");
    assert_eq!(asked(&shop), 1);
    let missing = shop.run(&["restore", "tuesday.jsonl"], "");
    assert!(errors(&missing).contains("data/backups"), "{}", errors(&missing));
}

#[test]
fn an_hourly_file_is_put_back_and_later_damage_brings_nothing_of_the_replaced_back() {
    let shop = Shop::new();
    shop.run(&["chat"], "Where can I park?\n");
    shop.fine(&["backup"]);
    let hourly = fs::read_dir(shop.path("data/backups"))
        .expect("there are backups")
        .map(|entry| entry.expect("listed").path())
        .find(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("desk-")))
        .expect("one of the conversations");
    shop.run(&["chat"], "When are you open?\nDo you mend kites?\n");
    shop.fine(&["backup"]);
    shop.fine(&["restore", hourly.to_str().expect("a name")]);
    assert_eq!(asked(&shop), 1);
    shop.run(&["chat"], "Where can I park?\n");
    assert_eq!(asked(&shop), 2);
    super::damage::damage(&shop);
    let again = shop.run(&["report", "--json"], "");
    assert!(errors(&again).contains("was damaged"), "{}", errors(&again));
    assert_eq!(asked(&shop), 2, "what was put back and what came after, and nothing else");
    assert!(!shop.fine(&["gaps"]).contains("kites"), "the replaced history is back");
}

#[test]
fn a_backup_overwrites_nothing_and_says_when_there_is_nothing() {
    let shop = Shop::new();
    let none = shop.run(&["backup"], "");
    assert!(errors(&none).contains("nothing to back up yet"), "{}", errors(&none));
    shop.run(&["chat"], "hello\n");
    shop.fine(&["backup", "--to", "a.jsonl"]);
    let twice = shop.run(&["backup", "--to", "a.jsonl"], "");
    assert!(errors(&twice).contains("nothing is overwritten"), "{}", errors(&twice));
    fs::create_dir(shop.path("stick")).expect("it can be made");
    let report = shop.json(&["backup", "--json", "--to", "stick"]);
    assert!(report["files"][0].as_str().expect("a path").starts_with("stick/deskbell-"), "{report}");
}
