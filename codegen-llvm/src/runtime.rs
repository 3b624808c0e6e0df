//! What programs need of C: the functions of [`kiln_cfg::Foreign`], and small functions around them that many places share.

use crate::attrs::mark;
use crate::errors::{Result, broken};
use crate::unit::{Unit, param};
use inkwell::IntPredicate;
use inkwell::attributes::AttributeLoc;
use inkwell::basic_block::BasicBlock;
use inkwell::intrinsics::Intrinsic;
use inkwell::module::Linkage;
use inkwell::types::BasicMetadataTypeEnum;
use inkwell::values::{BasicMetadataValueEnum, BasicValueEnum, FunctionValue, IntValue};
use kiln_cfg::{CType, Effect, Foreign};
use kiln_codegen::Reason;
use kiln_types::Os;

/// The shared functions that were made so far.
#[derive(Default)]
pub(crate) struct Runtime<'ctx> {
    alloc: Option<FunctionValue<'ctx>>,
    realloc: Option<FunctionValue<'ctx>>,
    free: Option<FunctionValue<'ctx>>,
    write: Option<FunctionValue<'ctx>>,
}

impl<'ctx> Unit<'ctx, '_> {
    /// Stops the program at once.
    pub fn trap(&mut self) -> Result<()> {
        let Some(trap) = Intrinsic::find("llvm.trap").and_then(|trap| trap.get_declaration(&self.module, &[])) else {
            return broken("LLVM has no trap");
        };
        self.builder.build_call(trap, &[], "")?;
        Ok(())
    }

    /// Calls a C function of the table; its result if it has one.
    pub fn call_foreign(
        &mut self,
        function: Foreign,
        args: &[BasicMetadataValueEnum<'ctx>],
    ) -> Result<Option<BasicValueEnum<'ctx>>> {
        let row = function.row();
        let c_type = |ty: &CType| match ty {
            CType::Int => BasicMetadataTypeEnum::from(self.scalars.int(32)),
            CType::Size => self.scalars.usize.into(),
            CType::Ptr => self.scalars.ptr.into(),
        };
        let params: Vec<BasicMetadataTypeEnum<'ctx>> = row.params.iter().map(c_type).collect();
        let ty = match row.ret {
            Some(CType::Int) => self.scalars.int(32).fn_type(&params, false),
            Some(CType::Size) => self.scalars.usize.fn_type(&params, false),
            Some(CType::Ptr) => self.scalars.ptr.fn_type(&params, false),
            None => self.context.void_type().fn_type(&params, false),
        };
        let is_new = self.module.get_function(row.name).is_none();
        let value = self.foreign(row.name, ty);
        if is_new && row.effect == Effect::Exits {
            mark(value, &[self.attrs.noreturn]);
        }
        if is_new && function == Foreign::Malloc {
            value.add_attribute(AttributeLoc::Return, self.attrs.noalias);
        }
        // Called with the table's signature, even if the program declares the name with another one.
        let address = value.as_global_value().as_pointer_value();
        Ok(self.builder.build_indirect_call(ty, address, args, "")?.try_as_basic_value().basic())
    }

    fn helper(
        &mut self,
        name: &str,
        params: &[BasicMetadataTypeEnum<'ctx>],
        returns_address: bool,
    ) -> FunctionValue<'ctx> {
        let ty = match returns_address {
            true => self.scalars.ptr.fn_type(params, false),
            false => self.context.void_type().fn_type(params, false),
        };
        let function = self.module.add_function(name, ty, Some(Linkage::Internal));
        self.mark_function(function);
        function
    }

    /// `alloc(count, size, align, place) -> ptr`: memory for elements; a panic at the place if there is none.
    pub fn alloc_function(&mut self) -> Result<FunctionValue<'ctx>> {
        if let Some(function) = self.runtime.alloc {
            return Ok(function);
        }
        let (size, place) = (self.scalars.usize, self.scalars.int(32));
        let function = self.helper("kiln.alloc", &[size.into(), size.into(), size.into(), place.into()], true);
        function.add_attribute(AttributeLoc::Return, self.attrs.noalias);
        self.runtime.alloc = Some(function);
        self.in_function(function, |unit| {
            let [count, size, align] = [0, 1, 2].map(|index| param(function, index).into_int_value());
            let failed = unit.out_of_memory_block(function, param(function, 3).into_int_value())?;
            let bytes = unit.bytes_or(failed, function, count, size)?;
            unit.if_zero(function, bytes, |unit| {
                let address = unit.builder.build_int_to_ptr(align, unit.scalars.ptr, "")?;
                unit.builder.build_return(Some(&address))?;
                Ok(())
            })?;
            let memory = unit.call_foreign(Foreign::Malloc, &[bytes.into()])?;
            unit.return_memory(function, memory, failed)
        })?;
        Ok(function)
    }

    /// `realloc(p, old count, new count, size, align, place) -> ptr`
    pub fn realloc_function(&mut self) -> Result<FunctionValue<'ctx>> {
        if let Some(function) = self.runtime.realloc {
            return Ok(function);
        }
        let (alloc, free) = (self.alloc_function()?, self.free_function()?);
        let (ptr, size, place) = (self.scalars.ptr, self.scalars.usize, self.scalars.int(32));
        let params = [ptr.into(), size.into(), size.into(), size.into(), size.into(), place.into()];
        let function = self.helper("kiln.realloc", &params, true);
        self.runtime.realloc = Some(function);
        self.in_function(function, |unit| {
            let old = param(function, 0).into_pointer_value();
            let [old_count, new_count, size, align] = [1, 2, 3, 4].map(|index| param(function, index).into_int_value());
            let place = param(function, 5).into_int_value();
            let failed = unit.out_of_memory_block(function, place)?;
            // What was allocated before has a size that does not overflow.
            let old_bytes = unit.builder.build_int_mul(old_count, size, "")?;
            unit.if_zero(function, old_bytes, |unit| {
                let args = [new_count.into(), size.into(), align.into(), place.into()];
                let fresh = unit.builder.build_call(alloc, &args, "")?.try_as_basic_value().basic();
                unit.builder.build_return(fresh.as_ref().map(|fresh| fresh as _))?;
                Ok(())
            })?;
            let bytes = unit.bytes_or(failed, function, new_count, size)?;
            unit.if_zero(function, bytes, |unit| {
                unit.builder.build_call(free, &[old.into(), old_bytes.into()], "")?;
                let address = unit.builder.build_int_to_ptr(align, unit.scalars.ptr, "")?;
                unit.builder.build_return(Some(&address))?;
                Ok(())
            })?;
            let memory = unit.call_foreign(Foreign::Realloc, &[old.into(), bytes.into()])?;
            unit.return_memory(function, memory, failed)
        })?;
        Ok(function)
    }

    /// `free(p, bytes)`: nothing was allocated for no bytes.
    pub fn free_function(&mut self) -> Result<FunctionValue<'ctx>> {
        if let Some(function) = self.runtime.free {
            return Ok(function);
        }
        let function = self.helper("kiln.free", &[self.scalars.ptr.into(), self.scalars.usize.into()], false);
        self.runtime.free = Some(function);
        self.in_function(function, |unit| {
            unit.if_zero(function, param(function, 1).into_int_value(), |unit| {
                unit.builder.build_return(None)?;
                Ok(())
            })?;
            unit.call_foreign(Foreign::Free, &[param(function, 0).into()])?;
            unit.builder.build_return(None)?;
            Ok(())
        })?;
        Ok(function)
    }

    /// `write(stream, address, length)`: what C code printed goes first; then writes until all is written or an error comes.
    pub fn write_function(&mut self) -> Result<FunctionValue<'ctx>> {
        if let Some(function) = self.runtime.write {
            return Ok(function);
        }
        let (ptr, size, int) = (self.scalars.ptr, self.scalars.usize, self.scalars.int(32));
        let function = self.helper("kiln.write", &[int.into(), ptr.into(), size.into()], false);
        mark(function, &[self.attrs.noinline]);
        self.runtime.write = Some(function);
        self.in_function(function, |unit| unit.build_write_loop(function))?;
        Ok(function)
    }

    fn build_write_loop(&mut self, function: FunctionValue<'ctx>) -> Result<()> {
        let int = self.scalars.int(32);
        let stream = param(function, 0).into_int_value();
        let entry = self.builder.get_insert_block().expect("the builder stands in the function's first block");
        let [test, more, done] = ["test", "more", "done"].map(|name| self.context.append_basic_block(function, name));
        // `@dbg` (3) prints to the standard output.
        let is_dbg = self.builder.build_int_compare(IntPredicate::EQ, stream, int.const_int(3, false), "")?;
        let file = self.builder.build_select(is_dbg, int.const_int(1, false), stream, "")?;
        if self.layouts.target().os != Os::Freestanding {
            self.call_foreign(Foreign::Fflush, &[self.scalars.ptr.const_null().into()])?;
        }
        self.builder.build_unconditional_branch(test)?;

        self.builder.position_at_end(test);
        let address = self.builder.build_phi(self.scalars.ptr, "")?;
        let left = self.builder.build_phi(self.scalars.usize, "")?;
        let at = address.as_basic_value().into_pointer_value();
        let count = left.as_basic_value().into_int_value();
        let is_done = self.builder.build_int_compare(IntPredicate::EQ, count, self.size(0), "")?;
        self.builder.build_conditional_branch(is_done, done, more)?;

        self.builder.position_at_end(more);
        let written = self.call_foreign(Foreign::Write, &[file.into(), at.into(), count.into()])?;
        let Some(BasicValueEnum::IntValue(written)) = written else { return broken("`write` returns a count") };
        // SAFETY: `write` took that many of the bytes at the address, or failed; then the result is not used.
        let next = unsafe { self.builder.build_gep(self.scalars.int(8), at, &[written], "")? };
        let rest = self.builder.build_int_sub(count, written, "")?;
        let has_failed = self.builder.build_int_compare(IntPredicate::SLE, written, self.size(0), "")?;
        self.builder.build_conditional_branch(has_failed, done, test)?;
        address.add_incoming(&[(&param(function, 1), entry), (&next, more)]);
        left.add_incoming(&[(&param(function, 2), entry), (&rest, more)]);

        self.builder.position_at_end(done);
        self.builder.build_return(None)?;
        Ok(())
    }

    /// A block that panics, at the end of the function.
    fn out_of_memory_block(
        &mut self,
        function: FunctionValue<'ctx>,
        place: IntValue<'ctx>,
    ) -> Result<BasicBlock<'ctx>> {
        let panic = self.panic_function(Reason::OutOfMemory);
        let back = self.builder.get_insert_block().expect("the builder stands in a block");
        let failed = self.context.append_basic_block(function, "out_of_memory");
        self.builder.position_at_end(failed);
        self.builder.build_call(panic, &[place.into()], "")?;
        self.builder.build_unreachable()?;
        self.builder.position_at_end(back);
        Ok(failed)
    }

    /// `count * size`; goes to `failed` if that is more than half of the address space.
    fn bytes_or(
        &mut self,
        failed: BasicBlock<'ctx>,
        function: FunctionValue<'ctx>,
        count: IntValue<'ctx>,
        size: IntValue<'ctx>,
    ) -> Result<IntValue<'ctx>> {
        let usize = self.scalars.usize;
        let pair = self.call_intrinsic("llvm.umul.with.overflow", usize.into(), &[count.into(), size.into()])?;
        let bytes = self.builder.build_extract_value(pair.into_struct_value(), 0, "")?.into_int_value();
        let overflows = self.builder.build_extract_value(pair.into_struct_value(), 1, "")?.into_int_value();
        let is_large = self.builder.build_int_compare(IntPredicate::SLT, bytes, self.size(0), "")?;
        let is_too_large = self.builder.build_or(overflows, is_large, "")?;
        let fits = self.context.append_basic_block(function, "fits");
        self.builder.build_conditional_branch(is_too_large, failed, fits)?;
        self.builder.position_at_end(fits);
        Ok(bytes)
    }

    /// Builds a block for when the number is zero, which leaves the function, and goes on with the other case.
    fn if_zero(
        &mut self,
        function: FunctionValue<'ctx>,
        number: IntValue<'ctx>,
        build: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        let [zero, other] = ["none", "some"].map(|name| self.context.append_basic_block(function, name));
        let is_zero = self.builder.build_int_compare(IntPredicate::EQ, number, self.size(0), "")?;
        self.builder.build_conditional_branch(is_zero, zero, other)?;
        self.builder.position_at_end(zero);
        build(self)?;
        self.builder.position_at_end(other);
        Ok(())
    }

    /// Returns the address, or goes to `failed` if it is null.
    fn return_memory(
        &mut self,
        function: FunctionValue<'ctx>,
        memory: Option<BasicValueEnum<'ctx>>,
        failed: BasicBlock<'ctx>,
    ) -> Result<()> {
        let Some(BasicValueEnum::PointerValue(memory)) = memory else { return broken("allocation gives an address") };
        let is_null = self.builder.build_is_null(memory, "")?;
        let got = self.context.append_basic_block(function, "got");
        self.builder.build_conditional_branch(is_null, failed, got)?;
        self.builder.position_at_end(got);
        self.builder.build_return(Some(&memory))?;
        Ok(())
    }
}
