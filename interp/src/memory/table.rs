//! The table of allocations.
//!
//! An entry stands at the place its serial has modulo the table's length, so finding it is one index and one
//! comparison. Serials count up; one whose place is taken is skipped; the table is kept at most half full. So a place
//! is used again only after as many allocations as the table is long, and a serial only after four billion.

use super::Pointer;
use kiln_types::{StaticId, TypeId, ValueId};
use rustc_hash::FxHashMap;

/// What the interpreter checks an access against.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Entry {
    /// Its serial; 0 when the place is free.
    pub(crate) serial: u32,
    /// First byte in the arena, a multiple of 16, plus its alignment modulo 16.
    base: u32,
    /// Bytes that may be read.
    pub(crate) size: u32,
    /// Bytes that may be written: all, or none.
    pub(crate) writable: u32,
}

impl Entry {
    /// First byte in the arena.
    #[inline]
    pub(crate) fn start(&self) -> usize {
        (self.base & !15) as usize
    }

    /// Bits that must be zero below an access' alignment.
    #[inline]
    pub(super) fn misalignment(&self) -> u64 {
        u64::from(self.base & 15)
    }
}

/// A place in code: the number of a lowered function and an instruction in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct CodeAt {
    /// Function, by its [`kiln_types::FuncId`].
    pub(crate) func: u32,
    /// Instruction; for locals, the local.
    pub(crate) pc: u32,
}

impl CodeAt {
    /// No place in the program.
    pub(crate) const NOWHERE: CodeAt = CodeAt { func: u32::MAX, pc: 0 };
}

/// What an allocation is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum AllocKind {
    /// Made by `@alloc`.
    Heap,
    /// A local; [`CodeAt::pc`] is its number.
    Local,
    /// Static data.
    Static(StaticId),
    /// A constant of the pool.
    Const(ValueId),
    /// An argument of the evaluation, which is passed by reference.
    Argument,
}

/// Where an allocation came from and what became of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Site {
    pub(crate) kind: AllocKind,
    /// Type of its elements.
    pub(crate) ty: TypeId,
    /// Where it was made.
    pub(crate) at: CodeAt,
    /// Where it was freed.
    pub(crate) freed_at: Option<CodeAt>,
}

/// How many freed allocations of the heap are remembered for messages, at least.
const REMEMBERED: usize = 1 << 18;

#[derive(Debug)]
pub(super) struct Table {
    entries: Vec<Entry>,
    /// Beside the entries; stays after an entry died, until its place is used again.
    sites: Vec<(u32, Option<Site>)>,
    next: u32,
    live: usize,
    /// Freed allocations of the heap, by serial.
    buried: FxHashMap<u32, Site>,
}

impl Table {
    pub(super) fn new() -> Table {
        let len = 256;
        Table {
            entries: vec![Entry::default(); len],
            sites: vec![(0, None); len],
            next: Pointer::FIRST,
            live: 0,
            buried: FxHashMap::default(),
        }
    }

    #[inline(always)]
    fn place(&self, serial: u32) -> usize {
        serial as usize & (self.entries.len() - 1)
    }

    /// The live entry of a serial.
    #[inline(always)]
    pub(super) fn get(&self, serial: u32) -> Option<&Entry> {
        self.candidate(serial).filter(|entry| entry.serial == serial && serial != 0)
    }

    /// The entry at a serial's place, which may belong to another: its own serial has to be compared. A free one has serial 0, as
    /// plain addresses have, but no bytes.
    #[inline(always)]
    pub(super) fn candidate(&self, serial: u32) -> Option<&Entry> {
        self.entries.get(self.place(serial))
    }

    pub(super) fn site(&self, serial: u32) -> Option<&Site> {
        match &self.sites[self.place(serial)] {
            (known, Some(site)) if *known == serial => Some(site),
            _ => self.buried.get(&serial),
        }
    }

    pub(super) fn insert(&mut self, start: usize, size: u32, align: u32, site: Site) -> Pointer {
        if self.live * 2 >= self.entries.len() {
            self.grow();
        }
        let mut serial = self.next;
        while self.entries[self.place(serial)].serial != 0 {
            serial = after(serial);
        }
        self.next = after(serial);
        let place = self.place(serial);
        let base = start as u32 | align & 15;
        self.entries[place] = Entry { serial, base, size, writable: size };
        self.sites[place] = (serial, Some(site));
        self.live += 1;
        Pointer::new(serial, 0)
    }

    pub(super) fn remove(&mut self, serial: u32) -> Option<Entry> {
        let place = self.place(serial);
        let entry = self.entries[place];
        if entry.serial != serial || serial == 0 {
            return None;
        }
        self.entries[place] = Entry::default();
        self.live -= 1;
        Some(entry)
    }

    /// Removes an allocation of the heap and remembers where it was freed.
    pub(super) fn bury(&mut self, serial: u32, freed_at: CodeAt) -> Option<Entry> {
        let entry = self.remove(serial)?;
        let mut site = *self.site(serial)?;
        site.freed_at = Some(freed_at);
        if self.buried.len() >= REMEMBERED * 2 {
            let mut serials: Vec<u32> = self.buried.keys().copied().collect();
            serials.sort_unstable();
            let oldest = serials[REMEMBERED];
            self.buried.retain(|serial, _| *serial >= oldest);
        }
        self.buried.insert(serial, site);
        let place = self.place(serial);
        self.sites[place] = (serial, Some(site));
        Some(entry)
    }

    pub(super) fn protect(&mut self, serial: u32) {
        let place = self.place(serial);
        self.entries[place].writable = 0;
    }

    /// Live allocations in the order of their serials.
    pub(super) fn live(&self) -> impl Iterator<Item = (Pointer, Site)> + use<'_> {
        let mut live: Vec<&Entry> = self.entries.iter().filter(|entry| entry.serial != 0).collect();
        live.sort_unstable_by_key(|entry| entry.serial);
        live.into_iter().filter_map(|entry| Some((Pointer::new(entry.serial, 0), *self.site(entry.serial)?)))
    }

    /// Doubles the table. Entries that stood apart modulo the old length stand apart modulo the new one.
    fn grow(&mut self) {
        let len = self.entries.len() * 2;
        let mut entries = vec![Entry::default(); len];
        let mut sites = vec![(0, None); len];
        for (entry, site) in self.entries.iter().zip(&self.sites) {
            if entry.serial != 0 {
                entries[entry.serial as usize & (len - 1)] = *entry;
            }
            if site.1.is_some() {
                sites[site.0 as usize & (len - 1)] = *site;
            }
        }
        (self.entries, self.sites) = (entries, sites);
    }
}

fn after(serial: u32) -> u32 {
    serial.checked_add(1).unwrap_or(Pointer::FIRST)
}
