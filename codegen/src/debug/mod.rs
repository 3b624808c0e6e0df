//! What a debugger is told of a program, decided once for all code generators: how much ([`DebugInfo`]), the types ([`DebugTypes`])
//! and where names can be seen ([`Scopes`]).
//!
//! It is written as DWARF 4, and as if the program were Rust: debuggers know Rust's enums and views, and Kiln's lie in memory as these.

mod scopes;
pub use scopes::{Scope, ScopeNo, Scopes};

mod types;
pub use types::{DebugType, DebugTypes, Encoding, Member, Shape, TypeNo, Variant};

use kiln_cfg::{Func, FuncInfo, FuncKind, Local};

/// How much a debugger is told.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Hash)]
pub enum DebugLevel {
    /// Nothing.
    #[default]
    None,
    /// Which line each instruction belongs to.
    Lines,
    /// Also functions, variables and types.
    Full,
}

/// How much a debugger is told, and where the sources are.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct DebugInfo {
    /// How much.
    pub level: DebugLevel,
    /// The folder that the names of files are relative to; nothing if that is nobody's business.
    pub folder: Box<str>,
}

/// The version of DWARF: the last one that all debuggers in use read.
pub const DWARF_VERSION: u16 = 4;

/// Who made the code. Debuggers look for the end of a prologue in the line table if the name begins like this, and nowhere else.
pub const PRODUCER: &str = concat!("clang LLVM (kiln ", env!("CARGO_PKG_VERSION"), ")");

/// Whether a function is written in Kiln, so that it has lines; others are made by the compiler.
pub fn is_written(info: &FuncInfo, func: &Func) -> bool {
    !matches!(info.kind, FuncKind::Glue(_) | FuncKind::Extern { .. }) && !func.range.is_empty()
}

/// The locals of a function that have names in the program.
pub fn named_locals(func: &Func) -> impl Iterator<Item = Local> {
    func.locals.iter_enumerated().filter(|(_, decl)| decl.name.is_some()).map(|(local, _)| local)
}
