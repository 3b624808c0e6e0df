//! Literals.

use super::Expect;
use crate::body::BodyCx;
use crate::known::Known;
use kiln_air::{Inst, InstId};
use kiln_source::{Symbol, TextRange};
use kiln_types::{TypeId, TypeKey, ValueId, ValueKey};

impl BodyCx<'_, '_> {
    /// An integer literal: of the expected type if that is an integer, else of a type to be found.
    pub fn int_literal(&mut self, value: u128, negative: bool, expect: Expect, range: TextRange) -> InstId {
        let expected = expect.ty().map(|ty| self.infer.shallow(ty, &self.sema.pool));
        match expected {
            Some(ty) if self.sema.pool.is_int(ty) => {
                let value = self.int_value(value, negative, ty, range);
                self.push(Inst::Const(value), ty, range)
            }
            Some(ty) if matches!(self.key(ty), TypeKey::InferInt(_)) => {
                let inst = self.pending_int(value, negative, range);
                self.unify(self.air.types[inst], ty);
                inst
            }
            _ => self.pending_int(value, negative, range),
        }
    }

    /// A float literal, like an integer one.
    pub fn float_literal(&mut self, text: Symbol, negative: bool, expect: Expect, range: TextRange) -> InstId {
        let expected = expect.ty().map(|ty| self.infer.shallow(ty, &self.sema.pool));
        match expected {
            Some(ty) if self.sema.pool.is_float(ty) => {
                let value = self.float_value(text, negative, ty, range);
                self.push(Inst::Const(value), ty, range)
            }
            _ => self.pending_float(text, negative, range),
        }
    }

    pub fn bool_literal(&mut self, value: bool, range: TextRange) -> InstId {
        self.push(Inst::Const(ValueId::bool(value)), TypeId::BOOL, range)
    }

    pub fn char_literal(&mut self, value: char, range: TextRange) -> InstId {
        let value = self.sema.pool.scalar(TypeId::CHAR, u128::from(u32::from(value)));
        self.push(Inst::Const(value), TypeId::CHAR, range)
    }

    /// `()` is the unit value, or its type where a type is expected.
    pub fn unit_literal(&mut self, expect: Expect, range: TextRange) -> InstId {
        if expect.ty() == Some(TypeId::TYPE) {
            return self.push(Inst::Const(TypeId::UNIT.as_value()), TypeId::TYPE, range);
        }
        self.unit(range)
    }

    /// A string literal: a place of type `str` in static data.
    pub fn str_literal(&mut self, text: Symbol, range: TextRange) -> InstId {
        let text: Box<str> = self.sema.names.name(text).into();
        self.text_place(&text, range)
    }

    /// Text as a place of type `str`.
    pub fn text_place(&mut self, text: &str, range: TextRange) -> InstId {
        let ptr = self.sema.text_pointer(text);
        let ty = self.sema.pool.type_of(ptr);
        let ptr = self.push(Inst::Const(ptr), ty, range);
        self.push(Inst::Deref(ptr), TypeId::STR, range)
    }

    /// A comptime value in run-time code: a constant, or a place in static data.
    pub fn known_inst(&mut self, known: Known, range: TextRange) -> InstId {
        match known {
            Known::Literal(value) => self.pending_int(value.unsigned_abs(), value < 0, range),
            Known::Static(data) => {
                let ty = self.sema.program.statics.get(data).ty;
                self.push(Inst::Static(data), ty, range)
            }
            Known::Value(value) => match self.sema.pool.value_key(value) {
                Some(ValueKey::Str(text)) => {
                    let text = text.clone();
                    self.text_place(&text, range)
                }
                _ => {
                    let ty = self.sema.pool.type_of(value);
                    self.push(Inst::Const(value), ty, range)
                }
            },
        }
    }
}
