//! `deskbell.toml` as it is written, and what the environment sets in its place.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde::Deserialize;

/// The file as it is written; times in the units that its keys name.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ConfigFile {
    pub(super) faq: Option<PathBuf>,
    pub(super) data: Option<PathBuf>,
    pub(super) staff: StaffFile,
    pub(super) owner: PlaceFile,
    pub(super) conversation: ConversationFile,
    pub(super) telegram: TelegramFile,
    pub(super) discord: DiscordFile,
    pub(super) health: HealthFile,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct HealthFile {
    pub(super) listen: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct StaffFile {
    pub(super) channel: Option<String>,
    pub(super) place: Option<String>,
    pub(super) telegram_users: Vec<String>,
    pub(super) discord_users: Vec<String>,
    pub(super) discord_roles: Vec<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct PlaceFile {
    pub(super) channel: Option<String>,
    pub(super) place: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ConversationFile {
    pub(super) burst_seconds: Option<f64>,
    pub(super) remind_after_minutes: Option<f64>,
    pub(super) close_after_hours: Option<f64>,
    pub(super) flood_messages: Option<u32>,
    pub(super) flood_pause_seconds: Option<f64>,
    pub(super) follow_up_minutes: Option<f64>,
    pub(super) retention_days: Option<f64>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct TelegramFile {
    pub(super) api_url: Option<String>,
    pub(super) groups: Vec<i64>,
    pub(super) link_previews: bool,
    pub(super) webhook: Option<WebhookFile>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(not(feature = "telegram"), expect(dead_code, reason = "Telegram is not part of this build"))]
pub(super) struct WebhookFile {
    pub(super) url: String,
    pub(super) listen: SocketAddr,
    pub(super) certificate: Option<PathBuf>,
    pub(super) max_connections: Option<u8>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct DiscordFile {
    pub(super) api_url: Option<String>,
    pub(super) message_content: bool,
    pub(super) channels: Vec<String>,
    pub(super) thread_channels: Vec<String>,
    pub(super) forums: Vec<String>,
    pub(super) answered_tag: Option<String>,
}

pub(super) fn read(path: &Path) -> anyhow::Result<toml::Table> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("`{}` can't be read", path.display()))?;
    // Into the form that is meant, for a complaint that points at the line.
    toml::from_str::<ConfigFile>(&text).map_err(|error| complaint(path, &text, error))?;
    toml::from_str(&text).map_err(|error| complaint(path, &text, error))
}

/// What is wrong with the file; a line that may hold a secret is named, and not shown.
fn complaint(path: &Path, text: &str, error: toml::de::Error) -> anyhow::Error {
    let start = error.span().map_or(0, |span| span.start.min(text.len()));
    let number = text.as_bytes()[..start].iter().filter(|byte| **byte == b'\n').count();
    let line = text.lines().nth(number).unwrap_or_default().to_lowercase();
    let path = path.display();
    if ["token", "secret", "key", "password"].iter().any(|word| line.contains(word)) {
        return anyhow::anyhow!(
            "`{path}` is not right: line {}: no secret belongs there. A bot's token comes from the environment, or from \
             a file that the environment names (DESKBELL_TELEGRAM_TOKEN_FILE, DESKBELL_DISCORD_TOKEN_FILE)",
            number + 1
        );
    }
    anyhow::Error::new(error).context(format!("`{path}` is not right"))
}

/// The tables whose keys the environment may set, the longest names first.
const TABLES: [&[&str]; 7] = [
    &["telegram", "webhook"],
    &["conversation"],
    &["telegram"],
    &["discord"],
    &["health"],
    &["owner"],
    &["staff"],
];

/// Variables in the same style that are no keys: secrets, and below the files that hold them.
const SECRETS: [&str; 3] =
    ["DESKBELL_TELEGRAM_TOKEN", "DESKBELL_TELEGRAM_WEBHOOK_SECRET", "DESKBELL_DISCORD_TOKEN"];
pub(super) const SECRET_FILES: [&str; 3] =
    ["DESKBELL_TELEGRAM_TOKEN_FILE", "DESKBELL_TELEGRAM_WEBHOOK_SECRET_FILE", "DESKBELL_DISCORD_TOKEN_FILE"];

/// The file with what the environment sets: `DESKBELL_STAFF_PLACE` is `place` in `[staff]`. A value is text, or else
/// written as in the file, or else a list with commas.
pub(super) fn overridden(
    mut table: toml::Table,
    variables: impl Iterator<Item = (String, String)>,
) -> anyhow::Result<ConfigFile> {
    let is_key = |name: &str| !SECRETS.contains(&name) && !SECRET_FILES.contains(&name);
    let ours = variables.filter(|(name, value)| !value.is_empty() && is_key(name));
    for (name, value) in ours {
        let Some((path, key)) = TABLES.iter().find_map(|path| {
            let prefix = format!("DESKBELL_{}_", path.join("_").to_ascii_uppercase());
            Some((*path, name.strip_prefix(&prefix)?.to_ascii_lowercase()))
        }) else {
            continue;
        };
        let listed = value.split(',').map(|one| toml::Value::String(one.trim().to_owned())).collect();
        let as_written = toml::from_str::<toml::Table>(&format!("value = {value}"));
        let forms = [
            Some(toml::Value::String(value.clone())),
            as_written.ok().and_then(|mut table| table.remove("value")),
            Some(toml::Value::Array(listed)),
        ];
        let fits = forms.into_iter().flatten().find_map(|form| {
            let with = with(&table, path, &key, form);
            ConfigFile::deserialize(with.clone()).is_ok().then_some(with)
        });
        match fits {
            Some(fits) => table = fits,
            None => {
                // The value stays unsaid: a token under a mistyped name would be printed.
                bail!(
                    "{name} is no setting of deskbell's, or its value does not fit; the sample deskbell.toml lists them"
                );
            }
        }
    }
    Ok(ConfigFile::deserialize(table)?)
}

/// `table` with `key` set in the table at `path`.
fn with(table: &toml::Table, path: &[&str], key: &str, value: toml::Value) -> toml::Table {
    let mut changed = table.clone();
    let Some((first, rest)) = path.split_first() else {
        changed.insert(key.to_owned(), value);
        return changed;
    };
    let empty = toml::Table::new();
    let inner = changed.get(*first).and_then(toml::Value::as_table).unwrap_or(&empty);
    let inner = with(inner, rest, key, value);
    changed.insert((*first).to_owned(), toml::Value::Table(inner));
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(variables: &[(&str, &str)]) -> anyhow::Result<ConfigFile> {
        let table = toml::from_str("[staff]\nchannel = \"discord\"\nplace = \"1\"\n").expect("it is right");
        let owned = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        overridden(table, owned)
    }

    #[test]
    fn the_environment_sets_any_key_and_wins() {
        let file = set(&[
            ("DESKBELL_STAFF_PLACE", "-100123"),
            ("DESKBELL_STAFF_TELEGRAM_USERS", "1, 2"),
            ("DESKBELL_STAFF_DISCORD_USERS", "[\"3\"]"),
            ("DESKBELL_CONVERSATION_BURST_SECONDS", "0.5"),
            ("DESKBELL_TELEGRAM_LINK_PREVIEWS", "true"),
            ("DESKBELL_TELEGRAM_GROUPS", "[-7]"),
            ("DESKBELL_HEALTH_LISTEN", "off"),
            ("DESKBELL_TELEGRAM_TOKEN", "secret"),
            ("DESKBELL_LOG", "debug"),
            ("PATH", "/bin"),
        ])
        .expect("all fit");
        assert_eq!(file.staff.channel.as_deref(), Some("discord"));
        assert_eq!(file.staff.place.as_deref(), Some("-100123"));
        assert_eq!(file.staff.telegram_users, ["1", "2"]);
        assert_eq!(file.staff.discord_users, ["3"]);
        assert_eq!(file.conversation.burst_seconds, Some(0.5));
        assert!(file.telegram.link_previews);
        assert_eq!(file.telegram.groups, [-7]);
        assert_eq!(file.health.listen.as_deref(), Some("off"));
    }

    #[test]
    fn a_variable_that_sets_nothing_is_complained_of() {
        for (name, value) in [("DESKBELL_STAFF_PLAZE", "1"), ("DESKBELL_TELEGRAM_LINK_PREVIEWS", "perhaps")] {
            let complaint = set(&[(name, value)]).expect_err("it doesn't fit").to_string();
            assert!(complaint.contains(name) && !complaint.contains("perhaps"), "{complaint}");
        }
    }
}
