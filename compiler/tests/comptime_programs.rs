//! What comptime leaves of a program: constants and no code; the target's sizes; instances in proportion to what was asked for.
#![allow(clippy::unwrap_used, reason = "tests may panic")]

mod common;

use common::Place;
use kiln_compiler::{Emit, Memory, Mode, Options, Stage, compile_with};
use std::fs;
use std::path::PathBuf;

/// The table, the sorted array and the tree of the example are data; nothing sets them up.
#[test]
fn what_is_built_at_comptime_needs_no_initialisation() {
    if !(cfg!(feature = "llvm22") && kiln_compiler::has_native_code()) {
        return;
    }
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../examples/comptime_data.kiln");
    let done = Place::with_main(fs::read(path).unwrap()).kiln(&["build", "-O0", "--emit", "asm", "main.kiln"]);
    done.accepted();
    let text = &*done.stdout;
    let globals: Vec<&str> = text.lines().filter(|line| line.starts_with('@') && line.contains(" = ")).collect();
    let variables: Vec<&&str> = globals.iter().filter(|line| !line.contains(" constant ")).collect();
    assert!(variables.is_empty(), "{variables:?}");
    // 256 bytes, 12 words, 12 nodes that point to each other.
    assert!(globals.iter().any(|line| line.contains(" constant [256 x i8] ")), "{globals:?}");
    assert!(globals.iter().any(|line| line.contains(" constant [48 x i8] ")), "{globals:?}");
    let nodes = globals.iter().filter(|line| line.contains("[8 x i8]") && line.contains("ptr @")).count();
    let leaves = globals.iter().filter(|line| line.contains(" constant [24 x i8] ")).count();
    assert_eq!(nodes + leaves, 12, "{globals:?}");
    for builder in ["main::sort", "main::tree"] {
        assert!(!text.contains(&format!("@\"{builder}\"")), "`{builder}` is in the program");
    }
    let main = text.split("@\"main::main\"()").nth(1).and_then(|rest| rest.split("\n}").next()).unwrap();
    assert!(main.contains("store") && main.contains("call"), "{main}");
    let writes: Vec<&str> = main.lines().filter(|line| line.contains("store ") && line.contains("ptr @")).collect();
    assert!(writes.is_empty(), "{writes:?}");
}

const SIZES: &str = "
struct Mixed { tag: u8, size: usize }
const WIDTH: usize = comptime { @size_of(usize) };
const LARGEST: usize = comptime { let zero: usize = 0; ~zero };
const MIXED: usize = @size_of(Mixed);
const POINTER: usize = @size_of([ptr const u8; 2]);
const _WIDTH: () = @assert(WIDTH == @WIDTH && MIXED == 2 * @WIDTH && POINTER == 2 * @WIDTH);
const _LARGEST: () = @assert(LARGEST.count_ones() == 8 * @WIDTH);
fn main() { }
";

#[test]
fn sizes_are_those_of_the_target() {
    for (target, width) in [
        ("x86_64-unknown-linux-gnu", 8),
        ("aarch64-unknown-linux-gnu", 8),
        ("i686-unknown-linux-gnu", 4),
        ("riscv32-unknown-none-elf", 4),
        ("wasm32-unknown-unknown", 4),
    ] {
        let right = SIZES.replace("@WIDTH", &width.to_string());
        Place::with_main(right).kiln(&["check", "--target", target, "main.kiln"]).accepted();
        let wrong = SIZES.replace("@WIDTH", &(12 - width).to_string());
        Place::with_main(wrong).kiln(&["check", "--target", target, "main.kiln"]).refused("E0306");
    }
}

const RING: &str = "
fn Ring(comptime T: type, comptime n: usize) -> type {
    struct {
        items: [T; n],

        fn new(fill: T) -> Self { Self { items: [fill; n] } }

        fn sum(borrow self) -> T {
            let mut total = self.items[0];
            for item in self.items { total = total ^ item; }
            total
        }
    }
}
fn ring_sum(comptime n: usize) -> u32 { Ring(u32, n)::new(7).sum() }
";

/// Functions in the CFG, their lines, and evaluations with their steps, for so many instances.
fn amounts(instances: usize) -> [i64; 4] {
    let mut text = String::from(RING);
    text.push_str("fn main() {\n    let mut sum: u32 = 0;\n");
    // Numbers of equal length, so that texts are, too.
    for n in 1000..1000 + instances {
        text.push_str(&format!("    sum ^= ring_sum({n});\n"));
    }
    text.push_str("    @dbg(sum);\n}\n");
    let emits = vec![Emit { stage: Stage::Cfg, path: None }];
    let options =
        Options { emits, timings: true, interpret: true, ..Options::new(Mode::Run, vec!["main.kiln".into()]) };
    let done = compile_with(&options, &Memory::split("main.kiln", &text), None).0;
    assert!(!done.has_errors(), "{:?}", done.diagnostics);
    let cfg = String::from_utf8(done.emitted[0].bytes.clone()).unwrap();
    let evaluations = &done.timings.evaluations;
    let steps: u64 = evaluations.iter().map(|one| one.steps).sum();
    let functions = cfg.lines().filter(|line| line.starts_with("fn ")).count();
    [functions, cfg.lines().count(), evaluations.len(), steps as usize].map(|count| count as i64)
}

#[test]
fn instances_cost_in_proportion_to_their_number() {
    let [few, some, many] = [50, 100, 200].map(amounts);
    let grown = |from: [i64; 4], to: [i64; 4]| [0, 1, 2, 3].map(|i| to[i] - from[i]);
    assert_eq!(grown(some, many), grown(few, some).map(|count| 2 * count));
    // `ring_sum`, `new` and `sum` for each.
    assert_eq!(grown(few, some)[0], 3 * 50);
}
