//! The steps: each is one piece of business, from what the store sees to what it changes. None waits, none reads a
//! clock, and all of them run unchanged over memory and over disk.

pub(super) mod chunks;
pub(super) mod erase;
pub(super) mod faq;
pub(super) mod outbox;
pub(super) mod reports;
pub(super) mod tickets;
pub(super) mod turns;
pub(super) mod vectors;

use super::StoreError;
use super::table::Key;
use super::view::View;

/// The next number of the counter `name`, counted up from 1; it is never given again.
fn next_number(view: &mut View<'_>, name: &str) -> Result<u64, StoreError> {
    let number = peek_number(view, name)?;
    view.put(&Key::meta(name), &(number + 1))?;
    Ok(number)
}

/// The number that the counter `name` would give.
fn peek_number(view: &View<'_>, name: &str) -> Result<u64, StoreError> {
    Ok(view.get(&Key::meta(name))?.unwrap_or(1))
}
