//! What the firm knows: revisions of the owner's files, and vectors.

use std::fmt::Write as _;

use deskbell::faq::{Digest, RawFile, Unreadable};
use deskbell::store::{FileChange, Store};

use super::{at, every_store, files, vector_key, wait};

#[test]
fn the_last_good_files_are_found_again() {
    every_store(|house| {
        assert_eq!(wait(house.store.good_faq()).expect("read"), None);
        let one = files(&[
            ("business.toml", "name = \"Kiosk\""),
            ("de/hours.md", "## Wann?\n\nImmer.\n"),
            ("empty.md", ""),
        ]);
        assert_eq!(keep(&*house.store, &one, 0), 1);
        house.reopen();
        assert_eq!(wait(house.store.good_faq()).expect("read"), Some((1, one)));
    });
}

#[test]
fn files_that_are_the_same_are_no_new_revision() {
    every_store(|house| {
        let one = files(&[("hours.md", "## When?\n")]);
        let two = files(&[("hours.md", "## When exactly?\n")]);
        assert_eq!(keep(&*house.store, &one, 0), 1);
        assert_eq!(keep(&*house.store, &one, 1), 1);
        house.reopen();
        assert_eq!(keep(&*house.store, &two, 2), 2);
        assert_eq!(keep(&*house.store, &one, 3), 3, "going back is a change, too");
        assert_eq!(wait(house.store.faq_log()).expect("read").len(), 3);
    });
}

#[test]
fn the_log_says_what_changed_and_old_revisions_can_be_had_again() {
    every_store(|house| {
        let store = &*house.store;
        let one = files(&[("a.md", "## A\n"), ("b.md", "## B\n"), ("c.md", "## C\n")]);
        let two = files(&[("a.md", "## A\n"), ("c.md", "## C, but other\n"), ("d.md", "## D\n")]);
        keep(store, &one, 0);
        keep(store, &two, 5);
        let log = wait(store.faq_log()).expect("read");
        assert_eq!(
            log.iter().map(|revision| (revision.number, revision.at)).collect::<Vec<_>>(),
            [(2, at(5)), (1, at(0))]
        );
        assert_eq!(
            log[0].changes,
            [
                FileChange::Changed("c.md".to_owned()),
                FileChange::Added("d.md".to_owned()),
                FileChange::Removed("b.md".to_owned()),
            ]
        );
        assert_eq!((log[0].digest, log[0].entries), (Digest([7; 32]), 3));
        assert_eq!(wait(store.faq_revision(1)).expect("read"), Some(one));
        assert_eq!(wait(store.faq_revision(2)).expect("read"), Some(two));
        assert_eq!(wait(store.faq_revision(3)).expect("read"), None);
    });
}

#[test]
fn a_file_that_could_not_be_read_is_kept_as_such() {
    every_store(|house| {
        let store = &*house.store;
        let unreadable = |path: &str, why| RawFile { path: path.to_owned(), content: Err(why) };
        let all = vec![
            unreadable("a.md", Unreadable::TooLarge { size: 9, limit: 5 }),
            unreadable("b.md", Unreadable::LeadsOut),
            unreadable("c.md", Unreadable::Refused("no".to_owned())),
            RawFile { path: "d.md".to_owned(), content: Ok(vec![0xff, 0x00, 0x0a]) },
        ];
        keep(store, &all, 0);
        assert_eq!(wait(store.good_faq()).expect("read"), Some((1, all)));
    });
}

#[test]
fn files_of_any_size_and_shape_come_back_to_the_byte() {
    every_store(|house| {
        let store = &*house.store;
        let all = files(&[
            ("large.md", &entries(3000, None)),
            ("one-line.md", &"x".repeat(200_000)),
            ("no-headings.md", &"a line\n".repeat(30_000)),
            ("no-newline.md", "## only"),
        ]);
        keep(store, &all, 0);
        assert_eq!(wait(store.good_faq()).expect("read"), Some((1, all)));
    });
}

#[test]
fn two_hundred_revisions_are_kept() {
    every_store(|house| {
        let store = &*house.store;
        for n in 0..225 {
            keep(store, &files(&[("a.md", &format!("## Revision {n}\n"))]), n);
        }
        let log = wait(store.faq_log()).expect("read");
        assert_eq!((log.len(), log[0].number, log[199].number), (200, 225, 26));
        assert_eq!(wait(store.faq_revision(25)).expect("read"), None);
        assert_eq!(wait(store.faq_revision(26)).expect("read"), Some(files(&[("a.md", "## Revision 25\n")])));
    });
}

#[test]
fn vectors_are_found_by_encoder_and_text_and_dropped_when_nothing_needs_them() {
    every_store(|house| {
        let vectors =
            vec![(vector_key(1), vec![1, 2, 3]), (vector_key(2), vec![]), (vector_key(3), vec![0; 1536])];
        wait(house.store.keep_vectors(vectors)).expect("kept");
        house.reopen();
        let store = &*house.store;
        let mut other = vector_key(1);
        other.encoder = "test-2".to_owned();
        let asked = vec![vector_key(3), vector_key(4), vector_key(1), other, vector_key(2)];
        let found = wait(store.vectors(asked)).expect("read");
        assert_eq!(found, [Some(vec![0; 1536]), None, Some(vec![1, 2, 3]), None, Some(vec![])]);
        wait(store.keep_only_vectors(vec![vector_key(3), vector_key(9)])).expect("dropped");
        let found = wait(store.vectors(vec![vector_key(1), vector_key(2), vector_key(3)])).expect("read");
        assert_eq!(found, [None, None, Some(vec![0; 1536])]);
    });
}

fn keep(store: &dyn Store, files: &[RawFile], seconds: i64) -> u64 {
    wait(store.keep_faq(files.to_vec(), Digest([7; 32]), 3, at(seconds))).expect("kept")
}

/// A file with so many entries, one of them changed.
fn entries(number: usize, changed: Option<usize>) -> String {
    (0..number).fold(String::new(), |mut file, n| {
        let word = if Some(n) == changed { "now" } else { "perhaps" };
        let _ = write!(
            file,
            "## What about number {n}?\n> number {n}\n\nNumber {n} is {word} to be had. {}\n\n",
            "Sure. ".repeat(30)
        );
        file
    })
}
