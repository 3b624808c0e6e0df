//! Copies of whole ranges: bytes, what is known of them, and the pointers in them.

use super::{Memory, POINTER};

impl Memory {
    /// Copies a range of the arena onto another; they may overlap.
    #[inline]
    pub(crate) fn copy(&mut self, to: usize, from: usize, size: usize) {
        self.data.copy_within(from..from + size, to);
        self.shadow.copy_within(from..from + size, to);
        if self.narrow {
            self.copy_serials(to, from, size);
        }
    }

    #[cold]
    fn copy_serials(&mut self, to: usize, from: usize, size: usize) {
        let marks = |at: &usize| self.shadow[to + at] == POINTER;
        let moved: Vec<(usize, u32)> = (0..size)
            .filter(marks)
            .filter_map(|at| Some((at, *self.narrow_serials.get(&((from + at) as u32))?)))
            .collect();
        for (at, serial) in moved {
            self.narrow_serials.insert((to + at) as u32, serial);
        }
    }

    /// Fills `count` elements with copies of the first one, which is there already.
    pub(crate) fn repeat(&mut self, at: usize, size: usize, count: usize) {
        let total = size * count;
        let mut done = size;
        while done < total {
            let step = done.min(total - done);
            self.copy(at + done, at, step);
            done += step;
        }
    }
}
