//! Unknown word -> known word, by an index.
//!
//! DESIGN. Symmetric deletes (Wolf Garbe, SymSpell): each known word is filed under every form that up to two deletions
//! make of its first letters; an unknown word is looked up under its own such forms, so that insertions, deletions,
//! replacements and swapped neighbours are all found without walking through the words. What is found is measured
//! (Damerau-Levenshtein, restricted form). All comparing is done without marks on letters ([`fold`]), so that a
//! missing accent costs nothing.

use std::collections::{BTreeMap, HashMap};

use super::normalize::fold;

/// The words that a knowledge base uses, ready to find the one that was meant.
#[derive(Debug, Default)]
pub struct Vocabulary {
    words: Vec<Known>,
    by_surface: HashMap<Box<str>, u32>,
    by_folded: HashMap<Box<str>, u32>,
    /// (hash of a shortened form, word), sorted.
    shortened: Vec<(u32, u32)>,
}

#[derive(Debug)]
struct Known {
    surface: Box<str>,
    folded: Box<str>,
    count: u32,
}

/// What an unknown word was taken for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// The words meant; more than one where a space was missing.
    pub meant: Vec<String>,
    /// How many slips lie between; 0 where only marks on letters differ.
    pub slips: usize,
}

impl Vocabulary {
    /// The vocabulary of `words` (normal form), each as often as it is used.
    pub fn new<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
        for word in words {
            *counts.entry(word).or_default() += 1;
        }
        let mut vocabulary = Self::default();
        for (at, (surface, count)) in (0u32..).zip(counts) {
            let known = Known { surface: surface.into(), folded: fold(surface).into(), count };
            vocabulary.by_surface.insert(known.surface.clone(), at);
            let best = vocabulary.by_folded.entry(known.folded.clone()).or_insert(at);
            if vocabulary.words.get(*best as usize).is_some_and(|best| best.count < count) {
                *best = at;
            }
            if let Some(most) = most_slips(&known.folded) {
                for form in shortened(&known.folded, most) {
                    vocabulary.shortened.push((hash(&form), at));
                }
            }
            vocabulary.words.push(known);
        }
        vocabulary.shortened.sort_unstable();
        vocabulary.shortened.dedup();
        vocabulary.shortened.shrink_to_fit();
        vocabulary
    }

    /// Whether `word` is known, letter by letter.
    #[must_use]
    pub fn contains(&self, word: &str) -> bool {
        self.by_surface.contains_key(word)
    }

    /// How often `word` is used.
    #[must_use]
    pub fn count(&self, word: &str) -> u32 {
        self.by_surface.get(word).map_or(0, |&at| self.words[at as usize].count)
    }

    /// The known word that `word` is but for marks on letters.
    #[must_use]
    pub fn unmarked(&self, word: &str) -> Option<&str> {
        self.by_folded.get(fold(word).as_str()).map(|&at| &*self.words[at as usize].surface)
    }

    /// What `word`, which is not known, was meant to be: the nearest known word, the more used one when two are as near;
    /// else two known words that lack the space between them.
    ///
    /// Words under four letters and words with digits are left alone; one slip is allowed, two from six letters on.
    #[must_use]
    pub fn correct(&self, word: &str) -> Option<Correction> {
        if let Some(known) = self.unmarked(word) {
            return Some(Correction { meant: vec![known.to_owned()], slips: 0 });
        }
        let folded = fold(word);
        if LONGEST < folded.len() {
            return None;
        }
        let most = most_slips(&folded)?;
        let one = self.nearest(&folded, most);
        if let Some((known, 1)) = one {
            return Some(Correction { meant: vec![known.surface.to_string()], slips: 1 });
        }
        let two = self.apart(&folded).map(|meant| Correction { meant, slips: 1 });
        two.or_else(|| one.map(|(known, slips)| Correction { meant: vec![known.surface.to_string()], slips }))
    }

    fn nearest(&self, folded: &str, most: usize) -> Option<(&Known, usize)> {
        let letters: Vec<char> = folded.chars().collect();
        let mut seen: Vec<u32> = Vec::new();
        for form in shortened(folded, most) {
            let hash = hash(&form);
            let from = self.shortened.partition_point(|&(other, _)| other < hash);
            let same = self.shortened[from..].iter().take_while(|&&(other, _)| other == hash);
            seen.extend(same.map(|&(_, at)| at));
        }
        seen.sort_unstable();
        seen.dedup();
        let measured = seen.into_iter().filter_map(|at| {
            let known = &self.words[at as usize];
            let others: Vec<char> = known.folded.chars().collect();
            let slips = distance(&letters, &others, most)?;
            // Two slips may make another word of a short one: its beginning at least must be right.
            let trusted = slips < 2 || letters[0] == others[0];
            (trusted && slips <= most_slips(&known.folded)?).then_some((known, slips))
        });
        measured.min_by_key(|(known, slips)| (*slips, std::cmp::Reverse(known.count), &known.surface))
    }

    /// Two known words, three letters or more each, that `folded` is made of.
    fn apart(&self, folded: &str) -> Option<Vec<String>> {
        let halves = folded.char_indices().skip(3).filter_map(|(at, _)| {
            let (left, right) = folded.split_at(at);
            if right.chars().count() < 3 {
                return None;
            }
            let left = &self.words[*self.by_folded.get(left)? as usize];
            let right = &self.words[*self.by_folded.get(right)? as usize];
            Some((left, right))
        });
        halves
            .max_by_key(|(left, right)| left.count.min(right.count))
            .map(|(left, right)| vec![left.surface.to_string(), right.surface.to_string()])
    }
}

/// Longer words, in bytes, are not looked up: they are no words.
const LONGEST: usize = 40;

/// How much of a word is filed: enough to keep the lists short, short enough to keep the forms few.
const FILED: usize = 7;

/// How many slips a word of this length may have; `None`: it is left alone.
fn most_slips(folded: &str) -> Option<usize> {
    if LONGEST < folded.len() || folded.chars().any(char::is_numeric) {
        return None;
    }
    match folded.chars().count() {
        0..4 => None,
        4..6 => Some(1),
        6.. => Some(2),
    }
}

/// The first letters of `word`, and all that up to `most` deletions make of them.
fn shortened(word: &str, most: usize) -> Vec<String> {
    let mut forms = vec![word.chars().take(FILED).collect::<String>()];
    let mut last = 0..1;
    for _ in 0..most {
        let start = forms.len();
        for at in last {
            let form = forms[at].clone();
            for (gone, letter) in form.char_indices() {
                let mut shorter = form.clone();
                shorter.replace_range(gone..gone + letter.len_utf8(), "");
                if !forms[start..].contains(&shorter) {
                    forms.push(shorter);
                }
            }
        }
        last = start..forms.len();
    }
    forms
}

/// FNV-1a, folded to 32 bits: two forms under one number only cost a needless measurement.
fn hash(form: &str) -> u32 {
    form.bytes().fold(0x811C_9DC5, |hash: u32, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// Insertions, deletions, replacements and swapped neighbours between `left` and `right` (each letter in at most one);
/// `None` when more than `most`.
fn distance(left: &[char], right: &[char], most: usize) -> Option<usize> {
    if most < left.len().abs_diff(right.len()) {
        return None;
    }
    let width = right.len() + 1;
    let (mut before, mut above, mut row) = (vec![0; width], (0..width).collect::<Vec<_>>(), vec![0; width]);
    for (i, &l) in left.iter().enumerate() {
        row[0] = i + 1;
        for (j, &r) in right.iter().enumerate() {
            let replaced = above[j] + usize::from(l != r);
            row[j + 1] = replaced.min(above[j + 1] + 1).min(row[j] + 1);
            if 0 < i && 0 < j && l == right[j - 1] && left[i - 1] == r {
                row[j + 1] = row[j + 1].min(before[j - 1] + 1);
            }
        }
        if row.iter().all(|&slips| most < slips) {
            return None;
        }
        std::mem::swap(&mut before, &mut above);
        std::mem::swap(&mut above, &mut row);
    }
    let slips = above[right.len()];
    (slips <= most).then_some(slips)
}
