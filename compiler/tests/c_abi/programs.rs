//! A Kiln program and a C program that call each other by all signatures and compare every part of every value.

use crate::signatures::{Random, Signature, Ty, World};
use std::fmt::Write;

/// The two programs.
pub struct Programs {
    pub kiln: String,
    pub c: String,
}

/// A scalar part of a value: how it is reached from the value, its type, and what it is, in both languages.
struct Leaf {
    path: String,
    kiln: String,
    c: String,
    is_callback: bool,
}

pub fn c_type(ty: &Ty) -> String {
    match ty {
        Ty::Int { bits: 128, signed } => if *signed { "__int128" } else { "unsigned __int128" }.to_owned(),
        Ty::Int { bits, signed } => format!("{}int{bits}_t", if *signed { "" } else { "u" }),
        Ty::Size => "size_t".to_owned(),
        Ty::F32 => "float".to_owned(),
        Ty::F64 => "double".to_owned(),
        Ty::Bool => "_Bool".to_owned(),
        Ty::Char => "uint32_t".to_owned(),
        Ty::Ptr => "const uint8_t *".to_owned(),
        Ty::Color => "color".to_owned(),
        Ty::Callback => "callback".to_owned(),
        Ty::Struct(number) => format!("s{number}"),
        Ty::Array(..) => unreachable!("arrays are declared with their name"),
    }
}

fn c_declaration(ty: &Ty, name: &str) -> String {
    match ty {
        Ty::Array(elem, len) => c_declaration(elem, &format!("{name}[{len}]")),
        _ => format!("{} {name}", c_type(ty)),
    }
}

pub fn kiln_type(ty: &Ty) -> String {
    match ty {
        Ty::Int { bits, signed } => format!("{}{bits}", if *signed { "i" } else { "u" }),
        Ty::Size => "usize".to_owned(),
        Ty::F32 => "f32".to_owned(),
        Ty::F64 => "f64".to_owned(),
        Ty::Bool => "bool".to_owned(),
        Ty::Char => "char".to_owned(),
        Ty::Ptr => "ptr const u8".to_owned(),
        Ty::Color => "Color".to_owned(),
        Ty::Callback => "extern \"C\" fn(i32) -> i32".to_owned(),
        Ty::Struct(number) => format!("S{number}"),
        Ty::Array(elem, len) => format!("[{}; {len}]", kiln_type(elem)),
    }
}

/// The structs in C, and what they are made of.
pub fn c_types(world: &World) -> String {
    let mut text = String::from(
        "#include <stdint.h>\n#include <stddef.h>\ntypedef uint8_t color;\ntypedef int32_t (*callback)(int32_t);\n",
    );
    for (number, fields) in world.structs.iter().enumerate() {
        let fields =
            fields.iter().enumerate().map(|(index, ty)| format!(" {};", c_declaration(ty, &format!("f{index}"))));
        let _ = writeln!(text, "typedef struct {{{} }} s{number};", fields.collect::<String>());
    }
    text
}

/// The structs in Kiln.
pub fn kiln_types(world: &World) -> String {
    let mut text = String::from("@copy enum Color { Red, Green, Blue }\n");
    for (number, fields) in world.structs.iter().enumerate() {
        let fields = fields.iter().enumerate().map(|(index, ty)| format!("f{index}: {}", kiln_type(ty)));
        let _ = writeln!(text, "@copy struct S{number} {{ {} }}", fields.collect::<Vec<_>>().join(", "));
    }
    text
}

/// Makes values by chance.
struct Values<'w> {
    world: &'w World,
    random: Random,
}

impl Values<'_> {
    /// A value as an expression of Kiln, and its parts.
    fn value(&mut self, ty: &Ty, path: &str, leaves: &mut Vec<Leaf>) -> String {
        let (kiln, c) = match ty {
            Ty::Struct(number) => {
                let fields = &self.world.structs[*number];
                let fields = fields.iter().enumerate().map(|(index, ty)| {
                    let value = self.value(ty, &format!("{path}.f{index}"), leaves);
                    format!("f{index}: {value}")
                });
                return format!("S{number} {{ {} }}", fields.collect::<Vec<_>>().join(", "));
            }
            Ty::Array(elem, len) => {
                let elems = (0..*len).map(|index| self.value(elem, &format!("{path}[{index}]"), leaves));
                return format!("[{}]", elems.collect::<Vec<_>>().join(", "));
            }
            ty => self.scalar(ty),
        };
        let is_callback = *ty == Ty::Callback;
        let read = if *ty == Ty::Ptr { format!("checked {{ @ptr_to_int({path}) }}") } else { path.to_owned() };
        let value = if *ty == Ty::Ptr { format!("checked {{ @int_to_ptr({kiln}) }}") } else { kiln.clone() };
        let path = path.to_owned();
        leaves.push(Leaf { path, kiln: format!("{read} == {kiln}"), c, is_callback });
        value
    }

    /// A scalar in Kiln and in C.
    fn scalar(&mut self, ty: &Ty) -> (String, String) {
        let bits = self.random.next();
        let same = |text: String| (text.clone(), text);
        match ty {
            Ty::Int { bits: 128, signed } => {
                let high = self.random.next() >> 1;
                let value = u128::from(high) << 64 | u128::from(bits);
                let c = format!("((unsigned __int128){high}u << 64 | {bits}u)");
                if *signed { (format!("-{value}"), format!("(-(__int128){c})")) } else { (value.to_string(), c) }
            }
            Ty::Int { bits: width, signed: true } => {
                let value = (bits as i64) >> (64 - width);
                same(if value == i64::MIN { "-7".to_owned() } else { value.to_string() })
            }
            Ty::Int { bits: width, signed: false } => same((bits >> (64 - width)).to_string()),
            // Half of a 32-bit address space.
            Ty::Size | Ty::Ptr => same((bits >> 33).to_string()),
            Ty::F32 => same(format!("{:.3}", f64::from((bits >> 45) as i32 - (1 << 18)) / 8.0)),
            Ty::F64 => same(format!("{:.6}", ((bits >> 20) as i64 - (1 << 43)) as f64 / 64.0)),
            Ty::Bool if bits & 256 == 0 => ("false".to_owned(), "0".to_owned()),
            Ty::Bool => ("true".to_owned(), "1".to_owned()),
            Ty::Char => {
                let value = 0x20 + (bits >> 50);
                (format!("'\\u{{{value:x}}}'"), value.to_string())
            }
            Ty::Color => {
                let value = (bits >> 9) % 3;
                (format!("Color::{}", ["Red", "Green", "Blue"][value as usize]), value.to_string())
            }
            Ty::Callback => ("k_callback".to_owned(), "c_callback".to_owned()),
            Ty::Struct(_) | Ty::Array(..) => unreachable!("no scalars"),
        }
    }
}

impl Programs {
    pub fn new(world: &World) -> Programs {
        let mut values = Values { world, random: Random(0xD1B5_4A32_D192_ED03) };
        let mut c = c_types(world);
        c.push_str(C_START);
        let mut kiln = kiln_types(world);
        kiln.push_str(KILN_START);
        let (mut from_kiln, mut from_c) = (String::new(), String::new());
        for (number, signature) in world.signatures.iter().enumerate() {
            values.write(&mut kiln, &mut c, number, signature);
            let _ = writeln!(from_kiln, "    call_{number}();");
            let _ = writeln!(from_c, "    call_{number}();");
        }
        for (number, types) in world.variadic.iter().enumerate() {
            values.write_variadic(&mut kiln, &mut c, number, types);
            let _ = writeln!(from_kiln, "    vary_{number}();");
        }
        let _ = write!(kiln, "fn main() -> i32 {{\n{from_kiln}    checked {{ c_run() }}\n}}\n");
        let _ = write!(c, "int32_t c_run(void) {{\n{from_c}    return failures;\n}}\n");
        Programs { kiln, c }
    }
}

impl Values<'_> {
    /// A function on each side, and a call of it on the other. The same values go both ways.
    fn write(&mut self, kiln: &mut String, c: &mut String, number: usize, signature: &Signature) {
        let mut leaves = Vec::new();
        let mut values = Vec::new();
        for (index, ty) in signature.params.iter().enumerate() {
            values.push(self.value(ty, &format!("a{index}"), &mut leaves));
        }
        let mut returned = Vec::new();
        let result = signature.ret.as_ref().map(|ty| self.value(ty, "r", &mut returned));
        self.write_kiln(kiln, number, signature, (&leaves, &values), (&returned, result.as_deref()));
        write_c(c, number, signature, &leaves, &returned);
    }

    fn write_kiln(
        &self,
        out: &mut String,
        number: usize,
        signature: &Signature,
        (leaves, values): (&[Leaf], &[String]),
        (returned, result): (&[Leaf], Option<&str>),
    ) {
        let params = signature.params.iter().enumerate().map(|(index, ty)| format!("a{index}: {}", kiln_type(ty)));
        let params = params.collect::<Vec<_>>().join(", ");
        let ret = signature.ret.as_ref().map_or(String::new(), |ty| format!(" -> {}", kiln_type(ty)));
        let _ = writeln!(out, "extern \"C\" fn c_{number}({params}){ret};");
        let _ = writeln!(out, "export \"C\" fn k_{number}({params}){ret} {{");
        check_in_kiln(out, number, 1000, leaves);
        let _ = writeln!(out, "    {}\n}}", result.unwrap_or(""));
        let _ = writeln!(out, "fn call_{number}() {{");
        for (index, (ty, value)) in signature.params.iter().zip(values).enumerate() {
            let _ = writeln!(out, "    let a{index}: {} = {value};", kiln_type(ty));
        }
        let args = (0..values.len()).map(|index| format!("a{index}")).collect::<Vec<_>>().join(", ");
        let binding = if signature.ret.is_some() { "let r = " } else { "" };
        let _ = writeln!(out, "    {binding}checked {{ c_{number}({args}) }};");
        check_in_kiln(out, number, 2000, returned);
        out.push_str("}\n");
    }

    /// A variadic function in C and a call of it.
    fn write_variadic(&mut self, kiln: &mut String, c: &mut String, number: usize, types: &[Ty]) {
        let _ = writeln!(kiln, "extern \"C\" fn v_{number}(first: i8, ...) -> i32;\nfn vary_{number}() {{");
        let _ = writeln!(c, "int32_t v_{number}(int8_t first, ...) {{\n    va_list list;\n    va_start(list, first);");
        let _ = writeln!(c, "    check(first == -9, {number}, 3000);");
        let mut args = String::new();
        for (index, ty) in types.iter().enumerate() {
            let mut leaves = Vec::new();
            let value = self.value(ty, &format!("a{index}"), &mut leaves);
            let _ = writeln!(kiln, "    let a{index}: {} = {value};", kiln_type(ty));
            let _ = write!(args, ", a{index}");
            let promoted = match ty {
                Ty::F32 => "double".to_owned(),
                Ty::Bool | Ty::Int { bits: 8 | 16, .. } => "int".to_owned(),
                ty => c_type(ty),
            };
            let (expected, at) = (&leaves[0].c, 3001 + index);
            let _ = writeln!(c, "    check(va_arg(list, {promoted}) == ({promoted}){expected}, {number}, {at});");
        }
        let _ = writeln!(c, "    va_end(list);\n    return {number};\n}}");
        let _ = writeln!(kiln, "    expect(checked {{ v_{number}(-9{args}) }} == {number}, {number}, 3999);\n}}");
    }
}

fn check_in_kiln(out: &mut String, number: usize, base: usize, leaves: &[Leaf]) {
    for (index, Leaf { path, kiln, is_callback, .. }) in leaves.iter().enumerate() {
        let at = base + index;
        let check = if *is_callback { format!("checked {{ ({path})(20) }} == 41") } else { kiln.clone() };
        let _ = writeln!(out, "    expect({check}, {number}, {at});");
    }
}

fn write_c(out: &mut String, number: usize, signature: &Signature, leaves: &[Leaf], returned: &[Leaf]) {
    let params = signature.params.iter().enumerate().map(|(index, ty)| c_declaration(ty, &format!("a{index}")));
    let params = params.collect::<Vec<_>>().join(", ");
    let params = if params.is_empty() { "void" } else { &params };
    let ret = signature.ret.as_ref().map_or("void".to_owned(), c_type);
    let check = |out: &mut String, base: usize, leaves: &[Leaf]| {
        for (index, Leaf { path, c, is_callback, .. }) in leaves.iter().enumerate() {
            let at = base + index;
            let check = match is_callback {
                true => format!("{path}(20) == 41"),
                false => format!("{path} == (__typeof__({path})){c}"),
            };
            let _ = writeln!(out, "    check({check}, {number}, {at});");
        }
    };
    let set = |out: &mut String, leaves: &[Leaf]| {
        for Leaf { path, c, .. } in leaves {
            let _ = writeln!(out, "    {path} = (__typeof__({path})){c};");
        }
    };
    let _ = writeln!(out, "{ret} k_{number}({params});\n{ret} c_{number}({params}) {{");
    check(out, 0, leaves);
    if signature.ret.is_some() {
        let _ = writeln!(out, "    {ret} r;\n    memset(&r, 0xA5, sizeof r);");
        set(out, returned);
        out.push_str("    return r;\n");
    }
    let _ = writeln!(out, "}}\nstatic void call_{number}(void) {{");
    for (index, ty) in signature.params.iter().enumerate() {
        let _ = writeln!(out, "    {} a{index};\n    memset(&a{index}, 0x5A, sizeof a{index});", c_type(ty));
    }
    set(out, leaves);
    let args = (0..signature.params.len()).map(|index| format!("a{index}")).collect::<Vec<_>>().join(", ");
    match signature.ret {
        Some(_) => {
            let _ = writeln!(out, "    {ret} r = k_{number}({args});");
            check(out, 4000, returned);
        }
        None => {
            let _ = writeln!(out, "    k_{number}({args});");
        }
    }
    out.push_str("}\n");
}

const C_START: &str = "#include <stdarg.h>
#include <stdio.h>
#include <string.h>
static int failures;
void note(int32_t number, int32_t at) {
    printf(\"signature %d differs at %d\\n\", number, at);
    failures = 1;
}
static void check(int same, int number, int at) {
    if (!same) note(number, at);
}
static int32_t c_callback(int32_t x) { return x * 2 + 1; }
";

const KILN_START: &str = "extern \"C\" fn note(number: i32, at: i32);
extern \"C\" fn c_run() -> i32;
fn k_callback(x: i32) -> i32 { x + 21 }
fn expect(same: bool, number: i32, at: i32) { if !same { checked { note(number, at) } } }
";
