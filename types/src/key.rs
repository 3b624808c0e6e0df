//! What a type or a value *is*: the structural keys of the pool.

use crate::{FuncId, ParamMode, StaticId, TypeId, ValueId};
use kiln_source::{DeclId, ModuleId, Symbol};

/// The identity of a type.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum TypeKey {
    /// A type that could not be made out; an error was reported. Fits everything.
    Error,
    /// `!`
    Never,
    /// `()`
    Unit,
    /// `bool`
    Bool,
    /// `char`
    Char,
    /// `i8` … `u128` with a fixed width.
    Int {
        /// Width in bits: 8, 16, 32, 64 or 128.
        bits: u16,
        /// Two's complement, or natural.
        signed: bool,
    },
    /// `isize`, `usize`: as wide as the target's pointers.
    Size {
        /// `isize`?
        signed: bool,
    },
    /// `f32`, `f64`
    Float {
        /// 32 or 64.
        bits: u16,
    },
    /// `str`: UTF-8 text of unknown length; only behind `borrow` and pointers.
    Str,
    /// `type`
    Type,
    /// The type of a module, which is a value at comptime.
    Module,
    /// An integer literal's type that inference has not settled; only inside sema.
    InferInt(u32),
    /// A float literal's type that inference has not settled; only inside sema.
    InferFloat(u32),
    /// `[T; N]`
    Array {
        /// Element type.
        elem: TypeId,
        /// Number of elements.
        len: u64,
    },
    /// `[T]`: a run of elements of unknown length; only behind `borrow`, `inout` and pointers.
    Slice {
        /// Element type.
        elem: TypeId,
    },
    /// `(A, B, …)` of at least one part.
    Tuple(Box<[TypeId]>),
    /// A struct that is identified by its declaration and what it captures; its definition is in the pool's side table.
    Struct {
        /// Where it is written.
        decl: DeclId,
        /// Comptime values of the enclosing function it uses.
        captures: Box<[ValueId]>,
    },
    /// A struct without methods and name: the same fields make the same type.
    AnonStruct {
        /// Names and types in order.
        fields: Box<[(Symbol, TypeId)]>,
    },
    /// An enum, identified as a struct is.
    Enum {
        /// Where it is written.
        decl: DeclId,
        /// Comptime values of the enclosing function it uses.
        captures: Box<[ValueId]>,
    },
    /// An enum made by `@enum_type`: the same variants make the same type.
    AnonEnum {
        /// Names and payload types (one part a tuple field) in order.
        variants: Box<[(Symbol, Box<[TypeId]>)]>,
    },
    /// `ptr const T`, `ptr mut T`; to a `[T]` or `str` it is an address with a length.
    Ptr {
        /// May be written through.
        mutable: bool,
        /// What it points to.
        pointee: TypeId,
    },
    /// `fn(A, B) -> C`, `extern "C" fn(A, B) -> C`
    Fn(FnType),
}

/// The signature part of a function type.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct FnType {
    /// Run-time parameters in order.
    pub params: Box<[FnTypeParam]>,
    /// Result type.
    pub ret: TypeId,
    /// `extern "C"`: called by C's convention, and in `checked` only.
    pub foreign: bool,
}

/// One parameter of a function type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FnTypeParam {
    /// How it is passed.
    pub mode: ParamMode,
    /// Its type.
    pub ty: TypeId,
}

/// An integer type with its width settled for a target.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct IntType {
    /// Width in bits: 8, 16, 32, 64 or 128.
    pub bits: u16,
    /// Two's complement, or natural.
    pub signed: bool,
}

/// The identity of a comptime value. Every value is of one type; equal values of different types are different.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum ValueKey {
    /// An integer, float, bool or char, or a unit-only enum's discriminant. Integers of signed types are sign-extended
    /// to 128 bits, all others zero-extended; floats are their IEEE 754 bits.
    Scalar {
        /// Its type.
        ty: TypeId,
        /// Its bits.
        bits: u128,
    },
    /// `()`, and any other value of a type without size that has no parts.
    Unit,
    /// A struct's, tuple's or array's parts in order.
    Aggregate {
        /// Its type.
        ty: TypeId,
        /// Fields or elements.
        parts: Box<[ValueId]>,
    },
    /// An array of `u8` (also a larger table that came out of an evaluation as bytes).
    Bytes {
        /// An array type of `u8`.
        ty: TypeId,
        /// The elements.
        bytes: Box<[u8]>,
    },
    /// A variant of an enum with its payload.
    Variant {
        /// The enum.
        ty: TypeId,
        /// Index of the variant.
        variant: u32,
        /// Payload.
        parts: Box<[ValueId]>,
    },
    /// A `str`.
    Str(Box<str>),
    /// A function.
    Fn {
        /// A function type.
        ty: TypeId,
        /// Which.
        func: FuncId,
    },
    /// The address of static data.
    StaticPtr {
        /// A pointer type.
        ty: TypeId,
        /// The data.
        data: StaticId,
        /// Bytes from its start.
        offset: u64,
        /// Elements, for pointers to `[T]` and `str`.
        len: Option<u64>,
    },
    /// A raw pointer that points to nothing: its address.
    RawPtr {
        /// A pointer type.
        ty: TypeId,
        /// The address as a number.
        address: u64,
    },
    /// A module.
    Module(ModuleId),
    /// A value that could not be made out; an error was reported.
    Error,
}
