//! `kiln targets`: what there are programs for, who compiles them, and what more it takes here to link and run them.

use crate::backend::Backends;
use crate::link::{default_linker, package};
use crate::tools::{find, find_any};
use kiln_types::{Arch, Os, Target};

/// The table, one target a line.
pub fn list_targets(backends: Backends) -> String {
    let mut text = format!("{:<32} {:<24} {}\n", "target", "backends", "here");
    for triple in Target::known() {
        let Ok(target) = Target::from_triple(triple) else { continue };
        let list = backends.list();
        let by = list.iter().filter(|(name, backend)| makes(name, &target) && backend.targets().contains(&triple));
        let names: Vec<&str> = by.map(|(name, _)| *name).collect();
        text.push_str(&format!("{triple:<32} {:<24} {}\n", names.join(" "), here(&target, !names.is_empty())));
    }
    text
}

/// The interpreter works for every target at compile time, but makes nothing; in memory only this machine's code runs.
fn makes(backend: &str, target: &Target) -> bool {
    match backend {
        "interp" => false,
        "jit" => *target == Target::host(),
        _ => true,
    }
}

/// What can be done with a target on this machine.
fn here(target: &Target, has_backend: bool) -> String {
    if !has_backend {
        return "check only: no backend in this build compiles for it".to_owned();
    }
    if target.os == Os::Freestanding {
        return "objects; linking takes `--linker` and `--link-arg`".to_owned();
    }
    let linker = default_linker(target);
    if !has_gnu_linker(target) {
        return "objects; linking takes `--linker` of a machine of that kind".to_owned();
    }
    if find(&linker.program).is_none() {
        let package = package(target).map_or_else(String::new, |package| format!(" (apt-get install {package})"));
        return format!("objects; linking needs `{}`{package}", linker.program);
    }
    match runner(target) {
        Ok(None) => "builds and runs; this machine".to_owned(),
        Ok(Some(emulator)) => format!("builds with `{}`, runs under `{emulator}`", linker.program),
        Err(missing) => format!("builds with `{}`; running needs `{missing}`", linker.program),
    }
}

fn has_gnu_linker(target: &Target) -> bool {
    *target == Target::host() || target.os == Os::Linux
}

/// What runs programs for a target: nothing more, or an emulator.
fn runner(target: &Target) -> Result<Option<String>, &'static str> {
    if *target == Target::host() {
        return Ok(None);
    }
    let emulators: &[&'static str] = match target.arch {
        Arch::X86_64 => &["qemu-x86_64-static", "qemu-x86_64"],
        Arch::X86 => &["qemu-i386-static", "qemu-i386"],
        Arch::Aarch64 => &["qemu-aarch64-static", "qemu-aarch64"],
        Arch::Arm => &["qemu-arm-static", "qemu-arm"],
        Arch::Riscv64 => &["qemu-riscv64-static", "qemu-riscv64"],
        Arch::Riscv32 | Arch::Wasm32 => &[],
    };
    match find_any(emulators) {
        Some((name, _)) => Ok(Some(name)),
        None => Err(emulators.first().copied().unwrap_or("an emulator")),
    }
}
