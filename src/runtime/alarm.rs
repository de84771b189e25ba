//! The alarm: the owner is told that the disk refuses, once, and that it is over.
//!
//! The word that it refuses can't wait in the outbox, which lies on that disk: it goes straight to the owner's channel.
//! The word that it is over goes the way of all others.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::channel::{Channel, DeliverError, Parcel};
use crate::desk::{Post, disk_refuses_news, disk_takes_again_news};
use crate::store::{Health, StoreError};

use super::{Shared, outbox, reload};

/// How often the store is asked how the disk is.
const LOOK: Duration = Duration::from_secs(5);
/// Looks in a row at which it must refuse: a failure that the store mends by itself is no news.
const REFUSED: u32 = 2;
/// Looks in a row at which it must be good again: a disk that is full every other minute is full.
const CALM: u32 = 4;

/// Looks until `stop`.
pub(super) async fn run(
    shared: Arc<Shared>,
    channels: Vec<Arc<dyn Channel>>,
    mut stop: watch::Receiver<bool>,
) {
    let mut alarm = Alarm::default();
    loop {
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
        let told = match alarm.look(shared.store.health() == Health::Good) {
            None => continue,
            Some(News::Refuses) => tell_at_once(&shared, &channels).await,
            Some(News::TakesAgain) => tell_that_it_is_over(&shared).await.is_ok(),
        };
        if told {
            alarm.told();
        }
    }
}

/// What the owner should hear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum News {
    Refuses,
    TakesAgain,
}

/// What was seen, and what the owner knows.
#[derive(Debug, Default)]
struct Alarm {
    /// Whether the owner was told that the disk refuses.
    is_known: bool,
    /// Looks in a row that showed something else than the owner knows.
    differing: u32,
}

impl Alarm {
    /// What a look that found the disk good, or not, calls for; again and again until [`Alarm::told`].
    fn look(&mut self, is_good: bool) -> Option<News> {
        if is_good != self.is_known {
            self.differing = 0;
            return None;
        }
        self.differing = self.differing.saturating_add(1);
        match self.is_known {
            false if REFUSED <= self.differing => Some(News::Refuses),
            true if CALM <= self.differing => Some(News::TakesAgain),
            _ => None,
        }
    }

    /// The owner was told.
    fn told(&mut self) {
        self.is_known = !self.is_known;
        self.differing = 0;
    }
}

/// Tells the owner without the store. True when there is nothing more to try.
async fn tell_at_once(shared: &Shared, channels: &[Arc<dyn Channel>]) -> bool {
    let Some(to) = outbox::owners_place(shared) else { return true };
    let Some(channel) = channels.iter().find(|channel| channel.kind() == to.channel) else { return true };
    // No delivery in the outbox has such a number: they count up from 1.
    let number = u64::MAX - shared.clock.now().as_millis().unsigned_abs();
    let post = Post::say(disk_refuses_news(&shared.index.load().faq().firm));
    let told = channel.deliver(&Parcel { number, to, post, earlier: None }).await;
    channel.settled(number);
    match told {
        Ok(_) => true,
        Err(error @ (DeliverError::Unreachable(_) | DeliverError::RetryAfter(_))) => {
            tracing::warn!(%error, "the owner can't be told that the disk refuses; trying again");
            false
        }
        Err(error @ (DeliverError::Gone | DeliverError::Refused(_))) => {
            tracing::error!(%error, "the owner can't be told that the disk refuses");
            true
        }
    }
}

async fn tell_that_it_is_over(shared: &Shared) -> Result<(), StoreError> {
    let news = disk_takes_again_news(&shared.index.load().faq().firm);
    reload::tell_owner(shared.store.as_ref(), news, shared.clock.now()).await?;
    shared.posted.notify_one();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the owner is told at each of these looks (`.`: the disk is good, `x`: it refuses), if telling works.
    fn told(looks: &str) -> Vec<(usize, News)> {
        let mut alarm = Alarm::default();
        let mut told = Vec::new();
        for (number, look) in (1..).zip(looks.chars()) {
            if let Some(news) = alarm.look(look == '.') {
                told.push((number, news));
                alarm.told();
            }
        }
        told
    }

    #[test]
    fn a_disk_that_refuses_is_told_once_and_so_is_its_end() {
        assert_eq!(told("...x..x.x.."), [], "the store has mended it by itself");
        assert_eq!(told(".xxxxxxxxxxxx"), [(3, News::Refuses)]);
        assert_eq!(told("xx..x..x...x"), [(2, News::Refuses)], "that isn't over yet");
        let again = [(2, News::Refuses), (7, News::TakesAgain), (10, News::Refuses)];
        assert_eq!(told("xxx.....xx.."), again);
    }

    #[test]
    fn what_could_not_be_told_is_told_at_the_next_look() {
        let mut alarm = Alarm::default();
        assert_eq!(alarm.look(false), None);
        assert_eq!(alarm.look(false), Some(News::Refuses));
        assert_eq!(alarm.look(false), Some(News::Refuses));
        alarm.told();
        assert_eq!(alarm.look(false), None);
    }
}
