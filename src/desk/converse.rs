//! The customer's turn: what they wrote or pressed, answered, asked back, or handed over.

use crate::faq::{Entry, EntryId, Reply};
use crate::matcher::{Decision, Match, Query};

use super::action::{Action, Button, ButtonPress, Count, Gap, GapKind, Message, Part, Why};
use super::conversation::{Asked, Conversation, Speaker, Stage};
use super::event::{Customer, CustomerAct, MessageId, Press, Reminder, Said};
use super::flood::{self, Pace};
use super::making::{Making, shortened};
use super::speech::Speech;
use super::understand::{self, Reading};
use super::{answers, calls, escalate, menu, personal};

/// Entries offered at once; more than three are not read.
pub(super) const OFFERED: usize = 3;
/// Messages that a burst may hold before it is read whatever comes.
const BURST_PIECES: usize = 8;
/// Longest stretch of a burst's text kept, in characters (what is matched is cut there as well).
const PIECE_LENGTH: usize = Query::LIMIT;

/// The customer did something.
pub(super) fn customer(making: &mut Making<'_>, customer: &Customer, act: &CustomerAct, message: &MessageId) {
    making.conversation.customer = Some(customer.clone());
    if making.conversation.blocked {
        return;
    }
    if !is_calm(making, act) {
        return;
    }
    match act {
        CustomerAct::Said(words) => said(making, words, message),
        CustomerAct::Edited { message, said } => edited(making, message, said),
        CustomerAct::Deleted { message } => deleted(making, message),
        CustomerAct::Pressed(press) => pressed(making, press),
        CustomerAct::Started(entry) => started(making, entry.as_ref()),
        CustomerAct::AskedForHelp => making.say(&Speech::Help),
        CustomerAct::AskedForMenu => menu::topics(making),
        CustomerAct::AskedForPerson => asked_for_person(making),
        CustomerAct::AskedToBeForgotten => personal::forget(making),
        CustomerAct::AskedForTheirData => personal::show(making),
    }
}

/// Whether the message may be read; says so once where a customer writes too much. What undoes or deletes is always
/// read: it makes less work, not more.
fn is_calm(making: &mut Making<'_>, act: &CustomerAct) -> bool {
    if matches!(act, CustomerAct::Deleted { .. } | CustomerAct::AskedToBeForgotten) {
        return true;
    }
    match flood::pour(&mut making.conversation.flood, making.context.policy, making.context.now) {
        Pace::Calm => true,
        Pace::TooMuch => {
            making.count(Count::Flooded);
            making.say(&Speech::Flood);
            false
        }
        Pace::StillTooMuch => false,
    }
}

fn said(making: &mut Making<'_>, said: &Said, message: &MessageId) {
    let text = shortened(&said.text, PIECE_LENGTH);
    making.remember(Speaker::Customer, &text, Some(message.clone()));
    if let Stage::WithStaff(_) = making.conversation.stage {
        return escalate::relay_to_staff(making, said, message);
    }
    if let Some(press) = calls::typed_button(&text, &making.conversation.buttons) {
        return pressed(making, &press);
    }
    if calls::calls_person(&text) {
        return asked_for_person(making);
    }
    if let Some(attachment) = said.attachments.first() {
        // The words may be clear, but what they point at can't be seen: people look at both.
        let question = held(making, text).join(" ");
        let speech = Speech::CannotRead { kind: attachment.kind };
        let matches = understand::read(making, std::slice::from_ref(&question)).remove(0).matches;
        return escalate::escalate(making, Why::CannotRead, &question, matches, &speech, &said.attachments);
    }
    if text.trim().is_empty() {
        return;
    }
    let pieces = held(making, text.clone());
    let readings = understand::read(making, &pieces);
    let waits = !making.context.policy.burst.is_zero()
        && pieces.len() < BURST_PIECES
        && understand::may_go_on(&text, &readings);
    if waits {
        making.conversation.burst = pieces;
        making.wake(making.now().plus(making.context.policy.burst), Reminder::BurstOver);
        return;
    }
    respond(making, readings);
}

/// The burst so far, `text` with it; the conversation's own is emptied.
fn held(making: &mut Making<'_>, text: String) -> Vec<String> {
    let mut pieces = std::mem::take(&mut making.conversation.burst);
    if !text.trim().is_empty() {
        pieces.push(text);
    }
    pieces
}

/// No further message came: what is held is read now.
pub(super) fn burst_over(making: &mut Making<'_>) {
    let pieces = std::mem::take(&mut making.conversation.burst);
    if pieces.is_empty() {
        return;
    }
    let readings = understand::read(making, &pieces);
    respond(making, readings);
}

/// One reply to all questions of a message: the answers, then what is asked back, or handed over.
fn respond(making: &mut Making<'_>, readings: Vec<Reading>) {
    hold_language(making, &readings);
    making.conversation.stage = Stage::Open;
    let mut reply = Message::default();
    let mut then: Option<Reading> = None;
    let mut ring: Option<Reading> = None;
    let mut answered: Vec<(EntryId, String)> = Vec::new();
    for reading in readings {
        making.count(Count::Asked);
        let entry = reading.answer().and_then(|id| making.entry(id));
        match entry.map(|entry| (entry, &entry.reply)) {
            Some((entry, Reply::Answer(_) | Reply::AnswerThenHandOver(_))) => {
                making.count(Count::Answered(entry.id.clone()));
                let (parts, links) = answers::render(making, entry, &reading.question);
                reply.parts.extend(parts);
                add_new(&mut reply.buttons, links);
                answered.push((entry.id.clone(), reading.question.clone()));
                if matches!(entry.reply, Reply::AnswerThenHandOver(_)) {
                    ring = Some(reading);
                }
            }
            Some((_, Reply::HandOver)) => ring = Some(reading),
            None => then = Some(reading),
        }
    }
    remember_answers(making, &answered);
    let feedback = then.is_none() && ring.is_none();
    if feedback && let Some((id, _)) = answered.last() {
        add_feedback(making, &mut reply, id);
    }
    if let Some(Reading { question, decision: Decision::Clarify(offered), matches: _ }) = &then
        && ring.is_none()
    {
        return ask_back(making, reply, question, offered, &Speech::DidYouMean);
    }
    if !reply.parts.is_empty() {
        making.tell_customer(reply);
    }
    if let Some(reading) = ring {
        let question = joined(reading.question, then.map(|reading| reading.question));
        let speech = Speech::CallingPerson;
        escalate::escalate(making, Why::TheEntrySaysSo, &question, reading.matches, &speech, &[]);
    } else if let Some(reading) = then {
        let why = match reading.decision {
            Decision::HandOver(reason) => reason.into(),
            Decision::Answer(_) | Decision::Clarify(_) => Why::NotSure,
        };
        escalate::escalate(making, why, &reading.question, reading.matches, &Speech::HandingOver, &[]);
    }
}

fn joined(one: String, other: Option<String>) -> String {
    match other {
        Some(other) => format!("{one}\n{other}"),
        None => one,
    }
}

/// The conversation goes on in the language of what was understood.
fn hold_language(making: &mut Making<'_>, readings: &[Reading]) {
    let text: Vec<&str> = readings.iter().map(|reading| reading.question.as_str()).collect();
    let query = Query::new(making.context.index, &text.join(" "), making.audience());
    making.conversation.language = Some(query.language);
}

fn remember_answers(making: &mut Making<'_>, answered: &[(EntryId, String)]) {
    let Some((entry, question)) = answered.last() else { return };
    let tried = answered.iter().map(|(id, _)| id.clone()).collect();
    making.conversation.last_asked = Some(Asked {
        question: shortened(question, Conversation::LINE_LENGTH),
        entry: entry.clone(),
        tried,
        rated: false,
        at: making.now(),
    });
}

/// "That helped", "not what I meant", "ask a person"; small talk needs none of them.
fn add_feedback(making: &Making<'_>, reply: &mut Message, id: &EntryId) {
    if understand::is_small_talk(making, id) {
        return;
    }
    reply.buttons.push(making.button(&Speech::ButtonHelped, Press::Helped(id.clone())));
    reply.buttons.push(making.button(&Speech::ButtonNotThis, Press::NotThis(id.clone())));
    reply.buttons.push(making.button(&Speech::ButtonPerson, Press::Person));
}

fn add_new(buttons: &mut Vec<Button>, more: Vec<Button>) {
    for button in more {
        if !buttons.contains(&button) {
            buttons.push(button);
        }
    }
}

/// Asks which of `offered` is meant, below what `reply` already says.
fn ask_back(making: &mut Making<'_>, mut reply: Message, question: &str, offered: &[Match], speech: &Speech) {
    let offered: Vec<&Entry> =
        offered.iter().filter_map(|one| making.entry(&one.entry)).take(OFFERED).collect();
    note_gap(making, question, GapKind::Clarified, offered.first().map(|entry| entry.id.clone()));
    making.count(Count::Clarified);
    reply.parts.push(Part::Markdown(making.words(speech)));
    reply.buttons = offered
        .iter()
        .map(|entry| Button {
            label: entry.title().to_owned(),
            press: ButtonPress::Customer(Press::Entry(entry.id.clone())),
        })
        .collect();
    reply.buttons.push(making.button(&Speech::ButtonNoneOfThese, Press::NoneOfThese));
    making.conversation.stage = Stage::Clarifying {
        question: shortened(question, Conversation::LINE_LENGTH),
        offered: offered.iter().map(|entry| entry.id.clone()).collect(),
    };
    making.tell_customer(reply);
}

/// A question for the owner's gap list.
pub(super) fn note_gap(making: &mut Making<'_>, question: &str, kind: GapKind, nearest: Option<EntryId>) {
    let gap = Gap {
        question: shortened(question, Conversation::LINE_LENGTH),
        language: making.language(),
        at: making.now(),
        kind,
        nearest,
        conversation: making.conversation.id.clone(),
    };
    making.act(Action::NoteGap(gap));
}

/// A button was pressed, or typed.
fn pressed(making: &mut Making<'_>, press: &Press) {
    if let Stage::WithStaff(_) = making.conversation.stage {
        // An old button, while people have the conversation: looking something up disturbs nobody.
        return match press {
            Press::Entry(id) => give(making, id, false),
            Press::Topic(number) | Press::TopicPage(number, _) => menu::entries(making, *number),
            Press::Topics(_) => menu::topics(making),
            Press::ForgetMe => personal::forgotten(making),
            Press::KeepMe => making.say(&Speech::Kept),
            Press::Helped(_) | Press::NotThis(_) | Press::NoneOfThese | Press::Person => {
                making.say(&Speech::PersonIsComing);
            }
        };
    }
    match press {
        Press::Entry(id) => chosen(making, id),
        Press::Helped(id) => {
            making.count(Count::Helped(id.clone()));
            making.say(&Speech::GladToHelp);
        }
        Press::NotThis(id) => not_this(making, id),
        Press::NoneOfThese => none_of_these(making),
        Press::Person => asked_for_person(making),
        Press::Topic(number) | Press::TopicPage(number, _) => menu::entries(making, *number),
        Press::Topics(_) => menu::topics(making),
        Press::ForgetMe => personal::forgotten(making),
        Press::KeepMe => making.say(&Speech::Kept),
    }
}

/// An entry was chosen: after "did you mean", below an answer, or from the menu.
fn chosen(making: &mut Making<'_>, id: &EntryId) {
    let clarified = match std::mem::replace(&mut making.conversation.stage, Stage::Open) {
        Stage::Clarifying { question, offered } if offered.contains(id) => Some((question, offered)),
        Stage::Clarifying { .. } | Stage::Open | Stage::WithStaff(_) => None,
    };
    if let Some((question, offered)) = &clarified {
        making.count(Count::Chosen(id.clone()));
        making.conversation.last_asked = Some(Asked {
            question: question.clone(),
            entry: id.clone(),
            tried: offered.clone(),
            rated: false,
            at: making.now(),
        });
    }
    give(making, id, true);
}

/// Gives the entry `id` as an answer, with its feedback buttons where `feedback` makes sense.
fn give(making: &mut Making<'_>, id: &EntryId, feedback: bool) {
    let question = match &making.conversation.last_asked {
        Some(asked) if asked.entry == *id => asked.question.clone(),
        Some(_) | None => String::new(),
    };
    let Some(entry) = making.entry(id) else {
        if feedback {
            let speech = Speech::ChoiceIsGone;
            escalate::escalate(making, Why::NotSure, &question, Vec::new(), &speech, &[]);
        }
        return;
    };
    if entry.reply.answer().is_some() {
        making.count(Count::Answered(id.clone()));
        let (parts, buttons) = answers::render(making, entry, &question);
        let mut reply = Message { parts, buttons, ..Message::default() };
        let rings = matches!(entry.reply, Reply::AnswerThenHandOver(_));
        if feedback && !rings {
            add_feedback(making, &mut reply, id);
        }
        if question.is_empty() {
            let question = entry.title().to_owned();
            making.conversation.last_asked = Some(Asked {
                question,
                entry: id.clone(),
                tried: vec![id.clone()],
                rated: false,
                at: making.now(),
            });
        }
        making.tell_customer(reply);
    }
    if feedback && matches!(entry.reply, Reply::AnswerThenHandOver(_) | Reply::HandOver) {
        let question = if question.is_empty() { entry.title().to_owned() } else { question };
        escalate::escalate(making, Why::TheEntrySaysSo, &question, Vec::new(), &Speech::CallingPerson, &[]);
    }
}

/// "Not what I meant": the next best entries that weren't tried yet, then a person.
fn not_this(making: &mut Making<'_>, id: &EntryId) {
    making.count(Count::NotThis(id.clone()));
    let asked = making.conversation.last_asked.clone().filter(|asked| asked.tried.contains(id));
    let Some(mut asked) = asked else {
        return escalate::escalate(making, Why::NoneOfThose, "", Vec::new(), &Speech::HandingOver, &[]);
    };
    note_gap(making, &asked.question, GapKind::NotThis, Some(id.clone()));
    let matches = understand::read(making, std::slice::from_ref(&asked.question)).remove(0).matches;
    let offers: Vec<Match> = matches
        .iter()
        .filter(|one| !asked.tried.contains(&one.entry) && making.entry(&one.entry).is_some())
        .filter(|one| !understand::is_small_talk(making, &one.entry))
        .take(OFFERED)
        .cloned()
        .collect();
    let worth_offering: f32 = offers.iter().map(|one| one.confidence.value()).sum();
    if offers.is_empty() || worth_offering < WORTH_OFFERING {
        return escalate::escalate(
            making,
            Why::NoneOfThose,
            &asked.question,
            matches,
            &Speech::HandingOver,
            &[],
        );
    }
    asked.tried.extend(offers.iter().map(|one| one.entry.clone()));
    let question = asked.question.clone();
    making.conversation.last_asked = Some(asked);
    ask_back(making, Message::default(), &question, &offers, &Speech::PerhapsOneOfThese);
}

/// Below this probability that one of them is meant, the next best entries are not worth a customer's tap.
const WORTH_OFFERING: f32 = 0.02;

/// "Something else": a person.
fn none_of_these(making: &mut Making<'_>) {
    let question = match std::mem::replace(&mut making.conversation.stage, Stage::Open) {
        Stage::Clarifying { question, .. } => question,
        Stage::Open | Stage::WithStaff(_) => String::new(),
    };
    let matches = if question.is_empty() {
        Vec::new()
    } else {
        understand::read(making, std::slice::from_ref(&question)).remove(0).matches
    };
    escalate::escalate(making, Why::NoneOfThose, &question, matches, &Speech::HandingOver, &[]);
}

fn asked_for_person(making: &mut Making<'_>) {
    if let Stage::WithStaff(_) = making.conversation.stage {
        return making.say(&Speech::PersonIsComing);
    }
    let held = std::mem::take(&mut making.conversation.burst).join(" ");
    let before = match (&making.conversation.stage, &making.conversation.last_asked) {
        (Stage::Clarifying { question, .. }, _) => question.clone(),
        (_, Some(asked)) if making.now().since(asked.at) <= making.context.policy.follow_up => {
            asked.question.clone()
        }
        _ => String::new(),
    };
    let question = if held.is_empty() { before } else { held };
    let matches = if question.is_empty() {
        Vec::new()
    } else {
        understand::read(making, std::slice::from_ref(&question)).remove(0).matches
    };
    escalate::escalate(making, Why::Asked, &question, matches, &Speech::CallingPerson, &[]);
}

/// The chat was opened, perhaps by a link to an entry.
fn started(making: &mut Making<'_>, entry: Option<&EntryId>) {
    let known = entry.and_then(|id| making.entry(id)).map(|entry| entry.id.clone());
    match (known, &making.conversation.stage) {
        (Some(id), _) => chosen(making, &id),
        (None, Stage::WithStaff(_)) => making.say(&Speech::PersonIsComing),
        (None, Stage::Open | Stage::Clarifying { .. }) => menu::welcome(making),
    }
}

/// The customer changed a message: staff see it changed; a question that waits in the burst is read as it is now, and
/// one that got no answer it wanted is asked anew.
fn edited(making: &mut Making<'_>, message: &MessageId, words: &Said) {
    let new = shortened(&words.text, Conversation::LINE_LENGTH);
    let transcript = &mut making.conversation.transcript;
    let newest = transcript.iter().rposition(|line| line.speaker == Speaker::Customer);
    let Some(position) = transcript.iter().position(|line| line.message.as_ref() == Some(message)) else {
        return;
    };
    let old = std::mem::replace(&mut transcript[position].text, new.clone());
    if old == new {
        return;
    }
    if let Stage::WithStaff(_) = making.conversation.stage {
        return escalate::amend_for_staff(making, message, words);
    }
    let burst = &mut making.conversation.burst;
    if let Some(piece) = burst.iter_mut().find(|piece| **piece == old) {
        piece.clone_from(&words.text);
        return;
    }
    let asks_anew = newest == Some(position) && !words.text.trim().is_empty();
    if asks_anew {
        let readings = understand::read(making, std::slice::from_ref(&words.text));
        let same = readings.iter().all(|reading| {
            making
                .conversation
                .last_asked
                .as_ref()
                .is_some_and(|asked| reading.answer() == Some(&asked.entry))
        });
        if !same {
            respond(making, readings);
        }
    }
}

/// The customer took a message back: it is forgotten here, and staff see that it is gone.
fn deleted(making: &mut Making<'_>, message: &MessageId) {
    let transcript = &mut making.conversation.transcript;
    let Some(position) = transcript.iter().position(|line| line.message.as_ref() == Some(message)) else {
        return;
    };
    let line = transcript.remove(position);
    if let Some(line) = line {
        making.conversation.burst.retain(|piece| *piece != line.text);
    }
    if let Stage::WithStaff(_) = making.conversation.stage {
        escalate::withdraw_for_staff(making, message);
    }
}
