//! Every operation on scalars, in every shape the lowering knows (registers, constants on either side, memory, branches),
//! against `kiln_interp::fold`: exhaustively at 8 bits, by property at every width.

#![allow(clippy::unwrap_used, reason = "a test that can't be set up has failed")]

mod common;

use common::World;
use kiln_cfg::{BinOp, Builtin, CastKind, Overflow, Panic, UnOp};
use kiln_interp::{Machine, Outcome, TrapKind, fold};
use kiln_types::arith::{ArithError, Kind};
use kiln_types::{FuncId, TypeId, ValueId};
use proptest::prelude::*;

use Overflow::{Checked, Wrapping};

const BINARY: [BinOp; 23] = [
    BinOp::Add(Checked),
    BinOp::Add(Wrapping),
    BinOp::Sub(Checked),
    BinOp::Sub(Wrapping),
    BinOp::Mul(Checked),
    BinOp::Mul(Wrapping),
    BinOp::Div(Checked),
    BinOp::Div(Wrapping),
    BinOp::Rem(Checked),
    BinOp::Rem(Wrapping),
    BinOp::Shl(Checked),
    BinOp::Shl(Wrapping),
    BinOp::Shr(Checked),
    BinOp::Shr(Wrapping),
    BinOp::And,
    BinOp::Or,
    BinOp::Xor,
    BinOp::Eq,
    BinOp::Ne,
    BinOp::Lt,
    BinOp::Le,
    BinOp::Gt,
    BinOp::Ge,
];

const UNARY: [UnOp; 3] = [UnOp::Neg(Checked), UnOp::Neg(Wrapping), UnOp::Not];

const INTS: [(&str, TypeId); 12] = [
    ("i8", TypeId::I8),
    ("u8", TypeId::U8),
    ("i16", TypeId::I16),
    ("u16", TypeId::U16),
    ("i32", TypeId::I32),
    ("u32", TypeId::U32),
    ("i64", TypeId::I64),
    ("u64", TypeId::U64),
    ("i128", TypeId::I128),
    ("u128", TypeId::U128),
    ("isize", TypeId::ISIZE),
    ("usize", TypeId::USIZE),
];

type Result<T = u128> = std::result::Result<T, ArithError>;

/// A machine that is used again and again.
struct Bench {
    world: World,
    machine: Machine,
}

impl Bench {
    fn new(text: &str) -> Bench {
        let world = World::new(text);
        let machine = Machine::new(world.layouts.target(), world.limits);
        Bench { world, machine }
    }

    fn kind(&self, ty: TypeId) -> Kind {
        Kind::of(&self.world.pool, self.world.layouts.target(), ty).unwrap()
    }

    fn call(&mut self, func: FuncId, args: &[ValueId]) -> Result {
        let Bench { world, machine } = self;
        machine.start(func, args);
        let value = world.with(|vm, env| match machine.resume(vm, env) {
            Outcome::Done => Ok(machine.result_value(env).unwrap()),
            Outcome::Trap(trap) => Err(match trap.kind {
                TrapKind::Panic { reason: Panic::Overflow, .. } => ArithError::Overflow,
                TrapKind::Panic { reason: Panic::DivisionByZero, .. } => ArithError::DivisionByZero,
                TrapKind::Panic { reason: Panic::ShiftOverflow, .. } => ArithError::ShiftOverflow,
                TrapKind::Panic { reason: Panic::CastOverflow, .. } => ArithError::CastOverflow,
                other => panic!("{other:?}"),
            }),
            other => panic!("{other:?}"),
        })?;
        Ok(world.pool.scalar_bits(value).unwrap())
    }
}

/// The text of a constant.
fn literal(ty: &str, kind: Kind, bits: u128) -> String {
    match kind {
        Kind::Int(int) if int.signed => format!("{}_{ty}", bits as i128),
        Kind::Bool => format!("{}", bits == 1),
        _ => format!("{bits}_{ty}"),
    }
}

/// The operation in all shapes: functions `{name}0` and so on, of as many arguments as there are operands without constant.
/// Comparisons are also made to branches.
fn shapes(name: &str, op: BinOp, ty: &str, right: &str, a: Option<&str>, b: Option<&str>) -> String {
    let result = if op.is_comparison() { "bool" } else { ty };
    let params: Vec<String> = [(a, ty), (b, right)]
        .iter()
        .filter(|(known, _)| known.is_none())
        .enumerate()
        .map(|(index, (_, ty))| format!("_{}: {ty}", index + 1))
        .collect();
    let mut next = 0;
    let mut operand = |known: Option<&str>| match known {
        Some(text) => text.to_owned(),
        None => {
            next += 1;
            format!("_{next}")
        }
    };
    let (a, b) = (operand(a), operand(b));
    let (first, second) = (params.len() + 1, params.len() + 2);
    let (op, params) = (op.name(), params.join(", "));
    let mut text = format!("fn {name}0({params}) -> {result} {{\nbb0:\n    _0 = {op} {a}, {b}\n    return\n}}\n");
    text += &format!(
        "fn {name}1({params}) -> {result} {{\n    let mut _{first}: ({result}, {result})\nbb0:\n    _{first}.1 = {op} {a}, {b}\n    \
         _{second}: {result} = use _{first}.1\n    _0 = _{second}\n    return\n}}\n"
    );
    if result == "bool" {
        text += &format!(
            "fn {name}2({params}) -> bool {{\nbb0:\n    _{first}: bool = {op} {a}, {b}\n    branch _{first}, bb1, bb2\nbb1:\n    \
             _0 = true\n    return\nbb2:\n    _0 = false\n    return\n}}\n"
        );
        text += &format!(
            "fn {name}3({params}) -> bool {{\nbb0:\n    _{first}: bool = {op} {a}, {b}\n    branch _{first}, bb2, bb1\nbb1:\n    \
             _0 = false\n    return\nbb2:\n    _0 = true\n    return\n}}\n"
        );
    }
    text
}

fn shape_count(op: BinOp) -> usize {
    if op.is_comparison() { 4 } else { 2 }
}

#[test]
fn bytes_exhaustively_in_registers() {
    let mut text = String::new();
    for (ty, _) in &INTS[..2] {
        for (index, op) in BINARY.iter().enumerate() {
            text += &shapes(&format!("{ty}x{index}x"), *op, ty, ty, None, None);
        }
    }
    let mut bench = Bench::new(&text);
    for (name, ty) in &INTS[..2] {
        let kind = bench.kind(*ty);
        let values: Vec<(u128, ValueId)> = (0..256)
            .map(|bits| kind.extend(bits).unwrap())
            .map(|bits| (bits, bench.world.pool.scalar(*ty, bits)))
            .collect();
        for (index, op) in BINARY.iter().enumerate() {
            for shape in 0..shape_count(*op) {
                let func = bench.world.func(&format!("{name}x{index}x{shape}"));
                for (a, left) in &values {
                    for (b, right) in &values {
                        let expected = fold::binary(*op, kind, *a, *b);
                        let found = bench.call(func, &[*left, *right]);
                        assert_eq!(found, expected, "{name} {op:?} shape {shape}: {} {}", *a as i128, *b as i128);
                    }
                }
            }
        }
    }
}

#[test]
fn bytes_exhaustively_with_constants() {
    for (name, ty) in &INTS[..2] {
        for op in BINARY {
            let mut bench = Bench::new("");
            let kind = bench.kind(*ty);
            let values: Vec<u128> = (0..256).map(|bits| kind.extend(bits).unwrap()).collect();
            let mut text = String::new();
            for (index, bits) in values.iter().enumerate() {
                let known = literal(name, kind, *bits);
                text += &shapes(&format!("l{index}x"), op, name, name, Some(&known), None);
                text += &shapes(&format!("r{index}x"), op, name, name, None, Some(&known));
            }
            bench.world.add(&text);
            for index in 0..256 {
                for shape in 0..shape_count(op) {
                    let left = bench.world.func(&format!("l{index}x{shape}"));
                    let right = bench.world.func(&format!("r{index}x{shape}"));
                    // Every other value, and the bounds, keep this test short.
                    for (at, bits) in
                        values.iter().enumerate().filter(|(at, _)| at % 5 == 0 || matches!(at, 127..=129 | 255))
                    {
                        let arg = bench.world.pool.scalar(*ty, *bits);
                        let context =
                            || format!("{name} {op:?} shape {shape}: {} {}", *bits as i128, values[index] as i128);
                        assert_eq!(
                            bench.call(left, &[arg]),
                            fold::binary(op, kind, values[index], *bits),
                            "left {}",
                            context()
                        );
                        assert_eq!(
                            bench.call(right, &[arg]),
                            fold::binary(op, kind, *bits, values[index]),
                            "right {}",
                            context()
                        );
                        let _ = at;
                    }
                }
            }
        }
    }
}

#[test]
fn bytes_exhaustively_alone() {
    let mut text = String::new();
    for (ty, _) in &INTS[..2] {
        for (index, op) in UNARY.iter().enumerate() {
            text += &format!("fn {ty}x{index}(_1: {ty}) -> {ty} {{\nbb0:\n    _0 = {} _1\n    return\n}}\n", op.name());
        }
        for (to, _) in INTS {
            for op in ["cast.checked", "wrap"] {
                text += &format!("fn {ty}{op}{to}(_1: {ty}) -> {to} {{\nbb0:\n    _0 = {op} _1\n    return\n}}\n");
            }
        }
    }
    let mut bench = Bench::new(&text);
    for (name, ty) in &INTS[..2] {
        let kind = bench.kind(*ty);
        for bits in (0..256).map(|bits| kind.extend(bits).unwrap()) {
            let arg = bench.world.pool.scalar(*ty, bits);
            for (index, op) in UNARY.iter().enumerate() {
                let func = bench.world.func(&format!("{name}x{index}"));
                assert_eq!(bench.call(func, &[arg]), fold::unary(*op, kind, bits), "{name} {op:?} {bits}");
            }
            for (to_name, to) in INTS {
                let to = bench.kind(to);
                for (cast, op) in [(CastKind::Checked, "cast.checked"), (CastKind::Wrap, "wrap")] {
                    let func = bench.world.func(&format!("{name}{op}{to_name}"));
                    let expected = fold::cast(cast, kind, to, bits);
                    assert_eq!(bench.call(func, &[arg]), expected, "{name} {op} {to_name} {bits}");
                }
            }
        }
    }
}

/// Numbers of all magnitudes.
fn bits() -> impl Strategy<Value = u128> {
    let edges = proptest::sample::select(vec![0, 1, 2, 7, 31, 32, 63, 64, 65, 127, 128, 255, u128::MAX, u128::MAX - 1]);
    let any = (any::<u128>(), 0u32..128, any::<bool>())
        .prop_map(|(bits, shift, flip)| if flip { !(bits >> shift) } else { bits >> shift });
    prop_oneof![any, edges]
}

fn float_bits() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<f64>(),
        (-1e20f64..1e20),
        proptest::sample::select(vec![
            0.0,
            -0.0,
            1.0,
            -1.0,
            0.5,
            2.0,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::NAN,
            1e300,
            5e-324
        ])
    ]
}

proptest! {
    #![proptest_config(common::cases(1500))]

    #[test]
    fn binary_of_every_width(
        op in proptest::sample::select(&BINARY[..]),
        ty in proptest::sample::select(&INTS[..]),
        amount in proptest::sample::select(&INTS[..]),
        a in bits(),
        b in bits(),
    ) {
        let mut bench = Bench::new("");
        let right_ty = if op.is_shift() { amount } else { ty };
        let (kind, right) = (bench.kind(ty.1), bench.kind(right_ty.1));
        let (a, b) = (kind.extend(a).unwrap(), right.extend(b).unwrap());
        let (left_text, right_text) = (literal(ty.0, kind, a), literal(right_ty.0, right, b));
        let mut text = shapes("x", op, ty.0, right_ty.0, None, None);
        text += &shapes("l", op, ty.0, right_ty.0, Some(&left_text), None);
        text += &shapes("r", op, ty.0, right_ty.0, None, Some(&right_text));
        text += &shapes("n", op, ty.0, right_ty.0, Some(&left_text), Some(&right_text));
        bench.world.add(&text);
        let (x, y) = (bench.world.pool.scalar(ty.1, a), bench.world.pool.scalar(right_ty.1, b));
        let expected = fold::binary(op, kind, a, b);
        for shape in 0..shape_count(op) {
            for (name, args) in [("x", &[x, y][..]), ("l", &[y]), ("r", &[x]), ("n", &[])] {
                let func = bench.world.func(&format!("{name}{shape}"));
                prop_assert_eq!(bench.call(func, args), expected, "{} {:?} shape {}{}: {} {}", ty.0, op, name, shape, a, b);
            }
        }
    }

    #[test]
    fn alone_of_every_width(
        ty in proptest::sample::select(&INTS[..]),
        to in proptest::sample::select(&INTS[..]),
        a in bits(),
    ) {
        let (name, to_name) = (ty.0, to.0);
        let mut text = String::new();
        for (index, op) in UNARY.iter().enumerate() {
            text += &format!("fn u{index}(_1: {name}) -> {name} {{\nbb0:\n    _0 = {} _1\n    return\n}}\n", op.name());
        }
        for (index, op) in ["cast.checked", "wrap"].iter().enumerate() {
            text += &format!("fn c{index}(_1: {name}) -> {to_name} {{\nbb0:\n    _0 = {op} _1\n    return\n}}\n");
        }
        for float in ["f32", "f64"] {
            text += &format!("fn {float}(_1: {name}) -> {float} {{\nbb0:\n    _0 = cast.checked _1\n    return\n}}\n");
        }
        let mut bench = Bench::new(&text);
        let (kind, to) = (bench.kind(ty.1), bench.kind(to.1));
        let a = kind.extend(a).unwrap();
        let arg = bench.world.pool.scalar(ty.1, a);
        for (index, op) in UNARY.iter().enumerate() {
            let func = bench.world.func(&format!("u{index}"));
            prop_assert_eq!(bench.call(func, &[arg]), fold::unary(*op, kind, a), "{} {:?} {}", name, op, a);
        }
        for (index, op) in [CastKind::Checked, CastKind::Wrap].into_iter().enumerate() {
            let func = bench.world.func(&format!("c{index}"));
            prop_assert_eq!(bench.call(func, &[arg]), fold::cast(op, kind, to, a), "{} {:?} {} {}", name, op, to_name, a);
        }
        for (float, ty) in [("f32", TypeId::F32), ("f64", TypeId::F64)] {
            let (func, to) = (bench.world.func(float), bench.kind(ty));
            prop_assert_eq!(bench.call(func, &[arg]), fold::cast(CastKind::Checked, kind, to, a), "{} {} {}", name, float, a);
        }
    }

    #[test]
    fn built_in_functions_of_integers(ty in proptest::sample::select(&INTS[..]), a in bits(), b in bits(), amount in any::<u32>()) {
        use Builtin::*;
        let name = ty.0;
        let mut text = String::new();
        let counts = [(LeadingZeros, "leading_zeros"), (TrailingZeros, "trailing_zeros"), (CountOnes, "count_ones")];
        let whole = [(SwapBytes, "swap_bytes"), (ReverseBits, "reverse_bits")];
        let predicates = [(AddOverflows, "add_overflows"), (SubOverflows, "sub_overflows"), (MulOverflows, "mul_overflows")];
        let saturating = [(AddSaturating, "add_saturating"), (SubSaturating, "sub_saturating")];
        let rotations = [(RotateLeft, "rotate_left"), (RotateRight, "rotate_right")];
        for (list, params, args, ret) in [
            (&counts[..], format!("_1: {name}"), "_1".to_owned(), "u32"),
            (&whole, format!("_1: {name}"), "_1".to_owned(), name),
            (&predicates, format!("_1: {name}, _2: {name}"), "_1, _2".to_owned(), "bool"),
            (&saturating, format!("_1: {name}, _2: {name}"), "_1, _2".to_owned(), name),
            (&rotations, format!("_1: {name}, _2: u32"), "_1, _2".to_owned(), name),
        ] {
            for (_, op) in list {
                text += &format!("fn {op}({params}) -> {ret} {{\nbb0:\n    _0 = {op}({args})\n    return\n}}\n");
            }
        }
        for (_, op) in rotations {
            text += &format!("fn {op}_by(_1: {name}) -> {name} {{\nbb0:\n    _0 = {op}(_1, {amount}_u32)\n    return\n}}\n");
        }
        let mut bench = Bench::new(&text);
        let kind = bench.kind(ty.1);
        let (a, b) = (kind.extend(a).unwrap(), kind.extend(b).unwrap());
        let (x, y) = (bench.world.pool.scalar(ty.1, a), bench.world.pool.scalar(ty.1, b));
        let by = bench.world.pool.scalar(TypeId::U32, amount.into());
        for (op, text) in counts.iter().chain(&whole) {
            let func = bench.world.func(text);
            prop_assert_eq!(bench.call(func, &[x]), Ok(fold::builtin(*op, kind, [a, 0, 0])), "{} {} {}", name, text, a);
        }
        for (op, text) in predicates.iter().chain(&saturating) {
            let func = bench.world.func(text);
            prop_assert_eq!(bench.call(func, &[x, y]), Ok(fold::builtin(*op, kind, [a, b, 0])), "{} {} {} {}", name, text, a, b);
        }
        for (op, text) in rotations {
            let expected = Ok(fold::builtin(op, kind, [a, amount.into(), 0]));
            let (func, with_constant) = (bench.world.func(text), bench.world.func(&format!("{text}_by")));
            prop_assert_eq!(bench.call(func, &[x, by]), expected, "{} {} {} {}", name, text, a, amount);
            prop_assert_eq!(bench.call(with_constant, &[x]), expected, "{} {} {} {}", name, text, a, amount);
        }
    }

    #[test]
    fn floats(a in float_bits(), b in float_bits(), c in float_bits(), is_wide in any::<bool>()) {
        use Builtin::*;
        let (name, ty) = if is_wide { ("f64", TypeId::F64) } else { ("f32", TypeId::F32) };
        let bits = |value: f64| if is_wide { u128::from(value.to_bits()) } else { u128::from((value as f32).to_bits()) };
        let operators = [
            BinOp::Add(Checked), BinOp::Sub(Wrapping), BinOp::Mul(Checked), BinOp::Div(Checked), BinOp::Rem(Checked),
            BinOp::Eq, BinOp::Ne, BinOp::Lt, BinOp::Le, BinOp::Gt, BinOp::Ge,
        ];
        let functions = [
            (Sqrt, "sqrt", 1), (Floor, "floor", 1), (Ceil, "ceil", 1), (Trunc, "trunc", 1), (Round, "round", 1), (Abs, "abs", 1),
            (CopySign, "copy_sign", 2), (MulAdd, "mul_add", 3),
        ];
        let mut text = String::new();
        for (index, op) in operators.iter().enumerate() {
            text += &shapes(&format!("b{index}x"), *op, name, name, None, None);
        }
        let [params, args] = [["_1: F", "_2: F", "_3: F"], ["_1", "_2", "_3"]];
        for (_, op, count) in functions {
            let params = params[..count].join(", ").replace('F', name);
            text += &format!("fn {op}({params}) -> {name} {{\nbb0:\n    _0 = {op}({})\n    return\n}}\n", args[..count].join(", "));
        }
        for (to, _) in INTS.into_iter().chain([("f32", TypeId::F32), ("f64", TypeId::F64)]) {
            text += &format!("fn to_{to}(_1: {name}) -> {to} {{\nbb0:\n    _0 = cast.checked _1\n    return\n}}\n");
        }
        text += &format!("fn neg(_1: {name}) -> {name} {{\nbb0:\n    _0 = neg _1\n    return\n}}\n");
        let mut bench = Bench::new(&text);
        let kind = bench.kind(ty);
        let (a, b, c) = (bits(a), bits(b), bits(c));
        let values = [a, b, c].map(|bits| bench.world.pool.scalar(ty, bits));
        for (index, op) in operators.iter().enumerate() {
            for shape in 0..shape_count(*op) {
                let func = bench.world.func(&format!("b{index}x{shape}"));
                prop_assert_eq!(bench.call(func, &values[..2]), fold::binary(*op, kind, a, b), "{:?}", op);
            }
        }
        for (op, text, count) in functions {
            let func = bench.world.func(text);
            prop_assert_eq!(bench.call(func, &values[..count]), Ok(fold::builtin(op, kind, [a, b, c])), "{}", text);
        }
        for (to_name, to) in INTS.into_iter().chain([("f32", TypeId::F32), ("f64", TypeId::F64)]) {
            let (func, to) = (bench.world.func(&format!("to_{to_name}")), bench.kind(to));
            prop_assert_eq!(bench.call(func, &values[..1]), fold::cast(CastKind::Checked, kind, to, a), "{}", to_name);
        }
        let func = bench.world.func("neg");
        prop_assert_eq!(bench.call(func, &values[..1]), fold::unary(UnOp::Neg(Checked), kind, a));
    }
}
