//! Memory of frames: chunks of the arena that are used from the bottom up.

use super::{Memory, OutOfMemory, Pointer};

/// How much of the stack is in use. A frame keeps the mark of its caller and goes back to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct StackMark {
    /// The first byte that is not in use.
    top: u32,
    /// The chunk it is in, counted from 1; 0 before the first frame.
    chunk: u32,
}

/// Chunks in the order of use, each at least twice as large as the one before.
#[derive(Debug, Default)]
pub(super) struct Stack {
    chunks: Vec<(u32, u32)>,
    mark: StackMark,
    /// End of the current chunk.
    end: u32,
}

const FIRST_CHUNK: u64 = 1 << 14;

impl Memory {
    /// Takes `size` bytes (a multiple of 16) for a frame, and says where they are and what to give back.
    #[inline]
    pub(crate) fn push_frame(&mut self, size: u32) -> Result<(usize, StackMark), OutOfMemory> {
        let mark = self.stack.mark;
        if self.stack.end - mark.top < size {
            self.next_chunk(size)?;
        }
        let start = self.stack.mark.top;
        self.stack.mark.top = start + size;
        Ok((start as usize, mark))
    }

    /// Gives the memory of the topmost frame back. Its bytes stay until the next frame.
    #[inline]
    pub(crate) fn pop_frame(&mut self, mark: StackMark) {
        if mark.chunk != self.stack.mark.chunk {
            self.stack.end = match mark.chunk {
                0 => 0,
                chunk => self.stack.chunks[chunk as usize - 1].1,
            };
        }
        self.stack.mark = mark;
    }

    /// Gives the memory of all frames back.
    pub(crate) fn clear_stack(&mut self) {
        self.pop_frame(StackMark::default());
    }

    #[cold]
    fn next_chunk(&mut self, size: u32) -> Result<(), OutOfMemory> {
        let index = self.stack.mark.chunk as usize;
        let known = self.stack.chunks.get(index).copied();
        let chunk = match known {
            Some((start, end)) if end - start >= size => (start, end),
            _ => {
                if let Some((start, end)) = known {
                    self.used -= u64::from(end - start);
                    self.blocks.give(start as usize, end - start);
                }
                let least = self
                    .stack
                    .chunks
                    .get(index.wrapping_sub(1))
                    .map_or(FIRST_CHUNK, |(start, end)| u64::from(end - start) * 2);
                let least = least.min(1 << 24).max(u64::from(size));
                let start = self.take_block(least)? as u32;
                (start, start + least as u32)
            }
        };
        match self.stack.chunks.get_mut(index) {
            Some(place) => *place = chunk,
            None => self.stack.chunks.push(chunk),
        }
        self.stack.mark = StackMark { top: chunk.0, chunk: index as u32 + 1 };
        self.stack.end = chunk.1;
        Ok(())
    }
}

impl Memory {
    /// The pointer in a frame's handle; it is the interpreter's own, so nothing is known of its bytes.
    #[inline(always)]
    pub(crate) fn handle(&self, frame: usize, number: u16) -> u64 {
        let at = frame + usize::from(number) * 8;
        self.data.get(at..at + 8).and_then(<[u8]>::first_chunk).map_or(0, |bytes| u64::from_le_bytes(*bytes))
    }

    /// Sets a handle.
    pub(crate) fn set_handle(&mut self, frame: usize, number: u16, pointer: Pointer) {
        let at = frame + usize::from(number) * 8;
        self.data[at..at + 8].copy_from_slice(&pointer.0.to_le_bytes());
    }
}
