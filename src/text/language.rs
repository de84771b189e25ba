//! Which of the firm's languages is this?

use std::fmt;

use whatlang::{Detector, Lang};

use super::words;

/// A language by its ISO 639-1 code, such as `en` or `de`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language([u8; 2]);

impl Language {
    /// English.
    pub const EN: Self = Self(*b"en");
    /// German.
    pub const DE: Self = Self(*b"de");
    /// French.
    pub const FR: Self = Self(*b"fr");
    /// Spanish.
    pub const ES: Self = Self(*b"es");
    /// Italian.
    pub const IT: Self = Self(*b"it");
    /// Dutch.
    pub const NL: Self = Self(*b"nl");
    /// Portuguese.
    pub const PT: Self = Self(*b"pt");
    /// Polish.
    pub const PL: Self = Self(*b"pl");
    /// Turkish.
    pub const TR: Self = Self(*b"tr");

    /// The languages with stems and stop words of their own; others are matched by their letters.
    pub const KNOWN: [Self; 9] =
        [Self::EN, Self::DE, Self::FR, Self::ES, Self::IT, Self::NL, Self::PT, Self::PL, Self::TR];

    /// The language with the two-letter `code`; `None` when it isn't two ASCII letters.
    #[must_use]
    pub fn new(code: &str) -> Option<Self> {
        match code.as_bytes() {
            [first, second] if first.is_ascii_alphabetic() && second.is_ascii_alphabetic() => {
                Some(Self([first.to_ascii_lowercase(), second.to_ascii_lowercase()]))
            }
            _ => None,
        }
    }

    /// The two-letter code, in lower case.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).expect("two ASCII letters: checked in `new`")
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Language({})", self.code())
    }
}

/// What is known beside the words when a language is guessed.
pub struct Hints<'a> {
    /// The language that the conversation is held in so far: kept unless the words clearly are another.
    pub so_far: Option<Language>,
    /// How many texts of the knowledge base in this language hold this word (normal form); 0 where none does.
    pub used: &'a dyn Fn(&str, Language) -> u32,
}

/// Which of `languages` (the firm's; the first is the one in doubt) the text with the normal form `normal` is in.
///
/// Stop words and the knowledge base's own words count most, since chat texts are too short for letter statistics;
/// these (crate `whatlang`, restricted to `languages`) speak for longer texts. Empty `languages`: English.
#[must_use]
pub fn detect(normal: &str, languages: &[Language], hints: &Hints<'_>) -> Language {
    let (Some(&in_doubt), 2..) = (languages.first(), languages.len()) else {
        return languages.first().copied().unwrap_or(Language::EN);
    };
    let words: Vec<&str> = words::split(normal).take(WORDS).collect();
    let statistics = by_letters(normal, languages);
    let score = |language: Language| {
        let mut score = 0.0;
        for word in &words {
            score += if words::is_stop(word, language) { 1.0 } else { 0.0 };
            score += if 0 < (hints.used)(word, language) { 0.7 } else { 0.0 };
        }
        score /= f64::from(u32::try_from(words.len().max(1)).unwrap_or(u32::MAX));
        if let Some((guess, sure)) = statistics
            && guess == language
        {
            score += sure;
        }
        score
    };
    let kept = hints.so_far.filter(|so_far| languages.contains(so_far)).unwrap_or(in_doubt);
    let margin = if hints.so_far.is_some() { KEEP } else { 0.0 };
    let mut best = (kept, score(kept) + margin);
    for &language in languages {
        let score = score(language);
        if best.1 < score {
            best = (language, score);
        }
    }
    best.0
}

/// Whether the text with the normal form `normal` is clearly in none of `languages`, but in another that we know.
#[must_use]
pub fn is_foreign(normal: &str, languages: &[Language]) -> bool {
    let words: Vec<&str> = words::split(normal).take(WORDS).collect();
    let hits = |language: &Language| words.iter().filter(|word| words::is_stop(word, *language)).count();
    let own = languages.iter().map(hits).max().unwrap_or(0);
    let other = Language::KNOWN.iter().filter(|one| !languages.contains(one)).map(hits).max().unwrap_or(0);
    own + 1 < other && words.len() <= 3 * other
}

/// Words that are looked at: enough to tell languages apart.
const WORDS: usize = 40;

/// How much clearer another language must be before a conversation changes over; in the share of words that speak for it.
const KEEP: f64 = 0.3;

/// The guess of letter statistics, and its weight: nothing for one word, most from about 40 letters on.
fn by_letters(normal: &str, languages: &[Language]) -> Option<(Language, f64)> {
    let allowed: Vec<Lang> = languages.iter().filter_map(|&language| of_whatlang(language)).collect();
    if allowed.is_empty() {
        return None;
    }
    let info = Detector::with_allowlist(allowed).detect(normal)?;
    let language = languages.iter().copied().find(|&one| of_whatlang(one) == Some(info.lang()))?;
    let letters = f64::from(u32::try_from(normal.chars().take(40).count()).unwrap_or(40));
    Some((language, info.confidence() * 0.6 * letters / 40.0))
}

fn of_whatlang(language: Language) -> Option<Lang> {
    Lang::all().iter().copied().find(|lang| code_of(*lang) == Some(language.code()))
}

/// ISO 639-1 from whatlang's ISO 639-3, for the languages that a European shop may write in.
fn code_of(lang: Lang) -> Option<&'static str> {
    Some(match lang.code() {
        "eng" => "en",
        "deu" => "de",
        "fra" => "fr",
        "spa" => "es",
        "ita" => "it",
        "nld" => "nl",
        "por" => "pt",
        "pol" => "pl",
        "tur" => "tr",
        "swe" => "sv",
        "dan" => "da",
        "nob" => "no",
        "fin" => "fi",
        "ces" => "cs",
        "slk" => "sk",
        "hun" => "hu",
        "ron" => "ro",
        "hrv" => "hr",
        "slv" => "sl",
        "srp" => "sr",
        "bul" => "bg",
        "ell" => "el",
        "ukr" => "uk",
        "rus" => "ru",
        "est" => "et",
        "lav" => "lv",
        "lit" => "lt",
        "cat" => "ca",
        "ara" => "ar",
        "heb" => "he",
        "cmn" => "zh",
        "jpn" => "ja",
        "kor" => "ko",
        _ => return None,
    })
}
