//! Sets of small numbers, as rows of one table: a row a block.

use std::ops::Range;

/// Rows of bits, all of one width.
#[derive(Debug)]
pub(crate) struct Table {
    words: usize,
    data: Vec<u64>,
}

impl Table {
    /// `rows` empty sets of numbers below `width`.
    pub fn new(rows: usize, width: usize) -> Table {
        let words = width.div_ceil(64);
        Table { words, data: vec![0; rows * words] }
    }

    pub fn row(&self, index: usize) -> &[u64] {
        &self.data[index * self.words..(index + 1) * self.words]
    }

    /// Adds the numbers of `other` to a row; whether there were new ones.
    pub fn add(&mut self, index: usize, other: &[u64]) -> bool {
        let mut changed = false;
        for (word, other) in self.data[index * self.words..].iter_mut().zip(other) {
            changed |= other & !*word != 0;
            *word |= other;
        }
        changed
    }
}

/// An empty set of numbers below `width`.
pub(crate) fn empty(width: usize) -> Vec<u64> {
    vec![0; width.div_ceil(64)]
}

pub(crate) fn contains(set: &[u64], index: usize) -> bool {
    set[index / 64] & (1 << (index % 64)) != 0
}

/// Calls `f` with each word of the range and the bits of it that belong to the range.
fn masks(range: Range<usize>, mut f: impl FnMut(usize, u64)) {
    let mut at = range.start;
    while at < range.end {
        let word = at / 64;
        let stop = range.end.min((word + 1) * 64);
        let ones = u64::MAX >> (64 - (stop - at));
        f(word, ones << (at % 64));
        at = stop;
    }
}

pub(crate) fn insert(set: &mut [u64], range: Range<usize>) {
    masks(range, |word, mask| set[word] |= mask);
}

pub(crate) fn remove(set: &mut [u64], range: Range<usize>) {
    masks(range, |word, mask| set[word] &= !mask);
}

/// Whether one of the range's numbers is in the set.
pub(crate) fn intersects(set: &[u64], range: Range<usize>) -> bool {
    let mut found = false;
    masks(range, |word, mask| found |= set[word] & mask != 0);
    found
}

/// Whether all of the range's numbers are in the set.
pub(crate) fn covers(set: &[u64], range: Range<usize>) -> bool {
    let mut all = true;
    masks(range, |word, mask| all &= set[word] & mask == mask);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_across_words() {
        let mut set = empty(200);
        insert(&mut set, 60..130);
        assert!(covers(&set, 60..130) && !contains(&set, 59) && !contains(&set, 130));
        assert!(intersects(&set, 129..190) && !intersects(&set, 130..200) && !covers(&set, 59..61));
        remove(&mut set, 64..128);
        assert!(contains(&set, 63) && !intersects(&set, 64..128) && contains(&set, 129));
        assert!(covers(&set, 7..7) && !intersects(&set, 60..60));
    }

    #[test]
    fn rows_grow() {
        let mut table = Table::new(2, 70);
        let mut set = empty(70);
        insert(&mut set, 69..70);
        assert!(table.add(1, &set) && !table.add(1, &set));
        assert!(contains(table.row(1), 69) && !contains(table.row(0), 69));
    }
}
