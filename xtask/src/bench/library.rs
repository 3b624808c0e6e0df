//! The programs of `bench/std/`, in Kiln and in Rust. Each measures its parts itself and prints `name nanoseconds result`.

use super::Bench;
use super::measure::{Words, ms, ratio, time, words};
use crate::process::{command, output, root, which};
use std::time::Duration;

const PROGRAMS: &[&str] = &["vec", "string", "sort", "hash_map"];
const ROUNDS: usize = 7;
/// What a part may take of the time of Rust's.
const AT_MOST: f64 = 1.15;

/// A part of a program.
struct Part {
    name: String,
    time: Duration,
    /// What it came to.
    result: String,
}

pub fn measure(bench: &Bench) -> Result<String, String> {
    if which("rustc").is_none() {
        return Ok("## The library\n\nrustc is not installed.\n".to_owned());
    }
    let mut text = String::from(
        "## The library\n\n\
         Parts of the programs in `bench/std/`, `kiln build -O2` against `rustc -O`: the best of some runs that alternate. Rust's tables are\n\
         measured with its own hasher, which resists chosen keys, and with one that mixes as Kiln's does.\n\n\
         | part | Kiln | Rust | ratio |\n| --- | ---: | ---: | ---: |\n",
    );
    for program in PROGRAMS {
        let [ours, theirs] = build(bench, program)?;
        let (mut best, mut others) = (run(&ours)?, run(&theirs)?);
        for _ in 1..ROUNDS {
            keep_least(&mut best, run(&ours)?);
            keep_least(&mut others, run(&theirs)?);
        }
        for other in &others {
            let name = other.name.split(", fast hasher").next().unwrap_or_default();
            let Some(part) = best.iter().find(|part| part.name == name && part.result == other.result) else {
                return Err(format!("`{program}` does not come to the same in both languages: {}", other.name));
            };
            let ratio = ratio(part.time, other.time);
            // Another hasher is only shown: what is compared is the same program.
            if name == other.name {
                bench.bars.note(format!("{program}: {}, against Rust", other.name), ratio, AT_MOST);
            }
            let row = format!("| {program}: {} | {} | {} | {ratio:.2} |\n", other.name, ms(part.time), ms(other.time));
            text.push_str(&row);
        }
    }
    Ok(text)
}

/// Both programs, compiled.
fn build(bench: &Bench, name: &str) -> Result<[Words; 2], String> {
    let (ours, theirs) = (bench.path(&format!("{name}-std-kiln")), bench.path(&format!("{name}-std-rust")));
    let source = |ending: &str| root().join(format!("bench/std/{name}.{ending}")).display().to_string();
    time(&words([&bench.kiln(), "build", "-O2", "--backend", "llvm", &source("kiln"), "-o", &ours]))?;
    time(&words(["rustc", "-O", "--edition", "2021", &source("rs"), "-o", &theirs]))?;
    Ok([words([&ours]), words([&theirs])])
}

fn run(program: &Words) -> Result<Vec<Part>, String> {
    let text = output(&mut command(&program[0], &[])).ok_or_else(|| format!("`{}` fails", program[0]))?;
    text.lines().map(|line| part(line).ok_or_else(|| format!("`{}` prints `{line}`", program[0]))).collect()
}

/// Reads a line that a program printed.
fn part(line: &str) -> Option<Part> {
    let (rest, result) = line.rsplit_once(' ')?;
    let (name, time) = rest.rsplit_once(' ')?;
    Some(Part { name: name.to_owned(), time: Duration::from_nanos(time.parse().ok()?), result: result.to_owned() })
}

fn keep_least(best: &mut [Part], parts: Vec<Part>) {
    for (best, part) in best.iter_mut().zip(parts) {
        best.time = best.time.min(part.time);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_read() {
        let part = part("look texts up, fast hasher 1500000 42").expect("it is a part");
        assert_eq!(
            (&*part.name, part.time, &*part.result),
            ("look texts up, fast hasher", Duration::from_micros(1500), "42")
        );
    }
}
