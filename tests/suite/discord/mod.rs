//! Discord: the adapter against a fake Discord on 127.0.0.1.

mod bot;
mod cuts;
mod documents;
pub(crate) mod fake;
mod hearing;
mod interactions;
mod line;
mod rest;
mod saying;
pub(crate) mod shop;
mod troubles;
mod whole;
pub(crate) mod world;
