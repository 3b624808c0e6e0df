//! The `kiln` program from outside: exit status, streams, outputs, stages.

mod common;

use common::{Done, HANGS, Place, finish};
use std::fs;

const HELLO: &str = "fn main() { @dbg(\"hello\"); }\n";
const WARNS: &str = "fn main() { let x = 1; @dbg(2); }\n";
const WRONG: &str = "fn main() -> i32 { true }\n";

/// Every stage that is text without a backend.
const FRONT_STAGES: &[&str] = &["tokens", "ast", "hir", "air", "cfg"];
/// Every stage that a backend makes.
const BACK_STAGES: &[&str] = &["asm", "llvm-ir", "native-asm", "obj", "bc"];

#[test]
fn status_and_streams_of_check() {
    let right = Place::with_main(HELLO).kiln(&["check", "main.kiln"]);
    right.accepted();
    assert_eq!((&*right.stdout, &*right.stderr), ("", ""));
    let warns = Place::with_main(WARNS).kiln(&["check", "main.kiln"]);
    warns.accepted();
    assert!(warns.stderr.ends_with("warning: 1 warning\n"), "{}", warns.stderr);
    let wrong = Place::with_main(WRONG).kiln(&["check", "main.kiln"]);
    wrong.refused("E0401");
    assert!(wrong.stdout.is_empty() && wrong.stderr.ends_with("error: 1 error\n"), "{}", wrong.stderr);
}

#[test]
fn a_short_line_is_one_line() {
    let done = Place::with_main(WRONG).kiln(&["check", "main.kiln", "--message-format", "short"]);
    assert_eq!(done.stderr.lines().count(), 1);
    assert!(done.stderr.starts_with("main.kiln:1:20: error[E0401]: "), "{}", done.stderr);
}

#[test]
fn json_has_the_documented_fields() {
    let done =
        Place::with_main("fn main() {\n    @dbg(totl);\n}\n").kiln(&["check", "main.kiln", "--message-format", "json"]);
    let lines: Vec<serde_json::Value> =
        done.stderr.lines().map(|line| serde_json::from_str(line).expect("each line is an object")).collect();
    let [diagnostic, summary] = &lines[..] else { panic!("{}", done.stderr) };
    assert_eq!(diagnostic["type"], "diagnostic");
    assert_eq!(diagnostic["code"], "E0101");
    assert_eq!(diagnostic["name"], "unresolved_name");
    assert_eq!(diagnostic["severity"], "error");
    let label = &diagnostic["labels"][0];
    assert_eq!(label["file"], "main.kiln");
    assert_eq!(label["start"], serde_json::json!({ "line": 2, "column": 10, "byte": 21 }));
    assert_eq!(label["end"], serde_json::json!({ "line": 2, "column": 14, "byte": 25 }));
    assert_eq!(label["primary"], true);
    for field in ["message", "notes", "help", "fixes"] {
        assert!(!diagnostic[field].is_null(), "{field}");
    }
    assert_eq!(*summary, serde_json::json!({ "type": "summary", "errors": 1, "warnings": 0, "shown": 1 }));
    // Who reads JSON always gets a summary.
    let fine = Place::with_main(HELLO).kiln(&["check", "main.kiln", "--message-format", "json"]);
    assert_eq!(fine.stderr.lines().count(), 1);
}

#[test]
fn colours_only_where_they_are_wanted() {
    let place = Place::with_main(WRONG);
    let said = |args: &[&str]| place.kiln(&[&["check", "main.kiln"], args].concat()).stderr;
    assert!(!said(&[]).contains('\x1b'), "no terminal, no colours");
    assert!(said(&["--color", "always"]).contains('\x1b'));
    assert!(!said(&["--color", "never"]).contains('\x1b'));
    assert!(!said(&["--color", "always", "--message-format", "short"]).contains('\x1b'));
}

#[test]
fn explain_knows_codes_names_and_all() {
    let place = Place::new();
    let page = place.kiln(&["explain", "E0101"]);
    page.accepted();
    assert!(page.stdout.starts_with("# E0101: "), "{}", page.stdout);
    assert_eq!(place.kiln(&["explain", "unresolved_name"]).stdout, page.stdout);
    assert!(place.kiln(&["explain"]).stdout.lines().count() > 80);
    assert_eq!(place.kiln(&["explain", "nothing_like_that"]).status.code(), Some(2));
}

#[test]
fn front_stages_of_a_program() {
    let place = Place::with_main("fn twice(n: i32) -> i32 { n + n }\nfn main() { @dbg(twice(2)); }\n");
    for stage in FRONT_STAGES {
        let done = place.kiln(&["check", "main.kiln", "--emit", stage]);
        done.accepted();
        assert!(done.stdout.contains("twice"), "{stage}: {}", done.stdout);
        let again = place.kiln(&["check", "main.kiln", "--emit", stage]);
        assert_eq!(done.stdout, again.stdout, "{stage} is the same each time");
    }
    let to_file = place.kiln(&["check", "main.kiln", "--emit", "cfg=out.txt", "--emit", "hir"]);
    to_file.accepted();
    assert!(fs::read_to_string(place.path("out.txt")).expect("it was written").contains("bb0:"));
    assert!(!to_file.stdout.contains("bb0:"));
    assert_eq!(place.names(), ["main.kiln", "out.txt"]);
}

#[test]
fn one_function_of_a_stage() {
    let place = Place::with_main("fn twice(n: i32) -> i32 { n + n }\nfn main() { @dbg(twice(2)); }\n");
    let done = place.kiln(&["build", "main.kiln", "--emit", "cfg", "--only", "twice"]);
    done.accepted();
    assert!(done.stdout.starts_with("fn twice(") && !done.stdout.contains("fn main("), "{}", done.stdout);
    assert_eq!(place.kiln(&["build", "main.kiln", "--emit", "ast", "--only", "twice"]).status.code(), Some(2));
    let missing = place.kiln(&["build", "main.kiln", "--emit", "cfg", "--only", "twise"]);
    missing.refused("E0101");
    assert!(missing.stderr.contains("`twice`"), "{}", missing.stderr);
}

#[test]
fn several_files() {
    let place = Place::new()
        .file("src/main.kiln", "const util = @import(\"util\"); const deep = @import(\"parts/deep\"); fn main() { @dbg(util::f() + deep::g()); }")
        .file("src/util.kiln", "pub fn f() -> i32 { 1 }")
        .file("src/parts/deep.kiln", "const util = @import(\"../util\"); pub fn g() -> i32 { util::f() + 1 }");
    place.kiln(&["check", "src/main.kiln"]).accepted();
    place.kiln(&["check", "src/main.kiln", "src/util.kiln"]).accepted();
    let done = place.kiln(&["check", "src/main.kiln", "--emit", "tokens"]);
    assert!(
        done.stdout.contains("// src/util.kiln") && done.stdout.contains("// src/parts/deep.kiln"),
        "{}",
        done.stdout
    );
}

#[test]
fn without_native_code_build_says_what_to_install() {
    if kiln_compiler::has_native_code() {
        return;
    }
    let place = Place::with_main(HELLO);
    let done = place.kiln(&["build", "main.kiln"]);
    done.refused("E0806");
    assert!(done.stderr.contains("llvm-22-dev"), "{}", done.stderr);
    assert_eq!(place.names(), ["main.kiln"]);
}

/// A place, if this build makes native code.
fn native(text: &str) -> Option<Place> {
    kiln_compiler::has_native_code().then(|| Place::with_main(text))
}

#[test]
fn backend_stages_of_a_program() {
    let Some(place) = native(HELLO) else { return };
    for stage in BACK_STAGES {
        for level in ["-O0", "-O2"] {
            let emit = format!("{stage}=out");
            place.kiln(&["build", "main.kiln", level, "--emit", &emit]).accepted();
            let first = fs::read(place.path("out")).expect("it was written");
            place.kiln(&["build", "main.kiln", level, "--emit", &emit]).accepted();
            assert!(
                !first.is_empty() && fs::read(place.path("out")).expect("it was written") == first,
                "{stage} {level}"
            );
        }
    }
    assert_eq!(place.names(), ["main.kiln", "out"], "stages alone make no executable");
    place.kiln(&["build", "main.kiln", "--emit", "asm=out", "-o", "program"]).accepted();
    assert_eq!(place.names(), ["main.kiln", "out", "program"]);
}

#[test]
fn one_function_of_native_code() {
    let Some(place) = native("fn twice(n: i32) -> i32 { n + n }\nfn main() { @dbg(twice(2)); }\n") else { return };
    for (stage, part) in [("asm", "define"), ("native-asm", "main::twice\":")] {
        let emitted =
            |level: &str| place.kiln(&["build", "main.kiln", level, "--emit", stage, "--only", "twice"]).stdout;
        assert!(emitted("-O0").contains(part) && !emitted("-O0").contains("main::main"), "{}", emitted("-O0"));
        assert!(emitted("-O2").contains("twice is not there"), "{}", emitted("-O2"));
    }
}

#[test]
fn build_makes_one_file() {
    let Some(place) = native(HELLO) else { return };
    place.kiln(&["build", "main.kiln"]).accepted();
    assert_eq!(place.names(), ["main", "main.kiln"]);
    let first = fs::read(place.path("main")).expect("it was written");
    place.kiln(&["build", "main.kiln"]).accepted();
    assert!(fs::read(place.path("main")).expect("it was written") == first, "the same input gives the same bytes");
    let program = finish(&mut std::process::Command::new(place.path("main")), HANGS).expect("it ends");
    assert_eq!(program.stdout, "hello\n");
}

#[test]
fn a_wrong_program_leaves_the_old_executable() {
    let Some(place) = native(HELLO) else { return };
    place.kiln(&["build", "main.kiln", "-o", "out"]).accepted();
    let place = place.file("main.kiln", WRONG);
    place.kiln(&["build", "main.kiln", "-o", "out"]).refused("E0401");
    assert_eq!(place.names(), ["main.kiln", "out"]);
}

#[test]
fn outputs_that_cannot_be_written() {
    let Some(place) = native(HELLO) else { return };
    fs::create_dir(place.path("folder")).expect("a folder can be made");
    let before = place.names();
    for output in ["no/such/folder/out", "folder", "main.kiln/out"] {
        place.kiln(&["build", "main.kiln", "-o", output]).refused("E0803");
        place.kiln(&["build", "main.kiln", "--emit", &format!("obj={output}")]).refused("E0803");
        place.kiln(&["check", "main.kiln", "--emit", &format!("cfg={output}")]).refused("E0803");
    }
    if cfg!(target_os = "linux") {
        place.kiln(&["build", "main.kiln", "-o", "/dev/full"]).refused("E0803");
        place.kiln(&["build", "main.kiln", "-o", "/dev/null"]).accepted();
    }
    assert_eq!(place.names(), before);
}

#[test]
fn inputs_are_not_overwritten() {
    let place = Place::new().file("main", HELLO).file("other.kiln", HELLO);
    place.kiln(&["build", "main"]).refused("E0803");
    place.kiln(&["check", "other.kiln", "--emit", "cfg=./other.kiln"]).refused("E0803");
    assert_eq!(fs::read_to_string(place.path("main")).expect("it is there"), HELLO);
    assert_eq!(fs::read_to_string(place.path("other.kiln")).expect("it is there"), HELLO);
}

#[test]
fn linkers_that_fail() {
    let Some(place) = native(HELLO) else { return };
    let missing = place.kiln(&["build", "main.kiln", "--linker", "no-such-linker"]);
    missing.refused("E0804");
    assert!(
        missing.stderr.contains("`no-such-linker` was not found") && missing.stderr.contains("`--linker`"),
        "{}",
        missing.stderr
    );
    place.kiln(&["build", "main.kiln", "--linker", "false"]).refused("E0804");
    let silent = place.kiln(&["build", "main.kiln", "--linker", "true"]);
    silent.refused("E0804");
    assert!(silent.stderr.contains("no file was made"), "{}", silent.stderr);
    assert_eq!(place.names(), ["main.kiln"]);
    let undefined = native("extern \"C\" fn nowhere_to_be_found(); fn main() { checked { nowhere_to_be_found(); } }");
    let undefined = undefined.expect("there is native code").kiln(&["build", "main.kiln"]);
    undefined.refused("E0804");
    assert!(undefined.stderr.contains("undefined reference to `nowhere_to_be_found'"), "{}", undefined.stderr);
}

#[test]
fn linkers_of_the_environment() {
    let Some(place) = native(HELLO) else { return };
    let run = |variables: &[(&str, &str)], args: &[&str]| -> Done {
        let mut command = place.command(&[&["build", "main.kiln"], args].concat());
        command.envs(variables.iter().copied());
        finish(&mut command, HANGS).expect("kiln ends")
    };
    run(&[("CC", "false")], &[]).refused("E0804");
    run(&[("CC", "false"), ("KILN_CC", "cc")], &[]).accepted();
    run(&[("KILN_CC", "false")], &["--linker", "cc"]).accepted();
    run(&[("CC", "cc -O1")], &[]).accepted();
    let missing = run(&[("KILN_CC", "no-such-linker")], &[]);
    assert!(missing.stderr.contains("`KILN_CC`"), "{}", missing.stderr);
    let nothing = run(&[("PATH", "")], &[]);
    nothing.refused("E0804");
    assert!(nothing.stderr.contains("apt-get install"), "{}", nothing.stderr);
}

#[test]
fn run_ends_as_its_program() {
    let ends = |text: &str| native(text).map(|place| place.kiln(&["run", "main.kiln"]));
    let Some(hello) = ends(HELLO) else { return };
    assert_eq!((hello.status.code(), &*hello.stdout, &*hello.stderr), (Some(0), "hello\n", ""));
    let status = ends("fn main() -> i32 { 7 }").expect("there is native code");
    assert_eq!(status.status.code(), Some(7));
    let panics = ends("fn main() { let n: i32 = 2147483647; @dbg(n + zero() + 1); }\nfn zero() -> i32 { 0 }")
        .expect("there is native code");
    assert_eq!(panics.status.code(), Some(101));
    assert!(
        panics.stderr.contains("error: integer overflow") && panics.stderr.contains("main.kiln:1:"),
        "{}",
        panics.stderr
    );
    let killed =
        ends("extern \"C\" fn abort() -> !;\nfn main() { checked { abort(); } }").expect("there is native code");
    assert_eq!(killed.status.code(), Some(128 + 6));
    assert!(killed.stderr.contains("signal 6"), "{}", killed.stderr);
    let warns = ends(WARNS).expect("there is native code");
    assert_eq!((warns.status.code(), &*warns.stdout), (Some(0), "2\n"));
    assert!(warns.stderr.contains("warning[unused_variable]"), "{}", warns.stderr);
}

#[test]
fn foreign_targets() {
    let Some(place) = native(HELLO) else { return };
    place.kiln(&["build", "main.kiln", "--target", "riscv64-linux-gnu", "--emit", "obj=out.o"]).accepted();
    let object = fs::read(place.path("out.o")).expect("it was written");
    assert_eq!(&object[..4], b"\x7FELF");
    assert_eq!(object[18], 243, "the machine is RISC-V");
    place.kiln(&["build", "main.kiln", "--target", "pdp11-unix"]).refused("E0805");
}

#[test]
fn the_interpreter_runs_programs() {
    let place = Place::with_main("fn main() -> i32 { @dbg(\"hello\"); 7 }");
    let done = place.kiln(&["run", "--interp", "main.kiln"]);
    assert_eq!((done.status.code(), &*done.stdout, &*done.stderr), (Some(7), "hello\n", ""));
    let panics =
        Place::with_main("fn one() -> i32 { 1 }\nfn main() {\n    @assert(one() == 2, \"one is not two\");\n}\n");
    let interpreted = panics.kiln(&["run", "--interp", "main.kiln"]);
    assert_eq!(interpreted.status.code(), Some(101));
    assert_eq!(interpreted.stderr, "error: one is not two\n  at main.kiln:3:5\n");
    if kiln_compiler::has_native_code() {
        let native = panics.kiln(&["run", "main.kiln"]);
        assert_eq!((native.status.code(), native.stderr), (Some(101), interpreted.stderr));
    }
}

/// Lines without what stands in parentheses at their end.
fn without_times(text: &str) -> String {
    text.lines().map(|line| format!("{}\n", line.split(" (").next().unwrap_or(line))).collect()
}

#[test]
fn tests_are_run_and_counted() {
    let place = Place::with_main(
        "fn one() -> i32 { 1 }\ntest \"right\" { @assert(one() == 1); }\ntest \"wrong\" { @assert(one() == 2, \"no\"); }\n",
    );
    let done = place.kiln(&["test", "main.kiln"]);
    assert_eq!(done.status.code(), Some(1));
    assert_eq!(without_times(&done.stdout), "ok     right\nFAILED wrong\n1 passed, 1 failed\n");
    assert!(done.stderr.starts_with("error[E0306]: the test panics: no\n"), "{}", done.stderr);
    assert!(done.stderr.contains("main.kiln:3:16"), "{}", done.stderr);
    let filtered = place.kiln(&["test", "main.kiln", "--filter", "right"]);
    filtered.accepted();
    assert_eq!(without_times(&filtered.stdout), "ok     right\n1 passed, 0 failed\n");
    Place::with_main(WRONG).kiln(&["test", "main.kiln"]).refused("E0401");
}
