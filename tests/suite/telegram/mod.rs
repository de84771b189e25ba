//! Telegram: the adapter, and the whole bot, against a Telegram in memory.

mod bot;
mod fake;
mod http;
mod incoming;
mod outgoing;
mod presses;
mod shop;
mod spec;
mod webhook;
mod whole;
mod wire;
