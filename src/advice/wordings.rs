//! What customers say to entries of other firms, by language: the form of `wordings.txt`.

use crate::text::Language;

/// An entry of another firm, with what customers say to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told<'a> {
    pub(super) heading: &'a str,
    /// What its answer begins with.
    pub(super) beginning: &'a str,
    pub(super) wordings: Vec<Wording<'a>>,
}

/// A customer's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wording<'a> {
    pub(super) text: String,
    /// Those of the words that few firms use, with the signs at them.
    pub(super) rare: Vec<&'a str>,
}

/// Stands before a rare word.
const MARK: char = '^';

/// The entries that `file` has in `language`. Lines that begin with `=` name a language, lines that begin with `#` are
/// entries (heading and what the answer begins with), all others are wordings of the entry above.
pub(super) fn told(file: &str, language: Language) -> Vec<Told<'_>> {
    let mut told: Vec<Told<'_>> = Vec::new();
    let mine = |line: &&str| line.strip_prefix('=') == Some(language.code());
    let lines = file.lines().skip_while(|line| !mine(line)).skip(1);
    for line in lines.take_while(|line| !line.starts_with('=')) {
        if let Some(entry) = line.strip_prefix('#') {
            let (heading, beginning) = entry.split_once(" | ").unwrap_or((entry, ""));
            told.push(Told { heading, beginning, wordings: Vec::new() });
        } else if let Some(entry) = told.last_mut() {
            let marked = line.split(MARK).skip(1);
            let rare = marked.filter_map(|rest| rest.split(' ').next()).collect();
            entry.wordings.push(Wording { text: line.replace(MARK, ""), rare });
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_has_its_own_entries_and_rare_words_are_told_apart() {
        let file = "=de\n#Zeiten | Von 9 bis 18 Uhr.\nwann ^notdienst?\n=en\n#Hours | From 9 to 6.\nopen today?\n\
                    a ^bank-holiday or ^Monday?\n#Parking | In the yard.\n";
        let english = told(file, Language::EN);
        assert_eq!(english.len(), 2);
        assert_eq!((english[0].heading, english[0].beginning), ("Hours", "From 9 to 6."));
        assert_eq!(english[0].wordings[1].text, "a bank-holiday or Monday?");
        assert_eq!(english[0].wordings[1].rare, ["bank-holiday", "Monday?"]);
        assert_eq!(told(file, Language::DE)[0].wordings[0].rare, ["notdienst?"]);
        assert_eq!(told(file, Language::FR), []);
    }

    #[test]
    fn the_file_that_is_built_in_has_wordings_in_every_language() {
        for language in Language::KNOWN {
            let told = told(super::super::WORDINGS, language);
            let wordings = told.iter().flat_map(|one| &one.wordings);
            assert!(100 < wordings.clone().count(), "{language}");
            for wording in wordings {
                // In French a question mark stands alone.
                let words = wording.text.split_whitespace().count();
                assert!((1..=11).contains(&words) && !wording.text.contains(['^', '>', '{']), "{wording:?}");
            }
        }
    }
}
