//! Addresses as numbers: of memory that is not the program's own, and (only where a program runs for real) of allocations.

use super::{Memory, Pointer};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Where the first allocation that is turned into a number seems to lie.
const LOWEST: u64 = 0x10_0000;

/// Addresses that do not fit an offset, and those given to allocations.
#[derive(Debug, Default)]
pub(super) struct Addresses {
    far: Vec<u64>,
    far_numbers: FxHashMap<u64, u32>,
    /// Address of each allocation that has one, by serial.
    given: FxHashMap<u32, u64>,
    /// Serial and size of the allocation at an address.
    taken: BTreeMap<u64, (u32, u32)>,
    next: u64,
}

impl Addresses {
    /// The address a pointer without allocation stands for.
    #[inline]
    pub(super) fn plain(&self, pointer: Pointer) -> Option<u64> {
        match pointer.serial() {
            Pointer::PLAIN => Some(pointer.0),
            Pointer::FAR => self.far.get(pointer.offset() as usize).copied(),
            _ => None,
        }
    }

    /// The pointer that stands for an address.
    #[inline]
    pub(super) fn pointer_to(&mut self, address: u64) -> Pointer {
        if address <= u64::from(u32::MAX) { Pointer(address) } else { self.far_pointer(address) }
    }

    #[cold]
    fn far_pointer(&mut self, address: u64) -> Pointer {
        let number = *self.far_numbers.entry(address).or_insert_with(|| {
            self.far.push(address);
            self.far.len() as u32 - 1
        });
        Pointer::new(Pointer::FAR, number)
    }
}

impl Memory {
    /// The address a pointer without allocation stands for.
    pub(crate) fn plain_address(&self, pointer: Pointer) -> Option<u64> {
        self.addresses.plain(pointer)
    }

    /// The pointer for a number; it may be used for access only if it is the address of an allocation that has one.
    pub(crate) fn pointer_to_address(&mut self, address: u64) -> Pointer {
        if let Some((start, (serial, size))) = self.addresses.taken.range(..=address).next_back() {
            let offset = address - start;
            if offset <= u64::from(*size) {
                return Pointer::new(*serial, offset as u32);
            }
        }
        self.addresses.pointer_to(address)
    }

    /// The address of a pointer: an allocation gets one when it is asked for. Functions have their number.
    pub(crate) fn address_of(&mut self, pointer: Pointer) -> u64 {
        if let Some(address) = self.addresses.plain(pointer) {
            return address;
        }
        let Some(entry) = self.table.get(pointer.serial()).copied() else {
            let start = self.addresses.given.get(&pointer.serial()).copied().unwrap_or(LOWEST / 2);
            return start + u64::from(pointer.offset());
        };
        let addresses = &mut self.addresses;
        let start = *addresses.given.entry(pointer.serial()).or_insert_with(|| {
            let start = addresses.next.max(LOWEST);
            addresses.next = (start + u64::from(entry.size) + 1).next_multiple_of(16);
            start
        });
        addresses.taken.insert(start, (pointer.serial(), entry.size));
        start + u64::from(pointer.offset())
    }
}
