//! Every page of `kiln explain` has a wrong example that gives exactly its code, and a right one without any error.
//!
//! Front matter: `status: planned` says that the code is not given yet, which is tested too, so that the line goes when
//! it is; `kind: tool` says that the mistake is in no program; `mode: build` compiles as `kiln build` does.

use kiln_compiler::{Compilation, Memory, Mode, Options, compile, guarded};
use kiln_source::{Code, Severity, codes};
use std::path::PathBuf;

/// A page: what the tests have to know, and the examples.
struct Page {
    planned: bool,
    tool: bool,
    mode: Mode,
    wrong: String,
    right: String,
}

fn page(code: Code) -> Result<Page, String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("explain").join(format!("{}.md", code.id));
    let text = std::fs::read_to_string(&path).map_err(|error| format!("there is no page: {error}"))?;
    let (front, body) = text.strip_prefix("---\n").and_then(|rest| rest.split_once("---\n")).unwrap_or(("", &text));
    let tool = front.lines().any(|line| line == "kind: tool");
    let language = if tool { "sh" } else { "kiln" };
    let mut page = Page {
        planned: false,
        tool,
        mode: Mode::Check,
        wrong: example(body, &format!("```{language} wrong\n"))?,
        right: example(body, &format!("```{language} right\n"))?,
    };
    for line in front.lines() {
        match line {
            "status: planned" => page.planned = true,
            "kind: tool" => {}
            "mode: build" => page.mode = Mode::Build,
            other => return Err(format!("there is no front matter `{other}`")),
        }
    }
    Ok(page)
}

fn example(body: &str, fence: &str) -> Result<String, String> {
    let (_, rest) = body.split_once(fence).ok_or_else(|| format!("there is no example {fence:?}"))?;
    rest.split_once("```\n").map(|(example, _)| example.to_owned()).ok_or_else(|| "an example is not closed".to_owned())
}

/// The ids of the errors in a program, each once.
fn errors(mode: Mode, text: &str) -> Result<Vec<&'static str>, String> {
    let options = Options::new(mode, vec!["main.kiln".into()]);
    let files = Memory::split("main.kiln", text);
    let done: Compilation = guarded(|| compile(&options, &files)).map_err(|bug| bug.message)?;
    let errors = done.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
    let mut ids: Vec<&str> = errors.map(|error| error.code.map_or("an error without code", |code| code.id)).collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

fn test(code: Code) -> Result<(), String> {
    let page = page(code)?;
    if page.tool {
        return Ok(());
    }
    let wrong = errors(page.mode, &page.wrong).map_err(|bug| format!("the wrong example: {bug}"))?;
    if page.planned {
        return match wrong.contains(&code.id) {
            true => Err("the code is given now: take `status: planned` out of its page".to_owned()),
            false => Ok(()),
        };
    }
    if wrong != [code.id] {
        return Err(format!("the wrong example gives {wrong:?}"));
    }
    let right = errors(page.mode, &page.right).map_err(|bug| format!("the right example: {bug}"))?;
    if right.is_empty() { Ok(()) } else { Err(format!("the right example gives {right:?}")) }
}

#[test]
fn every_code_has_a_page_whose_examples_are_true() {
    let failures: Vec<String> =
        codes::ALL.iter().filter_map(|code| Some(format!("{code:?}: {}", test(*code).err()?))).collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn pages_are_embedded_without_front_matter() {
    for code in codes::ALL {
        let text = kiln_compiler::explain(*code).unwrap_or_else(|| panic!("{code:?} has no page"));
        assert!(text.starts_with(&format!("# {}: ", code.id)), "{code:?}");
    }
}
