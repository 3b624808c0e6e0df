//! The pool of types and values: each once, so that equality is equality of ids.

use crate::{EnumDef, FnType, FuncId, IntType, Ownership, StructDef, Target, TypeId, TypeKey, ValueId, ValueKey};
use indexmap::IndexSet;
use kiln_source::Symbol;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};
use smallvec::SmallVec;

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Key {
    Type(TypeKey),
    Value(ValueKey),
}

/// Every type and comptime value of a compilation, and the definitions of its structs and enums.
///
/// ```
/// use kiln_types::{Pool, TypeId, TypeKey};
/// let mut pool = Pool::new();
/// let row = pool.array(TypeId::U8, 4);
/// assert_eq!(row, pool.type_of_key(TypeKey::Array { elem: TypeId::U8, len: 4 }));
/// ```
#[derive(Debug)]
pub struct Pool {
    keys: IndexSet<Key, FxBuildHasher>,
    /// Names of types before they are defined: `Pair(i32, u8)`.
    declared: FxHashMap<TypeId, Box<str>>,
    structs: FxHashMap<TypeId, StructDef>,
    enums: FxHashMap<TypeId, EnumDef>,
    /// How many parts each type made of others has, written out.
    weights: FxHashMap<TypeId, u32>,
}

macro_rules! primitives {
    ($($(#[$meta:meta])* $name:ident = $number:literal: $key:expr;)*) => {
        impl TypeId {
            $($(#[$meta])* pub const $name: TypeId = TypeId(ValueId($number));)*
        }
        const PRIMITIVES: &[(TypeId, TypeKey)] = &[$((TypeId::$name, $key)),*];
    };
}

primitives! {
    /// Stands for a type that could not be made out.
    ERROR = 0: TypeKey::Error;
    /// `!`
    NEVER = 1: TypeKey::Never;
    /// `()`
    UNIT = 2: TypeKey::Unit;
    /// `bool`
    BOOL = 3: TypeKey::Bool;
    /// `char`
    CHAR = 4: TypeKey::Char;
    /// `i8`
    I8 = 5: TypeKey::Int { bits: 8, signed: true };
    /// `i16`
    I16 = 6: TypeKey::Int { bits: 16, signed: true };
    /// `i32`
    I32 = 7: TypeKey::Int { bits: 32, signed: true };
    /// `i64`
    I64 = 8: TypeKey::Int { bits: 64, signed: true };
    /// `i128`
    I128 = 9: TypeKey::Int { bits: 128, signed: true };
    /// `isize`
    ISIZE = 10: TypeKey::Size { signed: true };
    /// `u8`
    U8 = 11: TypeKey::Int { bits: 8, signed: false };
    /// `u16`
    U16 = 12: TypeKey::Int { bits: 16, signed: false };
    /// `u32`
    U32 = 13: TypeKey::Int { bits: 32, signed: false };
    /// `u64`
    U64 = 14: TypeKey::Int { bits: 64, signed: false };
    /// `u128`
    U128 = 15: TypeKey::Int { bits: 128, signed: false };
    /// `usize`
    USIZE = 16: TypeKey::Size { signed: false };
    /// `f32`
    F32 = 17: TypeKey::Float { bits: 32 };
    /// `f64`
    F64 = 18: TypeKey::Float { bits: 64 };
    /// `str`
    STR = 19: TypeKey::Str;
    /// `type`
    TYPE = 20: TypeKey::Type;
    /// The type of modules.
    MODULE = 21: TypeKey::Module;
}

impl ValueId {
    /// `()`
    pub const UNIT: ValueId = ValueId(22);
    /// `false`
    pub const FALSE: ValueId = ValueId(23);
    /// `true`
    pub const TRUE: ValueId = ValueId(24);
    /// Stands for a value that could not be made out.
    pub const ERROR: ValueId = ValueId(25);

    /// `true` or `false`.
    pub fn bool(value: bool) -> ValueId {
        if value { ValueId::TRUE } else { ValueId::FALSE }
    }
}

impl Default for Pool {
    fn default() -> Self {
        Self::new()
    }
}

impl Pool {
    /// A pool that holds the primitive types and a few values under their constant ids.
    pub fn new() -> Self {
        let mut pool = Pool {
            keys: IndexSet::default(),
            declared: FxHashMap::default(),
            structs: FxHashMap::default(),
            enums: FxHashMap::default(),
            weights: FxHashMap::default(),
        };
        for (id, key) in PRIMITIVES {
            let made = pool.type_of_key(key.clone());
            assert_eq!(made, *id, "primitive types are listed in the order of their numbers");
        }
        assert_eq!(pool.value(ValueKey::Unit), ValueId::UNIT);
        assert_eq!(pool.scalar(TypeId::BOOL, 0), ValueId::FALSE);
        assert_eq!(pool.scalar(TypeId::BOOL, 1), ValueId::TRUE);
        assert_eq!(pool.value(ValueKey::Error), ValueId::ERROR);
        pool
    }

    /// How many types and values there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Never: primitives are always there.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// The type with this key.
    pub fn type_of_key(&mut self, key: TypeKey) -> TypeId {
        let weight = self.key_weight(&key);
        let ty = TypeId(self.intern(Key::Type(key)));
        if weight > 1 {
            self.weights.insert(ty, weight);
        }
        ty
    }

    /// How many types stand in a type when it is written out, itself included; named types count as one. Types that repeat their
    /// parts are exponentially heavier than the program that makes them, so whoever makes types of any shape looks at this.
    pub fn weight(&self, ty: TypeId) -> u32 {
        self.weights.get(&ty).copied().unwrap_or(1)
    }

    fn key_weight(&self, key: &TypeKey) -> u32 {
        let sum = |parts: &mut dyn Iterator<Item = TypeId>| {
            parts.fold(1, |sum: u32, part| sum.saturating_add(self.weight(part)))
        };
        match key {
            TypeKey::Array { elem, .. } | TypeKey::Slice { elem } => sum(&mut std::iter::once(*elem)),
            TypeKey::Ptr { pointee, .. } => sum(&mut std::iter::once(*pointee)),
            TypeKey::Tuple(parts) => sum(&mut parts.iter().copied()),
            TypeKey::AnonStruct { fields } => sum(&mut fields.iter().map(|(_, ty)| *ty)),
            TypeKey::AnonEnum { variants } => sum(&mut variants.iter().flat_map(|(_, parts)| parts.iter().copied())),
            TypeKey::Fn(ty) => sum(&mut ty.params.iter().map(|param| param.ty).chain([ty.ret])),
            _ => 1,
        }
    }

    /// The type with this key, if it was made already.
    pub fn find_type(&self, key: &TypeKey) -> Option<TypeId> {
        let index = self.keys.get_index_of(&Key::Type(key.clone()))?;
        Some(TypeId(ValueId(index as u32)))
    }

    /// The value with this key.
    pub fn value(&mut self, key: ValueKey) -> ValueId {
        self.intern(Key::Value(key))
    }

    fn intern(&mut self, key: Key) -> ValueId {
        ValueId(self.keys.insert_full(key).0 as u32)
    }

    /// What a type is.
    #[inline]
    pub fn key(&self, ty: TypeId) -> &TypeKey {
        match &self.keys[ty.index()] {
            Key::Type(key) => key,
            Key::Value(_) => unreachable!("a TypeId is made only for types"),
        }
    }

    /// What a value is; `None` if it is a type.
    #[inline]
    pub fn value_key(&self, value: ValueId) -> Option<&ValueKey> {
        match &self.keys[value.0 as usize] {
            Key::Value(key) => Some(key),
            Key::Type(_) => None,
        }
    }

    /// The value as a type, if it is one.
    #[inline]
    pub fn as_type(&self, value: ValueId) -> Option<TypeId> {
        matches!(self.keys[value.0 as usize], Key::Type(_)).then_some(TypeId(value))
    }

    /// The type of a value; `type` for types.
    pub fn type_of(&self, value: ValueId) -> TypeId {
        match &self.keys[value.0 as usize] {
            Key::Type(_) => TypeId::TYPE,
            Key::Value(key) => match key {
                ValueKey::Scalar { ty, .. }
                | ValueKey::Aggregate { ty, .. }
                | ValueKey::Bytes { ty, .. }
                | ValueKey::Variant { ty, .. }
                | ValueKey::Fn { ty, .. }
                | ValueKey::StaticPtr { ty, .. }
                | ValueKey::RawPtr { ty, .. } => *ty,
                ValueKey::Unit => TypeId::UNIT,
                ValueKey::Str(_) => TypeId::STR,
                ValueKey::Module(_) => TypeId::MODULE,
                ValueKey::Error => TypeId::ERROR,
            },
        }
    }

    /// A scalar value; `bits` as [`ValueKey::Scalar`] describes them: extended to 128 bits by the type's own sign.
    pub fn scalar(&mut self, ty: TypeId, bits: u128) -> ValueId {
        self.value(ValueKey::Scalar { ty, bits })
    }

    /// The bits of a scalar value.
    #[inline]
    pub fn scalar_bits(&self, value: ValueId) -> Option<u128> {
        match self.value_key(value)? {
            ValueKey::Scalar { bits, .. } => Some(*bits),
            _ => None,
        }
    }

    /// A `str` value.
    pub fn str(&mut self, text: &str) -> ValueId {
        self.value(ValueKey::Str(text.into()))
    }

    /// `[elem; len]`
    pub fn array(&mut self, elem: TypeId, len: u64) -> TypeId {
        self.type_of_key(TypeKey::Array { elem, len })
    }

    /// `[elem]`
    pub fn slice(&mut self, elem: TypeId) -> TypeId {
        self.type_of_key(TypeKey::Slice { elem })
    }

    /// `(parts…)`; no parts make `()`.
    pub fn tuple(&mut self, parts: &[TypeId]) -> TypeId {
        if parts.is_empty() { TypeId::UNIT } else { self.type_of_key(TypeKey::Tuple(parts.into())) }
    }

    /// `ptr const pointee`, `ptr mut pointee`
    pub fn ptr(&mut self, mutable: bool, pointee: TypeId) -> TypeId {
        self.type_of_key(TypeKey::Ptr { mutable, pointee })
    }

    /// A function type.
    pub fn fn_type(&mut self, ty: FnType) -> TypeId {
        self.type_of_key(TypeKey::Fn(ty))
    }

    /// A function as a value.
    pub fn fn_value(&mut self, ty: TypeId, func: FuncId) -> ValueId {
        self.value(ValueKey::Fn { ty, func })
    }

    /// Says how a struct or enum is called that is not defined yet.
    pub fn declare(&mut self, ty: TypeId, name: Box<str>) {
        self.declared.insert(ty, name);
    }

    /// How a struct or enum is called: as its definition says, or as it was declared.
    pub fn type_name(&self, ty: TypeId) -> Option<&str> {
        let name = match (self.structs.get(&ty), self.enums.get(&ty)) {
            (Some(def), _) => Some(&def.name),
            (_, Some(def)) => Some(&def.name),
            _ => self.declared.get(&ty),
        };
        name.map(|name| &**name)
    }

    /// Says what a struct consists of. Sema does it once a type.
    pub fn define_struct(&mut self, ty: TypeId, def: StructDef) {
        self.structs.insert(ty, def);
    }

    /// Says what an enum consists of. Sema does it once a type.
    pub fn define_enum(&mut self, ty: TypeId, def: EnumDef) {
        self.enums.insert(ty, def);
    }

    /// The definition of a struct that sema has completed.
    #[inline]
    pub fn struct_def(&self, ty: TypeId) -> Option<&StructDef> {
        self.structs.get(&ty)
    }

    /// The definition of an enum that sema has completed.
    #[inline]
    pub fn enum_def(&self, ty: TypeId) -> Option<&EnumDef> {
        self.enums.get(&ty)
    }

    /// For late additions, such as a destructor found after the fields.
    pub fn struct_def_mut(&mut self, ty: TypeId) -> Option<&mut StructDef> {
        self.structs.get_mut(&ty)
    }

    /// For late additions, such as a destructor found after the variants.
    pub fn enum_def_mut(&mut self, ty: TypeId) -> Option<&mut EnumDef> {
        self.enums.get_mut(&ty)
    }

    /// Width and signedness of an integer type on a target; `None` for other types.
    pub fn int_type(&self, ty: TypeId, target: &Target) -> Option<IntType> {
        match *self.key(ty) {
            TypeKey::Int { bits, signed } => Some(IntType { bits, signed }),
            TypeKey::Size { signed } => Some(IntType { bits: target.pointer_bits(), signed }),
            _ => None,
        }
    }

    /// Whether the type is one of the integers.
    pub fn is_int(&self, ty: TypeId) -> bool {
        matches!(self.key(ty), TypeKey::Int { .. } | TypeKey::Size { .. })
    }

    /// Whether the type is an integer that can be negative.
    pub fn is_signed(&self, ty: TypeId) -> bool {
        matches!(self.key(ty), TypeKey::Int { signed: true, .. } | TypeKey::Size { signed: true })
    }

    /// Whether the type is `f32` or `f64`.
    pub fn is_float(&self, ty: TypeId) -> bool {
        matches!(self.key(ty), TypeKey::Float { .. })
    }

    /// Element type of an array or slice, and the length of an array.
    pub fn elem(&self, ty: TypeId) -> Option<(TypeId, Option<u64>)> {
        match *self.key(ty) {
            TypeKey::Array { elem, len } => Some((elem, Some(len))),
            TypeKey::Slice { elem } => Some((elem, None)),
            TypeKey::Str => Some((TypeId::U8, None)),
            _ => None,
        }
    }

    /// Whether values of the type have no size of their own: `[T]` and `str`.
    pub fn is_unsized(&self, ty: TypeId) -> bool {
        matches!(self.key(ty), TypeKey::Slice { .. } | TypeKey::Str)
    }

    /// How many fields a struct or tuple has.
    pub fn field_count(&self, ty: TypeId) -> Option<usize> {
        match self.key(ty) {
            TypeKey::Tuple(parts) => Some(parts.len()),
            TypeKey::Struct { .. } | TypeKey::AnonStruct { .. } => Some(self.struct_def(ty)?.fields.len()),
            _ => None,
        }
    }

    /// Type of a struct's or tuple's field.
    pub fn field_type(&self, ty: TypeId, index: usize) -> Option<TypeId> {
        match self.key(ty) {
            TypeKey::Tuple(parts) => parts.get(index).copied(),
            TypeKey::Struct { .. } | TypeKey::AnonStruct { .. } => Some(self.struct_def(ty)?.fields.get(index)?.ty),
            _ => None,
        }
    }

    /// Name of a struct's field; tuples' fields have none.
    pub fn field_name(&self, ty: TypeId, index: usize) -> Option<Symbol> {
        Some(self.struct_def(ty)?.fields.get(index)?.name)
    }

    /// What using and forgetting a value of the type does.
    pub fn ownership(&self, ty: TypeId) -> Ownership {
        match self.key(ty) {
            TypeKey::Array { elem, .. } => self.ownership(*elem),
            TypeKey::Tuple(parts) => parts.iter().map(|part| self.ownership(*part)).max().unwrap_or(Ownership::Copy),
            TypeKey::Struct { .. } | TypeKey::AnonStruct { .. } => {
                self.struct_def(ty).map_or(Ownership::Affine, |def| def.ownership)
            }
            TypeKey::Enum { .. } | TypeKey::AnonEnum { .. } => {
                self.enum_def(ty).map_or(Ownership::Affine, |def| def.ownership)
            }
            TypeKey::Slice { .. } | TypeKey::Str => Ownership::Affine,
            _ => Ownership::Copy,
        }
    }

    /// Sets what happens to values of a struct or enum that was defined.
    pub fn set_ownership(&mut self, ty: TypeId, ownership: Ownership) {
        if let Some(def) = self.structs.get_mut(&ty) {
            def.ownership = ownership;
        }
        if let Some(def) = self.enums.get_mut(&ty) {
            def.ownership = ownership;
        }
    }

    /// Whether using a value copies it.
    pub fn is_copy(&self, ty: TypeId) -> bool {
        self.ownership(ty) == Ownership::Copy
    }

    /// Whether a value of the type itself has to be consumed, not only some of its parts.
    pub fn is_linear_itself(&self, ty: TypeId) -> bool {
        let is_linear = |ty| self.ownership(ty) == Ownership::Linear;
        if !is_linear(ty) {
            return false;
        }
        match self.key(ty) {
            TypeKey::Struct { .. } | TypeKey::AnonStruct { .. } => {
                self.struct_def(ty).is_some_and(|def| !def.fields.iter().any(|field| is_linear(field.ty)))
            }
            TypeKey::Enum { .. } | TypeKey::AnonEnum { .. } => self.enum_def(ty).is_some_and(|def| {
                !def.variants.iter().flat_map(|variant| &variant.fields).any(|field| is_linear(field.ty))
            }),
            _ => false,
        }
    }

    /// A struct's or enum's own `drop fn`.
    pub fn destructor(&self, ty: TypeId) -> Option<FuncId> {
        match self.key(ty) {
            TypeKey::Struct { .. } | TypeKey::AnonStruct { .. } => self.struct_def(ty)?.destructor,
            TypeKey::Enum { .. } | TypeKey::AnonEnum { .. } => self.enum_def(ty)?.destructor,
            _ => None,
        }
    }

    /// Whether dropping a value of the type runs a destructor somewhere inside.
    pub fn needs_drop(&self, ty: TypeId) -> bool {
        let mut work: SmallVec<[TypeId; 8]> = SmallVec::new();
        work.push(ty);
        // Small types are looked through without a note of what was seen; of larger ones each part once.
        let (mut steps, mut seen) = (0, FxHashSet::default());
        while let Some(ty) = work.pop() {
            steps += 1;
            if steps > SMALL && !seen.insert(ty) {
                continue;
            }
            match self.key(ty) {
                TypeKey::Array { elem, len } if *len > 0 => work.push(*elem),
                TypeKey::Tuple(parts) => work.extend_from_slice(parts),
                TypeKey::Struct { .. } | TypeKey::AnonStruct { .. } => {
                    let Some(def) = self.struct_def(ty).filter(|def| def.ownership != Ownership::Copy) else {
                        continue;
                    };
                    if def.destructor.is_some() {
                        return true;
                    }
                    work.extend(def.fields.iter().map(|field| field.ty));
                }
                TypeKey::Enum { .. } | TypeKey::AnonEnum { .. } => {
                    let Some(def) = self.enum_def(ty).filter(|def| def.ownership != Ownership::Copy) else { continue };
                    if def.destructor.is_some() {
                        return true;
                    }
                    work.extend(def.variants.iter().flat_map(|variant| &variant.fields).map(|field| field.ty));
                }
                _ => {}
            }
        }
        false
    }
}

/// How many parts a type is walked through without remembering which.
const SMALL: u32 = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_keys_have_equal_ids() {
        let mut pool = Pool::new();
        let a = pool.tuple(&[TypeId::I32, TypeId::BOOL]);
        let b = pool.tuple(&[TypeId::I32, TypeId::BOOL]);
        let c = pool.tuple(&[TypeId::BOOL, TypeId::I32]);
        assert_eq!(a, b);
        assert_ne!(a, c);
        assert_eq!(pool.tuple(&[]), TypeId::UNIT);
        assert_ne!(pool.scalar(TypeId::I32, 1), pool.scalar(TypeId::U32, 1));
        assert_eq!(pool.type_of(a.as_value()), TypeId::TYPE);
    }
}
