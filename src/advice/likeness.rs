//! Which entries of other firms are about the same as which of the owner's.

use crate::encoder::{Encoder as _, multilingual};
use crate::faq::{Entry, Faq, Use};
use crate::matcher::training;
use crate::text::Language;

use super::cosine;
use super::wordings::Told;

/// One of the owner's entries that customers may be given, in meaning.
pub(super) struct Own<'a> {
    /// Its place in [`Faq::entries`].
    pub(super) at: usize,
    pub(super) entry: &'a Entry,
    /// Its phrasings.
    pub(super) said: Vec<Vec<f32>>,
    /// Heading, and what the answer begins with.
    pub(super) told: Vec<f32>,
    /// The entries of other firms that are about the same, the nearest first, each with how like it is.
    pub(super) like: Vec<(f32, &'a Told<'a>)>,
}

/// From this likeness on, two entries are taken to be about the same: see `tools/training/README.md`.
const ALIKE: f32 = 0.62;

/// So many of the nearest are looked at.
const NEAREST: usize = 10;

/// What an answer begins with is cut at so many characters, as `wordings.py` does it.
const BEGINNING: usize = 60;

/// The owner's entries in `language`, each with those of `told` that are more like it than like any other.
pub(super) fn pairs<'a>(faq: &'a Faq, language: Language, told: &'a [Told<'a>]) -> Vec<Own<'a>> {
    let encode = |text: &str| multilingual().encode(text);
    let given = |entry: &Entry| {
        let answers = entry.reply.answer().is_some_and(|answer| !answer.text.is_empty());
        entry.language == language && entry.used == Use::Customers && !entry.small_talk && answers
    };
    let entries = faq.entries.iter().enumerate().filter(|(_, entry)| given(entry));
    let mut own: Vec<Own<'a>> = entries
        .map(|(at, entry)| {
            let meant = entry.phrasings.iter().filter(|one| one.means_this);
            let answer = entry.reply.answer().map_or("", |answer| answer.text.as_str());
            Own {
                at,
                entry,
                said: meant.map(|one| encode(&one.text)).collect(),
                told: encode(&format!("{} {}", entry.title(), beginning(answer))),
                like: Vec::new(),
            }
        })
        .collect();
    let heads: Vec<Vec<f32>> = own.iter().map(|one| encode(one.entry.title())).collect();
    for theirs in told {
        let head = encode(theirs.heading);
        let whole = encode(&format!("{} {}", theirs.heading, theirs.beginning));
        let likeness =
            own.iter().zip(&heads).map(|(one, mine)| cosine(&one.told, &whole).midpoint(cosine(mine, &head)));
        let best =
            likeness.enumerate().max_by(|one, other| one.1.total_cmp(&other.1).then(other.0.cmp(&one.0)));
        if let Some((at, likeness)) = best.filter(|(_, likeness)| ALIKE <= *likeness) {
            own[at].like.push((likeness, theirs));
        }
    }
    for one in &mut own {
        // Stable: of equals, the one that stands first in the file.
        one.like.sort_by(|one, other| other.0.total_cmp(&one.0));
        one.like.truncate(NEAREST);
    }
    own
}

/// The first sentence of `answer`, without Markdown, cut between words.
fn beginning(answer: &str) -> String {
    let (_, sentences) = training::plain(answer);
    let first = sentences.first().map_or("", |sentence| sentence.trim());
    match first.char_indices().nth(BEGINNING) {
        Some((end, _)) => first[..end].rsplit_once(' ').map_or(&first[..end], |(kept, _)| kept).to_owned(),
        None => first.to_owned(),
    }
}
