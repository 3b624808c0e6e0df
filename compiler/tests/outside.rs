//! What the library tells of the world outside of a program is the same on every engine: files, what is wrong with them, arguments,
//! variables, clocks, random bits. At compile time there is no such world.
#![allow(clippy::unwrap_used, reason = "tests may panic")]

mod common;

use common::{Done, Place};
use std::fs;

/// Ways to run a program that this build has.
fn ways() -> Vec<&'static [&'static str]> {
    let mut ways: Vec<&[&str]> = vec![&["--interp"]];
    if kiln_compiler::has_cranelift() {
        ways.push(&["--backend", "cranelift"]);
    }
    if kiln_compiler::has_llvm() {
        ways.push(&["-O2"]);
    }
    ways
}

fn run(place: &Place, way: &[&str], rest: &[&str]) -> Done {
    place.kiln(&[&["run", "main.kiln"], way, rest].concat())
}

/// Runs a program in every way; all print this and end with 0.
fn prints(place: &Place, rest: &[&str], expected: &str) {
    for way in ways() {
        let done = run(place, way, rest);
        assert_eq!((&*done.stdout, &*done.stderr, done.status.code()), (expected, "", Some(0)), "{way:?}");
    }
}

const FILES: &str = r#"
const file = @import("std/file");
const input = @import("std/input");
fn say(what: Result((), String)) {
    match what {
        Result((), String)::Ok(_) => println("done"),
        Result((), String)::Err(error) => println("{}", error),
    }
}
fn content(borrow path: str) {
    match file::read_text(path) {
        Result(String, String)::Ok(text) => println("{:?}", text),
        Result(String, String)::Err(error) => println("{}", error),
    }
}
fn main() {
    say(file::write_text("a.txt", "one\n"));
    say(file::append("a.txt", [195, 169, 255]));
    content("a.txt");
    say(file::write("empty.txt", Vec(u8)::new()));
    content("empty.txt");
    println("{} {} {}", (file::exists("a.txt"), file::exists("folder"), file::exists("b.txt")));
    let mut rows = input::Input::open("a.txt").unwrap();
    while let Option(String)::Some(line) = rows.line() { println("[{}]", line); }
    println("{}", rows.has_failed());
    let mut large = Vec(u8)::filled(120, 200000);
    large[199999] = 10;
    say(file::write("large.txt", large));
    let mut again = input::Input::open("large.txt").unwrap();
    println("{} {}", (file::read("large.txt").unwrap() == large, again.text().len()));
    say(file::delete("a.txt"));
    content("a.txt");
    content("folder");
    content("");
    content("a\0b");
    content("large.txt/b");
    say(file::delete("a.txt"));
    say(file::write_text("no/a.txt", "x"));
    say(file::write_text("folder", "x"));
    println("{}", input::Input::open("b.txt").err().unwrap());
    let mut folder = input::Input::open("folder").unwrap();
    println("{:?} {}", (folder.line(), folder.has_failed()));
    say(file::delete("large.txt"));
    say(file::delete("empty.txt"));
}
"#;

const FILES_SAY: &str = r#"done
done
"one\né�"
done
""
true true false
[one]
[é�]
false
done
true 200000
done
can't open `a.txt`: no such file or directory
can't read `folder`: it is a directory
can't open ``: not a valid name or operation
can't open `a
b`: not a valid name or operation
can't open `large.txt/b`: not a directory
can't remove `a.txt`: no such file or directory
can't write `no/a.txt`: no such file or directory
can't write `folder`: it is a directory
can't open `b.txt`: no such file or directory
None true
done
done
"#;

#[test]
#[cfg(unix)]
fn files_are_read_and_written() {
    let place = Place::with_main(FILES);
    fs::create_dir(place.path("folder")).unwrap();
    prints(&place, &[], &FILES_SAY.replace("a\nb", "a\0b"));
    assert_eq!(place.names(), ["folder", "main.kiln"]);
}

/// Only the owner of everything may read what nobody may.
#[test]
#[cfg(unix)]
fn what_may_not_be_read_is_said() {
    use std::os::unix::fs::PermissionsExt;
    let text = "const file = @import(\"std/file\");\n\
                fn main() { println(\"{:?}\", file::read_text(\"secret.txt\")); println(\"{}\", file::exists(\"secret.txt\")); }\n";
    let place = Place::with_main(text).file("secret.txt", "x");
    fs::set_permissions(place.path("secret.txt"), fs::Permissions::from_mode(0o000)).unwrap();
    let found = match fs::read(place.path("secret.txt")) {
        Ok(_) => "Ok(\"x\")",
        Err(_) => "Err(\"can't open `secret.txt`: no permission\")",
    };
    prints(&place, &[], &format!("{found}\ntrue\n"));
}

#[test]
#[cfg(target_os = "linux")]
fn arguments_and_variables_are_seen() {
    let text = "const env = @import(\"std/env\");\n\
                fn main() {\n\
                    let all = env::args();\n\
                    println(\"{:?} {:?}\", (all[1..].to_vec(), env::variable(\"CARGO_MANIFEST_DIR\").is_some()));\n\
                    println(\"{:?} {:?} {:?}\", (env::variable(\"NO_SUCH_VARIABLE\"), env::variable(\"\"), env::variable(\"A=B\")));\n\
                }\n";
    let place = Place::with_main(text);
    prints(&place, &["--", "a", "b c", "é", ""], "[\"a\", \"b c\", \"é\", \"\"] true\nNone None None\n");
}

#[test]
#[cfg(unix)]
fn time_goes_on_and_random_bits_differ() {
    let text = "const time = @import(\"std/time\");\n\
                fn main() {\n\
                    let start = time::monotonic();\n\
                    let (a, b) = (@random_u64(), @random_u64());\n\
                    println(\"{} {} {}\", (a != b, time::monotonic() >= start, time::now() > 1700000000000000000));\n\
                }\n";
    prints(&Place::with_main(text), &[], "true true true\n");
}

/// A program that allocates more than there is panics; its status is that of a panic.
#[test]
fn no_memory_is_the_same_panic() {
    let text = "fn main() { let mut v = Vec(u64)::new(); v.reserve(1 << 60); println(\"{}\", v.room()); }\n";
    let place = Place::with_main(text);
    for way in ways() {
        let done = run(&place, way, &[]);
        assert_eq!(done.status.code(), Some(101), "{way:?}");
        assert!(done.stderr.starts_with("error: out of memory\n  at std/vec.kiln:"), "{way:?}: {}", done.stderr);
    }
}

/// A function that reads; the value a method changes needs a place.
const FIRST: &str = "fn first() -> Option(u8) { let mut all = input::Input::stdin(); all.byte() }\n";

#[test]
fn at_compile_time_there_is_no_outside() {
    let calls = [
        ("file", "file::read(\"main.kiln\").is_ok()", "fopen"),
        ("file", "file::write(\"x\", [1]).is_ok()", "fopen"),
        ("file", "file::exists(\"main.kiln\")", "fopen"),
        ("file", "file::delete(\"main.kiln\").is_ok()", "remove"),
        ("time", "time::now() > 0", "clock_gettime"),
        ("time", "time::monotonic() > 0", "clock_gettime"),
        ("env", "env::args().len() > 0", "fopen"),
        ("env", "env::variable(\"PATH\").is_some()", "getenv"),
        ("input", "first().is_some()", "read"),
    ];
    for (module, call, foreign) in calls {
        let text = format!(
            "const {module} = @import(\"std/{module}\");\nconst X: bool = {call};\nfn main() {{ println(\"{{}}\", X); }}\n{}",
            if module == "input" { FIRST } else { "" }
        );
        let place = Place::with_main(text);
        let done = place.kiln(&["check", "main.kiln", "--message-format", "short"]);
        let expected = format!(": error[E0305]: `{foreign}` is foreign: it exists only at run time");
        let first = done.stderr.lines().next().unwrap_or_default();
        assert!(first.starts_with("main.kiln:") && first.ends_with(&expected), "{call}: {}", done.stderr);
        assert_eq!(place.names(), ["main.kiln"]);
    }
}
