//! A body by hand: its text, and what the verifier says of broken copies.

use kiln_air::{
    Arg, BinOp, Body, Inst, InstId, Local, LocalId, Overflow, PrintCx, Rule, UseKind, VerifyCx, print, verify,
};
use kiln_source::{FileId, Interner, TextRange};
use kiln_types::{FnTypeParam, FuncId, ParamMode, Pool, TypeId};

const NOWHERE: TextRange = TextRange::new(0, 1);

fn gcd(pool: &mut Pool, names: &mut Interner) -> Body {
    let ty = TypeId::U32;
    let mut body = Body { name: "gcd".into(), param_count: 2, ret: ty, ..Body::empty(FileId(0), NOWHERE) };
    for name in ["a", "b"] {
        let (name, param) = (Some(names.intern(name)), Some(ParamMode::Own));
        body.locals.push(Local { name, ty, param, mutable: false, borrowed: false, range: NOWHERE });
    }
    let zero = pool.scalar(ty, 0);
    let get = |body: &mut Body, local| {
        let place = body.push(Inst::Local(LocalId(local)), ty, NOWHERE);
        body.push(Inst::Use { place, kind: UseKind::Copy }, ty, NOWHERE)
    };
    let left = get(&mut body, 1);
    let right = body.push(Inst::Const(zero), ty, NOWHERE);
    let cond = body.push(Inst::Binary(BinOp::Eq, left, right), TypeId::BOOL, NOWHERE);
    let then = get(&mut body, 0);
    let (first, left, right) = (get(&mut body, 1), get(&mut body, 0), get(&mut body, 1));
    let rest = body.push(Inst::Binary(BinOp::Rem(Overflow::Checked), left, right), ty, NOWHERE);
    let args = [first, rest].map(|value| Arg { mode: ParamMode::Own, value });
    let again = body.push(Inst::Call { func: FuncId(0), args: args.into() }, ty, NOWHERE);
    body.root = body.push(Inst::If { cond, then, else_: Some(again) }, ty, NOWHERE);
    body
}

#[test]
fn text() {
    let (mut pool, mut names) = (Pool::new(), Interner::new());
    let body = gcd(&mut pool, &mut names);
    let cx = PrintCx { pool: &pool, names: &names, funcs: &|_| "gcd".into() };
    let expected = "\
fn gcd(a#0: u32, b#1: u32) -> u32
  if: u32
    eq: bool
      copy b#1: u32
      0: u32
  then
    copy a#0: u32
  else
    call gcd: u32
      copy b#1: u32
      rem.checked: u32
        copy a#0: u32
        copy b#1: u32
";
    assert_eq!(print(&body, &cx), expected);
}

/// The rules that the body breaks once `damage` was done to it.
fn rules(damage: impl FnOnce(&mut Body, &mut Pool)) -> Vec<Rule> {
    let (mut pool, mut names) = (Pool::new(), Interner::new());
    let mut body = gcd(&mut pool, &mut names);
    damage(&mut body, &mut pool);
    let param = FnTypeParam { mode: ParamMode::Own, ty: TypeId::U32 };
    let params = [param, param];
    let sig = |_| Some((&params[..], TypeId::U32));
    let result = verify(&body, &VerifyCx { pool: &pool, sig: &sig });
    result.err().unwrap_or_default().into_iter().map(|violation| violation.rule).collect()
}

fn id_of(body: &Body, is: impl Fn(&Inst) -> bool) -> InstId {
    body.insts.iter_enumerated().find(|(_, inst)| is(inst)).expect("the body has such an instruction").0
}

#[test]
fn a_right_body_breaks_nothing() {
    assert_eq!(rules(|_, _| {}), []);
}

#[test]
fn damage_is_found() {
    let breaks = |damage: fn(&mut Body, &mut Pool), is: fn(&Rule) -> bool| {
        let rules = rules(damage);
        assert!(rules.iter().any(is), "{rules:?}");
    };
    breaks(|body, _| body.root = InstId(99), |rule| *rule == Rule::OutOfRange);
    breaks(|body, _| body.param_count = 1, |rule| *rule == Rule::OutOfRange);
    breaks(|body, _| body.insts[InstId(0)] = Inst::Local(LocalId(7)), |rule| *rule == Rule::OutOfRange);
    breaks(
        |body, _| body.insts[InstId(1)] = Inst::Use { place: InstId(9), kind: UseKind::Copy },
        |rule| matches!(rule, Rule::ChildAfterParent(InstId(9))),
    );
    breaks(
        |body, _| body.insts[InstId(6)] = Inst::Binary(BinOp::Add(Overflow::Checked), InstId(5), InstId(5)),
        |rule| matches!(rule, Rule::Shared(_)),
    );
    breaks(|body, pool| body.ret = pool.tuple(&[TypeId::U8]), |rule| matches!(rule, Rule::Type { what: "result", .. }));
    breaks(
        |body, _| {
            let call = id_of(body, |inst| matches!(inst, Inst::Call { .. }));
            let Inst::Call { args, .. } = &mut body.insts[call] else { unreachable!() };
            args[0].mode = ParamMode::Inout;
        },
        |rule| *rule == Rule::Arguments,
    );
    breaks(
        |body, _| {
            let eq = id_of(body, |inst| matches!(inst, Inst::Binary(BinOp::Eq, ..)));
            body.types[eq] = TypeId::U32;
        },
        |rule| matches!(rule, Rule::Type { what: "condition", .. }),
    );
}
