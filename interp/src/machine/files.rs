//! Files of a program that runs for real: C's streams over what the host opens. What fails leaves a number in `errno`.

use super::foreign::{Call, Foreign};
use crate::env::HostFile;
use crate::memory::{Access, Pointer};
use std::fmt;

/// The stream with number n is the pointer with this address more: nothing can be read behind it.
const FIRST_ADDRESS: u64 = 0x1000;

/// -1 as an `int`.
const MINUS_ONE: u64 = -1i64 as u64;

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
            Err(error) => self.failed(&error, 0),
        }
    }

    /// `int remove(const char *)`
    pub(super) fn remove(&mut self) -> Foreign {
        let path = match self.text(0) {
            Ok(path) => path,
            Err(fault) => return Foreign::Fault(fault),
        };
        match self.env.host.remove(&path) {
            Ok(()) => Foreign::Value(0),
            Err(error) => self.failed(&error, MINUS_ONE),
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
        let mut failure = None;
        while filled < buffer.len() {
            match stream.file.read(&mut buffer[filled..]) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) => {
                    failure = Some(error);
                    break;
                }
            }
        }
        stream.failed |= failure.is_some();
        self.machine.memory().write_bytes(at, &buffer[..filled]);
        let read = filled as u64 / size;
        failure.map_or(Foreign::Value(read), |error| self.failed(&error, read))
    }

    /// `size_t fwrite(const void *, size_t, size_t, FILE *)`
    pub(super) fn fwrite(&mut self) -> Foreign {
        let (from, size, count, file) = (self.pointer(0), self.arg(1), self.arg(2), self.pointer(3));
        let Some(bytes) = size.checked_mul(count).filter(|bytes| *bytes > 0) else { return Foreign::Value(0) };
        let Some(text) = self.machine.text(from, bytes).map(<[u8]>::to_vec) else {
            return Foreign::Fault(Box::new(self.machine.memory().explain(Access::Read, from, 0, bytes, 1)));
        };
        let Some(Some(stream)) = self.machine.files.get(file) else { return Foreign::Value(0) };
        match stream.file.write_all(&text) {
            Ok(()) => Foreign::Value(count),
            Err(error) => {
                stream.failed = true;
                self.failed(&error, 0)
            }
        }
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
        let Some(mut stream) = self.machine.files.get(file).and_then(Option::take) else {
            return Foreign::Value(MINUS_ONE);
        };
        match stream.file.flush() {
            Ok(()) => Foreign::Value(0),
            Err(error) => self.failed(&error, MINUS_ONE),
        }
    }
}
