//! `kiln-differential [--programs N] [--seed S] [--from I] [--steps K] [--show] [--mutants] [--valgrind] [--wrong]`: compares the engines on generated
//! programs, or damages sources.

use kiln_differential::{Series, check, hunt_by, memcheck, mutant, program, refused, sources, survive, wrong_program};
use std::process::ExitCode;

/// What the command line asks for.
struct Options {
    programs: u64,
    seed: u64,
    from: u64,
    steps: usize,
    show: bool,
    mutants: bool,
    valgrind: bool,
    wrong: bool,
}

const USAGE: &str =
    "usage: kiln-differential [--programs N] [--seed S] [--from I] [--steps K] [--show] [--mutants] [--valgrind] [--wrong]
  --programs N   how many programs (1000)
  --seed S       of which series (1)
  --from I       the number of the first one (0)
  --steps K      how many steps to make a program smaller by (400)
  --show         only print them
  --mutants      damage the sources of the repository instead, and look for crashes
  --valgrind     let valgrind look at the native programs instead of comparing them
  --wrong        make a mistake in each, and look whether it is refused";

fn options() -> Option<Options> {
    let mut options = Options {
        programs: 1000,
        seed: 1,
        from: 0,
        steps: 400,
        show: false,
        mutants: false,
        valgrind: false,
        wrong: false,
    };
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut number = || args.next()?.parse::<u64>().ok();
        match arg.as_str() {
            "--programs" => options.programs = number()?,
            "--seed" => options.seed = number()?,
            "--from" => options.from = number()?,
            "--steps" => options.steps = number()? as usize,
            "--show" => options.show = true,
            "--mutants" => options.mutants = true,
            "--valgrind" => options.valgrind = true,
            "--wrong" => options.wrong = true,
            _ => return None,
        }
    }
    Some(options)
}

fn main() -> ExitCode {
    let Some(options) = options() else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    kiln_compiler::silence_panics();
    let numbers = options.from..options.from + options.programs;
    if options.show {
        for number in numbers {
            let text = match options.wrong {
                true => wrong_program(options.seed, number),
                false => Some(program(options.seed, number)),
            };
            println!("// {number}\n{}", text.unwrap_or_default());
        }
        return ExitCode::SUCCESS;
    }
    if options.mutants {
        return damage(options.seed, numbers);
    }
    let mut finds = 0;
    if options.valgrind && memcheck(&[]).is_none() {
        eprintln!("there is no valgrind");
        return ExitCode::FAILURE;
    }
    let look = |programs: &[String]| match options {
        Options { wrong: true, .. } => refused(programs),
        Options { valgrind: true, .. } => memcheck(programs).unwrap_or_default(),
        _ => check(programs),
    };
    let series = Series { seed: options.seed, numbers, wrong: options.wrong };
    let count = hunt_by(&series, options.steps, look, |find| {
        finds += 1;
        println!("program {}: {}\n{}\n{}", find.number, find.complaint.sort, find.complaint.text, find.text);
    });
    println!("{count} programs of series {}: {finds} with differences", options.seed);
    if finds == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Looks for damaged sources that crash the compiler.
fn damage(seed: u64, numbers: std::ops::Range<u64>) -> ExitCode {
    let sources = match sources() {
        Ok(sources) => sources,
        Err(error) => {
            eprintln!("the sources can't be read: {error}");
            return ExitCode::FAILURE;
        }
    };
    let mut finds = 0;
    for number in numbers {
        let text = mutant(&sources, seed, number);
        if let Err(complaint) = survive(&text) {
            finds += 1;
            println!("mutant {number}: {}\n{text}", complaint.text);
        }
    }
    println!("{finds} crashes");
    if finds == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
