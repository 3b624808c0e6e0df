//! What a running evaluation consists of.

use crate::memory::{Fault, Memory, Pointer, StackMark};
use kiln_air::Panic;
use kiln_types::arith::ArithError;

/// Registers an instruction can name.
pub(crate) const WINDOW: usize = 256;

/// The registers of one frame.
pub(crate) type Window = [u64; WINDOW];

/// A function that is running, or waits for one it called.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Frame {
    /// The function.
    pub(crate) func: u32,
    /// The instruction to go on with; of a caller, the one after the call.
    pub(crate) pc: u32,
    /// Where its registers begin.
    pub(crate) base: u32,
    /// Where its memory begins.
    pub(crate) memory: u32,
    /// What memory was in use before it.
    pub(crate) mark: StackMark,
}

/// Registers, frames and memory.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) registers: Vec<u64>,
    /// Callers, outermost first.
    pub(crate) callers: Vec<Frame>,
    pub(crate) current: Frame,
    pub(crate) memory: Memory,
    /// Constants in memory by their number; 0 if not there yet.
    pub(crate) consts: Vec<Pointer>,
    /// Instructions executed.
    pub(crate) steps: i64,
    /// At how many instructions the loop is left.
    pub(crate) pause_at: i64,
    /// The most callers there may be.
    pub(crate) max_depth: usize,
}

/// Why the loop was left. But for the first three, the current instruction has not happened.
#[derive(Debug)]
pub(crate) enum Exit {
    /// The outermost function returned; its result is in the first registers.
    Returned,
    /// So many instructions were executed as was asked for.
    Paused,
    /// A function has to be called that has no bytecode.
    Call { func: u32, base: u8 },
    /// A constant is not in memory yet.
    Const(u32),
    /// Something for the owner to do: entry of the function's table.
    Service(u32),
    /// The program panics.
    Panic(Panic),
    /// The program panics with a text: pointer and length.
    PanicText(Pointer, u64),
    /// An operation has no result.
    Arith(ArithError),
    /// The first of the operations that an instruction joins has no result.
    ArithFirst(ArithError),
    /// Memory was misused.
    Fault(Box<Fault>),
    /// What cannot be reached was.
    Unreachable,
    /// Too many calls within each other.
    Depth,
    /// No memory is left for a frame or a constant.
    OutOfMemory,
    /// No memory is left for what the program allocates.
    OutOfHeap,
}

impl State {
    /// The registers from `base` on, which [`State::reserve`] has made room for.
    #[inline(always)]
    pub(crate) fn window(registers: &mut [u64], base: usize) -> &mut Window {
        registers[base..].first_chunk_mut().expect("room for a whole window is kept above every frame")
    }

    /// Makes room for a window and `extra` registers from `base` on.
    #[inline(always)]
    pub(crate) fn reserve(registers: &mut Vec<u64>, base: usize, extra: usize) {
        if registers.len() < base + WINDOW + extra {
            grow(registers, base + WINDOW + extra);
        }
    }
}

#[cold]
fn grow(registers: &mut Vec<u64>, least: usize) {
    registers.resize((registers.len() * 2).max(least).max(4 * WINDOW), 0);
}
