//! Static data: what comptime left for the program to read.

use crate::{FuncId, StaticId, TypeId};
use kiln_source::IdxVec;
use rustc_hash::FxHashMap;

/// Bytes in the target's layout and byte order, with places in them that hold addresses.
#[derive(Clone, PartialEq, Eq, Debug, Hash)]
pub struct StaticData {
    /// What it holds; `[u8; N]` for text and for plain memory.
    pub ty: TypeId,
    /// The content; address bytes are zero.
    pub bytes: Box<[u8]>,
    /// Alignment in bytes, a power of two.
    pub align: u32,
    /// Addresses, ordered by offset.
    pub relocs: Box<[Reloc]>,
}

/// An address inside static data.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct Reloc {
    /// Where the address stands, in bytes; it is as wide as the target's pointers.
    pub offset: u64,
    /// What it is the address of.
    pub target: RelocTarget,
}

/// What an address in static data points to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum RelocTarget {
    /// `addend` bytes into other (or the same) static data.
    Static {
        /// The data.
        data: StaticId,
        /// Bytes from its start.
        addend: u64,
    },
    /// A function.
    Func(FuncId),
}

/// All static data of a program. Equal data is kept once, so text literals are shared.
#[derive(Debug, Default)]
pub struct Statics {
    data: IdxVec<StaticId, StaticData>,
    known: FxHashMap<StaticData, StaticId>,
}

impl Statics {
    /// The id of this data; equal data without addresses into itself gets one id.
    pub fn add(&mut self, data: StaticData) -> StaticId {
        if let Some(id) = self.known.get(&data) {
            return *id;
        }
        let id = self.data.push(data.clone());
        self.known.insert(data, id);
        id
    }

    /// A fresh id whose data follows by [`Statics::fill`]: for data that points to itself, in cycles.
    pub fn reserve(&mut self, ty: TypeId) -> StaticId {
        self.data.push(StaticData { ty, bytes: Box::default(), align: 1, relocs: Box::default() })
    }

    /// Sets the data of a reserved id.
    pub fn fill(&mut self, id: StaticId, data: StaticData) {
        self.data[id] = data;
    }

    /// The data of an id.
    pub fn get(&self, id: StaticId) -> &StaticData {
        &self.data[id]
    }

    /// All data in the order of ids.
    pub fn iter(&self) -> impl Iterator<Item = (StaticId, &StaticData)> {
        self.data.iter_enumerated()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.data.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }
}
