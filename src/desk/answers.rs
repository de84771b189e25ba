//! An entry -> the parts of a message: the owner's words, and its links as buttons.

use crate::faq::Entry;

use super::action::{Button, ButtonPress, Part};
use super::event::Press;
use super::making::Making;

/// The answer of `entry` to `question`, and buttons for its links. Empty for an entry without words.
pub(super) fn render(making: &Making<'_>, entry: &Entry, _question: &str) -> (Vec<Part>, Vec<Button>) {
    let Some(answer) = entry.reply.answer() else { return (Vec::new(), Vec::new()) };
    let text = answer.text.clone();
    let buttons = answer
        .links
        .iter()
        .filter(|link| making.entry(&link.to).is_some())
        .map(|link| Button {
            label: link.label.clone(),
            press: ButtonPress::Customer(Press::Entry(link.to.clone())),
        })
        .collect();
    let parts = if text.trim().is_empty() { Vec::new() } else { vec![Part::Markdown(text)] };
    (parts, buttons)
}
