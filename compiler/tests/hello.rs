//! What the library costs a small program: only what it uses is read and analysed. Counted, as times differ from machine to machine.
#![allow(clippy::unwrap_used, reason = "tests may panic")]

use kiln_compiler::{Memory, Mode, Options, compile_with, guarded};

/// How many files a program is made of, the bytes of them, and how many functions.
fn cost(text: &str) -> (usize, usize, usize) {
    let files = Memory::from([("main.kiln", text)]);
    let options = Options { interpret: true, ..Options::new(Mode::Run, vec!["main.kiln".into()]) };
    guarded(|| {
        let (compilation, checked) = compile_with(&options, &files, None);
        assert!(compilation.diagnostics.is_empty(), "{:?}", compilation.diagnostics);
        let bytes = compilation.sources.iter().map(|(_, file)| file.text.len()).sum();
        (compilation.sources.iter().count(), bytes, checked.analysis.program.funcs().count())
    })
    .unwrap()
}

#[test]
fn a_greeting_takes_a_small_part_of_the_library() {
    let (empty, greeting) = (cost("fn main() {}\n"), cost("fn main() { println(\"hello, world\", ()); }\n"));
    // The run-time support, the methods of numbers and what these import are in every program.
    let all = kiln_std::paths().count();
    assert!(greeting.0 < all, "{greeting:?} of {all} files");
    assert!(greeting.0 - empty.0 <= 12, "{greeting:?}, {empty:?}");
    assert!(greeting.1 < 200_000, "{greeting:?}");
    assert!(empty.2 <= 20 && greeting.2 - empty.2 <= 30, "{greeting:?}, {empty:?}");
}
