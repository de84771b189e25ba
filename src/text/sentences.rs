//! One message, several questions.
//!
//! Cautious: splitting one question in two does more harm than answering one of two. A message is split only where
//! at least two stretches end with a question mark, or stand on lines of their own as questions, and each says enough
//! to be understood alone. What is said before a question ("I ordered a bike.") stays with it.

use unicode_segmentation::UnicodeSegmentation as _;

use super::language::Language;
use super::{normalize, words};

/// The most questions that a message is taken apart into; what follows stays with the last.
pub const MOST: usize = 5;

/// The questions in `message`, in their order; the whole message where there is one, or none.
#[must_use]
pub fn questions(message: &str, language: Language) -> Vec<&str> {
    let message = normalize::cut(message).trim();
    let mut questions: Vec<&str> = Vec::new();
    let mut start = 0;
    let mut at = 0;
    for sentence in sentences(message) {
        at += sentence.len();
        if is_question(sentence, language) && questions.len() + 1 < MOST {
            let question = message[start..at].trim();
            if stands_alone(sentence, language) {
                questions.push(question);
                start = at;
            } else if let Some(last) = questions.last_mut() {
                // "Do you deliver? And when?": the second says nothing without the first.
                let from = message.len() - message[offset(message, last)..].len();
                *last = message[from..at].trim();
                start = at;
            }
        }
    }
    match (questions.len(), message[start..].trim()) {
        (0 | 1, _) => vec![message],
        (_, "") => questions,
        (_, rest) => {
            // A word of thanks at the end belongs to no question; a statement goes with the last one.
            if stands_alone(rest, language)
                && let Some(last) = questions.last_mut()
            {
                *last = message[offset(message, last)..].trim();
            }
            questions
        }
    }
}

/// Whether `message` only makes sense after another question: "and on Sundays?", "what about children".
#[must_use]
pub fn is_follow_up(message: &str, language: Language) -> bool {
    let normal = normalize::normalize(message);
    let all: Vec<&str> = words::split(&normal).take(3 * FEW).collect();
    let content = all.iter().filter(|word| !words::is_stop(word, language)).count();
    let joins = all.first().is_some_and(|first| and(language).contains(first))
        || WHAT_ABOUT.iter().any(|begin| normal.starts_with(begin));
    (all.len() <= FEW && content == 0 && !all.is_empty()) || (joins && content <= 2)
}

/// Words that a follow-up begins with.
fn and(language: Language) -> &'static [&'static str] {
    match language {
        Language::DE => &["und", "aber", "auch", "oder"],
        Language::FR => &["et", "mais", "ou"],
        Language::ES => &["y", "e", "pero", "o"],
        Language::IT => &["e", "ed", "ma", "o"],
        Language::NL => &["en", "maar", "of"],
        Language::PT => &["e", "mas", "ou"],
        Language::PL => &["a", "i", "ale"],
        Language::TR => &["ve", "ama", "peki", "ya"],
        _ => &["and", "but", "or"],
    }
}

/// Beginnings of a follow-up, in all languages.
const WHAT_ABOUT: [&str; 14] = [
    "what about",
    "how about",
    "was ist mit",
    "wie ist es mit",
    "wie sieht es mit",
    "wie siehts mit",
    "qu en est il",
    "et pour",
    "y que",
    "qué tal",
    "hoe zit het met",
    "a co z",
    "e per",
    "e para",
];

/// So many words are few.
const FEW: usize = 4;

fn offset(whole: &str, part: &str) -> usize {
    part.as_ptr() as usize - whole.as_ptr() as usize
}

/// Sentences and lines; together they are the whole text.
fn sentences(message: &str) -> impl Iterator<Item = &str> {
    message.split_inclusive('\n').flat_map(|line| line.split_sentence_bounds())
}

fn is_question(sentence: &str, language: Language) -> bool {
    let sentence = sentence.trim_end();
    if sentence.trim_end_matches(['"', ')', '!', '.', '…', '”', '»']).ends_with(['?', '？', '؟']) {
        return true;
    }
    let normal = normalize::normalize(sentence);
    let asks = words::split(&normal)
        .next()
        .is_some_and(|first| words::weight(first, language) == words::Weight::Asking);
    asks && 3 <= words::split(&normal).count()
}

/// Whether `sentence` has a subject of its own: three words, one of them not a word of grammar.
fn stands_alone(sentence: &str, language: Language) -> bool {
    let normal = normalize::normalize(sentence);
    let all = words::split(&normal).count();
    let content = words::split(&normal).filter(|word| !words::is_stop(word, language)).count();
    3 <= all && 1 <= content
}
