//! The interpreter: functions of the CFG, lowered once to register bytecode, on a virtual machine.
//!
//! A [`Vm`] keeps the bytecode of a compilation; a [`Machine`] is one evaluation, with registers, frames and memory of
//! its own. It asks for what it needs by returning ([`Need`]); its result leaves it as a value of the pool or as static
//! data, and nothing else does.
//!
//! ```text
//! machine.start(func, &args);
//! loop {
//!     match machine.resume(&mut vm, &mut env) {
//!         Outcome::Done => break machine.result_value(&mut env),
//!         Outcome::Need(Need::Body(func)) => analyse(func),       // may run other machines
//!         Outcome::Trap(trap) => report(trap),
//!         …
//!     }
//! }
//! ```
//!
//! Contract: layouts come from [`kiln_types::Layouts`], arithmetic agrees with [`kiln_types::arith`], so results are the
//! same on every host. No program, right or wrong, makes the host panic, hang beyond its budget, or recurse on the host's
//! stack. Pointers of an evaluation never leave it.

#![forbid(unsafe_code)]

mod vm;
pub use vm::{Mode, Vm};

mod machine;
pub use machine::{Leak, Machine, Need, Outcome};

mod env;
pub use env::{Env, FunctionTables, Functions, Host, HostFile, Notes};

mod limits;
pub use limits::{Limits, Statistics};

mod trap;
pub use trap::{Allocation, AllocationSort, ArgValue, MemoryFault, TraceFrame, Trap, TrapKind};

mod freeze;
pub use freeze::{PathStep, Refusal, RefusalReason};

pub mod fold;

mod abi;
mod code;
mod consts;
mod op;

mod lower;

mod state;

mod exec;

mod value;

mod memory;
pub use memory::FaultKind;
