//! Places as addresses, and locals and operands as values.

use crate::body::{Body, Slot};
use crate::value::{Pointer, Value};
use cranelift_codegen::ir::{self, InstBuilder, StackSlot};
use kiln_cfg::{Local, Operand, Place, PlaceBase, Proj, place_type};
use kiln_codegen::{Result, broken, scalar_bits};
use kiln_types::{TypeId, TypeKey};

/// Where a place lies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spot {
    pub at: Pointer,
    /// The length of a slice or `str`.
    pub len: Option<ir::Value>,
    /// What lies there; an enum's type also for a payload of it.
    pub ty: TypeId,
    variant: Option<u32>,
}

impl Body<'_, '_, '_, '_> {
    /// Where a place lies.
    pub fn spot(&mut self, place: &Place) -> Result<Spot> {
        let (mut spot, steps) = match &*place.proj {
            [Proj::Deref, rest @ ..] => (self.pointee(place.base)?, rest),
            steps => (self.start(place.base)?, steps),
        };
        for step in steps {
            self.step(&mut spot, *step)?;
        }
        Ok(spot)
    }

    /// A whole local, or whole static data.
    fn start(&mut self, base: PlaceBase) -> Result<Spot> {
        let local = match base {
            PlaceBase::Local(local) => local,
            PlaceBase::Static(data) => {
                let at = Pointer::data(self.out.unit.static_data(data)?, 0);
                let ty = self.out.unit.program.statics.get(data).ty;
                return Ok(Spot { at, len: None, ty, variant: None });
            }
        };
        let ty = self.local_type(local);
        let (at, len) = match self.slots[local] {
            Slot::Memory(at) => (at, None),
            Slot::Reference(at, len) => (at, len),
            Slot::Cell(cell) => self.load_cell(cell, ty),
            Slot::Value(Value::Nothing) => (Pointer::dangling(self.out.layout(ty).align), None),
            Slot::Value(_) | Slot::Variable(_) | Slot::Variables(..) => {
                return broken(format!("{local} has no address"));
            }
            Slot::Unset => return broken(format!("{local} is used before it has a value")),
        };
        Ok(Spot { at, len, ty, variant: None })
    }

    /// What the pointer in a local or in static data points to.
    fn pointee(&mut self, base: PlaceBase) -> Result<Spot> {
        let whole = Place { base, proj: Box::default() };
        let pool = self.out.unit.pool;
        let TypeKey::Ptr { pointee, .. } = pool.key(self.place_type(&whole)?) else {
            return broken("a dereference of no pointer");
        };
        let (at, len) = match self.read(&whole)? {
            Value::Fat(at, len) => (at, Some(len)),
            pointer => (pointer.address()?, None),
        };
        Ok(Spot { at: Pointer::at(at), len, ty: *pointee, variant: None })
    }

    fn load_cell(&mut self, cell: StackSlot, ty: TypeId) -> (Pointer, Option<ir::Value>) {
        let pointer = self.out.pointer_type();
        let cell = Pointer::slot(cell);
        let address = self.out.load_type(cell, pointer);
        let is_view = self.out.unit.pool.is_unsized(ty);
        let len = is_view.then(|| self.out.load_type(cell.plus(u64::from(pointer.bytes())), pointer));
        (Pointer::at(address), len)
    }

    fn step(&mut self, spot: &mut Spot, step: Proj) -> Result<()> {
        match step {
            Proj::Field(index) => {
                let (offset, ty) = self.field(spot, index)?;
                *spot = Spot { at: spot.at.plus(offset), len: None, ty, variant: None };
            }
            Proj::Variant(variant) => spot.variant = Some(variant),
            Proj::Index(index) => {
                let Some((elem, _)) = self.out.unit.pool.elem(spot.ty) else {
                    return broken("an index into no array or slice");
                };
                let at = self.element(spot.at, elem, index)?;
                *spot = Spot { at, len: None, ty: elem, variant: None };
            }
            Proj::Deref => return broken("a pointer is followed in the middle of a place"),
        }
        Ok(())
    }

    fn field(&mut self, spot: &Spot, index: u32) -> Result<(u64, TypeId)> {
        let layout = self.out.layout(spot.ty);
        let pool = self.out.unit.pool;
        let index = index as usize;
        let found = match spot.variant {
            None => layout.fields.get(index).copied().zip(pool.field_type(spot.ty, index)),
            Some(variant) => {
                let variant = variant as usize;
                let def = pool.enum_def(spot.ty).and_then(|def| def.variants.get(variant));
                let lies = layout.enumeration.as_ref().and_then(|lies| lies.variants.get(variant));
                let offset = lies.and_then(|offsets| offsets.get(index)).copied();
                offset.zip(def.and_then(|def| def.fields.get(index)).map(|field| field.ty))
            }
        };
        found.map_or_else(|| broken(format!("there is no field {index}")), Ok)
    }

    fn element(&mut self, base: Pointer, elem: TypeId, index: Operand) -> Result<Pointer> {
        let size = self.out.layout(elem).size;
        if let Operand::Const(value) = index
            && let Some(bytes) = scalar_bits(self.out.unit.pool, value)
                .and_then(|bits| u64::try_from(bits).ok()?.checked_mul(size))
                .filter(|bytes| *bytes < i64::MAX as u64)
        {
            return Ok(base.plus(bytes));
        }
        let index = self.operand(index)?.scalar()?;
        Ok(Pointer::at(self.elem_address(base, elem, index)))
    }

    /// The address of an element that lies inside, or of the end.
    pub fn elem_address(&mut self, base: Pointer, elem: TypeId, index: ir::Value) -> ir::Value {
        let size = self.out.layout(elem).size;
        let base = self.out.address(base);
        let ty = self.out.pointer_type();
        let index = self.out.resize(index, ty, true);
        let bytes = match size {
            0 => return base,
            1 => index,
            size if size.is_power_of_two() => self.out.b.ins().ishl_imm_u(index, i64::from(size.trailing_zeros())),
            size => self.out.b.ins().imul_imm_s(index, size as i64),
        };
        self.out.b.ins().iadd(base, bytes)
    }

    /// The value of a place.
    pub fn read(&mut self, place: &Place) -> Result<Value> {
        if let Some(local) = place.as_local() {
            return self.local(local);
        }
        let spot = self.spot(place)?;
        self.out.load(spot.at, spot.ty)
    }

    /// The value of a local.
    pub fn local(&mut self, local: Local) -> Result<Value> {
        match self.slots[local] {
            Slot::Value(value) => Ok(value),
            Slot::Variable(variable) => Ok(Value::Scalar(self.out.b.use_var(variable))),
            Slot::Variables(address, len) => Ok(Value::Fat(self.out.b.use_var(address), self.out.b.use_var(len))),
            Slot::Memory(at) | Slot::Reference(at, None) => self.out.load(at, self.local_type(local)),
            Slot::Reference(_, Some(_)) => broken(format!("{local} has no size of its own")),
            Slot::Cell(cell) => {
                let ty = self.local_type(local);
                let (at, _) = self.load_cell(cell, ty);
                self.out.load(at, ty)
            }
            Slot::Unset => broken(format!("{local} is used before it has a value")),
        }
    }

    /// The value of an operand. An aggregate stays where it lies.
    pub fn operand(&mut self, operand: Operand) -> Result<Value> {
        match operand {
            Operand::Copy(local) | Operand::Move(local) => self.local(local),
            Operand::Const(value) => self.out.constant(value),
        }
    }

    /// The scalar an operand is.
    pub fn scalar(&mut self, operand: Operand) -> Result<ir::Value> {
        self.operand(operand)?.scalar()
    }

    /// The bits of an operand that is a constant number.
    pub fn known_bits(&self, operand: Operand) -> Option<u128> {
        match operand {
            Operand::Const(value) => scalar_bits(self.out.unit.pool, value),
            Operand::Copy(_) | Operand::Move(_) => None,
        }
    }

    /// The type of an operand.
    pub fn operand_type(&mut self, operand: Operand) -> TypeId {
        self.out.unit.facts().operand_type(self.func, operand)
    }

    /// Stores a value in a place.
    pub fn write(&mut self, place: &Place, value: Value) -> Result<()> {
        if let Some(local) = place.as_local()
            && !matches!(self.slots[local], Slot::Memory(_) | Slot::Reference(..) | Slot::Cell(_))
        {
            return self.set(local, value);
        }
        let spot = self.spot(place)?;
        self.out.store(spot.at, spot.ty, value)
    }

    /// The type of a place.
    pub fn place_type(&self, place: &Place) -> Result<TypeId> {
        let unit = &self.out.unit;
        match place_type(place, &self.func.locals, unit.pool, &unit.program.statics) {
            Some(found) => Ok(found.ty),
            None => broken("a place has a step that its type does not have"),
        }
    }
}
