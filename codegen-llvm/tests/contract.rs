//! What the backend promises beside right programs: every target, the same bytes for the same input, errors as values, and IR that
//! can be read beside the CFG.
#![allow(clippy::unwrap_used)]

mod support;
use kiln_cfg::*;
use kiln_codegen_llvm::{CodegenError, OptLevel, Options, Wanted, targets};
use kiln_types::*;
use support::*;

const CHECKED: Overflow = Overflow::Checked;
const OWN: ParamMode = ParamMode::Own;

/// `gcd` with a loop, a division and a place of its own for each check.
fn gcd(m: &mut Maker) -> FuncId {
    let gcd = m.declare("gcd", &[(OWN, TypeId::U32), (OWN, TypeId::U32)], TypeId::U32);
    let zero = m.int(TypeId::U32, 0);
    let mut f = m.body(gcd);
    let [done, more] = [(); 2].map(|()| f.block());
    let (a, b) = (Operand::Copy(Local(1)), Operand::Copy(Local(2)));
    let cond = f.binary(BinOp::Eq, TypeId::BOOL, b, zero);
    f.end(Terminator::Branch { cond, then: done, else_: more });
    f.at(done);
    f.ret(a);
    f.at(more);
    let rest = f.binary(BinOp::Rem(CHECKED), TypeId::U32, a, b);
    f.call(Some(Local(0)), gcd, vec![Arg::Value(b), Arg::Value(rest)]);
    f.end(Terminator::Return);
    m.finish(f);
    gcd
}

/// A program with something of everything that depends on the target.
fn sampler(target: Target) -> Maker {
    let mut m = Maker::for_target(target);
    m.add_panic();
    let gcd = gcd(&mut m);
    let large = m.pool.array(TypeId::USIZE, 9);
    let pair = m.pool.tuple(&[TypeId::U64, TypeId::BOOL]);
    let text = m.pool.ptr(false, TypeId::STR);
    let mixed = m.declare("mixed", &[(OWN, large), (OWN, pair), (OWN, text), (ParamMode::Borrow, pair)], large);
    let mut f = m.body(mixed);
    f.set(Local(0), Rvalue::Use(Place::local(Local(1)), UseKind::Copy));
    f.end(Terminator::Return);
    m.finish(f);
    let words = m.pool.ptr(true, TypeId::U128);
    m.main(|m, f| {
        let (array, two) = (f.var(large), f.var(pair));
        f.set(array, Rvalue::Repeat(m.int(TypeId::USIZE, 4)));
        f.put(Place::local(two).then(Proj::Field(0)), Rvalue::Operand(m.int(TypeId::U64, 4)));
        f.put(Place::local(two).then(Proj::Field(1)), Rvalue::Operand(m.int(TypeId::BOOL, 1)));
        let words = f.let_(words, Rvalue::Builtin(Builtin::Alloc, [m.int(TypeId::USIZE, 4)].into()));
        let Operand::Copy(words) = words else { unreachable!() };
        f.put(Place::local(words).then(Proj::Deref), Rvalue::Operand(m.int(TypeId::U128, 4)));
        let text = m.text("text");
        let args = vec![own(array), own(two), Arg::Value(text), Arg::Place(Place::local(two))];
        f.call(Some(array), mixed, args);
        let word = f.let_(TypeId::I64, Rvalue::Builtin(Builtin::Syscall, [m.int(TypeId::U64, 1)].into()));
        let float = f.let_(TypeId::F32, Rvalue::Cast(CastKind::Checked, word));
        let small = f.let_(TypeId::U32, Rvalue::Cast(CastKind::Checked, float));
        let result = f.temp(TypeId::U32);
        f.call(Some(result), gcd, vec![Arg::Value(small), Arg::Value(small)]);
        let status = f.let_(TypeId::I32, Rvalue::Cast(CastKind::Checked, Operand::Copy(result)));
        f.ret(status);
    });
    m
}

#[test]
fn every_target_compiles() {
    let known: Vec<&str> = Target::known().collect();
    assert_eq!(targets(), known, "this LLVM lacks targets that Debian's has");
    for triple in known {
        for level in LEVELS {
            let mut m = sampler(Target::from_triple(triple).unwrap());
            let object = m.compile(&Options { level, verify: true, ..Options::default() });
            assert!(!object.unwrap_or_else(|error| panic!("{triple}: {error}")).objects[0].is_empty());
        }
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    for level in LEVELS {
        let wanted = Wanted { ir: true, optimised_ir: true, bitcode: true, assembly: true, object: true };
        let options = Options { level, wanted, ..Options::default() };
        let [first, second] = [(); 2].map(|()| sampler(Target::host()).compile(&options).unwrap());
        assert!(first == second);
        // Names for readers change nothing of what is made.
        let bare = sampler(Target::host()).compile(&Options { level, ..Options::default() }).unwrap();
        assert!(bare.objects == first.objects);
    }
}

#[test]
fn a_target_llvm_does_not_know_is_an_error() {
    let target = Target { triple: "pdp11-unknown-unix".into(), ..Target::host() };
    let error = sampler(target).compile(&Options::default()).unwrap_err();
    assert!(matches!(error, CodegenError::TargetUnavailable { .. }), "{error}");
}

#[test]
fn a_layout_that_differs_is_an_error() {
    let target = Target { align_i64: 4, ..Target::from_triple("x86_64-unknown-linux-gnu").unwrap() };
    let error = sampler(target).compile(&Options::default()).unwrap_err();
    assert!(matches!(error, CodegenError::LayoutDiffers { scalar: "i64", .. }), "{error}");
}

#[test]
fn broken_invariants_are_errors_that_name_the_function() {
    let unset = |_: &mut Maker, f: &mut FnMaker| {
        let temp = f.temp(TypeId::I32);
        f.ret(Operand::Copy(temp));
    };
    let drop = |_: &mut Maker, f: &mut FnMaker| {
        f.push(Stmt::Drop(Place::local(Local(0))));
        f.end(Terminator::Return);
    };
    let bodiless = |m: &mut Maker, f: &mut FnMaker| {
        let other = m.declare("other", &[], TypeId::I32);
        f.call(Some(Local(0)), other, vec![]);
        f.end(Terminator::Return);
    };
    let entry = |_: &mut Maker, f: &mut FnMaker| f.end(Terminator::Jump(Func::ENTRY));
    let lost = |m: &mut Maker, f: &mut FnMaker| {
        f.ret(m.int(TypeId::I32, 0));
        f.block();
    };
    let builds: [fn(&mut Maker, &mut FnMaker); 5] = [unset, drop, bodiless, entry, lost];
    for build in builds {
        let mut m = Maker::new();
        m.main(build);
        match m.compile(&Options::default()).unwrap_err() {
            CodegenError::Broken { function, .. } => assert_eq!(function, "main"),
            error => panic!("{error}"),
        }
    }
}

/// The definition of one function in textual IR.
fn definition<'ir>(ir: &'ir str, name: &str) -> &'ir str {
    let start = ir.find(&format!("define internal i32 @\"test::{name}\"")).unwrap();
    &ir[start..start + ir[start..].find("\n}").unwrap() + 2]
}

#[test]
fn ir_reads_like_the_cfg() {
    let mut m = Maker::new();
    gcd(&mut m);
    let ir = m.ir(OptLevel::O0);
    let expected = r#"define internal i32 @"test::gcd"(i32 %_1, i32 %_2) #0 {
bb0:
  %0 = alloca i32, align 4
  %_3 = icmp eq i32 %_2, 0
  br i1 %_3, label %bb1, label %bb2

bb1:                                              ; preds = %bb0
  ret i32 %_1

bb2:                                              ; preds = %bb0
  %1 = icmp eq i32 %_2, 0
  store i32 0, ptr %0, align 4
  br i1 %1, label %panic, label %bb2.1

bb2.1:                                            ; preds = %bb2
  %_4 = urem i32 %_1, %_2
  %_0 = call i32 @"test::gcd"(i32 %_2, i32 %_4)
  ret i32 %_0

panic:                                            ; preds = %bb2
  %2 = load i32, ptr %0, align 4
  call void @"panic: division by zero"(i32 %2)
  unreachable
}"#;
    assert_eq!(definition(&ir, "gcd"), expected);
}

#[test]
fn a_program_in_parts() {
    // Many functions that call each other across parts, read static data, take the address of a foreign function, and panic.
    let mut m = Maker::new();
    m.add_panic();
    m.units = 3;
    let abs = m.declare_extern("abs", &[TypeId::I32], TypeId::I32, false);
    let param = FnTypeParam { mode: OWN, ty: TypeId::I32 };
    let fn_type = m.pool.fn_type(FnType { params: [param].into(), ret: TypeId::I32, foreign: false });
    let abs = Operand::Const(m.pool.fn_value(fn_type, abs));
    let data = StaticData { ty: TypeId::I32, bytes: [1, 0, 0, 0].into(), align: 4, relocs: Box::default() };
    let data = Place::of_static(m.program.statics.add(data));
    let pointer = m.pool.ptr(false, TypeId::I32);
    let params = [(OWN, TypeId::I32), (OWN, fn_type), (OWN, pointer)];
    let ids: Vec<FuncId> = (0..200).map(|n| m.declare(&format!("f{n}"), &params, TypeId::I32)).collect();
    for (n, id) in ids.iter().enumerate() {
        let mut f = m.body(*id);
        let mut sum = Operand::Copy(Local(1));
        for _ in 0..300 {
            let one = f.read(TypeId::I32, data.clone());
            sum = f.binary(BinOp::Add(CHECKED), TypeId::I32, sum, one);
        }
        // Addresses are the same in all parts.
        let address = f.let_(pointer, Rvalue::AddressOf(data.clone()));
        for (theirs, ours) in [(Local(2), abs), (Local(3), address)] {
            let same = f.binary(BinOp::Eq, TypeId::BOOL, Operand::Copy(theirs), ours);
            let same = f.let_(TypeId::I32, Rvalue::Cast(CastKind::Checked, same));
            sum = f.binary(BinOp::Mul(CHECKED), TypeId::I32, sum, same);
        }
        match ids.get(n + 1) {
            Some(next) => {
                let arg = sum;
                let args = [arg, Operand::Copy(Local(2)), Operand::Copy(Local(3))].map(Arg::Value);
                f.call(Some(Local(0)), *next, args.into());
                f.end(Terminator::Return);
            }
            None => f.ret(sum),
        }
        m.finish(f);
    }
    m.main(|m, f| {
        let address = f.let_(pointer, Rvalue::AddressOf(data.clone()));
        let (sum, start) = (f.temp(TypeId::I32), m.int(TypeId::I32, 0));
        f.call(Some(sum), ids[0], [start, abs, address].map(Arg::Value).into());
        let rest = f.binary(BinOp::Sub(CHECKED), TypeId::I32, Operand::Copy(sum), m.int(TypeId::I32, 60_000 - 7));
        let divisor = f.binary(BinOp::Sub(CHECKED), TypeId::I32, rest, m.int(TypeId::I32, 7));
        let quotient = f.binary(BinOp::Div(CHECKED), TypeId::I32, rest, divisor);
        f.ret(quotient);
    });
    let options = Options { units: 3, ..Options::default() };
    let [first, second] = [(); 2].map(|()| m.compile(&options).unwrap().objects);
    assert_eq!(first.len(), 3);
    assert!(first == second);
    let (status, _, errors) = m.run("");
    assert_eq!(status, 101);
    assert!(errors.starts_with("error: division by zero at "));
}
