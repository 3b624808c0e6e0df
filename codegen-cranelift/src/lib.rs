//! Native code without LLVM: a closed [`Program`] becomes an object file, or code in memory, through Cranelift.
//!
//! Fast to compile and quick to start: what debug builds and `run` want. Scalars are SSA values, aggregates are memory of the
//! frame; functions are compiled by threads while others are still being built. Calling conventions, homes of locals, images of
//! constants and places of panics are those of [`kiln_codegen`].
//!
//! Contract: the program passed the CFG's verifier. Nothing here decides about the language, reports user errors, prints, or
//! knows paths; the same input gives the same bytes, however many threads there are. A broken invariant is a [`CodegenError`].

#![deny(unsafe_code)]

mod isa;
pub use isa::{supports, targets};

mod signature;
mod unit;

mod debug;
mod gen_fn;
mod jobs;
mod value;

mod c_passing;
mod data;
mod machine_code;
mod passing;
mod runtime;
mod wrappers;

mod body;
mod place;

mod stmt;

mod rvalue;

mod arith;
mod builtin;
mod call;
mod cast;

mod memory;
pub use memory::Loaded;

use crate::debug::Keep;
use crate::jobs::Jobs;
use crate::unit::{Input, Unit, refused};
use cranelift_jit::{ArenaMemoryProvider, JITBuilder, JITModule};
use cranelift_module::{FuncId as CodeId, default_libcall_names};
use cranelift_object::{ObjectBuilder, ObjectModule};
use kiln_cfg::{FuncKind, Program};
use kiln_codegen::Result;
pub use kiln_codegen::{CodegenError, DebugInfo, DebugLevel};
use kiln_source::{Interner, SourceMap};
use kiln_types::{Layouts, Pool};

/// The version of Cranelift in use, such as `0.135.8`.
pub const VERSION: &str = cranelift_codegen::VERSION;

/// How a program is compiled. The target is that of the layouts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Options {
    /// Name of the source in objects; no path.
    pub module_name: Box<str>,
    /// Whether Cranelift's own optimisations run. They are few.
    pub optimise: bool,
    /// Whether Cranelift's verifier checks each function; a debug build of the compiler always does it.
    pub verify: bool,
    /// Threads that compile beside this one. The result does not depend on it.
    pub threads: usize,
    /// Whether Cranelift's textual IR is wanted.
    pub ir: bool,
    /// What a debugger is told by objects.
    pub debug: DebugInfo,
    /// Whether tables of objects say how to leave each function: for debuggers, and for programs that look at their own calls.
    pub unwind_tables: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            module_name: "program".into(),
            optimise: false,
            verify: cfg!(debug_assertions),
            threads: 0,
            ir: false,
            debug: DebugInfo::default(),
            unwind_tables: false,
        }
    }
}

/// What was made.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Artifacts {
    /// The object file.
    pub object: Vec<u8>,
    /// See [`Options::ir`].
    pub ir: Option<String>,
}

/// Compiles a program to an object file for the target of its layouts.
///
/// # Errors
/// There is no code for the target, a foreign function needs a convention that is not implemented, a frame is too large, or an
/// invariant is broken.
pub fn compile(
    program: &Program,
    pool: &Pool,
    layouts: &mut Layouts,
    sources: &SourceMap,
    names: &Interner,
    options: &Options,
) -> std::result::Result<Artifacts, CodegenError> {
    object(Input { program, pool, layouts, sources, names }, options).map_err(|error| *error)
}

/// Compiles a program for this process, to be run in it. The target is the host.
///
/// # Errors
/// As [`compile`]; also a foreign function that this process does not know.
pub fn load(
    program: &Program,
    pool: &Pool,
    layouts: &mut Layouts,
    sources: &SourceMap,
    names: &Interner,
    options: &Options,
) -> std::result::Result<Loaded, CodegenError> {
    in_memory(Input { program, pool, layouts, sources, names }, options).map_err(|error| *error)
}

fn object(mut input: Input<'_>, options: &Options) -> Result<Artifacts> {
    let isa = isa::isa(input.layouts.target(), options, true)?;
    let keep = Keep { lines: options.debug.level != DebugLevel::None, unwind: options.unwind_tables };
    let jobs = Jobs::new(isa.clone(), options.threads, options.ir, keep);
    let builder =
        ObjectBuilder::new(isa.clone(), options.module_name.as_bytes(), default_libcall_names()).map_err(refused)?;
    let mut module = ObjectModule::new(builder);
    let mut unit = Unit::new(&mut module, &mut input, jobs, false);
    unit.debug_level = options.debug.level;
    build(&mut unit)?;
    let (ir, records) = (unit.jobs.text(), unit.records);
    let mut product = module.finish();
    debug::write(&mut product, &records, &mut input, &*isa, options)?;
    let object = product.emit();
    let failed = |error: cranelift_object::object::write::Error| CodegenError::EmissionFailed {
        reason: format!("Cranelift failed: {error}"),
    };
    Ok(Artifacts { object: object.map_err(|error| Box::new(failed(error)))?, ir })
}

/// Address space for code and constants: far enough for every program, near enough for relative jumps.
const MEMORY: usize = 1 << 30;

fn in_memory(mut input: Input<'_>, options: &Options) -> Result<Loaded> {
    let isa = isa::isa(input.layouts.target(), options, false)?;
    let jobs = Jobs::new(isa.clone(), options.threads, false, Keep::default());
    let mut builder = JITBuilder::with_isa(isa, default_libcall_names());
    for (name, address) in memory::symbols() {
        builder.symbol(name, address);
    }
    if let Ok(memory) = ArenaMemoryProvider::new_with_size(MEMORY) {
        builder.memory_provider(Box::new(memory));
    }
    memory::check_foreign(input.program)?;
    let mut module = JITModule::new(builder);
    let mut unit = Unit::new(&mut module, &mut input, jobs, true);
    let main = build(&mut unit)?;
    module.finalize_definitions().map_err(refused)?;
    Loaded::new(module, main)
}

/// Builds and compiles everything. Gives C's `main`, if there is one.
fn build(unit: &mut Unit<'_>) -> Result<Option<CodeId>> {
    let program = unit.program;
    for (id, func) in program.funcs() {
        body::build(unit, id, func).map_err(|error| error.in_function(&func.name))?;
        if matches!(program.info(id).kind, FuncKind::Export { .. } | FuncKind::Callback) {
            unit.build_for_c(id)?;
        }
    }
    let main = program.entry.map(|entry| unit.build_main(entry)).transpose()?;
    unit.build_helpers()?;
    unit.define_compiled()?;
    unit.define_places()?;
    unit.define_statics()?;
    // Static data may refer to foreign functions, which then need a helper.
    unit.build_helpers()?;
    unit.define_compiled()?;
    unit.define_statics()?;
    Ok(main)
}
