//! What the instructions of a function do to its locals.

use crate::facts::Facts;
use kiln_cfg::{
    Arg, BlockId, Call, Callee, Check, Func, Local, LocalKind, Operand, Place, PlaceBase, Proj, Rvalue, Stmt,
    Terminator,
};
use kiln_source::IdxVec;
use kiln_types::ParamMode;

/// What the instructions do to a local.
#[derive(Clone, Copy, Default, Debug)]
pub struct Usage {
    /// How often it is assigned as a whole; a parameter counts once.
    pub assigned: u32,
    /// How often an alias is bound.
    pub bound: u32,
    /// Some instruction needs its address.
    pub addressed: bool,
    /// It may change after it got its value: it is assigned in parts, passed `inout`, or its address is known.
    pub changed: bool,
    /// A block uses it that has not assigned it before.
    pub crosses: bool,
    /// Raw pointers to it may exist.
    pub exposed: bool,
}

/// Goes over the blocks in their order.
pub(crate) fn collect(facts: &mut Facts<'_>, func: &Func, order: &[BlockId]) -> IdxVec<Local, Usage> {
    let usage = func.locals.iter().map(|_| Usage::default()).collect();
    let assigned_in = func.locals.iter().map(|_| None).collect();
    let mut collector = Collector { func, usage, assigned_in, block: Func::ENTRY };
    for param in func.params() {
        collector.usage[param].assigned = 1;
    }
    for &block in order {
        collector.block = block;
        for stmt in &func.blocks[block].stmts {
            collector.stmt(facts, stmt);
        }
        collector.terminator(&func.blocks[block].term);
    }
    collector.usage
}

struct Collector<'f> {
    func: &'f Func,
    usage: IdxVec<Local, Usage>,
    /// The block that assigned a local last.
    assigned_in: IdxVec<Local, Option<BlockId>>,
    block: BlockId,
}

impl Collector<'_> {
    fn stmt(&mut self, facts: &mut Facts<'_>, stmt: &Stmt) {
        match stmt {
            Stmt::Assign(place, value) => {
                self.rvalue(value);
                self.assigned(place);
            }
            Stmt::SetVariant { place, .. } => self.assigned(place),
            Stmt::Bind { local, place } => {
                self.usage[*local].bound += 1;
                self.addressed(place, matches!(self.func.locals[*local].kind, LocalKind::Alias { mutable: true }));
            }
            Stmt::Drop(place) => self.addressed(place, true),
            Stmt::Call(call) => self.call(facts, call),
            Stmt::Check(Check::Bounds { index, len }) => self.operands(&[*index, *len]),
            Stmt::Check(Check::Slice { from, to, len }) => self.operands(&[*from, *to, *len]),
            Stmt::StorageLive(_) | Stmt::StorageDead(_) => {}
        }
    }

    fn rvalue(&mut self, value: &Rvalue) {
        match value {
            Rvalue::Operand(operand)
            | Rvalue::Unary(_, operand)
            | Rvalue::Cast(_, operand)
            | Rvalue::Repeat(operand) => {
                self.operands(&[*operand]);
            }
            Rvalue::Binary(_, left, right) => self.operands(&[*left, *right]),
            Rvalue::Use(place, _) | Rvalue::Len(place) | Rvalue::Tag(place) => self.read(place),
            Rvalue::AddressOf(place) => self.exposed(place),
            Rvalue::Slice { place, from, to } => {
                from.iter().chain(to).for_each(|bound| self.operands(&[*bound]));
                self.exposed(place);
            }
            Rvalue::Builtin(_, operands) | Rvalue::MakeType { captures: operands, .. } => self.operands(operands),
        }
    }

    fn call(&mut self, facts: &mut Facts<'_>, call: &Call) {
        if let Callee::Pointer(pointer) = call.callee {
            self.operands(&[pointer]);
        }
        for (index, arg) in call.args.iter().enumerate() {
            match arg {
                Arg::Value(operand) => self.operands(&[*operand]),
                Arg::Place(place) => match facts.arg_mode(self.func, call.callee, index) {
                    // Passed as a value.
                    None => self.read(place),
                    Some(mode) => self.addressed(place, mode == ParamMode::Inout),
                },
            }
        }
        if let Some(place) = &call.dst {
            self.assigned(place);
        }
    }

    fn terminator(&mut self, terminator: &Terminator) {
        match terminator {
            Terminator::Branch { cond: operand, .. }
            | Terminator::Switch { value: operand, .. }
            | Terminator::Panic(_, Some(operand)) => self.operands(&[*operand]),
            Terminator::Return => self.used(Func::RESULT),
            Terminator::Jump(_) | Terminator::Panic(_, None) | Terminator::Unreachable => {}
        }
    }

    fn operands(&mut self, operands: &[Operand]) {
        operands.iter().filter_map(|operand| operand.local()).for_each(|local| self.used(local));
    }

    fn used(&mut self, local: Local) {
        self.usage[local].crosses |= self.assigned_in[local] != Some(self.block);
    }

    fn indices(&mut self, place: &Place) {
        for step in &place.proj {
            if let Proj::Index(index) = step {
                self.operands(&[*index]);
            }
        }
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
        match Collector::local_of(place) {
            Some((local, true)) => {
                self.usage[local].assigned += 1;
                self.assigned_in[local] = Some(self.block);
            }
            Some((local, false)) => {
                self.indices(place);
                self.usage[local].addressed = true;
                self.usage[local].changed = true;
            }
            None => self.read(place),
        }
    }

    /// A place that is read: only whole scalars, or what a pointer in a local points to, need no address of the local.
    fn read(&mut self, place: &Place) {
        self.indices(place);
        if let PlaceBase::Local(local) = place.base {
            self.used(local);
            self.usage[local].addressed |= !matches!(*place.proj, [] | [Proj::Deref, ..]);
        }
    }

    fn addressed(&mut self, place: &Place, changes: bool) {
        match Collector::local_of(place) {
            Some((local, _)) => {
                self.indices(place);
                self.usage[local].addressed = true;
                self.usage[local].changed |= changes;
            }
            None => self.read(place),
        }
    }

    fn exposed(&mut self, place: &Place) {
        self.addressed(place, true);
        if let Some((local, _)) = Collector::local_of(place) {
            self.usage[local].exposed = true;
        }
    }
}
