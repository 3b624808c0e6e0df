//! The same in Rust, with the hasher it has if none is named and with a fast one, which mixes as Kiln's does.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};
use std::time::Instant;

struct Fast(u64);

impl Default for Fast {
    fn default() -> Fast {
        Fast(0x9E37_79B9_7F4A_7C15)
    }
}

fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a).wrapping_mul(u128::from(b));
    product as u64 ^ (product >> 64) as u64
}

impl Hasher for Fast {
    fn write(&mut self, bytes: &[u8]) {
        let mut pieces = bytes.chunks_exact(8);
        for piece in &mut pieces {
            self.write_u64(u64::from_le_bytes(piece.try_into().unwrap()));
        }
        let rest = pieces.remainder();
        if bytes.len() >= 8 && !rest.is_empty() {
            self.write_u64(u64::from_le_bytes(bytes[bytes.len() - 8..].try_into().unwrap()));
        } else if !rest.is_empty() {
            self.write_u64(rest.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)));
        }
    }
    fn write_u8(&mut self, _: u8) {}
    fn write_u64(&mut self, value: u64) {
        self.0 = fold(self.0 ^ value, 0xA076_1D64_78BD_642F);
    }
    fn finish(&self) -> u64 {
        fold(self.0, 0xE703_7ED1_A0B4_28DB)
    }
}

fn numbers() -> Vec<u64> {
    let mut v = Vec::new();
    let mut x: u64 = 1;
    for _ in 0..2_000_000 {
        x = x.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        v.push(x >> 20);
    }
    v
}

fn of_numbers<S: BuildHasher + Default>(hasher: &str, keys: &[u64]) {
    let start = Instant::now();
    let mut m: HashMap<u64, u64, S> = HashMap::default();
    for key in &keys[..1_000_000] {
        m.insert(*key, key >> 3);
    }
    println!("insert numbers{} {} {}", hasher, start.elapsed().as_nanos(), m.len());
    let start = Instant::now();
    let mut total: u64 = 0;
    for key in keys {
        total = total.wrapping_add(*m.get(key).unwrap_or(&1));
    }
    println!("look numbers up{} {} {}", hasher, start.elapsed().as_nanos(), total);
}

fn of_texts<S: BuildHasher + Default>(hasher: &str, keys: &[String]) {
    let owned: Vec<String> = keys[..1_000_000].to_vec();
    let start = Instant::now();
    let mut m: HashMap<String, u64, S> = HashMap::default();
    for (at, key) in owned.into_iter().enumerate() {
        m.insert(key, at as u64);
    }
    println!("insert texts{} {} {}", hasher, start.elapsed().as_nanos(), m.len());
    let start = Instant::now();
    let mut total: u64 = 0;
    for key in keys {
        total = total.wrapping_add(*m.get(key).unwrap_or(&1));
    }
    println!("look texts up{} {} {}", hasher, start.elapsed().as_nanos(), total);
}

fn main() {
    let keys = numbers();
    let texts: Vec<String> = keys.iter().map(|key| format!("key {key}")).collect();
    of_numbers::<RandomState>("", &keys);
    of_texts::<RandomState>("", &texts);
    of_numbers::<BuildHasherDefault<Fast>>(", fast hasher", &keys);
    of_texts::<BuildHasherDefault<Fast>>(", fast hasher", &texts);
}
