//! Built-in operations: one line for each; what they mean is written at [`kiln_cfg::Builtin`].

use crate::arith::Ring;
use crate::body::Body;
use crate::errors::{Result, broken};
use crate::value::Value;
use inkwell::values::{BasicMetadataValueEnum, BasicValueEnum, IntValue};
use kiln_cfg::{Builtin, Foreign, Operand};
use kiln_types::{TypeId, TypeKey};

impl<'ctx> Body<'_, 'ctx, '_> {
    /// The result of a built-in operation, of type `ty`.
    pub fn build_builtin(&mut self, builtin: Builtin, args: &[Operand], ty: TypeId) -> Result<Value<'ctx>> {
        match builtin {
            Builtin::PtrOffset => self.build_ptr_offset(args, ty),
            Builtin::Alloc => self.build_alloc(args, ty),
            Builtin::Realloc => self.build_realloc(args, ty),
            Builtin::Free => self.build_free(args),
            Builtin::CopyMemory => self.build_copy_memory(args),
            Builtin::Syscall => self.build_syscall(args),
            Builtin::MakeFatPtr => Ok(Value::Fat(self.arg(args, 0)?.address()?, self.arg(args, 1)?.int()?)),
            Builtin::FatPtrAddress => Ok(Value::Scalar(self.arg(args, 0)?.fat()?.0.into())),
            Builtin::FatPtrLen => Ok(Value::Scalar(self.arg(args, 0)?.fat()?.1.into())),
            Builtin::LeadingZeros => self.build_count("llvm.ctlz", args, true),
            Builtin::TrailingZeros => self.build_count("llvm.cttz", args, true),
            Builtin::CountOnes => self.build_count("llvm.ctpop", args, false),
            Builtin::SwapBytes => self.build_swap_bytes(args),
            Builtin::ReverseBits => self.build_same("llvm.bitreverse", args),
            Builtin::RotateLeft => self.build_rotate("llvm.fshl", args),
            Builtin::RotateRight => self.build_rotate("llvm.fshr", args),
            Builtin::AddOverflows => self.build_overflows(Ring::Add, args),
            Builtin::SubOverflows => self.build_overflows(Ring::Sub, args),
            Builtin::MulOverflows => self.build_overflows(Ring::Mul, args),
            Builtin::AddSaturating => self.build_saturating("llvm.sadd.sat", "llvm.uadd.sat", args),
            Builtin::SubSaturating => self.build_saturating("llvm.ssub.sat", "llvm.usub.sat", args),
            Builtin::Sqrt => self.build_same("llvm.sqrt", args),
            Builtin::Floor => self.build_same("llvm.floor", args),
            Builtin::Ceil => self.build_same("llvm.ceil", args),
            Builtin::Trunc => self.build_same("llvm.trunc", args),
            Builtin::Round => self.build_same("llvm.round", args),
            Builtin::Abs => self.build_same("llvm.fabs", args),
            Builtin::CopySign => self.build_same("llvm.copysign", args),
            Builtin::MulAdd => self.build_same("llvm.fma", args),
            Builtin::Write => self.build_write(args),
            Builtin::Exit => self.build_exit(args),
            Builtin::IsComptime => Ok(Value::Scalar(self.unit.scalars.bit.const_zero().into())),
        }
    }

    /// The value of an argument.
    pub fn arg(&mut self, args: &[Operand], index: usize) -> Result<Value<'ctx>> {
        match args.get(index) {
            Some(operand) => self.operand(*operand),
            None => broken("a built-in operation has too few operands"),
        }
    }

    fn arg_type(&self, args: &[Operand], index: usize) -> Result<TypeId> {
        match args.get(index) {
            Some(operand) => Ok(self.operand_type(*operand)),
            None => broken("a built-in operation has too few operands"),
        }
    }

    /// Size and alignment of what a pointer type points to.
    fn pointee_layout(&mut self, ty: TypeId) -> Result<(TypeId, u64, u32)> {
        let TypeKey::Ptr { pointee, .. } = self.unit.pool.key(ty) else { return broken("a pointer is expected") };
        let layout = self.unit.layouts.of(self.unit.pool, *pointee);
        Ok((*pointee, layout.size, layout.align))
    }

    fn build_ptr_offset(&mut self, args: &[Operand], ty: TypeId) -> Result<Value<'ctx>> {
        let (elem, ..) = self.pointee_layout(ty)?;
        let base = self.arg(args, 0)?.address()?;
        let count = self.arg(args, 1)?.int()?;
        Ok(Value::Scalar(self.elem_pointer(base, elem, count)?.into()))
    }

    fn build_alloc(&mut self, args: &[Operand], ty: TypeId) -> Result<Value<'ctx>> {
        let (_, size, align) = self.pointee_layout(ty)?;
        let count = self.arg(args, 0)?.int()?;
        let place = self.place_number()?;
        let alloc = self.unit.alloc_function()?;
        let (size, align) = (self.unit.size(size), self.unit.size(u64::from(align)));
        self.call_value(alloc, &[count.into(), size.into(), align.into(), place.into()])
    }

    fn build_realloc(&mut self, args: &[Operand], ty: TypeId) -> Result<Value<'ctx>> {
        let (_, size, align) = self.pointee_layout(ty)?;
        let memory = self.arg(args, 0)?.address()?;
        let (old, new) = (self.arg(args, 1)?.int()?, self.arg(args, 2)?.int()?);
        let place = self.place_number()?;
        let realloc = self.unit.realloc_function()?;
        let (size, align) = (self.unit.size(size), self.unit.size(u64::from(align)));
        self.call_value(realloc, &[memory.into(), old.into(), new.into(), size.into(), align.into(), place.into()])
    }

    fn build_free(&mut self, args: &[Operand]) -> Result<Value<'ctx>> {
        let (_, size, _) = self.pointee_layout(self.arg_type(args, 0)?)?;
        let memory = self.arg(args, 0)?.address()?;
        let count = self.arg(args, 1)?.int()?;
        let free = self.unit.free_function()?;
        let bytes = self.unit.builder.build_int_mul(count, self.unit.size(size), "")?;
        self.unit.builder.build_call(free, &[memory.into(), bytes.into()], "")?;
        Ok(Value::Nothing)
    }

    fn build_copy_memory(&mut self, args: &[Operand]) -> Result<Value<'ctx>> {
        let (_, size, align) = self.pointee_layout(self.arg_type(args, 0)?)?;
        let (to, from) = (self.arg(args, 0)?.address()?, self.arg(args, 1)?.address()?);
        let count = self.arg(args, 2)?.int()?;
        let bytes = self.unit.builder.build_int_nuw_mul(count, self.unit.size(size), "")?;
        self.unit.builder.build_memmove(to, align, from, align, bytes)?;
        Ok(Value::Nothing)
    }

    fn call_value(
        &mut self,
        function: inkwell::values::FunctionValue<'ctx>,
        args: &[BasicMetadataValueEnum<'ctx>],
    ) -> Result<Value<'ctx>> {
        let call = self.unit.builder.build_call(function, args, "")?;
        match call.try_as_basic_value().basic() {
            Some(result) => Ok(Value::Scalar(result)),
            None => broken("a call has no result"),
        }
    }

    /// Counts bits; the result is a `u32`.
    fn build_count(&mut self, name: &'static str, args: &[Operand], takes_zero_flag: bool) -> Result<Value<'ctx>> {
        let number = self.arg(args, 0)?.int()?;
        let flag = self.unit.scalars.bit.const_zero();
        let operands: [BasicMetadataValueEnum<'ctx>; 2] = [number.into(), flag.into()];
        let operands = if takes_zero_flag { &operands[..] } else { &operands[..1] };
        let count = self.unit.call_intrinsic(name, number.get_type().into(), operands)?.into_int_value();
        let count = self.unit.builder.build_int_cast_sign_flag(count, self.unit.scalars.int(32), false, "")?;
        Ok(Value::Scalar(count.into()))
    }

    /// An intrinsic whose operands and result have one type.
    fn build_same(&mut self, name: &'static str, args: &[Operand]) -> Result<Value<'ctx>> {
        let first = self.arg(args, 0)?.scalar()?;
        let mut operands = Vec::with_capacity(args.len());
        for index in 0..args.len() {
            operands.push(self.arg(args, index)?.scalar()?.into());
        }
        self.unit.call_intrinsic(name, first.get_type(), &operands).map(Value::Scalar)
    }

    fn build_swap_bytes(&mut self, args: &[Operand]) -> Result<Value<'ctx>> {
        // LLVM has no exchange of one byte.
        match self.arg(args, 0)?.int()? {
            byte if byte.get_type().get_bit_width() == 8 => Ok(Value::Scalar(byte.into())),
            _ => self.build_same("llvm.bswap", args),
        }
    }

    fn build_rotate(&mut self, name: &'static str, args: &[Operand]) -> Result<Value<'ctx>> {
        let number = self.arg(args, 0)?.int()?;
        let amount = self.arg(args, 1)?.int()?;
        // Widths are powers of two, so the low bits of the amount are all that counts.
        let amount = self.unit.builder.build_int_cast_sign_flag(amount, number.get_type(), false, "")?;
        let operands = [number.into(), number.into(), amount.into()];
        self.unit.call_intrinsic(name, number.get_type().into(), &operands).map(Value::Scalar)
    }

    fn two_ints(&mut self, args: &[Operand]) -> Result<(IntValue<'ctx>, IntValue<'ctx>, bool)> {
        let signed = self.is_signed(self.arg_type(args, 0)?)?;
        Ok((self.arg(args, 0)?.int()?, self.arg(args, 1)?.int()?, signed))
    }

    fn build_overflows(&mut self, op: Ring, args: &[Operand]) -> Result<Value<'ctx>> {
        let (a, b, signed) = self.two_ints(args)?;
        let (_, overflows) = self.build_overflowing(op, signed, a, b)?;
        Ok(Value::Scalar(overflows.into()))
    }

    fn build_saturating(
        &mut self,
        signed_name: &'static str,
        unsigned_name: &'static str,
        args: &[Operand],
    ) -> Result<Value<'ctx>> {
        let (a, b, signed) = self.two_ints(args)?;
        let name = if signed { signed_name } else { unsigned_name };
        let result: BasicValueEnum<'ctx> =
            self.unit.call_intrinsic(name, a.get_type().into(), &[a.into(), b.into()])?;
        Ok(Value::Scalar(result))
    }

    fn build_write(&mut self, args: &[Operand]) -> Result<Value<'ctx>> {
        let stream = self.arg(args, 0)?.int()?;
        let (text, len) = (self.arg(args, 1)?.address()?, self.arg(args, 2)?.int()?);
        let write = self.unit.write_function()?;
        self.unit.builder.build_call(write, &[stream.into(), text.into(), len.into()], "")?;
        Ok(Value::Nothing)
    }

    fn build_exit(&mut self, args: &[Operand]) -> Result<Value<'ctx>> {
        let status = self.arg(args, 0)?.int()?;
        self.unit.call_foreign(Foreign::Exit, &[status.into()])?;
        Ok(Value::Nothing)
    }
}
