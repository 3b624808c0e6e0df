//! What the documents give as examples, and where their rules differ.

use super::*;
use kiln_types::{FnTypeParam, ParamMode};

const I64: ScalarKind = ScalarKind::Int { bits: 64, signed: false };

fn abi_on(triple: &str, params: &[&[TypeId]], ret: &[TypeId]) -> CAbi {
    let mut pool = Pool::new();
    let mut layouts = Layouts::new(Target::from_triple(triple).unwrap());
    let mut ty = |parts: &[TypeId]| match parts {
        [one] => *one,
        [] => TypeId::UNIT,
        _ => pool.tuple(parts),
    };
    let params = params.iter().map(|parts| FnTypeParam { mode: ParamMode::Own, ty: ty(parts) }).collect();
    let sig = FuncSig { params, ret: ty(ret) };
    CAbi::new(&pool, &mut layouts, &sig, &[], "f").unwrap()
}

fn kinds(pass: &CPass) -> Vec<ScalarKind> {
    match pass {
        CPass::Scalars(scalars) => scalars.pieces.iter().map(|piece| piece.kind).collect(),
        _ => Vec::new(),
    }
}

fn empty(pass: &CPass) -> usize {
    match pass {
        CPass::Scalars(scalars) => scalars.slots.iter().filter(|slot| matches!(slot, Slot::Empty(_))).count(),
        _ => 0,
    }
}

use TypeId as T;

#[test]
fn eightbytes_of_x86_64() {
    let rows: [(&[TypeId], &[ScalarKind]); 5] = [
        (&[T::F32, T::F32, T::F32], &[ScalarKind::F64, ScalarKind::F32]),
        (&[T::F64, T::I32], &[ScalarKind::F64, I64]),
        (&[T::F32, T::I32], &[I64]),
        (&[T::U8, T::U8, T::U8], &[I64]),
        (&[T::I64, T::I64, T::U8], &[]),
    ];
    for (parts, expected) in rows {
        assert_eq!(kinds(&abi_on("x86_64-unknown-linux-gnu", &[], parts).ret), expected, "{parts:?}");
    }
}

#[test]
fn what_finds_no_registers_goes_to_the_stack_whole() {
    let pair: &[TypeId] = &[T::I64, T::I64];
    let abi = abi_on("x86_64-unknown-linux-gnu", &[pair, pair, &[T::I64], pair, &[T::I64]], &[]);
    let in_registers: Vec<bool> = abi.params.iter().map(|pass| matches!(pass, CPass::Scalars(_))).collect();
    assert_eq!(in_registers, [true, true, true, false, true]);
}

#[test]
fn stack_arguments_of_x86_64_are_aligned() {
    let one: &[TypeId] = &[T::I64];
    let wide: &[TypeId] = &[T::I128];
    let abi = abi_on("x86_64-unknown-linux-gnu", &[one, one, one, one, one, wide, one, one, wide], &[]);
    assert_eq!(abi.params[5], CPass::Stack { size: 16, align: 16, skipped: 0 });
    assert!(matches!(abi.params[6], CPass::Scalars(_)), "the sixth register is still free");
    assert_eq!(abi.params[8], CPass::Stack { size: 16, align: 16, skipped: 8 });
}

#[test]
fn aarch64_leaves_registers_empty() {
    let floats: &[TypeId] = &[T::F32, T::F32, T::F32];
    let abi = abi_on("aarch64-unknown-linux-gnu", &[floats, floats, floats, &[T::F32]], floats);
    assert_eq!(kinds(&abi.ret), [ScalarKind::F32; 3]);
    assert_eq!(abi.params.iter().map(empty).collect::<Vec<_>>(), [0, 0, 2, 0]);
    let wide = abi_on("aarch64-unknown-linux-gnu", &[&[T::U8], &[T::I128]], &[]);
    assert_eq!(empty(&wide.params[1]), 1, "it starts in an even register");
    let large: &[TypeId] = &[T::I64, T::I64, T::I64];
    assert_eq!(abi_on("aarch64-unknown-linux-gnu", &[large], &[]).params[0], CPass::Indirect { size: 24, align: 8 });
}

#[test]
fn riscv_flattens_two_fields_with_a_float() {
    let mixed: &[TypeId] = &[T::F32, T::I32];
    let hard = abi_on("riscv64-unknown-linux-gnu", &[mixed], &[]);
    assert_eq!(kinds(&hard.params[0]), [ScalarKind::F32, ScalarKind::Int { bits: 32, signed: true }]);
    let soft = abi_on("riscv32-unknown-none-elf", &[mixed], &[]);
    assert_eq!(kinds(&soft.params[0]), [int(4), int(4)]);
    let word = abi_on("riscv64-unknown-linux-gnu", &[&[T::U32]], &[]);
    let CPass::Scalars(scalars) = &word.params[0] else { panic!("a scalar") };
    assert_eq!(scalars.extension, Some(Extension::Sign));
}

#[test]
fn others_use_memory() {
    let pair: &[TypeId] = &[T::I32, T::I32];
    assert_eq!(abi_on("i686-unknown-linux-gnu", &[pair], pair).ret, CPass::Indirect { size: 8, align: 4 });
    assert_eq!(abi_on("wasm32-unknown-unknown", &[pair], &[]).params[0], CPass::Indirect { size: 8, align: 4 });
    assert_eq!(kinds(&abi_on("x86_64-pc-windows-msvc", &[pair], &[]).params[0]), [int(8)]);
}
