//! Each rule of the verifier, with a function that breaks it and nothing else.

mod support;

use kiln_cfg::{BlockId, Func, Rule, Violation};
use support::World;

/// The rules a function breaks: the body is what stands behind the first line.
fn broken(text: &str) -> Vec<Rule> {
    let mut world = World::new();
    let func = &world.parse(text).expect("the text is a function")[0];
    rules(world.verify(func))
}

fn rules(result: Result<(), Vec<Violation>>) -> Vec<Rule> {
    result.err().unwrap_or_default().into_iter().map(|violation| violation.rule).collect()
}

#[track_caller]
fn assert_breaks(text: &str, is: fn(&Rule) -> bool) {
    let rules = broken(text);
    assert!(rules.len() == 1 && is(&rules[0]), "{text}\n{rules:?}");
}

macro_rules! breaks {
    ($name:ident, $text:literal, $rule:pat) => {
        #[test]
        fn $name() {
            assert_breaks($text, |rule| matches!(rule, $rule));
        }
    };
}

#[test]
fn a_right_function_breaks_nothing() {
    let text = "fn f(_1: i32) -> i32 {\nbb0:\n _2: bool = lt _1, 3_i32\n branch _2, bb1, bb2\nbb1:\n _0 = call add(_1, 1_i32)\n return\n\
                bb2:\n call stop()\n unreachable\n}";
    assert_eq!(broken(text), []);
}

breaks!(entry_is_no_loop, "fn f() {\nbb0:\n jump bb0\n}", Rule::EntryHasPredecessor);
breaks!(all_blocks_are_reached, "fn f() {\nbb0:\n return\nbb1:\n return\n}", Rule::Unreachable);
breaks!(jumps_stay_inside, "fn f() {\nbb0:\n jump bb7\n}", Rule::OutOfRange(_));
breaks!(places_fit_their_types, "fn f(_1: i32) {\nbb0:\n _2: i32 = use _1.0\n return\n}", Rule::BadPlace(_));
breaks!(
    deref_comes_first,
    "fn f(_1: (ptr const i32, i32)) {\nbb0:\n _2: i32 = use (*_1.0)\n return\n}",
    Rule::BadPlace(_)
);
breaks!(static_data_is_not_written, "fn f() {\nbb0:\n s0[1_usize] = 3_u8\n return\n}", Rule::WritesReadOnly(_));
breaks!(borrows_are_not_written, "fn f(borrow _1: Point) {\nbb0:\n _1.x = 3_i32\n return\n}", Rule::WritesReadOnly(_));
breaks!(values_fit_their_places, "fn f() -> i32 {\nbb0:\n _0 = 3_u8\n return\n}", Rule::Type { what: "value", .. });
breaks!(
    operands_have_one_type,
    "fn f() -> i32 {\nbb0:\n _0 = add 3_i32, 4_u8\n return\n}",
    Rule::Type { what: "right operand", .. }
);
breaks!(
    operators_have_their_types,
    "fn f() -> bool {\nbb0:\n _0 = add true, true\n return\n}",
    Rule::Type { what: "operand", .. }
);
breaks!(
    indices_are_usize,
    "fn f(_1: [u8; 4]) {\nbb0:\n _2: u8 = use _1[1_u8]\n return\n}",
    Rule::Type { what: "index", .. }
);
breaks!(
    conditions_are_bools,
    "fn f(_1: u8) {\nbb0:\n branch _1, bb1, bb1\nbb1:\n return\n}",
    Rule::Type { what: "condition", .. }
);
breaks!(affine_values_are_moved, "fn f(_1: File) -> File {\nbb0:\n _0 = _1\n return\n}", Rule::CopiesAffine(_));
breaks!(
    calls_have_their_arguments,
    "fn f() {\nbb0:\n _1: i32 = call add(1_i32)\n return\n}",
    Rule::ArgCount { found: 1, expected: 2 }
);
breaks!(
    arguments_have_their_types,
    "fn f() {\nbb0:\n _1: i32 = call add(1_i32, 1_u8)\n return\n}",
    Rule::Type { what: "argument", .. }
);
breaks!(
    arguments_have_their_modes,
    "fn f(_1: i32) {\nbb0:\n _2: i32 = call add(_1, &_1)\n return\n}",
    Rule::ArgMode(1)
);
breaks!(results_have_a_place, "fn f() {\nbb0:\n call add(1_i32, 1_i32)\n return\n}", Rule::Destination);
breaks!(
    results_overlap_no_argument,
    "fn f(_1: i32) {\n let mut _2: i32\nbb0:\n _2 = _1\n _2 = call add(_2, 1_i32)\n return\n}",
    Rule::Overlap(0)
);
breaks!(nothing_follows_never, "fn f() {\nbb0:\n call stop()\n return\n}", Rule::AfterNever);
breaks!(only_aliases_are_bound, "fn f(_1: i32) {\n let _2: i32\nbb0:\n _2 = &_1\n return\n}", Rule::WrongKind(_));
breaks!(
    cases_are_different,
    "fn f(_1: u8) {\nbb0:\n switch _1: u8 [1: bb1, 1: bb1, else: bb1]\nbb1:\n return\n}",
    Rule::SwitchCases
);
breaks!(
    locals_are_assigned_first,
    "fn f(_1: bool) -> i32 {\n let mut _2: i32\nbb0:\n branch _1, bb1, bb2\nbb1:\n _2 = 1_i32\n jump bb2\nbb2:\n _0 = _2\n return\n}",
    Rule::Unassigned(_)
);
breaks!(
    storage_ends,
    "fn f() -> i32 {\n let mut _1: i32\nbb0:\n _1 = 1_i32\n storage_dead _1\n _0 = _1\n return\n}",
    Rule::Unassigned(_)
);
breaks!(results_are_assigned, "fn f() -> i32 {\nbb0:\n return\n}", Rule::Unassigned(_));
breaks!(
    temporaries_are_assigned_once,
    "fn f() {\nbb0:\n _1: i32 = 1_i32\n _1 = 2_i32\n return\n}",
    Rule::AssignedTwice(_)
);
breaks!(
    operations_have_their_operands,
    "fn f() {\nbb0:\n _1: f64 = sqrt(1.0_f64, 2.0_f64)\n return\n}",
    Rule::OperandCount(2)
);

#[test]
fn functions_have_blocks_and_locals_of_their_kinds() {
    let mut world = World::new();
    let right = world.parse("fn f(_1: i32) {\nbb0:\n return\n}").unwrap().remove(0);
    let mut func = right.clone();
    func.blocks = Default::default();
    assert_eq!(rules(world.verify(&func)), [Rule::HasBlocks]);
    let mut func = right.clone();
    func.locals[kiln_cfg::Local(1)].kind = kiln_cfg::LocalKind::Temp;
    assert_eq!(rules(world.verify(&func)), [Rule::LocalKind(kiln_cfg::Local(1))]);
    let mut func: Func = right;
    func.blocks[BlockId(0)].ranges.push(Default::default());
    assert_eq!(rules(world.verify(&func)), [Rule::RangeCount]);
}
