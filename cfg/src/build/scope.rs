//! Scopes: what ends with them, and the one way out of them.
//!
//! The stack holds, from the function's parameters inwards, every local whose value is to be dropped or whose storage
//! ends. A `Drop` stands wherever the local's scope is left; which of them still have a value there is found later.

use super::Builder;
use crate::emit::Flow;
use crate::{Local, Place, Proj, Rvalue, Stmt};
use kiln_air::{InstId, LocalId};
use kiln_source::TextRange;
use kiln_types::TypeId;
use smallvec::SmallVec;

/// What is dropped when a local's scope ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Dropped {
    /// Nothing.
    Nothing,
    /// Its value.
    Whole,
    /// Its fields, one by one: the struct was taken apart.
    Fields,
    /// The fields of this variant's payload: the enum was taken apart.
    Payload(u32),
}

/// A local whose scope is open.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// Which.
    pub local: Local,
    /// What of it is dropped.
    pub drop: Dropped,
    /// Its storage ends.
    pub storage: bool,
}

impl Builder<'_, '_> {
    /// Begins the storage of a binding; says what is to be done when its scope ends.
    pub(super) fn open_binding(&mut self, binding: LocalId, ty: TypeId, range: TextRange) -> Entry {
        let entry = self.binding_entry(binding, ty);
        if entry.storage {
            self.emit.push(Stmt::StorageLive(entry.local), range);
        }
        entry
    }

    /// What is to be done when the scope of a binding ends.
    pub(super) fn binding_entry(&mut self, binding: LocalId, ty: TypeId) -> Entry {
        let drops = self.needs_drop(ty) && !self.body.locals[binding].borrowed;
        let drop = if drops { Dropped::Whole } else { Dropped::Nothing };
        let storage = !self.is_copy(ty) || self.is_memory(ty) || self.survey.in_memory(binding);
        Entry { local: Local(binding.0 + 1), drop, storage }
    }

    /// Opens the scope of bindings that have their values.
    pub(super) fn enter_scope(&mut self, bindings: &[Entry]) {
        self.scopes.extend(bindings.iter().filter(|entry| entry.drop != Dropped::Nothing || entry.storage));
    }

    /// A temporary that has to be dropped when the statement ends, if it still has its value then.
    pub(super) fn drop_at_statement_end(&mut self, local: Local, ty: TypeId) {
        if self.needs_drop(ty) {
            self.scopes.push(Entry { local, drop: Dropped::Whole, storage: false });
        }
    }

    /// Evaluates an instruction whose temporaries end with it.
    pub(super) fn scoped(&mut self, dst: Option<&Place>, id: InstId) -> Flow<()> {
        let depth = self.scopes.len();
        let flow = self.eval(dst, id);
        self.end_scope(depth, flow, self.range(id))
    }

    /// Ends the scopes opened since the stack was `depth` high, on the path of `flow`.
    pub(super) fn end_scope<T>(&mut self, depth: usize, flow: Flow<T>, range: TextRange) -> Flow<T> {
        if flow.is_ok() {
            self.leave(depth, true, TextRange::empty(range.end));
        }
        self.scopes.truncate(depth);
        flow
    }

    /// Emits what leaving the scopes above `depth` does, innermost first; they stay open for other paths. Storage need
    /// not end before the function does.
    pub(super) fn leave(&mut self, depth: usize, end_storage: bool, range: TextRange) {
        for index in (depth..self.scopes.len()).rev() {
            let entry = self.scopes[index];
            match entry.drop {
                Dropped::Nothing => {}
                Dropped::Whole => self.emit.push(Stmt::Drop(Place::local(entry.local)), range),
                Dropped::Fields => self.drop_fields(entry.local, None, range),
                Dropped::Payload(variant) => self.drop_fields(entry.local, Some(variant), range),
            }
            if entry.storage && end_storage {
                self.emit.push(Stmt::StorageDead(entry.local), range);
            }
        }
    }

    fn drop_fields(&mut self, local: Local, variant: Option<u32>, range: TextRange) {
        let ty = self.emit.locals[local].ty;
        let types: SmallVec<[TypeId; 8]> = match variant {
            None => {
                let count = self.cx.pool.field_count(ty).unwrap_or(0);
                (0..count).filter_map(|index| self.cx.pool.field_type(ty, index)).collect()
            }
            Some(variant) => {
                let def = self.cx.pool.enum_def(ty).expect("only enums have payloads");
                def.variants[variant as usize].fields.iter().map(|field| field.ty).collect()
            }
        };
        let whole = match variant {
            None => Place::local(local),
            Some(variant) => Place::local(local).then(Proj::Variant(variant)),
        };
        for (index, ty) in (0..).zip(types) {
            if self.needs_drop(ty) {
                self.emit.push(Stmt::Drop(whole.then(Proj::Field(index))), range);
            }
        }
    }

    /// Takes the value of a place apart: its parts are those of a local from now on, which drops what nobody else takes.
    pub(super) fn take_apart(&mut self, value: Rvalue, ty: TypeId, variant: Option<u32>, range: TextRange) -> Local {
        let local = self.emit.hold(ty, value, range);
        let drop = variant.map_or(Dropped::Fields, Dropped::Payload);
        self.scopes.push(Entry { local, drop, storage: false });
        local
    }
}
