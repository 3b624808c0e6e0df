//! Methods and constants of numbers: those that are one operation stand in the table here, the rest is Kiln code in
//! `std/int.kiln` and `std/float.kiln`, called with the number's type as first argument.

use super::Expect;
use crate::body::BodyCx;
use crate::errors;
use kiln_air::{BinOp, Builtin, Inst, InstId, Overflow, UnOp};
use kiln_hir::{Arg, ExprId, Name};
use kiln_source::{Symbol, TextRange};
use kiln_types::{TypeId, TypeKey, ValueId};

/// How a method of numbers is done.
#[derive(Clone, Copy)]
enum How {
    /// `a op b`, both of the type.
    Binary(BinOp),
    /// `a op n`, with an `u32`.
    Shift(BinOp),
    /// `op a`
    Unary(UnOp),
    /// A built-in of one number that gives the same type.
    Same(Builtin),
    /// A built-in of one number that gives `u32`.
    Count(Builtin),
    /// A built-in of two numbers of the type.
    Pair(Builtin),
    /// A built-in of a number and an `u32`.
    Rotate(Builtin),
    /// A built-in of two numbers of the type that gives `bool`.
    Test(Builtin),
    /// `a.mul_add(b, c)`
    MulAdd,
}

const WRAP: Overflow = Overflow::Wrapping;

const INT_METHODS: &[(&str, How)] = &[
    ("wrapping_add", How::Binary(BinOp::Add(WRAP))),
    ("wrapping_sub", How::Binary(BinOp::Sub(WRAP))),
    ("wrapping_mul", How::Binary(BinOp::Mul(WRAP))),
    ("wrapping_div", How::Binary(BinOp::Div(WRAP))),
    ("wrapping_rem", How::Binary(BinOp::Rem(WRAP))),
    ("wrapping_shl", How::Shift(BinOp::Shl(WRAP))),
    ("wrapping_shr", How::Shift(BinOp::Shr(WRAP))),
    ("wrapping_neg", How::Unary(UnOp::Neg(WRAP))),
    ("leading_zeros", How::Count(Builtin::LeadingZeros)),
    ("trailing_zeros", How::Count(Builtin::TrailingZeros)),
    ("count_ones", How::Count(Builtin::CountOnes)),
    ("swap_bytes", How::Same(Builtin::SwapBytes)),
    ("reverse_bits", How::Same(Builtin::ReverseBits)),
    ("rotate_left", How::Rotate(Builtin::RotateLeft)),
    ("rotate_right", How::Rotate(Builtin::RotateRight)),
    ("saturating_add", How::Pair(Builtin::AddSaturating)),
    ("saturating_sub", How::Pair(Builtin::SubSaturating)),
    ("add_overflows", How::Test(Builtin::AddOverflows)),
    ("sub_overflows", How::Test(Builtin::SubOverflows)),
    ("mul_overflows", How::Test(Builtin::MulOverflows)),
];

const FLOAT_METHODS: &[(&str, How)] = &[
    ("sqrt", How::Same(Builtin::Sqrt)),
    ("floor", How::Same(Builtin::Floor)),
    ("ceil", How::Same(Builtin::Ceil)),
    ("trunc", How::Same(Builtin::Trunc)),
    ("round", How::Same(Builtin::Round)),
    ("abs", How::Same(Builtin::Abs)),
    ("copysign", How::Pair(Builtin::CopySign)),
    ("mul_add", How::MulAdd),
];

impl<'a> BodyCx<'_, 'a> {
    /// A method of a number; `None` if there is none of that name.
    pub fn number_method(
        &mut self,
        inst: InstId,
        receiver: ExprId,
        ty: TypeId,
        name: Name,
        args: &'a [Arg],
        range: TextRange,
    ) -> Option<InstId> {
        let is_float = self.sema.pool.is_float(ty);
        let table = if is_float { FLOAT_METHODS } else { INT_METHODS };
        let text = self.name(name.symbol);
        match table.iter().find(|(known, _)| *known == text) {
            Some(&(text, how)) => Some(self.number_op(inst, ty, text, how, args, range)),
            None => self.library_method(inst, receiver, ty, is_float, name, args, range),
        }
    }

    fn number_op(
        &mut self,
        inst: InstId,
        ty: TypeId,
        name: &str,
        how: How,
        args: &'a [Arg],
        range: TextRange,
    ) -> InstId {
        let wanted: &[TypeId] = match how {
            How::Unary(_) | How::Same(_) | How::Count(_) => &[],
            How::Binary(_) | How::Pair(_) | How::Test(_) => &[ty],
            How::Shift(_) | How::Rotate(_) => &[TypeId::U32],
            How::MulAdd => &[ty, ty],
        };
        if args.len() != wanted.len() {
            let error = errors::argument_count(self.span(range), name, wanted.len(), args.len(), None);
            return self.wrong(error, range);
        }
        let left = self.use_place(inst);
        let mut values = vec![left];
        for (arg, ty) in args.iter().zip(wanted) {
            values.push(self.value(arg.value, Expect::Type(*ty)));
        }
        match how {
            How::Binary(op) | How::Shift(op) => self.push(Inst::Binary(op, values[0], values[1]), ty, range),
            How::Unary(op) => self.push(Inst::Unary(op, left), ty, range),
            How::Same(op) | How::Pair(op) | How::Rotate(op) => self.push(Inst::Builtin(op, values.into()), ty, range),
            How::Count(op) => self.push(Inst::Builtin(op, values.into()), TypeId::U32, range),
            How::Test(op) => self.push(Inst::Builtin(op, values.into()), TypeId::BOOL, range),
            How::MulAdd => self.push(Inst::Builtin(Builtin::MulAdd, values.into()), ty, range),
        }
    }

    /// `a.pow(3)` is `pow(T, a, 3)` of the library's module for such numbers.
    #[allow(clippy::too_many_arguments, reason = "the parts of one call")]
    fn library_method(
        &mut self,
        inst: InstId,
        receiver: ExprId,
        ty: TypeId,
        is_float: bool,
        name: Name,
        args: &'a [Arg],
        range: TextRange,
    ) -> Option<InstId> {
        let decl = self.sema.number_function(is_float, name.symbol)?;
        let function = self.sema.decl(decl).as_fn()?;
        if !function.params.first()?.comptime {
            return None;
        }
        let func = match self.sema.ensure_signature(decl, &[ty.as_value()], self.span(range)) {
            Ok(func) => func,
            Err(error) => {
                self.fail(error);
                return Some(self.error_inst(range));
            }
        };
        Some(self.call_known(func, Some((inst, receiver)), args, range))
    }

    /// `i32::MAX` and the like.
    pub fn number_const(&mut self, ty: TypeId, name: Symbol) -> Option<ValueId> {
        let text = self.name(name);
        if let Some(int) = self.sema.pool.int_type(ty, &self.sema.options.target) {
            let top = u128::MAX >> (128 - u32::from(int.bits));
            let bits = match (text, int.signed) {
                ("MAX", false) => top,
                ("MAX", true) => top >> 1,
                ("MIN", false) => 0,
                ("MIN", true) => !(top >> 1),
                ("BITS", _) => return Some(self.sema.pool.scalar(TypeId::U32, u128::from(int.bits))),
                _ => return None,
            };
            return Some(self.sema.pool.scalar(ty, bits));
        }
        let TypeKey::Float { bits } = *self.key(ty) else { return None };
        let (double, single) = match text {
            "MAX" => (f64::MAX, f32::MAX),
            "MIN" => (f64::MIN, f32::MIN),
            "MIN_POSITIVE" => (f64::MIN_POSITIVE, f32::MIN_POSITIVE),
            "EPSILON" => (f64::EPSILON, f32::EPSILON),
            "INFINITY" => (f64::INFINITY, f32::INFINITY),
            "NEG_INFINITY" => (f64::NEG_INFINITY, f32::NEG_INFINITY),
            "NAN" => (f64::from_bits(0x7ff8_0000_0000_0000), f32::from_bits(0x7fc0_0000)),
            _ => return None,
        };
        let bits = if bits == 32 { u128::from(single.to_bits()) } else { u128::from(double.to_bits()) };
        Some(self.sema.pool.scalar(ty, bits))
    }
}
