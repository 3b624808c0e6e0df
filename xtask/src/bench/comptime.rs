//! The kernels of `bench/comptime/`: computed while they are compiled, against the interpreters of Lua and LuaJIT.
//!
//! What a program of one line takes is taken off the time of `kiln check`, and what an empty script takes off the others'.

use super::Bench;
use super::measure::{Words, medians, ms, ratio, words};
use crate::process::{command, output, root, which};
use std::fs;
use std::time::Duration;

/// Name, what it does, and whether LuaJIT can parse its twin.
const KERNELS: &[(&str, &str, bool)] = &[
    ("mix", "10,000,000 turns of nine operations", true),
    ("fib", "7,049,155 calls that count themselves through an `inout` parameter", true),
    ("sieve", "1,000,000 bools", true),
    ("heapsort", "100,000 integers", true),
    ("sha256", "1 MiB", false),
    ("structs", "10,000 structs and 200 KB of text in arrays", true),
    ("appends", "150,000 bytes appended on the heap", true),
];
const ROUNDS: usize = 7;

pub fn measure(bench: &Bench) -> Result<String, String> {
    let lua = which("lua5.4").map(|_| words(["lua5.4"]));
    let luajit = which("luajit").map(|_| words(["luajit", "-joff"]));
    let mut text = String::from(
        "## Comptime\n\n\
         The kernels of `bench/comptime/` as initializers of consts, under `kiln check`, net of start-up; the same in Lua 5.4 and in\n\
         LuaJIT's interpreter (`-joff`).",
    );
    for (name, found) in [("lua5.4", &lua), ("luajit", &luajit)] {
        if found.is_none() {
            text.push_str(&format!(" `{name}` is not installed, so it is left out."));
        }
    }
    text.push_str("\n\n| kernel | Kiln | Lua | ratio | LuaJIT | ratio |\n| --- | ---: | ---: | ---: | ---: | ---: |\n");
    let empty = [file(bench, "empty.kiln", "fn main() { }\n")?, file(bench, "empty.lua", "\n")?];
    for (name, what, in_luajit) in KERNELS {
        let luajit = luajit.as_ref().filter(|_| *in_luajit);
        let times = kernel(bench, name, &empty, [lua.as_ref(), luajit])?;
        let other = |time: Option<Duration>| match time {
            Some(time) => format!("{} | {:.2}", ms(time), ratio(times.kiln, time)),
            None => "– | –".to_owned(),
        };
        note_bars(bench, name, &times);
        let (lua, luajit) = (other(times.lua), other(times.luajit));
        text.push_str(&format!("| `{name}`: {what} | {} | {lua} | {luajit} |\n", ms(times.kiln)));
    }
    Ok(text)
}

/// Interpreters that are known to be good set the bars.
fn note_bars(bench: &Bench, name: &str, times: &Times) {
    if let (Some(luajit), "fib" | "sieve" | "heapsort") = (times.luajit, name) {
        bench.bars.note(format!("`{name}` at comptime, against LuaJIT's interpreter"), ratio(times.kiln, luajit), 1.3);
    }
    if let (Some(lua), "sha256") = (times.lua, name) {
        bench.bars.note(format!("`{name}` at comptime, against Lua"), ratio(times.kiln, lua), 1.0 / 3.0);
    }
}

/// Times net of start-up.
struct Times {
    kiln: Duration,
    lua: Option<Duration>,
    luajit: Option<Duration>,
}

fn kernel(bench: &Bench, name: &str, empty: &[String; 2], others: [Option<&Words>; 2]) -> Result<Times, String> {
    let path = |end: &str| root().join(format!("bench/comptime/{name}.{end}")).display().to_string();
    let (program, script, kiln) = (path("kiln"), path("lua"), bench.kiln());
    let mut commands = vec![words([&kiln, "check", &program]), words([&kiln, "check", &empty[0]])];
    for other in others.into_iter().flatten() {
        commands.extend([&script, &empty[1]].map(|file| [other.as_slice(), std::slice::from_ref(file)].concat()));
    }
    same_output(&words([&kiln, "run", "--interp", &program]), commands.get(2), name)?;
    let times = medians(&commands, ROUNDS)?;
    let mut net = times.chunks(2).map(|pair| pair[0].saturating_sub(pair[1]));
    let kiln = net.next().unwrap_or_default();
    let [lua, luajit] = others.map(|other| other.and_then(|_| net.next()));
    Ok(Times { kiln, lua, luajit })
}

/// Compares what both print.
fn same_output(ours: &Words, theirs: Option<&Words>, name: &str) -> Result<(), String> {
    let prints = |words: &Words| {
        let args: Vec<&str> = words[1..].iter().map(String::as_str).collect();
        output(&mut command(&words[0], &args)).ok_or_else(|| format!("`{name}` fails"))
    };
    match theirs {
        Some(theirs) if prints(ours)?.trim() != prints(theirs)?.trim() => {
            Err(format!("`{name}` does not print the same in both languages"))
        }
        _ => Ok(()),
    }
}

fn file(bench: &Bench, name: &str, text: &str) -> Result<String, String> {
    let path = bench.path(name);
    fs::write(&path, text).map_err(|error| format!("{path}: {error}"))?;
    Ok(path)
}
