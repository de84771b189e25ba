//! How sure we are: a probability, calibrated on customers' questions to many firms.

/// A probability that an entry is the one that is meant.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Confidence(f32);

impl Confidence {
    /// Certainty: the owner said so, by a pattern or word for word.
    pub const CERTAIN: Self = Self(1.0);

    /// The confidence `value`; `None` outside `0..=1` and for NaN.
    #[must_use]
    pub fn new(value: f32) -> Option<Self> {
        (0.0..=1.0).contains(&value).then_some(Self(value))
    }

    /// The probability, `0..=1`.
    #[must_use]
    pub fn value(self) -> f32 {
        self.0
    }

    /// Certainty that it is one of `n`, and nothing known about which.
    #[expect(clippy::cast_precision_loss, reason = "a handful of entries")]
    pub(super) fn shared(n: usize) -> Self {
        Self(1.0 / n.max(1) as f32)
    }

    /// `value`, drawn into `0..=1`; NaN, which no softmax gives, becomes 0.
    pub(super) fn clamped(value: f32) -> Self {
        Self::new(value).unwrap_or(Self(if 1.0 < value { 1.0 } else { 0.0 }))
    }
}
