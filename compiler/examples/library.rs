//! The compiler as a library: `cargo run -p kiln-compiler --example library`. Compiles a right and a wrong program, and shows what
//! comes back: IR, an object, diagnostics.

use kiln_compiler::{Format, Mode, OptLevel, Options, compile};

const RIGHT: &str = "
fn square(n: i32) -> i32 { n * n }

fn main() -> i32 { square(7) - 42 }
";

const WRONG: &str = "
fn main() -> i32 { let n: i32 = \"seven\"; n }
";

fn main() {
    let options = Options { opt: OptLevel::Default, ..Options::new(Mode::Build, vec!["example.kiln".into()]) };

    let made = compile(RIGHT, &options);
    assert!(!made.has_errors(), "{}", made.rendered(Format::Short));
    let functions = |ir: &Option<String>| {
        let lines = ir.iter().flat_map(|ir| ir.lines());
        lines.filter(|line| line.starts_with("define")).map(str::to_owned).collect::<Vec<_>>()
    };
    println!("functions as they were built: {:#?}", functions(&made.ir));
    println!("after the passes: {:#?}", functions(&made.optimised_ir));
    println!("the object has {} bytes\n", made.object.map_or(0, |object| object.len()));

    let refused = compile(WRONG, &options);
    println!("{}", refused.rendered(Format::Human));
}
