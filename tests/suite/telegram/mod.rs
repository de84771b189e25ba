//! Telegram: the adapter, and the whole bot, against a Telegram in memory.

mod bot;
mod fake;
mod http;
mod incoming;
mod outgoing;
mod presses;
mod spec;
mod webhook;
mod wire;
