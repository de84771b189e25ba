//! Power cuts: the real binary is killed at moments of every kind, under load, and nothing is lost or out of order.

use std::time::{Duration, Instant};

use super::shop::{Shop, heard};
use crate::house::{KNOWN, Luck, compare, tell, times};

const CUSTOMERS: std::ops::Range<i64> = 11..31;

/// What is asked and heard, over all lives of the bot.
struct Story {
    asked: Vec<Vec<usize>>,
    luck: Luck,
}

impl Story {
    /// Some of the customers ask something.
    fn ask(&mut self, shop: &Shop) {
        for (id, asked) in CUSTOMERS.zip(&mut self.asked) {
            if self.luck.below(2) == 0 {
                let question = self.luck.question(asked.last().copied());
                shop.customer(id).writes(KNOWN[question].0);
                asked.push(question);
            }
        }
    }

    /// What is wrong so far, and how many replies came twice.
    fn look(&self, shop: &Shop) -> (Vec<String>, usize) {
        let (mut wrong, mut repeated) = (Vec::new(), 0);
        let state = shop.fake.state();
        for (id, asked) in CUSTOMERS.zip(&self.asked) {
            let (problems, repeats) = compare(asked, &heard(&state, id));
            wrong.extend(problems.into_iter().map(|problem| format!("customer {id}: {problem}")));
            repeated += repeats;
        }
        (wrong, repeated)
    }
}

fn sent(shop: &Shop) -> usize {
    shop.fake.state().calls.iter().filter(|call| call.method == "sendMessage").count()
}

#[tokio::test]
async fn power_cuts_lose_nothing_and_each_repeats_one_reply_at_most() {
    let kills = times("DESKBELL_KILLS", 10);
    let mut shop = Shop::small().await;
    let mut story =
        Story { asked: CUSTOMERS.map(|_| Vec::new()).collect(), luck: Luck(0x9e37_79b9_7f4a_7c15) };
    for _ in 0..kills {
        story.ask(&shop);
        let before = sent(&shop);
        shop.spawn();
        story.ask(&shop);
        if story.luck.below(4) == 0 {
            // At any moment of the start.
            tokio::time::sleep(Duration::from_millis(story.luck.below(1500))).await;
        } else {
            // In the middle of what it says.
            let enough = before + 1 + usize::try_from(story.luck.below(8)).expect("small");
            let calls = |state: &super::fake::State| {
                state.calls.iter().filter(|call| call.method == "sendMessage").count()
            };
            shop.fake.until("it speaks", |state| (enough <= calls(state)).then_some(())).await;
            tokio::time::sleep(Duration::from_micros(story.luck.below(8000))).await;
        }
        shop.kill();
    }
    shop.spawn();
    let expected: usize = story.asked.iter().map(Vec::len).sum();
    let start = Instant::now();
    let patience = Duration::from_secs(240 + 2 * kills);
    let (mut wrong, mut repeated) = story.look(&shop);
    while !wrong.is_empty() && start.elapsed() < patience {
        tokio::time::sleep(Duration::from_millis(200)).await;
        (wrong, repeated) = story.look(&shop);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    tell(&format!(
        "Telegram: {kills} kills, {expected} messages, 0 lost, order kept, {repeated} replies repeated"
    ));
    assert!(repeated <= usize::try_from(kills).expect("small"), "{repeated} repeated in {kills} kills");
    assert!(shop.close().await.success());
    shop.judge();
}
