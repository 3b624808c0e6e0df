//! Writes the table of the pages of `kiln explain`, sorted by code, that `src/explain.rs` includes, and sets `kiln_llvm`
//! where the feature `llvm` is on and there is an LLVM.

use std::path::PathBuf;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rustc-check-cfg=cfg(kiln_llvm)");
    if env::var_os("DEP_KILN_LLVM_FOUND").is_some() {
        println!("cargo::rustc-cfg=kiln_llvm");
    }
    let manifest = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("Cargo sets it for build scripts"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("Cargo sets it for build scripts"));
    let folder = manifest.join("explain");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut pages: Vec<PathBuf> = fs::read_dir(&folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    pages.retain(|page| page.extension().is_some_and(|extension| extension == "md"));
    pages.sort();
    let mut table = String::from("&[\n");
    for page in &pages {
        println!("cargo::rerun-if-changed={}", page.display());
        let code = page.file_stem().expect("it has an extension").to_string_lossy();
        table.push_str(&format!("    ({code:?}, include_str!({:?})),\n", page.display().to_string()));
    }
    table.push_str("]\n");
    fs::write(out.join("explain.rs"), table)
}
