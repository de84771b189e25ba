//! The one place that reads a clock.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::time::Timestamp;

/// Tells the time to the runtime.
#[derive(Debug, Clone, Copy)]
pub enum Clock {
    /// The machine's.
    System,
    /// A start, and tokio's clock since then: tests pause it, and a day passes in a moment.
    Paused {
        /// What it shows at `since`.
        start: Timestamp,
        /// When it was started.
        since: tokio::time::Instant,
    },
}

impl Clock {
    /// Now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => {
                let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
                Timestamp::default().plus(since_epoch)
            }
            Self::Paused { start, since } => start.plus(since.elapsed()),
        }
    }
}
