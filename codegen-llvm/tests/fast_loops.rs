//! Loops with fast ones before them compute what they compute without: the same results, and the same panics at the same places.
#![allow(clippy::unwrap_used)]

mod support;
use kiln_cfg::*;
use kiln_codegen_llvm::OptLevel;
use kiln_types::*;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use support::*;

const CHECKED: Overflow = Overflow::Checked;
const OWN: ParamMode = ParamMode::Own;

/// Reads tests from the input: which kernel, start, length, elements of two arrays; answers with the result or the panic's place.
const DRIVER: &str = r#"
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
static jmp_buf back;
static long long answer;
void test_panic(const char *reason, size_t len, const char *place, size_t place_len) {
    answer = 0;
    for (size_t i = 0; i < place_len; i++) answer = answer * 31 + place[i];
    longjmp(back, 1);
}
typedef long long (*kernel)(void *, size_t, void *, size_t, long long);
TABLE
int main(void) {
    /* The second array begins `apart` elements behind the first one; both lie in one buffer. */
    struct { unsigned which, size, n, m; long long start; unsigned apart, unused; } test;
    while (fread(&test, sizeof test, 1, stdin) == 1) {
        size_t bytes = ((size_t)test.n + test.m + test.apart) * test.size;
        char *a = calloc(bytes + 16, 1), *b = a + (size_t)test.apart * test.size;
        fread(a, test.size, test.n, stdin);
        fread(b, test.size, test.m, stdin);
        long long panicked = 0;
        if (!setjmp(back)) {
            answer = table[test.which](a, test.n, b, test.m, test.start);
            /* After a panic nobody sees what was written. */
            for (size_t i = 0; i < bytes; i++) answer = answer * 31 + a[i];
        } else panicked = 1;
        fwrite(&panicked, 8, 1, stdout);
        fwrite(&answer, 8, 1, stdout);
        free(a);
    }
}
"#;

/// What a kernel does in a turn with `a[i]`, `b[i]`, `i` and the sum.
type Turn = fn(&mut Maker, &mut FnMaker, Turning);

#[derive(Clone, Copy)]
struct Turning {
    a: Operand,
    b: Operand,
    /// The views the elements are of.
    views: [Local; 2],
    index: Local,
    sum: Local,
    elem: TypeId,
    ty: TypeId,
}

/// `fn kernel(a, a_len, b, b_len, start: i64) -> i64`: sums over all elements of `a`, of which `b` should have as many.
fn kernel(m: &mut Maker, name: &str, elem: TypeId, ty: TypeId, turn: Turn) {
    let slice = m.pool.slice(elem);
    let (thin, fat) = (m.pool.ptr(true, elem), m.pool.ptr(true, slice));
    let params = [(OWN, thin), (OWN, TypeId::USIZE), (OWN, thin), (OWN, TypeId::USIZE), (OWN, TypeId::I64)];
    let id = m.declare_export(name, &params, TypeId::I64);
    let mut f = m.body(id);
    let local = |n| Operand::Copy(Local(n));
    let a = f.let_(fat, Rvalue::Builtin(Builtin::MakeFatPtr, [local(1), local(2)].into()));
    let b = f.let_(fat, Rvalue::Builtin(Builtin::MakeFatPtr, [local(3), local(4)].into()));
    let (sum, index) = (f.var(ty), f.var(TypeId::USIZE));
    let [test, body, end] = [(); 3].map(|()| f.block());
    let start = f.let_(ty, Rvalue::Cast(CastKind::Wrap, local(5)));
    f.set(sum, Rvalue::Operand(start));
    f.set(index, Rvalue::Operand(m.int(TypeId::USIZE, 0)));
    f.end(Terminator::Jump(test));
    f.at(test);
    let more = f.binary(BinOp::Lt, TypeId::BOOL, Operand::Copy(index), local(2));
    f.end(Terminator::Branch { cond: more, then: body, else_: end });
    f.at(body);
    let views = [a, b].map(|view| view.local().unwrap());
    let [a, b] = views.map(|view| {
        let view = Place::local(view).then(Proj::Deref);
        let len = f.let_(TypeId::USIZE, Rvalue::Len(view.clone()));
        f.push(Stmt::Check(Check::Bounds { index: Operand::Copy(index), len }));
        f.read(elem, view.then(Proj::Index(Operand::Copy(index))))
    });
    turn(m, &mut f, Turning { a, b, views, index, sum, elem, ty });
    f.set(index, Rvalue::Binary(BinOp::Add(CHECKED), Operand::Copy(index), m.int(TypeId::USIZE, 1)));
    f.end(Terminator::Jump(test));
    f.at(end);
    let result = f.let_(TypeId::I64, Rvalue::Cast(CastKind::Wrap, Operand::Copy(sum)));
    f.ret(result);
    m.finish(f);
}

/// `fn scattered(a, a_len, b, b_len, start) -> i64`: sums `a[i][1] * a[i][0] - b[i]` over the pairs of `a`.
fn scattered(m: &mut Maker) {
    let pair = m.pool.array(TypeId::I32, 2);
    let (slice, ints) = (m.pool.slice(pair), m.pool.slice(TypeId::I32));
    let fat_thin = m.pool.ptr(true, ints);
    let (thin, thin_pair, fat) = (m.pool.ptr(true, TypeId::I32), m.pool.ptr(true, pair), m.pool.ptr(true, slice));
    let params = [(OWN, thin), (OWN, TypeId::USIZE), (OWN, thin), (OWN, TypeId::USIZE), (OWN, TypeId::I64)];
    let id = m.declare_export("scattered", &params, TypeId::I64);
    let [zero, one, two] = [0, 1, 2].map(|n| m.int(TypeId::USIZE, n));
    let mut f = m.body(id);
    let local = |n| Operand::Copy(Local(n));
    let first = f.let_(thin_pair, Rvalue::Cast(CastKind::Bits, local(1)));
    let count = f.binary(BinOp::Div(CHECKED), TypeId::USIZE, local(2), two);
    let view = f.let_(fat, Rvalue::Builtin(Builtin::MakeFatPtr, [first, count].into()));
    let others = f.let_(fat_thin, Rvalue::Builtin(Builtin::MakeFatPtr, [local(3), local(4)].into()));
    let (sum, index) = (f.var(TypeId::I32), f.var(TypeId::USIZE));
    let [test, body, end] = [(); 3].map(|()| f.block());
    let start = f.let_(TypeId::I32, Rvalue::Cast(CastKind::Wrap, local(5)));
    f.set(sum, Rvalue::Operand(start));
    f.set(index, Rvalue::Operand(zero));
    f.end(Terminator::Jump(test));
    f.at(test);
    let more = f.binary(BinOp::Lt, TypeId::BOOL, Operand::Copy(index), count);
    f.end(Terminator::Branch { cond: more, then: body, else_: end });
    f.at(body);
    let here = Place::local(view.local().unwrap()).then(Proj::Deref).then(Proj::Index(Operand::Copy(index)));
    let a = f.read(TypeId::I32, here.then(Proj::Index(one)));
    let b = f.read(TypeId::I32, here.then(Proj::Index(zero)));
    f.push(Stmt::Check(Check::Bounds { index: Operand::Copy(index), len: local(4) }));
    let next = Place::local(others.local().unwrap()).then(Proj::Deref).then(Proj::Index(Operand::Copy(index)));
    let c = f.read(TypeId::I32, next);
    let product = f.binary(BinOp::Mul(CHECKED), TypeId::I32, a, b);
    let term = f.binary(BinOp::Sub(CHECKED), TypeId::I32, product, c);
    f.set(sum, Rvalue::Binary(BinOp::Add(CHECKED), Operand::Copy(sum), term));
    f.set(index, Rvalue::Binary(BinOp::Add(Overflow::Wrapping), Operand::Copy(index), one));
    f.end(Terminator::Jump(test));
    f.at(end);
    let result = f.let_(TypeId::I64, Rvalue::Cast(CastKind::Wrap, Operand::Copy(sum)));
    f.ret(result);
    m.finish(f);
}

fn add(f: &mut FnMaker, t: Turning, term: Operand) {
    f.set(t.sum, Rvalue::Binary(BinOp::Add(CHECKED), Operand::Copy(t.sum), term));
}

fn dot(_: &mut Maker, f: &mut FnMaker, t: Turning) {
    let product = f.binary(BinOp::Mul(CHECKED), t.elem, t.a, t.b);
    add(f, t, product);
}

fn sum(_: &mut Maker, f: &mut FnMaker, t: Turning) {
    add(f, t, t.a);
}

fn differences(_: &mut Maker, f: &mut FnMaker, t: Turning) {
    let difference = f.binary(BinOp::Sub(CHECKED), t.elem, t.a, t.b);
    f.set(t.sum, Rvalue::Binary(BinOp::Sub(CHECKED), Operand::Copy(t.sum), difference));
}

/// `sum += a[i] * 3 + (b[i] & 255) * n`, where `n` is a parameter's low byte.
fn mixture(m: &mut Maker, f: &mut FnMaker, t: Turning) {
    let tripled = f.binary(BinOp::Mul(CHECKED), t.elem, t.a, m.int(t.elem, 3));
    let low = f.binary(BinOp::And, t.elem, t.b, m.int(t.elem, 255));
    let scaled = f.binary(BinOp::Mul(CHECKED), t.elem, low, m.int(t.elem, 7));
    let both = f.binary(BinOp::Add(CHECKED), t.elem, tripled, scaled);
    add(f, t, both);
}

/// `sum += @cast(a[i])`, to a wider, a narrower or an unsigned type; and the indices.
fn converted(_: &mut Maker, f: &mut FnMaker, t: Turning) {
    let term = f.let_(t.ty, Rvalue::Cast(CastKind::Checked, t.a));
    add(f, t, term);
}

fn wrapped(_: &mut Maker, f: &mut FnMaker, t: Turning) {
    let term = f.let_(t.ty, Rvalue::Cast(CastKind::Wrap, t.a));
    add(f, t, term);
}

fn indices(_: &mut Maker, f: &mut FnMaker, t: Turning) {
    let index = f.let_(TypeId::U64, Rvalue::Cast(CastKind::Checked, Operand::Copy(t.index)));
    let term = f.binary(BinOp::Add(CHECKED), TypeId::U64, index, t.a);
    add(f, t, term);
}

fn element(t: Turning, view: usize) -> Place {
    Place::local(t.views[view]).then(Proj::Deref).then(Proj::Index(Operand::Copy(t.index)))
}

/// `b[i] = b[i] + a[i] * 3`
fn scaled(m: &mut Maker, f: &mut FnMaker, t: Turning) {
    let product = f.binary(BinOp::Mul(CHECKED), t.elem, t.a, m.int(t.elem, 3));
    f.put(element(t, 1), Rvalue::Binary(BinOp::Add(CHECKED), t.b, product));
}

/// `a[i] = a[i] + b[i]; sum += b[i]`
fn added(_: &mut Maker, f: &mut FnMaker, t: Turning) {
    let both = f.binary(BinOp::Add(CHECKED), t.elem, t.a, t.b);
    f.put(element(t, 0), Rvalue::Operand(both));
    add(f, t, t.b);
}

/// `b[i] = i + a[0]`, where the one element may be written.
fn numbered(m: &mut Maker, f: &mut FnMaker, t: Turning) {
    let zero = m.int(TypeId::USIZE, 0);
    let first = f.read(t.elem, Place::local(t.views[0]).then(Proj::Deref).then(Proj::Index(zero)));
    let index = f.let_(t.elem, Rvalue::Cast(CastKind::Checked, Operand::Copy(t.index)));
    f.put(element(t, 1), Rvalue::Binary(BinOp::Add(CHECKED), index, first));
}

fn kernels() -> Vec<(&'static str, TypeId, TypeId, Turn)> {
    use TypeId as T;
    vec![
        ("dot_i32", T::I32, T::I32, dot),
        ("dot_u32", T::U32, T::U32, dot),
        ("dot_u64", T::U64, T::U64, dot),
        ("sum_i32", T::I32, T::I32, sum),
        ("sum_u32", T::U32, T::U32, sum),
        ("sum_i64", T::I64, T::I64, sum),
        ("sum_u64", T::U64, T::U64, sum),
        ("differences_i32", T::I32, T::I32, differences),
        ("differences_i64", T::I64, T::I64, differences),
        ("mixture_i32", T::I32, T::I32, mixture),
        ("mixture_u32", T::U32, T::U32, mixture),
        ("bytes", T::U8, T::U32, converted),
        ("signed_bytes", T::I8, T::I32, converted),
        ("wider", T::I32, T::I64, converted),
        ("narrower", T::U64, T::U32, converted),
        ("wrapped", T::I64, T::U32, wrapped),
        ("wrapped_signed", T::U32, T::I32, wrapped),
        ("indices", T::U64, T::U64, indices),
        ("scaled_i32", T::I32, T::I32, scaled),
        ("scaled_u32", T::U32, T::U32, scaled),
        ("scaled_u64", T::U64, T::U64, scaled),
        ("scaled_i64", T::I64, T::I64, scaled),
        ("mixture_u64", T::U64, T::U64, mixture),
        ("added_i32", T::I32, T::I32, added),
        ("added_u64", T::U64, T::U64, added),
        ("numbered", T::I32, T::I32, numbered),
    ]
}

/// All kernels in the order of the driver's table.
fn names() -> Vec<&'static str> {
    kernels().iter().map(|kernel| kernel.0).chain(["scattered"]).collect()
}

fn make() -> (Maker, String) {
    let mut m = Maker::new();
    let bytes = m.pool.ptr(false, TypeId::U8);
    let panic = m.declare_extern("test_panic", &[bytes, TypeId::USIZE, bytes, TypeId::USIZE], TypeId::NEVER, false);
    m.program.panic = Some(panic);
    let mut table = String::new();
    for (name, elem, ty, turn) in kernels() {
        kernel(&mut m, name, elem, ty, turn);
    }
    scattered(&mut m);
    let names = names();
    for name in &names {
        table += &format!("long long {name}(void *, size_t, void *, size_t, long long);\n");
    }
    table += &format!("static kernel table[] = {{ {} }};\n", names.join(","));
    (m, DRIVER.replace("TABLE", &table))
}

/// Arrays of numbers whose magnitudes have about so many bits, with here and there one of any size.
fn arrays(bits: u32, bytes: u32, signed: bool) -> BoxedStrategy<(Vec<u64>, Vec<u64>)> {
    let limit = 1u64 << (bits % (bytes * 8 + 1)).min(63);
    let number = prop_oneof![
        9000 => 0..limit,
        9000 => (0..limit).prop_map(move |n| if signed { n.wrapping_neg() } else { n }),
        1 => any::<u64>(),
        1 => Just(1u64 << (bytes * 8 - 1)),
    ];
    let uniform = prop_oneof![(0..limit).boxed(), number.boxed()];
    let len = prop_oneof![0usize..80, 900usize..2200];
    len.prop_flat_map(move |len| {
        let array = proptest::collection::vec(uniform.clone(), len);
        (array.clone(), array, prop_oneof![30 => Just(0usize), 1 => 0usize..40])
    })
    .prop_map(|(a, mut b, missing)| {
        b.truncate(b.len().saturating_sub(missing));
        (a, b)
    })
    .boxed()
}

/// Tests in the form that the driver reads.
#[derive(Default)]
struct Tests {
    input: Vec<u8>,
    count: usize,
}

impl Tests {
    fn add(&mut self, which: usize, bytes: u32, start: i64, apart: u32, a: &[u64], b: &[u64]) {
        for number in [which as u32, bytes, a.len() as u32, b.len() as u32] {
            self.input.extend(number.to_le_bytes());
        }
        self.input.extend(start.to_le_bytes());
        self.input.extend(apart.to_le_bytes());
        self.input.extend(0u32.to_le_bytes());
        for number in a.iter().chain(b) {
            self.input.extend(&number.to_le_bytes()[..bytes as usize]);
        }
        self.count += 1;
    }
}

#[test]
fn fast_loops_change_nothing() {
    let (mut m, driver) = make();
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[3; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let mut tests = Tests::default();
    let target = Target::host();
    let elems = kernels().into_iter().map(|kernel| kernel.1).chain([TypeId::I32]);
    for (which, elem) in elems.enumerate() {
        let IntType { bits, signed } = m.pool.int_type(elem, &target).unwrap();
        let bytes = u32::from(bits) / 8;
        for bits in (0..=bytes * 8).step_by(if bytes == 1 { 1 } else { 2 }) {
            for start in [0i64, 1000, 1 << 30, i64::from(i32::MAX) - 5000] {
                let (a, b) = arrays(bits, bytes, signed).new_tree(&mut runner).unwrap().current();
                // In their own memory, or overlapping by a bit, by half, or exactly.
                let len = a.len() as u32;
                let apart = [len, len, 1, 4, len / 2, 0, len.saturating_sub(1)][(tests.count / 4) % 7];
                tests.add(which, bytes, start, apart, &a, &b);
            }
        }
        // Terms of one size whose sum is just inside or just outside.
        for power in 0..bytes * 8 {
            for (number, start) in [(1u64 << power, 0), ((1u64 << power).wrapping_neg(), -1), ((1 << power) - 1, 1024)]
            {
                tests.add(which, bytes, start, 1024, &[number; 1024], &[1; 1024]);
            }
        }
    }
    let Tests { input, count } = tests;
    let [exact, fast, _] = ALL.map(|through| m.run_with(through, &driver, &input).stdout);
    assert_eq!(exact.len(), count * 16);
    let panics = exact.chunks_exact(16).filter(|answer| answer[0] == 1).count();
    assert!(panics > count / 10 && panics < count / 2, "{panics} panics of {count}");
    for (at, (exact, fast)) in exact.chunks_exact(16).zip(fast.chunks_exact(16)).enumerate() {
        assert_eq!(exact, fast, "test {at} of {count}");
    }
}

#[test]
fn every_kernel_has_a_fast_loop() {
    let (mut m, _) = make();
    let ir = m.ir(OptLevel::O2);
    for name in names() {
        let start = ir.find(&format!(" @{name}(")).unwrap();
        let body = &ir[start..start + ir[start..].find("\n}").unwrap()];
        assert!(body.contains("bb1.proof"), "{name} has none:\n{body}");
    }
}
