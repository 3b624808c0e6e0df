//! The world outside of programs on the interpreter: this process' own streams, files, clock and environment.

use kiln_interp::{Host, HostFile};
use kiln_source::Span;
use std::ffi::OsString;
use std::fs::OpenOptions;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// What a program reads from and writes to.
#[derive(Debug)]
pub struct Streams<Out, Errors, In> {
    /// Standard output; `@dbg` prints there too.
    pub out: Out,
    /// Standard errors.
    pub errors: Errors,
    /// Standard input.
    pub input: In,
}

impl<Out: io::Write, Errors: io::Write, In: io::Read> Host for Streams<Out, Errors, In> {
    fn debug(&mut self, text: &[u8], _: &[Span]) -> io::Result<()> {
        self.out.write_all(text)
    }

    fn write(&mut self, stream: u32, text: &[u8]) -> io::Result<()> {
        if stream == 2 { self.errors.write_all(text) } else { self.out.write_all(text) }
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.input.read(buffer)
    }

    fn open(&mut self, path: &[u8], mode: &[u8]) -> io::Result<Box<dyn HostFile>> {
        let mut how = OpenOptions::new();
        let both = mode.contains(&b'+');
        match mode.first() {
            Some(b'r') => how.read(true).write(both),
            Some(b'w') => how.write(true).create(true).truncate(true).read(both),
            Some(b'a') => how.append(true).create(true).read(both),
            _ => return Err(io::ErrorKind::InvalidInput.into()),
        };
        Ok(Box::new(how.open(path_of(path)?)?))
    }

    fn clock(&mut self, is_monotonic: bool) -> io::Result<Duration> {
        static START: OnceLock<Instant> = OnceLock::new();
        if is_monotonic {
            return Ok(START.get_or_init(Instant::now).elapsed());
        }
        SystemTime::now().duration_since(UNIX_EPOCH).map_err(|_| io::ErrorKind::Unsupported.into())
    }

    fn remove(&mut self, path: &[u8]) -> io::Result<()> {
        let path = path_of(path)?;
        if path.is_dir() && !path.is_symlink() { std::fs::remove_dir(path) } else { std::fs::remove_file(path) }
    }

    fn variable(&mut self, name: &[u8]) -> Option<Vec<u8>> {
        let name = std::str::from_utf8(name).ok().filter(|name| !name.is_empty() && !name.contains('='))?;
        std::env::var_os(name).map(OsString::into_encoded_bytes)
    }

    fn random(&mut self, bytes: &mut [u8]) -> io::Result<()> {
        for part in bytes.chunks_mut(8) {
            // The keys of each are drawn at random.
            let word = RandomState::new().build_hasher().finish().to_le_bytes();
            part.copy_from_slice(&word[..part.len()]);
        }
        Ok(())
    }
}

fn path_of(path: &[u8]) -> io::Result<PathBuf> {
    #[cfg(unix)]
    return Ok(<std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(path).into());
    #[cfg(not(unix))]
    return std::str::from_utf8(path).map(PathBuf::from).map_err(|_| io::ErrorKind::InvalidInput.into());
}

/// The file in which Linux tells a process what it was started with.
const ARGUMENTS: &[u8] = b"/proc/self/cmdline";

/// The world outside of a program that was started with arguments.
#[derive(Debug)]
pub struct Started<H> {
    /// The rest of the world.
    pub host: H,
    /// The program's name and arguments, each with a zero byte behind it.
    pub arguments: Vec<u8>,
}

impl<H> Started<H> {
    /// A program of this name with these arguments.
    pub fn new(host: H, name: OsString, arguments: &[OsString]) -> Started<H> {
        let mut all = Vec::new();
        for text in std::iter::once(&name).chain(arguments) {
            all.extend(text.as_encoded_bytes());
            all.push(0);
        }
        Started { host, arguments: all }
    }
}

impl<H: Host> Host for Started<H> {
    fn debug(&mut self, text: &[u8], at: &[Span]) -> io::Result<()> {
        self.host.debug(text, at)
    }

    fn write(&mut self, stream: u32, text: &[u8]) -> io::Result<()> {
        self.host.write(stream, text)
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.host.read(buffer)
    }

    fn open(&mut self, path: &[u8], mode: &[u8]) -> io::Result<Box<dyn HostFile>> {
        if path == ARGUMENTS {
            return Ok(Box::new(io::Cursor::new(self.arguments.clone())));
        }
        self.host.open(path, mode)
    }

    fn remove(&mut self, path: &[u8]) -> io::Result<()> {
        self.host.remove(path)
    }

    fn variable(&mut self, name: &[u8]) -> Option<Vec<u8>> {
        self.host.variable(name)
    }

    fn random(&mut self, bytes: &mut [u8]) -> io::Result<()> {
        self.host.random(bytes)
    }

    fn clock(&mut self, is_monotonic: bool) -> io::Result<Duration> {
        self.host.clock(is_monotonic)
    }
}
