//! deskbell answers customers' questions on chat channels from files that the owner writes, and calls a person
//! when it is not sure. The rooms, in reading order:
//!
//! - [`time`]: moments as values; nobody in here reads a clock
//! - [`text`]: how people type
//! - [`faq`]: what the owner wrote
//! - [`encoder`]: a sentence -> a vector
//! - [`matcher`]: which entry is meant, and how sure are we
//! - [`advice`]: what an owner could add
//! - [`desk`]: the conversation, a pure function
//! - [`store`]: the one door to disk
//! - [`channel`]: the wires
//! - [`runtime`]: the hands, all that waits
//! - [`config`] and [`cli`]: what the owner types
//!
//! `ARCHITECTURE.md` is the map, with the rules that the tests hold.

pub mod time;
pub mod text;
pub mod faq;
pub mod encoder;
pub mod matcher;
pub mod advice;
pub mod desk;
pub mod store;
pub mod channel;
pub mod runtime;
pub mod config;
pub mod cli;
