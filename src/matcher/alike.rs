//! Which questions ask the same thing: for the owner's list of what got no answer.
//!
//! Questions are joined from the nearest pair on, as long as the mean likeness between two groups is high enough
//! (average linkage): a long chain of questions, each a little like the next, stays apart. Equal input gives equal
//! groups; nothing is drawn by lot.

use crate::encoder::{Encoder as _, multilingual};
use crate::text::normalize;

/// Groups whose questions are less alike than this, in the mean, stay apart. Of the bounds 0.3, 0.35, … 0.7 the lowest
/// at which 95 of 100 questions in a group ask the same, on every fifth firm of the corpus (`tests/suite/alike.rs`).
const ALIKE: f32 = 0.55;

/// More questions are not compared with one another: time and memory grow with the square.
const MOST_COMPARED: usize = 2_000;

/// Groups of `questions` that ask the same thing, as places in it, each ascending, ordered by their first. What lies
/// behind the first two thousand stays alone.
#[must_use]
pub fn alike(questions: &[&str]) -> Vec<Vec<usize>> {
    let compared = questions.len().min(MOST_COMPARED);
    let vectors: Vec<Vec<f32>> = questions[..compared]
        .iter()
        .map(|question| multilingual().encode(normalize::cut(question)))
        .collect();
    let mut groups = joined(&vectors, ALIKE);
    groups.extend((compared..questions.len()).map(|alone| vec![alone]));
    groups
}

/// Two groups, and how alike their questions are in the mean.
#[derive(Debug, Clone, Copy)]
struct Nearest {
    to: usize,
    likeness: f32,
}

fn joined(vectors: &[Vec<f32>], bound: f32) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = (0..vectors.len()).map(|at| vec![at]).collect();
    let mut likeness: Vec<Vec<f32>> =
        vectors.iter().map(|one| vectors.iter().map(|other| cosine(one, other)).collect()).collect();
    let mut nearest: Vec<Option<Nearest>> =
        (0..groups.len()).map(|at| nearest_behind(at, &groups, &likeness)).collect();
    loop {
        let best = (0..groups.len())
            .filter_map(|at| nearest[at].map(|found| (at, found)))
            // The first of equals, so that the order decides, and no chance.
            .max_by(|one, other| one.1.likeness.total_cmp(&other.1.likeness).then(other.0.cmp(&one.0)));
        let Some((keeps, Nearest { to: goes, likeness: most })) = best else { break };
        if most < bound {
            break;
        }
        let (size, gained) = (count(&groups[keeps]), count(&groups[goes]));
        let gone = likeness[goes].clone();
        for (to_kept, to_gone) in likeness[keeps].iter_mut().zip(gone) {
            *to_kept = (*to_kept * size + to_gone * gained) / (size + gained);
        }
        let kept = likeness[keeps].clone();
        for (row, mean) in likeness.iter_mut().zip(kept) {
            row[keeps] = mean;
        }
        let moved = std::mem::take(&mut groups[goes]);
        groups[keeps].extend(moved);
        nearest[goes] = None;
        // A mean is never above both of its parts: whoever was nearest to a third one still is.
        for at in (0..groups.len()).filter(|&at| !groups[at].is_empty()) {
            if at == keeps || nearest[at].is_some_and(|found| found.to == keeps || found.to == goes) {
                nearest[at] = nearest_behind(at, &groups, &likeness);
            }
        }
    }
    groups.retain(|group| !group.is_empty());
    for group in &mut groups {
        group.sort_unstable();
    }
    groups.sort_unstable();
    groups
}

/// The group behind `at` that is most like it.
fn nearest_behind(at: usize, groups: &[Vec<usize>], likeness: &[Vec<f32>]) -> Option<Nearest> {
    let behind = (at + 1..groups.len()).filter(|&to| !groups[to].is_empty());
    behind
        .map(|to| Nearest { to, likeness: likeness[at][to] })
        .max_by(|one, other| one.likeness.total_cmp(&other.likeness).then(other.to.cmp(&one.to)))
}

fn cosine(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

#[expect(clippy::cast_precision_loss, reason = "a group has at most a few thousand questions")]
fn count(group: &[usize]) -> f32 {
    group.len() as f32
}
