//! The body of one instance: arenas of instructions and patterns, and its locals.

use crate::{Inst, InstId, Pat};
use kiln_source::{FileId, IdxVec, Symbol, TextRange, define_id};
use kiln_types::{ParamMode, TypeId};

define_id!(
    /// A local of a body; parameters come first.
    LocalId, "l"
);
define_id!(
    /// A pattern of a body.
    PatId, "p"
);
define_id!(
    /// A loop (or labelled block) of a body, for `break` and `continue`.
    LoopId, "loop"
);

/// A parameter or binding.
#[derive(Clone, Debug)]
pub struct Local {
    /// Its name; `None` for what the compiler made up.
    pub name: Option<Symbol>,
    /// Its type. Unsized (`[T]`, `str`) only for `borrow` and `inout` parameters and aliases.
    pub ty: TypeId,
    /// How the argument comes in, for parameters.
    pub param: Option<ParamMode>,
    /// May be assigned to.
    pub mutable: bool,
    /// It holds bits of values that belong to others: it is never dropped.
    pub borrowed: bool,
    /// Where it is written.
    pub range: TextRange,
}

/// One instance of one function, or an expression evaluated at comptime (a body without parameters).
#[derive(Clone, Debug)]
pub struct Body {
    /// How it is printed: `gcd`, `Point::norm1`, `max(i32)`.
    pub name: Box<str>,
    /// The file that all ranges in this body refer to.
    pub file: FileId,
    /// The whole declaration, for "defined here".
    pub range: TextRange,
    /// Parameters (the first [`Body::param_count`]), then bindings.
    pub locals: IdxVec<LocalId, Local>,
    /// How many of the locals are parameters.
    pub param_count: usize,
    /// Type of the result.
    pub ret: TypeId,
    /// Instructions; children have smaller ids than their parents.
    pub insts: IdxVec<InstId, Inst>,
    /// Type of each instruction.
    pub types: IdxVec<InstId, TypeId>,
    /// Source range of each instruction.
    pub ranges: IdxVec<InstId, TextRange>,
    /// Patterns.
    pub pats: IdxVec<PatId, Pat>,
    /// Number of loops; their ids are below.
    pub loops: u32,
    /// The body's expression; its value is the result.
    pub root: InstId,
}

impl Body {
    /// A body without parameters and instructions.
    pub fn empty(file: FileId, range: TextRange) -> Body {
        Body {
            name: Box::default(),
            file,
            range,
            locals: IdxVec::new(),
            param_count: 0,
            ret: TypeId::UNIT,
            insts: IdxVec::new(),
            types: IdxVec::new(),
            ranges: IdxVec::new(),
            pats: IdxVec::new(),
            loops: 0,
            root: InstId(0),
        }
    }

    /// Appends an instruction.
    pub fn push(&mut self, inst: Inst, ty: TypeId, range: TextRange) -> InstId {
        self.types.push(ty);
        self.ranges.push(range);
        self.insts.push(inst)
    }
}
