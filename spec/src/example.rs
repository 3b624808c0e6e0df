//! One example: its files, and what its comments expect of it.
//!
//! | comment | meaning |
//! | --- | --- |
//! | `// stdout: text` | the next line of output |
//! | `// panic: reason @ 3:5` | it ends with this panic, at this line and column (of `util.kiln:3:5`) |
//! | `// panic: reason @ std/vec.kiln` | it ends with this panic, somewhere in this file |
//! | `// panic: stack overflow` | it ends with this panic, which tells no place |
//! | `// exit: 3` | it ends with this status |
//! | `// foreign: puts` | it calls this foreign function: the interpreter stops there, with E0807 |
//! | `… // error[E0401]` | this line has this error; several are written side by side |
//! | `… // warning: unused_mut` | this line has this warning |
//! | `// error[E0304] @ 2` | line 2 has this error, where a comment there is not possible |
//! | `// no-warnings` | there are no warnings; without this or a warning they are not looked at |
//! | `// file: util.kiln` | what follows is another file |
//! | `// check-only` | it has a `main` that is not run |
//!
//! A comment that is the whole line is a directive if it starts in the first column.

use kiln_compiler::STACK_OVERFLOW;
use kiln_source::{Warning, codes};

/// An example.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Example {
    /// Names and texts; the first is the root, `main.kiln`.
    pub files: Vec<(String, String)>,
    /// The errors, sorted.
    pub errors: Vec<Marker>,
    /// The warnings, sorted; `None` if they don't matter.
    pub warnings: Option<Vec<Marker>>,
    /// How it runs; `None` if it doesn't.
    pub run: Option<ExpectedRun>,
}

/// An error or warning and its line.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Marker {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// `E0401` or `unused_mut`.
    pub name: String,
}

/// What a run is to do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExpectedRun {
    /// The whole standard output.
    pub stdout: String,
    /// How it ends.
    pub ending: Ending,
    /// The foreign function that it calls first. The interpreter can't.
    pub foreign: Option<String>,
}

/// How a program ends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ending {
    /// With a status.
    Exit(i32),
    /// With a panic.
    Panic {
        /// `integer overflow`
        reason: String,
        /// `main.kiln:3:5`, or a file alone; nothing for an overflow of the stack.
        place: Option<String>,
    },
}

/// The name of an example's first file.
pub const ROOT: &str = "main.kiln";

impl Example {
    /// Reads an example.
    ///
    /// # Errors
    /// Directives that don't exist, are not written right or contradict each other: line in the block and words.
    pub fn parse(text: &str) -> Result<Example, Vec<(usize, String)>> {
        let mut parser = Parser::default();
        parser.example.files.push((ROOT.to_owned(), String::new()));
        for (index, line) in text.lines().enumerate() {
            parser.number = index + 1;
            if let Err(message) = parser.line(line) {
                parser.mistakes.push((parser.number, message));
            }
        }
        parser.finish()
    }
}

#[derive(Default)]
struct Parser {
    example: Example,
    mistakes: Vec<(usize, String)>,
    /// The line in the block.
    number: usize,
    /// The line in the file.
    file_line: usize,
    stdout: Option<String>,
    panic: Option<(String, Option<String>)>,
    exit: Option<i32>,
    foreign: Option<String>,
    check_only: bool,
}

type Parsed = Result<(), String>;

impl Parser {
    fn line(&mut self, line: &str) -> Parsed {
        if let Some(name) = line.strip_prefix("// file: ") {
            self.file_line = 0;
            self.example.files.push((name.trim().to_owned(), String::new()));
            return Ok(());
        }
        let (_, text) = self.example.files.last_mut().expect("the root is there from the start");
        text.push_str(line);
        text.push('\n');
        self.file_line += 1;
        if let Some(comment) = line.strip_prefix("// ")
            && !comment.starts_with("error[")
        {
            return self.directive(comment);
        }
        match line.rfind("// error").max(line.rfind("// warn")) {
            Some(at) => self.markers(&line[at + 3..]),
            None => Ok(()),
        }
    }

    /// A comment that is a whole line.
    fn directive(&mut self, comment: &str) -> Parsed {
        match comment {
            "check-only" => {
                self.check_only = true;
                return Ok(());
            }
            "no-warnings" => {
                self.example.warnings.get_or_insert_default();
                return Ok(());
            }
            _ => {}
        }
        let is_key = |key: &str| !key.is_empty() && key.chars().all(|c| c.is_ascii_alphabetic() || c == '-');
        let Some((key, value)) = comment.split_once(':').filter(|(key, _)| is_key(key)) else { return Ok(()) };
        let value = value.strip_prefix(' ').unwrap_or(value);
        match key {
            "stdout" => {
                let stdout = self.stdout.get_or_insert_default();
                stdout.push_str(value);
                stdout.push('\n');
            }
            "panic" => {
                let panic = match value.rsplit_once(" @ ") {
                    Some((reason, place)) if place.split(':').count() == 2 => (reason, Some(format!("{ROOT}:{place}"))),
                    Some((reason, place)) => (reason, Some(place.to_owned())),
                    None if value == STACK_OVERFLOW => (value, None),
                    None => return Err("write `// panic: reason @ line:column`".to_owned()),
                };
                if self.panic.replace((panic.0.to_owned(), panic.1)).is_some() {
                    return Err("a program panics once".to_owned());
                }
            }
            "exit" => {
                let status = value.parse().map_err(|_| format!("`{value}` is no exit status"))?;
                if self.exit.replace(status).is_some() {
                    return Err("a program exits once".to_owned());
                }
            }
            "foreign" => {
                if self.foreign.replace(value.to_owned()).is_some() {
                    return Err("the interpreter stops once".to_owned());
                }
            }
            _ => return Err(format!("there is no directive `{key}`")),
        }
        Ok(())
    }

    /// `error[E0001] error[E0002] @ 3`, `warning: unused_mut`
    fn markers(&mut self, comment: &str) -> Parsed {
        let (list, line) = match comment.split_once(" @ ") {
            Some((list, line)) => (list, line.parse().map_err(|_| format!("`{line}` is no line"))?),
            None => (comment, self.file_line),
        };
        let file = self.example.files.last().expect("the root is there from the start").0.clone();
        if let Some(names) = list.strip_prefix("warning: ") {
            for name in names.split(", ") {
                Warning::find(name).ok_or_else(|| format!("there is no warning `{name}`"))?;
                let marker = Marker { file: file.clone(), line, name: name.to_owned() };
                self.example.warnings.get_or_insert_default().push(marker);
            }
            return Ok(());
        }
        for word in list.split(' ') {
            let code = word.strip_prefix("error[").and_then(|rest| rest.strip_suffix(']'));
            let code = code.and_then(codes::find).ok_or_else(|| format!("`{word}` is no `error[E0000]`"))?;
            self.example.errors.push(Marker { file: file.clone(), line, name: code.id.to_owned() });
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Example, Vec<(usize, String)>> {
        let has_main = self.example.files[0].1.contains("fn main(");
        let expects_run =
            self.stdout.is_some() || self.panic.is_some() || self.exit.is_some() || self.foreign.is_some();
        let contradiction = if expects_run && !self.example.errors.is_empty() {
            Some("a program with errors does not run")
        } else if expects_run && self.check_only {
            Some("what is only checked has no output")
        } else if expects_run && !has_main {
            Some("a program that runs has a `main`")
        } else if self.check_only && (!has_main || !self.example.errors.is_empty()) {
            Some("`check-only` is for a program that could run")
        } else if self.panic.is_some() && self.exit.is_some_and(|status| status != 101) {
            Some("a panic exits with 101")
        } else {
            None
        };
        self.mistakes.extend(contradiction.map(|message| (1, message.to_owned())));
        if !self.mistakes.is_empty() {
            return Err(self.mistakes);
        }
        if has_main && self.example.errors.is_empty() && !self.check_only {
            let ending = match self.panic {
                Some((reason, place)) => Ending::Panic { reason, place },
                None => Ending::Exit(self.exit.unwrap_or(0)),
            };
            let stdout = self.stdout.unwrap_or_default();
            self.example.run = Some(ExpectedRun { stdout, ending, foreign: self.foreign });
        }
        self.example.errors.sort();
        if let Some(warnings) = &mut self.example.warnings {
            warnings.sort();
        }
        Ok(self.example)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marker(file: &str, line: usize, name: &str) -> Marker {
        Marker { file: file.to_owned(), line, name: name.to_owned() }
    }

    #[test]
    fn a_program_that_runs() {
        let example = Example::parse("fn main() { f(); }\n// stdout: a\n// stdout:\n// panic: x @ y @ 1:2\n").unwrap();
        let ending = Ending::Panic { reason: "x @ y".to_owned(), place: Some("main.kiln:1:2".to_owned()) };
        assert_eq!(example.run, Some(ExpectedRun { stdout: "a\n\n".to_owned(), ending, foreign: None }));
        let silent = Example::parse("fn main() {}\n").unwrap();
        assert_eq!(silent.run, Some(ExpectedRun { stdout: String::new(), ending: Ending::Exit(0), foreign: None }));
        assert_eq!(Example::parse("fn main() {}\n// check-only\n").unwrap().run, None);
        assert_eq!(Example::parse("fn f() {}\n").unwrap().run, None);
    }

    #[test]
    fn markers_name_lines() {
        let text =
            "a // error[E0401] error[E0102]\nb\n// error[E0002] @ 2\n// file: u.kiln\nc // warning: unused_mut\n";
        let example = Example::parse(text).unwrap();
        let expected =
            [marker("main.kiln", 1, "E0102"), marker("main.kiln", 1, "E0401"), marker("main.kiln", 2, "E0002")];
        assert_eq!(example.errors, expected);
        assert_eq!(example.warnings, Some(vec![marker("u.kiln", 1, "unused_mut")]));
        assert_eq!(example.files[1], ("u.kiln".to_owned(), "c // warning: unused_mut\n".to_owned()));
    }

    #[test]
    fn nothing_is_overlooked() {
        let cases = [
            ("// stdot: a\n", "there is no directive `stdot`"),
            ("fn main() {}\n// exit: x\n", "`x` is no exit status"),
            ("fn main() {}\n// panic: x\n", "write `// panic: reason @ line:column`"),
            ("x // error[E9999]\n", "`error[E9999]` is no `error[E0000]`"),
            ("x // error E0401\n", "`error` is no `error[E0000]`"),
            ("x // warning: unused\n", "there is no warning `unused`"),
            ("x // warn: unused_mut\n", "`warn:` is no `error[E0000]`"),
            ("// stdout: 1\n", "a program that runs has a `main`"),
            ("fn main() {} // error[E0401]\n// stdout: 1\n", "a program with errors does not run"),
            ("fn main() {}\n// exit: 1\n// panic: a @ 1:1\n", "a panic exits with 101"),
            ("fn f() {}\n// check-only\n", "`check-only` is for a program that could run"),
        ];
        for (text, expected) in cases {
            let mistakes = Example::parse(text).expect_err(text);
            assert_eq!(mistakes[0].1, expected, "{text:?}");
        }
    }

    #[test]
    fn ordinary_comments_are_no_directives() {
        let example = Example::parse("// This says: nothing\n    // stdout: indented\n// plain\nfn f() {}\n").unwrap();
        assert_eq!(example.run, None);
    }
}
