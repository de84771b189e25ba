//! What only a store on disk can show: bytes that are gone, backups, one process at a time.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use deskbell::desk::{ConversationId, MessageId, Post, Receipt, Recipient, Reminder};
use deskbell::faq::Digest;
use deskbell::store::{Folders, Opened, Outcome, SledStore, Store, StoreError, open_or_restore};
use tempfile::TempDir;

use super::{TurnScene, at, files, id, staff_place, vector_key, wait};

/// A customer's own words; they must be nowhere once the customer is forgotten.
const SECRET: &str = "my sister's wedding dress was eaten by moths";

#[test]
fn what_is_forgotten_is_in_no_file_any_more() {
    let place = Place::new();
    let store = place.open();
    confide(&store, "anna-4711");
    confide(&store, "bert-4712");
    wait(store.back_up(at(60))).expect("backed up");
    TurnScene::of(&store, "anna-4711", "m9", at(70)).customer(SECRET).commit(&store).expect("committed");
    wait(store.flush()).expect("flushed");
    let before = place.files_with(&[SECRET, "anna-4711"]);
    for kind in ["tree-", "journal-", "desk-"] {
        assert!(before.iter().any(|path| path.contains(kind)), "the test would not see {kind}: {before:?}");
    }
    wait(store.forget(&id("bert-4712"))).expect("forgotten");
    wait(store.forget(&id("anna-4711"))).expect("forgotten");
    assert_eq!(place.files_with(&[SECRET, "anna-4711", "bert-4712", "Name of anna"]), [""; 0]);
    drop(store);
    assert_eq!(place.files_with(&[SECRET, "anna-4711", "bert-4712", "Name of anna"]), [""; 0]);
}

#[test]
fn what_is_left_of_the_others_can_still_be_restored_after_a_purge() {
    let place = Place::new();
    let store = place.open();
    confide(&store, "anna");
    TurnScene::of(&store, "bert", "m1", at(1)).customer("early").commit(&store).expect("committed");
    wait(store.back_up(at(60))).expect("backed up");
    TurnScene::of(&store, "bert", "m2", at(61)).customer("late").say("hm").commit(&store).expect("committed");
    wait(store.forget(&id("anna"))).expect("forgotten");
    TurnScene::of(&store, "bert", "m3", at(62)).customer("later").commit(&store).expect("committed");
    let bert = wait(store.conversation(&id("bert"))).expect("read");
    let due = wait(store.due(at(99), 9)).expect("due");
    drop(store);
    place.damage();
    let (store, opened) = place.restore();
    let Opened::Restored { backup: Some(_), lost_since: None, .. } = opened else { panic!("{opened:?}") };
    assert_eq!(wait(store.conversation(&id("bert"))).expect("read"), bert);
    assert_eq!(wait(store.conversation(&id("anna"))).expect("read").version, 0);
    assert_eq!(wait(store.due(at(99), 9)).expect("due"), due);
}

#[test]
fn the_last_words_to_a_forgotten_customer_are_purged_once_they_are_out() {
    let place = Place::new();
    let store = place.open();
    confide(&store, "anna-4711");
    wait(store.back_up(at(60))).expect("backed up");
    let last_words = TurnScene::of(&store, "anna-4711", "forget", at(70)).close().say("Done.").erase();
    let pending = last_words.commit(&store).expect("committed");
    wait(store.tidy(at(71), at(0))).expect("tidied");
    assert_ne!(place.files_with(&["anna-4711"]), [""; 0], "the last words still have to go there");
    assert_eq!(wait(store.due(at(71), 9)).expect("due"), pending);
    // Who writes again meanwhile is a new customer, and is kept.
    TurnScene::of(&store, "anna-4711", "m10", at(72))
        .wake(at(80), Reminder::Expired)
        .commit(&store)
        .expect("kept");
    wait(store.settle(pending[0].number, delivered())).expect("settled");
    wait(store.tidy(at(73), at(0))).expect("tidied");
    assert_eq!(place.files_with(&[SECRET, "Name of anna", "Done."]), [""; 0]);
    assert_eq!(wait(store.conversation(&id("anna-4711"))).expect("read").version, 1);
    wait(store.forget(&id("anna-4711"))).expect("forgotten");
    assert_eq!(place.files_with(&["anna-4711"]), [""; 0]);
}

#[test]
fn what_a_turn_erased_is_purged_by_itself_when_it_is_quiet() {
    let place = Place::new();
    let store = place.open();
    confide(&store, "anna-4711");
    TurnScene::of(&store, "anna-4711", "gone", at(70)).close().erase().commit(&store).expect("committed");
    let (_never, moments) = std::sync::mpsc::channel::<()>();
    for _ in 0..200 {
        if place.files_with(&["anna-4711"]).is_empty() {
            return;
        }
        let _ = moments.recv_timeout(Duration::from_millis(50));
    }
    panic!("still in {:?}", place.files_with(&["anna-4711"]));
}

#[test]
fn a_damaged_store_that_was_set_aside_goes_with_the_first_who_is_forgotten() {
    let place = Place::new();
    let store = place.open();
    confide(&store, "anna-4711");
    wait(store.back_up(at(60))).expect("backed up");
    drop(store);
    place.damage();
    let (store, opened) = place.restore();
    let Opened::Restored { set_aside, .. } = opened else { panic!("{opened:?}") };
    assert!(set_aside.exists());
    wait(store.forget(&id("anna-4711"))).expect("forgotten");
    assert!(!set_aside.exists());
    assert_eq!(place.files_with(&[SECRET, "anna-4711"]), [""; 0]);
}

#[test]
fn a_backup_gives_back_everything_but_what_can_be_made_again() {
    let place = Place::new();
    let store = place.open();
    let known = files(&[("a.md", "## A\n\ntext\n"), ("b.md", "\u{0}bytes\n")]);
    wait(store.keep_faq(known.clone(), Digest([1; 32]), 1, at(0))).expect("kept");
    wait(store.keep_vectors(vec![(vector_key(1), vec![9; 9])])).expect("kept");
    wait(store.keep_note("session", "resume-1".to_owned())).expect("kept");
    confide(&store, "anna");
    wait(store.back_up(at(60))).expect("backed up");
    let anna = wait(store.conversation(&id("anna"))).expect("read");
    let before = (wait(store.gaps(at(0))).expect("gaps"), wait(store.open_tickets()).expect("tickets"));
    drop(store);
    // Nothing but the backups is left.
    fs::remove_dir_all(place.store()).expect("removed");
    fs::create_dir_all(place.store().join("desk/tree-1")).expect("a ruin");
    fs::write(place.store().join("desk/last"), b"?").expect("a ruin");
    fs::create_dir_all(place.store().join("knowledge/tree-1")).expect("a ruin");
    fs::write(place.store().join("knowledge/last"), b"?").expect("a ruin");
    let (store, opened) = place.restore();
    let Opened::Restored { lost_since: Some(since), .. } = opened else { panic!("{opened:?}") };
    assert_eq!(since, at(60), "nobody knows whether anything was written after the backup");
    assert_eq!(wait(store.conversation(&id("anna"))).expect("read"), anna);
    assert!(wait(store.was_heard(&id("anna"), &MessageId("m1".to_owned()))).expect("read"));
    assert_eq!(
        (wait(store.gaps(at(0))).expect("gaps"), wait(store.open_tickets()).expect("tickets")),
        before
    );
    assert_eq!(wait(store.good_faq()).expect("read"), Some((1, known)));
    assert_eq!(wait(store.note("session")).expect("read"), Some("resume-1".to_owned()));
    assert_eq!(wait(store.vectors(vec![vector_key(1)])).expect("read"), [None]);
}

#[test]
fn the_newest_seven_backups_are_kept_and_none_is_written_when_nothing_changed() {
    let place = Place::new();
    let store = place.open();
    for n in 0..10 {
        TurnScene::of(&store, "anna", &format!("m{n}"), at(n)).commit(&store).expect("committed");
        wait(store.back_up(at(n * 60))).expect("backed up");
        wait(store.back_up(at(n * 60 + 30))).expect("nothing to do");
    }
    let names = place.backups_of("desk");
    assert_eq!(names.len(), 7, "{names:?}");
    assert!(names[0].contains("20270115T080300"), "{names:?}");
    assert_eq!(place.backups_of("knowledge"), [""; 0], "the firm's knowledge has not changed");
}

#[test]
fn a_backup_that_was_cut_off_is_passed_over() {
    let place = Place::new();
    let store = place.open();
    confide(&store, "anna");
    wait(store.back_up(at(60))).expect("backed up");
    TurnScene::of(&store, "anna", "m9", at(70)).customer("late").commit(&store).expect("committed");
    wait(store.back_up(at(80))).expect("backed up");
    let anna = wait(store.conversation(&id("anna"))).expect("read");
    drop(store);
    let newest = place.folders.backups.join(place.backups_of("desk").pop().expect("a backup"));
    let whole = fs::read(&newest).expect("read");
    fs::write(&newest, &whole[..whole.len() - 40]).expect("cut");
    place.damage();
    let (store, opened) = place.restore();
    let Opened::Restored { backup: Some(backup), lost_since: None, .. } = opened else {
        panic!("{opened:?}")
    };
    assert_ne!(backup, newest);
    assert_eq!(
        wait(store.conversation(&id("anna"))).expect("read"),
        anna,
        "the journal goes on from the older one"
    );
}

#[test]
fn without_any_backup_the_journal_alone_gives_everything_back() {
    let place = Place::new();
    let store = place.open();
    confide(&store, "anna");
    let anna = wait(store.conversation(&id("anna"))).expect("read");
    drop(store);
    place.damage();
    let (store, opened) = place.restore();
    let Opened::Restored { backup: None, lost_since: None, .. } = opened else { panic!("{opened:?}") };
    assert_eq!(wait(store.conversation(&id("anna"))).expect("read"), anna);
}

#[test]
fn a_restart_is_no_reason_to_back_up_again_what_has_a_recent_backup() {
    let place = Place::new();
    let store = place.open();
    let backup = |name: &str| fs::write(place.folders.backups.join(name), "").expect("written");
    fs::create_dir_all(&place.folders.backups).expect("made");
    assert_eq!(store.backed_up(at(9)).expect("looked"), None);
    backup("knowledge-20200101T000000.000Z.jsonl");
    assert_eq!(store.backed_up(at(9)).expect("looked"), None, "the desk has none");
    backup("desk-20270115T080001.000Z.jsonl");
    assert_eq!(store.backed_up(at(9)).expect("looked"), Some(at(1)), "knowledge has not changed since 2020");
    backup("desk-20270115T080020.000Z.jsonl");
    assert_eq!(store.backed_up(at(9)).expect("looked"), Some(at(1)), "one of the future says nothing");
    fs::remove_file(place.folders.backups.join("knowledge-20200101T000000.000Z.jsonl")).expect("removed");
    assert_eq!(store.backed_up(at(9)).expect("looked"), None, "the knowledge has none");
}

#[test]
fn a_second_process_is_kept_out() {
    let place = Place::new();
    let store = place.open();
    match SledStore::open(&place.store()) {
        Err(error @ StoreError::Busy { .. }) => {
            assert!(error.to_string().starts_with("deskbell is already running on this folder ("), "{error}");
        }
        other => panic!("{:?}", other.map(|_| "opened")),
    }
    drop(store);
    place.open();
}

#[cfg(unix)]
#[test]
fn a_database_that_is_still_locked_for_a_moment_is_waited_for_and_is_no_damage() {
    let place = Place::new();
    let store = place.open();
    confide(&store, "anna");
    drop(store);
    let held = fs::File::open(place.store().join("desk/tree-1/db")).expect("it is there");
    held.lock().expect("locked");
    let release = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        drop(held);
    });
    let (store, opened) = place.restore();
    release.join().expect("released");
    assert_eq!(opened, Opened::Intact);
    drop(store);

    // Whoever never lets go is named, and what is stored is left where it is.
    let held = fs::File::open(place.store().join("desk/tree-1/db")).expect("it is there");
    held.lock().expect("locked");
    let refused = open_or_restore(&place.folders, at(9)).map(|_| ()).expect_err("it can't be opened");
    assert!(matches!(refused, StoreError::Disk(_)), "{refused:?}");
    drop(held);
    let (_, opened) = place.restore();
    assert_eq!(opened, Opened::Intact);
}

#[test]
fn nobody_else_may_look_into_the_folders() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    let store = place.open();
    confide(&store, "anna");
    wait(store.back_up(at(60))).expect("backed up");
    for folder in [place.store(), place.store().join("desk"), place.folders.backups.clone()] {
        assert_eq!(fs::metadata(&folder).expect("there").permissions().mode() & 0o777, 0o700, "{folder:?}");
    }
    for file in place.all_files() {
        let mode = fs::metadata(&file).expect("there").permissions().mode() & 0o777;
        // sled makes its own files; nobody gets to them.
        let is_of_sled = file.to_string_lossy().contains("/tree-1/");
        assert!(mode == 0o600 || is_of_sled, "{file:?}: {mode:o}");
    }
}

#[test]
fn a_record_of_a_newer_deskbell_is_said_to_be_so_and_not_taken_for_damage() {
    let error = StoreError::TooNew { found: 2, known: 1 };
    let sentence = "a newer deskbell has written here (form 2, this one knows up to 1): start that one again";
    assert_eq!(error.to_string(), sentence);
}

/// A store's folders.
pub(crate) struct Place {
    pub(crate) folders: Folders,
    folder: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self { folders: Folders::beside(&folder.path().join("store")), folder }
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.folders.store.clone()
    }

    pub(crate) fn open(&self) -> SledStore {
        SledStore::open(&self.folders.store).expect("opened")
    }

    pub(crate) fn restore(&self) -> (SledStore, Opened) {
        open_or_restore(&self.folders, at(100_000)).expect("restored")
    }

    /// Damages what names the tree that counts, and what sled has written.
    fn damage(&self) {
        let desk = self.store().join("desk");
        fs::write(desk.join("current"), b"?").expect("written");
        let trees = fs::read_dir(&desk).expect("there").map(|entry| entry.expect("an entry").path());
        let db = trees.map(|tree| tree.join("db")).find(|db| db.exists()).expect("a database");
        let mut bytes = fs::read(&db).expect("read");
        let end = bytes.iter().rposition(|byte| *byte != 0).expect("not empty");
        bytes[20..end].fill(0x55);
        fs::write(db, bytes).expect("written");
    }

    fn backups_of(&self, shelf: &str) -> Vec<String> {
        let Ok(entries) = fs::read_dir(&self.folders.backups) else { return Vec::new() };
        let names = entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"));
        let mut names: Vec<String> = names.filter(|name| name.starts_with(shelf)).collect();
        names.sort();
        names
    }

    /// The files that hold one of these words, by their paths below the folder.
    fn files_with(&self, words: &[&str]) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for file in self.all_files() {
            // A file may go while we look.
            let Ok(bytes) = fs::read(&file) else { continue };
            let holds = |word: &str| bytes.windows(word.len()).any(|window| window == word.as_bytes());
            if words.iter().any(|word| holds(word)) {
                found.push(file.strip_prefix(self.folder.path()).expect("below").display().to_string());
            }
        }
        found
    }

    fn all_files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        let mut folders = vec![self.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            let Ok(entries) = fs::read_dir(&folder) else { continue };
            for path in entries.flatten().map(|entry| entry.path()) {
                if path.is_dir() { folders.push(path) } else { files.push(path) }
            }
        }
        files
    }
}

/// A conversation with the secret in every table.
fn confide(store: &dyn Store, name: &str) {
    let ticket = wait(store.next_ticket(&id(name))).expect("a number");
    TurnScene::of(store, name, "m1", at(0))
        .customer(SECRET)
        .open(ticket, SECRET)
        .relay(ticket, SECRET)
        .say("I am asking a colleague.")
        .gap(SECRET)
        .draft(SECRET, ticket)
        .wake(at(50), Reminder::TicketWaits)
        .commit(store)
        .expect("committed");
    let due = |name: &ConversationId| {
        let due = wait(store.due(at(0), 99)).expect("due");
        let to_staff = |pending: &&deskbell::store::Pending| {
            pending.conversation == *name && matches!(pending.delivery.to, Recipient::Ticket(_))
        };
        due.iter()
            .find(to_staff)
            .map(|pending| (pending.number, matches!(pending.delivery.post, Post::OpenTicket { .. })))
    };
    let (opening, is_opening) = due(&id(name)).expect("a ticket to be opened");
    assert!(is_opening);
    wait(store.settle(opening, delivered())).expect("settled");
}

fn delivered() -> Outcome {
    Outcome::Delivered(Receipt { place: staff_place("thread"), messages: vec![MessageId("1".to_owned())] })
}

/// Copies a folder.
pub(crate) fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("made");
    for entry in fs::read_dir(from).expect("there").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("copied");
        }
    }
}
