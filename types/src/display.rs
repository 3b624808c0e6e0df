//! How types and values are written in messages and dumps.

use crate::{Pool, TypeId, TypeKey, ValueId, ValueKey};
use kiln_source::Interner;
use std::cell::Cell;
use std::fmt::{self, Formatter, Result};

/// Writes a type as Kiln spells it. Of huge types only the first parts are shown.
#[derive(Clone, Copy)]
pub struct DisplayType<'a> {
    pool: &'a Pool,
    names: &'a Interner,
    ty: TypeId,
}

/// Writes a value as an expression that a reader understands; long arrays are shortened with their length, huge values to their
/// first parts.
#[derive(Clone, Copy)]
pub struct DisplayValue<'a> {
    pool: &'a Pool,
    names: &'a Interner,
    value: ValueId,
}

impl Pool {
    /// The type as Kiln spells it.
    pub fn display<'a>(&'a self, ty: TypeId, names: &'a Interner) -> DisplayType<'a> {
        DisplayType { pool: self, names, ty }
    }

    /// The value as an expression.
    pub fn display_value<'a>(&'a self, value: ValueId, names: &'a Interner) -> DisplayValue<'a> {
        DisplayValue { pool: self, names, value }
    }
}

impl fmt::Display for DisplayType<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        Writer::new(self.pool, self.names).ty(f, self.ty, 0)
    }
}

impl fmt::Display for DisplayValue<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        Writer::new(self.pool, self.names).value(f, self.value, 0)
    }
}

/// Array elements shown before the rest is summed up.
const SHOWN_ELEMENTS: usize = 16;

/// Parts shown in all: types can be exponentially larger than the programs that make them.
const SHOWN_PARTS: u32 = 64;

/// How deep parts within parts are shown.
const SHOWN_DEPTH: u32 = 24;

struct Writer<'a> {
    pool: &'a Pool,
    names: &'a Interner,
    /// Parts that may still be shown.
    room: Cell<u32>,
}

impl<'a> Writer<'a> {
    fn new(pool: &'a Pool, names: &'a Interner) -> Self {
        Writer { pool, names, room: Cell::new(SHOWN_PARTS) }
    }

    /// Whether there is room for one part more.
    fn has_room(&self, depth: u32) -> bool {
        let room = self.room.get();
        self.room.set(room.saturating_sub(1));
        room > 0 && depth < SHOWN_DEPTH
    }

    /// Writes parts with commas between them, as long as there is room.
    fn list<T>(
        &self,
        f: &mut Formatter<'_>,
        parts: impl IntoIterator<Item = T>,
        mut write: impl FnMut(&mut Formatter<'_>, T) -> Result,
    ) -> Result {
        for (index, part) in parts.into_iter().enumerate() {
            f.write_str(if index > 0 { ", " } else { "" })?;
            if self.room.get() == 0 {
                return f.write_str("…");
            }
            write(f, part)?;
        }
        Ok(())
    }

    fn ty(&self, f: &mut Formatter<'_>, ty: TypeId, depth: u32) -> Result {
        if !self.has_room(depth) {
            return f.write_str("…");
        }
        let inner = depth + 1;
        match self.pool.key(ty) {
            TypeKey::Error => f.write_str("{unknown}"),
            TypeKey::Never => f.write_str("!"),
            TypeKey::Unit => f.write_str("()"),
            TypeKey::Bool => f.write_str("bool"),
            TypeKey::Char => f.write_str("char"),
            TypeKey::Int { bits, signed } => write!(f, "{}{bits}", if *signed { 'i' } else { 'u' }),
            TypeKey::Size { signed } => f.write_str(if *signed { "isize" } else { "usize" }),
            TypeKey::Float { bits } => write!(f, "f{bits}"),
            TypeKey::Str => f.write_str("str"),
            TypeKey::Type => f.write_str("type"),
            TypeKey::Module => f.write_str("{module}"),
            TypeKey::InferInt(_) => f.write_str("{integer}"),
            TypeKey::InferFloat(_) => f.write_str("{float}"),
            TypeKey::Array { elem, len } => {
                f.write_str("[")?;
                self.ty(f, *elem, inner)?;
                write!(f, "; {len}]")
            }
            TypeKey::Slice { elem } => {
                f.write_str("[")?;
                self.ty(f, *elem, inner)?;
                f.write_str("]")
            }
            TypeKey::Tuple(parts) => {
                f.write_str("(")?;
                self.list(f, parts, |f, part| self.ty(f, *part, inner))?;
                f.write_str(if parts.len() == 1 { ",)" } else { ")" })
            }
            TypeKey::Struct { .. } => f.write_str(self.pool.type_name(ty).unwrap_or("{struct}")),
            TypeKey::Enum { .. } => f.write_str(self.pool.type_name(ty).unwrap_or("{enum}")),
            TypeKey::AnonStruct { fields } => {
                f.write_str("struct { ")?;
                self.list(f, fields, |f, (name, ty)| {
                    write!(f, "{}: ", self.names.name(*name))?;
                    self.ty(f, *ty, inner)
                })?;
                f.write_str(if fields.is_empty() { "}" } else { " }" })
            }
            TypeKey::AnonEnum { variants } => {
                f.write_str("enum { ")?;
                self.list(f, variants, |f, (name, parts)| {
                    f.write_str(self.names.name(*name))?;
                    if parts.is_empty() {
                        return Ok(());
                    }
                    f.write_str("(")?;
                    self.list(f, parts, |f, part| self.ty(f, *part, inner))?;
                    f.write_str(")")
                })?;
                f.write_str(if variants.is_empty() { "}" } else { " }" })
            }
            TypeKey::Ptr { mutable, pointee } => {
                f.write_str(if *mutable { "ptr mut " } else { "ptr const " })?;
                self.ty(f, *pointee, inner)
            }
            TypeKey::Fn(ty) => {
                f.write_str(if ty.foreign { "extern \"C\" fn(" } else { "fn(" })?;
                self.list(f, &ty.params, |f, param| {
                    f.write_str(param.mode.prefix())?;
                    self.ty(f, param.ty, inner)
                })?;
                f.write_str(")")?;
                if ty.ret == TypeId::UNIT {
                    return Ok(());
                }
                f.write_str(" -> ")?;
                self.ty(f, ty.ret, inner)
            }
        }
    }

    fn value(&self, f: &mut Formatter<'_>, value: ValueId, depth: u32) -> Result {
        if let Some(ty) = self.pool.as_type(value) {
            return self.ty(f, ty, depth);
        }
        if !self.has_room(depth) {
            return f.write_str("…");
        }
        match self.pool.value_key(value).expect("what is no type is a value") {
            ValueKey::Scalar { ty, bits } => self.scalar(f, *ty, *bits),
            ValueKey::Unit => f.write_str("()"),
            ValueKey::Aggregate { ty, parts } => self.aggregate(f, *ty, parts, depth),
            ValueKey::Bytes { bytes, .. } => {
                f.write_str("[")?;
                self.list(f, bytes.iter().take(SHOWN_ELEMENTS), |f, byte| write!(f, "{byte}"))?;
                self.rest(f, bytes.len())?;
                f.write_str("]")
            }
            ValueKey::Variant { ty, variant, parts } => self.variant(f, *ty, *variant, parts, depth),
            ValueKey::Str(text) => write!(f, "{text:?}"),
            ValueKey::Fn { func, .. } => write!(f, "{{function {func}}}"),
            ValueKey::StaticPtr { data, offset, .. } => write!(f, "{{pointer to {data}+{offset}}}"),
            ValueKey::RawPtr { address, .. } => write!(f, "{{pointer {address:#x}}}"),
            ValueKey::Module(module) => write!(f, "{{{module}}}"),
            ValueKey::Error => f.write_str("{unknown}"),
        }
    }

    fn scalar(&self, f: &mut Formatter<'_>, ty: TypeId, bits: u128) -> Result {
        match self.pool.key(ty) {
            TypeKey::Bool => write!(f, "{}", bits != 0),
            TypeKey::Char => write!(f, "{:?}", char::from_u32(bits as u32).unwrap_or(char::REPLACEMENT_CHARACTER)),
            TypeKey::Float { bits: 32 } => write!(f, "{:?}", f32::from_bits(bits as u32)),
            TypeKey::Float { .. } => write!(f, "{:?}", f64::from_bits(bits as u64)),
            TypeKey::Int { signed: true, .. } | TypeKey::Size { signed: true } => write!(f, "{}", bits as i128),
            TypeKey::Enum { .. } | TypeKey::AnonEnum { .. } => {
                let def = self.pool.enum_def(ty).expect("values exist only of completed types");
                match def.variants.iter().find(|variant| variant.discriminant == bits) {
                    Some(variant) => write!(f, "{}::{}", def.name, self.names.name(variant.name)),
                    None => write!(f, "{}::{{{bits}}}", def.name),
                }
            }
            _ => write!(f, "{bits}"),
        }
    }

    fn values(&self, f: &mut Formatter<'_>, parts: &[ValueId], depth: u32) -> Result {
        self.list(f, parts.iter().take(SHOWN_ELEMENTS), |f, part| self.value(f, *part, depth + 1))?;
        self.rest(f, parts.len())
    }

    /// Says how many elements there are if not all are shown.
    fn rest(&self, f: &mut Formatter<'_>, count: usize) -> Result {
        if count > SHOWN_ELEMENTS { write!(f, ", … {count} in all") } else { Ok(()) }
    }

    fn aggregate(&self, f: &mut Formatter<'_>, ty: TypeId, parts: &[ValueId], depth: u32) -> Result {
        match self.pool.key(ty) {
            TypeKey::Array { .. } => {
                f.write_str("[")?;
                self.values(f, parts, depth)?;
                f.write_str("]")
            }
            TypeKey::Tuple(_) => {
                f.write_str("(")?;
                self.values(f, parts, depth)?;
                f.write_str(if parts.len() == 1 { ",)" } else { ")" })
            }
            _ => {
                self.ty(f, ty, depth)?;
                f.write_str(" { ")?;
                self.list(f, parts.iter().enumerate(), |f, (index, part)| {
                    let name = self.pool.field_name(ty, index).map_or("?", |name| self.names.name(name));
                    write!(f, "{name}: ")?;
                    self.value(f, *part, depth + 1)
                })?;
                f.write_str(if parts.is_empty() { "}" } else { " }" })
            }
        }
    }

    fn variant(&self, f: &mut Formatter<'_>, ty: TypeId, variant: u32, parts: &[ValueId], depth: u32) -> Result {
        let def = self.pool.enum_def(ty).expect("values exist only of completed types");
        write!(f, "{}::{}", def.name, self.names.name(def.variants[variant as usize].name))?;
        if parts.is_empty() {
            return Ok(());
        }
        f.write_str("(")?;
        self.values(f, parts, depth)?;
        f.write_str(")")
    }
}
