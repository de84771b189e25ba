//! Who comes: customers who ask and ask, some with a case for staff, passers-by who want to be forgotten, and two who
//! always ask the same.

use std::cell::Cell;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Day, PATIENCE, STAFF};
use crate::house::{KNOWN, compare};
use crate::telegram::fake::{ME, user};

/// How often each customer may ask, and one in how many does: every four seconds, without haste.
const ASK_EVERY: Duration = Duration::from_millis(250);
const ONE_IN: u64 = 16;
/// Customers on each platform.
const CUSTOMERS: usize = 20;

/// Somebody with a private chat.
#[derive(Clone)]
enum Person {
    Telegram(i64),
    Discord { user: u64, chat: u64 },
}

impl Person {
    fn on_telegram(day: &Day, id: i64) -> Self {
        day.telegram.add_chat(id, "private", false);
        Self::Telegram(id)
    }

    fn on_discord(day: &Day, name: &str) -> Self {
        let mut world = day.discord.world();
        let user = world.user(name);
        Self::Discord { user, chat: world.chat(user) }
    }

    fn writes(&self, day: &Day, text: &str) {
        match self {
            Self::Telegram(id) => {
                day.telegram.writes(*id, &somebody(*id), json!({"text": text}));
            }
            Self::Discord { user, chat } => {
                day.discord.world().says(*chat, *user, text);
            }
        }
    }

    /// What the bot said here, oldest first, as far as it holds `words`.
    fn heard(&self, day: &Day, words: &str) -> Vec<String> {
        match self {
            Self::Telegram(id) => heard_on_telegram(day, *id, words),
            Self::Discord { chat, .. } => {
                let mut said = day.discord.world().said_in(*chat);
                said.retain(|text| text.contains(words));
                said
            }
        }
    }

    /// Writes `text`, and waits for one more message with `words` than there were.
    async fn asks(&self, day: &Day, text: &str, words: &str) -> String {
        let before = self.heard(day, words).len();
        self.writes(day, text);
        day.until(&format!("`{words}`, which answers `{text}`"), || {
            self.heard(day, words).get(before).cloned()
        })
        .await
    }
}

fn somebody(id: i64) -> Value {
    user(id, &format!("Customer {id}"), "en")
}

/// All that the bot said in `chat`, oldest first, as far as it holds `words`.
pub(super) fn heard_on_telegram(day: &Day, chat: i64, words: &str) -> Vec<String> {
    let state = day.telegram.state();
    let messages = state.messages.range((chat, 0)..=(chat, i64::MAX));
    let ours = messages.filter(|(_, message)| message["from"]["id"] == ME);
    let texts = ours.map(|(_, message)| message["text"].as_str().unwrap_or_default());
    texts.filter(|text| text.contains(words)).map(str::to_owned).collect()
}

/// Those who ask what the FAQ knows.
pub(super) struct Customers<'a> {
    day: &'a Day,
    people: Vec<(Person, Vec<usize>)>,
}

impl<'a> Customers<'a> {
    pub(super) fn new(day: &'a Day) -> Self {
        let telegram = (1000..).take(CUSTOMERS).map(|id| Person::on_telegram(day, id));
        let discord = (0..CUSTOMERS).map(|number| Person::on_discord(day, &format!("Customer {number}")));
        Self { day, people: telegram.chain(discord).map(|person| (person, Vec::new())).collect() }
    }

    /// Everybody asks once: Discord shows a bot no list of its private chats, so whoever is looked for after a lost
    /// session must be known.
    pub(super) async fn introduce(&mut self) {
        for (person, asked) in &mut self.people {
            person.writes(self.day, KNOWN[0].0);
            asked.push(0);
        }
        for (person, _) in &self.people {
            self.day
                .until("the first answer", || (!person.heard(self.day, "").is_empty()).then_some(()))
                .await;
        }
    }

    /// Asks until the day is over.
    pub(super) async fn ask(&mut self) {
        while self.day.pause(ASK_EVERY).await {
            for (person, asked) in &mut self.people {
                if self.day.below(ONE_IN) < self.day.plan.haste {
                    let question = self.day.luck.borrow_mut().question(asked.last().copied());
                    person.writes(self.day, KNOWN[question].0);
                    asked.push(question);
                }
            }
        }
    }

    /// Waits until everything is answered in order. Gives how many questions there were, and how many replies came twice
    /// on Telegram and on Discord.
    pub(super) async fn settle(&self) -> (usize, (usize, usize)) {
        let start = Instant::now();
        loop {
            let (mut wrong, mut repeated) = (Vec::new(), (0, 0));
            for (number, (person, asked)) in self.people.iter().enumerate() {
                let (problems, repeats) = compare(asked, &person.heard(self.day, ""));
                wrong.extend(problems.into_iter().map(|problem| format!("customer {number}: {problem}")));
                match person {
                    Person::Telegram(_) => repeated.0 += repeats,
                    Person::Discord { .. } => repeated.1 += repeats,
                }
            }
            if wrong.is_empty() {
                return (self.people.iter().map(|(_, asked)| asked.len()).sum(), repeated);
            }
            assert!(start.elapsed() < PATIENCE, "{wrong:#?}");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}

/// One on each platform who asks for the word of the day until it is the newest.
pub(super) struct Watchers<'a> {
    day: &'a Day,
    people: [Person; 2],
}

impl<'a> Watchers<'a> {
    pub(super) fn new(day: &'a Day) -> Self {
        Self { day, people: [Person::on_telegram(day, 900), Person::on_discord(day, "Watcher")] }
    }

    pub(super) async fn hear(&self, number: usize) {
        let newest = format!("word-{number}.");
        for person in &self.people {
            let start = Instant::now();
            while !person.asks(self.day, "What is the word of the day?", "word-").await.contains(&newest) {
                assert!(start.elapsed() < PATIENCE, "word {number} never went live");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }

    /// Nothing of a broken file was ever said, and no word came back once a newer one was out.
    pub(super) fn judge(&self) {
        for person in &self.people {
            let heard = person.heard(self.day, "");
            let words: Vec<usize> = heard
                .iter()
                .map(|text| {
                    let number = text.split("word-").nth(1).and_then(|rest| rest.split('.').next());
                    number.and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("no word: {text}"))
                })
                .collect();
            assert!(words.is_sorted(), "an old version came back: {words:?}");
        }
    }
}

/// One on each platform with something for staff: asked, answered by a person, thanked, closed; again and again.
pub(super) struct Cases<'a> {
    day: &'a Day,
    people: [Person; 2],
    number: Cell<usize>,
}

impl<'a> Cases<'a> {
    pub(super) fn new(day: &'a Day) -> Self {
        let people = [Person::on_telegram(day, 950), Person::on_discord(day, "Somebody with a case")];
        Self { day, people, number: Cell::new(0) }
    }

    /// How many tickets there were.
    pub(super) fn count(&self) -> usize {
        self.number.get()
    }

    pub(super) async fn run(&self) {
        futures::join!(self.with(&self.people[0]), self.with(&self.people[1]));
    }

    async fn with(&self, person: &Person) {
        let day = self.day;
        // A group takes twenty messages a minute.
        while day.pause(day.plan.reload / 2).await {
            let number = self.number.replace(self.number.get() + 1);
            let case = format!("case {number}.");
            let sam = user(50, "Sam", "en");
            let before = person.heard(day, "I am back").len();
            person.writes(day, &format!("My golden retriever ate the delivery note of {case}"));
            let card = day.until("the ticket", || day.telegram.state().said(STAFF, &case)).await;
            let topic = card["message_thread_id"].clone();
            let place = json!({"message_thread_id": topic, "is_topic_message": true});
            let says = |content: Value| {
                let mut message = place.clone();
                message
                    .as_object_mut()
                    .expect("it is one")
                    .extend(content.as_object().expect("it is one").clone());
                day.telegram.writes(STAFF, &sam, message)
            };
            says(json!({"text": format!("A new one is on its way, {case}")}));
            day.until("staff's words", || person.heard(day, &format!("on its way, {case}")).pop()).await;
            person.writes(day, &format!("Thank you for {case}"));
            day.until("the customer's words", || {
                day.telegram.state().said(STAFF, &format!("Thank you for {case}"))
            })
            .await;
            says(json!({"text": "/close", "entities": [{"type": "bot_command", "offset": 0, "length": 6}]}));
            day.until("the bot is back", || person.heard(day, "I am back").get(before).cloned()).await;
        }
    }
}

/// Somebody new on each platform now and then, who asks one thing; one in two on Telegram wants to be forgotten. Gives
/// how many came.
pub(super) async fn passers_by(day: &Day) -> usize {
    let mut count = 0;
    while day.pause(day.plan.reload).await {
        let id = 2000 + i64::try_from(count).expect("small");
        let one = Person::on_telegram(day, id);
        let other = Person::on_discord(day, &format!("Passer-by {count}"));
        for person in [&one, &other] {
            person.asks(day, KNOWN[1].0, KNOWN[1].1).await;
        }
        if count % 4 == 0 {
            let command =
                json!({"text": "/forget", "entities": [{"type": "bot_command", "offset": 0, "length": 7}]});
            day.telegram.writes(id, &somebody(id), command);
            let really = day.until("it asks whether", || day.telegram.state().said(id, "delete")).await;
            day.telegram.presses(&somebody(id), &really, "Yes, delete");
            day.until("it is done", || day.telegram.state().said(id, "Done.")).await;
        }
        count += 2;
    }
    count
}
