//! The adapter under test, between a fake Discord and a desk that only writes down what it hears.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use deskbell::channel::discord::{Discord, Fatal, Settings};
use deskbell::channel::{
    Channel, DeliverError, Heard, HeardAct, Inbox, Lookup, Memory, NotTaken, Parcel, Suggestion,
};
use deskbell::desk::{Button, ButtonPress, Message, Part, Place, Post, Press, Receipt};
use deskbell::faq::{ChannelKind, EntryId};
use deskbell::text::Language;
use futures::future::BoxFuture;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::fake::Fake;
use super::world::TOKEN;

/// A running adapter.
pub struct Bot {
    pub discord: Arc<Discord>,
    pub desk: Arc<Desk>,
    stop: watch::Sender<bool>,
    task: JoinHandle<Result<(), Fatal>>,
}

impl Bot {
    pub async fn start(fake: &Fake) -> Self {
        Self::with(fake, |_| {}).await
    }

    pub async fn with(fake: &Fake, change: impl FnOnce(&mut Settings)) -> Self {
        let bot = Self::again(fake, &Arc::default(), &Arc::default(), change);
        bot.connected(fake, 1).await;
        bot
    }

    /// Starts it with what an earlier one has left.
    pub fn again(
        fake: &Fake,
        desk: &Arc<Desk>,
        memory: &Arc<Notebook>,
        change: impl FnOnce(&mut Settings),
    ) -> Self {
        let mut settings = Settings::new(TOKEN.into());
        settings.api_url.clone_from(&fake.url);
        change(&mut settings);
        let discord = Discord::new(settings, memory.clone()).expect("the settings are right");
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(discord.clone().run(desk.clone(), Arc::new(Library), stopped));
        Self { discord, desk: desk.clone(), stop, task }
    }

    /// Waits until `lines` sessions were begun or resumed.
    pub async fn connected(&self, fake: &Fake, lines: usize) {
        fake.until("the bot is connected", |world| {
            world.identified + world.resumed >= lines && !world.sessions.is_empty()
        })
        .await;
    }

    /// Ends it in order.
    pub async fn stop(self) -> Result<(), Fatal> {
        self.stop.send_replace(true);
        self.ended().await
    }

    /// Ends it in the middle of everything.
    pub fn kill(self) {
        self.desk.dead.send_replace(true);
        self.task.abort();
    }

    /// How it ended by itself.
    pub async fn ended(self) -> Result<(), Fatal> {
        let ended = tokio::time::timeout(Duration::from_secs(20), self.task).await;
        ended.expect("it ends in time").expect("it does not panic")
    }

    pub async fn deliver(&self, parcel: &Parcel) -> Result<Receipt, DeliverError> {
        self.discord.deliver(parcel).await
    }

    /// Says `text` there.
    pub async fn says(&self, number: u64, to: &str, text: &str) -> Receipt {
        let parcel = parcel(number, to, Post::say(Message::markdown(text)));
        self.deliver(&parcel).await.expect("it arrives")
    }
}

/// Writes down what it hears.
pub struct Desk {
    heard: Mutex<Vec<Heard>>,
    known: Mutex<HashSet<(String, String)>>,
    /// Answers before it takes anything.
    pub refusals: Mutex<Vec<NotTaken>>,
    /// Conversations that it doesn't take anything of.
    pub busy: Mutex<HashSet<String>>,
    /// How long it takes.
    pub pause: Mutex<Duration>,
    /// While true, nothing is ever taken.
    pub stuck: watch::Sender<bool>,
    /// The process it lived in was killed.
    dead: watch::Sender<bool>,
}

impl Default for Desk {
    fn default() -> Self {
        Self {
            heard: Mutex::default(),
            known: Mutex::default(),
            refusals: Mutex::default(),
            busy: Mutex::default(),
            pause: Mutex::default(),
            stuck: watch::Sender::new(false),
            dead: watch::Sender::new(false),
        }
    }
}

impl Desk {
    pub fn heard(&self) -> Vec<Heard> {
        lock(&self.heard).clone()
    }

    /// The texts heard, in order.
    pub fn texts(&self) -> Vec<String> {
        let text = |heard: &Heard| match &heard.act {
            HeardAct::Wrote(said) => Some(said.text.clone()),
            _ => None,
        };
        self.heard().iter().filter_map(text).collect()
    }

    /// Waits until `count` events were heard, and gives them.
    pub async fn hears(&self, count: usize) -> Vec<Heard> {
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(240) {
            let heard = self.heard();
            if count <= heard.len() {
                return heard;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("waited in vain for {count} events; heard: {:#?}", self.heard());
    }

    /// The one event heard.
    pub async fn hears_one(&self) -> Heard {
        let heard = self.hears(1).await;
        assert_eq!(heard.len(), 1, "{heard:#?}");
        heard[0].clone()
    }

    /// A new process over the same store.
    pub fn revive(&self) {
        self.dead.send_replace(false);
    }

    async fn take(&self, heard: Heard) -> Result<(), NotTaken> {
        let mut stuck = self.stuck.subscribe();
        let _ = stuck.wait_for(|stuck| !*stuck).await;
        let pause = *lock(&self.pause);
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
        if *self.dead.borrow() {
            std::future::pending::<()>().await;
        }
        if lock(&self.busy).contains(heard.conversation.key()) {
            return Err(NotTaken::Busy);
        }
        if let Some(refusal) = lock(&self.refusals).pop() {
            return Err(refusal);
        }
        let name = (heard.conversation.to_string(), heard.message.0.clone());
        if lock(&self.known).insert(name) {
            lock(&self.heard).push(heard);
        }
        Ok(())
    }
}

impl Inbox for Desk {
    fn accept(&self, heard: Heard) -> BoxFuture<'_, Result<(), NotTaken>> {
        Box::pin(self.take(heard))
    }
}

/// Notes that outlive a bot.
#[derive(Default)]
pub struct Notebook {
    pub notes: Mutex<HashMap<String, String>>,
}

impl Memory for Notebook {
    fn recall<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Option<String>> {
        Box::pin(async move { lock(&self.notes).get(name).cloned() })
    }

    fn remember<'a>(&'a self, name: &'a str, note: String) -> BoxFuture<'a, Result<(), NotTaken>> {
        Box::pin(async move {
            assert!(note.len() < 64 * 1024, "{name} has {} bytes", note.len());
            lock(&self.notes).insert(name.to_owned(), note);
            Ok(())
        })
    }
}

/// Suggests two entries whatever is typed.
struct Library;

impl Lookup for Library {
    fn suggest(&self, text: &str, language: Option<Language>, limit: usize) -> Vec<Suggestion> {
        assert!(limit <= 25);
        assert_eq!(language, Some(Language::DE));
        let one = |id: &str, title: String| Suggestion {
            id: EntryId::new(id).expect("a right id"),
            title,
            answer: vec![Part::Markdown("The answer".to_owned())],
        };
        vec![one("hours", format!("{text}?")), one("long", "very ".repeat(50))]
    }
}

pub fn place(address: &str) -> Place {
    Place { channel: ChannelKind::Discord, address: address.to_owned() }
}

pub fn parcel(number: u64, to: &str, post: Post) -> Parcel {
    Parcel { number, to: place(to), post, earlier: None }
}

pub fn entry(id: &str) -> Press {
    Press::Entry(EntryId::new(id).expect("a right id"))
}

pub fn button(label: &str, press: Press) -> Button {
    Button { label: label.to_owned(), press: ButtonPress::Customer(press) }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
