//! Elaboration on functions written as CFG text, and the rules on the states of paths.
#![allow(clippy::unwrap_used, reason = "tests")]

use super::Loss;
use super::check::{Kind, check};
use super::flow::Flow;
use super::loans::Loans;
use super::paths::{Lookup, Paths};
use super::{OwnCx, elaborate, share};
use kiln_cfg::{Func, Glue, Local, ParseCx, Place, PrintCx, Proj, TypeNames, parse, print};
use kiln_source::{DeclId, Interner, Span};
use kiln_types::{
    EnumDef, FieldDef, FuncId, Ownership, ParamMode, Pool, Statics, StructDef, TypeId, TypeKey, VariantDef, VariantKind,
};

/// Types and functions of the tests: `File` has a destructor, `Pair` two of them, `Slot` is empty or has one.
struct World {
    pool: Pool,
    names: Interner,
    types: TypeNames,
    funcs: Vec<String>,
}

impl World {
    fn new() -> World {
        let (mut pool, mut names) = (Pool::new(), Interner::new());
        let key = |decl| TypeKey::Struct { decl: DeclId(decl), captures: Box::default() };
        let file = pool.type_of_key(key(0));
        let fields = |names: &mut Interner, parts: &[(&str, TypeId)]| -> Box<[FieldDef]> {
            let field =
                |part: &(&str, TypeId)| FieldDef { name: names.intern(part.0), ty: part.1, span: Span::default() };
            parts.iter().map(field).collect()
        };
        let define =
            |pool: &mut Pool, names: &mut Interner, ty, name: &str, parts: &[(&str, TypeId)], ownership, destructor| {
                let fields = fields(names, parts);
                pool.define_struct(ty, StructDef { name: name.into(), decl: None, fields, ownership, destructor });
            };
        define(&mut pool, &mut names, file, "File", &[("fd", TypeId::I32)], Ownership::Affine, Some(FuncId(0)));
        let pair = pool.type_of_key(key(1));
        define(&mut pool, &mut names, pair, "Pair", &[("a", file), ("b", file)], Ownership::Affine, None);
        let token = pool.type_of_key(key(2));
        define(&mut pool, &mut names, token, "Token", &[("id", TypeId::I32)], Ownership::Linear, None);
        let slot = pool.type_of_key(TypeKey::Enum { decl: DeclId(3), captures: Box::default() });
        let variant = |names: &mut Interner, name: &str, parts: &[(&str, TypeId)], discriminant| VariantDef {
            name: names.intern(name),
            kind: if parts.is_empty() { VariantKind::Unit } else { VariantKind::Tuple },
            fields: fields(names, parts),
            discriminant,
            span: Span::default(),
        };
        let variants = Box::new([variant(&mut names, "Empty", &[], 0), variant(&mut names, "Full", &[("0", file)], 1)]);
        let (name, ownership) = ("Slot".into(), Ownership::Affine);
        pool.define_enum(slot, EnumDef { name, decl: None, variants, tag: TypeId::U8, ownership, destructor: None });
        let types = TypeNames::new(&pool, &names);
        World { pool, names, types, funcs: vec!["drop fn File".to_owned()] }
    }

    fn parse(&mut self, text: &str) -> Func {
        let statics = Statics::default();
        let World { pool, names, types, funcs } = self;
        let mut find = |name: &str| Some(id_of(funcs, name));
        let mut cx = ParseCx { pool, names, types, statics: &statics, funcs: &mut find };
        parse(text, &mut cx).unwrap().remove(0)
    }

    /// How a function takes its arguments.
    fn modes(&self, func: FuncId) -> Vec<ParamMode> {
        match self.funcs[func.0 as usize].as_str() {
            "swap" => vec![ParamMode::Inout; 2],
            "put" => vec![ParamMode::Inout],
            "show" => vec![ParamMode::Borrow],
            _ => vec![ParamMode::Own],
        }
    }

    /// The function without drops.
    fn elaborated(&mut self, text: &str) -> Func {
        let mut func = self.parse(text);
        let paths = Paths::of(&func, &self.pool);
        let cx = OwnCx { pool: &self.pool, modes: &|func| self.modes(func), is_view: &|_| false };
        let flow = Flow::of(&func, &paths, &cx);
        let (pool, names, funcs) = (&self.pool, &self.names, &mut self.funcs);
        let mut glue = |glue| match glue {
            Glue::Drop(ty) | Glue::Eq(ty) => id_of(funcs, &format!("drop {}", pool.display(ty, names))),
        };
        elaborate::elaborate(&mut func, &flow, &paths, pool, &mut glue);
        share::share(&mut func, &|_| true);
        func
    }

    fn print(&self, func: &Func) -> String {
        let name = |func: FuncId| self.funcs[func.0 as usize].as_str().into();
        let (pool, names, types, statics) = (&self.pool, &self.names, &self.types, &Statics::default());
        print(func, &PrintCx { pool, names, types, statics, funcs: &name, sources: None })
    }

    /// What is wrong in the function.
    fn mistakes(&mut self, text: &str) -> Vec<Kind> {
        let func = self.parse(text);
        let paths = Paths::of(&func, &self.pool);
        let cx = OwnCx { pool: &self.pool, modes: &|func| self.modes(func), is_view: &|_| false };
        let flow = Flow::of(&func, &paths, &cx);
        let loans = Loans::of(&func, &self.pool, cx.is_view);
        check(&func, &flow, &paths, &loans, &cx).into_iter().map(|mistake| mistake.kind).collect()
    }
}

fn id_of(funcs: &mut Vec<String>, name: &str) -> FuncId {
    let index = funcs.iter().position(|func| func == name).unwrap_or_else(|| {
        funcs.push(name.to_owned());
        funcs.len() - 1
    });
    FuncId(index as u32)
}

#[track_caller]
fn assert_elaborated(text: &str, expected: &str) {
    let mut world = World::new();
    let found = world.elaborated(text);
    let expected = world.parse(expected);
    let (found, expected) = (world.print(&found), world.print(&expected));
    assert!(found == expected, "found\n{found}\nexpected\n{expected}");
}

#[test]
fn certain_drops_need_no_flags() {
    assert_elaborated(
        "fn f(_1: File) -> i32 {
            let _2: File
        bb0:
            _2 = call open()
            _0 = call close(move _1)
            drop _2
            drop _1
            return
        }",
        "fn f(_1: File) -> i32 {
            let _2: File
        bb0:
            _2 = call open()
            _0 = call close(move _1)
            call drop File(&_2)
            return
        }",
    );
}

#[test]
fn what_is_moved_on_some_ways_has_a_flag() {
    assert_elaborated(
        "fn f(_1: File, _2: bool) -> i32 {
        bb0:
            branch _2, bb1, bb2
        bb1:
            _0 = call close(move _1)
            jump bb3
        bb2:
            _0 = 1_i32
            jump bb3
        bb3:
            drop _1
            return
        }",
        "fn f(_1: File, _2: bool) -> i32 {
            let mut _3: bool
        bb0:
            _3 = true
            branch _2, bb1, bb2
        bb1:
            _0 = call close(move _1)
            _3 = false
            jump bb3
        bb2:
            _0 = 1_i32
            jump bb3
        bb3:
            branch _3, bb4, bb5
        bb4:
            call drop File(&_1)
            jump bb5
        bb5:
            return
        }",
    );
}

#[test]
fn the_other_parts_are_dropped() {
    assert_elaborated(
        "fn f(_1: Pair) -> i32 {
            let _2: File
        bb0:
            _2 = use move _1.a
            _0 = call close(move _2)
            drop _1
            return
        }",
        "fn f(_1: Pair) -> i32 {
            let _2: File
        bb0:
            _2 = use move _1.a
            _0 = call close(move _2)
            call drop File(&_1.b)
            return
        }",
    );
}

#[test]
fn a_tested_tag_says_which_payload_there_is() {
    assert_elaborated(
        "fn f(_1: Slot) -> i32 {
            let _3: File
        bb0:
            _2: u8 = tag _1
            switch _2: u8 [0: bb1, else: bb2]
        bb1:
            _0 = 0_i32
            jump bb3
        bb2:
            _3 = use move _1::Full.0
            _0 = call close(move _3)
            jump bb3
        bb3:
            drop _1
            return
        }",
        "fn f(_1: Slot) -> i32 {
            let _3: File
        bb0:
            _2: u8 = tag _1
            switch _2: u8 [0: bb1, else: bb2]
        bb1:
            _0 = 0_i32
            jump bb3
        bb2:
            _3 = use move _1::Full.0
            _0 = call close(move _3)
            jump bb3
        bb3:
            return
        }",
    );
}

/// A function with so many owners, each of which may be followed by the way out.
fn many(count: usize) -> String {
    let mut text = "fn f(_1: bool) -> i32 {\n".to_owned();
    for owner in 0..count {
        text.push_str(&format!("    let _{}: File\n", owner + 2));
    }
    for owner in 0..count {
        text.push_str(&format!("bb{}:\n    _{} = call open()\n", owner * 2, owner + 2));
        text.push_str(&format!("    branch _1, bb{}, bb{}\nbb{}:\n", owner * 2 + 1, owner * 2 + 2, owner * 2 + 1));
        text.push_str(&format!("    _0 = {owner}_i32\n"));
        (0..=owner).rev().for_each(|live| text.push_str(&format!("    drop _{}\n", live + 2)));
        text.push_str("    return\n");
    }
    text.push_str(&format!("bb{}:\n    _0 = 0_i32\n", count * 2));
    (0..count).rev().for_each(|live| text.push_str(&format!("    drop _{}\n", live + 2)));
    text.push_str("    return\n}\n");
    text
}

#[test]
fn ways_out_are_shared() {
    let calls = |count| {
        let mut world = World::new();
        let func = world.elaborated(&many(count));
        world.print(&func).lines().filter(|line| line.contains("call drop")).count()
    };
    // Each owner's drop stands once, and once more where it is the first of a way out that is too short.
    assert!(calls(300) <= 2 * 300, "{} calls", calls(300));
    assert!(calls(4) <= 2 * 14, "{} calls", calls(4));
}

#[test]
fn paths_are_found_by_their_places() {
    let mut world = World::new();
    let func = world.parse(
        "fn f(_1: Pair) -> i32 {
            let _2: File
        bb0:
            _2 = use move _1.b
            _0 = call close(move _2)
            return
        }",
    );
    let paths = Paths::of(&func, &world.pool);
    let whole = Place::local(Local(1));
    let root = paths.root(Local(1)).unwrap();
    assert_eq!(paths.find(&whole), Lookup::Exact(root));
    assert_eq!(paths.find(&whole.then(Proj::Field(0))), Lookup::Inside(root));
    let Lookup::Exact(part) = paths.find(&whole.then(Proj::Field(1))) else { panic!("it is moved") };
    assert_eq!(paths.find(&whole.then(Proj::Field(1)).then(Proj::Field(0))), Lookup::Inside(part));
    assert_eq!((paths.below(root).len(), paths.below(part).len()), (2, 1));
    assert_eq!(paths.place(part), whole.then(Proj::Field(1)));
    assert_eq!(paths.find(&Place::local(Local(0))), Lookup::Untracked);
}

#[test]
fn a_loop_comes_around() {
    let found = World::new().mistakes(
        "fn f(_1: File, _2: bool) -> i32 {
        bb0:
            jump bb1
        bb1:
            _0 = call close(move _1)
            branch _2, bb1, bb2
        bb2:
            return
        }",
    );
    assert!(matches!(&found[..], [Kind::Moved { stored: false, .. }]), "{found:?}");
}

#[test]
fn linear_values_end_nowhere_by_themselves() {
    let text = |end: &str| {
        format!(
            "fn f(_1: Token, _2: bool) -> i32 {{
            bb0:
                branch _2, bb1, bb2
            bb1:
                _0 = call close(move _1)
                jump bb3
            bb2:
                _0 = {end}
                jump bb3
            bb3:
                drop _1
                return
            }}"
        )
    };
    let found = World::new().mistakes(&text("1_i32"));
    assert!(matches!(&found[..], [Kind::Lost { loss: Loss::Sometimes, .. }]), "{found:?}");
    let found = World::new().mistakes(&text("call close(move _1)"));
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn arguments_and_names_are_compared() {
    let text = |args: &str| {
        format!(
            "fn f(_1: Pair, inout _2: [i32; 4], _3: usize) {{
            bb0:
                call swap({args})
                return
            }}"
        )
    };
    for apart in ["&_1.a, &_1.b", "&_2[0_usize], &_2[1_usize]"] {
        assert!(World::new().mistakes(&text(apart)).is_empty(), "{apart}");
    }
    for same in ["&_1.a, &_1.a", "&_1, &_1.b", "&_2[_3], &_2[0_usize]", "&_2[_3], &_2"] {
        let found = World::new().mistakes(&text(same));
        assert!(matches!(&found[..], [Kind::Clash(_)]), "{same}: {found:?}");
    }
    let found = World::new().mistakes(
        "fn f(_1: Pair) {
            alias _2: File
        bb0:
            _2 = &_1.a
            _3: File = use move _1.a
            call show(&_2)
            _0 = call close(move _3)
            return
        }",
    );
    assert!(matches!(found.first(), Some(Kind::Named { .. })), "{found:?}");
}
