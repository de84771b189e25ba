//! Who spoke where: `Heard` -> `Event`. Customers speak where customers speak; in a ticket's place only staff are heard,
//! and their authority is looked at again on every action.

use crate::channel::{Author, Heard, HeardAct};
use crate::desk::{
    ButtonPress, ConversationId, Customer, CustomerAct, Event, Place, StaffAct, StaffMember, TicketId, What,
};
use crate::faq::{ChannelKind, EntryId};
use crate::store::TicketPlace;

/// Who is staff, and where.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Staff {
    /// The place in which tickets' places are made; `None`: no staff are set up.
    pub place: Option<Place>,
    /// Platform user ids of staff, by channel.
    pub members: Vec<(ChannelKind, String)>,
    /// Platform role ids whose holders are staff, by channel.
    pub roles: Vec<(ChannelKind, String)>,
}

impl Staff {
    /// Whether `place` is the staff's own, or lies within it (a topic of the staff's group): nobody is a customer there.
    #[must_use]
    pub fn works_at(&self, place: &Place) -> bool {
        self.place.as_ref().is_some_and(|own| {
            let rest = place.address.strip_prefix(&own.address).filter(|_| own.channel == place.channel);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }

    /// Whether `author`, writing on `channel`, is staff: by user id, or by a role. Where neither ids nor roles are
    /// configured for a channel, whoever can write in the staff's place is: the platform guards its door.
    #[must_use]
    pub fn includes(&self, channel: ChannelKind, author: &Author) -> bool {
        let of_channel = |(kind, id): &&(ChannelKind, String)| (*kind == channel).then_some(id.clone());
        let members: Vec<String> = self.members.iter().filter_map(|one| of_channel(&one)).collect();
        let roles: Vec<String> = self.roles.iter().filter_map(|one| of_channel(&one)).collect();
        if members.is_empty() && roles.is_empty() {
            return true;
        }
        members.contains(&author.id) || author.roles.iter().any(|role| roles.contains(role))
    }
}

/// What becomes of something heard.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Route {
    /// An event of this conversation.
    Event(Event),
    /// Nothing: a stranger in a ticket's place, or words among staff outside of any ticket.
    Nothing(&'static str),
}

/// Routes `heard`; `ticket` is the ticket whose place it was written in, if any.
pub(super) fn route(heard: Heard, ticket: Option<&TicketPlace>, staff: &Staff) -> Route {
    match ticket {
        Some(ticket) if staff.includes(heard.place.channel, &heard.author) => staff_event(heard, ticket),
        Some(_) => Route::Nothing("not of the staff"),
        None if staff.works_at(&heard.place) => Route::Nothing("among staff, outside of any ticket"),
        None => customer_event(heard),
    }
}

fn customer_event(heard: Heard) -> Route {
    let act = match heard.act {
        HeardAct::Wrote(said) => CustomerAct::Said(said),
        HeardAct::Rewrote { message, said } => CustomerAct::Edited { message, said },
        HeardAct::TookBack { message } => CustomerAct::Deleted { message },
        HeardAct::Pressed(ButtonPress::Customer(press)) => CustomerAct::Pressed(press),
        HeardAct::Pressed(
            ButtonPress::SendAnswer(_) | ButtonPress::Claim | ButtonPress::Close | ButtonPress::CloseAndSave,
        ) => return Route::Nothing("a staff button outside of any ticket"),
        HeardAct::Opened(entry) => CustomerAct::Started(entry),
        HeardAct::Commanded { name, rest } => match name.as_str() {
            "start" => CustomerAct::Started(EntryId::new(rest.trim())),
            "help" => CustomerAct::AskedForHelp,
            "faq" | "menu" => CustomerAct::AskedForMenu,
            "person" | "mensch" => CustomerAct::AskedForPerson,
            "forget" => CustomerAct::AskedToBeForgotten,
            "mydata" => CustomerAct::AskedForTheirData,
            "ask" => CustomerAct::Said(crate::desk::Said::text(&rest)),
            _ => CustomerAct::Said(crate::desk::Said::text(format!("/{name} {rest}").trim_end())),
        },
    };
    let customer = Customer {
        id: heard.author.id,
        name: heard.author.name,
        place: heard.place,
        company: heard.company,
        app_language: heard.author.app_language,
    };
    event(heard.conversation, heard.message, What::Customer(customer, act))
}

fn staff_event(heard: Heard, ticket: &TicketPlace) -> Route {
    let act = match heard.act {
        HeardAct::Wrote(said) => StaffAct::Said(said),
        HeardAct::Rewrote { message, said } => StaffAct::Edited { message, said },
        HeardAct::TookBack { message } => StaffAct::Deleted { message },
        HeardAct::Pressed(ButtonPress::SendAnswer(id)) => StaffAct::Answered(id),
        HeardAct::Pressed(ButtonPress::Claim) => StaffAct::Claimed,
        HeardAct::Pressed(ButtonPress::Close) => StaffAct::Closed { save: false },
        HeardAct::Pressed(ButtonPress::CloseAndSave) => StaffAct::Closed { save: true },
        HeardAct::Pressed(ButtonPress::Customer(_)) => {
            return Route::Nothing("a customer's button among staff");
        }
        HeardAct::Opened(_) => return Route::Nothing("nothing was said"),
        HeardAct::Commanded { name, rest } => match staff_command(&name, &rest) {
            Some(act) => act,
            None => return Route::Nothing("no such command"),
        },
    };
    let member = StaffMember { channel: heard.place.channel, id: heard.author.id, name: heard.author.name };
    staff_act(ticket.conversation.clone(), heard.message, member, ticket.id, act)
}

fn staff_command(name: &str, rest: &str) -> Option<StaffAct> {
    Some(match name {
        "claim" => StaffAct::Claimed,
        "close" => StaffAct::Closed { save: rest.trim() == "save" },
        "note" => StaffAct::Noted(rest.to_owned()),
        "answer" => StaffAct::Answered(EntryId::new(rest.trim().trim_start_matches('#'))?),
        "teach" => StaffAct::Taught,
        "block" => StaffAct::Blocked,
        "unblock" => StaffAct::Unblocked,
        "transcript" => StaffAct::AskedForTranscript,
        _ => return None,
    })
}

fn staff_act(
    conversation: ConversationId,
    message: crate::desk::MessageId,
    member: StaffMember,
    ticket: TicketId,
    act: StaffAct,
) -> Route {
    event(conversation, message, What::Staff(member, ticket, act))
}

fn event(conversation: ConversationId, message: crate::desk::MessageId, what: What) -> Route {
    Route::Event(Event { conversation, message, what })
}
