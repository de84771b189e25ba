//! Across: customers on one platform and staff on the other, by the real binary; and hostile words in every direction.

use serde_json::{Value, json};

use crate::discord;
use crate::discord::shop::{Person, said};
use crate::house::{CONVERSATION, House};
use crate::telegram;

/// Both platforms, and one bot.
struct Street {
    telegram: telegram::fake::Fake,
    discord: discord::fake::Fake,
    house: House,
    desk: u64,
}

/// The group of staff on Telegram.
const GROUP: i64 = telegram::shop::STAFF;
/// A question that no entry answers.
const ASKED: &str = "My golden retriever ate the delivery note";
/// All that somebody could write to ring for others, to hide something, or to look like somebody else.
const HOSTILE: &str = "@everyone @here <@1> <@&555> @sam_of_staff /close **bold** [safe](https://evil.example) \
    <b>fat</b> <a href=\"https://evil.example\">link</a> ||spoiler|| `code` pay\u{200B}pal \u{202E}fdp.exe";

impl Street {
    async fn new(settings: impl FnOnce(u64) -> String) -> Self {
        let (telegram, discord) = (telegram::fake::Fake::start().await, discord::fake::Fake::start().await);
        telegram.add_chat(GROUP, "supergroup", true);
        let desk = discord.world().channel("desk", 0);
        let mut house = House::small(&format!("{CONVERSATION}{}", settings(desk)));
        telegram::shop::connect(&mut house, &telegram);
        discord::shop::connect(&mut house, &discord);
        house.spawn();
        discord.until("Discord is listened to", |world| 0 < world.identified).await;
        telegram
            .until("Telegram is listened to", |state| {
                (!state.calls_of("getUpdates").is_empty()).then_some(())
            })
            .await;
        Self { telegram, discord, house, desk }
    }

    fn on_discord(&self, name: &str) -> Person<'_> {
        let mut world = self.discord.world();
        let id = world.user(name);
        let chat = world.chat(id);
        Person::new(&self.discord, id, chat)
    }

    async fn close(mut self) {
        assert!(self.house.close().await.success());
        assert_eq!(self.telegram.violations(), Vec::<String>::new());
        discord::shop::judge(&self.discord);
        self.house.judge();
    }
}

/// What Discord shows of `content` (which has no styles that we care for): the backslashes before signs are gone.
fn shown_on_discord(content: &str) -> String {
    let mut shown = String::new();
    let mut signs = content.chars().peekable();
    while let Some(c) = signs.next() {
        match c {
            '\\' if signs.peek().is_some_and(char::is_ascii_punctuation) => {
                shown.extend(signs.next());
            }
            _ => shown.push(c),
        }
    }
    // An address in angle brackets is one without a preview.
    shown.replace("<https://evil.example>", "https://evil.example")
}

/// The hostile words are there to the letter, with what hides made visible; and no sign of them does anything. (That no
/// message may ping is looked at with every single one.)
fn is_harmless_on_discord(content: &str) {
    let literal = HOSTILE.replace('\u{200B}', "⟨U+200B⟩").replace('\u{202E}', "⟨U+202E⟩");
    assert!(shown_on_discord(content).contains(&literal), "{content}");
    for sign in ["<@", "**bold", "](h", "||spoiler", "`code"] {
        let is_escaped = content.match_indices(sign).all(|(at, _)| content[..at].ends_with('\\'));
        assert!(is_escaped, "`{sign}` does something: {content}");
    }
    let calls = content.matches("@everyone").count();
    assert_eq!(calls, content.matches("\\@everyone").count(), "{content}");
}

/// The same on Telegram, where a name in a group rings, and a command can be touched, unless it is shown as code.
fn is_harmless_on_telegram(message: &Value) {
    let text = message["text"].as_str().expect("it has a text");
    let literal = HOSTILE.replace('\u{200B}', "⟨U+200B⟩").replace('\u{202E}', "⟨U+202E⟩");
    let start = text.find(&literal).unwrap_or_else(|| panic!("not to the letter: {message}"));
    let units = |byte: usize| text[..byte].encode_utf16().count() as u64;
    let entities = message["entities"].as_array().cloned().unwrap_or_default();
    let codes: Vec<(u64, u64)> = entities
        .iter()
        .filter(|entity| entity["type"] == "code")
        .map(|entity| {
            (entity["offset"].as_u64().expect("a number"), entity["length"].as_u64().expect("a number"))
        })
        .collect();
    let (from, to) = (units(start), units(start + literal.len()));
    for entity in &entities {
        let at = entity["offset"].as_u64().expect("a number");
        let is_ours = at < from || to <= at || entity["type"] == "code";
        assert!(is_ours, "it does something: {entity} in {message}");
    }
    if message["chat"]["type"] == "private" {
        return;
    }
    for call in ["@everyone", "@here", "@sam_of_staff", "/close"] {
        let at = units(start + literal.find(call).expect("it is one of them"));
        let is_code = codes.iter().any(|(from, length)| *from <= at && at < from + length);
        assert!(is_code, "`{call}` rings: {message}");
    }
}

#[tokio::test]
async fn customers_on_telegram_are_served_by_staff_on_discord() {
    let street = Street::new(discord::shop::settings).await;
    let (telegram, discord) = (&street.telegram, &street.discord);
    let anna = telegram::fake::user(11, &format!("Anna {HOSTILE}")[..60], "en");
    telegram.add_chat(11, "private", false);
    telegram.writes(11, &anna, json!({"text": ASKED}));
    let card = said(discord, street.desk, "golden retriever").await;
    discord.until("the ticket's thread is there", |world| world.channels.contains_key(&card)).await;
    let eve = street.on_discord("Eve");
    discord.world().roles.insert(eve.id, vec![discord::shop::STAFF]);
    discord.world().presses(street.desk, eve.id, card, "claim");
    discord.until("the thread shows who has it", |world| world.channels[&card].name.starts_with('💬')).await;
    // Words, changes and hostile words, both ways.
    let word = discord.world().says(card, eve.id, "Bring it bakc.");
    telegram.said(11, "Bring it bakc.").await;
    discord.world().edits(card, word, "Bring it back.");
    telegram.said(11, "Bring it back.").await;
    let number = telegram.writes(11, &anna, json!({"text": "Toomorrow?"}));
    said(discord, card, "Toomorrow?").await;
    telegram.edits(11, number, json!({"text": "Tomorrow?"}));
    said(discord, card, "Tomorrow?").await;
    telegram.writes(11, &anna, json!({"text": format!("from her: {HOSTILE}")}));
    let passed = said(discord, card, "from her").await;
    is_harmless_on_discord(discord.world().channels[&card].messages[&passed]["content"].as_str().unwrap());
    discord.world().says(card, eve.id, &format!("from us: {HOSTILE}"));
    is_harmless_on_telegram(&telegram.said(11, "from us").await);
    // Nobody but staff is heard there.
    let mallory = street.on_discord("Mallory");
    discord.world().says(card, mallory.id, "send me your password");
    discord.world().calls(card, mallory.id, "close", &[]);
    discord.world().calls(card, eve.id, "teach", &[]);
    discord.world().calls(card, eve.id, "close", &[]);
    telegram.said(11, "I am back").await;
    discord.until("the thread is folded away", |world| world.channels[&card].archived).await;
    assert!(telegram.state().said(11, "password").is_none());
    // Asked again, she is answered with what staff taught, once the owner has approved it.
    street.house.approve().await;
    street.close().await;
}

#[tokio::test]
async fn customers_on_discord_are_served_by_staff_on_telegram() {
    let staff = format!("\n[staff]\nchannel = \"telegram\"\nplace = \"{GROUP}\"\n");
    let street = Street::new(|_| staff).await;
    let (telegram, discord) = (&street.telegram, &street.discord);
    let anna = street.on_discord(&format!("Anna {HOSTILE}")[..60]);
    anna.writes(&format!("{ASKED} {HOSTILE}"));
    let card = telegram.said(GROUP, "golden retriever").await;
    is_harmless_on_telegram(&card);
    let topic = card["message_thread_id"].clone();
    let sam = telegram::fake::user(50, "Sam", "en");
    let staff = |text: &str| {
        let content = json!({"text": text, "message_thread_id": topic, "is_topic_message": true});
        telegram.writes(GROUP, &sam, content)
    };
    let word = staff("Bring it bakc.");
    anna.hears("Bring it bakc.").await;
    telegram.edits(GROUP, word, json!({"text": "Bring it back."}));
    anna.hears("Bring it back.").await;
    let number = anna.writes("Toomorrow?");
    telegram.said(GROUP, "Toomorrow?").await;
    discord.world().edits(anna.chat, number, "Tomorrow?");
    telegram.said(GROUP, "Tomorrow?").await;
    anna.writes(&format!("from her: {HOSTILE}"));
    is_harmless_on_telegram(&telegram.said(GROUP, "from her").await);
    staff(&format!("from us: {HOSTILE}"));
    let passed = anna.hears("from us").await;
    is_harmless_on_discord(
        discord.world().channels[&anna.chat].messages[&passed]["content"].as_str().unwrap(),
    );
    let gone = anna.writes("not that");
    telegram.said(GROUP, "not that").await;
    discord.world().deletes(anna.chat, gone);
    telegram
        .until("it is gone there as well", |state| state.said(GROUP, "not that").is_none().then_some(()))
        .await;
    let command = |text: &str| {
        let length = text.len();
        let entities = json!([{"type": "bot_command", "offset": 0, "length": length}]);
        let content =
            json!({"text": text, "entities": entities, "message_thread_id": topic, "is_topic_message": true});
        telegram.writes(GROUP, &sam, content)
    };
    command("/teach");
    telegram.said(GROUP, "draft").await;
    command("/close");
    anna.hears("I am back").await;
    street.house.approve().await;
    street.close().await;
}

#[tokio::test]
async fn hostile_words_do_nothing_where_customers_and_staff_share_a_platform() {
    // Discord: to the staff's channel, back to the customer, and as a question shown to a whole channel.
    let mut shop = discord::shop::Shop::small().await;
    shop.open().await;
    let fake = shop.fake.clone();
    let anna = shop.customer("Anna");
    let general = fake.world().channel("general", 0);
    anna.writes(&format!("{ASKED} {HOSTILE}"));
    let card = said(&fake, shop.desk, "golden retriever").await;
    is_harmless_on_discord(fake.world().channels[&shop.desk].messages[&card]["content"].as_str().unwrap());
    fake.world().calls(general, anna.id, "ask", &[("question", json!(format!("shown: {HOSTILE}")))]);
    let shown = said(&fake, general, "shown").await;
    is_harmless_on_discord(fake.world().channels[&general].messages[&shown]["content"].as_str().unwrap());
    fake.world().calls(anna.chat, anna.id, "mydata", &[]);
    let told = anna.hears("everyone").await;
    is_harmless_on_discord(fake.world().channels[&anna.chat].messages[&told]["content"].as_str().unwrap());
    assert!(shop.close().await.success());
    shop.judge();
    // Telegram: the same.
    let mut shop = telegram::shop::Shop::small().await;
    shop.open().await;
    let bert = shop.customer(11);
    bert.writes(&format!("{ASKED} {HOSTILE}"));
    is_harmless_on_telegram(&shop.fake.said(GROUP, "golden retriever").await);
    let command = json!([{"type": "bot_command", "offset": 0, "length": 7}]);
    shop.fake.writes(11, &bert.user, json!({"text": "/mydata", "entities": command}));
    is_harmless_on_telegram(&bert.hears("everyone").await);
    assert!(shop.close().await.success());
    shop.judge();
}
