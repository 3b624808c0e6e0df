//! How long the smallest programs take.

use super::Bench;
use super::measure::{medians, ms, words};
use std::fs;

const ROUNDS: usize = 31;

pub fn measure(bench: &Bench) -> Result<String, String> {
    let path = bench.path("one-line.kiln");
    fs::write(&path, "fn main() { @dbg(1); }\n").map_err(|error| error.to_string())?;
    let kiln = bench.kiln();
    let commands = [
        words([&kiln, "--version"]),
        words([&kiln, "check", &path]),
        words([&kiln, "run", &path]),
        words([&kiln, "build", "-O2", &path, "-o", &bench.path("one-line")]),
    ];
    let times = medians(&commands, ROUNDS)?;
    Ok(format!(
        "## Start-up\n\nA program of one line.\n\n| | time |\n| --- | ---: |\n\
         | `kiln --version` | {} |\n| `kiln check` | {} |\n| `kiln run` | {} |\n| `kiln build -O2` | {} |\n",
        ms(times[0]),
        ms(times[1]),
        ms(times[2]),
        ms(times[3])
    ))
}
