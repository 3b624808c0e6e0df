//! Programs with a mistake: whether each is refused, on its line and with its code.

use crate::check::{crash, files};
use crate::{Complaint, Verdicts};
use kiln_compiler::{Compilation, Mode, compile_files, guarded};
use kiln_source::Severity;
use kiln_spec::options;
use std::collections::BTreeSet;
use std::path::Path;

/// A line, from 1 on, and the code of the error that stands there.
type Place = (u32, String);

/// Looks whether programs are refused as they say: each has lines that end with `// error[E0205]`, which have this error, and no other
/// line has one.
pub fn refused(programs: &[String]) -> Verdicts {
    let files = files(programs);
    let options = options(Mode::Check, Path::new("main.kiln"));
    let found = match guarded(|| errors(&compile_files(&options, &files), programs.len())) {
        Ok(found) => found,
        Err(error) if programs.len() == 1 => return vec![Some(crash(&error.message))],
        // One of them spoils it for all.
        Err(_) => return programs.iter().flat_map(|program| refused(std::slice::from_ref(program))).collect(),
    };
    programs.iter().zip(found).map(|(program, found)| difference(&expected(program), &found)).collect()
}

/// The errors of each module.
fn errors(compilation: &Compilation, count: usize) -> Vec<BTreeSet<Place>> {
    let mut found = vec![BTreeSet::new(); count];
    for error in compilation.diagnostics.iter().filter(|one| one.severity == Severity::Error) {
        let code = error.code.map_or("without code", |code| code.id);
        let Some(primary) = &error.primary else { continue };
        let file = &compilation.sources.file(primary.span.file).name;
        let module = file.strip_prefix('c').and_then(|name| name.strip_suffix(".kiln")?.parse::<usize>().ok());
        if let Some(errors) = module.and_then(|number| found.get_mut(number)) {
            errors.insert((compilation.sources.line_column(primary.span).line, code.to_owned()));
        }
    }
    found
}

/// What the lines say.
fn expected(program: &str) -> BTreeSet<Place> {
    let code = |line: &str| Some(line.split_once("// error[")?.1.strip_suffix(']')?.to_owned());
    let lines = (1..).zip(program.lines());
    lines.filter_map(|(number, line)| Some((number, code(line)?))).collect()
}

fn difference(expected: &BTreeSet<Place>, found: &BTreeSet<Place>) -> Option<Complaint> {
    if expected == found {
        return None;
    }
    let is_accepted = found.is_empty();
    let codes = |places: &BTreeSet<Place>| places.iter().map(|(_, code)| code.as_str()).collect::<Vec<_>>().join(" ");
    let sort = match is_accepted {
        true => format!("accepted, not refused with {}", codes(expected)),
        false => format!("refused with {}, not with {}", codes(found), codes(expected)),
    };
    Some(Complaint { sort, text: format!("expected {expected:?}, found {found:?}") })
}
