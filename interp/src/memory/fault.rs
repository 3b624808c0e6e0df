//! What was wrong with an access.

use super::{AllocKind, DATA, Memory, POINTER, Pointer, Site, UNINIT};

/// A misuse of memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FaultKind {
    /// Reaches outside of the allocation.
    OutOfBounds,
    /// The allocation was freed.
    UseAfterFree,
    /// The allocation was freed before.
    DoubleFree,
    /// The local does not exist any more.
    Dangling,
    /// The pointer is null.
    Null,
    /// The pointer is a number that is the address of nothing.
    NoAllocation,
    /// A byte that was never written.
    Uninitialised,
    /// The address is no multiple of the type's alignment.
    Misaligned,
    /// A part of a pointer was read as a number.
    PointerAsNumber,
    /// Numbers and parts of pointers were read as a pointer.
    NumberAsPointer,
    /// The memory is a constant.
    WriteToConstant,
    /// A function was read or written as data.
    FunctionAsData,
    /// Data was called as a function.
    DataAsFunction,
    /// What is freed is no allocation of the heap.
    FreeOfOther,
    /// Freed with another size, or in the middle.
    FreeMismatch,
    /// Pointers were compared whose order depends on where the program is loaded.
    UnrelatedPointers,
    /// The address of memory was asked for, which is known only when the program runs.
    AddressAtComptime,
    /// The bytes are not those of a value of the type.
    InvalidValue,
}

/// How memory was accessed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Access {
    Read,
    Write,
    ReadPointer,
}

/// A misuse, with what is known of the allocation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Fault {
    pub(crate) kind: FaultKind,
    pub(crate) pointer: Pointer,
    /// Bytes that were accessed.
    pub(crate) size: u64,
    pub(crate) site: Option<Site>,
    /// Size of the allocation, if it lives.
    pub(crate) allocation_size: Option<u32>,
}

impl Memory {
    /// Finds out why an access failed.
    #[cold]
    pub(crate) fn explain(&self, access: Access, pointer: Pointer, further: u64, size: u64, align: u32) -> Fault {
        let at = pointer.add(further as i64).unwrap_or(pointer);
        self.fault(self.classify(access, at, size, align), at, size)
    }

    /// A fault of a known kind.
    pub(crate) fn fault(&self, kind: FaultKind, pointer: Pointer, size: u64) -> Fault {
        let allocation_size = self.entry(pointer).map(|entry| entry.size);
        Fault { kind, pointer, size, site: self.site(pointer).copied(), allocation_size }
    }

    /// Finds out why an access inside a frame failed.
    #[cold]
    pub(crate) fn explain_at(&self, access: Access, at: usize, size: usize) -> Fault {
        let kind = match self.shadow.get(at..at + size) {
            Some(known) => of_knowledge(access, known),
            None => FaultKind::OutOfBounds,
        };
        Fault { kind, pointer: Pointer(0), size: size as u64, site: None, allocation_size: None }
    }

    fn classify(&self, access: Access, pointer: Pointer, size: u64, align: u32) -> FaultKind {
        match pointer.serial() {
            Pointer::PLAIN if pointer.offset() == 0 => return FaultKind::Null,
            Pointer::PLAIN | Pointer::FAR => return FaultKind::NoAllocation,
            Pointer::FUNCTION => return FaultKind::FunctionAsData,
            _ => {}
        }
        let Some(entry) = self.entry(pointer) else { return self.dead(pointer) };
        let offset = u64::from(pointer.offset());
        if offset + size > u64::from(entry.size) {
            FaultKind::OutOfBounds
        } else if access == Access::Write && entry.writable == 0 {
            FaultKind::WriteToConstant
        } else if (offset | entry.misalignment()) & u64::from(align.min(16) - 1) != 0 {
            FaultKind::Misaligned
        } else {
            of_knowledge(access, self.knowledge(entry.start() + offset as usize, size as usize))
        }
    }

    /// How an allocation ended.
    pub(crate) fn dead(&self, pointer: Pointer) -> FaultKind {
        match self.site(pointer) {
            Some(Site { kind: AllocKind::Local, .. }) | None => FaultKind::Dangling,
            Some(_) => FaultKind::UseAfterFree,
        }
    }
}

fn of_knowledge(access: Access, known: &[u8]) -> FaultKind {
    if known.contains(&UNINIT) {
        FaultKind::Uninitialised
    } else if access == Access::ReadPointer {
        FaultKind::NumberAsPointer
    } else if known.iter().any(|known| *known >= POINTER) {
        FaultKind::PointerAsNumber
    } else {
        debug_assert!(known.iter().all(|known| *known == DATA));
        FaultKind::InvalidValue
    }
}
