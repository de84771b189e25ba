//! Parcels -> what stands in the chats.

use std::time::Duration;

use deskbell::channel::DeliverError;
use deskbell::channel::telegram::Settings;
use deskbell::desk::{
    Attachment, AttachmentKind, Button, ButtonPress, Message, MessageId, Part, Post, Press,
};
use serde_json::{Value, json};

use super::bot::{Bot, place};
use super::fake::user;
use super::http::Reply;

fn literal(text: &str) -> Message {
    Message { parts: vec![Part::Literal(text.to_owned())], ..Message::default() }
}

fn amend(message: Message) -> Post {
    Post::Amend { relays: MessageId("x".to_owned()), message }
}

fn withdraw() -> Post {
    Post::Withdraw { relays: MessageId("x".to_owned()) }
}

fn open(title: &str, card: &str) -> Post {
    let buttons = vec![Button { label: "I'll take it".to_owned(), press: ButtonPress::Claim }];
    Post::OpenTicket { title: title.to_owned(), card: Message { buttons, ..literal(card) } }
}

/// Texts in `chat`, oldest first.
fn texts(bot: &Bot, chat: i64) -> Vec<String> {
    let state = bot.fake.state();
    let messages = state.messages.range((chat, 0)..=(chat, i64::MAX));
    let text =
        |message: &Value| message["text"].as_str().or(message["caption"].as_str()).unwrap_or("-").to_owned();
    messages.map(|(_, message)| text(message)).collect()
}

#[tokio::test]
async fn a_message_can_be_changed_and_taken_back() {
    let bot = Bot::start().await;
    let receipt = bot.deliver("11", Post::say(literal("<b>one</b> *two*")), None).await.unwrap();
    assert_eq!(receipt.place, place("11"));
    assert_eq!(texts(&bot, 11), ["<b>one</b> *two*"]);
    let long = "Long words, again and again. ".repeat(200);
    let receipt = bot.deliver("11", amend(literal(&long)), Some(receipt)).await.unwrap();
    assert_eq!(receipt.messages.len(), 2);
    assert_eq!(texts(&bot, 11).concat().replace(' ', ""), long.replace(' ', ""));
    let receipt = bot.deliver("11", amend(literal("short")), Some(receipt)).await.unwrap();
    assert_eq!((texts(&bot, 11), receipt.messages.len()), (vec!["short".to_owned()], 1));
    // The same words once more are no failure.
    let receipt = bot.deliver("11", amend(literal("short")), Some(receipt)).await.unwrap();
    bot.deliver("11", withdraw(), Some(receipt.clone())).await.unwrap();
    assert_eq!(texts(&bot, 11), Vec::<String>::new());
    bot.deliver("11", withdraw(), Some(receipt)).await.unwrap();
    bot.end().await;
}

#[tokio::test]
async fn pictures_and_files_are_passed_on() {
    let bot = Bot::start().await;
    let attach = |kind, reference: &str| Attachment { kind, reference: reference.to_owned(), name: None };
    let photo = Message {
        attachments: vec![attach(AttachmentKind::Image, "photo:P1")],
        ..literal("Anna: it is wet")
    };
    let receipt = bot.deliver("-100500", Post::say(photo), None).await.unwrap();
    assert!(receipt.messages[0].0.ends_with('c'), "{receipt:?}");
    bot.deliver("-100500", amend(literal("Anna: it is dry")), Some(receipt)).await.unwrap();
    assert_eq!(texts(&bot, -100_500), ["Anna: it is dry"]);
    let attachments = vec![
        attach(AttachmentKind::Sticker, "sticker:S1"),
        attach(AttachmentKind::Location, "location:52.5,13.4"),
        attach(AttachmentKind::File, "copy:11/3"),
    ];
    bot.deliver("11", Post::say(Message { attachments, ..literal("Anna:") }), None).await.unwrap();
    bot.fake.state().bad_files.push("https://example.org/gone.png".to_owned());
    bot.say("11", "Look: ![the map](https://example.org/gone.png)").await;
    let log = bot.fake.log();
    let methods: Vec<&str> = log.iter().filter_map(|call| call.split_whitespace().next()).collect();
    let expected = [
        "sendPhoto",
        "editMessageCaption",
        "sendMessage",
        "sendSticker",
        "sendLocation",
        "copyMessage",
        "sendPhoto",
        "sendMessage",
    ];
    assert_eq!(
        methods.into_iter().filter(|method| *method != "sendChatAction").collect::<Vec<_>>(),
        expected
    );
    assert_eq!(texts(&bot, 11).last().unwrap(), "Look:\n\n🖼 the map");
    bot.end().await;
}

#[tokio::test]
async fn a_ticket_is_a_topic() {
    let bot = Bot::start().await;
    let title = format!("🔔 #1 {}", "Where is my parcel? ".repeat(10));
    let receipt = bot.deliver("-100500", open(&title, "From Anna"), None).await.unwrap();
    let topic: i64 = receipt.place.address.split_once('/').unwrap().1.parse().unwrap();
    let says = |text: &str| Post::Say { message: literal(text), relays: None };
    bot.deliver(&receipt.place.address, says("Anna: hello?"), None).await.unwrap();
    let mark = |closed| Post::MarkTicket { title: "✅ #1 Where".to_owned(), closed };
    bot.deliver(&receipt.place.address, mark(false), None).await.unwrap();
    bot.deliver(&receipt.place.address, mark(true), None).await.unwrap();
    {
        let state = bot.fake.state();
        let shown = &state.chats[&-100_500].topics[&topic];
        assert_eq!((shown.name.as_str(), shown.is_closed), ("✅ #1 Where", true));
        let hello = state.said(-100_500, "Anna: hello?").unwrap();
        assert_eq!((&hello["message_thread_id"], &hello["is_topic_message"]), (&json!(topic), &json!(true)));
    }
    // Somebody deletes the topic; the customer's words still reach the group, and a reply finds the ticket.
    bot.fake.state().chats.get_mut(&-100_500).unwrap().topics.clear();
    bot.deliver(&receipt.place.address, says("Anna: still here"), None).await.unwrap();
    let stray = bot.fake.said(-100_500, "Anna: still here").await;
    assert!(stray.get("message_thread_id").is_none(), "{stray}");
    bot.fake.writes(
        -100_500,
        &user(50, "Sam", "de"),
        json!({"text": "So am I", "reply_to_message": stray["message_id"]}),
    );
    let lines = bot.inbox.lines(1).await;
    assert!(lines[0].contains(&format!("at {} by 50", receipt.place.address)), "{lines:?}");
    bot.end().await;
}

#[tokio::test]
async fn without_topics_a_ticket_is_a_chain_of_replies() {
    let bot = Bot::start().await;
    bot.fake.state().chats.get_mut(&-100_500).unwrap().has_topics = false;
    let receipt = bot.deliver("-100500", open("🔔 #1 Where?", "From Anna"), None).await.unwrap();
    let card = bot.fake.said(-100_500, "🔔 #1 Where?\n\nFrom Anna").await;
    assert_eq!(receipt.place.address, format!("-100500/r{}", card["message_id"]));
    let says = |text: &str| Post::Say { message: literal(text), relays: None };
    let second = bot.deliver(&receipt.place.address, says("Anna: **hello**?"), None).await.unwrap();
    let hello = bot.fake.said(-100_500, "↩ Anna: **hello**?").await;
    assert_eq!(hello["reply_to_message"]["message_id"], card["message_id"]);
    bot.deliver(&receipt.place.address, amend(literal("Anna: hi?")), Some(second)).await.unwrap();
    let hello = bot.fake.said(-100_500, "↩ Anna: hi?").await;
    let sam = user(50, "Sam", "de");
    bot.fake.writes(-100_500, &sam, json!({"text": "to the card", "reply_to_message": card["message_id"]}));
    bot.fake.writes(-100_500, &sam, json!({"text": "to the words", "reply_to_message": hello["message_id"]}));
    bot.fake.presses(&sam, &card, "take it");
    let lines = bot.inbox.lines(3).await;
    assert!(
        lines.iter().all(|line| line.contains(&format!("at {} by 50", receipt.place.address))),
        "{lines:#?}"
    );
    let mark = Post::MarkTicket { title: "✅ #1".to_owned(), closed: true };
    bot.deliver(&receipt.place.address, mark, None).await.unwrap();
    assert_eq!(bot.fake.state().calls_of("setMessageReaction").len(), 1);
    bot.end().await;
}

#[tokio::test]
async fn failures_are_told_apart() {
    let bot = Bot::start().await;
    let say = || Post::say(literal("hello"));
    bot.fake.refuse("sendMessage", 429, "Too Many Requests: retry after 7", json!({"retry_after": 7}));
    let result = bot.deliver("11", say(), None).await;
    assert_eq!(result, Err(DeliverError::RetryAfter(Duration::from_secs(7))));
    // For so long nothing more is tried there; elsewhere it goes on.
    let calls = bot.fake.state().calls_of("sendMessage").len();
    assert!(matches!(bot.deliver("11", say(), None).await, Err(DeliverError::RetryAfter(_))));
    assert_eq!(bot.fake.state().calls_of("sendMessage").len(), calls);
    bot.deliver("-100700", say(), None).await.unwrap();

    for chat in [21, 22, 23, 24, 25, 26] {
        bot.fake.add_chat(chat, "private", false);
    }
    bot.fake.state().chats.get_mut(&21).unwrap().is_shut = true;
    assert_eq!(bot.deliver("21", say(), None).await, Err(DeliverError::Gone));
    assert_eq!(bot.deliver("404", say(), None).await, Err(DeliverError::Gone));
    assert!(matches!(bot.deliver("nowhere", say(), None).await, Err(DeliverError::Refused(_))));
    let html =
        || Reply::Whole { status: 502, headers: Vec::new(), body: "<html>Bad Gateway</html>".to_owned() };
    let half = || Reply::Half { body: json!({"ok": true, "result": {"message_id": 1}}).to_string() };
    let silence = || Reply::Silence(Duration::from_secs(30));
    for (chat, reply) in [("22", html()), ("23", half()), ("24", silence()), ("25", Reply::Reset)] {
        bot.fake.fault("sendMessage", reply);
        let result = bot.deliver(chat, say(), None).await;
        let Err(DeliverError::Unreachable(reason)) = result else { panic!("{chat}: {result:?}") };
        assert!(!reason.contains("CANARY") && !reason.contains("127.0.0.1"), "{reason}");
        bot.deliver(chat, say(), None).await.unwrap();
    }
    // A refusal of how it is said, not of what: the bare words go out.
    bot.fake.refuse("sendMessage", 400, "Bad Request: ENTITY_BOUNDS_INVALID", json!({}));
    bot.say("26", "**bold** words").await;
    assert_eq!(texts(&bot, 26), ["bold words"]);
    // The staff's chat comes back.
    bot.fake.state().chats.get_mut(&-100_500).unwrap().is_shut = true;
    assert!(matches!(bot.deliver("-100500", say(), None).await, Err(DeliverError::Unreachable(_))));
    bot.end().await;
}

#[tokio::test]
async fn a_delivery_that_comes_again_goes_on_where_it_stopped() {
    use deskbell::channel::{Channel, Parcel};
    let bot = Bot::start().await;
    let words = (0..900).map(|number| format!("word{number} ")).collect::<String>();
    let parcel = Parcel { number: 7000, to: place("11"), post: Post::say(literal(&words)), earlier: None };
    bot.fake.until("the commands", |state| (state.calls_of("setMyCommands").len() == 6).then_some(())).await;
    // The second piece fails in three ways, then arrives.
    let fail = |times: usize| {
        for _ in 0..times {
            bot.fake.fault("sendMessage", Reply::Reset);
        }
    };
    let telegram = bot.telegram.clone();
    let mut first = telegram.deliver(&parcel);
    tokio::select! {
        result = &mut first => panic!("both pieces within a second: {result:?}"),
        _ = bot.fake.said(11, "word0 ") => fail(1),
    }
    assert!(matches!(first.await, Err(DeliverError::Unreachable(_))));
    let receipt = bot.telegram.deliver(&parcel).await.unwrap();
    assert_eq!(receipt.messages.len(), 2);
    assert_eq!(texts(&bot, 11).join(" "), words.trim_end());
    bot.end().await;
}

#[tokio::test]
async fn a_group_that_moved_is_found_again() {
    let bot = Bot::start().await;
    bot.fake.add_chat(-1_000_900, "supergroup", true);
    bot.fake.state().chats.get_mut(&-100_500).unwrap().moved_to = Some(-1_000_900);
    let receipt = bot.deliver("-100500", open("#1", "card"), None).await.unwrap();
    assert!(receipt.place.address.starts_with("-100500/"), "{receipt:?}");
    let topic: i64 = receipt.place.address.split_once('/').unwrap().1.parse().unwrap();
    let inside = json!({"text": "I am Sam", "message_thread_id": topic, "is_topic_message": true});
    bot.fake.writes(-1_000_900, &user(50, "Sam", "de"), inside);
    let lines = bot.inbox.lines(1).await;
    assert!(lines[0].contains(&format!("at {} by 50", receipt.place.address)), "{lines:?}");
    bot.end().await;
}

#[tokio::test]
async fn a_customer_who_waits_sees_it_typing_and_the_pace_is_kept() {
    let bot = Bot::start().await;
    bot.fake.state().is_strict = true;
    for number in 0..3 {
        bot.say("11", &format!("message {number}")).await;
    }
    assert_eq!(texts(&bot, 11), ["message 0", "message 1", "message 2"]);
    let typing = bot.fake.state().calls_of("sendChatAction");
    assert_eq!(typing.first().map(|call| call["action"].clone()), Some(json!("typing")));
    bot.end().await;
}

#[tokio::test]
async fn a_stalled_message_holds_nobody_up() {
    use deskbell::channel::{Channel, Parcel};
    let fake = super::fake::Fake::start().await;
    fake.add_chat(11, "private", false);
    fake.add_chat(26, "private", false);
    let patience = std::time::Duration::from_secs(600);
    let settings = Settings { patience, ..super::bot::settings(&fake) };
    let bot = Bot::run(fake, settings);
    bot.fake.fault("sendMessage", Reply::Silence(patience));
    let say = |number: u64, to: &str| Parcel {
        number,
        to: place(to),
        post: Post::say(literal("Here I am.")),
        earlier: None,
    };
    let (stalled, other) = (say(7000, "11"), say(7001, "26"));
    let mut first = bot.telegram.deliver(&stalled);
    tokio::select! {
        result = &mut first => panic!("it is stalled: {result:?}"),
        () = bot.fake.until("it is on its way", |state| {
            (!state.calls_of("sendMessage").is_empty()).then_some(())
        }) => {}
    }
    tokio::select! {
        result = &mut first => panic!("it is stalled: {result:?}"),
        result = bot.telegram.deliver(&other) => { result.unwrap(); }
    }
    assert_eq!(texts(&bot, 26), ["Here I am."]);
}

#[tokio::test]
async fn many_buttons_and_long_answers_fit() {
    let bot = Bot::start().await;
    let button = |number: u16| Button {
        label: format!("Question {number} with a rather long title to read"),
        press: ButtonPress::Customer(Press::Topic(number)),
    };
    let text =
        format!("# Prices\n\n{}", "- **Tea** 🍵 costs [three euros](https://example.org)\n".repeat(200));
    let message = Message { buttons: (0..120).map(button).collect(), ..Message::markdown(text) };
    let receipt = bot.deliver("11", Post::say(message), None).await.unwrap();
    assert_eq!(receipt.messages.len(), 3);
    bot.end().await;
}
