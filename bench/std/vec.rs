//! The same in Rust.

use std::time::Instant;

fn main() {
    let start = Instant::now();
    let mut v: Vec<u64> = Vec::new();
    let mut x: u64 = 1;
    for _ in 0..10_000_000 {
        x = x.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        v.push(x);
    }
    println!("push {} {}", start.elapsed().as_nanos(), v.len());
    let start = Instant::now();
    let mut total: u64 = 0;
    for round in 0..5 {
        for i in round..v.len() {
            total = total.wrapping_add(v[i] >> 7);
        }
    }
    println!("index {} {}", start.elapsed().as_nanos(), total);
}
