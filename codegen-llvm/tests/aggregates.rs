//! Structs, enums, arrays and views: in memory, through calls, as constants.
#![allow(clippy::unwrap_used)]

mod support;
use kiln_cfg::*;
use kiln_types::*;
use support::*;

const CHECKED: Overflow = Overflow::Checked;
const OWN: ParamMode = ParamMode::Own;
const BORROW: ParamMode = ParamMode::Borrow;
const INOUT: ParamMode = ParamMode::Inout;

fn place(local: Local) -> Place {
    Place::local(local)
}

/// Adds an `i32` to a running sum.
fn add(f: &mut FnMaker, sum: Local, value: Operand) {
    f.set(sum, Rvalue::Binary(BinOp::Add(CHECKED), Operand::Copy(sum), value));
}

#[test]
fn structs_of_all_sizes_through_calls() {
    // fn swap(p: (A, B)) -> (B, A), for pairs that travel as scalars, as merged words, and in memory.
    let rows = [
        (TypeId::I32, TypeId::I32),
        (TypeId::U8, TypeId::I64),
        (TypeId::F64, TypeId::F32),
        (TypeId::I16, TypeId::U8),
        (TypeId::I128, TypeId::U8),
        (TypeId::U16, TypeId::CHAR),
    ];
    let mut m = Maker::new();
    m.add_panic();
    let mut calls = Vec::new();
    for (number, (a, b)) in rows.into_iter().enumerate() {
        let (from, to) = (m.pool.tuple(&[a, b]), m.pool.tuple(&[b, a]));
        let swap = m.declare(&format!("swap{number}"), &[(OWN, from)], to);
        let mut f = m.body(swap);
        for (field, ty) in [(0, a), (1, b)] {
            let part = f.read(ty, place(Local(1)).then(Proj::Field(field)));
            f.put(place(Local(0)).then(Proj::Field(1 - field)), Rvalue::Operand(part));
        }
        f.end(Terminator::Return);
        m.finish(f);
        calls.push((swap, a, b, from, to));
    }
    m.main(|m, f| {
        let sum = f.var(TypeId::I32);
        f.set(sum, Rvalue::Operand(m.int(TypeId::I32, 0)));
        for (swap, a, b, from, to) in calls {
            let (pair, swapped) = (f.temp(from), f.temp(to));
            for (field, ty) in [(0, a), (1, b)] {
                let one = m.int(TypeId::U8, 1);
                let value = f.let_(ty, Rvalue::Cast(CastKind::Checked, one));
                f.put(place(pair).then(Proj::Field(field)), Rvalue::Operand(value));
            }
            f.call(Some(swapped), swap, vec![own(pair)]);
            for (field, ty) in [(0, b), (1, a)] {
                let part = f.read(ty, place(swapped).then(Proj::Field(field)));
                let part = f.let_(TypeId::I32, Rvalue::Cast(CastKind::Checked, part));
                add(f, sum, part);
            }
        }
        f.ret(Operand::Copy(sum));
    });
    assert_eq!(m.run("").0, 12);
}

#[test]
fn a_large_copied_argument_is_the_callers_still() {
    // The callee changes its parameter; the caller's array stays.
    let mut m = Maker::new();
    let array = m.pool.array(TypeId::I32, 100);
    let change = m.declare("change", &[(OWN, array)], array);
    let index = m.int(TypeId::USIZE, 3);
    let seven = m.int(TypeId::I32, 7);
    let mut f = m.body(change);
    f.put(place(Local(1)).then(Proj::Index(index)), Rvalue::Operand(seven));
    f.put(place(Local(0)), Rvalue::Use(place(Local(1)), UseKind::Copy));
    f.end(Terminator::Return);
    m.finish(f);
    m.main(|m, f| {
        let (mine, theirs) = (f.var(array), f.var(array));
        let two = m.int(TypeId::I32, 2);
        f.set(mine, Rvalue::Repeat(two));
        f.call(Some(theirs), change, vec![own(mine)]);
        let [mine, theirs] = [mine, theirs].map(|array| f.read(TypeId::I32, place(array).then(Proj::Index(index))));
        let ten = m.int(TypeId::I32, 10);
        let tens = f.binary(BinOp::Mul(Overflow::Wrapping), TypeId::I32, mine, ten);
        let sum = f.binary(BinOp::Add(Overflow::Wrapping), TypeId::I32, tens, theirs);
        f.ret(sum);
    });
    assert_eq!(m.run("").0, 27);
}

#[test]
fn enums_are_tag_and_payload() {
    // enum Shape { Empty, Circle(i32), Rect(i32, i64) }; fn area(s: Shape) -> i64
    let mut m = Maker::new();
    m.add_panic();
    let shape = m.enum_type("Shape", &[&[], &[TypeId::I32], &[TypeId::I32, TypeId::I64]]);
    let area = m.declare("area", &[(BORROW, shape)], TypeId::I64);
    let mut f = m.body(area);
    let [empty, circle, rect, never] = [(); 4].map(|()| f.block());
    let tag = f.let_(TypeId::U8, Rvalue::Tag(place(Local(1))));
    let cases = [(0, empty), (1, circle), (2, rect)].into();
    f.end(Terminator::Switch { value: tag, ty: TypeId::U8, cases, default: never });
    f.at(empty);
    f.ret(m.int(TypeId::I64, 0));
    f.at(circle);
    let radius = f.read(TypeId::I32, place(Local(1)).then(Proj::Variant(1)).then(Proj::Field(0)));
    let square = f.binary(BinOp::Mul(CHECKED), TypeId::I32, radius, radius);
    let wide = f.let_(TypeId::I64, Rvalue::Cast(CastKind::Checked, square));
    f.ret(wide);
    f.at(rect);
    let w = f.read(TypeId::I32, place(Local(1)).then(Proj::Variant(2)).then(Proj::Field(0)));
    let h = f.read(TypeId::I64, place(Local(1)).then(Proj::Variant(2)).then(Proj::Field(1)));
    let w = f.let_(TypeId::I64, Rvalue::Cast(CastKind::Checked, w));
    let product = f.binary(BinOp::Mul(CHECKED), TypeId::I64, w, h);
    f.ret(product);
    m.finish(f);
    // A constant of the enum, and one that is built.
    let parts = [m.pool.scalar(TypeId::I32, 5), m.pool.scalar(TypeId::I64, 4)].into();
    let constant = Operand::Const(m.pool.value(ValueKey::Variant { ty: shape, variant: 2, parts }));
    m.main(|m, f| {
        let total = f.var(TypeId::I64);
        f.set(total, Rvalue::Operand(m.int(TypeId::I64, 0)));
        let (built, fixed, none) = (f.var(shape), f.var(shape), f.var(shape));
        f.put(place(built).then(Proj::Variant(1)).then(Proj::Field(0)), Rvalue::Operand(m.int(TypeId::I32, 3)));
        f.push(Stmt::SetVariant { place: place(built), variant: 1 });
        f.set(fixed, Rvalue::Operand(constant));
        f.push(Stmt::SetVariant { place: place(none), variant: 0 });
        for shape in [built, fixed, none] {
            let part = f.temp(TypeId::I64);
            f.call(Some(part), area, vec![Arg::Place(place(shape))]);
            f.set(total, Rvalue::Binary(BinOp::Add(CHECKED), Operand::Copy(total), Operand::Copy(part)));
        }
        let status = f.let_(TypeId::I32, Rvalue::Cast(CastKind::Checked, Operand::Copy(total)));
        f.ret(status);
    });
    assert_eq!(m.run("").0, 29);
}

#[test]
fn unit_only_enums_are_scalars() {
    let mut m = Maker::new();
    let color = m.enum_type("Color", &[&[], &[], &[]]);
    let next = m.declare("next", &[(OWN, color)], color);
    let mut f = m.body(next);
    let [first, other] = [(); 2].map(|()| f.block());
    let tag = f.let_(TypeId::U8, Rvalue::Tag(place(Local(1))));
    f.end(Terminator::Switch { value: tag, ty: TypeId::U8, cases: [(0, first)].into(), default: other });
    for (block, variant) in [(first, 2), (other, 1)] {
        f.at(block);
        f.push(Stmt::SetVariant { place: place(Local(0)), variant });
        f.end(Terminator::Return);
    }
    m.finish(f);
    m.main(|m, f| {
        let start = Operand::Const(m.pool.value(ValueKey::Variant { ty: color, variant: 0, parts: Box::default() }));
        let result = f.temp(color);
        f.call(Some(result), next, vec![Arg::Value(start)]);
        let number = f.let_(TypeId::I32, Rvalue::Cast(CastKind::Checked, Operand::Copy(result)));
        f.ret(number);
    });
    assert_eq!(m.run("").0, 2);
}

/// `fn sum(borrow xs: [i32]) -> i32`
fn add_sum(m: &mut Maker) -> FuncId {
    let slice = m.pool.slice(TypeId::I32);
    let sum = m.declare("sum", &[(BORROW, slice)], TypeId::I32);
    let mut f = m.body(sum);
    let (total, i) = (f.var(TypeId::I32), f.var(TypeId::USIZE));
    let [test, turn, end] = [(); 3].map(|()| f.block());
    f.set(total, Rvalue::Operand(m.int(TypeId::I32, 0)));
    f.set(i, Rvalue::Operand(m.int(TypeId::USIZE, 0)));
    let len = f.let_(TypeId::USIZE, Rvalue::Len(place(Local(1))));
    f.end(Terminator::Jump(test));
    f.at(test);
    let more = f.binary(BinOp::Lt, TypeId::BOOL, Operand::Copy(i), len);
    f.end(Terminator::Branch { cond: more, then: turn, else_: end });
    f.at(turn);
    let at = f.let_(TypeId::USIZE, Rvalue::Operand(Operand::Copy(i)));
    f.push(Stmt::Check(Check::Bounds { index: at, len }));
    let item = f.read(TypeId::I32, place(Local(1)).then(Proj::Index(at)));
    add(&mut f, total, item);
    f.set(i, Rvalue::Binary(BinOp::Add(Overflow::Wrapping), Operand::Copy(i), m.int(TypeId::USIZE, 1)));
    f.end(Terminator::Jump(test));
    f.at(end);
    f.ret(Operand::Copy(total));
    m.finish(f);
    sum
}

#[test]
fn views_of_arrays_and_static_data() {
    let mut m = Maker::new();
    m.add_panic();
    let sum = add_sum(&mut m);
    let array = m.pool.array(TypeId::I32, 6);
    let slice = m.pool.slice(TypeId::I32);
    let pointer = m.pool.ptr(false, slice);
    let bytes: Vec<u8> = (1..=6i32).flat_map(i32::to_le_bytes).collect();
    let data = StaticData { ty: array, bytes: bytes.into(), align: 4, relocs: Box::default() };
    let data = m.program.statics.add(data);
    m.main(|m, f| {
        let local = f.var(array);
        f.set(local, Rvalue::Repeat(m.int(TypeId::I32, 10)));
        let (from, to) = (m.int(TypeId::USIZE, 1), m.int(TypeId::USIZE, 3));
        let len = m.int(TypeId::USIZE, 6);
        f.push(Stmt::Check(Check::Slice { from, to, len }));
        let total = f.var(TypeId::I32);
        f.set(total, Rvalue::Operand(m.int(TypeId::I32, 0)));
        for (place, from, to) in [
            (Place::local(local), Some(from), Some(to)),
            (Place::of_static(data), Some(from), Some(to)),
            (Place::of_static(data), Some(from), None),
            (Place::of_static(data), None, None),
        ] {
            let view = f.temp(pointer);
            f.set(view, Rvalue::Slice { place, from, to });
            let part = f.temp(TypeId::I32);
            f.call(Some(part), sum, vec![Arg::Place(Place::local(view).then(Proj::Deref))]);
            add(f, total, Operand::Copy(part));
        }
        f.ret(Operand::Copy(total));
    });
    // 20, 2 + 3, 2 + … + 6, 1 + … + 6
    assert_eq!(m.run("").0, 20 + 5 + 20 + 21);
}

#[test]
fn an_index_past_the_end_panics() {
    let mut m = Maker::new();
    m.add_panic();
    let array = m.pool.array(TypeId::I32, 6);
    let get = m.declare("get", &[(BORROW, array), (OWN, TypeId::USIZE)], TypeId::I32);
    let mut f = m.body(get);
    let index = Operand::Copy(Local(2));
    f.push(Stmt::Check(Check::Bounds { index, len: m.int(TypeId::USIZE, 6) }));
    f.put(place(Local(0)), Rvalue::Use(place(Local(1)).then(Proj::Index(index)), UseKind::Copy));
    f.end(Terminator::Return);
    m.finish(f);
    m.main(|m, f| {
        let local = f.var(array);
        f.set(local, Rvalue::Repeat(m.int(TypeId::I32, 0)));
        let index = m.int(TypeId::USIZE, 6);
        f.call(Some(Local(0)), get, vec![Arg::Place(Place::local(local)), Arg::Value(index)]);
        f.end(Terminator::Return);
    });
    assert_eq!(m.run(""), (101, String::new(), "error: index out of bounds at test.kiln:1:1".into()));
}

#[test]
fn inout_fields_and_aliases() {
    // fn bump(inout x: i32); main bumps a field, an element, and what an alias names that is bound in two ways.
    let mut m = Maker::new();
    m.add_panic();
    let bump = m.declare("bump", &[(INOUT, TypeId::I32)], TypeId::UNIT);
    let mut f = m.body(bump);
    f.set(Local(1), Rvalue::Binary(BinOp::Add(CHECKED), Operand::Copy(Local(1)), m.int(TypeId::I32, 1)));
    f.end(Terminator::Return);
    m.finish(f);
    let pair = m.pool.tuple(&[TypeId::I32, TypeId::I32]);
    let array = m.pool.array(pair, 3);
    m.main(|m, f| {
        let local = f.var(array);
        let alias = f.local(TypeId::I32, LocalKind::Alias { mutable: true });
        let zero = m.pool.scalar(TypeId::I32, 0);
        let zeros = m.pool.value(ValueKey::Aggregate { ty: pair, parts: [zero, zero].into() });
        f.set(local, Rvalue::Repeat(Operand::Const(zeros)));
        let index = f.let_(TypeId::USIZE, Rvalue::Operand(m.int(TypeId::USIZE, 2)));
        let field = Place::local(local).then(Proj::Index(index)).then(Proj::Field(1));
        let other = Place::local(local).then(Proj::Index(m.int(TypeId::USIZE, 0))).then(Proj::Field(0));
        f.call(None, bump, vec![Arg::Place(field.clone())]);
        for target in [field.clone(), other.clone()] {
            f.push(Stmt::Bind { local: alias, place: target });
            f.call(None, bump, vec![Arg::Place(Place::local(alias))]);
            f.put(
                Place::local(alias),
                Rvalue::Binary(BinOp::Mul(CHECKED), Operand::Copy(alias), m.int(TypeId::I32, 5)),
            );
        }
        let [field, other] = [field, other].map(|place| f.read(TypeId::I32, place));
        let sum = f.binary(BinOp::Add(CHECKED), TypeId::I32, field, other);
        f.ret(sum);
    });
    assert_eq!(m.run("").0, 15);
}

#[test]
fn arrays_are_filled_in_every_way() {
    // Zeros, bytes, a constant that is not uniform, a run-time scalar, a run-time aggregate.
    let mut m = Maker::new();
    m.add_panic();
    let pair = m.pool.tuple(&[TypeId::U8, TypeId::I64]);
    let cases = [
        (TypeId::I64, None, 0),
        (TypeId::U8, None, 3),
        (TypeId::I32, None, 1000),
        (TypeId::I16, Some(()), 7),
        (TypeId::F64, Some(()), 2),
        (pair, Some(()), 9),
    ];
    m.main(|m, f| {
        let sum = f.var(TypeId::I32);
        f.set(sum, Rvalue::Operand(m.int(TypeId::I32, 0)));
        for (elem, at_run_time, number) in cases {
            let array = m.pool.array(elem, 37);
            let local = f.var(array);
            let value = if elem == pair {
                let value = f.temp(pair);
                let small = m.int(TypeId::U8, number);
                let wide = m.int(TypeId::I64, number);
                f.put(Place::local(value).then(Proj::Field(0)), Rvalue::Operand(small));
                f.put(Place::local(value).then(Proj::Field(1)), Rvalue::Operand(wide));
                Operand::Copy(value)
            } else if at_run_time.is_some() {
                let value = m.int(TypeId::U8, number);
                f.let_(elem, Rvalue::Cast(CastKind::Checked, value))
            } else {
                m.int(elem, number)
            };
            f.set(local, Rvalue::Repeat(value));
            for index in [0, 36] {
                let mut at = Place::local(local).then(Proj::Index(m.int(TypeId::USIZE, index)));
                let mut ty = elem;
                if elem == pair {
                    (at, ty) = (at.then(Proj::Field(1)), TypeId::I64);
                }
                let part = f.read(ty, at);
                let part = f.let_(TypeId::I32, Rvalue::Cast(CastKind::Checked, part));
                add(f, sum, part);
            }
        }
        let sum = f.binary(BinOp::Rem(CHECKED), TypeId::I32, Operand::Copy(sum), m.int(TypeId::I32, 256));
        f.ret(sum);
    });
    assert_eq!(m.run("").0, 2 * (3 + 1000 + 7 + 2 + 9) % 256);
}

#[test]
fn bits_of_aggregates() {
    // @bit_cast of an array to a scalar and back.
    let mut m = Maker::new();
    let bytes = m.pool.array(TypeId::U8, 4);
    m.main(|m, f| {
        let array = f.var(bytes);
        let number = m.int(TypeId::U32, 0x0403_0201);
        f.set(array, Rvalue::Cast(CastKind::Bits, number));
        f.put(Place::local(array).then(Proj::Index(m.int(TypeId::USIZE, 0))), Rvalue::Operand(m.int(TypeId::U8, 7)));
        let back = f.let_(TypeId::U32, Rvalue::Cast(CastKind::Bits, Operand::Copy(array)));
        let low = f.let_(TypeId::U8, Rvalue::Cast(CastKind::Wrap, back));
        let status = f.let_(TypeId::I32, Rvalue::Cast(CastKind::Checked, low));
        f.ret(status);
    });
    assert_eq!(m.run("").0, 7);
}

#[test]
fn values_without_bytes() {
    let mut m = Maker::new();
    let empty = m.struct_type("Empty", &[], Ownership::Copy);
    let none = m.pool.array(TypeId::I32, 0);
    let both = m.pool.tuple(&[empty, none]);
    let make = m.declare("make", &[(OWN, empty), (BORROW, none), (INOUT, empty)], both);
    let mut f = m.body(make);
    f.put(place(Local(0)).then(Proj::Field(0)), Rvalue::Use(place(Local(1)), UseKind::Copy));
    f.end(Terminator::Return);
    m.finish(f);
    m.main(|m, f| {
        let (a, b, c, d) = (f.var(empty), f.var(none), f.var(both), f.var(empty));
        f.call(Some(c), make, vec![own(a), Arg::Place(Place::local(b)), Arg::Place(Place::local(d))]);
        let pointer = m.pool.ptr(false, none);
        let address = f.let_(pointer, Rvalue::AddressOf(Place::local(c).then(Proj::Field(1))));
        let number = f.let_(TypeId::USIZE, Rvalue::Cast(CastKind::PtrToInt, address));
        let rest = f.binary(BinOp::Rem(Overflow::Wrapping), TypeId::USIZE, number, m.int(TypeId::USIZE, 4));
        let status = f.let_(TypeId::I32, Rvalue::Cast(CastKind::Wrap, rest));
        f.ret(status);
    });
    assert_eq!(m.run("").0, 0);
}
