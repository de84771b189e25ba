//! A damaged store, found when the bot starts: it is made again, and the owner is told in their own chat.

use std::fs;
use std::process::Stdio;

use super::Shop;
use super::platform::Platform;

/// Damages the stored conversations, as a dying disk does.
pub(super) fn damage(shop: &Shop) {
    let shelf = shop.path("data/store/desk");
    let tree = fs::read_dir(&shelf)
        .expect("it is there")
        .map(|entry| entry.expect("listed").path())
        .find(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("tree-")))
        .expect("a tree");
    let mut bytes = fs::read(tree.join("db")).expect("it can be read");
    let length = bytes.len().min(64 * 1024);
    bytes[..length].iter_mut().for_each(|byte| *byte ^= 0x5a);
    fs::write(tree.join("db"), bytes).expect("it can be written");
}

#[test]
fn the_owner_is_told_in_their_chat_and_language_where_the_damaged_files_are_and_what_is_missing() {
    let shop = Shop::new();
    shop.edit("faq/business.toml", |text| text.replace("[\"en\", \"de\"]", "[\"de\", \"en\"]"));
    shop.run(&["chat"], "Wo kann ich parken?\n");
    shop.fine(&["backup"]);
    damage(&shop);
    let telegram = Platform::start();
    let mut bot = shop
        .command(&["run"])
        .env("DESKBELL_TELEGRAM_TOKEN", "4200:CANARY-run-token")
        .env("DESKBELL_TELEGRAM_API_URL", telegram.url())
        .env("DESKBELL_HEALTH_LISTEN", "off")
        .env("DESKBELL_OWNER_CHANNEL", "telegram")
        .env("DESKBELL_OWNER_PLACE", "777")
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let told = telegram.until("a word to the owner", |calls| {
        calls.iter().find(|(method, body)| method == "sendMessage" && body["chat_id"] == 777).cloned()
    });
    bot.kill().expect("it can be ended");
    let output = bot.wait_with_output().expect("it ends");
    let (_, body) = told;
    let text = body["text"].as_str().expect("a text");
    assert!(text.contains("Es fehlt nichts.") && text.contains("desk.damaged-"), "{text}");
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(log.contains("the store was damaged") && log.contains("nothing is missing"), "{log}");
    assert!(!log.contains("CANARY"), "{log}");
}
