//! Words that call: for a person, or for a button by its number or its label.

use std::sync::LazyLock;

use regex::RegexSet;

use super::action::{Button, ButtonPress};
use super::event::Press;

/// Whether the whole message is a call for a person: the word alone, or a plain wish to speak to one.
pub(super) fn calls_person(text: &str) -> bool {
    let words = plain(text);
    PERSON_WORDS.contains(&words.as_str()) || (words.len() <= 200 && PERSON_WISHES.is_match(&words))
}

/// The button that `text` names: by its number, counted from 1, or by its label.
pub(super) fn typed_button(text: &str, buttons: &[Button]) -> Option<Press> {
    let words = plain(text);
    let by_number = words.parse::<usize>().ok().and_then(|number| buttons.get(number.checked_sub(1)?));
    let by_label = || buttons.iter().find(|button| !words.is_empty() && plain(&button.label) == words);
    match &by_number.or_else(by_label)?.press {
        ButtonPress::Customer(press) => Some(press.clone()),
        ButtonPress::SendAnswer(_) | ButtonPress::Claim | ButtonPress::Close | ButtonPress::CloseAndSave => {
            None
        }
    }
}

/// Lower case, letters and digits, one space between words.
pub(super) fn plain(text: &str) -> String {
    let lower = text.to_lowercase();
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// Messages that are nothing but a call, in the supported languages.
const PERSON_WORDS: [&str; 62] = [
    // English
    "person",
    "a person",
    "human",
    "a human",
    "agent",
    "operator",
    "representative",
    "real person",
    "a real person",
    "human please",
    "person please",
    "live agent",
    "staff",
    "ask a person",
    "customer service",
    "live chat",
    // German
    "mensch",
    "ein mensch",
    "mensch bitte",
    "mitarbeiter",
    "mitarbeiterin",
    "echter mensch",
    "ein echter mensch",
    "einen menschen bitte",
    "menschen",
    "einen menschen fragen",
    "kundenservice",
    "kundendienst",
    "berater",
    "support",
    // French
    "personne",
    "une personne",
    "humain",
    "un humain",
    "conseiller",
    "un conseiller",
    "une vraie personne",
    // Spanish
    "persona",
    "una persona",
    "humano",
    "un humano",
    "agente",
    "un agente",
    "operador",
    // Italian
    "umano",
    "operatore",
    "un operatore",
    "una persona reale",
    // Dutch
    "mens",
    "een mens",
    "medewerker",
    "een medewerker",
    // Portuguese
    "pessoa",
    "uma pessoa",
    "atendente",
    "um atendente",
    // Polish
    "człowiek",
    "konsultant",
    "pracownik",
    // Turkish
    "insan",
    "temsilci",
    "müşteri temsilcisi",
];

/// Sentences that wish for a person.
static PERSON_WISHES: LazyLock<RegexSet> = LazyLock::new(|| {
    RegexSet::new([
        // "can I talk to a real person", "I want to speak with someone from your team"
        r"\b(talk|speak|chat|write|connect me|put me through)( \w+)? (to|with) ((a|an|some|the|your) )?((real|actual|live|human) )?(person|people|human|humans|someone|somebody|agent|operator|representative|colleague|employee|staff|human being)\b",
        r"\b(get|give|want|need|fetch|call)( me)? (a|an|the)? ?((real|actual|live) )?(person|human|human being|agent|operator|representative)( please)?$",
        // "ich möchte mit einem Menschen sprechen", "kann ich bitte mit jemandem reden", "ich will einen Mitarbeiter"
        r"\bmit (einem|einer|nem|ner|jemandem|jemand|dem|der)?\s?((echten|richtigen|anderen) )?(menschen|mensch|mitarbeiter|mitarbeiterin|person|kollegen|kollegin|jemandem|jemand|berater|beraterin|personal)( \w+)? (sprechen|reden|schreiben|chatten|telefonieren|verbinden)\b",
        r"\b(will|möchte|moechte|brauche|hätte gern|haette gern|hol|holen sie)( \w+)? (einen|nen|eine|ne) ((echten|richtigen|echte) )?(menschen|mitarbeiter|mitarbeiterin|person|berater|beraterin)( \w+)?$",
        r"\b(parler|discuter) (à|a|avec) (une|un|quelqu)\b.*\b(personne|humain|conseiller|un)\b",
        r"\bhablar con (una|un|alguna|alguien)\b.*\b(persona|humano|agente|asesor)?\b",
        r"\bparlare con (una|un|qualcuno)\b",
        r"\b(met|naar) (een|iemand)\b.*\b(mens|medewerker|persoon)\b.*\b(praten|spreken)\b",
        r"\bfalar com (uma|um|alguém|alguem)\b",
        r"\bporozmawiać z (człowiekiem|konsultantem|kimś|pracownikiem)\b",
        r"\b(insanla|temsilciyle|biriyle|yetkiliyle) (görüşmek|konuşmak)\b",
    ])
    .expect("the patterns above are right: tested")
});
