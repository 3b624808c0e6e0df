//! Looks for programs on which engines disagree, and makes them smaller.

use crate::{BATCH, Complaint, Program, Verdicts, check, programs, source, wrong_source};
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

/// The program of this number with a mistake, where it has a place for it.
pub fn wrong_program(seed: u64, number: u64) -> Option<String> {
    wrong_source(&tree(seed, number).current(), number)
}

/// The programs among which to look.
#[derive(Clone, Debug)]
pub struct Series {
    /// Which series it is.
    pub seed: u64,
    /// Their numbers.
    pub numbers: std::ops::Range<u64>,
    /// Whether each has a mistake.
    pub wrong: bool,
}

impl Series {
    fn text(&self, number: u64, program: &Program) -> Option<String> {
        if self.wrong { wrong_source(program, number) } else { Some(source(program)) }
    }
}

/// Compares the engines on the programs of these numbers. What is found is made smaller in so many steps.
pub fn hunt(seed: u64, numbers: std::ops::Range<u64>, steps: usize, found: impl FnMut(Find)) {
    hunt_by(&Series { seed, numbers, wrong: false }, steps, check, found);
}

/// The same with another look at the programs than [`check`], of as many as it is given. Says how many programs there were.
pub fn hunt_by(
    series: &Series,
    steps: usize,
    check: impl Fn(&[String]) -> Verdicts,
    mut found: impl FnMut(Find),
) -> u64 {
    let numbers: Vec<u64> = series.numbers.clone().collect();
    let mut count = 0;
    for batch in numbers.chunks(BATCH / 2) {
        let programs =
            batch.iter().map(|number| (*number, series.text(*number, &tree(series.seed, *number).current())));
        let programs: Vec<(u64, String)> = programs.filter_map(|(number, text)| Some((number, text?))).collect();
        count += programs.len() as u64;
        let (numbers, texts): (Vec<u64>, Vec<String>) = programs.into_iter().unzip();
        let verdicts = check(&texts);
        for ((number, text), verdict) in numbers.into_iter().zip(texts).zip(verdicts) {
            if let Some(complaint) = verdict {
                let (text, complaint) = shrink(series, number, (text, complaint), steps, &check);
                found(Find { number, complaint, text });
            }
        }
    }
    count
}

/// A smaller program with a complaint of the same sort.
fn shrink(
    series: &Series,
    number: u64,
    mut best: (String, Complaint),
    steps: usize,
    check: impl Fn(&[String]) -> Verdicts,
) -> (String, Complaint) {
    let mut tree = tree(series.seed, number);
    let mut moved = tree.simplify();
    for _ in 0..steps {
        if !moved {
            break;
        }
        let verdict = series.text(number, &tree.current()).and_then(|text| {
            let same = text == best.0;
            let complaint = if same { best.1.clone() } else { check(std::slice::from_ref(&text)).remove(0)? };
            Some((text, complaint))
        });
        moved = match verdict {
            Some(smaller) if smaller.1.sort == best.1.sort => {
                best = smaller;
                tree.simplify()
            }
            _ => tree.complicate(),
        };
    }
    best
}
