//! Every program in the folders of this crate is a test.

use kiln_ui_tests::{BLESS, Case};
use libtest_mimic::{Arguments, Trial};
use std::path::Path;

fn main() {
    let args = Arguments::from_args();
    let bless = std::env::var_os(BLESS).is_some();
    let cases = Case::all(Path::new(env!("CARGO_MANIFEST_DIR"))).expect("the folder of this crate can be read");
    let trials =
        cases.into_iter().map(|case| Trial::test(case.name.clone(), move || case.run(bless).map_err(Into::into)));
    libtest_mimic::run(&args, trials.collect()).exit();
}
