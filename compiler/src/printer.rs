//! Standard output and standard error of `kiln`.

use crate::app::{FAILED, USAGE};
use crate::cli::Color;
use kiln_compiler::{Format, Interpreted, panic_text, render, render_one};
use kiln_source::{Diagnostic, SourceMap, codes};
use std::io::{self, IsTerminal, Write};

/// Writes diagnostics to standard error as the user wants them.
pub struct Printer {
    format: Format,
    colour: bool,
}

impl Printer {
    /// With colours where they are wanted and can be seen.
    pub fn new(format: Format, color: Color) -> Printer {
        let colour = match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
                let dumb = std::env::var_os("TERM").is_some_and(|terminal| terminal == "dumb");
                io::stderr().is_terminal() && !set("NO_COLOR") && !dumb
            }
        };
        Printer { format, colour }
    }

    /// Writes what there is to say about a program.
    pub fn diagnostics(&self, diagnostics: &[Diagnostic], sources: &SourceMap) {
        if !diagnostics.is_empty() || self.format == Format::Json {
            self.write(&render(diagnostics, sources, self.format, self.colour));
        }
    }

    /// Writes what there is to say about a test.
    pub fn about_test(&self, diagnostic: &Diagnostic, sources: &SourceMap) {
        self.write(&render_one(diagnostic, sources, self.format, self.colour));
    }

    /// Writes an error that is in no file. Gives the exit status.
    pub fn failure(&self, error: Diagnostic) -> i32 {
        self.write(&render(&[error], &SourceMap::default(), self.format, self.colour));
        FAILED
    }

    /// Writes what is wrong with the command line, as clap does. Gives the exit status.
    pub fn usage(&self, message: &str) -> i32 {
        self.write(&format!("error: {message}\n\nFor more information, try '--help'.\n"));
        USAGE
    }

    /// Writes why a program on the interpreter did not come to its end.
    pub fn ended(&self, ended: &Interpreted, sources: &SourceMap) {
        match ended {
            Interpreted::Status(_) => {}
            Interpreted::Panicked { reason, at } => self.write(&panic_text(reason, *at, sources)),
            Interpreted::Stopped(error) => self.diagnostics(&[(**error).clone()], sources),
        }
    }

    /// Writes text as it is.
    pub fn plain(&self, text: &str) {
        self.write(text);
    }

    /// Writes a line about what happened.
    pub fn say(&self, message: &str) {
        self.write(&format!("kiln: {message}\n"));
    }

    fn write(&self, text: &str) {
        // Where standard error is closed, nobody can be told.
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }
}

/// Whether standard output is a terminal.
pub fn stdout_is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Writes to standard output. A reader that has seen enough is no error.
///
/// # Errors
/// E0803.
pub fn to_stdout(bytes: &[u8]) -> Result<(), Box<Diagnostic>> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            let message = format!("standard output can't be written: {error}");
            Err(Box::new(Diagnostic::global_error(codes::E0803, message)))
        }
        _ => Ok(()),
    }
}
