//! Types: by their names in the pool, else by their structure.

use super::cursor::Cursor;
use super::{FuncParser, Parsed};
use kiln_types::{FnType, FnTypeParam, ParamMode, TypeId};

const PRIMITIVES: [(&str, TypeId); 21] = [
    ("!", TypeId::NEVER),
    ("()", TypeId::UNIT),
    ("bool", TypeId::BOOL),
    ("char", TypeId::CHAR),
    ("i8", TypeId::I8),
    ("i16", TypeId::I16),
    ("i32", TypeId::I32),
    ("i64", TypeId::I64),
    ("i128", TypeId::I128),
    ("isize", TypeId::ISIZE),
    ("u8", TypeId::U8),
    ("u16", TypeId::U16),
    ("u32", TypeId::U32),
    ("u64", TypeId::U64),
    ("u128", TypeId::U128),
    ("usize", TypeId::USIZE),
    ("f32", TypeId::F32),
    ("f64", TypeId::F64),
    ("str", TypeId::STR),
    ("type", TypeId::TYPE),
    ("{module}", TypeId::MODULE),
];

impl FuncParser<'_, '_> {
    /// The type with this spelling.
    pub(super) fn type_named(&mut self, name: &str) -> Parsed<TypeId> {
        let name = name.trim();
        if let Some(ty) = self.cx.types.find(name) {
            return Ok(ty);
        }
        if let Some((_, ty)) = PRIMITIVES.iter().find(|known| known.0 == name) {
            return Ok(*ty);
        }
        let unknown = || format!("there is no type `{name}`");
        let inside = |open, close| name.strip_prefix(open).and_then(|rest: &str| rest.strip_suffix(close));
        if let Some(inner) = inside("[", "]") {
            let mut cursor = Cursor::new(inner);
            let elem = self.type_named(cursor.until(&[';']))?;
            if !cursor.eat(";") {
                return Ok(self.cx.pool.slice(elem));
            }
            return Ok(self.cx.pool.array(elem, cursor.rest().parse().map_err(|_| unknown())?));
        }
        if let Some(inner) = inside("(", ")") {
            let parts = self.type_list(inner)?;
            return Ok(self.cx.pool.tuple(&parts));
        }
        for (prefix, mutable) in [("ptr const ", false), ("ptr mut ", true)] {
            if let Some(pointee) = name.strip_prefix(prefix) {
                let pointee = self.type_named(pointee)?;
                return Ok(self.cx.pool.ptr(mutable, pointee));
            }
        }
        match name.strip_prefix("extern \"C\" fn(") {
            Some(rest) => self.fn_type(rest, true),
            None => self.fn_type(name.strip_prefix("fn(").ok_or_else(unknown)?, false),
        }
    }

    fn type_list(&mut self, text: &str) -> Parsed<Vec<TypeId>> {
        let mut cursor = Cursor::new(text);
        let mut types = Vec::new();
        while !cursor.is_empty() {
            types.push(self.type_named(cursor.until(&[',']))?);
            if !cursor.eat(",") {
                break;
            }
        }
        cursor.end()?;
        Ok(types)
    }

    /// A function type behind its opening parenthesis.
    fn fn_type(&mut self, rest: &str, foreign: bool) -> Parsed<TypeId> {
        let mut cursor = Cursor::new(rest);
        let mut params = Vec::new();
        while !cursor.eat(")") {
            let mode = match (cursor.eat("borrow "), cursor.eat("inout ")) {
                (true, _) => ParamMode::Borrow,
                (_, true) => ParamMode::Inout,
                _ => ParamMode::Own,
            };
            params.push(FnTypeParam { mode, ty: self.type_named(cursor.until(&[',']))? });
            cursor.eat(",");
        }
        let ret = if cursor.eat("->") { self.type_named(cursor.rest())? } else { TypeId::UNIT };
        Ok(self.cx.pool.fn_type(FnType { params: params.into(), ret, foreign }))
    }
}
