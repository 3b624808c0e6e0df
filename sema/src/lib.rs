//! Semantic analysis: HIR → AIR on demand, and from there the closed CFG [`Program`].
//!
//! Resolves members, checks and infers types, decides everything comptime decides (by driving the interpreter) and makes
//! one instance of a function for each distinct tuple of comptime arguments. Four demands drive it, each answered once and
//! remembered: a declaration's *signature*, a type's *fields*, a const's *value*, an instance's *body*.
//!
//! Contract: if no error was reported, the program is closed, every body passed its verifier, every type in it is
//! complete and finite. After an error the program is not to be executed.

#![forbid(unsafe_code)]

mod options;
pub use options::{Limits, Mode, Options};

mod statistics;
pub use statistics::Evaluation;

mod alias;
mod analysis;
pub use analysis::{Analysis, TestCase, analyze};

mod foreign;
pub use foreign::Export;

mod chain;

mod context;
mod global;
mod instance;
mod type_decl;
mod type_ownership;

mod body;
mod comptime;
mod eval;
mod expr;
mod infer;
mod pattern;
mod stmt;
mod test_main;
mod text;

mod exhaustive;
mod intrinsic;
mod known;
mod lang;
mod lower;
mod ownership;
mod reach;

mod errors;
