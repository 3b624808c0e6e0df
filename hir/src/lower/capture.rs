//! What nested declarations use of the bodies around them.
//!
//! A declaration's captures are the outer locals it names itself, those of its members (which share them), and those of
//! nested declarations it names: naming `helper` inside `outer` needs what `helper` needs.

use super::Lower;
use crate::VarRef;
use kiln_source::DeclId;
use rustc_hash::FxHashMap;
use std::collections::VecDeque;

impl Lower<'_> {
    /// Records the captures of a body that is complete. Recursion between nested declarations is settled when the
    /// outermost body closes.
    pub(super) fn finish_captures(&mut self, decl: DeclId, captures: Vec<VarRef>, named: Vec<DeclId>) {
        let holder = self.capture_holder(decl);
        // What a member uses is noted in the open body of its type as well, in order.
        if holder == decl {
            for var in captures {
                self.add_capture(holder, var);
            }
        }
        if self.bodies.is_empty() {
            self.settle_captures();
            return;
        }
        for other in named {
            let other = self.capture_holder(other);
            if other != holder {
                self.pending.push((holder, other));
            }
        }
    }

    /// The declaration whose capture list counts: a member's is its type's.
    pub(super) fn capture_holder(&self, mut decl: DeclId) -> DeclId {
        while self.program.decls[decl].is_member {
            decl = self.program.decls[decl].parent.expect("members have a type");
        }
        decl
    }

    fn add_capture(&mut self, holder: DeclId, var: VarRef) -> bool {
        // A type's own body (field types) may name what its members see; its own locals are not captures.
        if self.capture_holder(var.decl) == holder {
            return false;
        }
        let captures = &mut self.program.decls[holder].captures;
        if captures.contains(&var) {
            return false;
        }
        captures.push(var);
        true
    }

    /// Passes captures along "names" until nothing changes: each capture of a declaration goes to those who name it.
    fn settle_captures(&mut self) {
        let mut users: FxHashMap<DeclId, Vec<DeclId>> = FxHashMap::default();
        let mut queue = VecDeque::new();
        for (user, named) in std::mem::take(&mut self.pending) {
            let known = users.entry(named).or_default();
            if known.is_empty() {
                queue.extend(self.program.decls[named].captures.iter().map(|var| (named, *var)));
            }
            if known.last() != Some(&user) {
                known.push(user);
            }
        }
        while let Some((named, var)) = queue.pop_front() {
            for &user in users.get(&named).map_or(&[][..], Vec::as_slice) {
                if var.decl != user && self.add_capture(user, var) {
                    queue.push_back((user, var));
                }
            }
        }
    }
}
