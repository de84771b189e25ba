//! The items that are worth a close look.

use super::evidence::Evidence;

/// The items for which most speaks by `of`, best first, and nothing for which nothing speaks.
pub(super) fn best(evidence: &[Evidence], of: fn(&Evidence) -> f32) -> Vec<usize> {
    let mut items: Vec<(usize, f32)> =
        evidence.iter().map(of).enumerate().filter(|(_, rough)| 0.0 < *rough).collect();
    let order =
        |left: &(usize, f32), right: &(usize, f32)| right.1.total_cmp(&left.1).then(left.0.cmp(&right.0));
    if CANDIDATES < items.len() {
        items.select_nth_unstable_by(CANDIDATES, order);
        items.truncate(CANDIDATES);
    }
    items.sort_by(order);
    items.into_iter().map(|(item, _)| item).collect()
}

/// How many items are looked at closely.
const CANDIDATES: usize = 30;
