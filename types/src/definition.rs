//! What structs and enums consist of. Definitions live beside the pool's keys, so recursive types need no placeholder.

use crate::{FuncId, TypeId};
use kiln_source::{DeclId, Span, Symbol};

/// What happens to a value that is used or forgotten.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord, Hash)]
pub enum Ownership {
    /// Using copies.
    Copy,
    /// Using moves; forgetting drops.
    Affine,
    /// Using moves; forgetting is an error.
    Linear,
}

/// A field of a struct, or a part of a variant's payload.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FieldDef {
    /// Its name; `0`, `1`, … in tuple variants.
    pub name: Symbol,
    /// Its type.
    pub ty: TypeId,
    /// Where it is written.
    pub span: Span,
}

/// A struct's definition.
#[derive(Clone, Debug)]
pub struct StructDef {
    /// How the type is printed: `Point`, `Pair(i32, u8)`.
    pub name: Box<str>,
    /// Where it is written, and what is looked up for methods. `None` for structural ones.
    pub decl: Option<DeclId>,
    /// Fields in order.
    pub fields: Box<[FieldDef]>,
    /// Declared `@copy`, plain or `linear`.
    pub ownership: Ownership,
    /// Its `drop fn`.
    pub destructor: Option<FuncId>,
}

/// Shape of a variant's payload.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VariantKind {
    /// `Empty`
    Unit,
    /// `Circle(i32)`
    Tuple,
    /// `Rect { w: i32, h: i32 }`
    Struct,
}

/// One variant of an enum.
#[derive(Clone, Debug)]
pub struct VariantDef {
    /// Its name.
    pub name: Symbol,
    /// Shape of the payload.
    pub kind: VariantKind,
    /// Payload.
    pub fields: Box<[FieldDef]>,
    /// What the tag holds for it, as bits of the enum's tag type.
    pub discriminant: u128,
    /// Where it is written.
    pub span: Span,
}

/// An enum's definition.
#[derive(Clone, Debug)]
pub struct EnumDef {
    /// How the type is printed.
    pub name: Box<str>,
    /// Where it is written. `None` for structural ones.
    pub decl: Option<DeclId>,
    /// Variants in order; none means no value exists.
    pub variants: Box<[VariantDef]>,
    /// The integer type of the tag; the smallest that holds all discriminants.
    pub tag: TypeId,
    /// Declared `@copy` or unit-only without `drop fn`, plain, or `linear`.
    pub ownership: Ownership,
    /// Its `drop fn`.
    pub destructor: Option<FuncId>,
}

impl EnumDef {
    /// Whether no variant has a payload.
    pub fn is_unit_only(&self) -> bool {
        self.variants.iter().all(|variant| variant.fields.is_empty())
    }
}
