//! The same in Rust.

use std::fmt::Write;

fn main() {
    let mut total: usize = 0;
    for round in 0..20 {
        let mut text = String::new();
        let mut i: u64 = 0;
        while i < 1_000_000 {
            text.push('x');
            text.push_str("piece, ");
            if i % 8 == 0 {
                write!(text, "{} ", i * 977).expect("a String takes everything");
            }
            i += 1;
        }
        total += text.len() + round;
    }
    println!("{}", total);
}
