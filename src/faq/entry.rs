//! Entry, and the parts it is made of.

use crate::text::Language;
use crate::time::Timestamp;

use super::source::Span;

/// One question with its answer, in one language.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its name; translations of one entry share it.
    pub id: EntryId,
    /// The language it is written in.
    pub language: Language,
    /// The topic above it (`# Orders and delivery`); menus group by it.
    pub topic: Option<String>,
    /// What customers say; the first is the heading.
    pub phrasings: Vec<Phrasing>,
    /// `/…/` lines.
    pub patterns: Vec<Pattern>,
    /// What the bot says.
    pub reply: Reply,
    /// Who may be given it.
    pub used: Use,
    /// When it may be given.
    pub season: Season,
    /// Where it may be given.
    pub channels: Channels,
    /// Small talk (it stands in `smalltalk.md`): no feedback is asked for, and no menu shows it.
    pub small_talk: bool,
    /// The heading.
    pub span: Span,
}

impl Entry {
    /// The heading: the entry's first phrasing, and its title in menus.
    #[must_use]
    pub fn title(&self) -> &str {
        self.phrasings.first().map_or(self.id.as_str(), |phrasing| phrasing.text.as_str())
    }
}

/// An entry's name: lower-case letters, digits and hyphens; letters of any script. At most 48 bytes, so that it fits
/// into every platform's button.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(String);

impl EntryId {
    /// Longest name, in bytes: Telegram's buttons carry 64, and some are ours.
    pub const LIMIT: usize = 48;

    /// The id `name`; `None` when it is empty, too long, or holds anything but lower-case letters, digits, `-` and `_`.
    #[must_use]
    pub fn new(name: &str) -> Option<Self> {
        let allowed = |c: char| (c.is_alphanumeric() && !c.is_uppercase()) || c == '-' || c == '_';
        (!name.is_empty() && name.len() <= Self::LIMIT && name.chars().all(allowed))
            .then(|| Self(name.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for EntryId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Something that a customer may say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrasing {
    /// The words, as the owner wrote them.
    pub text: String,
    /// False: a `not:` line; this question must *not* get this answer.
    pub means_this: bool,
    /// The words' place.
    pub span: Span,
}

/// A `/…/` line, compiled, case-insensitive, bounded in size.
#[derive(Debug, Clone)]
pub struct Pattern {
    /// As the owner wrote it, without the slashes.
    pub source: String,
    /// Compiled; only `is_match` and `captures` are used (`find_iter` is quadratic in the worst case).
    pub regex: regex::Regex,
    /// The line's place.
    pub span: Span,
}

/// Equal where the owner wrote the same.
impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source && self.span == other.span
    }
}

/// What comes of a question that this entry is meant by.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// Say this.
    Answer(Answer),
    /// Say this, then ring for a person (`.handover`).
    AnswerThenHandOver(Answer),
    /// Ring at once (`.handover` with nothing below it).
    HandOver,
}

impl Reply {
    /// The words, where there are any.
    #[must_use]
    pub fn answer(&self) -> Option<&Answer> {
        match self {
            Self::Answer(answer) | Self::AnswerThenHandOver(answer) => Some(answer),
            Self::HandOver => None,
        }
    }
}

/// The owner's words: a Markdown template, and the buttons below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Markdown with minijinja marks; links to `#id` already taken out.
    pub text: String,
    /// Links to other entries, in the order of the text, each target once.
    pub links: Vec<Link>,
    /// The whole answer's place.
    pub span: Span,
}

/// A link `[label](#id)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What the button says.
    pub label: String,
    /// The entry that it leads to.
    pub to: EntryId,
    /// The link's place.
    pub span: Span,
}

/// Who may be given an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Customers.
    Customers,
    /// Staff alone, by `/answer` (`.staff-only`).
    StaffOnly,
}

/// When an entry may be given: `from=` and `until=`, whole days in the firm's time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Season {
    /// First moment, inclusive.
    pub from: Option<Timestamp>,
    /// Last moment, exclusive (the end of the day named by `until=`).
    pub until: Option<Timestamp>,
}

impl Season {
    /// Whether `now` lies in it.
    #[must_use]
    pub fn contains(&self, now: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= now) && self.until.is_none_or(|until| now < until)
    }
}

/// Where an entry may be given (`channel=telegram`, several by comma).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Channels {
    /// Everywhere.
    #[default]
    All,
    /// On these alone.
    Only(Vec<ChannelKind>),
}

impl Channels {
    /// Whether `channel` is one of them.
    #[must_use]
    pub fn include(&self, channel: ChannelKind) -> bool {
        match self {
            Self::All => true,
            Self::Only(kinds) => kinds.contains(&channel),
        }
    }
}

/// A kind of chat that customers write from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChannelKind {
    /// Discord.
    Discord,
    /// Telegram.
    Telegram,
    /// The terminal.
    Console,
}

impl ChannelKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Discord, Self::Telegram, Self::Console];

    /// Its name in files, records and logs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Discord => "discord",
            Self::Telegram => "telegram",
            Self::Console => "console",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}
