//! A sentence -> a vector: sentences that mean the same lie near each other, in whatever language.

mod kernel;
mod multilingual;
mod rows;
mod tokenizer;
mod trie;
mod weights;

pub use multilingual::{Multilingual, multilingual, original};

/// A sentence -> a vector. The cosine of two vectors says how near their sentences are in meaning.
pub trait Encoder: Send + Sync {
    /// Identifies model and version; vectors of different names must not be mixed (it belongs into a cache's key).
    fn name(&self) -> &str;

    /// Length of every vector.
    fn dimensions(&self) -> usize;

    /// The vector of `text`, of Euclidean length 1; all zeros where no word or number of the text is known.
    fn encode(&self, text: &str) -> Vec<f32>;
}
