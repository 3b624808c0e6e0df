//! The same in Rust.

fn main() {
    let mut total: u64 = 0;
    for round in 0..10 {
        let mut v = Vec::new();
        let mut x: u64 = round;
        for _ in 0..10_000_000 {
            x = x.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            v.push(x);
        }
        for i in 0..v.len() {
            total = total.wrapping_add(v[i] >> 7);
        }
    }
    println!("{}", total);
}
