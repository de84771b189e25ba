//! A FAQ comes from elsewhere, and goes there: spreadsheets and websites, with the binary from outside.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

fn bell(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_deskbell"));
    command.args(arguments).current_dir(folder).env_remove("DESKBELL_CONFIG");
    command.output().expect("it starts")
}

/// What `deskbell chat` answers.
fn asked(folder: &Path, question: &str) -> String {
    let mut chat = Command::new(env!("CARGO_BIN_EXE_deskbell"));
    chat.args(["chat", "--forgetful"]).current_dir(folder).env_remove("DESKBELL_CONFIG");
    let mut chat = chat.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
    chat.stdin.take().expect("it is piped").write_all(question.as_bytes()).expect("it reads");
    said(&chat.wait_with_output().expect("it ends"))
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn complained(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A folder with the sample shop's business alone.
fn empty_shop() -> TempDir {
    let shop = TempDir::new().expect("a folder");
    let business = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("faq/business.toml"));
    fs::create_dir(shop.path().join("faq")).expect("made");
    fs::write(shop.path().join("faq/business.toml"), business.expect("it is there")).expect("written");
    shop
}

#[test]
fn a_spreadsheet_goes_out_and_comes_back_the_same() {
    let sample = TempDir::new().expect("a folder");
    assert!(bell(sample.path(), &["init"]).status.success());
    let exported = bell(sample.path(), &["export", "csv", "-o", "faq.csv"]);
    assert!(exported.status.success(), "{}", complained(&exported));
    let table = fs::read_to_string(sample.path().join("faq.csv")).expect("it was written");
    assert!(70 < table.lines().count());

    let shop = empty_shop();
    fs::write(shop.path().join("faq.csv"), &table).expect("written");
    let imported = bell(shop.path(), &["import", "faq.csv"]);
    assert!(imported.status.success(), "{}{}", said(&imported), complained(&imported));
    let again = said(&bell(shop.path(), &["export", "csv"]));
    let sorted = |table: &str| {
        let mut reader = csv::Reader::from_reader(table.as_bytes());
        let mut rows: Vec<Vec<String>> =
            reader.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect()).collect();
        rows.sort();
        rows
    };
    assert_eq!(sorted(&again), sorted(&table));
    assert!(bell(shop.path(), &["check"]).status.success());

    let twice = bell(shop.path(), &["import", "faq.csv"]);
    assert_eq!(twice.status.code(), Some(1));
    assert!(complained(&twice).contains("nothing is overwritten"), "{}", complained(&twice));
}

const SAVED_PAGE: &str = r#"<!doctype html><html lang="en"><head><title>Help</title>
<script type="application/ld+json">
{"@context": "https://schema.org", "@graph": [{"@type": "Organization", "name": "An example"}, {
  "@type": "FAQPage", "inLanguage": "en-GB", "mainEntity": [
    {"@type": "Question", "name": "Do you rent out tandems?",
     "acceptedAnswer": {"@type": "Answer", "text": "<p>Yes, for <b>&pound;30</b> a day.</p><ul><li>Helmets are free.</li></ul>"}},
    {"@type": "Question", "name": "Can I bring my own lock?",
     "acceptedAnswer": {"@type": "Answer", "text": "<h3>Locks</h3>Of course. <a href='/locks'>Ours</a> are included {{ too }}."}},
    {"@type": "Question", "name": "Empty?", "acceptedAnswer": {"@type": "Answer", "text": ""}}
  ]}]}
</script></head><body>Questions …</body></html>"#;

#[test]
fn the_faq_of_a_saved_web_page_is_answered_from_at_once() {
    let shop = empty_shop();
    fs::write(shop.path().join("help.html"), SAVED_PAGE).expect("written");
    let shown = bell(shop.path(), &["import", "help.html", "--dry-run"]);
    assert!(
        said(&shown)
            .contains("--- en/import-help.md\n## Do you rent out tandems?\n\nYes, for **£30** a day.")
    );
    assert!(!shop.path().join("faq/en").exists());

    let imported = bell(shop.path(), &["import", "help.html"]);
    assert!(imported.status.success(), "{}{}", said(&imported), complained(&imported));
    assert!(complained(&imported).contains("“Empty?” has no answer"), "{}", complained(&imported));
    let file = fs::read_to_string(shop.path().join("faq/en/import-help.md")).expect("it was written");
    assert!(file.contains("**Locks**\n\nOf course. Ours are included \\{\\{ too }}."), "{file}");
    let checked = bell(shop.path(), &["check"]);
    assert!(checked.status.success(), "{}", said(&checked));
    let answer = asked(shop.path(), "can I bring my own lock?");
    assert!(answer.contains("Of course. Ours are included {{ too }}."), "{answer}");

    let page = said(&bell(shop.path(), &["export", "json-ld", "--lang", "en"]));
    let page: serde_json::Value = serde_json::from_str(&page.replace("<\\/", "</")).expect("JSON");
    assert_eq!(page["@type"], "FAQPage");
    assert_eq!(page["mainEntity"][0]["name"], "Do you rent out tandems?");
    let html = page["mainEntity"][0]["acceptedAnswer"]["text"].as_str().expect("a text");
    assert!(html.starts_with("<p>Yes, for <strong>£30</strong> a day.</p>"), "{html}");
}

#[test]
fn what_holds_no_faq_is_said_so() {
    let shop = empty_shop();
    fs::write(shop.path().join("page.html"), "<html><body>nothing</body></html>").expect("written");
    let output = bell(shop.path(), &["import", "page.html"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(complained(&output).contains("needs a FAQPage in JSON-LD"), "{}", complained(&output));
    fs::write(shop.path().join("old.csv"), b"question,answer\nGr\xf6\xdfe?,gro\xdf\n").expect("written");
    let output = bell(shop.path(), &["import", "old.csv"]);
    assert!(complained(&output).contains("CSV UTF-8"), "{}", complained(&output));
    assert!(complained(&bell(shop.path(), &["import", "nowhere.csv"])).contains("can't be read"));
}
