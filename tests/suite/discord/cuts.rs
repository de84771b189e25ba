//! Power cuts: the real binary is killed at moments of every kind, under load; nothing is lost, out of order, or said
//! twice.

use std::time::{Duration, Instant};

use super::shop::{Person, Shop};
use super::world::World;
use crate::house::{KNOWN, Luck, compare, tell, times};

/// What is asked and heard, over all lives of the bot.
struct Story<'a> {
    people: Vec<(Person<'a>, Vec<usize>)>,
    luck: Luck,
}

impl Story<'_> {
    /// Some of the customers ask something.
    fn ask(&mut self) {
        for (person, asked) in &mut self.people {
            if self.luck.below(2) == 0 {
                let question = self.luck.question(asked.last().copied());
                person.writes(KNOWN[question].0);
                asked.push(question);
            }
        }
    }

    /// What is wrong so far, and how many replies came twice.
    fn look(&self) -> (Vec<String>, usize) {
        let (mut wrong, mut repeated) = (Vec::new(), 0);
        for (person, asked) in &self.people {
            let (problems, repeats) = compare(asked, &person.heard());
            wrong.extend(problems.into_iter().map(|problem| format!("customer {}: {problem}", person.id)));
            repeated += repeats;
        }
        (wrong, repeated)
    }
}

fn sent(world: &World) -> usize {
    world.asked.iter().filter(|asked| asked.method == "POST" && asked.path.ends_with("/messages")).count()
}

#[tokio::test]
async fn power_cuts_lose_nothing_and_repeat_nothing() {
    let kills = times("DESKBELL_KILLS", 10);
    let mut shop = Shop::small().await;
    let fake = shop.fake.clone();
    shop.open().await;
    let people: Vec<(u64, u64)> = {
        let mut world = fake.world();
        let ids: Vec<u64> = (0..20).map(|number| world.user(&format!("Customer {number}"))).collect();
        ids.into_iter().map(|id| (id, world.chat(id))).collect()
    };
    let person = |(id, chat): (u64, u64)| Person::new(&fake, id, chat);
    let mut story = Story {
        people: people.into_iter().map(|known| (person(known), Vec::new())).collect(),
        luck: Luck(0x9e37_79b9_7f4a_7c15),
    };
    // Discord shows a bot no list of its private chats: whoever is looked for after a lost session must be known.
    for (person, asked) in &mut story.people {
        person.writes(KNOWN[0].0);
        asked.push(0);
    }
    for (person, _) in &story.people {
        person.hears(KNOWN[0].1).await;
    }
    shop.kill();
    for _ in 0..kills {
        story.ask();
        let before = sent(&fake.world());
        if story.luck.below(8) == 0 {
            // Discord has forgotten the session: what was missed is read.
            fake.world().sessions.clear();
        }
        shop.spawn();
        story.ask();
        if story.luck.below(4) == 0 {
            // At any moment of the start.
            tokio::time::sleep(Duration::from_millis(story.luck.below(1500))).await;
        } else {
            // In the middle of what it says.
            let enough = before + 1 + usize::try_from(story.luck.below(8)).expect("small");
            fake.until("it speaks", |world| enough <= sent(world)).await;
            tokio::time::sleep(Duration::from_micros(story.luck.below(8000))).await;
        }
        shop.kill();
    }
    shop.spawn();
    let expected: usize = story.people.iter().map(|(_, asked)| asked.len()).sum();
    let start = Instant::now();
    let patience = Duration::from_secs(240 + 2 * kills);
    let (mut wrong, mut repeated) = story.look();
    while !wrong.is_empty() && start.elapsed() < patience {
        tokio::time::sleep(Duration::from_millis(200)).await;
        (wrong, repeated) = story.look();
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    tell(&format!(
        "Discord: {kills} kills, {expected} messages, 0 lost, order kept, {repeated} replies repeated"
    ));
    assert_eq!(repeated, 0);
    assert!(shop.close().await.success());
    shop.judge();
}
