//! x86-64, but Windows: "System V Application Binary Interface, AMD64 Architecture Processor Supplement", section 3.2.3.

use super::{CPass, CScalars, CValue, Slot, int, is_float};
use crate::abi::{Piece, bytes_of};
use kiln_types::ScalarKind;
use smallvec::SmallVec;

/// What is left for parameters.
pub(super) struct Rules {
    ints: usize,
    floats: usize,
    /// Bytes of the stack in use.
    stack: u64,
}

/// Registers of a result: `rax`, `rdx`; `xmm0`, `xmm1`.
const RESULT: (usize, usize) = (2, 2);
/// Values with more bytes go through memory.
const MOST: u64 = 16;

impl Rules {
    pub fn new() -> Rules {
        Rules { ints: 6, floats: 8, stack: 0 }
    }

    fn take(&mut self, eightbytes: &[Piece]) -> bool {
        let (ints, floats) = count(eightbytes);
        let enough = ints <= self.ints && floats <= self.floats;
        if enough {
            self.ints -= ints;
            self.floats -= floats;
        }
        enough
    }

    /// Room on the stack for what found no registers.
    fn on_stack(&mut self, value: &CValue) -> CPass {
        let align = value.align.max(8);
        let start = self.stack.next_multiple_of(u64::from(align));
        let skipped = (start - self.stack) as u32;
        self.stack = start + value.size.next_multiple_of(8);
        CPass::Stack { size: value.size, align, skipped }
    }
}

impl super::Rules for Rules {
    fn result(&mut self, value: &CValue) -> Option<CPass> {
        let eightbytes = eightbytes(value);
        let (ints, floats) = count(&eightbytes);
        Some(if value.size > MOST || ints > RESULT.0 || floats > RESULT.1 {
            // Its address is the first argument.
            self.ints -= 1;
            value.indirect()
        } else {
            in_registers(value, &eightbytes)
        })
    }

    fn param(&mut self, value: &CValue, _named: bool) -> CPass {
        if value.size > MOST {
            return self.on_stack(value);
        }
        let eightbytes = eightbytes(value);
        if self.take(&eightbytes) {
            in_registers(value, &eightbytes)
        } else if value.is_scalar && value.size <= 8 {
            self.on_stack(value);
            value.itself()
        } else {
            self.on_stack(value)
        }
    }
}

fn count(eightbytes: &[Piece]) -> (usize, usize) {
    let floats = eightbytes.iter().filter(|piece| is_float(piece.kind)).count();
    (eightbytes.len() - floats, floats)
}

fn in_registers(value: &CValue, eightbytes: &[Piece]) -> CPass {
    if value.is_scalar {
        let slots = eightbytes.iter().map(|piece| Slot::Holds(*piece));
        return CPass::Scalars(CScalars::separate(&value.leaves).in_slots(slots));
    }
    CPass::Scalars(CScalars::separate(eightbytes))
}

/// The registers for the two halves of a value, of which each is a vector register if only floats lie in it.
fn eightbytes(value: &CValue) -> SmallVec<[Piece; 2]> {
    match value.scalar() {
        Some(ScalarKind::Int { bits: 128, .. }) | None => [0, 8].into_iter().filter_map(|at| half(value, at)).collect(),
        Some(_) => value.leaves[..].into(),
    }
}

fn half(value: &CValue, start: u32) -> Option<Piece> {
    let inside = || {
        value.leaves.iter().filter(move |leaf| {
            let end = leaf.offset + bytes_of(leaf.kind, 8);
            leaf.offset < start + 8 && end > start
        })
    };
    let first = inside().next()?;
    let kind = if !inside().all(|leaf| is_float(leaf.kind)) {
        int(8)
    } else if inside().count() == 1 && first.offset == start {
        first.kind
    } else {
        ScalarKind::F64
    };
    Some(Piece { offset: start, kind })
}
