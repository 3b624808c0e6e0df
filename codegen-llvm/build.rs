//! Links LLVM, or says in one line that it is not there.
//!
//! llvm-sys is told not to link, because without LLVM its build ends in a page of text. Here a missing LLVM is a warning:
//! this crate still compiles, and `kiln-compiler`, which reads `DEP_KILN_LLVM_FOUND`, builds without native code.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// Major versions there are features for.
const MAJORS: &[u32] = &[22, 19];
/// Folders in which `llvm-config` appears when it is installed.
const WATCHED: &[&str] = &["/usr/bin", "/usr/local/bin"];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let feature = |name: String| env::var_os(format!("CARGO_FEATURE_{name}")).is_some();
    let is_static = |major: &u32| feature(format!("LLVM{major}_STATIC"));
    let Some(major) = MAJORS.iter().copied().find(|major| feature(format!("LLVM{major}")) || is_static(major)) else {
        return println!(
            "cargo::error=choose an LLVM by one of the features llvm22, llvm19, llvm22-static, llvm19-static"
        );
    };
    match Config::find(major) {
        Some(config) if is_static(&major) => config.link_static(),
        Some(config) => config.link_shared(),
        None => {
            for folder in WATCHED.iter().filter(|folder| Path::new(folder).is_dir()) {
                println!("cargo::rerun-if-changed={folder}");
            }
            println!(
                "cargo::warning=LLVM {major} was not found, so this kiln makes no native code: `cargo xtask setup` installs it \
                 (Debian: apt-get install llvm-{major}-dev g++)"
            );
        }
    }
}

/// The `llvm-config` program of the version that is wanted.
struct Config {
    program: PathBuf,
}

impl Config {
    /// Below the prefix that llvm-sys is told, or on the `PATH`, and with headers beside it.
    fn find(major: u32) -> Option<Config> {
        let prefix = if major == 22 { "LLVM_SYS_221_PREFIX" } else { "LLVM_SYS_191_PREFIX" };
        println!("cargo::rerun-if-env-changed={prefix}");
        let folder = env::var_os(prefix).map(|prefix| PathBuf::from(prefix).join("bin"));
        let names = [format!("llvm-config-{major}"), format!("llvm-config{major}"), "llvm-config".to_owned()];
        let found = names.iter().find_map(|name| {
            let program = folder.as_deref().unwrap_or(Path::new("")).join(name);
            let config = Config { program };
            (config.ask(&["--version"])?.split('.').next()? == major.to_string()).then_some(config)
        })?;
        let headers = found.ask(&["--includedir"])?;
        Path::new(&headers).join("llvm-c/Core.h").is_file().then_some(found)
    }

    fn ask(&self, args: &[&str]) -> Option<String> {
        let output = Command::new(&self.program).args(args).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    fn link_shared(&self) {
        let names = self.ask(&["--libnames", "--link-shared"]).unwrap_or_default();
        self.link("dylib", &names, "");
    }

    fn link_static(&self) {
        let names = self.ask(&["--libnames", "--link-static"]).unwrap_or_default();
        let system = self.ask(&["--system-libs", "--link-static"]).unwrap_or_default();
        self.link("static", &names, &system);
        // LLVM's own interpreter, which is in there too, calls through it.
        println!("cargo::rustc-link-lib=dylib=ffi");
        println!("cargo::rustc-link-lib=dylib=stdc++");
    }

    /// Tells Cargo the libraries, and the crates that depend on this one that there are some.
    fn link(&self, kind: &str, names: &str, system: &str) {
        if names.is_empty() {
            let program = self.program.display();
            return println!("cargo::error=`{program}` knows no libraries to link as `{kind}`");
        }
        let libdir = self.ask(&["--libdir"]).unwrap_or_default();
        println!("cargo::rustc-link-search=native={libdir}");
        for name in names.split_whitespace() {
            println!("cargo::rustc-link-lib={kind}={}", stem(name));
        }
        for library in system.split_whitespace() {
            let path = Path::new(library);
            if let (Some(folder), true) = (path.parent(), fs::exists(path).unwrap_or(false)) {
                println!("cargo::rustc-link-search=native={}", folder.display());
            }
            let name = path.file_name().map_or(library.into(), |name| name.to_string_lossy());
            println!("cargo::rustc-link-lib=dylib={}", stem(name.trim_start_matches("-l")));
        }
        println!("cargo::metadata=FOUND=1");
    }
}

/// `libLLVM-22.so` → `LLVM-22`
fn stem(name: &str) -> &str {
    let name = name.strip_prefix("lib").unwrap_or(name);
    [".so", ".a", ".dylib"].iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name)
}
