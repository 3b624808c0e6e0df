//! What runs programs for another machine on this one: an emulator, or node for WebAssembly.

use crate::linker::gnu_triple;
use crate::tools::find_any;
use kiln_types::{Arch, Os, Target};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

/// The host of WebAssembly programs: what they import, and what calls `main`.
const WASM_HOST: &str = include_str!("../wasm/host.mjs");

/// By itself node gives calls 1 MB, and code that it has not optimised yet needs much of it. In KB; less than a thread has.
const NODE_STACK: &str = "--stack-size=6000";

/// A program that runs others.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Runner {
    /// Its name: `qemu-aarch64`, `node`.
    pub name: String,
    path: PathBuf,
    /// Where it finds the target's shared libraries.
    libraries: Option<PathBuf>,
    needs_host: bool,
}

/// The names that what runs a target's programs goes by, the usual one first.
fn names(arch: Arch) -> &'static [&'static str] {
    match arch {
        Arch::X86_64 => &["qemu-x86_64", "qemu-x86_64-static"],
        Arch::X86 => &["qemu-i386", "qemu-i386-static"],
        Arch::Aarch64 => &["qemu-aarch64", "qemu-aarch64-static"],
        Arch::Arm => &["qemu-arm", "qemu-arm-static"],
        Arch::Riscv64 => &["qemu-riscv64", "qemu-riscv64-static"],
        Arch::Riscv32 => &["qemu-riscv32", "qemu-riscv32-static"],
        Arch::Wasm32 => &["node", "nodejs"],
    }
}

/// The Debian package of what runs a target's programs.
pub(crate) fn package(arch: Arch) -> &'static str {
    if arch == Arch::Wasm32 { "nodejs" } else { "qemu-user" }
}

/// What runs programs for a target here: nothing is needed for this machine's own.
///
/// # Errors
/// The usual name of what is missing.
pub(crate) fn runner(target: &Target, sysroot: Option<&Path>) -> Result<Option<Runner>, &'static str> {
    let host = Target::host();
    if *target == host {
        return Ok(None);
    }
    let names = names(target.arch);
    // The emulators know Linux's system calls and no others.
    let is_known = target.os == Os::Freestanding || target.os == Os::Linux && host.os == Os::Linux;
    let found = find_any(names).filter(|_| is_known);
    let Some((name, path)) = found else { return Err(names[0]) };
    let usual = || gnu_triple(target).map(|triple| Path::new("/usr").join(triple)).filter(|folder| folder.is_dir());
    let libraries = sysroot.map(Path::to_owned).or_else(usual);
    Ok(Some(Runner { name, path, libraries, needs_host: target.arch == Arch::Wasm32 }))
}

impl Runner {
    /// The command that runs `program`. What more that takes is written beside it.
    ///
    /// # Errors
    /// The folder of the program can't be written.
    pub(crate) fn command(&self, program: &Path) -> io::Result<Command> {
        let mut command = Command::new(&self.path);
        if self.needs_host {
            let host = program.with_file_name("host.mjs");
            fs::write(&host, WASM_HOST)?;
            command.arg(NODE_STACK).arg(host);
        } else if let Some(libraries) = &self.libraries {
            command.args([OsString::from("-L"), libraries.into()]);
        }
        command.arg(program);
        Ok(command)
    }
}
