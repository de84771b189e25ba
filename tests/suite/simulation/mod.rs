//! The whole bot under one seed: core, store, clock, two platforms, customers, staff, faults, crashes.
//!
//! Everything that could differ between two runs comes from the seed: tokio's clock is paused and moves only when
//! nothing else can happen, one thread runs everything, the store lies in memory and fails when the seed says so, and
//! the platforms refuse, delay, or lose receipts when the seed says so. One seed is one run: `world.rs` makes it,
//! `platform.rs` is what customers and staff see.
//!
//! What must hold after every run, in prose, as [`world::World::judge`] checks it:
//!
//! 1. **Every message is answered or in a ticket.** For each message of a customer that was taken, something was said to
//!    that customer afterwards, or staff see it in a ticket.
//! 2. **Order.** What arrives at one place arrives in the order in which it was decided.
//! 3. **No double reply**, but for a receipt that was lost or a process that was killed in the middle, and never where
//!    the platform drops doubles.
//! 4. **Silence with staff.** What a customer says while people have the conversation reaches these people, and the bot
//!    doesn't answer it.
//! 5. **No cross-customer read.** Nothing that one customer wrote is ever seen by another, or in another's ticket.
//! 6. **Forgotten means gone.** After "forget me" no byte of what the customer wrote is left in the store.
//!
//! `cargo test simulation` runs 400 seeds; `DESKBELL_SEEDS=10000 cargo test --release simulation` as many as you like,
//! and `DESKBELL_SEED=17 cargo test simulation -- --nocapture` replays one and tells what happened.

mod platform;
mod random;
mod world;

use std::env;

/// Seeds in an ordinary run.
const SEEDS: u64 = 400;

#[test]
fn every_seed_keeps_the_promises() {
    if let Some(seed) = number("DESKBELL_SEED") {
        let story = world::run(seed);
        assert!(
            story.broken.is_empty(),
            "seed {seed}: {}\n{}",
            story.broken.join("\n"),
            story.told.join("\n")
        );
        return;
    }
    let seeds = number("DESKBELL_SEEDS").unwrap_or(SEEDS);
    let mut heard = 0;
    let mut faults = 0;
    for seed in 0..seeds {
        let story = world::run(seed);
        heard += story.heard;
        faults += story.faults;
        assert!(
            story.broken.is_empty(),
            "seed {seed}: {}\nreplay with DESKBELL_SEED={seed} cargo test simulation",
            story.broken.join("\n")
        );
    }
    // A simulation in which nothing happens proves nothing.
    assert!(10 * seeds < heard, "only {heard} messages in {seeds} runs");
    assert!(2 * seeds < faults, "only {faults} faults in {seeds} runs");
}

#[test]
fn one_seed_is_one_run() {
    for seed in [1, 2, 3] {
        assert_eq!(world::run(seed).told, world::run(seed).told, "seed {seed}");
    }
}

fn number(name: &str) -> Option<u64> {
    env::var(name).ok()?.parse().ok()
}
