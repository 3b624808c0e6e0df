//! What else a program that runs for real asks its system: the time, variables, random bits, and why something failed.

use super::foreign::{Call, Foreign};
use crate::memory::{AllocKind, CodeAt, OutOfMemory, Pointer, Site};
use kiln_types::TypeId;
use std::io;

impl Call<'_, '_, '_> {
    /// `int *__errno_location(void)`, which other systems call by other names.
    pub(super) fn errno(&mut self) -> Foreign {
        self.errno_place().map_or(Foreign::Null, |place| Foreign::Value(place.0))
    }

    /// A foreign function failed: it says so by this result, and why in `errno`.
    pub(super) fn failed(&mut self, error: &io::Error, result: u64) -> Foreign {
        let number = error_number(error);
        if let Ok(place) = self.errno_place() {
            self.put_number(place, number);
        }
        Foreign::Value(result)
    }

    /// Where the number of the last failure stands.
    fn errno_place(&mut self) -> Result<Pointer, OutOfMemory> {
        if let Some(place) = self.machine.errno {
            return Ok(place);
        }
        let place = self.room(4)?;
        self.put_number(place, 0);
        self.machine.errno = Some(place);
        Ok(place)
    }

    fn put_number(&mut self, place: Pointer, number: i32) {
        let is_big = self.env.layouts.target().endian == kiln_types::Endian::Big;
        let bytes = if is_big { number.to_be_bytes() } else { number.to_le_bytes() };
        let memory = self.machine.memory();
        if let Some(entry) = memory.entry(place).copied() {
            memory.write_bytes(entry.start(), &bytes);
        }
    }

    /// Memory that the system shows to the program, and that nobody frees.
    fn room(&mut self, bytes: u64) -> Result<Pointer, OutOfMemory> {
        let site = Site { kind: AllocKind::Argument, ty: TypeId::U8, at: CodeAt::NOWHERE, freed_at: None };
        self.machine.memory().allocate(bytes, 16, site)
    }

    /// `char *getenv(const char *)`
    pub(super) fn getenv(&mut self) -> Foreign {
        let name = match self.text(0) {
            Ok(name) => name,
            Err(fault) => return Foreign::Fault(fault),
        };
        let Some(mut text) = self.env.host.variable(&name) else { return Foreign::Null };
        text.push(0);
        let Ok(place) = self.room(text.len() as u64) else { return Foreign::Null };
        let memory = self.machine.memory();
        if let Some(entry) = memory.entry(place).copied() {
            memory.write_bytes(entry.start(), &text);
        }
        Foreign::Value(place.0)
    }

    /// `int getentropy(void *, size_t)`
    pub(super) fn getentropy(&mut self) -> Foreign {
        let (to, count) = (self.pointer(0), self.arg(1));
        if count == 0 {
            return Foreign::Value(0);
        }
        let at = match self.writable(to, count) {
            Ok(at) => at,
            Err(fault) => return Foreign::Fault(fault),
        };
        let mut bytes = vec![0; count as usize];
        match self.env.host.random(&mut bytes) {
            Ok(()) => {
                self.machine.memory().write_bytes(at, &bytes);
                Foreign::Value(0)
            }
            Err(error) => self.failed(&error, -1i64 as u64),
        }
    }

    /// `int clock_gettime(clockid_t, struct timespec *)`, with fields as wide as pointers.
    pub(super) fn clock(&mut self) -> Foreign {
        const MONOTONIC: u64 = 1;
        let (is_monotonic, to) = (self.arg(0) == MONOTONIC, self.pointer(1));
        let Ok(time) = self.env.host.clock(is_monotonic) else { return Foreign::Value(-1i64 as u64) };
        let half = self.machine.memory().pointer_bytes();
        let at = match self.writable(to, 2 * half as u64) {
            Ok(at) => at,
            Err(fault) => return Foreign::Fault(fault),
        };
        let is_big = self.env.layouts.target().endian == kiln_types::Endian::Big;
        for (index, number) in [time.as_secs(), time.subsec_nanos().into()].into_iter().enumerate() {
            let mut bytes = number.to_le_bytes();
            if is_big {
                bytes[..half].reverse();
            }
            self.machine.memory().write_bytes(at + index * half, &bytes[..half]);
        }
        Foreign::Value(0)
    }
}

/// What C calls a failure. The numbers of the usual ones are the same on Linux, macOS and Windows.
fn error_number(error: &io::Error) -> i32 {
    if let (true, Some(number)) = (cfg!(unix), error.raw_os_error()) {
        return number;
    }
    match error.kind() {
        io::ErrorKind::NotFound => 2,
        io::ErrorKind::PermissionDenied => 13,
        io::ErrorKind::AlreadyExists => 17,
        io::ErrorKind::NotADirectory => 20,
        io::ErrorKind::IsADirectory => 21,
        io::ErrorKind::InvalidInput => 22,
        io::ErrorKind::StorageFull => 28,
        io::ErrorKind::ReadOnlyFilesystem => 30,
        io::ErrorKind::Unsupported => 38,
        _ => 5,
    }
}
