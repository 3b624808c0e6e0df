//! Programs of C and Kiln together: headers, libraries of both forms, objects and libraries of C.

mod common;

use common::Place;
use std::fs;
use std::process::Command;

/// Everything a header has: documented functions, structs in structs, arrays, enums, function pointers, opaque pointers.
const AREA: &str = r#"
/// A point of the plane.
@copy struct Point { x: f64, y: f64 }
/// At most four corners.
struct Polygon { corners: [Point; 4], count: usize, grid: [[u8; 2]; 3] }
/// What is drawn.
enum Kind { Line, Filled = 4 }
struct Node { value: i32, next: ptr mut Node, kind: Kind, visit: extern "C" fn(ptr const Node, i64) -> bool }
fn Pair(comptime A: type, comptime B: type) -> type { struct { first: A, second: B, fn parts() -> i32 { 2 } } }

/// The area of a polygon.
///
/// Zero without corners. */ Still documentation.
export "C" fn area(shape: ptr const Polygon) -> f64 {
    checked {
        let p = @ptr_read(shape);
        let mut sum = 0.0;
        for i in 0..p.count {
            let (a, b) = (p.corners[i], p.corners[(i + 1) % p.count]);
            sum += a.x * b.y - b.x * a.y;
        }
        sum / 2.0
    }
}
export "C" fn middle(a: Point, b: Point) -> Point { Point { x: (a.x + b.x) / 2.0, y: (a.y + b.y) / 2.0 } }
export "C" fn walk(first: ptr const Node, class: i64) -> i32 {
    let mut seen = 0;
    let mut at = first;
    checked {
        while @ptr_to_int(at) != 0 {
            let node = @ptr_read(at);
            if (node.visit)(at, class) { seen += node.value; }
            at = @ptr_cast(node.next);
        }
    }
    seen
}
export "C" fn swap(pair: Pair(i32, u8)) -> Pair(u8, i32) { Pair(u8, i32) { first: pair.second, second: pair.first } }
export "C" fn opaque(_: ptr const (i32, i32), _: ptr mut String, _: ptr const [i32; 4], out: ptr const ptr mut u8) -> usize {
    checked { @ptr_to_int(out) }
}
export "C" fn positive(n: i32) -> Kind {
    if n <= 0 { @panic("not positive"); }
    Kind::Filled
}
export "C" fn stop(code: char) -> ! { @dbg(code); @panic("stop") }
export "C" fn nothing() { }
"#;

const USER: &str = r#"
#include "area.h"
#include <stdio.h>
static bool yes(const Node *node, int64_t class_) { return node->kind == Kind_Filled && class_ == 3; }
int main(void) {
    Polygon p = { { { 0, 0 }, { 4, 0 }, { 4, 3 }, { 0, 0 } }, 3, { { 0, 0 }, { 0, 0 }, { 0, 0 } } };
    Node b = { 5, 0, Kind_Filled, yes };
    Node a = { 7, 0, Kind_Filled, yes };
    Point m = middle(p.corners[0], p.corners[2]);
    Pair_i32_u8 pair = { -9, 200 };
    Pair_u8_i32 swapped = swap(pair);
    a.next = &b;
    printf("%g %g %g %d %d %d\n", area(&p), m.x, m.y, (int)walk(&a, 3), (int)swapped.first, (int)swapped.second);
    fflush(stdout);
    nothing();
    return (int)opaque(0, 0, 0, 0) + (int)positive(-1);
}
"#;

const EXPECTED: &str = "6 2 1.5 12 200 -9\n";

/// Runs a program in the folder; its output, and the error output, if it ends with this status.
fn run(place: &Place, program: &str, args: &[&str], status: i32) -> String {
    let mut command = Command::new(program);
    let done = command.args(args).current_dir(place.path("")).output();
    let done = done.unwrap_or_else(|error| panic!("{program}: {error}"));
    let (out, errors) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert_eq!(done.status.code(), Some(status), "{program} {args:?}: {out}{errors}");
    format!("{out}{errors}")
}

const STRICT: &[&str] = &["-Wall", "-Wextra", "-Werror", "-pedantic"];

#[test]
fn a_header_is_c_and_cpp() {
    let place = Place::new().file("area.kiln", AREA).file("main.c", USER);
    place.kiln(&["build", "area.kiln", "--emit", "header=area.h"]).accepted();
    run(&place, "cc", &[STRICT, &["-std=c99", "-fsyntax-only", "main.c"]].concat(), 0);
    let header = fs::read_to_string(place.path("area.h")).expect("it was written");
    for line in [
        " * The area of a polygon.",
        " * Zero without corners. * / Still documentation.",
        "/** At most four corners. */",
        "    Point corners[4];",
        "    uint8_t grid[3][2];",
        "    bool (*visit)(const Node *, int64_t);",
        "int32_t walk(const Node *first, int64_t class_);",
        "size_t opaque(const void *_0, void *_1, const int32_t (*_2)[4], uint8_t *const *out);",
        "/** Does not return. */",
        "void nothing(void);",
    ] {
        assert!(header.lines().any(|there| there == line), "`{line}` is not in\n{header}");
    }
    // Behind a pointer only, and not to be made in C.
    assert!(!header.contains("String"), "{header}");
    if Command::new("c++").arg("--version").output().is_err() {
        println!("skipped the header in C++: there is no c++");
        return;
    }
    run(&place, "c++", &[STRICT, &["-std=c++17", "-fsyntax-only", "-x", "c++", "main.c"]].concat(), 0);
}

fn libraries(options: &[&str]) {
    let place = Place::new().file("area.kiln", AREA).file("main.c", USER);
    place.kiln(&["build", "area.kiln", "--emit", "header=area.h"]).accepted();
    for kind in ["static", "shared"] {
        place.kiln(&[&["build", "area.kiln", "--lib", kind], options].concat()).accepted();
    }
    let names = place.names();
    assert!(["libarea.a", "libarea.so"].iter().all(|name| names.iter().any(|there| there == name)), "{names:?}");
    run(&place, "cc", &["main.c", "libarea.a", "-lm", "-o", "with_static"], 0);
    run(&place, "cc", &["main.c", "-L.", "-Wl,-rpath,.", "-o", "with_shared", "-l:libarea.so"], 0);
    for program in ["./with_static", "./with_shared"] {
        // A panic ends the process, as it does in a Kiln program.
        let said = run(&place, program, &[], 101);
        assert!(said.starts_with(EXPECTED) && said.contains("error: not positive\n"), "{program}: {said}");
    }
    let visible = run(&place, "nm", &["-D", "--defined-only", "--format=posix", "libarea.so"], 0);
    let mut visible: Vec<&str> = visible.lines().filter_map(|line| line.split(' ').next()).collect();
    visible.sort_unstable();
    assert_eq!(visible, ["area", "middle", "nothing", "opaque", "positive", "stop", "swap", "walk"]);
}

#[cfg(target_os = "linux")]
#[test]
fn libraries_by_cranelift() {
    libraries(&["--backend", "cranelift"]);
}

#[cfg(target_os = "linux")]
#[test]
fn libraries_by_llvm() {
    libraries(&["--backend", "llvm", "-O2"]);
}

#[test]
fn archives_are_the_same_again_and_hold_objects_of_c() {
    let place = Place::new().file("area.kiln", AREA).file("more.c", "int more(void) { return 7; }\n");
    run(&place, "cc", &["-c", "more.c"], 0);
    for name in ["one.a", "two.a"] {
        place.kiln(&["build", "area.kiln", "more.o", "--lib", "static", "-o", name]).accepted();
    }
    let read = |name: &str| fs::read(place.path(name)).expect("it was written");
    assert_eq!(read("one.a"), read("two.a"));
    assert_eq!(run(&place, "ar", &["t", "one.a"], 0), "area.o\nmore.o\n");
    let missing = place.kiln(&["build", "area.kiln", "none.o", "--lib", "static"]);
    missing.refused("E0801");
}

#[test]
fn a_library_of_nothing_is_refused() {
    let place = Place::with_main("fn f() { }\n");
    place.kiln(&["build", "main.kiln", "--lib", "static"]).refused("E0706");
    let place = Place::new().file("area.kiln", AREA);
    for args in [&["--lib", "static", "-lm"][..], &["--lib", "shared", "--target", "riscv32-unknown-none-elf"]] {
        let done = place.kiln(&[&["build", "area.kiln"], args].concat());
        assert_eq!(done.status.code(), Some(2), "{args:?}: {}", done.stderr);
    }
    let done = place.kiln(&["build", "area.kiln", "called.c"]);
    assert_eq!((done.status.code(), done.stderr.contains("`called.o`")), (Some(2), true), "{}", done.stderr);
    assert_eq!(place.names(), ["area.kiln"]);
}

const CALLER: &str = r#"
extern "C" fn twice(x: i32) -> i32;
extern "C" fn call_back(f: extern "C" fn(i32) -> i32, x: i32) -> i32;
extern "C" fn call_by_name(x: i32) -> i32;
fn plus_one(x: i32) -> i32 { x + 1 }
export "C" fn times_ten(x: i32) -> i32 { x * 10 }
fn main() { checked { @dbg((twice(4), call_back(plus_one, 5), call_back(times_ten, 6), call_by_name(7))); } }
"#;

const CALLED: &str = "
int times_ten(int);
int twice(int x) { return x * 2; }
int call_back(int (*f)(int), int x) { return f(x); }
int call_by_name(int x) { return times_ten(x); }
";

#[test]
fn objects_and_libraries_of_c_are_linked() {
    let place = Place::with_main(CALLER).file("called.c", CALLED);
    run(&place, "cc", &["-c", "called.c"], 0);
    fs::create_dir(place.path("lib")).expect("a folder can be made");
    run(&place, "ar", &["rc", "lib/libcalled.a", "called.o"], 0);
    for args in [&["called.o"][..], &["lib/libcalled.a"], &["-L", "lib", "-lcalled"]] {
        for backend in ["cranelift", "llvm"] {
            place.kiln(&[&["build", "main.kiln", "-o", "program", "--backend", backend], args].concat()).accepted();
            assert_eq!(run(&place, "./program", &[], 0), "(8, 6, 60, 70)\n", "{args:?}, {backend}");
        }
    }
    let done = place.kiln(&["run", "main.kiln", "-L", "lib", "-lcalled"]);
    done.accepted();
    assert_eq!(done.stdout, "(8, 6, 60, 70)\n");
}

#[test]
fn the_interpreter_says_what_it_can_not_call() {
    let tests = "test \"exports\" { @assert(times_ten(3) == 30); }\ntest \"foreign\" { checked { @dbg(twice(3)); } }\n";
    let place = Place::with_main(format!("{CALLER}{tests}"));
    let done = place.kiln(&["run", "main.kiln", "--interp"]);
    assert!(!done.status.success());
    assert!(
        done.stderr.starts_with("error[E0807]: the interpreter can't call the foreign function `twice`"),
        "{}",
        done.stderr
    );
    place.kiln(&["test", "main.kiln", "--interp", "--filter", "exports"]).accepted();
    assert!(!place.kiln(&["test", "main.kiln", "--interp", "--filter", "foreign"]).status.success());
}

#[test]
fn the_document_shows_a_library_that_works() {
    let document = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/c-interop.md");
    let document = fs::read_to_string(document).expect("it is there");
    let block = |start: &str| {
        let (_, rest) = document.split_once(&format!("```{start}\n")).unwrap_or_else(|| panic!("no block `{start}`"));
        rest.split("```").next().expect("split gives at least one part").to_owned()
    };
    let place = Place::new().file("area.kiln", block("kiln library")).file("main.c", block("c"));
    place.kiln(&["build", "area.kiln", "--lib", "static"]).accepted();
    place.kiln(&["build", "area.kiln", "--emit", "header=area.h"]).accepted();
    run(&place, "cc", &["main.c", "libarea.a", "-lm", "-o", "area"], 0);
    let said = run(&place, "./area", &[], 0);
    assert!(document.contains(&format!("&& ./area\n{said}```")), "{said}");
}
