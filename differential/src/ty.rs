//! Types of generated programs.

use std::fmt;

/// An integer type.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Int {
    /// `i8` to `i128`, `u8` to `u128`.
    Fixed {
        /// 8 to 128.
        bits: u32,
        /// Whether it is signed.
        signed: bool,
    },
    /// `isize`, `usize`.
    Size {
        /// Whether it is signed.
        signed: bool,
    },
    /// `T`: a type parameter, for which only integer types stand.
    Param,
}

/// A type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ty {
    /// An integer.
    Int(Int),
    /// `f32`, `f64`.
    Float(u32),
    /// `bool`
    Bool,
    /// `char`
    Char,
    /// `(A, B)`
    Tuple(Vec<Ty>),
    /// `[T; N]`
    Array(Box<Ty>, usize),
    /// A struct, by its number.
    Struct(usize),
    /// An enum, by its number.
    Enum(usize),
    /// `fn(A) -> B`
    Fn(Vec<Ty>, Box<Ty>),
}

/// All integer types but `T`; the simplest first.
pub const INTS: [Int; 12] = [
    Int::Fixed { bits: 32, signed: true },
    Int::Fixed { bits: 8, signed: false },
    Int::Fixed { bits: 8, signed: true },
    Int::Fixed { bits: 64, signed: false },
    Int::Fixed { bits: 16, signed: true },
    Int::Size { signed: false },
    Int::Fixed { bits: 64, signed: true },
    Int::Fixed { bits: 128, signed: true },
    Int::Fixed { bits: 32, signed: false },
    Int::Fixed { bits: 16, signed: false },
    Int::Fixed { bits: 128, signed: false },
    Int::Size { signed: true },
];

/// `usize`
pub const USIZE: Ty = Ty::Int(Int::Size { signed: false });
/// `u32`
pub const U32: Ty = Ty::Int(Int::Fixed { bits: 32, signed: false });

impl Int {
    /// The bits that every type that may stand here has.
    pub fn bits(self) -> u32 {
        match self {
            Int::Fixed { bits, .. } => bits,
            Int::Size { .. } => 64,
            Int::Param => 8,
        }
    }

    /// Whether it is known to have negative numbers.
    pub fn is_signed(self) -> bool {
        matches!(self, Int::Fixed { signed: true, .. } | Int::Size { signed: true })
    }

    /// Whether every number of the other type is one of this.
    pub fn holds(self, other: Int) -> bool {
        if self == Int::Param || other == Int::Param {
            return self == other;
        }
        match (self.is_signed(), other.is_signed()) {
            (false, true) => false,
            (true, false) => self.bits() > other.bits(),
            _ => self.bits() >= other.bits(),
        }
    }
}

impl fmt::Display for Int {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letter = if self.is_signed() { 'i' } else { 'u' };
        match self {
            Int::Fixed { bits, .. } => write!(f, "{letter}{bits}"),
            Int::Size { .. } => write!(f, "{letter}size"),
            Int::Param => f.write_str("T"),
        }
    }
}

impl fmt::Display for Ty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ty::Int(int) => write!(f, "{int}"),
            Ty::Float(bits) => write!(f, "f{bits}"),
            Ty::Bool => f.write_str("bool"),
            Ty::Char => f.write_str("char"),
            Ty::Tuple(parts) => {
                f.write_str("(")?;
                parts.iter().try_for_each(|part| write!(f, "{part}, "))?;
                f.write_str(")")
            }
            Ty::Array(elem, len) => write!(f, "[{elem}; {len}]"),
            Ty::Struct(number) => write!(f, "S{number}"),
            Ty::Enum(number) => write!(f, "E{number}"),
            Ty::Fn(params, result) => {
                let params: Vec<String> = params.iter().map(ToString::to_string).collect();
                write!(f, "fn({}) -> {result}", params.join(", "))
            }
        }
    }
}

impl Ty {
    /// Whether it has no parts.
    pub fn is_scalar(&self) -> bool {
        matches!(self, Ty::Int(_) | Ty::Float(_) | Ty::Bool | Ty::Char)
    }

    /// With this type in the place of `T`.
    pub fn with(&self, int: Int) -> Ty {
        match self {
            Ty::Int(Int::Param) => Ty::Int(int),
            Ty::Tuple(parts) => Ty::Tuple(parts.iter().map(|part| part.with(int)).collect()),
            Ty::Array(elem, len) => Ty::Array(Box::new(elem.with(int)), *len),
            other => other.clone(),
        }
    }
}

/// A struct or enum of the program.
#[derive(Clone, Debug)]
pub enum Decl {
    /// Types of the fields `x0`, `x1`, …
    Struct(Vec<Ty>),
    /// Variants `V0`, `V1`, …
    Enum(Vec<Variant>),
}

/// A variant of an enum.
#[derive(Clone, Debug)]
pub enum Variant {
    /// `V0`
    Unit,
    /// `V0(A, B)`
    Tuple(Vec<Ty>),
    /// `V0 { y0: A, y1: B }`
    Struct(Vec<Ty>),
}

impl Variant {
    /// The types of the payload.
    pub fn payload(&self) -> &[Ty] {
        match self {
            Variant::Unit => &[],
            Variant::Tuple(parts) | Variant::Struct(parts) => parts,
        }
    }

    /// The variant with these words for the parts: a value or a pattern.
    pub fn show(&self, number: usize, variant: usize, parts: &[String]) -> String {
        match self {
            Variant::Unit => format!("E{number}::V{variant}"),
            Variant::Tuple(_) => format!("E{number}::V{variant}({})", parts.join(", ")),
            Variant::Struct(_) => {
                let parts: Vec<String> = parts.iter().enumerate().map(|(at, part)| format!("y{at}: {part}")).collect();
                format!("E{number}::V{variant} {{ {} }}", parts.join(", "))
            }
        }
    }
}
