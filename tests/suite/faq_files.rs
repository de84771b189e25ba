//! The owner's files and what deskbell says about them, exactly.
//!
//! `faq_files/*.txt` hold the cases, one theme a file; the snapshots beside them hold what an owner reads. A case begins
//! with `@@@ its name`, each of its files with `=== path`. A case without a `business.toml` gets [`BUSINESS`].
//! `INSTA_UPDATE=always cargo test faq_files` writes the snapshots anew.

use std::fmt::Write;
use std::path::Path;

use deskbell::faq::{self, Faq, RawFile};

/// A firm with all that answers may ask for.
const BUSINESS: &str = r#"name = "Example Bikes"
lang = "en"
time_zone = "Europe/Berlin"
country = "DE"
opening_hours = "Mo-Fr 10:00-18:00; PH off"

[variables]
phone = "030 123"
"#;

#[test]
fn owners_read_what_is_wrong_where_and_how_to_mend_it() {
    insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "faq_files", omit_expression => true }, {
        insta::glob!("faq_files/*.txt", |path| {
            let mut shown = String::new();
            for case in cases(path) {
                let faq = faq::read(case.files);
                let _ = writeln!(shown, "@@@ {}\n\n{}", case.name, report(&faq));
            }
            insta::assert_snapshot!(shown);
        });
    });
}

#[test]
fn there_are_more_than_a_hundred_broken_inputs() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/faq_files");
    let mut names = std::collections::BTreeSet::new();
    let mut broken = 0;
    for file in std::fs::read_dir(folder).expect("the folder of cases") {
        let path = file.expect("a readable folder").path();
        if path.extension().is_some_and(|extension| extension == "txt") {
            for case in cases(&path) {
                assert!(names.insert(case.name.clone()), "two cases are called: {}", case.name);
                broken += usize::from(!faq::read(case.files).problems.is_empty());
            }
        }
    }
    assert!(100 < broken, "{broken}");
}

struct Case {
    name: String,
    files: Vec<RawFile>,
}

fn cases(path: &Path) -> Vec<Case> {
    let text = std::fs::read_to_string(path).expect("a readable file of cases");
    let mut cases: Vec<Case> = Vec::new();
    for part in text.split("\n@@@ ").map(|part| part.trim_start_matches("@@@ ")) {
        let (name, rest) = part.split_at(part.find('\n').expect("a case has a name and files"));
        let mut files: Vec<RawFile> = rest
            .split("\n=== ")
            .skip(1)
            .filter(|file| !file.starts_with("no business.toml"))
            .map(|file| {
                let (path, content) = file.split_once('\n').expect("a file has a path");
                let content = content.strip_suffix('\n').unwrap_or(content);
                raw(path, content.as_bytes())
            })
            .collect();
        let has_business = rest.contains("=== business.toml") || rest.contains("=== no business.toml");
        if !has_business {
            files.push(raw("business.toml", BUSINESS.as_bytes()));
        }
        cases.push(Case { name: name.to_owned(), files });
    }
    cases
}

fn raw(path: &str, content: &[u8]) -> RawFile {
    RawFile { path: path.to_owned(), content: Ok(content.to_vec()) }
}

fn report(faq: &Faq) -> String {
    let mut shown = String::new();
    for problem in &faq.problems {
        shown.push_str(&faq::render(problem, &faq.sources, "faq", false));
    }
    let _ = writeln!(shown, "{}", faq::summary(&faq.problems, faq.sources.len()));
    shown
}
