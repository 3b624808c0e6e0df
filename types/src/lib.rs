//! Types, comptime values, and the facts about them every later stage asks for.
//!
//! Owns the [`Pool`] (each type and each value once; equal means same id), the definitions of structs and enums, the
//! [`Target`], [`Layouts`] (the one authority on size, alignment and offsets), [`arith`] (the meaning of every scalar
//! operation, at every width) and [`Statics`] (data that comptime left for the program).
//!
//! Contract: ids are only compared, never ordered for output; no host `usize` becomes a target's number; layouts are
//! asked for only of types that sema has completed and found finite.

#![forbid(unsafe_code)]

mod ids;
pub use ids::{FuncId, ParamMode, StaticId, TypeId, ValueId};

mod key;
pub use key::{FnType, FnTypeParam, IntType, TypeKey, ValueKey};

mod definition;
pub use definition::{EnumDef, FieldDef, Ownership, StructDef, VariantDef, VariantKind};

mod pool;
pub use pool::Pool;

mod target;
pub use target::{Arch, Endian, Os, Target, UnknownTarget};

mod layout;
pub use layout::{EnumLayout, Layout, Layouts, Repr, ScalarKind, TooLarge};

pub mod arith;

mod statics;
pub use statics::{Reloc, RelocTarget, StaticData, Statics};

mod display;
pub use display::{DisplayType, DisplayValue};
