//! Discord's events as the adapter reads them: tolerant of everything that it doesn't need.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};
use serenity::all::{Interaction, Message, MessageFlags, MessageType, PartialMember, StickerItem};

use crate::channel::Author;
use crate::desk::{Attachment, AttachmentKind, Said};

/// Fields of a message that the adapter never reads. Left away before serenity decodes it, because new features of
/// Discord show up in them first, and must not cost a customer's message.
const UNREAD: [&str; 17] = [
    "embeds",
    "components",
    "referenced_message",
    "interaction",
    "interaction_metadata",
    "poll",
    "call",
    "activity",
    "application",
    "thread",
    "reactions",
    "role_subscription_data",
    "mention_channels",
    "nonce",
    "position",
    "shared_client_theme",
    "resolved",
];

/// Whom a message speaks to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Addressee {
    /// It mentions the bot, or answers it.
    Bot,
    /// It answers a message of somebody else.
    Other,
    Everybody,
}

/// A message that somebody wrote, or changed.
#[derive(Debug, Clone)]
pub(super) struct Written {
    pub(super) id: u64,
    pub(super) channel: u64,
    /// The server; `None` in private chats.
    pub(super) guild: Option<u64>,
    pub(super) author: Author,
    /// Whether the author's roles came with it.
    pub(super) with_roles: bool,
    /// Whether a person wrote it: no bot, no webhook, no notice of Discord's own.
    pub(super) by_person: bool,
    pub(super) to: Addressee,
    pub(super) said: Said,
    /// When it was last changed.
    pub(super) edited: Option<String>,
}

/// Reads the data of MESSAGE_CREATE, MESSAGE_UPDATE, or a message of the REST API. `None` for what has no author.
pub(super) fn written(data: Value, bot: u64) -> Result<Option<Written>, serde_json::Error> {
    let Value::Object(data) = data else { return Ok(None) };
    if !data.contains_key("author") {
        return Ok(None);
    }
    let guild = id_in(&data, "guild_id");
    let member: Option<PartialMember> =
        data.get("member").and_then(|member| serde_json::from_value(member.clone()).ok());
    let answered = data.get("referenced_message").and_then(|message| id_at(message, &["author", "id"]));
    let message: Message = serde_json::from_value(pruned(data))?;
    let kind = matches!(message.kind, MessageType::Regular | MessageType::InlineReply);
    let mentioned = message.mentions.iter().any(|user| user.id.get() == bot);
    let to = match answered {
        _ if mentioned => Addressee::Bot,
        Some(author) if author == bot => Addressee::Bot,
        Some(author) if author != message.author.id.get() => Addressee::Other,
        _ => Addressee::Everybody,
    };
    Ok(Some(Written {
        with_roles: member.is_some(),
        id: message.id.get(),
        channel: message.channel_id.get(),
        guild,
        by_person: kind
            && !message.author.bot
            && message.webhook_id.is_none()
            && message.author.id.get() != bot,
        to,
        author: Author {
            id: message.author.id.to_string(),
            name: name(member.as_ref().and_then(|member| member.nick.as_deref()), &message.author),
            roles: member.map(|member| ids(&member.roles)).unwrap_or_default(),
            app_language: None,
        },
        edited: message.edited_timestamp.map(|at| at.to_string()),
        said: said(&message, bot),
    }))
}

/// Reads the data of INTERACTION_CREATE.
pub(super) fn interaction(mut data: Value) -> Result<Interaction, serde_json::Error> {
    if let Some(Value::Object(message)) = data.get_mut("message") {
        *message = match pruned(std::mem::take(message)) {
            Value::Object(message) => message,
            _ => Map::new(),
        };
    }
    if let Some(Value::Object(messages)) = data.pointer_mut("/data/resolved/messages") {
        for message in messages.values_mut() {
            if let Value::Object(fields) = message.take() {
                *message = pruned(fields);
            }
        }
    }
    serde_json::from_value(data)
}

/// The name that somebody shows.
pub(super) fn name(nick: Option<&str>, user: &serenity::all::User) -> String {
    nick.or(user.global_name.as_deref()).unwrap_or(&user.name).to_owned()
}

pub(super) fn ids(roles: &[serenity::all::RoleId]) -> Vec<String> {
    roles.iter().map(ToString::to_string).collect()
}

/// The number in a field that holds an id.
pub(super) fn id_at(value: &Value, path: &[&str]) -> Option<u64> {
    let found = path.iter().try_fold(value, |value, key| value.get(key))?;
    found.as_str().and_then(super::address::id)
}

fn id_in(data: &Map<String, Value>, key: &str) -> Option<u64> {
    data.get(key)?.as_str().and_then(super::address::id)
}

/// What is read of a message, with everything present that serenity insists on.
fn pruned(data: Map<String, Value>) -> Value {
    let mut whole = json!({
        "content": "", "timestamp": "2015-01-01T00:00:00Z", "edited_timestamp": null, "tts": false,
        "mention_everyone": false, "mentions": [], "mention_roles": [], "attachments": [], "pinned": false, "type": 0,
    });
    if let Value::Object(fields) = &mut whole {
        fields.extend(data.into_iter().filter(|(name, _)| !UNREAD.contains(&name.as_str())));
        // Serenity insists on these, and both are unread.
        fields.insert("embeds".to_owned(), json!([]));
        fields.insert("components".to_owned(), json!([]));
        fields.insert("reactions".to_owned(), json!([]));
        if let Some(Value::Array(forwarded)) = fields.get_mut("message_snapshots") {
            for snapshot in forwarded {
                if let Some(Value::Object(message)) = snapshot.get_mut("message") {
                    snapshot["message"] = pruned(std::mem::take(message));
                }
            }
        }
    }
    whole
}

/// Text and attachments, those of a forwarded message included.
fn said(message: &Message, bot: u64) -> Said {
    let mut text = readable(&message.content, &message.mentions, bot);
    let voice = message.flags.is_some_and(|flags| flags.contains(MessageFlags::IS_VOICE_MESSAGE));
    let mut attachments: Vec<Attachment> =
        message.attachments.iter().map(|one| attachment(one, voice)).collect();
    attachments.extend(message.sticker_items.iter().map(sticker));
    for forwarded in &message.message_snapshots {
        let words = readable(&forwarded.content, &forwarded.mentions, bot);
        if !words.is_empty() {
            let gap = if text.is_empty() { "" } else { "\n\n" };
            let _ = write!(text, "{gap}{words}");
        }
        attachments.extend(forwarded.attachments.iter().map(|one| attachment(one, false)));
        attachments.extend(forwarded.sticker_items.iter().map(sticker));
    }
    Said { text, attachments }
}

/// `content` with Discord's codes for people and emoji as they are shown, and without the bot's own mention.
fn readable(content: &str, mentions: &[serenity::all::User], bot: u64) -> String {
    let mut text = content.replace(&format!("<@{bot}>"), "").replace(&format!("<@!{bot}>"), "");
    for user in mentions {
        let shown = format!("@{}", name(None, user));
        text = text.replace(&format!("<@{}>", user.id), &shown).replace(&format!("<@!{}>", user.id), &shown);
    }
    let mut shown = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(start) = rest.find('<') {
        shown.push_str(&rest[..start]);
        match emoji(&rest[start..]) {
            Some((name, length)) => {
                let _ = write!(shown, ":{name}:");
                rest = &rest[start + length..];
            }
            None => {
                shown.push('<');
                rest = &rest[start + 1..];
            }
        }
    }
    shown.push_str(rest);
    shown.trim().to_owned()
}

/// `<:name:id>` or `<a:name:id>` at the start of `text`: its name and length.
fn emoji(text: &str) -> Option<(&str, usize)> {
    let inside = text.strip_prefix("<a:").or_else(|| text.strip_prefix("<:"))?;
    let (name, rest) = inside.split_once(':')?;
    let (id, _) = rest.split_once('>')?;
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    (is_name && is_id).then(|| (name, text.len() - inside.len() + name.len() + 1 + id.len() + 1))
}

fn attachment(one: &serenity::all::Attachment, voice: bool) -> Attachment {
    let kind = one.content_type.as_deref().unwrap_or_default();
    let kind = match kind.split('/').next().unwrap_or_default() {
        _ if voice => AttachmentKind::Voice,
        "image" => AttachmentKind::Image,
        "audio" => AttachmentKind::Voice,
        "video" => AttachmentKind::Video,
        _ => AttachmentKind::File,
    };
    Attachment { kind, reference: one.url.clone(), name: Some(one.filename.clone()) }
}

fn sticker(one: &StickerItem) -> Attachment {
    let reference = format!("https://media.discordapp.net/stickers/{}.png", one.id);
    Attachment { kind: AttachmentKind::Sticker, reference, name: Some(one.name.clone()) }
}
