//! How fast programs of many small functions are compiled: `throughput [functions] [-O2] [--units=N] [file.object|file.ir]`. Prints the seconds it took and what came
//! out; with `--c` it prints the same program in C, for a comparison.
#![allow(clippy::unwrap_used)]

#[path = "../tests/support/mod.rs"]
mod support;
use kiln_cfg::*;
use kiln_codegen_llvm::{OptLevel, Options, Wanted};
use kiln_types::*;
use std::time::Instant;
use support::*;

/// ```text
/// fn f7(a: i32, b: i32) -> i32 {
///     let mut sum = a;
///     let mut i = 0;
///     while i < b {
///         if sum > 1000 { sum = sum - i * 3; } else { sum = sum + f6(i, 2); }
///         i = i + 1;
///     }
///     sum
/// }
/// ```
fn function(m: &mut Maker, n: u32, id: FuncId, callee: FuncId) {
    const CHECKED: Overflow = Overflow::Checked;
    let (a, b) = (Operand::Copy(Local(1)), Operand::Copy(Local(2)));
    let constants = [0, 1, 2, 3, 1000].map(|n| m.int(TypeId::I32, n));
    let mut f = m.body(id);
    f.base = n * 200;
    let (sum, i) = (f.var(TypeId::I32), f.var(TypeId::I32));
    let [test, body, less, more, next, end] = [(); 6].map(|()| f.block());
    f.set(sum, Rvalue::Operand(a));
    f.set(i, Rvalue::Operand(constants[0]));
    f.end(Terminator::Jump(test));
    f.at(test);
    let cond = f.binary(BinOp::Lt, TypeId::BOOL, Operand::Copy(i), b);
    f.end(Terminator::Branch { cond, then: body, else_: end });
    f.at(body);
    let cond = f.binary(BinOp::Gt, TypeId::BOOL, Operand::Copy(sum), constants[4]);
    f.end(Terminator::Branch { cond, then: less, else_: more });
    f.at(less);
    let product = f.binary(BinOp::Mul(CHECKED), TypeId::I32, Operand::Copy(i), constants[3]);
    f.set(sum, Rvalue::Binary(BinOp::Sub(CHECKED), Operand::Copy(sum), product));
    f.end(Terminator::Jump(next));
    f.at(more);
    let result = f.temp(TypeId::I32);
    f.call(Some(result), callee, vec![Arg::Value(Operand::Copy(i)), Arg::Value(constants[2])]);
    f.set(sum, Rvalue::Binary(BinOp::Add(CHECKED), Operand::Copy(sum), Operand::Copy(result)));
    f.end(Terminator::Jump(next));
    f.at(next);
    f.set(i, Rvalue::Binary(BinOp::Add(CHECKED), Operand::Copy(i), constants[1]));
    f.end(Terminator::Jump(test));
    f.at(end);
    f.ret(Operand::Copy(sum));
    m.finish(f);
}

fn program(count: usize) -> Maker {
    let mut m = Maker::new();
    // Ten lines a function, each instruction at a place of its own.
    m.file = m.sources.add("generated.kiln", (" ".repeat(19) + "\n").repeat(10 * count));
    m.add_panic();
    let own = ParamMode::Own;
    let params = [(own, TypeId::I32), (own, TypeId::I32)];
    let ids: Vec<FuncId> = (0..count).map(|n| m.declare(&format!("f{n}"), &params, TypeId::I32)).collect();
    for (n, id) in ids.iter().enumerate() {
        function(&mut m, n as u32, *id, ids[n.saturating_sub(1)]);
    }
    m.main(|m, f| {
        let (a, b) = (m.int(TypeId::I32, 1), m.int(TypeId::I32, 2));
        f.call(Some(Local(0)), ids[count - 1], vec![Arg::Value(a), Arg::Value(b)]);
        f.end(Terminator::Return);
    });
    m
}

fn c_program(count: usize) {
    for n in 0..count {
        println!("static int f{n}(int a, int b) {{\n    int sum = a;\n    int i = 0;\n    while (i < b) {{");
        println!("        if (sum > 1000) {{ sum = sum - i * 3; }}");
        println!("        else {{ sum = sum + f{}(i, 2); }}", n.saturating_sub(1));
        println!("        i = i + 1;\n    }}\n    return sum;\n}}");
    }
    println!("int main(void) {{ return f{}(1, 2); }}", count - 1);
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let count = args.iter().find_map(|arg| arg.parse().ok()).unwrap_or(10_000);
    if args.iter().any(|arg| arg == "--c") {
        return c_program(count);
    }
    let level = if args.iter().any(|arg| arg == "-O2") { OptLevel::O2 } else { OptLevel::O0 };
    let mut m = program(count);
    let forms = [
        ("nothing", Wanted::default()),
        ("object", Wanted { object: true, ..Wanted::default() }),
        ("ir", Wanted { ir: true, ..Wanted::default() }),
    ];
    // The form whose file is named, or else an object.
    let is_named = |form: &str| args.iter().any(|arg| arg.ends_with(&format!(".{form}")));
    for (name, wanted) in forms
        .into_iter()
        .filter(|(name, _)| is_named(name) || *name == "object" && !is_named("ir") && !is_named("nothing"))
    {
        let start = Instant::now();
        let units = args.iter().find_map(|arg| arg.strip_prefix("--units=")?.parse().ok()).unwrap_or(1);
        let options = Options { level, wanted, units, verify: false, ..Options::default() };
        let artifacts = m.compile(&options).unwrap();
        println!("{name}: {:.3} s", start.elapsed().as_secs_f64());
        let bytes = artifacts.ir.map_or_else(|| artifacts.objects.concat(), String::into_bytes);
        if let Some(path) = args.iter().find(|arg| arg.ends_with(&format!(".{name}"))) {
            std::fs::write(path, bytes).unwrap();
        }
    }
}
