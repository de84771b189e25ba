//! Records of the store that somebody has changed. Each line of an input is a key in hexadecimal digits, a space and a
//! value (none: the key goes), laid over all records of the first version (`tests/suite/stores/v1`); then everything is
//! read and changed that can be. The store may refuse, and never panics.

#![no_main]

use std::sync::{Arc, LazyLock};

use deskbell::desk::{ConversationId, Delivery, Message, MessageId, Place, Post, Receipt, Recipient};
use deskbell::faq::ChannelKind;
use deskbell::store::{Changes, MemoryShelf, MemoryStore, Outcome, Shelf, Store};
use deskbell::time::Timestamp;
use futures::executor::block_on;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use serde_json::value::RawValue;

static DESK: LazyLock<Changes> = LazyLock::new(|| sample(include_str!("../../tests/suite/stores/v1/desk.jsonl")));
static KNOWLEDGE: LazyLock<Changes> =
    LazyLock::new(|| sample(include_str!("../../tests/suite/stores/v1/knowledge.jsonl")));

fuzz_target!(|input: &[u8]| {
    let mut changes = Changes::new();
    for line in input.split(|byte| *byte == b'\n').take(8) {
        let (key, value) = match line.iter().position(|byte| *byte == b' ') {
            Some(end) => (&line[..end], Some(line[end + 1..].to_vec())),
            None => (line, None),
        };
        let Some(key) = std::str::from_utf8(key).ok().and_then(bytes) else { continue };
        if !key.is_empty() {
            changes.insert(key, value);
        }
    }
    let shelf = |sample: &Changes| {
        let shelf = MemoryShelf::default();
        shelf.write(sample).expect("memory takes all");
        shelf.write(&changes).expect("memory takes all");
        Arc::new(shelf)
    };
    block_on(use_all(&MemoryStore::over_shelves(shelf(&DESK), shelf(&KNOWLEDGE))));
});

/// Everything that a bot asks of its store.
async fn use_all(store: &MemoryStore) {
    let now = Timestamp::from_millis(1_800_000_600_000);
    let place = Place { channel: ChannelKind::Telegram, address: "1".to_owned() };
    for name in ["held", "open", "x"] {
        let id = ConversationId::new(ChannelKind::Telegram, name);
        let _ = store.conversation(&id).await;
        let _ = store.next_ticket(&id).await;
        let _ = store.was_heard(&id, &MessageId("1".to_owned())).await;
        let _ = store.delivered_as(&id, &MessageId("1".to_owned())).await;
    }
    let _ = store.conversations_of(ChannelKind::Telegram, "open").await;
    let _ = (store.waiting().await, store.next_due().await, store.woken(now, 10).await);
    if let Ok(due) = store.due(now, 10).await {
        for pending in due {
            let receipt = Receipt { place: place.clone(), messages: vec![MessageId("7".to_owned())] };
            let _ = store.settle(pending.number, Outcome::Delivered(receipt)).await;
        }
    }
    let _ = store.settle(1, Outcome::Again(now)).await;
    let _ = store.settle(2, Outcome::GivenUp).await;
    let _ = (store.ticket_at(&place).await, store.open_tickets().await, store.gaps(Timestamp::default()).await);
    let _ = (store.drafts().await, store.tallies(Timestamp::default()).await);
    let _ = (store.good_faq().await, store.faq_log().await, store.faq_revision(1).await, store.note("session").await);
    let delivery = Delivery { to: Recipient::Owner, post: Post::say(Message::default()) };
    let _ = store.post(ConversationId::new(ChannelKind::Console, "owner"), delivery, now).await;
    let _ = store.tidy(now, Timestamp::from_millis(1_700_000_000_000)).await;
    let _ = store.tidy(now, now).await;
    let _ = store.forget(&ConversationId::new(ChannelKind::Telegram, "held")).await;
}

/// The records of a backup.
fn sample(lines: &str) -> Changes {
    let mut records = Changes::new();
    for line in lines.lines() {
        let row: Value = serde_json::from_str(line).expect("a line of the sample");
        let Some(key) = row["k"].as_str().and_then(bytes) else { continue };
        #[derive(serde::Deserialize)]
        struct Record<'a> {
            #[serde(borrow)]
            r: &'a RawValue,
        }
        let value = match (row.get("r"), row["s"].as_str(), row["x"].as_str()) {
            (Some(_), ..) => {
                let record: Record<'_> = serde_json::from_str(line).expect("a record");
                Some(record.r.get().as_bytes().to_vec())
            }
            (None, Some(text), _) => Some(text.as_bytes().to_vec()),
            (None, None, Some(hex)) => bytes(hex),
            (None, None, None) => Some(Vec::new()),
        };
        records.insert(key, value);
    }
    records
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let pairs = hex.as_bytes().chunks_exact(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}
