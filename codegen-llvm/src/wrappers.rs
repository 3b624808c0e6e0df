//! Functions around functions: C's `main`, exported ones for C to call, and foreign ones as values of the program.

use crate::errors::{Result, broken};
use crate::passing::{Args, Incoming};
use crate::unit::{Convention, Unit};
use crate::value::Value;
use inkwell::GlobalVisibility;
use inkwell::module::Linkage;
use inkwell::values::{FunctionValue, PointerValue};
use kiln_cfg::{FuncInfo, FuncKind};
use kiln_codegen::abi::{FnAbi, Pass};
use kiln_codegen::{CAbi, CPass};
use kiln_types::{FuncId, TypeId};

impl<'ctx> Unit<'ctx, '_> {
    /// `int main(int, char **)`: calls the program's `main`; its status is that one's result, or 0.
    pub fn build_main(&mut self, entry: FuncId) -> Result<()> {
        let info = self.program.info(entry);
        let declared = self.function(entry)?;
        let int = self.scalars.int(32);
        let ty = int.fn_type(&[int.into(), self.scalars.ptr.into()], false);
        let main = self.module.add_function("main", ty, Some(Linkage::External));
        self.mark_function(main);
        self.in_function(main, |unit| {
            let call = unit.builder.build_call(declared.value, &[], "")?;
            if info.sig.ret == TypeId::NEVER {
                unit.builder.build_unreachable()?;
                return Ok(());
            }
            let status = call.try_as_basic_value().basic().unwrap_or_else(|| int.const_zero().into());
            unit.builder.build_return(Some(&status))?;
            Ok(())
        })
    }

    /// The function by which C calls an exported one.
    pub fn build_export(&mut self, id: FuncId) -> Result<()> {
        let info = self.program.info(id);
        let FuncKind::Export { symbol } = &info.kind else { return Ok(()) };
        let inner = self.function(id)?;
        let Convention::Kiln(kiln) = &inner.convention else { return broken("an exported function is Kiln's") };
        let c = CAbi::new(self.pool, self.layouts, &info.sig, symbol)?;
        let ty = self.c_type(&c, false);
        let outer = self.foreign(symbol, ty);
        self.mark_function(outer);
        self.c_attributes(&c.ret, &c.params, |at, attribute| outer.add_attribute(at, attribute));
        self.scratch.clear();
        self.in_function(outer, |unit| {
            let mut incoming = Incoming::new(outer);
            let mut args = Args::new();
            let result_at = match c.ret {
                CPass::Memory { .. } => Some(incoming.take().into_pointer_value()),
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
            unit.end_wrapper(info, |unit| unit.return_c(&c.ret, value, info.sig.ret))
        })
    }

    /// A foreign function under Kiln's convention, for pointers to it.
    pub fn extern_thunk(&mut self, id: FuncId) -> Result<FunctionValue<'ctx>> {
        let info = self.program.info(id);
        let name = format!("extern {}", info.name);
        if let Some(thunk) = self.module.get_function(&name) {
            return Ok(thunk);
        }
        let inner = self.function(id)?;
        let Convention::C(c) = &inner.convention else { return broken("a foreign function is C's") };
        let kiln = FnAbi::new(self.pool, self.layouts, &info.sig.params, info.sig.ret);
        let thunk = self.module.add_function(&name, self.kiln_type(&kiln), Some(Linkage::Internal));
        self.mark_function(thunk);
        if !self.part.is_whole {
            // Every part that needs the address makes it; the linker keeps one.
            thunk.set_linkage(Linkage::LinkOnceODR);
            thunk.as_global_value().set_visibility(GlobalVisibility::Hidden);
        }
        let outer_scratch = std::mem::take(&mut self.scratch);
        self.in_function(thunk, |unit| {
            let mut incoming = Incoming::new(thunk);
            let mut args = Args::new();
            let slot = (kiln.ret == Pass::Address).then(|| incoming.take().into_pointer_value());
            let memory = unit.c_result_slot(&c.ret, info.sig.ret, slot, &mut args)?;
            for ((pass, to), param) in kiln.params.iter().zip(&c.params).zip(&info.sig.params) {
                let value = unit.take_kiln(&mut incoming, pass, param.ty, None)?;
                unit.push_c(&mut args, to, value, param.ty)?;
            }
            let call = unit.builder.build_call(inner.value, &args, "")?;
            unit.c_attributes(&c.ret, &c.params, |at, attribute| call.add_attribute(at, attribute));
            let value = match memory {
                Some(memory) => Value::Memory(memory),
                None => unit.result_c(call, &c.ret, info.sig.ret)?,
            };
            if let (Some(slot), Value::Memory(_)) = (slot, value) {
                unit.store(slot, info.sig.ret, value)?;
            }
            unit.end_wrapper(info, |unit| unit.return_kiln(&kiln.ret, value))
        })?;
        self.scratch = outer_scratch;
        Ok(thunk)
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
        let CPass::Memory { .. } = ret else { return Ok(None) };
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
