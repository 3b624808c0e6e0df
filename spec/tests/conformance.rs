//! Runs the language reference and the example programs: one test for each block, named by its rule and line, and three
//! or four for each program.

use kiln_spec::{
    Engine, Example, Page, Program, Rule, check_cases, check_example, check_program, check_stages, check_tests,
    programs, read_pages,
};
use libtest_mimic::{Arguments, Trial};
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (pages, complaints) = match read_pages(folder) {
        Ok(read) => read,
        Err(error) => {
            eprintln!("the reference can't be read: {error}");
            return ExitCode::FAILURE;
        }
    };
    let mut trials = Vec::new();
    let complaints: Vec<String> = complaints.iter().map(ToString::to_string).collect();
    trials.push(Trial::test("pages are well formed and every rule has an example", move || {
        if complaints.is_empty() { Ok(()) } else { Err(complaints.join("\n").into()) }
    }));
    for page in &pages {
        trials.extend(page.rules.iter().flat_map(|rule| of_rule(page, rule)));
    }
    match programs(&folder.join("../examples")) {
        Ok(programs) => trials.extend(programs.into_iter().flat_map(of_program)),
        Err(error) => {
            let message = error.to_string();
            trials.push(Trial::test("examples", move || Err(message.into())));
        }
    }
    if !arguments.list {
        let engines: Vec<&str> = Engine::available().iter().map(|engine| engine.name()).collect();
        let engines = engines.join(", ");
        let rules: usize = pages.iter().map(|page| page.rules.len()).sum();
        eprintln!("{rules} rules; engines: {engines}");
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn of_program(program: Program) -> Vec<Trial> {
    let name = format!("examples/{}", program.name);
    let (stages, cases, tests) = (program.clone(), program.clone(), program.clone());
    let mut trials = Vec::new();
    if !cases.cases.is_empty() {
        trials.push(Trial::test(format!("{name} with inputs"), move || Ok(check_cases(&cases)?)));
    }
    trials.push(Trial::test(format!("{name}, its tests"), move || Ok(check_tests(&tests)?)));
    trials.push(Trial::test(format!("{name} in all stages"), move || Ok(check_stages(&stages)?)));
    trials.push(Trial::test(name, move || Ok(check_program(&program)?)));
    trials
}

fn of_rule<'a>(page: &'a Page, rule: &'a Rule) -> impl Iterator<Item = Trial> + 'a {
    rule.blocks.iter().map(|block| {
        let (path, line, text) = (page.path.clone(), block.line, block.text.clone());
        Trial::test(format!("{} {path}:{line}", rule.id), move || {
            let example = Example::parse(&text).map_err(|mistakes| {
                let lines = mistakes.iter().map(|(at, message)| format!("{path}:{}: {message}", line + at));
                lines.collect::<Vec<_>>().join("\n")
            })?;
            Ok(check_example(&example)?)
        })
    })
}
