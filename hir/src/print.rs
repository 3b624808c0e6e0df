//! `--emit hir`.

use crate::Program;
use kiln_source::{Interner, ModuleId};

/// The declarations of a module as text.
pub fn print_module(_program: &Program, _module: ModuleId, _names: &Interner) -> String {
    String::new()
}
