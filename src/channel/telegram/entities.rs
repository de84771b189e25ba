//! Styled text -> Telegram's entities, whose offsets count UTF-16 units. No sign is ever pasted into the text.

use reqwest::Url;
use teloxide_core::types::{MessageEntity, MessageEntityKind};

use crate::channel::markup::{Rich, Style, Styled};
use crate::channel::split::utf16_units;

/// The text of `rich`, and what Telegram must know to show its styles. A link that Telegram can't open (a bare
/// `mailto:`, a relative path) stays readable: its address follows in brackets.
pub(super) fn entities(rich: &Rich) -> (String, Vec<MessageEntity>) {
    let (text, spans) = with_addresses(rich);
    let mut offsets = Offsets { text: &text, byte: 0, unit: 0 };
    // Spans are sorted by their starts, so one walk over the text finds them; ends are found from their own start.
    let entities = spans
        .iter()
        .filter_map(|span| {
            let start = offsets.unit_at(span.range.start);
            let length = utf16_units(text.get(span.range.clone())?);
            Some(MessageEntity::new(kind(&span.style)?, start, length))
        })
        .collect();
    (text, entities)
}

fn kind(style: &Style) -> Option<MessageEntityKind> {
    Some(match style {
        Style::Bold => MessageEntityKind::Bold,
        Style::Italic => MessageEntityKind::Italic,
        Style::Strike => MessageEntityKind::Strikethrough,
        Style::Code => MessageEntityKind::Code,
        Style::Block(language) => MessageEntityKind::Pre { language: language.clone() },
        Style::Quote => MessageEntityKind::Blockquote,
        Style::Link(address) => MessageEntityKind::TextLink { url: openable(address)? },
    })
}

/// The address, if a Telegram app can open it from a text.
pub(super) fn openable(address: &str) -> Option<Url> {
    Url::parse(address).ok().filter(|url| ["http", "https", "tg"].contains(&url.scheme()))
}

/// What follows a link's words where the link itself can't be shown.
fn in_brackets(span: &Styled, text: &str) -> Option<String> {
    let Style::Link(address) = &span.style else { return None };
    let shown = address.strip_prefix("mailto:").or(address.strip_prefix("tel:")).unwrap_or(address);
    let is_needed =
        openable(address).is_none() && !shown.is_empty() && text.get(span.range.clone())? != shown;
    is_needed.then(|| format!(" ({shown})"))
}

/// The text with such addresses put in, and the spans moved along.
fn with_addresses(rich: &Rich) -> (String, Vec<Styled>) {
    let mut additions: Vec<(usize, String)> = Vec::new();
    for span in &rich.spans {
        if let Some(addition) = in_brackets(span, &rich.text) {
            additions.push((span.range.end, addition));
        }
    }
    if additions.is_empty() {
        return (rich.text.clone(), rich.spans.clone());
    }
    additions.sort_by_key(|(at, _)| *at);
    let mut text = String::with_capacity(rich.text.len());
    let mut from = 0;
    for (at, addition) in &additions {
        text.push_str(&rich.text[from..*at]);
        text.push_str(addition);
        from = *at;
    }
    text.push_str(&rich.text[from..]);
    // A span's start moves behind an addition at its place. Its end does so unless it is the link's own: a bold link's
    // address is bold as well.
    let moved = |at: usize, stays: bool| {
        let before = |addition: &&(usize, String)| addition.0 < at || (!stays && addition.0 == at);
        at + additions.iter().filter(before).map(|addition| addition.1.len()).sum::<usize>()
    };
    let spans = rich.spans.iter().map(|span| Styled {
        range: moved(span.range.start, false)..moved(span.range.end, matches!(span.style, Style::Link(_))),
        style: span.style.clone(),
    });
    (text.clone(), spans.collect())
}

/// Counts UTF-16 units along a text, forwards.
struct Offsets<'a> {
    text: &'a str,
    byte: usize,
    unit: usize,
}

impl Offsets<'_> {
    fn unit_at(&mut self, byte: usize) -> usize {
        if byte < self.byte {
            (self.byte, self.unit) = (0, 0);
        }
        self.unit += self.text.get(self.byte..byte).map_or(0, utf16_units);
        self.byte = byte;
        self.unit
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::markup::{markdown, rich};
    use crate::desk::Part;

    /// The stretches that carry an entity, cut out as Telegram would, with the entity's name.
    fn shown(rich: &Rich) -> Vec<(String, String)> {
        let (text, entities) = entities(rich);
        let units: Vec<u16> = text.encode_utf16().collect();
        let cut = |entity: MessageEntity| {
            let stretch = &units[entity.offset..entity.offset + entity.length];
            let kind = serde_json::to_value(&entity.kind).expect("it is written as JSON");
            let stretch = String::from_utf16(stretch).expect("no character is cut in two");
            (stretch, kind["type"].as_str().expect("it has a type").to_owned())
        };
        entities.into_iter().map(cut).collect()
    }

    #[test]
    fn offsets_count_utf16_units() {
        let rich = markdown("😀 **bold 👩‍👩‍👧** and *it*alic `c_o_d_e` [our *shop*](https://example.org/ä?q=1)");
        let expected = [
            ("bold 👩‍👩‍👧", "bold"),
            ("it", "italic"),
            ("c_o_d_e", "code"),
            ("our shop", "text_link"),
            ("shop", "italic"),
        ];
        let expected: Vec<_> = expected.map(|(text, kind)| (text.to_owned(), kind.to_owned())).into();
        assert_eq!(shown(&rich), expected);
    }

    #[test]
    fn literal_words_carry_no_entity() {
        let signs = "**a** _b_ `c` [d](https://e.org) <b>f</b> &amp; ||g||";
        let rich = rich(&[Part::Literal(signs.to_owned())]);
        assert_eq!(entities(&rich), (signs.to_owned(), Vec::new()));
    }

    #[test]
    fn a_link_that_can_not_be_opened_stays_readable() {
        let rich = markdown("**[Write](mailto:us@example.org)** us, *now*, or [see](map.html).");
        let (text, _) = entities(&rich);
        assert_eq!(text, "Write (us@example.org) us, now, or see (map.html).");
        let expected = [("Write (us@example.org)", "bold"), ("now", "italic")];
        let expected: Vec<_> = expected.map(|(text, kind)| (text.to_owned(), kind.to_owned())).into();
        assert_eq!(shown(&rich), expected);
    }
}
