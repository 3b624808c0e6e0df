//! What runs a program: the interpreter, and native code at two levels of optimisation.

use kiln_compiler::{
    BackendName, Compilation, Ended, Files, Format, Interpreted, Limits, Mode, OptLevel, Options, Streams,
    compile_files, compile_with, guarded, has_cranelift, has_llvm, interpret_within, link, panic_text, render,
};
use kiln_source::Diagnostic;
#[cfg(unix)]
use std::io::Seek;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// A way to run a program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Engine {
    /// The interpreter, in this process.
    Interpreter,
    /// Native code through LLVM at this level.
    Native(OptLevel),
    /// Native code through Cranelift.
    Cranelift,
    /// Native code in memory, through this backend.
    InMemory(BackendName),
}

/// What a program did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// All of its standard output.
    pub stdout: Vec<u8>,
    /// All of its standard errors.
    pub stderr: Vec<u8>,
    /// Its exit status; `None` if a signal ended it.
    pub status: Option<i32>,
}

/// What a program may take on the interpreter: an endless one fails its test.
pub(crate) const BUDGET: Limits = Limits { steps: 4_000_000_000, depth: 1_000_000, memory: 1 << 30 };

/// After this a program counts as one that does not end.
const PATIENCE: Duration = Duration::from_secs(60);

impl Engine {
    /// The engines that this build of the compiler has.
    pub fn available() -> Vec<Engine> {
        let mut engines = vec![Engine::Interpreter];
        if has_llvm() {
            engines.extend([OptLevel::None, OptLevel::Default].map(Engine::Native));
        }
        if has_cranelift() {
            engines.push(Engine::Cranelift);
        }
        if cfg!(unix) {
            engines.extend(has_llvm().then_some(Engine::InMemory(BackendName::Jit)));
            engines.extend(has_cranelift().then_some(Engine::InMemory(BackendName::Cranelift)));
        }
        engines
    }

    /// How it is called in messages.
    pub fn name(self) -> &'static str {
        match self {
            Engine::Interpreter => "interpreter",
            Engine::Native(OptLevel::None) => "native -O0",
            Engine::Native(_) => "native -O2",
            Engine::Cranelift => "cranelift",
            Engine::InMemory(BackendName::Cranelift) => "cranelift in memory",
            Engine::InMemory(_) => "jit",
        }
    }

    /// Compiles and runs a program.
    ///
    /// # Errors
    /// Why it did not come to a run, or did not end.
    pub fn run(self, root: &Path, files: &(dyn Files + Sync)) -> Result<Outcome, String> {
        let mut outcomes = self.run_with(root, files, &[&[]])?;
        Ok(outcomes.remove(0))
    }

    /// Compiles a program and runs it with each of these on its standard input; in memory it gets none.
    ///
    /// # Errors
    /// Why it did not come to a run, or did not end.
    pub fn run_with(self, root: &Path, files: &(dyn Files + Sync), inputs: &[&[u8]]) -> Result<Vec<Outcome>, String> {
        match self {
            Engine::Interpreter => inputs.iter().map(|input| interpreted(root, files, input)).collect(),
            #[cfg(unix)]
            Engine::InMemory(backend) => inputs.iter().map(|_| in_memory(backend, root, files)).collect(),
            _ => {
                let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
                let program = folder.path().join("program");
                self.build(root, files, &program)?;
                inputs.iter().map(|input| run_process(&program, input)).collect()
            }
        }
    }

    /// Compiles a program to an executable.
    ///
    /// # Errors
    /// Why there is none; also if the engine makes none.
    pub fn build(self, root: &Path, files: &(dyn Files + Sync), program: &Path) -> Result<(), String> {
        let (backend, opt) = match self {
            Engine::Native(opt) => (BackendName::Llvm, opt),
            Engine::Cranelift => (BackendName::Cranelift, OptLevel::None),
            Engine::Interpreter | Engine::InMemory(_) => {
                return Err(format!("there are no executables of the engine {}", self.name()));
            }
        };
        let options = Options { backend, opt, ..options(Mode::Build, root) };
        let compilation = compiled(&options, files)?;
        if compilation.objects.is_empty() {
            return Err(format!("no object: {:?}", compilation.diagnostics));
        }
        link(&compilation.objects, program, &options).map_err(|error| error.message)
    }
}

/// Runs a program on the interpreter.
fn interpreted(root: &Path, files: &(dyn Files + Sync), input: &[u8]) -> Result<Outcome, String> {
    let options = Options { interpret: true, ..options(Mode::Run, root) };
    let run = || {
        let (compilation, mut checked) = compile_with(&options, files, None);
        if compilation.has_errors() {
            return Err(format!("no program: {:?}", compilation.diagnostics));
        }
        let mut streams = Streams { out: Vec::new(), errors: Vec::new(), input };
        let ended = interpret_within(&mut checked, BUDGET, &mut streams);
        let said = match &ended {
            Interpreted::Status(_) => String::new(),
            Interpreted::Panicked { reason, at } => panic_text(reason, *at, &compilation.sources),
            Interpreted::Stopped(error) => {
                render(std::slice::from_ref(&**error), &compilation.sources, Format::Short, false)
            }
        };
        let Streams { out: stdout, errors: mut stderr, .. } = streams;
        stderr.extend(said.as_bytes());
        // A native program's status is cut to its lowest byte by the system.
        Ok(Outcome { stdout, stderr, status: Some(ended.exit_status() & 0xFF) })
    };
    guarded(run).map_err(crash)?
}

/// Runs a program in memory, without a linker.
#[cfg(unix)]
fn in_memory(backend: BackendName, root: &Path, files: &(dyn Files + Sync)) -> Result<Outcome, String> {
    let options = Options { backend, ..options(Mode::Run, root) };
    let compilation = compiled(&options, files)?;
    let Some(loaded) = compilation.loaded else {
        return Err(format!("not in memory: {:?}", compilation.diagnostics));
    };
    let file = || tempfile::tempfile().map_err(|error| error.to_string());
    let (mut output, mut errors) = (file()?, file()?);
    let ended = kiln_compiler::run_captured(loaded, &output, &errors, PATIENCE.as_secs() as u32);
    let status = match ended.map_err(|error| error.to_string())? {
        Ended::Status(status) => Some(status),
        Ended::Signal(_) => None,
    };
    Ok(Outcome { stdout: written(&mut output)?, stderr: written(&mut errors)?, status })
}

/// What another process wrote to a file.
#[cfg(unix)]
fn written(file: &mut std::fs::File) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let read = file.rewind().and_then(|()| file.read_to_end(&mut bytes));
    read.map(|_| bytes).map_err(|error| error.to_string())
}

/// Options for a program of these files.
pub fn options(mode: Mode, root: &Path) -> Options {
    Options::new(mode, vec![PathBuf::from(root)])
}

/// Compiles; a crash of the compiler is an error.
pub(crate) fn compiled(options: &Options, files: &(dyn Files + Sync)) -> Result<Compilation, String> {
    guarded(|| compile_files(options, files)).map_err(crash)
}

#[expect(clippy::boxed_local, reason = "it is what `guarded` gives")]
fn crash(error: Box<Diagnostic>) -> String {
    format!("the compiler crashed: {}", error.message)
}

/// Runs a program that was just linked, with this on its standard input.
///
/// # Errors
/// Why it did not start or did not end.
pub fn run_process(program: &Path, input: &[u8]) -> Result<Outcome, String> {
    run_command(&mut Command::new(program), input)
}

/// Runs a command, with this on its standard input.
///
/// # Errors
/// Why it did not start or did not end.
pub fn run_command(command: &mut Command, input: &[u8]) -> Result<Outcome, String> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = start(command).map_err(|error| format!("the program did not start: {error}"))?;
    let stdout = reader(child.stdout.take());
    let stderr = reader(child.stderr.take());
    // One that has ended already does not read.
    let _ = child.stdin.take().map(|mut stdin| stdin.write_all(input));
    let status = wait(&mut child)?;
    let read = |thread: thread::JoinHandle<Vec<u8>>| thread.join().map_err(|_| "the output was not read".to_owned());
    Ok(Outcome { stdout: read(stdout)?, stderr: read(stderr)?, status: status.code() })
}

/// Starts a program that was just written. Where another thread forks at that moment, the file is busy until its child
/// has replaced itself.
fn start(command: &mut Command) -> std::io::Result<Child> {
    for _ in 0..100 {
        match command.spawn() {
            Err(error) if error.kind() == std::io::ErrorKind::ExecutableFileBusy => {
                thread::sleep(Duration::from_millis(5));
            }
            result => return result,
        }
    }
    command.spawn()
}

fn reader(stream: Option<impl Read + Send + 'static>) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            // A pipe that breaks has given what it had.
            let _ = stream.read_to_end(&mut bytes);
        }
        bytes
    })
}

fn wait(child: &mut Child) -> Result<ExitStatus, String> {
    let start = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status),
            Ok(None) if start.elapsed() > PATIENCE => {
                let _ = child.kill();
                let _ = child.wait();
                return Err("the program does not end".to_owned());
            }
            Ok(None) => thread::sleep(Duration::from_micros(500)),
            Err(error) => return Err(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every example that runs does so on each of these, where the compiler is built with all it can have.
    #[test]
    fn the_matrix_is_whole() {
        let all = ["interpreter", "native -O0", "native -O2", "cranelift", "jit", "cranelift in memory"];
        let is_here = |name: &&str| match *name {
            "native -O0" | "native -O2" => has_llvm(),
            "cranelift" => has_cranelift(),
            "jit" => has_llvm() && cfg!(unix),
            "cranelift in memory" => has_cranelift() && cfg!(unix),
            _ => true,
        };
        let expected: Vec<&str> = all.into_iter().filter(is_here).collect();
        let available: Vec<&str> = Engine::available().iter().map(|engine| engine.name()).collect();
        assert_eq!(available, expected);
    }
}
