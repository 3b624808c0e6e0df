//! Runs programs on every engine and compares.
//!
//! Many programs are compiled as one, each a module of its own, so that the places of their panics stay the same. The interpreter
//! runs them as tests. The native program reads from its input which ones to run, and is started again behind each that panics.

use kiln_compiler::{
    BackendName, Checked, Compilation, Format, Interpreted, Limits, Memory, Mode, OptLevel, Options, Streams,
    compile_files, compile_with, guarded, has_cranelift, has_llvm, link, panic_text, render, run_tests,
};
use kiln_spec::{options, run_process};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// How many programs can be compiled as one.
pub const BATCH: usize = 100;

/// More than any generated program takes.
const LIMITS: Limits = Limits { steps: 200_000_000, depth: 10_000, memory: 256 << 20 };

/// What is wrong with a program, or with what an engine makes of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Complaint {
    /// What sort of thing it is; the same for the same mistake in similar programs.
    pub sort: String,
    /// All there is to say.
    pub text: String,
}

/// What a program did on one engine.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Trace {
    stdout: String,
    stderr: String,
    /// 0 or 101; `None` where a signal ended it.
    status: Option<i32>,
}

impl Trace {
    fn is_whole(&self) -> bool {
        self.status == Some(0)
    }
}

/// How one of a batch's programs fared; the first complaint of each.
pub type Verdicts = Vec<Option<Complaint>>;

/// Compares all engines on up to [`BATCH`] programs.
pub fn check(programs: &[String]) -> Verdicts {
    debug_assert!(programs.len() <= BATCH);
    match check_batch(programs) {
        Ok(verdicts) => verdicts,
        Err(complaint) if programs.len() == 1 => vec![Some(complaint)],
        // One of them spoils it for all.
        Err(_) => programs.iter().flat_map(|program| check(std::slice::from_ref(program))).collect(),
    }
}

fn check_batch(programs: &[String]) -> Result<Verdicts, Complaint> {
    let files = files(programs);
    let (interpreted, leaks) = interpret(&files, programs.len())?;
    let mut verdicts: Verdicts = leaks;
    for (verdict, trace) in verdicts.iter_mut().zip(&interpreted) {
        let wrong = || owners_wrong(trace).or_else(|| agrees_with_comptime(trace));
        *verdict = verdict.take().or_else(wrong);
    }
    for (name, backend, opt) in native_engines() {
        let native = native(&files, (backend, opt), programs.len())
            .map_err(|complaint| Complaint { sort: format!("{} {name}", complaint.sort), ..complaint })?;
        for ((verdict, expected), found) in verdicts.iter_mut().zip(&interpreted).zip(&native) {
            if verdict.is_none() && expected != found {
                *verdict = Some(difference(name, expected, found));
            }
        }
    }
    Ok(verdicts)
}

/// The makers of native code of this build.
fn native_engines() -> Vec<(&'static str, BackendName, OptLevel)> {
    let mut engines = Vec::new();
    if has_llvm() {
        engines.push(("-O0", BackendName::Llvm, OptLevel::None));
        engines.push(("-O2", BackendName::Llvm, OptLevel::Default));
    }
    if has_cranelift() {
        engines.push(("cranelift", BackendName::Cranelift, OptLevel::None));
    }
    engines
}

/// The modules and the root that runs them.
pub(crate) fn files(programs: &[String]) -> Memory {
    let mut files = Memory::default();
    let mut root = String::from("extern \"C\" fn getchar() -> i32;\n");
    let (mut arms, mut tests) = (String::new(), String::new());
    for (at, program) in programs.iter().enumerate() {
        let _ = writeln!(root, "const c{at} = @import(\"c{at}\");");
        let _ = writeln!(arms, "            {at} => c{at}::run(),");
        let _ = writeln!(tests, "test \"{at}\" {{ c{at}::run(); }}");
        files.insert(format!("c{at}.kiln"), program.clone());
    }
    let _ = write!(
        root,
        "fn main() {{
    loop {{
        let next = checked {{ getchar() }};
        if next < 0 {{ return; }}
        @dbg(\"=\");
        match next {{
{arms}            _ => @panic(\"no such program\"),
        }}
    }}
}}
{tests}"
    );
    files.insert("main.kiln", root);
    files
}

/// What they do on the interpreter, and which of them leave something on its heap.
fn interpret(files: &Memory, count: usize) -> Result<(Vec<Trace>, Verdicts), Complaint> {
    let options = Options { interpret: true, ..options(Mode::Test, Path::new("main.kiln")) };
    let run = || {
        let (compilation, mut checked) = compile_with(&options, files, None);
        if compilation.has_errors() {
            return Err(rejected(&compilation));
        }
        interpret_each(&compilation, &mut checked)
    };
    let (traces, leaks) = guarded(run).map_err(|error| crash(&error.message))??;
    debug_assert_eq!(traces.len(), count);
    Ok((traces, leaks))
}

fn interpret_each(compilation: &Compilation, checked: &mut Checked) -> Result<(Vec<Trace>, Verdicts), Complaint> {
    let mut streams = Streams { out: Vec::new(), errors: Vec::new(), input: std::io::empty() };
    let (mut traces, mut leaks) = (Vec::new(), Vec::new());
    let mut stopped = None;
    run_tests(
        checked,
        LIMITS,
        &mut streams,
        |_| true,
        |run, streams| {
            let ended = &run.called.ended;
            let stdout = String::from_utf8_lossy(&std::mem::take(&mut streams.out)).into_owned();
            let stderr = match ended {
                Interpreted::Status(_) => String::new(),
                Interpreted::Panicked { reason, at } => panic_text(reason, *at, &compilation.sources),
                Interpreted::Stopped(error) => {
                    let said = render(std::slice::from_ref(&**error), &compilation.sources, Format::Short, false);
                    stopped.get_or_insert(Complaint { sort: "the interpreter stops".to_owned(), text: said.clone() });
                    said
                }
            };
            traces.push(Trace { stdout, stderr, status: Some(ended.exit_status()) });
            let bytes = run.called.leaks.iter().map(|leak| leak.size).sum();
            leaks.push(leak(run.called.leaks.len(), bytes));
        },
    );
    stopped.map_or(Ok((traces, leaks)), Err)
}

/// What they do as native code.
fn native(files: &Memory, engine: (BackendName, OptLevel), count: usize) -> Result<Vec<Trace>, Complaint> {
    let folder = folder()?;
    let program = build(files, engine, folder.path())?;
    let mut traces: Vec<Trace> = Vec::new();
    while traces.len() < count {
        let input: Vec<u8> = (traces.len()..count).map(|at| at as u8).collect();
        let outcome = run_process(&program, &input).map_err(|text| trouble("not run", text))?;
        let stdout = String::from_utf8_lossy(&outcome.stdout).into_owned();
        let runs = stdout.split("=\n").skip(1);
        let before = traces.len();
        traces.extend(runs.map(|stdout| Trace { stdout: stdout.to_owned(), stderr: String::new(), status: Some(0) }));
        match traces.last_mut() {
            Some(last) if before < count && !stdout.is_empty() => {
                last.stderr = String::from_utf8_lossy(&outcome.stderr).into_owned();
                last.status = outcome.status;
            }
            _ => return Err(trouble("does not start", format!("{outcome:?}"))),
        }
    }
    Ok(traces)
}

/// The native program, in this folder.
fn build(files: &Memory, (backend, opt): (BackendName, OptLevel), folder: &Path) -> Result<PathBuf, Complaint> {
    let options = Options { backend, opt, ..options(Mode::Build, Path::new("main.kiln")) };
    let compilation = guarded(|| compile_files(&options, files)).map_err(|error| crash(&error.message))?;
    if compilation.objects.is_empty() {
        return Err(rejected(&compilation));
    }
    let program = folder.join("program");
    link(&compilation.objects, &program, &options).map_err(|error| trouble("not linked", error.message))?;
    Ok(program)
}

fn folder() -> Result<tempfile::TempDir, Complaint> {
    tempfile::tempdir().map_err(|error| trouble("no folder", error.to_string()))
}

fn trouble(sort: &str, text: String) -> Complaint {
    Complaint { sort: sort.to_owned(), text }
}

/// What valgrind has to say about the native programs, of those among up to [`BATCH`] that come to their end: about memory that is
/// used when it is not theirs or not initialised, and memory that is never freed. `None` where there is no valgrind.
pub fn memcheck(programs: &[String]) -> Option<Verdicts> {
    let engine = native_engines().first().map(|(_, backend, opt)| (*backend, *opt))?;
    Command::new("valgrind").arg("--version").output().ok()?;
    if programs.is_empty() {
        return Some(Vec::new());
    }
    let files = files(programs);
    let none = || vec![None; programs.len()];
    let Ok((traces, _)) = interpret(&files, programs.len()) else { return Some(none()) };
    let whole: Vec<u8> = (0..programs.len()).filter(|at| traces[*at].is_whole()).map(|at| at as u8).collect();
    let mut verdicts = none();
    let program = folder().and_then(|folder| Ok((build(&files, engine, folder.path())?, folder)));
    match program {
        Err(complaint) => verdicts[0] = Some(complaint),
        Ok((program, _folder)) if under_valgrind(&program, &whole).is_some() => {
            // Whose fault it is.
            for at in whole {
                verdicts[usize::from(at)] = under_valgrind(&program, &[at]);
            }
        }
        Ok(_) => {}
    }
    Some(verdicts)
}

/// What valgrind says about the programs of these numbers.
fn under_valgrind(program: &Path, numbers: &[u8]) -> Option<Complaint> {
    let mut command = Command::new("valgrind");
    command.args([
        "-q",
        "--error-exitcode=99",
        "--leak-check=full",
        "--errors-for-leak-kinds=all",
        "--show-leak-kinds=all",
    ]);
    command.arg(program).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let outcome = command.spawn().and_then(|mut child| {
        // One that has ended already does not read.
        let _ = child.stdin.take().map(|mut stdin| stdin.write_all(numbers));
        child.wait_with_output()
    });
    match outcome {
        Ok(outcome) if outcome.status.success() => None,
        Ok(outcome) => Some(trouble("valgrind", String::from_utf8_lossy(&outcome.stderr).into_owned())),
        Err(error) => Some(trouble("valgrind does not start", error.to_string())),
    }
}

/// What is left on the interpreter's heap when a program came to its end.
fn leak(count: usize, bytes: u64) -> Option<Complaint> {
    let text = format!("{bytes} bytes in {count} pieces are left");
    (count > 0).then(|| Complaint { sort: "leaks".to_owned(), text })
}

/// Whether each owner, which prints a number when it is made and its negative when it is dropped, is dropped once. One that panics
/// drops nothing any more.
fn owners_wrong(trace: &Trace) -> Option<Complaint> {
    let mut live = BTreeSet::new();
    let wrong = |sort: &str, id: i64| Some(Complaint { sort: sort.to_owned(), text: format!("owner {id}") });
    for id in trace.stdout.lines().filter_map(|line| line.parse::<i64>().ok()) {
        if id > 0 && !live.insert(id) {
            return wrong("an owner is made twice", id);
        }
        if id < 0 && !live.remove(&-id) {
            return wrong("an owner is dropped without being there", -id);
        }
    }
    live.first().filter(|_| trace.is_whole()).and_then(|id| wrong("an owner is not dropped", *id))
}

/// Whether what was computed twice, behind a line with `~`, is the same.
fn agrees_with_comptime(trace: &Trace) -> Option<Complaint> {
    let lines: Vec<&str> = trace.stdout.lines().collect();
    let pairs = lines.windows(3).filter(|window| window[0] == "~");
    let different = pairs.into_iter().find(|window| window[1] != window[2])?;
    let text = format!("at run time\n  {}\nat comptime\n  {}\n", different[1], different[2]);
    Some(Complaint { sort: "comptime differs".to_owned(), text })
}

fn difference(name: &str, expected: &Trace, found: &Trace) -> Complaint {
    let sort = match found.status {
        None => format!("{name} is ended by a signal"),
        _ if expected.stdout != found.stdout => format!("{name} prints something else"),
        _ => format!("{name} ends differently"),
    };
    let same = expected.stdout.lines().zip(found.stdout.lines()).take_while(|(a, b)| a == b).count();
    let mut text = format!("{sort}: after {same} lines of the same\n");
    for (engine, trace) in [("interpreter", expected), (name, found)] {
        let line = trace.stdout.lines().nth(same).unwrap_or("(end)");
        let _ = writeln!(text, "  {engine}: {line}\n    status {:?}, {:?}", trace.status, trace.stderr);
    }
    Complaint { sort, text }
}

fn rejected(compilation: &Compilation) -> Complaint {
    let errors = compilation.diagnostics.iter().filter(|one| one.severity == kiln_source::Severity::Error);
    let first = errors.clone().next();
    let code = first.and_then(|one| one.code).map_or("without code", |code| code.id);
    let errors: Vec<_> = errors.cloned().collect();
    let text = render(&errors, &compilation.sources, Format::Short, false);
    Complaint { sort: format!("rejected with {code}"), text }
}

pub(crate) fn crash(message: &str) -> Complaint {
    Complaint { sort: "the compiler crashes".to_owned(), text: message.to_owned() }
}
