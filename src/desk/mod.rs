//! The conversation: a pure function from what was and what happened to what is and what should be done.
//!
//! The promise that everything in here keeps: **every message of a customer is answered, or lies in an open ticket**
//! (or in the current burst, which a wake-up will read). The simulation in `tests/` checks it after every turn.

mod action;
mod answers;
mod burst;
mod calls;
mod card;
mod changes;
mod clean;
mod conversation;
mod converse;
mod courtesy;
mod escalate;
mod event;
mod flood;
mod making;
mod menu;
mod names;
mod person;
mod owner;
mod personal;
mod policy;
mod press;
mod reply;
mod speech;
mod staff;
mod ticket;
mod turn;
mod understand;
mod waiting;
mod wording;

pub use action::{
    Action, Button, ButtonPress, Count, Delivery, Draft, Gap, GapKind, Message, Part, Post, Receipt,
    Recipient, Why,
};
pub use answers::answer_in;
pub use conversation::{Asked, Conversation, Flood, Line, Speaker, Stage};
pub use event::{
    Attachment, AttachmentKind, Company, Customer, CustomerAct, Event, Press, Reminder, Said, StaffAct, What,
};
pub use names::{ConversationId, MessageId, Place, StaffMember, TicketId};
pub use owner::{Saved, disk_refuses_news, disk_takes_again_news, restored_news, saved_news};
pub use policy::Policy;
pub use ticket::{StaffAnswer, Ticket, TicketState};
pub use turn::Turn;
pub use wording::{check as check_wording, sentences as wording_sentences};

use making::Making;

use crate::matcher::Index;
use crate::time::Timestamp;

/// What the desk knows beside the conversation.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The knowledge base.
    pub index: &'a Index,
    /// The owner's rules.
    pub policy: &'a Policy,
    /// The moment at which the event is handled.
    pub now: Timestamp,
    /// The number for a ticket, should this turn open one.
    pub fresh_ticket: TicketId,
}

/// What comes of `event` in the conversation that was `before`. Effects are only named, never done: calling it again,
/// with the same or with a newer conversation, harms nobody.
#[must_use]
pub fn handle(context: &Context<'_>, before: Conversation, event: &Event) -> Turn {
    let mut making = Making::new(context, before, event);
    if !matches!(event.what, What::Woke(_)) {
        making.conversation.touched = context.now;
    }
    match &event.what {
        What::Customer(customer, act) => converse::customer(&mut making, customer, act, &event.message),
        What::Staff(member, ticket, act) => staff::act(&mut making, member, *ticket, act, &event.message),
        What::Woke(Reminder::BurstOver) => burst::over(&mut making),
        What::Woke(Reminder::TicketWaits | Reminder::TicketSilent) => escalate::woke(&mut making),
        What::Woke(Reminder::Expired) => personal::expired(&mut making),
    }
    if !making.has_wake() {
        waiting::plan_wake(&mut making);
    }
    making.into_turn()
}
