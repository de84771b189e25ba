//! The disk is full, and then it is not: nothing acknowledged is lost, readers go on, and so does the store by itself.
//!
//! The child lives under a limit for the size of its files, so that writes fail as on a full disk; the parent lifts the
//! limit with `prlimit`.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use deskbell::store::{Folders, Health, Opened, SledStore, Store, StoreError, open_or_restore};

use super::{FOLDER, at, listen, say, talk_id, turn};

/// Largest file that the child may write, in units of 512 bytes.
const BLOCKS: u32 = 2000;

#[test]
fn a_full_disk_loses_nothing_and_the_store_goes_on_by_itself() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = std::env::current_exe().expect("this program");
    let limited = format!(
        "trap '' XFSZ; ulimit -S -f {BLOCKS}; exec '{}' --exact full::child --nocapture --test-threads 1",
        program.display()
    );
    let mut child = Command::new("sh")
        .args(["-c", &limited])
        .env(FOLDER, folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("started");
    let lines = listen(&mut child);
    let mut acknowledged = 0;
    let mut has_resumed = false;
    for line in lines {
        match line.split_once(' ') {
            Some(("talk", number)) => acknowledged = number.parse().expect("a number"),
            Some(("full", _)) => {
                let lifted = Command::new("prlimit")
                    .args(["--pid", &child.id().to_string(), "--fsize=unlimited:unlimited"])
                    .status()
                    .expect("prlimit, which is part of util-linux");
                assert!(lifted.success());
            }
            Some(("resumed", _)) => has_resumed = true,
            _ => {}
        }
    }
    assert!(child.wait().expect("ended").success(), "the child failed");
    assert!(has_resumed && 70 < acknowledged, "{acknowledged}");
    let folders = Folders::beside(&folder.path().join("store"));
    let (store, opened) = open_or_restore(&folders, at(9)).expect("opened");
    assert_eq!(opened, Opened::Intact);
    let threads = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let talk = threads.block_on(store.conversation(&talk_id(0))).expect("read");
    assert_eq!(talk.version, acknowledged, "all that was acknowledged, and nothing that was refused");
}

/// Not a test: what the child does.
#[test]
fn child() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let threads = tokio::runtime::Builder::new_multi_thread().enable_time().build().expect("threads");
    let store = SledStore::open(&Path::new(&folder).join("store")).expect("opened");
    threads.block_on(async {
        let mut refused = 0;
        let mut after = 0;
        while after < 50 {
            let before = store.conversation(&talk_id(0)).await.expect("reading goes on");
            let number = before.version + 1;
            match store.commit(turn(before, number), at(1)).await {
                Ok(_) => {
                    say(&format!("talk {number}"));
                    if 0 < refused {
                        after += 1;
                    }
                }
                Err(StoreError::Disk(words)) => {
                    assert!(matches!(store.health(), Health::Refusing(_)), "{words}");
                    refused += 1;
                    if refused == 20 {
                        say("full now");
                    }
                    // Patience of a customer's platform: ten seconds.
                    assert!(refused < 220, "the store does not go on: {words}; {:?}", store.health());
                    if 20 <= refused {
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                }
                Err(error) => panic!("{error}"),
            }
        }
        // What was behind catches up by itself.
        for _ in 0..200 {
            if store.health() == Health::Good {
                say("resumed by itself");
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("still {:?}", store.health());
    });
}
