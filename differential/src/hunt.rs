//! Looks for programs on which engines disagree, and makes them smaller.

use crate::{BATCH, Complaint, Program, Verdicts, check, programs, source};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// A program on which not all is well.
#[derive(Clone, Debug)]
pub struct Find {
    /// Its number.
    pub number: u64,
    /// What is wrong.
    pub complaint: Complaint,
    /// The program, as small as it could be made.
    pub text: String,
}

/// The runner that makes the program of this number.
fn runner(seed: u64, number: u64) -> TestRunner {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..16].copy_from_slice(&number.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    TestRunner::new_with_rng(Config { failure_persistence: None, ..Config::default() }, rng)
}

fn tree(seed: u64, number: u64) -> impl ValueTree<Value = Program> {
    programs().new_tree(&mut runner(seed, number)).expect("no program is turned down")
}

/// The program of this number.
pub fn program(seed: u64, number: u64) -> String {
    source(&tree(seed, number).current())
}

/// Compares the engines on the programs of these numbers. What is found is made smaller in so many steps.
pub fn hunt(seed: u64, numbers: impl Iterator<Item = u64>, steps: usize, found: impl FnMut(Find)) {
    hunt_by(seed, numbers, steps, check, found);
}

/// The same with another look at the programs than [`check`], of as many as it is given.
pub fn hunt_by(
    seed: u64,
    numbers: impl Iterator<Item = u64>,
    steps: usize,
    check: impl Fn(&[String]) -> Verdicts,
    mut found: impl FnMut(Find),
) {
    let numbers: Vec<u64> = numbers.collect();
    for batch in numbers.chunks(BATCH / 2) {
        let texts: Vec<String> = batch.iter().map(|number| program(seed, *number)).collect();
        let verdicts = check(&texts);
        for ((number, text), verdict) in batch.iter().zip(texts).zip(verdicts) {
            if let Some(complaint) = verdict {
                let (text, complaint) = shrink(seed, *number, (text, complaint), steps, &check);
                found(Find { number: *number, complaint, text });
            }
        }
    }
}

/// A smaller program with a complaint of the same sort.
fn shrink(
    seed: u64,
    number: u64,
    mut best: (String, Complaint),
    steps: usize,
    check: impl Fn(&[String]) -> Verdicts,
) -> (String, Complaint) {
    let mut tree = tree(seed, number);
    let mut moved = tree.simplify();
    for _ in 0..steps {
        if !moved {
            break;
        }
        let text = source(&tree.current());
        let verdict = if text == best.0 { Some(best.1.clone()) } else { check(std::slice::from_ref(&text)).remove(0) };
        moved = match verdict {
            Some(complaint) if complaint.sort == best.1.sort => {
                best = (text, complaint);
                tree.simplify()
            }
            _ => tree.complicate(),
        };
    }
    best
}
