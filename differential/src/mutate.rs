//! Damages sources token by token, and lets the compiler and the interpreter have them: neither may crash or go on for ever.

use crate::Complaint;
use kiln_compiler::{Limits, Memory, Mode, Options, Streams, compile_with, guarded, interpret_within};
use kiln_spec::{options, programs, read_pages};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::fs;
use std::path::Path;

/// What a damaged program may take: little, so that many can be tried.
const LIMITS: Limits = Limits { steps: 300_000, depth: 1_000, memory: 16 << 20 };

/// All sources of the repository: the reference's examples, the example programs, the library.
///
/// # Errors
/// A folder can't be read.
pub fn sources() -> std::io::Result<Vec<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let (pages, _) = read_pages(&root.join("spec"))?;
    let blocks = pages.iter().flat_map(|page| page.rules.iter().flat_map(|rule| &rule.blocks));
    let mut sources: Vec<String> = blocks.map(|block| block.text.clone()).collect();
    for program in programs(&root.join("examples"))? {
        sources.push(fs::read_to_string(program.path)?);
    }
    let mut library: Vec<_> = fs::read_dir(root.join("std"))?.collect::<Result<Vec<_>, _>>()?;
    library.sort_by_key(fs::DirEntry::path);
    for entry in library.iter().filter(|entry| entry.path().extension().is_some_and(|ending| ending == "kiln")) {
        sources.push(fs::read_to_string(entry.path())?);
    }
    Ok(sources)
}

/// The damaged program of this number: one source with up to four changes.
pub fn mutant(sources: &[String], seed: u64, number: u64) -> String {
    let mut bytes = [7; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..16].copy_from_slice(&number.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let numbers = proptest::collection::vec(proptest::num::usize::ANY, 22..23);
    let tree = numbers.new_tree(&mut runner).expect("nothing is turned down");
    let numbers = tree.current();
    let mut tokens = tokens(&sources[numbers[0] % sources.len()]);
    let other = self::tokens(&sources[numbers[1] % sources.len()]);
    for change in numbers[2..].chunks(5).take(1 + numbers[1] % 4) {
        damage(&mut tokens, &other, change);
    }
    tokens.concat()
}

/// Words, numbers, texts, spaces, and everything else character by character.
fn tokens(text: &str) -> Vec<&str> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '@';
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let len = if is_word(first) {
            rest.find(|c| !is_word(c)).unwrap_or(rest.len())
        } else if first == '"' {
            rest[1..].find(['"', '\n']).map_or(rest.len(), |end| end + 2)
        } else {
            first.len_utf8()
        };
        let (token, left) = rest.split_at(len);
        tokens.push(token);
        rest = left;
    }
    tokens
}

fn damage<'t>(tokens: &mut Vec<&'t str>, other: &[&'t str], numbers: &[usize]) {
    if tokens.is_empty() || other.is_empty() {
        return;
    }
    let (at, to) = (numbers[0] % tokens.len(), numbers[1] % tokens.len());
    let foreign = numbers[2] % other.len();
    match numbers[3] % 7 {
        0 => drop(tokens.remove(at)),
        1 => tokens.insert(at, tokens[to]),
        2 => tokens.swap(at, to),
        3 => tokens[at] = other[foreign],
        4 => tokens[at] = tokens[to],
        5 => {
            let words = other[foreign..].iter().take(numbers[4] % 12).copied();
            tokens.splice(at..at, words.collect::<Vec<_>>());
        }
        _ => drop(tokens.drain(at..(at + numbers[4] % 12).min(tokens.len()))),
    }
}

/// Lets the compiler and the interpreter have a program, whatever is wrong with it.
///
/// # Errors
/// What crashed.
pub fn survive(text: &str) -> Result<(), Complaint> {
    let files = Memory::from([("main.kiln", text.to_owned())]);
    let options = Options { limits: LIMITS, interpret: true, ..options(Mode::Run, Path::new("main.kiln")) };
    let run = || {
        let (compilation, mut checked) = compile_with(&options, &files, None);
        if !compilation.has_errors() {
            let mut streams = Streams { out: std::io::sink(), errors: std::io::sink(), input: std::io::empty() };
            interpret_within(&mut checked, LIMITS, &mut streams);
        }
    };
    guarded(run).map_err(|error| Complaint { sort: "crash".to_owned(), text: error.message })
}
