//! `kiln doctor`: every part and tool that `kiln` works with, where it was found, and what is not possible without it.

use crate::Linker;
use crate::backend::{Backends, has_llvm};
use crate::linker::{default_linker, package};
use crate::runner::{self, runner};
use crate::tools::{Tool, look_at};
use kiln_types::{Os, Target};
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
        self.text.push_str(&format!("{part:<25} {says}\n"));
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
    let host = Target::host();
    let asked = Linker::asked_for(None, &host);
    let by = asked.as_ref().map_or("neither KILN_CC nor CC is set", |linker| linker.asked_by);
    let program = asked.as_ref().map_or("cc", |linker| &linker.program);
    let disables = format!("`{program}` can't link executables ({by}); `kiln run` still works");
    report.tool("linker driver", look_at(program), &disables);
    report.tool("lld", look_at("ld.lld"), "`--linker lld`");
    report.tool("mold", look_at("mold"), "`--linker mold`");
    for target in others() {
        let Some(linker) = default_linker(&target) else { continue };
        let package = package(&target).unwrap_or_default();
        let disables = format!("linking for {} (apt-get install {package})", target.triple);
        report.tool(&linker.program, look_at(&linker.program), &disables);
    }
}

fn emulators(report: &mut Report) {
    for target in others() {
        let disables = format!("running programs for {}", target.triple);
        match runner(&target, None) {
            Ok(Some(found)) => report.tool(&found.name, look_at(&found.name), &disables),
            Ok(None) => {}
            Err(missing) => {
                let package = runner::package(target.arch);
                report.tool(missing, None, &format!("{disables} (apt-get install {package})"));
            }
        }
    }
}

/// The targets that are linked and run with tools of their own here.
fn others() -> impl Iterator<Item = Target> {
    let all = Target::known().filter_map(|triple| Target::from_triple(triple).ok());
    all.filter(|target| *target != Target::host() && matches!(target.os, Os::Linux | Os::Freestanding))
}
