//! `kiln doctor`: every part and tool that `kiln` works with, where it was found, and what is not possible without it.

use crate::Linker;
use crate::backend::{Backends, has_llvm};
use crate::link::default_linker;
use crate::tools::{Tool, look_at};
use kiln_types::Target;
use std::path::Path;

/// The report, one part a line; a missing one says what that disables. `std_dir` is what `--std` or `KILN_STD` says.
pub fn doctor(backends: Backends, std_dir: Option<&Path>) -> String {
    let mut report = Report::default();
    report.line("kiln", &format!("{}, for {}", env!("CARGO_PKG_VERSION"), Target::host().triple));
    report.line("standard library", &library(std_dir));
    let names = backends.list();
    for name in ["interp", "cranelift", "llvm", "jit"] {
        let is_here = names.iter().any(|(known, _)| *known == name);
        let says = match name {
            _ if is_here => names.iter().find(|(known, _)| *known == name).map(|(_, backend)| backend.version()),
            "llvm" | "jit" if has_llvm() => {
                Some("missing: `kiln-llvm` beside this program can't be started".to_owned())
            }
            "llvm" => Some(
                "missing: no -O1 and up, no 32-bit targets, no `--emit asm`; `cargo xtask setup` installs it".into(),
            ),
            "jit" => Some("missing: `--jit` needs LLVM".to_owned()),
            _ => Some("missing: built without the feature `cranelift`; -O0 takes longer to compile".to_owned()),
        };
        report.line(&format!("backend {name}"), &says.unwrap_or_default());
    }
    linkers(&mut report);
    emulators(&mut report);
    report.text
}

#[derive(Default)]
struct Report {
    text: String,
}

impl Report {
    fn line(&mut self, part: &str, says: &str) {
        self.text.push_str(&format!("{part:<22} {says}\n"));
    }

    fn tool(&mut self, part: &str, tool: Option<Tool>, disables: &str) {
        match tool {
            Some(Tool { path, version }) => {
                let version = version.map_or_else(String::new, |version| format!(" ({version})"));
                self.line(part, &format!("{}{version}", path.display()));
            }
            None => self.line(part, &format!("missing: {disables}")),
        }
    }
}

fn library(std_dir: Option<&Path>) -> String {
    match std_dir {
        None => "embedded".to_owned(),
        Some(folder) if folder.is_dir() => format!("{} (--std or KILN_STD)", folder.display()),
        Some(folder) => format!("missing: there is no folder `{}` (--std or KILN_STD)", folder.display()),
    }
}

fn linkers(report: &mut Report) {
    let asked = Linker::asked_for(None);
    let by = asked.as_ref().map_or("neither KILN_CC nor CC is set", |linker| linker.asked_by);
    let linker = asked.clone().unwrap_or_else(|| default_linker(&Target::host()));
    let disables = format!("`{}` can't link executables ({by}); `kiln run` still works", linker.program);
    report.tool("linker driver", look_at(&linker.program), &disables);
    report.tool("lld", look_at("ld.lld"), "`--linker lld`");
    report.tool("mold", look_at("mold"), "`--linker mold`");
    report.tool("wasm-ld", look_at("wasm-ld"), "linking for wasm32-unknown-unknown");
    for triple in Target::known() {
        let Ok(target) = Target::from_triple(triple) else { continue };
        if target != Target::host() && target.os == kiln_types::Os::Linux {
            let program = default_linker(&target).program;
            report.tool(&program, look_at(&program), &format!("linking for {triple}, but with `--linker`"));
        }
    }
}

fn emulators(report: &mut Report) {
    let here = Target::host().arch;
    for (arch, name, emulator) in [
        (kiln_types::Arch::X86, "i686", "qemu-i386-static"),
        (kiln_types::Arch::Aarch64, "aarch64", "qemu-aarch64-static"),
        (kiln_types::Arch::Arm, "armv7", "qemu-arm-static"),
        (kiln_types::Arch::Riscv64, "riscv64", "qemu-riscv64-static"),
    ] {
        if arch != here {
            report.tool(emulator, look_at(emulator), &format!("running programs for {name}"));
        }
    }
    report.tool("node", look_at("node"), "running programs for wasm32");
}
