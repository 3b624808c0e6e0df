//! The kernels of `bench/`, optimised, against the same in C.

use super::Bench;
use super::measure::{Words, geometric_mean, medians, ms, ratio, words};
use crate::process::{command, output, root};

/// Those that are compared as a whole, by their mean.
const MEAN: &[&str] = &["nbody", "spectral_norm", "fannkuch", "mandelbrot", "matmul"];
/// Those that are only shown.
const OTHERS: &[&str] = &["dot_i32", "dot_i64", "hash_map", "mix", "fib", "sieve", "sha256", "heapsort"];
const ROUNDS: usize = 7;
/// What one kernel may take, and all that are compared as a whole.
const WORST: f64 = 1.35;
const MEAN_AT_MOST: f64 = 1.1;

pub fn measure(bench: &Bench) -> Result<String, String> {
    let Some(clang) = &bench.clang else {
        return Ok("## Optimised code\n\nclang is not installed.\n".to_owned());
    };
    let mut text = String::from(
        "## Optimised code\n\n\
         `kiln build -O2` with all checks against `clang -O2 -ffp-contract=off`, which has none.\n\n\
         | kernel | Kiln | C | ratio |\n| --- | ---: | ---: | ---: |\n",
    );
    let mut ratios = Vec::new();
    for name in MEAN.iter().chain(OTHERS) {
        let commands = build(bench, clang, name)?;
        let times = medians(&commands, ROUNDS)?;
        let ratio = ratio(times[0], times[1]);
        if MEAN.contains(name) {
            ratios.push(ratio);
        }
        bench.bars.note(format!("`{name}`, -O2, against clang"), ratio, WORST);
        text.push_str(&format!("| `{name}` | {} | {} | {ratio:.2} |\n", ms(times[0]), ms(times[1])));
    }
    bench.bars.note("the mean of these kernels", geometric_mean(&ratios), MEAN_AT_MOST);
    text.push_str(&format!("\nGeometric mean of {}: {:.2}.\n", MEAN.join(", "), geometric_mean(&ratios)));
    Ok(text)
}

/// Builds both programs, and compares what they print.
fn build(bench: &Bench, clang: &str, name: &str) -> Result<[Words; 2], String> {
    let (ours, theirs) = (bench.path(&format!("{name}-kiln")), bench.path(&format!("{name}-c")));
    let kiln = root().join(format!("bench/kiln/{name}.kiln")).display().to_string();
    let c = root().join(format!("bench/c/{name}.c")).display().to_string();
    let compile = [
        words([&bench.kiln(), "build", "-O2", &kiln, "-o", &ours]),
        words([clang, "-O2", "-ffp-contract=off", &c, "-o", &theirs, "-lm"]),
    ];
    for words in &compile {
        super::measure::time(words)?;
    }
    let prints = |program: &str| output(&mut command(program, &[])).ok_or_else(|| format!("`{name}` fails"));
    if prints(&ours)? != prints(&theirs)? {
        return Err(format!("`{name}` does not print the same in both languages"));
    }
    Ok([words([&ours]), words([&theirs])])
}
