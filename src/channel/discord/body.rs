//! The one builder of everything that the bot writes on Discord: whatever it says, it can ping nobody.

use serde::Serialize;
use serenity::all::{CreateActionRow, CreateAllowedMentions, CreateEmbed};

use crate::channel::markup::Image;
use crate::channel::markup::{self, Rich};
use crate::channel::visible::visible;
use crate::desk::{Attachment, Message};

use super::{buttons, render};

/// Pictures below one message.
const EMBEDS: usize = 10;
/// Longest address of a picture.
const URL: usize = 2048;
/// `EPHEMERAL`: only the one who acted sees it.
const ASIDE: u32 = 1 << 6;

/// A message as Discord takes it, for sending, changing, and answering an interaction. Its fields are private, and
/// whatever makes one goes through [`Body::silent`], so no message can mention anybody.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Body {
    content: String,
    allowed_mentions: CreateAllowedMentions,
    embeds: Vec<CreateEmbed>,
    components: Vec<CreateActionRow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    flags: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enforce_nonce: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_reference: Option<Reference>,
}

#[derive(Debug, Clone, Serialize)]
struct Reference {
    message_id: String,
    fail_if_not_exists: bool,
}

impl Body {
    fn silent(content: String) -> Self {
        Self {
            content,
            allowed_mentions: CreateAllowedMentions::new().replied_user(false),
            embeds: Vec::new(),
            components: Vec::new(),
            flags: None,
            nonce: None,
            enforce_nonce: None,
            message_reference: None,
        }
    }

    /// `message` in as many messages as it needs, at least one: the words split, pictures with the first, buttons below
    /// the last. `choose` stands in menus.
    pub(super) fn of(message: &Message, choose: &str) -> Vec<Self> {
        let mut rich = markup::rich(&message.parts);
        let images = std::mem::take(&mut rich.images);
        let mut pieces = render::pieces(&rich);
        for attachment in &message.attachments {
            add_line(&mut pieces, &passed_on(attachment));
        }
        if pieces.is_empty() && (images.is_empty() || !message.buttons.is_empty()) {
            pieces.push("…".to_owned());
        }
        let mut bodies: Vec<Self> = pieces.into_iter().map(Self::silent).collect();
        if bodies.is_empty() {
            bodies.push(Self::silent(String::new()));
        }
        bodies[0].embeds = images.iter().filter_map(embed).take(EMBEDS).collect();
        if let Some(last) = bodies.last_mut() {
            last.components = buttons::rows(&message.buttons, choose);
        }
        bodies
    }

    /// Somebody's words, to the letter, in one message.
    pub(super) fn literal(words: &str) -> Self {
        let rich = Rich { text: visible(words.trim()), ..Rich::default() };
        Self::silent(render::pieces(&rich).into_iter().next().unwrap_or_else(|| "…".to_owned()))
    }

    /// A question that was asked by `/ask`, as a quotation.
    pub(super) fn question(words: &str) -> Self {
        let text = visible(words.trim());
        let spans = vec![markup::Styled { range: 0..text.len(), style: markup::Style::Quote }];
        let pieces = render::pieces(&Rich { text, spans, images: Vec::new() });
        Self::silent(pieces.into_iter().next().unwrap_or_else(|| "…".to_owned()))
    }

    /// Shown only to the one who acted.
    pub(super) fn aside(mut self) -> Self {
        self.flags = Some(ASIDE);
        self
    }

    /// Sent twice with the same nonce within a few minutes, Discord keeps one.
    pub(super) fn once(mut self, nonce: String) -> Self {
        self.nonce = Some(nonce);
        self.enforce_nonce = Some(true);
        self
    }

    /// As a reply to `message`, if that is still there.
    pub(super) fn replying_to(mut self, message: u64) -> Self {
        self.message_reference =
            Some(Reference { message_id: message.to_string(), fail_if_not_exists: false });
        self
    }

    pub(super) fn take_buttons(&mut self) -> Vec<CreateActionRow> {
        std::mem::take(&mut self.components)
    }

    pub(super) fn set_buttons(&mut self, rows: Vec<CreateActionRow>) {
        self.components = rows;
    }

    pub(super) fn content(&self) -> &str {
        &self.content
    }
}

/// A picture that the owner has put into an answer.
fn embed(image: &Image) -> Option<CreateEmbed> {
    let is_web = image.url.starts_with("https://") || image.url.starts_with("http://");
    (is_web && image.url.len() <= URL).then(|| CreateEmbed::new().image(image.url.clone()))
}

/// What somebody sent, as a line: its name, and where it lies.
fn passed_on(attachment: &Attachment) -> String {
    let name = render::escape(&visible(attachment.name.as_deref().unwrap_or_default()));
    let reference = attachment.reference.as_str();
    let is_web = (reference.starts_with("https://") || reference.starts_with("http://"))
        && !reference.contains(|c: char| c.is_whitespace() || c.is_control() || "<>".contains(c));
    let text = if is_web { format!("📎 {name}\n{reference}") } else { format!("📎 {name}") };
    if render::LIMIT < text.chars().count() { "📎".to_owned() } else { text }
}

/// Adds `line` below the last piece, or as a piece of its own where there is no room.
fn add_line(pieces: &mut Vec<String>, line: &str) {
    match pieces.last_mut() {
        Some(last) if last.chars().count() + 1 + line.chars().count() <= render::LIMIT => {
            last.push('\n');
            last.push_str(line);
        }
        Some(_) | None => pieces.push(line.to_owned()),
    }
}
