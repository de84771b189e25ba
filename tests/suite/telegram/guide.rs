//! docs/telegram.md, against the program: what it quotes, and what it tells to type.

use std::fs;
use std::path::Path;

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("it lies in the repository")
}

#[test]
fn the_guide_quotes_what_the_program_says() {
    let guide = read("docs/telegram.md");
    let adapter: String =
        ["mod.rs", "intake.rs"].map(|file| read(&format!("src/channel/telegram/{file}"))).concat();
    for words in [
        "Telegram is reached",
        "the bot's part in a group has changed",
        "a business connection was set up or changed",
    ] {
        assert!(guide.contains(words), "the guide no longer says `{words}`");
        assert!(adapter.contains(words), "the program no longer says `{words}`");
    }
    let commands = read("src/channel/telegram/commands.rs");
    let said = guide.split('`').filter_map(|word| word.split(' ').next()?.strip_prefix('/'));
    let to_botfather = ["newbot", "setinline", "setprivacy"];
    let mut found = 0;
    for name in said.filter(|name| !to_botfather.contains(name) && !name.is_empty() && !name.contains('/')) {
        assert!(commands.contains(&format!("(\"{name}\"")), "there is no command `{name}`");
        found += 1;
    }
    assert!(12 < found, "{found}");
}

#[test]
fn the_guides_settings_are_settings() {
    let guide = read("docs/telegram.md");
    let sample = read("deploy/deskbell.toml");
    let blocks = guide.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let mut keys = 0;
    for line in blocks.flat_map(str::lines) {
        let line = line.trim().trim_start_matches("# ");
        let name = line.split(" = ").next().filter(|_| line.contains(" = ")).unwrap_or(line);
        if !name.is_empty() {
            assert!(sample.contains(name), "`{name}` is no setting of deploy/deskbell.toml");
            keys += 1;
        }
    }
    assert!(8 < keys, "{keys}");
    for word in guide.split('`').filter(|word| word.starts_with("DESKBELL_")) {
        assert!(
            (read("src/config/mod.rs") + &read("src/config/file.rs"))
                .contains(word.split('=').next().unwrap_or(word)),
            "`{word}`"
        );
    }
}
