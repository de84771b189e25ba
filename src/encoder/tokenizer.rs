//! A text -> pieces: the unigram model of SentencePiece (Kudo 2018), with the normal form that its model brings along.
//!
//! First the text is brought into the form that the model was trained on (mostly Unicode's NFKC; spaces become `▁`, one
//! before each word); then, of all ways to cut it into known pieces, the likeliest is found (Viterbi).

use super::weights::{Weights, word};

/// A number of a piece, that is of a row.
pub(super) type Piece = u32;

const UNKNOWN: Piece = 0;
pub(super) const BEGIN: Piece = 1;
pub(super) const END: Piece = 2;

/// Bytes of the normal form that are looked at; what follows is cut off. A few times what [`MAX_PIECES`] usually need.
const MAX_BYTES: usize = 4096;
/// Pieces of a text that are used, without begin and end; what follows is cut off. About 180 words; the work grows with it.
const MAX_PIECES: usize = 256;

const SPACE: &str = "\u{2581}";

/// The likeliest pieces of `text`, at most [`MAX_PIECES`]; a run of unknown characters is one [`UNKNOWN`]. None at all
/// where no letter or digit belongs to a known piece: strangers' scripts would else resemble each other.
pub(super) fn pieces(weights: &Weights, text: &str) -> Vec<Piece> {
    let normal = normalize(weights, text);
    let cuts = segment(weights, &normal);
    let is_word = |(piece, text): &(Piece, &str)| *piece != UNKNOWN && text.contains(char::is_alphanumeric);
    if !cuts.iter().any(is_word) {
        return Vec::new();
    }
    let mut pieces: Vec<Piece> = cuts.into_iter().map(|(piece, _)| piece).collect();
    pieces.dedup_by(|a, b| *a == UNKNOWN && *b == UNKNOWN);
    pieces.truncate(MAX_PIECES);
    pieces
}

/// Whether `word` is one piece at a word's start, or one of some length that also stands elsewhere.
pub(super) fn is_piece(weights: &Weights, word: &str) -> bool {
    /// Shorter pieces are endings as often as words.
    const WORD: usize = 5;
    let normal = normalize(weights, word);
    let bare = normal.strip_prefix(SPACE).filter(|bare| WORD <= bare.chars().count());
    [Some(normal.as_str()), bare].into_iter().flatten().any(|text| exact(weights, text).is_some())
}

/// The piece that is exactly `text`, in the form in which pieces are written.
fn exact(weights: &Weights, text: &str) -> Option<Piece> {
    weights.pieces.prefixes(text.as_bytes()).find(|(length, _)| *length == text.len()).map(|(_, piece)| piece)
}

/// The normal form, cut off after a character behind [`MAX_BYTES`].
fn normalize(weights: &Weights, text: &str) -> String {
    let mut normal = String::with_capacity(text.len().min(MAX_BYTES) + 16);
    let mut in_word = false;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if MAX_BYTES <= normal.len() {
            break;
        }
        let (length, new) = rewritten(weights, rest).unwrap_or((first.len_utf8(), &rest[..first.len_utf8()]));
        for char in new.chars() {
            if char != ' ' && !in_word {
                normal.push_str(SPACE);
            }
            in_word = char != ' ';
            if in_word {
                normal.push(char);
            }
        }
        rest = &rest[length..];
    }
    normal
}

/// The longest rule for the start of `text`: how many bytes of it are replaced, and by what.
fn rewritten(weights: &Weights, text: &str) -> Option<(usize, &'static str)> {
    let (length, place) = weights.rules.prefixes(text.as_bytes()).last()?;
    weights.texts[place as usize..].split('\0').next().map(|new| (length, new))
}

/// A way to cut the text up to some place: its score, where its last piece starts, and that piece.
#[derive(Clone, Copy)]
struct Cut {
    score: f32,
    start: usize,
    piece: Piece,
}

impl Cut {
    /// Keeps the better of two ways, the older one where they are equal.
    fn offer(&mut self, other: Self) {
        if self.score < other.score {
            *self = other;
        }
    }
}

/// The pieces whose scores add up to the most, each with its text. A character that is no piece is [`UNKNOWN`].
fn segment<'a>(weights: &Weights, text: &'a str) -> Vec<(Piece, &'a str)> {
    let nothing = Cut { score: f32::NEG_INFINITY, start: 0, piece: UNKNOWN };
    let mut cuts = vec![nothing; text.len() + 1];
    cuts[0].score = 0.0;
    for (start, char) in text.char_indices() {
        let so_far = cuts[start].score;
        let mut offer = |length: usize, piece: Piece| {
            let score = so_far + f32::from_bits(word(weights.scores, piece as usize));
            cuts[start + length].offer(Cut { score, start, piece });
        };
        let mut is_known = false;
        for (length, piece) in weights.pieces.prefixes(&text.as_bytes()[start..]) {
            is_known |= length == char.len_utf8();
            offer(length, piece);
        }
        if !is_known {
            offer(char.len_utf8(), UNKNOWN);
        }
    }
    let mut pieces = Vec::new();
    let mut end = text.len();
    while 0 < end {
        let Cut { start, piece, .. } = cuts[end];
        pieces.push((piece, &text[start..end]));
        end = start;
    }
    pieces.reverse();
    pieces
}
