//! What a function's body refers to outside itself: other functions, static data, constants.

use crate::{Arg, Callee, Check, Func, Operand, Place, PlaceBase, Proj, Rvalue, Stmt, Terminator};
use kiln_types::{FuncId, StaticId, ValueId};

/// Something outside a body that the body names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reference {
    /// A function it calls.
    Func(FuncId),
    /// Static data it reads.
    Static(StaticId),
    /// A constant, which may name functions and data in turn.
    Const(ValueId),
}

impl Func {
    /// Calls `f` with everything the body refers to, in order, as often as it does.
    pub fn for_each_reference(&self, f: &mut dyn FnMut(Reference)) {
        for block in self.blocks.iter() {
            block.stmts.iter().for_each(|stmt| of_stmt(stmt, f));
            match &block.term {
                Terminator::Branch { cond: value, .. }
                | Terminator::Switch { value, .. }
                | Terminator::Panic(_, Some(value)) => of_operand(*value, f),
                _ => {}
            }
        }
    }
}

fn of_stmt(stmt: &Stmt, f: &mut dyn FnMut(Reference)) {
    match stmt {
        Stmt::Assign(place, value) => {
            of_place(place, f);
            of_rvalue(value, f);
        }
        Stmt::Call(call) => {
            call.dst.iter().for_each(|place| of_place(place, f));
            match call.callee {
                Callee::Func(func) => f(Reference::Func(func)),
                Callee::Pointer(pointer) => of_operand(pointer, f),
            }
            for arg in &call.args {
                match arg {
                    Arg::Value(value) => of_operand(*value, f),
                    Arg::Place(place) => of_place(place, f),
                }
            }
        }
        Stmt::Check(Check::Bounds { index, len }) => [*index, *len].into_iter().for_each(|value| of_operand(value, f)),
        Stmt::Check(Check::Slice { from, to, len }) => {
            [*from, *to, *len].into_iter().for_each(|value| of_operand(value, f));
        }
        Stmt::SetVariant { place, .. } | Stmt::Bind { place, .. } | Stmt::Drop(place) => of_place(place, f),
        Stmt::StorageLive(_) | Stmt::StorageDead(_) => {}
    }
}

fn of_rvalue(value: &Rvalue, f: &mut dyn FnMut(Reference)) {
    match value {
        Rvalue::Operand(value) | Rvalue::Unary(_, value) | Rvalue::Cast(_, value) | Rvalue::Repeat(value) => {
            of_operand(*value, f);
        }
        Rvalue::Binary(_, left, right) => [*left, *right].into_iter().for_each(|value| of_operand(value, f)),
        Rvalue::Use(place, _) | Rvalue::AddressOf(place) | Rvalue::Len(place) | Rvalue::Tag(place) => {
            of_place(place, f)
        }
        Rvalue::Slice { place, from, to } => {
            of_place(place, f);
            [*from, *to].into_iter().flatten().for_each(|value| of_operand(value, f));
        }
        Rvalue::Builtin(_, values) | Rvalue::MakeType { captures: values, .. } => {
            values.iter().for_each(|value| of_operand(*value, f));
        }
    }
}

fn of_place(place: &Place, f: &mut dyn FnMut(Reference)) {
    if let PlaceBase::Static(data) = place.base {
        f(Reference::Static(data));
    }
    for step in &place.proj {
        if let Proj::Index(index) = step {
            of_operand(*index, f);
        }
    }
}

fn of_operand(operand: Operand, f: &mut dyn FnMut(Reference)) {
    if let Operand::Const(value) = operand {
        f(Reference::Const(value));
    }
}
