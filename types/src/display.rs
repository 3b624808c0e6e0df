//! How types and values are written in messages and dumps.

use crate::{Pool, TypeId, TypeKey, ValueId, ValueKey};
use kiln_source::Interner;
use std::fmt;

/// Writes a type as Kiln spells it.
#[derive(Clone, Copy)]
pub struct DisplayType<'a> {
    pool: &'a Pool,
    names: &'a Interner,
    ty: TypeId,
}

/// Writes a value as an expression that a reader understands; long arrays are shortened with their length.
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
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let show = |ty: TypeId| DisplayType { ty, ..*self };
        match self.pool.key(self.ty) {
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
            TypeKey::Array { elem, len } => write!(f, "[{}; {len}]", show(*elem)),
            TypeKey::Slice { elem } => write!(f, "[{}]", show(*elem)),
            TypeKey::Tuple(parts) => {
                f.write_str("(")?;
                for (index, part) in parts.iter().enumerate() {
                    write!(f, "{}{}", if index > 0 { ", " } else { "" }, show(*part))?;
                }
                f.write_str(if parts.len() == 1 { ",)" } else { ")" })
            }
            TypeKey::Struct { .. } => match self.pool.struct_def(self.ty) {
                Some(def) => f.write_str(&def.name),
                None => f.write_str("{struct}"),
            },
            TypeKey::Enum { .. } => match self.pool.enum_def(self.ty) {
                Some(def) => f.write_str(&def.name),
                None => f.write_str("{enum}"),
            },
            TypeKey::AnonStruct { fields } => {
                f.write_str("struct {")?;
                for (index, (name, ty)) in fields.iter().enumerate() {
                    write!(f, "{} {}: {}", if index > 0 { "," } else { "" }, self.names.name(*name), show(*ty))?;
                }
                f.write_str(" }")
            }
            TypeKey::AnonEnum { variants } => {
                f.write_str("enum {")?;
                for (index, (name, parts)) in variants.iter().enumerate() {
                    write!(f, "{} {}", if index > 0 { "," } else { "" }, self.names.name(*name))?;
                    for (at, part) in parts.iter().enumerate() {
                        write!(f, "{}{}", if at > 0 { ", " } else { "(" }, show(*part))?;
                    }
                    f.write_str(if parts.is_empty() { "" } else { ")" })?;
                }
                f.write_str(" }")
            }
            TypeKey::Ptr { mutable, pointee } => {
                write!(f, "ptr {} {}", if *mutable { "mut" } else { "const" }, show(*pointee))
            }
            TypeKey::Fn(ty) => {
                f.write_str(if ty.unchecked { "unchecked fn(" } else { "fn(" })?;
                for (index, param) in ty.params.iter().enumerate() {
                    write!(f, "{}{}{}", if index > 0 { ", " } else { "" }, param.mode.prefix(), show(param.ty))?;
                }
                f.write_str(")")?;
                if ty.ret == TypeId::UNIT { Ok(()) } else { write!(f, " -> {}", show(ty.ret)) }
            }
        }
    }
}

/// Array elements shown before the rest is summed up.
const SHOWN_ELEMENTS: usize = 16;

impl fmt::Display for DisplayValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(ty) = self.pool.as_type(self.value) {
            return self.pool.display(ty, self.names).fmt(f);
        }
        match self.pool.value_key(self.value).expect("what is no type is a value") {
            ValueKey::Scalar { ty, bits } => self.scalar(f, *ty, *bits),
            ValueKey::Unit => f.write_str("()"),
            ValueKey::Aggregate { ty, parts } => self.aggregate(f, *ty, parts),
            ValueKey::Bytes { bytes, .. } => {
                f.write_str("[")?;
                for (index, byte) in bytes.iter().take(SHOWN_ELEMENTS).enumerate() {
                    write!(f, "{}{byte}", if index > 0 { ", " } else { "" })?;
                }
                if bytes.len() > SHOWN_ELEMENTS {
                    write!(f, ", … {} in all", bytes.len())?;
                }
                f.write_str("]")
            }
            ValueKey::Variant { ty, variant, parts } => self.variant(f, *ty, *variant, parts),
            ValueKey::Str(text) => write!(f, "{text:?}"),
            ValueKey::Fn { func, .. } => write!(f, "{{function {func}}}"),
            ValueKey::StaticPtr { data, offset, .. } => write!(f, "{{pointer to {data}+{offset}}}"),
            ValueKey::RawPtr { address, .. } => write!(f, "{{pointer {address:#x}}}"),
            ValueKey::Module(module) => write!(f, "{{{module}}}"),
            ValueKey::Error => f.write_str("{unknown}"),
        }
    }
}

impl DisplayValue<'_> {
    fn part(&self, value: ValueId) -> Self {
        DisplayValue { value, ..*self }
    }

    fn scalar(&self, f: &mut fmt::Formatter<'_>, ty: TypeId, bits: u128) -> fmt::Result {
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

    fn list(&self, f: &mut fmt::Formatter<'_>, parts: &[ValueId]) -> fmt::Result {
        for (index, part) in parts.iter().take(SHOWN_ELEMENTS).enumerate() {
            write!(f, "{}{}", if index > 0 { ", " } else { "" }, self.part(*part))?;
        }
        if parts.len() > SHOWN_ELEMENTS { write!(f, ", … {} in all", parts.len()) } else { Ok(()) }
    }

    fn aggregate(&self, f: &mut fmt::Formatter<'_>, ty: TypeId, parts: &[ValueId]) -> fmt::Result {
        match self.pool.key(ty) {
            TypeKey::Array { .. } => {
                f.write_str("[")?;
                self.list(f, parts)?;
                f.write_str("]")
            }
            TypeKey::Tuple(_) => {
                f.write_str("(")?;
                self.list(f, parts)?;
                f.write_str(if parts.len() == 1 { ",)" } else { ")" })
            }
            _ => {
                write!(f, "{} {{", self.pool.display(ty, self.names))?;
                for (index, part) in parts.iter().enumerate() {
                    let name = self.pool.field_name(ty, index).map_or("?", |name| self.names.name(name));
                    write!(f, "{} {name}: {}", if index > 0 { "," } else { "" }, self.part(*part))?;
                }
                f.write_str(" }")
            }
        }
    }

    fn variant(&self, f: &mut fmt::Formatter<'_>, ty: TypeId, variant: u32, parts: &[ValueId]) -> fmt::Result {
        let def = self.pool.enum_def(ty).expect("values exist only of completed types");
        write!(f, "{}::{}", def.name, self.names.name(def.variants[variant as usize].name))?;
        if parts.is_empty() {
            return Ok(());
        }
        f.write_str("(")?;
        self.list(f, parts)?;
        f.write_str(")")
    }
}
