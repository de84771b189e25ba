//! The slash commands and the message command: what they are called, who sees them, and their registration.

use serde_json::Value;
use serenity::all::{
    CommandOptionType, CommandType, CreateCommand, CreateCommandOption, InstallationContext,
    InteractionContext, Permissions,
};

use super::rest::{Fault, Rest};

/// What customers can call.
pub(super) const FOR_CUSTOMERS: [&str; 6] = ["ask", "faq", "person", "forget", "mydata", "help"];
/// What staff can call in a ticket.
pub(super) const FOR_STAFF: [&str; 9] =
    ["claim", "close", "note", "reply", "answer", "teach", "block", "unblock", "transcript"];
/// The message command; its name is what staff see.
pub(super) const SAVE_AS_ANSWER: &str = "Save as answer";
/// Longest question, note or reply in a command.
const TEXT: u16 = 1500;
/// The one foreign language that names and descriptions are written in.
const GERMAN: &str = "de";

/// A command that was typed as text, such as `/close`: its name, and what stands behind it.
pub(super) fn typed(text: &str) -> Option<(&str, &str)> {
    let text = text.strip_prefix('/')?;
    let (name, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let known = FOR_CUSTOMERS.contains(&name) || (FOR_STAFF.contains(&name) && name != "reply");
    known.then(|| (name, rest.trim()))
}

/// Registers the commands where Discord has others; true when it had.
pub(super) async fn register(rest: &Rest, application: u64) -> Result<bool, Fault> {
    let path = format!("/applications/{application}/commands");
    let ours = serde_json::to_value(all()).map_err(|error| Fault::Unreachable(error.to_string()))?;
    let theirs = rest.get(&format!("{path}?with_localizations=true")).await?;
    if same(&ours, &theirs) {
        return Ok(false);
    }
    rest.put(&path, &ours).await?;
    Ok(true)
}

/// All commands.
pub(super) fn all() -> Vec<CreateCommand> {
    vec![
        customer("ask", "fragen", "Ask a question", "Eine Frage stellen").add_option(
            text("question", "frage", "What would you like to know?", "Was möchten Sie wissen?", true)
                .set_autocomplete(true),
        ),
        customer("faq", "themen", "Topics and questions to choose from", "Themen und Fragen zur Auswahl"),
        customer("person", "mensch", "Ask for a person", "Einen Menschen rufen"),
        customer("help", "hilfe", "What you can do here", "Was Sie hier tun können"),
        customer("mydata", "meinedaten", "What is stored about you", "Was über Sie gespeichert ist"),
        customer(
            "forget",
            "vergessen",
            "Delete what is stored about you",
            "Löschen, was über Sie gespeichert ist",
        ),
        staff("claim", "übernehmen", "Take this ticket", "Dieses Ticket übernehmen"),
        staff("close", "schließen", "Close this ticket", "Dieses Ticket schließen").add_option(
            CreateCommandOption::new(CommandOptionType::Boolean, "save", "Save the answer as a draft")
                .name_localized(GERMAN, "speichern")
                .description_localized(GERMAN, "Die Antwort als Entwurf speichern"),
        ),
        staff("reply", "antworten", "Write to the customer", "Der Kundin oder dem Kunden schreiben")
            .add_option(text(
                "text",
                "text",
                "Your words; leave it empty to write more",
                "Ihre Worte; leer lassen für mehr Platz",
                false,
            )),
        staff("note", "notiz", "A note that only staff see", "Eine Notiz, die nur das Team sieht")
            .add_option(text(
                "text",
                "text",
                "Your note; leave it empty to write more",
                "Ihre Notiz; leer lassen für mehr Platz",
                false,
            )),
        staff("answer", "eintrag", "Send an entry's answer", "Die Antwort eines Eintrags schicken")
            .add_option(
                text("entry", "eintrag", "Which entry?", "Welcher Eintrag?", true).set_autocomplete(true),
            ),
        staff(
            "teach",
            "lernen",
            "Save question and answer as a draft",
            "Frage und Antwort als Entwurf speichern",
        ),
        staff(
            "block",
            "sperren",
            "Hear nothing of this customer any more",
            "Von dieser Person nichts mehr hören",
        ),
        staff("unblock", "entsperren", "Hear this customer again", "Diese Person wieder hören"),
        staff("transcript", "verlauf", "Show the whole conversation", "Das ganze Gespräch zeigen"),
        for_staff(
            CreateCommand::new(SAVE_AS_ANSWER)
                .kind(CommandType::Message)
                .name_localized(GERMAN, "Als Antwort speichern"),
        ),
    ]
}

fn customer(name: &str, german: &str, description: &str, in_german: &str) -> CreateCommand {
    slash(name, german, description, in_german)
        .contexts(vec![InteractionContext::Guild, InteractionContext::BotDm])
}

fn staff(name: &str, german: &str, description: &str, in_german: &str) -> CreateCommand {
    for_staff(slash(name, german, description, in_german))
}

/// On servers only, and shown to those who may manage threads until the owner allows others (Server Settings >
/// Integrations). Showing is all that it is about: who is staff is looked at again on every action.
fn for_staff(command: CreateCommand) -> CreateCommand {
    command.contexts(vec![InteractionContext::Guild]).default_member_permissions(Permissions::MANAGE_THREADS)
}

fn slash(name: &str, german: &str, description: &str, in_german: &str) -> CreateCommand {
    CreateCommand::new(name)
        .kind(CommandType::ChatInput)
        .name_localized(GERMAN, german)
        .description(description)
        .description_localized(GERMAN, in_german)
        .integration_types(vec![InstallationContext::Guild])
}

fn text(name: &str, german: &str, description: &str, in_german: &str, required: bool) -> CreateCommandOption {
    CreateCommandOption::new(CommandOptionType::String, name, description)
        .name_localized(GERMAN, german)
        .description_localized(GERMAN, in_german)
        .required(required)
        .max_length(TEXT)
}

/// Whether Discord has what we would register. It adds fields of its own and fills in defaults, so only what we say is
/// compared, and what we leave unsaid must be empty there.
fn same(ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Value::Array(ours), Value::Array(theirs)) => {
            ours.len() == theirs.len()
                && ours
                    .iter()
                    .all(|one| theirs.iter().any(|other| one["name"] == other["name"] && alike(one, other)))
        }
        _ => false,
    }
}

const COMPARED: [&str; 11] = [
    "type",
    "name",
    "name_localizations",
    "description",
    "description_localizations",
    "options",
    "default_member_permissions",
    "contexts",
    "required",
    "autocomplete",
    "max_length",
];

fn alike(ours: &Value, theirs: &Value) -> bool {
    COMPARED.iter().all(|field| match (&ours[*field], &theirs[*field]) {
        (Value::Array(ours), Value::Array(theirs)) if *field == "options" => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(one, other)| alike(one, other))
        }
        (ours, theirs) => is_nothing(ours) && is_nothing(theirs) || ours == theirs,
    })
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(values) => values.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(true) | Value::Number(_) => false,
    }
}
