//! Times and memory of commands.

use crate::process::{command, shown};
use std::process::Stdio;
use std::time::{Duration, Instant};

/// A command line.
pub type Words = Vec<String>;

/// Makes a command line of words.
pub fn words<const N: usize>(words: [&str; N]) -> Words {
    words.map(str::to_owned).to_vec()
}

/// Runs each command once to warm up, then all in turn `rounds` times; the median time of each.
///
/// # Errors
/// One of them fails.
pub fn medians(commands: &[Words], rounds: usize) -> Result<Vec<Duration>, String> {
    let mut times: Vec<Vec<Duration>> = vec![Vec::new(); commands.len()];
    for round in 0..=rounds {
        for (words, times) in commands.iter().zip(&mut times) {
            let time = time(words)?;
            if round > 0 {
                times.push(time);
            }
        }
    }
    Ok(times.into_iter().map(median).collect())
}

/// The time of one run.
///
/// # Errors
/// It fails.
pub fn time(words: &Words) -> Result<Duration, String> {
    let mut command = quiet(words);
    let start = Instant::now();
    let status = command.status().map_err(|error| format!("`{}`: {error}", shown(&command)))?;
    let time = start.elapsed();
    if status.success() { Ok(time) } else { Err(format!("`{}` failed ({status})", shown(&command))) }
}

/// The time in the middle.
fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn quiet(words: &Words) -> std::process::Command {
    let args: Vec<&str> = words[1..].iter().map(String::as_str).collect();
    let mut command = command(&words[0], &args);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// The hidden task that [`memory`] starts this program with: the kernel tells only what all children needed at most.
pub const MEMORY_OF: &str = "--memory-of";

/// The largest memory a run of the command needs, in bytes.
///
/// # Errors
/// It fails, or this system does not tell.
pub fn memory(words: &Words) -> Result<u64, String> {
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut args = vec![MEMORY_OF];
    args.extend(words.iter().map(String::as_str));
    let output = command(&this.display().to_string(), &args).output().map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim().parse().map_err(|_| format!("the memory of `{}` is not known", words.join(" ")))
}

/// Runs a command, then prints the bytes it needed. Gives the exit status.
#[cfg(unix)]
pub fn print_memory_of(words: &[String]) -> i32 {
    use nix::sys::resource::{UsageWho, getrusage};
    if words.is_empty() || !quiet(&words.to_vec()).status().is_ok_and(|status| status.success()) {
        return 1;
    }
    match getrusage(UsageWho::RUSAGE_CHILDREN) {
        Ok(usage) => {
            // Linux counts in KiB.
            println!("{}", usage.max_rss() * 1024);
            0
        }
        Err(_) => 1,
    }
}

/// Runs a command, then prints the bytes it needed. Gives the exit status.
#[cfg(not(unix))]
pub fn print_memory_of(_: &[String]) -> i32 {
    1
}

/// `12.3 ms`
pub fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

/// How many times as long.
pub fn ratio(time: Duration, other: Duration) -> f64 {
    time.as_secs_f64() / other.as_secs_f64().max(1e-9)
}

/// The mean of ratios.
pub fn geometric_mean(ratios: &[f64]) -> f64 {
    (ratios.iter().map(|ratio| ratio.ln()).sum::<f64>() / ratios.len().max(1) as f64).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means() {
        assert!((geometric_mean(&[0.5, 2.0]) - 1.0).abs() < 1e-12);
        let seconds = |numbers: [u64; 3]| numbers.map(Duration::from_secs).to_vec();
        assert_eq!(median(seconds([9, 1, 2])), Duration::from_secs(2));
    }
}
