//! The real binary over the fake, and somebody who talks with it.

use std::ops::{Deref, DerefMut};

use serde_json::{Value, json};

use super::fake::{Fake, State, TOKEN, user};
use crate::house::{CONVERSATION, House};

/// A shop with a bot.
pub(crate) struct Shop {
    pub(crate) fake: Fake,
    house: House,
}

/// Staff work in this group, which has topics.
pub(crate) const STAFF: i64 = -100_500;

impl Deref for Shop {
    type Target = House;

    fn deref(&self) -> &House {
        &self.house
    }
}

impl DerefMut for Shop {
    fn deref_mut(&mut self) -> &mut House {
        &mut self.house
    }
}

fn configuration() -> String {
    format!("{CONVERSATION}\n[staff]\nchannel = \"telegram\"\nplace = \"{STAFF}\"\n")
}

impl Shop {
    /// A shop with the small FAQ, and staff in a group with topics; not yet open.
    pub(crate) async fn small() -> Self {
        Self::of(House::small(&configuration())).await
    }

    /// The same, with the usual patience for customers who write much.
    pub(crate) async fn strict() -> Self {
        Self::of(House::small(&configuration().replace("flood_messages = 100000\n", ""))).await
    }

    /// A shop with the sample that `deskbell init` writes; not yet open.
    pub(crate) async fn sample() -> Self {
        Self::of(House::sample(&configuration())).await
    }

    async fn of(mut house: House) -> Self {
        let fake = Fake::start().await;
        fake.add_chat(STAFF, "supergroup", true);
        connect(&mut house, &fake);
        Self { fake, house }
    }

    /// Opens, and waits until the bot listens.
    pub(crate) async fn open(&mut self) {
        let before = self.fake.state().calls_of("getUpdates").len();
        self.spawn();
        self.fake
            .until("the first poll", |state| (before < state.calls_of("getUpdates").len()).then_some(()))
            .await;
    }

    pub(crate) fn customer(&self, id: i64) -> Customer<'_> {
        if !self.fake.state().chats.contains_key(&id) {
            self.fake.add_chat(id, "private", false);
        }
        Customer { shop: self, user: user(id, &format!("Customer {id}"), "de"), id }
    }

    /// What must hold after every day.
    pub(crate) fn judge(&self) {
        assert_eq!(self.fake.violations(), Vec::<String>::new());
        self.house.judge();
    }
}

/// Connects `house` to `fake`.
pub(crate) fn connect(house: &mut House, fake: &Fake) {
    let variables =
        [("DESKBELL_TELEGRAM_TOKEN", TOKEN.to_owned()), ("DESKBELL_TELEGRAM_API_URL", fake.url())];
    // Its colon may stand encoded in an address.
    house.connect(variables, "CANARY");
}

/// Somebody in a private chat with the bot.
pub(crate) struct Customer<'a> {
    shop: &'a Shop,
    pub(crate) user: Value,
    pub(crate) id: i64,
}

impl Customer<'_> {
    pub(crate) fn writes(&self, text: &str) -> i64 {
        self.shop.fake.writes(self.id, &self.user, json!({"text": text}))
    }

    /// Waits for a message with `words`.
    pub(crate) async fn hears(&self, words: &str) -> Value {
        self.shop.fake.said(self.id, words).await
    }

    /// All that the bot said here, oldest first.
    pub(crate) fn heard(&self) -> Vec<String> {
        heard(&self.shop.fake.state(), self.id)
    }
}

/// All that the bot said in `chat`, oldest first.
pub(crate) fn heard(state: &State, chat: i64) -> Vec<String> {
    let messages = state.messages.range((chat, 0)..=(chat, i64::MAX));
    let ours = messages.filter(|(_, message)| message["from"]["id"] == super::fake::ME);
    ours.map(|(_, message)| message["text"].as_str().unwrap_or_default().to_owned()).collect()
}
