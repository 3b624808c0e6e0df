//! `cargo xtask bench`: how fast the compiler and its programs are, each against something else in the same run.
//!
//! Times are medians of runs that alternate, so that what disturbs the machine disturbs both. Without clang the
//! comparisons with it are left out, and the page says so.

mod bars;
mod generate;
mod measure;

mod backends;
mod comptime;
mod front_end;
mod instances;
mod kernels;
mod library;
mod native;
mod startup;

pub use measure::{MEMORY_OF, print_memory_of};

use crate::Outcome;
use crate::build::{Profile, kiln, target_dir};
use crate::process::{command, output, root, which};
use bars::Bars;
use std::fs;
use std::path::PathBuf;

/// The page that is written.
const PAGE: &str = "docs/benchmarks.md";

/// What a section is measured with.
pub struct Bench {
    /// The release build of `kiln`.
    pub kiln: PathBuf,
    /// clang, if it is installed.
    pub clang: Option<String>,
    /// A folder for generated programs and executables.
    pub folder: PathBuf,
    /// Ratios that must not become worse.
    pub bars: Bars,
}

impl Bench {
    /// A path in the folder.
    pub fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    /// `kiln` as a word of a command.
    pub fn kiln(&self) -> String {
        self.kiln.display().to_string()
    }
}

/// A part of the page.
struct Section {
    /// What `cargo xtask bench NAME` knows it by.
    name: &'static str,
    /// Measures, and gives the part as markdown.
    measure: fn(&Bench) -> Result<String, String>,
}

const SECTIONS: &[Section] = &[
    Section { name: "front-end", measure: front_end::measure },
    Section { name: "native", measure: native::measure },
    Section { name: "kernels", measure: kernels::measure },
    Section { name: "std", measure: library::measure },
    Section { name: "comptime", measure: comptime::measure },
    Section { name: "instances", measure: instances::measure },
    Section { name: "start-up", measure: startup::measure },
    Section { name: "backends", measure: backends::measure },
];

/// The task. Without arguments all sections are measured and the page is written; with names, these are printed.
pub fn run(args: &[String]) -> Outcome {
    for name in args {
        if SECTIONS.iter().all(|section| section.name != name) {
            let names: Vec<&str> = SECTIONS.iter().map(|section| section.name).collect();
            return Err(format!("there is no section `{name}`; there are {}", names.join(", ")));
        }
    }
    let folder = target_dir().join("bench");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let clang = ["clang-22", "clang", "clang-19"].into_iter().find(|name| which(name).is_some());
    let bench = Bench { kiln: kiln(Profile::Release)?, clang: clang.map(str::to_owned), folder, bars: Bars::default() };
    let wanted = SECTIONS.iter().filter(|section| args.is_empty() || args.iter().any(|name| name == section.name));
    let mut page = preface(&bench);
    for section in wanted {
        eprintln!("measuring {}", section.name);
        let part = (section.measure)(&bench)?;
        println!("{part}");
        page.push('\n');
        page.push_str(&part);
    }
    if let Some(table) = bench.bars.table() {
        println!("{table}");
        page.push('\n');
        page.push_str(&table);
    }
    if args.is_empty() {
        fs::write(root().join(PAGE), page).map_err(|error| format!("{PAGE}: {error}"))?;
        println!("{PAGE} is written");
    }
    bench.bars.missed().map_or(Ok(()), Err)
}

fn preface(bench: &Bench) -> String {
    let version = |program: &str| {
        output(&mut command(program, &["--version"])).and_then(|text| text.lines().next().map(str::to_owned))
    };
    let clang = bench
        .clang
        .as_deref()
        .and_then(version)
        .unwrap_or_else(|| "not installed: comparisons with it are missing".to_owned());
    let cpus = std::thread::available_parallelism().map_or(1, usize::from);
    format!(
        "# Benchmarks\n\n\
         `cargo xtask bench` wrote this page. Times are medians of runs that alternate with what they are compared to, on one machine in one\n\
         go; ratios mean more than times. The programs are in [`bench/`](../bench/README.md), or generated.\n\n\
         | | |\n| --- | --- |\n| processor | {}, {cpus} cores |\n| clang | {clang} |\n| compiler | `kiln` of the release profile |\n",
        processor().unwrap_or_else(|| "unknown".to_owned()),
    )
}

fn processor() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
