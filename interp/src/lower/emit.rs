//! Bytecode while it is made: instructions, registers, jumps.

use crate::abi::IN_WINDOW;
use crate::code::{Switch, Tables};
use crate::op::{Op, Pc, Reg};
use kiln_cfg::BlockId;
use kiln_source::{IdxVec, TextRange};

/// Registers that locals leave to single instructions: those of a call's arguments, and as many for computing addresses. What one
/// instruction needs is bounded.
const SCRATCH: usize = 2 * IN_WINDOW as usize;

/// The instructions so far.
pub(super) struct Emit {
    pub(super) ops: Vec<Op>,
    ranges: Vec<TextRange>,
    pub(super) tables: Tables,
    /// Source of what is lowered now.
    pub(super) range: TextRange,
    /// Where each block begins.
    starts: IdxVec<BlockId, Option<Pc>>,
    /// Jumps whose target is the number of a block so far.
    jumps: Vec<usize>,
    /// The last instruction that something may jump over or to: those before are not changed any more.
    barrier: usize,
    taken: [bool; 256],
    scratch: Vec<Reg>,
}

impl Emit {
    pub(super) fn new(blocks: usize) -> Emit {
        Emit {
            ops: Vec::with_capacity(blocks * 8),
            ranges: Vec::with_capacity(blocks * 8),
            tables: Tables::default(),
            range: TextRange::default(),
            starts: (0..blocks).map(|_| None).collect(),
            jumps: Vec::new(),
            barrier: 0,
            taken: [false; 256],
            scratch: Vec::new(),
        }
    }

    /// Appends an instruction.
    pub(super) fn op(&mut self, op: Op) {
        self.ops.push(op);
        self.ranges.push(self.range);
    }

    /// Appends an instruction whose target is a block.
    pub(super) fn jump(&mut self, op: Op) {
        self.jumps.push(self.ops.len());
        self.op(op);
    }

    /// The next instruction is the first of a block.
    pub(super) fn begin(&mut self, block: BlockId) {
        self.starts[block] = Some(self.ops.len() as Pc);
        self.barrier = self.ops.len();
    }

    /// The instruction before, if it may still be changed.
    pub(super) fn last(&mut self) -> Option<&mut Op> {
        if self.ops.len() > self.barrier { self.ops.last_mut() } else { None }
    }

    /// Turns numbers of blocks in jumps and switches into positions.
    pub(super) fn finish(mut self) -> (Box<[Op]>, Box<[TextRange]>, Tables) {
        let starts = self.starts;
        let resolve = |to: &mut Pc| *to = starts[BlockId(*to)].expect("every block that is jumped to is lowered");
        for index in self.jumps {
            resolve(self.ops[index].target_mut().expect("only jumps are noted as jumps"));
        }
        for switch in &mut self.tables.switches {
            match switch {
                Switch::Dense { targets, default, .. } => targets.iter_mut().chain([default]).for_each(resolve),
                Switch::Sparse { cases, default } => {
                    cases.iter_mut().map(|case| &mut case.1).chain([default]).for_each(resolve)
                }
                Switch::Wide { cases, default } => {
                    cases.iter_mut().map(|case| &mut case.1).chain([default]).for_each(resolve)
                }
            }
        }
        (self.ops.into(), self.ranges.into(), self.tables)
    }

    /// Takes a register, or two in a row, for a local; `None` if too few are left.
    pub(super) fn take(&mut self, count: usize) -> Option<Reg> {
        self.find(count, 256 - SCRATCH)
    }

    /// Takes particular registers for a local.
    pub(super) fn take_at(&mut self, reg: Reg, count: usize) {
        self.taken[usize::from(reg)..usize::from(reg) + count].fill(true);
    }

    /// Gives registers of a local back.
    pub(super) fn give(&mut self, reg: Reg, count: usize) {
        self.taken[usize::from(reg)..usize::from(reg) + count].fill(false);
    }

    /// A register until the end of the current instruction.
    pub(super) fn scratch(&mut self) -> Reg {
        self.scratch_row(1)
    }

    /// Registers in a row until the end of the current instruction.
    pub(super) fn scratch_row(&mut self, count: usize) -> Reg {
        let reg =
            self.find(count, 256).expect("an instruction needs a bounded number of registers, which are kept for it");
        self.scratch.extend((0..count).map(|index| reg + index as Reg));
        reg
    }

    /// Registers in a row above all that are in use, for a call's arguments.
    pub(super) fn above(&mut self, count: usize) -> Reg {
        let first = self.taken.iter().rposition(|taken| *taken).map_or(0, |last| last + 1);
        assert!(first + count <= 256, "locals and what an instruction needs leave as many registers as arguments take");
        self.taken[first..first + count].fill(true);
        self.scratch.extend((first..first + count).map(|reg| reg as Reg));
        first as Reg
    }

    /// The end of an instruction: gives scratch registers back.
    pub(super) fn end_instruction(&mut self) {
        self.give_scratch(0);
    }

    /// How many scratch registers are in use.
    pub(super) fn scratch_count(&self) -> usize {
        self.scratch.len()
    }

    /// Gives scratch registers back that were taken since there were `count` of them.
    pub(super) fn give_scratch(&mut self, count: usize) {
        for reg in self.scratch.drain(count..) {
            self.taken[usize::from(reg)] = false;
        }
    }

    /// Keeps a scratch register for a local.
    pub(super) fn keep(&mut self, reg: Reg, count: usize) {
        self.scratch.retain(|scratch| *scratch < reg || usize::from(*scratch) >= usize::from(reg) + count);
        self.take_at(reg, count);
    }

    fn find(&mut self, count: usize, limit: usize) -> Option<Reg> {
        let start = self.taken[..limit].windows(count).position(|row| row.iter().all(|taken| !taken))?;
        self.taken[start..start + count].fill(true);
        Some(start as Reg)
    }
}
