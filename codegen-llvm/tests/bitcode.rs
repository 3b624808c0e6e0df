//! Modules that come as bitcode: joined with a program before its passes, or compiled by themselves.
#![allow(clippy::unwrap_used, reason = "tests may panic")]

mod support;

use inkwell::context::Context;
use inkwell::memory_buffer::MemoryBuffer;
use kiln_cfg::*;
use kiln_codegen_llvm::{Bitcode, OptLevel, Options, Wanted, compile_bitcode};
use kiln_types::*;
use std::fs;
use std::process::Command;
use support::*;

const TWICE: &str = "
@calls = global i32 0
define i32 @twice(i32 %x) {
  %n = load i32, ptr @calls
  %more = add i32 %n, 1
  store i32 %more, ptr @calls
  %r = shl i32 %x, 1
  ret i32 %r
}
";

/// A module for the target of a program.
fn module(text: &str, target: &Target) -> Bitcode {
    let layout = {
        let mut maker = Maker::for_target(target.clone());
        let options = Options { wanted: Wanted { ir: true, ..Wanted::default() }, ..Options::default() };
        let ir = maker.compile(&options).unwrap().ir.unwrap();
        ir.lines().filter(|line| line.starts_with("target ")).collect::<Vec<_>>().join("\n")
    };
    let context = Context::create();
    let text = format!("{layout}\n{text}\0");
    let buffer = MemoryBuffer::create_from_memory_range_copy(&text.as_bytes()[..text.len() - 1], "twice");
    let module = context.create_module_from_ir(buffer).unwrap();
    Bitcode { name: "twice.bc".into(), bytes: module.write_bitcode_to_memory().as_slice().into() }
}

/// `main` gives twice 21.
fn program(target: &Target) -> Maker {
    let mut maker = Maker::for_target(target.clone());
    let twice = maker.declare_extern("twice", &[TypeId::I32], TypeId::I32, false);
    maker.main(|m, f| {
        let result = f.temp(TypeId::I32);
        let arg = m.int(TypeId::I32, 21);
        f.call(Some(result), twice, [Arg::Value(arg)].into());
        f.ret(Operand::Copy(result));
    });
    maker
}

#[test]
fn joined_modules_are_inlined_and_hidden() {
    let target = Target::host();
    let wanted = Wanted { ir: true, optimised_ir: true, ..Wanted::default() };
    let options = Options { level: OptLevel::O2, joined: vec![module(TWICE, &target)], wanted, ..Options::default() };
    let both = program(&target).compile(&options).unwrap();
    let (before, after) = (both.ir.unwrap(), both.optimised_ir.unwrap());
    assert!(before.contains("define internal i32 @twice") && before.contains("@calls = internal global"), "{before}");
    assert!(!after.contains("@twice") && after.contains("ret i32 42"), "{after}");
    let alone = program(&target).compile(&Options { joined: Vec::new(), ..options }).unwrap();
    assert!(alone.optimised_ir.unwrap().contains("declare i32 @twice"));
}

#[test]
fn modules_are_compiled_by_themselves() {
    for triple in ["x86_64-unknown-linux-gnu", "wasm32-unknown-unknown"] {
        let target = Target::from_triple(triple).unwrap();
        let object = compile_bitcode(&module(TWICE, &target), &target, &Options::default()).unwrap();
        assert!(object.windows(5).any(|bytes| bytes == b"twice"), "{triple}");
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let target = Target::host();
    let joined = |bitcode: Bitcode| {
        let options = Options { joined: vec![bitcode], ..Options::default() };
        program(&target).compile(&options).unwrap_err().to_string()
    };
    let nothing = joined(Bitcode { name: "x.bc".into(), bytes: b"no bitcode"[..].into() });
    assert!(nothing.contains("`x.bc` can't be read"), "{nothing}");
    let other = Target::from_triple("i686-unknown-linux-gnu").unwrap();
    let other = joined(module(TWICE, &other));
    assert!(other.contains("`twice.bc` is for `i686-unknown-linux-gnu`"), "{other}");
    let twofold = joined(module("define i32 @main() { ret i32 1 }", &target));
    assert!(twofold.contains("`twice.bc` can't be joined") && twofold.contains("main"), "{twofold}");
}

/// Functions that call each other in a ring, each with some work.
fn ring(count: usize) -> Maker {
    let mut maker = Maker::new();
    let own = ParamMode::Own;
    let ids: Vec<_> = (0..count).map(|n| maker.declare(&format!("f{n}"), &[(own, TypeId::I32)], TypeId::I32)).collect();
    for (number, id) in ids.iter().enumerate() {
        let mut f = maker.body(*id);
        let mut value = Operand::Copy(Local(1));
        for step in 0..150 {
            let amount = maker.int(TypeId::I32, step + 1);
            let next = f.temp(TypeId::I32);
            f.set(next, Rvalue::Binary(BinOp::Xor, value, amount));
            value = Operand::Copy(next);
        }
        if let Some(next) = ids.get(number + 1) {
            let result = f.temp(TypeId::I32);
            f.call(Some(result), *next, [Arg::Value(value)].into());
            value = Operand::Copy(result);
        }
        f.ret(value);
        maker.finish(f);
    }
    maker.main(|m, f| {
        let result = f.temp(TypeId::I32);
        let zero = m.int(TypeId::I32, 0);
        f.call(Some(result), ids[0], [Arg::Value(zero)].into());
        f.ret(Operand::Copy(result));
    });
    maker
}

#[test]
fn optimised_programs_are_split_when_that_is_asked_for() {
    let options = Options { level: OptLevel::O1, units: 4, ..Options::default() };
    let parts = ring(81).compile(&options).unwrap().objects;
    assert_eq!(parts.len(), 4);
    let again = ring(81).compile(&options).unwrap().objects;
    assert_eq!(parts, again);
    // A function is called by the next part only where the ring is cut: all others are inside.
    let shown: Vec<usize> =
        parts.iter().map(|part| part.windows(6).filter(|bytes| bytes == b"test::").count()).collect();
    assert!(shown.iter().sum::<usize>() < 20, "{shown:?}");
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<_> = (0..parts.len()).map(|number| folder.path().join(format!("{number}.o"))).collect();
    paths.iter().zip(&parts).for_each(|(path, part)| fs::write(path, part).unwrap());
    let program = folder.path().join("program");
    assert!(Command::new("cc").args(&paths).arg("-o").arg(&program).status().unwrap().success());
    // Each of the 81 functions changes the bits of 1 ^ 2 ^ … ^ 150.
    assert_eq!(Command::new(&program).status().unwrap().code(), Some(151));
    assert_eq!(ring(81).compile(&Options { units: 1, ..options }).unwrap().objects.len(), 1);
}
