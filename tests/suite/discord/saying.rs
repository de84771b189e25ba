//! What the bot says: once, to nobody's alarm, in pieces that fit.

use deskbell::channel::discord::{AnswersIn, CustomerChannel, Forum};
use deskbell::channel::{DeliverError, Parcel};
use deskbell::desk::{Attachment, AttachmentKind, ButtonPress, Message, MessageId, Part, Post, Press};
use deskbell::faq::EntryId;
use serde_json::json;

use super::bot::{Bot, button, entry, parcel, place};
use super::fake::Fake;
use super::world::{Broken, Fault};

#[tokio::test]
async fn the_same_parcel_sent_twice_is_said_once() {
    let fake = Fake::start().await;
    let bot = Bot::start(&fake).await;
    let chat = {
        let mut world = fake.world();
        let anna = world.user("Anna");
        world.chat(anna)
    };
    let long = "word ".repeat(1000);
    let first = bot.says(7, &chat.to_string(), &long).await;
    let again = bot.says(7, &chat.to_string(), &long).await;
    assert_eq!(first, again);
    assert_eq!(first.messages.len(), 3);
    assert_eq!(fake.world().said_in(chat).len(), 3);
    bot.says(8, &chat.to_string(), &long).await;
    assert_eq!(fake.world().said_in(chat).len(), 6, "another parcel with the same words is another");
    assert!(fake.world().violations.is_empty(), "{:?}", fake.world().violations);
}

#[tokio::test]
async fn a_lost_answer_of_discords_repeats_nothing() {
    let fake = Fake::start().await;
    let bot = Bot::start(&fake).await;
    let chat = {
        let mut world = fake.world();
        let anna = world.user("Anna");
        let chat = world.chat(anna);
        let path = format!("/channels/{chat}/messages");
        world.faults.push(Fault { method: "POST", path, times: 1, answer: Broken::AnswerLost });
        chat
    };
    let parcel = parcel(1, &chat.to_string(), Post::say(Message::markdown("At nine.")));
    assert!(matches!(bot.deliver(&parcel).await, Err(DeliverError::Unreachable(_))));
    bot.deliver(&parcel).await.expect("now it is known");
    assert_eq!(fake.world().said_in(chat), ["At nine."]);
}

#[tokio::test]
async fn buttons_become_rows_and_many_choices_a_menu() {
    let fake = Fake::start().await;
    let bot = Bot::start(&fake).await;
    let chat = {
        let mut world = fake.world();
        let anna = world.user("Anna");
        world.chat(anna)
    };
    let hours = EntryId::new("hours").expect("right");
    let few = Message {
        buttons: vec![
            button("Opening hours", entry("hours")),
            button("", entry("hours")),
            button(&"very long label ".repeat(10), entry("parking")),
            button("That helped", Press::Helped(hours.clone())),
            button("Ask a person", Press::Person),
        ],
        ..Message::markdown("Open from nine.")
    };
    bot.deliver(&parcel(1, &chat.to_string(), Post::say(few))).await.expect("it arrives");
    let many = Message {
        buttons: (0..60)
            .map(|number| button(&format!("Entry {number}"), entry(&format!("entry-{number}"))))
            .chain([button("Ask a person", Press::Person)])
            .collect(),
        ..Message::markdown("Which one?")
    };
    bot.deliver(&parcel(2, &chat.to_string(), Post::say(many))).await.expect("it arrives");
    let world = fake.world();
    assert!(world.violations.is_empty(), "{:?}", world.violations);
    let messages: Vec<_> = world.channels[&chat].messages.values().collect();
    let rows = |at: usize| messages[at]["components"].as_array().expect("rows").clone();
    assert_eq!(rows(0).len(), 2);
    assert_eq!(rows(0)[0]["components"].as_array().map(Vec::len), Some(2), "a double is dropped");
    assert_eq!(rows(0)[0]["components"][0]["custom_id"], "e:hours");
    let sizes: Vec<usize> = rows(1)[..3]
        .iter()
        .map(|row| row["components"][0]["options"].as_array().map_or(0, Vec::len))
        .collect();
    assert_eq!(sizes, [25, 25, 10]);
    assert_eq!(rows(1)[3]["components"][0]["custom_id"], "person");
}

#[tokio::test]
async fn nothing_that_a_customer_writes_can_ping_or_format_or_hide() {
    let fake = Fake::start().await;
    let bot = Bot::start(&fake).await;
    let channel = fake.world().channel("staff", 0);
    let nasty = "@everyone <@1> **x** [safe](https://evil.example) pay\u{200B}pal\n# big";
    let message = Message { parts: vec![Part::Literal(nasty.to_owned())], ..Message::default() };
    bot.deliver(&parcel(1, &channel.to_string(), Post::say(message))).await.expect("it arrives");
    let world = fake.world();
    assert!(world.violations.is_empty(), "{:?}", world.violations);
    assert_eq!(
        world.said_in(channel),
        [r"\@everyone \<\@1\> \*\*x\*\* \[safe\]\(<https://evil.example>\) pay⟨U+200B⟩pal".to_owned()
            + "\n\\# big"]
    );
}

#[tokio::test]
async fn pictures_are_embeds_and_files_are_links() {
    let fake = Fake::start().await;
    let bot = Bot::start(&fake).await;
    let channel = fake.world().channel("x", 0);
    let attachment = |name: &str, reference: &str| Attachment {
        kind: AttachmentKind::File,
        name: Some(name.to_owned()),
        reference: reference.to_owned(),
    };
    let message = Message {
        parts: vec![Part::Markdown("Look: ![the door](https://shop.example/door.png)".to_owned())],
        attachments: vec![
            attachment("bill_1.pdf", "https://cdn.example/bill.pdf?ex=1"),
            attachment("x", "AgACAgIAAx-a-file-of-telegram"),
        ],
        ..Message::default()
    };
    bot.deliver(&parcel(1, &channel.to_string(), Post::say(message))).await.expect("it arrives");
    let world = fake.world();
    let sent = world.channels[&channel].messages.values().next().expect("a message");
    assert_eq!(sent["embeds"][0]["image"]["url"], "https://shop.example/door.png");
    assert_eq!(sent["content"], "Look:\n📎 bill\\_1.pdf\nhttps://cdn.example/bill.pdf?ex=1\n📎 x");
}

#[tokio::test]
async fn a_ticket_is_a_card_with_a_thread_and_made_only_once() {
    let fake = Fake::start().await;
    let staff = fake.world().channel("staff", 0);
    let bot = Bot::with(&fake, |settings| settings.staff_channel = Some(staff.to_string())).await;
    let card = Message {
        parts: vec![Part::Literal("Anna asks: my parcel is wet. ".repeat(120))],
        buttons: vec![
            deskbell::desk::Button { label: "I'll take it".to_owned(), press: ButtonPress::Claim },
            deskbell::desk::Button { label: "Close".to_owned(), press: ButtonPress::Close },
        ],
        attachments: Vec::new(),
    };
    let title = format!("🔔 #1 {}", "my parcel ".repeat(20));
    let open = parcel(5, &staff.to_string(), Post::OpenTicket { title, card });
    let receipt = bot.deliver(&open).await.expect("it is opened");
    let again = bot.deliver(&open).await.expect("it was opened");
    assert_eq!(receipt, again);
    let thread: u64 = receipt.place.address.parse().expect("a thread");
    {
        let mut world = fake.world();
        assert_eq!(world.channels[&thread].parent, Some(staff));
        assert_eq!(world.said_in(staff).len(), 1);
        assert_eq!(world.said_in(thread).len(), 1, "the rest of the card");
        let head = &world.channels[&staff].messages[&thread];
        assert_eq!(head["components"][0]["components"][0]["custom_id"], "claim");
        let eve = world.user("Eve");
        world.presses(staff, eve, thread, "claim");
    }
    // The card stands in the staff's channel; a press on it counts in the thread.
    let heard = bot.desk.hears_one().await;
    assert_eq!(heard.place, receipt.place);
    let mark = |title: &str, closed| {
        parcel(6, &thread.to_string(), Post::MarkTicket { title: title.to_owned(), closed })
    };
    bot.deliver(&mark("✅ #1 my parcel", true)).await.expect("marked");
    {
        let world = fake.world();
        assert_eq!(
            (world.channels[&thread].name.as_str(), world.channels[&thread].archived),
            ("✅ #1 my parcel", true)
        );
        assert!(world.violations.is_empty(), "{:?}", world.violations);
    }
    bot.deliver(&mark("🔔 #1 again", false)).await.expect("a folded thread can be renamed");
    assert_eq!(fake.world().channels[&thread].name, "🔔 #1 again");
}

#[tokio::test]
async fn a_name_that_comes_too_soon_holds_nothing_up() {
    let fake = Fake::start().await;
    let staff = fake.world().channel("staff", 0);
    let bot = Bot::with(&fake, |settings| settings.staff_channel = Some(staff.to_string())).await;
    let thread = {
        let mut world = fake.world();
        let thread = world.thread(staff, 11, "old name", None, None);
        let answer = Broken::Limited { retry_after: 600.0, global: false };
        world.faults.push(Fault { method: "PATCH", path: format!("/channels/{thread}"), times: 1, answer });
        thread
    };
    let mark = Post::MarkTicket { title: "new name".to_owned(), closed: true };
    bot.deliver(&parcel(1, &thread.to_string(), mark)).await.expect("the name is left out");
    let world = fake.world();
    assert_eq!((world.channels[&thread].name.as_str(), world.channels[&thread].archived), ("old name", true));
}

#[tokio::test]
async fn a_change_reaches_all_pieces_and_a_withdrawal_takes_them_away() {
    let fake = Fake::start().await;
    let bot = Bot::start(&fake).await;
    let channel = fake.world().channel("x", 0);
    let receipt = bot.says(1, &channel.to_string(), &"word ".repeat(1000)).await;
    let amend = |number, text: &str, earlier| Parcel {
        number,
        to: place("999999999999999999"), // the customer writes elsewhere by now
        post: Post::Amend { relays: MessageId("m".to_owned()), message: Message::markdown(text) },
        earlier: Some(earlier),
    };
    let shorter = bot.deliver(&amend(2, "short", receipt)).await.expect("changed");
    assert_eq!(fake.world().said_in(channel), ["short"]);
    let longer = bot.deliver(&amend(3, &"long ".repeat(1000), shorter)).await.expect("changed");
    assert_eq!(fake.world().said_in(channel).len(), 3);
    let withdraw = Parcel {
        number: 4,
        to: place("999999999999999999"),
        post: Post::Withdraw { relays: MessageId("m".to_owned()) },
        earlier: Some(longer),
    };
    bot.deliver(&withdraw).await.expect("taken back");
    bot.deliver(&withdraw).await.expect("taken back already");
    assert!(fake.world().said_in(channel).is_empty());
}

#[tokio::test]
async fn an_answered_post_gets_the_owners_tag() {
    let fake = Fake::start().await;
    let forum = fake.world().channel("questions", 15);
    let bot = Bot::with(&fake, |settings| {
        settings.message_content = true;
        settings.forums.push(Forum { id: forum.to_string(), answered_tag: Some("Answered".to_owned()) });
    })
    .await;
    let post = {
        let mut world = fake.world();
        world.channels.get_mut(&forum).expect("made").available_tags = vec![(77, "answered".to_owned())];
        let anna = world.user("Anna");
        world.posts(forum, anna, "Delivery?", "How long?")
    };
    bot.says(1, &post.to_string(), "Did you mean …?").await;
    assert!(fake.world().channels[&post].tags.is_empty());
    let hours = EntryId::new("hours").expect("right");
    let answer = Message {
        buttons: vec![button("That helped", Press::Helped(hours))],
        ..Message::markdown("Three days.")
    };
    bot.deliver(&parcel(2, &post.to_string(), Post::say(answer))).await.expect("it arrives");
    assert_eq!(fake.world().channels[&post].tags, ["77"]);
}

#[tokio::test]
async fn a_deleted_private_thread_is_made_anew() {
    let fake = Fake::start().await;
    let channel = fake.world().channel("support", 0);
    let bot = Bot::with(&fake, |settings| {
        settings.message_content = true;
        settings
            .channels
            .push(CustomerChannel { id: channel.to_string(), answers: AnswersIn::PrivateThread });
    })
    .await;
    let anna = fake.world().user("Anna");
    let to = format!("{channel}>{anna}");
    let first = bot.says(1, &to, "one").await.place.address;
    fake.world().channels.remove(&first.parse().expect("a thread"));
    let second = bot.says(2, &to, "two").await.place.address;
    assert_ne!(first, second);
    assert_eq!(fake.world().said_in(second.parse().expect("a thread")), ["two"]);
}

#[tokio::test]
async fn where_nobody_is_any_more_is_told_apart_from_where_a_permission_lacks() {
    let fake = Fake::start().await;
    let bot = Bot::start(&fake).await;
    let channel = fake.world().channel("x", 0);
    let say = |to: &str| parcel(1, to, Post::say(Message::markdown("hello")));
    assert_eq!(bot.deliver(&say("123456789012345678")).await, Err(DeliverError::Gone));
    for (status, code, gone) in
        [(403, 50_007, true), (403, 50_278, true), (403, 50_013, false), (403, 50_001, false)]
    {
        let said = json!({ "message": "no", "code": code });
        let path = format!("/channels/{channel}/messages");
        fake.world().faults.push(Fault {
            method: "POST",
            path,
            times: 1,
            answer: Broken::Status(status, said),
        });
        let result = bot.deliver(&say(&channel.to_string())).await;
        match result {
            Err(DeliverError::Gone) => assert!(gone, "{code}"),
            Err(DeliverError::Unreachable(reason)) => {
                assert!(!gone && reason.contains("permission"), "{code}")
            }
            other => panic!("{code}: {other:?}"),
        }
    }
    let result = bot.deliver(&say("not an id")).await;
    assert!(matches!(result, Err(DeliverError::Refused(_))), "{result:?}");
}
