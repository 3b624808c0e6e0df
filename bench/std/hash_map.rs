//! The same in Rust.

use std::collections::HashMap;

fn numbers() -> u64 {
    let mut m: HashMap<u64, u64> = HashMap::new();
    let mut x: u64 = 1;
    for i in 0..1_000_000 {
        x = x.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        m.insert(x >> 20, i);
    }
    let mut total: u64 = 0;
    x = 1;
    for _ in 0..1_000_000 {
        x = x.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        total = total.wrapping_add(*m.get(&(x >> 20)).unwrap_or(&0));
        total = total.wrapping_add(*m.get(&(x >> 19)).unwrap_or(&0));
    }
    total
}

fn texts() -> u64 {
    let mut m: HashMap<String, u64> = HashMap::new();
    for value in 0..1_000_000u64 {
        m.insert(format!("key {}", value), value);
    }
    let mut total: u64 = 0;
    for value in 0..1_000_000u64 {
        total = total.wrapping_add(*m.get(&format!("key {}", value * 2)).unwrap_or(&0));
    }
    total
}

fn main() {
    println!("{} {}", numbers(), texts());
}
