//! What an instruction mentions, in the order it happens: the one walk over operands and places for all analyses.

use crate::{Arg, Callee, Check, Local, Operand, Place, PlaceBase, Proj, Rvalue, Stmt, Terminator, UseKind};

/// A mention of a local or place.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Mention<'a> {
    /// An operand is read; a moved one is left without value.
    Operand(Operand),
    /// The value of a place is read; a moved one is left without value.
    Read(&'a Place, UseKind),
    /// Something of a place is read that is not its value (tag, length), or it is referred to: by an address, an argument, an alias.
    Refer(&'a Place),
    /// A value is stored.
    Write(&'a Place),
    /// The enum's tag is stored.
    WriteTag(&'a Place),
    /// A value is dropped.
    Drop(&'a Place),
    /// An alias gets the place it names.
    Bind(Local),
    /// Storage begins.
    StorageLive(Local),
    /// Storage ends.
    StorageDead(Local),
}

impl Place {
    /// Calls `f` with the local the place starts at and those that index it.
    pub fn for_each_local(&self, mut f: impl FnMut(Local)) {
        if let PlaceBase::Local(local) = self.base {
            f(local);
        }
        self.for_each_operand(|operand| operand.local().into_iter().for_each(&mut f));
    }

    /// Calls `f` with the indices in the place.
    pub fn for_each_operand(&self, mut f: impl FnMut(Operand)) {
        for step in &self.proj {
            if let Proj::Index(index) = step {
                f(*index);
            }
        }
    }
}

impl Rvalue {
    /// Calls `f` with everything that is read.
    pub fn for_each_mention<'a>(&'a self, f: &mut impl FnMut(Mention<'a>)) {
        match self {
            Rvalue::Operand(operand)
            | Rvalue::Unary(_, operand)
            | Rvalue::Cast(_, operand)
            | Rvalue::Repeat(operand) => f(Mention::Operand(*operand)),
            Rvalue::Use(place, kind) => {
                indices(place, f);
                f(Mention::Read(place, *kind));
            }
            Rvalue::Binary(_, left, right) => {
                f(Mention::Operand(*left));
                f(Mention::Operand(*right));
            }
            Rvalue::AddressOf(place) | Rvalue::Len(place) | Rvalue::Tag(place) => refer(place, f),
            Rvalue::Slice { place, from, to } => {
                refer(place, f);
                from.iter().chain(to).for_each(|bound| f(Mention::Operand(*bound)));
            }
            Rvalue::Builtin(_, operands) | Rvalue::MakeType { captures: operands, .. } => {
                operands.iter().for_each(|operand| f(Mention::Operand(*operand)));
            }
        }
    }
}

impl Stmt {
    /// Calls `f` with everything the instruction mentions, what it stores last.
    pub fn for_each_mention<'a>(&'a self, f: &mut impl FnMut(Mention<'a>)) {
        match self {
            Stmt::Assign(place, value) => {
                indices(place, f);
                value.for_each_mention(f);
                f(Mention::Write(place));
            }
            Stmt::Call(call) => {
                if let Callee::Pointer(pointer) = call.callee {
                    f(Mention::Operand(pointer));
                }
                for arg in &call.args {
                    match arg {
                        Arg::Value(operand) => f(Mention::Operand(*operand)),
                        Arg::Place(place) => refer(place, f),
                    }
                }
                if let Some(dst) = &call.dst {
                    indices(dst, f);
                    f(Mention::Write(dst));
                }
            }
            Stmt::Check(Check::Bounds { index, len }) => {
                f(Mention::Operand(*index));
                f(Mention::Operand(*len));
            }
            Stmt::Check(Check::Slice { from, to, len }) => {
                [from, to, len].iter().for_each(|operand| f(Mention::Operand(**operand)));
            }
            Stmt::SetVariant { place, .. } => {
                indices(place, f);
                f(Mention::WriteTag(place));
            }
            Stmt::Bind { local, place } => {
                refer(place, f);
                f(Mention::Bind(*local));
            }
            Stmt::Drop(place) => {
                indices(place, f);
                f(Mention::Drop(place));
            }
            Stmt::StorageLive(local) => f(Mention::StorageLive(*local)),
            Stmt::StorageDead(local) => f(Mention::StorageDead(*local)),
        }
    }

    /// Calls `f` with every local the instruction mentions, what it stores last.
    pub fn for_each_local(&self, mut f: impl FnMut(Local)) {
        self.for_each_mention(&mut |mention| match mention {
            Mention::Operand(operand) => operand.local().into_iter().for_each(&mut f),
            // Indices were mentioned on their own.
            Mention::Read(place, _)
            | Mention::Refer(place)
            | Mention::Write(place)
            | Mention::WriteTag(place)
            | Mention::Drop(place) => {
                if let PlaceBase::Local(local) = place.base {
                    f(local);
                }
            }
            Mention::Bind(local) | Mention::StorageLive(local) | Mention::StorageDead(local) => f(local),
        });
    }
}

impl Terminator {
    /// The operand it reads.
    pub fn operand(&self) -> Option<Operand> {
        match self {
            Terminator::Branch { cond: operand, .. } | Terminator::Switch { value: operand, .. } => Some(*operand),
            Terminator::Panic(_, text) => *text,
            Terminator::Jump(_) | Terminator::Return | Terminator::Unreachable => None,
        }
    }
}

fn indices<'a>(place: &'a Place, f: &mut impl FnMut(Mention<'a>)) {
    place.for_each_operand(|index| f(Mention::Operand(index)));
}

fn refer<'a>(place: &'a Place, f: &mut impl FnMut(Mention<'a>)) {
    indices(place, f);
    f(Mention::Refer(place));
}
