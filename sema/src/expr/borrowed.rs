//! Tuples of places for a parameter that borrows: `print("{} {}", (name, list))` moves neither `name` nor `list`.
//!
//! The tuple is a variable of the call that holds the bits of its parts and is never dropped. Parts that are values are kept in
//! variables of their own, which are dropped after the call; text that has no size is shown as a `String` without capacity.

use super::Expect;
use crate::body::BodyCx;
use crate::errors;
use kiln_air::{Arg, BindMode, Builtin, Inst, InstId, LocalId, UseKind};
use kiln_hir::ExprId;
use kiln_source::TextRange;
use kiln_types::{ParamMode, TypeId};

impl BodyCx<'_, '_> {
    /// The tuple as a place. What has to be done before the call is added to `before`.
    pub fn borrowed_tuple(&mut self, parts: &[ExprId], before: &mut Vec<InstId>, range: TextRange) -> InstId {
        let mut values = Vec::with_capacity(parts.len());
        for part in parts {
            let inst = self.operand(*part, Expect::None);
            let value = self.borrowed_part(inst, before);
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
        let local = self.new_local(None, ty, None, false);
        self.air.locals[local].borrowed = true;
        before.push(self.bind_local(local, BindMode::Move, tuple, ty, range));
        self.push(Inst::Local(local), ty, range)
    }

    fn borrowed_part(&mut self, inst: InstId, before: &mut Vec<InstId>) -> InstId {
        let (ty, range) = (self.ty(inst), self.air.ranges[inst]);
        if ty == TypeId::STR && self.is_place(inst) {
            return match self.owned_literal(inst) {
                Some(literal) => literal,
                None => self.text_as_string(inst, before),
            };
        }
        if self.sema.pool.is_unsized(ty) || self.is_copied(ty) {
            return self.use_place(inst);
        }
        let place = match self.is_place(inst) {
            true => inst,
            false => {
                let local = self.new_local(None, ty, None, false);
                before.push(self.bind_local(local, BindMode::Move, inst, ty, range));
                self.push(Inst::Local(local), ty, range)
            }
        };
        self.push(Inst::Use { place, kind: UseKind::Show }, ty, range)
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

    /// What a tuple shows must not be changed by the same call.
    pub fn check_borrowed_parts(&mut self, before: &[InstId], args: &[Arg], range: TextRange) {
        let changed: Vec<LocalId> = args
            .iter()
            .filter(|arg| arg.mode == ParamMode::Inout)
            .filter_map(|arg| self.root_local(arg.value))
            .collect();
        if changed.is_empty() {
            return;
        }
        let mut shown = Vec::new();
        for stmt in before {
            self.shown_locals(*stmt, &mut shown);
        }
        if let Some(local) = changed.into_iter().find(|local| shown.contains(local)) {
            let name = self.air.locals[local].name.map_or("it", |name| self.name(name)).to_owned();
            let error = errors::shown_and_changed(self.span(range), &name);
            self.error(error);
        }
    }

    /// The variable that a place is a part of, also through views.
    fn root_local(&self, place: InstId) -> Option<LocalId> {
        let mut place = place;
        loop {
            match &self.air.insts[place] {
                Inst::Local(local) => return Some(*local),
                Inst::Field { base, .. } | Inst::Index { base, .. } | Inst::Slice { base, .. } => place = *base,
                Inst::Deref(call) => match &self.air.insts[*call] {
                    Inst::Call { args, .. } if args.len() == 1 => place = args[0].value,
                    _ => return None,
                },
                _ => return None,
            }
        }
    }

    /// Variables whose places are in the tuple that a statement makes.
    fn shown_locals(&self, stmt: InstId, shown: &mut Vec<LocalId>) {
        let Inst::Let { init, .. } = self.air.insts[stmt] else { return };
        let mut parts: Vec<InstId> = match &self.air.insts[init] {
            Inst::Tuple(parts) => parts.to_vec(),
            _ => vec![init],
        };
        while let Some(part) = parts.pop() {
            let place = match &self.air.insts[part] {
                Inst::Use { place, kind: UseKind::Show } | Inst::AddressOf { place } => *place,
                _ => continue,
            };
            shown.extend(self.root_local(place));
        }
    }
}
