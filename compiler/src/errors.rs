//! The mistakes of this crate: files, options, tools. Each is data; its words are made here.

use crate::Stage;
use crate::files::ReadError;
use crate::runner;
use kiln_source::{Diagnostic, Span, codes};
use kiln_types::{Os, Target};
use std::io;
use std::path::{Path, PathBuf};

/// An input that can't be read (E0801) or is no Kiln text (E0802). `import` is where a program asks for it.
pub(crate) struct UnreadableFile<'a> {
    pub name: &'a str,
    pub error: ReadError,
    pub import: Option<Span>,
}

impl UnreadableFile<'_> {
    pub(crate) fn diagnostic(self) -> Diagnostic {
        let name = self.name;
        let (code, message, help) = match &self.error {
            ReadError::Missing => (codes::E0801, format!("there is no file `{name}`"), None),
            ReadError::Folder => {
                let help = "give the file in it that has `main`";
                (codes::E0801, format!("`{name}` is a folder, not a file"), Some(help))
            }
            ReadError::TooLarge => {
                let help = "a source file is shorter than 4 GiB, and one that comes from a pipe shorter than 64 MiB";
                (codes::E0802, format!("`{name}` is too large"), Some(help))
            }
            ReadError::Io(error) => (codes::E0801, format!("`{name}` can't be read: {}", reason(error)), None),
        };
        let error = match self.import {
            Some(span) => Diagnostic::error(code, span, message).label("imported here"),
            None => Diagnostic::global_error(code, message),
        };
        help.into_iter().fold(error, Diagnostic::help)
    }
}

/// A file that is not UTF-8. E0802.
pub(crate) struct NotUtf8<'a> {
    pub name: &'a str,
    pub bytes: &'a [u8],
    /// Length of the part that is UTF-8.
    pub valid: usize,
    pub import: Option<Span>,
}

impl NotUtf8<'_> {
    pub(crate) fn diagnostic(self) -> Diagnostic {
        let good = &self.bytes[..self.valid];
        let line = good.iter().filter(|&&byte| byte == b'\n').count() + 1;
        let message = format!("`{}` is not UTF-8 text", self.name);
        let error = match self.import {
            Some(span) => Diagnostic::error(codes::E0802, span, message).label("imported here"),
            None => Diagnostic::global_error(codes::E0802, message),
        };
        let byte = self.bytes.get(self.valid).copied().unwrap_or(0);
        error.note(format!("the first bad byte is {byte:#04x}, in line {line}, at offset {}", self.valid))
    }
}

/// An `@import` of a file that does not exist. E0104.
pub(crate) struct ImportNotFound<'a> {
    pub span: Span,
    pub path: &'a str,
    /// Where it was looked for.
    pub looked_for: String,
    /// A path that exists and is spelled nearly so.
    pub similar: Option<String>,
}

impl ImportNotFound<'_> {
    pub(crate) fn diagnostic(self) -> Diagnostic {
        let message = format!("there is no module `{}`", self.path);
        let error = Diagnostic::error(codes::E0104, self.span, message).label(format!("no file `{}`", self.looked_for));
        match self.similar {
            Some(similar) => error.fix(self.span, format!("\"{similar}\""), format!("write `\"{similar}\"`")),
            None => error,
        }
    }
}

/// An import path that can't name a module of this program. E0113.
#[derive(Debug)]
pub(crate) enum BadImportPath {
    /// `""`, `"/x"`, `"a//b"`, `"a\\b"`
    Malformed,
    /// `"../x"` in the root folder.
    LeavesRoot,
}

impl BadImportPath {
    pub(crate) fn diagnostic(self, span: Span, path: &str) -> Diagnostic {
        match self {
            BadImportPath::Malformed => {
                Diagnostic::error(codes::E0113, span, format!("`{}` is no import path", path.escape_default())).help(
                    "an import path is relative to the importing file, with `/` between its parts and without `.kiln`",
                )
            }
            BadImportPath::LeavesRoot => {
                Diagnostic::error(codes::E0113, span, format!("the import path `{path}` leaves the program's folder"))
                    .note("the program's folder is the one of its first file")
            }
        }
    }
}

/// An `@embed_file` of a file that can't be read. E0606.
pub(crate) struct EmbedFailed<'a> {
    pub span: Span,
    pub name: &'a str,
    pub error: ReadError,
}

impl EmbedFailed<'_> {
    pub(crate) fn diagnostic(self) -> Diagnostic {
        let name = self.name;
        let message = match self.error {
            ReadError::Missing => format!("there is no file `{name}` to embed"),
            ReadError::Folder => format!("`{name}` is a folder and can't be embedded"),
            ReadError::TooLarge => format!("`{name}` is too large to embed"),
            ReadError::Io(error) => format!("`{name}` can't be read: {}", reason(&error)),
        };
        Diagnostic::error(codes::E0606, self.span, message)
    }
}

/// A further input that is not below the folder of the first. E0113.
pub(crate) struct InputOutsideRoot<'a> {
    pub name: &'a str,
}

impl InputOutsideRoot<'_> {
    pub(crate) fn diagnostic(self) -> Diagnostic {
        Diagnostic::global_error(codes::E0113, format!("`{}` is not in the folder of the first file", self.name))
            .note("the first file is the program's root; all others are in its folder or below")
    }
}

/// An output that can't be written. E0803.
pub(crate) struct UnwritableOutput<'a> {
    pub path: &'a Path,
    pub error: io::Error,
}

impl UnwritableOutput<'_> {
    pub(crate) fn diagnostic(self) -> Diagnostic {
        let name = self.path.display();
        let message = format!("`{name}` can't be written: {}", reason(&self.error));
        let error = Diagnostic::global_error(codes::E0803, message);
        match self.path.parent() {
            Some(folder) if self.error.kind() == io::ErrorKind::NotFound => {
                error.help(format!("make the folder `{}` first", folder.display()))
            }
            _ => error,
        }
    }
}

/// An output that would replace an input. E0803.
pub(crate) struct OverwritesInput<'a> {
    pub path: &'a Path,
}

impl OverwritesInput<'_> {
    pub(crate) fn diagnostic(self) -> Diagnostic {
        let message = format!("the output `{}` would overwrite an input", self.path.display());
        Diagnostic::global_error(codes::E0803, message).help("name another with `-o`, or with `=PATH` behind the stage")
    }
}

/// A linker that is not there, or did not do it. E0804.
pub(crate) enum LinkFailed {
    /// It could not be started.
    NotStarted { linker: String, asked_by: Option<&'static str>, error: io::Error, package: Option<String> },
    /// None is known that links for this target on this machine.
    NoLinker { triple: String },
    /// The folder of `--sysroot` is not there.
    NoSysroot { sysroot: PathBuf },
    /// It ended with an error.
    Failed { linker: String, status: String, output: String, advice: Option<String> },
}

impl LinkFailed {
    pub(crate) fn diagnostic(self) -> Diagnostic {
        match self {
            LinkFailed::NotStarted { linker, asked_by, error, package } => {
                let message = match error.kind() {
                    io::ErrorKind::NotFound => format!("the linker `{linker}` was not found"),
                    _ => format!("the linker `{linker}` could not be started: {}", reason(&error)),
                };
                let missing = Diagnostic::global_error(codes::E0804, message);
                match (asked_by, package) {
                    (Some(asked_by), _) => missing.note(format!("`{asked_by}` asks for it")),
                    (None, Some(package)) => {
                        missing.help(format!("install it (on Debian and Ubuntu: `apt-get install {package}`), or name another with `--linker`"))
                    }
                    (None, None) => missing.help("install a C compiler, or name a linker with `--linker`"),
                }
            }
            LinkFailed::NoLinker { triple } => {
                let message = format!("there is no linker for `{triple}` on this machine");
                Diagnostic::global_error(codes::E0804, message).help(
                    "name one with `--linker`, and the target's libraries with `--sysroot`; or make an object, `--emit obj=PATH`, and link it there",
                )
            }
            LinkFailed::NoSysroot { sysroot } => {
                let message = format!("there is no folder `{}`", sysroot.display());
                Diagnostic::global_error(codes::E0804, message)
                    .note("`--sysroot` asks for it: the folder that has the target's `lib` and `usr/lib` inside")
            }
            LinkFailed::Failed { linker, status, output, advice } => {
                let error = Diagnostic::global_error(codes::E0804, format!("`{linker}` failed to link ({status})"));
                let error = match output.trim_end() {
                    "" => error,
                    output => error.note(format!("it said:\n{output}")),
                };
                advice.into_iter().fold(error, Diagnostic::help)
            }
        }
    }
}

/// A `--target` that is not in the table. E0805.
pub(crate) struct UnknownTarget<'a> {
    pub triple: &'a str,
    pub known: Vec<&'a str>,
}

impl UnknownTarget<'_> {
    pub(crate) fn diagnostic(self) -> Diagnostic {
        Diagnostic::global_error(codes::E0805, format!("there is no target `{}`", self.triple))
            .help(format!("the targets are:\n{}", self.known.join("\n")))
    }
}

/// Something this build of the compiler can't do. E0806.
pub(crate) enum BackendUnavailable {
    /// It was built without LLVM.
    NoLlvm { wanted: String },
    /// The backend refuses.
    #[cfg_attr(not(any(kiln_llvm, feature = "cranelift")), expect(dead_code, reason = "nothing refuses"))]
    Refused { backend: String, reason: String },
    /// This build has no Cranelift.
    NoCranelift,
    /// The backend does not make this stage.
    NoStage { backend: &'static str, stage: Stage },
    /// The backend makes no executables.
    NoExecutables { backend: &'static str },
    /// The backend knows no bitcode.
    NoBitcode { backend: &'static str },
    /// The backend does not know this target.
    NoTarget { backend: &'static str, triple: String, targets: Vec<&'static str> },
}

impl BackendUnavailable {
    pub(crate) fn diagnostic(self) -> Diagnostic {
        match self {
            BackendUnavailable::NoLlvm { wanted } => {
                let message = format!("this `kiln` was built without LLVM, which {wanted} needs");
                Diagnostic::global_error(codes::E0806, message).help(
                    "`cargo xtask setup` installs LLVM (on Debian: `apt-get install llvm-22-dev g++`); then build `kiln` again",
                )
            }
            BackendUnavailable::Refused { backend, reason } => {
                Diagnostic::global_error(codes::E0806, format!("{backend} can't do that: {reason}"))
            }
            BackendUnavailable::NoCranelift => {
                Diagnostic::global_error(codes::E0806, "this `kiln` was built without Cranelift")
                    .help("build it with the feature `cranelift`, or take another backend: `--backend llvm`")
            }
            BackendUnavailable::NoStage { backend, stage } => {
                let message = format!("{backend} does not make `--emit {}`", stage.name());
                let makers = if stage == Stage::Clif { "cranelift" } else { "llvm" };
                Diagnostic::global_error(codes::E0806, message).help(format!("`--backend {makers}` does"))
            }
            BackendUnavailable::NoExecutables { backend } => {
                Diagnostic::global_error(codes::E0806, format!("{backend} makes no executables"))
                    .help("it runs programs: `kiln run`; `--backend llvm` and `--backend cranelift` make executables")
            }
            BackendUnavailable::NoBitcode { backend } => {
                Diagnostic::global_error(codes::E0806, format!("{backend} does not take bitcode (`--lto`, `.bc`)"))
                    .help("`--backend llvm` does")
            }
            BackendUnavailable::NoTarget { backend, triple, targets } => {
                Diagnostic::global_error(codes::E0806, format!("{backend} does not compile for `{triple}`"))
                    .note(format!("it compiles for {}", targets.join(", ")))
                    .help("`kiln targets` lists what each backend compiles for")
            }
        }
    }
}

/// The program with LLVM, which should stand beside this one, could not be started. E0806.
pub fn missing_part(program: &Path, error: &io::Error) -> Diagnostic {
    let message = format!("the part of `kiln` that makes native code could not be started: {}", reason(error));
    Diagnostic::global_error(codes::E0806, message).note(format!("it should be `{}`", program.display()))
}

/// A program that could not be started. E0807.
pub(crate) struct RunFailed<'a> {
    pub target: &'a str,
    pub error: io::Error,
}

impl RunFailed<'_> {
    pub(crate) fn diagnostic(self) -> Diagnostic {
        let message = format!("the program could not be started: {}", reason(&self.error));
        Diagnostic::global_error(codes::E0807, message).note(format!("it was made for {}", self.target))
    }
}

/// A program for another machine, and nothing here that runs it. E0807.
pub(crate) struct NoRunner<'a> {
    pub target: &'a Target,
    /// The usual name of what would run it.
    pub missing: &'a str,
}

impl NoRunner<'_> {
    pub(crate) fn diagnostic(self) -> Diagnostic {
        let NoRunner { target, missing } = self;
        let message = format!("nothing here runs programs for `{}`", target.triple);
        let error = Diagnostic::global_error(codes::E0807, message);
        match target.os {
            Os::Macos | Os::Windows => error.help("`kiln build` makes it; run it on such a machine"),
            Os::Linux | Os::Freestanding => error.help(format!(
                "`{missing}` would (on Debian and Ubuntu: `apt-get install {}`); `--interp` runs it on the interpreter",
                runner::package(target.arch)
            )),
        }
    }
}

/// A broken invariant of the compiler. E0901.
pub(crate) struct InternalError<'a> {
    /// What the compiler was doing: `type checking`.
    pub phase: &'a str,
    /// What went wrong, in its own words.
    pub message: &'a str,
    /// Where in the compiler, if that is known.
    pub place: Option<&'a str>,
}

impl InternalError<'_> {
    pub(crate) fn diagnostic(self) -> Diagnostic {
        let message = format!("the compiler failed while {}: {}", self.phase, self.message);
        let error = Diagnostic::global_error(codes::E0901, message);
        let error = match self.place {
            Some(place) => error.note(format!("in {place}, kiln {}", env!("CARGO_PKG_VERSION"))),
            None => error,
        };
        error.help("this is a bug in `kiln`, not in the program; please report it with the program that shows it")
    }
}

/// What the system said, as part of a sentence: without its number and in lower case.
fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(first), Some(second)) if second.is_lowercase() => {
            first.to_lowercase().chain(text.chars().skip(1)).collect()
        }
        _ => text.to_owned(),
    }
}
