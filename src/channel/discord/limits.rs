//! How fast Discord may be asked: what its headers and its 429s say, and our own bounds well below its bans.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

/// Requests a second over all routes; Discord allows 50.
const A_SECOND: usize = 45;
/// Refused requests (401, 403, 429) within [`WINDOW`] after which nothing is asked any more until they are older:
/// Discord bans an address at 10,000.
pub(super) const REFUSED: usize = 500;
/// The time over which refused requests are counted.
const WINDOW: Duration = Duration::from_secs(10 * 60);
/// Routes whose limits are remembered; those whose time is over are dropped first.
const ROUTES: usize = 4096;

/// What is known about the limits.
#[derive(Debug, Default)]
pub(super) struct Limits {
    routes: HashMap<String, Bucket>,
    /// Nothing may be asked before this moment.
    all_until: Option<Instant>,
    asked: VecDeque<Instant>,
    refused: VecDeque<Instant>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    remaining: u32,
    resets: Instant,
}

/// What an answer's headers say about its route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) remaining: u32,
    pub(super) resets_after: Duration,
}

impl Limits {
    /// How long to wait before `route` may be asked; zero takes the place of one request.
    pub(super) fn wait(&mut self, route: &str, counts_globally: bool, now: Instant) -> Duration {
        while self.refused.front().is_some_and(|at| WINDOW <= now - *at) {
            self.refused.pop_front();
        }
        if REFUSED <= self.refused.len() {
            return self.refused.front().map_or(Duration::ZERO, |oldest| *oldest + WINDOW - now);
        }
        let mut wait = Duration::ZERO;
        if counts_globally {
            if let Some(until) = self.all_until {
                wait = until.saturating_duration_since(now);
            }
            while self.asked.front().is_some_and(|at| Duration::from_secs(1) <= now - *at) {
                self.asked.pop_front();
            }
            if A_SECOND <= self.asked.len()
                && let Some(oldest) = self.asked.front()
            {
                wait = wait.max(*oldest + Duration::from_secs(1) - now);
            }
        }
        if let Some(bucket) = self.routes.get_mut(route) {
            if bucket.resets <= now {
                self.routes.remove(route);
            } else if bucket.remaining == 0 {
                wait = wait.max(bucket.resets - now);
            } else if wait.is_zero() {
                bucket.remaining -= 1;
            }
        }
        if wait.is_zero() && counts_globally {
            self.asked.push_back(now);
        }
        wait
    }

    /// An answer's headers say how many requests are left.
    pub(super) fn told(&mut self, route: &str, told: Told, now: Instant) {
        let resets = now + told.resets_after;
        if ROUTES <= self.routes.len() {
            self.routes.retain(|_, bucket| now < bucket.resets);
        }
        if ROUTES <= self.routes.len() {
            return;
        }
        // Answers overtake each other: the smaller number is the later one, as long as the window is the same.
        let remaining = match self.routes.get(route) {
            Some(known) if now < known.resets => known.remaining.min(told.remaining),
            Some(_) | None => told.remaining,
        };
        self.routes.insert(route.to_owned(), Bucket { remaining, resets });
    }

    /// A 429: `route`, or everything, must wait.
    pub(super) fn limited(&mut self, route: &str, globally: bool, pause: Duration, now: Instant) {
        if globally {
            self.all_until = Some(now + pause);
        } else {
            self.routes.insert(route.to_owned(), Bucket { remaining: 0, resets: now + pause });
        }
    }

    /// A request was refused in a way that Discord counts.
    pub(super) fn refused(&mut self, now: Instant) {
        self.refused.push_back(now);
    }
}

/// The name under which a request's limit is counted: its method and path, with only the major id (channel, guild,
/// webhook) kept, as Discord counts.
pub(super) fn route(method: &str, path: &str) -> String {
    let mut name = format!("{method} ");
    let parts: Vec<&str> = path.split('?').next().unwrap_or_default().split('/').skip(1).collect();
    for (number, part) in parts.iter().enumerate() {
        let is_id = part.len() > 14 && part.bytes().all(|byte| byte.is_ascii_digit());
        let major = number == 1 && ["channels", "guilds", "webhooks"].contains(&parts[0]);
        let secret = number == 2 && ["webhooks", "interactions"].contains(&parts[0]);
        name.push('/');
        if major || !(is_id || secret) {
            name.push_str(part);
        } else {
            name.push(':');
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROUTE: &str = "POST /channels/100000000000000001/messages";

    #[test]
    fn a_route_keeps_its_major_id_and_no_secret() {
        for (method, path, expected) in [
            (
                "GET",
                "/channels/100000000000000001/messages/100000000000000002",
                "GET /channels/100000000000000001/messages/:",
            ),
            ("POST", "/interactions/100000000000000001/secret/callback", "POST /interactions/:/:/callback"),
            ("POST", "/webhooks/100000000000000001/secret?wait=true", "POST /webhooks/100000000000000001/:"),
            ("GET", "/gateway/bot", "GET /gateway/bot"),
        ] {
            assert_eq!(route(method, path), expected);
        }
    }

    #[test]
    fn an_empty_bucket_waits_until_it_fills_again() {
        let mut limits = Limits::default();
        let now = Instant::now();
        assert_eq!(limits.wait(ROUTE, true, now), Duration::ZERO);
        limits.told(ROUTE, Told { remaining: 1, resets_after: Duration::from_secs(5) }, now);
        assert_eq!(limits.wait(ROUTE, true, now), Duration::ZERO);
        assert_eq!(limits.wait(ROUTE, true, now), Duration::from_secs(5));
        assert_eq!(limits.wait("POST /channels/100000000000000002/messages", true, now), Duration::ZERO);
        assert_eq!(limits.wait(ROUTE, true, now + Duration::from_secs(5)), Duration::ZERO);
    }

    #[test]
    fn a_429_stops_its_route_or_everything() {
        let mut limits = Limits::default();
        let now = Instant::now();
        limits.limited(ROUTE, false, Duration::from_secs(3), now);
        assert_eq!(limits.wait(ROUTE, true, now), Duration::from_secs(3));
        assert_eq!(limits.wait("GET /gateway/bot", true, now), Duration::ZERO);
        limits.limited(ROUTE, true, Duration::from_secs(7), now);
        assert_eq!(limits.wait("GET /gateway/bot", true, now), Duration::from_secs(7));
        assert_eq!(limits.wait("POST /interactions/:/:/callback", false, now), Duration::ZERO);
    }

    #[test]
    fn no_more_than_the_allowed_requests_go_out_in_a_second() {
        let mut limits = Limits::default();
        let now = Instant::now();
        for number in 0..A_SECOND {
            assert_eq!(limits.wait(&format!("GET /{number}"), true, now), Duration::ZERO);
        }
        assert_eq!(limits.wait("GET /one-more", true, now), Duration::from_secs(1));
        assert_eq!(limits.wait("GET /one-more", true, now + Duration::from_secs(1)), Duration::ZERO);
    }

    #[test]
    fn refused_requests_are_held_far_below_the_ban() {
        let mut limits = Limits::default();
        let now = Instant::now();
        for _ in 0..REFUSED {
            assert_eq!(limits.wait("GET /x", false, now), Duration::ZERO);
            limits.refused(now);
        }
        assert_eq!(limits.wait("GET /x", false, now), WINDOW);
        assert_eq!(limits.wait("GET /x", false, now + WINDOW), Duration::ZERO);
    }
}
