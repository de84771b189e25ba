//! One suite for every store: what the runtime may rely on, whatever keeps the bytes.

mod erasing;
mod house;
mod knowledge;
mod outbox;
mod reports;
mod scene;
mod tickets;
mod turns;

pub(crate) use house::{every_store, wait};
pub(crate) use scene::{TurnScene, at, customer_place, files, id, staff_place, vector_key};
