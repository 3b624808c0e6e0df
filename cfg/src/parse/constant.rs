//! Constants.

use super::cursor::Cursor;
use super::{FuncParser, Parsed};
use kiln_source::ModuleId;
use kiln_types::{StaticId, TypeId, TypeKey, ValueId, ValueKey};

impl FuncParser<'_, '_> {
    /// A constant, whose whole text this is.
    pub(super) fn constant(&mut self, text: &str) -> Parsed<ValueId> {
        let text = text.trim();
        match text {
            "()" => return Ok(ValueId::UNIT),
            "true" => return Ok(ValueId::TRUE),
            "false" => return Ok(ValueId::FALSE),
            "error" => return Ok(ValueId::ERROR),
            _ => {}
        }
        if let Some(ty) = text.strip_prefix("type ") {
            return Ok(self.type_named(ty)?.as_value());
        }
        if let Some(module) = text.strip_prefix("module")
            && let Ok(module) = module.parse()
        {
            return Ok(self.cx.pool.value(ValueKey::Module(ModuleId(module))));
        }
        if text.starts_with('"') {
            let (text, rest) = unescape(text)?;
            Cursor::new(rest).end()?;
            return Ok(self.cx.pool.str(&text));
        }
        if text.starts_with('\'') {
            let bits = char_bits(text)?;
            return Ok(self.cx.pool.scalar(TypeId::CHAR, bits));
        }
        if let Some(rest) = text.strip_prefix("fn ")
            && let Some((name, ty)) = rest.rsplit_once(" as ")
        {
            let ty = self.type_named(ty)?;
            let func = (self.cx.funcs)(name).ok_or_else(|| format!("there is no function `{name}`"))?;
            return Ok(self.cx.pool.fn_value(ty, func));
        }
        if let Some((value, ty)) = text.rsplit_once(" as ") {
            return self.pointer(value, ty);
        }
        if text.ends_with('}') || text.ends_with('"') {
            return self.aggregate(text);
        }
        if text.starts_with(|c: char| c.is_ascii_digit() || c == '-')
            || ["inf_f", "nan."].iter().any(|prefix| text.starts_with(prefix))
        {
            let (number, ty) = text.split_once('_').ok_or("expected the number's type")?;
            let ty = self.type_named(ty)?;
            let bits = self.bits(ty, number)?;
            return Ok(self.cx.pool.scalar(ty, bits));
        }
        let (ty, variant) = text.rsplit_once("::").ok_or_else(|| format!("`{text}` is no constant"))?;
        let ty = self.type_named(ty)?;
        let variant = self.variant_named(ty, variant)?;
        let bits = self.cx.pool.enum_def(ty).expect("a variant was found").variants[variant as usize].discriminant;
        Ok(self.cx.pool.scalar(ty, bits))
    }

    /// The bits of a scalar without its type.
    pub(super) fn bits(&self, ty: TypeId, text: &str) -> Parsed<u128> {
        let wrong = || format!("`{text}` is no scalar");
        if text.starts_with('\'') {
            return char_bits(text);
        }
        if let Some(bits) = text.strip_prefix("nan.") {
            return u128::from_str_radix(bits, 16).map_err(|_| wrong());
        }
        match (self.cx.pool.key(ty), text) {
            (_, "true") => Ok(1),
            (_, "false") => Ok(0),
            (TypeKey::Float { bits: 32 }, _) => {
                text.parse::<f32>().map(|value| value.to_bits().into()).map_err(|_| wrong())
            }
            (TypeKey::Float { .. }, _) => text.parse::<f64>().map(|value| value.to_bits().into()).map_err(|_| wrong()),
            (_, _) if text.starts_with('-') => text.parse::<i128>().map(|value| value as u128).map_err(|_| wrong()),
            _ => text.parse().map_err(|_| wrong()),
        }
    }

    fn pointer(&mut self, value: &str, ty: &str) -> Parsed<ValueId> {
        let ty = self.type_named(ty)?;
        if let Some(address) = value.strip_prefix("0x") {
            let address = u64::from_str_radix(address, 16).map_err(|_| format!("`{value}` is no address"))?;
            return Ok(self.cx.pool.value(ValueKey::RawPtr { ty, address }));
        }
        let mut cursor = Cursor::new(value);
        cursor.expect("&")?;
        let data = StaticId(cursor.id("s")?);
        cursor.expect("+")?;
        let number = |text: &str| text.parse::<u64>().map_err(|_| format!("`{text}` is no number"));
        let offset = number(cursor.word())?;
        let len = if cursor.eat("[") { Some(number(cursor.word())?) } else { None };
        if len.is_some() {
            cursor.expect("]")?;
        }
        cursor.end()?;
        Ok(self.cx.pool.value(ValueKey::StaticPtr { ty, data, offset, len }))
    }

    /// `TYPE {parts}`, `TYPE::Variant {parts}`, `TYPE b"bytes"`
    fn aggregate(&mut self, text: &str) -> Parsed<ValueId> {
        if let Some((ty, bytes)) = text.split_once(" b\"") {
            let ty = self.type_named(ty)?;
            let bytes = unescape_bytes(bytes.strip_suffix('"').ok_or("expected `\"`")?)?;
            return Ok(self.cx.pool.value(ValueKey::Bytes { ty, bytes: bytes.into() }));
        }
        let open = super::cursor::scan(text, |at, _| text[at..].starts_with(" {") && !text[..at].ends_with("struct"));
        let (head, parts) = text.split_at_checked(open).ok_or("expected `{`")?;
        let parts = parts.trim().strip_prefix('{').and_then(|parts| parts.strip_suffix('}')).ok_or("expected `{`")?;
        let mut cursor = Cursor::new(parts);
        let mut values = Vec::new();
        while !cursor.is_empty() {
            values.push(self.constant(cursor.until(&[',']))?);
            if !cursor.eat(",") {
                break;
            }
        }
        cursor.end()?;
        let parts = values.into();
        if let Ok(ty) = self.type_named(head) {
            return Ok(self.cx.pool.value(ValueKey::Aggregate { ty, parts }));
        }
        let (ty, variant) = head.rsplit_once("::").ok_or_else(|| format!("there is no type `{head}`"))?;
        let ty = self.type_named(ty)?;
        let variant = self.variant_named(ty, variant)?;
        Ok(self.cx.pool.value(ValueKey::Variant { ty, variant, parts }))
    }

    /// The index of a variant.
    pub(super) fn variant_named(&self, ty: TypeId, name: &str) -> Parsed<u32> {
        let variants = self.cx.pool.enum_def(ty).map_or(&[][..], |def| &def.variants);
        let named = variants.iter().position(|variant| self.cx.names.name(variant.name) == name);
        let numbered = || name.parse().ok().filter(|index| *index < variants.len());
        let found = named.or_else(numbered).ok_or_else(|| format!("there is no variant `{name}`"))?;
        Ok(found as u32)
    }
}

/// A text in quotes, and what stands behind it.
pub(super) fn unescape(text: &str) -> Parsed<(String, &str)> {
    let quote = text.chars().next().ok_or("expected a quote")?;
    let mut out = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            _ if c == quote => return Ok((out, &text[at + 1..])),
            '\\' => match chars.next().map(|escape| escape.1) {
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some('r') => out.push('\r'),
                Some('0') => out.push('\0'),
                Some('u') => {
                    let hex: String = chars.by_ref().skip(1).map(|hex| hex.1).take_while(|c| *c != '}').collect();
                    let char = u32::from_str_radix(&hex, 16).ok().and_then(char::from_u32);
                    out.push(char.ok_or("there is no such character")?);
                }
                Some(other) => out.push(other),
                None => break,
            },
            _ => out.push(c),
        }
    }
    Err("the text has no end".to_owned())
}

fn char_bits(text: &str) -> Parsed<u128> {
    let (text, rest) = unescape(text)?;
    Cursor::new(rest).end()?;
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(char), None) => Ok(u128::from(u32::from(char))),
        _ => Err("expected one character".to_owned()),
    }
}

fn unescape_bytes(text: &str) -> Parsed<Vec<u8>> {
    let mut out = Vec::new();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'\\' => match bytes.next() {
                Some(b'x') => {
                    let digits =
                        [bytes.next(), bytes.next()].map(|digit| digit.and_then(|d| char::from(d).to_digit(16)));
                    let [Some(high), Some(low)] = digits else { return Err("expected two hex digits".to_owned()) };
                    (high * 16 + low) as u8
                }
                Some(other) => other,
                None => return Err("the bytes have no end".to_owned()),
            },
            _ => byte,
        });
    }
    Ok(out)
}
