//! One test program: each one links every crate anew.
mod dialogues;
mod matching;
mod text;
mod rooms;
