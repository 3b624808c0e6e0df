//! Calls: arguments by the callee's convention, and the result to where it belongs.

use crate::body::{Body, Slot};
use crate::errors::{Result, broken};
use crate::passing::Args;
use crate::unit::Convention;
use crate::value::Value;
use inkwell::types::FunctionType;
use inkwell::values::{CallSiteValue, PointerValue};
use kiln_cfg::{Arg, Call, Callee, FuncKind, FuncSig, Operand, Place};
use kiln_codegen::abi::{FnAbi, Pass};
use kiln_codegen::{CAbi, CArg, CCall};
use kiln_types::{FnTypeParam, ScalarKind, TypeId, TypeKey};

impl<'ctx> Body<'_, 'ctx, '_> {
    pub fn build_call(&mut self, call: &Call) -> Result<()> {
        match call.callee {
            Callee::Func(id) => {
                let declared = self.unit.function(id)?;
                let sig = &self.unit.program.info(id).sig;
                match &declared.convention {
                    Convention::Kiln(abi) => {
                        let address = declared.value.as_global_value().as_pointer_value();
                        self.build_kiln_call(call, address, declared.ty, abi, &sig.params, sig.ret)
                    }
                    Convention::C(_) => {
                        let FuncKind::Extern { symbol, variadic } = &self.unit.program.info(id).kind else {
                            return broken("a C function is foreign");
                        };
                        let address = declared.value.as_global_value().as_pointer_value();
                        self.build_c_call(call, address, symbol, sig, *variadic)
                    }
                }
            }
            Callee::Pointer(pointer) => {
                let ty = self.operand_type(pointer);
                let TypeKey::Fn(ty) = self.unit.pool.key(ty) else { return broken("a call of what is no function") };
                let address = self.operand(pointer)?.address()?;
                if ty.foreign {
                    let sig = FuncSig { params: ty.params.clone(), ret: ty.ret };
                    return self.build_c_call(call, address, "", &sig, false);
                }
                let abi = FnAbi::new(self.unit.pool, self.unit.layouts, &ty.params, ty.ret);
                let llvm_type = self.unit.kiln_type(&abi);
                self.build_kiln_call(call, address, llvm_type, &abi, &ty.params, ty.ret)
            }
        }
    }

    fn build_kiln_call(
        &mut self,
        call: &Call,
        address: PointerValue<'ctx>,
        ty: FunctionType<'ctx>,
        abi: &FnAbi,
        params: &[FnTypeParam],
        ret: TypeId,
    ) -> Result<()> {
        let mut args = Args::new();
        let slot = match abi.ret {
            Pass::Address => Some(self.result_memory(call.dst.as_ref(), ret)?),
            _ => None,
        };
        args.extend(slot.map(|slot| slot.address.into()));
        if call.args.len() != abi.params.len() {
            return broken("a call has not as many arguments as its callee has parameters");
        }
        for ((arg, pass), param) in call.args.iter().zip(&abi.params).zip(params) {
            let value = match pass {
                Pass::Address => Value::Memory(self.arg_memory(arg, *param)?),
                Pass::View => self.arg_view(arg)?,
                Pass::Nothing | Pass::Scalars(_) => self.arg_value(arg)?,
            };
            self.unit.push_kiln(&mut args, pass, value)?;
        }
        let site = self.unit.builder.build_indirect_call(ty, address, &args, "")?;
        if ret == TypeId::NEVER {
            self.mark_never(site);
        }
        match (slot, &call.dst) {
            (Some(slot), Some(dst)) if !slot.is_final => self.write(dst, Value::Memory(slot.address)),
            (None, Some(dst)) => {
                let value = self.unit.result_kiln(site, &abi.ret, ret, None)?;
                self.write(dst, value)
            }
            _ => Ok(()),
        }
    }

    fn mark_never(&self, site: CallSiteValue<'ctx>) {
        site.add_attribute(inkwell::attributes::AttributeLoc::Function, self.unit.attrs.noreturn);
    }

    /// Calls a C function by the type of this call, even if the program declares the symbol with several.
    fn build_c_call(
        &mut self,
        call: &Call,
        address: PointerValue<'ctx>,
        symbol: &str,
        sig: &FuncSig,
        variadic: bool,
    ) -> Result<()> {
        let CCall { abi, args: passed, named } = CCall::new(&mut self.unit.facts(), self.func, call, sig, symbol)?;
        let mut args = Args::new();
        let memory = self.unit.c_result_slot(&abi.ret, sig.ret, None, &mut args)?;
        for ((arg, pass), CArg { ty, promotion }) in call.args.iter().zip(&abi.params).zip(passed) {
            let value = self.arg_value(arg)?;
            let value = promotion.map_or(Ok(value), |promotion| self.promote(value, promotion))?;
            self.unit.push_c(&mut args, pass, value, ty)?;
        }
        let declared = CAbi { params: abi.params[..named].into(), ..abi.clone() };
        let ty = self.unit.c_type(&declared, variadic);
        let site = self.unit.builder.build_indirect_call(ty, address, &args, "")?;
        self.unit.c_attributes(&abi, |at, attribute| site.add_attribute(at, attribute));
        if sig.ret == TypeId::NEVER {
            self.mark_never(site);
        }
        let Some(dst) = &call.dst else { return Ok(()) };
        let value = match memory {
            Some(memory) => self.unit.load(memory, sig.ret)?,
            None => self.unit.result_c(site, &abi.ret, sig.ret)?,
        };
        self.write(dst, value)
    }

    /// An argument in place of `...`, as C promotes it.
    fn promote(&mut self, value: Value<'ctx>, (from, to): (ScalarKind, ScalarKind)) -> Result<Value<'ctx>> {
        let Value::Scalar(scalar) = value else { return broken("C promotes scalars") };
        let builder = &self.unit.builder;
        Ok(Value::Scalar(match (from, to) {
            (ScalarKind::Int { signed: true, .. }, ScalarKind::Int { bits, .. }) => {
                builder.build_int_s_extend(scalar.into_int_value(), self.unit.scalars.int(bits), "")?.into()
            }
            (_, ScalarKind::Int { bits, .. }) => {
                builder.build_int_z_extend(scalar.into_int_value(), self.unit.scalars.int(bits), "")?.into()
            }
            _ => builder.build_float_ext(scalar.into_float_value(), self.unit.scalars.f64, "")?.into(),
        }))
    }

    fn arg_value(&mut self, arg: &Arg) -> Result<Value<'ctx>> {
        match arg {
            Arg::Value(operand) => self.operand(*operand),
            Arg::Place(place) => self.read(place),
        }
    }

    fn arg_view(&mut self, arg: &Arg) -> Result<Value<'ctx>> {
        match arg {
            Arg::Place(place) => {
                let spot = self.spot(place)?;
                match spot.len {
                    Some(len) => Ok(Value::Fat(self.address(spot)?, len)),
                    None => broken("a view has a length"),
                }
            }
            Arg::Value(_) => broken("a view is passed as a place"),
        }
    }

    /// The memory of an argument that is passed by address.
    fn arg_memory(&mut self, arg: &Arg, param: FnTypeParam) -> Result<PointerValue<'ctx>> {
        match arg {
            Arg::Place(place) => {
                let spot = self.spot(place)?;
                self.address(spot)
            }
            Arg::Value(operand) => self.owned_memory(*operand, param),
        }
    }

    /// Memory that the callee may have.
    fn owned_memory(&mut self, operand: Operand, param: FnTypeParam) -> Result<PointerValue<'ctx>> {
        let value = self.operand(operand)?;
        let is_lent = self.plan.is_lent(self.unit.pool, self.func, operand, param);
        match value {
            Value::Memory(at) if is_lent => Ok(at),
            value => {
                let layout = self.unit.layouts.of(self.unit.pool, param.ty);
                let copy = self.unit.scratch(layout.size, layout.align)?;
                self.unit.store(copy, param.ty, value)?;
                Ok(copy)
            }
        }
    }

    /// Memory for a result: the destination itself, if nothing can see it while the callee runs.
    fn result_memory(&mut self, dst: Option<&Place>, ret: TypeId) -> Result<ResultMemory<'ctx>> {
        if let Some(dst) = dst
            && self.is_unseen(dst)
        {
            let spot = self.spot(dst)?;
            return Ok(ResultMemory { address: self.address(spot)?, is_final: true });
        }
        let layout = self.unit.layouts.of(self.unit.pool, ret);
        Ok(ResultMemory { address: self.unit.scratch(layout.size, layout.align)?, is_final: false })
    }

    fn is_unseen(&self, place: &Place) -> bool {
        let local = self.plan.unseen(self.func, place);
        local.is_some_and(|local| matches!(self.slots[local], Slot::Memory(_)))
    }
}

/// Where a callee writes its result.
#[derive(Clone, Copy)]
struct ResultMemory<'ctx> {
    address: PointerValue<'ctx>,
    /// It is the destination.
    is_final: bool,
}
