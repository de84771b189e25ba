//! Many texts -> their vectors: kept ones, and new ones made by two threads.

use crate::encoder::Encoder;

use super::semantics::VectorCache;

/// The vectors of `texts`, in the same order: kept ones, and new ones made by two threads where there are many.
pub(super) fn vectors_of(texts: &[&str], encoder: &dyn Encoder, cache: &dyn VectorCache) -> Vec<Vec<f32>> {
    let mut vectors: Vec<Option<Vec<f32>>> = cache.get(texts);
    vectors.resize(texts.len(), None);
    let missing: Vec<usize> = (0..texts.len()).filter(|&at| vectors[at].is_none()).collect();
    let encode =
        |places: &[usize]| -> Vec<Vec<f32>> { places.iter().map(|&at| encoder.encode(texts[at])).collect() };
    let (first, second) = missing.split_at(missing.len() / 2);
    let made = if second.len() < SHARED {
        encode(&missing)
    } else {
        std::thread::scope(|scope| {
            let half = scope.spawn(|| encode(first));
            let rest = encode(second);
            half.join().expect("the encoder panics on no text").into_iter().chain(rest).collect()
        })
    };
    let new: Vec<(&str, &[f32])> =
        missing.iter().zip(&made).map(|(&at, vector)| (texts[at], vector.as_slice())).collect();
    if !new.is_empty() {
        cache.put(&new);
    }
    for (at, vector) in missing.into_iter().zip(made) {
        vectors[at] = Some(vector);
    }
    vectors.into_iter().flatten().collect()
}

/// From twice so many texts on, a second thread pays.
const SHARED: usize = 16;
