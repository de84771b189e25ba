//! The owner's own sentences, looked at: names that nothing is called by, words in braces that nothing fills in.

use crate::faq::{Firm, Problem};
use crate::text::Language;

use super::super::clean;
use super::sheet::Name;
use super::{english, sheet};

/// Longest label of a button, in characters: what is longer is cut.
const LABEL: usize = clean::LABEL;

/// What is wrong in the `[wording.…]` tables of `business.toml`, for `deskbell check`.
#[must_use]
pub fn check(firm: &Firm) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (language, places) in &firm.wording_places {
        for (key, place) in places {
            let Some(name) = Name::ALL.iter().copied().find(|name| name.as_str() == key) else {
                let problem = Problem::error(place.key, format!("the bot has no sentence called `{key}`"));
                problems.push(problem.hint(nearest(key)));
                continue;
            };
            let words = firm.wording.get(language).and_then(|sentences| sentences.get(key));
            let Some(words) = words else { continue };
            let found = fault(name, words, *language);
            problems.extend(found.map(|(message, hint)| Problem::error(place.value, message).hint(hint)));
        }
    }
    problems
}

/// What is wrong with the owner's `words` for the sentence `name`, and the way out.
fn fault(name: Name, words: &str, language: Language) -> Option<(String, String)> {
    let ours = sheet(language).sentences.get(name);
    if words.trim().is_empty() {
        return Some((
            format!("`{}` says nothing", name.as_str()),
            format!("take the line away, and the bot says: {ours}"),
        ));
    }
    let known = braced(english::ENGLISH.sentences.get(name));
    if let Some(unknown) = braced(words).into_iter().find(|word| *word != "firm" && !known.contains(word)) {
        let hint = if known.is_empty() {
            "only `{firm}` is filled in here".to_owned()
        } else {
            let known: Vec<String> = known.iter().map(|word| format!("`{{{word}}}`")).collect();
            format!("this sentence knows {} and `{{firm}}`", known.join(", "))
        };
        return Some((format!("nothing is filled in for `{{{unknown}}}`"), hint));
    }
    let is_label = name.as_str().starts_with("button_") || name == Name::MenuOther;
    let length = words.chars().count();
    if is_label && LABEL < length {
        return Some((
            format!("`{}` stands on a button, and is {length} characters long", name.as_str()),
            format!("at most {LABEL} fit"),
        ));
    }
    None
}

/// The words in braces of `sentence`.
pub(super) fn braced(sentence: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = sentence;
    while let Some((_, after)) = rest.split_once('{') {
        let Some((word, behind)) = after.split_once('}') else { break };
        words.push(word);
        rest = behind;
    }
    words
}

/// The name that was probably meant, else all of them.
fn nearest(key: &str) -> String {
    let names = || Name::ALL.iter().map(|name| name.as_str());
    let typed = letters(key);
    let begins = |name: &&str| {
        let name = letters(name);
        let shared = name.chars().zip(typed.chars()).take_while(|(a, b)| a == b).count();
        // All but two letters at the end are the same.
        name.chars().count().max(typed.chars().count()) <= shared + 2
    };
    match names().find(|name| letters(name) == typed).or_else(|| names().find(begins)) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("the names are {}", names().collect::<Vec<_>>().join(", ")),
    }
}

fn letters(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
