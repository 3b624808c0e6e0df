//! A match as tables: occurrences, choices of alternatives, and the graph that decides it.

use super::Candidate;
use kiln_air::{Body, InstId, PatId, PatKind};
use kiln_source::{Idx, define_id};
use kiln_types::{Pool, TypeId, ValueId};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

define_id!(
    /// A part of the scrutinee that patterns look at; the first one is the whole.
    Occ, "o"
);
define_id!(
    /// A step of the decision; the first one means that nothing matches.
    NodeId, "n"
);
define_id!(
    /// Which alternatives were taken on the way to a leaf; the first one is none.
    ChoiceId, "c"
);

/// The whole scrutinee.
pub(super) const ROOT: Occ = Occ(0);
/// Nothing matches.
pub(super) const FAIL: NodeId = NodeId(0);
/// No alternatives were taken.
pub(super) const NO_CHOICE: ChoiceId = ChoiceId(0);
/// The alternatives taken are found in locals of the program.
pub(super) const AT_RUN_TIME: ChoiceId = ChoiceId(u32::MAX);

/// From an occurrence to a part of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub(super) enum Step {
    /// A field of a struct or tuple.
    Field(u32),
    /// A field of a variant's payload.
    Payload(u32, u32),
}

/// A part of the scrutinee.
#[derive(Clone, Copy, Debug)]
pub(super) struct Occurrence {
    /// The part it is a part of; the whole is its own.
    pub parent: Occ,
    /// How to get here from there.
    pub step: Step,
    /// Its type.
    pub ty: TypeId,
}

/// Of an or-pattern with bindings, the alternative that matched.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub(super) struct Choice {
    /// What was chosen before.
    pub before: ChoiceId,
    /// The or-pattern.
    pub pat: PatId,
    /// The alternative's index.
    pub alternative: u32,
}

/// A step of the decision.
#[derive(Clone, PartialEq, Eq, Debug, Hash)]
pub(super) enum Node {
    /// Nothing matches.
    Fail,
    /// The arm with this index is chosen.
    Leaf {
        /// The arm.
        arm: u32,
        /// Its alternatives.
        choice: ChoiceId,
    },
    /// The arm is chosen if its guard holds.
    Guard {
        /// The arm.
        arm: u32,
        /// Its alternatives.
        choice: ChoiceId,
        /// If not.
        otherwise: NodeId,
    },
    /// By the bits of a scalar or the discriminant of an enum.
    Switch {
        /// What is looked at.
        occ: Occ,
        /// Single values.
        cases: Box<[(u128, NodeId)]>,
        /// All others: first values of ranges in ascending order, each up to the next one's; the first is the type's smallest.
        ranges: Box<[(u128, NodeId)]>,
    },
    /// By comparison with a constant.
    Equal {
        /// What is looked at.
        occ: Occ,
        /// The constant.
        value: ValueId,
        /// If equal.
        yes: NodeId,
        /// If not.
        no: NodeId,
    },
    /// Notes at run time which alternative of an or-pattern matched.
    Note {
        /// The or-pattern.
        pat: PatId,
        /// The alternative's index.
        alternative: u32,
        /// Goes on there.
        next: NodeId,
    },
}

/// Patterns that are still to be tested before an arm is chosen. All of them can fail.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub arm: u32,
    pub choice: ChoiceId,
    pub cols: SmallVec<[(Occ, PatId); 4]>,
}

impl Row {
    /// Index of the column of an occurrence.
    pub fn col(&self, occ: Occ) -> Option<usize> {
        self.cols.iter().position(|col| col.0 == occ)
    }
}

/// All tables of one match. Kept for the next one.
#[derive(Debug, Default)]
pub(super) struct Tables {
    pub occurrences: Vec<Occurrence>,
    parts: FxHashMap<(Occ, Step), Occ>,
    pub choices: Vec<Choice>,
    choice_ids: FxHashMap<Choice, ChoiceId>,
    pub nodes: Vec<Node>,
    /// Remainders that were solved.
    pub solved: FxHashMap<Box<[u32]>, NodeId>,
    node_ids: FxHashMap<Node, NodeId>,
}

impl Tables {
    /// Solves a match; gives its first step.
    pub fn solve(
        &mut self,
        body: &Body,
        pool: &Pool,
        pointer_bits: u16,
        candidates: &[Candidate],
        may_fail: bool,
    ) -> NodeId {
        self.begin(body.pats[candidates[0].pat].ty);
        let mut problem = Problem { tables: self, body, pool, pointer_bits, candidates, may_fail, work_left: 0 };
        match problem.as_graph() {
            Some(root) => root,
            None => {
                problem.tables.begin(body.pats[candidates[0].pat].ty);
                problem.as_chain()
            }
        }
    }

    fn begin(&mut self, ty: TypeId) {
        self.clear();
        self.nodes.push(Node::Fail);
        self.choices.push(Choice { before: NO_CHOICE, pat: PatId(0), alternative: 0 });
        self.occurrences.push(Occurrence { parent: ROOT, step: Step::Field(0), ty });
    }

    /// Forgets the match.
    pub fn clear(&mut self) {
        self.occurrences.clear();
        self.parts.clear();
        self.choices.clear();
        self.choice_ids.clear();
        self.nodes.clear();
        self.solved.clear();
        self.node_ids.clear();
    }

    /// A part of an occurrence.
    pub fn part(&mut self, parent: Occ, step: Step, ty: TypeId) -> Occ {
        *self.parts.entry((parent, step)).or_insert_with(|| {
            self.occurrences.push(Occurrence { parent, step, ty });
            Occ::from_usize(self.occurrences.len() - 1)
        })
    }

    /// The choice after `choice`.
    pub fn choice(&mut self, choice: Choice) -> ChoiceId {
        *self.choice_ids.entry(choice).or_insert_with(|| {
            self.choices.push(choice);
            ChoiceId::from_usize(self.choices.len() - 1)
        })
    }

    /// The node; equal ones are one.
    pub fn node(&mut self, node: Node) -> NodeId {
        if let Some(id) = self.node_ids.get(&node) {
            return *id;
        }
        let id = NodeId::from_usize(self.nodes.len());
        self.nodes.push(node.clone());
        self.node_ids.insert(node, id);
        id
    }

    /// The alternative of an or-pattern that led to a choice.
    pub fn chosen(&self, mut choice: ChoiceId, pat: PatId) -> Option<u32> {
        while choice != NO_CHOICE {
            let Choice { before, pat: chosen, alternative } = self.choices[choice.index()];
            if chosen == pat {
                return Some(alternative);
            }
            choice = before;
        }
        None
    }
}

/// A match being solved.
pub(super) struct Problem<'t> {
    pub tables: &'t mut Tables,
    pub body: &'t Body,
    pub pool: &'t Pool,
    pub pointer_bits: u16,
    pub candidates: &'t [Candidate],
    /// Values that match nothing go somewhere.
    pub may_fail: bool,
    /// Rows that may still be copied before the graph is given up.
    pub work_left: usize,
}

impl Problem<'_> {
    /// The guard of an arm.
    pub fn guard(&self, arm: u32) -> Option<InstId> {
        self.candidates[arm as usize].guard
    }

    /// The step after an arm's patterns have matched.
    pub fn chosen(&mut self, arm: u32, choice: ChoiceId, otherwise: NodeId) -> NodeId {
        self.tables.node(match self.guard(arm) {
            Some(_) => Node::Guard { arm, choice, otherwise },
            None => Node::Leaf { arm, choice },
        })
    }

    /// How a constant or variant pattern is told from others of its type: by the bits of a scalar or discriminant.
    pub fn key(&self, pat: PatId) -> Option<u128> {
        let pat = &self.body.pats[pat];
        match pat.kind {
            PatKind::Const(value) => self.pool.scalar_bits(value),
            PatKind::Variant { variant, .. } => {
                Some(self.pool.enum_def(pat.ty)?.variants[variant as usize].discriminant)
            }
            _ => None,
        }
    }

    /// How many variants an enum has; `None` for other types.
    pub fn variant_count(&self, ty: TypeId) -> Option<usize> {
        self.pool.enum_def(ty).map(|def| def.variants.len())
    }
}

/// Whether a pattern has bindings.
pub(super) fn has_bindings(body: &Body, pool: &Pool, pat: PatId) -> bool {
    match &body.pats[pat].kind {
        PatKind::Bind { .. } => true,
        PatKind::Wild | PatKind::Const(_) | PatKind::Range { .. } => false,
        PatKind::Fields(fields) | PatKind::Variant { fields, .. } => {
            pool.is_linear_itself(body.pats[pat].ty) || fields.iter().any(|(_, part)| has_bindings(body, pool, *part))
        }
        PatKind::Or(alternatives) => alternatives.iter().any(|part| has_bindings(body, pool, *part)),
    }
}
