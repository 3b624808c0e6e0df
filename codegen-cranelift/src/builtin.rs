//! Built-in operations: one line for each; what they mean is written at [`kiln_cfg::Builtin`].

use crate::arith::Ring;
use crate::body::Body;
use crate::runtime::Helper;
use crate::value::Value;
use cranelift_codegen::ir::{self, InstBuilder, types};
use kiln_cfg::{Builtin, Foreign, Operand};
use kiln_codegen::{NO_SUCH_CALL, Result, SYSCALL_ARGS, broken, has_system_calls};
use kiln_types::{Arch, TypeId, TypeKey};

impl Body<'_, '_, '_, '_> {
    /// The result of a built-in operation, of type `ty`.
    pub fn build_builtin(&mut self, builtin: Builtin, args: &[Operand], ty: TypeId) -> Result<Value> {
        match builtin {
            Builtin::PtrOffset => self.build_ptr_offset(args, ty),
            Builtin::Alloc => self.build_alloc(args, ty),
            Builtin::Realloc => self.build_realloc(args, ty),
            Builtin::Free => self.build_free(args),
            Builtin::CopyMemory => self.build_copy_memory(args),
            Builtin::Syscall => self.build_syscall(args),
            Builtin::MakeFatPtr => Ok(Value::Fat(self.arg(args, 0)?.address()?, self.arg(args, 1)?.scalar()?)),
            Builtin::FatPtrAddress => Ok(Value::Scalar(self.arg(args, 0)?.fat()?.0)),
            Builtin::FatPtrLen => Ok(Value::Scalar(self.arg(args, 0)?.fat()?.1)),
            Builtin::LeadingZeros | Builtin::TrailingZeros | Builtin::CountOnes => self.build_count(builtin, args),
            Builtin::SwapBytes => self.build_swap_bytes(args),
            Builtin::ReverseBits => self.build_one(args, |ins, a| ins.bitrev(a)),
            Builtin::RotateLeft => self.build_two(args, |ins, a, b| ins.rotl(a, b)),
            Builtin::RotateRight => self.build_two(args, |ins, a, b| ins.rotr(a, b)),
            Builtin::AddOverflows => self.build_overflows(Ring::Add, args),
            Builtin::SubOverflows => self.build_overflows(Ring::Sub, args),
            Builtin::MulOverflows => self.build_overflows(Ring::Mul, args),
            Builtin::AddSaturating => self.build_saturating(Ring::Add, args),
            Builtin::SubSaturating => self.build_saturating(Ring::Sub, args),
            Builtin::Sqrt => self.build_one(args, |ins, a| ins.sqrt(a)),
            Builtin::Floor => self.build_one(args, |ins, a| ins.floor(a)),
            Builtin::Ceil => self.build_one(args, |ins, a| ins.ceil(a)),
            Builtin::Trunc => self.build_one(args, |ins, a| ins.trunc(a)),
            Builtin::Round => {
                let number = self.arg(args, 0)?.scalar()?;
                self.build_math("round", &[number]).map(Value::Scalar)
            }
            Builtin::Abs => self.build_one(args, |ins, a| ins.fabs(a)),
            Builtin::CopySign => self.build_two(args, |ins, a, b| ins.fcopysign(a, b)),
            Builtin::MulAdd => self.build_mul_add(args),
            Builtin::Write => self.build_write(args),
            Builtin::Exit => self.build_exit(args),
            Builtin::IsComptime => Ok(Value::Scalar(self.out.b.ins().iconst(types::I8, 0))),
        }
    }

    /// The value of an argument.
    fn arg(&mut self, args: &[Operand], index: usize) -> Result<Value> {
        match args.get(index) {
            Some(operand) => self.operand(*operand),
            None => broken("a built-in operation has too few operands"),
        }
    }

    fn arg_type(&mut self, args: &[Operand], index: usize) -> Result<TypeId> {
        match args.get(index) {
            Some(operand) => Ok(self.operand_type(*operand)),
            None => broken("a built-in operation has too few operands"),
        }
    }

    fn build_one(
        &mut self,
        args: &[Operand],
        build: impl FnOnce(cranelift_frontend::FuncInstBuilder<'_, '_>, ir::Value) -> ir::Value,
    ) -> Result<Value> {
        let a = self.arg(args, 0)?.scalar()?;
        Ok(Value::Scalar(build(self.out.b.ins(), a)))
    }

    fn build_two(
        &mut self,
        args: &[Operand],
        build: impl FnOnce(cranelift_frontend::FuncInstBuilder<'_, '_>, ir::Value, ir::Value) -> ir::Value,
    ) -> Result<Value> {
        let (a, b) = (self.arg(args, 0)?.scalar()?, self.arg(args, 1)?.scalar()?);
        Ok(Value::Scalar(build(self.out.b.ins(), a, b)))
    }

    /// What a pointer type points to, with its size and alignment.
    fn elements(&mut self, ty: TypeId) -> Result<(TypeId, u64, u32)> {
        let TypeKey::Ptr { pointee, .. } = self.out.unit.pool.key(ty) else { return broken("a pointer is expected") };
        let layout = self.out.layout(*pointee);
        Ok((*pointee, layout.size, layout.align))
    }

    fn build_ptr_offset(&mut self, args: &[Operand], ty: TypeId) -> Result<Value> {
        let (elem, ..) = self.elements(ty)?;
        let base = self.arg(args, 0)?.address()?;
        let count = self.arg(args, 1)?.scalar()?;
        Ok(Value::Scalar(self.elem_address(crate::value::Pointer::at(base), elem, count)))
    }

    fn build_alloc(&mut self, args: &[Operand], ty: TypeId) -> Result<Value> {
        let (_, size, align) = self.elements(ty)?;
        let count = self.arg(args, 0)?.scalar()?;
        let (size, align) = (self.out.size(size), self.out.size(u64::from(align)));
        let place = self.place_number()?;
        self.call_value(Helper::Alloc, &[count, size, align, place])
    }

    fn build_realloc(&mut self, args: &[Operand], ty: TypeId) -> Result<Value> {
        let (_, size, align) = self.elements(ty)?;
        let memory = self.arg(args, 0)?.address()?;
        let (old, new) = (self.arg(args, 1)?.scalar()?, self.arg(args, 2)?.scalar()?);
        let (size, align) = (self.out.size(size), self.out.size(u64::from(align)));
        let place = self.place_number()?;
        self.call_value(Helper::Realloc, &[memory, old, new, size, align, place])
    }

    fn build_free(&mut self, args: &[Operand]) -> Result<Value> {
        let ty = self.arg_type(args, 0)?;
        let (_, size, _) = self.elements(ty)?;
        let memory = self.arg(args, 0)?.address()?;
        let count = self.arg(args, 1)?.scalar()?;
        let bytes = self.out.b.ins().imul_imm_s(count, size as i64);
        self.out.call_helper(Helper::Free, &[memory, bytes])?;
        Ok(Value::Nothing)
    }

    fn build_copy_memory(&mut self, args: &[Operand]) -> Result<Value> {
        let ty = self.arg_type(args, 0)?;
        let (_, size, _) = self.elements(ty)?;
        let (to, from) = (self.arg(args, 0)?.address()?, self.arg(args, 1)?.address()?);
        let count = self.arg(args, 2)?.scalar()?;
        let bytes = self.out.b.ins().imul_imm_s(count, size as i64);
        let config = self.out.unit.module.target_config();
        self.out.b.call_memmove(config, to, from, bytes);
        Ok(Value::Nothing)
    }

    fn call_value(&mut self, helper: Helper, args: &[ir::Value]) -> Result<Value> {
        match self.out.call_helper(helper, args)? {
            Some(result) => Ok(Value::Scalar(result)),
            None => broken("a call has no result"),
        }
    }

    /// The kernel's answer as an `i64`. Where there is no kernel to call, it is that there is no such call.
    fn build_syscall(&mut self, args: &[Operand]) -> Result<Value> {
        let target = self.out.unit.layouts.target();
        if !has_system_calls(target) || !matches!(target.arch, Arch::X86_64 | Arch::Aarch64) {
            return Ok(Value::Scalar(self.out.b.ins().iconst(types::I64, NO_SUCH_CALL)));
        }
        if args.is_empty() || args.len() > SYSCALL_ARGS {
            return broken("a system call takes a number and up to six words");
        }
        let mut words = Vec::with_capacity(SYSCALL_ARGS);
        for index in 0..args.len() {
            let word = self.arg(args, index)?.scalar()?;
            words.push(self.out.resize(word, types::I64, false));
        }
        while words.len() < SYSCALL_ARGS {
            words.push(self.out.b.ins().iconst(types::I64, 0));
        }
        self.call_value(Helper::Syscall, &words)
    }

    /// Counts bits; the result is a `u32`.
    fn build_count(&mut self, builtin: Builtin, args: &[Operand]) -> Result<Value> {
        let number = self.arg(args, 0)?.scalar()?;
        let count = match builtin {
            Builtin::LeadingZeros => self.out.b.ins().clz(number),
            Builtin::TrailingZeros => self.out.b.ins().ctz(number),
            _ => self.out.b.ins().popcnt(number),
        };
        Ok(Value::Scalar(self.out.resize(count, types::I32, false)))
    }

    fn build_swap_bytes(&mut self, args: &[Operand]) -> Result<Value> {
        // There is no exchange of one byte.
        match self.arg(args, 0)?.scalar()? {
            byte if self.value_type(byte) == types::I8 => Ok(Value::Scalar(byte)),
            number => Ok(Value::Scalar(self.out.b.ins().bswap(number))),
        }
    }

    fn build_overflows(&mut self, op: Ring, args: &[Operand]) -> Result<Value> {
        let ty = self.arg_type(args, 0)?;
        let signed = self.is_signed(ty);
        let (a, b) = (self.arg(args, 0)?.scalar()?, self.arg(args, 1)?.scalar()?);
        Ok(Value::Scalar(self.build_overflowing(op, signed, a, b)?.1))
    }

    fn build_saturating(&mut self, op: Ring, args: &[Operand]) -> Result<Value> {
        let ty = self.arg_type(args, 0)?;
        let signed = self.is_signed(ty);
        let (a, b) = (self.arg(args, 0)?.scalar()?, self.arg(args, 1)?.scalar()?);
        let (result, overflows) = self.build_overflowing(op, signed, a, b)?;
        let ty = self.value_type(a);
        let bound = if signed {
            // The sign of the first decides at which end it is: all bits of it, or none, against the greatest value.
            let amount = self.out.b.ins().iconst(types::I32, i64::from(ty.bits() - 1));
            let sign = self.out.b.ins().sshr(a, amount);
            let greatest = self.out.int_const(ty, (1 << (ty.bits() - 1)) - 1);
            self.out.b.ins().bxor(sign, greatest)
        } else {
            self.out.int_const(ty, if op == Ring::Add { u128::MAX } else { 0 })
        };
        Ok(Value::Scalar(self.out.b.ins().select(overflows, bound, result)))
    }

    fn build_mul_add(&mut self, args: &[Operand]) -> Result<Value> {
        let (a, b, c) = (self.arg(args, 0)?.scalar()?, self.arg(args, 1)?.scalar()?, self.arg(args, 2)?.scalar()?);
        Ok(Value::Scalar(self.out.b.ins().fma(a, b, c)))
    }

    fn build_write(&mut self, args: &[Operand]) -> Result<Value> {
        let stream = self.arg(args, 0)?.scalar()?;
        let (text, len) = (self.arg(args, 1)?.address()?, self.arg(args, 2)?.scalar()?);
        self.out.call_helper(Helper::Write, &[stream, text, len])?;
        Ok(Value::Nothing)
    }

    fn build_exit(&mut self, args: &[Operand]) -> Result<Value> {
        let status = self.arg(args, 0)?.scalar()?;
        self.out.call_foreign(Foreign::Exit, &[status])?;
        Ok(Value::Nothing)
    }
}
