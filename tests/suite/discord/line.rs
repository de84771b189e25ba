//! The line to the gateway: dropped, asked to come again, deaf, refused; and what was missed meanwhile.

use std::sync::Arc;
use std::time::Duration;

use deskbell::channel::discord::{AnswersIn, CustomerChannel, Fatal, Settings};

use super::bot::{Bot, Desk, Notebook};
use super::fake::Fake;
use super::world::Frame;

#[tokio::test]
async fn a_dropped_line_is_resumed_and_nothing_is_missed() {
    let fake = Fake::start().await;
    let bot = Bot::start(&fake).await;
    let anna = fake.world().user("Anna");
    let endings = [
        Frame::Drop,
        Frame::Close(4000),
        Frame::Close(1001),
        Frame::Text(r#"{"op":7,"d":null}"#.to_owned()),
        Frame::Text(r#"{"op":9,"d":true}"#.to_owned()),
        Frame::Text("no JSON at all".to_owned()),
    ];
    for (number, ending) in (1..).zip(endings) {
        fake.world().writes(anna, &format!("before {number}"));
        fake.to_lines(&ending);
        fake.world().writes(anna, &format!("meanwhile {number}"));
        fake.until("it is resumed", |world| world.resumed == number).await;
    }
    bot.desk.hears(12).await;
    let expected: Vec<String> =
        (1..=6).flat_map(|n| [format!("before {n}"), format!("meanwhile {n}")]).collect();
    assert_eq!(bot.desk.texts(), expected);
    assert_eq!(fake.world().identified, 1);
}

#[tokio::test]
async fn a_line_that_no_longer_answers_is_given_up() {
    let fake = Fake::start().await;
    fake.world().heartbeat = Duration::from_millis(100);
    let _bot = Bot::start(&fake).await;
    fake.until("the heart beats", |world| 2 < world.heartbeats).await;
    fake.world().deaf = true;
    fake.until("it connects again", |world| 0 < world.resumed).await;
}

#[tokio::test]
async fn a_lost_session_is_begun_anew_and_what_was_missed_is_read_first() {
    let fake = Fake::start().await;
    let (support, staff) = {
        let mut world = fake.world();
        (world.channel("support", 0), world.channel("staff", 0))
    };
    let listens = |settings: &mut Settings| {
        settings.message_content = true;
        settings.staff_channel = Some(staff.to_string());
        settings.channels.push(CustomerChannel { id: support.to_string(), answers: AnswersIn::Place });
    };
    let (desk, memory): (Arc<Desk>, Arc<Notebook>) = Default::default();
    let bot = Bot::again(&fake, &desk, &memory, listens);
    bot.connected(&fake, 1).await;
    let (anna, eve, thread) = {
        let mut world = fake.world();
        let (anna, eve) = (world.user("Anna"), world.user("Eve"));
        world.roles.insert(eve, vec![555]);
        let thread = world.thread(staff, 11, "ticket", None, None);
        world.writes(anna, "one");
        world.says(support, anna, "in the channel, one");
        world.says(thread, eve, "from staff, one");
        (anna, eve, thread)
    };
    desk.hears(3).await;
    bot.stop().await.expect("it stops");
    {
        let mut world = fake.world();
        world.amnesia = true;
        for number in 2..=250 {
            world.writes(anna, &format!("{number}"));
        }
        world.says(support, anna, "in the channel, two");
        world.says(thread, eve, "from staff, two");
    }
    let bot = Bot::again(&fake, &desk, &memory, listens);
    fake.until("a new session", |world| world.identified == 2).await;
    fake.world().writes(anna, "the newest");
    let heard = desk.hears(3 + 249 + 2 + 1).await;
    let private: Vec<String> = desk.texts().into_iter().filter(|text| text.parse::<u32>().is_ok()).collect();
    assert_eq!(private, (2..=250).map(|number| number.to_string()).collect::<Vec<_>>());
    let texts = desk.texts();
    let at = |text: &str| texts.iter().position(|one| one == text);
    assert!(at("250") < at("the newest"));
    let two = &heard[at("from staff, two").expect("heard")];
    assert_eq!(two.author.roles, ["555"], "who is staff is looked up");
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(desk.heard().len(), 3 + 249 + 2 + 1, "nothing is heard twice");
    bot.stop().await.expect("it stops");
}

#[tokio::test]
async fn after_a_kill_the_session_is_resumed_even_for_customers_never_seen_before() {
    let fake = Fake::start().await;
    let (desk, memory): (Arc<Desk>, Arc<Notebook>) = Default::default();
    let mut expected = Vec::new();
    for round in 0..10 {
        desk.revive();
        let bot = Bot::again(&fake, &desk, &memory, |_| {});
        bot.connected(&fake, round + 1).await;
        fake.until("it is noted", |_| {
            memory.notes.lock().is_ok_and(|notes| notes.contains_key("discord/shard/0"))
        })
        .await;
        *desk.pause.lock().expect("free") = Duration::from_millis(1);
        for number in 0..20 {
            let mut world = fake.world();
            let user = world.user("Somebody new");
            let text = format!("{round} {number}");
            world.writes(user, &text);
            expected.push(text);
        }
        tokio::time::sleep(Duration::from_millis(u64::try_from(round).expect("small") * 3)).await;
        bot.kill();
        let mut world = fake.world();
        let user = world.user("Somebody newer");
        world.writes(user, &format!("{round} while it was dead"));
        expected.push(format!("{round} while it was dead"));
    }
    desk.revive();
    let bot = Bot::again(&fake, &desk, &memory, |_| {});
    desk.hears(expected.len()).await;
    let mut heard = desk.texts();
    heard.sort();
    expected.sort();
    assert_eq!(heard, expected);
    assert_eq!(fake.world().identified, 1);
    bot.stop().await.expect("it stops");
}

#[tokio::test]
async fn after_a_stop_in_order_the_session_goes_on() {
    let fake = Fake::start().await;
    let (desk, memory): (Arc<Desk>, Arc<Notebook>) = Default::default();
    let bot = Bot::again(&fake, &desk, &memory, |_| {});
    bot.connected(&fake, 1).await;
    bot.stop().await.expect("it stops");
    {
        let mut world = fake.world();
        let anna = world.user("Anna");
        world.writes(anna, "anybody there?");
    }
    let _bot = Bot::again(&fake, &desk, &memory, |_| {});
    assert_eq!(desk.hears_one().await.author.name, "Anna");
    let world = fake.world();
    assert_eq!((world.identified, world.resumed), (1, 1));
}

#[tokio::test]
async fn a_code_that_ends_it_says_which_switch_to_flip() {
    for (code, expected) in
        [(4004, "DESKBELL_DISCORD_TOKEN"), (4014, "Message Content Intent"), (4013, "4013")]
    {
        let fake = Fake::start().await;
        fake.world().refuse_with = Some(code);
        let bot =
            Bot::again(&fake, &Arc::default(), &Arc::default(), |settings| settings.message_content = true);
        let fatal = bot.ended().await.expect_err("it gives up").to_string();
        assert!(fatal.contains(expected), "{fatal}");
        assert_eq!(fake.world().identified, 1);
    }
}

#[tokio::test]
async fn a_wrong_token_is_tried_once() {
    let fake = Fake::start().await;
    let bot = Bot::again(&fake, &Arc::default(), &Arc::default(), |settings| settings.token = "wrong".into());
    let discord = bot.discord.clone();
    assert_eq!(bot.ended().await, Err(Fatal::Token));
    let asked = fake.world().asked.len();
    assert_eq!(asked, 1);
    let parcel =
        super::bot::parcel(1, "1", deskbell::desk::Post::say(deskbell::desk::Message::markdown("x")));
    let result = deskbell::channel::Channel::deliver(discord.as_ref(), &parcel).await;
    assert!(matches!(result, Err(deskbell::channel::DeliverError::Unreachable(_))), "kept for a right token");
    assert_eq!(fake.world().asked.len(), asked, "nothing more is asked");
}

#[tokio::test]
async fn as_many_shards_run_as_discord_asks_for() {
    let fake = Fake::start().await;
    fake.world().shards = 2;
    let bot = Bot::again(&fake, &Arc::default(), &Arc::default(), |_| {});
    fake.until("both are there", |world| world.sessions.len() == 2).await;
    let shards: Vec<(u64, u64)> = fake.world().sessions.values().map(|session| session.shard).collect();
    assert_eq!(shards, [(0, 2), (1, 2)]);
    {
        let mut world = fake.world();
        let anna = world.user("Anna");
        world.writes(anna, "hello");
        let channel = world.channel("general", 0);
        world.says(channel, anna, &format!("<@{}> hi", super::world::BOT));
    }
    bot.desk.hears(2).await;
    bot.stop().await.expect("it stops");
}

#[tokio::test]
async fn settings_that_cannot_be_right_are_named() {
    let check = |change: fn(&mut Settings), expected: &str| {
        let mut settings = Settings::new("t".into());
        change(&mut settings);
        let fatal = deskbell::channel::discord::Discord::new(settings, Arc::new(Notebook::default()));
        let message = fatal.expect_err("it can't be right").to_string();
        assert!(message.contains(expected), "{message}");
    };
    check(|settings| settings.staff_channel = Some("#staff".to_owned()), "staff.place");
    check(|settings| settings.api_url = "discord.com".to_owned(), "discord.api_url");
    let one = |settings: &mut Settings| {
        settings.channels.push(CustomerChannel { id: "0".to_owned(), answers: AnswersIn::Place });
    };
    check(one, "discord.channels");
}
