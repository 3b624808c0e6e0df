//! Loads and stores of scalars, through pointers and inside frames.
//!
//! All of these answer `None` when something is wrong; what it is, [`Memory::explain`] finds out.

use super::{DATA, Memory, POINTER, Pointer};

/// What is known of the bytes of a whole pointer.
const WIDE: [u8; 8] =
    [POINTER, POINTER + 1, POINTER + 2, POINTER + 3, POINTER + 4, POINTER + 5, POINTER + 6, POINTER + 7];
/// The same for targets with pointers of 4 bytes.
const NARROW: [u8; 4] = [POINTER, POINTER + 1, POINTER + 2, POINTER + 3];

/// A pointer in memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Peeked {
    /// A number.
    Address(u64),
    /// To an allocation or a function.
    Pointer(Pointer),
}

impl Memory {
    /// Where `N` bytes lie that a pointer plus `further` bytes allows to read.
    #[inline(always)]
    fn readable<const N: usize>(&self, pointer: Pointer, further: u64) -> Option<usize> {
        let entry = self.table.candidate(pointer.serial())?;
        self.inside::<N>(pointer, further, entry.serial, entry.size, entry.misalignment(), entry.start())
    }

    /// Where `N` bytes lie that a pointer plus `further` bytes allows to write.
    #[inline(always)]
    fn writable<const N: usize>(&self, pointer: Pointer, further: u64) -> Option<usize> {
        let entry = self.table.candidate(pointer.serial())?;
        self.inside::<N>(pointer, further, entry.serial, entry.writable, entry.misalignment(), entry.start())
    }

    #[inline(always)]
    fn inside<const N: usize>(
        &self,
        pointer: Pointer,
        further: u64,
        serial: u32,
        size: u32,
        misalignment: u64,
        start: usize,
    ) -> Option<usize> {
        let offset = u64::from(pointer.offset()).wrapping_add(further);
        let mask = if N == 8 { self.mask_8 } else { N as u64 - 1 };
        // `further` is at most 2^40, so the sum does not wrap unless it is negative, and then it is out of every bound.
        let outside = offset >= u64::from(size) || u64::from(size) - offset < N as u64;
        if serial != pointer.serial() || outside || (offset | misalignment) & mask != 0 {
            return None;
        }
        Some(start + offset as usize)
    }

    /// `N` bytes of plain data at a place of the arena.
    #[inline(always)]
    pub(crate) fn read_at<const N: usize>(&self, at: usize) -> Option<[u8; N]> {
        let end = at.checked_add(N)?;
        let known: [u8; N] = self.shadow.get(at..end)?.try_into().ok()?;
        if known != [DATA; N] {
            return None;
        }
        self.data.get(at..end)?.try_into().ok()
    }

    /// Writes plain data at a place of the arena.
    #[inline(always)]
    pub(crate) fn write_at<const N: usize>(&mut self, at: usize, bytes: [u8; N]) -> Option<()> {
        let end = at.checked_add(N)?;
        *self.shadow.get_mut(at..end)?.first_chunk_mut()? = [DATA; N];
        *self.data.get_mut(at..end)?.first_chunk_mut()? = bytes;
        Some(())
    }

    /// `N` bytes of plain data through a pointer.
    #[inline(always)]
    pub(crate) fn read<const N: usize>(&self, pointer: Pointer, further: u64) -> Option<[u8; N]> {
        self.read_at(self.readable::<N>(pointer, further)?)
    }

    /// Writes plain data through a pointer.
    #[inline(always)]
    pub(crate) fn write<const N: usize>(&mut self, pointer: Pointer, further: u64, bytes: [u8; N]) -> Option<()> {
        self.write_at(self.writable::<N>(pointer, further)?, bytes)
    }

    /// A pointer at a place of the arena.
    #[inline(always)]
    pub(crate) fn read_pointer_at(&mut self, at: usize) -> Option<Pointer> {
        let known: [u8; 8] = self.shadow.get(at..at.checked_add(8)?)?.try_into().ok()?;
        if known == WIDE {
            return Some(Pointer(u64::from_le_bytes(self.data.get(at..at + 8)?.try_into().ok()?)));
        }
        self.read_other_at(at)
    }

    /// A pointer that has not all bytes of a pointer to an allocation.
    #[inline(never)]
    fn read_other_at(&mut self, at: usize) -> Option<Pointer> {
        if self.narrow {
            return self.read_narrow_at(at);
        }
        let address = u64::from_le_bytes(self.read_at(at)?);
        Some(self.addresses.pointer_to(address))
    }

    /// Writes a pointer at a place of the arena.
    #[inline(always)]
    pub(crate) fn write_pointer_at(&mut self, at: usize, pointer: Pointer) -> Option<()> {
        if self.narrow || pointer.serial() == Pointer::PLAIN || pointer.serial() == Pointer::FAR {
            return self.write_other_at(at, pointer);
        }
        let end = at.checked_add(8)?;
        *self.shadow.get_mut(at..end)?.first_chunk_mut()? = WIDE;
        *self.data.get_mut(at..end)?.first_chunk_mut()? = pointer.0.to_le_bytes();
        Some(())
    }

    #[inline(never)]
    fn write_other_at(&mut self, at: usize, pointer: Pointer) -> Option<()> {
        if self.narrow {
            return self.write_narrow_at(at, pointer);
        }
        self.write_at(at, self.addresses.plain(pointer)?.to_le_bytes())
    }

    /// A pointer, through a pointer.
    #[inline(always)]
    pub(crate) fn read_pointer(&mut self, pointer: Pointer, further: u64) -> Option<Pointer> {
        let at =
            if self.narrow { self.readable::<4>(pointer, further)? } else { self.readable::<8>(pointer, further)? };
        self.read_pointer_at(at)
    }

    /// Writes a pointer through a pointer.
    #[inline(always)]
    pub(crate) fn write_pointer(&mut self, pointer: Pointer, further: u64, value: Pointer) -> Option<()> {
        let at =
            if self.narrow { self.writable::<4>(pointer, further)? } else { self.writable::<8>(pointer, further)? };
        self.write_pointer_at(at, value)
    }

    #[cold]
    fn read_narrow_at(&mut self, at: usize) -> Option<Pointer> {
        let known: [u8; 4] = self.shadow.get(at..at + 4)?.try_into().ok()?;
        let offset = u32::from_le_bytes(self.data.get(at..at + 4)?.try_into().ok()?);
        match known {
            NARROW => Some(Pointer::new(*self.narrow_serials.get(&(at as u32))?, offset)),
            _ if known == [DATA; 4] => Some(self.addresses.pointer_to(offset.into())),
            _ => None,
        }
    }

    #[cold]
    fn write_narrow_at(&mut self, at: usize, pointer: Pointer) -> Option<()> {
        if let Some(address) = self.addresses.plain(pointer) {
            return self.write_at(at, (address as u32).to_le_bytes());
        }
        *self.shadow.get_mut(at..at + 4)?.first_chunk_mut()? = NARROW;
        *self.data.get_mut(at..at + 4)?.first_chunk_mut()? = pointer.offset().to_le_bytes();
        self.narrow_serials.insert(at as u32, pointer.serial());
        Some(())
    }

    /// The range of the arena behind `size` bytes, if all may be read. The alignment is that of the type behind the pointer.
    pub(crate) fn readable_range(&self, pointer: Pointer, size: u64, align: u32) -> Option<usize> {
        let entry = self.table.get(pointer.serial())?;
        range(pointer, size, align, entry.size, entry.misalignment()).map(|offset| entry.start() + offset)
    }

    /// The range of the arena behind `size` bytes, if all may be written.
    pub(crate) fn writable_range(&self, pointer: Pointer, size: u64, align: u32) -> Option<usize> {
        let entry = self.table.get(pointer.serial())?;
        range(pointer, size, align, entry.writable, entry.misalignment()).map(|offset| entry.start() + offset)
    }

    /// Bytes of the arena, whatever is known of them.
    pub(crate) fn bytes(&self, at: usize, size: usize) -> &[u8] {
        &self.data[at..at + size]
    }

    /// What is known of bytes of the arena.
    pub(crate) fn knowledge(&self, at: usize, size: usize) -> &[u8] {
        &self.shadow[at..at + size]
    }

    /// Bytes of the arena, if all are plain data.
    pub(crate) fn plain_bytes(&self, at: usize, size: usize) -> Option<&[u8]> {
        self.knowledge(at, size).iter().all(|known| *known == DATA).then(|| self.bytes(at, size))
    }

    /// What a pointer at a place of the arena points to.
    pub(crate) fn peek_pointer(&self, at: usize) -> Option<Peeked> {
        let size = self.pointer_bytes();
        let (known, bytes) = (self.knowledge(at, size), self.bytes(at, size));
        let mut raw = [0; 8];
        raw[..size].copy_from_slice(bytes);
        let value = u64::from_le_bytes(raw);
        if known.iter().all(|known| *known == DATA) {
            return Some(Peeked::Address(value));
        }
        match (self.narrow, known) {
            (false, known) if known == WIDE => Some(Peeked::Pointer(Pointer(value))),
            (true, known) if known == NARROW => {
                Some(Peeked::Pointer(Pointer::new(*self.narrow_serials.get(&(at as u32))?, value as u32)))
            }
            _ => None,
        }
    }

    /// Writes plain data of any length.
    pub(crate) fn write_bytes(&mut self, at: usize, bytes: &[u8]) {
        self.data[at..at + bytes.len()].copy_from_slice(bytes);
        self.shadow[at..at + bytes.len()].fill(DATA);
    }
}

fn range(pointer: Pointer, size: u64, align: u32, limit: u32, misalignment: u64) -> Option<usize> {
    let offset = u64::from(pointer.offset());
    let mask = u64::from(align.min(16)) - 1;
    let fits = offset.checked_add(size).is_some_and(|end| end <= u64::from(limit));
    (fits && (offset | misalignment) & mask == 0).then_some(offset as usize)
}
