//! Which parts of the arena are free.
//!
//! Blocks come in sizes of at most a quarter more than asked for; a block given back serves the next of its size.

/// A block of the arena.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Block {
    /// First byte, a multiple of 16.
    pub(super) start: usize,
    /// Just past the last byte of its size class.
    pub(super) end: usize,
    /// Whether it was used before, so that it has to be cleared.
    pub(super) reused: bool,
}

/// Free blocks by size class, and where untouched arena begins.
#[derive(Debug)]
pub(super) struct Blocks {
    free: Vec<Vec<u32>>,
    top: u64,
}

impl Blocks {
    pub(super) fn new() -> Blocks {
        Blocks { free: vec![Vec::new(); 128], top: 16 }
    }

    /// A block of at least `size` bytes; `None` if the arena would pass 4 GiB.
    pub(super) fn take(&mut self, size: u32) -> Option<Block> {
        let (class, rounded) = class(size);
        if let Some(start) = self.free[class].pop() {
            let start = start as usize;
            return Some(Block { start, end: start + rounded as usize, reused: true });
        }
        let end = self.top + rounded;
        if end > u64::from(u32::MAX) {
            return None;
        }
        let start = std::mem::replace(&mut self.top, end) as usize;
        Some(Block { start, end: end as usize, reused: false })
    }

    /// Takes back the block that was taken for `size` bytes.
    pub(super) fn give(&mut self, start: usize, size: u32) {
        self.free[class(size).0].push(start as u32);
    }
}

/// Number and size of the class for `size` bytes: multiples of 16 up to 128, then four steps a doubling.
fn class(size: u32) -> (usize, u64) {
    let size = u64::from(size.max(1));
    if size <= 128 {
        let units = size.div_ceil(16);
        return (units as usize, units * 16);
    }
    let log = (size - 1).ilog2();
    let step = 1u64 << (log - 2);
    let rounded = size.next_multiple_of(step);
    let quarter = (rounded - (1 << log)) / step;
    (((log - 7) * 4 + 8) as usize + quarter as usize, rounded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_grow_with_sizes_and_waste_little() {
        let mut last = (0, 0);
        for size in (1..5000).chain([1 << 20, (1 << 20) + 1, 3 << 20, u32::MAX - 1, u32::MAX]) {
            let (number, rounded) = class(size);
            assert!(rounded >= u64::from(size) && rounded % 16 == 0, "{size} {rounded}");
            assert!(rounded <= u64::from(size) * 5 / 4 + 16, "{size} {rounded}");
            assert!((number, rounded) >= last && number < 128);
            assert_eq!(number == last.0, rounded == last.1, "{size}");
            last = (number, rounded);
        }
    }

    #[test]
    fn blocks_do_not_overlap() {
        let mut blocks = Blocks::new();
        let a = blocks.take(100).unwrap();
        let b = blocks.take(100).unwrap();
        assert!(a.end <= b.start);
        blocks.give(a.start, 100);
        assert_eq!(blocks.take(112), Some(Block { reused: true, ..a }));
        assert!(blocks.take(u32::MAX).is_none());
    }
}
