//! The wire: offsets, rivals, bad tokens, and a Telegram that fails in every way.

use std::time::Duration;

use deskbell::channel::NotTaken;
use deskbell::channel::telegram::{Fatal, Settings, Telegram};
use serde_json::json;

use super::bot::{Bot, place, settings};
use super::fake::{Fake, user};
use super::http::Reply;

#[tokio::test]
async fn telegram_forgets_an_update_only_when_it_is_stored() {
    let bot = Bot::start().await;
    bot.inbox.refuse((0..4).map(|number| {
        if number % 2 == 0 { NotTaken::Busy } else { NotTaken::NotStored("the disk is full".to_owned()) }
    }));
    let (anna, bo) = (user(11, "Anna", "en"), user(12, "Bo", "en"));
    for number in 0..10 {
        bot.fake.writes(11, &anna, json!({"text": format!("anna {number}")}));
        bot.fake.writes(12, &bo, json!({"text": format!("bo {number}")}));
    }
    assert_eq!(bot.fake.kept(), 20);
    let lines = bot.inbox.lines(20).await;
    for name in ["anna", "bo"] {
        let order: Vec<&str> =
            lines.iter().filter_map(|line| line.split(&format!("\"{name} ")).nth(1)).collect();
        let expected: Vec<String> = (0..10).map(|number| format!("{number}\"")).collect();
        assert_eq!(order, expected, "each one's words stay in order");
    }
    bot.fake
        .until("the updates are forgotten", |state| {
            let offset = state.calls_of("getUpdates").last()?["offset"].as_i64();
            (offset == Some(21)).then_some(())
        })
        .await;
    bot.end().await;
}

#[tokio::test]
async fn a_stop_leaves_what_was_not_stored_with_telegram() {
    let bot = Bot::start().await;
    bot.inbox.refuse((0..1000).map(|_| NotTaken::NotStored("the disk is full".to_owned())));
    bot.fake.writes(11, &user(11, "Anna", "en"), json!({"text": "keep me"}));
    bot.fake.until("the batch is taken", |state| state.calls_of("getUpdates").last().cloned()).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    bot.stop.send_replace(true);
    bot.task.await.unwrap().unwrap();
    assert_eq!(bot.fake.kept(), 1);
}

#[tokio::test]
async fn nothing_is_lost_while_telegram_fails() {
    let bot = Bot::start().await;
    let html = Reply::Whole { status: 500, headers: Vec::new(), body: "<html>oops</html>".to_owned() };
    let half = Reply::Half { body: json!({"ok": true, "result": []}).to_string() };
    let odd = Reply::Whole { status: 200, headers: Vec::new(), body: "[]".to_owned() };
    let anna = user(11, "Anna", "en");
    let faults = [html, half, odd, Reply::Reset, Reply::Silence(Duration::from_millis(300))];
    for (number, fault) in faults.into_iter().enumerate() {
        bot.fake.fault("getUpdates", fault);
        bot.fake.writes(11, &anna, json!({"text": format!("word {number}")}));
    }
    bot.fake.refuse("getUpdates", 429, "Too Many Requests: retry after 1", json!({"retry_after": 1}));
    bot.fake.writes(11, &anna, json!({"text": "word 5"}));
    let lines = bot.inbox.lines(6).await;
    for (number, line) in lines.iter().enumerate() {
        assert!(line.ends_with(&format!("\"word {number}\"")), "{lines:#?}");
    }
    assert_eq!(lines.len(), 6);
    bot.end().await;
}

#[tokio::test]
async fn a_rival_is_waited_out() {
    let bot = Bot::start().await;
    bot.fake.until("the poll", |state| state.calls_of("getUpdates").pop()).await;
    // Another program polls once, which ends our wait; ours goes on after a pause.
    let rival = reqwest::Client::new();
    let url = format!("{}/bot{}/getUpdates", bot.fake.url(), super::fake::TOKEN);
    let answer = rival.post(url).json(&json!({"timeout": 1})).send().await.unwrap();
    assert!(answer.status().is_success());
    bot.fake.writes(11, &user(11, "Anna", "en"), json!({"text": "hello"}));
    assert!(bot.inbox.lines(1).await[0].ends_with("\"hello\""));
    bot.end().await;
}

#[tokio::test]
async fn a_bad_token_stops_it_with_plain_words_and_no_further_call() {
    let fake = Fake::start().await;
    let wrong = Settings { token: "1:wrong".to_owned().into(), ..settings(&fake) };
    let bot = Bot::run(fake, wrong);
    let fatal = bot.task.await.unwrap().unwrap_err();
    assert_eq!(fatal, Fatal::Unauthorized);
    assert!(fatal.to_string().contains("@BotFather"), "{fatal}");
    assert_eq!(bot.fake.state().calls.len(), 1);
    // One that is revoked while it runs, found by a delivery.
    let bot = Bot::start().await;
    bot.fake.until("the poll", |state| state.calls_of("getUpdates").pop()).await;
    bot.fake.state().is_revoked = true;
    let say = deskbell::desk::Post::say(deskbell::desk::Message::markdown("hello"));
    assert!(bot.deliver("11", say.clone(), None).await.is_err());
    let calls = bot.fake.state().calls.len();
    assert!(bot.deliver("11", say, None).await.is_err());
    assert_eq!(bot.fake.state().calls.len(), calls);
    assert_eq!(bot.task.await.unwrap(), Err(Fatal::Unauthorized));
}

#[tokio::test]
async fn a_start_without_network_waits() {
    let fake = Fake::start().await;
    for _ in 0..2 {
        fake.fault("getMe", Reply::Reset);
    }
    let settings = settings(&fake);
    let bot = Bot::run(fake, settings);
    bot.fake.writes(11, &user(11, "Anna", "en"), json!({"text": "hello"}));
    assert!(bot.inbox.lines(1).await[0].ends_with("\"hello\""));
    bot.end().await;
}

#[tokio::test]
async fn the_commands_are_told_by_language_and_place() {
    let bot = Bot::start().await;
    bot.fake.until("the commands", |state| (state.calls_of("setMyCommands").len() == 6).then_some(())).await;
    let calls = bot.fake.state().calls_of("setMyCommands");
    let german = calls
        .iter()
        .find(|call| call["language_code"] == "de" && call["scope"]["type"] == "default")
        .unwrap();
    let names: Vec<&str> =
        german["commands"].as_array().unwrap().iter().filter_map(|one| one["command"].as_str()).collect();
    assert_eq!(names, ["faq", "person", "help", "mydata", "forget"]);
    assert!(calls.iter().any(|call| call["scope"] == json!({"type": "chat", "chat_id": -100_500})));
    bot.end().await;
}

#[test]
fn settings_that_can_not_work_are_refused_with_their_name() {
    let token = || "1:x".to_owned().into();
    let bad_url = Settings { api_url: "api.telegram.org".to_owned(), ..Settings::new(token()) };
    assert!(matches!(Telegram::new(bad_url), Err(Fatal::ApiUrl(_))));
    let bad_staff = Settings { staff: Some(place("Our group")), ..Settings::new(token()) };
    assert!(matches!(Telegram::new(bad_staff), Err(Fatal::Staff(_))));
    let secret = format!("{:?}", Settings::new("1:CANARY".to_owned().into()));
    assert!(!secret.contains("CANARY"), "{secret}");
}
