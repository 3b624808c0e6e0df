//! Functions around functions: C's `main`, exported ones for C to call, and foreign ones as values of the program.

use crate::gen_fn::Gen;
use crate::passing::{Args, Incoming};
use crate::signature::signature_of_c;
use crate::unit::{Convention, Declared, Unit};
use crate::value::{Pointer, Value};
use cranelift_codegen::ir::{InstBuilder, types};
use cranelift_module::{FuncId as CodeId, Linkage};
use kiln_cfg::FuncKind;
use kiln_codegen::abi::{FnAbi, Pass};
use kiln_codegen::{CAbi, CPass, Result, broken};
use kiln_types::{FuncId, TypeId};
use std::rc::Rc;

impl Unit<'_> {
    /// `int main(int, char **)`: calls the program's entry, with the number of arguments if it takes one; its status is that one's
    /// result, or 0.
    pub fn build_main(&mut self, entry: FuncId) -> Result<CodeId> {
        let declared = self.function(entry)?;
        let guard = self.program.guard.map(|guard| self.function(guard)).transpose()?;
        let entry = &self.program.info(entry).sig;
        let (never, takes_count) = (entry.ret == TypeId::NEVER, !entry.params.is_empty());
        let sig = self.signatures.plain(&[types::I32, self.signatures.pointer], Some(types::I32));
        let main = self.declare("main", Linkage::Export, &sig)?;
        self.define(main, |out| {
            let params = out.begin();
            if let Some(guard) = guard {
                out.call(guard.id, &[]);
            }
            let args = if takes_count { &params[..1] } else { &[] };
            let results = out.call(declared.id, args);
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

    /// The function by which C calls an exported one or a callback; without a body yet.
    pub fn declare_for_c(&mut self, id: FuncId) -> Result<Declared> {
        let info = self.program.info(id);
        let (symbol, linkage) = match &info.kind {
            FuncKind::Export { symbol } => (symbol.to_string(), Linkage::Export),
            _ => (format!("C {}", info.symbol), Linkage::Local),
        };
        let c = CAbi::new(self.pool, self.layouts, &info.sig, &[], &symbol)?;
        let sig = signature_of_c(&self.signatures, &c);
        let id = self.declare(&symbol, linkage, &sig)?;
        Ok(Declared { id, convention: Convention::C(Rc::new(c)) })
    }

    /// The body of the function by which C calls an exported one or a callback.
    pub fn build_for_c(&mut self, id: FuncId) -> Result<()> {
        let info = self.program.info(id);
        let inner = self.function(id)?;
        let Convention::Kiln(kiln) = inner.convention else { return broken("what C calls is Kiln's") };
        let Declared { id: outer, convention: Convention::C(c) } = self.declare_for_c(id)? else {
            return broken("C calls by its own convention");
        };
        self.define(outer, |out| {
            let mut incoming = Incoming::new(out.begin());
            let mut args = Args::new();
            let result_at = match c.ret {
                CPass::Indirect { .. } => Some(Pointer::at(incoming.take()?)),
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
}

impl Gen<'_, '_, '_> {
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
        let CPass::Indirect { .. } = ret else { return Ok(None) };
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
