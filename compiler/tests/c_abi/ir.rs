//! LLVM's signatures of C functions for other machines: those that Kiln makes are those that clang makes.
//!
//! Both spell some things in several ways; what is the same for the machine is made the same text first.

use crate::common::Place;
use crate::has;
use crate::programs::{c_type, c_types, kiln_type, kiln_types};
use crate::signatures::{Signature, Ty, World};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::process::Command;

const CLANG: &str = "clang-22";

/// A machine, how clang is to be called for it, and whether C has 128-bit integers there.
struct Machine {
    target: &'static str,
    clang: &'static [&'static str],
    wide: bool,
}

#[test]
fn i386() {
    compare(&Machine { target: "i686-unknown-linux-gnu", clang: &[], wide: false });
}

#[test]
fn aarch64() {
    compare(&Machine { target: "aarch64-unknown-linux-gnu", clang: &[], wide: true });
}

#[test]
fn armv7() {
    let clang = &["-mfloat-abi=hard", "-mfpu=vfpv3-d16"];
    compare(&Machine { target: "armv7-unknown-linux-gnueabihf", clang, wide: false });
}

#[test]
fn riscv64() {
    let clang = &["-march=rv64gc", "-mabi=lp64d"];
    compare(&Machine { target: "riscv64-unknown-linux-gnu", clang, wide: true });
}

#[test]
fn riscv32() {
    let clang = &["-march=rv32imac", "-mabi=ilp32"];
    compare(&Machine { target: "riscv32-unknown-none-elf", clang, wide: false });
}

#[test]
fn wasm32() {
    compare(&Machine { target: "wasm32-unknown-unknown", clang: &[], wide: false });
}

#[test]
fn x86_64_windows() {
    compare(&Machine { target: "x86_64-pc-windows-msvc", clang: &[], wide: false });
}

fn compare(machine: &Machine) {
    if !has(CLANG) {
        println!("skipped: there is no {CLANG}");
        return;
    }
    let world = World::new(30, machine.wide);
    let place = Place::with_main(kiln_program(&world)).file("c.c", c_program(&world));
    let ours = place.kiln(&["build", "main.kiln", "--target", machine.target, "--emit", "asm"]);
    ours.accepted();
    let target = format!("--target={}", machine.target);
    let mut clang = Command::new(CLANG);
    clang.args([
        &target,
        "-S",
        "-emit-llvm",
        "-O1",
        "-Xclang",
        "-disable-llvm-passes",
        "-ffreestanding",
        "-w",
        "-std=gnu11",
    ]);
    let theirs = clang.args(machine.clang).args(["c.c", "-o", "-"]).current_dir(place.path("")).output();
    let theirs = theirs.expect("it was there just now");
    assert!(theirs.status.success(), "{}", String::from_utf8_lossy(&theirs.stderr));
    let (ours, theirs) = (Module::read(&ours.stdout), Module::read(&String::from_utf8_lossy(&theirs.stdout)));
    let mut wrong = String::new();
    for (number, signature) in world.signatures.iter().enumerate() {
        let name = format!("k_{number}");
        let of = |module: &Module| module.signature(&name, signature, machine);
        let (ours, theirs) = (of(&ours), of(&theirs));
        if ours != theirs {
            let _ = writeln!(wrong, "{name} {signature:?}\n  kiln:  {ours}\n  clang: {theirs}");
        }
    }
    assert!(wrong.is_empty(), "{}:\n{wrong}", machine.target);
}

fn kiln_program(world: &World) -> String {
    let mut text = kiln_types(world);
    for (number, signature) in world.signatures.iter().enumerate() {
        let params = signature.params.iter().enumerate().map(|(index, ty)| format!("a{index}: {}", kiln_type(ty)));
        let params = params.collect::<Vec<_>>().join(", ");
        let ret = signature.ret.as_ref().map_or(String::new(), |ty| format!(" -> {}", kiln_type(ty)));
        // Any value of the type will do.
        let (more, result) = match &signature.ret {
            Some(ty) => {
                (format!("extern \"C\" fn r_{number}() -> {};\n", kiln_type(ty)), format!("checked {{ r_{number}() }}"))
            }
            None => (String::new(), String::new()),
        };
        let _ = writeln!(text, "{more}export \"C\" fn k_{number}({params}){ret} {{ {result} }}");
    }
    text.push_str("fn main() {}\n");
    text
}

fn c_program(world: &World) -> String {
    let mut text = c_types(world);
    for (number, signature) in world.signatures.iter().enumerate() {
        let params = signature.params.iter().enumerate().map(|(index, ty)| format!("{} a{index}", c_type(ty)));
        let params = params.collect::<Vec<_>>().join(", ");
        let ret = signature.ret.as_ref().map_or("void".to_owned(), c_type);
        let params = if params.is_empty() { "void" } else { &params };
        let _ = match signature.ret {
            Some(_) => writeln!(text, "{ret} r_{number}(void);\n{ret} k_{number}({params}) {{ return r_{number}(); }}"),
            None => writeln!(text, "void k_{number}({params}) {{}}"),
        };
    }
    text
}

/// The signatures and types of a module in LLVM's text.
struct Module {
    /// Lines `define … @name(…)` by name: what stands before the name, and the parameters.
    functions: BTreeMap<String, (String, Vec<String>)>,
    /// Structs by name: their parts.
    types: BTreeMap<String, String>,
}

impl Module {
    fn read(text: &str) -> Module {
        let (mut functions, mut types) = (BTreeMap::new(), BTreeMap::new());
        for line in text.lines() {
            if let Some((name, parts)) = line.split_once(" = type ") {
                types.insert(name.to_owned(), parts.to_owned());
            }
            if !line.starts_with("define ") {
                continue;
            }
            let Some((before, after)) = line["define ".len()..].split_once(" @") else { continue };
            let Some((name, params)) = after.split_once('(') else { continue };
            functions.insert(name.to_owned(), (before.to_owned(), split(params)));
        }
        Module { functions, types }
    }

    /// A signature in words that both compilers have in common.
    fn signature(&self, name: &str, of: &Signature, machine: &Machine) -> String {
        let Some((before, params)) = self.functions.get(name) else { return "is missing".to_owned() };
        let returned = self.value(before, matches!(of.ret, Some(Ty::Struct(_))), machine);
        let params: Vec<String> = params.iter().map(|param| self.value(param, false, machine)).collect();
        let params = if machine.target.starts_with("i686") { stack_words(&params) } else { params.join(", ") };
        format!("{returned} ({params})")
    }

    /// A parameter or result: its type, and what is said of it that matters.
    fn value(&self, text: &str, is_returned_struct: bool, machine: &Machine) -> String {
        for kind in ["sret", "byval"] {
            let Some((_, ty)) = text.split_once(&format!("{kind}(")) else { continue };
            let ty = &ty[..matching(ty)];
            let align = text.split_once("align ").and_then(|(_, rest)| rest.split([' ', ',']).next()).unwrap_or("1");
            let by_address = machine.target.starts_with("wasm32") && kind == "byval";
            return match by_address {
                // The same thing there.
                true => "ptr".to_owned(),
                false => format!("{kind} {} align {align}", self.layout(ty, machine).0),
            };
        }
        let extension = ["signext", "zeroext"].into_iter().find(|word| text.contains(word)).unwrap_or("");
        let ty = find_type(text).unwrap_or_else(|| panic!("no type in `{text}`"));
        let mut parts = Vec::new();
        self.flatten(ty, &mut parts);
        if ty.starts_with('[') {
            // clang keeps addresses in words apart from integers, for other kinds of addresses than ours.
            parts.iter_mut().filter(|part| *part == "ptr").for_each(|part| *part = "i64".to_owned());
        }
        if let ([only], true) = (&mut parts[..], is_returned_struct)
            && only.starts_with('i')
        {
            // Which bits of the register mean nothing is not told in the same way.
            *only = "int".to_owned();
        }
        let parts = parts.join(" ");
        if extension.is_empty() { parts } else { format!("{parts} {extension}") }
    }

    /// The scalars of a type.
    fn flatten(&self, ty: &str, parts: &mut Vec<String>) {
        if let Some(named) = self.types.get(ty) {
            return self.flatten(named, parts);
        }
        if let Some(inner) = ty.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')) {
            return split(&format!("{inner})")).iter().for_each(|part| self.flatten(part.trim(), parts));
        }
        if let Some((count, elem)) = array(ty) {
            return (0..count).for_each(|_| self.flatten(elem, parts));
        }
        parts.push(if ty == "i1" { "i8".to_owned() } else { ty.to_owned() });
    }

    /// Bytes and alignment of a type.
    fn layout(&self, ty: &str, machine: &Machine) -> (u32, u32) {
        if let Some(named) = self.types.get(ty) {
            return self.layout(named, machine);
        }
        if let Some(inner) = ty.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')) {
            let (mut size, mut most) = (0u32, 1);
            for part in split(&format!("{inner})")) {
                let (bytes, align) = self.layout(part.trim(), machine);
                size = size.next_multiple_of(align) + bytes;
                most = most.max(align);
            }
            return (size.next_multiple_of(most), most);
        }
        if let Some((count, elem)) = array(ty) {
            let (size, align) = self.layout(elem, machine);
            return (count * size, align);
        }
        let bytes = match ty {
            "i8" | "i1" => 1,
            "i16" => 2,
            "i32" | "float" => 4,
            "i64" | "double" => 8,
            "i128" => 16,
            "ptr" if machine.target.contains("64") => 8,
            "ptr" => 4,
            _ => panic!("`{ty}` is no type"),
        };
        (bytes, if machine.target.starts_with("i686") { bytes.min(4) } else { bytes })
    }
}

/// The type in a text such as `noundef signext i8 %0`.
fn find_type(text: &str) -> Option<&str> {
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let end = match rest.as_bytes()[0] {
            b'{' => rest.find('}')? + 1,
            b'[' => matching_bracket(rest),
            _ => rest.find(' ').unwrap_or(rest.len()),
        };
        if is_type(&rest[..end]) {
            return Some(&rest[..end]);
        }
        rest = rest[end..].trim_start();
    }
    None
}

fn is_type(word: &str) -> bool {
    let is_int = word.strip_prefix('i').is_some_and(|bits| bits.parse::<u32>().is_ok());
    let is_struct = word.starts_with("%struct.") || word.starts_with('{') || word.starts_with('[');
    is_int || is_struct || matches!(word, "float" | "double" | "ptr" | "void")
}

/// `[4 x float]`
fn array(ty: &str) -> Option<(u32, &str)> {
    let (count, elem) = ty.strip_prefix('[')?.strip_suffix(']')?.split_once(" x ")?;
    Some((count.parse().ok()?, elem))
}

/// Where the parenthesis that is open at the start ends.
fn matching(text: &str) -> usize {
    let mut depth = 1;
    let end = text.char_indices().find(|(_, c)| {
        depth += i32::from(*c == '(') - i32::from(*c == ')');
        depth == 0
    });
    end.map_or(text.len(), |(at, _)| at)
}

/// Behind the bracket that closes the one at the start.
fn matching_bracket(text: &str) -> usize {
    let mut depth = 0;
    let end = text.char_indices().find(|(_, c)| {
        depth += i32::from(*c == '[') - i32::from(*c == ']');
        depth == 0
    });
    end.map_or(text.len(), |(at, _)| at + 1)
}

/// Parts between commas, to the parenthesis that closes them.
fn split(text: &str) -> Vec<String> {
    let (mut parts, mut part, mut depth) = (Vec::new(), String::new(), 0);
    for c in text[..matching(text)].chars() {
        depth += i32::from("([{".contains(c)) - i32::from(")]}".contains(c));
        match c {
            ',' if depth == 0 => parts.push(std::mem::take(&mut part).trim().to_owned()),
            c => part.push(c),
        }
    }
    parts.extend((!part.trim().is_empty()).then(|| part.trim().to_owned()));
    parts
}

/// On i386 it does not matter whether a struct is copied to the stack whole or field by field.
fn stack_words(params: &[String]) -> String {
    let mut sret = "";
    let words = params.iter().map(|param| {
        let mut words = param.split(' ');
        match words.next() {
            Some("byval") => words.next().and_then(|size| size.parse::<u32>().ok()).unwrap_or(0).div_ceil(4),
            Some("sret") => {
                sret = "sret, ";
                1
            }
            Some("i64" | "double") => 2,
            _ => 1,
        }
    });
    let words: u32 = words.sum();
    format!("{sret}{words} words")
}
