//! How long the built-in encoder takes for a text, on one core.

use deskbell::encoder::{Encoder, multilingual};
use divan::{Bencher, black_box};

fn main() {
    divan::main();
}

/// About ten words, as most questions have.
const QUESTION: &str = "What happens if my parcel arrives damaged and I am away?";
/// The sort of message that tells a story.
const STORY: &str = "Hello, I ordered the blue jacket two weeks ago, got a mail that it was sent, then nothing for days, \
    and yesterday the neighbour said a driver had been here but left no card. Your hotline told me to write to you. \
    Can I get my money back, or would you send another one before the weekend?";

#[divan::bench(args = ["Delivery", "Where is my parcel?", QUESTION, STORY])]
fn encode(bencher: Bencher, text: &str) {
    let encoder = multilingual();
    bencher.bench(|| encoder.encode(black_box(text)));
}

#[divan::bench]
fn knows(bencher: Bencher) {
    let encoder = multilingual();
    bencher.bench(|| encoder.knows(black_box("Bestellung")));
}
