//! What registers are known to hold within a block: results that need not be computed, and checks that need not be made
//! a second time.

use crate::op::{Effect, Op, Reg};

/// How many facts are kept.
const CAPACITY: usize = 24;

/// Facts about registers, the latest last.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    facts: Vec<Fact>,
}

/// An instruction whose operands are unchanged since it was executed.
#[derive(Clone, Copy, Debug)]
struct Fact {
    /// The instruction, with 0 for the register it sets.
    op: Op,
    /// The register that still has its result.
    result: Option<Reg>,
    reads: [Option<Reg>; 3],
    effect: Effect,
}

/// What is known of an instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Found {
    /// Its result is in a register.
    In(Reg),
    /// It is a check that holds.
    Checked,
}

impl Known {
    /// Forgets everything: the next instruction may be reached from elsewhere.
    pub(super) fn clear(&mut self) {
        self.facts.clear();
    }

    /// Looks an instruction up.
    pub(super) fn find(&self, op: Op) -> Option<Found> {
        if !matches!(op.effect(), Effect::Pure | Effect::Load | Effect::Check) {
            return None;
        }
        let key = without_result(op);
        self.facts.iter().rev().find(|fact| fact.op == key).map(|fact| fact.result.map_or(Found::Checked, Found::In))
    }

    /// A register gets another value.
    pub(super) fn set(&mut self, reg: Reg) {
        self.facts.retain(|fact| fact.result != Some(reg) && !fact.reads.contains(&Some(reg)));
    }

    /// An instruction is executed.
    pub(super) fn add(&mut self, op: Op) {
        let (mut set, effect) = (op, op.effect());
        let dst = set.dst_mut().map(|dst| *dst);
        match effect {
            Effect::Other => return self.clear(),
            Effect::Store => {
                self.facts.retain(|fact| fact.effect != Effect::Load);
                return dst.into_iter().for_each(|dst| self.set(dst));
            }
            Effect::Flow => return,
            Effect::Pure | Effect::Load | Effect::Check => {}
        }
        dst.into_iter().for_each(|dst| self.set(dst));
        let reads = op.reads();
        // Moving and setting registers is as fast as moving a known value; and what overwrites its own operand is not known any more.
        if matches!(op, Op::Move { .. } | Op::Imm { .. }) || dst.is_some_and(|dst| reads.contains(&Some(dst))) {
            return;
        }
        if self.facts.len() == CAPACITY {
            self.facts.remove(0);
        }
        self.facts.push(Fact { op: without_result(op), result: dst, reads, effect });
    }
}

fn without_result(mut op: Op) -> Op {
    op.dst_mut().into_iter().for_each(|dst| *dst = 0);
    op
}
