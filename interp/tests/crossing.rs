//! How values enter and leave evaluations.

#![allow(clippy::unwrap_used, reason = "a test that can't be set up has failed")]

mod common;

use common::World;
use kiln_interp::{Outcome, PathStep, RefusalReason};
use kiln_source::{DeclId, Span};
use kiln_types::{
    EnumDef, FieldDef, FuncId, Ownership, RelocTarget, StaticId, StructDef, TypeId, TypeKey, ValueId, ValueKey,
    VariantDef, VariantKind,
};
use proptest::prelude::*;

/// A struct of these fields.
fn record(world: &mut World, name: &str, fields: &[(&str, TypeId)]) -> TypeId {
    let fields: Vec<_> = fields.iter().map(|(name, ty)| (world.names.intern(name), *ty)).collect();
    let ty = declare(world);
    define(world, ty, name, &fields);
    ty
}

/// A struct that is not defined yet.
fn declare(world: &mut World) -> TypeId {
    let decl = DeclId(world.pool.len() as u32);
    world.pool.type_of_key(TypeKey::Struct { decl, captures: Box::default() })
}

/// The type with a name.
fn find(world: &World, name: &str) -> TypeId {
    kiln_cfg::TypeNames::new(&world.pool, &world.names).find(name).unwrap()
}

fn define(world: &mut World, ty: TypeId, name: &str, fields: &[(kiln_source::Symbol, TypeId)]) {
    let fields = fields.iter().map(|(name, ty)| FieldDef { name: *name, ty: *ty, span: Span::default() }).collect();
    let def = StructDef { name: name.into(), decl: None, fields, ownership: Ownership::Copy, destructor: None };
    world.pool.define_struct(ty, def);
}

/// An enum of these variants, with discriminants 0, 1, ….
fn choice(world: &mut World, name: &str, variants: &[(&str, &[TypeId])]) -> TypeId {
    let decl = DeclId(world.pool.len() as u32);
    let ty = world.pool.type_of_key(TypeKey::Enum { decl, captures: Box::default() });
    let variants = variants.iter().enumerate().map(|(index, (name, parts))| VariantDef {
        name: world.names.intern(name),
        kind: if parts.is_empty() { VariantKind::Unit } else { VariantKind::Tuple },
        fields: parts
            .iter()
            .enumerate()
            .map(|(index, ty)| FieldDef { name: world.names.intern_index(index), ty: *ty, span: Span::default() })
            .collect(),
        discriminant: index as u128,
        span: Span::default(),
    });
    let def = EnumDef {
        name: name.into(),
        decl: None,
        variants: variants.collect(),
        tag: TypeId::U8,
        ownership: Ownership::Copy,
        destructor: None,
    };
    world.pool.define_enum(ty, def);
    ty
}

fn data(world: &mut World, name: &str) -> StaticId {
    let mut machine = world.run(name, &[]).unwrap_or_else(|trap| panic!("{trap:?}"));
    world.with(|_, env| machine.result_data(env)).unwrap_or_else(|refusal| panic!("{refusal:?}"))
}

fn refusal(world: &mut World, name: &str) -> (RefusalReason, String) {
    let mut machine = world.run(name, &[]).unwrap_or_else(|trap| panic!("{trap:?}"));
    let refusal = world.with(|_, env| machine.result_data(env)).unwrap_err();
    let step = |step: &PathStep| match step {
        PathStep::Field(name) => format!(".{}", world.names.name(*name)),
        PathStep::Part(index) => format!(".{index}"),
        PathStep::Index(index) => format!("[{index}]"),
    };
    (refusal.reason, refusal.path.iter().map(step).collect())
}

/// A world with `Node { value: i32, next: ptr mut Node }`.
fn with_nodes(target: &str) -> World {
    let mut world = World::empty(target);
    let (value, next) = (world.names.intern("value"), world.names.intern("next"));
    let node = declare(&mut world);
    let pointer = world.pool.ptr(true, node);
    define(&mut world, node, "Node", &[(value, TypeId::I32), (next, pointer)]);
    world
}

const LIST: &str = "
    fn cons(_1: i32, _2: ptr mut Node) -> ptr mut Node {
    bb0:
        _0 = alloc(1_usize)
        (*_0).value = _1
        (*_0).next = _2
        return
    }";

#[test]
fn a_list_becomes_static_data() {
    for target in ["x86_64-unknown-linux-gnu", "i686-unknown-linux-gnu"] {
        let mut world = with_nodes(target);
        world.add(&format!(
            "{LIST}
             fn main() -> Node {{
             bb0:
                 _1: ptr mut Node = call cons(3_i32, 0x0 as ptr mut Node)
                 _2: ptr mut Node = call cons(2_i32, _1)
                 _3: ptr mut Node = call cons(1_i32, _2)
                 _0 = use (*_3)
                 return
             }}"
        ));
        let pointer = u64::from(world.layouts.target().pointer_bytes);
        let mut id = data(&mut world, "main");
        for value in 1..=3u8 {
            let node = world.statics.get(id);
            assert_eq!((node.bytes[0], node.bytes.len() as u64), (value, pointer * 2));
            assert!(node.bytes[pointer as usize..].iter().all(|byte| *byte == 0), "addresses and padding are zero");
            match (&*node.relocs, value) {
                ([], 3) => {}
                ([reloc], 1 | 2) => {
                    assert_eq!(reloc.offset, pointer);
                    let RelocTarget::Static { data, addend: 0 } = reloc.target else { panic!("{reloc:?}") };
                    id = data;
                }
                other => panic!("{other:?}"),
            }
        }
    }
}

#[test]
fn sharing_cycles_and_interior_pointers_are_kept() {
    let mut world = with_nodes("x86_64-unknown-linux-gnu");
    world.add(&format!(
        "{LIST}
         fn main() -> (ptr mut Node, ptr mut Node, ptr mut i32, fn(i32, ptr mut Node) -> ptr mut Node) {{
         bb0:
             _1: ptr mut Node = call cons(1_i32, 0x0 as ptr mut Node)
             _2: ptr mut Node = call cons(2_i32, _1)
             (*_1).next = _2
             _0.0 = _1
             _0.1 = _1
             _3: ptr mut i32 = address_of (*_2).value
             _4: ptr mut i32 = alloc(4_usize)
             (*_4) = 5_i32
             _5: ptr mut i32 = ptr_offset(_4, 3_isize)
             (*_5) = 6_i32
             _0.2 = _5
             _0.3 = fn cons as fn(i32, ptr mut Node) -> ptr mut Node
             return
         }}"
    ));
    let id = data(&mut world, "main");
    let statics = &world.statics;
    let targets: Vec<RelocTarget> = statics.get(id).relocs.iter().map(|reloc| reloc.target).collect();
    assert_eq!(targets[0], targets[1], "shared");
    assert_eq!(targets[3], RelocTarget::Func(FuncId(0)));
    let RelocTarget::Static { data: first, addend: 0 } = targets[0] else { panic!() };
    let RelocTarget::Static { data: second, .. } = statics.get(first).relocs[0].target else { panic!() };
    assert_eq!(statics.get(second).relocs[0].target, RelocTarget::Static { data: first, addend: 0 }, "a cycle");
    let RelocTarget::Static { data: row, addend: 12 } = targets[2] else { panic!("{:?}", targets[2]) };
    assert_eq!(&*statics.get(row).bytes, &[5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0]);
    let row_ty = statics.get(row).ty;
    assert_eq!(*world.pool.key(row_ty), TypeKey::Array { elem: TypeId::I32, len: 4 });
}

#[test]
fn static_data_is_read_again_and_leaves_again_as_itself() {
    let mut world = with_nodes("x86_64-unknown-linux-gnu");
    world.add(&format!(
        "{LIST}
         fn make() -> Node {{
         bb0:
             _1: ptr mut Node = call cons(5_i32, 0x0 as ptr mut Node)
             (*_1).next = _1
             _0.value = 4_i32
             _0.next = _1
             return
         }}"
    ));
    let id = data(&mut world, "make");
    let count = world.statics.len();
    world.add(&format!(
        "fn sum() -> i32 {{
         bb0:
             _1: i32 = use {id}.value
             _2: ptr mut Node = use {id}.next
             _3: i32 = use (*_2).value
             _4: ptr mut Node = use (*_2).next
             _5: i32 = use (*_4).value
             _6: i32 = add.checked _1, _3
             _0 = add.checked _6, _5
             return
         }}
         fn again() -> ptr mut Node {{
         bb0:
             _0 = use {id}.next
             return
         }}"
    ));
    assert_eq!(world.int("sum", &[]), 14);
    let value = world.value("again", &[]);
    assert!(matches!(world.pool.value_key(value), Some(ValueKey::StaticPtr { offset: 0, len: None, .. })));
    assert_eq!(world.statics.len(), count, "nothing was frozen a second time");
}

#[test]
fn what_may_not_leave_is_refused_with_the_way_to_it() {
    let mut world = with_nodes("x86_64-unknown-linux-gnu");
    let node = find(&world, "Node");
    let row = world.pool.array(node, 5);
    let holder = record(&mut world, "Holder", &[("count", TypeId::USIZE), ("items", row)]);
    let pointer = world.pool.ptr(true, holder);
    record(&mut world, "Outer", &[("holder", pointer)]);
    let types = world.pool.array(TypeId::TYPE, 2);
    record(&mut world, "Typed", &[("a", TypeId::I32), ("types", types)]);
    world.add(
        "fn dangling() -> Outer {
         bb0:
             _1: ptr mut Node = alloc(1_usize)
             (*_1).value = 1_i32
             _2: ptr mut Holder = alloc(1_usize)
             (*_2).items[3_usize].next = _1
             _3: () = free(_1, 1_usize)
             _0.holder = _2
             return
         }
         fn local() -> Outer {
             let mut _1: Holder
         bb0:
             _1.count = 1_usize
             _2: ptr mut Holder = address_of _1
             _0.holder = _2
             return
         }
         fn typed() -> Typed {
         bb0:
             _0.a = 1_i32
             _0.types[0_usize] = type i32
             _0.types[1_usize] = type u8
             return
         }
         fn typed_behind() -> ptr mut Typed {
         bb0:
             _0 = alloc(3_usize)
             (*_0).a = 1_i32
             (*_0).types[0_usize] = type i32
             return
         }
         fn broken() -> Outer {
         bb0:
             _1: ptr mut Holder = alloc(1_usize)
             _0.holder = _1
             _2: ptr mut ptr mut Holder = address_of _0.holder
             _3: ptr mut u8 = bit_cast _2
             (*_3) = 1_u8
             return
         }",
    );
    assert_eq!(refusal(&mut world, "dangling"), (RefusalReason::Dangling, ".holder.items[3].next".into()));
    assert_eq!(refusal(&mut world, "local"), (RefusalReason::Dangling, ".holder".into()));
    assert_eq!(refusal(&mut world, "typed"), (RefusalReason::ComptimeOnly, ".types[0]".into()));
    assert_eq!(refusal(&mut world, "typed_behind"), (RefusalReason::ComptimeOnly, "[0].types[0]".into()));
    assert_eq!(refusal(&mut world, "broken").0, RefusalReason::BrokenPointer);
    let mut machine = world.run("typed", &[]).unwrap();
    let value = world.with(|_, env| machine.result_value(env)).expect("as identity, types may leave");
    let Some(ValueKey::Aggregate { parts, .. }) = world.pool.value_key(value) else { panic!() };
    let Some(ValueKey::Aggregate { parts, .. }) = world.pool.value_key(parts[1]) else { panic!() };
    assert_eq!(**parts, [TypeId::I32.as_value(), TypeId::U8.as_value()]);
}

#[test]
fn a_table_of_a_million_elements_is_its_bytes() {
    let mut world = World::new(
        "fn main() -> [u32; 1000000] {
             let mut _1: usize
         bb0:
             _1 = 0_usize
             jump bb1
         bb1:
             _2: bool = lt _1, 1000000_usize
             branch _2, bb2, bb3
         bb2:
             _3: u32 = wrap _1
             _0[_1] = _3
             _1 = add _1, 1_usize
             jump bb1
         bb3:
             return
         }",
    );
    let before = world.pool.len();
    let id = data(&mut world, "main");
    let bytes = &world.statics.get(id).bytes;
    assert_eq!((bytes.len(), &bytes[4_000_000 - 4..]), (4_000_000, &999_999u32.to_le_bytes()[..]));
    assert_eq!(world.pool.len(), before, "no element was interned");
}

#[test]
fn a_program_that_asks_for_bodies_and_types_one_after_the_other() {
    let mut world = World::new(
        "fn helper(_1: i32) -> i32 {
         bb0:
             _0 = add.checked _1, 1_i32
             return
         }
         fn main() -> (i32, type) {
         bb0:
             _1: i32 = call helper(41_i32)
             _0.0 = _1
             _2: type = make_type decl7(_1, type u8)
             _0.1 = _2
             return
         }",
    );
    let body = world.bodies[FuncId(0)].take();
    let mut machine = kiln_interp::Machine::new(world.layouts.target(), world.limits);
    machine.start(world.func("main"), &[]);
    let outcome = world.with(|vm, env| machine.resume(vm, env));
    assert!(matches!(outcome, Outcome::Need(kiln_interp::Need::Body(FuncId(0)))), "{outcome:?}");
    // Another evaluation meanwhile disturbs nothing.
    world.add("fn other() -> i32 {\nbb0:\n    _0 = 7_i32\n    return\n}");
    assert_eq!(world.int("other", &[]), 7);
    world.bodies[FuncId(0)] = body;
    let outcome = world.with(|vm, env| machine.resume(vm, env));
    let Outcome::Need(kiln_interp::Need::Type { decl, captures }) = outcome else { panic!("{outcome:?}") };
    assert_eq!((decl.0, &*captures), (7, &[world.pool.scalar(TypeId::I32, 42), TypeId::U8.as_value()][..]));
    machine.answer(TypeId::BOOL.as_value());
    let outcome = world.with(|vm, env| machine.resume(vm, env));
    assert!(matches!(outcome, Outcome::Done), "{outcome:?}");
    let value = world.with(|_, env| machine.result_value(env)).unwrap();
    let Some(ValueKey::Aggregate { parts, .. }) = world.pool.value_key(value) else { panic!() };
    assert_eq!(parts[1], TypeId::BOOL.as_value());
}

/// A type and a value of it, to be made in a world.
#[derive(Clone, Debug)]
enum Shape {
    Scalar(TypeId, u128),
    Unit,
    Tuple(Vec<Shape>),
    Record(Vec<Shape>),
    /// As many copies of one shape, with other numbers.
    Array(Box<Shape>, u8),
    /// The variant that is there, and those that are not.
    Choice(Vec<Shape>, Vec<Vec<Shape>>, usize),
    Function,
    Address(u64),
}

fn shape() -> impl Strategy<Value = Shape> {
    let scalars = vec![
        TypeId::I8,
        TypeId::U8,
        TypeId::I16,
        TypeId::U32,
        TypeId::I64,
        TypeId::U128,
        TypeId::I128,
        TypeId::USIZE,
        TypeId::ISIZE,
        TypeId::F32,
        TypeId::F64,
        TypeId::BOOL,
        TypeId::CHAR,
    ];
    let leaf = prop_oneof![
        8 => (proptest::sample::select(scalars), any::<u128>()).prop_map(|(ty, bits)| Shape::Scalar(ty, bits)),
        1 => Just(Shape::Unit),
        1 => Just(Shape::Function),
        1 => any::<u64>().prop_map(Shape::Address),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let parts = || proptest::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            parts().prop_map(Shape::Tuple),
            parts().prop_map(Shape::Record),
            (inner.clone(), 0u8..5).prop_map(|(shape, count)| Shape::Array(shape.into(), count)),
            (
                parts(),
                proptest::collection::vec(proptest::collection::vec(inner.clone(), 0..3), 0..3),
                any::<proptest::sample::Index>()
            )
                .prop_map(|(here, others, index)| {
                    let at = index.index(others.len() + 1);
                    Shape::Choice(here, others, at)
                }),
        ]
    })
}

/// The type and the value of a shape.
fn make(world: &mut World, shape: &Shape, next: &mut u32) -> (TypeId, ValueId) {
    let many = |world: &mut World, shapes: &[Shape], next: &mut u32| -> (Vec<TypeId>, Vec<ValueId>) {
        shapes.iter().map(|shape| make(world, shape, next)).unzip()
    };
    *next += 1;
    match shape {
        Shape::Scalar(ty, bits) => {
            let kind = kiln_types::arith::Kind::of(&world.pool, world.layouts.target(), *ty).unwrap();
            let bits = kind.extend(*bits).or(kind.extend(bits & 0x41)).unwrap_or(0);
            (*ty, world.pool.scalar(*ty, bits))
        }
        Shape::Unit => (TypeId::UNIT, ValueId::UNIT),
        Shape::Function => {
            let ty = kiln_types::FnType { params: Box::default(), ret: TypeId::UNIT, foreign: false };
            let ty = world.pool.fn_type(ty);
            (ty, world.pool.fn_value(ty, FuncId(*next)))
        }
        Shape::Address(address) => {
            let mask = u64::MAX >> (64 - world.layouts.target().pointer_bits());
            let ty = world.pool.ptr(false, TypeId::U16);
            (ty, world.pool.value(ValueKey::RawPtr { ty, address: address & mask }))
        }
        Shape::Tuple(parts) => {
            let (types, parts) = many(world, parts, next);
            let ty = world.pool.tuple(&types);
            (ty, world.pool.value(ValueKey::Aggregate { ty, parts: parts.into() }))
        }
        Shape::Record(parts) => {
            let name = format!("Record{next}");
            let (types, parts) = many(world, parts, next);
            let fields: Vec<(String, TypeId)> =
                types.iter().enumerate().map(|(index, ty)| (format!("f{index}"), *ty)).collect();
            let fields: Vec<(&str, TypeId)> = fields.iter().map(|(name, ty)| (name.as_str(), *ty)).collect();
            let ty = record(world, &name, &fields);
            (ty, world.pool.value(ValueKey::Aggregate { ty, parts: parts.into() }))
        }
        Shape::Array(elem, count) => {
            let (elem_ty, value) = make(world, elem, next);
            let ty = world.pool.array(elem_ty, (*count).into());
            let parts = vec![value; (*count).into()];
            let key = match elem_ty {
                TypeId::U8 => {
                    let bytes = parts.iter().map(|part| world.pool.scalar_bits(*part).unwrap() as u8).collect();
                    ValueKey::Bytes { ty, bytes }
                }
                _ => ValueKey::Aggregate { ty, parts: parts.into() },
            };
            (ty, world.pool.value(key))
        }
        Shape::Choice(here, others, at) => {
            let name = format!("Choice{next}");
            let (types, parts) = many(world, here, next);
            let mut variants: Vec<Vec<TypeId>> = others.iter().map(|other| many(world, other, next).0).collect();
            variants.insert(*at, types);
            let names: Vec<String> = (0..variants.len()).map(|index| format!("V{index}")).collect();
            let variants: Vec<(&str, &[TypeId])> =
                names.iter().zip(&variants).map(|(name, types)| (name.as_str(), types.as_slice())).collect();
            let ty = choice(world, &name, &variants);
            (ty, world.pool.value(ValueKey::Variant { ty, variant: *at as u32, parts: parts.into() }))
        }
    }
}

proptest! {
    #![proptest_config(common::cases(600))]

    /// A value goes in as an argument, as a borrowed argument and as a constant, comes out as a value and as data, and is the same.
    #[test]
    fn values_survive_the_round_trip(shape in shape(), is_narrow in any::<bool>()) {
        let mut world = World::empty(if is_narrow { "i686-unknown-linux-gnu" } else { "x86_64-unknown-linux-gnu" });
        let (ty, value) = make(&mut world, &shape, &mut 0);
        let types = kiln_cfg::TypeNames::new(&world.pool, &world.names);
        let name = types.name(&world.pool, &world.names, ty);
        world.add(&format!(
            "fn id(_1: {name}) -> {name} {{
             bb0:
                 _0 = _1
                 return
             }}
             fn lent(borrow _1: {name}) -> {name} {{
             bb0:
                 _0 = use _1
                 return
             }}
             fn twice(_1: {name}) -> ({name}, {name}) {{
             bb0:
                 _0.1 = _1
                 _2: {name} = call id(_1)
                 _0.0 = call lent(&_2)
                 return
             }}"
        ));
        prop_assert_eq!(world.value("id", &[value]), value);
        prop_assert_eq!(world.value("lent", &[value]), value);
        let pair = world.value("twice", &[value]);
        if world.layouts.of(&world.pool, ty).size > 0 {
            let Some(ValueKey::Aggregate { parts, .. }) = world.pool.value_key(pair) else { panic!() };
            prop_assert_eq!(&**parts, &[value, value]);
        }
        let mut machine = world.run("id", &[value]).unwrap();
        let id = world.with(|_, env| machine.result_data(env)).unwrap();
        world.add(&format!("fn load() -> {name} {{\nbb0:\n    _0 = use {id}\n    return\n}}"));
        prop_assert_eq!(world.value("load", &[]), value);
        let again = data(&mut world, "load");
        prop_assert_eq!(again, id, "equal data is kept once");
    }
}
