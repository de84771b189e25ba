//! The owner's rules for conversations, with their defaults.

use std::time::Duration;

/// How patient, how strict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// How long a short message that isn't understood alone waits for the next one. Default 2 s; zero: not at all.
    pub burst: Duration,
    /// After how long a waiting ticket reminds staff, in opening hours; each further reminder waits twice as long,
    /// at most three are sent. Default 15 min.
    pub remind_after: Duration,
    /// After how long without a word from either side a ticket closes itself, and the bot comes back. Default 24 h.
    pub close_after: Duration,
    /// How many messages a customer may send at once before the bot falls silent. Default 12.
    pub flood_burst: u32,
    /// How long one message takes to be forgiven. Default 5 s.
    pub flood_pause: Duration,
    /// How long a follow-up may refer to the question before. Default 10 min.
    pub follow_up: Duration,
    /// How long after the last event a conversation is kept. Default 30 days.
    pub retention: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        let minutes = |n: u64| Duration::from_secs(n * 60);
        Self {
            burst: Duration::from_secs(2),
            remind_after: minutes(15),
            close_after: minutes(24 * 60),
            flood_burst: 12,
            flood_pause: Duration::from_secs(5),
            follow_up: minutes(10),
            retention: minutes(30 * 24 * 60),
        }
    }
}
