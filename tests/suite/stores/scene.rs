//! Small builders for what a scene needs.

use std::collections::VecDeque;

use deskbell::desk::{
    Action, Company, Conversation, ConversationId, Count, Customer, Delivery, Draft, Gap, GapKind, Line,
    Message, MessageId, Part, Place, Post, Recipient, Reminder, Speaker, Stage, Ticket, TicketId,
    TicketState, Turn,
};
use deskbell::faq::{ChannelKind, Digest, RawFile};
use deskbell::store::{Pending, Store, StoreError, VectorKey};
use deskbell::text::Language;
use deskbell::time::Timestamp;

use super::wait;

/// So many seconds into the story.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_800_000_000_000 + seconds * 1000)
}

/// The conversation of this customer.
pub(crate) fn id(name: &str) -> ConversationId {
    ConversationId::new(ChannelKind::Telegram, name)
}

/// Where a customer is answered.
pub(crate) fn customer_place(name: &str) -> Place {
    Place { channel: ChannelKind::Telegram, address: name.to_owned() }
}

/// A thread of the staff.
pub(crate) fn staff_place(name: &str) -> Place {
    Place { channel: ChannelKind::Discord, address: name.to_owned() }
}

/// A ticket that nobody has claimed.
pub(crate) fn ticket(id: TicketId, question: &str, now: Timestamp) -> Ticket {
    Ticket {
        id,
        opened: now,
        state: TicketState::Waiting,
        question: question.to_owned(),
        guesses: Vec::new(),
        last_answer: None,
        customer_spoke: now,
        staff_spoke: None,
        reminders: 0,
        acknowledged: false,
    }
}

/// Files with these contents.
pub(crate) fn files(contents: &[(&str, &str)]) -> Vec<RawFile> {
    let file = |(path, content): &(&str, &str)| RawFile {
        path: (*path).to_owned(),
        content: Ok(content.as_bytes().to_vec()),
    };
    contents.iter().map(file).collect()
}

/// Names the vector of the `n`-th text.
pub(crate) fn vector_key(n: u8) -> VectorKey {
    VectorKey { encoder: "test-1".to_owned(), text: Digest([n; 32]) }
}

/// A turn under construction.
pub(crate) struct TurnScene {
    turn: Turn,
    now: Timestamp,
}

impl TurnScene {
    /// A turn that begins with the conversation as it is stored.
    pub(crate) fn of(store: &dyn Store, name: &str, heard: &str, now: Timestamp) -> Self {
        let conversation = wait(store.conversation(&id(name))).expect("a conversation");
        Self::from(conversation, heard, now)
    }

    /// A turn that begins with this conversation.
    pub(crate) fn from(mut conversation: Conversation, heard: &str, now: Timestamp) -> Self {
        conversation.touched = now;
        let heard = MessageId(heard.to_owned());
        Self { turn: Turn { heard, conversation, actions: Vec::new(), wake: None }, now }
    }

    /// The customer's words go into the transcript.
    pub(crate) fn customer(mut self, words: &str) -> Self {
        let name = self.turn.conversation.id.key().to_owned();
        self.turn.conversation.customer = Some(Customer {
            id: name.clone(),
            name: format!("Name of {name}"),
            place: customer_place(&name),
            company: Company::Alone,
            app_language: Some(Language::DE),
        });
        let message = Some(self.turn.heard.clone());
        let at = self.now;
        self.line(Line { speaker: Speaker::Customer, text: words.to_owned(), at, message })
    }

    fn line(mut self, line: Line) -> Self {
        let transcript: &mut VecDeque<Line> = &mut self.turn.conversation.transcript;
        transcript.push_back(line);
        while Conversation::LINES < transcript.len() {
            transcript.pop_front();
        }
        self
    }

    /// The bot answers the customer.
    pub(crate) fn say(self, words: &str) -> Self {
        let to = Recipient::Customer(customer_place(self.turn.conversation.id.key()));
        let message = Message { parts: vec![Part::Markdown(words.to_owned())], ..Message::default() };
        self.deliver(to, Post::Say { message, relays: None })
    }

    /// The heard message is passed on to a ticket.
    pub(crate) fn relay(self, ticket: TicketId, words: &str) -> Self {
        let relays = Some(self.turn.heard.clone());
        let message = Message { parts: vec![Part::Literal(words.to_owned())], ..Message::default() };
        self.deliver(Recipient::Ticket(ticket), Post::Say { message, relays })
    }

    /// A ticket is opened.
    pub(crate) fn open(mut self, id: TicketId, question: &str) -> Self {
        self.turn.conversation.stage = Stage::WithStaff(ticket(id, question, self.now));
        let card = Message { parts: vec![Part::Literal(question.to_owned())], ..Message::default() };
        self.deliver(Recipient::Ticket(id), Post::OpenTicket { title: format!("{id}"), card })
    }

    /// The ticket is closed.
    pub(crate) fn close(mut self) -> Self {
        self.turn.conversation.stage = Stage::Open;
        self
    }

    /// Any delivery.
    pub(crate) fn deliver(self, to: Recipient, post: Post) -> Self {
        self.act(Action::Deliver(Delivery { to, post }))
    }

    /// The question goes into the gap list.
    pub(crate) fn gap(self, question: &str) -> Self {
        let gap = Gap {
            question: question.to_owned(),
            language: Language::EN,
            at: self.now,
            kind: GapKind::Unanswered,
            nearest: None,
            conversation: self.turn.conversation.id.clone(),
        };
        self.act(Action::NoteGap(gap))
    }

    /// A draft is saved.
    pub(crate) fn draft(self, question: &str, ticket: TicketId) -> Self {
        let draft = Draft {
            question: question.to_owned(),
            answer: "An answer.".to_owned(),
            language: Language::EN,
            ticket,
            taught_by: "Mona".to_owned(),
            channel: ChannelKind::Discord,
        };
        self.act(Action::SaveDraft(draft))
    }

    /// The report counts.
    pub(crate) fn count(self, count: Count) -> Self {
        self.act(Action::Count(count))
    }

    /// Everything is forgotten.
    pub(crate) fn erase(self) -> Self {
        self.act(Action::Erase)
    }

    /// The conversation's language.
    pub(crate) fn language(mut self, language: Language) -> Self {
        self.turn.conversation.language = Some(language);
        self
    }

    /// The conversation wants to be woken.
    pub(crate) fn wake(mut self, at: Timestamp, reminder: Reminder) -> Self {
        self.turn.wake = Some((at, reminder));
        self
    }

    fn act(mut self, action: Action) -> Self {
        self.turn.actions.push(action);
        self
    }

    /// The finished turn.
    pub(crate) fn turn(self) -> Turn {
        self.turn
    }

    /// Commits it.
    pub(crate) fn commit(self, store: &dyn Store) -> Result<Vec<Pending>, StoreError> {
        wait(store.commit(self.turn, self.now))
    }
}
