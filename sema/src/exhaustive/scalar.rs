//! Scalars as numbers from 0 upward, without gaps: `-128_i8` is 0, `'\u{e000}'` follows `'\u{d7ff}'`.
//!
//! The ends of `usize` and `isize` depend on the target, and a match that is complete on one has to be on all: beyond their
//! ends are values that only open ranges have. `0` begins `usize` everywhere.

use kiln_source::Interner;
use kiln_types::{Pool, Target, TypeId, TypeKey};

/// A scalar type whose values can be counted.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Domain {
    /// `false`, `true`
    Bool,
    /// All Unicode scalar values.
    Char,
    /// An integer type of known width.
    Int { ty: TypeId, bits: u16, signed: bool },
    /// `usize`, `isize`, with the width they have on the target.
    Size { ty: TypeId, bits: u16, signed: bool },
}

const SURROGATES: std::ops::RangeInclusive<u128> = 0xd800..=0xdfff;
const SURROGATE_COUNT: u128 = 0x800;

impl Domain {
    pub fn of(pool: &Pool, target: &Target, ty: TypeId) -> Option<Domain> {
        match *pool.key(ty) {
            TypeKey::Bool => Some(Domain::Bool),
            TypeKey::Char => Some(Domain::Char),
            TypeKey::Int { bits, signed } => Some(Domain::Int { ty, bits, signed }),
            TypeKey::Size { signed } => Some(Domain::Size { ty, bits: target.pointer_bits(), signed }),
            _ => None,
        }
    }

    /// The number of the largest value, or of what is beyond it.
    pub fn last(self) -> u128 {
        match self {
            Domain::Bool => 1,
            Domain::Char => u128::from(u32::from(char::MAX)) - SURROGATE_COUNT,
            Domain::Int { .. } => self.span(),
            Domain::Size { .. } => self.below() + self.span() + 1,
        }
    }

    /// How far the largest integer of the type is from the smallest.
    fn span(self) -> u128 {
        match self {
            Domain::Int { bits, .. } | Domain::Size { bits, .. } => u128::MAX >> (128 - u32::from(bits)),
            Domain::Bool | Domain::Char => 0,
        }
    }

    /// How many numbers stand for what is beyond the smallest value: one if it depends on the target.
    fn below(self) -> u128 {
        u128::from(matches!(self, Domain::Size { signed: true, .. }))
    }

    /// The bits of the smallest value, as constants have them.
    fn first_bits(self) -> u128 {
        match self {
            Domain::Int { bits, signed: true, .. } | Domain::Size { bits, signed: true, .. } => u128::MAX << (bits - 1),
            _ => 0,
        }
    }

    /// The number of a value, given its bits. A surrogate, which only the end of an exclusive range can be, counts as
    /// the character before.
    pub fn number(self, bits: u128) -> u128 {
        match self {
            Domain::Bool => bits.min(1),
            Domain::Char if SURROGATES.contains(&bits) => SURROGATES.start() - 1,
            Domain::Char if bits > *SURROGATES.end() => bits - SURROGATE_COUNT,
            Domain::Char => bits,
            Domain::Int { .. } | Domain::Size { .. } => {
                bits.wrapping_sub(self.first_bits()).min(self.span()) + self.below()
            }
        }
    }

    /// Numbers from `from` to `to` as a pattern.
    pub fn show(self, pool: &Pool, names: &Interner, from: u128, to: u128) -> String {
        let one = |number| self.value(pool, names, number);
        let is_size = matches!(self, Domain::Size { .. });
        if is_size && to == self.last() {
            return format!("{}..", one(from.min(to - 1)));
        }
        if from < self.below() {
            return format!("..={}", one(to.max(1)));
        }
        if from == to { one(from) } else { format!("{}..={}", one(from), one(to)) }
    }

    /// A value as an expression. Limits of types wider than a byte are named.
    fn value(self, pool: &Pool, names: &Interner, number: u128) -> String {
        match self {
            Domain::Bool => (number != 0).to_string(),
            Domain::Char => {
                let code = if number >= *SURROGATES.start() { number + SURROGATE_COUNT } else { number };
                format!("{:?}", char::from_u32(code as u32).expect("numbers of characters leave surrogates out"))
            }
            Domain::Int { ty, bits, signed } | Domain::Size { ty, bits, signed } => {
                let distance = number.saturating_sub(self.below());
                let is_first = signed && distance == 0;
                if bits > 8 && (is_first || distance == self.span()) {
                    return format!("{}::{}", pool.display(ty, names), if is_first { "MIN" } else { "MAX" });
                }
                let value = distance.wrapping_add(self.first_bits());
                if signed { (value as i128).to_string() } else { value.to_string() }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const I8: Domain = Domain::Int { ty: TypeId::I8, bits: 8, signed: true };
    const I128: Domain = Domain::Int { ty: TypeId::I128, bits: 128, signed: true };
    const U128: Domain = Domain::Int { ty: TypeId::U128, bits: 128, signed: false };

    fn shown(domain: Domain, from: u128, to: u128) -> String {
        domain.show(&Pool::new(), &Interner::new(), from, to)
    }

    #[test]
    fn integers_are_counted_from_their_smallest() {
        assert_eq!(I8.number(i128::from(i8::MIN) as u128), 0);
        assert_eq!(I8.number(u128::MAX), 127);
        assert_eq!(I8.number(127), I8.last());
        assert_eq!(I128.number(i128::MIN as u128), 0);
        assert_eq!(I128.number(i128::MAX as u128), u128::MAX);
        assert_eq!(U128.number(u128::MAX), U128.last());
    }

    #[test]
    fn characters_have_no_surrogates() {
        assert_eq!(Domain::Char.number(0xe000), Domain::Char.number(0xd7ff) + 1);
        assert_eq!(Domain::Char.number(0xdfff), Domain::Char.number(0xd7ff));
        assert_eq!(Domain::Char.number(0x10_ffff), Domain::Char.last());
        assert_eq!(shown(Domain::Char, 0xd7ff, 0xd800), "'\\u{d7ff}'..='\\u{e000}'");
    }

    #[test]
    fn ranges_are_written_as_patterns() {
        assert_eq!(shown(I8, 0, 127), "-128..=-1");
        assert_eq!(shown(I8, 130, 130), "2");
        assert_eq!(shown(I128, 0, (1 << 127) - 1), "i128::MIN..=-1");
        assert_eq!(shown(U128, 7, u128::MAX), "7..=u128::MAX");
        assert_eq!(shown(Domain::Bool, 0, 0), "false");
        assert_eq!(shown(Domain::Char, 97, 97), "'a'");
    }
}
