//! The programs of `examples/` that read, on inputs too large to keep: their results are computed here again.
#![allow(clippy::unwrap_used, reason = "tests may panic")]

use kiln_compiler::{Disk, OptLevel, has_llvm};
use kiln_spec::{Engine, run_process};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A program that was built, and the folder that keeps it.
struct Built(PathBuf, #[expect(dead_code, reason = "it is removed with this")] TempDir);

fn build(name: &str) -> Option<Built> {
    if !has_llvm() {
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join(name);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../examples/{name}.kiln"));
    Engine::Native(OptLevel::Default).build(&root, &Disk, &program).unwrap();
    Some(Built(program, folder))
}

fn run(name: &str, input: &str) -> Option<String> {
    let built = build(name)?;
    let outcome = run_process(&built.0, input.as_bytes()).unwrap();
    assert_eq!((outcome.status, String::from_utf8_lossy(&outcome.stderr).as_ref()), (Some(0), ""));
    Some(String::from_utf8(outcome.stdout).unwrap())
}

/// Numbers without an order.
fn mixed(n: u64) -> u64 {
    n.wrapping_mul(6_364_136_223_846_793_005).rotate_left(23) ^ n
}

#[test]
fn words_are_counted() {
    let mut text = String::new();
    let mut counts = BTreeMap::new();
    for n in 0..200_000 {
        let word = format!("w{}", mixed(n) % 5000);
        text.push_str(&word);
        text.push(if n % 10 == 9 { '\n' } else { ' ' });
        *counts.entry(word).or_insert(0_u64) += 1;
    }
    let Some(said) = run("word_count", &text) else { return };
    let mut sorted: Vec<_> = counts.iter().collect();
    sorted.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    let mut expected = format!("20000 lines, 200000 words, {} bytes, {} different\n", text.len(), counts.len());
    for (word, count) in &sorted[..10] {
        writeln!(expected, "{count:>8} {word}").unwrap();
    }
    assert_eq!(said, expected);
}

#[test]
fn json_is_laid_out() {
    let (mut text, mut expected) = (String::from("["), String::from("[\n"));
    for n in 0..50_000_u64 {
        let (comma, end) = if n == 49_999 { ("]", "\n]\n") } else { (",", ",\n") };
        write!(text, "{{\"n\":{n},\"s\":\"a\\n{}\"}}{comma}", mixed(n)).unwrap();
        write!(expected, "  {{\n    \"n\": {n},\n    \"s\": \"a\\n{}\"\n  }}{end}", mixed(n)).unwrap();
    }
    let Some(said) = run("json_pretty", &text) else { return };
    assert!(said == expected, "the layout differs");
}

#[test]
fn tables_are_summed_up() {
    let mut text = String::from("name,value\n");
    let mut total = 0;
    for n in 0..100_000 {
        let value = mixed(n) % 1000;
        total += value;
        writeln!(text, "\"row, {n}\",{value}").unwrap();
    }
    let Some(said) = run("csv_summary", &text) else { return };
    let mean = format!("mean {:>10.3}", total as f64 / 1e5);
    assert!(said.starts_with("100000 rows\n") && said.contains(&mean), "{said}");
}

#[test]
fn lines_are_found() {
    let mut text = String::from("a.*9$\n");
    let mut expected = String::new();
    for n in 1..=100_000 {
        let line = format!("{:x} {}", mixed(n), mixed(n) % 100);
        if line.contains('a') && line.ends_with('9') {
            writeln!(expected, "{n}:{line}").unwrap();
        }
        text.push_str(&line);
        text.push('\n');
    }
    let Some(said) = run("grep", &text) else { return };
    assert!(said == expected, "other lines");
}

/// 100 MB through a program that may not have 24 MB.
#[cfg(unix)]
#[test]
fn a_stream_needs_constant_memory() {
    use std::io::Write as _;
    use std::process::{Command, Stdio};
    const PIECE: usize = 100_000;
    let Some(built) = build("byte_counts") else { return };
    let mut piece = Vec::with_capacity(PIECE);
    while piece.len() < PIECE {
        writeln!(piece, "{:016x} {:014x}", mixed(piece.len() as u64), mixed(7) >> 8).unwrap();
    }
    piece.truncate(PIECE);
    let mut limited = Command::new("sh");
    limited.args(["-c", "ulimit -v 24000 && exec \"$0\""]).arg(&built.0);
    let mut child = limited.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    for _ in 0..1000 {
        stdin.write_all(&piece).unwrap();
    }
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{:?}: {said}", output.status);
    assert!(said.starts_with("100000000 bytes, 3125000 lines, 6250000 words, longest line 31\n"), "{said}");
}

#[test]
fn out_of_memory_is_a_panic() {
    let folder = tempfile::tempdir().unwrap();
    let (root, program) = (folder.path().join("main.kiln"), folder.path().join("main"));
    let text = "fn main() { println(\"{}\", Vec(u64)::with_capacity(1 << 60).len()); }\n";
    std::fs::write(&root, text).unwrap();
    for engine in Engine::available() {
        if matches!(engine, Engine::Native(_) | Engine::Cranelift) {
            engine.build(&root, &Disk, &program).unwrap();
            let outcome = run_process(&program, &[]).unwrap();
            let said = String::from_utf8_lossy(&outcome.stderr).into_owned();
            assert_eq!(outcome.status, Some(101), "{}: {said}", engine.name());
            assert!(said.starts_with("error: out of memory\n"), "{}: {said}", engine.name());
        }
    }
}
