//! Generates well-typed programs, and compares what the engines make of them.
//!
//! A [`Program`] is a tree of numbers, which proptest makes and shrinks; [`source`] builds the program that it stands for:
//! all types, operators, control flow, aggregates, calls, generic functions, comptime. It prints what it computes as it goes,
//! so that engines that disagree do so near the cause.
//!
//! Contract: every program is accepted by the compiler and ends. It may panic. What is computed twice, while compiling and by
//! the program, is printed as two lines behind a line `~`.

#![forbid(unsafe_code)]

mod seed;
pub use seed::{Pick, Program, Seed, programs};

mod ty;

mod literal;

mod scope;

mod body;

mod call;
mod expr;
mod flow;
mod number;
mod pattern;
mod stmt;

mod item;
mod owners;
mod program;
pub use program::{source, wrong_source};

mod check;
pub use check::{BATCH, Complaint, Verdicts, check, memcheck};

mod refused;
pub use refused::refused;

mod hunt;
pub use hunt::{Find, Series, hunt, hunt_by, program, wrong_program};

mod mutate;
pub use mutate::{mutant, sources, survive};
