//! `cargo xtask setup`: installs what native code needs. Does nothing where it is there already.

use crate::llvm::{MAJORS, chosen};
use crate::process::{call, command, output, which};
use crate::{Failure, Outcome, no_arguments};

/// The task.
pub fn run(args: &[String]) -> Outcome {
    no_arguments("setup", args)?;
    ensure()
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
        let available = |major: &&u32| {
            let package = format!("llvm-{major}-dev");
            output(&mut command("apt-cache", &["show", &package])).is_some_and(|text| !text.is_empty())
        };
        let major = MAJORS.iter().find(available).ok_or_else(missing)?;
        let package = format!("llvm-{major}-dev");
        self.run(&["install", "-q", "-y", "--no-install-recommends", &package, "g++"])
    }

    fn run(&self, args: &[&str]) -> Outcome {
        let apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"];
        let words: Vec<&str> = self.sudo.then_some("sudo").into_iter().chain(apt).chain(args.iter().copied()).collect();
        call(&mut command(words[0], &words[1..]))
    }
}
