//! What the owner sets for Discord, and what makes the adapter give up.

use std::num::NonZeroU64;

use secrecy::SecretString;

use crate::text::Language;

/// Where Discord is, unless something else is set.
pub const API_URL: &str = "https://discord.com";

/// What the owner sets.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `DESKBELL_DISCORD_TOKEN`, or the file that `DESKBELL_DISCORD_TOKEN_FILE` names. Never printed.
    pub token: SecretString,
    /// `discord.api_url`: where Discord's API is, without `/api/v10`. Default [`API_URL`]; `http://` is for tests.
    pub api_url: String,
    /// `discord.message_content`: whether the Message Content intent is switched on in the Developer Portal. Without
    /// it the bot reads private messages, mentions, replies to it, and slash commands; with it also every message in
    /// [`Settings::channels`], [`Settings::forums`] and the tickets' threads. Default: false.
    pub message_content: bool,
    /// `discord.channels`: channels in which every message is a question to the bot. Default: none.
    pub channels: Vec<CustomerChannel>,
    /// `discord.forums`: forum channels in which each new post is a question. Default: none.
    pub forums: Vec<Forum>,
    /// `staff.place`, where `staff.channel` is `discord`: the text channel below which each ticket gets its thread.
    pub staff_channel: Option<String>,
    /// The firm's first language, for the few sentences that the adapter itself says to staff. Default: English.
    pub language: Language,
}

/// A channel in which customers ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerChannel {
    /// Its id.
    pub id: String,
    /// Where the bot answers.
    pub answers: AnswersIn,
}

/// Where the bot answers a question asked in a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AnswersIn {
    /// There, as a reply to the question.
    #[default]
    Place,
    /// In a private thread with the customer, below the channel.
    PrivateThread,
}

/// A forum channel in which customers ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forum {
    /// Its id.
    pub id: String,
    /// The name of the tag that a post gets when it was answered; `None`: no tag is set.
    pub answered_tag: Option<String>,
}

impl Settings {
    /// The settings for `token`, everything else as it is by default.
    #[must_use]
    pub fn new(token: SecretString) -> Self {
        Self {
            token,
            api_url: API_URL.to_owned(),
            message_content: false,
            channels: Vec::new(),
            forums: Vec::new(),
            staff_channel: None,
            language: Language::EN,
        }
    }
}

/// Why the bot can't go on on Discord. Each says what the owner can do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fatal {
    /// Discord refuses the token: a 401, or the gateway's close code 4004.
    #[error(
        "Discord refuses the token: copy it again from the Developer Portal (your application > Bot > Reset Token) \
         into DESKBELL_DISCORD_TOKEN"
    )]
    Token,
    /// Close code 4014: a privileged intent is asked for that isn't switched on.
    #[error(
        "Discord refuses the Message Content intent: switch it on in the Developer Portal (your application > Bot > \
         Privileged Gateway Intents > Message Content Intent), or set `discord.message_content = false`"
    )]
    MessageContent,
    /// Another close code after which connecting again makes no sense.
    #[error(
        "Discord closed the connection for good (code {code}: {meaning}); a newer deskbell may be needed"
    )]
    Closed {
        /// The code.
        code: u16,
        /// What it stands for.
        meaning: &'static str,
    },
    /// A setting that can't be right.
    #[error("`{key}` is `{value}`: {problem}")]
    Setting {
        /// Its key in `deskbell.toml`.
        key: &'static str,
        /// What was written.
        value: String,
        /// What is wrong with it.
        problem: &'static str,
    },
}

/// The settings as the adapter uses them: ids as numbers.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    pub(super) channels: Vec<(u64, AnswersIn)>,
    pub(super) forums: Vec<(u64, Option<String>)>,
    pub(super) staff_channel: Option<u64>,
}

impl Known {
    pub(super) fn new(settings: &Settings) -> Result<Self, Fatal> {
        let of_channel =
            |channel: &CustomerChannel| Ok((id("discord.channels", &channel.id)?, channel.answers));
        let of_forum = |forum: &Forum| Ok((id("discord.forums", &forum.id)?, forum.answered_tag.clone()));
        Ok(Self {
            channels: settings.channels.iter().map(of_channel).collect::<Result<_, Fatal>>()?,
            forums: settings.forums.iter().map(of_forum).collect::<Result<_, Fatal>>()?,
            staff_channel: match &settings.staff_channel {
                Some(channel) => Some(id("staff.place", channel)?),
                None => None,
            },
        })
    }

    pub(super) fn answers_in(&self, channel: u64) -> Option<AnswersIn> {
        self.channels.iter().find(|(id, _)| *id == channel).map(|(_, answers)| *answers)
    }

    pub(super) fn is_forum(&self, channel: u64) -> bool {
        self.forums.iter().any(|(id, _)| *id == channel)
    }
}

fn id(key: &'static str, written: &str) -> Result<u64, Fatal> {
    let problem = "it must be an id, a number of about 18 digits (Discord: Settings > Advanced > Developer Mode, \
                   then right click > Copy ID)";
    let number: Option<NonZeroU64> = written.trim().parse().ok();
    number.map(NonZeroU64::get).ok_or_else(|| Fatal::Setting { key, value: written.to_owned(), problem })
}
