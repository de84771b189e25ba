//! Tickets without topics: chains of replies in the staff's chat.
//!
//! A reply names only the message that it replies to, not that message's own chain. So each of our messages in such a
//! chain begins with an arrow that links to the ticket's card: staff can jump there, and we read from it, even after a
//! restart, which ticket a reply belongs to. The same arrow marks what had to leave a topic that somebody deleted.

use crate::channel::markup::{Rich, Style, Styled};

use super::address::Address;
use super::update::Message;

/// The sign that carries the link.
const ARROW: &str = "↩";
/// What a mark takes of a text's length, in UTF-16 units.
pub(super) const ROOM: usize = 2;

/// `rich`, marked as part of the ticket at `ticket`.
pub(super) fn marked(ticket: &Address, rich: &Rich) -> Rich {
    let Some(link) = link(ticket) else { return rich.clone() };
    let shift = ARROW.len() + 1;
    let mark = Styled { range: 0..ARROW.len(), style: Style::Link(link) };
    let moved = rich.spans.iter().map(|span| Styled {
        range: span.range.start + shift..span.range.end + shift,
        style: span.style.clone(),
    });
    Rich {
        text: format!("{ARROW} {}", rich.text),
        spans: std::iter::once(mark).chain(moved).collect(),
        images: rich.images.clone(),
    }
}

/// The ticket whose mark `message` (one of ours) carries.
pub(super) fn ticket_of(message: &Message) -> Option<Address> {
    let (_, entities) = message.words();
    let mark = entities.iter().find(|entity| entity.kind == "text_link" && entity.offset == 0)?;
    let path = mark.url.as_deref()?.strip_prefix(HOST)?;
    let (_, message_and_kind) = path.split_once('/')?;
    let chat = Address { topic: message.topic(), ..Address::chat(message.chat.id) };
    match message_and_kind.split_once('#') {
        Some((number, REPLY)) => Some(Address { reply: number.parse().ok(), ..chat }),
        Some((number, TOPIC)) => Some(Address { topic: number.parse().ok(), ..chat }),
        Some(_) | None => None,
    }
}

/// Links to messages begin so.
const HOST: &str = "https://t.me/c/";
const REPLY: &str = "reply";
const TOPIC: &str = "topic";

fn link(ticket: &Address) -> Option<String> {
    let (number, kind) = match (ticket.reply, ticket.topic) {
        (Some(number), _) => (number, REPLY),
        (None, Some(number)) => (number, TOPIC),
        (None, None) => return None,
    };
    // Links leave out the `-100` with which a supergroup's number begins.
    let chat = ticket.chat.to_string();
    let chat = chat.strip_prefix("-100").unwrap_or(chat.trim_start_matches('-'));
    Some(format!("{HOST}{chat}/{number}#{kind}"))
}
