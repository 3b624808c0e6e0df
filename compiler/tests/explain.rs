//! Every page of `kiln explain` has a wrong example that gives exactly its code, and a right one without any error.
//!
//! Front matter: `status: planned` says that the code is not given yet, `right: planned` that the right example needs what
//! is not there yet; both are tested, so that the line goes when it is. `kind: tool` says that the mistake is in no program; `mode: build` compiles as `kiln build` does.

mod common;

use common::{HANGS, Place, finish};
use kiln_source::{Code, codes};
use std::path::PathBuf;
use std::time::Duration;

/// How long a mistake that is not implemented is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// A page: what the tests have to know, and the examples.
struct Page {
    planned: bool,
    right_planned: bool,
    tool: bool,
    /// `check` or `build`.
    command: &'static str,
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
        right_planned: false,
        tool,
        command: "check",
        wrong: example(body, &format!("```{language} wrong\n"))?,
        right: example(body, &format!("```{language} right\n"))?,
    };
    for line in front.lines() {
        match line {
            "status: planned" => page.planned = true,
            "right: planned" => page.right_planned = true,
            "kind: tool" => {}
            "mode: build" => page.command = "build",
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
fn errors(command: &str, text: &str, hangs: Duration) -> Result<Vec<String>, String> {
    let mut parts = text.split("// file: ");
    let mut place = Place::with_main(parts.next().unwrap_or_default());
    for part in parts {
        let (name, text) = part.split_once('\n').ok_or("a file without text")?;
        place = place.file(name, text);
    }
    // Budgets that the examples that end keep, and the others soon use up.
    let args = [command, "main.kiln", "--message-format", "short", "--comptime-steps", "100000"];
    let done = finish(&mut place.command(&args), hangs).ok_or("it does not end")?;
    let ids = done.stderr.lines().filter_map(|line| line.split_once("error[")?.1.split_once(']'));
    let mut ids: Vec<String> = ids.map(|(id, _)| id.to_owned()).collect();
    ids.sort_unstable();
    ids.dedup();
    match (done.status.code(), ids.is_empty()) {
        (Some(0), true) | (Some(1), false) => Ok(ids),
        _ => Err(format!("{:?}: {}", done.status, done.stderr)),
    }
}

fn test(code: Code) -> Result<(), String> {
    let page = page(code)?;
    if page.tool {
        return Ok(());
    }
    if page.planned {
        // Before its code exists, a mistake may also have worse consequences.
        let wrong = errors(page.command, &page.wrong, PATIENCE).unwrap_or_default();
        return match wrong.iter().any(|id| id == code.id) {
            true => Err("the code is given now: take `status: planned` out of its page".to_owned()),
            false => Ok(()),
        };
    }
    let wrong = errors(page.command, &page.wrong, HANGS).map_err(|bug| format!("the wrong example: {bug}"))?;
    if wrong != [code.id] {
        return Err(format!("the wrong example gives {wrong:?}"));
    }
    let right = errors(page.command, &page.right, HANGS).map_err(|bug| format!("the right example: {bug}"))?;
    if page.right_planned {
        return match right.is_empty() {
            true => Err("the right example is right now: take `right: planned` out of the page".to_owned()),
            false => Ok(()),
        };
    }
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
