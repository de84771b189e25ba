//! A turn in the making: the conversation as it becomes, and what should be done.

use crate::faq::{Entry, EntryId, Firm, Use};
use crate::matcher::Audience;
use crate::text::Language;
use crate::time::Timestamp;

use super::action::{
    Action, Button, ButtonPress, Count, Delivery, Gap, GapKind, Message, Part, Post, Recipient,
};
use super::clean::{self, shortened};
use super::conversation::{Conversation, Line, Speaker};
use super::event::{Event, Press, Reminder};
use super::names::{MessageId, Place, TicketId};
use super::speech::Speech;
use super::turn::Turn;
use super::{Context, wording};

/// A turn in the making.
pub(super) struct Making<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) conversation: Conversation,
    heard: &'a MessageId,
    actions: Vec<Action>,
    wake: Option<(Timestamp, Reminder)>,
    erased: bool,
}

impl<'a> Making<'a> {
    pub(super) fn new(context: &'a Context<'a>, conversation: Conversation, event: &'a Event) -> Self {
        Self { context, conversation, heard: &event.message, actions: Vec::new(), wake: None, erased: false }
    }

    pub(super) fn into_turn(self) -> Turn {
        let Self { conversation, heard, actions, wake, erased, .. } = self;
        if erased {
            let version = conversation.version;
            let forgotten = Conversation { version, ..Conversation::new(conversation.id) };
            return Turn { heard: heard.clone(), conversation: forgotten, actions, wake: None };
        }
        Turn { heard: heard.clone(), conversation, actions, wake }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.context.now
    }

    pub(super) fn firm(&self) -> &'a Firm {
        &self.context.index.faq().firm
    }

    /// The language that the customer is spoken to in.
    pub(super) fn language(&self) -> Language {
        let firm = self.firm();
        let app = self.conversation.customer.as_ref().and_then(|customer| customer.app_language);
        let among_ours = |language: &Language| firm.languages.contains(language);
        self.conversation
            .language
            .or(app.filter(among_ours))
            .or_else(|| firm.languages.first().copied())
            .unwrap_or(Language::EN)
    }

    /// The language that staff and owner are spoken to in: the firm's first.
    pub(super) fn staff_language(&self) -> Language {
        self.firm().languages.first().copied().unwrap_or(Language::EN)
    }

    /// To whom an answer would go.
    pub(super) fn audience(&self) -> Audience {
        Audience {
            channel: self.conversation.id.channel(),
            now: self.context.now,
            language: Some(self.language()).filter(|_| self.conversation.language.is_some()),
        }
    }

    /// The entry `id` in the customer's language, if it may be given to them now.
    pub(super) fn entry(&self, id: &EntryId) -> Option<&'a Entry> {
        let entry = self.context.index.entry(id, self.language())?;
        let fits = entry.season.contains(self.context.now)
            && entry.channels.include(self.conversation.id.channel())
            && entry.used == Use::Customers;
        fits.then_some(entry)
    }

    /// The customer's name, as it can be shown.
    pub(super) fn customer_name(&self) -> String {
        self.conversation.customer.as_ref().map_or_else(String::new, |customer| customer.name.clone())
    }

    /// `speech` in the customer's language.
    pub(super) fn part(&self, speech: &Speech) -> Part {
        wording::part(speech, self.language(), self.firm())
    }

    /// `speech` in the staff's language.
    pub(super) fn staff_part(&self, speech: &Speech) -> Part {
        wording::part(speech, self.staff_language(), self.firm())
    }

    /// A moment in words, in the customer's language.
    pub(super) fn moment(&self, then: Timestamp) -> String {
        let firm = self.firm();
        wording::moment(firm.local(then), firm.local(self.now()), self.language())
    }

    /// A moment in words, in the staff's language.
    pub(super) fn staff_moment(&self, then: Timestamp) -> String {
        let firm = self.firm();
        wording::moment(firm.local(then), firm.local(self.now()), self.staff_language())
    }

    /// A button for the customer with our words on it.
    pub(super) fn button(&self, speech: &Speech, press: Press) -> Button {
        labelled(&wording::say(speech, self.language(), self.firm()), ButtonPress::Customer(press))
    }

    /// A button for staff with our words on it.
    pub(super) fn staff_button(&self, speech: &Speech, press: ButtonPress) -> Button {
        labelled(&wording::say(speech, self.staff_language(), self.firm()), press)
    }

    /// Says `speech` to the customer, without buttons.
    pub(super) fn say(&mut self, speech: &Speech) {
        let parts = vec![self.part(speech)];
        self.tell_customer(Message { parts, ..Message::default() });
    }

    /// Sends `message` to the customer; the first one ever is introduced. Remembers its buttons and its words.
    pub(super) fn tell_customer(&mut self, message: Message) {
        let text = told(&message);
        self.show_customer(message);
        self.remember(Speaker::Bot, &text, None);
    }

    /// The same, but its words are not remembered: they are about what is remembered.
    pub(super) fn show_customer(&mut self, mut message: Message) {
        let Some(place) = self.customer_place() else { return };
        if !self.conversation.introduced {
            self.conversation.introduced = true;
            message.parts.insert(0, self.part(&Speech::Introduction));
        }
        self.conversation.buttons.clone_from(&message.buttons);
        self.deliver(Recipient::Customer(place), Post::say(message));
    }

    /// Passes somebody's words on to the customer, so that later changes can follow.
    pub(super) fn relay_to_customer(&mut self, message: Message, relays: MessageId) {
        let Some(place) = self.customer_place() else { return };
        self.conversation.buttons.clear();
        self.deliver(Recipient::Customer(place), Post::Say { message, relays: Some(relays) });
    }

    /// Says `speech` to the staff in a ticket's place.
    pub(super) fn say_to_staff(&mut self, ticket: TicketId, speech: &Speech) {
        let parts = vec![self.staff_part(speech)];
        self.deliver(Recipient::Ticket(ticket), Post::say(Message { parts, ..Message::default() }));
    }

    pub(super) fn deliver(&mut self, to: Recipient, post: Post) {
        self.actions.push(Action::Deliver(Delivery { to, post }));
    }

    pub(super) fn act(&mut self, action: Action) {
        self.actions.push(action);
    }

    pub(super) fn count(&mut self, count: Count) {
        self.actions.push(Action::Count(count));
    }

    /// A question for the owner's gap list.
    pub(super) fn note_gap(&mut self, question: &str, kind: GapKind, nearest: Option<EntryId>) {
        if question.is_empty() {
            return;
        }
        let gap = Gap {
            question: shortened(question, Conversation::LINE_LENGTH),
            language: self.language(),
            at: self.now(),
            kind,
            nearest,
            conversation: self.conversation.id.clone(),
        };
        self.act(Action::NoteGap(gap));
    }

    /// All that is stored about this conversation goes, what this turn has made of it as well.
    pub(super) fn erase(&mut self) {
        self.erased = true;
        self.actions.push(Action::Erase);
    }

    pub(super) fn wake(&mut self, at: Timestamp, reminder: Reminder) {
        self.wake = Some((at, reminder));
    }

    pub(super) fn has_wake(&self) -> bool {
        self.wake.is_some()
    }

    pub(super) fn customer_place(&self) -> Option<Place> {
        self.conversation.customer.as_ref().map(|customer| customer.place.clone())
    }

    /// Adds a line to the transcript; a long one is cut, old ones drop out.
    pub(super) fn remember(&mut self, speaker: Speaker, text: &str, message: Option<MessageId>) {
        if text.is_empty() {
            return;
        }
        let text = shortened(text, Conversation::LINE_LENGTH);
        let transcript = &mut self.conversation.transcript;
        transcript.push_back(Line { speaker, text, at: self.context.now, message });
        let size = |line: &Line| line.text.len();
        let mut sum: usize = transcript.iter().map(size).sum();
        while Conversation::LINES < transcript.len() || (TRANSCRIPT < sum && 1 < transcript.len()) {
            sum -= transcript.pop_front().as_ref().map_or(0, size);
        }
    }
}

/// Most bytes of text that a transcript holds: a conversation stays far below what a store's value may have.
const TRANSCRIPT: usize = 20_000;

/// A button; a long label is cut.
pub(super) fn labelled(label: &str, press: ButtonPress) -> Button {
    Button { label: shortened(label, clean::LABEL), press }
}

impl Message {
    /// A message of the bot's or the owner's words, in Markdown.
    #[must_use]
    pub fn markdown(text: impl Into<String>) -> Self {
        Self { parts: vec![Part::Markdown(text.into())], ..Self::default() }
    }

    /// All its words, without buttons: parts one below the other.
    #[must_use]
    pub fn plain_text(&self) -> String {
        let parts: Vec<&str> = self
            .parts
            .iter()
            .map(|part| match part {
                Part::Markdown(text) | Part::Literal(text) => text.as_str(),
            })
            .collect();
        parts.join("\n\n")
    }
}

impl Post {
    /// A new message that passes nothing on.
    #[must_use]
    pub fn say(message: Message) -> Self {
        Self::Say { message, relays: None }
    }
}

/// What stands in the transcript of a message: its words, and what it offers where it asks back.
fn told(message: &Message) -> String {
    let words = message.plain_text();
    let is_choice = |button: &&Button| matches!(button.press, ButtonPress::Customer(Press::Entry(_)));
    let asks_back =
        message.buttons.iter().any(|button| button.press == ButtonPress::Customer(Press::NoneOfThese));
    if !asks_back {
        return words;
    }
    let offered: Vec<&str> =
        message.buttons.iter().filter(is_choice).map(|button| button.label.as_str()).collect();
    format!("{words} {}", offered.join(" / "))
}
