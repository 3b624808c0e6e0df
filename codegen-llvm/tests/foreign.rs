//! Calls to and from C, function pointers, memory, output, the end of the program.
#![allow(clippy::unwrap_used)]

mod support;
use kiln_cfg::*;
use kiln_types::*;
use support::*;

const OWN: ParamMode = ParamMode::Own;

fn place(local: Local) -> Place {
    Place::local(local)
}

fn builtin(f: &mut FnMaker, ty: TypeId, builtin: Builtin, args: &[Operand]) -> Operand {
    f.let_(ty, Rvalue::Builtin(builtin, args.into()))
}

/// The address of a constant text that ends with a zero byte.
fn c_text(m: &mut Maker, f: &mut FnMaker, text: &str) -> Operand {
    let text = m.text(&format!("{text}\0"));
    let bytes = m.pool.ptr(false, TypeId::U8);
    builtin(f, bytes, Builtin::FatPtrAddress, &[text])
}

#[test]
fn variadic_calls_promote() {
    let mut m = Maker::new();
    let bytes = m.pool.ptr(false, TypeId::U8);
    let printf = m.declare_extern("printf", &[bytes], TypeId::I32, true);
    m.main(|m, f| {
        let format = c_text(m, f, "%d %u %g %g %lld %c\n");
        let args = [
            m.int(TypeId::I8, -3),
            m.int(TypeId::U16, 60000),
            m.int(TypeId::F32, i128::from(1.5f32.to_bits())),
            m.int(TypeId::F64, i128::from(0.25f64.to_bits())),
            m.int(TypeId::I64, -5_000_000_000),
            m.int(TypeId::CHAR, 'k' as i128),
        ];
        let args = std::iter::once(format).chain(args).map(Arg::Value).collect();
        let count = f.temp(TypeId::I32);
        f.call(Some(count), printf, args);
        f.ret(Operand::Copy(count));
    });
    assert_eq!(m.run(""), (32, "-3 60000 1.5 0.25 -5000000000 k\n".into(), String::new()));
}

const STRUCTS: &str = r#"
#include <stdio.h>
struct floats { float a, b, c; };
struct mixed { double a; int b; };
struct bytes { unsigned char a, b, c; };
struct large { long a, b, c; };
struct floats c_floats(struct floats s) { struct floats r = { s.c, s.a, s.b }; return r; }
struct mixed c_mixed(struct mixed s) { struct mixed r = { s.b, (int)s.a }; return r; }
struct bytes c_bytes(struct bytes s) { struct bytes r = { s.b, s.c, s.a }; return r; }
struct large c_large(int before, struct large s, signed char after) { struct large r = { s.c + before, s.a, s.b + after }; return r; }
struct floats kiln_floats(struct floats); struct mixed kiln_mixed(struct mixed);
struct bytes kiln_bytes(struct bytes); struct large kiln_large(int, struct large, signed char);
int c_check(void) {
    struct floats f = kiln_floats((struct floats){1, 2, 3});
    struct mixed m = kiln_mixed((struct mixed){4, 5});
    struct bytes b = kiln_bytes((struct bytes){6, 7, 8});
    struct large l = kiln_large(10, (struct large){1, 2, 3}, -1);
    printf("%g %g %g %g %d %d %d %d %ld %ld %ld\n", f.a, f.b, f.c, m.a, m.b, b.a, b.b, b.c, l.a, l.b, l.c);
    return 0;
}
"#;

#[test]
fn structs_by_value_to_and_from_c() {
    // C calls exported functions, each of which hands its struct to C and gives back what it gets.
    let mut m = Maker::new();
    use TypeId as T;
    let rows: [(&str, &[TypeId], bool); 4] = [
        ("floats", &[T::F32, T::F32, T::F32], false),
        ("mixed", &[T::F64, T::I32], false),
        ("bytes", &[T::U8, T::U8, T::U8], false),
        ("large", &[T::I64, T::I64, T::I64], true),
    ];
    for (name, fields, has_more) in rows {
        let ty = m.struct_type(name, fields, Ownership::Copy);
        let params = if has_more { vec![T::I32, ty, T::I8] } else { vec![ty] };
        let callee = m.declare_extern(&format!("c_{name}"), &params, ty, false);
        let params: Vec<_> = params.into_iter().map(|ty| (OWN, ty)).collect();
        let export = m.declare_export(&format!("kiln_{name}"), &params, ty);
        let mut f = m.body(export);
        let args = (1..=params.len()).map(|n| own(Local(n as u32))).collect();
        f.call(Some(Local(0)), callee, args);
        f.end(Terminator::Return);
        m.finish(f);
    }
    let check = m.declare_extern("c_check", &[], TypeId::I32, false);
    m.main(|_, f| {
        f.call(Some(Local(0)), check, vec![]);
        f.end(Terminator::Return);
    });
    assert_eq!(m.run(STRUCTS), (0, "3 1 2 5 4 7 8 6 13 1 1\n".into(), String::new()));
}

#[test]
fn function_pointers_also_in_static_data() {
    // A static table of a Kiln function and a foreign one; both are called through it, each by its own convention.
    let mut m = Maker::new();
    let params = [(OWN, TypeId::I32)];
    let negate = m.declare("negate", &params, TypeId::I32);
    let mut f = m.body(negate);
    let result = f.let_(TypeId::I32, Rvalue::Unary(UnOp::Neg(Overflow::Wrapping), Operand::Copy(Local(1))));
    f.ret(result);
    m.finish(f);
    let abs = m.declare_extern("abs", &[TypeId::I32], TypeId::I32, false);
    let param = FnTypeParam { mode: OWN, ty: TypeId::I32 };
    let [fn_type, c_type] =
        [false, true].map(|foreign| m.pool.fn_type(FnType { params: [param].into(), ret: TypeId::I32, foreign }));
    let table = m.struct_type("Table", &[fn_type, c_type], Ownership::Copy);
    let target = |func| RelocTarget::Func(func);
    let relocs = [Reloc { offset: 0, target: target(negate) }, Reloc { offset: 8, target: target(abs) }].into();
    let data = StaticData { ty: table, bytes: [0; 16].into(), align: 8, relocs };
    let data = m.program.statics.add(data);
    m.main(|m, f| {
        let mut value = m.int(TypeId::I32, 42);
        for (field, ty) in [(0, fn_type), (1, c_type)] {
            let callee = f.read(ty, Place::of_static(data).then(Proj::Field(field)));
            let result = f.temp(TypeId::I32);
            let dst = Some(place(result));
            let args = [Arg::Value(value)].into();
            f.push(Stmt::Call(Box::new(Call { dst, callee: Callee::Pointer(callee), args })));
            value = Operand::Copy(result);
        }
        let direct = f.temp(TypeId::I32);
        let callee = Operand::Const(m.pool.fn_value(fn_type, negate));
        let args = [Arg::Value(m.int(TypeId::I32, 2))].into();
        f.push(Stmt::Call(Box::new(Call { dst: Some(place(direct)), callee: Callee::Pointer(callee), args })));
        let sum = f.binary(BinOp::Add(Overflow::Wrapping), TypeId::I32, value, Operand::Copy(direct));
        f.ret(sum);
    });
    assert_eq!(m.run("").0, 40);
}

#[test]
fn static_data_that_points_to_itself() {
    // struct Node { value: i64, next: ptr const Node }, two of them in a ring.
    let mut m = Maker::new();
    let pointer = m.pool.ptr(false, TypeId::I64);
    let node = m.struct_type("Node", &[TypeId::I64, pointer], Ownership::Copy);
    let ids = [m.program.statics.reserve(node), m.program.statics.reserve(node)];
    for (number, id) in ids.into_iter().enumerate() {
        let mut bytes = [0; 16];
        bytes[0] = number as u8 + 20;
        let target = RelocTarget::Static { data: ids[1 - number], addend: 0 };
        let relocs = [Reloc { offset: 8, target }].into();
        m.program.statics.fill(id, StaticData { ty: node, bytes: bytes.into(), align: 8, relocs });
    }
    m.main(|_, f| {
        let next = f.temp(pointer);
        f.set(next, Rvalue::Use(Place::of_static(ids[0]).then(Proj::Field(1)), UseKind::Copy));
        let value = f.read(TypeId::I64, place(next).then(Proj::Deref));
        let status = f.let_(TypeId::I32, Rvalue::Cast(CastKind::Wrap, value));
        f.ret(status);
    });
    assert_eq!(m.run("").0, 21);
}

#[test]
fn heap_memory() {
    // Grows from 0 to 1000 elements, copies inside, shrinks, frees.
    let mut m = Maker::new();
    m.add_panic();
    let pointer = m.pool.ptr(true, TypeId::I32);
    m.main(|m, f| {
        let [none, some, many] = [0, 10, 1000].map(|n| m.int(TypeId::USIZE, n));
        let memory = builtin(f, pointer, Builtin::Alloc, &[none]);
        let memory = builtin(f, pointer, Builtin::Realloc, &[memory, none, some]);
        let nine = m.int(TypeId::ISIZE, 9);
        let last = builtin(f, pointer, Builtin::PtrOffset, &[memory, nine]);
        let Operand::Copy(last) = last else { unreachable!() };
        f.put(place(last).then(Proj::Deref), Rvalue::Operand(m.int(TypeId::I32, 77)));
        let memory = builtin(f, pointer, Builtin::Realloc, &[memory, some, many]);
        let one = m.int(TypeId::ISIZE, 1);
        let shifted = builtin(f, pointer, Builtin::PtrOffset, &[memory, one]);
        builtin(f, TypeId::UNIT, Builtin::CopyMemory, &[shifted, memory, some]);
        let ten = m.int(TypeId::ISIZE, 10);
        let moved = builtin(f, pointer, Builtin::PtrOffset, &[memory, ten]);
        let Operand::Copy(moved) = moved else { unreachable!() };
        let value = f.read(TypeId::I32, place(moved).then(Proj::Deref));
        let memory = builtin(f, pointer, Builtin::Realloc, &[memory, many, none]);
        builtin(f, TypeId::UNIT, Builtin::Free, &[memory, none]);
        f.ret(value);
    });
    assert_eq!(m.run("").0, 77);
}

#[test]
fn too_much_memory_is_a_panic() {
    for count in [i128::from(i64::MAX), 1 << 61] {
        let mut m = Maker::new();
        m.add_panic();
        let pointer = m.pool.ptr(true, TypeId::I64);
        m.main(|m, f| {
            let count = m.int(TypeId::USIZE, count);
            let memory = builtin(f, pointer, Builtin::Alloc, &[count]);
            let number = f.let_(TypeId::USIZE, Rvalue::Cast(CastKind::PtrToInt, memory));
            let status = f.let_(TypeId::I32, Rvalue::Cast(CastKind::Wrap, number));
            f.ret(status);
        });
        assert_eq!(m.run(""), (101, String::new(), "error: out of memory at test.kiln:1:1".into()));
    }
}

#[test]
fn output_keeps_its_order_with_c() {
    let mut m = Maker::new();
    let putchar = m.declare_extern("putchar", &[TypeId::I32], TypeId::I32, false);
    m.main(|m, f| {
        for (letter, stream, text) in [('a', 1, "b"), ('c', 3, "d"), ('e', 2, "error")] {
            let printed = f.temp(TypeId::I32);
            f.call(Some(printed), putchar, vec![Arg::Value(m.int(TypeId::I32, letter as i128))]);
            let text = m.text(text);
            let bytes = m.pool.ptr(false, TypeId::U8);
            let address = builtin(f, bytes, Builtin::FatPtrAddress, &[text]);
            let len = builtin(f, TypeId::USIZE, Builtin::FatPtrLen, &[text]);
            builtin(f, TypeId::UNIT, Builtin::Write, &[m.int(TypeId::U32, stream), address, len]);
        }
        f.ret(m.int(TypeId::I32, 0));
    });
    assert_eq!(m.run(""), (0, "abcde".into(), "error".into()));
}

#[test]
fn the_programs_own_panic_text_and_exit() {
    let mut m = Maker::new();
    m.add_panic();
    m.main(|m, f| {
        let text = m.text("no such luck");
        f.end(Terminator::Panic(Panic::User, Some(text)));
    });
    assert_eq!(m.run(""), (101, String::new(), "error: no such luck at test.kiln:1:1".into()));

    let mut m = Maker::new();
    m.main(|m, f| {
        builtin(f, TypeId::NEVER, Builtin::Exit, &[m.int(TypeId::I32, 9)]);
        f.end(Terminator::Unreachable);
    });
    assert_eq!(m.run("").0, 9);
}

#[test]
fn main_without_result_ends_with_0() {
    let mut m = Maker::new();
    let main = m.declare("main", &[], TypeId::UNIT);
    let mut f = m.body(main);
    f.end(Terminator::Return);
    m.finish(f);
    m.program.entry = Some(main);
    assert_eq!(m.run("").0, 0);
}

#[test]
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
fn system_calls() {
    // write(1, text, len), then a call that does not exist.
    let mut m = Maker::new();
    m.main(|m, f| {
        let text = m.text("kernel\n");
        let bytes = m.pool.ptr(false, TypeId::U8);
        let address = builtin(f, bytes, Builtin::FatPtrAddress, &[text]);
        let address = f.let_(TypeId::USIZE, Rvalue::Cast(CastKind::PtrToInt, address));
        let address = f.let_(TypeId::U64, Rvalue::Cast(CastKind::Wrap, address));
        let one = m.int(TypeId::U64, 1);
        let count = builtin(f, TypeId::I64, Builtin::Syscall, &[one, one, address, m.int(TypeId::U64, 7)]);
        let failure = builtin(f, TypeId::I64, Builtin::Syscall, &[m.int(TypeId::U64, 100_000)]);
        let sum = f.binary(BinOp::Sub(Overflow::Wrapping), TypeId::I64, count, failure);
        let status = f.let_(TypeId::I32, Rvalue::Cast(CastKind::Wrap, sum));
        f.ret(status);
    });
    assert_eq!(m.run(""), (7 + 38, "kernel\n".into(), String::new()));
}

#[test]
fn results_of_calls_do_not_show_before_they_return() {
    // `*p = f(p)`: f reads `*p` after it has written its result, which must not have changed `*p`.
    let mut m = Maker::new();
    let array = m.pool.array(TypeId::I64, 8);
    let pointer = m.pool.ptr(true, array);
    let func = m.declare("f", &[(OWN, pointer)], array);
    let mut f = m.body(func);
    let zero = m.int(TypeId::USIZE, 0);
    f.set(Local(0), Rvalue::Repeat(m.int(TypeId::I64, 5)));
    let old = f.read(TypeId::I64, place(Local(1)).then(Proj::Deref).then(Proj::Index(zero)));
    f.put(place(Local(0)).then(Proj::Index(m.int(TypeId::USIZE, 1))), Rvalue::Operand(old));
    f.end(Terminator::Return);
    m.finish(f);
    m.main(|m, f| {
        let local = f.var(array);
        f.set(local, Rvalue::Repeat(m.int(TypeId::I64, 2)));
        let address = f.temp(pointer);
        f.set(address, Rvalue::AddressOf(place(local)));
        let dst = Some(place(address).then(Proj::Deref));
        let call = Call { dst, callee: Callee::Func(func), args: [own(address)].into() };
        f.push(Stmt::Call(Box::new(call)));
        f.call(Some(local), func, vec![own(address)]);
        let [a, b] = [0, 1].map(|index| {
            let index = m.int(TypeId::USIZE, index);
            f.read(TypeId::I64, place(local).then(Proj::Index(index)))
        });
        let sum = f.binary(BinOp::Add(Overflow::Wrapping), TypeId::I64, a, b);
        let status = f.let_(TypeId::I32, Rvalue::Cast(CastKind::Wrap, sum));
        f.ret(status);
    });
    assert_eq!(m.run("").0, 10);
}
