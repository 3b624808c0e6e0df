//! A function: locals and basic blocks.

use crate::{Stmt, Terminator};
use kiln_source::{FileId, IdxVec, Symbol, TextRange, define_id};
use kiln_types::{ParamMode, TypeId};

define_id!(
    /// A local: `_0` is the result, `_1` to `_n` are the parameters.
    Local, "_"
);
define_id!(
    /// A basic block; `bb0` is the entry.
    BlockId, "bb"
);

/// What a local is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LocalKind {
    /// `_0`
    Return,
    /// A parameter.
    Param(ParamMode),
    /// A binding of the program, or (without a name) what several branches or turns of a loop assign.
    User,
    /// A binding that names a place of somebody else (a part of a borrowed scrutinee, an element of an iterated slice). Set
    /// by [`Stmt::Bind`]; using it uses that place.
    Alias {
        /// May be written through.
        mutable: bool,
    },
    /// Made by the compiler. A temporary that is assigned as a whole is assigned exactly once, in a block that dominates its uses.
    Temp,
}

/// A local's declaration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LocalDecl {
    /// Its type; of the referenced place where [`LocalDecl::is_reference`].
    pub ty: TypeId,
    /// What it is.
    pub kind: LocalKind,
    /// Its name in the program.
    pub name: Option<Symbol>,
    /// May be assigned as a whole at more than one place.
    pub mutable: bool,
    /// Where it is written.
    pub range: TextRange,
    /// The text in which its name means it; empty where that is nowhere. Only debuggers want to know.
    pub scope: TextRange,
}

impl LocalDecl {
    /// Whether the local stands for a place elsewhere, so that backends hold its address: `borrow` and `inout` parameters, aliases.
    /// (What is copied and fits a register a backend may pass by value for `borrow`, as nobody can write it meanwhile.)
    pub fn is_reference(&self) -> bool {
        matches!(self.kind, LocalKind::Param(ParamMode::Borrow | ParamMode::Inout) | LocalKind::Alias { .. })
    }
}

/// A basic block.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// Instructions in order.
    pub stmts: Vec<Stmt>,
    /// Source range of each instruction.
    pub ranges: Vec<TextRange>,
    /// How it ends.
    pub term: Terminator,
    /// Source range of the terminator.
    pub term_range: TextRange,
}

/// A function with a body.
#[derive(Clone, PartialEq, Debug)]
pub struct Func {
    /// How it is printed; the same as in its [`crate::FuncInfo`].
    pub name: Box<str>,
    /// The file that all ranges refer to.
    pub file: FileId,
    /// The whole declaration.
    pub range: TextRange,
    /// All locals: result, parameters, the rest.
    pub locals: IdxVec<Local, LocalDecl>,
    /// How many parameters there are.
    pub param_count: usize,
    /// Blocks in reverse post order; the first is the entry and has no predecessors.
    pub blocks: IdxVec<BlockId, Block>,
}

impl Func {
    /// The result, `_0`.
    pub const RESULT: Local = Local(0);
    /// The first block.
    pub const ENTRY: BlockId = BlockId(0);

    /// Type of the result.
    pub fn ret(&self) -> TypeId {
        self.locals[Self::RESULT].ty
    }

    /// The parameters, `_1` to `_n`.
    pub fn params(&self) -> impl Iterator<Item = Local> + use<> {
        (1..=self.param_count as u32).map(Local)
    }
}
