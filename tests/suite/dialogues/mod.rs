//! The desk's dialogues: scenes in plain text (`dialogues/*.txt`), each played and compared line by line.
//!
//! A scene is a title (`# …`) and what happens: `customer> …`, `staff Anna> …`, `wait 15m`. Below each line stands what
//! comes of it. `UPDATE_DIALOGUES=1 cargo test dialogues` writes what really comes of it into the files; `git diff`
//! then shows what changed, and a person judges whether it should.
//!
//! How to read a scene:
//! - `bot>` speaks to the customer, `ticket #1>` to the staff in that ticket's place, `owner>` to the owner;
//!   `passes on` marks somebody else's words.
//! - Words behind a bar (`| …`) are shown to the letter; all others are Markdown. Buttons stand in brackets.
//! - People take 10 seconds between two lines, or one where a line says `quickly`.
//! - It is Monday, 11:00, the customer is Ben on Telegram and has met the bot before, unless the scene says otherwise
//!   (`at …`, `customer is new`, `customer writes on discord`, `customer Mia> …`).

mod lines;
mod play;
mod script;
mod show;
pub(crate) mod world;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use deskbell::faq::{RawFile, Severity, read};
use deskbell::matcher::Index;

/// One test a file, so that a failure names its theme.
macro_rules! themes {
    ($($theme:ident),* $(,)?) => {
        const THEMES: &[&str] = &[$(stringify!($theme)),*];
        $(#[test] fn $theme() { check(stringify!($theme)); })*
    };
}

themes! {
    answering,
    asking_back,
    feedback,
    person,
    bursts,
    several_questions,
    follow_ups,
    typed_choices,
    groups,
    staff,
    notes,
    edits,
    teaching,
    out_of_hours,
    waiting,
    floods,
    privacy,
    languages,
    media,
    blocked,
    old_buttons,
    menu,
    hostile,
    sample,
}

#[test]
fn every_file_of_scenes_is_played() {
    let mut files: Vec<String> = fs::read_dir(folder())
        .expect("the folder is there")
        .map(|file| file.expect("the folder can be listed").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "txt"))
        .map(|path| path.file_stem().expect("it has a name").to_string_lossy().into_owned())
        .collect();
    files.sort();
    let mut themes = THEMES.to_vec();
    themes.sort_unstable();
    assert_eq!(files, themes);
}

/// Plays all scenes of a theme and compares them with its file.
fn check(theme: &str) {
    let path = folder().join(format!("{theme}.txt"));
    let written = fs::read_to_string(&path).expect("every theme has its file");
    let (preface, scenes) = script::parse(&written);
    let mut played = preface;
    let mut differences = String::new();
    for scene in &scenes {
        let (expected, found) = (scene.write(), play::play(scene).write());
        if expected != found {
            let _ = writeln!(differences, "\n{}:{}\n{}", path.display(), scene.line, diff(&expected, &found));
        }
        played.push_str(&found);
    }
    if std::env::var_os("UPDATE_DIALOGUES").is_some() {
        if played != written {
            fs::write(&path, played).expect("the file can be written");
        }
        return;
    }
    assert!(
        differences.is_empty(),
        "{differences}\nUPDATE_DIALOGUES=1 writes what was said (+) into the file; look at the difference in git."
    );
}

/// The lines of both, those that differ marked: `-` is expected, `+` was said.
fn diff(expected: &str, found: &str) -> String {
    let old: Vec<&str> = expected.lines().collect();
    let new: Vec<&str> = found.lines().collect();
    // The length of the longest common rest, from each pair of lines on.
    let mut common = vec![vec![0_usize; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i][j] = if old[i] == new[j] {
                common[i + 1][j + 1] + 1
            } else {
                common[i + 1][j].max(common[i][j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut text = String::new();
    while i < old.len() || j < new.len() {
        let (mark, line) = if i < old.len() && j < new.len() && old[i] == new[j] {
            i += 1;
            j += 1;
            (' ', new[j - 1])
        } else if i < old.len() && (j == new.len() || common[i][j + 1] <= common[i + 1][j]) {
            i += 1;
            ('-', old[i - 1])
        } else {
            j += 1;
            ('+', new[j - 1])
        };
        let _ = writeln!(text, "{mark} {line}");
    }
    text
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/dialogues")
}

/// The knowledge base of the firm that a scene names.
pub(crate) fn firm(name: &str) -> Arc<Index> {
    static FIRMS: LazyLock<BTreeMap<&str, Arc<Index>>> = LazyLock::new(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        BTreeMap::from([
            ("bakery", index(&folder().join("faq"))),
            ("french", index(&folder().join("french"))),
            ("sample", index(&root.join("faq"))),
        ])
    });
    FIRMS.get(name).unwrap_or_else(|| panic!("there is no firm `{name}`")).clone()
}

fn index(folder: &Path) -> Arc<Index> {
    let mut files = Vec::new();
    let mut folders = vec![(folder.to_path_buf(), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the firm's folder is there") {
            let entry = entry.expect("the folder can be listed");
            let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                folders.push((entry.path(), format!("{path}/")));
            } else {
                let content = fs::read(entry.path()).expect("the file can be read");
                files.push(RawFile { path, content: Ok(content) });
            }
        }
    }
    let faq = read(files);
    let errors: Vec<_> = faq.problems.iter().filter(|problem| Severity::Error <= problem.severity).collect();
    assert!(errors.is_empty(), "{errors:?}");
    Arc::new(Index::build(Arc::new(faq)))
}
