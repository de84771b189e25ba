//! A text with stretches taken out, that still knows where each byte came from.

use std::ops::Range;

/// What is left of a source after cutting.
#[derive(Debug, Clone, Default)]
pub(super) struct Cut {
    /// What is left.
    pub(super) text: String,
    /// Where each kept stretch begins: in `text`, and in the source.
    pieces: Vec<(usize, usize)>,
}

impl Cut {
    /// `source[kept]` without `cuts`, which are sorted, don't overlap, and lie on character boundaries.
    pub(super) fn new(source: &str, kept: Range<usize>, cuts: &[Range<usize>]) -> Self {
        let mut cut = Self::default();
        let mut from = kept.start;
        for range in cuts {
            cut.keep(source, from..range.start.max(from));
            from = range.end.max(from);
        }
        cut.keep(source, from..kept.end.max(from));
        cut
    }

    fn keep(&mut self, source: &str, range: Range<usize>) {
        if range.is_empty() {
            return;
        }
        self.pieces.push((self.text.len(), range.start));
        self.text.push_str(&source[range]);
    }

    /// Where the byte `offset` of the text stood in the source.
    pub(super) fn source(&self, offset: usize) -> usize {
        let following = self.pieces.partition_point(|&(start, _)| start <= offset);
        match following.checked_sub(1).map(|last| self.pieces[last]) {
            Some((start, source)) => source + (offset - start),
            None => offset,
        }
    }

    /// Where the bytes `range` of the text stood in the source, with whatever was cut out between them.
    pub(super) fn source_range(&self, range: Range<usize>) -> Range<usize> {
        let start = self.source(range.start);
        match range.end.checked_sub(1) {
            // The last byte decides, so that nothing cut out behind it is taken along.
            Some(last) if range.start <= last => start..self.source(last) + 1,
            _ => start..start,
        }
    }
}
