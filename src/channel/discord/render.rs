//! Styled text -> Discord's Markdown, in pieces that Discord takes. Every sign that is not a style of ours is escaped.
//!
//! Answers are message text, not embeds: text can be quoted, searched, copied on a phone and read aloud, is shown in
//! notifications, and can't be switched off by the reader, as embeds can. Only pictures are embeds.

use crate::channel::markup::{Rich, Style, Styled};
use crate::channel::split::{characters, split};

/// Longest message, in characters.
pub(super) const LIMIT: usize = 2000;
/// Longest address of a link that is written out; a longer one could fill a message by itself.
const LINK_LIMIT: usize = 1000;

/// `rich` as Discord's Markdown, in pieces of at most [`LIMIT`] characters; none for an empty text.
pub(super) fn pieces(rich: &Rich) -> Vec<String> {
    let mut done = Vec::new();
    cut(rich, LIMIT, &mut done);
    done
}

/// Styles and escapes make a text longer, and how much is only known once it is written: what came out too long is
/// split again, smaller.
fn cut(rich: &Rich, limit: usize, done: &mut Vec<String>) {
    for piece in split(rich, limit, characters) {
        let written = write(&piece);
        if characters(&written) <= LIMIT {
            if !written.is_empty() {
                done.push(written);
            }
        } else if 1 < limit {
            cut(&piece, limit * 3 / 4, done);
        } else {
            done.push(escape(&piece.text));
        }
    }
}

/// All of `rich`, whatever its length.
pub(super) fn write(rich: &Rich) -> String {
    let spans: Vec<Styled> = rich.spans.iter().filter_map(|span| tightened(rich, span)).collect();
    let mut writer =
        Writer { rich, out: String::with_capacity(rich.text.len() * 2), open: Vec::new(), quoted: false };
    let mut at = 0;
    let mut next = 0;
    loop {
        let opens = spans.get(next).map(|span| span.range.start);
        let closes = writer.open.last().map(|open| open.end);
        let stop = opens.into_iter().chain(closes).min().unwrap_or(rich.text.len());
        writer.text(&rich.text[at..stop.max(at)]);
        at = stop.max(at);
        if closes == Some(stop) {
            writer.close();
        } else if let Some(span) = spans.get(next).filter(|span| span.range.start <= at) {
            next += 1;
            writer.open(span, closes);
        } else {
            return writer.out.trim().to_owned();
        }
    }
}

/// `text` so that Discord shows it to the letter. Addresses of web pages can still be followed, without a preview.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    push_escaped(&mut out, text, false);
    out
}

/// `span` without white space at its ends, where Discord would not see its signs as signs.
fn tightened(rich: &Rich, span: &Styled) -> Option<Styled> {
    let text = &rich.text[span.range.clone()];
    let start = span.range.start + (text.len() - text.trim_start().len());
    let end = span.range.start + text.trim_end().len();
    (start < end).then(|| Styled { range: start..end, style: span.style.clone() })
}

struct Writer<'a> {
    rich: &'a Rich,
    out: String,
    open: Vec<Open<'a>>,
    /// Within a block quote: each line begins with `> `.
    quoted: bool,
}

struct Open<'a> {
    end: usize,
    style: &'a Style,
    sign: String,
    /// The text is code, or a link's address: written as it is.
    raw: bool,
}

impl<'a> Writer<'a> {
    fn open(&mut self, span: &'a Styled, outer_end: Option<usize>) {
        // A style never reaches over the one around it, so that signs nest.
        let end = outer_end.map_or(span.range.end, |outer| outer.min(span.range.end));
        let inside = &self.rich.text[span.range.start..end];
        if self.open.last().is_some_and(|open| open.raw) {
            return self.open.push(Open { end, style: &span.style, sign: String::new(), raw: true });
        }
        let (before, after, raw) = match &span.style {
            Style::Bold => ("**".to_owned(), "**".to_owned(), false),
            Style::Strike => ("~~".to_owned(), "~~".to_owned(), false),
            Style::Italic => {
                let follows = self.rich.text[end..].chars().next();
                let sign = if follows.is_some_and(char::is_alphanumeric) || inside.contains('_') {
                    "*"
                } else {
                    "_"
                };
                (sign.to_owned(), sign.to_owned(), false)
            }
            Style::Code => {
                let sign = if inside.contains('`') { "``" } else { "`" };
                let pad = if inside.starts_with('`') || inside.ends_with('`') { " " } else { "" };
                (format!("{sign}{pad}"), format!("{pad}{sign}"), true)
            }
            Style::Block(language) => {
                let language = language.as_deref().unwrap_or_default();
                let known = language.chars().all(|c| c.is_ascii_alphanumeric() || "+-_#".contains(c));
                (format!("```{}\n", if known { language } else { "" }), "\n```".to_owned(), true)
            }
            Style::Quote => {
                self.quoted = true;
                ("> ".to_owned(), String::new(), false)
            }
            Style::Link(url) => match address(url) {
                Some(url) if url == inside => (format!("<{url}>"), String::new(), true),
                Some(url) => ("[".to_owned(), format!("](<{url}>)"), false),
                None if url.is_empty() || url == inside || LINK_LIMIT < url.len() => {
                    (String::new(), String::new(), false)
                }
                None => (
                    String::new(),
                    format!(" ({})", escape(url.strip_prefix("mailto:").unwrap_or(url))),
                    false,
                ),
            },
        };
        self.out.push_str(&before);
        self.open.push(Open { end, style: &span.style, sign: after, raw });
    }

    fn close(&mut self) {
        let Some(open) = self.open.pop() else { return };
        self.out.push_str(&open.sign);
        if *open.style == Style::Quote {
            self.quoted = false;
        }
    }

    fn text(&mut self, text: &str) {
        let written = match self.open.last() {
            Some(Open { style: Style::Link(_), raw: true, .. }) => return,
            Some(Open { style: Style::Block(_), .. }) => text.replace("```", "`\u{200B}``"),
            Some(Open { raw: true, .. }) => text.replace('\n', " ").replace("``", "`\u{200B}`"),
            Some(Open { raw: false, .. }) | None => {
                let mut written = String::with_capacity(text.len() * 2);
                let line_goes_on =
                    !(self.out.is_empty() || self.out.ends_with('\n') || self.out.ends_with("> "));
                push_escaped(&mut written, text, line_goes_on);
                written
            }
        };
        if self.quoted {
            self.out.push_str(&written.replace('\n', "\n> "));
        } else {
            self.out.push_str(&written);
        }
    }
}

/// A web address in the form in which it stands between `<` and `>`; `None` for anything else.
fn address(url: &str) -> Option<String> {
    let is_web = starts_with_scheme(url) && url.len() <= LINK_LIMIT && !url.contains(char::is_control);
    is_web.then(|| {
        let mut written = String::with_capacity(url.len());
        for c in url.chars() {
            match c {
                ' ' => written.push_str("%20"),
                '<' => written.push_str("%3C"),
                '>' => written.push_str("%3E"),
                '*' => written.push_str("%2A"),
                '`' => written.push_str("%60"),
                '|' => written.push_str("%7C"),
                '\\' => written.push_str("%5C"),
                c => written.push(c),
            }
        }
        written
    })
}

fn starts_with_scheme(text: &str) -> bool {
    ["https://", "http://"].iter().any(|scheme| {
        text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
            && scheme.len() < text.len()
    })
}

/// How many bytes of `text` are a web address.
fn address_length(text: &str) -> usize {
    if !starts_with_scheme(text) {
        return 0;
    }
    let end =
        text.find(|c: char| c.is_whitespace() || c.is_control() || "<>⟨".contains(c)).unwrap_or(text.len());
    // Signs of the sentence, not of the address.
    let length = text[..end]
        .trim_end_matches(['.', ',', ':', ';', '!', '?', '"', '\'', ')', ']', '*', '_', '~', '|'])
        .len();
    if starts_with_scheme(&text[..length]) && length <= LINK_LIMIT { length } else { 0 }
}

/// Adds `text`, with a backslash before every sign that Discord might take for its own. `line_goes_on`: the text
/// begins within a line.
fn push_escaped(out: &mut String, text: &str, line_goes_on: bool) {
    let mut line_start = !line_goes_on;
    let mut number = false;
    let mut rest = text;
    let mut before: Option<char> = None;
    while let Some(c) = rest.chars().next() {
        let word_goes_on = before.is_some_and(char::is_alphanumeric);
        let length = if word_goes_on { 0 } else { address_length(rest) };
        if let Some(url) = address(&rest[..length]) {
            out.push('<');
            out.push_str(&url);
            out.push('>');
            rest = &rest[length..];
            before = None;
            line_start = false;
            continue;
        }
        let special = match c {
            '\\' | '*' | '_' | '~' | '`' | '|' | '>' | '<' | '#' | '[' | ']' | '(' | ')' | '@' => true,
            '-' | '+' => line_start,
            '.' => number,
            _ => false,
        };
        if special {
            out.push('\\');
        }
        out.push(c);
        number = c.is_ascii_digit() && (line_start || number);
        line_start = c == '\n' || (line_start && (c == ' ' || c == '\t'));
        before = Some(c);
        rest = &rest[c.len_utf8()..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::markup::{markdown, rich};
    use crate::desk::Part;

    #[test]
    fn somebody_elses_words_are_shown_to_the_letter() {
        for (words, written) in [
            (
                "**bold** _it_ ~~no~~ `code` ||spoiler||",
                r"\*\*bold\*\* \_it\_ \~\~no\~\~ \`code\` \|\|spoiler\|\|",
            ),
            ("@everyone @here <@1> <@&2> <#3>", r"\@everyone \@here \<\@1\> \<\@&2\> \<\#3\>"),
            (
                "# title\n> quote\n- list\n+ list\n-# small",
                "\\# title\n\\> quote\n\\- list\n\\+ list\n\\-\\# small",
            ),
            ("3. third, not 1.5", r"3\. third, not 1.5"),
            ("a-b, 3-4", "a-b, 3-4"),
            ("[bank](https://evil.example)", r"\[bank\]\(<https://evil.example>\)"),
            (r"back\slash \* ", r"back\\slash \\\*"),
            ("see https://shop.example/a_b*c?x=1, ok", "see <https://shop.example/a_b%2Ac?x=1>, ok"),
            ("xhttps://a.b <:emoji:1> <t:1:R>", r"xhttps://a.b \<:emoji:1\> \<t:1:R\>"),
            ("HTTPS://A.B.", "<HTTPS://A.B>."),
            ("https:// nothing", "https:// nothing"),
        ] {
            assert_eq!(write(&rich(&[Part::Literal(words.to_owned())])), written, "{words}");
        }
    }

    #[test]
    fn the_owners_markdown_becomes_discords() {
        for (source, written) in [
            ("**bold** and *it*", "**bold** and _it_"),
            ("*un*believable ~~old~~", "*un*believable ~~old~~"),
            ("# Title\n\nText `a_b`", "**Title**\n\nText `a_b`"),
            ("- one\n- two", "• one\n• two"),
            ("1. one\n2. two", "1\\. one\n2\\. two"),
            ("[our shop](https://shop.example/x)", "[our shop](<https://shop.example/x>)"),
            ("<https://shop.example/a_b>", "<https://shop.example/a_b>"),
            ("[call](tel:+49301234)", "call (tel:+49301234)"),
            ("[write](mailto:a@b.example)", r"write (a\@b.example)"),
            ("> said\n> twice", "> said\n> twice"),
            ("> one\n>\n> two\n\nthree", "> one\n> \n> two\n\nthree"),
            ("```rust\nlet a = \"*\";\n```", "```rust\nlet a = \"*\";\n```"),
            ("``a`b``", "``a`b``"),
            ("***both***", "**_both_**"),
            ("a * b @everyone", r"a \* b \@everyone"),
        ] {
            assert_eq!(write(&markdown(source)), written, "{source}");
        }
    }

    #[test]
    fn a_long_text_is_split_between_words_and_styles_go_on() {
        let words = "long_word ".repeat(1000);
        let source = format!("**{}**\n\n```text\n{}\n```", words.trim(), "x ".repeat(3000).trim());
        let pieces = pieces(&markdown(&source));
        assert!(2 < pieces.len());
        for piece in &pieces {
            assert!(characters(piece) <= LIMIT, "{}", characters(piece));
            assert_eq!(piece.matches("**").count() % 2, 0, "{piece}");
            assert_eq!(piece.matches("```").count() % 2, 0, "{piece}");
            assert!(!piece.ends_with("long\\") && !piece.starts_with("word"), "{piece}");
        }
    }

    #[test]
    fn a_text_of_nothing_but_signs_still_fits_and_loses_none() {
        let words = "*".repeat(5000);
        let pieces = pieces(&rich(&[Part::Literal(words)]));
        assert!(pieces.iter().all(|piece| characters(piece) <= LIMIT));
        assert_eq!(pieces.iter().map(|piece| piece.matches("\\*").count()).sum::<usize>(), 5000);
    }
}
