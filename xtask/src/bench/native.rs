//! `kiln build -O0` through LLVM against `clang -O0 -c` on the same program in both languages.

use super::measure::{medians, ms, ratio, words};
use super::{Bench, generate};
use std::fs;

const LINES: usize = 100_000;
const ROUNDS: usize = 5;

pub fn measure(bench: &Bench) -> Result<String, String> {
    let (ours, theirs) = (bench.path("generated.kiln"), bench.path("generated.c"));
    fs::write(&ours, generate::kiln(LINES)).map_err(|error| error.to_string())?;
    fs::write(&theirs, generate::c(LINES)).map_err(|error| error.to_string())?;
    let (program, object) = (bench.path("generated"), bench.path("generated.o"));
    let emit = format!("obj={}", bench.path("generated-kiln.o"));
    let kiln = bench.kiln();
    let mut commands = vec![
        // clang tells debuggers nothing by itself.
        words([&kiln, "build", "-O0", "--debug-info", "none", "--backend", "llvm", &ours, "-o", &program]),
        words([&kiln, "build", "-O0", "--debug-info", "none", "--backend", "llvm", &ours, "--emit", &emit]),
    ];
    commands.extend(bench.clang.as_ref().map(|clang| words([clang, "-O0", "-w", "-c", &theirs, "-o", &object])));
    let times = medians(&commands, ROUNDS)?;
    let mut text = format!(
        "## Native code of LLVM without optimisation\n\n\
         The generated program of {LINES} lines, and the same in C.\n\n| | time |\n| --- | ---: |\n\
         | `kiln build -O0`, linked | {} |\n| `kiln build -O0 --emit obj` | {} |\n",
        ms(times[0]),
        ms(times[1])
    );
    if let Some(clang) = times.get(2) {
        bench.bars.note("`build -O0` with LLVM, against clang", ratio(times[0], *clang), 1.0);
    }
    match times.get(2) {
        Some(clang) => text.push_str(&format!(
            "| `clang -O0 -c` | {} |\n\nLinked, Kiln takes {:.2} times as long as clang for the object; the object alone {:.2}.\n",
            ms(*clang),
            ratio(times[0], *clang),
            ratio(times[1], *clang)
        )),
        None => text.push_str("\nclang is not installed.\n"),
    }
    Ok(text)
}
