//! The adapter's own few sentences, for what only Discord knows. Everything else is said by the desk.

use crate::text::Language;

/// A sentence of the adapter's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Words {
    /// On a menu.
    Choose,
    /// A staff command outside of a ticket.
    OnlyInTickets,
    /// A customer's command in a ticket.
    OnlyForCustomers,
    /// The bot may not write there, so it answers in a private message.
    WroteToYou,
    /// The answer is in the private thread.
    InYourThread,
    /// A button whose meaning is unknown, from another version.
    OldButton,
    /// Staff wrote something that the bot may not read.
    CannotReadStaff,
    /// On the form for a longer reply.
    FormReply,
    /// On the form for a longer note.
    FormNote,
}

impl Words {
    pub(super) fn say(self, language: Language) -> &'static str {
        let (english, german) = match self {
            Self::Choose => ("Choose", "Bitte wählen"),
            Self::OnlyInTickets => (
                "This works in a ticket's thread, for staff.",
                "Das geht im Thread eines Tickets, für das Team.",
            ),
            Self::OnlyForCustomers => ("This is for customers.", "Das ist für Kundinnen und Kunden."),
            Self::WroteToYou => {
                ("I am writing to you in a private message.", "Ich schreibe Ihnen eine private Nachricht.")
            }
            Self::InYourThread => {
                ("I am answering in your private thread.", "Ich antworte Ihnen in Ihrem privaten Thread.")
            }
            Self::OldButton => (
                "This button no longer works. Please write to me.",
                "Dieser Knopf ist nicht mehr gültig. Bitte schreiben Sie mir.",
            ),
            Self::CannotReadStaff => (
                "I can't read this message, so the customer doesn't see it. Use /reply, or answer one of my messages here.",
                "Diese Nachricht kann ich nicht lesen, die Kundin oder der Kunde sieht sie also nicht. Nutzen Sie /reply, oder antworten Sie hier auf eine meiner Nachrichten.",
            ),
            Self::FormReply => ("To the customer", "An die Kundschaft"),
            Self::FormNote => ("A note among staff", "Eine Notiz im Team"),
        };
        if language == Language::DE { german } else { english }
    }
}

/// The language that somebody's app is set to: `de`, `en-US`, `pt-BR`, …
pub(super) fn language_of(locale: &str) -> Option<Language> {
    Language::new(locale.split(['-', '_']).next().unwrap_or_default())
}
