//! A world for one seed: customers on two platforms, staff on one of them, and a machine that fails.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use deskbell::channel::{Author, Channel, Heard, HeardAct};
use deskbell::desk::{ButtonPress, Company, ConversationId, MessageId, Place, Policy, Press, Said, Stage};
use deskbell::faq::{self, ChannelKind, RawFile};
use deskbell::matcher::Index;
use deskbell::runtime::{Clock, Parts, Runtime, Staff};
use deskbell::store::{Changes, MemoryShelf, MemoryStore, Shelf, Store, StoreError, Visit};
use deskbell::time::Timestamp;

use super::platform::Platform;
use super::random::Random;

/// What came of a run.
pub(super) struct Story {
    /// What was broken of the promises; empty if all is well.
    pub(super) broken: Vec<String>,
    /// What happened.
    pub(super) told: Vec<String>,
    /// Messages that were taken.
    pub(super) heard: u64,
    /// Faults that were injected.
    pub(super) faults: u64,
}

/// Runs the world of `seed`.
pub(super) fn run(seed: u64) -> Story {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime without threads or sockets can be built");
    runtime.block_on(async {
        let mut world = World::new(seed);
        world.live().await;
        world.judge().await
    })
}

const STEPS: u64 = 30;

const FAQ: &str = "\
# Shop

## When are you open? {#hours}
> opening hours
> when can I come by

Every day from nine to six.

## How long does delivery take? {#delivery}
> delivery time
> when will my parcel arrive

Two or three days.

## What does delivery cost? {#delivery-cost}
> shipping costs

Four euros.

## Can I send something back? {#returns}
> return an item

Within thirty days.

## A word with the boss {#boss .handover}
> I want to speak to the boss

I will fetch somebody.
";

/// Questions that the FAQ answers, with a word of the answer.
const KNOWN: [(&str, &str); 4] = [
    ("When are you open?", "nine to six"),
    ("delivery time", "Two or three days"),
    ("What does delivery cost?", "Four euros"),
    ("return an item", "thirty days"),
];

static INDEX: LazyLock<Arc<Index>> = LazyLock::new(|| {
    let file =
        |path: &str, text: &str| RawFile { path: path.to_owned(), content: Ok(text.as_bytes().to_vec()) };
    let faq =
        faq::read(vec![file("business.toml", "name = \"Simulated\"\nlang = \"en\"\n"), file("faq.md", FAQ)]);
    assert!(faq.is_good(), "{:?}", faq.problems);
    Arc::new(Index::build(Arc::new(faq)))
});

/// A shelf in memory that fails when its number of luck comes up.
struct FlakyShelf {
    inner: MemoryShelf,
    /// Every so many writes one fails; 0: none.
    every: AtomicU64,
    writes: AtomicU64,
    faults: AtomicU64,
}

impl Shelf for FlakyShelf {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.inner.get(key)
    }

    fn scan(&self, from: &[u8], to: &[u8], visit: &mut Visit<'_>) -> Result<(), StoreError> {
        self.inner.scan(from, to, visit)
    }

    fn sequence(&self) -> u64 {
        self.inner.sequence()
    }

    fn write(&self, changes: &Changes) -> Result<(), StoreError> {
        let every = self.every.load(Ordering::Relaxed);
        let number = self.writes.fetch_add(1, Ordering::Relaxed) + 1;
        if every == 0 || !number.is_multiple_of(every) {
            return self.inner.write(changes);
        }
        self.faults.fetch_add(1, Ordering::Relaxed);
        if number.is_multiple_of(2) {
            // Written, but nobody learns of it.
            self.inner.write(changes)?;
        }
        Err(StoreError::Disk("injected".to_owned()))
    }
}

struct Customer {
    channel: ChannelKind,
    name: String,
    address: String,
    said: u64,
    /// What they wrote, with its token, and how many messages they had been sent before.
    messages: Vec<Written>,
    /// Tokens written before they were forgotten.
    forgotten: BTreeSet<String>,
}

struct Written {
    id: MessageId,
    token: String,
    /// What staff see of it, if they see it.
    words: String,
    /// How many messages stood in the customer's chat before it.
    before: usize,
    /// People had the conversation when it was written.
    with_staff: bool,
    /// What the bot would have answered.
    answer: Option<&'static str>,
    deleted: bool,
}

pub(super) struct World {
    random: Random,
    platforms: [Arc<Platform>; 2],
    shelf: Arc<FlakyShelf>,
    store: Arc<MemoryStore>,
    runtime: Option<Runtime>,
    clock: Clock,
    customers: Vec<Customer>,
    staff_said: u64,
    crashes: u32,
    heard: u64,
    told: Vec<String>,
    broken: Vec<String>,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let platforms = [ChannelKind::Telegram, ChannelKind::Discord]
            .map(|kind| Arc::new(Platform::new(kind, Random::new(random.next()))));
        let shelf = Arc::new(FlakyShelf {
            inner: MemoryShelf::default(),
            every: AtomicU64::new(7 + random.below(20)),
            writes: AtomicU64::new(0),
            faults: AtomicU64::new(0),
        });
        let store = Arc::new(MemoryStore::over_shelves(shelf.clone(), Arc::new(MemoryShelf::default())));
        let customers = (0..2 + random.below(3)).map(|number| Customer {
            channel: if random.chance(50) { ChannelKind::Telegram } else { ChannelKind::Discord },
            name: format!("Customer{number}"),
            address: format!("c{number}"),
            said: 0,
            messages: Vec::new(),
            forgotten: BTreeSet::new(),
        });
        let customers = customers.collect();
        let start = Timestamp::from_millis(1_795_600_000_000);
        let mut world = Self {
            random,
            platforms,
            shelf,
            store,
            runtime: None,
            clock: Clock::Paused { start, since: tokio::time::Instant::now() },
            customers,
            staff_said: 0,
            crashes: 0,
            heard: 0,
            told: Vec::new(),
            broken: Vec::new(),
        };
        world.boot();
        world
    }

    fn boot(&mut self) {
        let parts = Parts {
            store: self.store.clone(),
            index: INDEX.clone(),
            faq: None,
            policy: Policy { flood_burst: 1_000, ..Policy::default() },
            staff: Staff { place: Some(staff_place()), ..Staff::default() },
            owner: None,
            clock: self.clock,
        };
        let channels = self.platforms.iter().map(|platform| platform.clone() as Arc<dyn Channel>).collect();
        self.runtime = Some(Runtime::start(parts, channels));
    }

    fn tell(&mut self, what: String) {
        let at = self.clock.now().as_millis();
        self.told.push(format!("{at} {what}"));
    }

    fn platform(&self, channel: ChannelKind) -> &Arc<Platform> {
        self.platforms
            .iter()
            .find(|one| deskbell::channel::Channel::kind(one.as_ref()) == channel)
            .expect("both are there")
    }

    /// Thirty things happen, then everything heals and a quarter of an hour passes.
    async fn live(&mut self) {
        for _ in 0..STEPS {
            match self.random.below(100) {
                0..60 => self.customer_acts().await,
                60..85 => self.staff_acts().await,
                85..92 => self.crash().await,
                _ => self.wait(Duration::from_secs(60 * (1 + self.random.clone().below(40)))).await,
            }
            let pause = Duration::from_millis(self.random.below(5_000));
            self.wait(pause).await;
        }
        self.shelf.every.store(0, Ordering::Relaxed);
        for platform in &self.platforms {
            platform.heal();
        }
        self.wait(Duration::from_secs(15 * 60)).await;
    }

    async fn wait(&mut self, time: Duration) {
        tokio::time::sleep(time).await;
    }

    async fn crash(&mut self) {
        self.tell("the plug is pulled".to_owned());
        self.crashes += 1;
        if let Some(runtime) = self.runtime.take() {
            runtime.pull_the_plug();
        }
        self.wait(Duration::from_secs(2)).await;
        self.boot();
    }

    async fn customer_acts(&mut self) {
        let at = usize::try_from(self.random.below(self.customers.len() as u64)).expect("an index fits");
        let token = format!("tok{at}x{}x", self.customers[at].said + 1);
        match self.random.below(100) {
            0..35 => {
                let (question, answer) = *self.random.pick(&KNOWN).expect("some are known");
                self.say(at, question, &token, Some(answer)).await;
            }
            35..60 => {
                let text = format!("My {token} is wet inside and the {token} handle squeaks");
                self.say(at, &text, &token, None).await;
            }
            60..66 => self.say(at, "person", &token, None).await,
            66..70 => self.say(at, "I want to speak to the boss", &token, None).await,
            70..84 => self.press(at).await,
            84..89 => self.edit(at).await,
            89..94 => self.delete(at).await,
            94..98 => self.repeat(at).await,
            _ => self.forget(at).await,
        }
    }

    async fn say(&mut self, at: usize, text: &str, token: &str, known: Option<&'static str>) {
        let with_staff = self.is_with_staff(at).await;
        let customer = &mut self.customers[at];
        customer.said += 1;
        let id = MessageId(format!("u{at}-{}", customer.said));
        let before = self.platform(self.customers[at].channel).shown(&self.customers[at].address).len();
        self.hear(at, &id, HeardAct::Wrote(Said::text(text))).await;
        self.customers[at].messages.push(Written {
            id,
            token: token.to_owned(),
            words: text.to_owned(),
            before,
            with_staff,
            answer: known,
            deleted: false,
        });
    }

    async fn is_with_staff(&self, at: usize) -> bool {
        let conversation =
            self.store.conversation(&self.conversation(at)).await.expect("reads don't fail here");
        matches!(conversation.stage, Stage::WithStaff(_))
    }

    async fn press(&mut self, at: usize) {
        let customer = &self.customers[at];
        let shown = self.platform(customer.channel).shown(&customer.address);
        let buttons: Vec<ButtonPress> = shown
            .iter()
            .flat_map(|shown| shown.buttons.iter().map(|button| button.press.clone()))
            .filter(|press| !matches!(press, ButtonPress::Customer(Press::ForgetMe)))
            .collect();
        let Some(press) = self.random.pick(&buttons).cloned() else { return };
        self.customers[at].said += 1;
        let id = MessageId(format!("u{at}-{}", self.customers[at].said));
        self.hear(at, &id, HeardAct::Pressed(press)).await;
    }

    async fn edit(&mut self, at: usize) {
        let Some(written) = self.customers[at].messages.last_mut() else { return };
        let (message, token) = (written.id.clone(), written.token.clone());
        let words = format!("It is the {token} lid that squeaks, not the handle");
        let said = Said::text(&words);
        written.words = words;
        written.answer = None;
        self.customers[at].said += 1;
        let id = MessageId(format!("u{at}-{}", self.customers[at].said));
        self.hear(at, &id, HeardAct::Rewrote { message, said }).await;
    }

    async fn delete(&mut self, at: usize) {
        let Some(written) = self.customers[at].messages.last_mut() else { return };
        written.deleted = true;
        let message = written.id.clone();
        self.customers[at].said += 1;
        let id = MessageId(format!("u{at}-{}", self.customers[at].said));
        self.hear(at, &id, HeardAct::TookBack { message }).await;
    }

    /// The platform delivers an old update again.
    async fn repeat(&mut self, at: usize) {
        let Some(written) = self.customers[at].messages.last() else { return };
        if self.customers[at].forgotten.contains(&written.token) {
            return;
        }
        let id = written.id.clone();
        self.hear(at, &id, HeardAct::Wrote(Said::text("the same again, whatever it holds"))).await;
    }

    async fn forget(&mut self, at: usize) {
        for press in [
            HeardAct::Commanded { name: "forget".to_owned(), rest: String::new() },
            HeardAct::Pressed(ButtonPress::Customer(Press::ForgetMe)),
        ] {
            self.customers[at].said += 1;
            let id = MessageId(format!("u{at}-{}", self.customers[at].said));
            self.hear(at, &id, press).await;
        }
        // What was still on its way is forgotten when it has arrived.
        let tokens: Vec<String> = self.customers[at].messages.iter().map(|one| one.token.clone()).collect();
        self.customers[at].forgotten.extend(tokens);
    }

    async fn staff_acts(&mut self) {
        let platform = self.platform(ChannelKind::Discord).clone();
        let places: Vec<String> =
            platform.places().into_iter().filter(|place| place.starts_with("staff/")).collect();
        let Some(place) = self.random.pick(&places).cloned() else { return };
        self.staff_said += 1;
        let number = self.staff_said;
        let act = match self.random.below(100) {
            0..45 => HeardAct::Wrote(Said::text(&format!("staff words {number}"))),
            45..55 => HeardAct::Wrote(Said::text(&format!("// secretnote {number}"))),
            55..65 => HeardAct::Pressed(ButtonPress::Claim),
            65..72 => HeardAct::Commanded { name: "answer".to_owned(), rest: "returns".to_owned() },
            72..78 => HeardAct::Commanded { name: "teach".to_owned(), rest: String::new() },
            _ => HeardAct::Commanded { name: "close".to_owned(), rest: String::new() },
        };
        let heard = Heard {
            conversation: ConversationId::new(ChannelKind::Discord, "nobody"),
            message: MessageId(format!("s{number}")),
            place: Place { channel: ChannelKind::Discord, address: place },
            author: author("anna", "Anna"),
            company: Company::AmongOthers,
            act,
        };
        self.offer(heard).await;
    }

    fn conversation(&self, at: usize) -> ConversationId {
        let customer = &self.customers[at];
        ConversationId::new(customer.channel, customer.address.clone())
    }

    async fn hear(&mut self, at: usize, id: &MessageId, act: HeardAct) {
        let customer = &self.customers[at];
        let heard = Heard {
            conversation: self.conversation(at),
            message: id.clone(),
            place: Place { channel: customer.channel, address: customer.address.clone() },
            author: author(&customer.address, &customer.name),
            company: Company::Alone,
            act,
        };
        self.offer(heard).await;
    }

    /// A platform offers an update until it is taken.
    async fn offer(&mut self, heard: Heard) {
        self.tell(format!("{} {} {:?}", heard.conversation, heard.message.0, heard.act));
        for _ in 0..100 {
            let inbox = self.runtime.as_ref().expect("it was booted").inbox();
            match inbox.accept(heard.clone()).await {
                Ok(()) => {
                    self.heard += 1;
                    return;
                }
                Err(error) => {
                    self.tell(format!("not taken: {error}"));
                    tokio::time::sleep(Duration::from_millis(500)).await;
                }
            }
        }
        self.broken.push(format!("{} was never taken", heard.message.0));
    }

    /// Looks at everything that anybody saw.
    pub(super) async fn judge(mut self) -> Story {
        let mut broken = std::mem::take(&mut self.broken);
        let now = self.clock.now();
        let mut due = self.store.due(now, 100).await.expect("the store is healed");
        // What was decided just now may still be on its way.
        due.retain(|pending| Duration::from_secs(30) < now.since(pending.due));
        if !due.is_empty() {
            broken.push(format!("{} deliveries are stuck: {:?}", due.len(), due.first()));
        }
        for at in 0..self.customers.len() {
            self.judge_messages(at, &mut broken).await;
        }
        self.judge_places(&mut broken);
        self.judge_secrets(&mut broken);
        let faults = self.platforms.iter().map(|one| one.faults()).sum::<u64>()
            + self.shelf.faults.load(Ordering::Relaxed)
            + u64::from(self.crashes);
        if let Some(runtime) = self.runtime.take() {
            runtime.pull_the_plug();
        }
        Story { broken, told: self.told, heard: self.heard, faults }
    }

    /// 1 and 4: answered, or seen by staff; seen by staff if staff had the conversation.
    async fn judge_messages(&self, at: usize, broken: &mut Vec<String>) {
        let customer = &self.customers[at];
        let shown = self.platform(customer.channel).shown(&customer.address);
        let staff = self.platform(ChannelKind::Discord);
        let tickets: Vec<_> = staff
            .places()
            .into_iter()
            .filter(|place| place.starts_with("staff/"))
            .flat_map(|place| staff.shown(&place))
            .collect();
        for written in customer.messages.iter().filter(|written| !written.deleted) {
            if customer.forgotten.contains(&written.token) {
                continue;
            }
            let since = &shown[written.before.min(shown.len())..];
            let seen = tickets.iter().any(|one| one.text.contains(&written.words));
            if since.is_empty() && !seen {
                broken.push(format!(
                    "{} ({}) was never answered, and staff never saw it",
                    written.id.0, written.words
                ));
            }
            if written.with_staff && !seen {
                broken.push(format!(
                    "{} ({}) was meant for staff, who never saw it",
                    written.id.0, written.words
                ));
            }
        }
        let conversation = self.store.conversation(&self.conversation(at)).await.expect("reads don't fail");
        if !conversation.burst.is_empty() {
            broken.push(format!("{} still waits in a burst: {:?}", customer.name, conversation.burst));
        }
    }

    /// 2 and 3: order, and no doubles.
    fn judge_places(&self, broken: &mut Vec<String>) {
        for platform in &self.platforms {
            for place in platform.places() {
                let mut last = 0;
                let mut times: BTreeMap<u64, u32> = BTreeMap::new();
                for shown in platform.shown(&place) {
                    let again = times.entry(shown.number).or_default();
                    *again += 1;
                    // What was on its way at the moment of "forget me" may come after the word that all is deleted.
                    if *again == 1 && shown.number < last && !self.was_forgotten(&place) {
                        broken.push(format!("{place}: {} came after {last}", shown.number));
                    }
                    last = last.max(shown.number);
                }
                for (number, times) in times {
                    let excused = platform.lost(number)
                        + self.crashes
                        + u32::from(0 < self.shelf.faults.load(Ordering::Relaxed)) * 50;
                    let dropped = deskbell::channel::Channel::kind(platform.as_ref()) == ChannelKind::Discord;
                    if 1 < times && (dropped || excused < times - 1) {
                        broken.push(format!("{place}: delivery {number} stands there {times} times"));
                    }
                }
            }
        }
    }

    /// Whether somebody was forgotten in this chat, or in this ticket's place.
    fn was_forgotten(&self, place: &str) -> bool {
        let chat = self.customers.iter().any(|one| one.address == place && !one.forgotten.is_empty());
        let staff = self.platform(ChannelKind::Discord).shown(place);
        chat || staff.iter().any(|shown| shown.text.contains("had everything deleted"))
    }

    /// 5 and 6: nobody sees another's words, notes stay among staff, and forgotten words are gone.
    fn judge_secrets(&self, broken: &mut Vec<String>) {
        for (at, customer) in self.customers.iter().enumerate() {
            let theirs = format!("tok{at}x");
            for shown in self.platform(customer.channel).shown(&customer.address) {
                let others = shown
                    .text
                    .match_indices("tok")
                    .any(|(start, _)| !shown.text[start..].starts_with(&theirs));
                if others || shown.text.contains("secretnote") {
                    broken.push(format!("{} sees {}", customer.name, shown.text));
                }
            }
        }
        let staff = self.platform(ChannelKind::Discord);
        for place in staff.places().into_iter().filter(|place| place.starts_with("staff/")) {
            let mut owners = BTreeSet::new();
            for shown in staff.shown(&place) {
                for (start, _) in shown.text.match_indices("tok") {
                    owners.extend(shown.text[start..].split('x').next().map(str::to_owned));
                }
            }
            if 1 < owners.len() {
                broken.push(format!("{place} mixes {owners:?}"));
            }
        }
        let forgotten: Vec<&String> = self.customers.iter().flat_map(|one| &one.forgotten).collect();
        let mut left = Vec::new();
        let scanned = self.shelf.scan(&[], &[0xFF; 64], &mut |key, value| {
            let bytes = [key, value].concat();
            let text = String::from_utf8_lossy(&bytes);
            left.extend(
                forgotten.iter().filter(|token| text.contains(token.as_str())).map(|token| (*token).clone()),
            );
            Ok(ControlFlow::Continue(()))
        });
        scanned.expect("reads don't fail here");
        if !left.is_empty() {
            broken.push(format!("forgotten, but still stored: {left:?}"));
        }
    }
}

fn staff_place() -> Place {
    Place { channel: ChannelKind::Discord, address: "staff".to_owned() }
}

fn author(id: &str, name: &str) -> Author {
    Author { id: id.to_owned(), name: name.to_owned(), roles: Vec::new(), app_language: None }
}
