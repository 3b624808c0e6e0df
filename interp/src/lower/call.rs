//! Calls: arguments go where the callee's window begins.

use super::place::{Spot, Where};
use super::{Lower, Lowered, callee_params, fn_type};
use crate::abi::{self, IN_WINDOW, Pass};
use crate::code::MemRef;
use crate::op::{Op, Reg};
use kiln_cfg::{Arg, Call, Callee, Operand, Place};
use kiln_types::{FnTypeParam, ParamMode};

impl Lower<'_> {
    pub(super) fn call(&mut self, call: &Call) -> Lowered {
        let params = self.passes(call);
        let slots: u32 = params.iter().map(|pass| pass.slots()).sum();
        let target = match call.callee {
            Callee::Func(_) => None,
            Callee::Pointer(operand) => Some(self.reg(operand)?),
        };
        // Two more, for a result of two registers.
        let first = self.emit.above(slots.clamp(2, IN_WINDOW) as usize);
        let mut slot = 0;
        for (arg, pass) in call.args.iter().zip(&params) {
            self.arg(first, slot, arg, *pass)?;
            slot += pass.slots();
        }
        self.emit.op(match (call.callee, target) {
            (Callee::Func(func), _) => Op::Call { base: first, func: func.0 },
            (Callee::Pointer(_), Some(a)) => Op::CallPointer { base: first, a },
            (Callee::Pointer(_), None) => unreachable!("its register was made above"),
        });
        match &call.dst {
            Some(dst) => self.take_result(dst, first, call),
            None => Ok(()),
        }
    }

    /// How each argument passes.
    fn passes(&mut self, call: &Call) -> Vec<Pass> {
        let params: Vec<FnTypeParam> = callee_params(self.cx.pool, self.cx.functions, self.func, &call.callee).to_vec();
        let mut passes = Vec::with_capacity(call.args.len());
        for (index, arg) in call.args.iter().enumerate() {
            // Arguments beyond the parameters are those of a variadic foreign function.
            let param = params.get(index).copied().unwrap_or_else(|| match arg {
                Arg::Value(operand) => FnTypeParam { mode: ParamMode::Own, ty: self.operand_ty(*operand) },
                Arg::Place(_) => unreachable!("foreign functions take values"),
            });
            passes.push(abi::pass_param(self.cx.pool, self.cx.layouts, param.mode, param.ty));
        }
        passes
    }

    fn arg(&mut self, first: Reg, slot: u32, arg: &Arg, pass: Pass) -> Lowered {
        let slots = pass.slots();
        if slots == 0 {
            return Ok(());
        }
        let (slot, scratch) = (abi::argument_slot(slot, slots), self.emit.scratch_count());
        let fits = slot < IN_WINDOW;
        let dst = if fits { first + slot as Reg } else { self.emit.scratch_row(slots as usize) };
        match arg {
            Arg::Value(operand) => self.value_arg(*operand, pass, dst)?,
            Arg::Place(place) => self.place_arg(place, pass, dst)?,
        }
        if !fits {
            for index in 0..slots {
                self.emit.op(Op::StoreSlot { a: dst + index as Reg, slot: u32::from(first) + slot + index });
            }
        }
        self.emit.give_scratch(scratch);
        Ok(())
    }

    fn value_arg(&mut self, operand: Operand, pass: Pass, dst: Reg) -> Lowered {
        match pass {
            Pass::Value => self.reg_into(operand, dst),
            Pass::Pair => self.pair_into(operand, dst),
            Pass::Place => {
                let offset = self.operand_in_frame(operand)?;
                self.emit.op(Op::FrameAddr { dst, offset });
                Ok(())
            }
            Pass::Nothing | Pass::Pointer | Pass::FatPointer => unreachable!("values do not pass as references"),
        }
    }

    fn place_arg(&mut self, place: &Place, pass: Pass, dst: Reg) -> Lowered {
        let spot = self.spot(place)?;
        match pass {
            Pass::Nothing | Pass::Place => Ok(()),
            Pass::Value => {
                let kind = self.mem_kind(spot.ty);
                self.load_scalar(kind, spot.at, dst)
            }
            Pass::Pair => match spot.at {
                Where::Pair(a) => {
                    self.emit.op(Op::MovePair { dst, a });
                    Ok(())
                }
                at => self.load_pair(spot.ty, at, dst),
            },
            Pass::Pointer => {
                let address = self.address(spot)?;
                self.emit.op(Op::Move { dst, a: address });
                Ok(())
            }
            Pass::FatPointer => self.view_arg(spot, dst),
        }
    }

    /// A view: its address and length. An array stands for all of its elements.
    fn view_arg(&mut self, spot: Spot, dst: Reg) -> Lowered {
        let address = self.address(spot)?;
        self.emit.op(Op::Move { dst, a: address });
        match (spot.len, self.cx.pool.elem(spot.ty)) {
            (Some(len), _) => self.emit.op(Op::Move { dst: dst + 1, a: len }),
            (None, Some((_, Some(len)))) => self.bits_into(len, dst + 1),
            (None, _) => unreachable!("only arrays and views pass as views"),
        }
        Ok(())
    }

    fn take_result(&mut self, dst: &Place, first: Reg, call: &Call) -> Lowered {
        let ty = match call.callee {
            Callee::Func(func) => self.cx.functions.info(func).map(|info| info.sig.ret),
            Callee::Pointer(operand) => Some(fn_type(self.cx.pool, self.func, operand).ret),
        };
        let ty = ty.unwrap_or_else(|| unreachable!("functions that are not known yet were looked for before"));
        let pass = abi::pass_value(self.cx.pool, self.cx.layouts, ty);
        if let (Some(local), Pass::Value | Pass::Pair) = (dst.as_local(), pass)
            && self.define_at(local, first)
        {
            return Ok(());
        }
        match pass {
            Pass::Nothing => Ok(()),
            Pass::Value => {
                let target = self.open(dst)?;
                self.move_to(target.dst, first, false);
                self.close(target)
            }
            Pass::Pair => {
                let target = self.open(dst)?;
                self.emit.op(Op::MovePair { dst: target.dst, a: first });
                self.close(target)
            }
            Pass::Place => {
                let spot = self.spot(dst)?;
                let to = self.mem_ref(spot.at)?;
                self.copy(ty, to, MemRef::Place(first))
            }
            Pass::Pointer | Pass::FatPointer => unreachable!("results do not pass as references"),
        }
    }
}
