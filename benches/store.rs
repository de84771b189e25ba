//! How many whole turns a second reach the disk: the conversation, the event, two deliveries, three counters, the
//! wake-up; each waited for until it survives a power cut.

use std::sync::Arc;
use std::time::Duration;

use deskbell::desk::{
    Action, Conversation, ConversationId, Count, Delivery, Line, Message, MessageId, Part, Place, Post,
    Recipient, Reminder, Speaker, Turn,
};
use deskbell::faq::{ChannelKind, EntryId};
use deskbell::store::{SledStore, Store};
use deskbell::time::Timestamp;
use divan::Bencher;
use divan::counter::ItemsCount;

/// Turns of each conversation in one run.
const TURNS: usize = 25;

fn main() {
    divan::main();
}

#[divan::bench(args = [1, 16, 64], sample_count = 10, sample_size = 1)]
fn turns_of_conversations(bencher: Bencher, conversations: usize) {
    let threads = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().expect("threads");
    let folder =
        tempfile::tempdir_in(std::env::var("DESKBELL_BENCH_FOLDER").unwrap_or_else(|_| ".".to_owned()));
    let folder = folder.expect("a folder");
    let store: Arc<SledStore> = Arc::new(SledStore::open(&folder.path().join("store")).expect("opened"));
    bencher.counter(ItemsCount::new(conversations * TURNS)).bench_local(|| {
        threads.block_on(async {
            let talks = (0..conversations).map(|n| tokio::spawn(talk(store.clone(), n)));
            for talk in talks.collect::<Vec<_>>() {
                talk.await.expect("talked");
            }
        });
    });
}

async fn talk(store: Arc<SledStore>, n: usize) {
    let id = ConversationId::new(ChannelKind::Telegram, n.to_string());
    for _ in 0..TURNS {
        let before = store.conversation(&id).await.expect("read");
        let now = Timestamp::from_millis(1_800_000_000_000).plus(Duration::from_secs(before.version));
        let turn = turn(before, now);
        for pending in store.commit(turn, now).await.expect("committed") {
            divan::black_box(pending);
        }
    }
}

fn turn(mut conversation: Conversation, now: Timestamp) -> Turn {
    let heard = MessageId(format!("m{}", conversation.version));
    for speaker in [Speaker::Customer, Speaker::Bot] {
        let text = "When will my parcel arrive? Two to three working days inside Germany.".to_owned();
        conversation.transcript.push_back(Line { speaker, text, at: now, message: Some(heard.clone()) });
    }
    while Conversation::LINES < conversation.transcript.len() {
        conversation.transcript.pop_front();
    }
    let entry = EntryId::new("delivery-time").expect("an id");
    let to = Place { channel: ChannelKind::Telegram, address: conversation.id.key().to_owned() };
    let say = |text: &str| {
        let message = Message { parts: vec![Part::Markdown(text.to_owned())], ..Message::default() };
        Action::Deliver(Delivery {
            to: Recipient::Customer(to.clone()),
            post: Post::Say { message, relays: None },
        })
    };
    let actions = vec![
        say(
            "Two to three working days inside Germany, up to five elsewhere. Ordered before **14:00**? It leaves today.",
        ),
        say("Did that help?"),
        Action::Count(Count::Asked),
        Action::Count(Count::Answered(entry.clone())),
        Action::Count(Count::Helped(entry)),
    ];
    let wake = Some((now.plus(Duration::from_secs(90 * 86_400)), Reminder::Expired));
    Turn { heard, conversation, actions, wake }
}
