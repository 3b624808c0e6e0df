//! Facts about types that lowering asks for at every turn, found once a type.

use super::Builder;
use kiln_types::{Layouts, Ownership, Pool, Repr, TypeId};

const KNOWN: u8 = 1;
const NEEDS_DROP: u8 = 2;
const COPY: u8 = 4;
const MEMORY: u8 = 8;

/// The facts known so far, by type.
#[derive(Debug, Default)]
pub(crate) struct FactTable(Vec<u8>);

impl FactTable {
    fn of(&mut self, pool: &Pool, layouts: &mut Layouts, ty: TypeId) -> u8 {
        match self.0.get(ty.index()) {
            Some(&facts) if facts != 0 => facts,
            _ => self.find(pool, layouts, ty),
        }
    }

    #[cold]
    fn find(&mut self, pool: &Pool, layouts: &mut Layouts, ty: TypeId) -> u8 {
        let mut facts = KNOWN;
        let ownership = pool.ownership(ty);
        if ownership == Ownership::Linear || pool.needs_drop(ty) {
            facts |= NEEDS_DROP;
        }
        if ownership == Ownership::Copy {
            facts |= COPY;
        }
        if layouts.of(pool, ty).repr == Repr::Memory {
            facts |= MEMORY;
        }
        if self.0.len() <= ty.index() {
            self.0.resize(pool.len().max(ty.index() + 1), 0);
        }
        self.0[ty.index()] = facts;
        facts
    }
}

impl Builder<'_, '_> {
    fn facts(&mut self, ty: TypeId) -> u8 {
        self.cx.scratch.facts.of(self.cx.pool, self.cx.layouts, ty)
    }

    /// Whether dropping a value of the type does anything, or is a mistake that has to be found.
    pub(super) fn needs_drop(&mut self, ty: TypeId) -> bool {
        self.facts(ty) & NEEDS_DROP != 0
    }

    /// Whether using a value of the type copies it.
    pub(super) fn is_copy(&mut self, ty: TypeId) -> bool {
        self.facts(ty) & COPY != 0
    }

    /// Whether values of the type lie in memory.
    pub(super) fn is_memory(&mut self, ty: TypeId) -> bool {
        self.facts(ty) & MEMORY != 0
    }
}
