//! Switches: by the bits of a scalar or the tag of an enum; and matches that are one switch, which need no tables.

use super::tables::has_bindings;
use super::{Builder, Candidate, Subject, is_plain};
use crate::build::place::PlaceBuf;
use crate::{BinOp, BlockId, Operand, Rvalue, Terminator};
use kiln_air::{PatKind, UseKind};
use kiln_source::TextRange;
use kiln_types::{TypeId, TypeKey};
use smallvec::SmallVec;

/// Where the values of a switch lead.
#[derive(Debug, Default)]
pub(super) struct Outcomes {
    /// Single values.
    pub cases: SmallVec<[(u128, BlockId); 8]>,
    /// All others: first values of ranges in ascending order, each up to the next one's.
    pub ranges: SmallVec<[(u128, BlockId); 2]>,
    /// There are no others.
    pub is_complete: bool,
}

/// A match whose patterns look at nothing but the value or tag of the scrutinee.
#[derive(Debug)]
pub(super) struct Flat {
    /// Bits, and the candidate they choose.
    keys: SmallVec<[(u128, usize); 8]>,
    /// The candidate all others choose.
    rest: Option<usize>,
    /// There are no others.
    is_complete: bool,
}

impl Builder<'_, '_> {
    /// The match as a flat one, if it is one.
    pub(super) fn as_flat(&self, candidates: &[Candidate]) -> Option<Flat> {
        let (body, pool) = (self.body, &*self.cx.pool);
        let ty = body.pats[candidates[0].pat].ty;
        let count = match pool.key(ty) {
            TypeKey::Bool => 2,
            TypeKey::Int { .. } | TypeKey::Size { .. } | TypeKey::Char => usize::MAX,
            TypeKey::Enum { .. } | TypeKey::AnonEnum { .. } => pool.enum_def(ty)?.variants.len(),
            _ => return None,
        };
        let mut flat = Flat { keys: SmallVec::new(), rest: None, is_complete: false };
        for (index, candidate) in candidates.iter().enumerate().filter(|_| count > 1) {
            if candidate.guard.is_some() {
                return None;
            }
            let key = match &body.pats[candidate.pat].kind {
                PatKind::Wild | PatKind::Bind { .. } => {
                    flat.rest = Some(index);
                    break;
                }
                PatKind::Const(value) => pool.scalar_bits(*value)?,
                PatKind::Variant { variant, fields } => {
                    if !fields.iter().all(|field| is_plain(body, pool, field.1)) {
                        return None;
                    }
                    pool.enum_def(ty)?.variants[*variant as usize].discriminant
                }
                _ => return None,
            };
            flat.keys.push((key, index));
        }
        let mut sorted: SmallVec<[u128; 8]> = flat.keys.iter().map(|key| key.0).collect();
        sorted.sort_unstable();
        flat.is_complete = sorted.len() == count;
        let unique = sorted.windows(2).all(|pair| pair[0] != pair[1]);
        (unique && !sorted.is_empty()).then_some(flat)
    }

    /// Emits a flat match; ends the current block.
    pub(super) fn flat_match(
        &mut self,
        flat: &Flat,
        subject: &Subject,
        candidates: &[Candidate],
        failed: Option<BlockId>,
        range: TextRange,
    ) {
        let Subject::Whole(place) = subject else { unreachable!("a scalar or enum is no tuple") };
        let ty = self.body.pats[candidates[0].pat].ty;
        let (value, ty) = self.switched(place, ty, range);
        let mut binding: SmallVec<[(BlockId, usize); 8]> = SmallVec::new();
        let mut target = |this: &mut Self, index: usize| {
            if !has_bindings(this.body, this.cx.pool, candidates[index].pat) {
                return candidates[index].target;
            }
            let block = this.emit.new_block();
            binding.push((block, index));
            block
        };
        let mut outcomes = Outcomes { is_complete: flat.is_complete, ..Outcomes::default() };
        outcomes.cases = flat.keys.iter().map(|(bits, index)| (*bits, target(self, *index))).collect();
        let rest = match (flat.rest.filter(|_| !flat.is_complete), failed) {
            (Some(rest), _) => target(self, rest),
            (None, Some(failed)) => failed,
            (None, None) => self.emit.new_block(),
        };
        outcomes.ranges.push((0, rest));
        self.switch_to(value, ty, &outcomes, range);
        if flat.rest.is_none() && failed.is_none() && self.emit.enter(rest).is_ok() {
            self.emit.end(Terminator::Unreachable, range);
        }
        for (block, index) in binding {
            if self.emit.enter(block).is_ok() {
                let Candidate { pat, target, .. } = candidates[index];
                self.bind_plain(pat, subject);
                self.emit.jump(target, self.body.pats[pat].range);
            }
        }
    }

    /// What a switch on a place looks at: the scalar in it, or its tag; with its type.
    pub(super) fn switched(&mut self, place: &PlaceBuf, ty: TypeId, range: TextRange) -> (Operand, TypeId) {
        match self.cx.pool.key(ty) {
            TypeKey::Enum { .. } | TypeKey::AnonEnum { .. } => {
                let tag = self.cx.pool.enum_def(ty).expect("sema completes the enums it matches").tag;
                (self.emit.compute(tag, Rvalue::Tag(place.finish()), range), tag)
            }
            _ => (self.scalar_of(place, ty, range), ty),
        }
    }

    /// The scalar in a place as an operand.
    pub(super) fn scalar_of(&mut self, place: &PlaceBuf, ty: TypeId, range: TextRange) -> Operand {
        match place.as_local() {
            Some(local) => Operand::Copy(local),
            None => self.emit.compute(ty, Rvalue::Use(place.finish(), UseKind::Copy), range),
        }
    }

    /// Ends the block with a switch, or with comparisons where they do.
    pub(super) fn switch_to(&mut self, value: Operand, ty: TypeId, outcomes: &Outcomes, range: TextRange) {
        let Outcomes { cases, ranges, is_complete } = outcomes;
        match (&cases[..], &ranges[..]) {
            ([], _) => self.search(value, ty, ranges, range),
            ([case], _) if *is_complete => self.emit.jump(case.1, range),
            ([case, other], _) if *is_complete => self.test_case(value, ty, *case, other.1, range),
            ([case], [other]) => self.test_case(value, ty, *case, other.1, range),
            (_, [other]) => {
                let (cases, default) = (cases.as_slice().into(), other.1);
                self.emit.end(Terminator::Switch { value, ty, cases, default }, range);
            }
            _ => {
                let (cases, default) = (cases.as_slice().into(), self.emit.new_block());
                self.emit.end(Terminator::Switch { value, ty, cases, default }, range);
                self.emit.enter(default).expect("the switch goes there");
                self.search(value, ty, ranges, range);
            }
        }
    }

    /// One value goes to its block, all others to the other one.
    fn test_case(&mut self, value: Operand, ty: TypeId, case: (u128, BlockId), other: BlockId, range: TextRange) {
        if ty == TypeId::BOOL {
            let (then, else_) = if case.0 == 1 { (case.1, other) } else { (other, case.1) };
            return self.emit.end(Terminator::Branch { cond: value, then, else_ }, range);
        }
        let constant = Operand::Const(self.cx.pool.scalar(ty, case.0));
        self.branch_on(BinOp::Eq, value, constant, case.1, other, range);
    }

    /// Finds the range of a value by halves.
    fn search(&mut self, value: Operand, ty: TypeId, ranges: &[(u128, BlockId)], range: TextRange) {
        if let [(_, target)] = ranges {
            return self.emit.jump(*target, range);
        }
        let (low, high) = ranges.split_at(ranges.len() / 2);
        let [below, above] = [low, high].map(|part| match part {
            [(_, target)] => *target,
            _ => self.emit.new_block(),
        });
        let first = Operand::Const(self.cx.pool.scalar(ty, high[0].0));
        self.branch_on(BinOp::Lt, value, first, below, above, range);
        for (part, block) in [(low, below), (high, above)] {
            if part.len() > 1 && self.emit.enter(block).is_ok() {
                self.search(value, ty, part, range);
            }
        }
    }
}
