//! The machines that programs are run for, and how.

use crate::batch::Batch;
use kiln_compiler::{
    BackendName, Files, OptLevel, Options, Tuning, command_for, compile_files, guarded, link, missing_tools,
};
use kiln_spec::{Outcome, run_command};
use kiln_types::Target;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A target, and what its programs are linked with.
pub struct Machine {
    pub triple: &'static str,
    pub host: Host,
}

/// What a program finds around itself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Host {
    /// Linux with a C library, linked into the program.
    Linux,
    /// node, which runs all examples of a batch, each in a memory of its own.
    Node,
    /// A few lines of C under the emulator's Linux.
    Bare,
}

pub const MACHINES: &[Machine] = &[
    Machine { triple: "i686-unknown-linux-gnu", host: Host::Linux },
    Machine { triple: "aarch64-unknown-linux-gnu", host: Host::Linux },
    Machine { triple: "armv7-unknown-linux-gnueabihf", host: Host::Linux },
    Machine { triple: "riscv64-unknown-linux-gnu", host: Host::Linux },
    Machine { triple: "riscv32-unknown-none-elf", host: Host::Bare },
    Machine { triple: "wasm32-unknown-unknown", host: Host::Node },
];

/// Compiles C for 32 bits, too.
const BARE_CC: &str = "riscv64-linux-gnu-gcc";
/// A processor with floats, but the convention of one without: there is no library that computes them.
const BARE_FEATURES: &str = "+f,+d";

impl Machine {
    pub fn target(&self) -> Target {
        Target::from_triple(self.triple).unwrap()
    }

    /// The tools it takes that are not here.
    pub fn missing(&self) -> Vec<String> {
        let mut missing = missing_tools(&self.target());
        let has_cc = || Command::new(BARE_CC).arg("--version").output().is_ok_and(|ran| ran.status.success());
        if self.host == Host::Bare && !has_cc() {
            missing.push(BARE_CC.to_owned());
        }
        missing
    }

    /// What each example of a batch does as native code.
    pub fn run(&self, batch: &Batch, opt: OptLevel) -> Result<Vec<Outcome>, String> {
        let folder = tempfile::tempdir().unwrap();
        let mut tuning = Tuning::default();
        match self.host {
            Host::Linux => tuning.link_args.push("-static".to_owned()),
            Host::Node => {}
            Host::Bare => {
                tuning.features = Some(BARE_FEATURES.to_owned());
                tuning.objects.push(bare_host(folder.path()));
            }
        }
        let options = Options { opt, tuning, backend: BackendName::Llvm, ..batch.options() };
        let program = make(folder.path(), &options, batch.files())?;
        if self.host == Host::Node {
            return in_node(&program, batch.examples.len(), &options);
        }
        let run = |number| {
            let mut command = command_for(&program, &options).map_err(|error| error.message)?;
            command.args(vec!["-"; number + 1]);
            run_command(&mut command, &[])
        };
        (0..batch.examples.len()).map(run).collect()
    }

    /// What a program does as native code; for Linux.
    pub fn run_program(&self, options: &Options, files: &(dyn Files + Sync)) -> Result<Outcome, String> {
        let folder = tempfile::tempdir().unwrap();
        let mut options = options.clone();
        options.tuning.link_args.push("-static".to_owned());
        let program = make(folder.path(), &options, files)?;
        let mut command = command_for(&program, &options).map_err(|error| error.message)?;
        run_command(&mut command, &[])
    }
}

/// Compiles and links a program, and says where it is.
fn make(folder: &Path, options: &Options, files: &(dyn Files + Sync)) -> Result<PathBuf, String> {
    let compilation = guarded(|| compile_files(options, files)).map_err(|bug| bug.message)?;
    if compilation.objects.is_empty() {
        return Err(format!("no objects: {:?}", compilation.diagnostics));
    }
    let program = folder.join("program");
    link(&compilation.objects, &program, options).map_err(|error| format!("{}\n{:?}", error.message, error.notes))?;
    Ok(program)
}

/// What a program without an operating system is linked with.
fn bare_host(folder: &Path) -> PathBuf {
    let (source, object) = (folder.join("host.c"), folder.join("host.o"));
    fs::write(&source, include_str!("bare_host.c")).unwrap();
    let mut command = Command::new(BARE_CC);
    command.args(["-march=rv32imafd", "-mabi=ilp32", "-O1", "-ffreestanding", "-fno-pic", "-c"]);
    let done = command.arg(&source).arg("-o").arg(&object).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    object
}

/// Runs all examples in one process of node, which says what came of each in a line of JSON.
fn in_node(program: &Path, count: usize, options: &Options) -> Result<Vec<Outcome>, String> {
    // It puts the host beside the program, where ours finds it.
    let node = command_for(program, options).map_err(|error| error.message)?;
    let script = program.with_file_name("batch.mjs");
    fs::write(&script, include_str!("batch.mjs")).unwrap();
    let mut command = Command::new(node.get_program());
    command.args(node.get_args().filter(|arg| arg.to_string_lossy().starts_with("--")));
    let ran = run_command(command.arg(&script).arg(program).arg(count.to_string()), &[])?;
    let text = String::from_utf8_lossy(&ran.stdout).into_owned();
    let outcome = |line: &str| {
        let said: serde_json::Value = serde_json::from_str(line).map_err(|error| format!("{error}: {line}"))?;
        let bytes = |key: &str| said[key].as_str().unwrap_or_default().as_bytes().to_vec();
        let status = said["status"].as_i64().map(|status| (status & 0xFF) as i32);
        Ok(Outcome { stdout: bytes("stdout"), stderr: bytes("stderr"), status })
    };
    let outcomes: Vec<Outcome> = text.lines().map(outcome).collect::<Result<_, String>>()?;
    if outcomes.len() == count { Ok(outcomes) } else { Err(String::from_utf8_lossy(&ran.stderr).into_owned()) }
}
