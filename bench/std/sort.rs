//! The same in Rust.

use std::time::Instant;

fn random() -> Vec<u64> {
    let mut v = Vec::new();
    let mut x: u64 = 1;
    for _ in 0..1_000_000 {
        x = x.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        v.push(x >> 11);
    }
    v
}

fn few() -> Vec<u64> {
    random().into_iter().map(|n| (n >> 7) % 16).collect()
}

fn sorted() -> Vec<u64> {
    let mut v = random();
    v.sort_unstable();
    v
}

fn reversed() -> Vec<u64> {
    let mut v = sorted();
    v.reverse();
    v
}

fn texts() -> Vec<String> {
    random().into_iter().map(|n| format!("key {n:>20}")).collect()
}

/// How often each order is sorted; the least time counts.
const TURNS: usize = 5;

fn measure<T: Ord + Clone>(name: &str, made: Vec<T>, key: fn(&T) -> u64) {
    let (mut stable, mut unstable, mut middle) = (u128::MAX, u128::MAX, 0);
    for _ in 0..TURNS {
        let mut a = made.clone();
        let start = Instant::now();
        a.sort();
        stable = stable.min(start.elapsed().as_nanos());
        let mut b = made.clone();
        let start = Instant::now();
        b.sort_unstable();
        unstable = unstable.min(start.elapsed().as_nanos());
        middle = key(&a[500_000]) ^ key(&b[500_000]) << 1;
    }
    println!("stable, {} {} {}", name, stable, middle);
    println!("unstable, {} {} {}", name, unstable, middle);
}

fn main() {
    measure("numbers", random(), |n| *n);
    measure("16 different numbers", few(), |n| *n);
    measure("sorted numbers", sorted(), |n| *n);
    measure("reversed numbers", reversed(), |n| *n);
    measure("texts", texts(), |text| u64::from(text.as_bytes()[text.len() - 1]));
}
