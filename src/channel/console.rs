//! The terminal as a channel: the example adapter. One customer, and the staff and the owner in the same window.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use futures::future::BoxFuture;
use textwrap::{Options, WordSeparator, WordSplitter};

use crate::desk::{Button, ButtonPress, Message, MessageId, Place, Post, Receipt};
use crate::faq::ChannelKind;

use super::markup::{self, Rich, Style};
use super::{Channel, DeliverError, Parcel};

/// Takes whole lines to show; nothing else may write in between.
pub type Printer = Box<dyn FnMut(&str) + Send>;

/// The terminal.
pub struct Console {
    print: Mutex<Printer>,
    look: Look,
    muted: AtomicBool,
}

/// How messages look on a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    color: bool,
    /// Columns for words, beside who speaks; `None`: lines are as long as they are.
    room: Option<usize>,
}

/// Where somebody sits at the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seat {
    /// Who asks.
    Customer,
    /// Who answers for the bot.
    Staff,
    /// Whose FAQ it is.
    Owner,
}

impl Seat {
    /// The seat's place.
    #[must_use]
    pub fn place(self) -> Place {
        let address = match self {
            Self::Customer => "customer",
            Self::Staff => "staff",
            Self::Owner => "owner",
        };
        Place { channel: ChannelKind::Console, address: address.to_owned() }
    }
}

impl Console {
    /// A terminal that shows lines by `print`.
    #[must_use]
    pub fn new(print: Printer, look: Look) -> Self {
        Self { print: Mutex::new(print), look, muted: AtomicBool::new(false) }
    }

    /// While it is muted, what is delivered counts as seen, but isn't shown.
    pub fn mute(&self, muted: bool) {
        self.muted.store(muted, Ordering::Relaxed);
    }

    fn show(&self, who: &str, text: &str, hue: &str) {
        if !self.muted.load(Ordering::Relaxed) {
            let lines = self.look.lines(who, text, hue);
            (self.print.lock().unwrap_or_else(PoisonError::into_inner))(&lines);
        }
    }
}

impl Look {
    /// With `color` (ANSI signs) or without; lines of at most so many `columns`, broken between words, or as long as they are.
    #[must_use]
    pub fn new(color: bool, columns: Option<usize>) -> Self {
        Self { color, room: columns.map(|columns| columns.saturating_sub(BESIDE).max(NARROWEST)) }
    }

    /// What a customer sees of `message`, line by line.
    #[must_use]
    pub fn reply(&self, message: &Message) -> String {
        self.lines("bot", &self.words(message), GREEN)
    }

    fn lines(&self, who: &str, text: &str, hue: &str) -> String {
        let mut lines = String::new();
        let broken = |line| wrapped(line, self.room.unwrap_or(usize::MAX));
        for (number, line) in text.lines().flat_map(broken).enumerate() {
            let who = if number == 0 { who } else { "" };
            let bar = if self.color { format!("{hue}{who:>8} │{RESET} ") } else { format!("{who:>8} | ") };
            let _ = writeln!(lines, "{}", format!("{bar}{line}").trim_end());
        }
        lines
    }

    /// The words and buttons of `message`.
    #[must_use]
    pub fn words(&self, message: &Message) -> String {
        let mut text = self.styled(&markup::rich(&message.parts));
        for attachment in &message.attachments {
            let _ = write!(text, "\n[{:?}] {}", attachment.kind, attachment.name.as_deref().unwrap_or(""));
        }
        text + &self.buttons(&message.buttons)
    }

    /// A customer's buttons stand below, numbered as they can be typed; staff's among the commands.
    fn buttons(&self, buttons: &[Button]) -> String {
        let mut text = String::new();
        for (number, button) in (1..).zip(buttons) {
            let key = match &button.press {
                ButtonPress::Customer(_) => number.to_string(),
                ButtonPress::SendAnswer(id) => format!("/answer {id}"),
                ButtonPress::Claim => "/claim".to_owned(),
                ButtonPress::Close => "/close".to_owned(),
                ButtonPress::CloseAndSave => "/close save".to_owned(),
            };
            let key = if self.color { format!("{BOLD}{key}{RESET} ") } else { format!("[{key}]") };
            let _ = write!(text, "\n  {key} {}", button.label);
        }
        text
    }

    fn styled(&self, rich: &Rich) -> String {
        let mut text = String::with_capacity(rich.text.len());
        let mut marks: Vec<(usize, String)> = Vec::new();
        for span in &rich.spans {
            if let Style::Link(url) = &span.style {
                marks.push((span.range.end, format!(" <{url}>")));
            }
            if self.color {
                let sign = match span.style {
                    Style::Bold => BOLD,
                    Style::Italic => ITALIC,
                    Style::Link(_) => UNDERLINE,
                    Style::Code | Style::Block(_) | Style::Quote | Style::Strike => DIM,
                };
                marks.push((span.range.start, sign.to_owned()));
                marks.push((span.range.end, RESET.to_owned()));
            }
        }
        marks.sort_by_key(|(at, _)| *at);
        let mut from = 0;
        for (at, mark) in marks {
            text.push_str(&rich.text[from..at]);
            text.push_str(&mark);
            from = at;
        }
        text.push_str(&rich.text[from..]);
        for image in &rich.images {
            let _ = write!(text, "\n[picture: {}] <{}>", image.description, image.url);
        }
        text
    }
}

/// Columns for who speaks.
const BESIDE: usize = 11;
/// Words are never given less room.
const NARROWEST: usize = 20;

/// `line` in lines of at most `room` columns, each as far in as the first; a longer word (an address) is left whole.
fn wrapped(line: &str, room: usize) -> Vec<String> {
    let words = line.trim_start_matches(' ');
    let inset = &line[..line.len() - words.len()];
    let options = Options::new(room)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .break_words(false)
        .initial_indent(inset)
        .subsequent_indent(inset);
    textwrap::wrap(words, options).into_iter().map(Cow::into_owned).collect()
}

const RESET: &str = "\x1b[0m";
const BOLD: &str = "\x1b[1m";
const DIM: &str = "\x1b[2m";
const ITALIC: &str = "\x1b[3m";
const UNDERLINE: &str = "\x1b[4m";
const GREEN: &str = "\x1b[32m";
const YELLOW: &str = "\x1b[33m";
const BLUE: &str = "\x1b[34m";

impl Channel for Console {
    fn kind(&self) -> ChannelKind {
        ChannelKind::Console
    }

    fn deliver<'a>(&'a self, parcel: &'a Parcel) -> BoxFuture<'a, Result<Receipt, DeliverError>> {
        let (who, hue) = match parcel.to.address.as_str() {
            "customer" => ("bot", GREEN),
            "owner" => ("owner", BLUE),
            _ => ("staff", YELLOW),
        };
        let mut place = parcel.to.clone();
        match &parcel.post {
            Post::Say { message, .. } => self.show(who, &self.look.words(message), hue),
            Post::Amend { message, .. } => {
                self.show(who, &format!("(changed) {}", self.look.words(message)), hue);
            }
            Post::Withdraw { .. } => self.show(who, "(taken back)", hue),
            Post::OpenTicket { title, card } => {
                place.address = format!("staff/{}", parcel.number);
                self.show(who, &format!("{title}\n{}", self.look.words(card)), hue);
            }
            Post::MarkTicket { title, .. } => self.show(who, title, hue),
        }
        let messages = vec![MessageId(format!("out-{}", parcel.number))];
        Box::pin(async move { Ok(Receipt { place, messages }) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_break_between_words_and_styles_take_no_room() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("one two three", 100), ["one two three"]);
        assert_eq!(wrapped("  1 one two", 7), ["  1 one", "  two"]);
        assert_eq!(wrapped("unbreakable is", 5), ["unbreakable", "is"]);
        assert_eq!(wrapped("\x1b[1mone\x1b[0m two", 7), ["\x1b[1mone\x1b[0m two"]);
        assert_eq!(wrapped("größe 你好 x", 10), ["größe 你好", "x"]);
        assert_eq!(wrapped("a  b", 9), ["a  b"]);
        assert_eq!(wrapped("", 9), [""]);
        assert_eq!(
            wrapped("see <https://example.org/a-long-address> or", 12),
            ["see", "<https://example.org/a-long-address>", "or"]
        );
    }
}
