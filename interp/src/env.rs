//! What an evaluation is given by its owner.

use kiln_cfg::{Func, FuncInfo, Program};
use kiln_source::{IdxVec, Span};
use kiln_types::{FuncId, Layouts, Pool, Statics};
use std::io;
use std::rc::Rc;
use std::time::Duration;

/// Functions by their numbers.
pub trait Functions {
    /// Name and signature; `None` as long as it is not known.
    fn info(&self, func: FuncId) -> Option<&FuncInfo>;
    /// The body; `None` for foreign functions, and as long as it is not made.
    fn body(&self, func: FuncId) -> Option<&Rc<Func>>;
}

/// Functions in two tables, as a [`Program`] has them.
#[derive(Clone, Copy, Debug)]
pub struct FunctionTables<'a> {
    /// Names and signatures.
    pub infos: &'a IdxVec<FuncId, Option<FuncInfo>>,
    /// Bodies.
    pub bodies: &'a IdxVec<FuncId, Option<Rc<Func>>>,
}

impl Functions for FunctionTables<'_> {
    fn info(&self, func: FuncId) -> Option<&FuncInfo> {
        self.infos.get(func)?.as_ref()
    }

    fn body(&self, func: FuncId) -> Option<&Rc<Func>> {
        self.bodies.get(func)?.as_ref()
    }
}

impl Functions for Program {
    fn info(&self, func: FuncId) -> Option<&FuncInfo> {
        self.infos.get(func)?.as_ref()
    }

    fn body(&self, func: FuncId) -> Option<&Rc<Func>> {
        self.bodies.get(func)?.as_ref()
    }
}

/// What an evaluation may read and add to while it runs. Nothing is added to the pool but by results.
pub struct Env<'a> {
    /// Types and values.
    pub pool: &'a mut Pool,
    /// Layouts for the target.
    pub layouts: &'a mut Layouts,
    /// Static data.
    pub statics: &'a mut Statics,
    /// Functions.
    pub functions: &'a dyn Functions,
    /// The world outside.
    pub host: &'a mut dyn Host,
}

/// The world outside, as far as an evaluation may see it.
pub trait Host {
    /// Takes what `@dbg` prints: whole lines. `at` is the innermost place outside of the standard library that the owner can tell
    /// from the list of calls, innermost first.
    ///
    /// # Errors
    /// The text cannot be written.
    fn debug(&mut self, text: &[u8], at: &[Span]) -> io::Result<()>;

    /// Writes to the standard output (1) or the standard errors (2). Only called where a program runs for real.
    ///
    /// # Errors
    /// The text cannot be written.
    fn write(&mut self, stream: u32, text: &[u8]) -> io::Result<()>;

    /// Reads from the standard input; 0 bytes at its end. Only called where a program runs for real.
    ///
    /// # Errors
    /// The input cannot be read.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize>;

    /// Opens a file as C's `fopen` does. Only called where a program runs for real.
    ///
    /// # Errors
    /// The file cannot be opened, or the host has no files.
    fn open(&mut self, _path: &[u8], _mode: &[u8]) -> io::Result<Box<dyn HostFile>> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Removes a file, or an empty folder. Only called where a program runs for real.
    ///
    /// # Errors
    /// It cannot be removed, or the host has no files.
    fn remove(&mut self, _path: &[u8]) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// The value of a variable of the environment, if it is set. Only called where a program runs for real.
    fn variable(&mut self, _name: &[u8]) -> Option<Vec<u8>> {
        None
    }

    /// Fills memory with random bits. Only called where a program runs for real.
    ///
    /// # Errors
    /// The host has no source of randomness.
    fn random(&mut self, _bytes: &mut [u8]) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// The time since some fixed moment (monotonic) or since 1970. Only called where a program runs for real.
    ///
    /// # Errors
    /// The host has no clock.
    fn clock(&mut self, _is_monotonic: bool) -> io::Result<Duration> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// An open file of the host.
pub trait HostFile: io::Read + io::Write {}

impl<F: io::Read + io::Write> HostFile for F {}

/// Keeps what `@dbg` prints, for comptime; there is no other input or output.
#[derive(Debug, Default)]
pub struct Notes {
    /// Text and calls, in the order in which they were printed.
    pub notes: Vec<(Vec<u8>, Vec<Span>)>,
}

impl Host for Notes {
    fn debug(&mut self, text: &[u8], at: &[Span]) -> io::Result<()> {
        self.notes.push((text.to_vec(), at.to_vec()));
        Ok(())
    }

    fn write(&mut self, _: u32, _: &[u8]) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
