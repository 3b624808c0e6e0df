//! The compiler as a library: what it gives back, and that threads that compile at once do not know of each other.
#![allow(clippy::unwrap_used, reason = "tests may panic")]

use kiln_compiler::{Artifacts, Emit, Format, Mode, OptLevel, Options, Stage, compile, has_llvm, target_named};
use std::thread;

fn options(opt: OptLevel) -> Options {
    Options { opt, ..Options::new(Mode::Build, vec!["program.kiln".into()]) }
}

fn program(number: usize) -> String {
    format!(
        "const T: [i32; {0}] = comptime {{ let mut t: [i32; {0}] = [0; {0}]; for i in 0..{0} {{ t[i] = @cast(i * i); }} t }};\n\
         fn sum() -> i32 {{ let mut s = 0; for x in T {{ s += x; }} s }}\n\
         fn main() {{ @dbg(sum()); @dbg(@size_of(usize)); }}\n",
        number + 2
    )
}

#[test]
fn everything_a_program_is_made_into_comes_back() {
    let made = compile("fn two() -> i32 { 2 }\nfn main() -> i32 { two() }", &options(OptLevel::Default));
    assert!(!made.has_errors(), "{}", made.rendered(Format::Short));
    if has_llvm() {
        let (ir, optimised) = (made.ir.unwrap(), made.optimised_ir.unwrap());
        assert!(ir.contains("@\"program::two\"()") && !optimised.contains("program::two"), "{ir}\n{optimised}");
        assert!(made.object.unwrap().len() > 100);
    }
    let plain = compile("fn main() { }", &options(OptLevel::None));
    assert!(plain.optimised_ir.is_none());
    assert_eq!(plain.ir.is_some(), has_llvm());
    assert_eq!(plain.object.is_some(), kiln_compiler::has_native_code());
}

#[test]
fn diagnostics_point_into_the_text() {
    let refused = compile("fn main() -> i32 { let x: i32 = true; x }", &options(OptLevel::None));
    assert!(refused.has_errors());
    assert!(refused.ir.is_none() && refused.object.is_none() && refused.stages.is_empty());
    assert!(
        refused.rendered(Format::Short).starts_with("program.kiln:1:33: error[E0401]"),
        "{}",
        refused.rendered(Format::Short)
    );
}

#[test]
fn stages_can_be_chosen() {
    let emits = [Stage::Cfg, Stage::Tokens].map(|stage| Emit { stage, path: None }).into();
    let made = compile("fn main() { }", &Options { emits, ..options(OptLevel::None) });
    let stages: Vec<Stage> = made.stages.iter().map(|made| made.stage).collect();
    assert_eq!(stages, [Stage::Tokens, Stage::Cfg]);
    assert!(made.ir.is_none() && made.object.is_none());
}

/// Programs, levels and targets that have nothing in common.
fn cases() -> Vec<(String, Options)> {
    let targets: &[&str] = if has_llvm() {
        &["x86_64-linux-gnu", "aarch64-linux-gnu", "i686-linux-gnu", "wasm32-unknown-unknown"]
    } else {
        &["x86_64-linux-gnu"]
    };
    let levels = [OptLevel::None, if has_llvm() { OptLevel::Default } else { OptLevel::None }];
    let mut cases = Vec::new();
    for (number, target) in targets.iter().enumerate() {
        for opt in levels {
            let target = target_named(target).unwrap();
            cases.push((program(number), Options { target, ..options(opt) }));
        }
        cases.push((format!("fn main() {{ wrong{number}(); }}"), options(OptLevel::None)));
    }
    cases
}

fn told(made: Artifacts) -> (Option<String>, Option<String>, Option<Vec<u8>>, String) {
    let said = made.rendered(Format::Human);
    (made.ir, made.optimised_ir, made.object, said)
}

#[test]
fn threads_compile_at_once() {
    let cases = cases();
    let alone: Vec<_> = cases.iter().map(|(source, options)| told(compile(source, options))).collect();
    let together: Vec<_> = thread::scope(|scope| {
        let all: Vec<_> =
            cases.iter().map(|(source, options)| scope.spawn(|| told(compile(source, options)))).collect();
        all.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    for (((source, options), alone), together) in cases.iter().zip(&alone).zip(&together) {
        assert_eq!(alone, together, "{source} for {}", options.target.triple);
    }
    assert!(alone.iter().any(|made| made.2.is_some()) || !kiln_compiler::has_native_code());
}
