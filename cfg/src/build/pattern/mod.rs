//! Patterns: `match`, destructuring `let`, and the bindings of loops.
//!
//! Three steps, each a file. [`tables`] holds the problem: rows of patterns over *occurrences*, the parts of the
//! scrutinee. [`tree`] solves it into a graph of tests and leaves after Luc Maranget, "Compiling Pattern Matching to Good
//! Decision Trees" (ML Workshop 2008): pick a column, switch on it, go on with the rows each outcome leaves. Equal
//! remainders are solved once, so the tree is a graph; where it would still grow out of proportion, or test a guard at
//! two places, [`chain`] tries the arms one after the other instead, which is linear in the size of the patterns.
//! [`emit`] turns the graph into blocks, [`bind`] the bindings into assignments; [`switch`] does matches that are one switch at once; each arm's body is lowered once.

mod tables;

mod tree;

mod chain;

mod emit;

mod switch;

mod bind;

use super::place::PlaceBuf;
use super::survey::{Siblings, binds_alias, binds_part};
use super::{Builder, Effects};
use crate::emit::Flow;
use crate::{BlockId, Place, Terminator};
use kiln_air::{Arm, BindMode, Body, Inst, InstId, PatId, PatKind};
use kiln_source::TextRange;
use kiln_types::Pool;
use smallvec::SmallVec;
use tables::Tables;

/// Tables that are not in use; a match inside an arm takes another one.
#[derive(Debug, Default)]
pub(super) struct Buffers(Vec<Tables>);

/// What is matched.
#[derive(Clone, Debug)]
enum Subject {
    /// One place.
    Whole(PlaceBuf),
    /// The parts of a tuple that is written as one and never needed as a whole.
    Parts(SmallVec<[PlaceBuf; 4]>),
}

/// An arm as the solver sees it.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    pat: PatId,
    guard: Option<InstId>,
    /// Where it goes on when it is chosen.
    target: BlockId,
}

impl Builder<'_, '_> {
    pub(super) fn match_(&mut self, dst: Option<&Place>, id: InstId, scrutinee: InstId, arms: &[Arm]) -> Flow<()> {
        let subject = self.subject(scrutinee, arms)?;
        if arms.len() > 1 {
            self.assigned_in_branches(dst);
        }
        let candidates: SmallVec<[Candidate; 8]> = arms
            .iter()
            .map(|arm| Candidate { pat: arm.pat, guard: arm.guard, target: self.emit.new_block() })
            .collect();
        self.decide(&subject, &candidates, None, self.range(id));
        let join = self.emit.new_block();
        for (arm, candidate) in arms.iter().zip(&candidates) {
            if self.enter(candidate.target).is_err() {
                continue;
            }
            let depth = self.scopes.len();
            self.enter_bindings(arm.pat);
            let flow = self.scoped(dst, arm.body);
            if self.end_scope(depth, flow, self.range(arm.body)).is_ok() {
                self.emit.jump(join, self.range(arm.body));
            }
        }
        self.enter(join)
    }

    /// `let` with a pattern that takes apart.
    pub(super) fn let_pattern(&mut self, pat: PatId, init: InstId, range: TextRange) -> Flow<()> {
        let depth = self.scopes.len();
        let flow = self.source(init).and_then(|subject| self.bind_subject(pat, subject, range));
        if self.is_unnamed_alias(pat) {
            // What it names lives as long as it does.
            return flow;
        }
        self.after_let(pat, depth, flow, range)
    }

    /// Opens the scope of a `let`'s bindings. Temporaries end before, unless their parts are named.
    fn after_let(&mut self, pat: PatId, depth: usize, flow: Flow<()>, range: TextRange) -> Flow<()> {
        match binds_part(self.body, pat) {
            true => flow?,
            false => self.end_scope(depth, flow, range)?,
        }
        self.enter_bindings(pat);
        Ok(())
    }

    /// Whether the pattern is a name of the compiler's own for a place.
    fn is_unnamed_alias(&self, pat: PatId) -> bool {
        match self.body.pats[pat].kind {
            PatKind::Bind { local, mode: BindMode::Alias | BindMode::AliasMut } => {
                self.body.locals[local].name.is_none()
            }
            _ => false,
        }
    }

    /// `let … else`: where the pattern fails, temporaries end before the block.
    pub(super) fn let_else(&mut self, pat: PatId, init: InstId, or_else: InstId, range: TextRange) -> Flow<()> {
        let depth = self.scopes.len();
        let subject = match self.source(init) {
            Ok(subject) => subject,
            Err(diverged) => return self.end_scope(depth, Err(diverged), range),
        };
        let (matched, failed) = (self.emit.new_block(), self.emit.new_block());
        let candidate = Candidate { pat, guard: None, target: matched };
        self.decide(&subject, &[candidate], Some(failed), range);
        if self.enter(failed).is_ok() {
            self.leave(depth, true, range);
            let inner = self.scopes.split_off(depth);
            if self.scoped(None, or_else).is_ok() {
                let _: Flow<()> = self.emit.unreachable(range);
            }
            self.scopes.extend(inner);
        }
        let flow = self.enter(matched);
        self.after_let(pat, depth, flow, range)
    }

    /// Binds a pattern that can't fail, and opens the scope of its bindings.
    pub(super) fn bind_here(&mut self, pat: PatId, place: PlaceBuf, range: TextRange) -> Flow<()> {
        self.bind_subject(pat, Subject::Whole(place), range)?;
        self.enter_bindings(pat);
        Ok(())
    }

    /// Binds a pattern that can't fail as a whole; its alternatives may still have to be told apart.
    fn bind_subject(&mut self, pat: PatId, subject: Subject, range: TextRange) -> Flow<()> {
        if is_plain(self.body, self.cx.pool, pat) {
            self.bind_plain(pat, &subject);
            return Ok(());
        }
        let target = self.emit.new_block();
        self.decide(&subject, &[Candidate { pat, guard: None, target }], None, range);
        self.enter(target)
    }

    /// Emits the tests and bindings that lead from here to the candidates' targets, or to `failed`.
    fn decide(&mut self, subject: &Subject, candidates: &[Candidate], failed: Option<BlockId>, range: TextRange) {
        if candidates.is_empty() {
            self.emit.end(Terminator::Unreachable, range);
            return;
        }
        if let Some(flat) = self.as_flat(candidates) {
            return self.flat_match(&flat, subject, candidates, failed, range);
        }
        let mut tables = self.cx.scratch.matches.0.pop().unwrap_or_default();
        let pointer_bits = self.cx.layouts.target().pointer_bits();
        let root = tables.solve(self.body, self.cx.pool, pointer_bits, candidates, failed.is_some());
        self.emit_decision(&tables, root, subject, candidates, failed, range);
        tables.clear();
        self.cx.scratch.matches.0.push(tables);
    }

    /// What a `let` takes apart.
    fn source(&mut self, init: InstId) -> Flow<Subject> {
        // Bindings are taken one after the other; nothing is written in between.
        self.place(init, Effects::WRITES).map(Subject::Whole)
    }

    fn subject(&mut self, scrutinee: InstId, arms: &[Arm]) -> Flow<Subject> {
        let guards = arms
            .iter()
            .filter_map(|arm| arm.guard)
            .fold(Effects::NONE, |effects, guard| effects.and(self.effects(guard)));
        let ty = self.ty(scrutinee);
        if let Inst::Tuple(parts) = &self.body.insts[scrutinee]
            && arms.iter().all(|arm| takes_apart(self.body, arm.pat))
        {
            return self.parts(parts, guards);
        }
        let is_place = self.body.insts[scrutinee].is_place();
        if !is_place && self.is_copy(ty) && !self.is_memory(ty) {
            return self.scalar_place(scrutinee, guards).map(Subject::Whole);
        }
        let place = self.place(scrutinee, Effects::WRITES)?;
        let names_parts = arms.iter().any(|arm| binds_alias(self.body, arm.pat));
        if is_place && guards.has(Effects::WRITES) && self.is_copy(ty) && !names_parts {
            // Tests after a guard see what the first test saw.
            let range = self.range(scrutinee);
            let value = crate::Rvalue::Use(place.finish(), kiln_air::UseKind::Copy);
            return Ok(Subject::Whole(PlaceBuf::local(self.emit.hold(ty, value, range))));
        }
        Ok(Subject::Whole(place))
    }

    /// A local with the value of a scalar, which it keeps through `after`.
    fn scalar_place(&mut self, id: InstId, after: Effects) -> Flow<PlaceBuf> {
        let value = self.operand(id, after)?;
        let local = self.operand_local(value, self.ty(id), self.range(id));
        Ok(PlaceBuf::local(local))
    }

    fn parts(&mut self, parts: &[InstId], after: Effects) -> Flow<Subject> {
        let siblings = Siblings::of(&self.survey, parts.iter().copied());
        let mut places = SmallVec::new();
        for (index, part) in parts.iter().enumerate() {
            let ty = self.ty(*part);
            places.push(if self.is_copy(ty) && !self.is_memory(ty) {
                self.scalar_place(*part, after.and(siblings.after(index)))?
            } else {
                self.value_place(*part)?
            });
        }
        Ok(Subject::Parts(places))
    }
}

/// Whether the pattern, matched with a tuple, never needs it as a whole.
fn takes_apart(body: &Body, pat: PatId) -> bool {
    match &body.pats[pat].kind {
        PatKind::Wild | PatKind::Fields(_) => true,
        PatKind::Or(alternatives) => alternatives.iter().all(|alternative| takes_apart(body, *alternative)),
        _ => false,
    }
}

/// Whether the pattern matches everything and has no alternatives.
fn is_plain(body: &Body, pool: &Pool, pat: PatId) -> bool {
    match &body.pats[pat].kind {
        PatKind::Wild | PatKind::Bind { .. } => true,
        PatKind::Fields(fields) => fields.iter().all(|(_, part)| is_plain(body, pool, *part)),
        PatKind::Variant { fields, .. } => {
            pool.enum_def(body.pats[pat].ty).is_some_and(|def| def.variants.len() == 1)
                && fields.iter().all(|(_, part)| is_plain(body, pool, *part))
        }
        PatKind::Const(_) | PatKind::Range { .. } | PatKind::Or(_) => false,
    }
}
