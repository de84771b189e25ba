//! Buttons and inline queries.

use deskbell::channel::NotTaken;
use deskbell::desk::{Button, ButtonPress, Message, Post, Press};
use deskbell::faq::EntryId;
use serde_json::json;

use super::bot::Bot;
use super::fake::user;

fn answer() -> Message {
    let id = |name: &str| EntryId::new(name).expect("a valid id");
    let button =
        |label: &str, press: Press| Button { label: label.to_owned(), press: ButtonPress::Customer(press) };
    let buttons = vec![
        button("Where is my parcel?", Press::Entry(id("tracking"))),
        button("That helped", Press::Helped(id("delivery-time"))),
        button("Not what I meant", Press::NotThis(id("delivery-time"))),
        button("Ask a person", Press::Person),
    ];
    Message { buttons, ..Message::markdown("Two days.") }
}

#[tokio::test]
async fn a_press_is_answered_handed_in_and_shown() {
    let bot = Bot::start().await;
    bot.deliver("11", Post::say(answer()), None).await.unwrap();
    let message = bot.fake.said(11, "Two days.").await;
    let press = bot.fake.presses(&user(11, "Anna", "en"), &message, "That helped");
    let lines = bot.inbox.lines(1).await;
    let expected = format!("telegram:11 q{press} at 11 by 11 \"Anna\" en alone: pressed h:delivery-time");
    assert_eq!(lines, [expected]);
    let changed =
        bot.fake.until("the keyboard changes", |state| state.calls_of("editMessageReplyMarkup").pop()).await;
    let left = &changed["reply_markup"]["inline_keyboard"];
    assert_eq!(left, &json!([[{"text": "Where is my parcel?", "callback_data": "e:tracking"}]]));
    assert_eq!(bot.fake.state().calls_of("answerCallbackQuery"), [json!({"callback_query_id": press})]);
    bot.end().await;
}

#[tokio::test]
async fn the_clock_stops_even_while_the_press_can_not_be_stored() {
    let bot = Bot::start().await;
    bot.deliver("11", Post::say(answer()), None).await.unwrap();
    let message = bot.fake.said(11, "Two days.").await;
    bot.inbox.refuse((0..3).map(|_| NotTaken::NotStored("the disk is full".to_owned())));
    bot.fake.presses(&user(11, "Anna", "en"), &message, "Where is my parcel?");
    bot.fake.until("the answer", |state| state.calls_of("answerCallbackQuery").pop()).await;
    assert!(bot.inbox.lines(1).await[0].ends_with("pressed e:tracking"));
    // A button that isn't ours, or is older than the program, is answered as well.
    let strange = json!({"callback_query": {"id": "s", "from": user(11, "Anna", "en"), "chat_instance": "1", "data": "x:y", "message": message}});
    bot.fake.push(strange);
    bot.fake
        .until("the answer", |state| {
            state.calls_of("answerCallbackQuery").into_iter().find(|call| call["callback_query_id"] == "s")
        })
        .await;
    bot.end().await;
}

#[tokio::test]
async fn an_inline_query_gets_entries() {
    let bot = Bot::start().await;
    bot.fake.push(json!({"inline_query": {"id": "i1", "from": user(11, "Anna", "de"), "query": "lieferung", "offset": ""}}));
    let answer = bot.fake.until("the answer", |state| state.calls_of("answerInlineQuery").pop()).await;
    let result = &answer["results"][0];
    assert_eq!(result["id"], "delivery-time");
    assert_eq!(result["title"], "How long does delivery take? (lieferung, de)");
    let content = &result["input_message_content"];
    assert_eq!(content["message_text"], "Two to three days.");
    assert_eq!(content["entities"], json!([{"type": "bold", "offset": 7, "length": 5}]));
    bot.end().await;
}
