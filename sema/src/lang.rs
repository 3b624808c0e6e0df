//! Library items the compiler itself refers to: the run-time support module and the prelude.

use crate::body::BodyCx;
use crate::context::{Checked, Sema};
use crate::errors;
use kiln_air::{Arg, Inst, InstId};
use kiln_hir as hir;
use kiln_source::{DeclId, ModuleId, TextRange};
use kiln_types::{FuncId, TypeId, ValueId};

/// Where the compiler's own library modules are.
#[derive(Debug, Default)]
pub(crate) struct Lang {
    /// `std/rt.kiln`: panics and `@dbg`.
    rt: Option<ModuleId>,
    /// `std/backtrace.kiln`: panics that show the calls, where it was loaded.
    backtrace: Option<ModuleId>,
    /// `std/stack.kiln`: the panic of a stack that overflows, where it was loaded.
    stack: Option<ModuleId>,
    /// `std/int.kiln`: methods of integers that are more than one operation.
    int: Option<ModuleId>,
    /// `std/float.kiln`: the same for floats.
    float: Option<ModuleId>,
    /// `std/elementary.kiln`: methods of floats that are not in every program.
    elementary: Option<ModuleId>,
    /// `std/target.kiln`: `Arch` and `Os`.
    target: Option<ModuleId>,
    /// `std/meta.kiln`: what reflection gives.
    pub meta: Option<ModuleId>,
    /// `std/intrinsics.kiln`: intrinsics that are functions.
    intrinsics: Option<ModuleId>,
    /// `std/string.kiln`: owned text.
    pub string: Option<ModuleId>,
    /// `std/str.kiln`: methods of text.
    text: Option<ModuleId>,
    /// `std/slice.kiln`: methods of slices.
    slice: Option<ModuleId>,
}

impl Lang {
    pub fn find(hir: &hir::Program) -> Lang {
        let find = |name: &str| {
            let mut modules = hir.modules.iter_enumerated();
            modules.find(|(_, module)| module.is_std && &*module.name == name).map(|(id, _)| id)
        };
        Lang {
            rt: find("std::rt"),
            backtrace: find("std::backtrace"),
            stack: find("std::stack"),
            int: find("std::int"),
            float: find("std::float"),
            elementary: find("std::elementary"),
            target: find("std::target"),
            meta: find("std::meta"),
            intrinsics: find("std::intrinsics"),
            string: find("std::string"),
            text: find("std::str"),
            slice: find("std::slice"),
        }
    }
}

impl Sema<'_> {
    /// A declaration of the run-time support module.
    pub fn rt_decl(&mut self, name: &str) -> Checked<DeclId> {
        self.library_decl(self.lang.rt, name)
    }

    /// A declaration of one of the compiler's own library modules.
    pub fn library_decl(&mut self, module: Option<ModuleId>, name: &str) -> Checked<DeclId> {
        let found = module.and_then(|module| {
            let symbol = self.names.get(name)?;
            self.hir.modules[module].names.get(&symbol).copied()
        });
        found.ok_or_else(|| self.error(errors::missing_rt(name)))
    }

    /// The function behind an intrinsic.
    pub fn intrinsic_decl(&mut self, name: &str) -> Checked<DeclId> {
        self.library_decl(self.lang.intrinsics, name)
    }

    /// The function that ends a program that panics; one that shows the calls, if its module was loaded.
    pub fn panic_func(&mut self) -> Checked<FuncId> {
        let decl = self.library_decl(self.lang.backtrace.or(self.lang.rt), "panic")?;
        self.ensure_signature(decl, &[], self.hir.name_span(decl))
    }

    /// The function that has an overflow of the stack handled, if its module was loaded.
    pub fn guard_func(&mut self) -> Checked<Option<FuncId>> {
        if self.lang.stack.is_none() {
            return Ok(None);
        }
        let decl = self.library_decl(self.lang.backtrace.or(self.lang.stack), "guard")?;
        self.ensure_signature(decl, &[], self.hir.name_span(decl)).map(Some)
    }

    /// A function of the run-time support module.
    pub fn rt_func(&mut self, name: &str) -> Checked<FuncId> {
        let decl = self.rt_decl(name)?;
        self.ensure_signature(decl, &[], self.hir.name_span(decl))
    }
}

impl Sema<'_> {
    /// A function of the library for a method of integers (`std/int.kiln`) or floats (`std/float.kiln`).
    pub fn number_function(&self, is_float: bool, name: kiln_source::Symbol) -> Option<DeclId> {
        let modules = if is_float { [self.lang.float, self.lang.elementary] } else { [self.lang.int, None] };
        let mut found = modules.into_iter().flatten().filter_map(|module| self.hir.modules[module].names.get(&name));
        found.find(|decl| self.hir.decls[**decl].public).copied()
    }

    /// A function of the library for a method of text (`std/str.kiln`) or slices (`std/slice.kiln`).
    pub fn view_function(&self, is_text: bool, name: kiln_source::Symbol) -> Option<DeclId> {
        let module = if is_text { self.lang.text } else { self.lang.slice };
        let decl = *self.hir.modules[module?].names.get(&name)?;
        (self.hir.decls[decl].public && self.hir.decls[decl].as_fn().is_some()).then_some(decl)
    }

    /// A variant of an enum of `std/target.kiln`.
    pub fn target_value(&mut self, ty: &str, variant: &str) -> Checked<ValueId> {
        let decl = self.library_decl(self.lang.target, ty)?;
        let ty = self.make_type(decl, &[], None)?;
        self.complete(ty)?;
        self.unit_variant(ty, variant)
    }

    /// A variant without payload of an enum that is complete.
    pub fn unit_variant(&mut self, ty: TypeId, variant: &str) -> Checked<ValueId> {
        let symbol = self.names.intern(variant);
        let def = self.pool.enum_def(ty).expect("the type was completed");
        let found = def.variants.iter().find(|variant| variant.name == symbol).map(|variant| variant.discriminant);
        match found {
            Some(bits) => Ok(self.pool.scalar(ty, bits)),
            None => Err(self.error(errors::missing_rt(variant))),
        }
    }
}

impl BodyCx<'_, '_> {
    /// A call of a function of the run-time support module.
    pub fn rt_call(&mut self, name: &str, args: Box<[Arg]>, range: TextRange) -> Checked<InstId> {
        let func = self.sema.rt_func(name)?;
        self.sema.want_body(func);
        let ret = self.sema.program.info(func).sig.ret;
        Ok(self.push(Inst::Call { func, args }, ret, range))
    }
}
