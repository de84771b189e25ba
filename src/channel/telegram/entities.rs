//! Styled text -> Telegram's entities, whose offsets count UTF-16 units. No sign is ever pasted into the text.

use reqwest::Url;
use teloxide_core::types::{MessageEntity, MessageEntityKind};

use crate::channel::markup::{self, Rich, Style, Styled};
use crate::channel::split::utf16_units;
use crate::desk::{Company, Part};

/// The parts' text and styles, for Telegram: a link that it can't open (`mailto:`, a relative path) becomes plain words,
/// with its address in brackets behind them. Among others, somebody else's words call nobody.
pub(super) fn words(parts: &[Part], company: Company) -> Rich {
    let mut whole = Rich::default();
    for part in parts {
        let mut rich = markup::rich(std::slice::from_ref(part));
        if matches!((part, company), (Part::Literal(_), Company::AmongOthers)) {
            rich.spans = calls(&rich.text);
        }
        whole.append(rich);
    }
    readable(whole)
}

/// Stretches that Telegram would make a call of by itself: `@name` rings for whoever has that name in a group, and
/// `/command` is sent by whoever touches it. As code they stay what they are, letter by letter.
fn calls(text: &str) -> Vec<Styled> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut spans = Vec::new();
    let mut before = ' ';
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let start = text.len() - rest.len();
        let behind = &rest[c.len_utf8()..];
        let name = behind.len() - behind.trim_start_matches(is_name).len();
        // `</b>` and `a/b` are no commands, `a@b.de` is no name.
        let is_call = match c {
            '@' => true,
            '/' => !matches!(before, '<' | '>' | '/'),
            _ => false,
        };
        if is_call && 0 < name && !(before.is_alphanumeric() || before == '_') {
            // `/command@bot` is one call.
            let more = behind[name..].strip_prefix('@').filter(|_| c == '/');
            let more = more.map_or(0, |more| 1 + more.len() - more.trim_start_matches(is_name).len());
            let end = start + 1 + name + more;
            spans.push(Styled { range: start..end, style: Style::Code });
            before = 'x';
            rest = &text[end..];
        } else {
            before = c;
            rest = behind;
        }
    }
    spans
}

/// The text of `rich`, and what Telegram must know to show its styles.
pub(super) fn entities(rich: &Rich) -> (String, Vec<MessageEntity>) {
    let text = &rich.text;
    let mut offsets = Offsets { text, byte: 0, unit: 0 };
    // Spans are sorted by their starts, so one walk over the text finds them; ends are found from their own start.
    let spans = rich.spans.iter();
    let entities = spans.filter_map(|span| {
        let start = offsets.unit_at(span.range.start);
        let length = utf16_units(text.get(span.range.clone())?);
        Some(MessageEntity::new(kind(&span.style)?, start, length))
    });
    (text.clone(), entities.collect())
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
fn readable(rich: Rich) -> Rich {
    let additions =
        rich.spans.iter().filter_map(|span| Some((span.range.end, in_brackets(span, &rich.text)?)));
    let mut additions: Vec<(usize, String)> = additions.collect();
    if additions.is_empty() {
        return rich;
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
    let is_shown =
        |span: &Styled| !matches!(&span.style, Style::Link(address) if openable(address).is_none());
    Rich { text, spans: spans.filter(is_shown).collect(), images: rich.images }
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

    fn markdown(source: &str) -> Rich {
        words(&[Part::Markdown(source.to_owned())], Company::Alone)
    }

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
        for company in [Company::Alone, Company::AmongOthers] {
            let rich = words(&[Part::Literal(signs.to_owned())], company);
            assert_eq!(entities(&rich), (signs.to_owned(), Vec::new()));
        }
    }

    #[test]
    fn among_others_somebody_elses_words_call_nobody() {
        let said = "@sam_1 😀 (@eve) a@b.de /close /close@our_bot, 1/2 _@no @ / end@";
        let parts = [Part::Markdown("Ask @our_shop:".to_owned()), Part::Literal(said.to_owned())];
        let expected = ["@sam_1", "@eve", "/close", "/close@our_bot"];
        let expected: Vec<_> = expected.map(|text| (text.to_owned(), "code".to_owned())).into();
        assert_eq!(shown(&words(&parts, Company::AmongOthers)), expected);
        assert_eq!(shown(&words(&parts, Company::Alone)), []);
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

    proptest::proptest! {
        #[test]
        fn every_piece_of_any_text_has_entities_within_it(
            source in r"([a-zäß😀👨‍👩‍👧 .\n]|\*\*|\*|`|~~|\[|\]\(https://e\.org\)|\]\(mailto:a@b\)|> |- |1\. |\\){0,120}",
            limit in 1_usize..40,
        ) {
            for piece in crate::channel::split::split(&markdown(&source), limit, utf16_units) {
                proptest::prop_assert!(utf16_units(&piece.text) <= limit.max(20), "too long");
                let (text, entities) = entities(&piece);
                let units: Vec<u16> = text.encode_utf16().collect();
                for entity in entities {
                    proptest::prop_assert!(0 < entity.length && entity.offset + entity.length <= units.len());
                    let stretch = &units[entity.offset..entity.offset + entity.length];
                    proptest::prop_assert!(String::from_utf16(stretch).is_ok(), "a character is cut");
                }
            }
        }
    }
}
