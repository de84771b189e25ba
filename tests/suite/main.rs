//! One test program: each one links every crate anew.
mod dialogues;
mod encoder;
mod faq_files;
mod faq_files_good;
mod faq_files_hours;
mod faq_files_random;
mod commands;
mod matching;
mod rooms;
mod text;
mod stores;
mod simulation;
