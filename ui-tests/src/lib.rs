//! Programs that must be diagnosed, with the rendered text beside them.
//!
//! A case is `AREA/NAME.kiln` with `AREA/NAME.stderr`. The case of a code or warning bears its name and is about it: what is
//! said first, in the order of the source, has that code. A line `// file: other.kiln` opens a further file. `//@ mode: build`
//! compiles as `kiln build` does, `//@ steps: 1000` sets the budget of comptime, and so do
//! `depth` and `memory`. `cargo xtask bless` writes the expected texts.
//!
//! Contract: a case without expected text, with an unknown `//@` key, or in which the compiler breaks, fails.

#![forbid(unsafe_code)]

use kiln_compiler::{Compilation, Format, Memory, Mode, Options, compile_files, guarded, render};
use kiln_source::{Diagnostic, Severity, Warning, codes};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// The variable that lets cases write their expected text.
pub const BLESS: &str = "KILN_BLESS";

/// A program that must be diagnosed.
#[derive(Clone, Debug)]
pub struct Case {
    /// `names/unresolved_name`
    pub name: String,
    path: PathBuf,
}

impl Case {
    /// All cases below a folder, sorted by name.
    ///
    /// # Errors
    /// The folder can't be read.
    pub fn all(folder: &Path) -> io::Result<Vec<Case>> {
        let mut cases = Vec::new();
        for area in fs::read_dir(folder)? {
            let area = area?.path();
            if !area.is_dir() {
                continue;
            }
            for file in fs::read_dir(&area)? {
                let path = file?.path();
                if path.extension().is_some_and(|extension| extension == "kiln") {
                    let name = path.strip_prefix(folder).unwrap_or(&path).with_extension("");
                    cases.push(Case { name: name.display().to_string().replace('\\', "/"), path });
                }
            }
        }
        cases.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(cases)
    }

    /// Compiles the program and compares, or writes, what is said about it.
    ///
    /// # Errors
    /// What is wrong with the case, or with what was said.
    pub fn run(&self, bless: bool) -> Result<(), String> {
        let text = fs::read_to_string(&self.path).map_err(|error| error.to_string())?;
        let stem = self.name.rsplit('/').next().unwrap_or(&self.name);
        let compilation = compiled(stem, &text)?;
        is_about(stem, &compilation)?;
        let said = render(&compilation.diagnostics, &compilation.sources, Format::Human, false);
        let expected_path = self.path.with_extension("stderr");
        if bless {
            return fs::write(&expected_path, said).map_err(|error| error.to_string());
        }
        let expected = fs::read_to_string(&expected_path).unwrap_or_default();
        if said == expected {
            return Ok(());
        }
        Err(format!("what is said differs; `cargo xtask bless` accepts it\n{}", difference(&expected, &said)))
    }
}

fn compiled(stem: &str, text: &str) -> Result<Compilation, String> {
    let root = format!("{stem}.kiln");
    let options = options(text, Options::new(Mode::Check, vec![PathBuf::from(&root)]))?;
    let files = Memory::split(&root, text);
    guarded(|| compile_files(&options, &files)).map_err(|bug| bug.message)
}

/// The options with what the lines `//@` ask for.
fn options(text: &str, mut options: Options) -> Result<Options, String> {
    for line in text.lines().filter_map(|line| line.strip_prefix("//@ ")) {
        match line.split_once(": ") {
            Some(("mode", "build")) => options.mode = Mode::Build,
            Some(("mode", "test")) => options.mode = Mode::Test,
            Some(("steps", number)) => options.limits.steps = number.parse().map_err(|_| "`steps` takes a number")?,
            Some(("depth", number)) => options.limits.depth = number.parse().map_err(|_| "`depth` takes a number")?,
            Some(("memory", number)) => {
                options.limits.memory = number.parse().map_err(|_| "`memory` takes a number")?
            }
            _ => return Err(format!("there is no `//@ {line}`")),
        }
    }
    Ok(options)
}

/// Whether the case of a code or warning is about it.
fn is_about(stem: &str, compilation: &Compilation) -> Result<(), String> {
    let code = codes::ALL.iter().find(|code| code.name == stem);
    let place =
        |diagnostic: &&Diagnostic| diagnostic.primary.as_ref().map(|label| (label.span.file, label.span.range.start));
    let of = |severity| compilation.diagnostics.iter().filter(move |diagnostic| diagnostic.severity == severity);
    if let Some(code) = code {
        let first = of(Severity::Error).min_by_key(place).and_then(|error| error.code);
        if first != Some(*code) {
            return Err(format!("the first error is {first:?}, not {code:?}"));
        }
    } else if let Some(warning) = Warning::find(stem) {
        let first = of(Severity::Warning).min_by_key(place).and_then(|diagnostic| diagnostic.warning);
        if first != Some(warning) {
            return Err(format!("the first warning is {first:?}, not {warning:?}"));
        }
    }
    if compilation.diagnostics.is_empty() { Err("nothing is said about this program".to_owned()) } else { Ok(()) }
}

/// The lines that are only in the one or the other text.
fn difference(expected: &str, found: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), found.lines().collect());
    let before = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let rest = old.len().min(new.len()) - before;
    let after = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(old, new)| old == new).count();
    let removed = old[before..old.len() - after].iter().map(|line| format!("- {line}\n"));
    let added = new[before..new.len() - after].iter().map(|line| format!("+ {line}\n"));
    format!("from line {}:\n{}", before + 1, removed.chain(added).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_narrow() {
        assert_eq!(difference("a\nb\nc\n", "a\nx\nc\n"), "from line 2:\n- b\n+ x\n");
        assert_eq!(difference("", "a\n"), "from line 1:\n+ a\n");
    }

    #[test]
    fn unknown_keys_are_refused() {
        let read = |text| options(text, Options::new(Mode::Check, Vec::new()));
        assert_eq!(read("//@ mode: build\n//@ steps: 7\nfn f() { }\n").map(|options| options.limits.steps), Ok(7));
        assert!(read("//@ optimise: 3\n").is_err());
    }
}
