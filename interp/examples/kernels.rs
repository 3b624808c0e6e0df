//! Speed of the machine on a few kernels, as text of the CFG. Prints milliseconds (the best of several runs), instructions, and
//! nanoseconds for each of them: `cargo run --release -p kiln-interp --example kernels [NAME [RUNS [listing]]]`.

#[path = "../tests/common/mod.rs"]
mod common;

use common::World;
use kiln_interp::Limits;
use kiln_types::{StaticData, TypeId};

/// Seconds of processor time this process has used, where the system tells; other processes then disturb less.
fn seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let nanoseconds: Option<f64> = stat.split(' ').next().and_then(|number| number.parse().ok());
    let since_epoch = || std::time::UNIX_EPOCH.elapsed().map_or(0.0, |time| time.as_secs_f64());
    nanoseconds.map_or_else(since_epoch, |nanoseconds| nanoseconds / 1e9)
}

/// Name, text, the result.
const KERNELS: &[(&str, &str, u64)] = &[
    ("mix", include_str!("../kernels/mix.cfg"), 0),
    ("fib", include_str!("../kernels/fib.cfg"), 0),
    ("sieve", include_str!("../kernels/sieve.cfg"), 0),
    ("heapsort", include_str!("../kernels/heapsort.cfg"), 0),
    ("sha256", include_str!("../kernels/sha256.cfg"), 0),
];

const ROUND_CONSTANTS: [u32; 64] = [
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
    0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
    0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
    0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
    0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
    0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
    0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
    0xc67178f2,
];

fn main() {
    let wanted = std::env::args().nth(1);
    let runs = std::env::args().nth(2).and_then(|runs| runs.parse().ok()).unwrap_or(12);
    let wants_listing = std::env::args().nth(3).is_some();
    for (name, text, expected) in KERNELS {
        if wanted.as_deref().is_some_and(|wanted| wanted != *name) {
            continue;
        }
        let mut world = World::empty("x86_64-unknown-linux-gnu");
        let ty = world.pool.array(TypeId::U32, 64);
        let bytes: Vec<u8> = ROUND_CONSTANTS.iter().flat_map(|word| word.to_le_bytes()).collect();
        world.statics.add(StaticData { ty, bytes: bytes.into(), align: 4, relocs: Box::default() });
        world.add(text);
        world.limits = Limits::NONE;
        let (mut best, mut steps, mut result) = (f64::INFINITY, 0, 0);
        for _ in 0..runs {
            let start = seconds();
            let mut machine = world.run("work", &[]).unwrap_or_else(|trap| panic!("{name}: {trap:?}"));
            best = best.min(seconds() - start);
            steps = machine.statistics().steps;
            let value = world.with(|_, env| machine.result_value(env).expect("a kernel has a result"));
            result = world.pool.scalar_bits(value).expect("a kernel gives a number") as u64;
        }
        let each = best * 1e9 / steps as f64;
        println!("{name:10} {:8.2} ms {steps:12} steps {each:6.2} ns/step  result {result}", best * 1e3);
        if *expected != 0 {
            assert_eq!(result, *expected, "{name}");
        }
        if wants_listing {
            world.infos.iter().flatten().for_each(|info| println!("{}", world.listing(&info.name)));
        }
    }
}
