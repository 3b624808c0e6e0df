//! The backends against each other: what a debug build takes, how soon a small program runs, and what kernels take on each.

use super::measure::{Words, medians, ms, ratio, time, words};
use super::{Bench, generate};
use crate::process::root;
use std::fs;
use std::time::Duration;

const LINES: usize = 100_000;
const ROUNDS: usize = 5;
const SMALL_ROUNDS: usize = 31;
/// Kernels, those of `bench/kiln` that the interpreter ends in seconds.
const KERNELS: &[&str] =
    &["nbody", "spectral_norm", "fannkuch", "mandelbrot", "matmul", "hash_map", "fib", "sieve", "sha256", "heapsort"];

pub fn measure(bench: &Bench) -> Result<String, String> {
    let mut text = String::from("## Backends\n\n");
    text.push_str(&debug_build(bench)?);
    text.push_str(&small_program(bench)?);
    text.push_str(&kernels(bench)?);
    Ok(text)
}

/// The large program, without optimisation, from source to executable.
fn debug_build(bench: &Bench) -> Result<String, String> {
    let (ours, theirs) = (bench.path("generated.kiln"), bench.path("generated.c"));
    fs::write(&ours, generate::kiln(LINES)).map_err(|error| error.to_string())?;
    fs::write(&theirs, generate::c(LINES)).map_err(|error| error.to_string())?;
    let (kiln, program) = (bench.kiln(), bench.path("generated"));
    let build = |backend: &str| words([&kiln, "build", "-O0", "--backend", backend, &ours, "-o", &program]);
    let mut commands = vec![build("cranelift"), build("llvm"), words([&kiln, "check", &ours])];
    commands.extend(bench.clang.as_ref().map(|clang| words([clang, "-O0", "-w", &theirs, "-o", &program, "-lm"])));
    let times = medians(&commands, ROUNDS)?;
    let (cranelift, llvm) = (times[0], times[1]);
    let mut text = format!(
        "A debug build, linked: the generated program of {LINES} lines.\n\n| | time | of Cranelift's |\n| --- | ---: | ---: |\n\
         | `kiln check` | {} | |\n| `--backend cranelift` | {} | |\n| `--backend llvm -O0` | {} | {:.2} |\n",
        ms(times[2]),
        ms(cranelift),
        ms(llvm),
        ratio(llvm, cranelift)
    );
    bench.bars.note("a debug build with Cranelift, against LLVM", ratio(cranelift, llvm), 1.0 / 1.8);
    if let Some(clang) = times.get(3) {
        bench.bars.note("a debug build with Cranelift, against clang", ratio(cranelift, *clang), 0.5);
        text.push_str(&format!("| `clang -O0`, the same in C | {} | {:.2} |\n", ms(*clang), ratio(*clang, cranelift)));
    }
    text.push('\n');
    Ok(text)
}

/// From `kiln run` to the end of a program of one line.
fn small_program(bench: &Bench) -> Result<String, String> {
    let path = bench.path("one-line.kiln");
    fs::write(&path, "fn main() { @dbg(1); }\n").map_err(|error| error.to_string())?;
    let kiln = bench.kiln();
    let rows = [
        ("`kiln run`: Cranelift, in memory", words([&kiln, "run", &path])),
        ("`kiln run --interp`", words([&kiln, "run", "--interp", &path])),
        ("`kiln run --jit`: LLVM, in memory", words([&kiln, "run", "--jit", &path])),
        ("`kiln run --jit -O2`", words([&kiln, "run", "--jit", "-O2", &path])),
        ("`kiln run --backend llvm`, linked", words([&kiln, "run", "--backend", "llvm", &path])),
        ("`kiln build`: Cranelift, linked", words([&kiln, "build", &path, "-o", &bench.path("one-line")])),
    ];
    let commands: Vec<Words> = rows.iter().map(|(_, words)| words.clone()).collect();
    let times = medians(&commands, SMALL_ROUNDS)?;
    let mut text = String::from("A program of one line, from start to end.\n\n| | time |\n| --- | ---: |\n");
    bench.bars.note("`kiln run` of a line, against 30 ms", ratio(times[0], Duration::from_millis(30)), 1.0);
    for ((name, _), time) in rows.iter().zip(times) {
        text.push_str(&format!("| {name} | {} |\n", ms(time)));
    }
    text.push('\n');
    Ok(text)
}

/// What building and running each kernel takes.
fn kernels(bench: &Bench) -> Result<String, String> {
    let mut text = String::from(
        "Kernels of `bench/`: time to compile (and link) + time to run. In memory both are one; the interpreter runs once.\n\n\
         | kernel | LLVM -O2 | LLVM -O0 | Cranelift | Cranelift in memory | LLVM in memory -O2 | interpreter |\n\
         | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n",
    );
    let kiln = bench.kiln();
    for name in KERNELS {
        let source = root().join(format!("bench/kiln/{name}.kiln")).display().to_string();
        let mut row = format!("| `{name}`");
        for (backend, level) in [("llvm", "-O2"), ("llvm", "-O0"), ("cranelift", "-O0")] {
            let program = bench.path(&format!("{name}-{backend}{level}"));
            let build = words([&kiln, "build", level, "--backend", backend, &source, "-o", &program]);
            let times = medians(&[build, words([&program])], ROUNDS)?;
            row.push_str(&format!(" | {} + {}", ms(times[0]), ms(times[1])));
        }
        let in_memory =
            [words([&kiln, "run", "--backend", "cranelift", &source]), words([&kiln, "run", "--jit", "-O2", &source])];
        let times: Vec<Duration> = medians(&in_memory, ROUNDS)?;
        let interpreted = time(&words([&kiln, "run", "--interp", &source]))?;
        row.push_str(&format!(" | {} | {} | {} |\n", ms(times[0]), ms(times[1]), ms(interpreted)));
        text.push_str(&row);
    }
    Ok(text)
}
