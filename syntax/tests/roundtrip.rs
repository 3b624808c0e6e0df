//! Printing a tree and parsing the text gives the same tree.

mod common;
use common::{parse, right};
use proptest::prelude::*;

/// Checks that a text without mistakes has a tree that survives printing, and that printing is stable.
fn check(text: &str) {
    let first = right(text);
    let printed = first.print();
    let second = parse(&printed);
    assert_eq!(second.errors(), "", "the print of\n{text}\nis\n{printed}");
    assert_eq!(first.dump(), second.dump(), "the print of\n{text}\nis\n{printed}");
    assert_eq!(printed, second.print());
}

type Text = BoxedStrategy<String>;

fn one_of(texts: &'static [&'static str]) -> Text {
    prop::sample::select(texts).prop_map(str::to_owned).boxed()
}

fn list(element: &Text, sizes: std::ops::Range<usize>, separator: &'static str) -> Text {
    prop::collection::vec(element.clone(), sizes).prop_map(move |elements| elements.join(separator)).boxed()
}

/// `before` element `after`
fn around(before: &'static str, element: &Text, after: &'static str) -> Text {
    element.clone().prop_map(move |element| format!("{before}{element}{after}")).boxed()
}

fn two(first: &Text, between: &'static str, second: &Text) -> Text {
    (first.clone(), second.clone()).prop_map(move |(first, second)| format!("{first}{between}{second}")).boxed()
}

fn optional(element: Text) -> Text {
    prop_oneof![Just(String::new()), element].boxed()
}

fn name() -> Text {
    one_of(&["a", "b", "total", "x1", "Shape", "Some", "_unused"])
}

fn literal() -> Text {
    let strings = any::<String>()
        .prop_map(|text| format!("{text:?}"))
        .prop_filter("as Kiln writes it", |text| !text.contains("\\'") && right_or_none(text));
    prop_oneof![
        4 => any::<u64>().prop_map(|value| value.to_string()),
        1 => any::<u128>().prop_map(|value| format!("{value:#x}")),
        1 => one_of(&["1.5", "1e9", "2.5e-3", "1_0.0_1", "'a'", "'\\n'", "'\\u{1F525}'", "true", "false", "r#\"a\"b\\\"#", "0b1_01"]),
        1 => strings.boxed(),
    ]
    .boxed()
}

fn right_or_none(text: &str) -> bool {
    parse(&format!("const A: str = {text};")).diagnostics.is_empty()
}

fn path(args: &Text) -> Text {
    prop_oneof![
        2 => Just("Self::A".to_owned()).boxed(),
        4 => two(&name(), "::", &name()),
        1 => two(&two(&name(), "(", args), ")::", &name()),
    ]
    .boxed()
}

fn pattern() -> Text {
    let leaf = prop_oneof![
        Just("_".to_owned()).boxed(),
        name(),
        around("mut ", &name(), ""),
        literal(),
        path(&name()),
        one_of(&["-1", "1..=5", "'a'..'z'", "A::B..=4", "3..", "..=5", "-2..=-1"]),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let inner = inner.boxed();
        let tuple = prop_oneof![
            around("(", &list(&inner, 2..4, ", "), ")"),
            around("(", &inner, ",)"),
            around("(", &inner, ")")
        ];
        let fields = prop_oneof![name(), around("mut ", &name(), ""), two(&name(), ": ", &inner)].boxed();
        let rest = one_of(&["", ".."]);
        prop_oneof![
            tuple,
            two(&name(), "(", &around("", &list(&inner, 0..3, ", "), ")")),
            two(
                &path(&name()),
                " { ",
                &two(&around("", &list(&fields, 1..3, ", "), ", "), "", &around("", &rest, " }"))
            ),
            list(&around("(", &inner, ")"), 2..4, " | "),
        ]
    })
    .boxed()
}

fn ty(expr: &Text) -> Text {
    let leaf = prop_oneof![
        one_of(&["i32", "usize", "f64", "bool", "char", "str", "type", "Self", "()", "!", "[u8]", "util.Map", "a::B"]),
        name()
    ];
    let expr = expr.clone();
    leaf.prop_recursive(3, 12, 3, move |inner| {
        let inner = inner.boxed();
        let param = two(&mode(), "", &inner);
        let ret = optional(around(" -> ", &inner, ""));
        let function = two(&around("fn(", &list(&param, 0..3, ", "), ")"), "", &ret);
        let field = two(&name(), ": ", &around("", &inner, ","));
        prop_oneof![
            around("[", &two(&inner, "; ", &expr), "]"),
            around("[", &inner, "]"),
            around("(", &list(&inner, 2..4, ", "), ")"),
            around("(", &inner, ",)"),
            around("(", &inner, ")"),
            around("ptr const ", &inner, ""),
            around("ptr mut ", &inner, ""),
            two(&name(), "(", &around("", &expr, ")")),
            around("struct { ", &list(&field, 0..3, " "), " }"),
            around("enum { A, B(", &inner, ") }"),
            function,
        ]
    })
    .boxed()
}

fn mode() -> Text {
    one_of(&["", "", "borrow ", "inout "])
}

const BINARY: &[&str] = &[" || ", " && ", " | ", " ^ ", " & ", " << ", " >> ", " + ", " - ", " * ", " / ", " % "];
const COMPARE: &[&str] = &[" == ", " != ", " < ", " <= ", " > ", " >= "];

fn operands(inner: &Text) -> Text {
    (inner.clone(), one_of(BINARY), inner.clone()).prop_map(|(lhs, op, rhs)| format!("{lhs}{op}{rhs}")).boxed()
}

/// Expressions of every kind. Those that need parentheses as operands get them.
fn expr() -> Text {
    let leaf = prop_oneof![4 => name(), 3 => literal(), 1 => one_of(&["self", "Self", "i32", "()", "[]", "type"])];
    leaf.prop_recursive(4, 40, 4, |inner| {
        let inner = inner.boxed();
        let paren = around("(", &inner, ")");
        let operand = prop_oneof![name(), literal(), paren.clone()].boxed();
        prop_oneof![2 => operators(&inner, &operand), 2 => postfixes(&inner, &operand), 2 => brackets(&inner), 3 => control(&inner)]
    })
    .boxed()
}

fn operators(inner: &Text, operand: &Text) -> Text {
    let chain =
        (operands(operand), one_of(BINARY), operands(operand)).prop_map(|(a, op, b)| format!("{a}{op}{b}")).boxed();
    let comparison =
        (operand.clone(), one_of(COMPARE), operand.clone()).prop_map(|(a, op, b)| format!("{a}{op}{b}")).boxed();
    let unary =
        (one_of(&["-", "!", "~", "--", "-~!"]), operand.clone()).prop_map(|(op, operand)| op + &operand).boxed();
    let range = two(operand, "..=", operand);
    let jump = prop_oneof![
        around("return ", inner, ""),
        around("break 'a ", inner, ""),
        one_of(&["return", "break", "continue 'a"])
    ];
    prop_oneof![
        operands(operand),
        chain,
        comparison,
        unary,
        range,
        around("comptime ", operand, ""),
        around("(", &jump.boxed(), ")")
    ]
    .boxed()
}

fn postfixes(inner: &Text, operand: &Text) -> Text {
    let arg = two(&mode(), "", inner);
    let args = around("(", &list(&arg, 0..3, ", "), ")");
    let place = prop_oneof![name(), around("(", operand, ")")].boxed();
    prop_oneof![
        two(&place, "", &args),
        two(&place, ".", &two(&name(), "", &args)),
        two(&place, ".", &one_of(&["x", "0", "1.0", "0.1.2", "type"])),
        two(&place, "[", &around("", inner, "]")),
        two(&place, "[", &one_of(&["..]", "1..]", "..=2]"])),
        around("", &place, "?"),
        around("@cast(", inner, ")"),
        around("@size_of(", &ty(&name()), ")")
            .prop_filter("types that are expressions", |text| {
                parse(&format!("const A = {text};")).diagnostics.is_empty()
            })
            .boxed(),
        path(inner),
    ]
    .boxed()
}

fn brackets(inner: &Text) -> Text {
    let field = prop_oneof![name(), two(&name(), ": ", inner)].boxed();
    let head = prop_oneof![name(), Just("Self".to_owned()).boxed(), path(inner), around("Pair(", inner, ")")].boxed();
    let fields =
        prop_oneof![list(&field, 0..3, ", "), two(&list(&field, 1..3, ", "), ", ..", inner), around("..", inner, "")];
    prop_oneof![
        around("(", inner, ")"),
        around("(", inner, ",)"),
        around("(", &list(inner, 2..4, ", "), ")"),
        around("[", &list(inner, 1..4, ", "), "]"),
        around("[", &two(inner, "; ", inner), "]"),
        two(&head, " { ", &around("", &fields.boxed(), " }")),
    ]
    .boxed()
}

fn block(inner: &Text) -> Text {
    let pattern = pattern();
    let place = prop_oneof![name(), two(&name(), ".", &name())].boxed();
    let value = around(" = ", inner, "");
    let annotation = optional(around(": ", &ty(&name()), ""));
    let paren = around("(", inner, ")");
    let stmt = prop_oneof![
        3 => around("let ", &two(&two(&pattern, "", &annotation), "", &value), ";"),
        1 => around("let ", &two(&pattern, " = ", &paren), " else { return; };"),
        3 => two(&place, "", &around("", &value, ";")),
        1 => two(&place, " += ", &around("", inner, ";")),
        3 => around("", inner, ";"),
        1 => around("@allow(unused_mut, unused_variable) ", inner, ";"),
        1 => around("const K: i32 = ", inner, ";"),
        1 => around("if a { ", inner, " }"),
        1 => around("fn inner() { ", inner, " }"),
    ]
    .boxed();
    two(&around("{ ", &list(&stmt, 0..3, "\n"), ""), " ", &around("", &optional(inner.clone()), " }"))
}

fn control(inner: &Text) -> Text {
    let block = block(inner);
    let paren = around("(", inner, ")");
    let cond = prop_oneof![name(), paren.clone(), around("let ", &two(&pattern(), " = ", &paren), "")].boxed();
    let then = two(&cond, " ", &block);
    let label = one_of(&["", "'a: "]);
    let guard = optional(around(" if ", &paren, ""));
    let arm = two(&two(&pattern(), "", &guard), " => ", &around("", inner, ","));
    prop_oneof![
        block.clone(),
        around("checked ", &block, ""),
        around("comptime ", &block, ""),
        around("if ", &then, ""),
        around("if ", &two(&then, " else ", &block), ""),
        around("if ", &two(&then, " else if ", &two(&then, " else ", &block)), ""),
        around("match ", &two(&paren, " { ", &around("", &list(&arm, 0..3, " "), " }")), ""),
        around("comptime match ", &two(&paren, " { ", &around("", &list(&arm, 0..3, " "), " }")), ""),
        two(&label, "while ", &then),
        two(&label, "loop ", &block),
        two(&label, "for ", &two(&pattern(), " in ", &two(&paren, " ", &block))),
    ]
    .boxed()
}

fn function(inner: &Text) -> Text {
    let ty = ty(&name());
    let param = two(&two(&one_of(&["", "comptime "]), "", &mode()), "", &two(&name(), ": ", &ty));
    let receiver = one_of(&["", "self, ", "borrow self, ", "inout self, "]);
    let params = two(&receiver, "", &list(&param, 0..3, ", "));
    let head = two(&one_of(&["fn ", "unchecked fn "]), "", &two(&name(), "(", &around("", &params, ")")));
    two(&two(&head, "", &optional(around(" -> ", &ty, ""))), " ", &block(inner))
}

fn item() -> Text {
    let inner = expr();
    let ty = ty(&inner);
    let docs = one_of(&[
        "",
        "",
        "/// One.\n///   Two\n///\n",
        "@allow(unused_function) ",
        "pub ",
        "@allow(unused_function) pub ",
    ]);
    let function = function(&inner);
    let field = two(&one_of(&["", "pub ", "/// A field.\n"]), "", &two(&name(), ": ", &around("", &ty, ",")));
    let method = two(&docs, "", &function);
    let destructor = around("drop fn(self) ", &block(&inner), "");
    let methods =
        prop_oneof![3 => list(&method, 0..2, " "), 1 => two(&destructor, " ", &list(&method, 0..2, " "))].boxed();
    let kind = one_of(&["struct ", "linear struct "]);
    let variant = prop_oneof![
        name(),
        two(&name(), "(", &around("", &list(&ty, 1..3, ", "), ")")),
        two(&name(), " { ", &around("", &list(&field, 0..3, " "), " }")),
        two(&name(), " = ", &inner),
    ]
    .boxed();
    let variants = around("", &list(&around("", &variant, ","), 0..3, " "), " ");
    prop_oneof![
        3 => two(&docs, "", &function),
        1 => two(&docs, "", &two(&two(&kind, "", &name()), " { ", &two(&list(&field, 0..3, " "), " ", &around("", &methods, " }")))),
        1 => two(&docs, "", &two(&around("enum ", &name(), " { "), "", &two(&variants, " ", &around("", &methods, " }")))),
        1 => around("const K: ", &two(&ty, " = ", &inner), ";"),
        1 => around("extern \"C\" fn f(a: ", &ty, ", ...) -> i32;"),
        1 => around("drop fn P(self) ", &block(&inner), ""),
        1 => around("test \"a \\\"b\\\"\" ", &block(&inner), ""),
    ]
    .boxed()
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 300, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn expressions(text in expr()) {
        check(&format!("fn f() {{ let x = {text}; }}"));
    }

    #[test]
    fn types_and_patterns(ty in ty(&name()), pattern in pattern()) {
        check(&format!("fn f(a: {ty}) -> {ty} {{ match a {{ {pattern} => 0 }} }}"));
    }

    #[test]
    fn programs(items in prop::collection::vec(item(), 0..4)) {
        check(&items.join("\n"));
    }
}

#[test]
fn the_programs_of_this_repository() {
    let mut folders = vec![
        std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples")),
        concat!(env!("CARGO_MANIFEST_DIR"), "/../std").into(),
    ];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "kiln") {
                check(&std::fs::read_to_string(&path).unwrap());
            }
        }
    }
}

#[test]
fn a_print_is_readable() {
    let text = "pub fn f(a:i32)->i32{let x=a+1;if x>2{return x;}match x{0=>1,_=>{2}}}";
    let printed = "pub fn f(a: i32) -> i32 {\n    let x = a + 1;\n    if x > 2 {\n        return x;\n    }\n    match x {\n        0 => 1,\n        _ => {\n            2\n        },\n    }\n}\n";
    assert_eq!(right(text).print(), printed);
}
