//! The machine a program is compiled for.

use std::fmt;

/// Instruction set of a target.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[allow(missing_docs)]
pub enum Arch {
    X86_64,
    X86,
    Aarch64,
    Arm,
    Riscv64,
    Riscv32,
    Wasm32,
}

/// Operating system of a target.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[allow(missing_docs)]
pub enum Os {
    Linux,
    Macos,
    Windows,
    Freestanding,
}

/// Byte order.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[allow(missing_docs)]
pub enum Endian {
    Little,
    Big,
}

/// Everything the language depends on of the machine it is compiled for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Target {
    /// The triple as LLVM knows it.
    pub triple: Box<str>,
    /// Instruction set.
    pub arch: Arch,
    /// Operating system.
    pub os: Os,
    /// Byte order.
    pub endian: Endian,
    /// Bytes of an address.
    pub pointer_bytes: u8,
    /// Alignment of `i64`, `u64` in bytes.
    pub align_i64: u8,
    /// Alignment of `f64` in bytes.
    pub align_f64: u8,
    /// Alignment of `i128`, `u128` in bytes.
    pub align_i128: u8,
}

/// A triple that names no target Kiln knows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownTarget {
    /// What was asked for.
    pub triple: String,
}

impl fmt::Display for UnknownTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no target `{}`", self.triple)
    }
}

impl std::error::Error for UnknownTarget {}

/// The targets: triple, architecture, system, pointer bytes, alignments of 64-bit integers, doubles, 128-bit integers.
const KNOWN: &[(&str, Arch, Os, u8, u8, u8, u8)] = &[
    ("x86_64-unknown-linux-gnu", Arch::X86_64, Os::Linux, 8, 8, 8, 16),
    ("aarch64-unknown-linux-gnu", Arch::Aarch64, Os::Linux, 8, 8, 8, 16),
    ("riscv64-unknown-linux-gnu", Arch::Riscv64, Os::Linux, 8, 8, 8, 16),
    ("i686-unknown-linux-gnu", Arch::X86, Os::Linux, 4, 4, 4, 16),
    ("armv7-unknown-linux-gnueabihf", Arch::Arm, Os::Linux, 4, 8, 8, 8),
    ("riscv32-unknown-none-elf", Arch::Riscv32, Os::Freestanding, 4, 8, 8, 16),
    ("wasm32-unknown-unknown", Arch::Wasm32, Os::Freestanding, 4, 8, 8, 16),
    ("x86_64-apple-darwin", Arch::X86_64, Os::Macos, 8, 8, 8, 16),
    ("aarch64-apple-darwin", Arch::Aarch64, Os::Macos, 8, 8, 8, 16),
    ("x86_64-pc-windows-msvc", Arch::X86_64, Os::Windows, 8, 8, 8, 16),
];

impl Target {
    /// The target with this triple. The usual spellings are accepted: without vendor, `arm64` for `aarch64`.
    ///
    /// # Errors
    /// The triple is not in the table of known targets.
    pub fn from_triple(triple: &str) -> Result<Target, UnknownTarget> {
        let wanted = normal(triple);
        KNOWN
            .iter()
            .find(|known| normal(known.0) == wanted)
            .map(|&(triple, arch, os, pointer_bytes, align_i64, align_f64, align_i128)| Target {
                triple: triple.into(),
                arch,
                os,
                endian: Endian::Little,
                pointer_bytes,
                align_i64,
                align_f64,
                align_i128,
            })
            .ok_or_else(|| UnknownTarget { triple: triple.to_owned() })
    }

    /// The machine this compiler runs on, or x86-64 Linux where it is not in the table.
    pub fn host() -> Target {
        let triple = match (std::env::consts::ARCH, std::env::consts::OS) {
            ("aarch64", "linux") => "aarch64-unknown-linux-gnu",
            ("riscv64", "linux") => "riscv64-unknown-linux-gnu",
            ("x86", "linux") => "i686-unknown-linux-gnu",
            ("x86_64", "macos") => "x86_64-apple-darwin",
            ("aarch64", "macos") => "aarch64-apple-darwin",
            ("x86_64", "windows") => "x86_64-pc-windows-msvc",
            _ => "x86_64-unknown-linux-gnu",
        };
        Target::from_triple(triple).expect("the triple stands in the table")
    }

    /// Triples of all known targets.
    pub fn known() -> impl Iterator<Item = &'static str> {
        KNOWN.iter().map(|known| known.0)
    }

    /// Bits of an address.
    pub fn pointer_bits(&self) -> u16 {
        u16::from(self.pointer_bytes) * 8
    }

    /// The largest size of an object, in bytes: half the address space.
    pub fn max_object_size(&self) -> u64 {
        (1u64 << (self.pointer_bits() - 1)) - 1
    }
}

fn normal(triple: &str) -> String {
    let mut parts: Vec<&str> = triple.split('-').collect();
    if parts.len() > 2 && matches!(parts[1], "unknown" | "pc" | "apple" | "none") {
        parts.remove(1);
    }
    parts[0] = match parts[0] {
        "arm64" => "aarch64",
        "amd64" => "x86_64",
        "i386" | "i586" => "i686",
        "riscv64gc" => "riscv64",
        other => other,
    };
    parts.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_triples() {
        assert_eq!(&*Target::from_triple("x86_64-linux-gnu").unwrap().triple, "x86_64-unknown-linux-gnu");
        assert_eq!(Target::from_triple("arm64-apple-darwin").unwrap().arch, Arch::Aarch64);
        assert!(Target::from_triple("pdp11-unix").is_err());
        for triple in Target::known() {
            assert_eq!(&*Target::from_triple(triple).unwrap().triple, triple);
        }
    }
}
