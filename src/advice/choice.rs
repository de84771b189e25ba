//! What customers of other firms say, tried on the owner's index: what becomes of it, and what may be proposed.

use std::collections::BTreeSet;

use crate::encoder::{Encoder as _, multilingual};
use crate::faq::{ChannelKind, Faq};
use crate::matcher::{Audience, Index, Query, decide, search};
use crate::text::{Language, normalize, words};
use crate::time::Timestamp;

use super::likeness::Own;
use super::{Advised, Tried, cosine};

/// At most so many questions are proposed for an entry: more are not read.
const MOST: usize = 4;

/// A question is proposed if it lies so near to the entry in meaning…
const NEAR: f32 = 0.5;

/// …but not so near to one of its questions, or to another proposed one, that it says the same.
const SAME: f32 = 0.9;

/// A word that the owner's files don't have is odd if the question lies so much nearer to the entry without it: `we have to
/// cancel the wedding`, where no wedding is.
const ODD: f32 = 0.035;

/// Shorter words, in letters, are never odd.
const LONG: usize = 4;

/// A question that may be proposed.
struct Candidate {
    text: String,
    vector: Vec<f32>,
    near: f32,
    worth: f32,
}

/// What is advised for each of `own` that other firms have as well.
pub(super) fn advised(index: &Index, language: Language, now: Timestamp, own: &[Own<'_>]) -> Vec<Advised> {
    let faq = index.faq();
    let known = stems(faq, language);
    let mut seen: BTreeSet<String> = faq
        .entries
        .iter()
        .flat_map(|entry| entry.phrasings.iter().map(|one| normalize::normalize(&one.text)))
        .collect();
    let mut all: Vec<Advised> = Vec::new();
    for one in own.iter().filter(|one| !one.like.is_empty()) {
        let id = &one.entry.id;
        let channel = ChannelKind::ALL.into_iter().find(|&channel| one.entry.channels.include(channel));
        let Some(channel) = channel.filter(|_| one.entry.season.contains(now)) else { continue };
        let audience = Audience { channel, now, language: Some(language) };
        let mut tried = Tried::default();
        let mut candidates: Vec<Candidate> = Vec::new();
        for (likeness, told) in &one.like {
            for wording in &told.wordings {
                let is_strange = wording.rare.iter().any(|word| !is_owners(word, &known, language));
                if is_strange || !seen.insert(normalize::normalize(&wording.text)) {
                    continue;
                }
                let matches = search(index, &Query::new(index, &wording.text, audience));
                tried.count(&decide(&matches, index.thresholds()), id);
                if matches.first().is_none_or(|best| best.entry != *id) {
                    continue;
                }
                let vector = multilingual().encode(&wording.text);
                let near = nearness(one, &vector);
                if NEAR <= near && said(one, &vector) < SAME {
                    let text = wording.text.clone();
                    candidates.push(Candidate { text, vector, near, worth: likeness + near });
                }
            }
        }
        let is_odd = |candidate: &Candidate| has_odd_word(candidate, one, &known, language);
        all.push(Advised { entry: one.at, tried, proposed: chosen(candidates, &is_odd) });
    }
    all
}

/// The best of `candidates`, none of them odd, no two of which say the same.
fn chosen(mut candidates: Vec<Candidate>, is_odd: &dyn Fn(&Candidate) -> bool) -> Vec<String> {
    candidates.sort_by(|one, other| other.worth.total_cmp(&one.worth));
    let mut chosen: Vec<Candidate> = Vec::new();
    for candidate in candidates {
        let is_new = chosen.iter().all(|other| cosine(&other.vector, &candidate.vector) < SAME);
        if chosen.len() < MOST && is_new && !is_odd(&candidate) {
            chosen.push(candidate);
        }
    }
    chosen.into_iter().map(|one| one.text).collect()
}

/// Whether a word in it is none of the owner's, and leads away from the entry.
fn has_odd_word(candidate: &Candidate, one: &Own<'_>, known: &BTreeSet<String>, language: Language) -> bool {
    let typed: Vec<&str> = candidate.text.split(' ').collect();
    (0..typed.len()).any(|at| {
        if is_owners(typed[at], known, language) || typed[at].chars().count() < LONG {
            return false;
        }
        let without = [&typed[..at], &typed[at + 1..]].concat().join(" ");
        candidate.near + ODD < nearness(one, &multilingual().encode(&without))
    })
}

/// Whether the owner's files have all that stands in `typed` (`l'été` are two words), or it is a word of grammar.
fn is_owners(typed: &str, known: &BTreeSet<String>, language: Language) -> bool {
    let normal = normalize::normalize(typed);
    let has = |word: &str| words::is_stop(word, language) || known.contains(&words::stem(word, language));
    words::split(&normal).all(has)
}

/// How near a question lies to the entry: to its nearest question, or to heading and answer.
fn nearness(one: &Own<'_>, question: &[f32]) -> f32 {
    said(one, question).max(cosine(&one.told, question))
}

/// How near it lies to the entry's nearest question.
fn said(one: &Own<'_>, question: &[f32]) -> f32 {
    one.said.iter().map(|said| cosine(said, question)).fold(0.0, f32::max)
}

/// The stems of all words that the owner's files have in `language`.
fn stems(faq: &Faq, language: Language) -> BTreeSet<String> {
    let entries = faq.entries.iter().filter(|entry| entry.language == language);
    let texts = entries.flat_map(|entry| {
        let answer = entry.reply.answer().map(|answer| answer.text.as_str());
        entry.phrasings.iter().map(|one| one.text.as_str()).chain(answer)
    });
    let mut stems = BTreeSet::new();
    for text in texts {
        let normal = normalize::normalize(text);
        stems.extend(words::split(&normal).map(|word| words::stem(word, language)));
    }
    stems
}
