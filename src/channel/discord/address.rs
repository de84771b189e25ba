//! Where on Discord a place is: what stands in `Place::address`.

use crate::desk::Place;
use crate::faq::ChannelKind;

/// An address within Discord.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Address {
    /// `C`: a channel, a thread, or a private chat.
    Channel(u64),
    /// `C/M`: channel `C`, as a reply to the message `M`.
    Reply { channel: u64, message: u64 },
    /// `C>U`: the private thread of user `U` below channel `C`; made when it is first needed.
    PrivateThread { channel: u64, user: u64 },
    /// `@U`: the private chat with user `U`.
    User(u64),
    /// `~U:A:T`: visible to user `U` alone, as an answer to an interaction (application `A`, token `T`); once its
    /// quarter of an hour is over, the private chat.
    Aside { user: u64, application: u64, token: String },
}

impl Address {
    pub(super) fn place(&self) -> Place {
        let address = match self {
            Self::Channel(channel) => channel.to_string(),
            Self::Reply { channel, message } => format!("{channel}/{message}"),
            Self::PrivateThread { channel, user } => format!("{channel}>{user}"),
            Self::User(user) => format!("@{user}"),
            Self::Aside { user, application, token } => format!("~{user}:{application}:{token}"),
        };
        Place { channel: ChannelKind::Discord, address }
    }

    /// Reads what [`Address::place`] writes; `None` for anything else.
    pub(super) fn read(place: &Place) -> Option<Self> {
        let text = place.address.trim();
        if let Some(user) = text.strip_prefix('@') {
            return Some(Self::User(id(user)?));
        }
        if let Some(rest) = text.strip_prefix('~') {
            let mut parts = rest.splitn(3, ':');
            let (user, application, token) = (parts.next()?, parts.next()?, parts.next()?);
            return Some(Self::Aside {
                user: id(user)?,
                application: id(application)?,
                token: token.to_owned(),
            });
        }
        if let Some((channel, message)) = text.split_once('/') {
            return Some(Self::Reply { channel: id(channel)?, message: id(message)? });
        }
        if let Some((channel, user)) = text.split_once('>') {
            return Some(Self::PrivateThread { channel: id(channel)?, user: id(user)? });
        }
        Some(Self::Channel(id(text)?))
    }
}

/// An id is a number, and never 0.
pub(super) fn id(text: &str) -> Option<u64> {
    text.parse().ok().filter(|id| *id != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_back_as_it_was_written() {
        let addresses = [
            Address::Channel(1),
            Address::Reply { channel: 1, message: 2 },
            Address::PrivateThread { channel: 1, user: 2 },
            Address::User(u64::MAX),
            Address::Aside { user: 1, application: 2, token: "a:b/c>d".to_owned() },
        ];
        for address in addresses {
            assert_eq!(Address::read(&address.place()), Some(address));
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in ["", "0", "abc", "1/", "/1", "1>x", "@", "~1", "~1:2", "-5"] {
            let place = Place { channel: ChannelKind::Discord, address: text.to_owned() };
            assert_eq!(Address::read(&place), None, "{text}");
        }
    }
}
