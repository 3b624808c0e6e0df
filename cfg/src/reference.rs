//! What a function's body refers to outside itself: other functions, static data, constants.

use crate::{Callee, Func, Mention, Operand, Place, PlaceBase, Stmt};
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
            for stmt in &block.stmts {
                if let Stmt::Call(call) = stmt
                    && let Callee::Func(func) = call.callee
                {
                    f(Reference::Func(func));
                }
                stmt.for_each_mention(&mut |mention| match mention {
                    Mention::Operand(operand) => of_operand(operand, f),
                    Mention::Read(place, _)
                    | Mention::Refer(place)
                    | Mention::Write(place)
                    | Mention::WriteTag(place)
                    | Mention::Drop(place) => of_place(place, f),
                    Mention::Bind(_) | Mention::StorageLive(_) | Mention::StorageDead(_) => {}
                });
            }
            block.term.operand().into_iter().for_each(|operand| of_operand(operand, f));
        }
    }
}

/// Indices in a place are mentions of their own.
fn of_place(place: &Place, f: &mut dyn FnMut(Reference)) {
    if let PlaceBase::Static(data) = place.base {
        f(Reference::Static(data));
    }
}

fn of_operand(operand: Operand, f: &mut dyn FnMut(Reference)) {
    if let Operand::Const(value) = operand {
        f(Reference::Const(value));
    }
}
