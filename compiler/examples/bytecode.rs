//! The bytecode of a program, and how fast it runs: `cargo run --release -p kiln-compiler --example bytecode FILE [RUNS]`. Prints the
//! instructions of every function that was called, then milliseconds (the best of several runs), instructions, and nanoseconds for each.

use kiln_compiler::{Disk, Mode, Options, compile_with};
use kiln_interp::{Env, Limits, Machine, Notes, Outcome, Vm};
use kiln_types::FuncId;

/// Seconds of processor time this process has used, where the system tells; other processes then disturb less.
fn seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let nanoseconds: Option<f64> = stat.split(' ').next().and_then(|number| number.parse().ok());
    let since_epoch = || std::time::UNIX_EPOCH.elapsed().map_or(0.0, |time| time.as_secs_f64());
    nanoseconds.map_or_else(since_epoch, |nanoseconds| nanoseconds / 1e9)
}

fn main() {
    let file = std::env::args().nth(1).expect("the first argument is a program");
    let runs: u32 = std::env::args().nth(2).and_then(|runs| runs.parse().ok()).unwrap_or(1);
    let options = Options { interpret: true, ..Options::new(Mode::Run, vec![file.into()]) };
    let (compilation, mut checked) = compile_with(&options, &Disk, None);
    let errors: Vec<&String> = compilation.diagnostics.iter().map(|diagnostic| &diagnostic.message).collect();
    assert!(!compilation.has_errors(), "{errors:?}");
    let analysis = &mut checked.analysis;
    let main = analysis.program.entry.expect("a program has `main`");
    let mut statics = std::mem::take(&mut analysis.program.statics);
    let (mut best, mut steps, mut listing) = (f64::INFINITY, 0, String::new());
    for _ in 0..runs {
        let mut vm = Vm::new(kiln_interp::Mode::Host);
        let mut notes = Notes::default();
        let start = seconds();
        let mut machine = Machine::new(&analysis.layouts.target().clone(), Limits::NONE);
        machine.start(main, &[]);
        let outcome = machine.resume(
            &mut vm,
            &mut Env {
                pool: &mut analysis.pool,
                layouts: &mut analysis.layouts,
                statics: &mut statics,
                functions: &analysis.program,
                host: &mut notes,
            },
        );
        assert!(matches!(outcome, Outcome::Done), "{outcome:?}");
        best = best.min(seconds() - start);
        steps = machine.statistics().steps;
        listing = (0..analysis.program.infos.len() as u32).filter_map(|func| vm.listing(FuncId(func))).collect();
    }
    println!("{listing}\n{:.2} ms, {steps} steps, {:.2} ns/step", best * 1e3, best * 1e9 / steps as f64);
}
