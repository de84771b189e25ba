//! Splitting, stop words, stems by language (crate frostem).

use std::collections::HashMap;
use std::sync::LazyLock;

use frostem::{Algorithm, Stemmer};

use super::language::Language;
use super::{normalize, stopwords};

/// The words of a text in normal form ([`normalize::normalize`]).
pub fn split(normal: &str) -> impl Iterator<Item = &str> {
    normal.split(' ').filter(|word| !word.is_empty())
}

/// What is left of `word` (in normal form) without its ending and without marks on its letters: what is compared.
/// For languages without a stemmer, the letters alone.
#[must_use]
pub fn stem(word: &str, language: Language) -> String {
    let stemmer = algorithm(language).map(Stemmer::new);
    normalize::fold(&stemmer.map_or_else(|| word.into(), |stemmer| stemmer.stem(word)))
}

/// How much a word says about the subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// `the`, `is`, `please`: next to nothing.
    Function,
    /// `when`, `how`: what kind of answer is wanted.
    Asking,
    /// All others.
    Content,
}

/// How much `word` (in normal form) says in `language`.
#[must_use]
pub fn weight(word: &str, language: Language) -> Weight {
    WEIGHTS.get(&language).and_then(|weights| weights.get(word).copied()).unwrap_or(Weight::Content)
}

/// Whether `word` (in normal form) is a word of grammar in `language`.
#[must_use]
pub fn is_stop(word: &str, language: Language) -> bool {
    weight(word, language) != Weight::Content
}

/// Both lists of each known language; words are also found as people type them without marks (`fur` for `für`).
static WEIGHTS: LazyLock<HashMap<Language, HashMap<String, Weight>>> = LazyLock::new(|| {
    let mut weights = HashMap::new();
    for language in Language::KNOWN {
        let Some(lists) = stopwords::of(language) else {
            continue;
        };
        let mut of_language = HashMap::new();
        for (list, weight) in [(lists.function, Weight::Function), (lists.asking, Weight::Asking)] {
            for word in list.split_ascii_whitespace() {
                of_language.insert(normalize::fold(word), weight);
                of_language.insert(word.to_owned(), weight);
                if word.contains(['ä', 'ö', 'ü', 'ß']) {
                    let spelled =
                        word.replace('ä', "ae").replace('ö', "oe").replace('ü', "ue").replace('ß', "ss");
                    of_language.insert(spelled, weight);
                }
            }
        }
        weights.insert(language, of_language);
    }
    weights
});

fn algorithm(language: Language) -> Option<Algorithm> {
    Some(match language {
        Language::EN => Algorithm::English,
        Language::DE => Algorithm::German,
        Language::FR => Algorithm::French,
        Language::ES => Algorithm::Spanish,
        Language::IT => Algorithm::Italian,
        Language::NL => Algorithm::Dutch,
        Language::PT => Algorithm::Portuguese,
        Language::PL => Algorithm::Polish,
        Language::TR => Algorithm::Turkish,
        _ => return None,
    })
}
