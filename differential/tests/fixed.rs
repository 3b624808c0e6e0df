//! The engines agree on generated programs: always the same ones.
#![allow(clippy::unwrap_used, reason = "a test that can't be set up has failed")]

use kiln_differential::{Find, check, hunt, program};

/// How many programs each test compares.
const PROGRAMS: u64 = 100;

fn agrees(seed: u64) {
    let mut finds: Vec<Find> = Vec::new();
    hunt(seed, 0..PROGRAMS, 60, |find| finds.push(find));
    let shown: Vec<String> = finds
        .iter()
        .map(|find| format!("program {} of {seed}: {}\n{}", find.number, find.complaint.text, find.text))
        .collect();
    assert!(finds.is_empty(), "{}", shown.join("\n"));
}

#[test]
fn engines_agree_on_one_series() {
    agrees(11);
}

#[test]
fn engines_agree_on_another_series() {
    agrees(12);
}

#[test]
fn programs_are_the_same_every_time() {
    let programs = |seed| (0..20).map(|number| program(seed, number)).collect::<Vec<_>>();
    assert_eq!(programs(1), programs(1));
    assert_ne!(programs(1), programs(2));
}

#[test]
fn what_is_wrong_is_noticed() {
    let programs = [
        "pub fn run() { @dbg(1); }",
        "fn f(a: u8) -> u8 { a + 1 }\npub fn run() { @dbg(f(3)); @dbg(f(255)); }",
        "pub fn run() {\n@dbg(\"~\");\n@dbg(1);\n@dbg(2);\n}",
    ];
    let verdicts = check(&programs.map(str::to_owned));
    assert_eq!(verdicts[..2], [None, None]);
    assert_eq!(verdicts[2].as_ref().unwrap().sort, "comptime differs");
    let rejected = check(&["pub fn run() { 1 + true; }".to_owned(), programs[0].to_owned()]);
    assert!(rejected[0].as_ref().unwrap().sort.starts_with("rejected with"), "{rejected:?}");
    assert_eq!(rejected[1], None);
}
