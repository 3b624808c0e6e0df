//! Pointers as registers hold them.

/// A pointer in a register: the serial number of an allocation above, an offset in bytes below. Some serials name no
/// allocation: 0 stands for a plain address (null is 0 throughout), the others for functions and large addresses.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, Default)]
pub(crate) struct Pointer(pub(crate) u64);

impl Pointer {
    /// Offset is an address that points to nothing.
    pub(crate) const PLAIN: u32 = 0;
    /// Offset is a function's number.
    pub(crate) const FUNCTION: u32 = 1;
    /// Offset is the number of an address of more than 32 bits.
    pub(crate) const FAR: u32 = 2;
    /// The first serial that names an allocation.
    pub(crate) const FIRST: u32 = 16;

    #[inline]
    pub(crate) const fn new(serial: u32, offset: u32) -> Pointer {
        Pointer((serial as u64) << 32 | offset as u64)
    }

    #[inline]
    pub(crate) const fn serial(self) -> u32 {
        (self.0 >> 32) as u32
    }

    #[inline]
    pub(crate) const fn offset(self) -> u32 {
        self.0 as u32
    }

    /// Whether it names an allocation, live or dead.
    #[inline]
    pub(crate) const fn has_allocation(self) -> bool {
        self.serial() >= Pointer::FIRST
    }

    /// The pointer `bytes` further; `None` outside of what an offset holds.
    #[inline]
    pub(crate) fn add(self, bytes: i64) -> Option<Pointer> {
        let offset = i64::from(self.offset()).checked_add(bytes)?;
        Some(Pointer::new(self.serial(), u32::try_from(offset).ok()?))
    }
}
