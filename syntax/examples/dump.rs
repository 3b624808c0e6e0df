//! Prints tokens, tree and errors of a file: `cargo run -p kiln-syntax --example dump -- file.kiln`.

use kiln_source::{FileId, Interner, Reporter};

fn main() {
    for path in std::env::args().skip(1) {
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) => {
                eprintln!("{path}: {error}");
                continue;
            }
        };
        let (mut interner, mut reporter) = (Interner::new(), Reporter::default());
        let ast = kiln_syntax::parse(FileId(0), &text, &mut interner, &mut reporter);
        print!("{}", kiln_syntax::dump_ast(&ast, &interner));
        for error in reporter.diagnostics() {
            eprintln!("{path}: {error:?}");
        }
    }
}
