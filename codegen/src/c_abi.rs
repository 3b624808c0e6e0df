//! C's calling convention, at the edge to foreign code only.
//!
//! Scalars and pointers are the same everywhere: integers narrower than `int` are widened by their sign. Structs and enums
//! by value are classified for System V x86-64; other targets refuse them until their rules are written down here.

use crate::abi::{Pass, Piece, Pieces, bytes_of, collect_leaves, pass_param, pass_value};
use crate::{CodegenError, Result};
use kiln_cfg::FuncSig;
use kiln_types::{Arch, Layouts, Os, ParamMode, Pool, Repr, ScalarKind, TypeId};

/// How one parameter or result travels.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CPass {
    /// Not at all.
    Nothing,
    /// As these scalars.
    Scalars(Pieces),
    /// An aggregate in registers: each piece holds up to eight of its bytes, the last one padded.
    Registers(Pieces),
    /// An aggregate copied to the stack; as a result: written to memory whose address the caller gives.
    Memory {
        /// Bytes.
        size: u64,
        /// Bytes.
        align: u32,
    },
    /// As an address: `borrow` and `inout`.
    Address,
    /// As address and length.
    View,
}

/// How a C function is called.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CAbi {
    /// Parameters in order.
    pub params: Box<[CPass]>,
    /// The result.
    pub ret: CPass,
}

/// Registers that are left for arguments.
struct Registers {
    ints: usize,
    floats: usize,
}

impl CAbi {
    /// The convention of a C function with this signature.
    ///
    /// # Errors
    /// A struct travels by value, and the target's rules for that are not implemented.
    pub fn new(pool: &Pool, layouts: &mut Layouts, sig: &FuncSig, symbol: &str) -> Result<CAbi> {
        let mut registers = Registers { ints: 6, floats: 8 };
        let ret = classify(pool, layouts, sig.ret, &mut Registers { ints: 2, floats: 2 }, symbol)?;
        if matches!(ret, CPass::Memory { .. }) {
            registers.ints -= 1;
        }
        let mut params = Vec::with_capacity(sig.params.len());
        for param in &sig.params {
            params.push(if param.mode == ParamMode::Own {
                classify(pool, layouts, param.ty, &mut registers, symbol)?
            } else {
                match pass_param(pool, layouts, *param) {
                    Pass::Nothing => CPass::Nothing,
                    Pass::Scalars(pieces) => CPass::Scalars(registers.take_all(pieces)),
                    Pass::Address => {
                        registers.ints = registers.ints.saturating_sub(1);
                        CPass::Address
                    }
                    Pass::View => {
                        registers.ints = registers.ints.saturating_sub(2);
                        CPass::View
                    }
                }
            });
        }
        Ok(CAbi { params: params.into(), ret })
    }
}

impl Registers {
    /// Takes registers for all pieces, or none at all.
    fn take(&mut self, pieces: &Pieces) -> bool {
        let floats = pieces.iter().filter(|piece| is_float(piece.kind)).count();
        let ints = pieces.len() - floats;
        let enough = floats <= self.floats && ints <= self.ints;
        if enough {
            self.floats -= floats;
            self.ints -= ints;
        }
        enough
    }

    /// Takes registers for scalars, each by itself; what finds none goes to the stack by itself.
    fn take_all(&mut self, pieces: Pieces) -> Pieces {
        let floats = pieces.iter().filter(|piece| is_float(piece.kind)).count();
        self.floats = self.floats.saturating_sub(floats);
        self.ints = self.ints.saturating_sub(pieces.len() - floats);
        pieces
    }
}

fn is_float(kind: ScalarKind) -> bool {
    matches!(kind, ScalarKind::F32 | ScalarKind::F64)
}

fn classify(pool: &Pool, layouts: &mut Layouts, ty: TypeId, registers: &mut Registers, symbol: &str) -> Result<CPass> {
    let layout = layouts.of(pool, ty);
    if layout.repr != Repr::Memory {
        return Ok(match pass_value(pool, layouts, ty) {
            Pass::Scalars(pieces) => CPass::Scalars(registers.take_all(pieces)),
            _ => CPass::Nothing,
        });
    }
    let target = layouts.target();
    if target.arch != Arch::X86_64 || target.os == Os::Windows {
        let triple = target.triple.to_string();
        return Err(Box::new(CodegenError::CAbiUnsupported { function: symbol.to_owned(), triple }));
    }
    let in_memory = CPass::Memory { size: layout.size, align: layout.align.max(8) };
    if layout.size > 16 {
        return Ok(in_memory);
    }
    let mut leaves = Vec::new();
    collect_leaves(pool, layouts, ty, 0, &mut leaves);
    let pieces: Pieces = [0, 8].into_iter().filter_map(|start| eightbyte(&leaves, start)).collect();
    Ok(if registers.take(&pieces) { CPass::Registers(pieces) } else { in_memory })
}

/// The register for eight bytes of a struct: a vector register if only floats lie in them.
fn eightbyte(leaves: &[Piece], start: u32) -> Option<Piece> {
    let inside = || {
        leaves.iter().filter(move |leaf| {
            let end = leaf.offset + bytes_of(leaf.kind, 8);
            leaf.offset < start + 8 && end > start
        })
    };
    let first = inside().next()?;
    let kind = if !inside().all(|leaf| is_float(leaf.kind)) {
        ScalarKind::Int { bits: 64, signed: false }
    } else if inside().count() == 1 && first.offset == start {
        first.kind
    } else {
        ScalarKind::F64
    };
    Some(Piece { offset: start, kind })
}

#[cfg(test)]
mod tests {
    use super::*;
    use kiln_types::{FnTypeParam, Target};

    fn kinds(pass: &CPass) -> Vec<ScalarKind> {
        match pass {
            CPass::Registers(pieces) => pieces.iter().map(|piece| piece.kind).collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn structs_are_classified_by_eightbytes() {
        let mut pool = Pool::new();
        let mut layouts = Layouts::new(Target::from_triple("x86_64-unknown-linux-gnu").unwrap());
        let int = ScalarKind::Int { bits: 64, signed: false };
        let rows: [(&[TypeId], &[ScalarKind]); 6] = [
            (&[TypeId::F32, TypeId::F32, TypeId::F32], &[ScalarKind::F64, ScalarKind::F32]),
            (&[TypeId::F64, TypeId::I32], &[ScalarKind::F64, int]),
            (&[TypeId::F32, TypeId::I32], &[int]),
            (&[TypeId::U8, TypeId::U8, TypeId::U8], &[int]),
            (&[TypeId::I64, TypeId::I64, TypeId::U8], &[]),
            (&[TypeId::I128], &[int, int]),
        ];
        for (parts, expected) in rows {
            let ty = pool.tuple(parts);
            let sig = FuncSig { params: Box::default(), ret: ty };
            let abi = CAbi::new(&pool, &mut layouts, &sig, "f").unwrap();
            assert_eq!(kinds(&abi.ret), expected, "{parts:?}");
        }
    }

    #[test]
    fn what_finds_no_registers_goes_to_the_stack_whole() {
        let mut pool = Pool::new();
        let mut layouts = Layouts::new(Target::from_triple("x86_64-unknown-linux-gnu").unwrap());
        let pair = pool.tuple(&[TypeId::I64, TypeId::I64]);
        let param = FnTypeParam { mode: ParamMode::Own, ty: pair };
        let int = FnTypeParam { mode: ParamMode::Own, ty: TypeId::I64 };
        let sig = FuncSig { params: [param, param, int, param, int].into(), ret: TypeId::UNIT };
        let abi = CAbi::new(&pool, &mut layouts, &sig, "f").unwrap();
        let in_registers: Vec<bool> = abi.params.iter().map(|pass| !matches!(pass, CPass::Memory { .. })).collect();
        assert_eq!(in_registers, [true, true, true, false, true]);
    }

    #[test]
    fn other_targets_refuse_structs() {
        let mut pool = Pool::new();
        let mut layouts = Layouts::new(Target::from_triple("aarch64-unknown-linux-gnu").unwrap());
        let ty = pool.tuple(&[TypeId::I64, TypeId::I64]);
        let sig = FuncSig { params: Box::default(), ret: ty };
        let error = CAbi::new(&pool, &mut layouts, &sig, "f").unwrap_err();
        assert!(matches!(*error, CodegenError::CAbiUnsupported { .. }));
    }
}
