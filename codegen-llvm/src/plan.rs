//! What is decided about a function before its instructions are built: the order of its blocks, and where each local lives.
//!
//! A scalar that is assigned once and whose address nobody needs is an SSA value; everything else has memory in the frame.

use crate::abi::Pass;
use crate::errors::Result;
use crate::unit::{Convention, Unit};
use kiln_cfg::{
    Arg, BlockId, Call, Callee, Func, Local, LocalKind, Operand, Place, PlaceBase, Proj, Rvalue, Stmt, Terminator,
};
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

/// What the instructions do to a local.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Usage {
    /// How often it is assigned as a whole; a parameter counts once.
    pub assigned: u32,
    /// How often an alias is bound.
    pub bound: u32,
    /// Some instruction needs its address.
    pub addressed: bool,
    /// It may change after it got its value: it is assigned in parts, passed `inout`, or its address is known.
    pub changed: bool,
    /// Raw pointers to it may exist.
    pub exposed: bool,
}

/// The decisions.
pub(crate) struct Plan {
    /// Blocks that can be reached, each before its successors but for loops.
    pub order: Vec<BlockId>,
    /// Whether something jumps to the entry block.
    pub entry_is_target: bool,
    pub homes: IdxVec<Local, Home>,
    pub usage: IdxVec<Local, Usage>,
}

impl Plan {
    /// Decides for a function.
    pub fn new(unit: &mut Unit<'_, '_>, func: &Func) -> Result<Plan> {
        let (order, entry_is_target) = reverse_postorder(func);
        let usage = func.locals.iter().map(|_| Usage::default()).collect();
        let mut plan = Plan { order, entry_is_target, homes: IdxVec::new(), usage };
        for param in func.params() {
            plan.usage[param].assigned = 1;
        }
        for index in 0..plan.order.len() {
            for stmt in &func.blocks[plan.order[index]].stmts {
                plan.visit(unit, func, stmt)?;
            }
        }
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
            Repr::Scalar(_) | Repr::FatPtr if usage.assigned <= 1 && !usage.addressed => Home::Value,
            _ => Home::Memory,
        }
    }

    fn visit(&mut self, unit: &mut Unit<'_, '_>, func: &Func, stmt: &Stmt) -> Result<()> {
        match stmt {
            Stmt::Assign(place, value) => {
                self.assigned(place);
                match value {
                    Rvalue::AddressOf(place) => self.exposed(place),
                    Rvalue::Slice { place, .. } => self.exposed(place),
                    Rvalue::Use(place, _) | Rvalue::Len(place) | Rvalue::Tag(place) => self.read(place),
                    _ => {}
                }
            }
            Stmt::SetVariant { place, .. } => self.assigned(place),
            Stmt::Bind { local, place } => {
                self.usage[*local].bound += 1;
                self.addressed(place, matches!(func.locals[*local].kind, LocalKind::Alias { mutable: true }));
            }
            Stmt::Drop(place) => self.addressed(place, true),
            Stmt::Call(call) => self.call(unit, func, call)?,
            Stmt::Check(_) | Stmt::StorageLive(_) | Stmt::StorageDead(_) => {}
        }
        Ok(())
    }

    fn call(&mut self, unit: &mut Unit<'_, '_>, func: &Func, call: &Call) -> Result<()> {
        if let Some(place) = &call.dst {
            self.assigned(place);
        }
        for (index, arg) in call.args.iter().enumerate() {
            let Arg::Place(place) = arg else { continue };
            match unit.arg_mode(func, call.callee, index)? {
                // Passed as a value.
                None => self.read(place),
                Some(mode) => self.addressed(place, mode == ParamMode::Inout),
            }
        }
        Ok(())
    }

    /// The local a place lies in, and whether it is the whole. `None` if the place lies behind a pointer, or in static data.
    fn local_of(place: &Place) -> Option<(Local, bool)> {
        match place.base {
            PlaceBase::Local(local) if !place.proj.iter().any(|step| matches!(step, Proj::Deref)) => {
                Some((local, place.proj.is_empty()))
            }
            _ => None,
        }
    }

    fn assigned(&mut self, place: &Place) {
        match Plan::local_of(place) {
            Some((local, true)) => self.usage[local].assigned += 1,
            Some((local, false)) => {
                self.usage[local].addressed = true;
                self.usage[local].changed = true;
            }
            None => self.read(place),
        }
    }

    /// A place that is read: only whole scalars, or what a pointer in a local points to, need no address of the local.
    fn read(&mut self, place: &Place) {
        if let PlaceBase::Local(local) = place.base
            && !matches!(*place.proj, [] | [Proj::Deref, ..])
        {
            self.usage[local].addressed = true;
        }
    }

    fn addressed(&mut self, place: &Place, changes: bool) {
        match Plan::local_of(place) {
            Some((local, _)) => {
                self.usage[local].addressed = true;
                self.usage[local].changed |= changes;
            }
            None => self.read(place),
        }
    }

    fn exposed(&mut self, place: &Place) {
        self.addressed(place, true);
        if let Some((local, _)) = Plan::local_of(place) {
            self.usage[local].exposed = true;
        }
    }
}

impl<'ctx> Unit<'ctx, '_> {
    /// How a parameter travels by Kiln's convention.
    pub fn pass_of(&mut self, param: FnTypeParam) -> Pass {
        crate::abi::pass_param(self.pool, self.layouts, param)
    }

    /// The mode of a parameter for which an address is passed; `None` if a value is.
    fn arg_mode(&mut self, func: &Func, callee: Callee, index: usize) -> Result<Option<ParamMode>> {
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

/// The blocks that can be reached, in reverse postorder; and whether the entry is somebody's successor.
fn reverse_postorder(func: &Func) -> (Vec<BlockId>, bool) {
    let mut order = Vec::with_capacity(func.blocks.len());
    let mut seen = vec![false; func.blocks.len()];
    let mut entry_is_target = false;
    seen[Func::ENTRY.index()] = true;
    let mut open = vec![(Func::ENTRY, successors(&func.blocks[Func::ENTRY].term))];
    while let Some((block, rest)) = open.last_mut() {
        match rest.pop() {
            Some(next) => {
                entry_is_target |= next == Func::ENTRY;
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
    order.reverse();
    (order, entry_is_target)
}

fn successors(terminator: &Terminator) -> Vec<BlockId> {
    let mut blocks = Vec::new();
    terminator.for_each_successor(|block| blocks.push(block));
    blocks
}
