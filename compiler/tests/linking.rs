//! Linking for other machines, and what is said where a tool is missing. The tools are scripts, so that nothing has to be installed.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "tests may panic")]

mod common;

use common::{Done, HANGS, Place, finish};
use std::fs;
use std::os::unix::fs::PermissionsExt;

const HELLO: &str = "fn main() { @dbg(\"hello\"); }";

/// A place with a program, if this build has a backend for every target.
fn place() -> Option<Place> {
    let has_llvm = kiln_compiler::has_llvm();
    if !has_llvm {
        eprintln!("nothing is linked for other machines: this build has no LLVM");
    }
    has_llvm.then(|| Place::with_main(HELLO))
}

/// Makes a program that is found before all others: a script.
fn tool(place: &Place, name: &str, script: &str) {
    let path = place.path(&format!("bin/{name}"));
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// A run of `kiln` with no other programs than those of the place.
fn kiln(place: &Place, variables: &[(&str, &str)], args: &[&str]) -> Done {
    let mut command = place.command(args);
    command.env("PATH", place.path("bin")).envs(variables.iter().copied());
    finish(&mut command, HANGS).unwrap()
}

/// Writes its arguments to a file and makes an output.
const RECORDS: &str = "echo \"$@\" > arguments\nwhile [ \"$1\" != -o ]; do shift; done\n: > \"$2\"";

fn arguments(place: &Place) -> String {
    fs::read_to_string(place.path("arguments")).unwrap()
}

#[test]
fn a_missing_linker_is_named_with_its_package() {
    let Some(place) = place() else { return };
    for (target, linker, package) in [
        ("aarch64-unknown-linux-gnu", "aarch64-linux-gnu-gcc", "gcc-aarch64-linux-gnu libc6-dev-arm64-cross"),
        ("armv7-unknown-linux-gnueabihf", "arm-linux-gnueabihf-gcc", "gcc-arm-linux-gnueabihf libc6-dev-armhf-cross"),
        ("riscv64-unknown-linux-gnu", "riscv64-linux-gnu-gcc", "gcc-riscv64-linux-gnu libc6-dev-riscv64-cross"),
        ("i686-unknown-linux-gnu", "i686-linux-gnu-gcc", "gcc-i686-linux-gnu libc6-dev-i386-cross"),
        ("wasm32-unknown-unknown", "wasm-ld", "lld"),
        ("riscv32-unknown-none-elf", "ld.lld", "lld"),
    ] {
        let done = kiln(&place, &[], &["build", "main.kiln", "--target", target]);
        done.refused("E0804");
        let says = [format!("the linker `{linker}` was not found"), format!("`apt-get install {package}`")];
        assert!(says.iter().all(|text| done.stderr.contains(text)), "{target}: {}", done.stderr);
    }
    assert_eq!(place.names(), ["main.kiln"]);
}

#[test]
fn machines_that_are_linked_for_elsewhere() {
    let Some(place) = place() else { return };
    for target in ["aarch64-apple-darwin", "x86_64-pc-windows-msvc"] {
        if kiln_types::Target::host().triple.as_ref() == target {
            continue;
        }
        let done = kiln(&place, &[], &["build", "main.kiln", "--target", target]);
        done.refused("E0804");
        for part in [&format!("there is no linker for `{target}`"), "`--linker`", "`--sysroot`", "`--emit obj=PATH`"] {
            assert!(done.stderr.contains(part), "{part}: {}", done.stderr);
        }
        let ran = kiln(&place, &[], &["run", "main.kiln", "--target", target]);
        assert_eq!(ran.status.code(), Some(1), "{}", ran.stderr);
    }
    place.kiln(&["build", "main.kiln", "--target", "pdp11-unix"]).refused("E0805");
}

#[test]
fn a_missing_c_library_or_sysroot_is_named() {
    let Some(place) = place() else { return };
    tool(&place, "aarch64-linux-gnu-gcc", "echo 'ld: cannot find Scrt1.o: No such file or directory' >&2; exit 1");
    let build = ["build", "main.kiln", "--target", "aarch64-linux-gnu"];
    let done = kiln(&place, &[], &build);
    done.refused("E0804");
    for part in ["the C library for `aarch64-unknown-linux-gnu` is missing", "libc6-dev-arm64-cross", "`--sysroot`"] {
        assert!(done.stderr.contains(part), "{part}: {}", done.stderr);
    }
    let done = kiln(&place, &[], &[&build[..], &["--sysroot", "no/such/folder"]].concat());
    done.refused("E0804");
    assert!(done.stderr.contains("there is no folder `no/such/folder`"), "{}", done.stderr);
    tool(&place, "ld.lld", "echo 'ld.lld: error: undefined symbol: malloc' >&2; exit 1");
    let done = kiln(&place, &[], &["build", "main.kiln", "--target", "riscv32-unknown-none-elf"]);
    done.refused("E0804");
    assert!(done.stderr.contains("takes `write`, `exit`, `malloc`"), "{}", done.stderr);
}

#[test]
fn linkers_get_what_they_understand() {
    let Some(place) = place() else { return };
    for name in ["aarch64-linux-gnu-gcc", "wasm-ld", "ld.lld", "my-cc"] {
        tool(&place, name, RECORDS);
    }
    fs::create_dir(place.path("root")).unwrap();
    let build = |target: &str, variables: &[(&str, &str)], more: &[&str]| {
        let args = [&["build", "main.kiln", "--target", target, "-o", "out"], more].concat();
        kiln(&place, variables, &args).accepted();
        arguments(&place)
    };
    let said = build("aarch64-linux-gnu", &[], &["--sysroot", "root", "--link-arg", "-static", "-lz"]);
    assert!(said.starts_with("--sysroot=root ") && said.trim_end().ends_with("-lz -static -lm"), "{said}");
    // `CC` is the compiler of this machine, `KILN_CC` that of the target.
    let said = build("aarch64-linux-gnu", &[("CC", "false"), ("KILN_CC", "my-cc -x")], &[]);
    assert!(said.starts_with("-x "), "{said}");
    assert!(!build("aarch64-linux-gnu", &[("CC", "false")], &[]).contains("-x"));
    assert!(build("aarch64-linux-gnu", &[], &["--linker", "lld"]).starts_with("-fuse-ld=lld "));
    assert!(
        build("aarch64-linux-gnu", &[("KILN_CC", "my-cc -x")], &["--linker", "mold"]).starts_with("-fuse-ld=mold -x ")
    );
    let said = build("wasm32-unknown-unknown", &[], &["--sysroot", "root"]);
    assert!(
        said.starts_with("--no-entry --export-dynamic ") && said.contains("-Lroot/lib") && !said.contains("-lm"),
        "{said}"
    );
    let said = build("riscv32-unknown-none-elf", &[], &["--linker", "lld", "--link-arg", "--gc-sections"]);
    assert!(said.contains("part0.o") && said.trim_end().ends_with("--gc-sections"), "{said}");
}

#[test]
fn what_runs_programs_of_other_machines() {
    let Some(place) = place() else { return };
    for name in ["aarch64-linux-gnu-gcc", "wasm-ld"] {
        tool(&place, name, RECORDS);
    }
    let run = ["run", "main.kiln", "--target"];
    for (target, missing, package) in
        [("aarch64-linux-gnu", "qemu-aarch64", "qemu-user"), ("wasm32-unknown-unknown", "node", "nodejs")]
    {
        let done = kiln(&place, &[], &[&run[..], &[target]].concat());
        done.refused("E0807");
        for part in ["nothing here runs programs for", &format!("`{missing}` would"), package, "`--interp`"] {
            assert!(done.stderr.contains(part), "{part}: {}", done.stderr);
        }
    }
    tool(&place, "qemu-aarch64", "echo \"$@\"; exit 3");
    let done = kiln(&place, &[], &[&run[..], &["aarch64-linux-gnu", "--", "one"]].concat());
    assert_eq!(done.status.code(), Some(3), "{}", done.stderr);
    assert!(done.stdout.trim_end().ends_with("/program one"), "{}", done.stdout);
    tool(&place, "node", "echo \"$@\"");
    let done = kiln(&place, &[], &[&run[..], &["wasm32-unknown-unknown"]].concat());
    assert!(done.stdout.contains("/host.mjs ") && done.stdout.trim_end().ends_with("/program"), "{}", done.stdout);
}

#[test]
fn targets_and_doctor_say_what_to_install() {
    let Some(place) = place() else { return };
    let targets = kiln(&place, &[], &["targets"]);
    targets.accepted();
    for part in
        ["apt-get install gcc-aarch64-linux-gnu libc6-dev-arm64-cross", "linking needs `wasm-ld` (apt-get install lld)"]
    {
        assert!(targets.stdout.contains(part), "{part}: {}", targets.stdout);
    }
    tool(&place, "aarch64-linux-gnu-gcc", "echo 'cross gcc 1.2.3'");
    let targets = kiln(&place, &[], &["targets"]).stdout;
    assert!(targets.contains("running needs `qemu-aarch64` (apt-get install qemu-user)"), "{targets}");
    let doctor = kiln(&place, &[], &["doctor"]);
    doctor.accepted();
    let line = |start: &str| doctor.stdout.lines().find(|line| line.starts_with(start)).unwrap_or_default().to_owned();
    assert!(line("aarch64-linux-gnu-gcc").ends_with("(cross gcc 1.2.3)"), "{}", doctor.stdout);
    assert!(
        line("qemu-aarch64").contains("missing: running programs for aarch64-unknown-linux-gnu"),
        "{}",
        doctor.stdout
    );
    assert!(line("node").contains("wasm32-unknown-unknown"), "{}", doctor.stdout);
    assert!(line("wasm-ld").contains("missing: linking for wasm32-unknown-unknown"), "{}", doctor.stdout);
}

#[test]
fn modules_of_bitcode_are_linked_or_joined() {
    let Some(place) = place() else { return };
    let place = place
        .file("util.kiln", "export \"C\" fn triple(x: i32) -> i32 { @assert(x < 1000, \"too much\"); x * 3 }")
        .file("more.kiln", "export \"C\" fn more(x: i32) -> i32 { x + 1 }")
        .file(
            "sum.kiln",
            "extern \"C\" fn triple(x: i32) -> i32;\nextern \"C\" fn more(x: i32) -> i32;\n\
             fn main() -> i32 { checked { triple(more(6)) } }",
        );
    for name in ["util", "more"] {
        let (file, emit) = (format!("{name}.kiln"), format!("bc={name}.bc"));
        place.kiln(&["build", &file, "--lib", "static", "-O1", "--emit", &emit]).accepted();
    }
    for (lto, is_there) in [(&[][..], true), (&["--lto"], false)] {
        place.kiln(&[&["build", "sum.kiln", "util.bc", "more.bc", "-O2", "-o", "sum"], lto].concat()).accepted();
        let program = fs::read(place.path("sum")).unwrap();
        assert_eq!(program.windows(6).any(|bytes| bytes == b"triple"), is_there, "{lto:?}");
        let ran = finish(&mut std::process::Command::new(place.path("sum")), HANGS).unwrap();
        assert_eq!(ran.status.code(), Some(21), "{}", ran.stderr);
    }
    let ir = place.kiln(&["build", "sum.kiln", "util.bc", "more.bc", "-O2", "--lto", "--emit", "asm"]);
    ir.accepted();
    assert!(ir.stdout.contains("ret i32 21") && !ir.stdout.contains("@triple"), "{}", ir.stdout);
}

#[test]
fn bitcode_that_can_not_be_taken() {
    let Some(place) = place() else { return };
    let place = place.file("no.bc", "no bitcode");
    place.kiln(&["build", "main.kiln", "missing.bc"]).refused("E0801");
    for lto in [&[][..], &["--lto"]] {
        let done = place.kiln(&[&["build", "main.kiln", "no.bc"], lto].concat());
        done.refused("E0806");
        assert!(done.stderr.contains("`no.bc` can't be read"), "{}", done.stderr);
    }
    if kiln_compiler::has_cranelift() {
        place.kiln(&["build", "main.kiln", "no.bc", "--backend", "cranelift"]).refused("E0806");
    }
    assert_eq!(place.kiln(&["build", "main.kiln", "--lto", "--codegen-units", "2"]).status.code(), Some(2));
}
