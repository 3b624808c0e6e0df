//! Bytecode while it is made: instructions, registers, jumps.

use super::fuse::{fuse, fuse_move, has_two_places};
use super::known::{Found, Known};
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
    known: Known,
    /// Blocks that only one jump leads to, from where all that is known stays known.
    entered_once: IdxVec<BlockId, bool>,
    /// What is known at the beginnings of such blocks.
    known_at: IdxVec<BlockId, Option<Known>>,
    /// Registers whose value nothing needs after the current instruction.
    dying: Vec<Reg>,
    /// How many locals and scratch values each register holds.
    users: [u8; 256],
    /// All registers from here on were never used.
    unused: usize,
    scratch: Vec<Reg>,
    /// Where the next register is looked for.
    turn: usize,
    /// What is put into registers at the beginning of the function.
    constants: Vec<(Constant, Reg)>,
    /// No more constants get registers.
    has_all_constants: bool,
    /// Where the lowest window of a call begins: what is there or above is lost with that call.
    lowest_window: usize,
}

/// A constant that loops use.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Constant {
    /// Bits of a scalar.
    Bits(u64),
    /// The pointer to a constant in memory, by its number.
    Pointer(u32),
}

/// How far above the lowest free register others are taken.
const TURN: usize = 12;

/// Registers that constants may take.
const CONSTANTS: usize = 24;

impl Emit {
    pub(super) fn new(blocks: usize, entered_once: IdxVec<BlockId, bool>) -> Emit {
        Emit {
            ops: Vec::with_capacity(blocks * 8),
            ranges: Vec::with_capacity(blocks * 8),
            tables: Tables::default(),
            range: TextRange::default(),
            starts: (0..blocks).map(|_| None).collect(),
            jumps: Vec::new(),
            barrier: 0,
            known: Known::default(),
            entered_once,
            known_at: (0..blocks).map(|_| None).collect(),
            dying: Vec::new(),
            users: [0; 256],
            unused: 0,
            scratch: Vec::new(),
            turn: 0,
            constants: Vec::new(),
            has_all_constants: false,
            lowest_window: usize::MAX,
        }
    }

    /// Gives registers to the constants that the function uses, before any call: see [`Emit::lost_constants`].
    pub(super) fn preset_constants(&mut self, constants: &[Constant]) {
        for constant in constants {
            self.constant(*constant);
        }
        self.has_all_constants = true;
    }

    /// The constants of the function, if one of them got a register that a call lowered before it does not leave alone: the
    /// function is to be lowered again, with these constants first.
    pub(super) fn lost_constants(&self) -> Option<Vec<Constant>> {
        let is_lost = self.constants.iter().any(|(_, reg)| usize::from(*reg) >= self.lowest_window);
        is_lost.then(|| self.constants.iter().map(|(constant, _)| *constant).collect())
    }

    /// Appends an instruction, unless what it computes or checks is known.
    pub(super) fn op(&mut self, op: Op) {
        match self.known.find(op) {
            Some(Found::Checked) => {}
            Some(Found::In(a)) => {
                let mut op = op;
                let dst = *op.dst_mut().expect("what is found in a register was computed");
                self.move_to(dst, a);
            }
            None => self.push(op),
        }
    }

    /// Moves a register to another one.
    pub(super) fn move_to(&mut self, dst: Reg, a: Reg) {
        if dst != a {
            self.push(Op::Move { dst, a });
        }
    }

    /// Appends an instruction of a table, which sets `dst` and the register behind it.
    pub(super) fn table_op(&mut self, op: Op, dst: Reg) {
        self.ops.push(op);
        self.ranges.push(self.range);
        self.known.set(dst);
        self.known.set(dst.wrapping_add(1));
    }

    fn push(&mut self, op: Op) {
        if self.ops.len() > self.barrier && self.join(op) {
            return;
        }
        self.known.add(op);
        self.ops.push(op);
        self.ranges.push(self.range);
    }

    /// Makes the last instruction do what `op` does, too, if there is one that does both.
    fn join(&mut self, op: Op) -> bool {
        let Some(last) = self.ops.last_mut() else { return false };
        // A check joins the access it stands before; that the check holds remains known.
        if let Some(joined) = op.with_check(*last, &mut self.tables.ranges) {
            *last = joined;
            self.known.add(op);
            return true;
        }
        let dies = |reg: Reg| self.dying.contains(&reg) && self.users[usize::from(reg)] <= 1;
        let Some(joined) = fuse(*last, op, dies) else { return false };
        self.dying.clear();
        let gone = std::mem::replace(last, joined).dst_mut().map(|dst| *dst);
        gone.into_iter().for_each(|reg| self.known.set(reg));
        self.known.add(joined);
        let range = self.ranges.last_mut().expect("every instruction has a range");
        let first = std::mem::replace(range, self.range);
        if has_two_places(joined) {
            self.tables.first_ranges.push((self.ops.len() as Pc - 1, first));
        }
        true
    }

    /// Notes that the instruction that is emitted next is the last one that needs a register.
    pub(super) fn dies(&mut self, reg: Reg) {
        self.dying.push(reg);
    }

    /// Makes the last instruction set another register, if it sets `a` and may be changed, and nothing else knows of `a`.
    pub(super) fn retarget(&mut self, a: Reg, dst: Reg) -> bool {
        if self.ops.len() <= self.barrier || self.users[usize::from(a)] > 1 {
            return false;
        }
        let Some(op) = self.ops.last_mut() else { return false };
        match op.dst_mut() {
            Some(set) if *set == a => *set = dst,
            _ => return false,
        }
        let op = *op;
        self.known.set(a);
        self.known.add(op);
        true
    }

    /// Takes a move back that was the last instruction; answers where the value is.
    pub(super) fn take_back_move(&mut self, dst: Reg) -> Option<Reg> {
        match self.ops.last() {
            Some(Op::Move { dst: set, a }) if *set == dst && self.ops.len() > self.barrier => {
                let a = *a;
                self.ops.pop();
                self.ranges.pop();
                Some(a)
            }
            _ => None,
        }
    }

    /// Where a scratch register's value is: in another register, if all the last instruction did was to move it from there.
    pub(super) fn found(&mut self, dst: Reg) -> Reg {
        let Some(a) = self.take_back_move(dst) else { return dst };
        self.users[usize::from(a)] += 1;
        self.scratch.push(a);
        a
    }

    /// Appends an instruction whose target is a block.
    pub(super) fn jump(&mut self, mut op: Op) {
        self.jumps.push(self.ops.len());
        self.op(op);
        if let Some(to) = op.target_mut() {
            self.leads_to(BlockId(*to));
        }
    }

    /// What is known here is known at the beginning of a block, if it can only be reached from here.
    pub(super) fn leads_to(&mut self, block: BlockId) {
        if self.entered_once[block] {
            self.known_at[block] = Some(self.known.clone());
        }
    }

    /// The next instruction is the first of a block.
    pub(super) fn begin(&mut self, block: BlockId) {
        self.starts[block] = Some(self.ops.len() as Pc);
        self.barrier = self.ops.len();
        self.known = self.known_at[block].take().unwrap_or_default();
    }

    /// The register that has a constant as long as the function runs; `None` if there are many already.
    pub(super) fn constant(&mut self, constant: Constant) -> Option<Reg> {
        if let Some((_, reg)) = self.constants.iter().find(|known| known.0 == constant) {
            return Some(*reg);
        }
        if self.has_all_constants || self.constants.len() == CONSTANTS || self.unused >= 256 - SCRATCH {
            return None;
        }
        let reg = self.unused as Reg;
        self.unused += 1;
        self.users[usize::from(reg)] = 1;
        self.constants.push((constant, reg));
        Some(reg)
    }

    /// The instruction that sets a register to bits.
    pub(super) fn bits_op(&mut self, bits: u64, dst: Reg) -> Op {
        if let Ok(imm) = i32::try_from(bits as i64) {
            return Op::Imm { dst, imm };
        }
        let consts = &mut self.tables.consts;
        let index = consts.iter().position(|known| *known == bits).unwrap_or_else(|| {
            consts.push(bits);
            consts.len() - 1
        });
        Op::Const { dst, index: index as u32 }
    }

    /// Makes the last instruction one that jumps, if it may be changed.
    pub(super) fn make_jump(&mut self, with: impl FnOnce(Op) -> Option<Op>) -> bool {
        if self.ops.len() <= self.barrier {
            return false;
        }
        match self.ops.last().copied().and_then(with) {
            Some(op) => {
                // Where it may fail is where the instruction before could.
                self.jumps.push(self.ops.len() - 1);
                self.ops.pop();
                self.ops.push(op);
                self.known.add(op);
                true
            }
            None => false,
        }
    }

    /// Puts the constants before everything else.
    fn insert_constants(&mut self, range: TextRange) {
        let constants = std::mem::take(&mut self.constants);
        let count = constants.len();
        let ops: Vec<Op> = constants
            .into_iter()
            .map(|(constant, dst)| match constant {
                Constant::Bits(bits) => self.bits_op(bits, dst),
                Constant::Pointer(index) => Op::ConstPointer { dst, index },
            })
            .collect();
        self.ops.splice(0..0, ops);
        self.ranges.splice(0..0, std::iter::repeat_n(range, count));
        self.jumps.iter_mut().for_each(|jump| *jump += count);
        self.starts.iter_mut().flatten().for_each(|start| *start += count as Pc);
        self.tables.first_ranges.iter_mut().for_each(|(pc, _)| *pc += count as Pc);
    }

    /// Joins moves with what follows them, and closes the gaps.
    fn join_moves(&mut self) {
        let mut is_start = vec![false; self.ops.len() + 1];
        self.starts.iter().flatten().for_each(|start| is_start[*start as usize] = true);
        let mut places = vec![0; self.ops.len() + 1];
        let (mut from, mut to) = (0, 0);
        while from < self.ops.len() {
            let next = self.ops.get(from + 1).filter(|_| !is_start[from + 1]);
            let joined = next.and_then(|next| fuse_move(self.ops[from], *next));
            let count = 1 + usize::from(joined.is_some());
            places[from..from + count].fill(to as Pc);
            self.ops[to] = joined.unwrap_or(self.ops[from]);
            self.ranges[to] = self.ranges[from + count - 1];
            (from, to) = (from + count, to + 1);
        }
        places[from] = to as Pc;
        self.ops.truncate(to);
        self.ranges.truncate(to);
        self.starts.iter_mut().flatten().for_each(|start| *start = places[*start as usize]);
        self.jumps.iter_mut().for_each(|jump| *jump = places[*jump] as usize);
        self.tables.first_ranges.iter_mut().for_each(|(pc, _)| *pc = places[*pc as usize]);
    }

    /// Turns numbers of blocks in jumps and switches into positions.
    pub(super) fn finish(mut self, range: TextRange) -> (Box<[Op]>, Box<[TextRange]>, Tables) {
        self.insert_constants(range);
        self.join_moves();
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
        self.row(reg, count).iter_mut().for_each(|users| *users += 1);
        self.unused = self.unused.max(usize::from(reg) + count);
    }

    /// Gives registers of a local back.
    pub(super) fn give(&mut self, reg: Reg, count: usize) {
        self.row(reg, count).iter_mut().for_each(|users| *users -= 1);
    }

    /// A second local has the value of a register; `false` if too many have it already.
    pub(super) fn share(&mut self, reg: Reg) -> bool {
        let users = &mut self.users[usize::from(reg)];
        if *users < 200 {
            *users += 1;
            return true;
        }
        false
    }

    /// Whether no local has a register, and no value of the current instruction.
    pub(super) fn is_free(&self, reg: Reg) -> bool {
        self.users[usize::from(reg)] == 0
    }

    fn row(&mut self, reg: Reg, count: usize) -> &mut [u8] {
        &mut self.users[usize::from(reg)..usize::from(reg) + count]
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
        let first = self.users.iter().rposition(|users| *users > 0).map_or(0, |last| last + 1);
        assert!(first + count <= 256, "locals and what an instruction needs leave as many registers as arguments take");
        self.users[first..first + count].fill(1);
        self.unused = self.unused.max(first + count);
        self.lowest_window = self.lowest_window.min(first);
        self.scratch.extend((first..first + count).map(|reg| reg as Reg));
        first as Reg
    }

    /// The end of an instruction: gives scratch registers back.
    pub(super) fn end_instruction(&mut self) {
        self.dying.clear();
        self.give_scratch(0);
    }

    /// How many scratch registers are in use.
    pub(super) fn scratch_count(&self) -> usize {
        self.scratch.len()
    }

    /// Gives scratch registers back that were taken since there were `count` of them.
    pub(super) fn give_scratch(&mut self, count: usize) {
        for reg in self.scratch.drain(count..) {
            self.users[usize::from(reg)] -= 1;
        }
    }

    /// Keeps a scratch register for a local.
    pub(super) fn keep(&mut self, reg: Reg, count: usize) {
        self.scratch.retain(|scratch| *scratch < reg || usize::from(*scratch) >= usize::from(reg) + count);
    }

    /// Free registers in a row. They are taken in turn, so that what the others hold stays known for a while.
    fn find(&mut self, count: usize, limit: usize) -> Option<Reg> {
        let free = |start: &usize| self.users[*start..*start + count].iter().all(|users| *users == 0);
        let starts = 0..=limit - count;
        let lowest = starts.clone().find(free)?;
        let in_turn = self.turn.max(lowest)..=(lowest + TURN).min(limit - count);
        let start = in_turn.into_iter().find(free).unwrap_or(lowest);
        self.turn = if start >= lowest + TURN { 0 } else { start + count };
        self.users[start..start + count].fill(1);
        self.unused = self.unused.max(start + count);
        Some(start as Reg)
    }
}
