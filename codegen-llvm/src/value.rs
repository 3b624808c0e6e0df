//! Values as instructions use them, and how they come from and go to memory.

use crate::errors::{Result, broken};
use crate::unit::Unit;
use inkwell::basic_block::BasicBlock;
use inkwell::values::{BasicValue, BasicValueEnum, InstructionValue, IntValue, PointerValue};
use kiln_types::{Repr, ScalarKind, TypeId};

/// A value of the program. Which form it has follows from its type's [`Repr`].
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value<'ctx> {
    /// No bytes.
    Nothing,
    /// One scalar; a bool is one bit.
    Scalar(BasicValueEnum<'ctx>),
    /// An address and a length.
    Fat(PointerValue<'ctx>, IntValue<'ctx>),
    /// The address of where it lies.
    Memory(PointerValue<'ctx>),
}

impl<'ctx> Value<'ctx> {
    /// The scalar.
    pub fn scalar(self) -> Result<BasicValueEnum<'ctx>> {
        match self {
            Value::Scalar(scalar) => Ok(scalar),
            _ => broken("a scalar is expected"),
        }
    }

    /// The integer or bool.
    pub fn int(self) -> Result<IntValue<'ctx>> {
        match self {
            Value::Scalar(BasicValueEnum::IntValue(int)) => Ok(int),
            _ => broken("an integer is expected"),
        }
    }

    /// The address; of a pointer with a length the first part.
    pub fn address(self) -> Result<PointerValue<'ctx>> {
        match self {
            Value::Scalar(BasicValueEnum::PointerValue(address)) | Value::Fat(address, _) => Ok(address),
            _ => broken("a pointer is expected"),
        }
    }

    /// Address and length.
    pub fn fat(self) -> Result<(PointerValue<'ctx>, IntValue<'ctx>)> {
        match self {
            Value::Fat(address, len) => Ok((address, len)),
            _ => broken("a pointer with a length is expected"),
        }
    }
}

/// Memory of the current function that is used for a moment.
#[derive(Default)]
pub(crate) struct Scratch<'ctx> {
    free: Vec<(u64, u32, PointerValue<'ctx>)>,
    used: Vec<(u64, u32, PointerValue<'ctx>)>,
}

impl<'ctx> Scratch<'ctx> {
    /// A new function begins.
    pub fn clear(&mut self) {
        self.free.clear();
        self.used.clear();
    }

    /// An instruction is complete; its memory may be used again.
    pub fn release(&mut self) {
        self.free.append(&mut self.used);
    }
}

impl<'ctx> Unit<'ctx, '_> {
    /// Memory in the current function's frame, until the instruction is complete.
    pub fn scratch(&mut self, size: u64, align: u32) -> Result<PointerValue<'ctx>> {
        let fits = |slot: &(u64, u32, PointerValue<'ctx>)| slot.0 == size && slot.1 == align;
        let slot = match self.scratch.free.iter().position(fits) {
            Some(index) => self.scratch.free.swap_remove(index),
            None => (size, align, self.entry_alloca(size, align)?),
        };
        self.scratch.used.push(slot);
        Ok(slot.2)
    }

    /// An alloca at the start of the function the builder stands in.
    pub fn entry_alloca(&mut self, size: u64, align: u32) -> Result<PointerValue<'ctx>> {
        let here = self.builder.get_insert_block();
        let entry = here.and_then(BasicBlock::get_parent).and_then(|function| function.get_first_basic_block());
        let (Some(here), Some(entry)) = (here, entry) else { return broken("the builder stands in no function") };
        // A builder that stands before an instruction takes its line.
        let line = self.builder.get_current_debug_location();
        match entry.get_first_instruction() {
            Some(first) => self.builder.position_before(&first),
            None => self.builder.position_at_end(entry),
        }
        let slot = self.memory_alloca(size, align, "")?;
        self.builder.position_at_end(here);
        self.go_on_at(line);
        Ok(slot)
    }

    /// An alloca where the builder stands: bytes.
    pub fn memory_alloca(&self, size: u64, align: u32, name: &str) -> Result<PointerValue<'ctx>> {
        let byte = self.scalars.int(8);
        if size == 4 && align == 4 {
            return Ok(self.builder.build_alloca(self.scalars.int(32), name)?);
        }
        // As C does on these machines: vector instructions want whole arrays aligned, and the stack is.
        let align = self.preferred_alignment(size, align);
        let slot = match u32::try_from(size) {
            Ok(size) => self.builder.build_alloca(byte.array_type(size), name)?,
            Err(_) => self.builder.build_array_alloca(byte, self.size(size), name)?,
        };
        self.set_alignment(slot.as_instruction(), align)?;
        Ok(slot)
    }

    /// The alignment of something large on a 64-bit machine is that of its vectors.
    pub fn preferred_alignment(&self, size: u64, align: u32) -> u32 {
        let is_large = size >= 16 && align >= 4 && self.scalars.usize == self.scalars.int(64);
        if is_large { align.max(16) } else { align }
    }

    pub fn set_alignment(&self, instruction: Option<InstructionValue<'ctx>>, align: u32) -> Result<()> {
        match instruction.map(|instruction| instruction.set_alignment(align)) {
            Some(Ok(())) => Ok(()),
            _ => broken("an alignment was refused"),
        }
    }

    /// The value of a type that lies at an address. Aggregates stay where they are.
    pub fn load(&mut self, at: PointerValue<'ctx>, ty: TypeId) -> Result<Value<'ctx>> {
        let layout = self.layouts.of(self.pool, ty);
        match layout.repr {
            Repr::Zst => Ok(Value::Nothing),
            Repr::Scalar(kind) => {
                let loaded = self.load_scalar(at, kind)?;
                if self.level.optimises() {
                    self.mark_range(loaded, ty, kind);
                }
                self.value_from_memory(loaded, kind).map(Value::Scalar)
            }
            Repr::FatPtr => {
                let address = self.load_scalar(at, ScalarKind::Ptr)?.into_pointer_value();
                let len_at = self.offset(at, u64::from(self.layouts.target().pointer_bytes))?;
                let len = self.builder.build_load(self.scalars.usize, len_at, "")?;
                Ok(Value::Fat(address, len.into_int_value()))
            }
            Repr::Memory => Ok(Value::Memory(at)),
            Repr::Comptime => broken("a comptime value is used at run time"),
        }
    }

    /// A scalar in its memory form. LLVM's own alignment for it is never more than Kiln's: that was checked at the start.
    pub fn load_scalar(&self, at: PointerValue<'ctx>, kind: ScalarKind) -> Result<BasicValueEnum<'ctx>> {
        Ok(self.builder.build_load(self.scalars.memory(kind), at, "")?)
    }

    /// A scalar in its memory form where something of another alignment lies.
    pub fn load_aligned(&self, at: PointerValue<'ctx>, kind: ScalarKind, align: u32) -> Result<BasicValueEnum<'ctx>> {
        let loaded = self.load_scalar(at, kind)?;
        self.set_alignment(loaded.as_instruction_value(), align)?;
        Ok(loaded)
    }

    /// From memory form to value form.
    pub fn value_from_memory(&self, scalar: BasicValueEnum<'ctx>, kind: ScalarKind) -> Result<BasicValueEnum<'ctx>> {
        match kind {
            ScalarKind::Bool => {
                Ok(self.builder.build_int_truncate(scalar.into_int_value(), self.scalars.bit, "")?.into())
            }
            _ => Ok(scalar),
        }
    }

    /// From value form to memory form.
    pub fn value_to_memory(&self, scalar: BasicValueEnum<'ctx>, kind: ScalarKind) -> Result<BasicValueEnum<'ctx>> {
        match kind {
            ScalarKind::Bool => {
                Ok(self.builder.build_int_z_extend(scalar.into_int_value(), self.scalars.int(8), "")?.into())
            }
            _ => Ok(scalar),
        }
    }

    /// The tag of an enum that lies at an address.
    pub fn load_tag(&mut self, at: PointerValue<'ctx>, enum_ty: TypeId, tag: TypeId) -> Result<Value<'ctx>> {
        let Repr::Scalar(kind) = self.layouts.of(self.pool, tag).repr else { return broken("a tag is an integer") };
        let loaded = self.load_scalar(at, kind)?;
        if self.level.optimises() {
            self.mark_range(loaded, enum_ty, kind);
        }
        Ok(Value::Scalar(loaded))
    }

    /// Stores a value of a type at an address.
    pub fn store(&mut self, at: PointerValue<'ctx>, ty: TypeId, value: Value<'ctx>) -> Result<()> {
        let layout = self.layouts.of(self.pool, ty);
        match (layout.repr, value) {
            (Repr::Zst, _) => Ok(()),
            (Repr::Scalar(kind), Value::Scalar(scalar)) => {
                let scalar = self.value_to_memory(scalar, kind)?;
                self.store_scalar(at, scalar)
            }
            (Repr::FatPtr, Value::Fat(address, len)) => {
                self.store_scalar(at, address.into())?;
                let len_at = self.offset(at, u64::from(self.layouts.target().pointer_bytes))?;
                self.store_scalar(len_at, len.into())
            }
            (Repr::Memory, Value::Memory(from)) => self.copy(at, from, layout.size, layout.align),
            _ => broken("a value has another form than its type"),
        }
    }

    /// Stores a scalar in its memory form.
    pub fn store_scalar(&self, at: PointerValue<'ctx>, scalar: BasicValueEnum<'ctx>) -> Result<()> {
        self.builder.build_store(at, scalar)?;
        Ok(())
    }

    /// Stores a scalar in its memory form where something of another alignment lies.
    pub fn store_aligned(&self, at: PointerValue<'ctx>, scalar: BasicValueEnum<'ctx>, align: u32) -> Result<()> {
        let store = self.builder.build_store(at, scalar)?;
        self.set_alignment(Some(store), align)
    }

    /// Copies bytes between places that don't overlap, or are the same.
    pub fn copy(&self, to: PointerValue<'ctx>, from: PointerValue<'ctx>, size: u64, align: u32) -> Result<()> {
        if to != from {
            self.builder.build_memcpy(to, align, from, align, self.size(size))?;
        }
        Ok(())
    }

    /// The address a number of bytes further, inside of the same object.
    pub fn offset(&self, base: PointerValue<'ctx>, bytes: u64) -> Result<PointerValue<'ctx>> {
        if bytes == 0 {
            return Ok(base);
        }
        // SAFETY: callers stay inside of the object that `base` points into, as its layout says.
        Ok(unsafe { self.builder.build_in_bounds_gep(self.scalars.int(8), base, &[self.size(bytes)], "")? })
    }

    /// What LLVM may assume of a loaded bool, char or unit-only enum's tag.
    fn mark_range(&mut self, loaded: BasicValueEnum<'ctx>, ty: TypeId, kind: ScalarKind) {
        let Some((low, high)) = self.range(ty, kind) else { return };
        let BasicValueEnum::IntValue(int) = loaded else { return };
        let bounds = [low, high].map(|bound| int.get_type().const_int(bound, false).into());
        let range = self.context.metadata_node(&bounds);
        if let Some(instruction) = loaded.as_instruction_value() {
            // Only loads and calls take it; anything else keeps its full range.
            let _ = instruction.set_metadata(range, self.attrs.range);
        }
    }

    /// The bits values of a type have: from the first up to, but without, the second.
    fn range(&self, ty: TypeId, kind: ScalarKind) -> Option<(u64, u64)> {
        if kind == ScalarKind::Bool {
            return Some((0, 2));
        }
        if ty == TypeId::CHAR {
            return Some((0, 0x11_0000));
        }
        self.tag_range(ty)
    }

    /// The range of an enum's tag, if it has one that LLVM can be told: no negative discriminants, not all bits used.
    pub fn tag_range(&self, ty: TypeId) -> Option<(u64, u64)> {
        let def = self.pool.enum_def(ty)?;
        let bits = self.pool.int_type(def.tag, self.layouts.target())?.bits;
        let limit = 1u128 << (bits.min(64) - 1);
        let tags = || def.variants.iter().map(|variant| variant.discriminant);
        // Negative discriminants are sign-extended, so they are above every limit.
        let (low, high) = (tags().min()?, tags().max()?.saturating_add(1));
        (high < limit).then_some((low as u64, high as u64))
    }
}
