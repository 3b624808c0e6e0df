//! The arms one after the other, each pattern from left to right: every test stands once for each time it is written.

use super::tables::{AT_RUN_TIME, FAIL, Node, NodeId, Occ, Problem, ROOT, Step, has_bindings};
use crate::emit::with_stack;
use kiln_air::{PatId, PatKind};
use kiln_types::ValueId;

/// Where a pattern leads.
#[derive(Clone, Copy)]
struct Ways {
    matched: NodeId,
    failed: NodeId,
}

impl Problem<'_> {
    /// The chain of the whole match.
    pub fn as_chain(&mut self) -> NodeId {
        let mut failed = FAIL;
        for arm in (0..self.candidates.len()).rev() {
            let matched = self.chosen(arm as u32, AT_RUN_TIME, failed);
            failed = self.test(self.candidates[arm].pat, ROOT, Ways { matched, failed });
        }
        failed
    }

    fn test(&mut self, pat: PatId, occ: Occ, ways: Ways) -> NodeId {
        let body = self.body;
        let ty = body.pats[pat].ty;
        match &body.pats[pat].kind {
            PatKind::Wild | PatKind::Bind { .. } | PatKind::Const(ValueId::UNIT) => ways.matched,
            PatKind::Const(value) => match self.key(pat).filter(|_| !self.pool.is_float(ty)) {
                Some(key) => self.test_key(occ, key, pat, ways),
                None => {
                    let Ways { matched: yes, failed: no } = ways;
                    self.tables.node(Node::Equal { occ, value: *value, yes, no })
                }
            },
            PatKind::Range { from, to } => self.test_range(occ, pat, [*from, *to], ways),
            PatKind::Fields(fields) => self.test_parts(fields, occ, Step::Field, ways),
            PatKind::Variant { variant, fields } => {
                let matched = self.test_parts(fields, occ, |field| Step::Payload(*variant, field), ways);
                match self.key(pat) {
                    Some(key) if self.variant_count(ty) != Some(1) => {
                        self.test_key(occ, key, pat, Ways { matched, ..ways })
                    }
                    _ => matched,
                }
            }
            PatKind::Or(alternatives) => self.test_alternatives(pat, alternatives, occ, ways),
        }
    }

    fn test_parts(&mut self, fields: &[(u32, PatId)], occ: Occ, step: impl Fn(u32) -> Step, mut ways: Ways) -> NodeId {
        for (field, part) in fields.iter().rev() {
            let part_occ = self.tables.part(occ, step(*field), self.body.pats[*part].ty);
            ways.matched = with_stack(|| self.test(*part, part_occ, ways));
        }
        ways.matched
    }

    fn test_alternatives(&mut self, pat: PatId, alternatives: &[PatId], occ: Occ, ways: Ways) -> NodeId {
        let binds = has_bindings(self.body, self.pool, pat);
        let mut failed = ways.failed;
        for (index, alternative) in alternatives.iter().enumerate().rev() {
            let mut matched = ways.matched;
            if binds {
                matched = self.tables.node(Node::Note { pat, alternative: index as u32, next: matched });
            }
            failed = with_stack(|| self.test(*alternative, occ, Ways { matched, failed }));
        }
        failed
    }

    fn test_key(&mut self, occ: Occ, key: u128, pat: PatId, ways: Ways) -> NodeId {
        let order = self.order(self.body.pats[pat].ty);
        let ranges = Box::new([(order.bits(order.min), ways.failed)]);
        self.tables.node(Node::Switch { occ, cases: Box::new([(key, ways.matched)]), ranges })
    }

    fn test_range(&mut self, occ: Occ, pat: PatId, bounds: [Option<ValueId>; 2], ways: Ways) -> NodeId {
        let order = self.order(self.body.pats[pat].ty);
        let [from, to] = bounds.map(|bound| Some(order.number(self.pool.scalar_bits(bound?)?)));
        let mut ranges = Vec::with_capacity(3);
        if let Some(from) = from.filter(|from| *from > order.min) {
            ranges.push((order.bits(order.min), ways.failed));
            ranges.push((order.bits(from), ways.matched));
        } else {
            ranges.push((order.bits(order.min), ways.matched));
        }
        if let Some(behind) = to.filter(|to| *to < order.max).map(|to| to + 1) {
            ranges.push((order.bits(behind), ways.failed));
        }
        self.tables.node(Node::Switch { occ, cases: Box::default(), ranges: ranges.into() })
    }
}
