//! The door for `fuzz/`: an event as it came -> what is heard; words -> what Discord is sent. It is there in builds
//! with `--cfg fuzzing` alone; everything that waits for the network is left out.

use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde_json::Value;
use serenity::all::Interaction;

use crate::channel::{Heard, Memory, NotTaken};
use crate::desk::Message;

use super::body::Body;
use super::events::{self, Addressee};
use super::hear::{self, Told};
use super::interact;
use super::notes::Notes;
use super::places::Places;
use super::settings::{AnswersIn, Known};

/// The bot.
const BOT: u64 = 4242;

/// What is heard of an event called `name`.
#[must_use]
pub fn heard(name: &str, data: Value) -> Option<Heard> {
    let places = Places::new(Known {
        channels: vec![(101, AnswersIn::Place), (102, AnswersIn::PrivateThread)],
        forums: vec![(103, None)],
        staff_channel: Some(104),
    });
    let notes = Notes::new(Arc::new(NoMemory));
    match name {
        "INTERACTION_CREATE" => {
            let plan = match events::interaction(data).ok()? {
                Interaction::Component(pressed) => interact::component(&places, &notes, &pressed),
                Interaction::Command(called) => interact::command(&places, &notes, &called),
                Interaction::Modal(sent) => interact::form(&places, &notes, &sent),
                _ => return None,
            };
            let hearing = plan.hearing?;
            Some(hearing.routed.heard(plan.ticket.id.to_string(), hearing.author, hearing.act))
        }
        "CHANNEL_CREATE" | "THREAD_CREATE" => {
            places.learn(&data);
            None
        }
        _ => {
            let written = events::written(data, BOT).ok()??;
            let spot = places.spot_now(written.guild.is_some(), written.channel);
            let told = Told {
                channel: written.channel,
                message: written.id,
                user: super::address::id(&written.author.id)?,
                to_bot: written.to == Addressee::Bot,
                to_other: written.to == Addressee::Other,
            };
            let routed = hear::route(spot, told, &notes)?;
            let is_changed = name == "MESSAGE_UPDATE";
            Some(if is_changed { hear::rewrote(&written, routed) } else { hear::wrote(&written, routed) })
        }
    }
}

/// The texts of a message as Discord is sent them.
#[must_use]
pub fn sent(message: &Message) -> Vec<String> {
    Body::of(message, "Choose").iter().map(|body| body.content().to_owned()).collect()
}

struct NoMemory;

impl Memory for NoMemory {
    fn recall<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Option<String>> {
        futures::future::ready(None).boxed()
    }

    fn remember<'a>(&'a self, _: &'a str, _: String) -> BoxFuture<'a, Result<(), NotTaken>> {
        futures::future::ready(Ok(())).boxed()
    }
}
