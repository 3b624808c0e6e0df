//! Makes executables of objects with the system's linker driver.

use crate::errors::{LinkFailed, UnwritableOutput};
use crate::guard::Phase;
use crate::output::Beside;
use crate::{Linker, Options};
use kiln_source::Diagnostic;
use kiln_types::{Arch, Os, Target};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::{env, fs};

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
    let linker = options.linker.clone().unwrap_or_else(|| default_linker(&options.target));
    let mut command = Command::new(&linker.program);
    command.args(&linker.args);
    if let Some(sysroot) = &options.tuning.sysroot {
        let mut argument = OsString::from("--sysroot=");
        argument.push(sysroot);
        command.arg(argument);
    }
    command.args(objects).args(&options.tuning.objects).arg("-o").arg(output);
    command.args(options.tuning.libraries.iter().map(|library| format!("-l{library}"))).args(&options.tuning.link_args);
    if options.target.os != Os::Freestanding {
        command.arg("-lm");
    }
    // The linker's words are part of a diagnostic, so they are to be in its language.
    let ran = command.env("LC_ALL", "C").output();
    let done = ran.map_err(|error| LinkFailed::NotStarted {
        linker: linker.program.clone(),
        asked_by: (linker.asked_by != DEFAULT).then_some(linker.asked_by),
        error,
        package: package(&options.target),
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
    Err(LinkFailed::Failed { linker: linker.program, status, output: said })
}

/// [`Linker::asked_by`] of a linker nobody asked for.
const DEFAULT: &str = "";

impl Linker {
    /// The linker that `--linker` or the environment asks for: `KILN_CC` before `CC`.
    pub fn asked_for(option: Option<&str>) -> Option<Linker> {
        if let Some(program @ ("lld" | "mold")) = option {
            // These link for a driver, which knows where the C library is.
            let driver = Linker::of_environment();
            let (program, mut args) =
                (driver.as_ref().map_or("cc", |driver| &driver.program), vec![format!("-fuse-ld={program}")]);
            let program = program.to_owned();
            args.extend(driver.into_iter().flat_map(|driver| driver.args));
            return Some(Linker { program, args, asked_by: "--linker" });
        }
        if let Some(program) = option {
            return Some(Linker { program: program.to_owned(), args: Vec::new(), asked_by: "--linker" });
        }
        Linker::of_environment()
    }

    fn of_environment() -> Option<Linker> {
        ["KILN_CC", "CC"].into_iter().find_map(|variable| {
            let value = env::var(variable).ok()?;
            let mut words = value.split_whitespace().map(str::to_owned);
            Some(Linker { program: words.next()?, args: words.collect(), asked_by: variable })
        })
    }
}

/// `cc`, or for another machine the cross compiler under the name that Debian gives it.
pub(crate) fn default_linker(target: &Target) -> Linker {
    let program = match gnu_triple(target) {
        Some(triple) if *target != Target::host() => format!("{triple}-gcc"),
        _ => "cc".to_owned(),
    };
    Linker { program, args: Vec::new(), asked_by: DEFAULT }
}

/// The Debian package of the default linker.
pub(crate) fn package(target: &Target) -> Option<String> {
    match gnu_triple(target) {
        _ if *target == Target::host() => Some("gcc libc6-dev".to_owned()),
        Some(triple) => Some(format!("gcc-{}", triple.replace('_', "-"))),
        None => None,
    }
}

/// The name of a Linux target in GNU's and Debian's tools.
fn gnu_triple(target: &Target) -> Option<&'static str> {
    match (target.os, target.arch) {
        (Os::Linux, Arch::X86_64) => Some("x86_64-linux-gnu"),
        (Os::Linux, Arch::X86) => Some("i686-linux-gnu"),
        (Os::Linux, Arch::Aarch64) => Some("aarch64-linux-gnu"),
        (Os::Linux, Arch::Arm) => Some("arm-linux-gnueabihf"),
        (Os::Linux, Arch::Riscv64) => Some("riscv64-linux-gnu"),
        _ => None,
    }
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
    match options.target.os {
        Os::Windows => stem.with_extension("exe"),
        _ if options.target.arch == Arch::Wasm32 => stem.with_extension("wasm"),
        _ => stem,
    }
}
