//! Files of a program that runs for real: C's streams over what the host opens.

use super::foreign::{Call, Foreign};
use crate::env::HostFile;
use crate::memory::{Access, Pointer};
use std::fmt;

/// The stream with number n is the pointer with this address more: nothing can be read behind it.
const FIRST_ADDRESS: u64 = 0x1000;

/// The open streams of an evaluation.
#[derive(Default)]
pub(super) struct Files {
    open: Vec<Option<Stream>>,
}

struct Stream {
    file: Box<dyn HostFile>,
    failed: bool,
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} files", self.open.iter().flatten().count())
    }
}

impl Files {
    fn add(&mut self, file: Box<dyn HostFile>) -> Pointer {
        self.open.push(Some(Stream { file, failed: false }));
        Pointer(FIRST_ADDRESS + self.open.len() as u64 - 1)
    }

    fn get(&mut self, pointer: Pointer) -> Option<&mut Option<Stream>> {
        let number = pointer.0.checked_sub(FIRST_ADDRESS)?;
        self.open.get_mut(usize::try_from(number).ok()?)
    }
}

impl Call<'_, '_, '_> {
    /// `FILE *fopen(const char *, const char *)`
    pub(super) fn fopen(&mut self) -> Foreign {
        let (path, mode) = match (self.text(0), self.text(1)) {
            (Ok(path), Ok(mode)) => (path, mode),
            (Err(fault), _) | (_, Err(fault)) => return Foreign::Fault(fault),
        };
        match self.env.host.open(&path, &mode) {
            Ok(file) => Foreign::Value(self.machine.files.add(file).0),
            Err(_) => Foreign::Null,
        }
    }

    /// `size_t fread(void *, size_t, size_t, FILE *)`
    pub(super) fn fread(&mut self) -> Foreign {
        let (to, size, file) = (self.pointer(0), self.arg(1), self.pointer(3));
        let Some(bytes) = size.checked_mul(self.arg(2)).filter(|bytes| *bytes > 0) else { return Foreign::Value(0) };
        let at = match self.writable(to, bytes) {
            Ok(at) => at,
            Err(fault) => return Foreign::Fault(fault),
        };
        let Some(Some(stream)) = self.machine.files.get(file) else { return Foreign::Value(0) };
        let mut buffer = vec![0; bytes as usize];
        let mut filled = 0;
        while filled < buffer.len() {
            match stream.file.read(&mut buffer[filled..]) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(_) => {
                    stream.failed = true;
                    break;
                }
            }
        }
        self.machine.memory().write_bytes(at, &buffer[..filled]);
        Foreign::Value(filled as u64 / size)
    }

    /// `size_t fwrite(const void *, size_t, size_t, FILE *)`
    pub(super) fn fwrite(&mut self) -> Foreign {
        let (from, size, count, file) = (self.pointer(0), self.arg(1), self.arg(2), self.pointer(3));
        let Some(bytes) = size.checked_mul(count).filter(|bytes| *bytes > 0) else { return Foreign::Value(0) };
        let Some(text) = self.machine.text(from, bytes).map(<[u8]>::to_vec) else {
            return Foreign::Fault(Box::new(self.machine.memory().explain(Access::Read, from, 0, bytes, 1)));
        };
        let Some(Some(stream)) = self.machine.files.get(file) else { return Foreign::Value(0) };
        stream.failed |= stream.file.write_all(&text).is_err();
        Foreign::Value(if stream.failed { 0 } else { count })
    }

    /// `int ferror(FILE *)`
    pub(super) fn ferror(&mut self) -> Foreign {
        let file = self.pointer(0);
        let fine = matches!(self.machine.files.get(file), Some(Some(stream)) if !stream.failed);
        Foreign::Value(u64::from(!fine))
    }

    /// `int fclose(FILE *)`
    pub(super) fn fclose(&mut self) -> Foreign {
        let file = self.pointer(0);
        let closed = self.machine.files.get(file).and_then(Option::take);
        let fine = closed.is_some_and(|mut stream| stream.file.flush().is_ok());
        Foreign::Value(if fine { 0 } else { -1i64 as u64 })
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
