//! Instructions, terminators, places, operands.

use super::cursor::{Cursor, split_group};
use super::{FuncParser, Parsed};
use crate::{
    Arg, BinOp, Builtin, Call, Callee, CastKind, Check, Local, LocalKind, Operand, Panic, Place, PlaceBase, PlaceType,
    Proj, Rvalue, Stmt, Terminator, UnOp, UseKind,
};
use kiln_source::{DeclId, Idx};
use kiln_types::{StaticId, TypeId};

/// Reasons that are written in quotes.
const REASONS: [Panic; 7] = [
    Panic::Overflow,
    Panic::DivisionByZero,
    Panic::OutOfBounds,
    Panic::CastOverflow,
    Panic::ShiftOverflow,
    Panic::AssertionFailed,
    Panic::Unreachable,
];

/// What a declaration says: type, kind, mutable.
type Declared = (TypeId, LocalKind, bool);

impl FuncParser<'_, '_> {
    /// `let mut _3: u32`, or a local alone.
    pub(super) fn declaration(&mut self, cursor: &mut Cursor<'_>) -> Parsed<(Local, Option<Declared>)> {
        let (mut kind, mut mutable, mut declares) = (LocalKind::Temp, false, true);
        if cursor.eat("let ") {
            mutable = cursor.eat("mut ");
            kind = LocalKind::User;
        } else if cursor.eat("alias ") {
            kind = LocalKind::Alias { mutable: cursor.eat("mut ") };
        } else {
            declares = false;
        }
        let local = cursor.local()?;
        if !declares && !cursor.rest().starts_with(':') {
            return Ok((local, None));
        }
        cursor.expect(":")?;
        let ty = self.type_named(cursor.until(&['=']))?;
        Ok((local, Some((ty, kind, mutable))))
    }

    pub(super) fn terminator(&mut self, line: &str) -> Parsed<Option<Terminator>> {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let mut cursor = Cursor::new(rest);
        let term = match word {
            "jump" => Terminator::Jump(cursor.block()?),
            "branch" => {
                let cond = self.operand(cursor.until(&[',']))?;
                cursor.expect(",")?;
                let then = cursor.block()?;
                cursor.expect(",")?;
                Terminator::Branch { cond, then, else_: cursor.block()? }
            }
            "switch" => self.switch(&mut cursor)?,
            "return" => Terminator::Return,
            "unreachable" => Terminator::Unreachable,
            "panic" => {
                let text = cursor.skip(cursor.rest().len());
                let reason = REASONS.into_iter().find(|reason| text == format!("{:?}", reason.reason()));
                match reason {
                    Some(reason) => Terminator::Panic(reason, None),
                    None if text.is_empty() => Terminator::Panic(Panic::User, None),
                    None => Terminator::Panic(Panic::User, Some(self.operand(text)?)),
                }
            }
            _ => return Ok(None),
        };
        cursor.end()?;
        Ok(Some(term))
    }

    fn switch(&mut self, cursor: &mut Cursor<'_>) -> Parsed<Terminator> {
        let value = self.operand(cursor.until(&[':']))?;
        cursor.expect(":")?;
        // The list is the last bracket; the type before it may have brackets of its own.
        let (ty, list) = cursor.skip(cursor.rest().len()).rsplit_once(" [").ok_or("expected `[`")?;
        let ty = self.type_named(ty)?;
        let mut cursor = Cursor::new(list.strip_suffix(']').ok_or("expected `]`")?);
        let mut cases = Vec::new();
        loop {
            let bits = cursor.until(&[':']);
            cursor.expect(":")?;
            let block = cursor.block()?;
            if bits == "else" {
                cursor.end()?;
                return Ok(Terminator::Switch { value, ty, cases: cases.into(), default: block });
            }
            cases.push((self.bits(ty, bits)?, block));
            cursor.expect(",")?;
        }
    }

    pub(super) fn stmt(&mut self, line: &str) -> Parsed<Stmt> {
        let mut cursor = Cursor::new(line);
        if cursor.eat("check ") {
            return self.check(cursor.rest()).map(Stmt::Check);
        }
        for (word, make) in
            [("storage_live ", Stmt::StorageLive as fn(Local) -> Stmt), ("storage_dead ", Stmt::StorageDead)]
        {
            if cursor.eat(word) {
                let local = cursor.local()?;
                cursor.end()?;
                return Ok(make(local));
            }
        }
        if cursor.eat("drop ") {
            return Ok(Stmt::Drop(self.whole_place(cursor.rest())?));
        }
        if cursor.eat("set_variant ") {
            let place = self.whole_place(cursor.until(&[',']))?;
            cursor.expect(",")?;
            let ty = self.place_type(&place)?.ty;
            return Ok(Stmt::SetVariant { variant: self.variant_named(ty, cursor.rest())?, place });
        }
        if cursor.rest().starts_with("call ") || cursor.rest().starts_with("call_ptr ") {
            return self.call(None, cursor.rest());
        }
        self.assignment(cursor)
    }

    fn check(&mut self, text: &str) -> Parsed<Check> {
        if let Some((index, len)) = text.split_once(" < ") {
            return Ok(Check::Bounds { index: self.operand(index)?, len: self.operand(len)? });
        }
        let parts: Vec<&str> = text.split(" <= ").collect();
        let [from, to, len] = parts[..] else { return Err("expected bounds".to_owned()) };
        Ok(Check::Slice { from: self.operand(from)?, to: self.operand(to)?, len: self.operand(len)? })
    }

    fn assignment(&mut self, mut cursor: Cursor<'_>) -> Parsed<Stmt> {
        let (place, declared) = match self.declaration(&mut { cursor }) {
            Ok((local, Some(declared))) => {
                self.declaration(&mut cursor)?;
                (Place::local(local), Some((local, declared)))
            }
            _ => (self.place(&mut cursor)?, None),
        };
        cursor.expect("=")?;
        if let Some((local, (ty, kind, mutable))) = declared {
            self.declare(local, ty, kind, mutable)?;
        }
        let value = cursor.rest();
        if value.starts_with("call ") || value.starts_with("call_ptr ") {
            return self.call(Some(place), value);
        }
        if let Some(local) = place.as_local()
            && let Some(named) = value.strip_prefix('&')
            && !named.contains('+')
        {
            return Ok(Stmt::Bind { local, place: self.whole_place(named)? });
        }
        Ok(Stmt::Assign(place, self.rvalue(value)?))
    }

    fn call(&mut self, dst: Option<Place>, text: &str) -> Parsed<Stmt> {
        let (head, args) = split_group(text)?;
        let callee = match head.strip_prefix("call ") {
            Some(name) => {
                let func = (self.cx.funcs)(name).ok_or_else(|| format!("there is no function `{name}`"))?;
                Callee::Func(func)
            }
            None => Callee::Pointer(self.operand(head.strip_prefix("call_ptr ").ok_or("expected a call")?)?),
        };
        let mut cursor = Cursor::new(args);
        let mut args = Vec::new();
        while !cursor.is_empty() {
            let arg = cursor.until(&[',']);
            args.push(match arg.strip_prefix('&') {
                Some(place) if !arg.contains('+') => Arg::Place(self.whole_place(place)?),
                _ => Arg::Value(self.operand(arg)?),
            });
            if !cursor.eat(",") {
                break;
            }
        }
        cursor.end()?;
        Ok(Stmt::Call(Box::new(Call { dst, callee, args: args.into() })))
    }

    fn rvalue(&mut self, text: &str) -> Parsed<Rvalue> {
        let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
        match word {
            "use" => {
                let (kind, place) = match rest.split_once(' ') {
                    Some(("move", place)) => (UseKind::Move, place),
                    Some(("show", place)) => (UseKind::Show, place),
                    _ => (UseKind::Copy, rest),
                };
                return Ok(Rvalue::Use(self.whole_place(place)?, kind));
            }
            "address_of" => return Ok(Rvalue::AddressOf(self.whole_place(rest)?)),
            "len" => return Ok(Rvalue::Len(self.whole_place(rest)?)),
            "tag" => return Ok(Rvalue::Tag(self.whole_place(rest)?)),
            "repeat" => return Ok(Rvalue::Repeat(self.operand(rest)?)),
            "slice" => return self.slice(rest),
            _ => {}
        }
        if let Some(op) = BinOp::ALL.into_iter().find(|op| op.name() == word) {
            let mut cursor = Cursor::new(rest);
            let left = self.operand(cursor.until(&[',']))?;
            cursor.expect(",")?;
            return Ok(Rvalue::Binary(op, left, self.operand(cursor.rest())?));
        }
        if let Some(op) = UnOp::ALL.into_iter().find(|op| op.name() == word) {
            return Ok(Rvalue::Unary(op, self.operand(rest)?));
        }
        if let Some(kind) = CastKind::ALL.into_iter().find(|kind| kind.name() == word) {
            return Ok(Rvalue::Cast(kind, self.operand(rest)?));
        }
        if let Ok((name, operands)) = split_group(text) {
            if let Some(builtin) = Builtin::ALL.into_iter().find(|builtin| builtin.name() == name) {
                return Ok(Rvalue::Builtin(builtin, self.operands(operands)?));
            }
            if let Some(decl) = name.strip_prefix("make_type ") {
                let decl = DeclId(Cursor::new(decl).id("decl")?);
                return Ok(Rvalue::MakeType { decl, captures: self.operands(operands)? });
            }
        }
        self.operand(text).map(Rvalue::Operand)
    }

    fn slice(&mut self, text: &str) -> Parsed<Rvalue> {
        let mut cursor = Cursor::new(text);
        let place = self.place(&mut cursor)?;
        cursor.expect(",")?;
        let (from, to) = cursor.rest().split_once("..").ok_or("expected `..`")?;
        let mut bound = |text: &str| if text.is_empty() { Ok(None) } else { self.operand(text).map(Some) };
        Ok(Rvalue::Slice { from: bound(from)?, to: bound(to)?, place })
    }

    fn operands(&mut self, text: &str) -> Parsed<Box<[Operand]>> {
        let mut cursor = Cursor::new(text);
        let mut operands = Vec::new();
        while !cursor.is_empty() {
            operands.push(self.operand(cursor.until(&[',']))?);
            if !cursor.eat(",") {
                break;
            }
        }
        cursor.end()?;
        Ok(operands.into())
    }

    fn operand(&mut self, text: &str) -> Parsed<Operand> {
        let text = text.trim();
        let moved = text.strip_prefix("move ");
        let mut cursor = Cursor::new(moved.unwrap_or(text));
        match (cursor.local(), moved) {
            (Ok(local), Some(_)) => cursor.end().map(|()| Operand::Move(local)),
            (Ok(local), None) => cursor.end().map(|()| Operand::Copy(local)),
            (Err(error), Some(_)) => Err(error),
            (Err(_), None) => self.constant(text).map(Operand::Const),
        }
    }

    fn whole_place(&mut self, text: &str) -> Parsed<Place> {
        let mut cursor = Cursor::new(text);
        let place = self.place(&mut cursor)?;
        cursor.end()?;
        Ok(place)
    }

    fn place_type(&self, place: &Place) -> Parsed<PlaceType> {
        let base = match place.base {
            PlaceBase::Local(local) => {
                self.locals.get(local.index()).and_then(|decl| decl.as_ref()).map(|decl| decl.ty)
            }
            PlaceBase::Static(data) => (data.index() < self.cx.statics.len()).then(|| self.cx.statics.get(data).ty),
        };
        let base = base.map(PlaceType::whole).ok_or("the place is not declared before")?;
        let ty = place.proj.iter().try_fold(base, |ty, step| ty.step(self.cx.pool, *step));
        ty.ok_or_else(|| "the place does not fit its type".to_owned())
    }

    fn place(&mut self, cursor: &mut Cursor<'_>) -> Parsed<Place> {
        let mut place = if cursor.eat("(*") {
            let inner = self.place(cursor)?;
            cursor.expect(")")?;
            inner.then(Proj::Deref)
        } else if cursor.peek() == Some('s') {
            Place::of_static(StaticId(cursor.id("s")?))
        } else {
            Place::local(cursor.local()?)
        };
        loop {
            let step = if cursor.eat(".") {
                let ty = self.place_type(&place);
                let name = cursor.word();
                Proj::Field(self.field_named(ty, name)?)
            } else if cursor.eat("::") {
                let ty = self.place_type(&place)?.ty;
                Proj::Variant(self.variant_named(ty, cursor.word())?)
            } else if cursor.eat("[") {
                let index = self.operand(cursor.until(&[']']))?;
                cursor.expect("]")?;
                Proj::Index(index)
            } else {
                return Ok(place);
            };
            place = place.then(step);
        }
    }

    fn field_named(&self, ty: Parsed<PlaceType>, name: &str) -> Parsed<u32> {
        if let Ok(PlaceType { ty, variant }) = ty {
            let pool = &self.cx.pool;
            let fields = match variant {
                Some(variant) => pool.enum_def(ty).map(|def| &def.variants[variant as usize].fields),
                None => pool.struct_def(ty).map(|def| &def.fields),
            };
            let found =
                fields.and_then(|fields| fields.iter().position(|field| self.cx.names.name(field.name) == name));
            if let Some(index) = found {
                return Ok(index as u32);
            }
        }
        name.parse().map_err(|_| format!("there is no field `{name}`"))
    }
}
