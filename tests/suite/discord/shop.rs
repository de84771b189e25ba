//! The real binary over the fake, and people who talk with it.

use std::ops::{Deref, DerefMut};

use serde_json::Value;

use super::fake::Fake;
use super::world::{BOT, TOKEN, World};
use crate::house::{CONVERSATION, House};

/// The role of the staff.
pub const STAFF: u64 = 555;

/// A shop with a bot.
pub(crate) struct Shop {
    pub fake: Fake,
    house: House,
    /// The staff's channel.
    pub desk: u64,
}

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

/// `[staff]` and `[discord]` with `desk` as the staff's channel.
pub fn settings(desk: u64) -> String {
    format!(
        "\n[staff]\nchannel = \"discord\"\nplace = \"{desk}\"\ndiscord_roles = [\"{STAFF}\"]\n\n[discord]\nmessage_content = true\n"
    )
}

impl Shop {
    /// A shop with the small FAQ; not yet open.
    pub async fn small() -> Self {
        Self::with(House::small, CONVERSATION).await
    }

    /// The same, with the usual patience for customers who write much.
    pub async fn strict() -> Self {
        Self::with(House::small, "[conversation]\nburst_seconds = 0\n").await
    }

    /// A shop with the sample that `deskbell init` writes; not yet open.
    pub async fn sample() -> Self {
        Self::with(House::sample, CONVERSATION).await
    }

    async fn with(house: fn(&str) -> House, conversation: &str) -> Self {
        let fake = Fake::start().await;
        let desk = fake.world().channel("desk", 0);
        let mut house = house(&format!("{conversation}{}", settings(desk)));
        connect(&mut house, &fake);
        Self { fake, house, desk }
    }

    /// Opens, and waits until the bot listens.
    pub async fn open(&mut self) {
        let lines = |world: &World| world.identified + world.resumed;
        let before = lines(&self.fake.world());
        self.spawn();
        self.fake.until("the bot listens", |world| before < lines(world)).await;
    }

    pub fn customer(&self, name: &str) -> Person<'_> {
        let mut world = self.fake.world();
        let id = world.user(name);
        let chat = world.chat(id);
        Person::new(&self.fake, id, chat)
    }

    /// What must hold after every day.
    pub fn judge(&self) {
        judge(&self.fake);
        self.house.judge();
    }
}

/// No breach of Discord's rules, and no interaction left without an answer.
pub fn judge(fake: &Fake) {
    let world = fake.world();
    assert!(world.violations.is_empty(), "{:#?}", world.violations);
    assert!(world.overdue().is_empty(), "{:?}", world.overdue());
}

/// Connects `house` to `fake`.
pub(crate) fn connect(house: &mut House, fake: &Fake) {
    let variables =
        [("DESKBELL_DISCORD_TOKEN", TOKEN.to_owned()), ("DESKBELL_DISCORD_API_URL", fake.url.clone())];
    house.connect(variables, TOKEN);
}

/// Somebody on Discord, with a private chat with the bot.
#[derive(Clone, Copy)]
pub(crate) struct Person<'a> {
    fake: &'a Fake,
    pub id: u64,
    pub chat: u64,
}

impl<'a> Person<'a> {
    pub fn new(fake: &'a Fake, id: u64, chat: u64) -> Self {
        Self { fake, id, chat }
    }

    pub fn writes(&self, text: &str) -> u64 {
        self.fake.world().says(self.chat, self.id, text)
    }

    /// Waits for a message with `words`, and gives its number.
    pub async fn hears(&self, words: &str) -> u64 {
        said(self.fake, self.chat, words).await
    }

    /// All that the bot said here, oldest first.
    pub fn heard(&self) -> Vec<String> {
        self.fake.world().said_in(self.chat)
    }

    /// Presses the button `label` below a message of the bot.
    pub fn presses(&self, message: u64, label: &str) {
        let code = {
            let world = self.fake.world();
            let message = &world.channels[&self.chat].messages[&message];
            button(message, label).unwrap_or_else(|| panic!("no button `{label}` below {message}"))
        };
        self.fake.world().presses(self.chat, self.id, message, &code);
    }
}

/// Waits until the bot said `words` in `channel`, and gives the newest message with them.
pub async fn said(fake: &Fake, channel: u64, words: &str) -> u64 {
    let find = |world: &World| {
        let messages = world.channels.get(&channel)?.messages.iter().rev();
        let holds = |message: &Value| {
            message["author"]["id"] == BOT.to_string()
                && message["content"].as_str().is_some_and(|content| content.contains(words))
        };
        messages.into_iter().find(|(_, message)| holds(message)).map(|(id, _)| *id)
    };
    fake.until(&format!("`{words}` is said in {channel}"), |world| find(world).is_some()).await;
    find(&fake.world()).expect("it was there")
}

/// The code of the button `label` below `message`.
pub fn button(message: &Value, label: &str) -> Option<String> {
    let rows = message["components"].as_array()?.iter();
    let mut buttons = rows.filter_map(|row| row["components"].as_array()).flatten();
    let found = buttons.find(|button| button["label"].as_str().is_some_and(|text| text.contains(label)))?;
    Some(found["custom_id"].as_str()?.to_owned())
}
