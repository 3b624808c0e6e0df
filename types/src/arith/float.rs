//! IEEE 754 arithmetic on the bits of floats.

/// The formats of floats.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum FloatFormat {
    /// binary32
    F32,
    /// binary64
    F64,
}

impl FloatFormat {
    /// Bytes of a value in memory.
    pub fn bytes(self) -> u32 {
        match self {
            FloatFormat::F32 => 4,
            FloatFormat::F64 => 8,
        }
    }
}

/// Operations on two floats.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum FloatOp {
    /// `a + b`
    Add,
    /// `a - b`
    Sub,
    /// `a * b`
    Mul,
    /// `a / b`
    Div,
    /// `fmod(a, b)`: exact, with the sign of `a`.
    Rem,
    /// The magnitude of `a` with the sign of `b`.
    CopySign,
}

/// Operations on one float.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum FloatUnary {
    /// The other sign, also of a NaN.
    Neg,
    /// Without sign, also of a NaN.
    Abs,
    /// Square root, correctly rounded.
    Sqrt,
    /// The largest integral value not above.
    Floor,
    /// The smallest integral value not below.
    Ceil,
    /// The integral value towards zero.
    Trunc,
    /// The nearest integral value, halves away from zero.
    Round,
}

/// Arithmetic of one format, on the host's type and on bits.
macro_rules! format {
    ($(#[$meta:meta])* $name:ident, $float:ident, $bits:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
        pub struct $name(pub $bits);

        impl $name {
            /// The NaN every computation gives: positive, quiet, without payload.
            pub const NAN: $bits = $float::INFINITY.to_bits() | 1 << ($float::MANTISSA_DIGITS - 2);

            /// The bits of a computed result.
            #[inline]
            pub fn canonical(result: $float) -> $bits {
                // On bits: optimisers may take one NaN for another as long as it is a float.
                let bits = result.to_bits();
                if bits << 1 > $float::INFINITY.to_bits() << 1 { Self::NAN } else { bits }
            }

            /// An operation on the bits of two floats.
            #[inline]
            pub fn binary(op: FloatOp, a: $bits, b: $bits) -> $bits {
                let (a, b) = ($float::from_bits(a), $float::from_bits(b));
                match op {
                    FloatOp::Add => Self::canonical(a + b),
                    FloatOp::Sub => Self::canonical(a - b),
                    FloatOp::Mul => Self::canonical(a * b),
                    FloatOp::Div => Self::canonical(a / b),
                    FloatOp::Rem => Self::canonical(a % b),
                    FloatOp::CopySign => a.copysign(b).to_bits(),
                }
            }

            /// An operation on the bits of a float.
            #[inline]
            pub fn unary(op: FloatUnary, a: $bits) -> $bits {
                let a = $float::from_bits(a);
                match op {
                    FloatUnary::Neg => (-a).to_bits(),
                    FloatUnary::Abs => a.abs().to_bits(),
                    FloatUnary::Sqrt => Self::canonical(a.sqrt()),
                    FloatUnary::Floor => Self::canonical(a.floor()),
                    FloatUnary::Ceil => Self::canonical(a.ceil()),
                    FloatUnary::Trunc => Self::canonical(a.trunc()),
                    FloatUnary::Round => Self::canonical(a.round()),
                }
            }

            /// `a * b + c`, rounded once.
            #[inline]
            pub fn mul_add(a: $bits, b: $bits, c: $bits) -> $bits {
                Self::canonical($float::from_bits(a).mul_add($float::from_bits(b), $float::from_bits(c)))
            }
        }
    };
}

format!(
    /// Bits of a binary32.
    F32, f32, u32
);
format!(
    /// Bits of a binary64.
    F64, f64, u64
);

/// An operation on two floats of a format.
pub fn float_binary(op: FloatOp, format: FloatFormat, a: u128, b: u128) -> u128 {
    match format {
        FloatFormat::F32 => F32::binary(op, a as u32, b as u32).into(),
        FloatFormat::F64 => F64::binary(op, a as u64, b as u64).into(),
    }
}

/// An operation on one float of a format.
pub fn float_unary(op: FloatUnary, format: FloatFormat, a: u128) -> u128 {
    match format {
        FloatFormat::F32 => F32::unary(op, a as u32).into(),
        FloatFormat::F64 => F64::unary(op, a as u64).into(),
    }
}

/// `-a`: flips the sign, also of a NaN.
pub fn float_neg(format: FloatFormat, a: u128) -> u128 {
    float_unary(FloatUnary::Neg, format, a)
}

/// `a * b + c`, rounded once.
pub fn float_mul_add(format: FloatFormat, a: u128, b: u128, c: u128) -> u128 {
    match format {
        FloatFormat::F32 => F32::mul_add(a as u32, b as u32, c as u32).into(),
        FloatFormat::F64 => F64::mul_add(a as u64, b as u64, c as u64).into(),
    }
}
