//! One piece -> one call, with what is tried next where Telegram won't take it as it is.

use serde::Deserialize;
use teloxide_core::payloads::{
    CopyMessage, SendAnimation, SendAudio, SendDocument, SendLocation, SendMessage, SendPhoto, SendSticker,
    SendVideo, SendVideoNote, SendVoice,
};
use teloxide_core::types::{
    BusinessConnectionId, ChatId, FileId, InputFile, LinkPreviewOptions, MessageId, ReplyMarkup,
    ReplyParameters, ThreadId,
};

use crate::channel::markup::Rich;

use super::address::{Address, Form, Written};
use super::api::{Api, ApiError};
use super::compose::{Content, Piece, file_kind, stand_in};
use super::entities::{entities, openable};
use super::media::{FileKind, Media};

/// What is left of a sent message: its number.
#[derive(Deserialize)]
struct Sent {
    message_id: i32,
}

/// Puts where a message goes into a payload that has these fields.
macro_rules! addressed {
    ($payload:expr, $to:expr, $piece:expr) => {{
        let mut payload = $payload;
        payload.message_thread_id = $to.topic.map(|topic| ThreadId(MessageId(topic)));
        payload.reply_parameters =
            $to.reply.map(|reply| ReplyParameters::new(MessageId(reply)).allow_sending_without_reply());
        payload.reply_markup = $piece.keyboard.clone().map(ReplyMarkup::InlineKeyboard);
        payload
    }};
}

/// The same for a payload that can also go through a business connection; with words below, where it takes them.
macro_rules! file {
    ($payload:expr, $to:expr, $piece:expr) => {{
        let mut payload = addressed!($payload, $to, $piece);
        payload.business_connection_id = business($to);
        payload
    }};
    ($payload:expr, $to:expr, $piece:expr, $caption:expr) => {{
        let mut payload = file!($payload, $to, $piece);
        if !$caption.text.is_empty() {
            let (text, entities) = entities($caption);
            payload.caption = Some(text);
            payload.caption_entities = Some(entities);
        }
        payload
    }};
}

fn business(to: &Address) -> Option<BusinessConnectionId> {
    to.business.clone().map(BusinessConnectionId)
}

/// Whether links get a preview.
pub(super) fn previews(shown: bool) -> LinkPreviewOptions {
    LinkPreviewOptions {
        is_disabled: !shown,
        url: None,
        prefer_small_media: false,
        prefer_large_media: false,
        show_above_text: false,
    }
}

/// Sends `piece` to `to`. Media that Telegram doesn't take become words about them, and words that it doesn't take as
/// they are go out bare: better plain than lost.
pub(super) async fn send(
    api: &Api,
    to: &Address,
    piece: &Piece,
    show_previews: bool,
) -> Result<Written, ApiError> {
    let refused = match &piece.content {
        Content::Text(rich) => match send_text(api, to, rich, piece, show_previews).await {
            Err(error) if is_about_the_message(&error) => error,
            other => return other,
        },
        Content::Media { media, kind, name, caption } => {
            let sent = match media {
                Media::File { kind, id } => {
                    send_file(api, to, *kind, InputFile::file_id(FileId(id.clone())), caption, piece).await
                }
                Media::Address(address) => match openable(address) {
                    Some(url) => {
                        send_file(api, to, file_kind(*kind), InputFile::url(url), caption, piece).await
                    }
                    None => Err(ApiError::No("no such address".to_owned())),
                },
                Media::Location { latitude, longitude } => {
                    let payload = file!(SendLocation::new(ChatId(to.chat), *latitude, *longitude), to, piece);
                    sent(to, Form::Media, api.call(&payload).await)
                }
                Media::Copy { .. } if to.business.is_some() => {
                    Err(ApiError::No("no copies there".to_owned()))
                }
                Media::Copy { chat, message } => {
                    let copy = CopyMessage::new(ChatId(to.chat), ChatId(*chat), MessageId(*message));
                    sent(to, Form::Media, api.call(&addressed!(copy, to, piece)).await)
                }
            };
            match sent {
                Err(error) if is_about_the_message(&error) => {
                    tracing::warn!(%error, "Telegram doesn't take a picture or file; its name is sent instead");
                    let words = stand_in(media, *kind, name.as_deref(), caption);
                    match send_text(api, to, &words, piece, show_previews).await {
                        Err(error) if is_about_the_message(&error) => error,
                        other => return other,
                    }
                }
                other => return other,
            }
        }
    };
    let bare = match &piece.content {
        Content::Text(rich) => rich.text.clone(),
        Content::Media { media, kind, name, caption } => {
            stand_in(media, *kind, name.as_deref(), caption).text
        }
    };
    tracing::warn!(error = %refused, "Telegram doesn't take a message as it is; its bare words are sent");
    let mut payload = SendMessage::new(ChatId(to.chat), bare);
    payload.message_thread_id = to.topic.map(|topic| ThreadId(MessageId(topic)));
    payload.business_connection_id = business(to);
    payload.link_preview_options = Some(previews(false));
    sent(to, Form::Text, api.call(&payload).await)
}

async fn send_text(
    api: &Api,
    to: &Address,
    rich: &Rich,
    piece: &Piece,
    show_previews: bool,
) -> Result<Written, ApiError> {
    let (text, entities) = entities(rich);
    let mut payload = file!(SendMessage::new(ChatId(to.chat), text), to, piece);
    payload.entities = Some(entities).filter(|entities| !entities.is_empty());
    payload.link_preview_options = Some(previews(show_previews));
    sent(to, Form::Text, api.call(&payload).await)
}

async fn send_file(
    api: &Api,
    to: &Address,
    kind: FileKind,
    file: InputFile,
    caption: &Rich,
    piece: &Piece,
) -> Result<Written, ApiError> {
    let chat = ChatId(to.chat);
    let form = if kind.takes_caption() { Form::Caption } else { Form::Media };
    let answer: Result<Sent, ApiError> = match kind {
        FileKind::Photo => api.call(&file!(SendPhoto::new(chat, file), to, piece, caption)).await,
        FileKind::Voice => api.call(&file!(SendVoice::new(chat, file), to, piece, caption)).await,
        FileKind::Audio => api.call(&file!(SendAudio::new(chat, file), to, piece, caption)).await,
        FileKind::Video => api.call(&file!(SendVideo::new(chat, file), to, piece, caption)).await,
        FileKind::VideoNote => api.call(&file!(SendVideoNote::new(chat, file), to, piece)).await,
        FileKind::Animation => api.call(&file!(SendAnimation::new(chat, file), to, piece, caption)).await,
        FileKind::Sticker => api.call(&file!(SendSticker::new(chat, file), to, piece)).await,
        FileKind::Document => api.call(&file!(SendDocument::new(chat, file), to, piece, caption)).await,
    };
    sent(to, form, answer)
}

fn sent(to: &Address, form: Form, answer: Result<Sent, ApiError>) -> Result<Written, ApiError> {
    answer.map(|sent| Written { chat: to.chat, message: sent.message_id, form })
}

/// Whether a refusal is about what was said, and not about where.
fn is_about_the_message(error: &ApiError) -> bool {
    matches!(error, ApiError::No(_)) && !is_gone(error) && !is_topic_gone(error)
}

/// Whether the chat is no longer there for us.
pub(super) fn is_gone(error: &ApiError) -> bool {
    error.says(&[
        "chat not found",
        "blocked by the user",
        "user is deactivated",
        "bot was kicked",
        "bot is not a member",
        "can't initiate conversation",
        "can't send messages to bots",
        "peer_id_invalid",
        "chat_write_forbidden",
        "not enough rights",
        "have no rights to send",
        "need administrator rights",
        "business connection not found",
        "business_connection_invalid",
        "business_peer_invalid",
        "business_peer_usage_missing",
    ])
}

/// Whether the topic is no longer there, or shut.
pub(super) fn is_topic_gone(error: &ApiError) -> bool {
    error.says(&["message thread not found", "topic_deleted", "topic_closed", "topic_id_invalid"])
}
