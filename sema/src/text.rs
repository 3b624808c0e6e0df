//! The library's `String` as the compiler makes and reads it: the address of bytes, how many there are, and for how many there is
//! room; no room means that the bytes are somebody else's. No other place knows these parts.

use crate::body::BodyCx;
use crate::context::{Checked, Sema};
use crate::errors;
use kiln_air::{Inst, InstId};
use kiln_source::{TextRange, sym};
use kiln_types::{StaticData, StaticId, TypeId, TypeKey, ValueId, ValueKey};

impl Sema<'_> {
    /// The library's type of owned text, if its module was loaded.
    pub fn string_type(&mut self) -> Option<TypeId> {
        let decl = *self.hir.modules[self.lang.string?].names.get(&sym::STRING)?;
        let ty = self.make_type(decl, &[], None).ok()?;
        self.complete(ty).ok().map(|()| ty)
    }

    fn is_string(&self, ty: TypeId) -> bool {
        let TypeKey::Struct { decl, .. } = self.pool.key(ty) else { return false };
        self.lang.string == Some(self.decl(*decl).module) && self.decl(*decl).name.symbol == sym::STRING
    }

    /// The type of the address in a `String`.
    pub fn string_address(&self, string: TypeId) -> TypeId {
        self.pool.field_type(string, 0).unwrap_or(TypeId::ERROR)
    }

    /// A constant pointer to text in static data.
    pub fn text_pointer(&mut self, text: &str) -> ValueId {
        let data = self.text_data(text);
        let ty = self.pool.ptr(false, TypeId::STR);
        self.pool.value(ValueKey::StaticPtr { ty, data, offset: 0, len: Some(text.len() as u64) })
    }

    fn text_data(&mut self, text: &str) -> StaticId {
        let bytes = self.pool.array(TypeId::U8, text.len() as u64);
        let data = StaticData { ty: bytes, bytes: text.as_bytes().into(), align: 1, relocs: Box::default() };
        self.program.statics.add(data)
    }

    /// Text as a value of the library's `String`.
    pub fn owned_text(&mut self, text: &str) -> Checked<ValueId> {
        let Some(ty) = self.string_type() else { return Err(self.error(errors::missing_rt("String"))) };
        let data = self.text_data(text);
        let address = self.string_address(ty);
        let address = self.pool.value(ValueKey::StaticPtr { ty: address, data, offset: 0, len: None });
        let len = self.pool.scalar(TypeId::USIZE, text.len() as u128);
        let capacity = self.pool.scalar(TypeId::USIZE, 0);
        Ok(self.pool.value(ValueKey::Aggregate { ty, parts: Box::new([address, len, capacity]) }))
    }

    /// The text of a value of the library's `String` that shows static data.
    pub fn text_of_owned(&self, value: ValueId) -> Option<&str> {
        let ValueKey::Aggregate { ty, parts } = self.pool.value_key(value)? else { return None };
        let [pointer, len, ..] = **parts else { return None };
        let ValueKey::StaticPtr { data, offset, .. } = self.pool.value_key(pointer)? else { return None };
        let len = usize::try_from(self.pool.scalar_bits(len)?).ok()?;
        let start = usize::try_from(*offset).ok()?;
        let bytes = self.program.statics.get(*data).bytes.get(start..start.checked_add(len)?)?;
        std::str::from_utf8(bytes).ok().filter(|_| self.is_string(*ty))
    }
}

impl BodyCx<'_, '_> {
    /// A string literal where text is owned: a `String` that shows static data.
    pub fn owned_literal(&mut self, place: InstId) -> Option<InstId> {
        let Inst::Deref(pointer) = self.air.insts[place] else { return None };
        let value = self.air.insts[pointer].as_const()?;
        let Some(ValueKey::StaticPtr { data, offset, len: Some(len), .. }) = self.sema.pool.value_key(value).cloned()
        else {
            return None;
        };
        let ty = self.sema.string_type()?;
        let range = self.air.ranges[place];
        let address_ty = self.sema.string_address(ty);
        let address = self.sema.pool.value(ValueKey::StaticPtr { ty: address_ty, data, offset, len: None });
        let address = self.push(Inst::Const(address), address_ty, range);
        let len = self.sema.pool.scalar(TypeId::USIZE, len.into());
        let len = self.push(Inst::Const(len), TypeId::USIZE, range);
        Some(self.string_of_others(ty, address, len, range))
    }

    /// A `String` that shows bytes of somebody else.
    pub fn string_of_others(&mut self, string: TypeId, address: InstId, len: InstId, range: TextRange) -> InstId {
        let zero = self.sema.pool.scalar(TypeId::USIZE, 0);
        let capacity = self.push(Inst::Const(zero), TypeId::USIZE, range);
        let fields = Box::new([(0, address), (1, len), (2, capacity)]);
        self.push(Inst::Struct { fields, base: None }, string, range)
    }
}
