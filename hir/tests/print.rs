//! Printed HIR: each `golden/*.kiln` and its text beside it, `*.hir`. `KILN_BLESS` rewrites the texts.

mod common;
use common::lower;
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn goldens() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut sources: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|end| end == "kiln")).collect();
    sources.sort();
    assert!(sources.len() >= 5, "the goldens are gone");
    let bless = std::env::var_os("KILN_BLESS").is_some();
    for source in sources {
        let printed = lower(&fs::read_to_string(&source).unwrap()).print();
        let golden = source.with_extension("hir");
        if bless {
            fs::write(golden, printed).unwrap();
        } else {
            let expected = fs::read_to_string(golden).unwrap_or_default();
            assert_eq!(printed, expected, "{} is printed in other words", source.display());
        }
    }
}

#[test]
fn printing_is_stable() {
    let text = "fn f() { fn a() {} { fn a() {} } { fn a() {} } a() }\nfn g() { f() }";
    assert_eq!(lower(text).print(), lower(text).print());
    assert!(lower(text).print().contains("fn f::a#3() {}"), "{}", lower(text).print());
}

#[test]
fn an_empty_module_prints_as_nothing() {
    assert_eq!(lower("").print(), "");
}
