//! Discord answers with limits, errors, nonsense, or not at all: patience is kept, nothing is said twice, and bans are
//! never come near.

use std::time::{Duration, Instant};

use deskbell::channel::DeliverError;
use deskbell::desk::{Message, Post};
use serde_json::json;

use super::bot::{Bot, parcel};
use super::fake::Fake;
use super::world::{Broken, Fault, TOKEN};

async fn chat(fake: &Fake) -> u64 {
    let mut world = fake.world();
    let anna = world.user("Anna");
    world.chat(anna)
}

fn breaks(fake: &Fake, chat: u64, times: usize, answer: Broken) {
    let path = format!("/channels/{chat}/messages");
    fake.world().faults.push(Fault { method: "POST", path, times, answer });
}

#[tokio::test]
async fn a_short_limit_is_waited_for_and_a_long_one_is_handed_back() {
    let fake = Fake::start().await;
    let bot = Bot::start(&fake).await;
    let chat = chat(&fake).await;
    breaks(&fake, chat, 1, Broken::Limited { retry_after: 0.4, global: false });
    let began = Instant::now();
    bot.says(1, &chat.to_string(), "one").await;
    assert!(Duration::from_millis(400) <= began.elapsed());
    breaks(&fake, chat, 1, Broken::Limited { retry_after: 60.0, global: false });
    let say = |number, to: u64| parcel(number, &to.to_string(), Post::say(Message::markdown("two")));
    let result = bot.deliver(&say(2, chat)).await;
    assert!(
        matches!(result, Err(DeliverError::RetryAfter(pause)) if Duration::from_secs(55) < pause),
        "{result:?}"
    );
    let asked = fake.world().asked.len();
    assert!(matches!(bot.deliver(&say(3, chat)).await, Err(DeliverError::RetryAfter(_))));
    assert_eq!(fake.world().asked.len(), asked, "nothing is asked before the time is over");
    let other = super::troubles::chat(&fake).await;
    fake.world().users.insert(1, "Ben".to_owned());
    bot.deliver(&say(4, other)).await.expect("another chat has its own limit");
}

#[tokio::test]
async fn a_limit_on_everything_stops_everything() {
    let fake = Fake::start().await;
    let bot = Bot::start(&fake).await;
    let chat = chat(&fake).await;
    let elsewhere = fake.world().channel("x", 0);
    breaks(&fake, chat, 1, Broken::Limited { retry_after: 30.0, global: true });
    let say = |to: u64| parcel(1, &to.to_string(), Post::say(Message::markdown("x")));
    assert!(matches!(bot.deliver(&say(chat)).await, Err(DeliverError::RetryAfter(_))));
    assert!(matches!(bot.deliver(&say(elsewhere)).await, Err(DeliverError::RetryAfter(_))));
}

#[tokio::test]
async fn errors_and_nonsense_are_tried_again_and_said_once() {
    let fake = Fake::start().await;
    let bot = Bot::start(&fake).await;
    let chat = chat(&fake).await;
    let broken = [
        Broken::Status(500, json!({ "message": "oops" })),
        Broken::Status(503, json!(null)),
        Broken::Html,
        Broken::HalfABody,
        Broken::Reset,
        Broken::AnswerLost,
    ];
    let say = parcel(1, &chat.to_string(), Post::say(Message::markdown("Here I am.")));
    for answer in broken {
        breaks(&fake, chat, 1, answer.clone());
        let result = bot.deliver(&say).await;
        assert!(matches!(result, Err(DeliverError::Unreachable(_))), "{answer:?}: {result:?}");
    }
    bot.deliver(&say).await.expect("it arrives at last");
    assert_eq!(fake.world().said_in(chat), ["Here I am."]);
    breaks(&fake, chat, 1, Broken::Status(400, json!({ "message": "Invalid Form Body", "code": 50_035 })));
    let result = bot.deliver(&parcel(2, &chat.to_string(), Post::say(Message::markdown("x")))).await;
    assert!(
        matches!(&result, Err(DeliverError::Refused(reason)) if reason.contains("Invalid Form Body")),
        "{result:?}"
    );
}

#[tokio::test]
async fn a_stalled_answer_is_not_waited_for_for_ever() {
    let fake = Fake::start().await;
    let bot = Bot::start(&fake).await;
    let chat = chat(&fake).await;
    breaks(&fake, chat, 1, Broken::Stall);
    let began = Instant::now();
    let result = bot.deliver(&parcel(1, &chat.to_string(), Post::say(Message::markdown("x")))).await;
    assert!(matches!(result, Err(DeliverError::Unreachable(_))), "{result:?}");
    assert!(began.elapsed() < Duration::from_secs(20));
}

#[tokio::test]
async fn refused_requests_end_far_below_a_ban() {
    let fake = Fake::start().await;
    let bot = Bot::start(&fake).await;
    let chat = chat(&fake).await;
    let said = json!({ "message": "Missing Permissions", "code": 50_013 });
    breaks(&fake, chat, 10_000, Broken::Status(403, said));
    let before = fake.world().asked.len();
    let mut held = false;
    for number in 0..700 {
        let say = parcel(number, &chat.to_string(), Post::say(Message::markdown("x")));
        if let Err(DeliverError::RetryAfter(_)) = bot.deliver(&say).await {
            held = true;
            break;
        }
    }
    assert!(held);
    assert!(fake.world().asked.len() - before <= 500);
}

#[tokio::test]
async fn the_token_is_in_no_error_and_no_debug_output() {
    let fake = Fake::start().await;
    let bot = Bot::start(&fake).await;
    let chat = chat(&fake).await;
    assert!(!format!("{:?}", bot.discord).contains(TOKEN));
    breaks(&fake, chat, 1, Broken::Reset);
    let say = parcel(1, &chat.to_string(), Post::say(Message::markdown("x")));
    let error = bot.deliver(&say).await.expect_err("it breaks");
    assert!(!format!("{error} {error:?}").contains(TOKEN));
    let world = fake.world();
    let with_own = |asked: &&super::world::Asked| asked.path.starts_with("/interactions/");
    assert!(world.asked.iter().filter(with_own).all(|asked| !asked.token_sent));
    assert!(world.overdue().is_empty());
}
