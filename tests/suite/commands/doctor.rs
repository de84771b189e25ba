//! `deskbell doctor`: it finds what is amiss, says what to do, and tells no secret.

use std::fs;
use std::process::{Command, Output};

use serde_json::Value;

use super::platform::Platform;
use super::{Shop, errors, said};

const TELEGRAM: &str = "4200:CANARY-abcdefghijklmnopqrstuvwxyz01234";
const DISCORD: &str = "Q0FOQVJZQ0FOQVJZQ0FOQVJZ.CANARY.CANARY-abcdefghijklmnopqrstuvw";
/// Nobody listens on the discard port.
const NOWHERE: &str = "http://127.0.0.1:9";

fn findings(output: &Output) -> Vec<Value> {
    let report: Value = serde_json::from_str(&said(output)).unwrap_or_else(|_| panic!("{}", errors(output)));
    report["findings"].as_array().expect("a list").clone()
}

/// The findings of `area` that are not ok, each as "state: text".
fn amiss(output: &Output, area: &str) -> Vec<String> {
    let of_area = |finding: &&Value| finding["area"] == area && finding["state"] != "ok";
    let shown = |finding: &Value| {
        format!(
            "{}: {}",
            finding["state"].as_str().expect("a state"),
            finding["text"].as_str().expect("a text")
        )
    };
    findings(output).iter().filter(of_area).map(shown).collect()
}

fn ends(mut command: Command) -> Output {
    command.output().expect("it ends")
}

#[test]
fn a_fresh_shop_is_well_but_for_what_only_the_owner_can_give() {
    let shop = Shop::new();
    let looked = shop.run(&["doctor"], "");
    assert_eq!(looked.status.code(), Some(0), "{}{}", said(&looked), errors(&looked));
    assert!(said(&looked).contains("Nothing is wrong"), "{}", said(&looked));
    assert!(said(&looked).contains("docs/telegram.md"), "{}", said(&looked));
    assert!(!shop.path("data").exists(), "it changes nothing");
}

#[test]
fn offline_is_said_plainly_and_no_output_holds_a_secret() {
    let shop = Shop::new();
    for (form, text) in
        [(&["doctor"][..], true), (&["doctor", "--json"], false), (&["doctor", "--offline"], true)]
    {
        let mut command = shop.command(form);
        command.env("DESKBELL_TELEGRAM_TOKEN", TELEGRAM).env("DESKBELL_TELEGRAM_API_URL", NOWHERE);
        command.env("DESKBELL_DISCORD_TOKEN", DISCORD).env("DESKBELL_DISCORD_API_URL", NOWHERE);
        let output = ends(command);
        let all = said(&output) + &errors(&output);
        assert_eq!(output.status.code(), Some(0), "{all}");
        assert!(!all.contains("CANARY"), "{all}");
        let words = if form.contains(&"--offline") { "nothing was asked" } else { "can't be reached" };
        assert!(!text || all.matches(words).count() == 2, "{all}");
    }
}

#[test]
fn a_secret_in_the_wrong_place_is_refused_without_being_shown() {
    let shop = Shop::new();
    let mut command = shop.command(&["doctor"]);
    command.env("DESKBELL_TELEGRAM_TOKEN_FILE", TELEGRAM);
    let named = ends(command);
    shop.edit("deskbell.toml", |text| {
        text.replace("[telegram]", &format!("[telegram]\ntoken = \"{TELEGRAM}\""))
    });
    let written = shop.run(&["doctor"], "");
    let checked = shop.run(&["check"], "");
    for output in [named, written, checked] {
        let all = said(&output) + &errors(&output);
        assert_eq!(output.status.code(), Some(1), "{all}");
        assert!(all.contains("DESKBELL_TELEGRAM_TOKEN_FILE"), "it says where it belongs: {all}");
        assert!(!all.contains("CANARY"), "{all}");
    }
}

#[test]
fn platforms_are_asked_who_the_bot_is() {
    let shop = Shop::new();
    let ask = |platform: &Platform| {
        let mut command = shop.command(&["doctor", "--json"]);
        command.env("DESKBELL_TELEGRAM_TOKEN", TELEGRAM).env("DESKBELL_TELEGRAM_API_URL", platform.url());
        command.env("DESKBELL_DISCORD_TOKEN", DISCORD).env("DESKBELL_DISCORD_API_URL", platform.url());
        command.env("DESKBELL_DISCORD_MESSAGE_CONTENT", "true");
        ends(command)
    };
    let known = ask(&Platform::start());
    assert_eq!(amiss(&known, "telegram"), [""; 0]);
    assert!(
        said(&known).contains("@example_bell_bot") && said(&known).contains("examplebell"),
        "{}",
        said(&known)
    );
    let discord = amiss(&known, "discord");
    assert!(discord.len() == 1 && discord[0].contains("Message Content intent"), "{discord:?}");
    let unknown = ask(&Platform::refusing());
    assert_eq!(unknown.status.code(), Some(1));
    assert!(amiss(&unknown, "telegram")[0].starts_with("wrong: Telegram does not know this token"));
    assert!(amiss(&unknown, "discord")[0].starts_with("wrong: Discord refuses the token"));
    assert!(!said(&unknown).contains("CANARY"));
}

#[test]
fn mistakes_in_files_and_damage_in_the_store_are_wrong_and_broken_backups_a_warning() {
    let shop = Shop::new();
    shop.run(&["chat"], "When are you open?\n");
    shop.fine(&["backup"]);
    fs::write(shop.path("data/backups/desk-20991231T000000.000Z.jsonl"), "{").expect("written");
    shop.edit("faq/en/shop.md", |text| text.replace("(#parking)", "(#nowhere)"));
    super::damage::damage(&shop);
    let looked = shop.run(&["doctor", "--json"], "");
    assert_eq!(looked.status.code(), Some(1));
    assert!(amiss(&looked, "faq")[0].starts_with("wrong: 1 mistake"), "{}", said(&looked));
    assert!(amiss(&looked, "store")[0].starts_with("wrong: conversations: damaged"), "{}", said(&looked));
    assert!(amiss(&looked, "backups")[0].contains("desk-20991231T000000.000Z.jsonl"), "{}", said(&looked));
}

#[cfg(unix)]
#[test]
fn a_token_that_others_can_read_is_a_warning_with_the_way_out() {
    use std::os::unix::fs::PermissionsExt as _;

    let shop = Shop::new();
    let token = shop.path("telegram.token");
    fs::write(&token, TELEGRAM).expect("written");
    let look = |mode: u32| {
        fs::set_permissions(&token, fs::Permissions::from_mode(mode)).expect("its mode can be set");
        let mut command = shop.command(&["doctor", "--offline", "--json"]);
        command.env("DESKBELL_TELEGRAM_TOKEN_FILE", &token);
        ends(command)
    };
    let open = look(0o644);
    assert!(amiss(&open, "files")[0].contains("telegram.token (mode 644)"), "{}", said(&open));
    assert!(said(&open).contains("chmod 600"), "{}", said(&open));
    assert_eq!(amiss(&look(0o600), "files"), [""; 0]);
}
