//! Damaged sources do not crash the compiler, nor the interpreter where they are programs still.
#![allow(clippy::unwrap_used, reason = "a test that can't be set up has failed")]

use kiln_differential::{mutant, sources, survive};

#[test]
fn damaged_sources_do_not_crash() {
    let sources = sources().unwrap();
    assert!(sources.len() > 300, "the sources are there");
    for number in 0..600 {
        let text = mutant(&sources, 1, number);
        if let Err(complaint) = survive(&text) {
            panic!("{}: {}\n{text}", complaint.sort, complaint.text);
        }
    }
}
