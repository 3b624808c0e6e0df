//! x86-64 Windows: Microsoft's "x64 calling convention". A struct of 1, 2, 4 or 8 bytes is an integer, any other an address.

use super::{CPass, CScalars, CValue, int};
use crate::abi::Piece;

pub(super) struct Rules;

impl super::Rules for Rules {
    fn result(&mut self, value: &CValue) -> Option<CPass> {
        match value.is_scalar {
            // Compilers do not agree on where a 128-bit integer comes back.
            true if value.size > 8 => None,
            true => Some(value.itself()),
            false => Some(aggregate(value)),
        }
    }

    fn param(&mut self, value: &CValue, _named: bool) -> CPass {
        if value.is_scalar && value.size <= 8 { value.itself() } else { aggregate(value) }
    }
}

fn aggregate(value: &CValue) -> CPass {
    match value.size {
        1 | 2 | 4 | 8 => CPass::Scalars(CScalars::separate(&[Piece { offset: 0, kind: int(value.size as u32) }])),
        _ => value.indirect(),
    }
}
