//! Loops: `loop`, ranges, elements, labelled blocks, and the jumps to them.

use super::place::PlaceBuf;
use super::{Builder, Effects};
use crate::emit::{Diverged, Flow};
use crate::{BinOp, BlockId, CastKind, Local, Operand, Overflow, Place, Proj, Rvalue, Terminator};
use kiln_air::{BindMode, Inst, InstId, LoopId, PatId, PatKind};
use kiln_source::{Idx, TextRange};
use kiln_types::TypeId;

/// First code point of the gap in `char`, and the first behind it.
const CHAR_GAP: (u128, u128) = (0xD800, 0xE000);

/// An open loop or labelled block.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    /// Where `break` goes.
    break_block: BlockId,
    /// Where `continue` goes.
    continue_block: BlockId,
    /// Height of the scope stack outside.
    depth: usize,
    /// Where `break` puts its value.
    dst: Option<Place>,
}

/// The numbers a `for` runs through.
struct Counter {
    local: Local,
    ty: TypeId,
    range: TextRange,
}

impl Builder<'_, '_> {
    /// Lowers the body of a loop, or a labelled block.
    fn in_frame(&mut self, number: LoopId, frame: Frame, dst: Option<&Place>, body: InstId) -> Flow<()> {
        if self.loops.len() <= number.index() {
            self.loops.resize(number.index() + 1, None);
        }
        self.loops[number.index()] = Some(frame);
        let flow = self.scoped(dst, body);
        self.loops[number.index()] = None;
        flow
    }

    fn frame(&mut self, dst: Option<&Place>, continue_block: BlockId) -> Frame {
        self.assigned_in_branches(dst);
        let break_block = self.emit.new_block();
        Frame { break_block, continue_block, depth: self.scopes.len(), dst: dst.cloned() }
    }

    pub(super) fn loop_(&mut self, dst: Option<&Place>, id: InstId, number: LoopId, body: InstId) -> Flow<()> {
        let header = self.emit.new_block();
        let frame = self.frame(dst, header);
        let end = frame.break_block;
        self.emit.jump(header, self.range(id));
        self.enter(header)?;
        if self.in_frame(number, frame, None, body).is_ok() {
            self.emit.jump(header, self.range(id));
        }
        self.enter(end)
    }

    pub(super) fn labeled(&mut self, dst: Option<&Place>, id: InstId, number: LoopId, body: InstId) -> Flow<()> {
        let mut frame = self.frame(dst, BlockId(0));
        let end = frame.break_block;
        frame.continue_block = end;
        if self.in_frame(number, frame, dst, body).is_ok() {
            self.emit.jump(end, self.range(id));
        }
        self.enter(end)
    }

    pub(super) fn break_(&mut self, id: InstId, number: LoopId, value: Option<InstId>) -> Flow<()> {
        let Frame { break_block, depth, dst, .. } = self.open_frame(number);
        if let Some(value) = value {
            let dst = dst.as_ref().filter(|_| self.ty(value) != TypeId::UNIT);
            self.eval_out(dst, value)?;
        }
        self.leave(depth, true, self.range(id));
        self.emit.jump(break_block, self.range(id));
        Err(Diverged)
    }

    pub(super) fn continue_(&mut self, id: InstId, number: LoopId) -> Flow<()> {
        let Frame { continue_block, depth, .. } = self.open_frame(number);
        self.leave(depth, true, self.range(id));
        self.emit.jump(continue_block, self.range(id));
        Err(Diverged)
    }

    fn open_frame(&self, number: LoopId) -> Frame {
        self.loops[number.index()].clone().expect("sema lets jumps stand only inside the loop they name")
    }

    /// `for pat in from..to`: the counter is tested before each turn and moved on after it; an inclusive end is
    /// compared before moving on, so that the type's largest number is reached without overflow.
    pub(super) fn for_range(&mut self, id: InstId) -> Flow<()> {
        let Inst::ForRange { id: number, pat, from, to, inclusive, body } = self.body.insts[id] else {
            unreachable!("the caller found a range loop")
        };
        let (ty, range) = (self.ty(from), self.range(id));
        let after_to = self.effects(body).and(Effects::WRITES);
        let from = self.operand(from, self.effects(to))?;
        let mut to = self.operand(to, after_to)?;
        let counter_ty = if ty == TypeId::CHAR { TypeId::U32 } else { ty };
        let counter = Counter { local: self.counter_local(pat, counter_ty), ty: counter_ty, range };
        let first = if ty == TypeId::CHAR {
            to = self.emit.compute(TypeId::U32, Rvalue::Cast(CastKind::Bits, to), range);
            Rvalue::Cast(CastKind::Bits, from)
        } else {
            Rvalue::Operand(from)
        };
        self.emit.assign(Place::local(counter.local), first, range);

        let (header, turn, step) = (self.emit.new_block(), self.emit.new_block(), self.emit.new_block());
        let frame = self.frame(None, step);
        let end = frame.break_block;
        self.emit.jump(header, range);
        self.enter(header)?;
        let op = if inclusive { BinOp::Le } else { BinOp::Lt };
        self.branch_on(op, Operand::Copy(counter.local), to, turn, end, range);
        self.enter(turn)?;
        let depth = self.scopes.len();
        let flow = self.bind_counter(pat, &counter, ty).and_then(|()| self.in_frame(number, frame, None, body));
        if self.end_scope(depth, flow, range).is_ok() {
            self.emit.jump(step, range);
        }
        if self.enter(step).is_ok() {
            let again = if inclusive {
                let next = self.emit.new_block();
                self.branch_on(BinOp::Eq, Operand::Copy(counter.local), to, end, next, range);
                self.enter(next)?;
                turn
            } else {
                header
            };
            self.advance(&counter, ty);
            self.emit.jump(again, range);
        }
        self.enter(end)
    }

    /// The local that counts: the binding itself, if the program can't change it, else one of the loop's own.
    fn counter_local(&mut self, pat: PatId, ty: TypeId) -> Local {
        if let Some(local) = self.direct_binding(pat, ty) {
            self.emit.locals[local].mutable = true;
            return local;
        }
        self.emit.variable(ty, self.body.pats[pat].range)
    }

    fn direct_binding(&self, pat: PatId, ty: TypeId) -> Option<Local> {
        let PatKind::Bind { local, mode: BindMode::Copy | BindMode::Move } = self.body.pats[pat].kind else {
            return None;
        };
        let binding = &self.body.locals[local];
        (!binding.mutable && binding.ty == ty && !self.survey.in_memory(local)).then(|| self.local(local))
    }

    fn bind_counter(&mut self, pat: PatId, counter: &Counter, ty: TypeId) -> Flow<()> {
        let place = if ty == TypeId::CHAR {
            let value = Rvalue::Cast(CastKind::Bits, Operand::Copy(counter.local));
            PlaceBuf::local(self.emit.hold(ty, value, counter.range))
        } else if self.direct_binding(pat, counter.ty) == Some(counter.local) {
            return Ok(());
        } else {
            PlaceBuf::local(counter.local)
        };
        self.bind_here(pat, place, counter.range)
    }

    /// `counter += 1`; from the last char before the gap to the first behind it.
    fn advance(&mut self, counter: &Counter, ty: TypeId) {
        let (place, range) = (Place::local(counter.local), counter.range);
        let one = Operand::Const(self.cx.pool.scalar(counter.ty, 1));
        let next = Rvalue::Binary(BinOp::Add(Overflow::Wrapping), Operand::Copy(counter.local), one);
        self.emit.assign(place.clone(), next, range);
        if ty == TypeId::CHAR {
            let (gap, behind, join) = (CHAR_GAP.0, self.emit.new_block(), self.emit.new_block());
            let gap = Operand::Const(self.cx.pool.scalar(TypeId::U32, gap));
            self.branch_on(BinOp::Eq, Operand::Copy(counter.local), gap, behind, join, range);
            if self.emit.enter(behind).is_ok() {
                let first = self.cx.pool.scalar(TypeId::U32, CHAR_GAP.1);
                self.emit.assign(place, Rvalue::Operand(Operand::Const(first)), range);
                self.emit.jump(join, range);
            }
            self.emit.enter(join).expect("the branch goes there");
        }
    }

    /// `for pat in elems`: an index runs over the elements of the place.
    pub(super) fn for_each(&mut self, id: InstId) -> Flow<()> {
        let Inst::ForEach { id: number, pat, elems, body } = self.body.insts[id] else {
            unreachable!("the caller found a loop over elements")
        };
        let (ty, range) = (self.ty(elems), self.range(id));
        let elems = self.place(elems, Effects::WRITES)?;
        let len = self.len_of(&elems, ty, range);
        let index = self.emit.variable(TypeId::USIZE, range);
        let counter = Counter { local: index, ty: TypeId::USIZE, range };
        let zero = self.usize_const(0);
        self.emit.assign(Place::local(index), Rvalue::Operand(zero), range);

        let (header, turn, step) = (self.emit.new_block(), self.emit.new_block(), self.emit.new_block());
        let frame = self.frame(None, step);
        let end = frame.break_block;
        self.emit.jump(header, range);
        self.enter(header)?;
        self.branch_on(BinOp::Lt, Operand::Copy(index), len, turn, end, range);
        self.enter(turn)?;
        let depth = self.scopes.len();
        let elem = elems.then(Proj::Index(Operand::Copy(index)));
        let flow = self.bind_here(pat, elem, range).and_then(|()| self.in_frame(number, frame, None, body));
        if self.end_scope(depth, flow, range).is_ok() {
            self.emit.jump(step, range);
        }
        if self.enter(step).is_ok() {
            self.advance(&counter, TypeId::USIZE);
            self.emit.jump(header, range);
        }
        self.enter(end)
    }

    /// Compares and goes on at one of two blocks.
    pub(super) fn branch_on(
        &mut self,
        op: BinOp,
        left: Operand,
        right: Operand,
        then: BlockId,
        else_: BlockId,
        range: TextRange,
    ) {
        let cond = self.emit.compute(TypeId::BOOL, Rvalue::Binary(op, left, right), range);
        self.emit.end(Terminator::Branch { cond, then, else_ }, range);
    }
}
