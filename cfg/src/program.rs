//! A closed program: every function that can be reached, their signatures, and static data.

use crate::Func;
use kiln_source::{IdxVec, Span};
use kiln_types::{FnTypeParam, FuncId, Statics, TypeId};
use std::rc::Rc;

/// A function's run-time signature.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FuncSig {
    /// Parameters in order.
    pub params: Box<[FnTypeParam]>,
    /// Result; `!` for functions that never return.
    pub ret: TypeId,
}

/// Functions the compiler makes for types.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Glue {
    /// `fn(inout x: T)`: drops the value of `x`: its destructor, then its parts in order.
    Drop(TypeId),
    /// `fn(borrow a: T, borrow b: T) -> bool`: whether all parts are equal.
    Eq(TypeId),
}

/// Where a function comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FuncKind {
    /// Written in Kiln.
    Kiln,
    /// Made by the compiler.
    Glue(Glue),
    /// `extern "C"`: called by the C convention.
    Extern {
        /// The linker's name.
        symbol: Box<str>,
        /// Takes further arguments (`...`).
        variadic: bool,
    },
    /// `export "C"`: written in Kiln, callable from C.
    Export {
        /// The linker's name.
        symbol: Box<str>,
    },
    /// Made by the compiler: calls a Kiln function. Nothing calls it but through its address, by the C convention.
    Callback,
}

/// What is known of a function without its body.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FuncInfo {
    /// How it is printed: `gcd`, `Point::norm1`, `max(i32)`, with the module's name before it outside the root: `util::gcd`.
    pub name: Box<str>,
    /// The linker's name of a Kiln function: unique in the program, the module's name always before it.
    pub symbol: Box<str>,
    /// Signature.
    pub sig: FuncSig,
    /// Where it comes from.
    pub kind: FuncKind,
    /// Where it is written.
    pub span: Span,
    /// Seldom called: panics and what leads to them.
    pub cold: bool,
}

/// Functions of the run-time library (`std/rt.kiln`) that backends call by themselves.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum RtSymbol {
    /// `fn panic(reason: ptr const u8, len: usize, location: ptr const u8, location_len: usize) -> !`: writes `error: <reason>` and the place, ends with status 101.
    Panic,
}

/// Everything a backend needs.
#[derive(Debug, Default)]
pub struct Program {
    /// Signatures and names of all functions, by their ids.
    pub infos: IdxVec<FuncId, Option<FuncInfo>>,
    /// Bodies of those that have one and can be reached.
    pub bodies: IdxVec<FuncId, Option<Rc<Func>>>,
    /// Static data, by ids.
    pub statics: Statics,
    /// `main`; or what runs a test, which takes the number of arguments that the process was started with, its name included.
    pub entry: Option<FuncId>,
    /// The panic function of the run-time library, if something can panic.
    pub panic: Option<FuncId>,
    /// What C's `main` calls before the entry, where an overflow of the stack can be handled.
    pub guard: Option<FuncId>,
}

impl Program {
    /// Name and signature of a function.
    pub fn info(&self, func: FuncId) -> &FuncInfo {
        self.infos[func].as_ref().expect("a program is closed: every id in it has its function")
    }

    /// Functions with bodies, in the order of their ids.
    pub fn funcs(&self) -> impl Iterator<Item = (FuncId, &Rc<Func>)> {
        self.bodies.iter_enumerated().filter_map(|(id, body)| Some((id, body.as_ref()?)))
    }
}
