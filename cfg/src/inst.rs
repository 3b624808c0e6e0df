//! Places, operands, instructions and terminators.

use crate::{BinOp, BlockId, Builtin, CastKind, Local, Overflow, Panic, UnOp, UseKind};
use kiln_source::DeclId;
use kiln_types::{FuncId, StaticId, TypeId, ValueId};

/// Where a place starts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum PlaceBase {
    /// A local (if it is a reference: the place it stands for).
    Local(Local),
    /// Static data, read-only.
    Static(StaticId),
}

/// A step from a place to a part of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Proj {
    /// A struct's or tuple's field, or (after [`Proj::Variant`]) a field of a payload.
    Field(u32),
    /// The payload of a variant; the tag was tested before. The type stays the enum's.
    Variant(u32),
    /// An element of an array or slice, or (in glue) a byte of a `str`; a [`Check::Bounds`] stands before, unless the index is
    /// certainly inside.
    Index(Operand),
    /// What the raw pointer in this place points to; from a pointer to `[T]` or `str` a view with its length. Only the first step.
    Deref,
}

/// A location that can be read, written, or passed by reference.
#[derive(Clone, PartialEq, Eq, Debug, Hash)]
pub struct Place {
    /// Where it starts.
    pub base: PlaceBase,
    /// The steps from there.
    pub proj: Box<[Proj]>,
}

impl Place {
    /// A whole local.
    pub fn local(local: Local) -> Place {
        Place { base: PlaceBase::Local(local), proj: Box::default() }
    }

    /// Whole static data.
    pub fn of_static(data: StaticId) -> Place {
        Place { base: PlaceBase::Static(data), proj: Box::default() }
    }

    /// One step further.
    pub fn then(&self, step: Proj) -> Place {
        let mut proj = Vec::with_capacity(self.proj.len() + 1);
        proj.extend_from_slice(&self.proj);
        proj.push(step);
        Place { base: self.base, proj: proj.into() }
    }

    /// The local, if the place is a whole one.
    #[inline]
    pub fn as_local(&self) -> Option<Local> {
        match self.base {
            PlaceBase::Local(local) if self.proj.is_empty() => Some(local),
            _ => None,
        }
    }
}

/// An input of an instruction: a whole local or a constant. Parts of places are read by [`Rvalue::Use`] first.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Operand {
    /// A local, which keeps its value.
    Copy(Local),
    /// A local, which is left without value.
    Move(Local),
    /// A constant of the pool.
    Const(ValueId),
}

impl Operand {
    /// The local it reads.
    #[inline]
    pub fn local(self) -> Option<Local> {
        match self {
            Operand::Copy(local) | Operand::Move(local) => Some(local),
            Operand::Const(_) => None,
        }
    }
}

/// What is computed and stored.
#[derive(Clone, PartialEq, Debug)]
pub enum Rvalue {
    /// An operand as it is.
    Operand(Operand),
    /// The value of a place.
    Use(Place, UseKind),
    /// An operator on a scalar.
    Unary(UnOp, Operand),
    /// An operator on two scalars. The operands' type is that of the left one (the destination's is `bool` for comparisons).
    Binary(BinOp, Operand, Operand),
    /// A conversion to the destination's type.
    Cast(CastKind, Operand),
    /// The address of a place: a pointer, with a length for views.
    AddressOf(Place),
    /// A view of the elements `from..to` of an array, slice or `str` place as a pointer to `[T]` or `str`; a [`Check::Slice`] stands
    /// before. No `from`: 0; no `to`: the length.
    Slice {
        /// Array, slice or `str`.
        place: Place,
        /// First index.
        from: Option<Operand>,
        /// End index (exclusive).
        to: Option<Operand>,
    },
    /// The length of a slice or `str` place, as `usize`.
    Len(Place),
    /// The tag of an enum place, as its tag type.
    Tag(Place),
    /// An array filled with one copied value (its length is that of the destination's type).
    Repeat(Operand),
    /// A built-in operation.
    Builtin(Builtin, Box<[Operand]>),
    /// At comptime: the struct or enum type written at `decl`, with the values it captures.
    MakeType {
        /// Where it is written.
        decl: DeclId,
        /// Captured values, in the declaration's order.
        captures: Box<[Operand]>,
    },
}

/// What a call calls.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Callee {
    /// A known function.
    Func(FuncId),
    /// What a function pointer points to; its type is a [`kiln_types::TypeKey::Fn`].
    Pointer(Operand),
}

/// An argument.
#[derive(Clone, PartialEq, Debug)]
pub enum Arg {
    /// A value, for parameters that own.
    Value(Operand),
    /// A place, for `borrow` and `inout` parameters. Views are places of type `[T]` or `str`.
    Place(Place),
}

/// A call.
#[derive(Clone, PartialEq, Debug)]
pub struct Call {
    /// Where the result goes; `None` if it has none (`()`, `!`). Never overlaps an argument; no argument's value overlaps what
    /// another one passes as `inout`.
    pub dst: Option<Place>,
    /// What is called.
    pub callee: Callee,
    /// Its arguments.
    pub args: Box<[Arg]>,
}

/// A condition without which the program panics.
#[derive(Clone, PartialEq, Debug)]
pub enum Check {
    /// `index < len`, else `index out of bounds`. Both `usize`.
    Bounds {
        /// The index.
        index: Operand,
        /// The length.
        len: Operand,
    },
    /// `from <= to && to <= len`, else `index out of bounds`. All `usize`.
    Slice {
        /// First index.
        from: Operand,
        /// End index.
        to: Operand,
        /// The length.
        len: Operand,
    },
}

/// An instruction.
#[derive(Clone, PartialEq, Debug)]
pub enum Stmt {
    /// `place = value`. Does not drop what was there.
    Assign(Place, Rvalue),
    /// A call; it returns, or never does (then [`Terminator::Unreachable`] follows).
    Call(Box<Call>),
    /// A check.
    Check(Check),
    /// Makes an enum place hold a variant; its payload fields are assigned separately, before or after.
    SetVariant {
        /// The enum.
        place: Place,
        /// Index of the variant.
        variant: u32,
    },
    /// Lets an alias local stand for a place.
    Bind {
        /// A local of kind [`crate::LocalKind::Alias`].
        local: Local,
        /// What it names from now on. Operands in it are evaluated now.
        place: Place,
    },
    /// Drops the value of a place if it has one on this path. Gone after elaboration: then calls of drop glue stand instead.
    Drop(Place),
    /// The local's storage begins without a value: the start of its scope, also on each turn of a loop.
    StorageLive(Local),
    /// The local's storage ends.
    StorageDead(Local),
}

impl Stmt {
    /// Whether the instruction itself can end the program with a reason; a call leaves that to what it calls.
    pub fn may_panic(&self) -> bool {
        match self {
            Stmt::Check(_) => true,
            Stmt::Assign(_, Rvalue::Unary(op, _)) => matches!(op, UnOp::Neg(Overflow::Checked)),
            Stmt::Assign(_, Rvalue::Binary(op, ..)) => {
                use BinOp::{Add, Div, Mul, Rem, Shl, Shr, Sub};
                let of = Overflow::Checked;
                matches!(op, Div(_) | Rem(_)) || [Add(of), Sub(of), Mul(of), Shl(of), Shr(of)].contains(op)
            }
            Stmt::Assign(_, Rvalue::Cast(kind, _)) => *kind == CastKind::Checked,
            _ => false,
        }
    }
}

/// How a block ends.
#[derive(Clone, PartialEq, Debug)]
pub enum Terminator {
    /// Goes on there.
    Jump(BlockId),
    /// By a `bool`.
    Branch {
        /// The condition.
        cond: Operand,
        /// When true.
        then: BlockId,
        /// When false.
        else_: BlockId,
    },
    /// By the bits of an integer, char or tag (extended to 128 bits by the type's sign, as in the pool).
    Switch {
        /// The scalar.
        value: Operand,
        /// Its type.
        ty: TypeId,
        /// Bits and where they lead, no value twice.
        cases: Box<[(u128, BlockId)]>,
        /// For all others.
        default: BlockId,
    },
    /// Leaves the function; `_0` holds the result.
    Return,
    /// Ends the program with a reason; [`Panic::User`] has its text as a `ptr const str` operand.
    Panic(Panic, Option<Operand>),
    /// Never reached: after a call that does not return, or where types allow no value.
    Unreachable,
}

impl Terminator {
    /// Calls `f` with every block it may go on to, to change it.
    pub fn for_each_successor_mut(&mut self, mut f: impl FnMut(&mut BlockId)) {
        match self {
            Terminator::Jump(block) => f(block),
            Terminator::Branch { then, else_, .. } => {
                f(then);
                f(else_);
            }
            Terminator::Switch { cases, default, .. } => {
                cases.iter_mut().for_each(|(_, block)| f(block));
                f(default);
            }
            Terminator::Return | Terminator::Panic(..) | Terminator::Unreachable => {}
        }
    }

    /// Calls `f` with every block it may go on to.
    pub fn for_each_successor(&self, mut f: impl FnMut(BlockId)) {
        match self {
            Terminator::Jump(block) => f(*block),
            Terminator::Branch { then, else_, .. } => {
                f(*then);
                f(*else_);
            }
            Terminator::Switch { cases, default, .. } => {
                cases.iter().for_each(|(_, block)| f(*block));
                f(*default);
            }
            Terminator::Return | Terminator::Panic(..) | Terminator::Unreachable => {}
        }
    }
}
