//! `deskbell.toml` and the environment -> Config. The one place that reads the environment.

mod file;

use std::env;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};

use crate::desk::{Place, Policy};
use crate::faq::ChannelKind;
use crate::runtime::Staff;

#[cfg(feature = "discord")]
use file::DiscordFile;
#[cfg(feature = "telegram")]
use file::TelegramFile;
use file::{ConfigFile, ConversationFile, SECRET_FILES, overridden, read};

/// What the owner has set. Every key is described in `deploy/deskbell.toml`.
#[derive(Debug, Clone)]
pub struct Config {
    /// The folder with the owner's files.
    pub faq: PathBuf,
    /// The folder in which the store and its backups lie.
    pub data: PathBuf,
    /// The rules for conversations.
    pub policy: Policy,
    /// Who is staff, and where.
    pub staff: Staff,
    /// The files that hold secrets, as the environment names them.
    pub token_files: Vec<PathBuf>,
    /// The owner's own chat.
    pub owner: Option<Place>,
    /// Where health and metrics are told; `None`: nowhere.
    pub health: Option<SocketAddr>,
    /// Telegram, where a token is there.
    #[cfg(feature = "telegram")]
    pub telegram: Option<crate::channel::telegram::Settings>,
    /// Discord, where a token is there.
    #[cfg(feature = "discord")]
    pub discord: Option<crate::channel::discord::Settings>,
}

impl Config {
    /// The name of the configuration file.
    pub const FILE: &str = "deskbell.toml";

    /// Reads `path` (or [`Config::FILE`] here, if it exists), then the environment, which wins. Paths in the file are
    /// relative to it.
    pub fn load(path: Option<&Path>) -> anyhow::Result<Self> {
        let from_environment = variable("DESKBELL_CONFIG").map(PathBuf::from);
        let named = path.map(Path::to_path_buf).or(from_environment);
        let here = PathBuf::from(Self::FILE);
        let path = named.or_else(|| here.exists().then_some(here));
        let (table, folder) = match &path {
            Some(path) => (read(path)?, path.parent().unwrap_or(Path::new("")).to_path_buf()),
            None => (toml::Table::new(), PathBuf::new()),
        };
        let file = overridden(table, env::vars())?;
        Self::combine(file, &folder)
    }

    fn combine(file: ConfigFile, folder: &Path) -> anyhow::Result<Self> {
        let path = |name: &str, written: Option<PathBuf>, default: &str| {
            let written = written.unwrap_or_else(|| PathBuf::from(default));
            variable(name).map_or_else(|| folder.join(written), PathBuf::from)
        };
        let staff_place = place("staff", file.staff.channel, file.staff.place)?;
        let list = |kind: ChannelKind, ids: Vec<String>| ids.into_iter().map(move |id| (kind, id));
        #[cfg(feature = "telegram")]
        let telegram = telegram(&file.telegram, folder, staff_place.clone())?;
        #[cfg(feature = "discord")]
        let discord = discord(&file.discord, staff_place.as_ref())?;
        let members = list(ChannelKind::Telegram, file.staff.telegram_users)
            .chain(list(ChannelKind::Discord, file.staff.discord_users));
        Ok(Self {
            faq: path("DESKBELL_FAQ", file.faq, "faq"),
            data: path("DESKBELL_DATA", file.data, "data"),
            policy: policy(&file.conversation)?,
            owner: place("owner", file.owner.channel, file.owner.place)?,
            staff: Staff {
                place: staff_place,
                members: members.collect(),
                roles: list(ChannelKind::Discord, file.staff.discord_roles).collect(),
            },
            health: health(file.health.listen)?,
            token_files: SECRET_FILES.into_iter().filter_map(variable).map(PathBuf::from).collect(),
            #[cfg(feature = "telegram")]
            telegram,
            #[cfg(feature = "discord")]
            discord,
        })
    }
}

/// Where health and metrics are told: `off`, or an address.
fn health(listen: Option<String>) -> anyhow::Result<Option<SocketAddr>> {
    let listen = listen.unwrap_or_else(|| "127.0.0.1:9464".to_owned());
    if listen.eq_ignore_ascii_case("off") {
        return Ok(None);
    }
    let address = listen.parse().with_context(|| {
        format!("`health.listen` is `{listen}`; it must be `off` or an address such as `127.0.0.1:9464`")
    })?;
    Ok(Some(address))
}

/// Telegram's settings, where a token is there.
#[cfg(feature = "telegram")]
fn telegram(
    file: &TelegramFile,
    folder: &Path,
    staff: Option<Place>,
) -> anyhow::Result<Option<crate::channel::telegram::Settings>> {
    use crate::channel::telegram::{Listen, Settings, Webhook};

    let Some(token) = secret("DESKBELL_TELEGRAM_TOKEN")? else { return Ok(None) };
    let mut settings = Settings { staff, ..Settings::new(token) };
    if let Some(url) = file.api_url.clone() {
        settings.api_url = url;
    }
    settings.groups.clone_from(&file.groups);
    settings.link_previews = file.link_previews;
    if let Some(webhook) = &file.webhook {
        let certificate = webhook.certificate.as_ref().map(|path| {
            let path = folder.join(path);
            std::fs::read(&path).with_context(|| format!("`{}` can't be read", path.display()))
        });
        settings.listen = Listen::Webhook(Webhook {
            url: webhook.url.clone(),
            listen: webhook.listen,
            secret: secret("DESKBELL_TELEGRAM_WEBHOOK_SECRET")?,
            certificate: certificate.transpose()?,
            max_connections: webhook.max_connections.unwrap_or(40),
        });
    }
    Ok(Some(settings))
}

/// Discord's settings, where a token is there.
#[cfg(feature = "discord")]
fn discord(
    file: &DiscordFile,
    staff: Option<&Place>,
) -> anyhow::Result<Option<crate::channel::discord::Settings>> {
    use crate::channel::discord::{AnswersIn, CustomerChannel, Forum, Settings};

    let Some(token) = secret("DESKBELL_DISCORD_TOKEN")? else { return Ok(None) };
    let mut settings = Settings::new(token);
    if let Some(url) = file.api_url.clone() {
        settings.api_url = url;
    }
    settings.message_content = file.message_content;
    let channels = |ids: &[String], answers: AnswersIn| -> Vec<CustomerChannel> {
        ids.iter().map(|id| CustomerChannel { id: id.clone(), answers }).collect()
    };
    settings.channels = channels(&file.channels, AnswersIn::Place);
    settings.channels.extend(channels(&file.thread_channels, AnswersIn::PrivateThread));
    settings.forums = file
        .forums
        .iter()
        .map(|id| Forum { id: id.clone(), answered_tag: file.answered_tag.clone() })
        .collect();
    settings.staff_channel =
        staff.filter(|place| place.channel == ChannelKind::Discord).map(|place| place.address.clone());
    Ok(Some(settings))
}

/// A secret from the variable `name`, or from the file that `name`_FILE names.
#[cfg(any(feature = "telegram", feature = "discord"))]
fn secret(name: &str) -> anyhow::Result<Option<secrecy::SecretString>> {
    let file_variable = format!("{name}_FILE");
    let value = match (variable(name), variable(&file_variable)) {
        (Some(_), Some(_)) => bail!("both {name} and {file_variable} are set; keep one of them"),
        (Some(value), None) => Some(value),
        (None, Some(path)) => Some(
            // The name stays unsaid: it may be the secret itself, set by mistake.
            std::fs::read_to_string(&path)
                .with_context(|| format!("the file that {file_variable} names can't be read"))?,
        ),
        (None, None) => None,
    };
    let value = value.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
    Ok(value.map(secrecy::SecretString::from))
}

/// Whether the user has said that they want no colours (<https://no-color.org>).
pub(crate) fn is_color_unwanted() -> bool {
    variable("NO_COLOR").is_some() || variable("TERM").is_some_and(|terminal| terminal == "dumb")
}

/// What is logged.
pub(crate) fn log_filter() -> String {
    variable("DESKBELL_LOG").unwrap_or_else(|| "info".to_owned())
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

fn place(what: &str, channel: Option<String>, address: Option<String>) -> anyhow::Result<Option<Place>> {
    match (channel, address) {
        (None, None) => Ok(None),
        (Some(name), Some(address)) => {
            let Some(channel) = ChannelKind::by_name(&name) else {
                bail!("`{what}.channel` is `{name}`; it must be `telegram` or `discord`");
            };
            Ok(Some(Place { channel, address }))
        }
        _ => bail!("`{what}.channel` and `{what}.place` belong together: set both, or neither"),
    }
}

const MINUTE: f64 = 60.0;
const HOUR: f64 = 60.0 * MINUTE;

fn policy(file: &ConversationFile) -> anyhow::Result<Policy> {
    let default = Policy::default();
    let time = |key: &str, written: Option<f64>, unit: f64, default: Duration| match written {
        None => Ok(default),
        Some(number) => Duration::try_from_secs_f64(number * unit).map_err(|_| {
            anyhow::anyhow!("`conversation.{key}` is {number}; it must be a number of at least 0")
        }),
    };
    Ok(Policy {
        burst: time("burst_seconds", file.burst_seconds, 1.0, default.burst)?,
        remind_after: time("remind_after_minutes", file.remind_after_minutes, MINUTE, default.remind_after)?,
        close_after: time("close_after_hours", file.close_after_hours, HOUR, default.close_after)?,
        flood_burst: file.flood_messages.unwrap_or(default.flood_burst).max(1),
        flood_pause: time("flood_pause_seconds", file.flood_pause_seconds, 1.0, default.flood_pause)?,
        follow_up: time("follow_up_minutes", file.follow_up_minutes, MINUTE, default.follow_up)?,
        retention: time("retention_days", file.retention_days, 24.0 * HOUR, default.retention)?,
    })
}
