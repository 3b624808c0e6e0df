//! What compiles and executes programs: one interface, and which implementations this build has.
//!
//! | backend | makes | executes |
//! | --- | --- | --- |
//! | [`Interpreter`] | nothing | the program, on the virtual machine |
//! | `Cranelift` | objects and its IR, for 64-bit machines | in memory, or linked |
//! | `Llvm` | objects, IR, bitcode and assembly, for all targets | in memory, or linked |

#[cfg(feature = "cranelift")]
mod cranelift;
mod interpreter;
#[cfg(kiln_llvm)]
mod llvm;

mod choice;
pub use choice::{Backends, Choice};

mod execute;
#[cfg(unix)]
pub use execute::run_captured;
pub use execute::{Executed, Execution, NativeTests};

pub use interpreter::Interpreter;

use crate::{Options, Stage};
use kiln_cfg::Program;
use kiln_source::{Diagnostic, Interner, SourceMap};
use kiln_types::{Layouts, Pool};
use std::fmt::Debug;

/// The backend somebody asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum BackendName {
    /// The one that fits: see [`Backends::choose`].
    #[default]
    Auto,
    /// LLVM, ahead of time.
    Llvm,
    /// Cranelift.
    Cranelift,
    /// The interpreter.
    Interp,
    /// LLVM, in memory.
    Jit,
}

/// A closed program and what is asked of it. The target is the layouts'.
pub struct Unit<'a> {
    /// What is compiled.
    pub program: &'a Program,
    /// Its types and values.
    pub pool: &'a Pool,
    /// Layouts on the target.
    pub layouts: &'a mut Layouts,
    /// Files, for the places of panics.
    pub sources: &'a SourceMap,
    /// Names.
    pub names: &'a Interner,
    /// Name of the module in what is made; no path.
    pub name: &'a str,
    /// Optimisation, processor, and the like.
    pub options: &'a Options,
}

/// What compiles and executes programs.
pub trait Backend: Sync {
    /// How users know it.
    fn name(&self) -> &'static str;

    /// Its version.
    fn version(&self) -> String;

    /// What it can do.
    fn capabilities(&self) -> Capabilities;

    /// The triples it compiles for.
    fn targets(&self) -> Vec<&'static str>;

    /// Makes what is wanted.
    ///
    /// # Errors
    /// E0806 where it can't do that for this target, E0901 where an invariant is broken.
    fn compile(&self, unit: Unit<'_>, wanted: &Wanted) -> Result<Made, Box<Diagnostic>>;

    /// Executes a program that it compiled, and waits for its end. By default what was loaded runs in a process of its own, and
    /// objects are linked and started.
    ///
    /// # Errors
    /// The program could not be linked or started.
    fn execute(&self, execution: Execution<'_>) -> Result<Executed, Box<Diagnostic>> {
        execute::natively(execution)
    }
}

/// What a backend can do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Capabilities {
    /// The stages it makes.
    pub stages: &'static [Stage],
    /// Makes objects for executables.
    pub links: bool,
    /// Executes programs without a linker.
    pub executes: bool,
    /// Optimises.
    pub optimises: bool,
}

/// What a backend is to make.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Wanted {
    /// Stages to show.
    pub stages: Vec<Stage>,
    /// Code for the whole program.
    pub executable: bool,
    /// The code may be loaded into this process instead of being made as objects.
    pub in_memory: bool,
    /// What is exported is for the other objects of the program only.
    pub hidden: bool,
}

/// What a backend made.
#[derive(Debug, Default)]
pub struct Made {
    /// The stages to show, in the order of the pipeline.
    pub stages: Vec<(Stage, Vec<u8>)>,
    /// Textual IR as it was before the passes, where it was asked for.
    pub unoptimised: Option<Vec<u8>>,
    /// The objects of the executable, to be linked together.
    pub objects: Vec<Vec<u8>>,
    /// The program in memory, instead of objects.
    pub loaded: Option<Box<dyn Loaded>>,
}

/// A program in memory.
pub trait Loaded: Debug + Send {
    /// Runs it in this process, which it may end or break, and tells it that it has `count` arguments, its name included. Gives the
    /// status that its `main` returns.
    fn run(&self, count: i32) -> i32;
}

/// Whether this build has LLVM, in this program or beside it.
pub fn has_llvm() -> bool {
    cfg!(kiln_llvm)
}

/// Whether this build has Cranelift.
pub fn has_cranelift() -> bool {
    cfg!(feature = "cranelift")
}

/// Whether this build makes native code.
pub fn has_native_code() -> bool {
    has_llvm() || has_cranelift()
}
