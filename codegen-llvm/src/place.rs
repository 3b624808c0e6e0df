//! Places as addresses, and locals and operands as values.

use crate::body::{Body, Slot};
use crate::errors::{Result, broken};
use crate::unit::Unit;
use crate::value::Value;
use inkwell::values::{IntValue, PointerValue};
use kiln_cfg::{Local, Operand, Place, PlaceBase, Proj, place_type};
use kiln_codegen::Home;
use kiln_types::{TypeId, TypeKey};

/// A place's address.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spot<'ctx> {
    base: PointerValue<'ctx>,
    /// Bytes from `base`: folded into one address computation.
    offset: u64,
    /// The length of a slice or `str`.
    pub len: Option<IntValue<'ctx>>,
    /// What lies there; an enum's type also for a payload of it.
    pub ty: TypeId,
    variant: Option<u32>,
}

impl<'ctx> Body<'_, 'ctx, '_> {
    /// The address of a place.
    pub fn spot(&mut self, place: &Place) -> Result<Spot<'ctx>> {
        let (mut spot, steps) = match &*place.proj {
            [Proj::Deref, rest @ ..] => (self.pointee(place.base)?, rest),
            steps => (self.start(place.base)?, steps),
        };
        for step in steps {
            self.step(&mut spot, *step)?;
        }
        Ok(spot)
    }

    /// The address of a whole local, or of whole static data.
    fn start(&mut self, base: PlaceBase) -> Result<Spot<'ctx>> {
        let local = match base {
            PlaceBase::Local(local) => local,
            PlaceBase::Static(data) => {
                let base = self.unit.static_address(data)?;
                let ty = self.unit.program.statics.get(data).ty;
                return Ok(Spot { base, offset: 0, len: None, ty, variant: None });
            }
        };
        let ty = self.local_type(local);
        let (base, len) = match self.slots[local] {
            Slot::Memory(at) => (at, None),
            Slot::Reference(at, len) => (at, len),
            Slot::Cell(cell) => self.load_cell(cell, ty)?,
            Slot::Value(Value::Nothing) => {
                let align = self.unit.layouts.of(self.unit.pool, ty).align;
                (self.unit.dangling(align), None)
            }
            Slot::Value(_) => return broken(format!("{local} has no address")),
            Slot::Unset => return broken(format!("{local} is used before it has a value")),
        };
        Ok(Spot { base, offset: 0, len, ty, variant: None })
    }

    /// What the pointer in a local or in static data points to.
    fn pointee(&mut self, base: PlaceBase) -> Result<Spot<'ctx>> {
        let whole = Place { base, proj: Box::default() };
        let TypeKey::Ptr { pointee, .. } = self.unit.pool.key(self.place_type(&whole)?) else {
            return broken("a dereference of no pointer");
        };
        let (base, len) = match self.read(&whole)? {
            Value::Fat(base, len) => (base, Some(len)),
            pointer => (pointer.address()?, None),
        };
        Ok(Spot { base, offset: 0, len, ty: *pointee, variant: None })
    }

    fn load_cell(
        &mut self,
        cell: PointerValue<'ctx>,
        ty: TypeId,
    ) -> Result<(PointerValue<'ctx>, Option<IntValue<'ctx>>)> {
        let scalars = self.unit.scalars;
        let address = self.unit.builder.build_load(scalars.ptr, cell, "")?.into_pointer_value();
        if !self.unit.pool.is_unsized(ty) {
            return Ok((address, None));
        }
        let len_at = self.unit.offset(cell, u64::from(self.unit.layouts.target().pointer_bytes))?;
        let len = self.unit.builder.build_load(scalars.usize, len_at, "")?.into_int_value();
        Ok((address, Some(len)))
    }

    fn step(&mut self, spot: &mut Spot<'ctx>, step: Proj) -> Result<()> {
        match step {
            Proj::Field(index) => {
                let (offset, ty) = self.field(spot, index)?;
                *spot = Spot { base: spot.base, offset: spot.offset + offset, len: None, ty, variant: None };
            }
            Proj::Variant(variant) => spot.variant = Some(variant),
            Proj::Index(index) => self.index(spot, index)?,
            Proj::Deref => return broken("a pointer is followed in the middle of a place"),
        }
        Ok(())
    }

    fn field(&mut self, spot: &Spot<'ctx>, index: u32) -> Result<(u64, TypeId)> {
        let layout = self.unit.layouts.of(self.unit.pool, spot.ty);
        let index = index as usize;
        let found = match spot.variant {
            None => layout.fields.get(index).copied().zip(self.unit.pool.field_type(spot.ty, index)),
            Some(variant) => {
                let variant = variant as usize;
                let def = self.unit.pool.enum_def(spot.ty).and_then(|def| def.variants.get(variant));
                let lies = layout.enumeration.as_ref().and_then(|lies| lies.variants.get(variant));
                let offset = lies.and_then(|offsets| offsets.get(index)).copied();
                offset.zip(def.and_then(|def| def.fields.get(index)).map(|field| field.ty))
            }
        };
        found.map_or_else(|| broken(format!("there is no field {index}")), Ok)
    }

    fn index(&mut self, spot: &mut Spot<'ctx>, index: Operand) -> Result<()> {
        let Some((elem, _)) = self.unit.pool.elem(spot.ty) else { return broken("an index into no array or slice") };
        let at = self.elem_address(*spot, elem, index)?;
        *spot = Spot { base: at.0, offset: at.1, len: None, ty: elem, variant: None };
        Ok(())
    }

    /// The address of an element as a base and an offset.
    fn elem_address(&mut self, spot: Spot<'ctx>, elem: TypeId, index: Operand) -> Result<(PointerValue<'ctx>, u64)> {
        let size = self.unit.layouts.of(self.unit.pool, elem).size;
        if let Operand::Const(value) = index
            && let Some(bytes) = kiln_codegen::scalar_bits(self.unit.pool, value)
                .and_then(|bits| u64::try_from(bits).ok()?.checked_mul(size))
        {
            return Ok((spot.base, spot.offset + bytes));
        }
        let base = self.address(spot)?;
        let index = self.operand(index)?.int()?;
        Ok((self.elem_pointer(base, elem, index)?, 0))
    }

    /// The address of an element that lies inside, or of the end.
    pub fn elem_pointer(
        &mut self,
        base: PointerValue<'ctx>,
        elem: TypeId,
        index: IntValue<'ctx>,
    ) -> Result<PointerValue<'ctx>> {
        let layout = self.unit.layouts.of(self.unit.pool, elem);
        let byte = self.unit.scalars.int(8);
        let builder = &self.unit.builder;
        // SAFETY: a bounds check, or the raw pointer's user, has made sure that the index is not past the end.
        Ok(unsafe {
            match (layout.repr, layout.size) {
                (_, 0) => base,
                (kiln_types::Repr::Scalar(kind), _) => {
                    builder.build_in_bounds_gep(self.unit.scalars.memory(kind), base, &[index], "")?
                }
                (_, size @ ..=0xFFFF_FFFF) => {
                    builder.build_in_bounds_gep(byte.array_type(size as u32), base, &[index], "")?
                }
                (_, size) => {
                    let bytes = builder.build_int_nuw_mul(index, self.unit.size(size), "")?;
                    builder.build_in_bounds_gep(byte, base, &[bytes], "")?
                }
            }
        })
    }

    /// The address itself.
    pub fn address(&self, spot: Spot<'ctx>) -> Result<PointerValue<'ctx>> {
        self.unit.offset(spot.base, spot.offset)
    }

    /// The value of a place.
    pub fn read(&mut self, place: &Place) -> Result<Value<'ctx>> {
        if let Some(local) = place.as_local() {
            return self.local(local);
        }
        let spot = self.spot(place)?;
        let at = self.address(spot)?;
        self.unit.load(at, spot.ty)
    }

    /// The value of a local.
    pub fn local(&mut self, local: Local) -> Result<Value<'ctx>> {
        match self.slots[local] {
            Slot::Value(value) => Ok(value),
            Slot::Memory(at) | Slot::Reference(at, None) => self.unit.load(at, self.local_type(local)),
            Slot::Reference(_, Some(_)) => broken(format!("{local} has no size of its own")),
            Slot::Cell(cell) => {
                let ty = self.local_type(local);
                let (at, _) = self.load_cell(cell, ty)?;
                self.unit.load(at, ty)
            }
            Slot::Unset => broken(format!("{local} is used before it has a value")),
        }
    }

    /// The value of an operand. An aggregate stays where it lies.
    pub fn operand(&mut self, operand: Operand) -> Result<Value<'ctx>> {
        match operand {
            Operand::Copy(local) | Operand::Move(local) => self.local(local),
            Operand::Const(value) => self.unit.constant(value),
        }
    }

    /// The type of an operand.
    pub fn operand_type(&self, operand: Operand) -> TypeId {
        self.unit.operand_type(self.func, operand)
    }

    /// Stores a value in a place; a local in SSA form gets it.
    pub fn write(&mut self, place: &Place, value: Value<'ctx>) -> Result<()> {
        if let Some(local) = place.as_local()
            && matches!(self.plan.homes[local], Home::Value | Home::Nothing)
        {
            self.name_value(local, value);
            self.slots[local] = Slot::Value(value);
            return self.show(local);
        }
        let spot = self.spot(place)?;
        let at = self.address(spot)?;
        self.unit.store(at, spot.ty, value)
    }

    /// The type of a place.
    pub fn place_type(&self, place: &Place) -> Result<TypeId> {
        let Unit { pool, program, .. } = &*self.unit;
        match place_type(place, &self.func.locals, pool, &program.statics) {
            Some(found) => Ok(found.ty),
            None => broken("a place has a step that its type does not have"),
        }
    }
}
