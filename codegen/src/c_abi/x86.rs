//! i386 Linux: "System V Application Binary Interface, Intel386 Architecture Processor Supplement", version 1.2, section 2.2.
//! All arguments are on the stack; a struct is returned in memory, whose address the callee takes off the stack.

use super::{CPass, CValue};

pub(super) struct Rules;

/// Bytes of a stack word.
const WORD: u32 = 4;

impl super::Rules for Rules {
    fn result(&mut self, value: &CValue) -> Option<CPass> {
        Some(if value.is_scalar { value.itself() } else { value.indirect() })
    }

    fn param(&mut self, value: &CValue, _named: bool) -> CPass {
        match value.is_scalar {
            true => value.itself(),
            // Without vectors nothing is aligned to more than a word.
            false => CPass::Stack { size: value.size, align: WORD, skipped: 0 },
        }
    }
}
