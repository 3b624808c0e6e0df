//! Loops whose overflow checks would keep LLVM from vectorising them: which ones there are.
//!
//! A sum of checked additions panics at the first partial sum that does not fit, so its additions can't be reordered. But if
//! the terms of the next thousand turns are small enough, no partial sum overflows, in whatever order they are added. So
//! before such a loop stands a fast one, which adds without checks, keeps the largest magnitude it saw, and counts only if
//! that proves that nothing overflowed. If not, or for a few turns, the loop runs as it is written.
//!
//! ```text
//! for i in 0..n { sum += a[i] * b[i]; }
//! ```
//! The fast loop has no effect but on values of its own, so it may be run in vain. Loops are taken that have one block, count a
//! `usize` up by one, read elements one after the other, and add to at least one integer.

use crate::plan::{Home, Plan};
use crate::unit::Unit;
use kiln_cfg::{
    BinOp, BlockId, CastKind, Check, Func, Local, Operand, Overflow, Place, PlaceBase, Proj, Rvalue, Stmt, Terminator,
    UseKind,
};
use kiln_source::Idx;
use kiln_types::{Repr, ScalarKind, TypeId, TypeKey};
use smallvec::SmallVec;

/// A loop that is worth a fast one.
#[derive(Clone, Debug)]
pub(crate) struct FastLoop {
    /// The block that tests `index < end`.
    pub header: BlockId,
    /// The only other block; jumps to the header.
    pub body: BlockId,
    /// Counts up by one.
    pub index: Local,
    /// Does not change in the loop.
    pub end: Operand,
    /// What is summed up; only the statement that adds to it uses it.
    pub sums: SmallVec<[Local; 2]>,
    /// Locals that hold the length of something that does not change.
    pub lengths: SmallVec<[Local; 2]>,
}

/// All loops of a function that are worth a fast one.
pub(crate) fn find(unit: &mut Unit<'_, '_>, func: &Func, plan: &Plan) -> Vec<FastLoop> {
    let mut entered = vec![0u32; func.blocks.len()];
    for &block in &plan.order {
        func.blocks[block].term.for_each_successor(|next| entered[next.index()] += 1);
    }
    let candidates = plan.order.iter().filter_map(|&header| shape(func, plan, header));
    let candidates = candidates.filter(|candidate| entered[candidate.body.index()] == 1);
    candidates.filter_map(|candidate| Examination { unit, func, plan, candidate }.examine()).collect()
}

/// Longer bodies hide the work of checks.
const MOST_STATEMENTS: usize = 64;

/// A header that tests, and one block that jumps back to it.
fn shape(func: &Func, plan: &Plan, header: BlockId) -> Option<FastLoop> {
    let block = &func.blocks[header];
    let Terminator::Branch { cond: Operand::Copy(cond) | Operand::Move(cond), then: body, .. } = block.term else {
        return None;
    };
    let [.., Stmt::Assign(place, Rvalue::Binary(BinOp::Lt, Operand::Copy(index), end))] = &block.stmts[..] else {
        return None;
    };
    let is_storage = |stmt: &Stmt| matches!(stmt, Stmt::StorageLive(_) | Stmt::StorageDead(_));
    let only_tests = block.stmts[..block.stmts.len() - 1].iter().all(is_storage);
    let jumps_back = func.blocks[body].term == Terminator::Jump(header) && body != header;
    let is_test = place.as_local() == Some(cond) && !plan.usage[cond].crosses;
    let is_count = func.locals[*index].ty == TypeId::USIZE && is_variable(plan, *index);
    let is_short = func.blocks[body].stmts.len() <= MOST_STATEMENTS && block.stmts.len() <= MOST_STATEMENTS;
    (only_tests && jumps_back && is_test && is_count && is_short).then(|| FastLoop {
        header,
        body,
        index: *index,
        end: *end,
        sums: SmallVec::new(),
        lengths: SmallVec::new(),
    })
}

/// A scalar variable that only assignments change.
fn is_variable(plan: &Plan, local: Local) -> bool {
    let usage = plan.usage[local];
    plan.homes[local] == Home::Memory && !usage.addressed && !usage.exposed
}

/// One candidate being looked at.
struct Examination<'a, 'u, 'ctx, 'p> {
    unit: &'u mut Unit<'ctx, 'p>,
    func: &'a Func,
    plan: &'a Plan,
    candidate: FastLoop,
}

impl Examination<'_, '_, '_, '_> {
    fn examine(mut self) -> Option<FastLoop> {
        let stmts = &self.func.blocks[self.candidate.body].stmts;
        let (mut counts, mut reads) = (0, 0);
        for stmt in stmts {
            match stmt {
                Stmt::StorageLive(_) | Stmt::StorageDead(_) => {}
                Stmt::Check(Check::Bounds { index, len }) => {
                    let fits = self.is_constant(*len) && (self.is_index(*index) || self.is_constant(*index));
                    fits.then_some(())?;
                }
                Stmt::Assign(place, value) => {
                    let local = place.as_local()?;
                    if local == self.candidate.index {
                        self.is_step(value).then_some(())?;
                        counts += 1;
                    } else if is_variable(self.plan, local) {
                        self.sum(local, value)?;
                    } else {
                        self.is_temporary(local).then_some(())?;
                        reads += self.value(local, value)?;
                    }
                }
                _ => return None,
            }
        }
        let ends_with_step = matches!(stmts.iter().rfind(|stmt| matches!(stmt, Stmt::Assign(..)))?,
            Stmt::Assign(place, _) if place.as_local() == Some(self.candidate.index));
        let end_is_constant = self.is_constant(self.candidate.end);
        (counts == 1 && reads > 0 && ends_with_step && end_is_constant && !self.candidate.sums.is_empty())
            .then_some(self.candidate)
    }

    /// Assigned once, in this block, and used only behind that.
    fn is_temporary(&self, local: Local) -> bool {
        let usage = self.plan.usage[local];
        self.plan.homes[local] == Home::Value && usage.assigned == 1 && !usage.crosses
    }

    fn is_index(&self, operand: Operand) -> bool {
        operand.local() == Some(self.candidate.index)
    }

    /// Whether an operand is the same in all turns.
    fn is_constant(&self, operand: Operand) -> bool {
        match operand {
            Operand::Const(_) => true,
            Operand::Copy(local) => !self.is_assigned(local) || self.candidate.lengths.contains(&local),
            Operand::Move(_) => false,
        }
    }

    fn is_assigned(&self, local: Local) -> bool {
        self.func.blocks[self.candidate.body].stmts.iter().any(|stmt| match stmt {
            Stmt::Assign(place, _) => place.as_local() == Some(local),
            _ => false,
        })
    }

    fn is_step(&self, value: &Rvalue) -> bool {
        let Rvalue::Binary(BinOp::Add(_), left, Operand::Const(one)) = *value else { return false };
        self.is_index(left) && self.unit.scalar_bits(one) == Some(1)
    }

    /// `sum = sum + term`, or for signed ones `sum = sum - term`.
    fn sum(&mut self, local: Local, value: &Rvalue) -> Option<()> {
        let Rvalue::Binary(op, Operand::Copy(left), term) = *value else { return None };
        let (bits, signed) = self.int(self.func.locals[local].ty)?;
        let is_sum = bits >= 32 && matches!(op, BinOp::Add(Overflow::Checked))
            || bits >= 32 && signed && matches!(op, BinOp::Sub(Overflow::Checked));
        let uses = |operand: Operand| operand.local() == Some(local);
        let is_alone = left == local && !uses(term) && !self.candidate.sums.contains(&local) && self.uses(local) == 1;
        (is_sum && is_alone && self.is_usable(term)).then(|| self.candidate.sums.push(local))
    }

    /// How many statements of the body use a local.
    fn uses(&self, local: Local) -> usize {
        let uses = |operand: &Operand| operand.local() == Some(local);
        let stmts = &self.func.blocks[self.candidate.body].stmts;
        let count = stmts.iter().filter(|stmt| match stmt {
            Stmt::Assign(_, value) => match value {
                Rvalue::Binary(_, left, right) => uses(left) || uses(right),
                Rvalue::Operand(operand) | Rvalue::Unary(_, operand) | Rvalue::Cast(_, operand) => uses(operand),
                Rvalue::Use(place, _) | Rvalue::Len(place) => {
                    place.base == PlaceBase::Local(local)
                        || place.proj.iter().any(|step| matches!(step, Proj::Index(index) if uses(index)))
                }
                _ => true,
            },
            Stmt::Check(Check::Bounds { index, len }) => uses(index) || uses(len),
            _ => false,
        });
        count.count() + usize::from(uses(&self.candidate.end))
    }

    /// An operand other than a variable that changes in the loop; the index is an exception.
    fn is_usable(&self, operand: Operand) -> bool {
        match operand.local() {
            Some(local) => self.is_index(operand) || self.is_temporary(local) || self.is_constant(operand),
            None => true,
        }
    }

    /// Width and sign of an integer type.
    fn int(&mut self, ty: TypeId) -> Option<(u16, bool)> {
        match self.unit.layouts.of(self.unit.pool, ty).repr {
            Repr::Scalar(ScalarKind::Int { bits: bits @ ..=64, signed }) if self.unit.pool.is_int(ty) => {
                Some((bits, signed))
            }
            _ => None,
        }
    }

    /// A value that can be computed without effect; how many elements it reads that lie one after the other.
    fn value(&mut self, local: Local, value: &Rvalue) -> Option<usize> {
        let ty = self.func.locals[local].ty;
        match value {
            Rvalue::Use(place, UseKind::Copy) => self.read(place, ty),
            Rvalue::Len(place) => {
                let PlaceBase::Local(base) = place.base else { return None };
                let is_constant = !self.is_assigned(base) && matches!(*place.proj, [] | [Proj::Deref]);
                is_constant.then(|| self.candidate.lengths.push(local))?;
                Some(0)
            }
            Rvalue::Binary(op, left, right) => {
                let from = self.unit.operand_type(self.func, *left);
                let (bits, signed) = self.int(from)?;
                let is_known = match op {
                    // Of narrow ones no magnitude is collected.
                    BinOp::Add(Overflow::Checked) => bits >= 32,
                    BinOp::Sub(Overflow::Checked) => bits >= 32 && signed,
                    // Wider products are not multiplied faster side by side.
                    BinOp::Mul(Overflow::Checked) => bits == 32,
                    BinOp::And | BinOp::Or | BinOp::Xor => true,
                    _ => false,
                };
                (is_known && self.is_usable(*left) && self.is_usable(*right)).then_some(0)
            }
            Rvalue::Cast(kind @ (CastKind::Checked | CastKind::Wrap), operand) => {
                let from = self.unit.operand_type(self.func, *operand);
                let ((_, from_signed), (_, to_signed)) = (self.int(from)?, self.int(ty)?);
                let is_known = *kind == CastKind::Wrap || to_signed || !from_signed;
                (is_known && self.is_usable(*operand)).then_some(0)
            }
            _ => None,
        }
    }

    /// A read of an integer: always the same, or the index as the last step.
    fn read(&mut self, place: &Place, ty: TypeId) -> Option<usize> {
        self.int(ty)?;
        if let PlaceBase::Local(base) = place.base {
            let is_changed = self.is_assigned(base) || base == self.candidate.index;
            (!is_changed).then_some(())?;
        }
        let (last, before) = place.proj.split_last()?;
        for (at, step) in before.iter().enumerate() {
            match step {
                Proj::Field(_) | Proj::Variant(_) => {}
                Proj::Index(index) => self.is_constant(*index).then_some(())?,
                Proj::Deref => (at == 0 && self.is_view(place.base)).then_some(())?,
            }
        }
        match last {
            Proj::Index(index) if self.is_index(*index) => Some(1),
            Proj::Index(index) => self.is_constant(*index).then_some(0),
            Proj::Field(_) => Some(0),
            Proj::Variant(_) | Proj::Deref => None,
        }
    }

    /// Whether a local is a pointer to a slice: its elements are there, as a check of the index showed.
    fn is_view(&self, base: PlaceBase) -> bool {
        let PlaceBase::Local(local) = base else { return false };
        matches!(self.unit.pool.key(self.func.locals[local].ty), TypeKey::Ptr { pointee, .. } if self.unit.pool.is_unsized(*pointee))
    }
}
