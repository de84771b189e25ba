//! `deskbell gaps`: what was asked in vain, from the first question to the pasted line.

use std::fs;

use super::{Shop, said};

const VAIN: &str = "Will you sponsor our school football team?\n/close\n\
                    Would you sponsor the football team of our school?\n/close\n";

#[test]
fn alike_questions_stand_together_ready_to_paste_and_go_once_they_are_answered() {
    let shop = Shop::new();
    shop.run(&["chat"], VAIN);
    let shown = shop.fine(&["gaps"]);
    assert!(shown.contains("   2 ×  W"), "{shown}");
    assert!(shown.contains("\n> Will you sponsor our school football team?\n> Would you sponsor"), "{shown}");
    let place = shown.lines().find(|line| line.contains("nearest:")).expect("there is a nearest entry");
    let (file, line) =
        place.rsplit_once(" · ").and_then(|(_, place)| place.rsplit_once(':')).expect("file:line");
    let text = fs::read_to_string(shop.path(file)).expect("the file is there");
    let line: usize = line.parse().expect("a line's number");
    assert!(text.lines().nth(line - 1).expect("the line is there").starts_with("## "), "{place}");

    let list = shop.json(&["gaps", "--json"]);
    assert_eq!(list["groups"][0]["asked"], 2, "{list}");
    assert_eq!(list["groups"][0]["kinds"]["unanswered"], 2, "{list}");

    let lines: Vec<&str> = shown.lines().filter(|line| line.starts_with("> ")).collect();
    shop.edit("faq/en/shop.md", |text| {
        format!(
            "{text}\n## Do you support clubs? {{#clubs}}\n{}\n\nYes, ask us in the shop.\n",
            lines.join("\n")
        )
    });
    let list = shop.json(&["gaps", "--json"]);
    assert_eq!(list["groups"], serde_json::json!([]), "{list}");
    assert_eq!(list["answered_by_now"], 2, "{list}");
}

#[test]
fn nobodys_address_or_number_is_shown() {
    let shop = Shop::new();
    shop.run(
        &["chat"],
        "Parcel 2311447 smells of herring, write to b.ruiz@example.org or 030 / 5550199\n/close\n",
    );
    for arguments in [&["gaps"][..], &["gaps", "--json"], &["gaps", "--all"]] {
        let shown = shop.fine(arguments);
        assert!(shown.contains("herring"), "{shown}");
        for secret in ["2311447", "ruiz", "5550199", "console:"] {
            assert!(!shown.contains(secret), "{secret}: {shown}");
        }
    }
}

#[test]
fn a_choice_after_asking_back_is_a_phrasing_to_add_and_no_gap() {
    let shop = Shop::new();
    let talk = said(&shop.run(&["chat"], "brakes\n1\n"));
    assert!(talk.contains("Did you mean"), "the scene needs a question that is asked back: {talk}");
    let list = shop.json(&["gaps", "--json"]);
    assert_eq!(list["groups"], serde_json::json!([]), "{list}");
    assert_eq!(list["chosen"][0]["questions"][0]["text"], "brakes", "{list}");
    let shown = shop.fine(&["gaps"]);
    assert!(shown.contains("then chosen") && shown.contains("\n> brakes\n"), "{shown}");
}

#[test]
fn it_speaks_the_firms_language_and_is_kind_when_there_is_nothing() {
    let shop = Shop::new();
    assert!(shop.fine(&["gaps"]).contains("No question went without an answer"));
    shop.edit("faq/business.toml", |text| text.replace("[\"en\", \"de\"]", "[\"de\", \"en\"]"));
    assert!(shop.fine(&["gaps"]).contains("blieb keine Frage ohne Antwort"));
    shop.run(&["chat"], VAIN);
    let shown = shop.fine(&["gaps", "--since", "2d"]);
    assert!(shown.contains("Fragen ohne Antwort") && shown.contains("am nächsten:"), "{shown}");
    let wrong = shop.run(&["gaps", "--since", "yesterday"], "");
    assert_eq!(wrong.status.code(), Some(1));
}
