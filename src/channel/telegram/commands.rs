//! The commands that Telegram's menu shows, by language and by who sees them.

use serde_json::Value;
use teloxide_core::payloads::SetMyCommands;
use teloxide_core::types::{BotCommand, BotCommandScope, ChatId, Recipient};

use super::address::Address;
use super::api::{Api, ApiError};

/// A command: its name, what it does in English, in German.
type Entry = (&'static str, &'static str, &'static str);

/// For customers, alone with the bot.
const PRIVATE: [Entry; 5] = [
    ("faq", "Topics and questions", "Themen und Fragen"),
    ("person", "Ask a person", "Einen Menschen fragen"),
    ("help", "What I can do", "Was ich kann"),
    ("mydata", "What is stored about me", "Was über mich gespeichert ist"),
    ("forget", "Delete what is stored about me", "Löschen, was über mich gespeichert ist"),
];

/// For customers in groups, where personal matters have no place.
const GROUPS: [Entry; 4] = [
    ("ask", "Ask a question: /ask when are you open?", "Eine Frage stellen: /ask Wann habt ihr offen?"),
    ("faq", "Topics and questions", "Themen und Fragen"),
    ("person", "Ask a person", "Einen Menschen fragen"),
    ("help", "What I can do", "Was ich kann"),
];

/// For the staff, in their group.
const STAFF: [Entry; 8] = [
    ("claim", "I take care of this ticket", "Ich kümmere mich um dieses Ticket"),
    ("close", "Close the ticket", "Das Ticket schließen"),
    ("answer", "Send an entry's answer: /answer ID", "Die Antwort eines Eintrags senden: /answer ID"),
    ("teach", "Save question and answer as a draft", "Frage und Antwort als Entwurf speichern"),
    ("note", "A note among staff", "Eine Notiz unter Kollegen"),
    ("transcript", "Show the whole conversation", "Das ganze Gespräch zeigen"),
    ("block", "Do not hear this customer any more", "Diese Person nicht mehr hören"),
    ("unblock", "Hear this customer again", "Diese Person wieder hören"),
];

/// Tells Telegram the commands. English is for everybody whose language has none of its own.
pub(super) async fn announce(api: &Api, staff: Option<&Address>) -> Result<(), ApiError> {
    let mut lists: Vec<(BotCommandScope, &[Entry])> =
        vec![(BotCommandScope::Default, &PRIVATE), (BotCommandScope::AllGroupChats, &GROUPS)];
    // Where the staff's chat is one person's private chat, they still want to see the customers' commands.
    if let Some(staff) = staff.filter(|staff| staff.chat < 0) {
        lists.push((BotCommandScope::Chat { chat_id: Recipient::Id(ChatId(staff.chat)) }, &STAFF));
    }
    for (scope, entries) in lists {
        for language in [None, Some("de")] {
            let command =
                |entry: &Entry| BotCommand::new(entry.0, if language.is_some() { entry.2 } else { entry.1 });
            let mut payload = SetMyCommands::new(entries.iter().map(command));
            payload.scope = Some(scope.clone());
            payload.language_code = language.map(str::to_owned);
            let _: Value = api.call(&payload).await?;
        }
    }
    Ok(())
}
