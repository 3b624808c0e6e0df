//! Constants, with their types, in full.

use super::Printer;
use super::line::variant_name;
use kiln_types::{TypeId, TypeKey, ValueId, ValueKey};
use std::fmt::Write;

impl Printer<'_> {
    pub(super) fn constant(&self, value: ValueId) -> String {
        let pool = self.cx.pool;
        if let Some(ty) = pool.as_type(value) {
            return format!("type {}", self.type_name(ty));
        }
        match pool.value_key(value).expect("what is no type is a value") {
            ValueKey::Scalar { ty, bits } => self.scalar(*ty, *bits),
            ValueKey::Unit => "()".to_owned(),
            ValueKey::Aggregate { ty, parts } => format!("{} {{{}}}", self.type_name(*ty), self.constants(parts)),
            ValueKey::Bytes { ty, bytes } => {
                let mut text = format!("{} b\"", self.type_name(*ty));
                for byte in bytes {
                    match byte {
                        b'"' | b'\\' => text.extend(['\\', char::from(*byte)]),
                        b' '..=b'~' => text.push(char::from(*byte)),
                        _ => {
                            let _ = write!(text, "\\x{byte:02x}");
                        }
                    }
                }
                text.push('"');
                text
            }
            ValueKey::Variant { ty, variant, parts } => {
                let name = variant_name(&self.cx, Some(*ty), *variant);
                format!("{}::{name} {{{}}}", self.type_name(*ty), self.constants(parts))
            }
            ValueKey::Str(text) => format!("{text:?}"),
            ValueKey::Fn { ty, func } => format!("fn {} as {}", (self.cx.funcs)(*func), self.type_name(*ty)),
            ValueKey::StaticPtr { ty, data, offset, len } => {
                let len = len.map_or(String::new(), |len| format!("[{len}]"));
                format!("&{data}+{offset}{len} as {}", self.type_name(*ty))
            }
            ValueKey::RawPtr { ty, address } => format!("{address:#x} as {}", self.type_name(*ty)),
            ValueKey::Module(module) => format!("{module}"),
            ValueKey::Error => "error".to_owned(),
        }
    }

    fn constants(&self, parts: &[ValueId]) -> String {
        let parts: Vec<String> = parts.iter().map(|part| self.constant(*part)).collect();
        parts.join(", ")
    }

    /// A scalar with its type.
    fn scalar(&self, ty: TypeId, bits: u128) -> String {
        match self.cx.pool.key(ty) {
            TypeKey::Bool | TypeKey::Char => self.bits(ty, bits),
            TypeKey::Enum { .. } | TypeKey::AnonEnum { .. } => {
                let variants = self.cx.pool.enum_def(ty).map_or(&[][..], |def| &def.variants);
                match variants.iter().find(|variant| variant.discriminant == bits) {
                    Some(variant) => format!("{}::{}", self.type_name(ty), self.cx.names.name(variant.name)),
                    None => format!("{bits}_{}", self.type_name(ty)),
                }
            }
            _ => format!("{}_{}", self.bits(ty, bits), self.type_name(ty)),
        }
    }

    /// The bits of a scalar as a number, char or bool, without the type.
    pub(super) fn bits(&self, ty: TypeId, bits: u128) -> String {
        let float = |value: f64, text: String| match value {
            value if value.is_nan() => format!("nan.{bits:x}"),
            value if value.is_infinite() => if value > 0.0 { "inf" } else { "-inf" }.to_owned(),
            _ => text,
        };
        match self.cx.pool.key(ty) {
            TypeKey::Bool if bits < 2 => (bits == 1).to_string(),
            TypeKey::Char => match u32::try_from(bits).ok().and_then(char::from_u32) {
                Some(char) => format!("{char:?}"),
                None => bits.to_string(),
            },
            TypeKey::Float { bits: 32 } => {
                let value = f32::from_bits(bits as u32);
                float(f64::from(value), format!("{value:?}"))
            }
            TypeKey::Float { .. } => {
                let value = f64::from_bits(bits as u64);
                float(value, format!("{value:?}"))
            }
            TypeKey::Int { signed: true, .. } | TypeKey::Size { signed: true } => (bits as i128).to_string(),
            _ => bits.to_string(),
        }
    }
}
