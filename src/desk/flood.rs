//! Floods: one notice, then silence, for this customer alone.

use crate::time::Timestamp;

use super::conversation::Flood;
use super::policy::Policy;

/// What to do with a message, as far as its customer's haste goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    /// Read it.
    Calm,
    /// Don't read it, and say so.
    TooMuch,
    /// Don't read it; it was said before.
    StillTooMuch,
}

/// Takes one more message into the bucket: it holds `flood_burst` messages and leaks one every `flood_pause`.
/// (The leaky bucket as a meter, ITU-T I.371.) Once it is full, nothing is read until it is half empty: whoever goes on
/// writing keeps it full.
pub(super) fn pour(flood: &mut Flood, policy: &Policy, now: Timestamp) -> Pace {
    let pause = u64::try_from(policy.flood_pause.as_millis()).unwrap_or(u64::MAX).max(1);
    let elapsed = u64::try_from(now.since(flood.at).as_millis()).unwrap_or(u64::MAX);
    let leaked = u32::try_from(elapsed.saturating_mul(1000) / pause).unwrap_or(u32::MAX);
    let level = flood.level.saturating_sub(leaked);
    let limit = policy.flood_burst.saturating_mul(1000);
    let full = if flood.noticed { limit / 2 } else { limit };
    let raised = level.saturating_add(1000);
    if raised <= full {
        *flood = Flood { level: raised, at: now, noticed: false };
        return Pace::Calm;
    }
    let pace = if flood.noticed { Pace::StillTooMuch } else { Pace::TooMuch };
    *flood = Flood { level: raised.min(limit), at: now, noticed: true };
    pace
}
