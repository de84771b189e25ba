//! The layout of `multilingual.bin`, and its parts as slices of the program itself: nothing is copied but small vectors.
//!
//! # The file
//!
//! Made by `tools/encoder/build.py`; all numbers are little-endian. After the magic number comes a row of sections, each
//! a `u32` length, that many bytes, and zeros up to the next multiple of four in the file:
//!
//! | section | content |
//! |---|---|
//! | rules | `u32` units of a [`Trie`]: what a character sequence is rewritten to, as a place in the next section |
//! | texts | UTF-8, each ended by a zero byte |
//! | pieces | `u32` units of a [`Trie`]: text of a piece -> its number; `▁` stands for a space |
//! | scores | `f32` a piece: the logarithm of its frequency; that of piece 0 is what an unknown character costs |
//! | groups | 17 × (`f32` step, `f32` rest): the value of a row's symbol `s` is `step * (s - 64) + rest` |
//! | codes | 8 × 128 `u8`: length of each symbol's code in each of the tables, 0 for none; canonical, at most 10 bits |
//! | ends | `u32` a piece: where its row ends in the next section |
//! | rows | per piece one byte, group in the low five bits, table in the high three; then 512 codes, low bits first |
//! | layers | the dense layers and their vectors in the order of [`Layers`] |
//!
//! A dense layer is `u32` outputs, `u32` inputs, `f32` step, then an `i8` for each input of the first output, of the
//! second, and so on; its weights are `step` times these. A vector is `f32`s. Pieces 0, 1 and 2 are unknown, begin, end.

use super::trie::Trie;

static FILE: &[u8] = include_bytes!("multilingual.bin");
const MAGIC: &[u8] = b"DBUSE3\x00\x01";

/// Other layers for the same pieces, in the layout of the section "layers": made by `tools/training/teach.py`.
static SERVICE: &[u8] = include_bytes!("service.bin");
const SERVICE_MAGIC: &[u8] = b"DBLAYER\x01";

/// The lengths of the word sequences that the three branches look at.
pub(super) const ORDERS: [usize; 3] = [2, 3, 5];

/// Bytes of the program, four by four.
pub(super) type Words = &'static [[u8; 4]];

/// All parts of the file.
pub(super) struct Weights {
    pub(super) rules: Trie,
    pub(super) texts: &'static str,
    pub(super) pieces: Trie,
    pub(super) scores: Words,
    pub(super) groups: Vec<f32>,
    pub(super) codes: &'static [u8],
    pub(super) ends: Words,
    pub(super) rows: &'static [u8],
    pub(super) layers: Layers,
}

/// What a piece's row goes through on its way to the sentence's vector.
pub(super) struct Layers {
    /// 512 -> 256 for each branch; bias, gain and shift (layer norm) are for the 768 of all branches.
    pub(super) projections: [Dense; 3],
    pub(super) projection_bias: Vec<f32>,
    pub(super) gain: Vec<f32>,
    pub(super) shift: Vec<f32>,
    /// Order × 256 -> 256, twice for each branch.
    pub(super) convolutions: [[Convolution; 2]; 3],
    /// Layer norm over the 1280 of row and branches.
    pub(super) last_gain: Vec<f32>,
    pub(super) last_shift: Vec<f32>,
    /// 1280 -> 512.
    pub(super) reduce: Dense,
    pub(super) reduce_bias: Vec<f32>,
    /// 512 -> 320 -> 320 with a bypass 512 -> 320, then 320 -> 512 -> 512 with a bypass 320 -> 512.
    pub(super) hidden: Dense,
    pub(super) bypass: Dense,
    pub(super) inner: Dense,
    pub(super) last_hidden: Dense,
    pub(super) last_bypass: Dense,
    pub(super) last_inner: Dense,
}

pub(super) struct Convolution {
    pub(super) dense: Dense,
    pub(super) bias: Vec<f32>,
}

/// An int8 matrix: a row of `inputs` bytes for each output.
pub(super) struct Dense {
    pub(super) outputs: usize,
    pub(super) inputs: usize,
    pub(super) step: f32,
    /// `i8`s in the clothes of `u8`s, as they lie in the program.
    pub(super) weights: &'static [u8],
}

impl Dense {
    /// The sum of each output's weights, in steps.
    pub(super) fn sums(&self) -> Vec<f32> {
        let sum = |row: &[u8]| row.iter().map(|weight| i32::from(weight.cast_signed())).sum::<i32>();
        self.weights.chunks_exact(self.inputs).map(|row| to_f32(sum(row))).collect()
    }
}

/// The nearest `f32`; exact below 2^24.
#[expect(clippy::cast_precision_loss, reason = "sums are rounded to the nearest float on purpose")]
pub(super) fn to_f32(sum: i32) -> f32 {
    sum as f32
}

pub(super) fn word(words: Words, index: usize) -> u32 {
    u32::from_le_bytes(words[index])
}

impl Weights {
    /// The encoder as it was published. Panics only where the file is not one that `tools/encoder/build.py` wrote, which
    /// the first test finds out.
    pub(super) fn original() -> Self {
        let mut sections = Sections { file: FILE, position: MAGIC.len() };
        assert!(FILE.starts_with(MAGIC), "multilingual.bin has another layout: run tools/encoder/build.py");
        let weights = Self {
            rules: Trie::new(sections.words()),
            texts: str::from_utf8(sections.bytes()).expect("replacements are text"),
            pieces: Trie::new(sections.words()),
            scores: sections.words(),
            groups: sections.floats(),
            codes: sections.bytes(),
            ends: sections.words(),
            rows: sections.bytes(),
            layers: sections.layers(),
        };
        assert_eq!(sections.position, FILE.len(), "multilingual.bin has sections that nobody reads");
        weights
    }

    /// The same pieces and rows, with the layers that learnt customer service.
    pub(super) fn taught() -> Self {
        assert!(
            SERVICE.starts_with(SERVICE_MAGIC),
            "service.bin has another layout: run tools/training/teach.py"
        );
        let mut sections = Sections { file: SERVICE, position: SERVICE_MAGIC.len() };
        let weights = Self { layers: sections.layers(), ..Self::original() };
        assert_eq!(sections.position, SERVICE.len(), "service.bin has sections that nobody reads");
        weights
    }
}

/// Walks over a file's sections.
struct Sections {
    file: &'static [u8],
    position: usize,
}

impl Sections {
    fn bytes(&mut self) -> &'static [u8] {
        let (length, rest) =
            self.file[self.position..].split_first_chunk::<4>().expect("a section has a length");
        let length = u32::from_le_bytes(*length) as usize;
        self.position = (self.position + 4 + length).next_multiple_of(4);
        &rest[..length]
    }

    fn words(&mut self) -> Words {
        self.bytes().as_chunks().0
    }

    fn floats(&mut self) -> Vec<f32> {
        self.words().iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
    }

    fn dense(&mut self) -> Dense {
        let section = self.bytes();
        let (head, weights) = section.split_first_chunk::<12>().expect("a layer has a head");
        let [outputs, inputs, step] = [0, 4, 8].map(|i| [head[i], head[i + 1], head[i + 2], head[i + 3]]);
        let dense = Dense {
            outputs: u32::from_le_bytes(outputs) as usize,
            inputs: u32::from_le_bytes(inputs) as usize,
            step: f32::from_le_bytes(step),
            weights,
        };
        assert_eq!(
            dense.outputs * dense.inputs,
            weights.len(),
            "a layer has a weight for each input and output"
        );
        dense
    }

    fn layers(&mut self) -> Layers {
        Layers {
            projections: std::array::from_fn(|_| self.dense()),
            projection_bias: self.floats(),
            gain: self.floats(),
            shift: self.floats(),
            convolutions: std::array::from_fn(|_| std::array::from_fn(|_| self.convolution())),
            last_gain: self.floats(),
            last_shift: self.floats(),
            reduce: self.dense(),
            reduce_bias: self.floats(),
            hidden: self.dense(),
            bypass: self.dense(),
            inner: self.dense(),
            last_hidden: self.dense(),
            last_bypass: self.dense(),
            last_inner: self.dense(),
        }
    }

    fn convolution(&mut self) -> Convolution {
        Convolution { dense: self.dense(), bias: self.floats() }
    }
}
