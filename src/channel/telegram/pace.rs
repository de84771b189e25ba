//! How fast we may speak: one message a second in a chat, twenty a minute in a group, thirty a second in all.
//!
//! A message books its moment in its chat. One that comes soon is waited for; one that comes later is told to the
//! outbox, so that a busy staff group keeps no customer waiting, and the booking is kept until it comes again. What all
//! chats share is given out at a gate, at which customers go first.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};

/// Between two messages in one chat.
const CHAT: Duration = Duration::from_secs(1);
/// Messages in a group within [`GROUP_TIME`].
const GROUP: usize = 20;
const GROUP_TIME: Duration = Duration::from_secs(60);
/// Messages in all chats together within [`ALL_TIME`].
const ALL: usize = 30;
const ALL_TIME: Duration = Duration::from_secs(1);
/// Longest wait within one delivery; a longer one goes back to the outbox.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a booking is kept that nobody comes for.
const KEPT: Duration = Duration::from_secs(30);
/// Longest time that staff stand back at the gate for customers.
const COURTESY: Duration = Duration::from_secs(5);
/// Chats remembered before those that have been quiet are forgotten.
const CHATS: usize = 10_000;

/// Who is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Customer,
    Staff,
}

/// Keeps the limits.
#[derive(Debug, Default)]
pub(super) struct Pace {
    diary: Mutex<Diary>,
    gate: Mutex<Gate>,
}

#[derive(Debug, Default)]
struct Diary {
    chats: HashMap<i64, ChatPace>,
    /// Moments booked by deliveries that were sent back, by their numbers.
    booked: HashMap<u64, Instant>,
}

#[derive(Debug, Default)]
struct ChatPace {
    /// The last messages' moments, those to come included, oldest first.
    moments: VecDeque<Instant>,
    /// Telegram asked for patience until then.
    blocked: Option<Instant>,
}

#[derive(Debug, Default)]
struct Gate {
    passed: VecDeque<Instant>,
    customers_waiting: usize,
}

impl Pace {
    /// Returns when a message of the delivery `number` may go to `chat`, or how long that is off, if it is too long
    /// to wait for: the delivery should come again then.
    pub(super) async fn wait(&self, number: u64, chat: i64, side: Side) -> Result<(), Duration> {
        let moment = self.book(number, chat);
        let wait = moment.saturating_duration_since(Instant::now());
        if PATIENCE < wait {
            lock(&self.diary).booked.insert(number, moment);
            return Err(wait);
        }
        sleep_until(moment).await;
        self.pass(side).await;
        Ok(())
    }

    /// A message to `chat` has arrived: its second is counted from now, however long the way was.
    pub(super) fn arrived(&self, chat: i64) {
        let now = Instant::now();
        let mut diary = lock(&self.diary);
        if let Some(last) = diary.chats.get_mut(&chat).and_then(|pace| pace.moments.back_mut()) {
            *last = now.max(*last);
        }
    }

    /// How long a message to `chat` would have to wait now.
    pub(super) fn outlook(&self, chat: i64) -> Duration {
        let now = Instant::now();
        let diary = lock(&self.diary);
        let next = diary.chats.get(&chat).and_then(|pace| Some(*pace.moments.back()? + CHAT));
        next.map_or(Duration::ZERO, |next| next.saturating_duration_since(now))
    }

    /// Telegram asks for patience with `chat`.
    pub(super) fn hold(&self, chat: i64, patience: Duration) {
        lock(&self.diary).chats.entry(chat).or_default().blocked = Some(Instant::now() + patience);
    }

    /// For how long Telegram still wants patience with `chat`; `None`: it doesn't.
    pub(super) fn held(&self, chat: i64) -> Option<Duration> {
        let blocked = lock(&self.diary).chats.get(&chat)?.blocked?;
        Some(blocked.saturating_duration_since(Instant::now())).filter(|wait| !wait.is_zero())
    }

    fn book(&self, number: u64, chat: i64) -> Instant {
        let now = Instant::now();
        let mut diary = lock(&self.diary);
        diary.tidy(now);
        let kept = diary.booked.remove(&number);
        let pace = diary.chats.entry(chat).or_default();
        let blocked = pace.blocked.filter(|blocked| now < *blocked).unwrap_or(now);
        if let Some(moment) = kept.filter(|moment| now < *moment + KEPT) {
            return moment.max(blocked);
        }
        let moment = pace.free_moment(blocked, chat < 0);
        pace.moments.push_back(moment);
        moment
    }

    /// Waits for one of the places that all chats share.
    async fn pass(&self, side: Side) {
        let start = Instant::now();
        let mut waiting: Option<CustomerWaits<'_>> = None;
        loop {
            let wait = {
                let now = Instant::now();
                let mut gate = lock(&self.gate);
                let stands_back = side == Side::Staff && 0 < gate.customers_waiting && now < start + COURTESY;
                match gate.free_in(now) {
                    Duration::ZERO if !stands_back => {
                        gate.passed.push_back(now);
                        return;
                    }
                    Duration::ZERO => ALL_TIME / 30,
                    wait => wait,
                }
            };
            if side == Side::Customer && waiting.is_none() {
                waiting = Some(CustomerWaits::new(&self.gate));
            }
            sleep(wait).await;
        }
    }
}

impl Diary {
    fn tidy(&mut self, now: Instant) {
        self.booked.retain(|_, moment| now < *moment + KEPT);
        if CHATS < self.chats.len() {
            self.chats.retain(|_, pace| {
                pace.moments.back().is_some_and(|last| now < *last + GROUP_TIME)
                    || pace.blocked.is_some_and(|blocked| now < blocked)
            });
        }
    }
}

impl ChatPace {
    /// The first free moment from `from` on.
    fn free_moment(&mut self, from: Instant, is_group: bool) -> Instant {
        let kept = if is_group { GROUP } else { 1 };
        while kept < self.moments.len() {
            self.moments.pop_front();
        }
        let after_last = self.moments.back().map_or(from, |last| *last + CHAT);
        let minute_over = match self.moments.front() {
            Some(first) if is_group && self.moments.len() == GROUP => *first + GROUP_TIME,
            Some(_) | None => from,
        };
        from.max(after_last).max(minute_over)
    }
}

impl Gate {
    /// In how long the next one may pass.
    fn free_in(&mut self, now: Instant) -> Duration {
        while self.passed.front().is_some_and(|passed| *passed + ALL_TIME <= now) {
            self.passed.pop_front();
        }
        match self.passed.front() {
            Some(first) if ALL <= self.passed.len() => (*first + ALL_TIME).saturating_duration_since(now),
            Some(_) | None => Duration::ZERO,
        }
    }
}

/// Counts a waiting customer as long as it lives.
struct CustomerWaits<'a>(&'a Mutex<Gate>);

impl<'a> CustomerWaits<'a> {
    fn new(gate: &'a Mutex<Gate>) -> Self {
        lock(gate).customers_waiting += 1;
        Self(gate)
    }
}

impl Drop for CustomerWaits<'_> {
    fn drop(&mut self) {
        lock(self.0).customers_waiting -= 1;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::future::join_all;

    #[tokio::test(start_paused = true)]
    async fn a_chat_hears_one_message_a_second() {
        let (pace, start) = (Pace::default(), Instant::now());
        for number in 0..3 {
            pace.wait(number, 7, Side::Customer).await.expect("it comes soon");
        }
        assert_eq!(start.elapsed(), Duration::from_secs(2));
        pace.wait(3, 8, Side::Customer).await.expect("another chat is free");
        assert_eq!(start.elapsed(), Duration::from_secs(2));
    }

    #[tokio::test(start_paused = true)]
    async fn a_group_hears_twenty_a_minute_and_the_rest_comes_again() {
        let (pace, start) = (Pace::default(), Instant::now());
        let mut sent = Vec::new();
        let mut waiting: Vec<(u64, Instant)> = (0..45).map(|number| (number, start)).collect();
        while let Some((number, at)) = waiting.iter().min_by_key(|one| (one.1, one.0)).copied() {
            waiting.retain(|one| one.0 != number);
            sleep_until(at).await;
            match pace.wait(number, -100, Side::Staff).await {
                Ok(()) => sent.push(start.elapsed()),
                Err(wait) => waiting.push((number, Instant::now() + wait)),
            }
        }
        for window in sent.windows(GROUP + 1) {
            assert!(window[0] + GROUP_TIME <= window[GROUP], "{window:?}");
        }
        assert!(sent.windows(2).all(|pair| pair[0] + CHAT <= pair[1]));
        assert!(*sent.last().expect("all were sent") <= Duration::from_secs(125), "{sent:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn all_chats_share_thirty_a_second_and_customers_go_first() {
        let (pace, start) = (Pace::default(), Instant::now());
        let send = async |number: u64, side: Side| {
            let chat = i64::try_from(number).expect("small");
            pace.wait(number, chat, side).await.expect("its chat is free");
            (side, start.elapsed())
        };
        let staff = (0..60).map(|number| send(number, Side::Staff));
        let customers = (60..120).map(|number| send(number, Side::Customer));
        let mut sent = join_all(
            staff.map(futures::future::Either::Left).chain(customers.map(futures::future::Either::Right)),
        )
        .await;
        sent.sort_by_key(|one| one.1);
        let second = |seconds: u64| sent.iter().filter(|one| one.1.as_secs() == seconds).count();
        assert!((0..4).all(|seconds| second(seconds) <= ALL), "{sent:?}");
        let late = sent.iter().filter(|one| one.0 == Side::Customer).map(|one| one.1).max();
        let staff_done = sent.iter().filter(|one| one.0 == Side::Staff).map(|one| one.1).max();
        assert!(late < staff_done, "customers are done at {late:?}, staff at {staff_done:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_chat_that_asked_for_patience_gets_it() {
        let (pace, start) = (Pace::default(), Instant::now());
        pace.hold(7, Duration::from_secs(30));
        let wait = pace.wait(1, 7, Side::Customer).await.expect_err("it is far off");
        assert_eq!(wait, Duration::from_secs(30));
        sleep(wait).await;
        pace.wait(1, 7, Side::Customer).await.expect("now it may");
        assert_eq!(start.elapsed(), Duration::from_secs(30));
    }
}
