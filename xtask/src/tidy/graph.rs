//! The crate graph: which crate knows which. It is the architecture, so it is written down here once more and compared.

use super::Findings;
use super::files::Tree;
use crate::process::{cargo, output};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Each crate of the compiler and the ones it may name. Every arrow points left: to crates that stand before it.
const KNOWS: &[(&str, &[&str])] = &[
    ("kiln-source", &[]),
    ("kiln-std", &[]),
    ("kiln-syntax", &["kiln-source"]),
    ("kiln-hir", &["kiln-source", "kiln-syntax"]),
    ("kiln-types", &["kiln-source"]),
    ("kiln-air", &["kiln-source", "kiln-types"]),
    ("kiln-cfg", &["kiln-source", "kiln-types", "kiln-air"]),
    ("kiln-interp", &["kiln-source", "kiln-types", "kiln-air", "kiln-cfg"]),
    ("kiln-sema", &["kiln-source", "kiln-hir", "kiln-types", "kiln-air", "kiln-cfg", "kiln-interp"]),
    ("kiln-codegen", &["kiln-source", "kiln-types", "kiln-air", "kiln-cfg"]),
    ("kiln-codegen-cranelift", &["kiln-source", "kiln-types", "kiln-air", "kiln-cfg", "kiln-codegen"]),
    ("kiln-codegen-llvm", &["kiln-source", "kiln-types", "kiln-air", "kiln-cfg", "kiln-codegen"]),
    ("kiln-child", &[]),
    (
        "kiln-compiler",
        &[
            "kiln-source",
            "kiln-std",
            "kiln-syntax",
            "kiln-hir",
            "kiln-types",
            "kiln-air",
            "kiln-cfg",
            "kiln-interp",
            "kiln-sema",
            "kiln-child",
            "kiln-codegen",
            "kiln-codegen-cranelift",
            "kiln-codegen-llvm",
        ],
    ),
    ("kiln-spec", &["kiln-source", "kiln-types", "kiln-cfg", "kiln-interp", "kiln-compiler"]),
    ("kiln-ui-tests", &["kiln-source", "kiln-compiler"]),
    ("kiln-differential", &["kiln-source", "kiln-compiler", "kiln-spec"]),
    ("xtask", &[]),
];

/// What must never be reachable, whatever stands between.
const ABSENT: &[(&str, &[&str])] = &[
    ("kiln-interp", &["kiln-sema", "kiln-hir", "kiln-syntax"]),
    ("kiln-codegen", &["kiln-sema", "kiln-interp", "kiln-hir", "kiln-syntax", "miette"]),
    ("kiln-codegen-cranelift", &["kiln-sema", "kiln-interp", "kiln-hir", "kiln-syntax", "miette"]),
    ("kiln-codegen-llvm", &["kiln-sema", "kiln-interp", "kiln-hir", "kiln-syntax", "miette"]),
];

/// Crates for which the terminal is made; only the driver may name them.
const DRIVER_ONLY: &[&str] = &["miette", "clap", "mimalloc"];
const DRIVER: &str = "kiln-compiler";

/// Dependencies that end up in the program, by package.
type Graph = BTreeMap<String, BTreeSet<String>>;

pub fn check(_: &Tree) -> Findings {
    let Some(graph) = read() else { return vec!["`cargo metadata` failed".to_owned()] };
    check_graph(&graph)
}

fn check_graph(graph: &Graph) -> Findings {
    let mut findings = Findings::new();
    for (package, dependencies) in graph {
        let Some(index) = KNOWS.iter().position(|(known, _)| known == package) else {
            findings.push(format!("{package} has no place in the crate graph (xtask/src/tidy/graph.rs)"));
            continue;
        };
        for dependency in dependencies {
            let place = KNOWS.iter().position(|(known, _)| known == dependency);
            if place.is_some_and(|place| place >= index) {
                findings.push(format!("{package} → {dependency}: the arrow does not point left"));
            } else if place.is_some() && !KNOWS[index].1.contains(&dependency.as_str()) {
                findings.push(format!("{package} → {dependency}: {package} must not know it"));
            }
            if DRIVER_ONLY.contains(&dependency.as_str()) && package != DRIVER {
                findings.push(format!("{package} → {dependency}: only {DRIVER} may know it"));
            }
        }
    }
    for (package, absent) in ABSENT {
        let reached = reachable(graph, package);
        let wrong = absent.iter().filter(|name| reached.contains(**name));
        findings.extend(wrong.map(|name| format!("{package} ⇝ {name}: it must never see it")));
    }
    findings
}

fn reachable(graph: &Graph, from: &str) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut todo = vec![from.to_owned()];
    while let Some(package) = todo.pop() {
        for next in graph.get(&package).into_iter().flatten() {
            if seen.insert(next.clone()) {
                todo.push(next.clone());
            }
        }
    }
    seen
}

/// Asks Cargo. Dependencies of tests and build scripts are not counted: they are no part of the program.
fn read() -> Option<Graph> {
    let text = output(&mut cargo(&["metadata", "--format-version", "1", "--no-deps"]))?;
    let metadata: Value = serde_json::from_str(&text).ok()?;
    let package = |package: &Value| {
        let dependencies = package["dependencies"].as_array()?.iter().filter(|dependency| dependency["kind"].is_null());
        let names = dependencies.filter_map(|dependency| dependency["name"].as_str().map(str::to_owned));
        Some((package["name"].as_str()?.to_owned(), names.collect()))
    };
    metadata["packages"].as_array()?.iter().map(package).collect()
}

/// Paths, streams, environment and processes are the driver's business.
const OUTSIDE_WORLD: &[&str] = &[
    "std::fs",
    "std::process",
    "std::path",
    "std::net",
    "std::env::var",
    "std::env::args",
    "std::env::current",
    "println!(",
    "eprint!(",
    "io::stdout",
    "io::stderr",
    "SystemTime",
    "Instant::now",
];

/// Folders of crates that know nothing of the outside world.
const INNER: &[&str] = &[
    "source/src/",
    "syntax/src/",
    "hir/src/",
    "types/src/",
    "air/src/",
    "cfg/src/",
    "interp/src/",
    "sema/src/",
    "codegen/src/",
    "codegen-cranelift/src/",
    "codegen-llvm/src/",
];

pub fn check_outside_world(tree: &Tree) -> Findings {
    let files = INNER.iter().flat_map(|folder| tree.below(folder)).filter(|file| file.path.ends_with(".rs"));
    let mut findings = Findings::new();
    for file in files {
        for (number, line) in file.lines_before_tests() {
            let code = line.split("//").next().unwrap_or(line);
            let outside = OUTSIDE_WORLD.iter().filter(|word| code.contains(**word));
            findings.extend(outside.map(|word| file.at(number, format!("`{word}` is {DRIVER}'s business"))));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(arrows: &[(&str, &[&str])]) -> Graph {
        arrows.iter().map(|(from, to)| ((*from).to_owned(), to.iter().map(|to| (*to).to_owned()).collect())).collect()
    }

    #[test]
    fn wrong_arrows_are_found() {
        assert!(check_graph(&graph(&[("kiln-cfg", &["kiln-air", "smallvec"])])).is_empty());
        assert_eq!(check_graph(&graph(&[("kiln-air", &["kiln-cfg"])])).len(), 1);
        assert_eq!(check_graph(&graph(&[("kiln-sema", &["miette"])])).len(), 1);
        assert_eq!(check_graph(&graph(&[("kiln-other", &[])])).len(), 1);
        let around = graph(&[("kiln-interp", &["helper"]), ("helper", &["kiln-hir"])]);
        assert!(check_graph(&around).iter().any(|finding| finding.contains("must never see")));
    }

    #[test]
    fn every_arrow_of_the_table_points_left() {
        for (index, (package, knows)) in KNOWS.iter().enumerate() {
            for known in *knows {
                assert!(KNOWS[..index].iter().any(|(before, _)| before == known), "{package} → {known}");
            }
        }
    }
}
