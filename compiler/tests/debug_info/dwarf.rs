//! The debug information itself, as LLVM's tools read it.

use super::{backends, build, find};
use crate::common::Place;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Programs of all sorts.
const EXAMPLES: &[&str] = &[
    "adventure",
    "brainfuck_compiler",
    "comptime_data",
    "expression",
    "json_pretty",
    "lru_cache",
    "nbody",
    "pi_digits",
    "sha256",
    "state_machine",
    "units",
    "word_count",
];

fn dwarfdump() -> Option<String> {
    let found = find(&["llvm-dwarfdump-22", "llvm-dwarfdump-19", "llvm-dwarfdump"]);
    if found.is_none() {
        println!("skipped: there is no llvm-dwarfdump");
    }
    found
}

fn verify(options: &[&str]) {
    let Some(tool) = dwarfdump() else { return };
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    for example in EXAMPLES {
        let text = fs::read(examples.join(format!("{example}.kiln"))).unwrap();
        let place = Place::with_main(text);
        build(&place, options, &["-g", "--emit", "obj=main.o"]);
        let done = Command::new(&tool).args(["--verify", "--quiet"]).arg(place.path("main.o")).output().unwrap();
        let said = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
        let start: String = said.chars().take(1500).collect();
        assert!(done.status.success(), "{example} {options:?}: {start}");
    }
}

#[test]
fn objects_of_cranelift_are_clean() {
    if kiln_compiler::has_cranelift() {
        verify(&["--backend", "cranelift"]);
    }
}

#[test]
fn objects_of_llvm_are_clean() {
    if kiln_compiler::has_llvm() {
        verify(&["--backend", "llvm"]);
    }
}

#[test]
fn optimised_objects_are_clean() {
    if kiln_compiler::has_llvm() {
        verify(&["-O2"]);
    }
}

fn dump(tool: &str, place: &Place, section: &str) -> String {
    let done = Command::new(tool).arg(section).arg(place.path("main.o")).output().unwrap();
    assert!(done.status.success());
    String::from_utf8(done.stdout).unwrap()
}

const SHAPES: &str = "\
enum Shape {
    Circle(i32),
    Square(i32),
}

fn area(borrow shape: Shape, scale: i32) -> i32 {
    let area = match shape {
        Shape::Circle(radius) => radius * 3,
        Shape::Square(side) => side * side,
    };
    area * scale
}

fn main() {
    let scale = 2;
    {
        let scale = 3;
        @dbg(area(Shape::Circle(1), scale));
    }
    @dbg(area(Shape::Square(1), scale));
}
";

#[test]
fn entries_say_what_the_program_says() {
    let Some(tool) = dwarfdump() else { return };
    for way in backends() {
        let place = Place::with_main(SHAPES);
        build(&place, way, &["--emit", "obj=main.o"]);
        let text = dump(&tool, &place, "--debug-info");
        for wanted in [
            "DW_AT_language\t(DW_LANG_Rust)",
            "DW_AT_name\t(\"main.kiln\")",
            "DW_TAG_variant_part",
            "DW_AT_discr_value",
            "DW_AT_name\t(\"Square\")",
            "DW_AT_linkage_name\t(\"main::area\")",
            "DW_TAG_formal_parameter",
            "DW_AT_name\t(\"scale\")",
            "DW_TAG_lexical_block",
            "DW_AT_encoding\t(DW_ATE_signed)",
        ] {
            assert!(text.contains(wanted), "{way:?}: no {wanted}");
        }
        let lines = dump(&tool, &place, "--debug-line");
        assert!(lines.contains("\"main.kiln\"") && lines.contains("std"), "{way:?}");
    }
}

#[test]
fn nothing_is_told_where_nobody_asks() {
    let Some(tool) = dwarfdump() else { return };
    for way in backends() {
        let place = Place::with_main(SHAPES);
        build(&place, way, &["--emit", "obj=main.o", "--debug-info", "none"]);
        assert!(!dump(&tool, &place, "--debug-info").contains("DW_TAG"), "{way:?}");
        build(&place, way, &["--emit", "obj=main.o", "--debug-info", "lines"]);
        let text = dump(&tool, &place, "--debug-info");
        assert!(text.contains("DW_TAG_compile_unit") && !text.contains("DW_TAG_variable"), "{way:?}");
        assert!(!text.contains("DW_AT_comp_dir"), "{way:?}");
    }
}

#[test]
fn what_is_read_has_it_only_where_asked_for() {
    if !kiln_compiler::has_llvm() {
        return;
    }
    let place = Place::with_main(SHAPES);
    let plain = place.kiln(&["build", "main.kiln", "--emit", "asm"]).stdout;
    assert!(!plain.contains("!dbg") && !plain.contains("uwtable"), "{plain}");
    let told = place.kiln(&["build", "main.kiln", "--emit", "asm", "-g"]).stdout;
    assert!(told.contains("!DILocalVariable(name: \"scale\""), "{told}");
    assert!(told.contains("#dbg_declare"), "{told}");
}

#[test]
fn the_same_program_gives_the_same_object() {
    for way in backends() {
        let place = Place::with_main(SHAPES);
        build(&place, way, &["--emit", "obj=one.o"]);
        build(&place, way, &["--emit", "obj=two.o"]);
        assert_eq!(fs::read(place.path("one.o")).unwrap(), fs::read(place.path("two.o")).unwrap(), "{way:?}");
    }
}
