//! Rules over the whole set: doubles, dead links between entries, missing translations.

/// `text` as far as it matters for "is that the same question?": without case, punctuation and spare white space.
pub(super) fn key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        if !key.is_empty() {
            key.push(' ');
        }
        key.extend(word.chars().flat_map(char::to_lowercase));
    }
    key
}
