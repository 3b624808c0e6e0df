//! Objects for every target, read without any of its tools: format and machine, symbols, and the numbers that comptime knows of the
//! target's layout.
#![allow(clippy::unwrap_used, reason = "tests may panic")]

use kiln_compiler::{Artifacts, Format, Mode, OptLevel, Options, compile, has_llvm, target_named};
use kiln_types::Target;
use object::{Architecture, BinaryFormat, FileFlags, Object, ObjectSymbol};

/// Stands before the numbers in the object.
const MARK: [u32; 2] = [0xC0FF_EE11, 0x5EA1_ED00];

/// A program that keeps what comptime knows of the layout as data, and calls what programs call of C.
const PROGRAM: &str = "
struct Mixed { flag: u8, wide: i64, byte: u8, real: f64, at: ptr const u8, huge: i128 }
enum Choice { Nothing, Small(u8), Wide(u64) }
const LAYOUT: [u32; 13] = comptime {
    let sizes: [usize; 11] = [
        @size_of(usize), @align_of(usize), @align_of(i64), @align_of(f64), @align_of(i128), @size_of(Mixed), @align_of(Mixed),
        @size_of(Choice), @size_of([Choice; 3]), @size_of(str_view), @size_of(fn()),
    ];
    let mut numbers: [u32; 13] = [0; 13];
    numbers[0] = 0xC0FFEE11;
    numbers[1] = 0x5EA1ED00;
    for i in 0..11 { numbers[i + 2] = @cast(sizes[i]); }
    numbers
};
struct str_view { start: ptr const u8, len: usize }
fn pick(i: usize) -> u32 { LAYOUT[i] }
fn main() -> i32 {
    let n = pick(2);
    @dbg(n);
    @assert(n > 3);
    0
}
";

fn built(target: &Target, opt: OptLevel) -> Artifacts {
    let options = Options { target: target.clone(), opt, ..Options::new(Mode::Build, vec!["layout.kiln".into()]) };
    let made = compile(PROGRAM, &options);
    assert!(!made.has_errors(), "{}: {}", target.triple, made.rendered(Format::Short));
    made
}

/// The numbers behind the mark in an object.
fn numbers(object: &[u8], count: usize) -> Vec<u32> {
    let mark: Vec<u8> = MARK.iter().flat_map(|word| word.to_le_bytes()).collect();
    let start = object.windows(8).position(|bytes| bytes == mark).expect("the numbers are in the object") + 8;
    object[start..].chunks(4).take(count).map(|word| u32::from_le_bytes(word.try_into().unwrap())).collect()
}

/// What the numbers are, by the rules of C for a struct of the same fields.
fn expected(target: &Target) -> Vec<u32> {
    let (word, i64s, f64s, wide) = (
        u32::from(target.pointer_bytes),
        u32::from(target.align_i64),
        u32::from(target.align_f64),
        u32::from(target.align_i128),
    );
    let (mut end, mut align) = (0u32, 1);
    for (size, own) in [(1, 1), (8, i64s), (1, 1), (8, f64s), (word, word), (16, wide)] {
        end = end.next_multiple_of(own) + size;
        align = own.max(align);
    }
    let mixed = end.next_multiple_of(align);
    let choice = 8 + i64s;
    vec![word, word, i64s, f64s, wide, mixed, align, choice, choice * 3, 2 * word, word]
}

fn format(target: &Target) -> (BinaryFormat, Architecture) {
    match &*target.triple {
        "x86_64-unknown-linux-gnu" => (BinaryFormat::Elf, Architecture::X86_64),
        "aarch64-unknown-linux-gnu" => (BinaryFormat::Elf, Architecture::Aarch64),
        "riscv64-unknown-linux-gnu" => (BinaryFormat::Elf, Architecture::Riscv64),
        "i686-unknown-linux-gnu" => (BinaryFormat::Elf, Architecture::I386),
        "armv7-unknown-linux-gnueabihf" => (BinaryFormat::Elf, Architecture::Arm),
        "riscv32-unknown-none-elf" => (BinaryFormat::Elf, Architecture::Riscv32),
        "x86_64-apple-darwin" => (BinaryFormat::MachO, Architecture::X86_64),
        "aarch64-apple-darwin" => (BinaryFormat::MachO, Architecture::Aarch64),
        "x86_64-pc-windows-msvc" => (BinaryFormat::Coff, Architecture::X86_64),
        other => panic!("{other} has a format of its own"),
    }
}

/// Bits of the header that say how floats are passed, and for which processors the code is.
fn check_flags(target: &Target, flags: FileFlags) {
    let FileFlags::Elf { e_flags, .. } = flags else { return };
    let expected = match &*target.triple {
        // Version 5 of the ABI.
        "armv7-unknown-linux-gnueabihf" => 0x0500_0000,
        // Compressed instructions, and floats in registers of 64 bits.
        "riscv64-unknown-linux-gnu" => 0x5,
        "riscv32-unknown-none-elf" => 0x1,
        _ => 0,
    };
    assert_eq!(e_flags, expected, "{}", target.triple);
}

/// Whether a program may ask its surroundings for a symbol: the table's functions, C's memory and mathematics, and the helpers of
/// compilers.
fn may_be_foreign(name: &str) -> bool {
    const KNOWN: &[&str] = &[
        "malloc",
        "realloc",
        "free",
        "fflush",
        "write",
        "exit",
        "memcpy",
        "memset",
        "memmove",
        "memcmp",
        "bzero",
        "fmod",
        "_fltused",
        "_GLOBAL_OFFSET_TABLE_",
    ];
    KNOWN.contains(&name) || name.starts_with("__")
}

#[test]
fn objects_are_what_the_target_expects() {
    if !has_llvm() {
        eprintln!("no objects for other machines: this build has no LLVM");
        return;
    }
    for triple in Target::known().filter(|triple| !triple.starts_with("wasm")) {
        let target = target_named(triple).unwrap();
        for opt in [OptLevel::None, OptLevel::Default] {
            let bytes = built(&target, opt).object.unwrap();
            let object = object::File::parse(&*bytes).unwrap();
            assert_eq!((object.format(), object.architecture()), format(&target), "{triple}");
            assert!(object.is_little_endian(), "{triple}");
            // A header of COFF does not say it but by its machine.
            let is_64 = object.is_64() || object.format() == BinaryFormat::Coff;
            assert_eq!(is_64, target.pointer_bytes == 8, "{triple}");
            check_flags(&target, object.flags());
            let prefix = if object.format() == BinaryFormat::MachO { "_" } else { "" };
            let plain = |name: &str| name.strip_prefix(prefix).unwrap_or(name).to_owned();
            let symbols: Vec<_> = object.symbols().filter(|symbol| !symbol.name().unwrap().is_empty()).collect();
            let main = symbols.iter().find(|symbol| plain(symbol.name().unwrap()) == "main").unwrap();
            assert!(main.is_definition() && main.is_global(), "{triple}");
            let foreign =
                symbols.iter().filter(|symbol| symbol.is_undefined()).map(|symbol| plain(symbol.name().unwrap()));
            let strange: Vec<String> = foreign.filter(|name| !may_be_foreign(name)).collect();
            assert!(strange.is_empty(), "{triple}: {strange:?}");
            let shown: Vec<String> = symbols
                .iter()
                .filter(|symbol| symbol.is_global() && symbol.is_definition())
                .map(|symbol| plain(symbol.name().unwrap()))
                .collect();
            assert_eq!(shown, ["main"], "{triple}");
        }
    }
}

#[test]
fn comptime_knows_the_layout_of_the_target() {
    if !has_llvm() {
        return;
    }
    for triple in Target::known() {
        let target = target_named(triple).unwrap();
        let object = built(&target, OptLevel::None).object.unwrap();
        let expected = expected(&target);
        assert_eq!(numbers(&object, expected.len()), expected, "{triple}");
    }
}

/// LLVM compares its data layout with ours whenever it compiles; here is what it says itself.
#[test]
fn data_layouts_are_those_of_the_target() {
    if !has_llvm() {
        return;
    }
    for triple in Target::known() {
        let target = target_named(triple).unwrap();
        let ir = built(&target, OptLevel::None).ir.unwrap();
        let layout = ir.lines().find_map(|line| line.strip_prefix("target datalayout = ")).unwrap();
        assert_eq!(layout.contains("p:32:32"), target.pointer_bytes == 4, "{triple}: {layout}");
        assert!(layout.starts_with("\"e-"), "{triple}: {layout}");
        assert!(ir.contains(&format!("target triple = \"{triple}\"")), "{triple}");
    }
}

#[test]
fn web_assembly_says_what_it_imports() {
    if !has_llvm() {
        return;
    }
    let target = target_named("wasm32-unknown-unknown").unwrap();
    let object = built(&target, OptLevel::None).object.unwrap();
    assert_eq!(&object[..8], b"\0asm\x01\0\0\0");
    let has = |text: &str| object.windows(text.len()).any(|bytes| bytes == text.as_bytes());
    assert!(has("env") && has("write") && has("exit") && has("main"));
    assert!(!has("fflush"), "there is no C library whose output could wait");
}
