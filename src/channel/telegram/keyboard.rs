//! Buttons -> inline keyboards, and what becomes of a keyboard after a press.

use teloxide_core::types::{InlineKeyboardButton, InlineKeyboardButtonKind, InlineKeyboardMarkup};

use crate::desk::{Button, ButtonPress, Press};

/// Buttons that one keyboard may hold (Telegram's limit).
pub(super) const BUTTONS: usize = 100;
/// Longest code of a button, in bytes (Telegram's limit).
const CODE: usize = 64;
/// Two buttons stand side by side where neither label is longer, in characters: a phone shows about so many.
const SHORT: usize = 18;
/// Longest label shown; phones cut longer ones anyway.
const LABEL: usize = 64;

/// The keyboard for `buttons` (at most [`BUTTONS`] of them are shown); `None` where there are none.
pub(super) fn keyboard(buttons: &[Button]) -> Option<InlineKeyboardMarkup> {
    let mut rows: Vec<Vec<InlineKeyboardButton>> = Vec::new();
    let mut may_join = false;
    for button in buttons.iter().take(BUTTONS) {
        let code = button.press.to_code();
        if CODE < code.len() {
            continue;
        }
        let is_short = button.label.chars().count() <= SHORT;
        let shown = InlineKeyboardButton::callback(label(&button.label), code);
        match rows.last_mut() {
            Some(row) if may_join && is_short && row.len() < 2 => row.push(shown),
            Some(_) | None => rows.push(vec![shown]),
        }
        may_join = is_short;
    }
    (!rows.is_empty()).then(|| InlineKeyboardMarkup::new(rows))
}

fn label(label: &str) -> String {
    let label = label.trim();
    match label.chars().count() {
        0 => "…".to_owned(),
        length if length <= LABEL => label.to_owned(),
        _ => label.chars().take(LABEL - 1).chain(['…']).collect(),
    }
}

/// The keyboard as it should stand after `pressed`; `None` where nothing changes. A choice that is made once takes its
/// alternatives with it; links to further entries and topics stay, and so do the staff's buttons.
pub(super) fn after_press(
    keyboard: &[Vec<(String, String)>],
    pressed: &ButtonPress,
) -> Option<InlineKeyboardMarkup> {
    if !is_made_once(pressed) {
        return None;
    }
    let stays = |code: &str| ButtonPress::from_code(code).is_none_or(|press| !is_made_once(&press));
    let rows: Vec<Vec<InlineKeyboardButton>> = keyboard
        .iter()
        .map(|row| {
            let kept = row.iter().filter(|(_, code)| stays(code));
            kept.map(|(label, code)| {
                InlineKeyboardButton::new(label, InlineKeyboardButtonKind::CallbackData(code.clone()))
            })
            .collect::<Vec<_>>()
        })
        .filter(|row| !row.is_empty())
        .collect();
    Some(InlineKeyboardMarkup::new(rows))
}

/// Whether a press settles the question that its message asked.
fn is_made_once(press: &ButtonPress) -> bool {
    match press {
        ButtonPress::Customer(press) => match press {
            Press::Helped(_)
            | Press::NotThis(_)
            | Press::NoneOfThese
            | Press::Person
            | Press::ForgetMe
            | Press::KeepMe => true,
            Press::Entry(_) | Press::Topic(_) | Press::TopicPage(..) | Press::Topics(_) => false,
        },
        ButtonPress::Claim => true,
        ButtonPress::SendAnswer(_) | ButtonPress::Close | ButtonPress::CloseAndSave => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faq::EntryId;

    fn id(name: &str) -> EntryId {
        EntryId::new(name).expect("a valid id")
    }

    fn button(label: &str, press: Press) -> Button {
        Button { label: label.to_owned(), press: ButtonPress::Customer(press) }
    }

    fn labels(keyboard: &InlineKeyboardMarkup) -> Vec<Vec<&str>> {
        let row =
            |row: &'_ Vec<InlineKeyboardButton>| row.iter().map(|one| one.text.clone()).collect::<Vec<_>>();
        let rows: Vec<Vec<String>> = keyboard.inline_keyboard.iter().map(row).collect();
        rows.into_iter().map(|row| row.into_iter().map(|label| &*label.leak()).collect()).collect()
    }

    #[test]
    fn short_labels_share_a_row() {
        let keyboard = keyboard(&[
            button("Where is my parcel, and when will it come?", Press::Entry(id("tracking"))),
            button("That helped", Press::Helped(id("a"))),
            button("Ask a person", Press::Person),
            button("", Press::KeepMe),
        ]);
        let keyboard = keyboard.expect("there are buttons");
        let expected = vec![
            vec!["Where is my parcel, and when will it come?"],
            vec!["That helped", "Ask a person"],
            vec!["…"],
        ];
        assert_eq!(labels(&keyboard), expected);
    }

    #[test]
    fn every_code_fits() {
        let long = id(&"ö".repeat(EntryId::LIMIT / 2));
        for press in [Press::Entry(long.clone()), Press::Helped(long.clone()), Press::NotThis(long.clone())] {
            assert!(ButtonPress::Customer(press).to_code().len() <= CODE);
        }
        assert!(ButtonPress::SendAnswer(long).to_code().len() <= CODE);
    }

    #[test]
    fn a_rated_answer_keeps_its_links_only() {
        let pair = |label: &str, code: &str| (label.to_owned(), code.to_owned());
        let rows = vec![
            vec![pair("Tracking", "e:tracking")],
            vec![pair("That helped", "h:delivery"), pair("Not what I meant", "n:delivery")],
            vec![pair("Ask a person", "person")],
        ];
        let press = ButtonPress::Customer(Press::Helped(id("delivery")));
        let after = after_press(&rows, &press).expect("it changes");
        assert_eq!(labels(&after), vec![vec!["Tracking"]]);
        assert_eq!(after_press(&rows, &ButtonPress::Customer(Press::Entry(id("tracking")))), None);
    }
}
