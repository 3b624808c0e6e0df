//! The stack of bindings: what each name means here and now.
//!
//! One stack for all nested bodies. `latest` finds a name's innermost binding without search, and each binding remembers
//! the one it hides, so entering and leaving scopes costs only what they bind.

use super::{BodyCx, Lower};
use crate::{Local, LocalId, LocalKind, VarRef};
use kiln_source::{DeclId, Symbol, TextRange};

/// What a name means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Meaning {
    /// A local of the body at this depth of [`Lower::bodies`].
    Local { depth: u32, local: LocalId },
    /// A declaration, of the module or of a block.
    Decl(DeclId),
}

#[derive(Clone, Copy)]
struct Binding {
    name: Symbol,
    /// The binding this one hides, plus one.
    hidden: u32,
    meaning: Meaning,
}

/// The bindings in force.
#[derive(Default)]
pub(super) struct Scopes {
    bindings: Vec<Binding>,
    /// By symbol: its innermost binding, plus one; 0 for none.
    latest: Vec<u32>,
}

/// Where to return to when a scope ends.
#[derive(Clone, Copy)]
pub(super) struct Mark(usize);

impl Scopes {
    pub(super) fn mark(&self) -> Mark {
        Mark(self.bindings.len())
    }

    pub(super) fn leave(&mut self, mark: Mark) {
        for binding in self.bindings.drain(mark.0..).rev() {
            self.latest[binding.name.index()] = binding.hidden;
        }
    }

    pub(super) fn bind(&mut self, name: Symbol, meaning: Meaning) {
        let index = name.index();
        if self.latest.len() <= index {
            self.latest.resize((index + 1).next_power_of_two(), 0);
        }
        let hidden = self.latest[index];
        self.bindings.push(Binding { name, hidden, meaning });
        self.latest[index] = self.bindings.len() as u32;
    }

    pub(super) fn find(&self, name: Symbol) -> Option<Meaning> {
        match self.latest.get(name.index()) {
            None | Some(0) => None,
            Some(number) => Some(self.bindings[*number as usize - 1].meaning),
        }
    }

    /// All names in force, innermost first.
    pub(super) fn names(&self) -> impl Iterator<Item = Symbol> + '_ {
        self.bindings.iter().rev().map(|binding| binding.name)
    }
}

impl Lower<'_> {
    /// Adds a local to the current body without making it visible.
    pub(super) fn new_local(&mut self, name: Symbol, range: TextRange, kind: LocalKind, mutable: bool) -> LocalId {
        let cx = self.cx();
        cx.read.push(false);
        cx.body.locals.push(Local { name, range, kind, mutable })
    }

    /// Makes a local of the current body visible.
    pub(super) fn bind_local(&mut self, name: Symbol, local: LocalId) {
        let depth = self.bodies.len() as u32 - 1;
        self.scopes.bind(name, Meaning::Local { depth, local });
    }

    /// Notes a use of a local; of an outer body's it makes a capture in every body between.
    pub(super) fn use_local(&mut self, depth: u32, local: LocalId) -> Option<VarRef> {
        let owner = &mut self.bodies[depth as usize];
        owner.read[local.0 as usize] = true;
        let var = VarRef { decl: owner.decl, local };
        if depth as usize + 1 == self.bodies.len() {
            return None;
        }
        for body in &mut self.bodies[depth as usize + 1..] {
            body.capture(var);
        }
        Some(var)
    }
}

impl BodyCx {
    pub(super) fn capture(&mut self, var: VarRef) {
        if !self.captures.contains(&var) {
            self.captures.push(var);
        }
    }
}
