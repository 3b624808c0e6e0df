//! AArch64: "Procedure Call Standard for the Arm 64-bit Architecture" (AAPCS64), sections 6.8.2 and 6.9; on Apple's systems with
//! the differences of "Writing ARM64 code for Apple platforms".

use super::{CPass, CScalars, CValue, Slot, int, is_float, word_slots, words};
use crate::abi::{Piece, bytes_of};
use kiln_types::ScalarKind;
use smallvec::SmallVec;

/// What is in use.
pub(super) struct Rules {
    /// Registers for integers and addresses (NGRN).
    ints: u32,
    /// Registers for floats (NSRN).
    floats: u32,
    /// Bytes of the stack (NSAA).
    stack: u32,
    is_apple: bool,
}

/// Registers of each kind.
const REGISTERS: u32 = 8;
/// Bytes of a register and of a stack word.
const WORD: u32 = 8;
/// A struct with more bytes, unless of floats only, is passed by address.
const MOST: u64 = 16;

/// Slots of a value.
type Slots = SmallVec<[Slot; 2]>;

impl Rules {
    pub fn new(is_apple: bool) -> Rules {
        Rules { ints: 0, floats: 0, stack: 0, is_apple }
    }

    /// An integer, an address, or the words of a struct.
    fn words(&mut self, count: u32, align: u32) -> Slots {
        let mut slots = Slots::new();
        if align > WORD && !self.is_apple && self.ints % 2 == 1 {
            // It starts in an even register.
            slots.push(Slot::Empty(int(WORD)));
            self.ints += 1;
        }
        if self.ints + count <= REGISTERS {
            self.ints += count;
        } else {
            slots.extend((self.ints..REGISTERS).map(|_| Slot::Empty(int(WORD))));
            self.ints = REGISTERS;
            self.align_stack(align, &mut slots);
            self.stack += count * WORD;
        }
        slots.extend(word_slots(count, WORD));
        slots
    }

    fn align_stack(&mut self, align: u32, slots: &mut Slots) {
        while !self.stack.is_multiple_of(align.max(WORD)) {
            slots.push(Slot::Empty(int(WORD)));
            self.stack += WORD;
        }
    }

    /// A float, or a struct of floats.
    fn floats(&mut self, kind: ScalarKind, count: u32) -> Slots {
        let each = |kind| (0..count).map(move |n| Piece { offset: n * bytes_of(kind, WORD), kind }).map(Slot::Holds);
        if self.floats + count <= REGISTERS {
            self.floats += count;
            return each(kind).collect();
        }
        let mut slots: Slots = (self.floats..REGISTERS).map(|_| Slot::Empty(kind)).collect();
        self.floats = REGISTERS;
        if self.is_apple {
            // There the stack holds them as close as the struct does.
            slots.extend(each(kind));
        } else {
            let count = words(u64::from(count * bytes_of(kind, WORD)), WORD);
            self.stack += count * WORD;
            let word = |n| Slot::Holds(Piece { offset: n * WORD, kind: ScalarKind::F64 });
            slots.extend((0..count).map(word));
        }
        slots
    }

    fn scalar(&mut self, value: &CValue, kind: ScalarKind) -> CPass {
        let itself = CScalars::separate(&value.leaves);
        let is_wide = value.size > u64::from(WORD);
        let slots = match is_float(kind) {
            true => self.floats(kind, 1),
            false => self.words(words(value.size, WORD), value.align),
        };
        let empty = slots.into_iter().filter(|slot| matches!(slot, Slot::Empty(_)));
        match is_wide {
            // A scalar alone fills a register or stack word by itself.
            false => CPass::Scalars(itself.clone().in_slots(empty.chain(itself.slots))),
            true => CPass::Scalars(itself.in_slots(empty.chain(word_slots(words(value.size, WORD), WORD)))),
        }
    }
}

impl super::Rules for Rules {
    fn result(&mut self, value: &CValue) -> Option<CPass> {
        // Results have the registers of a first parameter; the address for a large one has a register of its own.
        let mut fresh = Rules::new(self.is_apple);
        Some(fresh.param(value, true))
    }

    fn param(&mut self, value: &CValue, _named: bool) -> CPass {
        if let Some(kind) = value.scalar() {
            return self.scalar(value, kind);
        }
        if let Some((kind, count)) = value.floats() {
            return CPass::Scalars(CScalars::together(kind, count, WORD).in_slots(self.floats(kind, count)));
        }
        if value.size > MOST {
            self.words(1, WORD);
            return value.indirect();
        }
        let count = words(value.size, WORD);
        let slots = self.words(count, value.align);
        let (kind, pieces) = if value.align > WORD { (int(2 * WORD), 1) } else { (int(WORD), count) };
        CPass::Scalars(CScalars::together(kind, pieces, WORD).in_slots(slots))
    }
}
