//! What makes native code of a program, and which of them this build has.

#[cfg(kiln_llvm)]
mod llvm;

use crate::{OptLevel, Options, Stage};
use kiln_cfg::Program;
use kiln_source::{Diagnostic, Interner, SourceMap};
use kiln_types::{Layouts, Pool};

/// A closed program and what is asked of it. The target is the layouts'.
#[cfg_attr(not(kiln_llvm), allow(dead_code, reason = "without a backend nobody reads it"))]
pub(crate) struct Unit<'a> {
    pub program: &'a Program,
    pub pool: &'a Pool,
    pub layouts: &'a mut Layouts,
    pub sources: &'a SourceMap,
    pub names: &'a Interner,
    /// Name of the module in what is made; no path.
    pub name: &'a str,
    pub opt: OptLevel,
}

/// What translates programs into the forms after the CFG.
pub(crate) trait Backend {
    /// Makes the stages that are wanted, in their order.
    ///
    /// # Errors
    /// E0805 or E0806 where it can't do that for this target, E0901 where an invariant is broken.
    fn compile(&self, unit: Unit<'_>, wanted: &[Stage]) -> Result<Vec<(Stage, Vec<u8>)>, Box<Diagnostic>>;
}

/// The backend of this build.
///
/// # Errors
/// E0806: there is none.
pub(crate) fn choose(options: &Options) -> Result<Box<dyn Backend>, Box<Diagnostic>> {
    #[cfg(kiln_llvm)]
    {
        let _ = options;
        Ok(Box::new(llvm::Llvm))
    }
    #[cfg(not(kiln_llvm))]
    {
        let stage = options.emits.iter().find(|emit| emit.stage.is_made_by_backend());
        let wanted = stage.map_or_else(|| "native code".to_owned(), |emit| format!("`--emit {}`", emit.stage.name()));
        Err(Box::new(crate::errors::BackendUnavailable::NoLlvm { wanted }.diagnostic()))
    }
}

/// Whether this build makes native code.
pub fn has_native_code() -> bool {
    cfg!(kiln_llvm)
}
