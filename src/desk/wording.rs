//! Speech -> sentences, by language; every word that the bot says in its own name stands here.
//!
//! The owner may replace each sentence under `[wording.de]` in `business.toml`, by the names in [`NAMES`]. Words in
//! braces are filled in; an owner's sentence may use the same ones.

use chrono::{DateTime, Datelike};
use chrono_tz::Tz;

use crate::faq::Firm;
use crate::text::Language;

use super::action::Why;
use super::event::AttachmentKind;
use super::speech::Speech;

/// The sentence for `speech` in `language`: the owner's where they wrote one, else ours, else in English.
#[must_use]
pub(super) fn say(speech: &Speech, language: Language, firm: &Firm) -> String {
    let (name, values) = spell(speech, language);
    let owners = firm.wording.get(&language).and_then(|sentences| sentences.get(name));
    let template = owners.map_or_else(|| ours(name, language), |words| words.as_str());
    let mut sentence = template.replace("{firm}", &firm.name);
    for (key, value) in values {
        sentence = sentence.replace(&format!("{{{key}}}"), &value);
    }
    sentence
}

/// A sentence: its name, English, German.
struct Sentence(&'static str, &'static str, &'static str);

/// Our sentence called `name`.
fn ours(name: &str, language: Language) -> &'static str {
    let Sentence(_, english, german) = SENTENCES
        .iter()
        .find(|sentence| sentence.0 == name)
        .expect("every name that `spell` gives is in the table: tested");
    if language == Language::DE { german } else { english }
}

/// The names of all sentences, for the owner's `[wording.…]` tables.
pub const NAMES: [&str; SENTENCES.len()] = {
    let mut names = [""; SENTENCES.len()];
    let mut i = 0;
    while i < SENTENCES.len() {
        names[i] = SENTENCES[i].0;
        i += 1;
    }
    names
};

/// A speech's name in the table, and what is filled in.
fn spell(speech: &Speech, language: Language) -> (&'static str, Vec<(&'static str, String)>) {
    let bare = |name| (name, Vec::new());
    match speech {
        Speech::Introduction => bare("introduction"),
        Speech::Welcome => bare("welcome"),
        Speech::Help => bare("help"),
        Speech::MenuTopics => bare("menu_topics"),
        Speech::MenuEntries { topic } => ("menu_entries", vec![("topic", topic.clone())]),
        Speech::MenuEmpty => bare("menu_empty"),
        Speech::DidYouMean => bare("did_you_mean"),
        Speech::PerhapsOneOfThese => bare("perhaps_one_of_these"),
        Speech::GladToHelp => bare("glad_to_help"),
        Speech::HandingOver => bare("handing_over"),
        Speech::CallingPerson => bare("calling_person"),
        Speech::OutOfHours { opens: Some(opens) } => ("out_of_hours", vec![("opens", opens.clone())]),
        Speech::OutOfHours { opens: None } => bare("out_of_hours_unknown"),
        Speech::CannotRead { kind } => {
            ("cannot_read", vec![("kind", attachment(*kind, language).to_owned())])
        }
        Speech::PersonIsHere { name } => ("person_is_here", vec![("name", name.clone())]),
        Speech::PersonIsComing => bare("person_is_coming"),
        Speech::BackAgain => bare("back_again"),
        Speech::BackAfterSilence => bare("back_after_silence"),
        Speech::BackUnanswered => bare("back_unanswered"),
        Speech::ChoiceIsGone => bare("choice_is_gone"),
        Speech::Flood => bare("flood"),
        Speech::ForgetReally => bare("forget_really"),
        Speech::Forgotten => bare("forgotten"),
        Speech::Kept => bare("kept"),
        Speech::NotAmongOthers => bare("not_among_others"),
        Speech::YourData { lines, days } => {
            ("your_data", vec![("lines", lines.to_string()), ("days", days.to_string())])
        }
        Speech::Card { customer, id, channel, language, why } => (
            "card",
            vec![
                ("customer", customer.clone()),
                ("id", id.clone()),
                ("channel", channel.clone()),
                ("language", language.clone()),
                ("why", why.clone()),
            ],
        ),
        Speech::CardTranscript => bare("card_transcript"),
        Speech::CardGuesses => bare("card_guesses"),
        Speech::CardHelp => bare("card_help"),
        Speech::StillWaiting { minutes } => ("still_waiting", vec![("minutes", minutes.to_string())]),
        Speech::ClaimedBy { name } => ("claimed_by", vec![("name", name.clone())]),
        Speech::ClosedBy { name } => ("closed_by", vec![("name", name.clone())]),
        Speech::ClosedBySilence => bare("closed_by_silence"),
        Speech::TicketIsClosed => bare("ticket_is_closed"),
        Speech::AnswerSent { title } => ("answer_sent", vec![("title", title.clone())]),
        Speech::NoSuchEntry { id } => ("no_such_entry", vec![("id", id.clone())]),
        Speech::DraftSaved => bare("draft_saved"),
        Speech::NothingToSave => bare("nothing_to_save"),
        Speech::CustomerBlocked => bare("customer_blocked"),
        Speech::CustomerUnblocked => bare("customer_unblocked"),
        Speech::CustomerForgotten => bare("customer_forgotten"),
        Speech::OwnerUnanswered { ticket } => ("owner_unanswered", vec![("ticket", ticket.clone())]),
        Speech::ButtonHelped => bare("button_helped"),
        Speech::ButtonNotThis => bare("button_not_this"),
        Speech::ButtonNoneOfThese => bare("button_none_of_these"),
        Speech::ButtonPerson => bare("button_person"),
        Speech::ButtonForget => bare("button_forget"),
        Speech::ButtonKeep => bare("button_keep"),
        Speech::ButtonClaim => bare("button_claim"),
        Speech::ButtonClose => bare("button_close"),
        Speech::ButtonCloseAndSave => bare("button_close_and_save"),
    }
}

const SENTENCES: [Sentence; 52] = [
    // To the customer.
    Sentence(
        "introduction",
        "Hello! I am the automatic assistant of {firm}. Write “person” at any time, and a human takes over.",
        "Guten Tag! Ich bin der automatische Assistent von {firm}. Schreiben Sie jederzeit „Mensch“, und eine Kollegin oder ein Kollege übernimmt.",
    ),
    Sentence(
        "welcome",
        "What would you like to know? Just write it in your own words, or choose a topic.",
        "Was möchten Sie wissen? Schreiben Sie es einfach in Ihren eigenen Worten, oder wählen Sie ein Thema.",
    ),
    Sentence(
        "help",
        "Ask me anything about {firm} in your own words. “person” brings a human, /faq shows the topics, /mydata shows what is stored about you, /forget deletes it.",
        "Fragen Sie mich in Ihren eigenen Worten, was Sie über {firm} wissen möchten. „Mensch“ holt einen Menschen, /faq zeigt die Themen, /mydata zeigt, was über Sie gespeichert ist, /forget löscht es.",
    ),
    Sentence("menu_topics", "Which topic?", "Welches Thema?"),
    Sentence("menu_entries", "{topic}: which question?", "{topic}: welche Frage?"),
    Sentence(
        "menu_empty",
        "There is nothing to choose from here yet. Just ask, or write “person”.",
        "Hier gibt es noch nichts zur Auswahl. Fragen Sie einfach, oder schreiben Sie „Mensch“.",
    ),
    Sentence("did_you_mean", "Did you mean one of these?", "Meinten Sie eines davon?"),
    Sentence(
        "perhaps_one_of_these",
        "Sorry. Perhaps one of these?",
        "Entschuldigung. Vielleicht eines davon?",
    ),
    Sentence("glad_to_help", "Glad to hear that!", "Das freut mich!"),
    Sentence(
        "handing_over",
        "I am not sure about this one, so I am asking a colleague. You will hear from us here.",
        "Da bin ich mir nicht sicher, deshalb frage ich eine Kollegin oder einen Kollegen. Sie hören hier von uns.",
    ),
    Sentence(
        "calling_person",
        "I am fetching a colleague. You will hear from us here.",
        "Ich hole eine Kollegin oder einen Kollegen. Sie hören hier von uns.",
    ),
    Sentence(
        "out_of_hours",
        "Nobody is here right now. We are back {opens}, and your question is waiting for us.",
        "Gerade ist niemand da. Wir sind {opens} wieder für Sie da, und Ihre Frage wartet auf uns.",
    ),
    Sentence(
        "out_of_hours_unknown",
        "Nobody is here right now, but your question is waiting for us.",
        "Gerade ist niemand da, aber Ihre Frage wartet auf uns.",
    ),
    Sentence(
        "cannot_read",
        "I can't look into {kind}, so I am passing it to a colleague. You will hear from us here.",
        "Ich kann {kind} nicht ansehen oder anhören, deshalb gebe ich das an eine Kollegin oder einen Kollegen weiter. Sie hören hier von uns.",
    ),
    Sentence("person_is_here", "**{name}** is with you now.", "Jetzt schreibt Ihnen **{name}**."),
    Sentence(
        "person_is_coming",
        "A colleague knows about it and will write to you here.",
        "Eine Kollegin oder ein Kollege weiß Bescheid und schreibt Ihnen hier.",
    ),
    Sentence(
        "back_again",
        "My colleague has closed the conversation. I am back: just ask if there is anything else.",
        "Das Gespräch mit dem Team ist beendet. Ich bin wieder da: Fragen Sie gern, wenn noch etwas ist.",
    ),
    Sentence(
        "back_after_silence",
        "It has been quiet here for a while, so I am back. Just ask if there is anything else.",
        "Hier war es eine Weile still, deshalb bin ich wieder da. Fragen Sie gern, wenn noch etwas ist.",
    ),
    Sentence(
        "back_unanswered",
        "I am sorry: nobody could answer you in time. We have noted your question. I am back; write “person” and I will call again.",
        "Es tut mir leid: Niemand konnte Ihnen rechtzeitig antworten. Ihre Frage ist notiert. Ich bin wieder da; schreiben Sie „Mensch“, dann rufe ich noch einmal.",
    ),
    Sentence(
        "choice_is_gone",
        "This choice is no longer up to date, so I am asking a colleague. You will hear from us here.",
        "Diese Auswahl ist nicht mehr aktuell, deshalb frage ich eine Kollegin oder einen Kollegen. Sie hören hier von uns.",
    ),
    Sentence(
        "flood",
        "That is a lot at once! I will read on when it is a little quieter.",
        "Das ist viel auf einmal! Ich lese weiter, sobald es etwas ruhiger ist.",
    ),
    Sentence(
        "forget_really",
        "Shall I delete everything that is stored about this conversation? It can't be undone.",
        "Soll ich alles löschen, was über dieses Gespräch gespeichert ist? Das lässt sich nicht rückgängig machen.",
    ),
    Sentence(
        "forgotten",
        "Done. Everything that was stored about this conversation is deleted.",
        "Erledigt. Alles, was über dieses Gespräch gespeichert war, ist gelöscht.",
    ),
    Sentence("kept", "All right, nothing was deleted.", "In Ordnung, es wurde nichts gelöscht."),
    Sentence(
        "not_among_others",
        "I only show that in a private chat. Please write to me there.",
        "Das zeige ich nur in einem privaten Chat. Bitte schreiben Sie mir dort.",
    ),
    Sentence(
        "your_data",
        "Stored are your name and number on this service, your language, and these {lines} lines of our conversation. {days} days after the last message they are deleted by themselves; /forget deletes them at once.",
        "Gespeichert sind Ihr Name und Ihre Nummer bei diesem Dienst, Ihre Sprache und diese {lines} Zeilen unseres Gesprächs. {days} Tage nach der letzten Nachricht werden sie von selbst gelöscht; /forget löscht sie sofort.",
    ),
    // To the staff.
    Sentence(
        "card",
        "{why}\nFrom {customer} ({id}) on {channel}, language: {language}",
        "{why}\nVon {customer} ({id}) auf {channel}, Sprache: {language}",
    ),
    Sentence("card_transcript", "The last messages:", "Die letzten Nachrichten:"),
    Sentence(
        "card_guesses",
        "My best guesses; a press sends the answer:",
        "Meine besten Vermutungen; ein Druck schickt die Antwort:",
    ),
    Sentence(
        "card_help",
        "What you write here goes to the customer. A line that starts with // stays among you. /claim, /close, /answer ID, /teach, /block, /transcript",
        "Was Sie hier schreiben, geht an die Kundin oder den Kunden. Eine Zeile, die mit // beginnt, bleibt unter Ihnen. /claim, /close, /answer ID, /teach, /block, /transcript",
    ),
    Sentence(
        "still_waiting",
        "This customer has been waiting for {minutes} minutes.",
        "Hier wartet jemand seit {minutes} Minuten.",
    ),
    Sentence("claimed_by", "{name} takes care of it.", "{name} kümmert sich darum."),
    Sentence(
        "closed_by",
        "Closed by {name}. The bot answers again.",
        "Geschlossen von {name}. Der Bot antwortet wieder.",
    ),
    Sentence(
        "closed_by_silence",
        "Closed, because it has been quiet for long. The bot answers again.",
        "Geschlossen, weil es lange still war. Der Bot antwortet wieder.",
    ),
    Sentence(
        "ticket_is_closed",
        "This ticket is closed: the customer does not see what you write here.",
        "Dieses Ticket ist geschlossen: Was Sie hier schreiben, kommt nicht an.",
    ),
    Sentence("answer_sent", "Sent: {title}", "Gesendet: {title}"),
    Sentence(
        "no_such_entry",
        "There is no entry `{id}`. Nothing was sent.",
        "Es gibt keinen Eintrag `{id}`. Es wurde nichts gesendet.",
    ),
    Sentence(
        "draft_saved",
        "Saved as a draft. It goes live when the owner approves it.",
        "Als Entwurf gespeichert. Er gilt, sobald die Inhaberin oder der Inhaber zustimmt.",
    ),
    Sentence(
        "nothing_to_save",
        "There is no answer to save yet: write one to the customer first.",
        "Noch gibt es keine Antwort zum Speichern: Schreiben Sie erst eine.",
    ),
    Sentence(
        "customer_blocked",
        "Blocked. This customer is not heard any more; /unblock undoes it.",
        "Gesperrt. Diese Person wird nicht mehr gehört; /unblock hebt es auf.",
    ),
    Sentence("customer_unblocked", "No longer blocked.", "Nicht mehr gesperrt."),
    Sentence(
        "customer_forgotten",
        "The customer asked to be forgotten. Everything is deleted, and this ticket is closed.",
        "Die Person hat um Löschung gebeten. Alles ist gelöscht, und dieses Ticket ist geschlossen.",
    ),
    // To the owner.
    Sentence(
        "owner_unanswered",
        "Ticket {ticket} got no answer from a person in time. The bot has apologised and answers again.",
        "Ticket {ticket} bekam nicht rechtzeitig eine menschliche Antwort. Der Bot hat sich entschuldigt und antwortet wieder.",
    ),
    // On buttons.
    Sentence("button_helped", "That helped", "Das hat geholfen"),
    Sentence("button_not_this", "Not what I meant", "Nicht das, was ich meinte"),
    Sentence("button_none_of_these", "Something else", "Etwas anderes"),
    Sentence("button_person", "Ask a person", "Einen Menschen fragen"),
    Sentence("button_forget", "Yes, delete", "Ja, löschen"),
    Sentence("button_keep", "No, keep it", "Nein, behalten"),
    Sentence("button_claim", "I'll take it", "Übernehme ich"),
    Sentence("button_close", "Close", "Schließen"),
    Sentence("button_close_and_save", "Close and save the answer", "Schließen und Antwort speichern"),
];

/// Why a ticket was opened, for staff.
#[must_use]
pub(super) fn why(why: Why, language: Language) -> &'static str {
    let (english, german) = match why {
        Why::Asked => ("A customer asks for a person.", "Jemand möchte einen Menschen sprechen."),
        Why::NothingFits => ("No entry fits this question.", "Zu dieser Frage passt kein Eintrag."),
        Why::NotSure => ("I am not sure about this question.", "Bei dieser Frage bin ich nicht sicher."),
        Why::TheEntrySaysSo => ("This question is yours.", "Diese Frage ist für Sie."),
        Why::NoneOfThose => ("Nothing I offered was meant.", "Nichts von dem, was ich anbot, war gemeint."),
        Why::CannotRead => (
            "A customer sent something I can't read.",
            "Jemand hat etwas geschickt, das ich nicht lesen kann.",
        ),
    };
    if language == Language::DE { german } else { english }
}

/// What an attachment is called in a sentence.
fn attachment(kind: AttachmentKind, language: Language) -> &'static str {
    let (english, german) = match kind {
        AttachmentKind::Image => ("pictures", "Bilder"),
        AttachmentKind::Voice => ("voice messages", "Sprachnachrichten"),
        AttachmentKind::Video => ("videos", "Videos"),
        AttachmentKind::Sticker => ("stickers", "Sticker"),
        AttachmentKind::Location => ("locations", "Standorte"),
        AttachmentKind::File => ("files", "Dateien"),
    };
    if language == Language::DE { german } else { english }
}

/// A moment in words, as seen from `now`: "today at 14:00", "tomorrow at 9:00", "on Monday at 9:00", "on 2 January
/// at 9:00".
#[must_use]
pub(super) fn moment(then: DateTime<Tz>, now: DateTime<Tz>, language: Language) -> String {
    let days = then.date_naive().signed_duration_since(now.date_naive()).num_days();
    let time = then.format("%-H:%M");
    let weekday = then.weekday().num_days_from_monday() as usize;
    let month = then.month0() as usize;
    let day = then.day();
    if language == Language::DE {
        match days {
            ..=0 => format!("heute um {time} Uhr"),
            1 => format!("morgen um {time} Uhr"),
            2..=6 => format!("am {} um {time} Uhr", GERMAN_DAYS[weekday]),
            _ => format!("am {day}. {} um {time} Uhr", GERMAN_MONTHS[month]),
        }
    } else {
        match days {
            ..=0 => format!("today at {time}"),
            1 => format!("tomorrow at {time}"),
            2..=6 => format!("on {} at {time}", ENGLISH_DAYS[weekday]),
            _ => format!("on {day} {} at {time}", ENGLISH_MONTHS[month]),
        }
    }
}

const ENGLISH_DAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const GERMAN_DAYS: [&str; 7] =
    ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"];
const ENGLISH_MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const GERMAN_MONTHS: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];
