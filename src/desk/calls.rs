//! Words that call: for a person, or for a button by its number, its place or its label, or with "yes" and "no".

use std::sync::LazyLock;

use regex::RegexSet;

use crate::text::{Language, normalize};

use super::action::{Button, ButtonPress};
use super::event::Press;

/// A call for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Call {
    /// The language that it is in, where the words tell.
    pub(super) language: Option<Language>,
    /// Nothing but the call: it doesn't say what it is about.
    pub(super) bare: bool,
}

/// Whether the message is a call for a person: the word alone, or a wish to speak to one.
pub(super) fn person(text: &str) -> Option<Call> {
    let words = plain(text);
    let spoken = folded(&words);
    let in_languages =
        || PERSON_WORDS.iter().filter(|(_, calls)| holds(calls, &spoken)).map(|(language, _)| *language);
    if in_languages().next().is_some() {
        let language = in_languages().next().filter(|_| in_languages().count() == 1);
        return Some(Call { language, bare: true });
    }
    if LONGEST_WISH < words.len() {
        return None;
    }
    let wish = PERSON_WISHES.matches(&words).into_iter().next()?;
    Some(Call { language: Some(WISHES[wish].0), bare: false })
}

/// Longest message that is looked through for a wish, in bytes.
const LONGEST_WISH: usize = 300;

/// Whether the message is one word that is nearly a call for a person in one of `languages`: one letter too many, too
/// few, wrong, or two swapped.
pub(super) fn nearly_person(text: &str, languages: &[Language]) -> bool {
    let spoken: Vec<char> = folded(&plain(text)).chars().collect();
    let ours = PERSON_WORDS.iter().filter(|(language, _)| languages.contains(language));
    let calls = ours.flat_map(|(_, calls)| calls.split(", "));
    let single = calls.filter(|call| !call.contains(' ') && 5 <= call.chars().count());
    5 <= spoken.len()
        && !spoken.contains(&' ')
        && single.map(folded).any(|call| one_slip(&spoken, &call.chars().collect::<Vec<_>>()))
}

/// Whether one slip of the fingers leads from `one` to `other`.
fn one_slip(one: &[char], other: &[char]) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    let same = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    match long.len() - short.len() {
        0 => {
            let swapped = same + 1 < short.len()
                && short[same] == long[same + 1]
                && short[same + 1] == long[same]
                && short[same + 2..] == long[same + 2..];
            same < short.len() && (swapped || short[same + 1..] == long[same + 1..])
        }
        1 => short[same..] == long[same + 1..],
        _ => false,
    }
}

/// What a typed message means for the buttons below the bot's last words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Typed {
    /// This button.
    Button(Press),
    /// A number, and there is no such button.
    NoSuchNumber,
    /// "Yes", and there is more than one thing that it could be said to.
    WhichOne,
}

/// What `text` means for `buttons`; `None` where it is nothing but words.
pub(super) fn typed(text: &str, buttons: &[Button]) -> Option<Typed> {
    let words = plain(text);
    let presses: Vec<&Press> = buttons.iter().filter_map(customers).collect();
    let label = buttons.iter().find(|button| !words.is_empty() && plain(&button.label) == words);
    if let Some(press) = label.and_then(customers) {
        return Some(Typed::Button(press.clone()));
    }
    if let Some(number) = number(&words) {
        let press = number.checked_sub(1).and_then(|at| presses.get(at));
        return Some(press.map_or(Typed::NoSuchNumber, |press| Typed::Button((*press).clone())));
    }
    let spoken = folded(&words);
    let offered: Vec<&Press> =
        presses.iter().copied().filter(|press| matches!(press, Press::Entry(_))).collect();
    let asks_back = presses.contains(&&Press::NoneOfThese);
    if asks_back && let Some(at) = ORDINALS.iter().position(|ordinals| holds(ordinals, &spoken)) {
        return offered.get(at).map(|press| Typed::Button((*press).clone()));
    }
    let pressed = |press: Option<&&Press>| press.map(|press| Typed::Button((*press).clone()));
    if says_yes(text) {
        return match (asks_back, offered.as_slice()) {
            (true, [only]) => Some(Typed::Button((*only).clone())),
            (true, _) => Some(Typed::WhichOne),
            (false, _) => {
                pressed(presses.iter().find(|press| matches!(press, Press::Helped(_) | Press::ForgetMe)))
            }
        };
    }
    if says_no(text) {
        let no = |press: &&&Press| matches!(press, Press::NoneOfThese | Press::NotThis(_) | Press::KeepMe);
        return pressed(presses.iter().find(no));
    }
    None
}

fn customers(button: &Button) -> Option<&Press> {
    match &button.press {
        ButtonPress::Customer(press) => Some(press),
        ButtonPress::SendAnswer(_) | ButtonPress::Claim | ButtonPress::Close | ButtonPress::CloseAndSave => {
            None
        }
    }
}

/// A number of one or two digits, alone or as "number 2"; longer ones are order numbers and the like.
fn number(words: &str) -> Option<usize> {
    let digits = match words.split_once(' ') {
        Some((before, digits)) if NUMBER_WORDS.contains(&before) => digits,
        Some(_) => return None,
        None => words,
    };
    let is_short = digits.len() <= 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| is_short)
}

const NUMBER_WORDS: [&str; 12] = [
    "number", "no", "option", "nummer", "nr", "numéro", "número", "numero", "opción", "opzione", "optie",
    "numer",
];

/// "Yes", and what people say for it.
pub(super) fn says_yes(text: &str) -> bool {
    holds(YES, &folded(&plain(text))) || matches!(text.trim(), "👍" | "👍🏻" | "👍🏼" | "👍🏽" | "✅")
}

/// "No", and what people say for it.
pub(super) fn says_no(text: &str) -> bool {
    holds(NO, &folded(&plain(text))) || matches!(text.trim(), "👎" | "👎🏻" | "👎🏼" | "👎🏽" | "❌")
}

/// Whether `spoken` (folded) is one of `phrases`, which are apart by commas.
fn holds(phrases: &str, spoken: &str) -> bool {
    !spoken.is_empty() && phrases.split(", ").any(|phrase| folded(phrase) == spoken)
}

/// Lower case, letters and digits, one space between words.
pub(super) fn plain(text: &str) -> String {
    normalize::normalize(text)
}

fn folded(words: &str) -> String {
    normalize::fold(words)
}

const YES: &str = "yes, yes please, yep, yeah, yup, correct, that one, this one, exactly, right, yes that helped, \
    that helped, it helped, ja, ja bitte, genau, genau das, richtig, stimmt, jo, das hat geholfen, hat geholfen, oui, \
    oui merci, exact, c est ça, sí, exacto, eso, correcto, sì, esatto, proprio quello, jawel, klopt, sim, isso, isso \
    mesmo, certo, exato, tak, zgadza się, dokładnie, evet, doğru, aynen";

const NO: &str = "no, nope, nah, none, none of these, none of them, neither, something else, not that, not what i \
    meant, that s not what i meant, thats not what i meant, that is not what i meant, that s not it, thats not it, \
    wrong, wrong answer, nein, nö, nee, keins, keines, keine davon, keins davon, keines davon, nichts davon, etwas \
    anderes, was anderes, falsch, das meinte ich nicht, nicht das was ich meinte, das war nicht gemeint, das war nicht \
    die frage, das war nicht meine frage, non, aucun, aucune, aucun des deux, autre chose, ce n est pas ça, ninguno, \
    ninguna, ninguno de estos, otra cosa, no es eso, nessuno, nessuna, nessuno di questi, altro, non è questo, geen, \
    geen van deze, iets anders, dat bedoelde ik niet, não, nenhum, nenhuma, nenhum desses, outra coisa, não era isso, \
    nie, żadne, żadna, żadne z tych, coś innego, nie o to chodziło, hayır, hiçbiri, başka bir şey";

/// First to fourth.
const ORDINALS: [&str; 4] = [
    "first, the first, first one, the first one, erste, erster, erstes, das erste, die erste, der erste, le premier, \
        la première, el primero, la primera, il primo, la prima, de eerste, o primeiro, a primeira, pierwsze, pierwsza, \
        birinci, ilk, ilki",
    "second, the second, second one, the second one, zweite, zweiter, zweites, das zweite, die zweite, der zweite, le \
        deuxième, la deuxième, el segundo, la segunda, il secondo, la seconda, de tweede, o segundo, a segunda, drugie, \
        druga, ikinci, ikincisi",
    "third, the third, third one, the third one, dritte, dritter, drittes, das dritte, die dritte, der dritte, le \
        troisième, la troisième, el tercero, la tercera, il terzo, la terza, de derde, o terceiro, a terceira, trzecie, \
        trzecia, üçüncü, üçüncüsü",
    "fourth, the fourth, vierte, das vierte, die vierte, le quatrième, el cuarto, il quarto, de vierde, o quarto, \
        czwarte, dördüncü",
];

/// Messages that are nothing but a call, by language.
const PERSON_WORDS: [(Language, &str); 9] = [
    (
        Language::EN,
        "person, a person, human, a human, agent, operator, representative, real person, a real person, human please, \
            person please, live agent, staff, ask a person, customer service, live chat, real human, a real human, \
            talk to a human, talk to a person, speak to a human, speak to a person, human being, someone from your \
            team, i want a human, i want a person, human support",
    ),
    (
        Language::DE,
        "mensch, ein mensch, mensch bitte, bitte mensch, mitarbeiter, mitarbeiterin, mitarbeiter bitte, echter mensch, \
            ein echter mensch, einen menschen bitte, einen menschen, menschen, einen menschen fragen, kundenservice, \
            kundendienst, berater, beraterin, person, eine person, echte person, support, jemand vom team, jemand aus \
            dem team",
    ),
    (
        Language::FR,
        "personne, une personne, humain, un humain, conseiller, un conseiller, une conseillère, une vraie personne, \
            parler à un humain, un vrai humain, service client",
    ),
    (
        Language::ES,
        "persona, una persona, humano, un humano, agente, un agente, operador, un operador, una persona real, hablar \
            con una persona, atención al cliente",
    ),
    (
        Language::IT,
        "persona, una persona, umano, un umano, operatore, un operatore, una persona reale, parlare con una persona, \
            servizio clienti",
    ),
    (
        Language::NL,
        "mens, een mens, persoon, een persoon, medewerker, een medewerker, vraag een medewerker, echt mens, een echt \
            mens, klantenservice",
    ),
    (
        Language::PT,
        "pessoa, uma pessoa, humano, um humano, atendente, um atendente, uma pessoa real, falar com uma pessoa, falar \
            com atendente, atendimento",
    ),
    (
        Language::PL,
        "człowiek, człowieka, konsultant, konsultanta, pracownik, pracownika, zapytaj człowieka, żywy człowiek, obsługa \
            klienta",
    ),
    (
        Language::TR,
        "insan, bir insan, temsilci, müşteri temsilcisi, bir insana sor, gerçek insan, canlı destek, yetkili, müşteri \
            hizmetleri",
    ),
];

/// Sentences that wish for a person, in normal form (no punctuation but spaces), each with its language.
const WISHES: [(Language, &str); 13] = [
    // "can I talk to a real person", "I want to speak with someone from your team"
    (
        Language::EN,
        r"\b(talk|speak|chat|write|connect me|connected|put me through|transfer me)( \w+)? (to|with) ((a|an|some|the|your) )?((real|actual|live|human) )?(person|people|human|humans|someone|somebody|agent|operator|representative|colleague|employee|staff|human being|anyone|anybody)\b",
    ),
    // "get me a human", "I need a real person"
    (
        Language::EN,
        r"\b(get|give|want|need|fetch|call)( me)? (a |an |the )?((real|actual|live) )?(human|human being|agent|operator|representative)( please)?$",
    ),
    (Language::EN, r"\b(get|give|fetch|call) me (a |an |the )?((real|actual|live) )?person( please)?$"),
    (
        Language::EN,
        r"^(i )?(want|need|i d like|would like) (a |an |the )((real|actual|live) )?person( please)?$",
    ),
    // "ich möchte mit einem Menschen sprechen", "kann ich bitte mit jemandem reden"
    (
        Language::DE,
        r"\bmit (einem|einer|nem|ner|jemandem|jemand|dem|der)?\s?((echten|richtigen|anderen) )?(menschen|mensch|mitarbeiter|mitarbeiterin|person|kollegen|kollegin|jemandem|jemand|berater|beraterin|personal)( \w+){0,6} (sprechen|reden|schreiben|chatten|telefonieren|verbinden)\b",
    ),
    // "ich will einen Mitarbeiter"
    (
        Language::DE,
        r"\b(will|möchte|moechte|brauche|hätte gern|haette gern|hol|holen sie)( \w+)? (einen|nen|eine|ne) ((echten|richtigen|echte) )?(menschen|mitarbeiter|mitarbeiterin|berater|beraterin)( \w+)?$",
    ),
    (
        Language::FR,
        r"\b(parler|discuter) (à|a|avec) (un |une )?(vrai |vraie )?(quelqu ?un|personne|humain|conseiller|conseillère)\b",
    ),
    (
        Language::ES,
        r"\bhablar con (una |un |alguna |algún )?(persona|humano|agente|asesor|asesora|alguien|operador)\b",
    ),
    (Language::IT, r"\bparlare con (una |un )?(persona|umano|operatore|qualcuno)\b"),
    (
        Language::NL,
        r"\b(met|naar) (een )?(echt )?(mens|medewerker|persoon|iemand)( \w+){0,6} (praten|spreken|chatten)\b",
    ),
    (Language::PT, r"\bfalar com (uma |um )?(pessoa|humano|atendente|alguém|alguem)\b"),
    (
        Language::PL,
        r"\b(porozmawiać|rozmawiać|pogadać) z (człowiekiem|konsultantem|kimś|pracownikiem|żywym człowiekiem)\b",
    ),
    (Language::TR, r"\b(insanla|temsilciyle|biriyle|yetkiliyle) (görüşmek|konuşmak)\b"),
];

static PERSON_WISHES: LazyLock<RegexSet> = LazyLock::new(|| {
    RegexSet::new(WISHES.iter().map(|(_, pattern)| *pattern)).expect("the patterns above are right: tested")
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_and_every_wish_is_understood() {
        let calls = [
            ("person", true),
            ("Mensch!", true),
            ("einen Menschen, bitte", true),
            ("A REAL PERSON", true),
            ("İnsan", true),
            ("CZŁOWIEK", true),
            ("Can I speak to someone about my cake?", false),
            ("Kann ich bitte mit jemandem aus Ihrem Team sprechen?", false),
            ("Kann ich mit jemandem über Brot ohne Salz sprechen", false),
            ("ich will einen Mitarbeiter", false),
            ("je voudrais parler à quelqu’un", false),
            ("quiero hablar con una persona", false),
            ("vorrei parlare con un operatore", false),
            ("kan ik met iemand praten", false),
            ("kan ik met iemand over brood zonder zout praten", false),
            ("quero falar com alguém", false),
            ("chcę porozmawiać z człowiekiem", false),
        ];
        for (text, bare) in calls {
            assert_eq!(person(text).map(|call| call.bare), Some(bare), "{text}");
        }
    }

    #[test]
    fn a_person_inside_a_question_is_no_call() {
        let questions = [
            "What does a cake for one person cost?",
            "Do I need a reservation for each person?",
            "Kann eine andere Person die Torte abholen?",
            "Wie viele Menschen passen in den Laden?",
            "Can I talk to you?",
            "personal",
            "do you give me a person to carry the cake",
        ];
        for text in questions {
            assert_eq!(person(text), None, "{text}");
            assert!(!nearly_person(text, &[Language::EN, Language::DE]), "{text}");
        }
    }

    #[test]
    fn one_slip_in_the_word_is_forgiven_and_two_are_not() {
        for near in ["persn", "preson", "persson", "persom", "mensh", "Mensvh", "humam", "mitarbeitr"] {
            assert!(nearly_person(near, &[Language::EN, Language::DE]), "{near}");
        }
        for far in ["personal", "mention", "prison", "humour", "men", "oerson x", ""] {
            assert!(!nearly_person(far, &[Language::EN, Language::DE]), "{far}");
        }
    }

    #[test]
    fn a_call_tells_its_language_where_only_one_has_the_word() {
        assert_eq!(person("Mensch").and_then(|call| call.language), Some(Language::DE));
        assert_eq!(person("person").and_then(|call| call.language), None);
        assert_eq!(person("operatore").and_then(|call| call.language), Some(Language::IT));
    }
}
