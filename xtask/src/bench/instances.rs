//! `kiln check` of programs with many generic instances, all different, and their growth; tables that are computed.

use super::Bench;
use super::measure::{Words, medians, memory, ms, ratio, words};
use std::fmt::Write;
use std::fs;
use std::time::Duration;

const INSTANCES: [usize; 3] = [2_500, 5_000, 10_000];
const ROUNDS: usize = 7;

/// A generic type with two methods, a loop and an array of comptime length, and a function that uses it.
const GENERIC: &str = "\
fn Ring(comptime T: type, comptime n: usize) -> type {
    struct {
        items: [T; n],
        at: usize,

        fn new(fill: T) -> Self { Self { items: [fill; n], at: 0 } }

        fn sum(borrow self) -> T {
            let mut total = self.items[0];
            for item in self.items { total = total ^ item; }
            total
        }
    }
}

fn ring_sum(comptime n: usize) -> u32 { Ring(u32, n)::new(7).sum() }

";

/// A table of a million words.
const TABLE: &str = "\
fn table() -> [u32; 1_000_000] {
    let mut table: [u32; 1_000_000] = [0; 1_000_000];
    let mut state: u32 = 1;
    for i in 0..table.len() {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        table[i] = state;
    }
    table
}

const TABLE: [u32; 1_000_000] = table();

fn main() {
    let mut i: usize = 999_999;
    i -= 1;
    @dbg(TABLE[i]);
}
";

pub fn measure(bench: &Bench) -> Result<String, String> {
    let write = |name: &str, text: &str| {
        let path = bench.path(name);
        fs::write(&path, text).map(|()| path).map_err(|error| error.to_string())
    };
    let check = |path: &str| words([&bench.kiln(), "check", path]);
    let mut commands: Vec<Words> = Vec::new();
    for count in INSTANCES {
        commands.push(check(&write(&format!("instances-{count}.kiln"), &program(count))?));
    }
    commands.push(check(&write("table.kiln", TABLE)?));
    let times = medians(&commands, ROUNDS)?;
    let half_a_second = Duration::from_millis(500);
    bench.bars.note("10,000 instances, against half a second", ratio(times[INSTANCES.len() - 1], half_a_second), 1.0);
    let mut text = String::from(HEAD);
    for ((count, time), command) in INSTANCES.iter().zip(&times).zip(&commands) {
        let each = time.as_secs_f64() * 1e6 / *count as f64;
        let bytes = memory(command)? / *count as u64;
        let _ = writeln!(text, "| {count} | {} | {each:.1} µs | {bytes} B |", ms(*time));
    }
    let _ = write!(
        text,
        "\nA table of 1,000,000 words, computed by a loop: {} of `kiln check`.\n",
        ms(times[INSTANCES.len()])
    );
    Ok(text)
}

const HEAD: &str = "## Generic instances\n\n\
    `kiln check` of a program that uses a generic type with as many different arguments. For each there are a type of its own, two\n\
    methods with a loop over an array of comptime length, and a function that calls them.\n\n\
    | instances | time | each | memory each |\n| ---: | ---: | ---: | ---: |\n";

/// A program with this many instances of `ring_sum`, and so of `Ring` and its methods.
fn program(count: usize) -> String {
    let mut text = String::from(GENERIC);
    text.push_str("fn main() {\n    let mut sum: u32 = 0;\n");
    for n in 1..=count {
        let _ = writeln!(text, "    sum ^= ring_sum({n});");
    }
    text.push_str("    @dbg(sum);\n}\n");
    text
}
