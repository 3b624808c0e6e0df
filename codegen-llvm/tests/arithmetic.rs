//! Compiled arithmetic against `kiln_types::arith`: all pairs of 8-bit operands, and chosen and random ones of other widths.
//!
//! Each operation is a function exported to C, which reads operands and writes the result through pointers. A driver in C calls
//! them; a panic comes back to it as a status.
#![allow(clippy::unwrap_used)]

mod support;
use kiln_cfg::*;
use kiln_types::arith::{self, ArithError, FloatFormat, FloatOp, FloatUnary, Kind};
use kiln_types::*;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use support::*;

const DRIVER: &str = r#"
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
static jmp_buf back;
void test_panic(const char *reason, size_t len, const char *location, size_t location_len) {
    static const char *reasons[] = {"", "integer overflow", "division by zero", "integer cast overflow", "shift amount out of range"};
    for (int i = 1; i < 5; i++)
        if (strlen(reasons[i]) == len && !memcmp(reasons[i], reason, len)) longjmp(back, i);
    longjmp(back, 99);
}
typedef void (*operation)(const void *, const void *, void *);
TABLE
static void one(operation f, const void *a, const void *b) {
    _Alignas(16) unsigned char out[17] = {0};
    int status = setjmp(back);
    if (!status) { f(a, b, out); } else { memset(out, 0, 16); }
    out[16] = status;
    fwrite(out, 1, 17, stdout);
}
int main(void) {
    unsigned which;
    _Alignas(16) unsigned char a[16], b[16];
    while (fread(&which, 4, 1, stdin) == 1) {
        if (fread(a, 1, 16, stdin) != 16 || fread(b, 1, 16, stdin) != 16) return 1;
        if (which & 0x80000000) {
            for (int i = 0; i < 65536; i++) { a[0] = i >> 8; b[0] = i; one(table[which & 0x7fffffff], a, b); }
        } else one(table[which], a, b);
    }
    return 0;
}
"#;

type Expected = Box<dyn Fn(u128, u128) -> Result<u128, ArithError>>;

/// An operation with its meaning: a function of two extended operands.
struct Row {
    name: String,
    a: TypeId,
    b: TypeId,
    ret: TypeId,
    value: Rvalue,
    expected: Expected,
}

const INTS: [TypeId; 12] = [
    TypeId::I8,
    TypeId::U8,
    TypeId::I16,
    TypeId::U16,
    TypeId::I32,
    TypeId::U32,
    TypeId::I64,
    TypeId::U64,
    TypeId::I128,
    TypeId::U128,
    TypeId::ISIZE,
    TypeId::USIZE,
];

const A: Operand = Operand::Copy(Local(4));
const B: Operand = Operand::Copy(Local(5));

fn int_rows(pool: &Pool, target: &Target, rows: &mut Vec<Row>) {
    use Overflow::{Checked, Wrapping};
    type Checked2 = fn(IntType, u128, u128) -> Result<u128, ArithError>;
    let binary: [(BinOp, Checked2); 15] = [
        (BinOp::Add(Checked), arith::add),
        (BinOp::Sub(Checked), arith::sub),
        (BinOp::Mul(Checked), arith::mul),
        (BinOp::Div(Checked), arith::div),
        (BinOp::Rem(Checked), arith::rem),
        (BinOp::Add(Wrapping), |ty, a, b| Ok(arith::wrapping_add(ty, a, b))),
        (BinOp::Sub(Wrapping), |ty, a, b| Ok(arith::wrapping_sub(ty, a, b))),
        (BinOp::Mul(Wrapping), |ty, a, b| Ok(arith::wrapping_mul(ty, a, b))),
        (BinOp::Div(Wrapping), arith::wrapping_div),
        (BinOp::Rem(Wrapping), arith::wrapping_rem),
        (BinOp::And, |_, a, b| Ok(a & b)),
        (BinOp::Or, |_, a, b| Ok(a | b)),
        (BinOp::Xor, |_, a, b| Ok(a ^ b)),
        (BinOp::Eq, |_, a, b| Ok(u128::from(a == b))),
        (BinOp::Ne, |_, a, b| Ok(u128::from(a != b))),
    ];
    let order: [(BinOp, arith::CompareOp); 4] = [
        (BinOp::Lt, arith::CompareOp::Lt),
        (BinOp::Le, arith::CompareOp::Le),
        (BinOp::Gt, arith::CompareOp::Gt),
        (BinOp::Ge, arith::CompareOp::Ge),
    ];
    type Made = fn(IntType, u128, u128) -> u128;
    let builtins: [(Builtin, bool, Made); 8] = [
        (Builtin::LeadingZeros, false, |ty, a, _| arith::leading_zeros(ty, a).into()),
        (Builtin::TrailingZeros, false, |ty, a, _| arith::trailing_zeros(ty, a).into()),
        (Builtin::CountOnes, false, |ty, a, _| arith::count_ones(ty, a).into()),
        (Builtin::AddOverflows, true, |ty, a, b| arith::overflowing_add(ty, a, b).1.into()),
        (Builtin::SubOverflows, true, |ty, a, b| arith::overflowing_sub(ty, a, b).1.into()),
        (Builtin::MulOverflows, true, |ty, a, b| arith::overflowing_mul(ty, a, b).1.into()),
        (Builtin::AddSaturating, true, arith::saturating_add),
        (Builtin::SubSaturating, true, arith::saturating_sub),
    ];
    for ty in INTS {
        let int = pool.int_type(ty, target).unwrap();
        let mut add = |name: String, b, ret, value, expected: Expected| {
            rows.push(Row { name, a: ty, b, ret, value, expected });
        };
        for (op, expected) in binary {
            let ret = if op.is_comparison() { TypeId::BOOL } else { ty };
            let expected: Expected = Box::new(move |a, b| expected(int, a, b));
            add(format!("{} {int:?}", op.name()), ty, ret, Rvalue::Binary(op, A, B), expected);
        }
        for (op, compare) in order {
            let expected: Expected = Box::new(move |a, b| Ok(arith::compare(compare, Kind::Int(int), a, b).into()));
            add(format!("{} {int:?}", op.name()), ty, TypeId::BOOL, Rvalue::Binary(op, A, B), expected);
        }
        for amount in [TypeId::U8, TypeId::I8, TypeId::U32, TypeId::I64, TypeId::U128] {
            let shifts: [(BinOp, Checked2); 4] = [
                (BinOp::Shl(Checked), arith::shl),
                (BinOp::Shr(Checked), arith::shr),
                (BinOp::Shl(Wrapping), |ty, a, b| Ok(arith::wrapping_shl(ty, a, b))),
                (BinOp::Shr(Wrapping), |ty, a, b| Ok(arith::wrapping_shr(ty, a, b))),
            ];
            for (op, expected) in shifts {
                let expected: Expected = Box::new(move |a, b| expected(int, a, b));
                let name = format!("{} {int:?} by {:?}", op.name(), pool.key(amount));
                add(name, amount, ty, Rvalue::Binary(op, A, B), expected);
            }
        }
        for (builtin, is_binary, expected) in builtins {
            let args: Box<[Operand]> = if is_binary { [A, B].into() } else { [A].into() };
            let ret = match builtin {
                Builtin::LeadingZeros | Builtin::TrailingZeros | Builtin::CountOnes => TypeId::U32,
                Builtin::AddSaturating | Builtin::SubSaturating => ty,
                _ => TypeId::BOOL,
            };
            let expected: Expected = Box::new(move |a, b| Ok(expected(int, a, b)));
            add(format!("{builtin:?} {int:?}"), ty, ret, Rvalue::Builtin(builtin, args), expected);
        }
        let same: [(Builtin, Made); 2] = [
            (Builtin::SwapBytes, |ty, a, _| arith::swap_bytes(ty, a)),
            (Builtin::ReverseBits, |ty, a, _| arith::reverse_bits(ty, a)),
        ];
        for (builtin, expected) in same {
            let expected: Expected = Box::new(move |a, b| Ok(expected(int, a, b)));
            add(format!("{builtin:?} {int:?}"), ty, ty, Rvalue::Builtin(builtin, [A].into()), expected);
        }
        let rotate: [(Builtin, Made); 2] =
            [(Builtin::RotateLeft, arith::rotate_left), (Builtin::RotateRight, arith::rotate_right)];
        for (builtin, expected) in rotate {
            let expected: Expected = Box::new(move |a, b| Ok(expected(int, a, b)));
            add(format!("{builtin:?} {int:?}"), TypeId::U32, ty, Rvalue::Builtin(builtin, [A, B].into()), expected);
        }
        let not: Expected = Box::new(move |a, _| Ok(arith::not(int, a)));
        add(format!("not {int:?}"), ty, ty, Rvalue::Unary(UnOp::Not, A), not);
        let neg: Expected = Box::new(move |a, _| arith::neg(int, a));
        add(format!("neg {int:?}"), ty, ty, Rvalue::Unary(UnOp::Neg(Checked), A), neg);
        let neg: Expected = Box::new(move |a, _| Ok(arith::wrapping_neg(int, a)));
        add(format!("wrapping neg {int:?}"), ty, ty, Rvalue::Unary(UnOp::Neg(Wrapping), A), neg);
    }
}

fn cast_rows(pool: &Pool, target: &Target, rows: &mut Vec<Row>) {
    let mut types = INTS.to_vec();
    types.extend([TypeId::F32, TypeId::F64, TypeId::CHAR, TypeId::BOOL]);
    for &from in &types {
        for &to in &types {
            let kinds = [from, to].map(|ty| Kind::of(pool, target, ty).unwrap());
            let name = |verb| format!("{verb} {:?} to {:?}", kinds[0], kinds[1]);
            let mut add = |name, kind, expected| {
                rows.push(Row { name, a: from, b: TypeId::U8, ret: to, value: Rvalue::Cast(kind, A), expected });
            };
            if to != TypeId::BOOL {
                add(name("cast"), CastKind::Checked, Box::new(move |a, _| arith::cast(kinds[0], kinds[1], a)));
            }
            if let Kind::Int(int) = kinds[1]
                && matches!(kinds[0], Kind::Int(_))
            {
                add(name("wrap"), CastKind::Wrap, Box::new(move |a, _| Ok(arith::wrap(int, a))));
            }
            if kinds[0].bytes() == kinds[1].bytes() {
                add(name("bits"), CastKind::Bits, Box::new(move |a, _| arith::bit_cast(kinds[1], a)));
            }
        }
    }
}

fn float_rows(rows: &mut Vec<Row>) {
    for (ty, format) in [(TypeId::F32, FloatFormat::F32), (TypeId::F64, FloatFormat::F64)] {
        let mut add = |name: String, ret, value, expected| rows.push(Row { name, a: ty, b: ty, ret, value, expected });
        let checked = Overflow::Checked;
        let binary = [
            (BinOp::Add(checked), FloatOp::Add),
            (BinOp::Sub(checked), FloatOp::Sub),
            (BinOp::Mul(checked), FloatOp::Mul),
            (BinOp::Div(checked), FloatOp::Div),
            (BinOp::Rem(checked), FloatOp::Rem),
        ];
        for (op, meaning) in binary {
            let expected: Expected = Box::new(move |a, b| Ok(arith::float_binary(meaning, format, a, b)));
            add(format!("{} {format:?}", op.name()), ty, Rvalue::Binary(op, A, B), expected);
        }
        let order = [
            (BinOp::Eq, arith::CompareOp::Eq),
            (BinOp::Ne, arith::CompareOp::Ne),
            (BinOp::Lt, arith::CompareOp::Lt),
            (BinOp::Le, arith::CompareOp::Le),
            (BinOp::Gt, arith::CompareOp::Gt),
            (BinOp::Ge, arith::CompareOp::Ge),
        ];
        for (op, meaning) in order {
            let expected: Expected =
                Box::new(move |a, b| Ok(arith::compare(meaning, Kind::Float(format), a, b).into()));
            add(format!("{} {format:?}", op.name()), TypeId::BOOL, Rvalue::Binary(op, A, B), expected);
        }
        let unary = [
            (Builtin::Sqrt, FloatUnary::Sqrt),
            (Builtin::Floor, FloatUnary::Floor),
            (Builtin::Ceil, FloatUnary::Ceil),
            (Builtin::Trunc, FloatUnary::Trunc),
            (Builtin::Round, FloatUnary::Round),
            (Builtin::Abs, FloatUnary::Abs),
        ];
        for (builtin, meaning) in unary {
            let expected: Expected = Box::new(move |a, _| Ok(arith::float_unary(meaning, format, a)));
            add(format!("{builtin:?} {format:?}"), ty, Rvalue::Builtin(builtin, [A].into()), expected);
        }
        let sign: Expected = Box::new(move |a, b| Ok(arith::float_binary(FloatOp::CopySign, format, a, b)));
        add(format!("copysign {format:?}"), ty, Rvalue::Builtin(Builtin::CopySign, [A, B].into()), sign);
        let neg: Expected = Box::new(move |a, _| Ok(arith::float_neg(format, a)));
        add(format!("neg {format:?}"), ty, Rvalue::Unary(UnOp::Neg(checked), A), neg);
        let fma: Expected = Box::new(move |a, b| Ok(arith::float_mul_add(format, a, b, a)));
        add(format!("fma {format:?}"), ty, Rvalue::Builtin(Builtin::MulAdd, [A, B, A].into()), fma);
    }
}

/// All operations as functions exported to C, and the driver with its table.
fn make() -> (Maker, Vec<Row>, String) {
    let mut m = Maker::new();
    let target = Target::host();
    let mut rows = Vec::new();
    int_rows(&m.pool, &target, &mut rows);
    cast_rows(&m.pool, &target, &mut rows);
    float_rows(&mut rows);
    let bytes = m.pool.ptr(false, TypeId::U8);
    let panic = m.declare_extern("test_panic", &[bytes, TypeId::USIZE, bytes, TypeId::USIZE], TypeId::NEVER, false);
    m.program.panic = Some(panic);
    let (mut declarations, mut names) = (String::new(), Vec::new());
    for (index, row) in rows.iter().enumerate() {
        let [a, b] = [row.a, row.b].map(|ty| m.pool.ptr(false, ty));
        let out = m.pool.ptr(true, row.ret);
        let own = ParamMode::Own;
        let name = format!("op{index}");
        let id = m.declare_export(&name, &[(own, a), (own, b), (own, out)], TypeId::UNIT);
        let mut f = m.body(id);
        let behind = |n| Place::local(Local(n)).then(Proj::Deref);
        assert_eq!([f.read(row.a, behind(1)), f.read(row.b, behind(2))], [A, B]);
        f.put(behind(3), row.value.clone());
        f.end(Terminator::Return);
        m.finish(f);
        declarations += &format!("void {name}(const void *, const void *, void *);\n");
        names.push(name);
    }
    declarations += &format!("static operation table[] = {{ {} }};\n", names.join(","));
    (m, rows, DRIVER.replace("TABLE", &declarations))
}

fn status(error: ArithError) -> u8 {
    match error {
        ArithError::Overflow => 1,
        ArithError::DivisionByZero => 2,
        ArithError::CastOverflow => 3,
        ArithError::ShiftOverflow => 4,
    }
}

fn kind(m: &Maker, ty: TypeId) -> Kind {
    Kind::of(&m.pool, &Target::host(), ty).unwrap()
}

/// Compares one answer of 17 bytes. The sign of a NaN is the machine's.
fn compare(m: &Maker, row: &Row, a: u128, b: u128, answer: &[u8]) {
    let ret = kind(m, row.ret);
    let raw = u128::from_le_bytes(answer[..16].try_into().unwrap());
    let got = if answer[16] == 0 { Ok(ret.extend(raw).unwrap()) } else { Err(answer[16]) };
    let expected = (row.expected)(a, b).map_err(status);
    let is_nan = |bits: u128| match ret {
        Kind::Float(FloatFormat::F32) => f32::from_bits(bits as u32).is_nan(),
        Kind::Float(FloatFormat::F64) => f64::from_bits(bits as u64).is_nan(),
        _ => false,
    };
    if let (Ok(got), Ok(expected)) = (got, expected)
        && is_nan(got)
        && is_nan(expected)
    {
        return;
    }
    assert_eq!(got, expected, "{} of {a:#x} and {b:#x}", row.name);
}

fn is_byte(m: &Maker, ty: TypeId) -> bool {
    matches!(kind(m, ty), Kind::Int(IntType { bits: 8, .. }))
}

#[test]
fn all_pairs_of_bytes() {
    let (mut m, rows, driver) = make();
    let exhaustive: Vec<usize> =
        (0..rows.len()).filter(|index| is_byte(&m, rows[*index].a) && is_byte(&m, rows[*index].b)).collect();
    assert!(exhaustive.len() > 80);
    let mut input = Vec::new();
    for index in &exhaustive {
        input.extend((*index as u32 | 0x8000_0000).to_le_bytes());
        input.extend([0; 32]);
    }
    let [first, second, third] = ALL.map(|through| m.run_with(through, &driver, &input).stdout);
    assert_eq!(first.len(), exhaustive.len() * 65536 * 17);
    assert!(first == second, "-O0 and -O2 disagree");
    assert!(first == third, "LLVM and Cranelift disagree");
    let mut answers = first.chunks_exact(17);
    for index in &exhaustive {
        let row = &rows[*index];
        let kinds = [row.a, row.b].map(|ty| kind(&m, ty));
        for pair in 0..65536u128 {
            let (a, b) = (kinds[0].extend(pair >> 8).unwrap(), kinds[1].extend(pair & 0xff).unwrap());
            compare(&m, row, a, b, answers.next().unwrap());
        }
    }
}

/// Operands of a kind: the edges and what is beside them, small numbers, and anything.
fn operands(kind: Kind) -> BoxedStrategy<u128> {
    let edges = move || {
        (0u32..129, -2i128..3).prop_map(|(shift, near)| {
            let power = if shift == 128 { 0 } else { 1u128 << shift };
            power.wrapping_add(near as u128)
        })
    };
    let floats = prop_oneof![
        edges().prop_map(|n| (n as f64).to_bits()),
        edges().prop_map(|n| (-(n as f64) - 0.5).to_bits()),
        (-3i32..3).prop_map(|n| (f64::from(n) / 2.0).to_bits()),
        (0u32..0x12_0000).prop_map(|n| f64::from(n).to_bits()),
        any::<u64>(),
        Just(f64::INFINITY.to_bits()),
        Just((-0.0f64).to_bits()),
        Just(f64::NAN.to_bits()),
    ];
    match kind {
        Kind::Int(ty) => prop_oneof![edges(), any::<u128>(), 0u128..300].prop_map(move |n| ty.extend(n)).boxed(),
        Kind::Bool => (0u128..2).boxed(),
        Kind::Char => any::<char>().prop_map(|c| c as u128).boxed(),
        Kind::Float(FloatFormat::F64) => floats.prop_map(u128::from).boxed(),
        Kind::Float(FloatFormat::F32) => {
            prop_oneof![floats.prop_map(|bits| (f64::from_bits(bits) as f32).to_bits()), any::<u32>(),]
                .prop_map(u128::from)
                .boxed()
        }
    }
}

#[test]
fn chosen_operands_of_every_width() {
    const EACH: usize = 60;
    let (mut m, rows, driver) = make();
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let (mut input, mut pairs) = (Vec::new(), Vec::new());
    for (index, row) in rows.iter().enumerate() {
        let strategy = (operands(kind(&m, row.a)), operands(kind(&m, row.b)));
        for _ in 0..EACH {
            let (a, b) = strategy.new_tree(&mut runner).unwrap().current();
            input.extend((index as u32).to_le_bytes());
            input.extend(a.to_le_bytes());
            input.extend(b.to_le_bytes());
            pairs.push((index, a, b));
        }
    }
    for through in ALL {
        let output = m.run_with(through, &driver, &input);
        assert_eq!(output.stdout.len(), pairs.len() * 17);
        for (answer, (index, a, b)) in output.stdout.chunks_exact(17).zip(&pairs) {
            compare(&m, &rows[*index], *a, *b, answer);
        }
    }
}
