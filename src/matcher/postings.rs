//! Which documents hold which terms: an inverted file over hashed terms.
//!
//! Terms are 32-bit hashes: two words under one number are about one in a hundred thousand words, and only lend each
//! other a little weight. That keeps 100,000 phrasings with all their letter groups within some 60 MB.

/// Hashed terms -> documents, each with how often it holds the term.
#[derive(Debug, Default)]
pub(super) struct Postings {
    /// Hashes of the terms, ascending.
    terms: Vec<u32>,
    /// Where the documents of a term start in `documents`; one more than terms.
    starts: Vec<u32>,
    documents: Vec<u32>,
    /// How often, at most 255; empty when every count is one.
    counts: Vec<u8>,
}

impl Postings {
    /// The file of these (term, document) pairs; equal pairs are counted.
    pub(super) fn new(mut pairs: Vec<(u32, u32)>) -> Self {
        pairs.sort_unstable();
        let mut postings = Self::default();
        let mut before = None;
        for &(term, document) in &pairs {
            if before == Some((term, document)) {
                if let Some(count) = postings.counts.last_mut() {
                    *count = count.saturating_add(1);
                }
                continue;
            }
            if before.is_none_or(|(other, _)| other != term) {
                postings.terms.push(term);
                postings.starts.push(position(postings.documents.len()));
            }
            postings.documents.push(document);
            postings.counts.push(1);
            before = Some((term, document));
        }
        postings.starts.push(position(postings.documents.len()));
        if postings.counts.iter().all(|&count| count == 1) {
            postings.counts = Vec::new();
        }
        postings.terms.shrink_to_fit();
        postings.starts.shrink_to_fit();
        postings.documents.shrink_to_fit();
        postings.counts.shrink_to_fit();
        postings
    }

    /// The documents that hold `term`, ascending, each with how often it does.
    pub(super) fn of(&self, term: u32) -> impl Iterator<Item = (usize, u8)> {
        let range = match self.terms.binary_search(&term) {
            Ok(at) => self.starts[at] as usize..self.starts[at + 1] as usize,
            Err(_) => 0..0,
        };
        let counts = self.counts.get(range.clone());
        self.documents[range]
            .iter()
            .enumerate()
            .map(move |(at, &document)| (document as usize, counts.map_or(1, |counts| counts[at])))
    }

    /// How many documents hold `term`.
    pub(super) fn holding(&self, term: u32) -> usize {
        match self.terms.binary_search(&term) {
            Ok(at) => (self.starts[at + 1] - self.starts[at]) as usize,
            Err(_) => 0,
        }
    }
}

/// The number that stands for a term (FNV-1a, mixed).
pub(super) fn hash(term: &str) -> u32 {
    let hash = term.bytes().fold(0xCBF2_9CE4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    });
    let mixed = (hash ^ (hash >> 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    u32::try_from(mixed).expect("32 bits are left after the shift")
}

fn position(at: usize) -> u32 {
    u32::try_from(at).expect("fewer than 2^32 postings fit into memory")
}
