//! Pictures, voice, files, places: what came with a message, and how it is passed on.
//!
//! Telegram knows a file by an id that stays good for this bot, so nothing is downloaded. What has no file (a contact,
//! a poll, something newer than this program) is copied from the chat where it stands.

use serde_json::Value;

use crate::desk::{Attachment, AttachmentKind};

use super::update::Message;

/// Something to pass on, as an attachment's reference writes it: `photo:<file id>`, `location:52.5,13.4`,
/// `copy:4711/15`, or a plain address from another platform.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Media {
    /// A file that Telegram has, of this kind.
    File { kind: FileKind, id: String },
    /// A place on the map.
    Location { latitude: f64, longitude: f64 },
    /// A message to copy.
    Copy { chat: i64, message: i32 },
    /// A file somewhere else.
    Address(String),
}

/// How Telegram files a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileKind {
    Photo,
    Voice,
    Audio,
    Video,
    VideoNote,
    Animation,
    Sticker,
    Document,
}

impl FileKind {
    const ALL: [Self; 8] = [
        // An animation also stands as a document, for programs that don't know animations.
        Self::Animation,
        Self::Photo,
        Self::Voice,
        Self::Audio,
        Self::Video,
        Self::VideoNote,
        Self::Sticker,
        Self::Document,
    ];

    /// Its field in a message.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Photo => "photo",
            Self::Voice => "voice",
            Self::Audio => "audio",
            Self::Video => "video",
            Self::VideoNote => "video_note",
            Self::Animation => "animation",
            Self::Sticker => "sticker",
            Self::Document => "document",
        }
    }

    fn kind(self) -> AttachmentKind {
        match self {
            Self::Photo => AttachmentKind::Image,
            Self::Voice | Self::Audio => AttachmentKind::Voice,
            Self::Video | Self::VideoNote | Self::Animation => AttachmentKind::Video,
            Self::Sticker => AttachmentKind::Sticker,
            Self::Document => AttachmentKind::File,
        }
    }

    /// Whether words can stand below it.
    pub(super) fn takes_caption(self) -> bool {
        !matches!(self, Self::VideoNote | Self::Sticker)
    }
}

impl Media {
    /// What `attachment` refers to; `None` for what only another platform could fetch.
    pub(super) fn of(attachment: &Attachment) -> Option<Self> {
        let reference = &attachment.reference;
        if reference.starts_with("https://") || reference.starts_with("http://") {
            return Some(Self::Address(reference.clone()));
        }
        let (name, rest) = reference.split_once(':')?;
        match name {
            "location" => {
                let (latitude, longitude) = rest.split_once(',')?;
                Some(Self::Location { latitude: latitude.parse().ok()?, longitude: longitude.parse().ok()? })
            }
            "copy" => {
                let (chat, message) = rest.split_once('/')?;
                Some(Self::Copy { chat: chat.parse().ok()?, message: message.parse().ok()? })
            }
            _ => {
                let kind = FileKind::ALL.into_iter().find(|kind| kind.name() == name)?;
                Some(Self::File { kind, id: rest.to_owned() })
            }
        }
    }

    fn reference(&self) -> String {
        match self {
            Self::File { kind, id } => format!("{}:{id}", kind.name()),
            Self::Location { latitude, longitude } => format!("location:{latitude},{longitude}"),
            Self::Copy { chat, message } => format!("copy:{chat}/{message}"),
            Self::Address(address) => address.clone(),
        }
    }
}

/// What came with `message` beside its words.
pub(super) fn attachments(message: &Message) -> Vec<Attachment> {
    if is_service(message) {
        return Vec::new();
    }
    let file = FileKind::ALL.into_iter().find_map(|kind| {
        let content = message.rest.get(kind.name())?;
        // A photo comes in several sizes, the largest last.
        let content = content.as_array().map_or(Some(content), |sizes| sizes.last())?;
        let id = content.get("file_id")?.as_str()?.to_owned();
        let name = content.get("file_name").and_then(Value::as_str).map(str::to_owned);
        Some((kind.kind(), Media::File { kind, id }, name))
    });
    let location = || {
        let place = message.rest.get("location")?;
        let latitude = place.get("latitude")?.as_f64()?;
        let longitude = place.get("longitude")?.as_f64()?;
        Some((AttachmentKind::Location, Media::Location { latitude, longitude }, None))
    };
    // Content without words that is none of these: a contact, a poll, or newer than this program.
    let other = || {
        let has_words = message.text.is_some() || message.caption.is_some();
        let has_content = message.rest.keys().any(|name| !is_envelope(name) && name != RICH);
        let media = Media::Copy { chat: message.chat.id, message: message.number };
        (!has_words && has_content).then_some((AttachmentKind::File, media, None))
    };
    let found = file.or_else(location).or_else(other);
    found
        .into_iter()
        .map(|(kind, media, name)| Attachment { kind, reference: media.reference(), name })
        .collect()
}

/// The words of `message`: `text` where there are some, else what its content says in words.
pub(super) fn words(message: &Message, text: String) -> String {
    if !text.is_empty() {
        return text;
    }
    let mut lines = Vec::new();
    if let Some(rich) = message.rest.get(RICH) {
        collect_text(rich, &mut lines);
        return lines.concat().trim().to_owned();
    }
    if let Some(contact) = message.rest.get("contact") {
        lines.extend(
            ["first_name", "last_name", "phone_number"].iter().filter_map(|name| contact.get(name)?.as_str()),
        );
    }
    if let Some(venue) = message.rest.get("venue") {
        lines.extend(["title", "address"].iter().filter_map(|name| venue.get(name)?.as_str()));
    }
    lines.join(" ")
}

/// The field of a message with blocks, tables and the like.
const RICH: &str = "rich_message";

/// All words of such a message, block by block.
fn collect_text<'a>(value: &'a Value, lines: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => lines.push(text),
        Value::Array(values) => values.iter().for_each(|value| collect_text(value, lines)),
        Value::Object(fields) => {
            for (name, value) in fields {
                if ["text", "texts", "blocks", "items", "rows", "cells", "caption", "content"]
                    .contains(&name.as_str())
                {
                    collect_text(value, lines);
                }
            }
            if fields.contains_key("type") && fields.contains_key("text") {
                lines.push("\n");
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Whether the message only tells that something happened in the chat.
fn is_service(message: &Message) -> bool {
    message
        .rest
        .keys()
        .any(|name| SERVICE.contains(&name.as_str()) || SERVICE_MARKS.iter().any(|mark| name.contains(mark)))
}

/// Fields of messages that nobody wrote.
const SERVICE: [&str; 27] = [
    "new_chat_members",
    "new_chat_member",
    "new_chat_participant",
    "left_chat_member",
    "left_chat_participant",
    "new_chat_title",
    "new_chat_photo",
    "delete_chat_photo",
    "migrate_to_chat_id",
    "migrate_from_chat_id",
    "pinned_message",
    "successful_payment",
    "refunded_payment",
    "users_shared",
    "user_shared",
    "chat_shared",
    "gift",
    "unique_gift",
    "connected_website",
    "write_access_allowed",
    "passport_data",
    "proximity_alert_triggered",
    "boost_added",
    "chat_background_set",
    "message_auto_delete_timer_changed",
    "web_app_data",
    "managed_bot_created",
];

/// Parts of the names of whole families of such fields, those to come included.
const SERVICE_MARKS: [&str; 14] = [
    "_created",
    "_changed",
    "_closed",
    "_reopened",
    "_edited",
    "_hidden",
    "_unhidden",
    "video_chat_",
    "giveaway",
    "checklist_tasks_",
    "suggested_post_",
    "poll_option_",
    "chat_owner_",
    "gift_",
];

/// Fields that say something about a message and aren't its content.
fn is_envelope(name: &str) -> bool {
    const ENVELOPE: [&str; 30] = [
        "date",
        "edit_date",
        "forward_origin",
        "forward_from",
        "forward_from_chat",
        "forward_from_message_id",
        "forward_signature",
        "forward_sender_name",
        "forward_date",
        "external_reply",
        "quote",
        "reply_to_story",
        "reply_to_checklist_task_id",
        "via_bot",
        "sender_boost_count",
        "sender_tag",
        "has_protected_content",
        "is_from_offline",
        "is_paid_post",
        "media_group_id",
        "author_signature",
        "paid_star_count",
        "link_preview_options",
        "effect_id",
        "show_caption_above_media",
        "has_media_spoiler",
        "direct_messages_topic",
        "guest_query_id",
        "guest_bot_caller_user",
        "guest_bot_caller_chat",
    ];
    ENVELOPE.contains(&name) || name == "reply_to_poll_option_id"
}
