//! Calls: arguments by the callee's convention, and the result to where it belongs.

use crate::body::{Body, Slot};
use crate::gen_fn::Results;
use crate::passing::Args;
use crate::runtime::Helper;
use crate::signature::{signature_of_c, signature_of_kiln};
use crate::unit::Convention;
use crate::value::{Pointer, Value};
use cranelift_codegen::ir::{self, AbiParam, InstBuilder, Signature, types};
use cranelift_module::FuncId as CodeId;
use kiln_cfg::{Arg, Call, Callee, FuncKind, LocalKind, Operand, Place, PlaceBase, Proj};
use kiln_codegen::abi::{FnAbi, Pass, pass_value};
use kiln_codegen::{CAbi, CPass, CodegenError, Result, broken};
use kiln_types::{Arch, FnTypeParam, FuncId, Os, ParamMode, TypeId, TypeKey};

/// Where a call goes.
enum Target {
    Known(CodeId),
    Pointer(ir::Value, Signature),
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
                    Convention::C(abi) => self.build_c_call(call, id, declared.id, abi),
                }
            }
            Callee::Pointer(pointer) => {
                let ty = self.operand_type(pointer);
                let pool = self.out.unit.pool;
                let TypeKey::Fn(ty) = pool.key(ty) else { return broken("a call of what is no function") };
                let abi = FnAbi::new(pool, self.out.unit.layouts, &ty.params, ty.ret);
                let address = self.operand(pointer)?.address()?;
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

    fn build_c_call(&mut self, call: &Call, func: FuncId, id: CodeId, abi: &CAbi) -> Result<()> {
        let info = self.out.unit.program.info(func);
        let FuncKind::Extern { symbol, variadic } = &info.kind else { return broken("a C function is foreign") };
        let mut args = Args::new();
        let memory = self.out.c_result_slot(&abi.ret, info.sig.ret, None, &mut args)?;
        let mut extra = Args::new();
        for (index, arg) in call.args.iter().enumerate() {
            let (Some(pass), Some(param)) = (abi.params.get(index), info.sig.params.get(index)) else {
                self.push_variadic(&mut extra, arg)?;
                continue;
            };
            let value = match pass {
                CPass::Address => Value::Memory(self.arg_memory(arg, *param)?),
                CPass::View => self.arg_view(arg)?,
                _ => self.arg_value(arg)?,
            };
            self.out.push_c(&mut args, pass, value, param.ty)?;
        }
        let target = self.out.unit.layouts.target();
        let mut signature = signature_of_c(&self.out.unit.signatures, abi, symbol, target)?;
        let results = if *variadic {
            signature.params.extend(extra.iter().map(|value| AbiParam::new(self.value_type(*value))));
            args.extend(extra);
            self.call_variadic(symbol, id, signature, &args)?
        } else {
            self.out.call_as(id, signature, &args)
        };
        let Some(dst) = &call.dst else { return Ok(()) };
        let value = match memory {
            Some(memory) => Value::Memory(memory),
            None => self.out.result_c(&results, &abi.ret, info.sig.ret)?,
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

    /// An argument in place of `...`: floats become `double`, narrow integers `int`.
    fn push_variadic(&mut self, args: &mut Args, arg: &Arg) -> Result<()> {
        let Arg::Value(operand) = *arg else { return broken("a variadic argument is a value") };
        let ty = self.operand_type(operand);
        let value = match self.operand(operand)? {
            Value::Scalar(float) if ty == TypeId::F32 => Value::Scalar(self.out.b.ins().fpromote(types::F64, float)),
            value => value,
        };
        let ty = if ty == TypeId::F32 { TypeId::F64 } else { ty };
        match pass_value(self.out.unit.pool, self.out.unit.layouts, ty) {
            Pass::Nothing => Ok(()),
            Pass::Scalars(pieces) if !matches!(value, Value::Memory(_)) => {
                self.out.push_c(args, &CPass::Scalars(pieces), value, ty)
            }
            _ => broken("C takes no aggregates in place of `...`"),
        }
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

    /// Memory that the callee may have. What is copied it only reads, so memory that nobody writes meanwhile will do.
    fn owned_memory(&mut self, operand: Operand, param: FnTypeParam) -> Result<Pointer> {
        let value = self.operand(operand)?;
        let is_copied = self.out.unit.pool.is_copy(param.ty);
        let is_lent = match operand {
            Operand::Move(local) => !is_copied || self.is_constant(local),
            Operand::Copy(local) => is_copied && self.is_constant(local),
            Operand::Const(_) => is_copied,
        };
        match value {
            Value::Memory(at) if is_lent && param.mode == ParamMode::Own => Ok(at),
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
        let PlaceBase::Local(local) = place.base else { return false };
        let is_own = !matches!(
            self.func.locals[local].kind,
            LocalKind::Alias { .. } | LocalKind::Param(ParamMode::Borrow | ParamMode::Inout)
        );
        let is_direct = !place.proj.iter().any(|step| matches!(step, Proj::Deref));
        is_own && is_direct && !self.plan.usage[local].exposed && matches!(self.slots[local], Slot::Memory(_))
    }
}

/// Where a callee writes its result.
#[derive(Clone, Copy)]
struct ResultMemory {
    at: Pointer,
    /// It is the destination.
    is_final: bool,
}
