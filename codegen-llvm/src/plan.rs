//! What is decided about a function before its instructions are built: the order of its blocks, and where each local lives.
//!
//! A scalar whose address nobody needs is an SSA value if it is assigned once, or before it is used in each block that uses it.
//! Everything else has memory in the frame.

use crate::abi::Pass;
use crate::errors::{Result, broken};
use crate::unit::{Convention, Unit};
use crate::usage::{self, Usage};
use kiln_cfg::{BlockId, Callee, Func, Local, LocalKind, Operand, Terminator};
use kiln_source::{Idx, IdxVec};
use kiln_types::{FnTypeParam, ParamMode, Repr, TypeId, TypeKey};

/// Where a local lives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Home {
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
pub(crate) struct Plan {
    /// All blocks, each before its successors but for loops.
    pub order: Vec<BlockId>,
    pub homes: IdxVec<Local, Home>,
    pub usage: IdxVec<Local, Usage>,
}

impl Plan {
    /// Decides for a function.
    pub fn new(unit: &mut Unit<'_, '_>, func: &Func) -> Result<Plan> {
        let order = reverse_postorder(func)?;
        let usage = usage::collect(unit, func, &order)?;
        let mut plan = Plan { order, homes: IdxVec::with_capacity(func.locals.len()), usage };
        for (local, decl) in func.locals.iter_enumerated() {
            let home = plan.home(unit, local, decl.ty, decl.kind);
            plan.homes.push(home);
        }
        Ok(plan)
    }

    fn home(&self, unit: &mut Unit<'_, '_>, local: Local, ty: TypeId, kind: LocalKind) -> Home {
        let usage = self.usage[local];
        if matches!(kind, LocalKind::Alias { .. }) {
            return if usage.bound <= 1 { Home::Reference } else { Home::ReferenceCell };
        }
        if let LocalKind::Param(mode @ (ParamMode::Borrow | ParamMode::Inout)) = kind
            && matches!(unit.pass_of(FnTypeParam { mode, ty }), Pass::Address | Pass::View)
        {
            return Home::Reference;
        }
        match unit.layouts.of(unit.pool, ty).repr {
            Repr::Zst => Home::Nothing,
            Repr::Scalar(_) | Repr::FatPtr if !usage.addressed && (usage.assigned <= 1 || !usage.crosses) => {
                Home::Value
            }
            _ => Home::Memory,
        }
    }
}

impl<'ctx> Unit<'ctx, '_> {
    /// How a parameter travels by Kiln's convention.
    pub fn pass_of(&mut self, param: FnTypeParam) -> Pass {
        crate::abi::pass_param(self.pool, self.layouts, param)
    }

    /// The mode of a parameter for which an address is passed; `None` if a value is.
    pub fn arg_mode(&mut self, func: &Func, callee: Callee, index: usize) -> Result<Option<ParamMode>> {
        let param = match callee {
            Callee::Func(id) => {
                // Declares it, too: bodies are built right after.
                let declared = self.function(id)?;
                match (&declared.convention, self.program.info(id).sig.params.get(index)) {
                    (_, None) => None,
                    (Convention::Kiln(abi), Some(param)) => {
                        return Ok(matches!(abi.params[index], Pass::Address | Pass::View).then_some(param.mode));
                    }
                    (Convention::C(_), Some(param)) => Some(*param),
                }
            }
            Callee::Pointer(pointer) => self.fn_params(self.operand_type(func, pointer)).get(index).copied(),
        };
        let Some(param) = param else { return Ok(None) };
        Ok(matches!(self.pass_of(param), Pass::Address | Pass::View).then_some(param.mode))
    }

    /// The parameters of a function type.
    pub fn fn_params(&self, ty: TypeId) -> &[FnTypeParam] {
        match self.pool.key(ty) {
            TypeKey::Fn(ty) => &ty.params,
            _ => &[],
        }
    }

    /// The type of an operand.
    pub fn operand_type(&self, func: &Func, operand: Operand) -> TypeId {
        match operand {
            Operand::Copy(local) | Operand::Move(local) => func.locals[local].ty,
            Operand::Const(value) => self.pool.type_of(value),
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
