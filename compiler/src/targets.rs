//! `kiln targets`: what there are programs for, who compiles them, and what more it takes here to link and run them.

use crate::backend::Backends;
use crate::linker::{default_linker, package};
use crate::runner;
use crate::tools::find;
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

/// The programs that are missing here for linking and running programs for a target, by their usual names.
pub fn missing_tools(target: &Target) -> Vec<String> {
    let linker = default_linker(target).map_or_else(|| "a linker".to_owned(), |linker| linker.program);
    let linker = find(&linker).is_none().then_some(linker);
    let runner = runner::runner(target, None).err().map(str::to_owned);
    linker.into_iter().chain(runner).collect()
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
    let Some(linker) = default_linker(target) else {
        return "objects; linking takes `--linker` of a machine of that kind".to_owned();
    };
    if find(&linker.program).is_none() {
        let package = package(target).map_or_else(String::new, |package| format!(" (apt-get install {package})"));
        return format!("objects; linking needs `{}`{package}", linker.program);
    }
    let builds = format!("builds with `{}`", linker.program);
    match runner::runner(target, None) {
        Ok(None) => "builds and runs; this machine".to_owned(),
        // What starts the program, and what it writes with, is the machine's.
        _ if target.os == Os::Freestanding && target.arch != Arch::Wasm32 => {
            format!("{builds}, with what starts a program there")
        }
        Ok(Some(runner)) => format!("{builds}, runs under `{}`", runner.name),
        Err(missing) => {
            format!("{builds}; running needs `{missing}` (apt-get install {})", runner::package(target.arch))
        }
    }
}
