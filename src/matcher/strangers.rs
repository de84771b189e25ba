//! Questions that no shop's FAQ answers, by language: they show what "none of these" looks like.

use crate::text::Language;

/// The built-in strangers' questions in `language`; none for languages that have no list.
pub(super) fn questions(language: Language) -> impl Iterator<Item = &'static str> {
    let list = match language.code() {
        "en" => include_str!("strangers/en.txt"),
        "de" => include_str!("strangers/de.txt"),
        "es" => include_str!("strangers/es.txt"),
        "fr" => include_str!("strangers/fr.txt"),
        "it" => include_str!("strangers/it.txt"),
        "nl" => include_str!("strangers/nl.txt"),
        "pl" => include_str!("strangers/pl.txt"),
        "pt" => include_str!("strangers/pt.txt"),
        "tr" => include_str!("strangers/tr.txt"),
        _ => "",
    };
    list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}
