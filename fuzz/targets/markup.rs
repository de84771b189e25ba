//! Words on their way out. What stands before a NUL is the owner's Markdown, what stands behind it somebody else's words.
//! Every piece is within its platform's limit, and each style lies on letters that are there.

#![no_main]

use deskbell::channel::split::{characters, split, utf16_units};
use deskbell::channel::{discord, markup, telegram, visible};
use deskbell::desk::{Message, Part};
use deskbell::faq::draft;
use libfuzzer_sys::fuzz_target;

/// Longest text of Telegram's, in UTF-16 units, and of Discord's, in characters.
const TELEGRAM: usize = 4096;
const DISCORD: usize = 2000;

fuzz_target!(|input: &[u8]| {
    let text = String::from_utf8_lossy(input);
    let (ours, theirs) = text.split_once('\0').unwrap_or((&text, ""));
    let parts = vec![Part::Markdown(ours.to_owned()), Part::Literal(theirs.to_owned())];
    let rich = markup::rich(&parts);
    sound(&rich);
    for limit in [1, 7, 300] {
        let pieces = split(&rich, limit, utf16_units);
        for piece in &pieces {
            sound(piece);
            // A sign of two units is the least that can be shown.
            assert!(utf16_units(&piece.text) <= limit.max(2), "{piece:?}");
        }
    }
    let message = Message { parts, ..Message::default() };
    for (text, entities) in telegram::fuzzed::sent(&message) {
        let units = utf16_units(&text);
        assert!(units <= TELEGRAM);
        assert!(entities.iter().all(|(offset, length)| offset + length <= units && 0 < *length), "{text:?}");
    }
    for text in discord::fuzzed::sent(&message) {
        assert!(characters(&text) <= DISCORD, "{}", characters(&text));
    }
    // Somebody else's words ring for nobody.
    let theirs = Message { parts: vec![Part::Literal(theirs.to_owned())], ..Message::default() };
    for text in discord::fuzzed::sent(&theirs) {
        let calls = ["@everyone", "@here", "<@", "<#"];
        let rings = |word: &str| calls.iter().any(|call| word.starts_with(call));
        assert!(!text.split_whitespace().any(rings), "{text:?}");
    }
    let _ = visible::visible(ours);
    let _ = draft::words_to_answer(ours);
});

fn sound(rich: &markup::Rich) {
    for span in &rich.spans {
        assert!(rich.text.get(span.range.clone()).is_some(), "{span:?} in {:?}", rich.text);
    }
}
