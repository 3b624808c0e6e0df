//! Many examples as one program of tests.

use kiln_compiler::{
    DebugLevel, Interpreted, Limits, Memory, Mode, Options, Streams, compile_files, compile_with, guarded,
    interpret_tests, panic_text, render,
};
use kiln_source::Diagnostic;
use kiln_spec::{Example, Outcome};
use kiln_types::Target;
use std::fmt::Write;

/// Examples, each a module, and a test for each that calls its `main`.
pub struct Batch {
    pub examples: Vec<(String, Example)>,
    target: Target,
    files: Memory,
}

/// The file with the tests.
const ROOT: &str = "batch.kiln";

/// What a program may take on the interpreter.
const BUDGET: Limits = Limits { steps: 400_000_000, depth: 100_000, memory: 1 << 28 };

/// Whether an example can be a module among others: its `main` is a function, it has no tests of its own, and it asks nothing that only a
/// C library answers: arguments, input, files, clocks, sums of products that are rounded once, and an overflow of the stack.
pub fn fits(example: &Example) -> bool {
    let text = &example.files[0].1;
    text.contains("fn main()")
        && !text.contains("\ntest \"")
        && !text.starts_with("test \"")
        && !["env", "stdin()", "std/file", "std/time", "mul_add", "// panic: stack overflow"]
            .iter()
            .any(|word| text.contains(word))
}

/// Whether an example converts floats to or from integers of 64 bits, which a bare machine with words of 32 has no function for.
pub fn converts_wide_floats(example: &Example) -> bool {
    ["exp(", "sinh(", "parse(f", "parse_f", "next_f64"].iter().any(|word| example.files[0].1.contains(word))
}

impl Batch {
    pub fn new(examples: Vec<(String, Example)>, target: Target) -> Batch {
        let mut files = Memory::default();
        let mut root = String::from("const env = @import(\"std/env\");\n");
        for (number, (_, example)) in examples.iter().enumerate() {
            let text = &example.files[0].1;
            let calls = if text.contains("fn main() -> i32") { "main()" } else { "main(); 0" };
            files.insert(format!("e{number}.kiln"), format!("{text}\npub fn status_of_main() -> i32 {{ {calls} }}\n"));
            writeln!(root, "const e{number} = @import(\"e{number}\");").unwrap();
            writeln!(root, "test \"{number}\" {{ end(e{number}.status_of_main()); }}").unwrap();
        }
        root.push_str("fn end(status: i32) { if status != 0 { env.exit(status); } }\n");
        files.insert(ROOT, root);
        Batch { examples, target, files }
    }

    pub fn options(&self) -> Options {
        let debug = Some(DebugLevel::None);
        Options { target: self.target.clone(), debug, ..Options::new(Mode::Test, vec![ROOT.into()]) }
    }

    pub fn files(&self) -> &Memory {
        &self.files
    }

    /// The batch without examples whose numbers only a word of 64 bits holds, where words have 32.
    pub fn without_wide_words(self) -> Batch {
        if self.target.pointer_bytes >= 8 {
            return self;
        }
        let options = Options { interpret: true, ..self.options() };
        let Ok(compilation) = guarded(|| compile_files(&options, &self.files)) else { return self };
        let is_wide = |diagnostic: &&Diagnostic| {
            let is_word =
                ["does not fit `usize`", "does not fit `isize`"].iter().any(|end| diagnostic.message.ends_with(end));
            let is_shift = diagnostic.message.contains("size` has 32 bits");
            let is = |id| diagnostic.code.is_some_and(|code| code.id == id);
            is_word && is("E0304") || is_shift && is("E0309")
        };
        let wide = compilation.diagnostics.iter().filter(is_wide).filter_map(|diagnostic| diagnostic.primary.as_ref());
        let files: Vec<&str> = wide.map(|label| &*compilation.sources.file(label.span.file).name).collect();
        if files.is_empty() {
            return self;
        }
        let Batch { examples, target, .. } = self;
        let numbered = examples.into_iter().enumerate();
        let kept = numbered.filter(|(number, _)| !files.contains(&&*format!("e{number}.kiln")));
        Batch::new(kept.map(|(_, example)| example).collect(), target)
    }

    /// What each example does on the interpreter for the target.
    pub fn interpreted(&self) -> Result<Vec<Outcome>, String> {
        let options = Options { interpret: true, ..self.options() };
        let run = || {
            let (compilation, mut checked) = compile_with(&options, &self.files, None);
            if compilation.has_errors() {
                return Err(render(&compilation.diagnostics, &compilation.sources, Default::default(), false));
            }
            let mut streams = Streams { out: Vec::new(), errors: Vec::new(), input: std::io::empty() };
            let mut outcomes = Vec::new();
            interpret_tests(
                &mut checked,
                BUDGET,
                &mut streams,
                |_| true,
                |_, ended, streams| {
                    let said = match ended {
                        Interpreted::Status(_) => String::new(),
                        Interpreted::Panicked { reason, at } => panic_text(reason, *at, &compilation.sources),
                        Interpreted::Stopped(error) => error.message.clone(),
                    };
                    let mut stderr = std::mem::take(&mut streams.errors);
                    stderr.extend(said.as_bytes());
                    let stdout = std::mem::take(&mut streams.out);
                    outcomes.push(Outcome { stdout, stderr, status: Some(ended.exit_status() & 0xFF) });
                },
            );
            Ok(outcomes)
        };
        guarded(run).map_err(|bug| bug.message)?
    }
}
