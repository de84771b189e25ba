//! A platform as customers and staff see it: places with messages in them. It refuses, is slow, and loses receipts.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use deskbell::channel::{Channel, DeliverError, Parcel};
use deskbell::desk::{Button, MessageId, Place, Post, Receipt};
use deskbell::faq::ChannelKind;
use futures::future::BoxFuture;

use super::random::Random;

/// A platform.
pub(super) struct Platform {
    kind: ChannelKind,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    random: Random,
    /// Whether deliveries may fail now.
    faulty: bool,
    next: u64,
    places: BTreeMap<String, Vec<Shown>>,
    /// What was delivered by number, for a platform that drops doubles.
    delivered: BTreeMap<u64, Receipt>,
    /// Receipts that were lost on their way, by number.
    lost: BTreeMap<u64, u32>,
    faults: u64,
}

/// A message that stands in a place.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    pub(super) message: MessageId,
    /// The number of the delivery that brought it.
    pub(super) number: u64,
    pub(super) text: String,
    pub(super) buttons: Vec<Button>,
    pub(super) withdrawn: bool,
}

impl Platform {
    pub(super) fn new(kind: ChannelKind, random: Random) -> Self {
        let state = State {
            random,
            faulty: true,
            next: 1,
            places: BTreeMap::new(),
            delivered: BTreeMap::new(),
            lost: BTreeMap::new(),
            faults: 0,
        };
        Self { kind, state: Mutex::new(state) }
    }

    /// Discord knows a message by its nonce, Telegram doesn't.
    fn drops_doubles(&self) -> bool {
        self.kind == ChannelKind::Discord
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on everything arrives.
    pub(super) fn heal(&self) {
        self.state().faulty = false;
    }

    pub(super) fn faults(&self) -> u64 {
        self.state().faults
    }

    /// What stands in a place.
    pub(super) fn shown(&self, address: &str) -> Vec<Shown> {
        self.state().places.get(address).cloned().unwrap_or_default()
    }

    /// All places.
    pub(super) fn places(&self) -> Vec<String> {
        self.state().places.keys().cloned().collect()
    }

    /// How often the receipt of this delivery was lost.
    pub(super) fn lost(&self, number: u64) -> u32 {
        self.state().lost.get(&number).copied().unwrap_or(0)
    }
}

impl State {
    fn put(&mut self, parcel: &Parcel, place: &str) -> Receipt {
        let message = match &parcel.post {
            Post::Say { message, .. } => message.clone(),
            Post::OpenTicket { title, card } => {
                let mut card = card.clone();
                card.parts.insert(0, deskbell::desk::Part::Literal(title.clone()));
                card
            }
            Post::Amend { message, .. } => {
                let changed: Vec<MessageId> =
                    parcel.earlier.iter().flat_map(|one| one.messages.clone()).collect();
                for shown in
                    self.places.values_mut().flatten().filter(|shown| changed.contains(&shown.message))
                {
                    shown.text = message.plain_text();
                }
                return receipt(self.kind_place(place, parcel), changed);
            }
            Post::Withdraw { .. } => {
                let gone: Vec<MessageId> =
                    parcel.earlier.iter().flat_map(|one| one.messages.clone()).collect();
                for shown in self.places.values_mut().flatten().filter(|shown| gone.contains(&shown.message))
                {
                    shown.withdrawn = true;
                    shown.text.clear();
                }
                return receipt(self.kind_place(place, parcel), gone);
            }
            Post::MarkTicket { .. } => return receipt(self.kind_place(place, parcel), Vec::new()),
        };
        let id = MessageId(format!("m{}", self.next));
        self.next += 1;
        self.places.entry(place.to_owned()).or_default().push(Shown {
            message: id.clone(),
            number: parcel.number,
            text: message.plain_text(),
            buttons: message.buttons,
            withdrawn: false,
        });
        receipt(self.kind_place(place, parcel), vec![id])
    }

    fn kind_place(&self, address: &str, parcel: &Parcel) -> Place {
        Place { channel: parcel.to.channel, address: address.to_owned() }
    }
}

fn receipt(place: Place, messages: Vec<MessageId>) -> Receipt {
    Receipt { place, messages }
}

impl Channel for Platform {
    fn kind(&self) -> ChannelKind {
        self.kind
    }

    fn deliver<'a>(&'a self, parcel: &'a Parcel) -> BoxFuture<'a, Result<Receipt, DeliverError>> {
        Box::pin(async move {
            let pause = {
                let mut state = self.state();
                Duration::from_millis(20 + state.random.below(300))
            };
            tokio::time::sleep(pause).await;
            let mut state = self.state();
            if state.faulty && state.random.chance(12) {
                state.faults += 1;
                let seconds = 1 + state.random.below(5);
                return Err(match state.random.below(2) {
                    0 => DeliverError::RetryAfter(Duration::from_secs(seconds)),
                    _ => DeliverError::Unreachable("502".to_owned()),
                });
            }
            if self.drops_doubles()
                && let Some(receipt) = state.delivered.get(&parcel.number)
            {
                return Ok(receipt.clone());
            }
            let place = match &parcel.post {
                Post::OpenTicket { .. } => format!("{}/{}", parcel.to.address, parcel.number),
                _ => parcel.to.address.clone(),
            };
            let receipt = state.put(parcel, &place);
            state.delivered.insert(parcel.number, receipt.clone());
            if state.faulty && state.random.chance(4) {
                state.faults += 1;
                *state.lost.entry(parcel.number).or_default() += 1;
                return Err(DeliverError::Unreachable("connection reset".to_owned()));
            }
            Ok(receipt)
        })
    }
}
