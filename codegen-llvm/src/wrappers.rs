//! Functions around functions: C's `main`, exported ones for C to call, and foreign ones as values of the program.

use crate::errors::{Result, broken};
use crate::passing::{Args, Incoming};
use crate::unit::{Convention, Declared, Unit};
use crate::value::Value;
use inkwell::module::Linkage;
use inkwell::values::{BasicMetadataValueEnum, PointerValue};
use kiln_cfg::{FuncInfo, FuncKind};
use kiln_codegen::abi::{FnAbi, Pass};
use kiln_codegen::{CAbi, CPass};
use kiln_types::{FuncId, TypeId};
use std::rc::Rc;

impl<'ctx> Unit<'ctx, '_> {
    /// `int main(int, char **)`: calls the program's entry, with the number of arguments if it takes one; its status is that one's
    /// result, or 0.
    pub fn build_main(&mut self, entry: FuncId) -> Result<()> {
        let info = self.program.info(entry);
        let declared = self.function(entry)?;
        let int = self.scalars.int(32);
        let ty = int.fn_type(&[int.into(), self.scalars.ptr.into()], false);
        let main = self.module.add_function("main", ty, Some(Linkage::External));
        self.mark_function(main);
        let func = self.program.bodies.get(entry).and_then(Option::as_ref);
        self.in_function(main, |unit| {
            func.iter().for_each(|func| unit.locate_main(main, func));
            if let Some(guard) = unit.program.guard {
                let guard = unit.function(guard)?;
                unit.builder.build_call(guard.value, &[], "")?;
            }
            let count = main.get_first_param().filter(|_| !info.sig.params.is_empty());
            let args: Vec<BasicMetadataValueEnum<'_>> = count.into_iter().map(Into::into).collect();
            let call = unit.builder.build_call(declared.value, &args, "")?;
            if info.sig.ret == TypeId::NEVER {
                unit.builder.build_unreachable()?;
                return Ok(());
            }
            let status = call.try_as_basic_value().basic().unwrap_or_else(|| int.const_zero().into());
            unit.builder.build_return(Some(&status))?;
            Ok(())
        })
    }

    /// The function by which C calls an exported one or a callback; without a body yet.
    pub fn declare_for_c(&mut self, id: FuncId) -> Result<Declared<'ctx>> {
        let info = self.program.info(id);
        let (symbol, is_exported) = match &info.kind {
            FuncKind::Export { symbol } => (symbol.to_string(), true),
            _ => (format!("C {}", info.symbol), false),
        };
        let c = CAbi::new(self.pool, self.layouts, &info.sig, &[], &symbol)?;
        let ty = self.c_type(&c, false);
        let value = match self.module.get_function(&symbol) {
            Some(value) => value,
            None => self.module.add_function(&symbol, ty, Some(Linkage::External)),
        };
        if value.get_type() != ty {
            return broken(format!("`{symbol}` is exported and foreign with another signature"));
        }
        if !is_exported {
            match self.part.is_whole {
                true => value.set_linkage(Linkage::Internal),
                false => self.share(value.as_global_value()),
            }
        }
        Ok(Declared { value, ty, convention: Convention::C(Rc::new(c)) })
    }

    /// The body of the function by which C calls an exported one or a callback.
    pub fn build_for_c(&mut self, id: FuncId) -> Result<()> {
        let info = self.program.info(id);
        let inner = self.function(id)?;
        let Convention::Kiln(kiln) = &inner.convention else { return broken("what C calls is Kiln's") };
        let Declared { value: outer, convention: Convention::C(c), .. } = self.declare_for_c(id)? else {
            return broken("C calls by its own convention");
        };
        self.mark_function(outer);
        self.c_attributes(&c, |at, attribute| outer.add_attribute(at, attribute));
        self.scratch.clear();
        self.in_function(outer, |unit| {
            let mut incoming = Incoming::new(outer);
            let mut args = Args::new();
            let result_at = match c.ret {
                CPass::Indirect { .. } => Some(incoming.take().into_pointer_value()),
                _ => None,
            };
            let slot = unit.result_slot(kiln, info.sig.ret, result_at, &mut args)?;
            for ((pass, to), param) in c.params.iter().zip(&kiln.params).zip(&info.sig.params) {
                let value = unit.take_c(&mut incoming, pass, param.ty)?;
                unit.push_kiln(&mut args, to, value)?;
            }
            let call = unit.builder.build_call(inner.value, &args, "")?;
            let value = match slot {
                Some(slot) => Value::Memory(slot),
                None => unit.result_kiln(call, &kiln.ret, info.sig.ret, result_at)?,
            };
            if let (Some(address), Value::Scalar(_)) = (result_at, value) {
                unit.store(address, info.sig.ret, value)?;
            }
            unit.end_wrapper(info, |unit| unit.return_c(&c.ret, value, info.sig.ret))
        })
    }

    /// Memory for a result that Kiln's convention returns in memory, added as the first argument.
    fn result_slot(
        &mut self,
        abi: &FnAbi,
        ty: TypeId,
        given: Option<PointerValue<'ctx>>,
        args: &mut Args<'ctx>,
    ) -> Result<Option<PointerValue<'ctx>>> {
        if abi.ret != Pass::Address {
            return Ok(None);
        }
        let layout = self.layouts.of(self.pool, ty);
        let slot = match given {
            Some(given) => given,
            None => self.scratch(layout.size, layout.align)?,
        };
        args.push(slot.into());
        Ok(Some(slot))
    }

    /// Memory for a result that C's convention returns in memory, added as the first argument.
    pub fn c_result_slot(
        &mut self,
        ret: &CPass,
        ty: TypeId,
        given: Option<PointerValue<'ctx>>,
        args: &mut Args<'ctx>,
    ) -> Result<Option<PointerValue<'ctx>>> {
        let CPass::Indirect { .. } = ret else { return Ok(None) };
        let layout = self.layouts.of(self.pool, ty);
        let slot = match given {
            Some(given) => given,
            None => self.scratch(layout.size, layout.align)?,
        };
        args.push(slot.into());
        Ok(Some(slot))
    }

    fn end_wrapper(&mut self, info: &FuncInfo, end: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        if info.sig.ret == TypeId::NEVER {
            self.builder.build_unreachable()?;
            return Ok(());
        }
        end(self)
    }
}
