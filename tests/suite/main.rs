//! One test program: each one links every crate anew.
mod matching;
mod text;
mod rooms;
mod stores;
