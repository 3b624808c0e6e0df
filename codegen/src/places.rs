//! Why and where programs panic: the reasons, and one constant with all places as `file:line:column` behind their lengths.
//!
//! A place is known by its offset in that constant, so a check costs no symbol and no relocation of its own.

use crate::{Result, broken};
use kiln_cfg::{OUT_OF_MEMORY, Panic};
use kiln_source::{FileId, SourceMap, Span};
use kiln_types::Endian;
use rustc_hash::FxHashMap;

/// Why a program ends by itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reason {
    /// A reason of the language; [`Panic::User`] is given its text.
    Panic(Panic),
    /// No memory.
    OutOfMemory,
}

impl Reason {
    /// What is said; nothing for [`Panic::User`].
    pub fn text(self) -> &'static str {
        match self {
            Reason::Panic(panic) => panic.reason(),
            Reason::OutOfMemory => OUT_OF_MEMORY,
        }
    }

    /// The linker's name of the function that ends the program for this reason.
    pub fn symbol(self) -> String {
        match self.text() {
            "" => "panic".to_owned(),
            text => format!("panic: {text}"),
        }
    }
}

/// The places that were asked for: each its length in four bytes of the target, then the text.
#[derive(Default, Debug)]
pub struct Places {
    bytes: Vec<u8>,
    offsets: FxHashMap<(FileId, u32), u32>,
}

impl Places {
    /// Bytes before the text of a place: its length.
    pub const HEADER: u32 = 4;

    /// The number of the place where a span starts: the offset of its length.
    ///
    /// # Errors
    /// All places together take more than 4 GiB.
    pub fn number(&mut self, span: Span, sources: &SourceMap, endian: Endian) -> Result<u32> {
        let key = (span.file, span.range.start);
        if let Some(number) = self.offsets.get(&key) {
            return Ok(*number);
        }
        let text = sources.location(span);
        let (Ok(number), Ok(len)) = (u32::try_from(self.bytes.len()), u32::try_from(text.len())) else {
            return broken("the places of all checks take more than 4 GiB");
        };
        self.bytes.extend(match endian {
            Endian::Little => len.to_le_bytes(),
            Endian::Big => len.to_be_bytes(),
        });
        self.bytes.extend(text.as_bytes());
        self.offsets.insert(key, number);
        Ok(number)
    }

    /// The constant so far.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}
