//! The house keeps its rules: who may import whom, where clocks and the environment are read, how files begin.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms, and what each may import, as ARCHITECTURE.md has it.
const MAY_IMPORT: [(&str, &[&str]); 12] = [
    ("time", &[]),
    ("text", &[]),
    ("faq", &["text", "time"]),
    ("encoder", &["text"]),
    ("matcher", &["text", "faq", "encoder", "time"]),
    ("advice", &["text", "faq", "encoder", "matcher", "time"]),
    ("desk", &["text", "faq", "matcher", "time"]),
    ("store", &["text", "faq", "matcher", "desk", "time"]),
    ("channel", &["text", "faq", "desk", "time"]),
    ("runtime", &["text", "faq", "encoder", "matcher", "desk", "store", "channel", "time"]),
    ("config", &["text", "faq", "encoder", "matcher", "desk", "store", "channel", "runtime", "time"]),
    (
        "cli",
        &[
            "text", "faq", "encoder", "matcher", "advice", "desk", "store", "channel", "runtime", "config",
            "time",
        ],
    ),
];

/// Words that may stand in these rooms only (a path's beginning, relative to `src/`).
const ONLY_IN: [(&str, &[&str]); 12] = [
    ("SystemTime::now", &["runtime/clock.rs"]),
    ("Instant::now", &["runtime/", "cli/eval.rs", "channel/"]),
    ("std::env", &["config/"]),
    ("env::var", &["config/"]),
    ("sled::", &["store/"]),
    ("serenity::", &["channel/discord"]),
    ("teloxide", &["channel/telegram"]),
    ("tokio::", &["store/", "channel/", "runtime/", "cli/"]),
    ("tracing::", &["store/", "channel/", "runtime/", "cli/"]),
    ("rand::", &[]),
    ("std::fs", &["store/", "runtime/", "cli/", "config/"]),
    ("println!", &[]),
];

/// Rooms whose types are no promise to the outside: nothing in them is `Serialize`.
const WITHOUT_SERDE: [&str; 6] = ["time", "text", "matcher", "advice", "desk", "encoder"];

/// Files over this many lines are named here with the reason.
const LONG: usize = 450;
const LONG_FILES: [(&str, &str); 1] =
    [("faq/business_file.rs", "a parser: one function a key of business.toml")];

#[test]
fn rooms_import_only_along_the_table() {
    let allowed: BTreeMap<&str, &[&str]> = MAY_IMPORT.into_iter().collect();
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let room = room_of(&path);
        let Some(allowed) = allowed.get(room.as_str()) else { continue };
        for (number, line) in code_lines(&text) {
            for other in imported_rooms(line) {
                if other != room && !allowed.contains(&other.as_str()) {
                    wrong.push(format!("{}:{number}: {room} must not import {other}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_room_stands_in_the_table() {
    for (path, _) in sources() {
        let room = room_of(&path);
        let known = MAY_IMPORT.iter().any(|(name, _)| *name == room);
        assert!(known || ["lib", "main"].contains(&room.as_str()), "{room} is no room of ARCHITECTURE.md");
    }
}

#[test]
fn clocks_the_environment_and_each_platform_have_one_place() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        for (number, line) in code_lines(&text) {
            for (word, places) in ONLY_IN {
                let here = path.to_string_lossy();
                if line.contains(word) && !places.iter().any(|place| here.starts_with(place)) {
                    wrong.push(format!("{here}:{number}: `{word}` has no business here"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn domain_types_are_not_serializable() {
    for (path, text) in sources() {
        let room = room_of(&path);
        if WITHOUT_SERDE.contains(&room.as_str()) {
            for (number, line) in code_lines(&text) {
                assert!(
                    !line.contains("serde"),
                    "{}:{number}: what is serializable is a promise",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn a_file_begins_with_a_line_that_says_what_it_is_for() {
    for (path, text) in sources() {
        let first = text.lines().next().unwrap_or_default();
        assert!(first.starts_with("//! ") && 12 < first.len(), "{}: {first}", path.display());
    }
}

#[test]
fn a_long_file_has_a_reason() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let lines = text.lines().count();
        let known = LONG_FILES.iter().any(|(name, _)| Path::new(name) == path);
        if LONG < lines && !known {
            wrong.push(format!("{}: {lines} lines", path.display()));
        }
        if lines <= LONG && known {
            wrong.push(format!("{}: no long file any more, and needs no exception", path.display()));
        }
    }
    assert!(wrong.is_empty(), "does each hold one idea?\n{}", wrong.join("\n"));
}

#[test]
fn main_is_a_doorstep() {
    let text = fs::read_to_string(root().join("src/main.rs")).expect("main.rs is there");
    assert!(text.lines().count() < 40);
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All Rust files below `src/`: path relative to it, and text.
fn sources() -> Vec<(PathBuf, String)> {
    let root = root().join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("src can be listed") {
            let path = entry.expect("src can be listed").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(&path).expect("sources are UTF-8");
                found.push((path.strip_prefix(&root).expect("it was found there").to_path_buf(), text));
            }
        }
    }
    assert!(20 < found.len(), "the sources were not found");
    found
}

fn room_of(path: &Path) -> String {
    let first = path.components().next().expect("a path has a part").as_os_str().to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

/// Lines of code: without comments, and without the tests at a file's end.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    (1..).zip(code.lines()).filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// The rooms that a line of code names after `crate::`.
fn imported_rooms(line: &str) -> Vec<String> {
    let mut rooms = Vec::new();
    for after in line.split("crate::").skip(1) {
        let after = after.trim_start();
        let names: Vec<&str> = match after.strip_prefix('{') {
            Some(group) => group.split([',', '}']).collect(),
            None => vec![after],
        };
        for name in names {
            let name: String = name.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if MAY_IMPORT.iter().any(|(room, _)| *room == name) {
                rooms.push(name);
            }
        }
    }
    rooms
}
