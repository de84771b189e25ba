//! What the owner said outright: exact phrasings, patterns, and `not:` lines.

use std::collections::HashMap;

use crate::faq::{Entry, Pattern};
use crate::text::{Language, normalize};

/// The owner's outright words, by item (entries that share an id are one item).
#[derive(Debug, Default)]
pub(super) struct Certain {
    /// Normal form of a phrasing -> the items that it stands under, each with the language it stands there in.
    exact: HashMap<String, Vec<(usize, Language)>>,
    /// Normal form of a `not:` line -> the items that it is forbidden for.
    forbidden: HashMap<String, Vec<usize>>,
    /// Item, pattern.
    patterns: Vec<(usize, Pattern)>,
}

impl Certain {
    /// Takes in `entry`, an edition of `item`.
    pub(super) fn add(&mut self, item: usize, entry: &Entry) {
        for phrasing in &entry.phrasings {
            let key = key(&phrasing.text);
            if phrasing.means_this {
                let items = self.exact.entry(key).or_default();
                if !items.iter().any(|&(other, _)| other == item) {
                    items.push((item, entry.language));
                }
            } else {
                self.forbidden.entry(key).or_default().push(item);
            }
        }
        self.patterns.extend(entry.patterns.iter().map(|pattern| (item, pattern.clone())));
    }

    /// The items that have `normal` among their phrasings.
    pub(super) fn exact(&self, normal: &str) -> &[(usize, Language)] {
        self.exact.get(normal).map_or(&[], Vec::as_slice)
    }

    /// The items with a pattern that fits `text`, each once, in the order of the files.
    pub(super) fn fitting(&self, text: &str) -> Vec<usize> {
        let mut items: Vec<usize> = self
            .patterns
            .iter()
            .filter(|(_, pattern)| pattern.regex.is_match(text))
            .map(|&(item, _)| item)
            .collect();
        items.dedup();
        items
    }

    /// Whether `normal` stands as a `not:` line under `item`.
    pub(super) fn forbids(&self, item: usize, normal: &str) -> bool {
        self.forbidden.get(normal).is_some_and(|items| items.contains(&item))
    }

    /// What `item`'s patterns catch of `text` by name, the first value of each.
    pub(super) fn captures(&self, item: usize, text: &str) -> Vec<(String, String)> {
        let mut caught: Vec<(String, String)> = Vec::new();
        for (_, pattern) in self.patterns.iter().filter(|(other, _)| *other == item) {
            let Some(captures) = pattern.regex.captures(text) else {
                continue;
            };
            for name in pattern.regex.capture_names().flatten() {
                if let Some(value) = captures.name(name)
                    && !caught.iter().any(|(other, _)| other == name)
                {
                    caught.push((name.to_owned(), value.as_str().to_owned()));
                }
            }
        }
        caught
    }
}

/// What exact questions are compared by: the normal form, or, for a text without letters ("👍"), what can be seen of it.
pub(super) fn key(text: &str) -> String {
    let normal = normalize::normalize(text);
    if normal.is_empty() { normalize::clean(text).to_lowercase() } else { normal }
}
