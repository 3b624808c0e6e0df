//! Structs, enums, consts and functions.

use crate::Pick;
use crate::body::Body;
use crate::scope::{Const, Function, Items, Kind, Mode, Param};
use crate::ty::{Decl, INTS, Int, Ty, U32, Variant};

/// The name of the parameter that bounds recursion.
const FUEL: &str = "fuel";

/// A struct or enum. Methods are put where `{methods N}` stands.
pub fn type_item(items: &mut Items, pick: &Pick<'_>) -> String {
    let number = items.types.len();
    let body = Body::new(items, true);
    let types = |pick: &Pick<'_>| -> Vec<Ty> {
        let count = 1 + pick.take(3);
        (0..count).map(|_| body.ty(pick, 1)).collect()
    };
    if pick.take(2) == 0 {
        let fields = types(pick);
        let list: Vec<String> = fields.iter().enumerate().map(|(at, field)| format!("x{at}: {field}, ")).collect();
        items.types.push(Decl::Struct(fields));
        return format!("@copy\nstruct S{number} {{ {}\u{1}{number}\u{1}}}\n", list.concat());
    }
    let count = 1 + pick.take(4);
    let plain = pick.take(3) == 0;
    let variants: Vec<Variant> = (0..count)
        .map(|at| match pick.part(at) {
            _ if plain => Variant::Unit,
            part => match part.take(3) {
                0 => Variant::Unit,
                1 => Variant::Tuple(types(&part)),
                _ => Variant::Struct(types(&part)),
            },
        })
        .collect();
    let text: Vec<String> = variants.iter().enumerate().map(|(at, variant)| declared(variant, at)).collect();
    let first = if plain { pick.of(&["", " = -1", " = 200", " = 70000"]) } else { "" };
    items.types.push(Decl::Enum(variants));
    format!("@copy\nenum E{number} {{ {} }}\n", text.join(", ").replacen("V0", &format!("V0{first}"), 1))
}

fn declared(variant: &Variant, at: usize) -> String {
    let types = variant.payload().iter();
    match variant {
        Variant::Unit => format!("V{at}"),
        Variant::Tuple(_) => format!("V{at}({})", types.map(ToString::to_string).collect::<Vec<_>>().join(", ")),
        Variant::Struct(_) => {
            let fields: Vec<String> = types.enumerate().map(|(at, ty)| format!("y{at}: {ty}")).collect();
            format!("V{at} {{ {} }}", fields.join(", "))
        }
    }
}

/// `const K: T = value;`
pub fn const_item(items: &mut Items, pick: &Pick<'_>) -> String {
    let mut body = Body::new(items, true);
    let ty = body.ty(pick, 2);
    let value = body.at_comptime(|body| body.expr(&pick.part(0), &ty, true).text);
    let name = items.fresh("K");
    items.consts.push(Const { name: name.clone(), ty: ty.clone() });
    format!("const {name}: {ty} = {value};\n")
}

/// A function of any kind; for a method also the number of its struct.
pub fn function_item(items: &mut Items, pick: &Pick<'_>) -> (Option<usize>, String) {
    let name = items.fresh("fun");
    let (safe, kind) = (pick.take(2) == 0, pick.take(10));
    let structs: Vec<usize> = (0..items.types.len()).filter(|at| matches!(items.types[*at], Decl::Struct(_))).collect();
    let kind = match kind {
        6 => Kind::Generic,
        7 => return (None, type_maker(items, pick)),
        8 | 9 if !structs.is_empty() => Kind::Method(pick.of(&structs)),
        _ => Kind::Plain,
    };
    let mut body = Body::new(items, safe);
    body.generic = kind == Kind::Generic;
    if let Kind::Method(_) = kind {
        body.indent += 1;
    }
    let mut function = signature(&body, pick, name, kind);
    let text = function_text(&mut body, pick, &mut function);
    let method = if let Kind::Method(number) = function.kind { Some(number) } else { None };
    items.functions.push(function);
    (method, text)
}

/// Name, parameters and result.
fn signature(body: &Body<'_>, pick: &Pick<'_>, name: String, kind: Kind) -> Function {
    let mut params = Vec::new();
    if let Kind::Method(number) = kind {
        let mode = pick.of(&[Mode::Borrow, Mode::Inout, Mode::Value]);
        params.push(Param { mode, ty: Ty::Struct(number) });
    }
    let fuel = kind == Kind::Plain && pick.take(4) == 3;
    if fuel {
        params.push(Param { mode: Mode::Value, ty: U32 });
    }
    for _ in 0..pick.take(4) {
        let mode = pick.of(&[Mode::Value, Mode::Value, Mode::Inout, Mode::Borrow, Mode::View, Mode::InoutView]);
        params.push(Param { mode, ty: body.ty(pick, if mode == Mode::Value { 2 } else { 1 }) });
    }
    let result = if body.generic && pick.take(2) == 0 { Ty::Int(Int::Param) } else { body.ty(pick, 2) };
    Function { name, kind, params, result, safe: body.safe, cost: 0, fuel }
}

fn function_text(body: &mut Body<'_>, pick: &Pick<'_>, function: &mut Function) -> String {
    let mut list = Vec::new();
    if function.kind == Kind::Generic {
        list.push("comptime T: type".to_owned());
    }
    let mut views = Vec::new();
    for (at, param) in function.params.iter().enumerate() {
        let name = match &function.kind {
            Kind::Method(_) if at == 0 => "self".to_owned(),
            _ if function.fuel && at == 0 => FUEL.to_owned(),
            _ => format!("q{at}"),
        };
        let mode = match param.mode {
            Mode::Value => "",
            Mode::Borrow | Mode::View => "borrow ",
            Mode::Inout | Mode::InoutView => "inout ",
        };
        if matches!(param.mode, Mode::View | Mode::InoutView) {
            list.push(format!("{mode}{name}: [{}]", param.ty));
            views.push((name, param.clone()));
            continue;
        }
        list.push(if name == "self" { format!("{mode}self") } else { format!("{mode}{name}: {}", param.ty) });
        body.declare(&name, param.ty.clone(), param.mode == Mode::Inout);
    }
    body.result = Some(function.result.clone());
    let line = body.line();
    let mut text = String::new();
    if function.fuel {
        let end = body.expr(&pick.part(1), &function.result, true).text;
        text.push_str(&format!("{line}if {FUEL} == 0 {{ return {end}; }}"));
        body.again = Some(function.clone());
    }
    for (name, param) in views {
        text.push_str(&over_view(body, pick, &name, &param));
    }
    for part in pick.parts(1) {
        text.push_str(&body.statement(&part));
    }
    let value = body.expr(&pick.part(0), &function.result, true).text;
    function.cost = 5 + body.cost.saturating_mul(if function.fuel { 5 } else { 1 });
    let indent = "    ".repeat(body.indent - 1);
    let (name, result) = (&function.name, &function.result);
    format!("{indent}fn {name}({}) -> {result} {{{text}{line}{value}\n{indent}}}\n", list.join(", "))
}

/// Reads all elements of a view, and writes them if it may.
fn over_view(body: &mut Body<'_>, pick: &Pick<'_>, view: &str, param: &Param) -> String {
    let (line, last, at) = (body.line(), body.items.fresh("w"), body.items.fresh("j"));
    let (inout, ty) = (param.mode == Mode::InoutView, &param.ty);
    let first = body.expr(&pick.part(2), ty, true).text;
    body.declare(&last, ty.clone(), true);
    let inner = body.repeated(33, |body| {
        let value = body.expr(&pick.part(3), ty, true).text;
        let line = format!("{line}    ");
        if inout {
            format!("{line}{view}[{at}] = {value};{line}{last} = {view}[{view}.len() - 1 - {at}];")
        } else {
            format!("{line}if {view}[{at}] == {last} {{ {last} = {value}; }} else {{ {last} = {view}[{at}]; }}")
        }
    });
    format!("{line}let mut {last}: {ty} = {first};{line}for {at} in 0..{view}.len() {{{inner}{line}}}")
}

/// `fn G(comptime T: type) -> type { struct { … } }`
fn type_maker(items: &mut Items, pick: &Pick<'_>) -> String {
    let name = items.fresh("G");
    let t = Ty::Int(Int::Param);
    let mut body = Body::new(items, true);
    (body.generic, body.indent) = (true, 3);
    body.declare("v", t.clone(), false);
    let new = body.expr(&pick.part(0), &t, true).text;
    body.declare("old", t.clone(), false);
    let swap = body.expr(&pick.part(1), &t, true).text;
    let get = body.expr(&pick.part(2), &t, true).text;
    let cost = 20 + body.cost;
    let len = 1 + pick.take(3);
    let params = vec![Param { mode: Mode::Value, ty: t.clone() }; 2];
    items.functions.push(Function {
        name: name.clone(),
        kind: Kind::TypeMaker,
        params,
        result: t,
        safe: true,
        cost,
        fuel: false,
    });
    format!(
        "fn {name}(comptime T: type) -> type {{
    struct {{
        value: [T; {len}],
        turns: u32,
        fn new(v: T) -> Self {{ Self {{ value: [{new}; {len}], turns: 0 }} }}
        fn swap(inout self, v: T) -> T {{
            let old = self.value[0];
            self.value[self.turns % {len}] = {swap};
            self.turns += 1;
            old
        }}
        fn get(borrow self) -> T {{
            let v = self.value[0];
            let old = self.value[{len} - 1];
            {get}
        }}
    }}
}}
"
    )
}

/// Functions that every program has: those that the compiler does not look through, and those that hide the bits of NaN.
pub fn helpers(items: &Items) -> String {
    let mut text = String::from("fn k_T(comptime T: type, x: T) -> T { x }\n");
    let all: Vec<&String> = items.opaque.iter().collect();
    for ty in all {
        let is_name = ty.bytes().all(|byte| byte.is_ascii_alphanumeric());
        debug_assert!(is_name, "only types with names have such a function");
        text.push_str(&format!("fn k_{ty}(x: {ty}) -> {ty} {{ x }}\n"));
    }
    for (float, bits) in [("f32", "u32"), ("f64", "u64")] {
        text.push_str(&format!(
            "fn bits_{float}(x: {float}) -> {bits} {{ if x == x {{ @bit_cast(x) }} else {{ 1 }} }}\n"
        ));
        text.push_str(&format!("fn quiet_{float}(x: {float}) -> {float} {{ if x == x {{ x }} else {{ 1.0 }} }}\n"));
    }
    debug_assert!(INTS.len() == 12);
    text
}
