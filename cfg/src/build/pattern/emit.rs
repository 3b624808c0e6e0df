//! The decision graph as blocks. Each node becomes one block (comparisons of ranges a few), in the order of the outcomes.

use super::bind::{Bindings, Chosen, Notes};
use super::switch::Outcomes;
use super::tables::{FAIL, Node, NodeId, Occ, ROOT, Step, Tables};
use super::{Builder, Candidate, Subject};
use crate::build::Effects;
use crate::build::place::PlaceBuf;
use crate::{
    Arg, BinOp, BlockId, Call, Callee, Glue, Local, LocalKind, Operand, Place, Proj, Rvalue, Stmt, Terminator,
};
use kiln_air::{Body, PatId, PatKind, UseKind};
use kiln_source::{Idx, TextRange};
use kiln_types::{Pool, StaticData, Statics, TypeId, ValueId, ValueKey};
use smallvec::SmallVec;

/// A decision being emitted.
struct Decision<'d> {
    tables: &'d Tables,
    subject: &'d Subject,
    candidates: &'d [Candidate],
    range: TextRange,
    /// Where it goes on if nothing matches; without, that can't be.
    failed: Option<BlockId>,
    blocks: Vec<Option<BlockId>>,
    /// Nodes that have a block without content.
    open: Vec<NodeId>,
    notes: Notes,
    /// Names of what is matched, to be used behind each guard: so none changes it.
    watched: SmallVec<[Local; 1]>,
}

impl Builder<'_, '_> {
    /// Emits the tests from `root` on; ends the current block.
    pub(super) fn emit_decision(
        &mut self,
        tables: &Tables,
        root: NodeId,
        subject: &Subject,
        candidates: &[Candidate],
        failed: Option<BlockId>,
        range: TextRange,
    ) {
        let blocks = vec![None; tables.nodes.len()];
        let (open, notes) = (Vec::new(), self.notes(tables, range));
        let watched = self.watch(subject, candidates, range);
        let mut decision = Decision { tables, subject, candidates, range, failed, blocks, open, notes, watched };
        for candidate in candidates {
            if has_alternatives(self, candidate.pat) {
                self.bound_in_branches(candidate.pat);
            }
        }
        self.node(&mut decision, root);
        while let Some(node) = decision.open.pop() {
            let block = decision.blocks[node.index()].expect("open nodes have a block");
            if self.emit.enter(block).is_ok() {
                self.node(&mut decision, node);
            } else {
                // A guard that always holds does not lead there; another node still may.
                decision.blocks[node.index()] = None;
            }
        }
    }

    /// A local for each or-pattern whose alternative is noted at run time.
    fn notes(&mut self, tables: &Tables, range: TextRange) -> Notes {
        let mut notes = Notes::new();
        for node in &tables.nodes {
            if let Node::Note { pat, .. } = node
                && notes.iter().all(|note| note.0 != *pat)
            {
                let note = self.emit.variable(TypeId::U32, range);
                let first = Operand::Const(self.cx.pool.scalar(TypeId::U32, 0));
                self.emit.assign(Place::local(note), Rvalue::Operand(first), range);
                notes.push((*pat, note));
            }
        }
        notes
    }

    /// The block of a node; its content follows.
    fn target(&mut self, decision: &mut Decision<'_>, node: NodeId) -> BlockId {
        if let Some(block) = decision.blocks[node.index()] {
            return block;
        }
        let block = match (&decision.tables.nodes[node.index()], decision.failed) {
            (Node::Fail, Some(failed)) => failed,
            (Node::Leaf { arm, .. }, _)
                if !super::tables::has_bindings(self.body, self.cx.pool, decision.candidates[*arm as usize].pat) =>
            {
                decision.candidates[*arm as usize].target
            }
            _ => {
                decision.open.push(node);
                self.emit.new_block()
            }
        };
        decision.blocks[node.index()] = Some(block);
        block
    }

    /// Emits a node into the current block.
    fn node(&mut self, decision: &mut Decision<'_>, node: NodeId) {
        let tables = decision.tables;
        match &tables.nodes[node.index()] {
            Node::Fail => match decision.failed {
                Some(failed) => self.emit.jump(failed, decision.range),
                None => self.emit.end(Terminator::Unreachable, decision.range),
            },
            Node::Leaf { arm, choice } => {
                let Candidate { pat, target, .. } = decision.candidates[*arm as usize];
                let chosen = Chosen { tables: Some(tables), choice: *choice, notes: &decision.notes };
                self.bind_pattern(pat, decision.subject, chosen, Bindings::All);
                self.emit.jump(target, self.body.pats[pat].range);
            }
            Node::Guard { arm, otherwise, .. } => {
                let otherwise = self.target(decision, *otherwise);
                self.guard(decision, node, *arm, otherwise);
            }
            Node::Switch { occ, cases, ranges } => self.switch(decision, *occ, cases, ranges),
            Node::Equal { occ, value, yes, no } => {
                let (yes, no) = (self.target(decision, *yes), self.target(decision, *no));
                self.equal(decision, *occ, *value, yes, no);
            }
            Node::Note { pat, alternative, next } => {
                let (_, note) = *decision.notes.iter().find(|note| note.0 == *pat).expect("notes have locals");
                let value = self.cx.pool.scalar(TypeId::U32, u128::from(*alternative));
                let range = self.body.pats[*pat].range;
                self.emit.assign(Place::local(note), Rvalue::Operand(Operand::Const(value)), range);
                let next = self.target(decision, *next);
                self.emit.jump(next, range);
            }
        }
    }

    /// Binds what the guard sees, tests it, binds the rest.
    fn guard(&mut self, decision: &Decision<'_>, node: NodeId, arm: u32, otherwise: BlockId) {
        let Candidate { pat, guard, target } = decision.candidates[arm as usize];
        let (Some(guard), Node::Guard { choice, .. }) = (guard, &decision.tables.nodes[node.index()]) else { return };
        let chosen = Chosen { tables: Some(decision.tables), choice: *choice, notes: &decision.notes };
        let aliases = self.guard_aliases.len();
        self.bind_pattern(pat, decision.subject, chosen, Bindings::Preliminary);
        let moves = self.guard_aliases.len() > aliases || consumes(self.body, self.cx.pool, pat);
        let is_watched = !decision.watched.is_empty();
        let success = if moves || is_watched { self.emit.new_block() } else { target };
        let failure = if is_watched { self.emit.new_block() } else { otherwise };
        let flow = self.condition(guard, success, failure);
        self.guard_aliases.truncate(aliases);
        if flow.is_err() {
            return;
        }
        let range = self.body.pats[pat].range;
        if is_watched && self.emit.enter(failure).is_ok() {
            self.look_again(&decision.watched, range);
            self.emit.jump(otherwise, range);
        }
        if success != target && self.emit.enter(success).is_ok() {
            self.look_again(&decision.watched, range);
            if moves {
                self.bind_pattern(pat, decision.subject, chosen, Bindings::Moves);
            }
            self.emit.jump(target, range);
        }
    }

    /// Names for the places that are matched, where a guard might change them.
    fn watch(&mut self, subject: &Subject, candidates: &[Candidate], range: TextRange) -> SmallVec<[Local; 1]> {
        let writes = |guard| self.effects(guard).has(Effects::WRITES);
        if !candidates.iter().filter_map(|candidate| candidate.guard).any(writes) {
            return SmallVec::new();
        }
        let places = match subject {
            Subject::Whole(place) => std::slice::from_ref(place),
            Subject::Parts(places) => places,
        };
        let mut watched = SmallVec::new();
        for place in places.iter().map(PlaceBuf::finish) {
            let ty = crate::place_type(&place, &self.emit.locals, self.cx.pool, &Statics::default());
            let is_temporary = place.as_local().is_some_and(|local| self.emit.locals[local].kind == LocalKind::Temp);
            if let Some(ty) = ty.filter(|_| !is_temporary) {
                let name = self.emit.alias(ty.ty, range);
                self.emit.push(Stmt::Bind { local: name, place }, range);
                watched.push(name);
            }
        }
        watched
    }

    /// Uses names, so that what they name was not changed before.
    fn look_again(&mut self, watched: &[Local], range: TextRange) {
        for name in watched {
            let ty = self.emit.locals[*name].ty;
            self.emit.hold(ty, Rvalue::Use(Place::local(*name), UseKind::Show), range);
        }
    }

    fn switch(&mut self, decision: &mut Decision<'_>, occ: Occ, cases: &[(u128, NodeId)], ranges: &[(u128, NodeId)]) {
        let (range, place) = (decision.range, self.occurrence(decision, occ));
        let (value, ty) = self.switched(&place, decision.tables.occurrences[occ.index()].ty, range);
        // The nodes opened last are emitted first: ask for the outcomes in reverse.
        let mut target = |(bits, node): &(u128, NodeId)| (*bits, self.target(decision, *node));
        let mut outcomes = Outcomes { ranges: ranges.iter().rev().map(&mut target).collect(), ..Outcomes::default() };
        outcomes.cases = cases.iter().rev().map(target).collect();
        outcomes.ranges.reverse();
        outcomes.cases.reverse();
        outcomes.is_complete = ranges.len() == 1 && ranges[0].1 == FAIL && decision.failed.is_none();
        self.switch_to(value, ty, &outcomes, range);
    }

    fn equal(&mut self, decision: &Decision<'_>, occ: Occ, value: ValueId, yes: BlockId, no: BlockId) {
        let range = decision.range;
        let place = self.occurrence(decision, occ);
        let ty = decision.tables.occurrences[occ.index()].ty;
        if self.cx.pool.is_float(ty) {
            let left = self.scalar_of(&place, ty, range);
            return self.branch_on(BinOp::Eq, left, Operand::Const(value), yes, no, range);
        }
        let constant = self.constant_place(value, ty, range);
        let callee = Callee::Func((self.cx.glue)(Glue::Eq(ty)));
        let cond = self.emit.temp(TypeId::BOOL, range);
        let args = Box::new([Arg::Place(place.finish()), constant]);
        self.emit.push(Stmt::Call(Box::new(Call { dst: Some(Place::local(cond)), callee, args })), range);
        self.emit.end(Terminator::Branch { cond: Operand::Copy(cond), then: yes, else_: no }, range);
    }

    /// A place with the value of a constant; for text that is static data.
    fn constant_place(&mut self, value: ValueId, ty: TypeId, range: TextRange) -> Arg {
        let Some(ValueKey::Str(text)) = self.cx.pool.value_key(value) else {
            return Arg::Place(Place::local(self.emit.hold(ty, Rvalue::Operand(Operand::Const(value)), range)));
        };
        let (bytes, len): (Box<[u8]>, _) = (text.as_bytes().into(), text.len() as u64);
        let array = self.cx.pool.array(TypeId::U8, len);
        let data = self.cx.statics.add(StaticData { ty: array, bytes, align: 1, relocs: Box::default() });
        let ty = self.cx.pool.ptr(false, TypeId::STR);
        let pointer = self.cx.pool.value(ValueKey::StaticPtr { ty, data, offset: 0, len: Some(len) });
        let local = self.emit.hold(ty, Rvalue::Operand(Operand::Const(pointer)), range);
        Arg::Place(Place::local(local).then(Proj::Deref))
    }

    /// The place of a part of the scrutinee.
    fn occurrence(&self, decision: &Decision<'_>, occ: Occ) -> PlaceBuf {
        let (mut steps, mut at) = (Vec::new(), occ);
        while at != ROOT {
            let occurrence = &decision.tables.occurrences[at.index()];
            steps.push(occurrence.step);
            at = occurrence.parent;
        }
        let mut place = match (decision.subject, steps.last()) {
            (Subject::Whole(place), _) => place.clone(),
            (Subject::Parts(parts), Some(Step::Field(field))) => {
                let place = parts[*field as usize].clone();
                steps.pop();
                place
            }
            (Subject::Parts(_), _) => unreachable!("a tuple in parts is looked at by its fields"),
        };
        for step in steps.iter().rev() {
            match step {
                Step::Field(field) => place.push(Proj::Field(*field)),
                Step::Payload(variant, field) => {
                    place.push(Proj::Variant(*variant));
                    place.push(Proj::Field(*field));
                }
            }
        }
        place
    }
}

/// Whether taking the pattern's value apart consumes something linear.
fn consumes(body: &Body, pool: &Pool, pat: PatId) -> bool {
    match &body.pats[pat].kind {
        PatKind::Wild | PatKind::Bind { .. } | PatKind::Const(_) | PatKind::Range { .. } => false,
        PatKind::Fields(fields) | PatKind::Variant { fields, .. } => {
            pool.is_linear_itself(body.pats[pat].ty) || fields.iter().any(|field| consumes(body, pool, field.1))
        }
        PatKind::Or(alternatives) => alternatives.iter().any(|part| consumes(body, pool, *part)),
    }
}

fn has_alternatives(builder: &Builder<'_, '_>, pat: PatId) -> bool {
    match &builder.body.pats[pat].kind {
        PatKind::Wild | PatKind::Bind { .. } | PatKind::Const(_) | PatKind::Range { .. } => false,
        PatKind::Fields(fields) | PatKind::Variant { fields, .. } => {
            fields.iter().any(|field| has_alternatives(builder, field.1))
        }
        PatKind::Or(_) => true,
    }
}
