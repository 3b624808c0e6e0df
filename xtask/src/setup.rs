//! `cargo xtask setup`: installs what native code and its tests need; with `--cross` also what links and runs programs for other
//! machines. Does nothing where it is there already.

use crate::llvm::{MAJORS, chosen};
use crate::process::{call, command, output, which};
use crate::{Failure, Outcome};

/// The task.
pub fn run(args: &[String]) -> Outcome {
    match args {
        [] => {
            ensure()?;
            ensure_tests()
        }
        [option] if option == "--cross" => {
            ensure()?;
            ensure_cross()
        }
        [other, ..] => Err(format!("`setup` takes no `{other}`; it takes `--cross`")),
    }
}

/// What tests of native code use, as [`CROSS`] has it.
const TESTS: &[(&str, &[&str])] = &[("valgrind", &["valgrind"]), ("gdb", &["gdb"]), ("clang-22", &["clang-22"])];

/// Programs for other machines: what is looked for, and the packages that have it, in the names of Debian and Ubuntu.
const CROSS: &[(&str, &[&str])] = &[
    ("aarch64-linux-gnu-gcc", &["gcc-aarch64-linux-gnu", "libc6-dev-arm64-cross"]),
    ("arm-linux-gnueabihf-gcc", &["gcc-arm-linux-gnueabihf", "libc6-dev-armhf-cross"]),
    ("riscv64-linux-gnu-gcc", &["gcc-riscv64-linux-gnu", "libc6-dev-riscv64-cross"]),
    ("i686-linux-gnu-gcc", &["gcc-i686-linux-gnu", "libc6-dev-i386-cross"]),
    ("qemu-aarch64", &["qemu-user"]),
    ("wasm-ld", &["lld"]),
    ("node", &["nodejs"]),
];

/// Installs what is missing for programs for other machines.
fn ensure_cross() -> Outcome {
    ensure_tools(CROSS, "other machines")
}

/// Installs what tests of native code use and is missing.
pub fn ensure_tests() -> Outcome {
    ensure_tools(TESTS, "tests of memory, debuggers and what C compilers do")
}

/// Installs those of the tools that are missing. What the system does not have is left out, and said.
fn ensure_tools(tools: &[(&str, &[&str])], purpose: &str) -> Outcome {
    let missing: Vec<_> = tools.iter().filter(|(program, _)| which(program).is_none()).collect();
    if missing.is_empty() {
        println!("the tools for {purpose} are installed");
        return Ok(());
    }
    let names = || missing.iter().flat_map(|(_, packages)| packages.iter().copied());
    let by_hand = || format!("{purpose} need {} (packages of Debian)", names().collect::<Vec<_>>().join(", "));
    let apt = Apt::find().ok_or_else(by_hand)?;
    apt.run(&["update", "-q"])?;
    let (known, unknown): (Vec<&str>, Vec<&str>) = names().partition(|package| is_available(package));
    if !known.is_empty() {
        apt.run(&[&["install", "-q", "-y", "--no-install-recommends"], &known[..]].concat())?;
    }
    if !unknown.is_empty() {
        println!("this system has no {}; the tests that need it say that they are skipped", unknown.join(", no "));
    }
    Ok(())
}

/// Whether the system has a package.
fn is_available(package: &str) -> bool {
    output(&mut command("apt-cache", &["show", package])).is_some_and(|text| !text.is_empty())
}

/// Installs what is missing.
pub fn ensure() -> Outcome {
    if let Some(major) = chosen() {
        println!("LLVM {major} and a C++ compiler are installed");
        return Ok(());
    }
    let apt = Apt::find().ok_or_else(missing)?;
    apt.install()?;
    let major = chosen().ok_or_else(missing)?;
    println!("LLVM {major} and a C++ compiler are installed now");
    Ok(())
}

/// What a person has to do.
fn missing() -> Failure {
    let llvm = MAJORS.iter().map(u32::to_string).collect::<Vec<_>>().join(" or ");
    format!("native code needs LLVM {llvm} with headers and a C++ compiler (Debian: `apt-get install llvm-22-dev g++`)")
}

/// Debian's package manager, and what has to stand before it.
struct Apt {
    sudo: bool,
}

impl Apt {
    /// It can be used: we are root, or `sudo` needs no password.
    fn find() -> Option<Apt> {
        which("apt-get")?;
        if output(&mut command("id", &["-u"])).as_deref() == Some("0") {
            return Some(Apt { sudo: false });
        }
        output(&mut command("sudo", &["-n", "true"])).map(|_| Apt { sudo: true })
    }

    /// Installs the first LLVM that the system has, and a C++ compiler.
    fn install(&self) -> Outcome {
        self.run(&["update", "-q"])?;
        let major = MAJORS.iter().find(|major| is_available(&format!("llvm-{major}-dev"))).ok_or_else(missing)?;
        let package = format!("llvm-{major}-dev");
        self.run(&["install", "-q", "-y", "--no-install-recommends", &package, "g++"])
    }

    fn run(&self, args: &[&str]) -> Outcome {
        let apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"];
        let words: Vec<&str> = self.sudo.then_some("sudo").into_iter().chain(apt).chain(args.iter().copied()).collect();
        call(&mut command(words[0], &words[1..]))
    }
}
