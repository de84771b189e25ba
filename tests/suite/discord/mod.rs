//! Discord: the adapter against a fake Discord on 127.0.0.1.

mod bot;
mod documents;
mod fake;
mod hearing;
mod interactions;
mod rest;
mod saying;
mod troubles;
mod world;
