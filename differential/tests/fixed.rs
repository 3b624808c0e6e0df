//! The engines agree on generated programs: always the same ones.
#![allow(clippy::unwrap_used, reason = "a test that can't be set up has failed")]

use kiln_differential::{Find, Series, check, hunt, hunt_by, memcheck, program, refused};

/// How many programs each test compares.
const PROGRAMS: u64 = 120;
/// How many valgrind looks at.
const WATCHED: u64 = 50;
/// How many programs with a mistake are tried.
const WRONG: u64 = 60;

fn agrees(seed: u64) {
    let mut finds: Vec<Find> = Vec::new();
    hunt(seed, 0..PROGRAMS, 60, |find| finds.push(find));
    none(seed, &finds);
}

fn none(seed: u64, finds: &[Find]) {
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
fn valgrind_has_nothing_to_say() {
    if memcheck(&[]).is_none() {
        println!("skipped: there is no `valgrind`");
        return;
    }
    let forgets = "pub fn run() { let p = checked { @alloc(i32, 4) }; checked { @ptr_write(p, 1); } }";
    let verdicts = memcheck(&["pub fn run() { @dbg((1,)); }".to_owned(), forgets.to_owned()]).unwrap();
    assert_eq!(verdicts.iter().map(Option::is_some).collect::<Vec<_>>(), [false, true]);
    let mut finds: Vec<Find> = Vec::new();
    let look = |programs: &[String]| memcheck(programs).unwrap();
    hunt_by(&Series { seed: 13, numbers: 0..WATCHED, wrong: false }, 0, look, |find| finds.push(find));
    none(13, &finds);
}

#[test]
fn mistakes_are_refused() {
    let mut finds: Vec<Find> = Vec::new();
    let look = |programs: &[String]| refused(programs);
    hunt_by(&Series { seed: 500, numbers: 0..WRONG, wrong: true }, 0, look, |find| finds.push(find));
    none(500, &finds);
}

#[test]
fn owners_are_counted() {
    let sort = |text: &str| {
        let program = format!("pub fn run() {{ {text} }}");
        check(&[program])[0].as_ref().map(|complaint| complaint.sort.clone())
    };
    assert_eq!(sort("@dbg(1); @dbg(2); @dbg(-2); @dbg(-1); @dbg((3,));"), None);
    assert_eq!(sort("@dbg(1);").as_deref(), Some("an owner is not dropped"));
    assert_eq!(sort("@dbg(1); @dbg(1); @dbg(-1);").as_deref(), Some("an owner is made twice"));
    assert_eq!(sort("@dbg(-1);").as_deref(), Some("an owner is dropped without being there"));
    assert_eq!(sort("@dbg(1); @dbg(-1); @dbg(-1);").as_deref(), Some("an owner is dropped without being there"));
    assert_eq!(sort("let p = checked { @alloc(i32, 4) }; checked { @ptr_write(p, 1); }").as_deref(), Some("leaks"));
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
        "pub fn run() { @dbg((1,)); }",
        "fn f(a: u8) -> u8 { a + 1 }\npub fn run() { @dbg((f(3),)); @dbg(f(255)); }",
        "pub fn run() {\n@dbg(\"~\");\n@dbg((1,));\n@dbg((2,));\n}",
    ];
    let verdicts = check(&programs.map(str::to_owned));
    assert_eq!(verdicts[..2], [None, None]);
    assert_eq!(verdicts[2].as_ref().unwrap().sort, "comptime differs");
    let rejected = check(&["pub fn run() { 1 + true; }".to_owned(), programs[0].to_owned()]);
    assert!(rejected[0].as_ref().unwrap().sort.starts_with("rejected with"), "{rejected:?}");
    assert_eq!(rejected[1], None);
}
