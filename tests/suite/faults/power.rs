//! The power goes: what was not synced is there, or not, or in part. Everything that was acknowledged is there.
//!
//! The store's folder is copied three times: when sled was last synced, at the last acknowledgement, and a turn later.
//! What is left after a power cut is then put together from the three, block by block, at random, as a disk may have
//! done it: sled's file from all three, for nobody waited for it; the journal from the last two, for its part up to
//! the acknowledgement was waited for.

use std::fs;
use std::path::Path;

use deskbell::desk::MessageId;
use deskbell::store::{Folders, Store, open_or_restore};

use super::{Random, rounds};
use crate::stores::{Place, TurnScene, at, copy_folder, id, wait};

/// What a disk writes at once.
const BLOCK: usize = 512;
/// Turns between the last sync of sled and the acknowledgement.
const TURNS: u64 = 40;

#[test]
fn after_a_power_cut_everything_acknowledged_is_there() {
    let mut found_last = 0;
    let rounds = rounds("DESKBELL_POWER_CUTS", 40);
    for seed in 0..rounds {
        let mut random = Random(seed);
        let place = Place::new();
        let copies = tempfile::tempdir().expect("a folder");
        let copy = |name: &str| copy_folder(&place.store(), &copies.path().join(name));
        let store = place.open();
        let earlier = 1 + random.next() % 40;
        (0..earlier).for_each(|n| talk(&store, n));
        if random.next().is_multiple_of(2) {
            wait(store.back_up(at(1))).expect("backed up");
        }
        wait(store.flush()).expect("flushed");
        copy("synced");
        let acknowledged = earlier + random.next() % TURNS;
        (earlier..acknowledged).for_each(|n| talk(&store, n));
        copy("acknowledged");
        talk(&store, acknowledged);
        copy("later");
        drop(store);

        let left = copies.path().join("left");
        put_together(copies.path(), Path::new(""), &left, &mut random);
        let folders = Folders { store: left, backups: place.folders.backups.clone() };
        let (store, opened) = open_or_restore(&folders, at(9)).expect("opened");
        for n in 0..=acknowledged {
            let heard = wait(store.was_heard(&id(&name(n)), &MessageId(format!("m{n}")))).expect("read");
            assert!(
                heard || n == acknowledged,
                "seed {seed}: turn {n} of {acknowledged} is lost; {opened:?}"
            );
            found_last += u64::from(heard && n == acknowledged);
        }
        for n in acknowledged.saturating_sub(7)..acknowledged {
            let talks = (0..acknowledged).filter(|other| name(*other) == name(n)).count();
            let version = wait(store.conversation(&id(&name(n)))).expect("read").version;
            assert!(talks as u64 <= version, "seed {seed}: {} has {version} of {talks} turns", name(n));
        }
    }
    assert!(
        0 < found_last && found_last < rounds,
        "the last turn should be there now and then: {found_last} of {rounds}"
    );
}

fn name(n: u64) -> String {
    format!("customer{}", n % 7)
}

fn talk(store: &dyn Store, n: u64) {
    let scene = TurnScene::of(store, &name(n), &format!("m{n}"), at(0));
    scene.customer(&"words ".repeat(60)).say("an answer").commit(store).expect("committed");
}

/// Puts the files below `folder` together from the three copies.
fn put_together(copies: &Path, folder: &Path, left: &Path, random: &mut Random) {
    fs::create_dir_all(left.join(folder)).expect("made");
    for entry in fs::read_dir(copies.join("later").join(folder)).expect("there").flatten() {
        let path = folder.join(entry.file_name());
        if entry.path().is_dir() {
            put_together(copies, &path, left, random);
            continue;
        }
        let read = |copy: &str| fs::read(copies.join(copy).join(&path)).unwrap_or_default();
        let later = read("later");
        let acknowledged = read("acknowledged");
        let is_synced = entry.file_name().to_string_lossy().starts_with("journal-");
        let synced = if is_synced { acknowledged.clone() } else { read("synced") };
        // Now and then the disk had got to the end of a file after all.
        let is_done = random.below(3) == 0;
        let length = if is_done {
            later.len()
        } else {
            [synced.len(), acknowledged.len(), later.len()][random.below(3)]
        };
        let mut mixed = vec![0; length];
        for (number, block) in mixed.chunks_mut(BLOCK).enumerate() {
            let from = if is_done { &later } else { [&synced, &acknowledged, &later][random.below(3)] };
            let there = from.get(number * BLOCK..).unwrap_or_default();
            let there = &there[..there.len().min(block.len())];
            block[..there.len()].copy_from_slice(there);
        }
        fs::write(left.join(path), mixed).expect("written");
    }
}
