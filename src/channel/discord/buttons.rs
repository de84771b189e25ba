//! Buttons -> Discord's rows of buttons, or menus where they are many. Their meaning travels in them, so that they work
//! after a restart.

use std::collections::HashSet;

use serenity::all::{
    ButtonStyle, CreateActionRow, CreateButton, CreateSelectMenu, CreateSelectMenuKind,
    CreateSelectMenuOption,
};

use crate::desk::{Button, ButtonPress, Press};

/// Rows below a message.
const ROWS: usize = 5;
/// Buttons in a row.
const IN_A_ROW: usize = 5;
/// Choices in a menu.
const IN_A_MENU: usize = 25;
/// More choices than this become a menu: longer rows of long questions can't be read on a phone.
const AS_BUTTONS: usize = 5;
/// Longest label of a button, in characters.
const LABEL: usize = 80;
/// Longest text of a menu's choice, in characters.
const CHOICE: usize = 100;
/// What a menu's own code begins with; the meaning is in its choices.
const MENU: &str = "menu:";

/// The rows for `buttons`. Doubles are dropped (Discord refuses them), and so is what no longer fits below one message.
pub(super) fn rows(buttons: &[Button], choose: &str) -> Vec<CreateActionRow> {
    let mut seen = HashSet::new();
    let fresh = buttons.iter().filter(|button| seen.insert(button.press.to_code()));
    let (choices, others): (Vec<&Button>, Vec<&Button>) = fresh.partition(|button| is_choice(&button.press));
    let mut rows: Vec<CreateActionRow> = Vec::new();
    let for_others = others.len().div_ceil(IN_A_ROW).min(ROWS);
    if choices.len() <= AS_BUTTONS {
        rows.extend(choices.chunks(IN_A_ROW).map(row));
    } else {
        let menus = choices.chunks(IN_A_MENU).take(ROWS - for_others.min(ROWS - 1));
        rows.extend((0..).zip(menus).map(|(number, choices)| menu(number, choices, choose)));
    }
    rows.extend(others.chunks(IN_A_ROW).map(row));
    rows.truncate(ROWS);
    rows
}

/// What was pressed: a button's code, or the choice made in a menu.
pub(super) fn pressed(custom_id: &str, chosen: &[String]) -> Option<ButtonPress> {
    let code = if custom_id.starts_with(MENU) { chosen.first()?.as_str() } else { custom_id };
    ButtonPress::from_code(code)
}

fn is_choice(press: &ButtonPress) -> bool {
    match press {
        ButtonPress::Customer(Press::Entry(_) | Press::Topic(_)) | ButtonPress::SendAnswer(_) => true,
        ButtonPress::Customer(
            Press::Helped(_)
            | Press::NotThis(_)
            | Press::NoneOfThese
            | Press::Person
            | Press::TopicPage(..)
            | Press::Topics(_)
            | Press::ForgetMe
            | Press::KeepMe,
        )
        | ButtonPress::Claim
        | ButtonPress::Close
        | ButtonPress::CloseAndSave => false,
    }
}

fn row(buttons: &[&Button]) -> CreateActionRow {
    let made = buttons.iter().map(|button| {
        CreateButton::new(button.press.to_code()).label(cut(&button.label, LABEL)).style(style(&button.press))
    });
    CreateActionRow::Buttons(made.collect())
}

fn menu(number: usize, choices: &[&Button], choose: &str) -> CreateActionRow {
    let options = choices
        .iter()
        .map(|choice| CreateSelectMenuOption::new(cut(&choice.label, CHOICE), choice.press.to_code()));
    let kind = CreateSelectMenuKind::String { options: options.collect() };
    CreateActionRow::SelectMenu(CreateSelectMenu::new(format!("{MENU}{number}"), kind).placeholder(choose))
}

fn style(press: &ButtonPress) -> ButtonStyle {
    match press {
        ButtonPress::Customer(Press::Entry(_) | Press::Topic(_)) | ButtonPress::SendAnswer(_) => {
            ButtonStyle::Primary
        }
        ButtonPress::Customer(Press::Helped(_)) | ButtonPress::Claim => ButtonStyle::Success,
        ButtonPress::Customer(Press::ForgetMe) => ButtonStyle::Danger,
        ButtonPress::Customer(
            Press::NotThis(_)
            | Press::NoneOfThese
            | Press::Person
            | Press::TopicPage(..)
            | Press::Topics(_)
            | Press::KeepMe,
        )
        | ButtonPress::Close
        | ButtonPress::CloseAndSave => ButtonStyle::Secondary,
    }
}

/// `label` in at most `limit` characters; Discord refuses an empty one.
pub(super) fn cut(label: &str, limit: usize) -> String {
    let label = label.trim();
    if label.is_empty() {
        return "…".to_owned();
    }
    if label.chars().count() <= limit {
        return label.to_owned();
    }
    let kept: String = label.chars().take(limit - 1).collect();
    format!("{}…", kept.trim_end())
}
