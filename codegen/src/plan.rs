//! What is decided about a function before its instructions are built: the order of its blocks, and where each local lives.
//!
//! A scalar whose address nobody needs is an SSA value if it is assigned once, or before it is used in each block that uses it.
//! Everything else has memory in the frame.

use crate::abi::Pass;
use crate::facts::Facts;
use crate::usage::{self, Usage};
use crate::{Result, broken};
use kiln_cfg::{BlockId, Func, Local, LocalKind, Operand, Place, PlaceBase, Proj, Terminator};
use kiln_source::{Idx, IdxVec};
use kiln_types::{FnTypeParam, ParamMode, Pool, Repr, TypeId};

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

impl Plan {
    /// Whether a local's memory holds the same value from when it got it.
    pub fn is_constant(&self, func: &Func, local: Local) -> bool {
        let usage = self.usage[local];
        match func.locals[local].kind {
            LocalKind::Temp => !usage.exposed,
            LocalKind::Param(ParamMode::Own) | LocalKind::User => usage.assigned <= 1 && !usage.changed,
            _ => false,
        }
    }

    /// Whether a callee may have the memory that an operand lies in, instead of a copy. What is copied it only reads, so memory
    /// that nobody writes meanwhile will do.
    pub fn is_lent(&self, pool: &Pool, func: &Func, operand: Operand, param: FnTypeParam) -> bool {
        let is_copied = pool.is_copy(param.ty);
        let is_free = match operand {
            Operand::Move(local) => !is_copied || self.is_constant(func, local),
            Operand::Copy(local) => is_copied && self.is_constant(func, local),
            Operand::Const(_) => is_copied,
        };
        is_free && param.mode == ParamMode::Own
    }

    /// Whether nothing can see a place while a callee writes its result there; it is a part of this local then.
    pub fn unseen(&self, func: &Func, place: &Place) -> Option<Local> {
        let PlaceBase::Local(local) = place.base else { return None };
        let is_own = !matches!(
            func.locals[local].kind,
            LocalKind::Alias { .. } | LocalKind::Param(ParamMode::Borrow | ParamMode::Inout)
        );
        let is_direct = !place.proj.iter().any(|step| matches!(step, Proj::Deref));
        (is_own && is_direct && !self.usage[local].exposed).then_some(local)
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
