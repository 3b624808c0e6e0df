//! Native code: a closed [`Program`] becomes an LLVM module, and that an object, assembly, IR or bitcode.
//!
//! Blocks of the CFG are LLVM blocks of the same name; one with checks inside goes on in `bb3.1`, `bb3.2`, and its cold
//! panic blocks stand at the end of the function. Scalars that are assigned once are SSA values, aggregates are memory. Without
//! optimisation a large program is compiled in parts, by threads; with it, loops of checked arithmetic get fast copies.
//!
//! Contract: the program passed the CFG's verifier. Nothing here decides about the language, reports user errors, prints, or
//! knows paths; the same input gives the same bytes. A broken invariant is a [`CodegenError`].

mod options;
pub use options::{Artifacts, OptLevel, Options, Wanted};

mod errors;
pub use kiln_codegen::{CodegenError, DebugInfo, DebugLevel, abi};

mod machine;
pub use machine::{llvm_version, targets};

mod attrs;
mod c_passing;
mod c_type;
mod debug;
mod intrinsics;
mod types;
mod unit;

mod constant;
mod panics;
mod runtime;
mod statics;
mod value;

mod passing;
mod wrappers;

mod body;
mod place;

mod fast_loop;

mod stmt;

mod rvalue;

mod arith;
mod builtin;
mod call;
mod cast;
mod syscall;

mod output;
mod part;
mod shared;

mod bitcode;
pub use bitcode::{Bitcode, compile_bitcode};

mod jit;
pub use jit::{Loaded, load};

use crate::errors::Result;
use crate::unit::Input;
use inkwell::context::Context;
use kiln_cfg::Program;
use kiln_source::{Interner, SourceMap};
use kiln_types::{Layouts, Pool};

/// Compiles a program for the target of its layouts.
///
/// # Errors
/// This LLVM can't compile for the target, a foreign function needs a convention that is not implemented, or an invariant is
/// broken.
pub fn compile(
    program: &Program,
    pool: &Pool,
    layouts: &mut Layouts,
    sources: &SourceMap,
    names: &Interner,
    options: &Options,
) -> std::result::Result<Artifacts, CodegenError> {
    compile_boxed(Input { program, pool, layouts, sources, names, options }).map_err(|failure| *failure.0)
}

fn compile_boxed(input: Input<'_>) -> Result<Artifacts> {
    let parts = part::split(input.program, input.pool, input.options);
    let contexts: Vec<Context> = parts.iter().map(|_| Context::create()).collect();
    part::compile(input, &parts, &contexts)
}
