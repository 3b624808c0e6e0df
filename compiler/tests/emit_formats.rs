//! `docs/emit-formats.md` shows what `--emit` prints. `cargo xtask bless` writes it.

mod common;

use common::Place;
use std::fs;
use std::path::PathBuf;

/// Lines of a stage that the page shows.
const SHOWN: usize = 24;

#[test]
fn the_page_shows_what_is_emitted() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/emit-formats.md");
    let page = fs::read_to_string(&path).expect("the page is there");
    let (_, rest) = page.split_once("```kiln\n").expect("it shows a program");
    let (program, _) = rest.split_once("```\n").expect("the program ends");
    let place = Place::new().file("gcd.kiln", program);
    let mut renewed = String::new();
    let mut rest = page.as_str();
    while let Some((before, after)) = rest.split_once("```text ") {
        let (stage, after) = after.split_once('\n').expect("the fence is a line");
        let (shown, after) = after.split_once("```\n").expect("the fence is closed");
        renewed
            .push_str(&format!("{before}```text {stage}\n{}```\n", emitted(&place, stage).unwrap_or(shown.to_owned())));
        rest = after;
    }
    renewed.push_str(rest);
    if std::env::var_os("KILN_BLESS").is_some() {
        fs::write(&path, renewed).expect("the page can be written");
    } else {
        assert!(renewed == page, "`cargo xtask bless` renews docs/emit-formats.md:\n{renewed}");
    }
}

/// What a stage prints; `None` where that depends on an LLVM that is not there.
fn emitted(place: &Place, stage: &str) -> Option<String> {
    if stage.starts_with("asm") && !(cfg!(feature = "llvm22") && kiln_compiler::has_native_code()) {
        return None;
    }
    let mut args = vec!["build", "gcd.kiln", "--target", "x86_64-unknown-linux-gnu", "--emit"];
    args.extend(stage.split(' '));
    let done = place.kiln(&args);
    done.accepted();
    let lines: Vec<&str> = done.stdout.lines().collect();
    let mut shown: String = lines.iter().take(SHOWN).map(|line| format!("{line}\n")).collect();
    if lines.len() > SHOWN {
        shown.push_str("…\n");
    }
    Some(shown)
}
