//! A process is killed in the middle of its turns, again and again; what it had acknowledged is there afterwards.
//!
//! The child is this program, started again with an environment variable. It talks in four conversations at once,
//! delivers, forgets, makes backups, and says on its standard output what the store has acknowledged. The parent
//! listens, and kills it (SIGKILL) after a random number of lines and a random moment more. One folder lives through
//! all rounds. `DESKBELL_CRASHES=500 cargo test --test crash` plays more of them.

#[cfg(target_os = "linux")]
#[path = "crash/full.rs"]
mod full;
#[cfg(target_os = "linux")]
#[path = "crash/memory.rs"]
mod memory;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use deskbell::desk::{
    Action, Conversation, ConversationId, Delivery, Line, Message, MessageId, Part, Place, Post, Receipt,
    Recipient, Speaker, Turn,
};
use deskbell::faq::ChannelKind;
use deskbell::store::{Folders, Opened, Outcome, SledStore, Store, open_or_restore};
use deskbell::time::Timestamp;

/// Tells the child that it is one, and where.
const FOLDER: &str = "DESKBELL_CRASH_FOLDER";
/// Conversations at once.
const TALKS: u64 = 4;

#[test]
fn what_was_acknowledged_outlives_a_kill() {
    let rounds = std::env::var("DESKBELL_CRASHES").ok().and_then(|n| n.parse().ok()).unwrap_or(40);
    let folder = tempfile::tempdir().expect("a folder");
    let mut random = 4711_u64;
    let mut acknowledged = Acknowledged::default();
    for round in 0..rounds {
        let mut child = start(folder.path());
        let lines = listen(&mut child);
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        for _ in 0..=(random >> 33) % 120 {
            acknowledged.note(&lines.recv().expect("the child goes on until it is killed"));
        }
        let moment = Duration::from_micros((random >> 20) % 3000);
        while let Ok(line) = lines.recv_timeout(moment) {
            acknowledged.note(&line);
            if line.ends_with('7') {
                break;
            }
        }
        child.kill().expect("killed");
        child.wait().expect("gone");
        for line in lines {
            acknowledged.note(&line);
        }
        acknowledged.check(folder.path(), round);
    }
    assert!(rounds * 10 < acknowledged.talks.values().sum(), "too little happened: {:?}", acknowledged.talks);
}

/// Not a test: what the child does.
#[test]
fn child() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let threads = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().expect("threads");
    let store = Arc::new(SledStore::open(&Path::new(&folder).join("store")).expect("opened"));
    threads.block_on(async {
        for n in 0..TALKS {
            tokio::spawn(talk(store.clone(), n));
        }
        tokio::spawn(forget(store.clone()));
        for moment in 0_i64.. {
            store.back_up(at(moment)).await.expect("backed up");
            let due = store.due(at(1_000_000), 10).await.expect("due");
            for pending in due {
                let place = Place { channel: ChannelKind::Telegram, address: "there".to_owned() };
                let outcome = Outcome::Delivered(Receipt { place, messages: Vec::new() });
                store.settle(pending.number, outcome).await.expect("settled");
                say(&format!("settled {}", pending.number));
            }
        }
    });
}

async fn talk(store: Arc<SledStore>, n: u64) {
    let id = talk_id(n);
    loop {
        let before = store.conversation(&id).await.expect("read");
        let number = before.version + 1;
        for pending in store.commit(turn(before, number), at(1)).await.expect("committed") {
            say(&format!("outbox {n} {}", pending.number));
        }
        say(&format!("talk {n} {number}"));
    }
}

/// Comes, says a word, and is forgotten, so that trees are made anew while others talk.
async fn forget(store: Arc<SledStore>) {
    let id = ConversationId::new(ChannelKind::Telegram, "forgotten");
    for n in 0.. {
        let before = store.conversation(&id).await.expect("read");
        let mut turn = turn(before, n);
        turn.heard = MessageId(format!("{}-{n}", std::process::id()));
        store.commit(turn, at(1)).await.expect("committed");
        store.forget(&id).await.expect("forgotten");
        say("forgotten");
    }
}

fn turn(mut conversation: Conversation, number: u64) -> Turn {
    let text = format!("word {number} {}", "and more ".repeat(20));
    conversation.transcript.push_back(Line { speaker: Speaker::Customer, text, at: at(1), message: None });
    while Conversation::LINES < conversation.transcript.len() {
        conversation.transcript.pop_front();
    }
    let message = Message { parts: vec![Part::Markdown(format!("answer {number}"))], ..Message::default() };
    let to = Recipient::Customer(Place { channel: ChannelKind::Telegram, address: "there".to_owned() });
    let say = Action::Deliver(Delivery { to, post: Post::Say { message, relays: None } });
    Turn { heard: MessageId(format!("m{number}")), conversation, actions: vec![say], wake: None }
}

/// What the children have said.
#[derive(Default)]
struct Acknowledged {
    /// Turns of each conversation.
    talks: BTreeMap<u64, u64>,
    /// Deliveries of each conversation that were put into the outbox, and not settled.
    outbox: BTreeMap<u64, BTreeSet<u64>>,
    /// Deliveries that were settled.
    settled: BTreeSet<u64>,
}

impl Acknowledged {
    fn note(&mut self, line: &str) {
        let mut words = line.split(' ');
        let kind = words.next();
        let mut number = || -> u64 { words.next().and_then(|word| word.parse().ok()).expect("a number") };
        match kind {
            Some("talk") => drop(self.talks.insert(number(), number())),
            Some("outbox") => {
                let (talk, delivery) = (number(), number());
                // It may have been settled before the line that it is there was written.
                if !self.settled.contains(&delivery) {
                    self.outbox.entry(talk).or_default().insert(delivery);
                }
            }
            Some("settled") => {
                let settled = number();
                for waiting in self.outbox.values_mut() {
                    waiting.remove(&settled);
                }
                self.settled.insert(settled);
            }
            // The test program's own words.
            _ => {}
        }
    }

    /// Opens what the killed child left, and looks for everything.
    fn check(&mut self, folder: &Path, round: u64) {
        let folders = Folders::beside(&folder.join("store"));
        let (store, opened) = open_or_restore(&folders, at(9)).expect("opened");
        assert!(matches!(opened, Opened::Intact | Opened::Fresh), "round {round}: {opened:?}");
        let threads = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        threads.block_on(async {
            let due = store.due(at(1_000_000), 100).await.expect("due");
            for (n, number) in &self.talks {
                let talk = store.conversation(&talk_id(*n)).await.expect("read");
                assert!(
                    *number <= talk.version,
                    "round {round}: talk {n} has {} turns of {number}",
                    talk.version
                );
                let last = talk.transcript.back().expect("a line").text.clone();
                assert!(last.starts_with(&format!("word {} ", talk.version)), "round {round}: {last}");
                let heard = MessageId(format!("m{number}"));
                assert!(
                    store.was_heard(&talk_id(*n), &heard).await.expect("read"),
                    "round {round}: {heard:?}"
                );
                // Of the deliveries that were not settled the oldest is due; of one the settlement may be unacknowledged.
                let of_talk = self.outbox.entry(*n).or_default();
                let head =
                    due.iter().find(|pending| pending.conversation == talk_id(*n)).map(|one| one.number);
                let before_head: Vec<u64> =
                    of_talk.iter().copied().filter(|number| head.is_none_or(|head| *number < head)).collect();
                assert!(
                    before_head.len() <= 1,
                    "round {round}: {before_head:?} should be due in {n}, not {head:?}"
                );
                for number in before_head {
                    of_talk.remove(&number);
                }
            }
        });
    }
}

fn start(folder: &Path) -> Child {
    let program = std::env::current_exe().expect("this program");
    let arguments = ["--exact", "child", "--nocapture", "--test-threads", "1"];
    Command::new(program)
        .args(arguments)
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("started")
}

/// The child's lines, as they come.
fn listen(child: &mut Child) -> Receiver<String> {
    let output = child.stdout.take().expect("a pipe");
    let (tell, lines) = channel();
    std::thread::spawn(move || {
        // A line that the kill cut in two is no acknowledgement.
        for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
            if let Some(line) =
                String::from_utf8(line).ok().and_then(|line| line.strip_suffix(" ok").map(str::to_owned))
            {
                let _ = tell.send(line);
            }
        }
    });
    lines
}

fn say(line: &str) {
    // In one write, so that lines of several threads are not mixed.
    let mut output = std::io::stdout().lock();
    let _ = output.write_all(format!("{line} ok\n").as_bytes()).and_then(|()| output.flush());
}

fn talk_id(n: u64) -> ConversationId {
    ConversationId::new(ChannelKind::Telegram, format!("talk {n}"))
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_800_000_000_000 + seconds * 1000)
}
