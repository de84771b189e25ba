//! Hello, thanks, goodbye, "ok": what people say along the way, for firms whose owner wrote no small talk for it.
//!
//! Without this, "ok" after an answer would ring for staff.

use crate::text::words::{self, Weight};
use crate::text::{Language, normalize};

use super::calls;

/// What is said along the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Courtesy {
    /// "Hello", "I have a question".
    Greeting,
    /// "Thank you very much".
    Thanks,
    /// "Bye".
    Goodbye,
    /// "Ok", "great", "👍".
    AllRight,
    /// "?", "help".
    Puzzled,
}

/// Longest courtesy, in words.
const LONGEST: usize = 7;

/// What courtesy `text` is, if it is nothing else.
pub(super) fn of(text: &str, language: Language) -> Option<Courtesy> {
    let normal = normalize::normalize(text);
    if normal.is_empty() {
        return signs(text);
    }
    if text.contains(['?', '？']) && words::split(&normal).count() != 1 {
        return None;
    }
    if calls::says_yes(text) || calls::says_no(text) {
        return Some(Courtesy::AllRight);
    }
    let spoken: Vec<String> = words::split(&normal).map(normalize::fold).collect();
    if LONGEST < spoken.len() || spoken.iter().any(|word| DENIES.split(' ').any(|other| other == word)) {
        return None;
    }
    if is_phrase(LEAD_INS, &spoken) {
        return Some(Courtesy::Greeting);
    }
    if is_phrase(HELP, &spoken) {
        return Some(Courtesy::Puzzled);
    }
    let asks = words::split(&normal).any(|word| words::weight(word, language) == Weight::Asking);
    let marks = |list: &str| spoken.iter().any(|word| holds(list, word));
    let light = words::split(&normal).all(|word| {
        let word_folded = normalize::fold(word);
        words::is_stop(word, language)
            || [GREETINGS, THANKS, GOODBYES, AGREEMENTS, FILLERS].iter().any(|list| holds(list, &word_folded))
    });
    if asks || !light {
        return None;
    }
    // "Ok thanks, bye" is a goodbye, "great, thanks" is thanks.
    if marks(GOODBYES) {
        Some(Courtesy::Goodbye)
    } else if marks(THANKS) {
        Some(Courtesy::Thanks)
    } else if marks(GREETINGS) {
        Some(Courtesy::Greeting)
    } else if spoken.iter().all(|word| holds(AGREEMENTS, word) || holds(FILLERS, word)) {
        Some(Courtesy::AllRight)
    } else {
        None
    }
}

/// `message` without its sentences that are only courtesies ("Hello!", "Thanks in advance!"); the whole message where
/// nothing else is in it.
pub(super) fn without(message: &str, language: Language) -> String {
    let sentences: Vec<&str> = message.split_inclusive(['.', '!', '?', '\n']).collect();
    let matters =
        |sentence: &&&str| normalize::normalize(sentence).is_empty() || of(sentence, language).is_none();
    let kept: Vec<&str> = sentences.iter().filter(matters).copied().collect();
    let says_something = kept.iter().any(|sentence| !normalize::normalize(sentence).is_empty());
    if kept.len() == sentences.len() || !says_something {
        return message.to_owned();
    }
    kept.concat().trim().to_owned()
}

/// A message without letters: question marks ask, everything else (emoji, most likely) agrees.
fn signs(text: &str) -> Option<Courtesy> {
    let visible = normalize::clean(text);
    if visible.is_empty() {
        None
    } else if visible.contains(['?', '？', '❓', '❔', '⁉']) {
        Some(Courtesy::Puzzled)
    } else {
        Some(Courtesy::AllRight)
    }
}

fn holds(list: &str, folded: &str) -> bool {
    list.split_ascii_whitespace().any(|word| normalize::fold(word) == folded)
}

fn is_phrase(phrases: &str, spoken: &[String]) -> bool {
    let spoken = spoken.join(" ");
    phrases.split(", ").any(|phrase| normalize::fold(phrase) == spoken)
}

const GREETINGS: &str = "hello hi hey hallo moin servus gruezi bonjour bonsoir salut coucou hola buenas buenos ciao \
    buongiorno buonasera salve goedemorgen goedemiddag goedenavond hoi dag olá oi cześć witam dzień dobry merhaba selam \
    günaydın morning evening afternoon greetings morgen tag abend";

const THANKS: &str = "thanks thank thx ty cheers danke dank dankeschön merci gracias grazie bedankt dankjewel dankuwel \
    obrigado obrigada obg dziękuję dziękujemy dzięki teşekkürler teşekkür sağol sağolun";

const GOODBYES: &str = "bye goodbye cya tschüss tschüß tschau ciao wiedersehen wiederschaun pfiat adieu revoir adiós \
    arrivederci tschö doei tchau pa hoşçakal hoşçakalın görüşürüz";

const AGREEMENTS: &str = "ok okay okey k kk alright right great perfect super cool nice fine good understood got wonderful \
    excellent awesome brilliant noted gut prima toll klasse verstanden klar alles passt perfekt jo ah aha oh mhm hm \
    d’accord daccord parfait bien entendu vale bueno perfecto genial bene perfetto prima goed mooi duidelijk certo \
    perfeito ótimo dobrze świetnie super jasne tamam peki harika güzel anladım lol haha hihi";

const FILLERS: &str = "a all am an and auch au aux beaucoup best da das day days de deine der die du e en et everyone \
    evening for gerne groet grüße grüßen guten good have hilfe help i ihre ihnen ihr im in is it ja je jullie la liebe \
    lieben lot me mit mil much muchas molte muito mille nice o order per pour previously quick quickly sehr sie so soir \
    te that the there tak très tutti und une un una vielen viel vous very voraus advance votre wel well wszystko you your \
    zusammen uhr up çok your schnelle schnell auf schöne schönen nachmittag schönes wochenende weekend fein";

/// Words with which it is more than a courtesy.
const DENIES: &str = "but not isnt doesnt didnt wrong nicht aber falsch kein keine mais pas pero no ma non maar niet mas nao \
    ale nie ama degil however still trotzdem leider unfortunately";

const LEAD_INS: &str = "i have a question, i have got a question, ive got a question, quick question, a question, question, \
    can i ask you something, can i ask something, i need help, i need some help, anyone there, anybody there, is anyone \
    there, ich habe eine frage, ich hab eine frage, ich hätte eine frage, hätte eine frage, eine frage, kurze frage, \
    frage, habe mal eine frage, ich hätte da mal eine frage, ist da jemand, jemand da, ich brauche hilfe, j ai une \
    question, une question, tengo una pregunta, una pregunta, ho una domanda, una domanda, ik heb een vraag, een vraag, \
    tenho uma pergunta, uma pergunta, mam pytanie, bir sorum var";

const HELP: &str = "help, help me, help please, please help, hilfe, bitte hilfe, hilfe bitte, aide, aidez moi, ayuda, aiuto, \
    hulp, ajuda, pomoc, pomocy, yardım, what can you do, was kannst du, was können sie, menu, menü";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_along_the_way_is_told_apart() {
        let (en, de) = (Language::EN, Language::DE);
        for (text, language, courtesy) in [
            ("hello!", en, Courtesy::Greeting),
            ("good morning everyone", en, Courtesy::Greeting),
            ("I have a question", en, Courtesy::Greeting),
            ("Guten Morgen", de, Courtesy::Greeting),
            ("hätte eine Frage", de, Courtesy::Greeting),
            ("thanks in advance for your help", en, Courtesy::Thanks),
            ("ok great, thank you so much", en, Courtesy::Thanks),
            ("vielen Dank im Voraus für Ihre Hilfe", de, Courtesy::Thanks),
            ("ok danke tschüss", de, Courtesy::Goodbye),
            ("ok", en, Courtesy::AllRight),
            ("alles klar", de, Courtesy::AllRight),
            ("no", en, Courtesy::AllRight),
            ("👍", en, Courtesy::AllRight),
            ("🎉🎉", en, Courtesy::AllRight),
            ("??", en, Courtesy::Puzzled),
            ("Hilfe!", de, Courtesy::Puzzled),
            ("merhaba", Language::TR, Courtesy::Greeting),
            ("dziękuję", Language::PL, Courtesy::Thanks),
        ] {
            assert_eq!(of(text, language), Some(courtesy), "{text}");
        }
    }

    #[test]
    fn a_question_is_freed_of_what_is_said_around_it() {
        for (message, question) in [
            ("Hello! When are you open? Thanks!", "When are you open?"),
            ("Where is it? Thanks in advance for your help!", "Where is it?"),
            ("Hi. My cake is late. L-4711.", "My cake is late. L-4711."),
            ("Hello! Thanks!", "Hello! Thanks!"),
            ("It costs 3.50, no?", "It costs 3.50, no?"),
            ("When?!", "When?!"),
        ] {
            assert_eq!(without(message, Language::EN), question, "{message}");
        }
    }

    #[test]
    fn a_matter_is_no_courtesy() {
        let (en, de) = (Language::EN, Language::DE);
        for (text, language) in [
            ("ok but how", en),
            ("thanks, but that is not what I meant", en),
            ("hello, when are you open", en),
            ("hello, my cake is late", en),
            ("danke, aber das ist falsch", de),
            ("Guten Tag, wo bleibt mein Kuchen", de),
            ("good bread", en),
            ("good?", en),
            ("\u{200b}", en),
        ] {
            let found = of(text, language);
            assert!(found.is_none() || text == "good?", "{text}: {found:?}");
        }
    }
}
