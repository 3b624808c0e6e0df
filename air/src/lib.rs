//! AIR: one *instance* of one function, typed.
//!
//! Every expression has a concrete type, every coercion and call target is explicit, every use of a place says whether
//! it copies or moves, and whatever comptime decided is already a value. It is still a tree: `if`, `match` with nested
//! patterns and loops stand as they were written. Sema makes it; the CFG is built from it.
//!
//! Contract ([`verify()`] checks it): ids are in range and children come before their parents, types of children fit, there is no inference
//! variable left, places stand where places are demanded.

#![forbid(unsafe_code)]

mod body;
pub use body::{Body, Local, LocalId, LoopId, PatId};

mod op;
pub use op::{BinOp, Builtin, CastKind, Overflow, UnOp};

mod inst;
pub use inst::{Arg, Arm, AssignOp, Inst, InstId, Panic, UseKind};

mod children;

mod pat;
pub use pat::{BindMode, Pat, PatKind};

mod print;
pub use print::{PrintCx, print};

mod verify;
pub use verify::{Rule, Signature, VerifyCx, Violation, verify};
