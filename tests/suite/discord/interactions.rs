//! Presses, choices, commands and forms: answered at once, whatever the store does, and heard.

use std::time::{Duration, Instant};

use deskbell::channel::HeardAct;
use deskbell::channel::discord::{AnswersIn, CustomerChannel, Settings};
use deskbell::desk::{ButtonPress, Company, Message, Post, Press, Said};
use deskbell::text::Language;
use serde_json::json;

use super::bot::{Bot, entry, parcel};
use super::fake::Fake;
use super::world::{BOT, World};

fn has_staff(settings: &mut Settings, staff: u64) {
    settings.staff_channel = Some(staff.to_string());
    settings.message_content = true;
}

/// Waits for the first answer, and gives its type and data.
async fn answer(fake: &Fake, token: &str) -> (u64, serde_json::Value) {
    fake.until("the interaction is answered", |world| world.interactions[token].answer.is_some()).await;
    let answer = fake.world().interactions[token].answer.clone();
    answer.expect("answered")
}

#[tokio::test]
async fn a_press_is_answered_at_once_though_the_store_is_stuck() {
    let fake = Fake::start().await;
    let bot = Bot::start(&fake).await;
    bot.desk.stuck.send_replace(true);
    let began = Instant::now();
    let (anna, chat, token) = {
        let mut world = fake.world();
        let anna = world.user("Anna");
        let chat = world.chat(anna);
        let asked = world.put(chat, BOT, json!({ "content": "Did you mean …?" }));
        let token = world.presses(chat, anna, asked, "e:hours");
        (anna, chat, token)
    };
    assert_eq!(answer(&fake, &token).await.0, 6);
    assert!(began.elapsed() < Duration::from_secs(3));
    bot.desk.stuck.send_replace(false);
    let heard = bot.desk.hears_one().await;
    assert_eq!(heard.act, HeardAct::Pressed(ButtonPress::Customer(entry("hours"))));
    assert_eq!(heard.author.id, anna.to_string());
    assert_eq!(heard.author.app_language, Some(Language::DE));
    assert_eq!(
        (heard.place.address, heard.conversation.key().to_owned()),
        (chat.to_string(), chat.to_string())
    );
    assert!(fake.world().violations.is_empty(), "{:?}", fake.world().violations);
}

#[tokio::test]
async fn a_hundred_interactions_at_once_are_all_answered_in_time() {
    let fake = Fake::start().await;
    let bot = Bot::start(&fake).await;
    bot.desk.stuck.send_replace(true);
    {
        let mut world = fake.world();
        for number in 0..100 {
            let user = world.user(&format!("User {number}"));
            let chat = world.chat(user);
            let asked = world.put(chat, BOT, json!({ "content": "?" }));
            world.presses(chat, user, asked, "person");
        }
    }
    let all = |world: &World| world.interactions.values().all(|one| one.answer.is_some());
    fake.until("all are answered", all).await;
    assert!(fake.world().violations.is_empty(), "{:?}", fake.world().violations);
    bot.desk.stuck.send_replace(false);
    bot.desk.hears(100).await;
}

#[tokio::test]
async fn a_choice_in_a_menu_counts_as_a_press_and_an_unknown_button_says_so() {
    let fake = Fake::start().await;
    let bot = Bot::start(&fake).await;
    let token = {
        let mut world = fake.world();
        let anna = world.user("Anna");
        let chat = world.chat(anna);
        let asked = world.put(chat, BOT, json!({ "content": "Which one?" }));
        world.chooses(chat, anna, asked, "menu:1", "e:parking");
        world.presses(chat, anna, asked, "from-another-age")
    };
    let heard = bot.desk.hears_one().await;
    assert_eq!(heard.act, HeardAct::Pressed(ButtonPress::Customer(entry("parking"))));
    let (kind, data) = answer(&fake, &token).await;
    assert_eq!((kind, &data["flags"]), (4, &json!(64)));
    assert!(data["content"].as_str().is_some_and(|text| text.contains("nicht mehr gültig")), "{data}");
}

#[tokio::test]
async fn a_question_by_command_is_shown_and_answered_below() {
    let fake = Fake::start().await;
    let bot = Bot::start(&fake).await;
    let (anna, channel, token) = {
        let mut world = fake.world();
        let anna = world.user("Anna");
        let channel = world.channel("general", 0);
        let token = world.calls(channel, anna, "ask", &[("question", json!("When do @everyone open?"))]);
        (anna, channel, token)
    };
    let heard = bot.desk.hears_one().await;
    let original = fake.world().interactions[&token].original.expect("shown");
    assert_eq!(fake.world().said_in(channel), [r"> When do \@everyone open?"]);
    assert_eq!(heard.act, HeardAct::Wrote(Said::text("When do @everyone open?")));
    assert_eq!(heard.place.address, format!("{channel}/{original}"));
    assert_eq!(heard.conversation.key(), format!("{channel}:{anna}"));
    bot.says(1, &heard.place.address, "At nine.").await;
    let world = fake.world();
    let sent = world.channels[&channel].messages.values().last().expect("said");
    assert_eq!(sent["message_reference"]["message_id"], original.to_string());
    assert!(world.violations.is_empty(), "{:?}", world.violations);
}

#[tokio::test]
async fn other_commands_leave_nothing_behind_but_their_answer() {
    let fake = Fake::start().await;
    let bot = Bot::start(&fake).await;
    let token = {
        let mut world = fake.world();
        let anna = world.user("Anna");
        let chat = world.chat(anna);
        world.calls(chat, anna, "person", &[])
    };
    let heard = bot.desk.hears_one().await;
    assert_eq!(heard.act, HeardAct::Commanded { name: "person".to_owned(), rest: String::new() });
    assert_eq!(answer(&fake, &token).await.0, 5);
    fake.until("the waiting sign is taken away", |world| world.interactions[&token].over).await;
}

#[tokio::test]
async fn while_somebody_types_entries_are_suggested() {
    let fake = Fake::start().await;
    let _bot = Bot::start(&fake).await;
    let (asking, answering) = {
        let mut world = fake.world();
        let anna = world.user("Anna");
        let chat = world.chat(anna);
        let channel = world.channel("x", 0);
        (
            world.types(chat, anna, "ask", "question", "öff"),
            world.types(channel, anna, "answer", "entry", "öff"),
        )
    };
    let (kind, data) = answer(&fake, &asking).await;
    assert_eq!(kind, 8);
    assert_eq!(data["choices"][0], json!({ "name": "öff?", "value": "öff?" }));
    let long = data["choices"][1]["value"].as_str().expect("text");
    assert!(long.chars().count() <= 100);
    let (_, data) = answer(&fake, &answering).await;
    assert_eq!(data["choices"][0], json!({ "name": "öff?", "value": "hours" }));
}

#[tokio::test]
async fn staff_commands_work_in_a_ticket_and_nowhere_else() {
    let fake = Fake::start().await;
    let staff = fake.world().channel("staff", 0);
    let bot = Bot::with(&fake, |settings| has_staff(settings, staff)).await;
    let (eve, thread, general) = {
        let mut world = fake.world();
        let eve = world.user("Eve");
        world.roles.insert(eve, vec![555]);
        (eve, world.thread(staff, 11, "ticket", None, None), world.channel("general", 0))
    };
    let token = fake.world().calls(general, eve, "close", &[]);
    let (kind, data) = answer(&fake, &token).await;
    assert_eq!((kind, &data["flags"]), (4, &json!(64)));
    let token = fake.world().calls(thread, eve, "faq", &[]);
    assert_eq!(answer(&fake, &token).await.0, 4);
    fake.world().calls(thread, eve, "close", &[("save", json!(true))]);
    fake.world().calls(thread, eve, "answer", &[("entry", json!("hours"))]);
    let card = fake.world().put(thread, BOT, json!({ "content": "card" }));
    fake.world().calls_on(thread, eve, "Save as answer", card);
    let heard = bot.desk.hears(3).await;
    let commanded =
        |name: &str, rest: &str| HeardAct::Commanded { name: name.to_owned(), rest: rest.to_owned() };
    assert_eq!(heard[0].act, commanded("close", "save"));
    assert_eq!(heard[0].place.address, thread.to_string());
    assert_eq!(heard[0].author.roles, ["555"]);
    assert_eq!(heard[1].act, commanded("answer", "hours"));
    assert_eq!(heard[2].act, commanded("teach", &card.to_string()));
}

#[tokio::test]
async fn a_note_or_reply_is_shown_in_the_thread_and_a_form_asks_for_a_longer_one() {
    let fake = Fake::start().await;
    let staff = fake.world().channel("staff", 0);
    let bot = Bot::with(&fake, |settings| has_staff(settings, staff)).await;
    let (eve, thread) = {
        let mut world = fake.world();
        (world.user("Eve"), world.thread(staff, 11, "ticket", None, None))
    };
    fake.world().calls(thread, eve, "note", &[("text", json!("angry customer"))]);
    bot.desk.hears(1).await;
    let token = fake.world().calls(thread, eve, "reply", &[]);
    let (kind, data) = answer(&fake, &token).await;
    assert_eq!((kind, &data["custom_id"]), (9, &json!("reply")));
    fake.world().sends_form(thread, eve, "reply", "We are sorry.\n\nIt leaves today.");
    let heard = bot.desk.hears(2).await;
    assert_eq!(
        heard[0].act,
        HeardAct::Commanded { name: "note".to_owned(), rest: "angry customer".to_owned() }
    );
    assert_eq!(heard[1].act, HeardAct::Wrote(Said::text("We are sorry.\n\nIt leaves today.")));
    assert_eq!(fake.world().said_in(thread), ["// angry customer", "We are sorry.\n\nIt leaves today."]);
}

#[tokio::test]
async fn on_a_server_personal_matters_are_answered_aside() {
    let fake = Fake::start().await;
    let bot = Bot::start(&fake).await;
    let (anna, channel, token) = {
        let mut world = fake.world();
        let anna = world.user("Anna");
        let channel = world.channel("general", 0);
        (anna, channel, world.calls(channel, anna, "mydata", &[]))
    };
    let heard = bot.desk.hears_one().await;
    assert_eq!(heard.company, Company::Alone);
    assert_eq!(heard.conversation.key(), format!("{channel}:{anna}"));
    assert_eq!(answer(&fake, &token).await, (5, json!({ "flags": 64 })));
    bot.says(1, &heard.place.address, "Stored is your name.").await;
    assert_eq!(fake.world().interactions[&token].followups[0]["flags"], 64);
    assert!(fake.world().said_in(channel).is_empty());
    // A quarter of an hour later there is only the private chat.
    fake.world().interactions.get_mut(&token).expect("known").over = true;
    bot.says(2, &heard.place.address, "Nothing else.").await;
    let mut world = fake.world();
    let chat = world.chat(anna);
    assert_eq!(world.said_in(chat), ["Nothing else."]);
    assert!(world.said_in(channel).is_empty());
}

#[tokio::test]
async fn where_the_bot_may_not_write_it_answers_in_the_private_chat() {
    let fake = Fake::start().await;
    let bot = Bot::start(&fake).await;
    let (anna, token) = {
        let mut world = fake.world();
        world.permissions = 1 << 10; // may look, may not write
        let anna = world.user("Anna");
        let channel = world.channel("rules", 0);
        (anna, world.calls(channel, anna, "ask", &[("question", json!("When?"))]))
    };
    let heard = bot.desk.hears_one().await;
    let chat = fake.world().chat(anna);
    assert_eq!(
        (heard.place.address, heard.conversation.key().to_owned()),
        (chat.to_string(), chat.to_string())
    );
    let (kind, data) = answer(&fake, &token).await;
    assert_eq!((kind, &data["flags"]), (4, &json!(64)));
}

#[tokio::test]
async fn in_a_channel_with_private_threads_commands_are_answered_there() {
    let fake = Fake::start().await;
    let channel = fake.world().channel("support", 0);
    let bot = Bot::with(&fake, |settings| {
        settings.message_content = true;
        settings
            .channels
            .push(CustomerChannel { id: channel.to_string(), answers: AnswersIn::PrivateThread });
    })
    .await;
    let anna = {
        let mut world = fake.world();
        let anna = world.user("Anna");
        world.calls(channel, anna, "ask", &[("question", json!("Where is my parcel?"))]);
        anna
    };
    let heard = bot.desk.hears_one().await;
    assert_eq!(heard.place.address, format!("{channel}>{anna}"));
    let thread: u64 =
        bot.says(1, &heard.place.address, "Let me see").await.place.address.parse().expect("a thread");
    {
        let mut world = fake.world();
        let said = world.channels[&thread].messages.keys().next().copied().expect("said");
        world.presses(thread, anna, said, "person");
    }
    let heard = bot.desk.hears(2).await;
    assert_eq!(heard[1].act, HeardAct::Pressed(ButtonPress::Customer(Press::Person)));
    assert_eq!((&heard[1].place, &heard[1].conversation), (&heard[0].place, &heard[0].conversation));
}

#[tokio::test]
async fn the_commands_are_registered_once_and_again_only_when_they_differ() {
    let fake = Fake::start().await;
    let bot = Bot::start(&fake).await;
    fake.until("the commands are registered", |world| world.registrations == 1).await;
    bot.stop().await.expect("it stops");
    let asked_for_them = |world: &World| {
        world.asked.iter().filter(|asked| asked.method == "GET" && asked.path.ends_with("/commands")).count()
    };
    let bot = Bot::start(&fake).await;
    fake.until("they are looked at", |world| asked_for_them(world) == 2).await;
    bot.stop().await.expect("it stops");
    assert_eq!(fake.world().registrations, 1);
    fake.world().commands[0]["description"] = "something else".into();
    let bot = Bot::start(&fake).await;
    fake.until("they are registered again", |world| world.registrations == 2).await;
    bot.stop().await.expect("it stops");
    let world = fake.world();
    let commands = world.commands.as_array().expect("commands");
    for command in commands {
        let name = command["name"].as_str().expect("a name");
        assert!(name.chars().count() <= 32);
        assert!(command["name_localizations"]["de"].is_string(), "{name}");
        let staff = ["claim", "close", "note", "reply", "answer", "teach", "block", "unblock", "transcript"];
        if staff.contains(&name) || command["type"] == 3 {
            assert!(command["default_member_permissions"].is_string(), "{name}");
            assert_eq!(command["contexts"], json!([0]), "{name}");
        }
    }
}

#[tokio::test]
async fn an_interaction_heard_again_after_a_crash_is_handed_in_all_the_same() {
    let fake = Fake::start().await;
    let memory = std::sync::Arc::default();
    let desk: std::sync::Arc<super::bot::Desk> = std::sync::Arc::default();
    let bot = Bot::again(&fake, &desk, &memory, |_| {});
    bot.connected(&fake, 1).await;
    fake.until("the session is noted", |_| {
        memory.notes.lock().is_ok_and(|notes| notes.contains_key("discord/shard/0"))
    })
    .await;
    desk.stuck.send_replace(true);
    let token = {
        let mut world = fake.world();
        let anna = world.user("Anna");
        let chat = world.chat(anna);
        let asked = world.put(chat, BOT, json!({ "content": "?" }));
        world.presses(chat, anna, asked, "person")
    };
    answer(&fake, &token).await;
    bot.kill();
    desk.stuck.send_replace(false);
    tokio::time::sleep(Duration::from_millis(50)).await;
    desk.revive();
    assert!(desk.heard().is_empty());
    let bot = Bot::again(&fake, &desk, &memory, |_| {});
    let heard = bot.desk.hears_one().await;
    assert_eq!(heard.act, HeardAct::Pressed(ButtonPress::Customer(Press::Person)));
    assert_eq!(fake.world().resumed, 1);
    let parcel = parcel(1, &heard.place.address, Post::say(Message::markdown("Coming.")));
    bot.deliver(&parcel).await.expect("it arrives");
}
