//! A working day in short: customers on both platforms, tickets, a FAQ that is saved again and again (sometimes broken),
//! backups, and a power cut now and then; nothing may be lost, and memory stays where it is.
//!
//! Half a minute in an ordinary run. `DESKBELL_SOAK_MINUTES=60` plays an hour, with a figure every few minutes; then
//! memory and descriptors are judged as well, which mean nothing in half a minute.

mod body;
mod people;

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use body::{Body, Figures};
use people::{Cases, Customers};

use crate::discord;
use crate::house::{CONVERSATION, House, Luck, tell, times};
use crate::telegram;

/// The group of staff, on Telegram: tickets of both platforms go there.
const STAFF: i64 = telegram::shop::STAFF;
/// The owner's own chat.
const OWNER: i64 = 7;
/// Nothing is waited for longer than this; a start under load takes seconds.
const PATIENCE: Duration = Duration::from_secs(240);
/// From this length on, memory is judged.
const LONG: Duration = Duration::from_secs(20 * 60);

/// How long, and how often what happens.
struct Plan {
    length: Duration,
    reload: Duration,
    kill: Option<Duration>,
    backup: Duration,
    sample: Duration,
    figures: Duration,
    /// How many times as often customers ask: a platform takes a message a second from each, so at most four.
    haste: u64,
}

impl Plan {
    fn new() -> Self {
        let minutes = times("DESKBELL_SOAK_MINUTES", 0);
        let length = if minutes == 0 { Duration::from_secs(30) } else { Duration::from_secs(60 * minutes) };
        // An hour has sixty reloads; half a minute has six.
        let part = |usual: u64, parts: u32| Duration::from_secs(usual).min(length / parts);
        Self {
            length,
            reload: part(60, 6),
            kill: (times("DESKBELL_SOAK_KILLS", 1) != 0).then(|| part(300, 3)),
            backup: part(120, 4),
            sample: part(10, 20),
            figures: part(300, 20),
            haste: times("DESKBELL_SOAK_HASTE", 1).min(4),
        }
    }
}

/// All that the people of a day share.
struct Day {
    telegram: telegram::fake::Fake,
    discord: discord::fake::Fake,
    begin: Instant,
    plan: Plan,
    body: RefCell<Body>,
    luck: RefCell<Luck>,
    /// The process's number and when it began, while there is one.
    process: Cell<Option<(u32, Instant)>>,
}

impl Day {
    fn is_over(&self) -> bool {
        self.plan.length <= self.begin.elapsed()
    }

    /// Waits for `time`, or until the day is over. False when it is.
    async fn pause(&self, time: Duration) -> bool {
        let left = self.plan.length.saturating_sub(self.begin.elapsed());
        tokio::time::sleep(time.min(left)).await;
        !self.is_over()
    }

    fn below(&self, limit: u64) -> u64 {
        self.luck.borrow_mut().below(limit)
    }

    /// Waits until `ready` gives something.
    async fn until<T>(&self, what: &str, ready: impl Fn() -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            if let Some(found) = ready() {
                return found;
            }
            assert!(
                start.elapsed() < PATIENCE,
                "{what} never came, {:?} after the start",
                self.begin.elapsed()
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

#[tokio::test]
async fn a_day_of_mixed_load_loses_nothing() {
    let (telegram, discord) = (telegram::fake::Fake::start().await, discord::fake::Fake::start().await);
    telegram.add_chat(STAFF, "supergroup", true);
    telegram.add_chat(OWNER, "private", false);
    let mut house = House::small(&format!(
        "{CONVERSATION}\n[staff]\nchannel = \"telegram\"\nplace = \"{STAFF}\"\n\n[owner]\nchannel = \"telegram\"\nplace = \"{OWNER}\"\n"
    ));
    house.log_level = "info";
    telegram::shop::connect(&mut house, &telegram);
    discord::shop::connect(&mut house, &discord);
    let day = Day {
        telegram,
        discord,
        begin: Instant::now(),
        plan: Plan::new(),
        body: RefCell::default(),
        luck: RefCell::new(Luck(0x9e37_79b9_7f4a_7c15)),
        process: Cell::new(None),
    };
    write_word(&house, 0);
    start(&day, &mut house);
    // What was written on Discord before a bot was there for the first time is not for it.
    day.until("Discord is listened to", || (0 < day.discord.world().identified).then_some(())).await;
    let mut customers = Customers::new(&day);
    customers.introduce().await;
    let house = RefCell::new(house);
    let cases = Cases::new(&day);
    let (kills, words, copies, passers, (), (), ()) = futures::join!(
        power_cuts(&day, &house),
        owner(&day, &house),
        backups(&day, &house),
        people::passers_by(&day),
        customers.ask(),
        cases.run(),
        body::watch(&day, &house),
    );
    // What was asked last is answered as well.
    let (asked, repeated) = customers.settle().await;
    let mut house = house.into_inner();
    let resident = day.body.borrow().clone();
    assert!(house.close().await.success());
    assert_eq!(day.telegram.violations(), Vec::<String>::new());
    discord::shop::judge(&day.discord);
    house.judge();
    // The newest of the copies that were made on the way can be put back.
    assert!(
        house.command(&["restore", "copy.jsonl"]).status().expect("it runs").success(),
        "{}",
        house.log()
    );
    let minutes = day.begin.elapsed().as_secs_f64() / 60.0;
    tell(&format!(
        "mixed load: {minutes:.1} minutes, {kills} kills, {asked} questions and {} tickets, 0 lost, order kept; \
         repeated {} on Telegram, {} on Discord; {words} versions of the FAQ, {copies} backups by hand, \
         {passers} passers-by",
        cases.count(),
        repeated.0,
        repeated.1,
    ));
    let figures = Figures::of(&resident, day.plan.length);
    tell(&figures.to_string());
    assert!(repeated.0 <= kills, "{} replies repeated on Telegram in {kills} kills", repeated.0);
    assert_eq!(repeated.1, 0, "replies repeated on Discord");
    if LONG <= day.plan.length {
        figures.judge();
    }
}

fn start(day: &Day, house: &mut House) {
    house.spawn();
    day.process.set(house.process().map(|id| (id, Instant::now())));
}

/// Kills the bot at some moment of each stretch, and starts it again a little later. Gives how often.
async fn power_cuts(day: &Day, house: &RefCell<House>) -> usize {
    let Some(every) = day.plan.kill else { return 0 };
    let mut kills = 0;
    while day.pause(every - every / 10).await {
        let spare = u64::try_from((every / 10).as_millis()).expect("small");
        if !day.pause(Duration::from_millis(day.below(spare.max(1)))).await {
            break;
        }
        day.process.set(None);
        house.borrow_mut().kill();
        kills += 1;
        if kills % 3 == 0 {
            // Discord has forgotten the session: what was missed is read.
            day.discord.world().sessions.clear();
        }
        // For a while, nobody is there.
        tokio::time::sleep(Duration::from_millis(day.below(4000))).await;
        start(day, &mut house.borrow_mut());
    }
    kills
}

/// Saves the FAQ again and again: a new word of the day, and now and then a mistake. Whoever asks gets the newest word
/// that is free of mistakes. Gives how many versions went live.
async fn owner(day: &Day, house: &RefCell<House>) -> usize {
    let watchers = people::Watchers::new(day);
    let mut words = 0;
    let mut waits = Vec::new();
    for round in 1.. {
        if !day.pause(day.plan.reload).await {
            break;
        }
        if round % 4 == 0 {
            let told = || people::heard_on_telegram(day, OWNER, "today.md:6").len();
            let before = told();
            house.borrow().write("faq/today.md", BROKEN);
            day.until("the owner is told of the mistake", || (before < told()).then_some(())).await;
            watchers.hear(words).await;
            continue;
        }
        words += 1;
        write_word(&house.borrow(), words);
        let saved = Instant::now();
        watchers.hear(words).await;
        waits.push(saved.elapsed());
    }
    watchers.judge();
    waits.sort_unstable();
    if let (Some(middle), Some(longest)) = (waits.get(waits.len() / 2), waits.last()) {
        tell(&format!(
            "a saved file was live and heard by customers after {:.1} s (middle), {:.1} s (longest, kills included)",
            middle.as_secs_f64(),
            longest.as_secs_f64(),
        ));
    }
    words
}

/// A name that nothing gives a value to.
const BROKEN: &str =
    "# Today\n\n## What is the word of the day? {#word}\n> today's word\n\nThe word is {{ broken }}.\n";

fn write_word(house: &House, number: usize) {
    let text = format!(
        "# Today\n\n## What is the word of the day? {{#word}}\n> today's word\n\nThe word of the day is word-{number}.\n"
    );
    house.write("faq/today.md", &text);
}

/// Copies everything while the bot runs. Gives how often.
async fn backups(day: &Day, house: &RefCell<House>) -> usize {
    let mut copies = 0;
    while day.pause(day.plan.backup).await {
        let path = house.borrow().path("copy.jsonl");
        let _ = std::fs::remove_file(path);
        let mut command = house.borrow().command(&["backup", "--to", "copy.jsonl"]);
        let made = tokio::task::spawn_blocking(move || command.status().expect("it runs"));
        assert!(made.await.expect("nobody panicked").success(), "no backup: {}", house.borrow().log());
        copies += 1;
    }
    copies
}
