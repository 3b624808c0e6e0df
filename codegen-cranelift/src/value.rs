//! Values as instructions use them, and how they come from and go to memory.

use crate::gen_fn::Gen;
use cranelift_codegen::ir::{self, InstBuilder, MemFlagsData, StackSlot, StackSlotData, StackSlotKind, Type, types};
use cranelift_module::DataId;
use kiln_codegen::{CodegenError, Result, broken};
use kiln_types::{Repr, ScalarKind, TypeId};

/// A value of the program. Which form it has follows from its type's [`Repr`].
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value {
    /// No bytes.
    Nothing,
    /// One scalar; a bool is a byte, 0 or 1.
    Scalar(ir::Value),
    /// An address and a length.
    Fat(ir::Value, ir::Value),
    /// Where it lies.
    Memory(Pointer),
}

impl Value {
    /// The scalar.
    pub fn scalar(self) -> Result<ir::Value> {
        match self {
            Value::Scalar(scalar) => Ok(scalar),
            _ => broken("a scalar is expected"),
        }
    }

    /// The address; of a pointer with a length the first part.
    pub fn address(self) -> Result<ir::Value> {
        match self {
            Value::Scalar(address) | Value::Fat(address, _) => Ok(address),
            _ => broken("a pointer is expected"),
        }
    }

    /// Address and length.
    pub fn fat(self) -> Result<(ir::Value, ir::Value)> {
        match self {
            Value::Fat(address, len) => Ok((address, len)),
            _ => broken("a pointer with a length is expected"),
        }
    }
}

/// An address that is not computed yet, so that loads and stores take the offset in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Pointer {
    base: Base,
    offset: i64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Base {
    /// An address.
    Value(ir::Value),
    /// Memory of the frame.
    Slot(StackSlot),
    /// A constant of the module.
    Data(DataId),
    /// Nothing lies there; not null.
    Dangling,
}

impl Pointer {
    /// At an address.
    pub fn at(address: ir::Value) -> Pointer {
        Pointer { base: Base::Value(address), offset: 0 }
    }

    /// In the frame.
    pub fn slot(slot: StackSlot) -> Pointer {
        Pointer { base: Base::Slot(slot), offset: 0 }
    }

    /// The slot, if it is the beginning of one.
    pub fn as_slot(self) -> Option<StackSlot> {
        match self.base {
            Base::Slot(slot) if self.offset == 0 => Some(slot),
            _ => None,
        }
    }

    /// A number of bytes into a constant.
    pub fn data(data: DataId, offset: u64) -> Pointer {
        Pointer { base: Base::Data(data), offset: offset as i64 }
    }

    /// The address of what has no bytes.
    pub fn dangling(align: u32) -> Pointer {
        Pointer { base: Base::Dangling, offset: i64::from(align) }
    }

    /// A number of bytes further.
    pub fn plus(self, bytes: u64) -> Pointer {
        Pointer { offset: self.offset.wrapping_add(bytes as i64), ..self }
    }
}

/// Nothing the program asks for traps, or the program may as well end there.
pub(crate) fn trusted() -> MemFlagsData {
    MemFlagsData::new().with_notrap()
}

/// Bytes that are copied by loads and stores, not by a call.
const SMALL_COPY: u64 = 64;

impl Gen<'_, '_, '_> {
    /// The address itself.
    pub fn address(&mut self, pointer: Pointer) -> ir::Value {
        let (base, offset) = self.split_address(pointer);
        if offset == 0 { base } else { self.b.ins().iadd_imm_s(base, i64::from(offset)) }
    }

    /// A value and an offset that loads and stores can take.
    fn split_address(&mut self, pointer: Pointer) -> (ir::Value, i32) {
        let ty = self.pointer_type();
        let (base, rest) = match pointer.base {
            Base::Value(base) => (base, pointer.offset),
            Base::Slot(slot) => match i32::try_from(pointer.offset) {
                Ok(offset) => return (self.b.ins().stack_addr(ty, slot, offset), 0),
                Err(_) => (self.b.ins().stack_addr(ty, slot, 0), pointer.offset),
            },
            Base::Data(data) => (self.data_address(data), pointer.offset),
            Base::Dangling => (self.b.ins().iconst(ty, pointer.offset), 0),
        };
        match i32::try_from(rest) {
            Ok(offset) => (base, offset),
            Err(_) => (self.b.ins().iadd_imm_s(base, rest), 0),
        }
    }

    /// Loads a machine type.
    pub fn load_type(&mut self, at: Pointer, ty: Type) -> ir::Value {
        let (base, offset) = self.split_address(at);
        self.b.ins().load(ty, trusted(), base, offset)
    }

    /// Stores a machine value.
    pub fn store_value(&mut self, at: Pointer, value: ir::Value) {
        let (base, offset) = self.split_address(at);
        self.b.ins().store(trusted(), value, base, offset);
    }

    /// Loads a scalar.
    pub fn load_scalar(&mut self, at: Pointer, kind: ScalarKind) -> ir::Value {
        let ty = self.unit.signatures.scalar(kind);
        self.load_type(at, ty)
    }

    /// The value of a type that lies somewhere. Aggregates stay where they are.
    pub fn load(&mut self, at: Pointer, ty: TypeId) -> Result<Value> {
        match self.repr(ty) {
            Repr::Zst => Ok(Value::Nothing),
            Repr::Scalar(kind) => Ok(Value::Scalar(self.load_scalar(at, kind))),
            Repr::FatPtr => {
                let ty = self.pointer_type();
                let address = self.load_type(at, ty);
                Ok(Value::Fat(address, self.load_type(at.plus(u64::from(ty.bytes())), ty)))
            }
            Repr::Memory => Ok(Value::Memory(at)),
            Repr::Comptime => broken("a comptime value is used at run time"),
        }
    }

    /// Stores a value of a type.
    pub fn store(&mut self, at: Pointer, ty: TypeId, value: Value) -> Result<()> {
        match (self.repr(ty), value) {
            (Repr::Zst, _) => {}
            (Repr::Scalar(_), Value::Scalar(scalar)) => self.store_value(at, scalar),
            (Repr::FatPtr, Value::Fat(address, len)) => {
                let word = u64::from(self.pointer_type().bytes());
                self.store_value(at, address);
                self.store_value(at.plus(word), len);
            }
            (Repr::Memory, Value::Memory(from)) => {
                let size = self.layout(ty).size;
                self.copy(at, from, size);
            }
            _ => return broken("a value has another form than its type"),
        }
        Ok(())
    }

    /// Copies bytes between places that don't overlap, or are the same.
    pub fn copy(&mut self, to: Pointer, from: Pointer, size: u64) {
        if to == from || size == 0 {
            return;
        }
        if size > SMALL_COPY {
            let (to, from) = (self.address(to), self.address(from));
            let size = self.size(size);
            let config = self.unit.module.target_config();
            self.b.call_memcpy(config, to, from, size);
            return;
        }
        let mut at = 0;
        for bytes in [8, 4, 2, 1] {
            while size - at >= bytes {
                let ty = crate::signature::int(bytes as u16 * 8);
                let part = self.load_type(from.plus(at), ty);
                self.store_value(to.plus(at), part);
                at += bytes;
            }
        }
    }

    /// Memory of the frame.
    pub fn stack_slot(&mut self, size: u64, align: u32) -> Result<StackSlot> {
        let Ok(bytes) = i32::try_from(size) else {
            let reason = format!("Cranelift can't hold {size} bytes on the stack");
            return Err(Box::new(CodegenError::EmissionFailed { reason }));
        };
        let align = align.max(1).trailing_zeros() as u8;
        let data = StackSlotData::new(StackSlotKind::ExplicitSlot, bytes.unsigned_abs(), align);
        Ok(self.b.create_sized_stack_slot(data))
    }

    /// Memory of the frame, until the instruction is complete.
    pub fn scratch(&mut self, size: u64, align: u32) -> Result<Pointer> {
        let fits = |slot: &(u64, u32, StackSlot)| slot.0 == size && slot.1 == align;
        let slot = match self.free_scratch.iter().position(fits) {
            Some(index) => self.free_scratch.swap_remove(index),
            None => (size, align, self.stack_slot(size, align)?),
        };
        self.used_scratch.push(slot);
        Ok(Pointer::slot(slot.2))
    }

    /// An instruction is complete; its memory may be used again.
    pub fn release_scratch(&mut self) {
        self.free_scratch.append(&mut self.used_scratch);
    }

    /// A constant of type `usize`.
    pub fn size(&mut self, value: u64) -> ir::Value {
        let ty = self.pointer_type();
        self.b.ins().iconst(ty, value as i64)
    }

    /// An integer constant; bits beyond the width are ignored.
    pub fn int_const(&mut self, ty: Type, bits: u128) -> ir::Value {
        match ty.bits() {
            128 => {
                let low = self.b.ins().iconst(types::I64, bits as u64 as i64);
                let high = self.b.ins().iconst(types::I64, (bits >> 64) as u64 as i64);
                self.b.ins().iconcat(low, high)
            }
            64 => self.b.ins().iconst(ty, bits as u64 as i64),
            width => {
                let kept = bits as u64 & ((1 << width) - 1);
                self.b.ins().iconst(ty, kept as i64)
            }
        }
    }

    /// Truncates or extends an integer.
    pub fn resize(&mut self, value: ir::Value, to: Type, signed: bool) -> ir::Value {
        let from = self.b.func.dfg.value_type(value);
        match from.bits().cmp(&to.bits()) {
            std::cmp::Ordering::Equal => value,
            std::cmp::Ordering::Greater => self.b.ins().ireduce(to, value),
            std::cmp::Ordering::Less if signed => self.b.ins().sextend(to, value),
            std::cmp::Ordering::Less => self.b.ins().uextend(to, value),
        }
    }
}
