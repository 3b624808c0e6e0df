//! Programs in the documents for users are right, and print what their comments `// stdout:` say.

mod common;

use common::Place;
use kiln_compiler::{Memory, Mode, Options, compile_files, guarded};
use kiln_source::Severity;
use std::fs;
use std::path::PathBuf;

/// Documents with programs.
const DOCUMENTS: &[&str] =
    &["README.md", "CHANGELOG.md", "docs/c-interop.md", "docs/comptime.md", "docs/emit-formats.md", "docs/targets.md"];

#[test]
fn programs_in_documents_are_right() {
    let mut found = 0;
    for document in DOCUMENTS {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(document);
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{document}: {error}"));
        for part in text.split("```kiln\n").skip(1) {
            let program = part.split("```\n").next().expect("split gives at least one part");
            let options = Options { interpret: true, ..Options::new(Mode::Run, vec!["main.kiln".into()]) };
            let files = Memory::split("main.kiln", program);
            let done =
                guarded(|| compile_files(&options, &files)).unwrap_or_else(|bug| panic!("{document}: {}", bug.message));
            let errors: Vec<_> = done.diagnostics.iter().filter(|one| one.severity == Severity::Error).collect();
            assert!(errors.is_empty(), "{document}:\n{program}\n{errors:?}");
            let said: String = program.lines().filter_map(|line| line.strip_prefix("// stdout: ")).fold(
                String::new(),
                |mut said, line| {
                    said.push_str(line);
                    said.push('\n');
                    said
                },
            );
            if !said.is_empty() {
                let ran = Place::with_main(program).kiln(&["run", "--interp", "main.kiln"]);
                assert_eq!(ran.stdout, said, "{document}:\n{program}\n{}", ran.stderr);
            }
            found += 1;
        }
    }
    assert!(found >= DOCUMENTS.len(), "each document shows a program");
}
