//! The operations of AIR and CFG on scalars, by [`arith`]. Sema folds constants with it; the machine runs with it what
//! has no instruction of its own, and its instructions are tested against it.

use kiln_air::{BinOp, Builtin, CastKind, Overflow, UnOp};
use kiln_types::IntType;
use kiln_types::arith::{self, ArithError, CompareOp, FloatFormat, FloatOp, FloatUnary, Kind};

/// An operation on one to three scalars.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ScalarOp {
    /// An operator on two scalars.
    Binary(BinOp),
    /// An operator on one.
    Unary(UnOp),
    /// A conversion.
    Cast(CastKind),
    /// A built-in operation for which [`is_scalar`] holds.
    Builtin(Builtin),
}

/// Whether a built-in operation is a function of scalars.
pub fn is_scalar(builtin: Builtin) -> bool {
    use Builtin::*;
    matches!(
        builtin,
        LeadingZeros
            | TrailingZeros
            | CountOnes
            | SwapBytes
            | ReverseBits
            | RotateLeft
            | RotateRight
            | AddOverflows
            | SubOverflows
            | MulOverflows
            | AddSaturating
            | SubSaturating
            | Sqrt
            | Floor
            | Ceil
            | Trunc
            | Round
            | Abs
            | CopySign
            | MulAdd
    )
}

/// `a op b`. `kind` is that of `a`, and of `b` unless the operation is a shift.
///
/// # Errors
/// The operation panics for these operands.
pub fn binary(op: BinOp, kind: Kind, a: u128, b: u128) -> Result<u128, ArithError> {
    use Overflow::{Checked, Wrapping};
    if let Some(op) = comparison(op) {
        return Ok(arith::compare(op, kind, a, b).into());
    }
    let ty = match kind {
        Kind::Float(format) => return Ok(arith::float_binary(float_op(op), format, a, b)),
        Kind::Int(ty) => ty,
        Kind::Bool | Kind::Char => IntType { bits: 32, signed: false },
    };
    match op {
        BinOp::Add(Checked) => arith::add(ty, a, b),
        BinOp::Add(Wrapping) => Ok(arith::wrapping_add(ty, a, b)),
        BinOp::Sub(Checked) => arith::sub(ty, a, b),
        BinOp::Sub(Wrapping) => Ok(arith::wrapping_sub(ty, a, b)),
        BinOp::Mul(Checked) => arith::mul(ty, a, b),
        BinOp::Mul(Wrapping) => Ok(arith::wrapping_mul(ty, a, b)),
        BinOp::Div(Checked) => arith::div(ty, a, b),
        BinOp::Div(Wrapping) => arith::wrapping_div(ty, a, b),
        BinOp::Rem(Checked) => arith::rem(ty, a, b),
        BinOp::Rem(Wrapping) => arith::wrapping_rem(ty, a, b),
        BinOp::Shl(Checked) => arith::shl(ty, a, b),
        BinOp::Shl(Wrapping) => Ok(arith::wrapping_shl(ty, a, b)),
        BinOp::Shr(Checked) => arith::shr(ty, a, b),
        BinOp::Shr(Wrapping) => Ok(arith::wrapping_shr(ty, a, b)),
        BinOp::And => Ok(a & b),
        BinOp::Or => Ok(a | b),
        BinOp::Xor => Ok(a ^ b),
        BinOp::Eq | BinOp::Ne | BinOp::Lt | BinOp::Le | BinOp::Gt | BinOp::Ge => unreachable!("comparisons are done"),
    }
}

/// `-a`, `!a`, `~a`.
///
/// # Errors
/// The operation panics for this operand.
pub fn unary(op: UnOp, kind: Kind, a: u128) -> Result<u128, ArithError> {
    match (op, kind) {
        (UnOp::Neg(_), Kind::Float(format)) => Ok(arith::float_neg(format, a)),
        (UnOp::Neg(Overflow::Checked), Kind::Int(ty)) => arith::neg(ty, a),
        (UnOp::Neg(Overflow::Wrapping), Kind::Int(ty)) => Ok(arith::wrapping_neg(ty, a)),
        (UnOp::Not, Kind::Int(ty)) => Ok(arith::not(ty, a)),
        (UnOp::Not | UnOp::Neg(_), _) => Ok(a ^ 1),
    }
}

/// A conversion of `a`, of kind `from`, to kind `to`. Pointers are no scalars here.
///
/// # Errors
/// The conversion panics for this operand.
pub fn cast(op: CastKind, from: Kind, to: Kind, a: u128) -> Result<u128, ArithError> {
    match (op, to) {
        (CastKind::Checked, _) => arith::cast(from, to, a),
        (CastKind::Wrap, Kind::Int(to)) => Ok(arith::wrap(to, a)),
        _ => arith::bit_cast(to, a),
    }
}

/// A built-in function of scalars; `kind` is that of the first argument.
///
/// # Panics
/// [`is_scalar`] does not hold.
pub fn builtin(op: Builtin, kind: Kind, args: [u128; 3]) -> u128 {
    let [a, b, c] = args;
    match kind {
        Kind::Float(format) => float_builtin(op, format, a, b, c),
        Kind::Int(ty) => int_builtin(op, ty, a, b),
        Kind::Bool | Kind::Char => unreachable!("no built-in operation takes bools or chars"),
    }
}

/// Any operation; `from` is the kind of the first argument, `to` that of the result.
pub(crate) fn scalar(op: ScalarOp, from: Kind, to: Kind, args: [u128; 3]) -> Result<u128, ArithError> {
    match op {
        ScalarOp::Binary(op) => binary(op, from, args[0], args[1]),
        ScalarOp::Unary(op) => unary(op, from, args[0]),
        ScalarOp::Cast(op) => cast(op, from, to, args[0]),
        ScalarOp::Builtin(op) => Ok(builtin(op, from, args)),
    }
}

/// The comparison an operator is.
pub(crate) fn comparison(op: BinOp) -> Option<CompareOp> {
    Some(match op {
        BinOp::Eq => CompareOp::Eq,
        BinOp::Ne => CompareOp::Ne,
        BinOp::Lt => CompareOp::Lt,
        BinOp::Le => CompareOp::Le,
        BinOp::Gt => CompareOp::Gt,
        BinOp::Ge => CompareOp::Ge,
        _ => return None,
    })
}

fn float_op(op: BinOp) -> FloatOp {
    match op {
        BinOp::Add(_) => FloatOp::Add,
        BinOp::Sub(_) => FloatOp::Sub,
        BinOp::Mul(_) => FloatOp::Mul,
        BinOp::Div(_) => FloatOp::Div,
        BinOp::Rem(_) => FloatOp::Rem,
        _ => unreachable!("floats have no bitwise operators"),
    }
}

fn float_builtin(op: Builtin, format: FloatFormat, a: u128, b: u128, c: u128) -> u128 {
    let unary = match op {
        Builtin::MulAdd => return arith::float_mul_add(format, a, b, c),
        Builtin::CopySign => return arith::float_binary(FloatOp::CopySign, format, a, b),
        Builtin::Sqrt => FloatUnary::Sqrt,
        Builtin::Floor => FloatUnary::Floor,
        Builtin::Ceil => FloatUnary::Ceil,
        Builtin::Trunc => FloatUnary::Trunc,
        Builtin::Round => FloatUnary::Round,
        Builtin::Abs => FloatUnary::Abs,
        _ => unreachable!("not an operation on floats"),
    };
    arith::float_unary(unary, format, a)
}

fn int_builtin(op: Builtin, ty: IntType, a: u128, b: u128) -> u128 {
    match op {
        Builtin::LeadingZeros => arith::leading_zeros(ty, a).into(),
        Builtin::TrailingZeros => arith::trailing_zeros(ty, a).into(),
        Builtin::CountOnes => arith::count_ones(ty, a).into(),
        Builtin::SwapBytes => arith::swap_bytes(ty, a),
        Builtin::ReverseBits => arith::reverse_bits(ty, a),
        Builtin::RotateLeft => arith::rotate_left(ty, a, b),
        Builtin::RotateRight => arith::rotate_right(ty, a, b),
        Builtin::AddOverflows => arith::overflowing_add(ty, a, b).1.into(),
        Builtin::SubOverflows => arith::overflowing_sub(ty, a, b).1.into(),
        Builtin::MulOverflows => arith::overflowing_mul(ty, a, b).1.into(),
        Builtin::AddSaturating => arith::saturating_add(ty, a, b),
        Builtin::SubSaturating => arith::saturating_sub(ty, a, b),
        _ => unreachable!("not an operation on integers"),
    }
}
