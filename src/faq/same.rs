//! Is that the same question? Without case, punctuation and spare white space, and fast enough for a million of them.

/// Whether `a` and `b` ask the same in the same words.
pub(super) fn is_same(a: &str, b: &str) -> bool {
    letters(a).eq(letters(b))
}

/// A number that is equal for the same questions, and nearly always another for others; `None` for a text without words.
pub(super) fn fingerprint(text: &str) -> Option<u64> {
    // FNV-1a, letter by letter: no memory is taken, which counts more here than how well the bits are mixed.
    let mut hash = FNV_OFFSET;
    let mut add = |c: char| hash = (hash ^ u64::from(c)).wrapping_mul(FNV_PRIME);
    let (mut in_word, mut begun) = (false, false);
    for c in text.chars() {
        if !c.is_alphanumeric() {
            in_word = false;
            continue;
        }
        if !in_word && begun {
            add(' ');
        }
        (in_word, begun) = (true, true);
        if c.is_ascii() {
            add(c.to_ascii_lowercase());
        } else {
            c.to_lowercase().for_each(&mut add);
        }
    }
    begun.then_some(hash)
}

const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

/// Whatever is equal among the fingerprints of `texts`: the indices of each group, in order, groups of one left out.
pub(super) fn groups<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<Vec<usize>> {
    let mut prints: Vec<(u64, usize)> =
        texts.enumerate().filter_map(|(index, text)| Some((fingerprint(text)?, index))).collect();
    prints.sort_unstable();
    let groups = prints.chunk_by(|(a, _), (b, _)| a == b).filter(|group| 1 < group.len());
    groups.map(|group| group.iter().map(|&(_, index)| index).collect()).collect()
}

/// The words in small, letter by letter, each with a space behind it.
fn letters(text: &str) -> impl Iterator<Item = char> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.flat_map(|word| word.chars().flat_map(char::to_lowercase).chain([' ']))
}
