//! Generated programs with owners, branches, loops, partial moves and early exits: each owner is dropped exactly once, and every
//! engine prints the same. The generator knows which variables have their values, so each program has to be accepted.

#[path = "owners/generate.rs"]
mod generate;

use kiln_compiler::Memory;
use kiln_spec::Engine;
use std::collections::BTreeMap;
use std::path::Path;

/// Programs that run on the interpreter.
const PROGRAMS: u64 = 120;
/// One in so many runs on the other engines, too.
const ON_ALL_ENGINES: u64 = 20;

#[test]
fn each_owner_is_dropped_once() {
    let engines = Engine::available();
    let mut lines = 0;
    for seed in 1..=PROGRAMS {
        let text = generate::program(seed);
        let files = Memory::from([("main.kiln", text.clone())]);
        let mut first: Option<Vec<u8>> = None;
        let count = if seed % ON_ALL_ENGINES == 0 { engines.len() } else { 1 };
        for engine in &engines[..count] {
            let outcome = engine.run(Path::new("main.kiln"), &files);
            let outcome = outcome.unwrap_or_else(|error| panic!("seed {seed}: {error}\n{text}"));
            let stderr = String::from_utf8_lossy(&outcome.stderr);
            assert_eq!(outcome.status, Some(0), "seed {seed}, {}: {stderr}\n{text}", engine.name());
            lines += outcome.stdout.iter().filter(|byte| **byte == b'\n').count();
            check_trace(&String::from_utf8_lossy(&outcome.stdout))
                .unwrap_or_else(|wrong| panic!("seed {seed}, {}: {wrong}\n{text}", engine.name()));
            match &first {
                None => first = Some(outcome.stdout),
                Some(first) => assert_eq!(*first, outcome.stdout, "seed {seed}, {}\n{text}", engine.name()),
            }
        }
    }
    assert!(lines > 100 * PROGRAMS as usize, "the programs make owners: {lines} lines");
}

/// Each number is printed once when its owner is made, and once, negated, when it is dropped.
fn check_trace(trace: &str) -> Result<(), String> {
    let mut owners: BTreeMap<i64, u32> = BTreeMap::new();
    for line in trace.lines() {
        let number: i64 = line.parse().map_err(|_| format!("`{line}` is no number"))?;
        let drops = owners.get(&-number).copied();
        match (number > 0, drops) {
            (true, _) if owners.insert(number, 0).is_some() => return Err(format!("{number} was made twice")),
            (false, None) => return Err(format!("{} was dropped before it was made", -number)),
            (false, Some(1)) => return Err(format!("{} was dropped twice", -number)),
            (false, Some(_)) => drop(owners.insert(-number, 1)),
            (true, _) => {}
        }
    }
    match owners.iter().find(|owner| *owner.1 == 0) {
        Some((number, _)) => Err(format!("{number} was never dropped")),
        None => Ok(()),
    }
}

#[test]
fn traces_are_judged() {
    assert!(check_trace("1\n2\n-2\n-1\n").is_ok());
    for wrong in ["1\n", "-1\n1\n", "1\n-1\n-1\n", "1\n1\n-1\n"] {
        assert!(check_trace(wrong).is_err(), "{wrong:?} is wrong");
    }
}
