//! Native code: a closed [`Program`] becomes an LLVM module, and that an object, assembly, IR or bitcode.
//!
//! Blocks of the CFG are LLVM blocks of the same name; one with checks inside goes on in `bb3.1`, `bb3.2`, and its cold
//! panic blocks stand at the end of the function. Scalars that are assigned once are SSA values, aggregates are memory.
//!
//! Contract: the program passed the CFG's verifier. Nothing here decides about the language, reports user errors, prints, or
//! knows paths; the same input gives the same bytes. A broken invariant is a [`CodegenError`].

mod options;
pub use options::{Artifacts, OptLevel, Options, Wanted};

mod errors;
pub use errors::CodegenError;

mod machine;
pub use machine::{llvm_version, targets};

pub mod abi;
mod c_abi;

mod attrs;
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

mod plan;
mod usage;

mod body;
mod place;

mod stmt;

mod rvalue;

mod arith;
mod builtin;
mod call;
mod cast;
mod syscall;

mod output;

use crate::errors::Result;
use crate::unit::{Input, Unit};
use inkwell::context::Context;
use inkwell::module::{FlagBehavior, Module};
use kiln_cfg::{FuncKind, Program};
use kiln_source::{Interner, SourceMap};
use kiln_types::{Layouts, Pool, Target};

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
    compile_boxed(Input { program, pool, layouts, sources, names, options }).map_err(|error| *error)
}

fn compile_boxed(input: Input<'_>) -> Result<Artifacts> {
    let options = input.options;
    let machine = machine::target_machine(input.layouts.target(), options)?;
    let complaints = output::Complaints::default();
    let context = Context::create();
    complaints.collect_from(&context);
    let module = context.create_module(&options.module_name);
    let data = machine.get_target_data();
    machine::check_layouts(&context, &data, input.pool, input.layouts)?;
    prepare(&context, &module, &machine, input.layouts.target());
    let module = build(&context, module, input)?;
    output::emit(&module, &machine, options, &complaints)
}

/// What LLVM has to know before anything is built: the target and how it lays data out.
fn prepare<'ctx>(
    context: &'ctx Context,
    module: &Module<'ctx>,
    machine: &inkwell::targets::TargetMachine,
    target: &Target,
) {
    module.set_triple(&machine.get_triple());
    module.set_data_layout(&machine.get_target_data().get_data_layout());
    let level = |number: u64| context.i32_type().const_int(number, false);
    module.add_basic_value_flag("PIC Level", FlagBehavior::Warning, level(2));
    let abi = machine::abi_name(target);
    if !abi.is_empty() {
        module.add_metadata_flag("target-abi", FlagBehavior::Error, context.metadata_string(abi));
    }
}

fn build<'ctx>(context: &'ctx Context, module: Module<'ctx>, input: Input<'_>) -> Result<Module<'ctx>> {
    let program = input.program;
    let mut unit = Unit::new(context, module, input);
    for (id, func) in program.funcs() {
        body::build(&mut unit, id, func).map_err(|error| error.in_function(&func.name))?;
        if matches!(program.info(id).kind, FuncKind::Export { .. }) {
            unit.build_export(id)?;
        }
    }
    if let Some(entry) = program.entry {
        unit.build_main(entry)?;
    }
    unit.build_panic_functions()?;
    unit.fill_statics()?;
    Ok(unit.module)
}
