//! What holds along the paths: locals have values before they are used; who may be assigned once, is.

use super::{Rule, Verifier, has_no_parts};
use crate::{BlockId, Func, Local, LocalKind, Mention, Operand, PlaceBase, Stmt, Terminator};
use kiln_source::Idx;

/// A set of locals.
#[derive(Clone, PartialEq)]
struct Locals(Vec<u64>);

impl Locals {
    fn none(count: usize) -> Locals {
        Locals(vec![0; count.div_ceil(64)])
    }

    fn all(count: usize) -> Locals {
        Locals(vec![u64::MAX; count.div_ceil(64)])
    }

    fn insert(&mut self, local: Local) {
        self.0[local.index() / 64] |= 1 << (local.index() % 64);
    }

    fn remove(&mut self, local: Local) {
        self.0[local.index() / 64] &= !(1 << (local.index() % 64));
    }

    fn contains(&self, local: Local) -> bool {
        self.0[local.index() / 64] & (1 << (local.index() % 64)) != 0
    }

    /// Keeps what is also in `other`; whether something went.
    fn retain(&mut self, other: &Locals) -> bool {
        let mut changed = false;
        for (word, other) in self.0.iter_mut().zip(&other.0) {
            changed |= *word & !other != 0;
            *word &= other;
        }
        changed
    }
}

impl Verifier<'_> {
    pub(super) fn flow(&mut self) {
        self.single_assignments();
        let func = self.func;
        let count = func.locals.len();
        // A part that was assigned counts as the whole: fields and elements are assigned one after the other.
        let mut before = vec![Locals::all(count); func.blocks.len()];
        let mut entry = Locals::none(count);
        func.params().for_each(|param| entry.insert(param));
        before[Func::ENTRY.index()] = entry;
        let mut open: Vec<BlockId> = func.blocks.ids().rev().collect();
        let mut is_open = vec![true; func.blocks.len()];
        while let Some(block) = open.pop() {
            is_open[block.index()] = false;
            let mut assigned = before[block.index()].clone();
            func.blocks[block].stmts.iter().for_each(|stmt| apply(stmt, &mut assigned, |_, _| {}));
            func.blocks[block].term.for_each_successor(|next| {
                if before[next.index()].retain(&assigned) && !std::mem::replace(&mut is_open[next.index()], true) {
                    open.push(next);
                }
            });
        }
        for (block, data) in func.blocks.iter_enumerated() {
            self.block = Some(block);
            let mut assigned = before[block.index()].clone();
            for (index, stmt) in data.stmts.iter().enumerate() {
                self.stmt = Some(index);
                apply(stmt, &mut assigned, |assigned, local| self.used(assigned, local));
            }
            self.stmt = Some(data.stmts.len());
            if let Some(local) = data.term.operand().and_then(Operand::local) {
                self.used(&assigned, local);
            }
            if data.term == Terminator::Return {
                self.used(&assigned, Func::RESULT);
            }
        }
        (self.block, self.stmt) = (None, None);
    }

    fn used(&mut self, assigned: &Locals, local: Local) {
        if !assigned.contains(local) && !has_no_parts(self.cx.pool, self.func.locals[local].ty) {
            self.report(Rule::Unassigned(local));
        }
    }

    fn single_assignments(&mut self) {
        let func = self.func;
        let mut whole = vec![0u32; func.locals.len()];
        let mut parts = vec![false; func.locals.len()];
        for stmt in func.blocks.iter().flat_map(|block| &block.stmts) {
            stmt.for_each_mention(&mut |mention| match mention {
                Mention::Write(place) => {
                    if let Some(local) = place.as_local() {
                        whole[local.index()] += 1;
                    } else if let PlaceBase::Local(local) = place.base
                        && place.proj.first() != Some(&crate::Proj::Deref)
                    {
                        parts[local.index()] = true;
                    }
                }
                Mention::WriteTag(place) => {
                    if let Some(local) = place.as_local() {
                        parts[local.index()] = true;
                    }
                }
                _ => {}
            });
        }
        for (local, decl) in func.locals.iter_enumerated() {
            let (whole, parts) = (whole[local.index()], parts[local.index()]);
            let right = match decl.kind {
                LocalKind::Temp => whole == 0 || (whole == 1 && !parts),
                LocalKind::User if !decl.mutable => whole <= 1,
                _ => true,
            };
            self.require(right, || Rule::AssignedTwice(local));
        }
    }
}

/// Follows an instruction: `used` is called for locals whose value it needs.
fn apply(stmt: &Stmt, assigned: &mut Locals, mut used: impl FnMut(&Locals, Local)) {
    stmt.for_each_mention(&mut |mention| match mention {
        Mention::Operand(operand) => operand.local().into_iter().for_each(|local| used(assigned, local)),
        Mention::Read(place, _) | Mention::Refer(place) => {
            if let PlaceBase::Local(local) = place.base {
                used(assigned, local);
            }
        }
        Mention::Write(place) | Mention::WriteTag(place) => {
            if let PlaceBase::Local(local) = place.base {
                if place.proj.first() == Some(&crate::Proj::Deref) {
                    used(assigned, local);
                }
                assigned.insert(local);
            }
        }
        Mention::Bind(local) => assigned.insert(local),
        Mention::Drop(_) => {}
        Mention::StorageLive(local) | Mention::StorageDead(local) => assigned.remove(local),
    });
}
