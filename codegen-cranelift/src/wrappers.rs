//! Functions around functions: C's `main`, exported ones for C to call, and foreign ones as values of the program.

use crate::gen_fn::Gen;
use crate::passing::{Args, Incoming};
use crate::signature::{signature_of_c, signature_of_kiln};
use crate::unit::{Convention, Unit};
use crate::value::{Pointer, Value};
use cranelift_codegen::ir::{InstBuilder, Signature, types};
use cranelift_module::{FuncId as CodeId, Linkage};
use kiln_cfg::FuncKind;
use kiln_codegen::abi::{FnAbi, Pass};
use kiln_codegen::{CAbi, CPass, Result, broken};
use kiln_types::{FuncId, TypeId};
use std::rc::Rc;

impl Unit<'_> {
    /// `int main(int, char **)`: calls the program's `main`; its status is that one's result, or 0.
    pub fn build_main(&mut self, entry: FuncId) -> Result<CodeId> {
        let declared = self.function(entry)?;
        let never = self.program.info(entry).sig.ret == TypeId::NEVER;
        let sig = self.signatures.plain(&[types::I32, self.signatures.pointer], Some(types::I32));
        let main = self.declare("main", Linkage::Export, &sig)?;
        self.define(main, |out| {
            out.begin();
            let results = out.call(declared.id, &[]);
            if never {
                out.trap();
                return Ok(());
            }
            let status = match results.first() {
                Some(status) => *status,
                None => out.b.ins().iconst(types::I32, 0),
            };
            out.b.ins().return_(&[status]);
            Ok(())
        })?;
        Ok(main)
    }

    /// The function by which C calls an exported one.
    pub fn build_export(&mut self, id: FuncId) -> Result<()> {
        let info = self.program.info(id);
        let FuncKind::Export { symbol } = &info.kind else { return Ok(()) };
        let inner = self.function(id)?;
        let Convention::Kiln(kiln) = inner.convention else { return broken("an exported function is Kiln's") };
        let c = CAbi::new(self.pool, self.layouts, &info.sig, symbol)?;
        let sig = signature_of_c(&self.signatures, &c, symbol, self.layouts.target())?;
        let outer = self.declare(symbol, Linkage::Export, &sig)?;
        self.define(outer, |out| {
            let mut incoming = Incoming::new(out.begin());
            let mut args = Args::new();
            let result_at = match c.ret {
                CPass::Memory { .. } => Some(Pointer::at(incoming.take()?)),
                _ => None,
            };
            let slot = out.kiln_result_slot(&kiln, info.sig.ret, result_at, &mut args)?;
            for ((pass, to), param) in c.params.iter().zip(&kiln.params).zip(&info.sig.params) {
                let value = out.take_c(&mut incoming, pass, param.ty)?;
                out.push_kiln(&mut args, to, value)?;
            }
            let results = out.call(inner.id, &args);
            if info.sig.ret == TypeId::NEVER {
                out.trap();
                return Ok(());
            }
            let value = match slot {
                Some(slot) => Value::Memory(slot),
                None => out.result_kiln(&results, &kiln.ret, info.sig.ret)?,
            };
            if let (Some(at), None) = (result_at, slot) {
                out.store(at, info.sig.ret, value)?;
            }
            out.return_c(&c.ret, value, info.sig.ret)
        })
    }

    /// The name and signature of a foreign function under Kiln's convention.
    pub fn describe_thunk(&mut self, id: FuncId) -> Result<(String, Signature)> {
        let info = self.program.info(id);
        let abi = FnAbi::new(self.pool, self.layouts, &info.sig.params, info.sig.ret);
        Ok((format!("extern {}", info.name), signature_of_kiln(&self.signatures, &abi)))
    }
}

impl Gen<'_, '_, '_> {
    /// Calls a foreign function, with what came by Kiln's convention.
    pub fn build_thunk(&mut self, id: FuncId) -> Result<()> {
        let info = self.unit.program.info(id);
        let FuncKind::Extern { symbol, .. } = &info.kind else { return broken("a thunk is for a foreign function") };
        let inner = self.unit.function(id)?;
        let Convention::C(c) = inner.convention else { return broken("a foreign function is C's") };
        let c: Rc<CAbi> = c;
        let kiln = FnAbi::new(self.unit.pool, self.unit.layouts, &info.sig.params, info.sig.ret);
        let mut incoming = Incoming::new(self.begin());
        let mut args = Args::new();
        let slot = match kiln.ret {
            Pass::Address => Some(Pointer::at(incoming.take()?)),
            _ => None,
        };
        let memory = self.c_result_slot(&c.ret, info.sig.ret, slot, &mut args)?;
        for ((pass, to), param) in kiln.params.iter().zip(&c.params).zip(&info.sig.params) {
            let value = self.take_kiln(&mut incoming, pass, param.ty, None)?;
            self.push_c(&mut args, to, value, param.ty)?;
        }
        let sig = signature_of_c(&self.unit.signatures, &c, symbol, self.unit.layouts.target())?;
        let results = self.call_as(inner.id, sig, &args);
        if info.sig.ret == TypeId::NEVER {
            self.trap();
            return Ok(());
        }
        let value = match memory {
            Some(memory) => Value::Memory(memory),
            None => self.result_c(&results, &c.ret, info.sig.ret)?,
        };
        if let (Some(slot), Value::Memory(_)) = (slot, value) {
            self.store(slot, info.sig.ret, value)?;
        }
        self.return_kiln(&kiln.ret, value);
        Ok(())
    }

    /// Memory for a result that Kiln's convention returns in memory, added as the first argument.
    fn kiln_result_slot(
        &mut self,
        abi: &FnAbi,
        ty: TypeId,
        given: Option<Pointer>,
        args: &mut Args,
    ) -> Result<Option<Pointer>> {
        if abi.ret != Pass::Address {
            return Ok(None);
        }
        self.slot_for(ty, given, args).map(Some)
    }

    /// Memory for a result that C's convention returns in memory, added as the first argument.
    pub fn c_result_slot(
        &mut self,
        ret: &CPass,
        ty: TypeId,
        given: Option<Pointer>,
        args: &mut Args,
    ) -> Result<Option<Pointer>> {
        let CPass::Memory { .. } = ret else { return Ok(None) };
        self.slot_for(ty, given, args).map(Some)
    }

    fn slot_for(&mut self, ty: TypeId, given: Option<Pointer>, args: &mut Args) -> Result<Pointer> {
        let layout = self.layout(ty);
        let slot = match given {
            Some(given) => given,
            None => self.scratch(layout.size, layout.align)?,
        };
        args.push(self.address(slot));
        Ok(slot)
    }
}
