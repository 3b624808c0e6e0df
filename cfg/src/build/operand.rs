//! Operands and operators: values that one instruction computes.

use super::survey::Siblings;
use super::{Builder, Effects};
use crate::emit::{Flow, with_stack};
use crate::{Callee, Local, LocalKind, Operand, Place, Rvalue};
use kiln_air::{Inst, InstId, LocalId, UseKind};
use kiln_types::{ParamMode, TypeId, TypeKey, ValueKey};
use smallvec::SmallVec;

impl Builder<'_, '_> {
    /// The value of an instruction as an operand that still has it after `after`, what siblings do before it is used.
    pub(super) fn operand(&mut self, id: InstId, after: Effects) -> Flow<Operand> {
        let body = self.body;
        match &body.insts[id] {
            Inst::Const(value) => Ok(Operand::Const(*value)),
            Inst::Use { place, kind } => match &body.insts[*place] {
                Inst::Local(local) if self.ty(id) != TypeId::NEVER => self.local_operand(id, *local, *kind, after),
                _ => self.value_operand(id, after),
            },
            Inst::Block { stmts, result: Some(result) } if self.ty(id) != TypeId::NEVER => {
                with_stack(|| self.block_operand(id, stmts, *result, after))
            }
            _ => self.value_operand(id, after),
        }
    }

    /// The value of a block: its result itself, if nothing ends with the block.
    fn block_operand(&mut self, id: InstId, stmts: &[InstId], result: InstId, after: Effects) -> Flow<Operand> {
        let depth = self.scopes.len();
        let flow = self.statements(stmts, Some(result)).and_then(|()| self.operand(result, after));
        let flow = flow.map(|operand| match operand {
            Operand::Copy(_) | Operand::Move(_) if self.scopes.len() > depth => {
                let ty = self.ty(id);
                let local = self.emit.hold(ty, Rvalue::Operand(operand), self.range(result));
                if self.is_copy(ty) { Operand::Copy(local) } else { Operand::Move(local) }
            }
            operand => operand,
        });
        let flow = self.end_scope(depth, flow, self.range(result));
        if let Ok(Operand::Move(local)) = flow
            && after.has(Effects::EXITS)
            && self.emit.locals[local].kind == LocalKind::Temp
        {
            self.drop_at_statement_end(local, self.ty(id));
        }
        flow
    }

    fn local_operand(&mut self, id: InstId, binding: LocalId, kind: UseKind, after: Effects) -> Flow<Operand> {
        if self.ty(id) == TypeId::UNIT {
            return Ok(self.unit());
        }
        let local = self.local(binding);
        if after.has(Effects::WRITES) && !self.is_stable(binding, local) {
            return self.value_operand(id, after);
        }
        Ok(use_local(local, kind))
    }

    /// Whether nothing changes the local between its initialisation and the end of its scope.
    fn is_stable(&self, binding: LocalId, local: Local) -> bool {
        match self.emit.locals[local].kind {
            LocalKind::Param(mode) => mode != ParamMode::Inout,
            LocalKind::User => !self.body.locals[binding].mutable,
            LocalKind::Alias { .. } => false,
            LocalKind::Return | LocalKind::Temp => true,
        }
    }

    /// The value in a local of its own.
    fn value_operand(&mut self, id: InstId, after: Effects) -> Flow<Operand> {
        let ty = self.ty(id);
        if ty == TypeId::UNIT || ty == TypeId::NEVER {
            self.eval(None, id)?;
            return if ty == TypeId::UNIT { Ok(self.unit()) } else { self.emit.unreachable(self.range(id)) };
        }
        if let Some(value) = self.constant_variant(id) {
            return Ok(value);
        }
        let local = self.value_local(id)?;
        if self.is_copy(ty) {
            return Ok(Operand::Copy(local));
        }
        if after.has(Effects::EXITS) {
            self.drop_at_statement_end(local, ty);
        }
        Ok(Operand::Move(local))
    }

    /// The value in a fresh local. What one instruction computes gets its local after its operands have theirs.
    pub(super) fn value_local(&mut self, id: InstId) -> Flow<Local> {
        let body = self.body;
        let (ty, range) = (self.ty(id), self.range(id));
        match &body.insts[id] {
            inst if is_simple(inst) && ty != TypeId::NEVER => {
                return Ok(match with_stack(|| self.rvalue(false, id))? {
                    Some(value) => self.emit.hold(ty, value, range),
                    None => self.emit.temp(ty, range),
                });
            }
            Inst::Call { func, args } if ty != TypeId::UNIT && ty != TypeId::NEVER => {
                return with_stack(|| {
                    let args = self.args(args)?;
                    let local = self.emit.temp(ty, range);
                    self.finish_call(Some(&Place::local(local)), id, Callee::Func(*func), args)?;
                    Ok(local)
                });
            }
            _ => {}
        }
        let local = self.result_local(id);
        self.eval(Some(&Place::local(local)), id)?;
        Ok(local)
    }

    /// A fresh local for the value of an instruction: a temporary, unless several branches assign it.
    pub(super) fn result_local(&mut self, id: InstId) -> Local {
        let (ty, range) = (self.ty(id), self.range(id));
        if self.has_branches(id) { self.emit.variable(ty, range) } else { self.emit.temp(ty, range) }
    }

    fn has_branches(&self, mut id: InstId) -> bool {
        loop {
            match &self.body.insts[id] {
                Inst::Block { result: Some(result), .. } => id = *result,
                Inst::If { .. } | Inst::Match { .. } | Inst::Loop { .. } | Inst::Labeled { .. } => return true,
                _ => return false,
            }
        }
    }

    /// Operands of several instructions, evaluated in order.
    fn operands(&mut self, ids: &[InstId]) -> Flow<Box<[Operand]>> {
        let siblings = Siblings::of(&self.survey, ids.iter().copied());
        let mut values: SmallVec<[Operand; 4]> = SmallVec::new();
        for (index, id) in ids.iter().enumerate() {
            values.push(self.operand(*id, siblings.after(index))?);
        }
        Ok(values.as_slice().into())
    }

    /// Evaluates what one instruction of the CFG computes.
    pub(super) fn eval_simple(&mut self, dst: Option<&Place>, id: InstId) -> Flow<()> {
        let (ty, range) = (self.ty(id), self.range(id));
        let Some(value) = self.rvalue(dst.is_none(), id)? else { return Ok(()) };
        if ty == TypeId::NEVER {
            self.emit.hold(ty, value, range);
            return self.emit.unreachable(range);
        }
        match dst {
            Some(dst) if ty != TypeId::UNIT => self.emit.assign(dst.clone(), value, range),
            _ => {
                let local = self.emit.hold(ty, value, range);
                self.drop_at_statement_end(local, ty);
            }
        }
        Ok(())
    }

    /// The computation itself; `None` if there is nothing to store: of type `()`, or unused and without effect.
    fn rvalue(&mut self, discarded: bool, id: InstId) -> Flow<Option<Rvalue>> {
        let body = self.body;
        let none = Effects::NONE;
        Ok(Some(match &body.insts[id] {
            Inst::Const(_) if discarded || self.ty(id) == TypeId::UNIT => return Ok(None),
            Inst::Const(value) => Rvalue::Operand(Operand::Const(*value)),
            Inst::Use { place, kind } => return self.use_value(discarded, *place, *kind),
            Inst::AddressOf { place } => Rvalue::AddressOf(self.place(*place, none)?.finish()),
            Inst::Len(place) => {
                let ty = self.ty(*place);
                let place = self.place(*place, none)?;
                match self.array_len(ty) {
                    Some(len) => Rvalue::Operand(self.usize_const(len)),
                    None => Rvalue::Len(place.finish()),
                }
            }
            Inst::Tag(place) => Rvalue::Tag(self.place(*place, none)?.finish()),
            Inst::Unary(op, value) => Rvalue::Unary(*op, self.operand(*value, none)?),
            Inst::Binary(op, left, right) => {
                let left = self.operand(*left, self.effects(*right))?;
                Rvalue::Binary(*op, left, self.operand(*right, none)?)
            }
            Inst::Cast(kind, value) => Rvalue::Cast(*kind, self.operand(*value, none)?),
            Inst::Builtin(builtin, args) => Rvalue::Builtin(*builtin, self.operands(args)?),
            Inst::MakeType { decl, captures } => Rvalue::MakeType { decl: *decl, captures: self.operands(captures)? },
            // A place where a value is due: its value.
            _ => {
                let kind = self.use_kind(self.ty(id));
                return self.use_value(discarded, id, kind);
            }
        }))
    }

    fn use_value(&mut self, discarded: bool, place: InstId, kind: UseKind) -> Flow<Option<Rvalue>> {
        let (ty, range) = (self.ty(place), self.range(place));
        let place = self.place(place, Effects::NONE)?;
        if ty == TypeId::NEVER {
            return self.emit.unreachable(range);
        }
        if ty == TypeId::UNIT || (discarded && kind == UseKind::Copy) {
            return Ok(None);
        }
        Ok(Some(match place.as_local() {
            Some(local) if kind != UseKind::Show => Rvalue::Operand(use_local(local, kind)),
            _ => Rvalue::Use(place.finish(), kind),
        }))
    }

    /// A variant of an enum without payloads as a constant.
    pub(super) fn constant_variant(&mut self, id: InstId) -> Option<Operand> {
        let Inst::Variant { variant, .. } = &self.body.insts[id] else { return None };
        let ty = self.ty(id);
        if !matches!(self.cx.pool.key(ty), TypeKey::Enum { .. } | TypeKey::AnonEnum { .. }) {
            return None;
        }
        if self.is_memory(ty) {
            return None;
        }
        let bits = self.cx.pool.enum_def(ty)?.variants.get(*variant as usize)?.discriminant;
        Some(Operand::Const(self.cx.pool.value(ValueKey::Scalar { ty, bits })))
    }
}

/// The value of a whole local as an operand.
pub(super) fn use_local(local: Local, kind: UseKind) -> Operand {
    match kind {
        UseKind::Copy | UseKind::Show => Operand::Copy(local),
        UseKind::Move => Operand::Move(local),
    }
}

/// Whether the CFG has one instruction for it, which reads all operands before it stores.
pub(super) fn is_simple(inst: &Inst) -> bool {
    matches!(
        inst,
        Inst::Const(_)
            | Inst::Use { .. }
            | Inst::AddressOf { .. }
            | Inst::Len(_)
            | Inst::Tag(_)
            | Inst::Unary(..)
            | Inst::Binary(..)
            | Inst::Cast(..)
            | Inst::Builtin(..)
            | Inst::MakeType { .. }
    )
}
