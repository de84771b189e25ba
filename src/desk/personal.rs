//! What is stored about a customer: shown, and deleted.

use super::action::{Action, Message, Part, Post, Recipient};
use super::conversation::{Speaker, Stage};
use super::event::{Company, Press};
use super::making::Making;
use super::speech::Speech;

/// `/forget`: asks whether it is meant.
pub(super) fn forget(making: &mut Making<'_>) {
    let message = Message {
        buttons: vec![
            making.button(&Speech::ButtonForget, Press::ForgetMe),
            making.button(&Speech::ButtonKeep, Press::KeepMe),
        ],
        ..Message::markdown(making.words(&Speech::ForgetReally))
    };
    making.tell_customer(message);
}

/// "Yes, delete": says so, tells staff where a ticket is open, and deletes.
pub(super) fn forgotten(making: &mut Making<'_>) {
    close_for_staff(making);
    making.say(&Speech::Forgotten);
    making.act(Action::Erase);
}

/// Nothing happened for the retention time: deletes without a word.
pub(super) fn expired(making: &mut Making<'_>) {
    let policy = making.context.policy;
    if policy.retention <= making.now().since(making.conversation.touched) {
        close_for_staff(making);
        making.act(Action::Erase);
    }
}

fn close_for_staff(making: &mut Making<'_>) {
    let Stage::WithStaff(ticket) = std::mem::replace(&mut making.conversation.stage, Stage::Open) else {
        return;
    };
    making.say_to_staff(ticket.id, &Speech::CustomerForgotten);
    making.deliver(
        Recipient::Ticket(ticket.id),
        Post::MarkTicket { title: format!("{}", ticket.id), closed: true },
    );
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
        .filter(|line| !matches!(line.speaker, Speaker::Note(_)))
        .map(|line| {
            let who = match &line.speaker {
                Speaker::Customer => customer.name.as_str(),
                Speaker::Staff(name) | Speaker::Note(name) => name.as_str(),
                Speaker::Bot => "deskbell",
            };
            format!("{who}: {}", line.text)
        })
        .collect();
    let words = making.words(&Speech::YourData { lines: lines.len(), days });
    let about = format!("{} · {} · {}", customer.name, customer.id, making.language());
    let parts = vec![Part::Markdown(words), Part::Literal(about), Part::Literal(lines.join("\n"))];
    making.tell_customer(Message { parts, ..Message::default() });
}
