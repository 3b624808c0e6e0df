//! Makes executables of objects with the system's linker driver.

use crate::errors::{LinkFailed, UnwritableOutput};
use crate::guard::Phase;
use crate::linker::{DEFAULT, Dialect, c_library, default_linker, package};
use crate::output::Beside;
use crate::{Library, Options};
use kiln_source::Diagnostic;
use kiln_types::{Arch, Os, Target};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

/// Links objects to the executable `output`, which is there as a whole afterwards, or not at all.
///
/// # Errors
/// E0803 where the output can't be written, E0804 where the linker is missing or fails.
pub fn link(objects: &[Vec<u8>], output: &Path, options: &Options) -> Result<(), Box<Diagnostic>> {
    Phase::Linking.enter();
    let unwritable = |error| Box::new(UnwritableOutput { path: output, error }.diagnostic());
    let place = Beside::new(output).map_err(unwritable)?;
    let mut paths = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        let path = place.with_name(format!("part{number}.o"));
        fs::write(&path, object).map_err(unwritable)?;
        paths.push(path);
    }
    run_linker(&paths, &place.path(), options).map_err(|error| Box::new(error.diagnostic()))?;
    place.finish().map_err(unwritable)
}

fn run_linker(objects: &[PathBuf], output: &Path, options: &Options) -> Result<(), LinkFailed> {
    let target = &options.target;
    let Some(linker) = options.linker.clone().or_else(|| default_linker(target)) else {
        return Err(LinkFailed::NoLinker { triple: target.triple.to_string() });
    };
    let sysroot = options.tuning.sysroot.as_deref();
    if let Some(sysroot) = sysroot.filter(|sysroot| !sysroot.is_dir()) {
        return Err(LinkFailed::NoSysroot { sysroot: sysroot.to_owned() });
    }
    let mut command = Command::new(&linker.program);
    command.args(&linker.args).args(opening(linker.dialect(), sysroot));
    command.args(objects).args(&options.tuning.objects).arg("-o").arg(output);
    if options.library == Some(Library::Shared) {
        command.args(shared(output_name(options).as_os_str(), target));
    }
    command.args(options.tuning.library_paths.iter().map(|folder| with("-L", folder)));
    command.args(options.tuning.libraries.iter().map(|library| format!("-l{library}"))).args(&options.tuning.link_args);
    if target.os != Os::Freestanding {
        command.arg("-lm");
    }
    // The linker's words are part of a diagnostic, so they are to be in its language.
    let ran = command.env("LC_ALL", "C").output();
    let done = ran.map_err(|error| LinkFailed::NotStarted {
        linker: linker.program.clone(),
        asked_by: (linker.asked_by != DEFAULT).then_some(linker.asked_by),
        error,
        package: package(target),
    })?;
    if done.status.success() && output.is_file() {
        return Ok(());
    }
    let mut said = String::from_utf8_lossy(&done.stderr).into_owned();
    said.push_str(&String::from_utf8_lossy(&done.stdout));
    // Where the files are meanwhile means nothing to anybody.
    let folder = output.parent().map_or(String::new(), |folder| format!("{}/", folder.display()));
    let said = said.replace(&folder, "");
    let status = if done.status.success() { "no file was made".to_owned() } else { describe(done.status) };
    let advice = advice(&said, target);
    Err(LinkFailed::Failed { linker: linker.program, status, output: said, advice })
}

fn with(option: &str, path: &Path) -> OsString {
    let mut argument = OsString::from(option);
    argument.push(path);
    argument
}

/// What makes a library of it that programs load by this name, and that needs nothing which is not linked.
fn shared(name: &OsStr, target: &Target) -> Vec<OsString> {
    match target.os {
        Os::Macos => vec!["-dynamiclib".into(), with("-Wl,-install_name,@rpath/", name.as_ref())],
        Os::Windows => vec!["-shared".into()],
        Os::Linux | Os::Freestanding => {
            vec!["-shared".into(), "-Wl,-z,defs".into(), with("-Wl,-soname,", name.as_ref())]
        }
    }
}

/// The file name of the output.
fn output_name(options: &Options) -> PathBuf {
    let output = options.output.clone().unwrap_or_else(|| default_output(options));
    output.file_name().map_or(output.clone(), PathBuf::from)
}

/// What stands before the objects.
fn opening(dialect: Dialect, sysroot: Option<&Path>) -> Vec<OsString> {
    match dialect {
        Dialect::Driver | Dialect::Bare => sysroot.map(|sysroot| with("--sysroot=", sysroot)).into_iter().collect(),
        Dialect::Wasm => {
            // The host calls what is exported, and gives what is imported; a stack at the lowest addresses can't run into data.
            let fixed = ["--no-entry", "--export-dynamic", "--allow-undefined", "--stack-first", "-z", WASM_STACK];
            let libraries = sysroot.map(|sysroot| with("-L", &sysroot.join("lib")));
            fixed.into_iter().map(OsString::from).chain(libraries).collect()
        }
    }
}

/// The stack of a WebAssembly program: as much as Linux gives.
const WASM_STACK: &str = "stack-size=8388608";

/// What helps against what the linker complains of.
fn advice(said: &str, target: &Target) -> Option<String> {
    let has = |words: &[&str]| words.iter().any(|word| said.contains(word));
    if has(&["crt1.o", "Scrt1.o", "cannot find -lc", "unable to find library -lc"]) {
        let install = c_library(target).filter(|_| *target != Target::host()).unwrap_or_else(|| "libc6-dev".to_owned());
        return Some(format!(
            "the C library for `{}` is missing: install it (on Debian and Ubuntu: `apt-get install {install}`), or say where it is with `--sysroot`",
            target.triple
        ));
    }
    if target.os == Os::Freestanding && has(&["undefined symbol", "undefined reference"]) {
        return Some(
            "a program without an operating system takes `write`, `exit`, `malloc`, `realloc` and `free` from what it is linked with: name an object or archive that has them"
                .to_owned(),
        );
    }
    None
}

/// `status 1`, `signal 11`.
fn describe(status: ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return format!("signal {signal}");
    }
    status.code().map_or_else(|| "no status".to_owned(), |code| format!("status {code}"))
}

/// The executable's path where none was given: the root's name without ending, in the current folder.
pub(crate) fn default_output(options: &Options) -> PathBuf {
    let root = options.inputs.first().and_then(|root| root.file_stem());
    let stem = PathBuf::from(root.unwrap_or("a.out".as_ref()));
    if let Some(library) = options.library {
        return library_name(&stem, library, &options.target);
    }
    match options.target.os {
        Os::Windows => stem.with_extension("exe"),
        _ if options.target.arch == Arch::Wasm32 => stem.with_extension("wasm"),
        _ => stem,
    }
}

/// `libarea.a`, `libarea.so`, as the target calls libraries.
fn library_name(stem: &Path, library: Library, target: &Target) -> PathBuf {
    let (prefix, ending) = match (target.os, library) {
        (Os::Windows, Library::Static) => ("", "lib"),
        (Os::Windows, Library::Shared) => ("", "dll"),
        (_, Library::Static) => ("lib", "a"),
        (Os::Macos, Library::Shared) => ("lib", "dylib"),
        (_, Library::Shared) => ("lib", "so"),
    };
    let mut name = OsString::from(prefix);
    name.push(stem);
    name.push(".");
    name.push(ending);
    name.into()
}
