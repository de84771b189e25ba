//! What is stored about a customer: shown, and deleted.

use super::action::{Message, Part, Post, Recipient};
use super::conversation::{Speaker, Stage};
use super::event::{Company, Press};
use super::making::Making;
use super::speech::Speech;
use super::{card, clean};

/// `/forget`: asks whether it is meant.
pub(super) fn forget(making: &mut Making<'_>) {
    let buttons = vec![
        making.button(&Speech::ButtonForget, Press::ForgetMe),
        making.button(&Speech::ButtonKeep, Press::KeepMe),
    ];
    let parts = vec![making.part(&Speech::ForgetReally)];
    making.tell_customer(Message { parts, buttons, ..Message::default() });
}

/// "Yes, delete": says so, tells staff where a ticket is open, and deletes.
pub(super) fn forgotten(making: &mut Making<'_>) {
    close_for_staff(making);
    making.say(&Speech::Forgotten);
    making.erase();
}

/// Nothing happened for the retention time: deletes without a word.
pub(super) fn expired(making: &mut Making<'_>) {
    let policy = making.context.policy;
    if policy.retention <= making.now().since(making.conversation.touched) {
        close_for_staff(making);
        making.erase();
    }
}

fn close_for_staff(making: &mut Making<'_>) {
    let Stage::WithStaff(ticket) = std::mem::replace(&mut making.conversation.stage, Stage::Open) else {
        return;
    };
    making.say_to_staff(ticket.id, &Speech::CustomerForgotten);
    // Without the question: the title is all that stays of it.
    let title = format!("✅ {}", ticket.id);
    making.deliver(Recipient::Ticket(ticket.id), Post::MarkTicket { title, closed: true });
}

/// `/mydata`: shows it, in a private chat.
pub(super) fn show(making: &mut Making<'_>) {
    let Some(customer) = making.conversation.customer.clone() else { return };
    if customer.company == Company::AmongOthers {
        return making.say(&Speech::NotAmongOthers);
    }
    let days = making.context.policy.retention.as_secs() / 86_400;
    let lines: Vec<String> = making
        .conversation
        .transcript
        .iter()
        .filter_map(|line| match &line.speaker {
            Speaker::Customer => Some(clean::spoken(&customer.name, &line.text)),
            Speaker::Staff(name) => Some(clean::spoken(name, &line.text)),
            Speaker::Bot => Some(clean::spoken(card::BOT, &line.text)),
            // What staff say among themselves.
            Speaker::Note(_) => None,
        })
        .collect();
    let words = making.part(&Speech::YourData { lines: lines.len(), days });
    let about = format!("{} · {} · {}", customer.name, customer.id, making.language());
    let mut parts = vec![words, Part::Literal(about)];
    if !lines.is_empty() {
        parts.push(Part::Literal(lines.join("\n")));
    }
    making.show_customer(Message { parts, ..Message::default() });
}
