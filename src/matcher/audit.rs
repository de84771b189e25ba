//! The owner's own phrasings, left out in turn, run against the index: what to expect of it, and what to mend.
//!
//! A phrasing that is left out stands for a customer who asks the same in other words. What the index, which never saw
//! it, would do is decided as for a customer, at the thresholds that are live.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::faq::{ChannelKind, Entry, EntryId, Faq, Use};
use crate::text::normalize;
use crate::time::Timestamp;

use super::index::LeftOut;
use super::semantics::{HeldOut, HeldOutOf, VectorCache};
use super::{Audience, Confidence, Decision, Index, Match, Query, decide, query};

/// What an [`Index`] is worth, by its own phrasings.
#[derive(Debug, Clone, PartialEq)]
pub struct Audit {
    /// What became of the phrasings that were left out.
    pub expected: Expected,
    /// Phrasings that would be answered with another entry, in the order of the files.
    pub strays: Vec<Stray>,
    /// Entries that customers will probably miss, the worst first.
    pub missed: Vec<Missed>,
}

/// What became of the phrasings that were left out. An entry's only phrasing isn't counted: it leaves nothing behind
/// that a customer would find the entry by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Expected {
    /// How many were left out in turn.
    pub left_out: usize,
    /// How many there are.
    pub phrasings: usize,
    /// Answered with their own entry.
    pub right: usize,
    /// Asked back, with their own entry among those offered.
    pub offered: usize,
    /// A person is called, at once or because none of those offered was meant.
    pub person: usize,
    /// Answered with another entry.
    pub wrong: usize,
}

/// A phrasing that would be answered with another entry than the one it stands under.
#[derive(Debug, Clone, PartialEq)]
pub struct Stray {
    /// Where it stands.
    pub place: Place,
    /// What it would be answered with.
    pub answer: EntryId,
    /// How sure the bot would be.
    pub confidence: Confidence,
}

/// An entry that none of its phrasings, left out, was led to by the others and the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missed {
    /// Its first phrasing.
    pub place: Place,
    /// How many phrasings it has.
    pub phrasings: usize,
}

/// A phrasing: places in [`Faq::entries`] and in [`Entry::phrasings`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Of the entry.
    pub entry: usize,
    /// Of the phrasing in it.
    pub phrasing: usize,
}

impl Expected {
    /// Fewer phrasings than this tell too little.
    pub const ENOUGH: usize = 30;

    /// Whether there were enough phrasings to know.
    #[must_use]
    pub fn is_known(&self) -> bool {
        Self::ENOUGH <= self.left_out
    }

    fn count(&mut self, outcome: Outcome) {
        self.left_out += 1;
        *match outcome {
            Outcome::Right => &mut self.right,
            Outcome::Offered => &mut self.offered,
            Outcome::Person => &mut self.person,
            Outcome::Wrong => &mut self.wrong,
        } += 1;
    }
}

/// The index over `faq` within the owner's budget, the one that goes live, and what to expect of it at `now`.
///
/// Of many phrasings, some thousand are left out.
#[must_use]
pub fn audit(faq: Arc<Faq>, now: Timestamp, cache: &dyn VectorCache) -> (Index, Audit) {
    let budget = faq.firm.wrong_answers;
    let (index, held_out) = Index::build_audited(faq, budget, cache, MOST);
    let audit = of(&index, &held_out, now);
    (index, audit)
}

/// At least so many phrasings are left out, where there are as many.
const MOST: usize = 3_000;

/// What became of one phrasing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Right,
    Offered,
    Person,
    Wrong,
}

/// What became of an item's phrasings.
#[derive(Debug, Default)]
struct Tried {
    found: bool,
    /// How sure the bot was of it, summed up.
    sure: f32,
    first: Option<Place>,
    phrasings: usize,
}

fn of(index: &Index, held_out: &[HeldOut], now: Timestamp) -> Audit {
    let phrasings: BTreeMap<Place, LeftOut> =
        index.phrasings().into_iter().map(|one| (place(&one), one)).collect();
    let mut expected = Expected { phrasings: phrasings.len(), ..Expected::default() };
    let mut strays = Vec::new();
    let mut tried: BTreeMap<usize, Tried> = BTreeMap::new();
    for one in held_out {
        let HeldOutOf::Phrasing(item, entry, phrasing) = one.of else { continue };
        let place = Place { entry, phrasing };
        let Some(left_out) = phrasings.get(&place) else { continue };
        let Some(query) = asked(index, left_out, now) else { continue };
        let matches = matches(index, *left_out, one, &query);
        let own = index.id(item);
        let decision = decide(&matches, index.thresholds());
        let outcome = match &decision {
            Decision::Answer(best) if best.entry == *own => Outcome::Right,
            Decision::Answer(_) => Outcome::Wrong,
            Decision::Clarify(offered) if offered.iter().any(|one| one.entry == *own) => Outcome::Offered,
            Decision::Clarify(_) | Decision::HandOver(_) => Outcome::Person,
        };
        if let (Decision::Answer(best), Outcome::Wrong, false) = (&decision, outcome, left_out.only) {
            strays.push(Stray { place, answer: best.entry.clone(), confidence: best.confidence });
        }
        if !left_out.only {
            expected.count(outcome);
        }
        let tried = tried.entry(item).or_default();
        tried.found |= matches!(outcome, Outcome::Right | Outcome::Offered);
        let right = matches.iter().find(|one| one.entry == *own);
        tried.sure += right.map_or(0.0, |one| one.confidence.value());
        tried.first = Some(tried.first.map_or(place, |first| first.min(place)));
        tried.phrasings += 1;
    }
    strays.sort_by_key(|stray| stray.place);
    Audit { expected, strays, missed: missed(index, &tried) }
}

/// The items that nothing led to, those first whose phrasings the bot was least sure of.
fn missed(index: &Index, tried: &BTreeMap<usize, Tried>) -> Vec<Missed> {
    let matters = |entry: &Entry| entry.patterns.is_empty() && entry.reply.answer().is_some();
    #[expect(clippy::cast_precision_loss, reason = "an entry has few phrasings")]
    let sure = |tried: &Tried| tried.sure / tried.phrasings.max(1) as f32;
    let mut missed: Vec<&Tried> = tried
        .values()
        .filter(|one| !one.found && one.first.is_some_and(|first| matters(&index.faq().entries[first.entry])))
        .collect();
    missed.sort_by(|left, right| {
        left.phrasings
            .cmp(&right.phrasings)
            .then(sure(left).total_cmp(&sure(right)))
            .then(left.first.cmp(&right.first))
    });
    missed
        .into_iter()
        .filter_map(|one| Some(Missed { place: one.first?, phrasings: one.phrasings }))
        .collect()
}

/// The phrasing as a customer's question, in the language and on a channel of its entry; `None` out of its season.
fn asked(index: &Index, left_out: &LeftOut, now: Timestamp) -> Option<Query> {
    let entry = &index.faq().entries[left_out.entry];
    let given = entry.used == Use::Customers && entry.season.contains(now);
    let channel =
        ChannelKind::ALL.into_iter().find(|&channel| entry.channels.include(channel)).filter(|_| given)?;
    let text = normalize::clean(&entry.phrasings[left_out.text].text);
    let audience = Audience { channel, now, language: Some(entry.language) };
    Some(query::left_out(&text, entry.language, audience))
}

/// What a search would find if the phrasing did not exist.
fn matches(index: &Index, left_out: LeftOut, held_out: &HeldOut, query: &Query) -> Vec<Match> {
    let by_pattern = index.by_pattern(query);
    if !by_pattern.is_empty() {
        return by_pattern;
    }
    let meaning = index.semantics().meaning_held_out(held_out);
    let (candidates, asked) = index.gather_left_out(left_out, &meaning);
    let ranked = index.weighed(candidates, asked, query);
    ranked.into_iter().map(|(candidate, confidence)| index.found(candidate.item, confidence)).collect()
}

fn place(left_out: &LeftOut) -> Place {
    Place { entry: left_out.entry, phrasing: left_out.text }
}
