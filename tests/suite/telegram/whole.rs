//! The whole bot: a day at the shop, power cuts, and a Telegram in a bad mood.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::fake::{Fake, user};
use super::http::Reply;
use super::shop::{KNOWN, Shop};

/// Somebody of the staff writes in a topic.
fn staff(fake: &Fake, topic: &Value, content: Value) -> i64 {
    let mut content = content;
    content["message_thread_id"] = topic.clone();
    content["is_topic_message"] = json!(true);
    fake.writes(-100_500, &user(50, "Sam", "en"), content)
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
    let card = shop.fake.said(-100_500, "Customer 11").await;
    let topic = card["message_thread_id"].clone();
    assert!(card["text"].as_str().unwrap().contains(asked), "{card}");
    // Sam answers, and mends a word of it.
    let number = staff(&shop.fake, &topic, json!({"text": "Heute noch: ein Farrad liefern wir selbst."}));
    anna.hears("Farrad").await;
    shop.fake.edits(-100_500, number, json!({"text": "Heute noch: ein Fahrrad liefern wir selbst."}));
    anna.hears("ein Fahrrad liefern wir selbst").await;
    assert!(!anna.heard().iter().any(|text| text.contains("Farrad")), "the old words are gone");
    // A note stays among staff; Anna's changed words reach them.
    staff(&shop.fake, &topic, json!({"text": "// she is nice"}));
    let thanks = anna.writes("Dake!");
    shop.fake.said(-100_500, "Dake!").await;
    shop.fake.edits(11, thanks, json!({"text": "Danke!"}));
    shop.fake.said(-100_500, "Danke!").await;
    staff(&shop.fake, &topic, command("/teach"));
    shop.fake.said(-100_500, "draft").await;
    staff(&shop.fake, &topic, command("/close"));
    anna.hears("wieder").await;
    let is_closed = |state: &super::fake::State| {
        let topic = &state.chats[&-100_500].topics[&topic.as_i64()?];
        (topic.is_closed && topic.name.contains('✅')).then_some(())
    };
    shop.fake.until("the topic is closed", is_closed).await;
    assert!(!anna.heard().iter().any(|text| text.contains("she is nice")));
    // The owner approves, and the next customer gets the new answer.
    let drafts =
        || std::fs::read_dir(shop.path("faq/drafts")).is_ok_and(|mut drafts| drafts.next().is_some());
    let start = Instant::now();
    while !drafts() && start.elapsed() < Duration::from_secs(40) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(shop.command(&["approve", "--all"]).status().unwrap().success(), "{}", shop.log());
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
        assert!(start.elapsed() < Duration::from_secs(60), "{:?}", bert.heard());
    }
    assert!(shop.close().await.success());
    shop.judge();
}

/// Numbers without a pattern, the same for every seed.
struct Luck(u64);

impl Luck {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// How often, unless the environment asks for more.
fn times(variable: &str, default: u64) -> u64 {
    std::env::var(variable).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

/// A figure, for who runs the tests with `--nocapture`.
fn tell(figure: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "{figure}");
}

/// Compares what a customer asked with what they heard: the answers lost or out of order, and those repeated.
fn compare(asked: &[usize], heard: &[String]) -> (Vec<String>, usize) {
    let (mut wrong, mut repeated, mut next) = (Vec::new(), 0, 0);
    for text in heard {
        let answers = |question: usize| text.contains(KNOWN[question].1);
        if asked.get(next).is_some_and(|question| answers(*question)) {
            next += 1;
        } else if 0 < next && answers(asked[next - 1]) {
            repeated += 1;
        } else {
            wrong.push(format!("`{text}` instead of an answer to question {next} of {asked:?}"));
        }
    }
    if next < asked.len() {
        wrong.push(format!("{next} of {} answered", asked.len()));
    }
    (wrong, repeated)
}

#[tokio::test]
async fn power_cuts_lose_nothing_and_repeat_little() {
    let kills = times("DESKBELL_KILLS", 4);
    let mut shop = Shop::small().await;
    let mut luck = Luck(0x9e37_79b9_7f4a_7c15);
    let customers = 11..31;
    let mut asked: Vec<Vec<usize>> = customers.clone().map(|_| Vec::new()).collect();
    for _ in 0..kills {
        shop.spawn();
        let rounds = 1 + luck.below(3);
        for _ in 0..rounds {
            for (id, asked) in customers.clone().zip(&mut asked) {
                // Never the same question twice in a row, so that a repeated answer can be told.
                let last = asked.last().copied().unwrap_or(KNOWN.len());
                let question = usize::try_from(luck.below(4)).expect("small");
                let question = if question == last { (question + 1) % KNOWN.len() } else { question };
                shop.customer(id).writes(KNOWN[question].0);
                asked.push(question);
            }
            tokio::time::sleep(Duration::from_millis(100 + luck.below(900))).await;
        }
        shop.kill();
    }
    shop.spawn();
    let expected: usize = asked.iter().map(Vec::len).sum();
    let start = Instant::now();
    let (mut wrong, mut repeated);
    loop {
        (wrong, repeated) = (Vec::new(), 0);
        for (id, asked) in customers.clone().zip(&asked) {
            let (problems, repeats) = compare(asked, &shop.customer(id).heard());
            wrong.extend(problems.into_iter().map(|problem| format!("customer {id}: {problem}")));
            repeated += repeats;
        }
        let patience = Duration::from_secs(30 + 2 * kills * 3);
        if wrong.is_empty() || patience < start.elapsed() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let kills = usize::try_from(kills).expect("small");
    tell(&format!("{kills} kills, {expected} messages, 0 lost, {repeated} replies repeated"));
    assert!(repeated <= kills * customers.count(), "{repeated} repeated");
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
    let start = Instant::now();
    for (round, fault) in faults.into_iter().enumerate() {
        shop.fake.fault("getUpdates", fault.clone());
        shop.fake.fault("sendMessage", fault);
        for id in 11..16 {
            shop.customer(id).writes(KNOWN[round % 4].0);
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let asked = [0, 1, 2, 3, 0, 1];
    loop {
        let all = (11..16).map(|id| compare(&asked, &shop.customer(id).heard()));
        let wrong: Vec<String> = all.flat_map(|(wrong, _)| wrong).collect();
        if wrong.is_empty() {
            break;
        }
        assert!(start.elapsed() < Duration::from_secs(60), "{wrong:#?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
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
        waits.sort_unstable();
        waits
    };
    let idle = ask(1000..1000 + many, 0).await;
    let busy = ask(2000..2000 + many, 20).await;
    let middle = |waits: &[Duration]| waits[waits.len() / 2];
    let late = |waits: &[Duration]| waits[waits.len() * 99 / 100];
    tell(&format!(
        "idle: p50 {:?}, p99 {:?}; beside a flood: p50 {:?}, p99 {:?}",
        middle(&idle),
        late(&idle),
        middle(&busy),
        late(&busy)
    ));
    // The disk is shared with other tests: a second of grace.
    assert!(late(&busy) < late(&idle) * 2 + Duration::from_secs(1), "{idle:?} {busy:?}");
    shop.fake.until("all was taken", |state| (state.kept() == 0).then_some(())).await;
    shop.kill();
    shop.judge();
}
