//! An event of Discord's: its name in the first line, its data as JSON behind it.

#![no_main]

use deskbell::channel::discord;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let Some((name, data)) = text.split_once('\n') else { return };
    let Ok(data) = serde_json::from_str(data) else { return };
    if let Some(heard) = discord::fuzzed::heard(name, data) {
        assert!(!heard.message.0.is_empty() && !heard.place.address.is_empty());
    }
});
