//! The files are damaged while nobody looks. Whatever is hit, the store opens again, and what it knows is either all
//! that was written, or it says that something may be missing.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::time::Duration;

use deskbell::store::{Folders, Opened, Store, open_or_restore};

use super::day::{all_of, deeds};
use super::{Random, rounds};
use crate::stores::{Place, TurnScene, at, copy_folder, id, wait};

/// An open that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn damage_is_noticed_and_mended() {
    let models = [Model::closed(), Model::killed()];
    let (mut intact, mut whole, mut partly) = (0, 0, 0);
    let rounds = rounds("DESKBELL_CORRUPTIONS", 60);
    for seed in 0..rounds {
        let mut random = Random(seed);
        let model = &models[random.below(2)];
        let copy = tempfile::tempdir().expect("a folder");
        copy_folder(model.folder.path(), copy.path());
        let damage = corrupt(&copy.path().join("store"), &mut random);
        let folders = Folders::beside(&copy.path().join("store"));
        let (tell, told) = channel();
        let opening = std::thread::spawn(move || {
            let (store, opened) = open_or_restore(&folders, at(1_000_000)).expect("opened");
            let all = all_of(&store);
            let _ = tell.send((all, opened));
        });
        let Ok((all, opened)) = told.recv_timeout(PATIENCE) else {
            let end = if opening.is_finished() { "failed" } else { "hangs" };
            panic!(
                "seed {seed}: {damage}: opening {end}: {:?}",
                opening.is_finished().then(|| opening.join())
            );
        };
        opening.join().expect("closed");
        match opened {
            Opened::Restored { lost_since: Some(_), .. } => partly += 1,
            Opened::Restored { .. } => whole += 1,
            Opened::Intact | Opened::Fresh => intact += 1,
        }
        let may_be_missing = matches!(opened, Opened::Restored { lost_since: Some(_), .. });
        assert!(
            all == model.all || may_be_missing,
            "seed {seed}: {damage}: lost unnoticed; {opened:?}\n{all}\n{}",
            model.all
        );
    }
    // Shown when the test is asked to show its output.
    let figures =
        format!("{rounds} corruptions: {intact} without effect, {whole} mended whole, {partly} in part");
    assert!(partly < rounds / 4 && 0 < whole, "{figures}");
}

/// A store with some history, as it lies there when its process is gone.
struct Model {
    folder: tempfile::TempDir,
    all: String,
}

impl Model {
    /// The process ended well.
    fn closed() -> Self {
        let place = Place::new();
        let store = place.open();
        let all = live(&store);
        drop(store);
        Self::copy_of(&place, all)
    }

    /// The process was killed.
    fn killed() -> Self {
        let place = Place::new();
        let store = place.open();
        let all = live(&store);
        Self::copy_of(&place, all)
    }

    fn copy_of(place: &Place, all: String) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        copy_folder(&place.store(), &folder.path().join("store"));
        copy_folder(&place.folders.backups, &folder.path().join("backups"));
        Self { folder, all }
    }
}

fn live(store: &dyn Store) -> String {
    for deed in deeds() {
        deed(store, &mut None).expect("done");
    }
    for n in 0..60 {
        let scene = TurnScene::of(store, "anna", &format!("late{n}"), at(60 * 3600));
        scene.customer(&"late ".repeat(50)).say("yes").commit(store).expect("committed");
        if n == 30 {
            wait(store.back_up(at(60 * 3600))).expect("backed up");
        }
    }
    let bert = wait(store.conversation(&id("bert"))).expect("read");
    TurnScene::from(bert, "last", at(70 * 3600)).customer("the last word").commit(store).expect("committed");
    all_of(store)
}

/// Damages one file; says how.
fn corrupt(store: &Path, random: &mut Random) -> String {
    let files = all_files(store);
    let file = &files[random.below(files.len())];
    let mut bytes = fs::read(file).expect("read");
    // Most of sled's file is empty: aim at what is written.
    let used = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let start = random.below(used);
    let end = (start + 1 + random.below(600)).min(bytes.len());
    let what = match random.below(6) {
        0 if !bytes.is_empty() => {
            bytes[start] ^= 1 << random.below(8);
            "a bit turned over"
        }
        1 => {
            bytes.truncate(start);
            "cut off"
        }
        2 => {
            bytes[start..end].fill(0);
            "a stretch of zeros"
        }
        3 => {
            bytes[start..end].iter_mut().for_each(|byte| *byte = random.next().to_le_bytes()[0]);
            "a stretch of noise"
        }
        4 => {
            bytes.extend((0..600).map(|_| random.next().to_le_bytes()[0]));
            "noise at the end"
        }
        _ => {
            fs::remove_file(file).expect("removed");
            return format!("{} is gone", file.display());
        }
    };
    fs::write(file, bytes).expect("written");
    format!("{}: {what} at {start}", file.display())
}

fn all_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("there").flatten() {
        if entry.path().is_dir() {
            files.extend(all_files(&entry.path()));
        } else if entry.file_name() != "lock" {
            files.push(entry.path());
        }
    }
    files.sort();
    files
}
