//! `docs/discord.md` tells the truth: the invite link asks for what its table names, and no more.

use std::fs;
use std::path::Path;

const DOCUMENT: &str = include_str!("../../../docs/discord.md");

#[test]
fn the_invite_link_asks_for_what_the_table_names_and_no_more() {
    let view_channel = 1_u64 << 10;
    let send_messages = 1 << 11;
    let embed_links = 1 << 14;
    let read_message_history = 1 << 16;
    let manage_threads = 1 << 34;
    let create_public_threads = 1 << 35;
    let create_private_threads = 1 << 36;
    let send_messages_in_threads = 1 << 38;
    let sum = view_channel
        | send_messages
        | embed_links
        | read_message_history
        | manage_threads
        | create_public_threads
        | create_private_threads
        | send_messages_in_threads;
    assert!(DOCUMENT.contains(&format!("permissions={sum}\n")), "{sum}");
}

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("it lies in the repository")
}

#[test]
fn the_commands_that_the_guide_names_exist() {
    let commands = read("src/channel/discord/commands.rs");
    let mut found = 0;
    for name in DOCUMENT.split('`').filter_map(|word| word.split(' ').next()?.strip_prefix('/')) {
        if name.is_empty() || name.contains('/') {
            continue;
        }
        let is_there = ["customer", "staff"].iter().any(|kind| {
            commands.contains(&format!("{kind}(\"{name}\""))
                || commands.contains(&format!("{kind}(\n            \"{name}\""))
        });
        assert!(is_there, "there is no command `{name}`");
        found += 1;
    }
    assert!(13 < found, "{found}");
    assert!(DOCUMENT.contains("Save as answer") && commands.contains("\"Save as answer\""));
}

#[test]
fn the_guides_settings_are_settings() {
    let sample = read("deploy/deskbell.toml");
    let blocks = DOCUMENT.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let mut keys = 0;
    for line in blocks.flat_map(str::lines).map(str::trim).filter(|line| !line.is_empty()) {
        let name = line.split(" = ").next().unwrap_or(line);
        assert!(sample.contains(name), "`{name}` is no setting of deploy/deskbell.toml");
        keys += 1;
    }
    assert!(8 < keys, "{keys}");
    for word in DOCUMENT.split(['`', ' ', '=', '\n']).filter(|word| word.starts_with("DESKBELL_")) {
        assert!(sample.contains(word), "`{word}`");
    }
}

#[test]
fn what_the_guide_says_that_deskbell_says_it_says() {
    let adapter: String =
        ["settings.rs", "rest.rs"].map(|file| read(&format!("src/channel/discord/{file}"))).concat();
    let table = DOCUMENT.split("| deskbell says |").nth(1).expect("the guide has the table");
    let mut found = 0;
    for said in table.lines().skip(2).filter_map(|line| line.strip_prefix("| ")?.split(" | ").next()) {
        for words in said.split('…').map(|words| words.trim().trim_matches('`')) {
            let words = words.trim_start_matches("staff.place` is").trim();
            assert!(adapter.contains(words), "the program doesn't say `{words}`");
            found += 1;
        }
    }
    assert!(3 < found, "{found}");
}
