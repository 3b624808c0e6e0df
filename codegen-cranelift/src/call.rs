//! Calls: arguments by the callee's convention, and the result to where it belongs.

use crate::body::{Body, Slot};
use crate::gen_fn::Results;
use crate::passing::Args;
use crate::runtime::Helper;
use crate::signature::{signature_of_c, signature_of_kiln};
use crate::unit::Convention;
use crate::value::{Pointer, Value};
use cranelift_codegen::ir::{self, InstBuilder, Signature, types};
use cranelift_module::FuncId as CodeId;
use kiln_cfg::{Arg, Call, Callee, FuncKind, FuncSig, Operand, Place};
use kiln_codegen::abi::{FnAbi, Pass};
use kiln_codegen::{CArg, CCall, CodegenError, Result, broken};
use kiln_types::{Arch, FnTypeParam, Os, ScalarKind, TypeId, TypeKey};

/// Where a call goes.
enum Target {
    Known(CodeId),
    Pointer(ir::Value, Signature),
}

/// Where a call of C goes.
enum CTarget<'a> {
    Known { id: CodeId, symbol: &'a str, variadic: bool },
    Pointer(ir::Value),
}

impl Body<'_, '_, '_, '_> {
    pub fn build_call(&mut self, call: &Call) -> Result<()> {
        let program = self.out.unit.program;
        match call.callee {
            Callee::Func(id) => {
                let declared = self.out.unit.function(id)?;
                let sig = &program.info(id).sig;
                match &declared.convention {
                    Convention::Kiln(abi) => {
                        self.build_kiln_call(call, Target::Known(declared.id), abi, &sig.params, sig.ret)
                    }
                    Convention::C(_) => {
                        let FuncKind::Extern { symbol, variadic } = &program.info(id).kind else {
                            return broken("a C function is foreign");
                        };
                        self.build_c_call(call, CTarget::Known { id: declared.id, symbol, variadic: *variadic }, sig)
                    }
                }
            }
            Callee::Pointer(pointer) => {
                let ty = self.operand_type(pointer);
                let pool = self.out.unit.pool;
                let TypeKey::Fn(ty) = pool.key(ty) else { return broken("a call of what is no function") };
                let address = self.operand(pointer)?.address()?;
                if ty.foreign {
                    let sig = FuncSig { params: ty.params.clone(), ret: ty.ret };
                    return self.build_c_call(call, CTarget::Pointer(address), &sig);
                }
                let abi = FnAbi::new(pool, self.out.unit.layouts, &ty.params, ty.ret);
                let signature = signature_of_kiln(&self.out.unit.signatures, &abi);
                self.build_kiln_call(call, Target::Pointer(address, signature), &abi, &ty.params, ty.ret)
            }
        }
    }

    fn build_kiln_call(
        &mut self,
        call: &Call,
        target: Target,
        abi: &FnAbi,
        params: &[FnTypeParam],
        ret: TypeId,
    ) -> Result<()> {
        let mut args = Args::new();
        let slot = match abi.ret {
            Pass::Address => Some(self.result_memory(call.dst.as_ref(), ret)?),
            _ => None,
        };
        if let Some(slot) = slot {
            args.push(self.out.address(slot.at));
        }
        if call.args.len() != abi.params.len() {
            return broken("a call has not as many arguments as its callee has parameters");
        }
        for ((arg, pass), param) in call.args.iter().zip(&abi.params).zip(params) {
            let value = match pass {
                Pass::Address => Value::Memory(self.arg_memory(arg, *param)?),
                Pass::View => self.arg_view(arg)?,
                Pass::Nothing | Pass::Scalars(_) => self.arg_value(arg)?,
            };
            self.out.push_kiln(&mut args, pass, value)?;
        }
        let results = match target {
            Target::Known(id) => self.out.call(id, &args),
            Target::Pointer(address, signature) => self.out.call_pointer(address, signature, &args),
        };
        match (slot, &call.dst) {
            (Some(slot), Some(dst)) if !slot.is_final => self.write(dst, Value::Memory(slot.at)),
            (None, Some(dst)) => {
                let value = self.out.result_kiln(&results, &abi.ret, ret)?;
                self.write(dst, value)
            }
            _ => Ok(()),
        }
    }

    fn build_c_call(&mut self, call: &Call, target: CTarget<'_>, sig: &FuncSig) -> Result<()> {
        let symbol = if let CTarget::Known { symbol, .. } = target { symbol } else { "" };
        let CCall { abi, args: passed, .. } = CCall::new(&mut self.out.unit.facts(), self.func, call, sig, symbol)?;
        let mut args = Args::new();
        let memory = self.out.c_result_slot(&abi.ret, sig.ret, None, &mut args)?;
        for ((arg, pass), CArg { ty, promotion }) in call.args.iter().zip(&abi.params).zip(passed) {
            let value = self.arg_value(arg)?;
            let value = promotion.map_or(Ok(value), |promotion| self.promote(value, promotion))?;
            self.out.push_c(&mut args, pass, value, ty)?;
        }
        let signature = signature_of_c(&self.out.unit.signatures, &abi);
        let results = match target {
            CTarget::Pointer(address) => self.out.call_pointer(address, signature, &args),
            CTarget::Known { id, symbol, variadic: true } => self.call_variadic(symbol, id, signature, &args)?,
            CTarget::Known { id, .. } => self.out.call_as(id, signature, &args),
        };
        let Some(dst) = &call.dst else { return Ok(()) };
        let value = match memory {
            Some(memory) => self.out.load(memory, sig.ret)?,
            None => self.out.result_c(&results, &abi.ret, sig.ret)?,
        };
        self.write(dst, value)
    }

    /// Calls a function that takes further arguments. On x86-64 it goes through a helper that sets `al`; by AAPCS64 it is a
    /// call as any other; Apple's convention for it is another one, which Cranelift does not know.
    fn call_variadic(&mut self, symbol: &str, id: CodeId, sig: Signature, args: &[ir::Value]) -> Result<Results> {
        let target = self.out.unit.layouts.target();
        match (target.arch, target.os) {
            (Arch::X86_64, _) => {
                let id = self.out.unit.helper(Helper::Variadic(id))?;
                Ok(self.out.call_as(id, sig, args))
            }
            (_, Os::Linux) => Ok(self.out.call_as(id, sig, args)),
            _ => {
                let reason = format!("Cranelift can't call `{symbol}`, which takes any number of arguments, here");
                Err(Box::new(CodegenError::EmissionFailed { reason }))
            }
        }
    }

    /// An argument in place of `...`, as C promotes it.
    fn promote(&mut self, value: Value, (from, to): (ScalarKind, ScalarKind)) -> Result<Value> {
        let Value::Scalar(scalar) = value else { return broken("C promotes scalars") };
        Ok(Value::Scalar(match to {
            ScalarKind::F64 => self.out.b.ins().fpromote(types::F64, scalar),
            _ => self.out.resize(scalar, types::I32, matches!(from, ScalarKind::Int { signed: true, .. })),
        }))
    }

    fn arg_value(&mut self, arg: &Arg) -> Result<Value> {
        match arg {
            Arg::Value(operand) => self.operand(*operand),
            Arg::Place(place) => self.read(place),
        }
    }

    fn arg_view(&mut self, arg: &Arg) -> Result<Value> {
        match arg {
            Arg::Place(place) => {
                let spot = self.spot(place)?;
                match spot.len {
                    Some(len) => Ok(Value::Fat(self.out.address(spot.at), len)),
                    None => broken("a view has a length"),
                }
            }
            Arg::Value(_) => broken("a view is passed as a place"),
        }
    }

    /// The memory of an argument that is passed by address.
    fn arg_memory(&mut self, arg: &Arg, param: FnTypeParam) -> Result<Pointer> {
        match arg {
            Arg::Place(place) => Ok(self.spot(place)?.at),
            Arg::Value(operand) => self.owned_memory(*operand, param),
        }
    }

    /// Memory that the callee may have.
    fn owned_memory(&mut self, operand: Operand, param: FnTypeParam) -> Result<Pointer> {
        let value = self.operand(operand)?;
        let is_lent = self.plan.is_lent(self.out.unit.pool, self.func, operand, param);
        match value {
            Value::Memory(at) if is_lent => Ok(at),
            value => {
                let layout = self.out.layout(param.ty);
                let copy = self.out.scratch(layout.size, layout.align)?;
                self.out.store(copy, param.ty, value)?;
                Ok(copy)
            }
        }
    }

    /// Memory for a result: the destination itself, if nothing can see it while the callee runs.
    fn result_memory(&mut self, dst: Option<&Place>, ret: TypeId) -> Result<ResultMemory> {
        if let Some(dst) = dst
            && self.is_unseen(dst)
        {
            return Ok(ResultMemory { at: self.spot(dst)?.at, is_final: true });
        }
        let layout = self.out.layout(ret);
        Ok(ResultMemory { at: self.out.scratch(layout.size, layout.align)?, is_final: false })
    }

    fn is_unseen(&self, place: &Place) -> bool {
        let local = self.plan.unseen(self.func, place);
        local.is_some_and(|local| matches!(self.slots[local], Slot::Memory(_)))
    }
}

/// Where a callee writes its result.
#[derive(Clone, Copy)]
struct ResultMemory {
    at: Pointer,
    /// It is the destination.
    is_final: bool,
}
