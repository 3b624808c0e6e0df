//! Scopes: what ends with them, and the one way out of them.
//!
//! The stack holds, from the function's parameters inwards, every local whose value is to be dropped or whose storage
//! ends. A `Drop` stands wherever the local's scope is left; which of them still have a value there is found later.

use super::Builder;
use crate::emit::Flow;
use crate::{Local, Place, Stmt};
use kiln_air::{InstId, LocalId};
use kiln_source::TextRange;
use kiln_types::TypeId;

/// A local whose scope is open.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// Which.
    pub local: Local,
    /// Its value is dropped.
    pub drop: bool,
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
        let drop = self.needs_drop(ty);
        let storage = drop || self.is_memory(ty) || self.survey.in_memory(binding);
        Entry { local: Local(binding.0 + 1), drop, storage }
    }

    /// Opens the scope of bindings that have their values.
    pub(super) fn enter_scope(&mut self, bindings: &[Entry]) {
        self.scopes.extend(bindings.iter().filter(|entry| entry.drop || entry.storage));
    }

    /// A temporary that has to be dropped when the statement ends, if it still has its value then.
    pub(super) fn drop_at_statement_end(&mut self, local: Local, ty: TypeId) {
        if self.needs_drop(ty) {
            self.scopes.push(Entry { local, drop: true, storage: false });
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
            if entry.drop {
                self.emit.push(Stmt::Drop(Place::local(entry.local)), range);
            }
            if entry.storage && end_storage {
                self.emit.push(Stmt::StorageDead(entry.local), range);
            }
        }
    }
}
