//! An entry -> the parts of a message: the owner's template filled in, and its links as buttons.

use crate::faq::{Entry, Faq, Values};
use crate::matcher::{Query, captures};
use crate::time::Timestamp;

use super::action::{Button, ButtonPress, Part};
use super::event::Press;
use super::making::Making;
use super::wording;

/// The answer of `entry` to `question`, and buttons for its links. Empty for an entry without words.
pub(super) fn render(making: &Making<'_>, entry: &Entry, question: &str) -> (Vec<Part>, Vec<Button>) {
    let Some(answer) = entry.reply.answer() else { return (Vec::new(), Vec::new()) };
    let index = making.context.index;
    // A translation's pattern may have caught it.
    let caught = if answer.is_template() {
        captures(index, &entry.id, &Query::new(index, question, making.audience()))
    } else {
        Vec::new()
    };
    let text = filled(index.faq(), entry, &caught, making.now());
    let buttons = answer
        .links
        .iter()
        .filter(|link| making.entry(&link.to).is_some())
        .map(|link| Button {
            label: link.label.clone(),
            press: ButtonPress::Customer(Press::Entry(link.to.clone())),
        })
        .collect();
    (text.map(Part::Markdown).into_iter().collect(), buttons)
}

/// The answer of `entry` at `now`, in Markdown, asked for by its name; `None` where it has no words.
#[must_use]
pub fn answer_in(faq: &Faq, entry: &Entry, now: Timestamp) -> Option<String> {
    filled(faq, entry, &[], now)
}

fn filled(faq: &Faq, entry: &Entry, caught: &[(String, String)], now: Timestamp) -> Option<String> {
    let firm = &faq.firm;
    let hours = firm.hours.as_ref();
    let open_now = hours.is_none_or(|hours| hours.is_open(now));
    let opens_next = hours
        .and_then(|hours| hours.opens_next(now))
        .map_or_else(String::new, |then| wording::moment(firm.local(then), firm.local(now), entry.language));
    let caught = caught.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let values = Values::new(firm, entry.language, open_now, &opens_next, caught);
    // Every answer was tried when the files were read. Should one fail all the same, its template is not for customers.
    let text = entry.reply.answer()?.render(&values).ok()?;
    (!text.trim().is_empty()).then_some(text)
}
