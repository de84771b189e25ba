//! German and Dutch compounds: `lieferzeit` also says `liefer` and `zeit`.

use std::collections::BTreeSet;

use crate::text::{Language, words};

/// The stems that a compound may be made of: those of the knowledge base's own words.
#[derive(Debug, Default)]
pub(super) struct Compounds {
    stems: BTreeSet<String>,
}

impl Compounds {
    /// Compounds over the knowledge base's `words` (normal form); nothing for languages that write them apart.
    pub(super) fn new<'a>(words: impl IntoIterator<Item = &'a str>, language: Language) -> Self {
        let joins = matches!(language, Language::DE | Language::NL);
        let stems = words
            .into_iter()
            .filter(|word| joins && PART <= word.chars().count() && !words::is_stop(word, language))
            .map(|word| words::stem(word, language))
            .filter(|stem| PART <= stem.chars().count())
            .collect();
        Self { stems }
    }

    /// The stems of the two parts of `word` (normal form), if it is made of two known ones.
    ///
    /// Where more than one cut is possible, the one with the longest last part counts: it names the thing.
    pub(super) fn parts(&self, word: &str, language: Language) -> Option<[String; 2]> {
        if self.stems.is_empty() || word.chars().count() < 2 * PART {
            return None;
        }
        word.char_indices().skip(PART).find_map(|(at, _)| {
            let (first, last) = word.split_at(at);
            if last.chars().count() < PART {
                return None;
            }
            let last = words::stem(last, language);
            let first = self.stems.contains(&last).then(|| self.first(first, language))??;
            Some([first, last])
        })
    }

    /// The stem of a compound's first part, without the letters that join it to the next.
    fn first(&self, part: &str, language: Language) -> Option<String> {
        JOINTS.iter().find_map(|joint| {
            let bare = part.strip_suffix(joint).filter(|bare| PART <= bare.chars().count())?;
            let stem = words::stem(bare, language);
            self.stems.contains(&stem).then_some(stem)
        })
    }
}

/// Shortest part, in letters: shorter ones are found in words that are no compounds.
const PART: usize = 4;

/// Letters that may join two parts, the empty one first.
const JOINTS: [&str; 7] = ["", "s", "n", "es", "en", "er", "e"];
