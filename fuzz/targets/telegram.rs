//! An update of Telegram's, as it came.

#![no_main]

use deskbell::channel::telegram;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Ok(json) = std::str::from_utf8(input) else { return };
    for heard in telegram::fuzzed::heard(json) {
        assert!(!heard.message.0.is_empty() && !heard.place.address.is_empty());
    }
});
