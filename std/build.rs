//! Writes the table of the library's files, sorted by path, that `src/lib.rs` includes.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("Cargo sets it for build scripts"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("Cargo sets it for build scripts"));
    let mut paths = Vec::new();
    collect(&root, &root, &mut paths)?;
    paths.sort();
    let mut table = String::from("&[\n");
    for path in &paths {
        let file = root.join(format!("{path}.kiln"));
        table.push_str(&format!("    ({path:?}, include_str!({:?})),\n", file.display().to_string()));
    }
    table.push_str("]\n");
    fs::write(out.join("files.rs"), table)?;
    fs::write(out.join("methods.rs"), methods(&root)?)
}

/// The table of the functions that are methods of views, or of floats in few programs: name and file, sorted by name.
fn methods(root: &Path) -> io::Result<String> {
    let mut rows = Vec::new();
    for file in ["elementary", "slice", "str"] {
        let text = fs::read_to_string(root.join(format!("{file}.kiln")))?;
        let names = text.lines().filter_map(|line| line.strip_prefix("pub fn ")?.split_once('(').map(|(name, _)| name));
        rows.extend(names.map(|name| (name.to_owned(), file)));
    }
    rows.sort();
    Ok(format!("&{rows:?}\n").replace(".to_owned()", ""))
}

/// Adds the `/`-separated paths, without ending, of all Kiln files below `dir`, and asks Cargo to watch the folders for new ones.
fn collect(root: &Path, dir: &Path, paths: &mut Vec<String>) -> io::Result<()> {
    println!("cargo::rerun-if-changed={}", dir.display());
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            if path != root.join("src") {
                collect(root, &path, paths)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "kiln") {
            println!("cargo::rerun-if-changed={}", path.display());
            let below = path.strip_prefix(root).expect("the walk starts at the root");
            let stem = below.with_extension("");
            let parts: Vec<_> = stem.iter().map(|part| part.to_string_lossy()).collect();
            paths.push(parts.join("/"));
        }
    }
    Ok(())
}
