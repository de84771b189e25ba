//! How sure we are: a probability, calibrated when the index is built.

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
}
