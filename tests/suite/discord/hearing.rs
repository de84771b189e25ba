//! What is heard, and what is not; in which order; and that nothing gets lost on the way to the store.

use std::time::Duration;

use deskbell::channel::discord::{AnswersIn, CustomerChannel, Forum, Settings};
use deskbell::channel::{HeardAct, NotTaken};
use deskbell::desk::{AttachmentKind, Company, MessageId, Said};
use serde_json::json;

use super::bot::Bot;
use super::fake::Fake;
use super::world::BOT;

fn listens_in(settings: &mut Settings, channel: u64, answers: AnswersIn) {
    settings.message_content = true;
    settings.channels.push(CustomerChannel { id: channel.to_string(), answers });
}

#[tokio::test]
async fn a_private_message_is_heard_with_all_that_matters() {
    let fake = Fake::start().await;
    let bot = Bot::start(&fake).await;
    let (anna, message, chat) = {
        let mut world = fake.world();
        let anna = world.user("Anna");
        let message = world.writes(anna, "When do you open?");
        (anna, message, world.chat(anna))
    };
    let heard = bot.desk.hears_one().await;
    assert_eq!(heard.conversation.to_string(), format!("discord:{chat}"));
    assert_eq!(heard.message, MessageId(message.to_string()));
    assert_eq!(heard.place.address, chat.to_string());
    assert_eq!((heard.author.id.as_str(), heard.author.name.as_str()), (anna.to_string().as_str(), "Anna"));
    assert_eq!(heard.company, Company::Alone);
    assert_eq!(heard.act, HeardAct::Wrote(Said::text("When do you open?")));
}

#[tokio::test]
async fn a_persons_messages_keep_their_order_and_a_slow_store_loses_none() {
    let fake = Fake::start().await;
    let bot = Bot::start(&fake).await;
    *bot.desk.pause.lock().expect("free") = Duration::from_millis(2);
    *bot.desk.refusals.lock().expect("free") = vec![NotTaken::NotStored("disk full".to_owned()); 3];
    let expected: Vec<String> = (0..200).map(|number| format!("message {number}")).collect();
    {
        let mut world = fake.world();
        let anna = world.user("Anna");
        for text in &expected {
            world.writes(anna, text);
        }
    }
    bot.desk.hears(200).await;
    assert_eq!(bot.desk.texts(), expected);
}

#[tokio::test]
async fn a_busy_conversation_holds_up_nobody_else() {
    let fake = Fake::start().await;
    let bot = Bot::start(&fake).await;
    let busy = {
        let mut world = fake.world();
        let (anna, ben) = (world.user("Anna"), world.user("Ben"));
        let busy = world.chat(anna).to_string();
        bot.desk.busy.lock().expect("free").insert(busy.clone());
        for number in 0..50 {
            world.writes(anna, &format!("flood {number}"));
        }
        world.writes(ben, "hello");
        busy
    };
    bot.desk.hears(1).await;
    assert_eq!(bot.desk.texts(), ["hello"]);
    bot.desk.busy.lock().expect("free").remove(&busy);
    bot.desk.hears(51).await;
    assert_eq!(bot.desk.texts()[1..], (0..50).map(|number| format!("flood {number}")).collect::<Vec<_>>());
}

#[tokio::test]
async fn on_a_server_only_what_is_said_to_the_bot_is_heard() {
    let fake = Fake::start().await;
    let bot = Bot::start(&fake).await;
    let (anna, channel, message) = {
        let mut world = fake.world();
        let anna = world.user("Anna");
        let channel = world.channel("general", 0);
        world.says(channel, anna, "nice weather");
        let message = world.says(channel, anna, &format!("<@{BOT}> are you open?"));
        let ours = world.put(channel, BOT, json!({ "content": "Yes." }));
        world.replies(channel, anna, ours, "and tomorrow?");
        (anna, channel, message)
    };
    let heard = bot.desk.hears(2).await;
    assert_eq!(bot.desk.texts(), ["are you open?", "and tomorrow?"]);
    assert_eq!(heard[0].conversation.key(), format!("{channel}:{anna}"));
    assert_eq!(heard[0].place.address, format!("{channel}/{message}"));
    assert_eq!(heard[0].company, Company::AmongOthers);
}

#[tokio::test]
async fn in_a_named_channel_every_question_is_heard_but_not_what_customers_say_to_each_other() {
    let fake = Fake::start().await;
    let channel = fake.world().channel("support", 0);
    let bot = Bot::with(&fake, |settings| listens_in(settings, channel, AnswersIn::Place)).await;
    {
        let mut world = fake.world();
        let (anna, ben) = (world.user("Anna"), world.user("Ben"));
        let first = world.says(channel, anna, "When do you open?");
        world.replies(channel, ben, first, "At nine, I think");
        world.put(channel, ben, json!({ "content": "Ben joined", "type": 7 }));
        world.put(channel, BOT, json!({ "content": "At nine." }));
        let hook = json!({ "content": "deploy done", "webhook_id": "123456789012345678" });
        world.put(channel, ben, hook);
        world.says(channel, ben, "And on Sundays?");
    }
    bot.desk.hears(2).await;
    assert_eq!(bot.desk.texts(), ["When do you open?", "And on Sundays?"]);
}

#[tokio::test]
async fn a_private_thread_belongs_to_its_customer() {
    let fake = Fake::start().await;
    let channel = fake.world().channel("support", 0);
    let bot = Bot::with(&fake, |settings| listens_in(settings, channel, AnswersIn::PrivateThread)).await;
    let anna = {
        let mut world = fake.world();
        let anna = world.user("Anna");
        world.says(channel, anna, "My order is late");
        anna
    };
    let heard = bot.desk.hears_one().await;
    assert_eq!(heard.place.address, format!("{channel}>{anna}"));
    assert_eq!(heard.company, Company::Alone);
    let receipt = bot.says(1, &heard.place.address, "I am looking").await;
    let thread: u64 = receipt.place.address.parse().expect("a thread");
    {
        let mut world = fake.world();
        let made = &world.channels[&thread];
        assert_eq!((made.kind, made.parent, made.name.as_str()), (12, Some(channel), "Anna"));
        assert_eq!(made.members, [anna]);
        let ben = world.user("Ben");
        world.says(thread, ben, "I moderate here");
        world.says(thread, anna, "It is number 4711");
    }
    let heard = bot.desk.hears(2).await;
    assert_eq!(heard[1].conversation, heard[0].conversation);
    assert_eq!(heard[1].place, heard[0].place);
    assert_eq!(bot.says(2, &heard[0].place.address, "Thanks").await.place.address, thread.to_string());
}

#[tokio::test]
async fn in_a_forum_the_post_and_what_its_author_adds_is_heard() {
    let fake = Fake::start().await;
    let forum = fake.world().channel("questions", 15);
    let bot = Bot::with(&fake, |settings| {
        settings.message_content = true;
        settings.forums.push(Forum { id: forum.to_string(), answered_tag: Some("Answered".to_owned()) });
    })
    .await;
    let (post, anna) = {
        let mut world = fake.world();
        world.channels.get_mut(&forum).expect("made").available_tags = vec![(77, "answered".to_owned())];
        let (anna, ben) = (world.user("Anna"), world.user("Ben"));
        let post = world.posts(forum, anna, "Delivery?", "How long does it take?");
        world.says(post, ben, "Three days for me");
        world.says(post, anna, "And to Austria?");
        (post, anna)
    };
    let heard = bot.desk.hears(2).await;
    assert_eq!(bot.desk.texts(), ["How long does it take?", "And to Austria?"]);
    assert_eq!(heard[0].conversation.key(), format!("{post}:{anna}"));
    assert_eq!(heard[0].place.address, post.to_string());
}

#[tokio::test]
async fn changes_and_deletions_are_heard_but_not_previews() {
    let fake = Fake::start().await;
    let bot = Bot::start(&fake).await;
    let first = {
        let mut world = fake.world();
        let anna = world.user("Anna");
        let chat = world.chat(anna);
        let first = world.writes(anna, "wehn");
        world.announce("MESSAGE_UPDATE", chat, first); // a preview was added: not a change
        world.edits(chat, first, "when");
        world.edits(chat, first, "when?");
        let second = world.writes(anna, "oops");
        world.deletes(chat, second);
        first
    };
    let heard = bot.desk.hears(5).await;
    let rewrote =
        |text: &str| HeardAct::Rewrote { message: MessageId(first.to_string()), said: Said::text(text) };
    assert_eq!(heard[1].act, rewrote("when"));
    assert_eq!(heard[2].act, rewrote("when?"));
    let second = heard[3].message.clone();
    assert_eq!(heard[4].act, HeardAct::TookBack { message: second });
    assert_eq!(heard[4].author, heard[3].author);
    let mut names: Vec<&str> = heard.iter().map(|heard| heard.message.0.as_str()).collect();
    names.dedup();
    assert_eq!(names.len(), 5, "each event has a name of its own: {names:?}");
}

#[tokio::test]
async fn what_comes_with_a_message_is_named() {
    let fake = Fake::start().await;
    let bot = Bot::start(&fake).await;
    {
        let mut world = fake.world();
        let anna = world.user("Anna");
        let chat = world.chat(anna);
        let file = |name: &str, kind: &str| {
            json!({ "id": "123456789012345678", "filename": name, "size": 5, "url": format!("https://cdn.example/{name}"),
                    "proxy_url": "https://x.example", "content_type": kind, "a_new_field": [1] })
        };
        world.put(chat, anna, json!({ "content": "look <:wave:123456789012345678>", "attachments": [file("a.png", "image/png"), file("b.pdf", "application/pdf")] }));
        world.put(chat, anna, json!({ "flags": 1 << 13, "attachments": [file("voice.ogg", "audio/ogg")] }));
        world.put(
            chat,
            anna,
            json!({ "sticker_items": [{ "id": "123456789012345679", "name": "hi", "format_type": 1 }] }),
        );
        let snapshot = json!({ "message": { "content": "forwarded words", "timestamp": "2026-01-01T00:00:00Z",
            "edited_timestamp": null, "mentions": [], "attachments": [], "embeds": [{ "type": "new" }], "type": 0,
            "components": [{ "type": 17 }] } });
        world.put(chat, anna, json!({ "message_snapshots": [snapshot] }));
    }
    let heard = bot.desk.hears(4).await;
    let said = |at: usize| match &heard[at].act {
        HeardAct::Wrote(said) => said.clone(),
        act => panic!("{act:?}"),
    };
    let kinds = |said: &Said| said.attachments.iter().map(|one| one.kind).collect::<Vec<_>>();
    assert_eq!(said(0).text, "look :wave:");
    assert_eq!(kinds(&said(0)), [AttachmentKind::Image, AttachmentKind::File]);
    assert_eq!(said(0).attachments[1].reference, "https://cdn.example/b.pdf");
    assert_eq!(kinds(&said(1)), [AttachmentKind::Voice]);
    assert_eq!(kinds(&said(2)), [AttachmentKind::Sticker]);
    assert_eq!(said(3).text, "forwarded words");
}

#[tokio::test]
async fn what_discord_invents_next_costs_no_message() {
    let fake = Fake::start().await;
    let bot = Bot::start(&fake).await;
    {
        let mut world = fake.world();
        let anna = world.user("Anna");
        let chat = world.chat(anna);
        world.put(chat, anna, json!({
            "content": "still here", "components": [{ "type": 99, "spacing": "new" }], "embeds": [{ "type": 7 }],
            "poll": { "question": 5 }, "referenced_message": { "author": { "id": "5" }, "components": [{ "type": 17 }] },
            "interaction_metadata": 5, "nonce": { "x": 1 }, "call": 1, "brand_new": { "a": [null] },
        }));
        world.emit("A_NEW_EVENT", &json!({ "channel_id": "1" }));
        world.writes(anna, "and after it");
    }
    bot.desk.hears(2).await;
    assert_eq!(bot.desk.texts(), ["still here", "and after it"]);
}

#[tokio::test]
async fn commands_can_be_typed_as_text_and_a_mention_alone_opens_the_chat() {
    let fake = Fake::start().await;
    let bot = Bot::start(&fake).await;
    {
        let mut world = fake.world();
        let anna = world.user("Anna");
        let channel = world.channel("general", 0);
        world.writes(anna, "/faq");
        world.writes(anna, "/ask  when do you open? ");
        world.writes(anna, "/unknown thing");
        world.says(channel, anna, &format!("<@{BOT}>"));
    }
    let heard = bot.desk.hears(4).await;
    let acts: Vec<HeardAct> = heard.into_iter().map(|heard| heard.act).collect();
    let command =
        |name: &str, rest: &str| HeardAct::Commanded { name: name.to_owned(), rest: rest.to_owned() };
    assert!(acts.contains(&command("faq", "")));
    assert!(acts.contains(&command("ask", "when do you open?")));
    assert!(acts.contains(&HeardAct::Wrote(Said::text("/unknown thing"))));
    assert!(acts.contains(&HeardAct::Opened(None)));
}

#[tokio::test]
async fn staff_are_heard_in_a_tickets_thread_with_their_roles() {
    let fake = Fake::start().await;
    let staff = fake.world().channel("staff", 0);
    let bot = Bot::with(&fake, |settings| {
        settings.staff_channel = Some(staff.to_string());
        settings.message_content = true;
    })
    .await;
    let (eve, thread) = {
        let mut world = fake.world();
        let eve = world.user("Eve");
        world.roles.insert(eve, vec![555]);
        let thread = world.thread(staff, 11, "ticket", None, None);
        world.says(staff, eve, "shall we have lunch?");
        world.says(thread, eve, "We are open at nine.");
        (eve, thread)
    };
    let heard = bot.desk.hears_one().await;
    assert_eq!(heard.place.address, thread.to_string());
    assert_eq!((heard.author.id, heard.author.roles), (eve.to_string(), vec!["555".to_owned()]));
}

#[tokio::test]
async fn without_the_intent_staff_are_told_once_how_to_be_read() {
    let fake = Fake::start().await;
    let staff = fake.world().channel("staff", 0);
    let bot = Bot::with(&fake, |settings| settings.staff_channel = Some(staff.to_string())).await;
    let thread = {
        let mut world = fake.world();
        let eve = world.user("Eve");
        let thread = world.thread(staff, 11, "ticket", None, None);
        world.says(thread, eve, "nobody sees this");
        world.says(thread, eve, "nor this");
        let card = world.put(thread, BOT, json!({ "content": "the card" }));
        world.replies(thread, eve, card, "but this");
        thread
    };
    bot.desk.hears_one().await;
    assert_eq!(bot.desk.texts(), ["but this"]);
    let said = fake.world().said_in(thread);
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[1].contains("/reply"), "{said:?}");
}
