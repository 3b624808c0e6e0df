//! Assignments: directly into the place where the value can't notice, else through a temporary.

use super::operand::is_simple;
use super::survey::root;
use super::{Builder, Effects};
use crate::emit::Flow;
use crate::{BinOp, LocalKind, Operand, Place, Rvalue, Stmt};
use kiln_air::{Inst, InstId, LocalId, UseKind};
use kiln_types::TypeId;
use smallvec::SmallVec;

/// A value of more instructions is not searched for the place it is assigned to.
const MAX_SEARCHED: usize = 64;

impl Builder<'_, '_> {
    pub(super) fn assign(&mut self, id: InstId, target: InstId, value: InstId) -> Flow<()> {
        let (ty, range) = (self.ty(target), self.range(id));
        let place = self.place(target, self.effects(value))?;
        if ty == TypeId::UNIT {
            return self.eval(None, value);
        }
        let place = place.finish();
        // What a raw pointer points to may be uninitialised: a write through one drops nothing.
        let drops = self.needs_drop(ty) && !matches!(self.body.insts[target], Inst::Deref(_));
        if !drops && self.can_build_in(target, value) {
            return self.eval(Some(&place), value);
        }
        let mut value = self.operand(value, Effects::NONE)?;
        if drops {
            if place.as_local().is_some_and(|local| value == Operand::Move(local)) {
                // `a = a`: the value leaves its place before that is dropped.
                value = Operand::Move(self.emit.hold(ty, Rvalue::Operand(value), range));
            }
            self.emit.push(Stmt::Drop(place.clone()), range);
        }
        self.emit.assign(place, Rvalue::Operand(value), range);
        Ok(())
    }

    pub(super) fn assign_op(&mut self, id: InstId, op: BinOp, target: InstId, value: InstId) -> Flow<()> {
        let (ty, range) = (self.ty(target), self.range(id));
        let place = self.place(target, self.effects(value))?;
        let value = self.operand(value, Effects::NONE)?;
        let old = match place.as_local() {
            Some(local) => Operand::Copy(local),
            None => self.emit.compute(ty, Rvalue::Use(place.finish(), UseKind::Copy), range),
        };
        self.emit.assign(place.finish(), Rvalue::Binary(op, old, value), range);
        Ok(())
    }

    /// Whether a value may be evaluated into the place it is assigned to: it is stored at once after everything was
    /// read, or nothing in it refers to the place, or leaves before it is complete.
    fn can_build_in(&mut self, target: InstId, value: InstId) -> bool {
        let inst = &self.body.insts[value];
        if is_simple(inst) || matches!(inst, Inst::Repeat { .. }) {
            return true;
        }
        let Some(local) = root(self.body, target) else { return false };
        let by_parts = !matches!(inst, Inst::Call { .. } | Inst::CallPtr { .. });
        if by_parts && self.survey.is_moved(local) && !self.is_copy(self.ty(target)) {
            // Setting a part of something that was moved is a mistake; giving it a new value is none.
            return false;
        }
        let is_alias = matches!(self.emit.locals[self.local(local)].kind, LocalKind::Alias { .. });
        let partial = self.is_memory(self.ty(target));
        let effects = self.effects(value);
        let hidden = partial && (self.survey.takes_addresses() || effects.has(Effects::EXITS));
        !is_alias && !hidden && !self.refers_to(local, value)
    }

    /// Whether something in the instruction may refer to the local (or it is too large to tell).
    fn refers_to(&self, local: LocalId, value: InstId) -> bool {
        let mut left = MAX_SEARCHED;
        let mut stack: SmallVec<[InstId; 32]> = SmallVec::from_slice(&[value]);
        while let Some(id) = stack.pop() {
            let inst = &self.body.insts[id];
            if let Inst::Local(other) = inst
                && (*other == local || matches!(self.emit.locals[self.local(*other)].kind, LocalKind::Alias { .. }))
            {
                return true;
            }
            left -= 1;
            if left == 0 {
                return true;
            }
            inst.for_each_child(|child| stack.push(child));
        }
        false
    }

    /// `dst` is assigned in several branches.
    pub(super) fn assigned_in_branches(&mut self, dst: Option<&Place>) {
        if let Some(local) = dst.and_then(Place::as_local) {
            self.emit.locals[local].mutable = true;
        }
    }
}
