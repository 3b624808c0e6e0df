//! Library items the compiler itself refers to: the run-time support module and the prelude.

use crate::context::{Checked, Sema};
use crate::errors;
use kiln_hir as hir;
use kiln_source::{DeclId, ModuleId};
use kiln_types::FuncId;

/// Where the compiler's own library modules are.
#[derive(Debug, Default)]
pub(crate) struct Lang {
    /// `std/rt.kiln`: panics and `@dbg`.
    rt: Option<ModuleId>,
}

impl Lang {
    pub fn find(hir: &hir::Program) -> Lang {
        let rt = hir.modules.iter_enumerated().find(|(_, module)| module.is_std && &*module.name == "std::rt");
        Lang { rt: rt.map(|(id, _)| id) }
    }
}

impl Sema<'_> {
    /// A declaration of the run-time support module.
    pub fn rt_decl(&mut self, name: &str) -> Checked<DeclId> {
        let found = self.lang.rt.and_then(|rt| {
            let symbol = self.names.get(name)?;
            self.hir.modules[rt].names.get(&symbol).copied()
        });
        found.ok_or_else(|| self.error(errors::missing_rt(name)))
    }

    /// A function of the run-time support module.
    pub fn rt_func(&mut self, name: &str) -> Checked<FuncId> {
        let decl = self.rt_decl(name)?;
        self.ensure_signature(decl, &[])
    }
}
