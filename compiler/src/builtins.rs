//! Functions that code calls for what its machine has no instruction for, and that are in no library there: arithmetic of 128
//! bits on machines of 32 bits, and 64-bit division and copying of memory where there is no C library at all. They are written
//! in Kiln (`compiler/builtins/`) and compiled for the target when a program needs them.

use crate::backend::{Backend, Unit, Wanted};
use crate::errors::InternalError;
use crate::load::load;
use crate::{DebugLevel, Memory, Mode, OptLevel, Options, Session, Tuning};
use kiln_cfg::FuncKind;
use kiln_source::Diagnostic;
use kiln_types::{Arch, Target};
use object::{Object as _, ObjectSymbol as _};

/// A file of such functions.
struct Source {
    name: &'static str,
    text: &'static str,
}

const INT128: Source = Source { name: "int128.kiln", text: include_str!("../builtins/int128.kiln") };
const OVERFLOW: Source = Source { name: "overflow.kiln", text: include_str!("../builtins/overflow.kiln") };
const BARE: Source = Source { name: "bare.kiln", text: include_str!("../builtins/bare.kiln") };

/// The files for a target; none where the C library's own helpers are enough.
fn sources(target: &Target) -> &'static [Source] {
    match target.arch {
        Arch::X86 | Arch::Arm | Arch::Wasm32 => &[INT128],
        Arch::Riscv32 => &[INT128, BARE],
        Arch::Aarch64 | Arch::Riscv64 => &[OVERFLOW],
        Arch::X86_64 => &[],
    }
}

/// No pass among them makes a call of a loop or of a sum of products: the function might come to call itself.
const PASSES: &str =
    "cgscc(inline),function(sroa,early-cse,instcombine,simplifycfg,gvn,instcombine,simplifycfg),globaldce";

/// The objects to link with a program's own.
///
/// # Errors
/// As of the backend.
pub(crate) fn needed(
    objects: &[Vec<u8>],
    options: &Options,
    backend: &dyn Backend,
) -> Result<Vec<Vec<u8>>, Box<Diagnostic>> {
    let mut made = Vec::new();
    for source in sources(&options.target) {
        let made_so_far = objects.iter().chain(&made);
        if made_so_far.into_iter().any(|object| calls(object, source, &options.target)) {
            made.extend(compile(source, options, backend)?);
        }
    }
    Ok(made)
}

/// Whether an object calls a function of a file.
fn calls(object: &[u8], source: &Source, target: &Target) -> bool {
    // The linker for WebAssembly takes only what is called.
    if target.arch == Arch::Wasm32 {
        return true;
    }
    let Ok(file) = object::File::parse(object) else { return false };
    let mut undefined = file.symbols().filter(|symbol| symbol.is_undefined());
    undefined.any(|symbol| symbol.name().is_ok_and(|name| source.text.contains(&format!("\npub fn {name}("))))
}

fn compile(source: &Source, options: &Options, backend: &dyn Backend) -> Result<Vec<Vec<u8>>, Box<Diagnostic>> {
    let files = Memory::from([(source.name, source.text)]);
    let Tuning { cpu, features, .. } = &options.tuning;
    let tuning =
        Tuning { passes: Some(PASSES.to_owned()), cpu: cpu.clone(), features: features.clone(), ..Tuning::default() };
    let asked = Options {
        target: options.target.clone(),
        opt: OptLevel::Default,
        debug: Some(DebugLevel::None),
        tuning,
        ..Options::new(Mode::Build, vec![source.name.into()])
    };
    let mut session = Session::new(&asked, &files);
    let hir = load(&mut session);
    let checks = kiln_sema::Options {
        target: asked.target.clone(),
        mode: kiln_sema::Mode::Test,
        ..kiln_sema::Options::default()
    };
    let mut analysis =
        kiln_sema::analyze(&hir, &session.sources, &mut session.interner, &mut session.reporter, &checks);
    if session.reporter.has_errors() {
        let mistakes: Vec<String> = session.reporter.take().into_iter().map(|mistake| mistake.message).collect();
        let message = format!("`{}` is wrong: {}", source.name, mistakes.join("; "));
        return Err(Box::new(
            InternalError { phase: "making built-in functions", message: &message, place: None }.diagnostic(),
        ));
    }
    show(&mut analysis.program);
    let unit = Unit {
        program: &analysis.program,
        pool: &analysis.pool,
        layouts: &mut analysis.layouts,
        sources: &session.sources,
        names: &session.interner,
        name: source.name,
        options: &asked,
    };
    Ok(backend.compile(unit, &Wanted { executable: true, hidden: true, ..Wanted::default() })?.objects)
}

/// Lets other objects call the functions by their names. They can't be exported in the file itself: for C there are no 128 bits on
/// machines of 32.
fn show(program: &mut kiln_cfg::Program) {
    program.entry = None;
    for info in program.infos.iter_mut().flatten().filter(|info| info.kind == FuncKind::Kiln) {
        if info.name.starts_with("__") || info.name.starts_with("mem") {
            info.kind = FuncKind::Export { symbol: info.name.clone() };
        }
    }
}
