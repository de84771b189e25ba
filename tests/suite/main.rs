//! One test program: each one links every crate anew.

#![allow(
    unreachable_pub,
    clippy::pedantic,
    clippy::cmp_owned,
    clippy::print_stderr,
    reason = "worlds built for tests"
)]

#[cfg(all(feature = "discord", feature = "telegram"))]
mod across;
#[cfg(feature = "discord")]
#[allow(dead_code, reason = "the fake can do more than is asked of it here")]
mod discord;
#[cfg(any(feature = "discord", feature = "telegram"))]
mod authority;
mod advice;
mod alike;
mod desk_properties;
mod dialogues;
mod encoder;
mod faq_files;
mod faq_files_good;
mod faq_files_hours;
mod faq_files_random;
mod commands;
mod audit;
mod matching;
mod readme;
mod page;
mod rooms;
mod text;
mod vectors;
mod stores;
mod faults;
mod full_disk;
mod health;
mod deploy;
mod exchange;
#[cfg(any(feature = "discord", feature = "telegram"))]
#[allow(dead_code, reason = "one platform alone doesn't need all of it")]
mod house;
mod properties;
mod simulation;
#[cfg(all(feature = "discord", feature = "telegram"))]
mod soak;
#[cfg(feature = "telegram")]
#[allow(dead_code, unused_imports, reason = "the fake can do more than is asked of it here")]
mod telegram;
