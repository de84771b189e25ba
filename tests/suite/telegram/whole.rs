//! The whole bot: a day at the shop, a webhook, much at once, and a Telegram in a bad mood.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::fake::{Fake, user};
use super::http::Reply;
use super::shop::{STAFF, Shop};
use crate::house::{KNOWN, Luck, all_answered, compare, spread, tell, times};

/// Somebody of the staff writes in a topic.
fn staff(fake: &Fake, topic: &Value, content: Value) -> i64 {
    let mut content = content;
    content["message_thread_id"] = topic.clone();
    content["is_topic_message"] = json!(true);
    fake.writes(STAFF, &user(50, "Sam", "en"), content)
}

fn command(text: &str) -> Value {
    let length = text.split(' ').next().map_or(0, str::len);
    json!({"text": text, "entities": [{"type": "bot_command", "offset": 0, "length": length}]})
}

#[tokio::test]
async fn a_day_at_the_shop() {
    let mut shop = Shop::sample().await;
    shop.open().await;
    let anna = shop.customer(11);
    // She mistypes, and gets the answer in German, with the bold words bold.
    let asked = "Wie lange dauert die Lieferrung?";
    anna.writes(asked);
    let answer = anna.hears("Zwei bis drei Werktage").await;
    let bold = &answer["entities"][0];
    assert_eq!(bold["type"], "bold");
    // She wants a person.
    shop.fake.presses(&anna.user, &answer, "Einen Menschen fragen");
    anna.hears("Bescheid").await;
    let card = shop.fake.said(STAFF, "Customer 11").await;
    let topic = card["message_thread_id"].clone();
    assert!(card["text"].as_str().unwrap().contains(asked), "{card}");
    // Sam answers, and mends a word of it.
    let number = staff(&shop.fake, &topic, json!({"text": "Heute noch: ein Farrad liefern wir selbst."}));
    anna.hears("Farrad").await;
    shop.fake.edits(STAFF, number, json!({"text": "Heute noch: ein Fahrrad liefern wir selbst."}));
    anna.hears("ein Fahrrad liefern wir selbst").await;
    assert!(!anna.heard().iter().any(|text| text.contains("Farrad")), "the old words are gone");
    // A note stays among staff; Anna's changed words reach them.
    staff(&shop.fake, &topic, json!({"text": "// she is nice"}));
    let thanks = anna.writes("Dake!");
    shop.fake.said(STAFF, "Dake!").await;
    shop.fake.edits(11, thanks, json!({"text": "Danke!"}));
    shop.fake.said(STAFF, "Danke!").await;
    staff(&shop.fake, &topic, command("/teach"));
    shop.fake.said(STAFF, "draft").await;
    staff(&shop.fake, &topic, command("/close"));
    anna.hears("wieder").await;
    let is_closed = |state: &super::fake::State| {
        let topic = &state.chats[&STAFF].topics[&topic.as_i64()?];
        (topic.is_closed && topic.name.contains('✅')).then_some(())
    };
    shop.fake.until("the topic is closed", is_closed).await;
    assert!(!anna.heard().iter().any(|text| text.contains("she is nice")));
    // The owner approves, and the next customer gets the new answer.
    shop.approve().await;
    let bert = shop.customer(12);
    let start = Instant::now();
    loop {
        let before = bert.heard().len();
        bert.writes(asked);
        shop.fake
            .until("an answer", |state| {
                let ours = state
                    .messages
                    .range((12, 0)..=(12, i64::MAX))
                    .filter(|one| one.1["from"]["id"] == super::fake::ME);
                (before < ours.count()).then_some(())
            })
            .await;
        if bert.heard().iter().any(|text| text.contains("ein Fahrrad liefern wir selbst")) {
            break;
        }
        assert!(start.elapsed() < Duration::from_secs(240), "{:?}", bert.heard());
    }
    assert!(shop.close().await.success());
    shop.judge();
}

#[tokio::test]
async fn commands_menus_and_links_work() {
    let mut shop = Shop::sample().await;
    shop.open().await;
    let bert = shop.customer(12);
    let tells = |text: &str| shop.fake.writes(12, &bert.user, command(text));
    tells("/start delivery-cost");
    bert.hears("4,90 €").await;
    tells("/faq");
    let topics = bert.hears("Worum geht es?").await;
    shop.fake.presses(&bert.user, &topics, "Lieferung");
    let entries = bert.hears("Lieferung:").await;
    shop.fake.presses(&bert.user, &entries, "Liefern Sie ins Ausland?");
    bert.hears("Europäischen Union").await;
    tells("/mydata");
    bert.hears("Customer 12").await;
    tells("/forget");
    let really = bert.hears("löschen").await;
    shop.fake.presses(&bert.user, &really, "Ja, löschen");
    bert.hears("Erledigt").await;
    assert!(shop.close().await.success());
    shop.judge();
}

#[tokio::test]
async fn a_webhook_loses_nothing_in_a_power_cut() {
    let mut shop = Shop::small().await;
    let listen = super::webhook::free_port();
    shop.set(&format!("[telegram.webhook]\nurl = \"https://shop.example/hook\"\nlisten = \"{listen}\"\n"));
    let calls = shop.fake.call_webhook(format!("http://{listen}/hook"));
    for (question, _) in KNOWN {
        shop.spawn();
        for id in 11..17 {
            shop.customer(id).writes(question);
        }
        shop.fake.until("most of them are taken", |state| (state.kept() < 3).then_some(())).await;
        shop.kill();
    }
    shop.spawn();
    for id in 11..17 {
        let customer = shop.customer(id);
        customer.hears(KNOWN[3].1).await;
        assert_eq!(compare(&[0, 1, 2, 3], &customer.heard()).0, Vec::<String>::new());
    }
    calls.abort();
    assert!(shop.close().await.success());
    shop.judge();
}

#[tokio::test]
async fn a_burst_is_taken_at_once_and_answered_at_telegrams_pace() {
    let customers = i64::try_from(times("DESKBELL_CUSTOMERS", 30)).expect("small");
    let each = usize::try_from(times("DESKBELL_MESSAGES", 4)).expect("small");
    let mut shop = Shop::small().await;
    let ids = 1000..1000 + customers;
    for round in 0..each {
        for id in ids.clone() {
            shop.customer(id).writes(KNOWN[round % KNOWN.len()].0);
        }
    }
    let start = Instant::now();
    shop.open().await;
    let patience =
        Duration::from_secs(240 + times("DESKBELL_CUSTOMERS", 30) * times("DESKBELL_MESSAGES", 4) / 10);
    let done = |shop: &Shop| {
        let state = shop.fake.state();
        let ours = |id: i64| {
            let messages = state.messages.range((id, 0)..=(id, i64::MAX));
            messages.filter(|(_, message)| message["from"]["id"] == super::fake::ME).count()
        };
        ids.clone().all(|id| each <= ours(id))
    };
    let mut taken = None;
    while !done(&shop) {
        if taken.is_none() && shop.fake.kept() == 0 {
            taken = Some(start.elapsed());
        }
        assert!(start.elapsed() < patience, "{} updates are left", shop.fake.kept());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let asked: Vec<usize> = (0..each).map(|round| round % KNOWN.len()).collect();
    for id in ids.clone() {
        assert_eq!(compare(&asked, &shop.customer(id).heard()), (Vec::new(), 0));
    }
    tell(&format!(
        "{} messages of {customers} customers: taken in {taken:?}, answered in {:?}",
        asked.len() * ids.count(),
        start.elapsed()
    ));
    assert!(shop.close().await.success());
    shop.judge();
}

#[tokio::test]
async fn each_update_is_answered_once_however_often_it_comes() {
    let mut shop = Shop::small().await;
    // All of it is logged, so that the token would be seen wherever it is told.
    shop.log_level = "trace";
    shop.open().await;
    let mut luck = Luck(7);
    let mut sent: Vec<Value> = Vec::new();
    for (question, _) in KNOWN {
        for id in 11..21 {
            let message = shop.fake.message(id, &user(id, "Somebody", "en"), json!({"text": question}));
            let update = json!({"message": message});
            sent.push(update.clone());
            shop.fake.push(update);
            if luck.below(10) < 3 {
                let which = usize::try_from(luck.below(sent.len() as u64)).expect("small");
                shop.fake.push(sent[which].clone());
            }
        }
    }
    for id in 11..21 {
        shop.customer(id).hears(KNOWN[3].1).await;
    }
    for id in 11..21 {
        let heard = shop.customer(id).heard();
        assert_eq!(compare(&[0, 1, 2, 3], &heard), (Vec::new(), 0), "{heard:#?}");
        assert_eq!(heard.len(), 4, "{heard:#?}");
    }
    assert!(shop.close().await.success());
    shop.judge();
}

#[tokio::test]
async fn nothing_is_lost_to_a_telegram_in_a_bad_mood() {
    let mut shop = Shop::small().await;
    // Errors tell much; the token must be in none of them.
    shop.log_level = "trace";
    shop.open().await;
    let html = || Reply::Whole { status: 500, headers: Vec::new(), body: "<html>500</html>".to_owned() };
    let flood = || {
        Reply::Whole {
        status: 429,
        headers: Vec::new(),
        body: json!({"ok": false, "error_code": 429, "description": "Too Many Requests: retry after 2", "parameters": {"retry_after": 2}}).to_string(),
    }
    };
    let faults = [
        html(),
        flood(),
        Reply::Reset,
        Reply::Half { body: "{\"ok\":true,\"result\":[]}".to_owned() },
        flood(),
        html(),
    ];
    for (round, fault) in faults.into_iter().enumerate() {
        shop.fake.fault("getUpdates", fault.clone());
        shop.fake.fault("sendMessage", fault);
        for id in 11..16 {
            shop.customer(id).writes(KNOWN[round % 4].0);
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        if round == 2 {
            shop.fake.fault("sendMessage", Reply::Silence(Duration::from_secs(30)));
        }
    }
    let asked = [0, 1, 2, 3, 0, 1];
    // What got no receipt is said again: that is all that may be repeated.
    all_answered(&asked, || (11..16).map(|id| shop.customer(id).heard()).collect()).await;
    obeyed(&shop);
    // The token is revoked: it ends with a plain word, and asks no more.
    shop.fake.state().is_revoked = true;
    shop.customer(11).writes(KNOWN[0].0);
    let status = shop.ended().await;
    assert_eq!(status.code(), Some(1));
    assert!(shop.log().contains("Telegram does not know this token"), "{}", shop.log());
    shop.judge();
}

/// After a 429 nothing goes to that chat before its time.
fn obeyed(shop: &Shop) {
    let state = shop.fake.state();
    for refused in &state.floods {
        let early = state.calls.iter().find(|call| {
            call.method == "sendMessage"
                && call.body["chat_id"] == refused.body["chat_id"]
                && refused.at < call.at
                && call.at < refused.at + Duration::from_secs(2)
        });
        assert!(early.is_none(), "{early:?}");
    }
}

#[tokio::test]
async fn a_flood_slows_nobody_else() {
    let many = i64::try_from(times("DESKBELL_CUSTOMERS", 40)).expect("small");
    let mut shop = Shop::strict().await;
    shop.open().await;
    let warm = shop.customer(10);
    warm.writes(KNOWN[0].0);
    warm.hears(KNOWN[0].1).await;
    let flooder = shop.customer(11);
    // Each customer asks behind as many messages of the flooder.
    let ask = async |ids: std::ops::Range<i64>, spam: usize| {
        let mut waits = Vec::new();
        for id in ids {
            for number in 0..spam {
                flooder.writes(&format!("spam number {number}"));
            }
            let start = Instant::now();
            let customer = shop.customer(id);
            customer.writes(KNOWN[0].0);
            customer.hears(KNOWN[0].1).await;
            waits.push(start.elapsed());
        }
        waits
    };
    let idle = ask(1000..1000 + many, 0).await;
    let busy = ask(2000..2000 + many, 20).await;
    let ((idle_middle, idle_late), (middle, late)) = (spread(idle), spread(busy));
    tell(&format!(
        "idle: p50 {idle_middle:?}, p99 {idle_late:?}; beside a flood: p50 {middle:?}, p99 {late:?}"
    ));
    // Other tests use the same disk at the same time, so this catches only a flood that holds others up for good;
    // the figures are told above.
    assert!(late < idle_late * 2 + Duration::from_secs(10), "{late:?} instead of {idle_late:?}");
    shop.fake.until("all was taken", |state| (state.kept() == 0).then_some(())).await;
    shop.kill();
    shop.judge();
}
