//! What lies on disk takes no memory: a journal may be long, and is read write by write.
//!
//! The child is a process of its own, since what it takes at most (`VmHWM`) is known of a whole process alone.

use std::path::Path;
use std::process::Command;

use deskbell::desk::{ConversationId, Line, Speaker};
use deskbell::faq::ChannelKind;
use deskbell::store::{SledStore, Store};

use super::{FOLDER, at, listen, say, talk_id, turn};

/// How much is written before: more than two of the journal's files.
const WRITTEN: u64 = 40 * 1024 * 1024;
/// What forgetting somebody may take beyond what the process had. A file of the journal alone has 16 MB.
const MOST: u64 = 14 * 1024;

#[test]
fn a_long_journal_is_read_without_being_held_in_memory() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "memory::child", "--nocapture", "--test-threads", "1"])
        .env(FOLDER, folder.path())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("started");
    let mut grown = None;
    for line in listen(&mut child) {
        if let Some(kilobytes) = line.strip_prefix("grown ") {
            grown = Some(kilobytes.parse::<u64>().expect("a number"));
        }
    }
    assert!(child.wait().expect("ended").success(), "the child failed");
    let grown = grown.expect("it was measured");
    assert!(grown <= MOST, "forgetting one customer took {grown} kB");
}

/// Not a test: what the child does.
#[test]
fn child() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let threads = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("threads");
    let store = SledStore::open(&Path::new(&folder).join("store")).expect("opened");
    // The line that the test program has begun.
    say("");
    threads.block_on(async {
        let leaving = ConversationId::new(ChannelKind::Telegram, "leaving");
        let before = store.conversation(&leaving).await.expect("read");
        store.commit(turn(before, 1), at(1)).await.expect("committed");
        let mut written = 0;
        while written < WRITTEN {
            let mut before = store.conversation(&talk_id(0)).await.expect("read");
            before.transcript.push_back(Line {
                speaker: Speaker::Customer,
                text: "so many words ".repeat(300),
                at: at(1),
                message: None,
            });
            written += before.transcript.iter().map(|line| line.text.len() as u64).sum::<u64>();
            let number = before.version + 1;
            store.commit(turn(before, number), at(1)).await.expect("committed");
        }
        // From here on the most is counted anew.
        std::fs::write("/proc/self/clear_refs", "5").expect("Linux");
        let had = of_this_process("VmRSS:");
        store.forget(&leaving).await.expect("forgotten");
        say(&format!("grown {}", of_this_process("VmHWM:").saturating_sub(had)));
    });
}

/// In kB.
fn of_this_process(what: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix(what)).expect("it is told");
    line.split_whitespace().next().and_then(|number| number.parse().ok()).expect("a number")
}
