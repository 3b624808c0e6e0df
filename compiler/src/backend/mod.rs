//! What makes native code of a program, and which of them this build has.

#[cfg(kiln_llvm)]
mod llvm;

use crate::{OptLevel, Stage};
use kiln_cfg::Program;
use kiln_source::{Diagnostic, Interner, SourceMap};
use kiln_types::{Layouts, Pool};

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
    /// Optimisation.
    pub opt: OptLevel,
}

/// What translates programs into the forms after the CFG.
pub trait Backend: Sync {
    /// Makes what is wanted.
    ///
    /// # Errors
    /// E0806 where it can't do that for this target, E0901 where an invariant is broken.
    fn compile(&self, unit: Unit<'_>, wanted: &Wanted) -> Result<Made, Box<Diagnostic>>;
}

/// What a backend is to make.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Wanted {
    /// Stages to show.
    pub stages: Vec<Stage>,
    /// Objects for an executable.
    pub executable: bool,
}

/// What a backend made.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Made {
    /// The stages to show, in the order of the pipeline.
    pub stages: Vec<(Stage, Vec<u8>)>,
    /// The objects of the executable, to be linked together.
    pub objects: Vec<Vec<u8>>,
}

/// The backend of this build, if it has one.
pub fn native() -> Option<&'static dyn Backend> {
    #[cfg(kiln_llvm)]
    return Some(&llvm::Llvm);
    #[cfg(not(kiln_llvm))]
    None
}

/// Whether this build makes native code.
pub fn has_native_code() -> bool {
    cfg!(kiln_llvm)
}
