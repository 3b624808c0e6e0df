//! The same in Rust.

use std::fmt::Write;
use std::time::Instant;

fn main() {
    let start = Instant::now();
    let mut total = 0;
    for round in 0..5 {
        let mut text = String::new();
        let mut i: u64 = 0;
        while i < 1_000_000 {
            text.push('x');
            text.push_str("piece, ");
            i += 1;
        }
        total += text.len() + round;
    }
    println!("pieces {} {}", start.elapsed().as_nanos(), total);
    let start = Instant::now();
    let mut text = String::new();
    let mut i: u64 = 0;
    while i < 1_000_000 {
        write!(text, "{} {};", i, i * 977).unwrap();
        i += 1;
    }
    println!("numbers {} {}", start.elapsed().as_nanos(), text.len());
}
