//! Kiln's own calling convention: how parameters and results travel between Kiln functions. Independent of LLVM.
//!
//! | what | how it travels |
//! | --- | --- |
//! | no bytes | not at all |
//! | a scalar | as itself; integers and bools of fewer than 32 bits widened to 32 by their sign |
//! | `ptr` to `[T]`, `str` | address and length |
//! | an aggregate of at most two words | as its one or two scalars, or its words merged into integers |
//! | a larger aggregate | the address of memory; the callee owns it, but does not write it if the type is copied |
//! | `borrow` of a copied scalar or pointer | as the value |
//! | other `borrow` and `inout` | the address of the place; with a length for `[T]` and `str` |
//! | a larger aggregate as result | the caller gives the address of fresh memory as an additional first argument |
//!
//! Example: `fn f(a: u8, borrow p: (i32, i32), q: (i32, i32)) -> [u8; 64]` is `void f(ptr result, i32 a, ptr p, i32 q.0, i32 q.1)`.

use kiln_types::{FnTypeParam, Layouts, ParamMode, Pool, Repr, ScalarKind, TypeId, TypeKey};
use smallvec::SmallVec;

/// A scalar of a value that travels in parts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Piece {
    /// Bytes from the start of the value.
    pub offset: u32,
    /// What stands there.
    pub kind: ScalarKind,
}

/// The one or two scalars a value travels as.
pub type Pieces = SmallVec<[Piece; 2]>;

/// How one parameter or result travels.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Pass {
    /// Not at all.
    Nothing,
    /// As these scalars.
    Scalars(Pieces),
    /// As the address of its memory. For results: memory of the caller.
    Address,
    /// As address and length.
    View,
}

/// How a function is called.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FnAbi {
    /// Parameters in order.
    pub params: Box<[Pass]>,
    /// The result.
    pub ret: Pass,
}

impl FnAbi {
    /// The convention of a function with this signature.
    pub fn new(pool: &Pool, layouts: &mut Layouts, params: &[FnTypeParam], ret: TypeId) -> FnAbi {
        FnAbi {
            params: params.iter().map(|param| pass_param(pool, layouts, *param)).collect(),
            ret: pass_value(pool, layouts, ret),
        }
    }
}

/// How a parameter travels.
pub fn pass_param(pool: &Pool, layouts: &mut Layouts, param: FnTypeParam) -> Pass {
    if param.mode == ParamMode::Own {
        return pass_value(pool, layouts, param.ty);
    }
    if pool.is_unsized(param.ty) {
        return Pass::View;
    }
    match layouts.of(pool, param.ty).repr {
        Repr::Zst => Pass::Nothing,
        Repr::Scalar(_) | Repr::FatPtr if param.mode == ParamMode::Borrow && pool.is_copy(param.ty) => {
            pass_value(pool, layouts, param.ty)
        }
        _ => Pass::Address,
    }
}

/// How a value that is owned travels.
pub fn pass_value(pool: &Pool, layouts: &mut Layouts, ty: TypeId) -> Pass {
    let layout = layouts.of(pool, ty);
    let word = u32::from(layouts.target().pointer_bytes);
    match layout.repr {
        Repr::Zst => Pass::Nothing,
        Repr::Scalar(kind) => Pass::Scalars(SmallVec::from_slice(&[Piece { offset: 0, kind }])),
        Repr::FatPtr => {
            let len = ScalarKind::Int { bits: layouts.target().pointer_bits(), signed: false };
            let address = Piece { offset: 0, kind: ScalarKind::Ptr };
            Pass::Scalars(SmallVec::from_slice(&[address, Piece { offset: word, kind: len }]))
        }
        Repr::Memory if layout.size <= u64::from(word) * 2 => {
            let mut leaves = Vec::new();
            collect_leaves(pool, layouts, ty, 0, &mut leaves);
            merge(leaves, layout.size as u32, word).map_or(Pass::Address, Pass::Scalars)
        }
        Repr::Memory | Repr::Comptime => Pass::Address,
    }
}

/// All scalars a value of the type may hold. Those of different variants may lie over each other.
pub fn collect_leaves(pool: &Pool, layouts: &mut Layouts, ty: TypeId, at: u32, leaves: &mut Vec<Piece>) {
    let layout = layouts.of(pool, ty);
    match layout.repr {
        Repr::Zst | Repr::Comptime => {}
        Repr::Scalar(ScalarKind::Bool) => {
            leaves.push(Piece { offset: at, kind: ScalarKind::Int { bits: 8, signed: false } });
        }
        Repr::Scalar(kind) => leaves.push(Piece { offset: at, kind }),
        Repr::FatPtr => {
            let bits = layouts.target().pointer_bits();
            leaves.push(Piece { offset: at, kind: ScalarKind::Ptr });
            let kind = ScalarKind::Int { bits, signed: false };
            leaves.push(Piece { offset: at + u32::from(bits / 8), kind });
        }
        Repr::Memory => collect_parts(pool, layouts, ty, at, leaves),
    }
}

fn collect_parts(pool: &Pool, layouts: &mut Layouts, ty: TypeId, at: u32, leaves: &mut Vec<Piece>) {
    let layout = layouts.of(pool, ty);
    match pool.key(ty) {
        TypeKey::Array { elem, len } => {
            let size = layouts.of(pool, *elem).size as u32;
            for index in 0..*len as u32 {
                collect_leaves(pool, layouts, *elem, at + index * size, leaves);
            }
        }
        TypeKey::Enum { .. } | TypeKey::AnonEnum { .. } => {
            let def = pool.enum_def(ty).expect("layouts are asked only of completed types");
            let parts = layout.enumeration.as_ref().expect("an enum's layout says where its parts lie");
            collect_leaves(pool, layouts, parts.tag, at, leaves);
            for (variant, offsets) in def.variants.iter().zip(&parts.variants) {
                for (field, offset) in variant.fields.iter().zip(offsets) {
                    collect_leaves(pool, layouts, field.ty, at + *offset as u32, leaves);
                }
            }
        }
        _ => {
            for (index, offset) in layout.fields.iter().enumerate() {
                let field = pool.field_type(ty, index).expect("a layout has as many offsets as the type has fields");
                collect_leaves(pool, layouts, field, at + *offset as u32, leaves);
            }
        }
    }
}

/// At most two scalars that hold all leaves: the leaves themselves, or else each word's leaves merged into an integer.
/// `None` if such an integer would reach past the value's end.
fn merge(mut leaves: Vec<Piece>, size: u32, word: u32) -> Option<Pieces> {
    leaves.sort_by_key(|leaf| leaf.offset);
    leaves.dedup();
    let overlap = leaves.windows(2).any(|pair| pair[0].offset + bytes_of(pair[0].kind, word) > pair[1].offset);
    if leaves.len() <= 2 && !overlap {
        return Some(leaves.into());
    }
    let mut pieces = Pieces::new();
    for start in [0, word] {
        let inside: Vec<&Piece> = leaves.iter().filter(|leaf| leaf.offset / word * word == start).collect();
        let Some(first) = inside.first() else { continue };
        if inside.len() == 1 {
            pieces.push(**first);
            continue;
        }
        let end = inside.iter().map(|leaf| leaf.offset + bytes_of(leaf.kind, word)).max()?;
        let bytes = (end - start).next_power_of_two();
        if bytes > word || start + bytes > size {
            return None;
        }
        pieces.push(Piece { offset: start, kind: ScalarKind::Int { bits: bytes as u16 * 8, signed: false } });
    }
    (pieces.len() <= 2).then_some(pieces)
}

/// Bytes of a scalar where addresses have `word` bytes.
pub fn bytes_of(kind: ScalarKind, word: u32) -> u32 {
    match kind {
        ScalarKind::Int { bits, .. } => u32::from(bits) / 8,
        ScalarKind::Bool => 1,
        ScalarKind::F32 => 4,
        ScalarKind::F64 => 8,
        ScalarKind::Ptr | ScalarKind::FnPtr => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kiln_types::Target;

    fn pieces(pool: &Pool, layouts: &mut Layouts, ty: TypeId) -> Option<Vec<(u32, u32)>> {
        match pass_value(pool, layouts, ty) {
            Pass::Scalars(pieces) => Some(pieces.iter().map(|piece| (piece.offset, bytes_of(piece.kind, 8))).collect()),
            Pass::Nothing => Some(Vec::new()),
            _ => None,
        }
    }

    #[test]
    fn small_aggregates_travel_as_scalars() {
        let mut pool = Pool::new();
        let mut layouts = Layouts::new(Target::from_triple("x86_64-unknown-linux-gnu").unwrap());
        let mut check = |parts: &[TypeId], expected: Option<&[(u32, u32)]>| {
            let ty = pool.tuple(parts);
            assert_eq!(pieces(&pool, &mut layouts, ty).as_deref(), expected, "{parts:?}");
        };
        use TypeId as T;
        check(&[T::F64, T::F64], Some(&[(0, 8), (8, 8)]));
        check(&[T::U8, T::I64], Some(&[(0, 1), (8, 8)]));
        check(&[T::U8, T::U8, T::I64], Some(&[(0, 2), (8, 8)]));
        check(&[T::I32, T::I32, T::I32], Some(&[(0, 8), (8, 4)]));
        check(&[T::I32, T::I32, T::I32, T::I32], Some(&[(0, 8), (8, 8)]));
        check(&[T::I128], Some(&[(0, 16)]));
        check(&[T::U8, T::U8, T::U8], None);
        check(&[T::I64, T::I64, T::U8], None);
        check(&[T::UNIT, T::UNIT], Some(&[]));
    }

    #[test]
    fn small_arrays_travel_as_words() {
        let mut pool = Pool::new();
        let mut layouts = Layouts::new(Target::from_triple("x86_64-unknown-linux-gnu").unwrap());
        let bytes = pool.array(TypeId::U8, 16);
        assert_eq!(pieces(&pool, &mut layouts, bytes), Some(vec![(0, 8), (8, 8)]));
        let odd = pool.array(TypeId::U8, 11);
        assert_eq!(pieces(&pool, &mut layouts, odd), None);
        let shorts = pool.array(TypeId::U16, 5);
        assert_eq!(pieces(&pool, &mut layouts, shorts), Some(vec![(0, 8), (8, 2)]));
    }
}
