//! The doctor's look at Telegram and Discord: the tokens' form, and who the bot is there.

#[cfg(any(feature = "telegram", feature = "discord"))]
use std::future::Future;
#[cfg(any(feature = "telegram", feature = "discord"))]
use std::time::Duration;

use super::Finding;
#[cfg(any(feature = "telegram", feature = "discord"))]
use crate::channel::{Introduced, NotIntroduced};
use crate::config::Config;

#[cfg(any(feature = "telegram", feature = "discord"))]
/// How long a platform may take to answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// Asks each platform that a token is there for who the bot is.
pub(super) async fn look(config: &Config, offline: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    let _ = (config, offline);
    #[cfg(feature = "telegram")]
    if let Some(settings) = &config.telegram {
        use secrecy::ExposeSecret as _;
        findings.extend(form("telegram", is_telegrams(settings.token.expose_secret())));
        findings.push(match crate::channel::telegram::Telegram::new(settings.clone()) {
            Ok(telegram) => asked("telegram", offline, async { telegram.who_am_i().await }).await,
            Err(error) => Finding::wrong("telegram", error.to_string()),
        });
    }
    #[cfg(feature = "discord")]
    if let Some(settings) = &config.discord {
        use secrecy::ExposeSecret as _;
        let memory = crate::runtime::memory(std::sync::Arc::new(crate::store::MemoryStore::new()));
        findings.extend(form("discord", is_discords(settings.token.expose_secret())));
        findings.push(match crate::channel::discord::Discord::new(settings.clone(), memory) {
            Ok(discord) => asked("discord", offline, async { discord.who_am_i().await }).await,
            Err(error) => Finding::wrong("discord", error.to_string()),
        });
    }
    if findings.is_empty() {
        findings.push(
            Finding::warning("platforms", "no bot's token is set: only `deskbell chat` works")
                .hint("docs/telegram.md and docs/discord.md say how to get one, and where to put it"),
        );
    }
    findings
}

#[cfg(any(feature = "telegram", feature = "discord"))]
fn form(area: &'static str, is_right: bool) -> Option<Finding> {
    let text = "the token doesn't look like one: a part of it may be missing";
    (!is_right).then(|| Finding::warning(area, text).hint("copy it again, whole, without quotation marks"))
}

#[cfg(any(feature = "telegram", feature = "discord"))]
async fn asked(
    area: &'static str,
    offline: bool,
    question: impl Future<Output = Result<Introduced, NotIntroduced>>,
) -> Finding {
    if offline {
        return Finding::ok(area, "a token is set; nothing was asked (--offline)");
    }
    let late = |_| Err(NotIntroduced::Unreachable("no answer in time".to_owned()));
    match tokio::time::timeout(PATIENCE, question).await.unwrap_or_else(late) {
        Ok(Introduced { name, to_mend }) if to_mend.is_empty() => {
            Finding::ok(area, format!("the token is good: the bot is {name}"))
        }
        Ok(Introduced { name, to_mend }) => {
            Finding::warning(area, format!("the token is good: the bot is {name}; but {}", to_mend.join("; and ")))
        }
        Err(NotIntroduced::Refused(why)) => Finding::wrong(area, why),
        Err(NotIntroduced::Unreachable(why)) => Finding::warning(area, format!("it can't be reached: {why}"))
            .hint("is this machine offline? The token could not be tried; a running bot waits and goes on by itself"),
    }
}

/// `123456789:` and 35 signs.
#[cfg(feature = "telegram")]
fn is_telegrams(token: &str) -> bool {
    let sign = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    token.split_once(':').is_some_and(|(number, key)| {
        !number.is_empty()
            && number.bytes().all(|b| b.is_ascii_digit())
            && 30 <= key.len()
            && key.chars().all(sign)
    })
}

/// Three parts with dots between.
#[cfg(feature = "discord")]
fn is_discords(token: &str) -> bool {
    let sign = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let parts: Vec<&str> = token.split('.').collect();
    parts.len() == 3
        && 50 <= token.len()
        && parts.iter().all(|part| !part.is_empty() && part.chars().all(sign))
}
