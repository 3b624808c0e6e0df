//! WebAssembly under node: programs, and exported functions that the host calls.
#![allow(clippy::unwrap_used, reason = "tests may panic")]

mod common;

use common::{HANGS, Place, finish};
use std::process::Command;

/// A place with a program, if the tools are here.
fn place(text: &str) -> Option<Place> {
    let target = kiln_compiler::target_named("wasm32-unknown-unknown").unwrap();
    let mut missing = kiln_compiler::missing_tools(&target);
    if !kiln_compiler::has_llvm() {
        missing.push("LLVM".to_owned());
    }
    if !missing.is_empty() {
        eprintln!("WebAssembly is not run: there is no {}", missing.join(", no "));
        return None;
    }
    Some(Place::with_main(text))
}

const TARGET: [&str; 2] = ["--target", "wasm32-unknown-unknown"];

#[test]
fn programs_run_under_node() {
    let program = "\
         fn main() -> i32 {\n    let mut all = Vec(i128)::new();\n    for i in 1..20 { all.push(@cast(i)); }\n    \
         let mut product: i128 = 1;\n    for x in all { product = product * x; }\n    @dbg(product / 7 % 1000000007);\n    \
         @dbg(@size_of(usize));\n    let mut n: u8 = 250;\n    for _ in 0..4 { n += 1; }\n    @assert(n == 255, \"four is not five\");\n    0\n}\n";
    let Some(place) = place(program) else { return };
    for level in ["-O0", "-O2"] {
        let ran = place.kiln(&[&["run", "main.kiln", level], &TARGET[..]].concat());
        let interpreted = place.kiln(&[&["run", "main.kiln", "--interp"], &TARGET[..]].concat());
        assert_eq!((&ran.stdout, &ran.stderr), (&interpreted.stdout, &interpreted.stderr));
        assert_eq!((ran.status.code(), interpreted.status.code()), (Some(101), Some(101)), "{}", ran.stderr);
        assert!(ran.stdout.ends_with("\n4\n") && ran.stderr.starts_with("error: four is not five"), "{}", ran.stderr);
    }
}

#[test]
fn the_host_calls_what_is_exported() {
    let program = "export \"C\" fn area(width: f64, height: f64) -> f64 { width * height }\n\
         export \"C\" fn total(numbers: ptr const u32, count: usize) -> u64 {\n    let mut sum: u64 = 0;\n    \
         for i in 0..count { let n: i32 = @cast(i); sum += checked { @cast(@ptr_read(@ptr_offset(numbers, @cast(n)))) }; }\n    sum\n}\n\
         fn main() { }\n";
    let host = "import { readFileSync } from 'node:fs';\n\
         const { instance } = await WebAssembly.instantiate(readFileSync('main.wasm'), { env: {\n\
           write: () => 0, exit: () => { throw new Error('exit'); } } });\n\
         const { area, total, memory } = instance.exports;\n\
         const at = memory.grow(1) * 65536;\n\
         new Uint32Array(memory.buffer, at, 3).set([4000000000, 4000000000, 2]);\n\
         console.log(area(2.5, 4), total(at, 3));\n";
    let Some(place) = place(program) else { return };
    let place = place.file("host.mjs", host);
    place.kiln(&[&["build", "main.kiln", "-O1"], &TARGET[..]].concat()).accepted();
    assert!(place.names().contains(&"main.wasm".to_owned()), "{:?}", place.names());
    let mut node = Command::new("node");
    let done = finish(node.arg("host.mjs").current_dir(place.path(".")), HANGS).unwrap();
    assert_eq!(done.stdout, "10 8000000002n\n", "{}", done.stderr);
}

#[test]
fn tests_run_under_node() {
    let text = "test \"right\" { @assert(@size_of(usize) == 4); }\ntest \"wrong\" { let n: i32 = 2; @assert(n == 3, \"no\"); }\n";
    let Some(place) = place(text) else { return };
    let done = place.kiln(&[&["test", "main.kiln", "--backend", "llvm"], &TARGET[..]].concat());
    assert_eq!(done.status.code(), Some(1), "{}", done.stderr);
    assert!(done.stdout.ends_with("ok     right\n") || done.stdout.contains("1 passed, 1 failed"), "{}", done.stdout);
}
