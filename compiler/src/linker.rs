//! Which program links for a target, and how it is spoken to.
//!
//! `--linker`, then `KILN_CC`, then, for this machine, `CC`; else `cc`, the cross compiler under the name that Debian gives it,
//! or lld where there is no C library to know of.

use crate::Linker;
use crate::tools::find_any;
use kiln_types::{Arch, Os, Target};
use std::env;

/// How a linker takes its arguments.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Dialect {
    /// A C compiler, which knows where the C library is: `cc`, `aarch64-linux-gnu-gcc`, `clang`.
    Driver,
    /// A linker by itself, which links what it is given: `ld.lld`.
    Bare,
    /// `wasm-ld`.
    Wasm,
}

/// [`Linker::asked_by`] of a linker nobody asked for.
pub(crate) const DEFAULT: &str = "";

/// Names of lld for WebAssembly: plain, and as the packages of one version install it.
const WASM: &[&str] = &["wasm-ld", "wasm-ld-22", "wasm-ld-21", "wasm-ld-20", "wasm-ld-19"];
/// Names of lld for ELF.
const ELF: &[&str] = &["ld.lld", "ld.lld-22", "ld.lld-21", "ld.lld-20", "ld.lld-19"];

impl Linker {
    /// The linker that `--linker` or the environment asks for: `KILN_CC`, and `CC` for this machine, as it is where other
    /// programs look for the compiler of this machine.
    pub fn asked_for(option: Option<&str>, target: &Target) -> Option<Linker> {
        let of_environment = || Linker::of_environment(*target == Target::host());
        match option {
            // These link for a driver, which knows where the C library is.
            Some(program @ ("lld" | "mold")) if has_driver(target) => {
                let mut driver = of_environment().or_else(|| default_linker(target))?;
                driver.args.insert(0, format!("-fuse-ld={program}"));
                Some(Linker { asked_by: "--linker", ..driver })
            }
            Some("lld") => default_linker(target).map(|linker| Linker { asked_by: "--linker", ..linker }),
            Some(program) => Some(Linker { program: program.to_owned(), args: Vec::new(), asked_by: "--linker" }),
            None => of_environment(),
        }
    }

    fn of_environment(is_host: bool) -> Option<Linker> {
        let variables: &[&'static str] = if is_host { &["KILN_CC", "CC"] } else { &["KILN_CC"] };
        variables.iter().find_map(|variable| {
            let value = env::var(variable).ok()?;
            let mut words = value.split_whitespace().map(str::to_owned);
            Some(Linker { program: words.next()?, args: words.collect(), asked_by: variable })
        })
    }

    /// How it takes its arguments, as its name tells.
    pub(crate) fn dialect(&self) -> Dialect {
        let name = self.program.rsplit(['/', '\\']).next().unwrap_or(&self.program);
        let is_ld = |word: &str| word == "ld" || word == "lld" || word.starts_with("ld.");
        match name {
            _ if name.starts_with("wasm-ld") => Dialect::Wasm,
            _ if name.split('-').any(is_ld) => Dialect::Bare,
            _ => Dialect::Driver,
        }
    }
}

/// Whether a C compiler links for a target.
fn has_driver(target: &Target) -> bool {
    *target == Target::host() || gnu_triple(target).is_some()
}

/// The linker for a target; none if there is none on a machine of this kind.
pub(crate) fn default_linker(target: &Target) -> Option<Linker> {
    let first = |names: &[&str]| find_any(names).map_or_else(|| names[0].to_owned(), |(name, _)| name);
    let program = match (target.arch, gnu_triple(target)) {
        _ if *target == Target::host() => "cc".to_owned(),
        (_, Some(triple)) => format!("{triple}-gcc"),
        (Arch::Wasm32, None) => first(WASM),
        (Arch::Riscv32, None) => first(ELF),
        _ => return None,
    };
    Some(Linker { program, args: Vec::new(), asked_by: DEFAULT })
}

/// The Debian packages of the default linker and of the C library it links.
pub(crate) fn package(target: &Target) -> Option<String> {
    if *target == Target::host() {
        return Some("gcc libc6-dev".to_owned());
    }
    match (target.os, target.arch) {
        (Os::Freestanding, _) => Some("lld".to_owned()),
        _ => Some(format!("gcc-{} {}", gnu_triple(target)?.replace('_', "-"), c_library(target)?)),
    }
}

/// The Debian package of the C library for another machine.
pub(crate) fn c_library(target: &Target) -> Option<String> {
    let name = match (target.os, target.arch) {
        (Os::Linux, Arch::X86_64) => "amd64",
        (Os::Linux, Arch::X86) => "i386",
        (Os::Linux, Arch::Aarch64) => "arm64",
        (Os::Linux, Arch::Arm) => "armhf",
        (Os::Linux, Arch::Riscv64) => "riscv64",
        _ => return None,
    };
    Some(format!("libc6-dev-{name}-cross"))
}

/// The name of a Linux target in GNU's and Debian's tools.
pub(crate) fn gnu_triple(target: &Target) -> Option<&'static str> {
    match (target.os, target.arch) {
        (Os::Linux, Arch::X86_64) => Some("x86_64-linux-gnu"),
        (Os::Linux, Arch::X86) => Some("i686-linux-gnu"),
        (Os::Linux, Arch::Aarch64) => Some("aarch64-linux-gnu"),
        (Os::Linux, Arch::Arm) => Some("arm-linux-gnueabihf"),
        (Os::Linux, Arch::Riscv64) => Some("riscv64-linux-gnu"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_how_a_linker_is_spoken_to() {
        let dialect = |program: &str| Linker { program: program.to_owned(), args: Vec::new(), asked_by: "" }.dialect();
        for driver in ["cc", "/usr/bin/aarch64-linux-gnu-gcc", "clang-22"] {
            assert_eq!(dialect(driver), Dialect::Driver, "{driver}");
        }
        for bare in ["ld", "ld.lld", "/opt/bin/ld.lld-22", "riscv64-unknown-elf-ld"] {
            assert_eq!(dialect(bare), Dialect::Bare, "{bare}");
        }
        assert_eq!(dialect("wasm-ld-22"), Dialect::Wasm);
    }

    #[test]
    fn every_target_has_a_linker_or_none_is_known_here() {
        for triple in Target::known() {
            let target = Target::from_triple(triple).unwrap();
            let foreign = matches!(target.os, Os::Macos | Os::Windows) && target != Target::host();
            assert_eq!(default_linker(&target).is_none(), foreign, "{triple}");
            assert_eq!(package(&target).is_none(), foreign, "{triple}");
        }
    }
}
