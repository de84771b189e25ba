//! The adapter alone, between the fake and an inbox that only listens.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use deskbell::channel::telegram::{Fatal, Settings, Telegram};
use deskbell::channel::{
    Channel, DeliverError, Heard, HeardAct, Inbox, Lookup, NotTaken, Parcel, Suggestion,
};
use deskbell::desk::{Company, Message, Part, Place, Post, Receipt};
use deskbell::faq::{ChannelKind, EntryId};
use deskbell::text::Language;
use futures::future::BoxFuture;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::fake::{Fake, TOKEN};

/// The adapter, running.
pub(super) struct Bot {
    pub(super) fake: Fake,
    pub(super) telegram: Arc<Telegram>,
    pub(super) inbox: Arc<Listener>,
    pub(super) stop: watch::Sender<bool>,
    pub(super) task: JoinHandle<Result<(), Fatal>>,
    parcels: Mutex<u64>,
}

/// An inbox that keeps what it hears, unless it was told to refuse.
#[derive(Default)]
pub(super) struct Listener {
    heard: Mutex<Vec<Heard>>,
    refusals: Mutex<VecDeque<NotTaken>>,
    changed: tokio::sync::Notify,
}

impl Listener {
    pub(super) fn refuse(&self, refusals: impl IntoIterator<Item = NotTaken>) {
        self.refusals.lock().expect("nobody panicked").extend(refusals);
    }

    pub(super) fn heard(&self) -> Vec<Heard> {
        self.heard.lock().expect("nobody panicked").clone()
    }

    /// Waits until `count` things were heard, and gives each as a line.
    pub(super) async fn lines(&self, count: usize) -> Vec<String> {
        let wait = async {
            loop {
                let changed = self.changed.notified();
                let heard = self.heard();
                if count <= heard.len() {
                    return heard.iter().map(line).collect();
                }
                changed.await;
            }
        };
        match tokio::time::timeout(Duration::from_secs(20), wait).await {
            Ok(lines) => lines,
            Err(_) => panic!("only this was heard: {:#?}", self.heard()),
        }
    }
}

impl Inbox for Listener {
    fn accept(&self, heard: Heard) -> BoxFuture<'_, Result<(), NotTaken>> {
        Box::pin(async move {
            tokio::task::yield_now().await;
            if let Some(refusal) = self.refusals.lock().expect("nobody panicked").pop_front() {
                return Err(refusal);
            }
            self.heard.lock().expect("nobody panicked").push(heard);
            self.changed.notify_waiters();
            Ok(())
        })
    }
}

/// Finds one entry for everything.
pub(super) struct OneEntry;

impl Lookup for OneEntry {
    fn suggest(&self, text: &str, language: Option<Language>, _limit: usize) -> Vec<Suggestion> {
        let language = language.map_or("?".to_owned(), |language| language.to_string());
        vec![Suggestion {
            id: EntryId::new("delivery-time").expect("a valid id"),
            title: format!("How long does delivery take? ({text}, {language})"),
            answer: vec![Part::Markdown("Two to **three** days.".to_owned())],
        }]
    }
}

/// Settings for the fake.
pub(super) fn settings(fake: &Fake) -> Settings {
    Settings {
        api_url: fake.url(),
        poll_timeout: Duration::from_secs(2),
        patience: Duration::from_secs(2),
        ..Settings::new(TOKEN.into())
    }
}

pub(super) fn place(address: &str) -> Place {
    Place { channel: ChannelKind::Telegram, address: address.to_owned() }
}

impl Bot {
    /// A running bot with staff at `-100500`, a group with topics, and `-100700`, a group that it reads.
    pub(super) async fn start() -> Self {
        let fake = Fake::start().await;
        fake.add_chat(-100_500, "supergroup", true);
        fake.add_chat(-100_700, "supergroup", false);
        fake.add_chat(-100_800, "supergroup", false);
        fake.add_chat(11, "private", false);
        let settings = Settings { staff: Some(place("-100500")), groups: vec![-100_700], ..settings(&fake) };
        Self::run(fake, settings)
    }

    pub(super) fn run(fake: Fake, settings: Settings) -> Self {
        let telegram = Telegram::new(settings).expect("the settings are right");
        let inbox = Arc::new(Listener::default());
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(telegram.clone().run(inbox.clone(), Arc::new(OneEntry), stopped));
        Self { fake, telegram, inbox, stop, task, parcels: Mutex::new(0) }
    }

    /// Delivers `post` as a new parcel.
    pub(super) async fn deliver(
        &self,
        to: &str,
        post: Post,
        earlier: Option<Receipt>,
    ) -> Result<Receipt, DeliverError> {
        let number = {
            let mut parcels = self.parcels.lock().expect("nobody panicked");
            *parcels += 1;
            *parcels
        };
        let delivered = self.telegram.deliver(&Parcel { number, to: place(to), post, earlier }).await;
        self.telegram.settled(number);
        delivered
    }

    /// Says `text` (Markdown).
    pub(super) async fn say(&self, to: &str, text: &str) -> Receipt {
        let post = Post::say(Message::markdown(text));
        self.deliver(to, post, None).await.expect("it arrives")
    }

    /// Stops, and looks whether every call was as Telegram wants it.
    pub(super) async fn end(self) {
        self.stop.send_replace(true);
        self.task.await.expect("the task ends").expect("nothing is fatal");
        assert_eq!(self.fake.violations(), Vec::<String>::new());
    }
}

/// What was heard, on one line.
pub(super) fn line(heard: &Heard) -> String {
    let company = match heard.company {
        Company::Alone => "alone",
        Company::AmongOthers => "among others",
    };
    let said = |said: &deskbell::desk::Said| {
        let attachments = said.attachments.iter().map(|one| {
            let name = one.name.as_ref().map_or(String::new(), |name| format!(" `{name}`"));
            format!(" [{:?} {}{name}]", one.kind, one.reference)
        });
        format!("{:?}{}", said.text, attachments.collect::<String>())
    };
    let act = match &heard.act {
        HeardAct::Wrote(words) => format!("wrote {}", said(words)),
        HeardAct::Rewrote { message, said: words } => format!("rewrote {} as {}", message.0, said(words)),
        HeardAct::TookBack { message } => format!("took back {}", message.0),
        HeardAct::Pressed(press) => format!("pressed {}", press.to_code()),
        HeardAct::Commanded { name, rest } => format!("commanded {name} {rest:?}"),
        HeardAct::Opened(entry) => format!("opened {}", entry.as_ref().map_or("-", |entry| entry.as_str())),
    };
    let language = heard.author.app_language.map_or("-".to_owned(), |language| language.to_string());
    format!(
        "{} {} at {} by {} {:?} {language} {company}: {act}",
        heard.conversation, heard.message.0, heard.place.address, heard.author.id, heard.author.name
    )
}
