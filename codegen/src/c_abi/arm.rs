//! 32-bit Arm with floating-point registers: "Procedure Call Standard for the Arm Architecture" (AAPCS32), sections 6 and 7, the
//! variant with VFP registers. Which words are in registers is left to the code generator, LLVM: it knows which integers come in
//! pairs, and that a function with `...` takes floats in core registers.

use super::{CPass, CScalars, CValue, int, words};
use crate::abi::Piece;

pub(super) struct Rules;

/// A struct of more bytes is copied to the stack at once, because LLVM would hold each of its words by itself.
const MOST_AS_WORDS: u64 = 64;

impl super::Rules for Rules {
    fn result(&mut self, value: &CValue) -> Option<CPass> {
        Some(match (value.scalar(), value.floats()) {
            (Some(_), _) => value.itself(),
            (None, Some((kind, count))) => CPass::Scalars(CScalars::together(kind, count, 4)),
            _ if value.size <= 4 => CPass::Scalars(CScalars::separate(&[Piece { offset: 0, kind: int(4) }])),
            _ => value.indirect(),
        })
    }

    fn param(&mut self, value: &CValue, _named: bool) -> CPass {
        match (value.scalar(), value.floats()) {
            (Some(_), _) => value.itself(),
            (None, Some((kind, count))) => CPass::Scalars(CScalars::together(kind, count, 4)),
            _ if value.size > MOST_AS_WORDS => {
                CPass::Stack { size: value.size, align: value.align.clamp(4, 8), skipped: 0 }
            }
            _ => {
                let word = if value.align >= 8 { 8 } else { 4 };
                CPass::Scalars(CScalars::together(int(word), words(value.size, word), 4))
            }
        }
    }
}
