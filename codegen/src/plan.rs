//! What is decided about a function before its instructions are built: the order of its blocks, and where each local lives.
//!
//! A scalar whose address nobody needs is an SSA value if it is assigned once, or before it is used in each block that uses it.
//! Everything else has memory in the frame.

use crate::abi::Pass;
use crate::facts::Facts;
use crate::usage::{self, Usage};
use crate::{Result, broken};
use kiln_cfg::{BlockId, Func, Local, LocalKind, Terminator};
use kiln_source::{Idx, IdxVec};
use kiln_types::{FnTypeParam, ParamMode, Repr, TypeId};

/// Where a local lives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Home {
    /// Nowhere: it has no bytes.
    Nothing,
    /// In SSA form: one scalar, or an address and a length.
    Value,
    /// In the frame, or in memory of the caller.
    Memory,
    /// It is the address of another place, known from one point on.
    Reference,
    /// It is the address of another place that changes: the address has memory in the frame.
    ReferenceCell,
}

/// The decisions.
#[derive(Debug)]
pub struct Plan {
    /// All blocks, each before its successors but for loops.
    pub order: Vec<BlockId>,
    /// Where each local lives.
    pub homes: IdxVec<Local, Home>,
    /// What is done to each local.
    pub usage: IdxVec<Local, Usage>,
}

impl Plan {
    /// Decides for a function.
    ///
    /// # Errors
    /// The blocks are not as the CFG's verifier wants them.
    pub fn new(facts: &mut Facts<'_>, func: &Func) -> Result<Plan> {
        let order = reverse_postorder(func)?;
        let usage = usage::collect(facts, func, &order);
        let mut plan = Plan { order, homes: IdxVec::with_capacity(func.locals.len()), usage };
        for (local, decl) in func.locals.iter_enumerated() {
            let home = plan.home(facts, local, decl.ty, decl.kind);
            plan.homes.push(home);
        }
        Ok(plan)
    }

    fn home(&self, facts: &mut Facts<'_>, local: Local, ty: TypeId, kind: LocalKind) -> Home {
        let usage = self.usage[local];
        if matches!(kind, LocalKind::Alias { .. }) {
            return if usage.bound <= 1 { Home::Reference } else { Home::ReferenceCell };
        }
        if let LocalKind::Param(mode @ (ParamMode::Borrow | ParamMode::Inout)) = kind
            && matches!(facts.pass_of(FnTypeParam { mode, ty }), Pass::Address | Pass::View)
        {
            return Home::Reference;
        }
        match facts.layouts.of(facts.pool, ty).repr {
            Repr::Zst => Home::Nothing,
            Repr::Scalar(_) | Repr::FatPtr if !usage.addressed && (usage.assigned <= 1 || !usage.crosses) => {
                Home::Value
            }
            _ => Home::Memory,
        }
    }
}

/// The blocks in reverse postorder.
fn reverse_postorder(func: &Func) -> Result<Vec<BlockId>> {
    let mut order = Vec::with_capacity(func.blocks.len());
    let mut seen = vec![false; func.blocks.len()];
    seen[Func::ENTRY.index()] = true;
    let mut open = vec![(Func::ENTRY, successors(&func.blocks[Func::ENTRY].term))];
    while let Some((block, rest)) = open.last_mut() {
        match rest.pop() {
            Some(Func::ENTRY) => return broken("something jumps to the first block"),
            Some(next) => {
                if !std::mem::replace(&mut seen[next.index()], true) {
                    open.push((next, successors(&func.blocks[next].term)));
                }
            }
            None => {
                order.push(*block);
                open.pop();
            }
        }
    }
    if order.len() < func.blocks.len() {
        return broken("a block can't be reached");
    }
    order.reverse();
    Ok(order)
}

fn successors(terminator: &Terminator) -> Vec<BlockId> {
    let mut blocks = Vec::new();
    terminator.for_each_successor(|block| blocks.push(block));
    blocks
}
