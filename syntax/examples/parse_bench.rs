//! Measures lexing and parsing: generates a program of small functions (100,000 lines, or as many as the first argument
//! says) and prints the best of several runs (20, or as many as the second argument says).
//!
//! ```text
//! cargo run --release -p kiln-syntax --example parse_bench
//! ```

use kiln_source::{FileId, Interner, Reporter};
use std::fmt::Write;
use std::time::{Duration, Instant};

fn main() {
    let argument = |at: usize| std::env::args().nth(at).and_then(|text| text.parse().ok());
    let (lines, runs): (usize, usize) = (argument(1).unwrap_or(100_000), argument(2).unwrap_or(20));
    let text = program(lines);
    let tokens = kiln_syntax::lex(&text).kinds.len();
    println!("{} lines, {} bytes, {tokens} tokens", text.lines().count(), text.len());
    let lex = best(runs, || kiln_syntax::lex(&text));
    let parse = best(runs, || {
        let (mut interner, mut reporter) = (Interner::new(), Reporter::default());
        let ast = kiln_syntax::parse(FileId(0), &text, &mut interner, &mut reporter);
        assert!(!reporter.has_errors(), "{:?}", reporter.diagnostics().first());
        (ast, interner)
    });
    print("lex", lex, tokens);
    print("lex and parse", parse, tokens);
}

/// The shortest time of several runs, without that for freeing what they made.
fn best<T>(runs: usize, mut run: impl FnMut() -> T) -> Duration {
    let time = |()| {
        let start = Instant::now();
        let made = run();
        let time = start.elapsed();
        drop(made);
        time
    };
    std::iter::repeat_n((), runs).map(time).min().unwrap_or_default()
}

fn print(what: &str, time: Duration, tokens: usize) {
    println!("{what}: {:.1} ms, {:.1} ns/token", time.as_secs_f64() * 1e3, time.as_nanos() as f64 / tokens as f64);
}

/// A program of about so many lines: functions of twelve lines with the usual mix of statements.
fn program(lines: usize) -> String {
    let mut text = String::new();
    for n in 0..lines / 12 {
        let _ = write!(
            text,
            "/// Adds things up.\n\
             fn function_{n}(first: i32, borrow second: Point, inout third: [i32]) -> i32 {{\n\
             \x20   let mut total: i32 = first * 3 + second.x - {n};\n\
             \x20   for i in 0..third.len() {{\n\
             \x20       if third[i] > total && i != 4 {{\n\
             \x20           total += third[i];\n\
             \x20       }}\n\
             \x20   }}\n\
             \x20   let point = Point {{ x: total, y: second.y }};\n\
             \x20   match point.norm() {{ 0 => helper(inout third), _ => other::call(total, \"text\") }}\n\
             }}\n\n"
        );
    }
    text
}
