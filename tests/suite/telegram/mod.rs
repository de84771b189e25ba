//! Telegram: the adapter, and the whole bot, against a Telegram in memory.

mod bot;
mod cuts;
pub(crate) mod fake;
mod guide;
pub(crate) mod http;
mod incoming;
mod outgoing;
mod presses;
pub(crate) mod shop;
mod spec;
mod webhook;
mod whole;
mod wire;
