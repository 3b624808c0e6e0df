//! RISC-V with 32 or 64 bits, with or without floating-point registers: "RISC-V ABIs Specification", chapter "Procedure Calling
//! Convention" (ilp32, ilp32d, lp64, lp64d).

use super::{CPass, CScalars, CValue, Slot, int, is_float, word_slots, words};
use crate::abi::{Piece, bytes_of};
use smallvec::SmallVec;

/// What is in use.
pub(super) struct Rules {
    /// Bytes of an integer register (XLEN) and of a stack word.
    word: u32,
    /// Bytes of the largest float that is passed in floating-point registers (FLEN of the convention); 0 without.
    float: u32,
    ints: u32,
    floats: u32,
    /// Bytes of the stack.
    stack: u32,
}

/// Registers of each kind for arguments.
const REGISTERS: u32 = 8;

impl Rules {
    pub fn new(word: u32, float: u32) -> Rules {
        Rules { word, float, ints: 0, floats: 0, stack: 0 }
    }

    /// By the floating-point convention, if it applies: the fields of a struct each in a register of its kind.
    fn by_floats(&mut self, value: &CValue) -> Option<CPass> {
        let fits =
            |leaf: &Piece| bytes_of(leaf.kind, self.word) <= if is_float(leaf.kind) { self.float } else { self.word };
        if value.leaves.is_empty() || value.leaves.len() > 2 || !value.leaves.iter().all(fits) {
            return None;
        }
        let floats = value.leaves.iter().filter(|leaf| is_float(leaf.kind)).count() as u32;
        let ints = value.leaves.len() as u32 - floats;
        let fits = floats > 0 && self.floats + floats <= REGISTERS && self.ints + ints <= REGISTERS;
        fits.then(|| {
            self.floats += floats;
            self.ints += ints;
            CPass::Scalars(CScalars::separate(&value.leaves))
        })
    }

    /// By the integer convention: words in registers, then on the stack; one value may be in both.
    fn by_words(&mut self, value: &CValue) -> SmallVec<[Slot; 2]> {
        let count = words(value.size, self.word);
        let mut slots = SmallVec::new();
        if self.ints == REGISTERS && value.align > self.word && !self.stack.is_multiple_of(value.align) {
            slots.push(Slot::Empty(int(self.word)));
            self.stack += self.word;
        }
        let in_registers = count.min(REGISTERS - self.ints);
        self.ints += in_registers;
        self.stack += (count - in_registers) * self.word;
        slots.extend(word_slots(count, self.word));
        slots
    }
}

impl super::Rules for Rules {
    fn result(&mut self, value: &CValue) -> Option<CPass> {
        let passed = Rules::new(self.word, self.float).param(value, true);
        if matches!(passed, CPass::Indirect { .. }) {
            // Its address is the first argument.
            self.ints += 1;
        }
        Some(passed)
    }

    fn param(&mut self, value: &CValue, named: bool) -> CPass {
        if let Some(pass) = named.then(|| self.by_floats(value)).flatten() {
            return pass;
        }
        if value.size > u64::from(2 * self.word) {
            self.by_words(&CValue {
                size: u64::from(self.word),
                align: self.word,
                leaves: SmallVec::new(),
                is_scalar: true,
            });
            return value.indirect();
        }
        let slots = self.by_words(value);
        if let Some(kind) = value.scalar() {
            let itself = CScalars::separate(&value.leaves);
            // An integer of one word is extended as one; a float goes as its bits.
            let is_plain = !is_float(kind) && value.size <= u64::from(self.word);
            return CPass::Scalars(if is_plain { itself } else { itself.in_slots(slots) });
        }
        let is_wide = value.align > self.word;
        let (kind, count) =
            if is_wide { (int(2 * self.word), 1) } else { (int(self.word), words(value.size, self.word)) };
        CPass::Scalars(CScalars::together(kind, count, self.word).in_slots(slots))
    }
}
