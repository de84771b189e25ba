//! How long the matcher takes: to build, to search, and for a whole question, by the number of phrasings.

use std::fmt::Write as _;
use std::hint::black_box;
use std::sync::{Arc, LazyLock};

use deskbell::faq::{ChannelKind, Faq, RawFile, read};
use deskbell::matcher::{Audience, Index, Query, decide, search};
use deskbell::time::Timestamp;
use divan::Bencher;

fn main() {
    divan::main();
}

/// Phrasings of a small shop, of a firm, and far more than anybody writes.
const SIZES: [usize; 3] = [30, 1_000, 100_000];

#[divan::bench(args = [30, 1_000], sample_count = 5, sample_size = 1)]
fn build(bencher: Bencher, phrasings: usize) {
    let faq = knowledge_base(phrasings);
    bencher.bench(|| Index::build(faq.clone()));
}

/// A question that was not asked before: read, encoded, searched, decided.
#[divan::bench(args = SIZES)]
fn new_question(bencher: Bencher, phrasings: usize) {
    let index = index(phrasings);
    let mut number = 0;
    let next = || {
        number += 1;
        format!("do you stil deliver the red lamp number {number} to my town?")
    };
    bencher.with_inputs(next).bench_local_values(|text| asked(index, &text));
}

/// A new question, read and encoded already.
#[divan::bench(args = SIZES)]
fn search_alone(bencher: Bencher, phrasings: usize) {
    let index = index(phrasings);
    let mut number = 0;
    let next = || {
        number += 1;
        Query::new(index, &format!("how do I clean the blue chair of size {number}?"), audience())
    };
    bencher.with_inputs(next).bench_local_values(|query| search(index, black_box(&query)));
}

#[divan::bench(args = SIZES)]
fn repeated_question(bencher: Bencher, phrasings: usize) {
    let index = index(phrasings);
    bencher.bench(|| asked(index, black_box("can i send the green table back?")));
}

#[divan::bench(args = SIZES)]
fn exact_question(bencher: Bencher, phrasings: usize) {
    let index = index(phrasings);
    let exact = &index.faq().entries[0].phrasings[0].text;
    bencher.bench(|| asked(index, black_box(exact)));
}

fn asked(index: &Index, text: &str) -> deskbell::matcher::Decision {
    decide(&search(index, &Query::new(index, text, audience())), index.thresholds())
}

fn audience() -> Audience {
    Audience { channel: ChannelKind::Console, now: Timestamp::from_millis(1_000_000), language: None }
}

fn index(phrasings: usize) -> &'static Index {
    static ALL: [LazyLock<Index>; 3] = [
        LazyLock::new(|| Index::build(knowledge_base(SIZES[0]))),
        LazyLock::new(|| Index::build(knowledge_base(SIZES[1]))),
        LazyLock::new(|| Index::build(knowledge_base(SIZES[2]))),
    ];
    let at = SIZES.iter().position(|&size| size == phrasings).expect("one of the sizes");
    &ALL[at]
}

/// Entries of three phrasings each, about things of a shop.
fn knowledge_base(phrasings: usize) -> Arc<Faq> {
    const THINGS: [&str; 10] =
        ["lamp", "chair", "table", "bicycle", "tent", "parcel", "voucher", "jacket", "mirror", "shelf"];
    const KINDS: [&str; 10] =
        ["red", "blue", "green", "small", "large", "used", "folding", "wooden", "cheap", "old"];
    const ASKED: [[&str; 3]; 5] = [
        ["How do I clean the", "What removes stains from the", "washing the"],
        ["What does delivery cost for the", "shipping price of the", "How much is it to send the"],
        ["Can I return the", "How do I send back the", "I don't want the"],
        ["How long is the warranty of the", "guarantee for the", "Who repairs the"],
        ["Is there a spare part for the", "Where do I get screws for the", "a piece is missing from the"],
    ];
    let mut page = String::new();
    for entry in 0..phrasings.div_ceil(3) {
        let asked = ASKED[entry % ASKED.len()];
        let thing =
            format!("{} {} {entry}", KINDS[entry / 5 % KINDS.len()], THINGS[entry / 50 % THINGS.len()]);
        let _ = writeln!(
            page,
            "## {} {thing}? {{#e{entry}}}\n> {} {thing}\n> {} {thing}\n\nAsk us about the {thing}. We look it up.\n",
            asked[0], asked[1], asked[2]
        );
    }
    let raw = |path: &str, text: String| RawFile { path: path.to_owned(), content: Ok(text.into_bytes()) };
    let faq = read(vec![raw("business.toml", "name = 'Shop'\nlang = 'en'".to_owned()), raw("faq.md", page)]);
    assert!(faq.is_good(), "{:?}", faq.problems.first());
    Arc::new(faq)
}
