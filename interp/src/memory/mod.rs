//! Comptime memory: bytes, what is known of each byte, and the allocations they belong to.
//!
//! All bytes lie in one arena and all knowledge of them in a second one beside it (the *shadow*, a byte for a byte:
//! uninitialised, plain data, or the n-th byte of a pointer). An allocation is a range of the arena with an entry in
//! the [`table`]; programs name it by its *serial number*, which is not given again for four billion allocations, so a
//! pointer to something freed is recognised however the arena was used since. Frames take their memory from chunks of
//! the same arena; a local whose address is taken has an entry of its own as long as it lives.
//!
//! What always holds: an access costs the same whatever the size of the allocation; bytes outside live allocations
//! and frames are never read; nothing here depends on the host's addresses or byte order.

mod pointer;
pub(crate) use pointer::Pointer;

mod blocks;
use blocks::Blocks;

mod table;
use table::Table;
pub(crate) use table::{AllocKind, CodeAt, Entry, Site};

mod access;
pub(crate) use access::Peeked;

mod fault;
pub use fault::FaultKind;
pub(crate) use fault::{Access, Fault};

mod copy;

mod stack;
use stack::Stack;
pub(crate) use stack::StackMark;

mod address;
use address::Addresses;

use kiln_types::{Target, TypeId};
use rustc_hash::FxHashMap;

/// Knowledge of a byte: it has no value.
pub(crate) const UNINIT: u8 = 0;
/// Knowledge of a byte: it is plain data.
pub(crate) const DATA: u8 = 1;
/// Knowledge of a byte: it is the first byte of a pointer; those that follow count up.
pub(crate) const POINTER: u8 = 2;

/// The bytes and allocations of one evaluation.
#[derive(Debug)]
pub(crate) struct Memory {
    data: Vec<u8>,
    shadow: Vec<u8>,
    table: Table,
    blocks: Blocks,
    stack: Stack,
    addresses: Addresses,
    /// Serials of the pointers that lie in memory on targets where a pointer has 4 bytes (which hold its offset), by place.
    narrow_serials: FxHashMap<u32, u32>,
    /// Whether pointers have 4 bytes.
    narrow: bool,
    /// The alignment the target asks of 8-byte scalars, less 1.
    mask_8: u64,
    /// Bytes of live allocations, and the most there ever were.
    used: u64,
    peak: u64,
    /// The most there may be.
    limit: u64,
}

/// No memory is left, by the evaluation's own limit or because the arena cannot grow.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct OutOfMemory;

impl Memory {
    /// Empty memory that holds at most `limit` bytes.
    pub(crate) fn new(target: &Target, limit: u64) -> Memory {
        Memory {
            data: Vec::new(),
            shadow: Vec::new(),
            table: Table::new(),
            blocks: Blocks::new(),
            stack: Stack::default(),
            addresses: Addresses::default(),
            narrow_serials: FxHashMap::default(),
            narrow: target.pointer_bytes == 4,
            mask_8: u64::from(target.align_i64) - 1,
            used: 0,
            peak: 0,
            limit,
        }
    }

    /// The most bytes that were allocated at one time.
    pub(crate) fn peak(&self) -> u64 {
        self.peak
    }

    /// Bytes of a pointer in memory.
    pub(crate) fn pointer_bytes(&self) -> usize {
        if self.narrow { 4 } else { 8 }
    }

    /// A new allocation of `size` uninitialised bytes. `align` is what its users may rely on.
    ///
    /// # Errors
    /// The limit of the evaluation, or of the arena, is passed.
    pub(crate) fn allocate(&mut self, size: u64, align: u32, site: Site) -> Result<Pointer, OutOfMemory> {
        let base = self.take_block(size)?;
        Ok(self.table.insert(base, size as u32, align, site))
    }

    /// An entry for `size` bytes of a frame, uninitialised from now on. They begin at a multiple of 16.
    pub(crate) fn birth(&mut self, base: usize, size: u32, align: u32, site: Site) -> Pointer {
        self.forget(base, size as usize);
        self.table.insert(base, size, align, site)
    }

    /// Ends the life of a frame's local.
    pub(crate) fn kill(&mut self, pointer: Pointer) {
        self.table.remove(pointer.serial());
    }

    /// Frees an allocation of the heap that was checked to be one.
    pub(crate) fn release(&mut self, pointer: Pointer, freed_at: CodeAt) {
        if let Some(entry) = self.table.bury(pointer.serial(), freed_at) {
            self.used -= u64::from(entry.size);
            self.blocks.give(entry.start(), entry.size);
        }
    }

    /// Makes an allocation read-only.
    pub(crate) fn protect(&mut self, pointer: Pointer) {
        self.table.protect(pointer.serial());
    }

    /// The live allocation a pointer belongs to.
    pub(crate) fn entry(&self, pointer: Pointer) -> Option<&Entry> {
        self.table.get(pointer.serial())
    }

    /// Where an allocation came from.
    pub(crate) fn site(&self, pointer: Pointer) -> Option<&Site> {
        self.table.site(pointer.serial())
    }

    /// Live allocations of the heap in the order in which they were made.
    pub(crate) fn heap(&self) -> Vec<(Pointer, Site)> {
        self.table.live().filter(|(_, site)| site.kind == AllocKind::Heap).collect()
    }

    /// Takes `size` uninitialised bytes of the arena.
    fn take_block(&mut self, size: u64) -> Result<usize, OutOfMemory> {
        let used = self.used.checked_add(size).filter(|used| *used <= self.limit).ok_or(OutOfMemory)?;
        let size = u32::try_from(size).map_err(|_| OutOfMemory)?;
        let block = self.blocks.take(size).ok_or(OutOfMemory)?;
        if block.end > self.data.len() {
            self.grow(block.end)?;
        }
        if block.reused {
            self.forget(block.start, size as usize);
        }
        self.used = used;
        self.peak = self.peak.max(used);
        Ok(block.start)
    }

    fn grow(&mut self, end: usize) -> Result<(), OutOfMemory> {
        let wanted = end.next_power_of_two().max(1 << 16);
        for arena in [&mut self.data, &mut self.shadow] {
            if arena.is_empty() {
                *arena = vec![0; wanted];
            } else {
                arena.try_reserve_exact(wanted - arena.len()).map_err(|_| OutOfMemory)?;
                arena.resize(wanted, 0);
            }
        }
        Ok(())
    }

    /// Allows what is needed to read a result.
    pub(crate) fn lift_limit(&mut self) {
        self.limit = u64::MAX;
    }

    /// Makes bytes uninitialised.
    pub(crate) fn forget(&mut self, at: usize, size: usize) {
        self.shadow[at..at + size].fill(UNINIT);
    }
}

/// What the table says of memory that belongs to the evaluation itself.
pub(crate) fn internal_site(kind: AllocKind) -> Site {
    Site { kind, ty: TypeId::ERROR, at: CodeAt::NOWHERE, freed_at: None }
}
