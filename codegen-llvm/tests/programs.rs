//! Small programs, compiled at -O0 and -O2, linked and run.
#![allow(clippy::unwrap_used)]

mod support;
use kiln_cfg::*;
use kiln_types::*;
use support::*;

const CHECKED: Overflow = Overflow::Checked;
const OWN: ParamMode = ParamMode::Own;

#[test]
fn a_call_and_arithmetic() {
    let mut m = Maker::new();
    let add = m.declare("add", &[(OWN, TypeId::I32), (OWN, TypeId::I32)], TypeId::I32);
    let mut f = m.body(add);
    let sum = f.binary(BinOp::Add(CHECKED), TypeId::I32, Operand::Copy(Local(1)), Operand::Copy(Local(2)));
    f.ret(sum);
    m.finish(f);
    m.add_panic();
    m.main(|m, f| {
        let (a, b) = (m.int(TypeId::I32, 40), m.int(TypeId::I32, 2));
        f.call(Some(Local(0)), add, vec![Arg::Value(a), Arg::Value(b)]);
        f.end(Terminator::Return);
    });
    assert_eq!(m.run(""), (42, String::new(), String::new()));
}

#[test]
fn overflow_panics_with_its_place() {
    let mut m = Maker::new();
    let add = m.declare("add", &[(OWN, TypeId::I8), (OWN, TypeId::I8)], TypeId::I8);
    let mut f = m.body(add);
    let sum = f.binary(BinOp::Add(CHECKED), TypeId::I8, Operand::Copy(Local(1)), Operand::Copy(Local(2)));
    f.ret(sum);
    m.finish(f);
    m.add_panic();
    m.main(|m, f| {
        let (a, b) = (m.int(TypeId::I8, 100), m.int(TypeId::I8, 28));
        let sum = f.temp(TypeId::I8);
        f.call(Some(sum), add, vec![Arg::Value(a), Arg::Value(b)]);
        let wide = f.let_(TypeId::I32, Rvalue::Cast(CastKind::Checked, Operand::Copy(sum)));
        f.ret(wide);
    });
    assert_eq!(m.run(""), (101, String::new(), "error: integer overflow at test.kiln:1:1".into()));
}
