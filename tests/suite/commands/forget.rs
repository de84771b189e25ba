//! `deskbell forget`: what is forgotten is in no file any more.

use std::fs;
use std::path::PathBuf;

use super::{Shop, errors};

const WORDS: [&str; 2] = ["wedding dress", "eaten by moths"];

fn confided() -> Shop {
    let shop = Shop::new();
    shop.run(&["chat"], "My sister's wedding dress was eaten by moths\n");
    shop.fine(&["backup"]);
    shop.fine(&["backup", "--to", "mine.jsonl"]);
    // A restore sets a whole store aside, with the customer's words in it.
    shop.fine(&["restore", "mine.jsonl"]);
    shop.run(&["chat"], "Do you mend moths?\n");
    fs::create_dir_all(shop.path("faq/drafts")).expect("it can be made");
    fs::write(shop.path("faq/drafts/0001-en-ticket-1.md"), "## wedding dress\n\neaten by moths\n")
        .expect("written");
    fs::write(shop.path("faq/drafts/0002-en-ticket-77.md"), "## Another one\n\nYes.\n").expect("written");
    shop
}

#[test]
fn a_customer_is_forgotten_in_store_journal_backups_drafts_and_what_was_set_aside() {
    let shop = confided();
    for folder in ["data/store", "data/backups", "faq/drafts"] {
        assert_ne!(shop.files_with(folder, &WORDS), Vec::<PathBuf>::new(), "the test would not see {folder}");
    }
    let said = shop.fine(&["forget", "ticket:1", "--yes"]);
    assert!(said.contains("2 conversations (with") && said.contains("0001-en-ticket-1.md"), "{said}");
    assert_eq!(shop.files_with("data", &WORDS), Vec::<PathBuf>::new());
    assert_eq!(shop.files_with("faq/drafts", &WORDS), Vec::<PathBuf>::new());
    assert!(shop.path("faq/drafts/0002-en-ticket-77.md").exists(), "another customer's draft stays");
    assert_eq!(shop.files_with("data", &["mend moths"]), Vec::<PathBuf>::new());
    assert!(shop.fine(&["gaps"]).contains("No question went without"));
    assert!(shop.fine(&["forget", "ticket:1", "--yes"]).contains("Nothing is stored"));
}

#[test]
fn nobody_is_forgotten_by_mistake() {
    let shop = confided();
    let unasked = shop.run(&["forget", "ticket:1"], "y\n");
    assert_eq!(unasked.status.code(), Some(1));
    assert!(errors(&unasked).contains("--yes"), "{}", errors(&unasked));
    assert_ne!(shop.files_with("data/store", &WORDS), Vec::<PathBuf>::new());
    for (wrong, hint) in
        [("4711", "telegram:4711"), ("fax:4711", "no platform"), ("ticket:one", "no ticket's number")]
    {
        let refused = shop.run(&["forget", wrong, "--yes"], "");
        assert_eq!(refused.status.code(), Some(1), "{wrong}");
        assert!(errors(&refused).contains(hint), "{wrong}: {}", errors(&refused));
    }
    let other = shop.json(&["forget", "telegram:4711", "--yes", "--json"]);
    assert_eq!(other["conversations"], 0);
    assert_ne!(shop.files_with("data/store", &WORDS), Vec::<PathBuf>::new());
}
