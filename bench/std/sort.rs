//! The same in Rust.

fn numbers() -> Vec<u64> {
    let mut v = Vec::new();
    let mut x: u64 = 1;
    for _ in 0..2_000_000 {
        x = x.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        v.push(x >> 11);
    }
    v
}

fn main() {
    let mut a = numbers();
    a.sort_unstable();
    println!("{} {}", a[0], a[1_000_000]);
    let mut b = numbers();
    b.sort();
    println!("{} {}", b[0], b[1_000_000]);
}
