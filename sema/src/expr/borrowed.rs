//! Tuples of places for a parameter that borrows: `print("{} {}", (name, list))` moves neither `name` nor `list`.
//!
//! The tuple is a variable of the call that holds the bits of its parts and is never dropped. Parts that are values are kept in
//! variables of their own, which are dropped after the call; text that has no size is shown as a `String` without capacity. Parts are
//! evaluated from left to right: where one of them does something, each is kept before the tuple is made of them. The ownership check
//! follows what the tuple shows (`ownership/loans.rs`).

use super::Expect;
use crate::body::BodyCx;
use kiln_air::{BindMode, Builtin, Inst, InstId, UseKind};
use kiln_hir::ExprId;
use kiln_source::TextRange;
use kiln_types::TypeId;

impl BodyCx<'_, '_> {
    /// The tuple as a place. What has to be done before the call is added to `before`.
    pub fn borrowed_tuple(&mut self, parts: &[ExprId], before: &mut Vec<InstId>, range: TextRange) -> InstId {
        let parts: Vec<InstId> = parts.iter().map(|part| self.operand(*part, Expect::None)).collect();
        let keep = !parts.iter().all(|part| self.is_quiet(*part));
        let mut values = Vec::with_capacity(parts.len());
        for part in parts {
            let value = self.borrowed_part(part, keep, before);
            if self.is_error(value) {
                return self.error_inst(range);
            }
            values.push(value);
        }
        let types: Vec<TypeId> = values.iter().map(|value| self.ty(*value)).collect();
        let ty = self.sema.pool.tuple(&types);
        if let Err(error) = self.sema.check_weight(ty, self.span(range)) {
            self.fail(error);
            return self.error_inst(range);
        }
        let tuple = self.push(Inst::Tuple(values.into()), ty, range);
        self.shown(tuple, ty, range, before)
    }

    /// A part as the tuple holds it. `keep`: it is evaluated in its turn, before those behind it.
    fn borrowed_part(&mut self, inst: InstId, keep: bool, before: &mut Vec<InstId>) -> InstId {
        let (ty, range) = (self.ty(inst), self.air.ranges[inst]);
        let is_place = self.is_place(inst);
        if is_place {
            self.keep_root(inst, before);
        }
        if ty == TypeId::STR && is_place {
            return match self.owned_literal(inst) {
                Some(literal) => literal,
                None => self.text_as_string(inst, before),
            };
        }
        if self.sema.pool.is_unsized(ty) || self.is_copied(ty) {
            let value = self.use_place(inst);
            let is_settled = !keep || self.is_error(value) || self.air.insts[value].as_const().is_some();
            return if is_settled { value } else { self.settled(value, before) };
        }
        let place = match is_place {
            true if !keep => inst,
            true => {
                let bits = self.push(Inst::Use { place: inst, kind: UseKind::Show }, ty, range);
                self.shown(bits, ty, range, before)
            }
            false => {
                let local = self.new_local(None, ty, None, false);
                self.air.locals[local].range = range;
                before.push(self.bind_local(local, BindMode::Move, inst, ty, range));
                self.push(Inst::Local(local), ty, range)
            }
        };
        self.push(Inst::Use { place, kind: UseKind::Show }, ty, range)
    }

    /// A variable for bits that belong to somebody else.
    fn shown(&mut self, bits: InstId, ty: TypeId, range: TextRange, before: &mut Vec<InstId>) -> InstId {
        let local = self.new_local(None, ty, None, false);
        self.air.locals[local].borrowed = true;
        before.push(self.bind_local(local, BindMode::Move, bits, ty, range));
        self.push(Inst::Local(local), ty, range)
    }

    /// Whether evaluating changes nothing and says nothing.
    fn is_quiet(&self, inst: InstId) -> bool {
        match &self.air.insts[inst] {
            Inst::Const(_) | Inst::Local(_) => true,
            Inst::Use { place, kind } => *kind != UseKind::Move && self.is_quiet(*place),
            Inst::Field { base, .. } => self.is_quiet(*base),
            Inst::Index { base, index } => self.is_quiet(*base) && self.is_quiet(*index),
            Inst::Slice { base, from, to, .. } => {
                self.is_quiet(*base) && from.iter().chain(to).all(|bound| self.is_quiet(*bound))
            }
            Inst::Deref(_) => self.viewed(inst).is_some_and(|(_, container)| self.is_quiet(container)),
            inst => inst.is_place(),
        }
    }

    /// Keeps the value that a place is a part of until after the call.
    fn keep_root(&mut self, place: InstId, before: &mut Vec<InstId>) {
        let mut root = place;
        loop {
            root = match self.air.insts[root] {
                Inst::Field { base, .. } | Inst::Index { base, .. } | Inst::Slice { base, .. } => base,
                Inst::Deref(_) => match self.viewed(root) {
                    Some((_, container)) => container,
                    None => return,
                },
                _ => break,
            };
        }
        let inst = self.air.insts[root].clone();
        if root == place || inst.is_place() || inst.as_const().is_some() {
            return;
        }
        let (ty, range) = (self.ty(root), self.air.ranges[root]);
        let value = self.push(inst, ty, range);
        let local = self.new_local(None, ty, None, false);
        self.air.locals[local].range = range;
        let mode = if self.is_copied(ty) { BindMode::Copy } else { BindMode::Move };
        before.push(self.bind_local(local, mode, value, ty, range));
        self.air.insts[root] = Inst::Local(local);
    }

    /// Text as a `String` without capacity that shows it.
    fn text_as_string(&mut self, place: InstId, before: &mut Vec<InstId>) -> InstId {
        let range = self.air.ranges[place];
        let Some(string) = self.sema.string_type() else { return self.use_place(place) };
        let fat = self.sema.pool.ptr(false, TypeId::STR);
        let address = self.push(Inst::AddressOf { place }, fat, range);
        let local = self.new_local(None, fat, None, false);
        before.push(self.bind_local(local, BindMode::Copy, address, fat, range));
        let bytes = self.sema.string_address(string);
        let half = |cx: &mut Self, op: Builtin, ty: TypeId| {
            let place = cx.push(Inst::Local(local), fat, range);
            let value = cx.push(Inst::Use { place, kind: UseKind::Copy }, fat, range);
            cx.push(Inst::Builtin(op, Box::new([value])), ty, range)
        };
        let address = half(self, Builtin::FatPtrAddress, bytes);
        let len = half(self, Builtin::FatPtrLen, TypeId::USIZE);
        self.string_of_others(string, address, len, range)
    }
}
