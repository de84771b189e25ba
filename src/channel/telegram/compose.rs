//! A message for any platform -> the pieces that Telegram takes, in their order.

use std::fmt::Write as _;

use teloxide_core::types::InlineKeyboardMarkup;

use crate::channel::markup::{Rich, Style, Styled};
use crate::channel::split::{split, utf16_units};
use crate::desk::{Attachment, AttachmentKind, Company, Message};

use super::entities::{openable, words};
use super::keyboard::{BUTTONS, keyboard};
use super::media::{FileKind, Media};

/// Longest text of a message, in UTF-16 units.
pub(super) const TEXT: usize = 4096;
/// Longest text below a picture or file, in UTF-16 units.
pub(super) const CAPTION: usize = 1024;
/// What stands where a message would be empty but for its buttons.
const NOTHING: &str = "…";

/// One message to send.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Piece {
    /// What it says.
    pub(super) content: Content,
    /// Its buttons.
    pub(super) keyboard: Option<InlineKeyboardMarkup>,
}

/// What a piece says.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Content {
    /// Words.
    Text(Rich),
    /// A picture, a file, a place, with words below it where it takes any.
    Media {
        /// What to send.
        media: Media,
        /// What it is.
        kind: AttachmentKind,
        /// What is said of it where it can't be sent: its file name, or a picture's description.
        name: Option<String>,
        /// The words below it.
        caption: Rich,
    },
}

impl Piece {
    fn text(rich: Rich) -> Self {
        Self { content: Content::Text(rich), keyboard: None }
    }
}

/// The pieces of `message`: pictures of the owner's answer, its text, then what is passed on with it. Short words stand
/// below a single picture or file. The buttons are below the last words. `room` UTF-16 units are left free in each text.
pub(super) fn compose(message: &Message, room: usize, company: Company) -> Vec<Piece> {
    let (rich, pictures) = pictures(words(&message.parts, company));
    let attachments: Vec<Content> = message.attachments.iter().map(attachment).collect();
    let mut pieces = match (pictures.as_slice(), attachments.as_slice()) {
        ([only], []) | ([], [only]) if let Some(whole) = captioned(only, &rich, room) => vec![whole],
        _ => {
            let silent = |content: Content| Piece { content, keyboard: None };
            let words = split(&rich, TEXT - room, utf16_units).into_iter().map(Piece::text);
            pictures.into_iter().map(silent).chain(words).chain(attachments.into_iter().map(silent)).collect()
        }
    };
    add_buttons(&mut pieces, message);
    pieces
}

/// The pictures of the text as pieces. One whose address only the owner's own machine knows stays as words.
fn pictures(mut rich: Rich) -> (Rich, Vec<Content>) {
    let mut pictures = Vec::new();
    for image in std::mem::take(&mut rich.images) {
        if openable(&image.url).is_some() {
            pictures.push(Content::Media {
                media: Media::Address(image.url),
                kind: AttachmentKind::Image,
                name: Some(image.description).filter(|description| !description.is_empty()),
                caption: Rich::default(),
            });
        } else {
            let gap = if rich.text.is_empty() { "" } else { "\n\n" };
            let _ = write!(rich.text, "{gap}{}", label(AttachmentKind::Image, Some(&image.description)));
        }
    }
    (rich, pictures)
}

fn attachment(attachment: &Attachment) -> Content {
    match Media::of(attachment) {
        Some(media) => Content::Media {
            media,
            kind: attachment.kind,
            name: attachment.name.clone(),
            caption: Rich::default(),
        },
        None => Content::Text(Rich {
            text: label(attachment.kind, attachment.name.as_deref()),
            ..Rich::default()
        }),
    }
}

/// `rich` below `content`, where it takes words and they are few enough.
fn captioned(content: &Content, rich: &Rich, room: usize) -> Option<Piece> {
    let Content::Media { media, kind, name, caption: _ } = content else { return None };
    let takes_words = match media {
        Media::File { kind, .. } => kind.takes_caption(),
        Media::Address(_) => true,
        Media::Location { .. } | Media::Copy { .. } => false,
    };
    let fits = utf16_units(&rich.text) + room <= CAPTION && !rich.text.is_empty();
    (takes_words && fits).then(|| Piece {
        content: Content::Media {
            media: media.clone(),
            kind: *kind,
            name: name.clone(),
            caption: rich.clone(),
        },
        keyboard: None,
    })
}

fn add_buttons(pieces: &mut Vec<Piece>, message: &Message) {
    let mut keyboards = message.buttons.chunks(BUTTONS).filter_map(keyboard);
    let Some(first) = keyboards.next() else { return };
    let says_words = |piece: &Piece| match &piece.content {
        Content::Text(_) => true,
        Content::Media { caption, .. } => !caption.text.is_empty(),
    };
    let nothing = || Piece::text(Rich { text: NOTHING.to_owned(), ..Rich::default() });
    match pieces.iter_mut().rfind(|piece| says_words(piece)) {
        Some(piece) => piece.keyboard = Some(first),
        None => pieces.push(Piece { keyboard: Some(first), ..nothing() }),
    }
    pieces.extend(keyboards.map(|keyboard| Piece { keyboard: Some(keyboard), ..nothing() }));
}

/// What stands for something that can't be sent, with a link where there is an address.
pub(super) fn stand_in(media: &Media, kind: AttachmentKind, name: Option<&str>, caption: &Rich) -> Rich {
    let mut rich = caption.clone();
    let gap = if rich.text.is_empty() { "" } else { "\n\n" };
    let start = rich.text.len() + gap.len();
    rich.text = format!("{}{gap}{}", rich.text, label(kind, name));
    if let Media::Address(address) = media {
        rich.spans.push(Styled { range: start..rich.text.len(), style: Style::Link(address.clone()) });
    }
    rich
}

/// A sign and a name, for any language.
fn label(kind: AttachmentKind, name: Option<&str>) -> String {
    let sign = match kind {
        AttachmentKind::Image => "🖼",
        AttachmentKind::Voice => "🎤",
        AttachmentKind::Video => "🎬",
        AttachmentKind::Sticker => "🏷",
        AttachmentKind::Location => "📍",
        AttachmentKind::File => "📎",
    };
    format!("{sign} {}", name.unwrap_or_default()).trim_end().to_owned()
}

/// The file kind that fits a file somewhere else.
pub(super) fn file_kind(kind: AttachmentKind) -> FileKind {
    match kind {
        AttachmentKind::Image => FileKind::Photo,
        AttachmentKind::Voice => FileKind::Audio,
        AttachmentKind::Video => FileKind::Video,
        AttachmentKind::Sticker | AttachmentKind::Location | AttachmentKind::File => FileKind::Document,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::{Button, ButtonPress, Part, Press};

    fn texts(pieces: &[Piece]) -> Vec<String> {
        let text = |piece: &Piece| {
            let buttons = if piece.keyboard.is_some() { " [buttons]" } else { "" };
            match &piece.content {
                Content::Text(rich) if 80 < rich.text.len() => {
                    format!("{} long{buttons}", utf16_units(&rich.text))
                }
                Content::Text(rich) => format!("{}{buttons}", rich.text),
                Content::Media { media: Media::Address(address), caption, .. } => {
                    format!("<{address}> {}{buttons}", caption.text)
                }
                Content::Media { media, caption, .. } => format!("<{media:?}> {}{buttons}", caption.text),
            }
        };
        pieces.iter().map(text).collect()
    }

    fn message(text: &str) -> Message {
        let press = ButtonPress::Customer(Press::Person);
        let buttons = vec![Button { label: "Ask a person".to_owned(), press }];
        Message { parts: vec![Part::Markdown(text.to_owned())], buttons, attachments: Vec::new() }
    }

    #[test]
    fn one_picture_takes_a_short_text_as_its_caption() {
        let pieces =
            compose(&message("We are here:\n\n![the way](https://example.org/map.png)"), 0, Company::Alone);
        assert_eq!(texts(&pieces), ["<https://example.org/map.png> We are here: [buttons]"]);
        let pieces =
            compose(&message("![a](https://e.org/a.png) two ![b](https://e.org/b.png)"), 0, Company::Alone);
        assert_eq!(texts(&pieces), ["<https://e.org/a.png> ", "<https://e.org/b.png> ", "two [buttons]"]);
        let pieces = compose(&message("See ![the way](map.png)"), 0, Company::Alone);
        assert_eq!(texts(&pieces), ["See\n\n🖼 the way [buttons]"]);
    }

    #[test]
    fn a_long_text_is_cut_within_the_limit_and_ends_with_the_buttons() {
        let pieces = compose(&message(&"word 😀 ".repeat(1200)), 0, Company::Alone);
        let lengths = pieces.iter().map(|piece| match &piece.content {
            Content::Text(rich) => utf16_units(&rich.text),
            Content::Media { .. } => 0,
        });
        assert!(
            lengths.clone().all(|length| 0 < length && length <= TEXT),
            "{:?}",
            lengths.collect::<Vec<_>>()
        );
        let with_buttons: Vec<bool> = pieces.iter().map(|piece| piece.keyboard.is_some()).collect();
        assert_eq!(with_buttons, [false, false, true]);
    }

    #[test]
    fn buttons_beyond_a_hundred_go_on_below() {
        let mut many = message("Choose");
        many.buttons = (0..230_u16)
            .map(|number| Button {
                label: format!("A question, number {number}, that is long"),
                press: ButtonPress::Customer(Press::Topic(number)),
            })
            .collect();
        assert_eq!(
            texts(&compose(&many, 0, Company::Alone)),
            ["Choose [buttons]", "… [buttons]", "… [buttons]"]
        );
    }

    #[test]
    fn what_another_platform_keeps_is_named() {
        let attachments = vec![
            Attachment { kind: AttachmentKind::Voice, reference: "cdn:1".to_owned(), name: None },
            Attachment {
                kind: AttachmentKind::File,
                reference: "https://cdn.example/x.pdf".to_owned(),
                name: Some("x.pdf".to_owned()),
            },
        ];
        let message = Message {
            parts: vec![Part::Literal("Anna: here".to_owned())],
            attachments,
            ..Message::default()
        };
        assert_eq!(
            texts(&compose(&message, 0, Company::Alone)),
            ["Anna: here", "🎤", "<https://cdn.example/x.pdf> "]
        );
    }
}
