//! `kiln check` of generated programs: lines per second, memory per line, growth; and lexing and parsing alone.

use super::measure::{Words, medians, memory, ms, words};
use super::{Bench, generate};
use crate::process::{cargo, output};
use std::fs;
use std::time::Duration;

const LINES: [usize; 3] = [25_000, 50_000, 100_000];
const ROUNDS: usize = 9;

/// A size and what it took.
struct Row {
    lines: usize,
    time: Duration,
    memory: u64,
}

pub fn measure(bench: &Bench) -> Result<String, String> {
    let empty = bench.path("empty.kiln");
    fs::write(&empty, "fn main() { }\n").map_err(|error| error.to_string())?;
    let mut programs = Vec::new();
    for lines in LINES {
        let path = bench.path(&format!("generated-{lines}.kiln"));
        let text = generate::kiln(lines);
        programs.push((text.lines().count(), path.clone()));
        fs::write(path, text).map_err(|error| error.to_string())?;
    }
    let check = |path: &str| words([&bench.kiln(), "check", path]);
    let base = memory(&check(&empty))?;
    let commands: Vec<Words> = programs.iter().map(|(_, path)| check(path)).collect();
    let times = medians(&commands, ROUNDS)?;
    let mut rows = Vec::new();
    for (((lines, _), time), command) in programs.into_iter().zip(times).zip(&commands) {
        rows.push(Row { lines, time, memory: memory(command)?.saturating_sub(base) });
    }
    Ok(format!("{}{}{}", HEAD, table(&rows), parsing()?))
}

const HEAD: &str = "## Front end\n\n\
    `kiln check` of a generated program of small functions (structs, enums, matches, loops, calls): everything from text to basic\n\
    blocks, without code generation. Memory is what is needed beyond an empty program.\n\n\
    | lines | time | lines/s | memory a line |\n| ---: | ---: | ---: | ---: |\n";

fn table(rows: &[Row]) -> String {
    let row = |row: &Row| {
        let speed = row.lines as f64 / row.time.as_secs_f64();
        let bytes = row.memory / row.lines as u64;
        format!("| {} | {} | {:.0} | {bytes} B |\n", row.lines, ms(row.time), speed)
    };
    rows.iter().map(row).collect()
}

/// What the benchmark of the syntax crate says, which measures inside of one process.
fn parsing() -> Result<String, String> {
    let args = ["run", "--quiet", "--release", "--package", "kiln-syntax", "--example", "parse_bench"];
    let text = output(&mut cargo(&args)).ok_or("the benchmark of lexing and parsing failed")?;
    let lines: String = text.lines().map(|line| format!("- {line}\n")).collect();
    Ok(format!("\nLexing and parsing alone, in one process, the best of several runs:\n\n{lines}"))
}
