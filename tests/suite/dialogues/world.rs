//! A runtime in small: keeps the conversations, hears every event once, fires the wakes, hands out ticket numbers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use deskbell::desk::{
    self, Action, Context, Conversation, ConversationId, Event, MessageId, Policy, Post, Recipient, Reminder,
    TicketId, Turn, What,
};
use deskbell::matcher::Index;
use deskbell::time::Timestamp;

/// A firm's bot, its customers and its staff.
pub(crate) struct World {
    pub(crate) index: Arc<Index>,
    pub(crate) policy: Policy,
    pub(crate) now: Timestamp,
    conversations: BTreeMap<ConversationId, Conversation>,
    wakes: BTreeMap<ConversationId, (Timestamp, Reminder)>,
    heard: BTreeSet<(ConversationId, MessageId)>,
    /// Whose tickets are whose, closed ones included.
    tickets: BTreeMap<TicketId, ConversationId>,
    /// The newest ticket's number; no number is given twice, even if its ticket is forgotten.
    newest: Option<TicketId>,
    /// What was passed on, by the message that it passes on: the words as they arrived, and each change of them.
    passed_on: BTreeMap<(ConversationId, MessageId), Vec<String>>,
}

impl World {
    pub(crate) fn new(index: Arc<Index>, now: Timestamp) -> Self {
        Self {
            index,
            policy: Policy::default(),
            now,
            conversations: BTreeMap::new(),
            wakes: BTreeMap::new(),
            heard: BTreeSet::new(),
            tickets: BTreeMap::new(),
            newest: None,
            passed_on: BTreeMap::new(),
        }
    }

    /// The conversation as it is stored.
    pub(crate) fn conversation(&self, id: &ConversationId) -> Conversation {
        self.conversations.get(id).cloned().unwrap_or_else(|| Conversation::new(id.clone()))
    }

    /// Changes what is stored before a scene begins.
    pub(crate) fn keep(&mut self, conversation: Conversation) {
        self.conversations.insert(conversation.id.clone(), conversation);
    }

    /// Whose ticket it is.
    pub(crate) fn ticket(&self, id: TicketId) -> Option<&ConversationId> {
        self.tickets.get(&id)
    }

    /// The number of the newest ticket.
    pub(crate) fn newest_ticket(&self) -> Option<TicketId> {
        self.newest
    }

    /// When the conversation will be woken, and why.
    pub(crate) fn wake(&self, id: &ConversationId) -> Option<(Timestamp, Reminder)> {
        self.wakes.get(id).copied()
    }

    /// The forms that the words of `relays` arrived in, newest last; empty when they never did.
    pub(crate) fn passed_on(&self, id: &ConversationId, relays: &MessageId) -> &[String] {
        self.passed_on.get(&(id.clone(), relays.clone())).map_or(&[], Vec::as_slice)
    }

    /// What comes of `event`; `None` when it was heard before.
    pub(crate) fn hear(&mut self, event: &Event) -> Option<Turn> {
        if !self.heard.insert((event.conversation.clone(), event.message.clone())) {
            return None;
        }
        let fresh_ticket = TicketId(self.newest.map_or(1, |TicketId(number)| number + 1));
        let before = self.conversation(&event.conversation);
        let context = Context { index: &self.index, policy: &self.policy, now: self.now, fresh_ticket };
        let again = before.clone();
        let turn = desk::handle(&context, before, event);
        assert_eq!(turn, desk::handle(&context, again, event), "the same turn, made again, is the same");
        self.store(event, &turn);
        Some(turn)
    }

    fn store(&mut self, event: &Event, turn: &Turn) {
        let id = &event.conversation;
        assert_eq!(&turn.conversation.id, id, "a turn is about the conversation that it comes of");
        self.conversations.insert(id.clone(), turn.conversation.clone());
        match turn.wake {
            Some(wake) => self.wakes.insert(id.clone(), wake),
            None => self.wakes.remove(id),
        };
        for action in &turn.actions {
            match action {
                Action::Deliver(delivery) => self.note(id, &delivery.to, &delivery.post),
                Action::Erase => self.forget(id),
                Action::NoteGap(_) | Action::Count(_) | Action::SaveDraft(_) => {}
            }
        }
    }

    fn note(&mut self, id: &ConversationId, to: &Recipient, post: &Post) {
        match (to, post) {
            (Recipient::Ticket(ticket), Post::OpenTicket { .. }) => {
                let other = self.tickets.insert(*ticket, id.clone());
                assert_eq!(other, None, "a ticket's number is given once");
                self.newest = Some(*ticket);
            }
            (_, Post::Say { message, relays: Some(relays) }) => {
                self.passed_on.insert((id.clone(), relays.clone()), vec![message.plain_text()]);
            }
            (_, Post::Amend { message, relays }) => {
                if let Some(forms) = self.passed_on.get_mut(&(id.clone(), relays.clone())) {
                    forms.push(message.plain_text());
                }
            }
            // What is taken back stays here, so that a scene can show what it was.
            (
                _,
                Post::Say { relays: None, .. }
                | Post::Withdraw { .. }
                | Post::OpenTicket { .. }
                | Post::MarkTicket { .. },
            ) => {}
        }
    }

    fn forget(&mut self, id: &ConversationId) {
        self.conversations.remove(id);
        self.wakes.remove(id);
        self.tickets.retain(|_, whose| whose != id);
        self.passed_on.retain(|(whose, _), _| whose != id);
    }

    /// Lets time pass until `then`; the wakes that come in between, each at its moment, with what comes of it.
    pub(crate) fn pass(&mut self, then: Timestamp) -> Vec<(Timestamp, ConversationId, Turn)> {
        let mut turns = Vec::new();
        while let Some((at, id, reminder)) = self.next_wake().filter(|(at, ..)| *at <= then) {
            self.now = self.now.max(at);
            let message = MessageId(format!("wake:{reminder:?}:{}:{}", at.as_millis(), turns.len()));
            let event = Event { conversation: id.clone(), message, what: What::Woke(reminder) };
            self.wakes.remove(&id);
            if let Some(turn) = self.hear(&event) {
                turns.push((self.now, id, turn));
            }
            assert!(turns.len() < 1000, "the bot wakes itself without end");
        }
        self.now = self.now.max(then);
        turns
    }

    fn next_wake(&self) -> Option<(Timestamp, ConversationId, Reminder)> {
        let earliest = self.wakes.iter().min_by_key(|(_, (at, _))| *at);
        earliest.map(|(id, (at, reminder))| (*at, id.clone(), *reminder))
    }
}
