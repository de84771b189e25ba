//! The door for `fuzz/`: an update as it came -> what is heard; words -> what Telegram is sent. It is there in builds
//! with `--cfg fuzzing` alone; everything that waits for the network is left out.

use crate::channel::Heard;
use crate::desk::{Company, Message};

use super::address::Address;
use super::compose::{Content, TEXT, compose};
use super::entities::entities;
use super::hear::{Ears, Manner};
use super::update;

/// What is heard of an update.
#[must_use]
pub fn heard(json: &str) -> Vec<Heard> {
    let ears = Ears {
        me: 4242,
        username: "TestBot".to_owned(),
        groups: [-1001].into(),
        staff: Some(Address::chat(-1002)),
    };
    let Some(update) = update::read(json).ok().or_else(|| update::number_only(json)) else {
        return Vec::new();
    };
    let _ = update.lane();
    let change = Manner::Rewrote { update: update.number };
    let messages = [
        (&update.message, Manner::Wrote),
        (&update.business_message, Manner::Wrote),
        (&update.edited_message, change),
        (&update.edited_business_message, change),
    ];
    let mut heard: Vec<Heard> = messages
        .into_iter()
        .filter_map(|(message, manner)| ears.message(message.as_ref()?, manner))
        .collect();
    heard.extend(update.deleted_business_messages.iter().flat_map(|gone| Ears::deleted(gone, update.number)));
    heard.extend(update.callback_query.iter().filter_map(|query| ears.press(query)));
    heard
}

/// The texts of a message as Telegram is sent them, each with its stretches (offset and length in UTF-16 units).
#[must_use]
pub fn sent(message: &Message) -> Vec<(String, Vec<(usize, usize)>)> {
    let pieces = [Company::Alone, Company::AmongOthers].map(|company| compose(message, TEXT, company));
    let texts = pieces.into_iter().flatten().filter_map(|piece| match piece.content {
        Content::Text(rich) => Some(rich),
        _ => None,
    });
    let stretches = |rich| {
        let (text, entities) = entities(&rich);
        (text, entities.iter().map(|entity| (entity.offset, entity.length)).collect())
    };
    texts.map(stretches).collect()
}
