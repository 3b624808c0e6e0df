//! The CFG: functions as basic blocks over places. The only executable form; the interpreter and LLVM both start here.
//!
//! Moves, copies, drops, checks and pattern tests are explicit instructions; there is no `match`, no scope and no
//! expression tree. It is built from AIR ([`build()`]), printed ([`print()`]) and parsed ([`parse()`]) as text, and checked by
//! [`verify()`].
//!
//! Contract: each block has one terminator; every local is initialised before it is used; temporaries are assigned
//! once; after ownership was checked and drops were elaborated, every owned place is dropped exactly once on every path.

#![forbid(unsafe_code)]

mod func;
pub use func::{Block, BlockId, Func, Local, LocalDecl, LocalKind};

mod inst;
pub use inst::{Arg, Call, Callee, Check, Operand, Place, PlaceBase, Proj, Rvalue, Stmt, Terminator};

mod reference;
pub use reference::Reference;

mod program;
pub use program::{FuncInfo, FuncKind, FuncSig, Glue, Program, RtSymbol};

mod foreign;
pub use foreign::{CType, Effect, Foreign, ForeignRow, OUT_OF_MEMORY};

mod mentions;
pub use mentions::Mention;

mod place_type;
pub use place_type::{PlaceType, place_type};

mod type_names;
pub use type_names::TypeNames;

mod print;
pub use print::{PrintCx, print};

mod parse;
pub use parse::{ParseCx, ParseError, parse};

mod verify;
pub use verify::{Rule, VerifyCx, Violation, verify};

mod emit;

mod build;
pub use build::{BuildCx, BuiltFunc, Scratch, build};

mod glue;
pub use glue::build_glue;

mod simplify;

pub use kiln_air::{BinOp, Builtin, CastKind, Overflow, Panic, UnOp, UseKind};
