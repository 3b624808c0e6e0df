//! HIR: the same meaning as the AST with fewer words.
//!
//! Sugar is gone (`while`, `if let`, `&&`, field shorthand, parentheses), locals are ids, items are ids, loops are ids.
//! It is untyped and still generic; types are expressions like all others. [`lower_module`] makes it of one file's AST;
//! after the last module, [`Program`] holds every declaration of the program under its [`kiln_source::DeclId`].
//!
//! Contract: every [`Expr::Local`] is a local of the body it stands in, every [`Expr::Captured`] is in the captures of
//! the declaration; `break` and `continue` name a loop around them; names that mean nothing became [`Expr::Error`] and
//! were reported.

#![forbid(unsafe_code)]

mod expr;
pub use expr::{Arg, Arm, Expr, ExprId, ForIter, MatchOrigin, Name, Pat, PatId, Stmt, VarRef};

mod body;
pub use body::{Body, Local, LocalId, LocalKind, LoopId};

mod decl;
pub use decl::{
    Attrs, ConstDecl, Decl, DeclKind, EnumDecl, Extern, FieldDecl, FnDecl, Param, StructDecl, VariantDecl, VariantShape,
};

mod program;
pub use program::{Import, ImportId, ImportKind, Module, Program};

mod lower;
pub use lower::lower_module;

mod errors;

mod print;
pub use print::print_module;

pub use kiln_syntax::ast::{BinaryOp, Mode, PrimType, UnaryOp};
