//! What people do on Telegram -> what the inbox hears.

use deskbell::channel::telegram::Settings;
use deskbell::desk::{Message, Part, Post};
use serde_json::{Value, json};

use super::bot::{Bot, place, settings};
use super::fake::{Fake, ME, Topic, user};

fn text_with(text: &str, entity: &str, offset: usize, length: usize) -> Value {
    json!({"text": text, "entities": [{"type": entity, "offset": offset, "length": length}]})
}

#[tokio::test]
async fn a_private_chat_is_heard() {
    let bot = Bot::start().await;
    let anna = user(11, "Anna", "de-AT");
    let fake = &bot.fake;
    let first = fake.writes(11, &anna, json!({"text": "Wann kommt mein Päckchen?"}));
    fake.edits(11, first, json!({"text": "Wann kommt mein Paket?"}));
    fake.writes(11, &anna, text_with("/start delivery-time", "bot_command", 0, 6));
    fake.writes(11, &anna, text_with("/start", "bot_command", 0, 6));
    fake.writes(11, &anna, text_with("/FAQ@Deskbell_Bot", "bot_command", 0, 17));
    fake.writes(11, &anna, text_with("/ask  are you open? ", "bot_command", 0, 4));
    fake.writes(11, &anna, json!({"text": "1/2 of it: /faq"}));
    let lines = bot.inbox.lines(7).await;
    let expected = [
        "telegram:11 11/1 at 11 by 11 \"Anna\" de alone: wrote \"Wann kommt mein Päckchen?\"",
        "telegram:11 u2 at 11 by 11 \"Anna\" de alone: rewrote 11/1 as \"Wann kommt mein Paket?\"",
        "telegram:11 11/2 at 11 by 11 \"Anna\" de alone: opened delivery-time",
        "telegram:11 11/3 at 11 by 11 \"Anna\" de alone: opened -",
        "telegram:11 11/4 at 11 by 11 \"Anna\" de alone: commanded faq \"\"",
        "telegram:11 11/5 at 11 by 11 \"Anna\" de alone: commanded ask \"are you open?\"",
        "telegram:11 11/6 at 11 by 11 \"Anna\" de alone: wrote \"1/2 of it: /faq\"",
    ];
    assert_eq!(lines, expected);
    bot.end().await;
}

#[tokio::test]
async fn media_keep_their_words_and_their_files() {
    let bot = Bot::start().await;
    let anna = user(11, "Anna", "en");
    let contents = [
        (
            json!({"photo": [{"file_id": "small"}, {"file_id": "LARGE"}], "caption": "It is wet"}),
            "\"It is wet\" [Image photo:LARGE]",
        ),
        (json!({"voice": {"file_id": "V"}}), "\"\" [Voice voice:V]"),
        (json!({"document": {"file_id": "D", "file_name": "bill.pdf"}}), "\"\" [File document:D `bill.pdf`]"),
        (json!({"animation": {"file_id": "A"}, "document": {"file_id": "A2"}}), "\"\" [Video animation:A]"),
        (json!({"video_note": {"file_id": "N"}}), "\"\" [Video video_note:N]"),
        (json!({"sticker": {"file_id": "S", "emoji": "👍"}}), "\"\" [Sticker sticker:S]"),
        (json!({"location": {"latitude": 52.5, "longitude": 13.4}}), "\"\" [Location location:52.5,13.4]"),
        (
            json!({"venue": {"title": "Shop", "address": "Main St"}, "location": {"latitude": 1.0, "longitude": 2.0}}),
            "\"Shop Main St\" [Location location:1,2]",
        ),
        (json!({"contact": {"first_name": "Bo", "phone_number": "+491"}}), "\"Bo +491\" [File copy:11/9]"),
        (json!({"poll": {"id": "1", "question": "?"}}), "\"\" [File copy:11/10]"),
        (json!({"hologram": {"file": 7}}), "\"\" [File copy:11/11]"),
        (
            json!({"rich_message": {"blocks": [{"type": "paragraph", "text": "Is it"}, {"type": "paragraph", "text": ["really ", {"type": "bold", "text": "open"}]}]}}),
            "\"Is it\\nreally open\"",
        ),
    ];
    for (content, _) in &contents {
        bot.fake.writes(11, &anna, content.clone());
    }
    // Nobody wrote these.
    for service in ["pinned_message", "new_chat_title", "successful_payment", "hologram_room_created"] {
        bot.fake.writes(11, &anna, json!({service: {"text": "x"}}));
    }
    bot.fake.writes(11, &anna, json!({"text": "end"}));
    let lines = bot.inbox.lines(contents.len() + 1).await;
    for (line, (_, expected)) in lines.iter().zip(&contents) {
        let act =
            line.split_once(": wrote ").map(|(_, act)| act.replace("\\n\\n", "\\n").replace(" \\n", "\\n"));
        assert_eq!(act.as_deref(), Some(*expected));
    }
    assert!(lines[contents.len()].ends_with("wrote \"end\""), "{lines:?}");
    bot.end().await;
}

#[tokio::test]
async fn words_are_not_lost_to_what_is_new_or_broken() {
    let bot = Bot::start().await;
    let anna = user(11, "Anna", "x");
    bot.fake.writes(11, &anna, text_with("tomorrow at 5?", "date_time", 0, 8));
    bot.fake.writes(
        11,
        &anna,
        json!({"text": "odd", "entities": [{"type": 5, "offset": -1}], "reply_markup": "?"}),
    );
    bot.fake
        .push(json!({"message": {"message_id": 7, "chat": {"id": 11}, "text": "bare", "from": {"id": 11}}}));
    bot.fake.push(json!({"message": {"text": "without a chat"}}));
    bot.fake.push(json!({"something_new": {"text": "?"}}));
    bot.fake.writes(11, &anna, json!({"text": "end"}));
    let lines = bot.inbox.lines(4).await;
    let acts: Vec<&str> = lines.iter().filter_map(|line| Some(line.split_once(": wrote ")?.1)).collect();
    assert_eq!(acts, ["\"tomorrow at 5?\"", "\"odd\"", "\"bare\"", "\"end\""]);
    bot.end().await;
}

#[tokio::test]
async fn in_groups_it_hears_where_it_is_asked() {
    let bot = Bot::start().await;
    let (anna, bo) = (user(11, "Anna", "en"), user(12, "Bo", "en"));
    let fake = &bot.fake;
    fake.writes(-100_800, &anna, json!({"text": "just talk"}));
    fake.writes(-100_800, &anna, text_with("@Deskbell_Bot are you open?", "mention", 0, 13));
    fake.writes(-100_800, &bo, text_with("😀 hey @deskbell_bot", "mention", 7, 13));
    fake.writes(-100_800, &bo, text_with("@deskbell_bot", "mention", 0, 13));
    fake.writes(-100_800, &bo, text_with("@other_bot hello", "mention", 0, 10));
    fake.writes(-100_800, &bo, text_with("/faq@other_bot", "bot_command", 0, 14));
    fake.writes(-100_800, &bo, text_with("/person", "bot_command", 0, 7));
    let receipt = bot.say("-100800/r6", "Yes.").await;
    let answer: i64 = receipt.messages[0].0.split('/').nth(1).unwrap().parse().unwrap();
    let ours = json!({"text": "Thanks", "reply_to_message": answer, "message_thread_id": 4});
    fake.writes(-100_800, &anna, ours);
    fake.writes(-100_700, &bo, json!({"text": "here it reads all"}));
    fake.writes(
        -100_700,
        &json!({"id": 77, "is_bot": true, "first_name": "Other bot"}),
        json!({"text": "beep"}),
    );
    fake.writes(
        -100_700,
        &bo,
        json!({"text": "in a topic", "message_thread_id": 5, "is_topic_message": true}),
    );
    let lines = bot.inbox.lines(7).await;
    let mut lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    lines.sort_unstable();
    let expected = [
        "telegram:-100700:12 -100700/1 at -100700/r1 by 12 \"Bo\" en among others: wrote \"here it reads all\"",
        "telegram:-100700:12 -100700/3 at -100700/5/r3 by 12 \"Bo\" en among others: wrote \"in a topic\"",
        "telegram:-100800:11 -100800/2 at -100800/r2 by 11 \"Anna\" en among others: wrote \"are you open?\"",
        "telegram:-100800:11 -100800/9 at -100800/r9 by 11 \"Anna\" en among others: wrote \"Thanks\"",
        "telegram:-100800:12 -100800/3 at -100800/r3 by 12 \"Bo\" en among others: wrote \"😀 hey\"",
        "telegram:-100800:12 -100800/4 at -100800/r4 by 12 \"Bo\" en among others: opened -",
        "telegram:-100800:12 -100800/7 at -100800/r7 by 12 \"Bo\" en among others: commanded person \"\"",
    ];
    assert_eq!(lines, expected);
    bot.end().await;
}

#[tokio::test]
async fn staff_are_heard_in_their_topics() {
    let bot = Bot::start().await;
    let sam = user(50, "Sam", "de");
    let topic = |content: Value| {
        let mut content = content;
        content["message_thread_id"] = json!(3);
        content["is_topic_message"] = json!(true);
        content
    };
    bot.fake.writes(-100_500, &sam, topic(json!({"text": "Hello, I am Sam"})));
    let mut claim = text_with("/claim", "bot_command", 0, 6);
    claim = topic(claim);
    bot.fake.writes(-100_500, &sam, claim);
    bot.fake.writes(-100_500, &sam, topic(json!({"forum_topic_closed": {}})));
    let anonymous = json!({"text": "from the house", "sender_chat": {"id": -100_500, "type": "supergroup", "title": "Staff"}});
    bot.fake.writes(
        -100_500,
        &json!({"id": 1_087_968_824, "is_bot": true, "first_name": "Group"}),
        topic(anonymous),
    );
    let robot = json!({"id": 77, "is_bot": true, "first_name": "Other bot"});
    bot.fake.writes(-100_500, &robot, topic(json!({"text": "not a word to customers"})));
    bot.fake.writes(-100_500, &sam, json!({"text": "lunch?"}));
    let mut lines = bot.inbox.lines(5).await;
    lines.sort_unstable();
    let acts: Vec<&str> = lines.iter().filter_map(|line| line.split_once(' ').map(|(_, act)| act)).collect();
    let expected = [
        "-100500/4 at -100500/3 by -100500 \"Staff\" - among others: wrote \"from the house\"",
        "-100500/1 at -100500/3 by 50 \"Sam\" de among others: wrote \"Hello, I am Sam\"",
        "-100500/2 at -100500/3 by 50 \"Sam\" de among others: commanded claim \"\"",
        "-100500/3 at -100500/3 by 50 \"Sam\" de among others: commanded close \"\"",
        "-100500/6 at -100500 by 50 \"Sam\" de among others: wrote \"lunch?\"",
    ];
    assert_eq!(acts, expected);
    bot.end().await;
}

#[tokio::test]
async fn in_the_owners_own_account_customers_are_heard_and_the_owner_is_not() {
    let bot = Bot::start().await;
    let (owner, anna) = (user(90, "Olga", "de"), user(11, "Anna", "de"));
    bot.fake.connect("conn1", &owner, true);
    bot.fake.connect("mute", &owner, false);
    let business = |content: Value, connection: &str, kind: &str, from: &Value| {
        let mut message = bot.fake.message(11, from, content);
        message["business_connection_id"] = json!(connection);
        bot.fake.push(json!({kind: message}));
    };
    business(json!({"text": "Seid ihr offen?"}), "conn1", "business_message", &anna);
    business(json!({"text": "Ja, komm vorbei"}), "conn1", "business_message", &owner);
    let ours =
        json!({"text": "said by us", "sender_business_bot": {"id": ME, "is_bot": true, "first_name": "D"}});
    business(ours, "conn1", "business_message", &owner);
    business(json!({"text": "not allowed to answer"}), "mute", "business_message", &anna);
    business(json!({"text": "unknown"}), "gone", "business_message", &anna);
    business(json!({"text": "Seid ihr auf?", "edit_date": 1}), "conn1", "edited_business_message", &anna);
    let chat = json!({"id": 11, "type": "private", "first_name": "Anna", "last_name": "B"});
    bot.fake.push(json!({"deleted_business_messages": {"business_connection_id": "conn1", "chat": chat, "message_ids": [1, 6]}}));
    let lines = bot.inbox.lines(4).await;
    let expected = [
        "telegram:11/bconn1 11/1 at 11/bconn1 by 11 \"Anna\" de alone: wrote \"Seid ihr offen?\"",
        "telegram:11/bconn1 u6 at 11/bconn1 by 11 \"Anna\" de alone: rewrote 11/6 as \"Seid ihr auf?\"",
        "telegram:11/bconn1 u7/1 at 11/bconn1 by 11 \"Anna B\" - alone: took back 11/1",
        "telegram:11/bconn1 u7/6 at 11/bconn1 by 11 \"Anna B\" - alone: took back 11/6",
    ];
    assert_eq!(lines, expected);
    // It answers there through the connection.
    bot.say("11/bconn1", "Bis 18 Uhr.").await;
    let sent = bot.fake.state().calls_of("sendMessage");
    assert_eq!(sent.last().unwrap()["business_connection_id"], "conn1");
    bot.end().await;
}

#[tokio::test]
async fn staff_can_have_one_topic_of_a_group_that_customers_share() {
    let fake = Fake::start().await;
    fake.add_chat(-100_500, "supergroup", true);
    let topic = Topic { name: "Staff".to_owned(), is_closed: false };
    fake.state().chats.get_mut(&-100_500).unwrap().topics.insert(17, topic);
    let settings = Settings { staff: Some(place("-100500/17")), ..settings(&fake) };
    let bot = Bot::run(fake, settings);
    let card = Message { parts: vec![Part::Literal("card".to_owned())], ..Message::default() };
    let open = Post::OpenTicket { title: "#1".to_owned(), card };
    let receipt = bot.deliver("-100500/17", open, None).await.unwrap();
    let card = bot.fake.said(-100_500, "#1").await;
    assert_eq!(receipt.place.address, format!("-100500/17/r{}", card["message_id"]));
    assert_eq!(card["message_thread_id"], 17);
    let topic = |content: Value, topic: i64| {
        let mut content = content;
        content["message_thread_id"] = json!(topic);
        content["is_topic_message"] = json!(true);
        content
    };
    let sam = user(50, "Sam", "de");
    let reply = json!({"text": "I know", "reply_to_message": card["message_id"]});
    bot.fake.writes(-100_500, &sam, topic(reply, 17));
    bot.fake.writes(-100_500, &sam, topic(json!({"text": "talk among customers"}), 18));
    bot.fake.writes(-100_500, &sam, topic(json!({"text": "talk among staff"}), 17));
    let lines = bot.inbox.lines(2).await;
    assert!(lines[0].contains(&format!(" at {} by 50", receipt.place.address)), "{lines:?}");
    assert!(lines[1].contains(" at -100500/17 by 50"), "{lines:?}");
    bot.end().await;
}
