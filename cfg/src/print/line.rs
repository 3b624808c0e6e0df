//! Instructions, terminators, places.

use super::{PrintCx, Printer};
use crate::{
    Arg, BinOp, Call, Callee, CastKind, Check, Operand, Overflow, Panic, Place, PlaceBase, PlaceType, Proj, Rvalue,
    Stmt, Terminator, UnOp, UseKind,
};
use kiln_source::Idx;
use kiln_types::{TypeId, TypeKey, ValueKey};
use std::fmt::Write;

/// Characters of a text that a comment shows.
const MAX_SHOWN: usize = 40;

impl Printer<'_> {
    /// The text of an instruction, and how it panics.
    pub(super) fn stmt(&mut self, stmt: &Stmt) -> (String, Option<String>) {
        match stmt {
            Stmt::Assign(place, value) => {
                let comment = self.panics(value).or_else(|| match value {
                    Rvalue::Operand(operand) => self.shown(*operand),
                    _ => None,
                });
                let value = self.rvalue(value);
                (format!("{} = {value}", self.target(place)), comment)
            }
            Stmt::Call(call) => (self.call(call), None),
            Stmt::Check(Check::Bounds { index, len }) => {
                let text = format!("check {} < {}", self.operand(*index), self.operand(*len));
                (text, panics(&[Panic::OutOfBounds]))
            }
            Stmt::Check(Check::Slice { from, to, len }) => {
                let [from, to, len] = [from, to, len].map(|operand| self.operand(*operand));
                (format!("check {from} <= {to} <= {len}"), panics(&[Panic::OutOfBounds]))
            }
            Stmt::SetVariant { place, variant } => {
                let name = variant_name(&self.cx, self.place_type(place).map(|ty| ty.ty), *variant);
                (format!("set_variant {}, {name}", self.place(place)), None)
            }
            Stmt::Bind { local, place } => {
                let place = self.place(place);
                (format!("{} = &{place}", self.defined(*local)), None)
            }
            Stmt::Drop(place) => (format!("drop {}", self.place(place)), None),
            Stmt::StorageLive(local) => (format!("storage_live {local}"), None),
            Stmt::StorageDead(local) => (format!("storage_dead {local}"), None),
        }
    }

    /// A place that is stored to.
    fn target(&mut self, place: &Place) -> String {
        match place.as_local() {
            Some(local) => self.defined(local),
            None => self.place(place),
        }
    }

    fn rvalue(&self, value: &Rvalue) -> String {
        match value {
            Rvalue::Operand(operand) => self.operand(*operand),
            Rvalue::Use(place, UseKind::Copy) => format!("use {}", self.place(place)),
            Rvalue::Use(place, UseKind::Move) => format!("use move {}", self.place(place)),
            Rvalue::Use(place, UseKind::Show) => format!("use show {}", self.place(place)),
            Rvalue::Unary(op, operand) => format!("{} {}", op.name(), self.operand(*operand)),
            Rvalue::Binary(op, left, right) => {
                format!("{} {}, {}", op.name(), self.operand(*left), self.operand(*right))
            }
            Rvalue::Cast(kind, operand) => format!("{} {}", kind.name(), self.operand(*operand)),
            Rvalue::AddressOf(place) => format!("address_of {}", self.place(place)),
            Rvalue::Slice { place, from, to } => {
                let [from, to] = [from, to].map(|bound| bound.map_or(String::new(), |bound| self.operand(bound)));
                format!("slice {}, {from}..{to}", self.place(place))
            }
            Rvalue::Len(place) => format!("len {}", self.place(place)),
            Rvalue::Tag(place) => format!("tag {}", self.place(place)),
            Rvalue::Repeat(operand) => format!("repeat {}", self.operand(*operand)),
            Rvalue::Builtin(builtin, operands) => format!("{}({})", builtin.name(), self.operands(operands)),
            Rvalue::MakeType { decl, captures } => format!("make_type {decl}({})", self.operands(captures)),
        }
    }

    /// The text a constant points to, as a comment.
    pub(super) fn shown(&self, operand: Operand) -> Option<String> {
        let Operand::Const(value) = operand else { return None };
        let ValueKey::StaticPtr { ty, data, offset, len } = *self.cx.pool.value_key(value)? else { return None };
        let TypeKey::Ptr { pointee: TypeId::STR, .. } = self.cx.pool.key(ty) else { return None };
        let bytes = (data.index() < self.cx.statics.len()).then(|| &self.cx.statics.get(data).bytes)?;
        let (from, len) = (usize::try_from(offset).ok()?, usize::try_from(len?).ok()?);
        let text = std::str::from_utf8(bytes.get(from..from.checked_add(len)?)?).ok()?;
        let start: String = text.chars().take(MAX_SHOWN).collect();
        Some(format!("{start:?}{}", if start.len() < text.len() { "…" } else { "" }))
    }

    fn operands(&self, operands: &[Operand]) -> String {
        let texts: Vec<String> = operands.iter().map(|operand| self.operand(*operand)).collect();
        texts.join(", ")
    }

    pub(super) fn operand(&self, operand: Operand) -> String {
        match operand {
            Operand::Copy(local) => local.to_string(),
            Operand::Move(local) => format!("move {local}"),
            Operand::Const(value) => self.constant(value),
        }
    }

    fn call(&mut self, call: &Call) -> String {
        let callee = match call.callee {
            Callee::Func(func) => format!("call {}", (self.cx.funcs)(func)),
            Callee::Pointer(pointer) => format!("call_ptr {}", self.operand(pointer)),
        };
        let args: Vec<String> = call
            .args
            .iter()
            .map(|arg| match arg {
                Arg::Value(operand) => self.operand(*operand),
                Arg::Place(place) => format!("&{}", self.place(place)),
            })
            .collect();
        let target = match &call.dst {
            Some(dst) => format!("{} = ", self.target(dst)),
            None => String::new(),
        };
        format!("{target}{callee}({})", args.join(", "))
    }

    pub(super) fn terminator(&self, term: &Terminator) -> String {
        match term {
            Terminator::Jump(to) => format!("jump {to}"),
            Terminator::Branch { cond, then, else_ } => format!("branch {}, {then}, {else_}", self.operand(*cond)),
            Terminator::Switch { value, ty, cases, default } => {
                let mut text = format!("switch {}: {} [", self.operand(*value), self.type_name(*ty));
                for (bits, to) in cases {
                    let _ = write!(text, "{}: {to}, ", self.bits(*ty, *bits));
                }
                let _ = write!(text, "else: {default}]");
                text
            }
            Terminator::Return => "return".to_owned(),
            Terminator::Panic(Panic::User, text) => match text {
                Some(text) => format!("panic {}", self.operand(*text)),
                None => "panic".to_owned(),
            },
            Terminator::Panic(reason, _) => format!("panic {:?}", reason.reason()),
            Terminator::Unreachable => "unreachable".to_owned(),
        }
    }

    fn place_type(&self, place: &Place) -> Option<PlaceType> {
        crate::place_type(place, &self.func.locals, self.cx.pool, self.cx.statics)
    }

    pub(super) fn place(&self, place: &Place) -> String {
        let (mut text, base) = match place.base {
            PlaceBase::Local(local) => (local.to_string(), self.func.locals.get(local).map(|decl| decl.ty)),
            PlaceBase::Static(data) => {
                let known = data.index() < self.cx.statics.len();
                (data.to_string(), known.then(|| self.cx.statics.get(data).ty))
            }
        };
        let mut ty = base.map(PlaceType::whole);
        for step in &place.proj {
            match step {
                Proj::Field(index) => {
                    let name = ty.and_then(|ty| self.field_name(ty, *index)).unwrap_or_else(|| index.to_string());
                    let _ = write!(text, ".{name}");
                }
                Proj::Variant(variant) => {
                    let _ = write!(text, "::{}", variant_name(&self.cx, ty.map(|ty| ty.ty), *variant));
                }
                Proj::Index(index) => {
                    let _ = write!(text, "[{}]", self.operand(*index));
                }
                Proj::Deref => text = format!("(*{text})"),
            }
            ty = ty.and_then(|ty| ty.step(self.cx.pool, *step));
        }
        text
    }

    fn field_name(&self, ty: PlaceType, index: u32) -> Option<String> {
        let pool = self.cx.pool;
        let name = match ty.variant {
            Some(variant) => pool.enum_def(ty.ty)?.variants.get(variant as usize)?.fields.get(index as usize)?.name,
            None => pool.field_name(ty.ty, index as usize)?,
        };
        Some(self.cx.names.name(name).to_owned())
    }

    /// How a computation panics, as a comment.
    fn panics(&self, value: &Rvalue) -> Option<String> {
        let ty = |operand| self.func.operand_type(self.cx.pool, operand);
        match value {
            Rvalue::Unary(UnOp::Neg(Overflow::Checked), operand) if !self.is_float(ty(*operand)) => {
                panics(&[Panic::Overflow])
            }
            Rvalue::Binary(op, left, _) if !self.is_float(ty(*left)) => match op {
                BinOp::Add(Overflow::Checked) | BinOp::Sub(Overflow::Checked) | BinOp::Mul(Overflow::Checked) => {
                    panics(&[Panic::Overflow])
                }
                BinOp::Div(overflow) | BinOp::Rem(overflow) => {
                    let signed = ty(*left).is_some_and(|ty| self.cx.pool.is_signed(ty));
                    let both = signed && *overflow == Overflow::Checked;
                    panics(if both { &[Panic::DivisionByZero, Panic::Overflow] } else { &[Panic::DivisionByZero] })
                }
                BinOp::Shl(Overflow::Checked) | BinOp::Shr(Overflow::Checked) => panics(&[Panic::ShiftOverflow]),
                _ => None,
            },
            Rvalue::Cast(CastKind::Checked, _) => panics(&[Panic::CastOverflow]),
            _ => None,
        }
    }

    fn is_float(&self, ty: Option<TypeId>) -> bool {
        ty.is_some_and(|ty| matches!(self.cx.pool.key(ty), TypeKey::Float { .. }))
    }
}

fn panics(reasons: &[Panic]) -> Option<String> {
    let reasons: Vec<&str> = reasons.iter().map(|reason| reason.reason()).collect();
    Some(format!("panics: {}", reasons.join(", ")))
}

/// The name of a variant, or its number if the enum is not known.
pub(super) fn variant_name(cx: &PrintCx<'_>, ty: Option<TypeId>, variant: u32) -> String {
    let name = ty.and_then(|ty| Some(cx.pool.enum_def(ty)?.variants.get(variant as usize)?.name));
    name.map_or_else(|| variant.to_string(), |name| cx.names.name(name).to_owned())
}
