//! A lowered function: its instructions and the tables they refer to.

use crate::abi::{IN_WINDOW, Pass};
use crate::fold::ScalarOp;
use crate::op::{Op, Pc, Reg};
use kiln_cfg::Local;
use kiln_source::{DeclId, FileId, Span, TextRange};
use kiln_types::arith::Kind;
use kiln_types::{FuncId, TypeId};

/// A function in bytecode. Jumps stay inside, registers are below 256, offsets below [`Code::frame_bytes`].
#[derive(Debug)]
pub(crate) struct Code {
    pub(crate) func: FuncId,
    pub(crate) name: Box<str>,
    pub(crate) file: FileId,
    pub(crate) ops: Box<[Op]>,
    /// Source range of each instruction.
    pub(crate) ranges: Box<[TextRange]>,
    /// Bytes of memory of a frame, a multiple of 16: handles of 8 bytes first, then locals.
    pub(crate) frame_bytes: u32,
    /// Registers a call of the function uses beyond the window (parameters), else 0.
    pub(crate) extra_slots: u32,
    pub(crate) params: Box<[Param]>,
    pub(crate) ret: Pass,
    pub(crate) ret_ty: TypeId,
    pub(crate) tables: Tables,
}

/// How a parameter comes in.
#[derive(Clone, Debug)]
pub(crate) struct Param {
    pub(crate) ty: TypeId,
    pub(crate) pass: Pass,
    /// First register of its argument. In the window, it holds the argument as long as the frame lives.
    pub(crate) slot: u32,
    /// Where its bytes are in the frame, if they are there.
    pub(crate) home: Option<u32>,
    /// Nobody changes what it refers to while the function runs.
    pub(crate) is_shared: bool,
}

impl Param {
    /// Whether its registers are in the window.
    pub(crate) fn is_in_window(&self) -> bool {
        self.slot < IN_WINDOW
    }
}

/// What does not fit an instruction.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    pub(crate) consts: Vec<u64>,
    pub(crate) scalars: Vec<Scalar>,
    pub(crate) switches: Vec<Switch>,
    pub(crate) copies: Vec<CopyPlan>,
    pub(crate) repeats: Vec<RepeatPlan>,
    /// Offsets and sizes in the frame.
    pub(crate) ranges: Vec<(u32, u32)>,
    /// Locals with an allocation; the index is the number of their handle.
    pub(crate) addressed: Vec<Addressed>,
    pub(crate) raws: Vec<RawOp>,
    pub(crate) services: Vec<Service>,
    /// Source of the first of two operations that an instruction joins, by its position, ordered.
    pub(crate) first_ranges: Vec<(Pc, TextRange)>,
}

/// A local whose address is taken.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Addressed {
    pub(crate) local: Local,
    pub(crate) ty: TypeId,
    pub(crate) offset: u32,
    pub(crate) size: u32,
    pub(crate) align: u32,
    /// Lives from the beginning of the frame.
    pub(crate) from_start: bool,
    /// Where the local is written.
    pub(crate) range: TextRange,
}

/// An operation on scalars that has no instruction of its own; operands take one or two registers, as their kind needs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scalar {
    pub(crate) op: ScalarOp,
    /// Kind of the first operand, and of the others unless they are shift amounts.
    pub(crate) kind: Kind,
    /// Kind of the second operand.
    pub(crate) second: Kind,
    /// Kind of the result.
    pub(crate) result: Kind,
    pub(crate) dst: Reg,
    pub(crate) args: [Reg; 3],
}

/// Where bits lead.
#[derive(Debug)]
pub(crate) enum Switch {
    /// By the distance from the lowest case.
    Dense { low: u64, targets: Box<[Pc]>, default: Pc },
    /// By the registers' bits, ordered.
    Sparse { cases: Box<[(u64, Pc)]>, default: Pc },
    /// By the bits of two registers, ordered.
    Wide { cases: Box<[(u128, Pc)]>, default: Pc },
}

/// A place in memory that bytes are copied from or to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum MemRef {
    /// At an offset in the frame.
    Frame(u32),
    /// At as many bytes from an offset in the frame as the register says.
    FrameAt(Reg, u32),
    /// As many bytes behind the pointer in a register.
    Through(Reg, u32),
    /// At the place in a register: bytes of another frame.
    Place(Reg),
}

/// A copy of bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CopyPlan {
    pub(crate) dst: MemRef,
    pub(crate) src: MemRef,
    pub(crate) size: u32,
    pub(crate) align: u32,
}

/// Filling an array with its first element.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RepeatPlan {
    pub(crate) dst: MemRef,
    pub(crate) size: u32,
    pub(crate) count: u32,
    pub(crate) align: u32,
}

/// An operation on memory, in numbers of elements of `size` bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum RawOp {
    Alloc {
        dst: Reg,
        count: Reg,
        ty: TypeId,
        size: u32,
        align: u32,
    },
    Realloc {
        dst: Reg,
        pointer: Reg,
        old: Reg,
        new: Reg,
        ty: TypeId,
        size: u32,
        align: u32,
    },
    Free {
        pointer: Reg,
        count: Reg,
        size: u32,
    },
    CopyMemory {
        dst: Reg,
        src: Reg,
        count: Reg,
        size: u32,
        align: u32,
    },
    /// Addresses of memory are known only where a program runs for real.
    PtrToInt {
        dst: Reg,
        pointer: Reg,
        is_comptime: bool,
    },
    IntToPtr {
        dst: Reg,
        address: Reg,
    },
}

/// What the machine's owner has to do.
#[derive(Clone, Debug)]
pub(crate) enum Service {
    /// Writes text to a stream.
    Write { stream: Reg, text: Reg, len: Reg },
    /// Ends the program.
    Exit { status: Reg },
    /// A system call, which only a native program can make.
    Syscall,
    /// Makes a type.
    MakeType { dst: Reg, decl: DeclId, captures: Box<[(Reg, TypeId)]> },
}

impl Code {
    /// The source of an instruction.
    pub(crate) fn span(&self, pc: usize) -> Span {
        self.ranges.get(pc).copied().unwrap_or_default().in_file(self.file)
    }

    /// The source of the first of the operations that an instruction joins.
    pub(crate) fn first_span(&self, pc: u32) -> Span {
        let firsts = &self.tables.first_ranges;
        let found = firsts.binary_search_by_key(&pc, |first| first.0).map(|index| firsts[index].1.in_file(self.file));
        found.unwrap_or_else(|_| self.span(pc as usize))
    }
}
