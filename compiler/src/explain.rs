//! The long text of each code, from `explain/E0123.md`.
//!
//! A page may open with front matter between two `---` lines, which is for the tests and not shown.

use kiln_source::{Code, Warning, codes, nearest};

/// Code, page; sorted by code.
const PAGES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/explain.rs"));

/// The page of a code as markdown, without front matter.
pub fn explain(code: Code) -> Option<&'static str> {
    let index = PAGES.binary_search_by_key(&code.id, |page| page.0).ok()?;
    Some(body(PAGES[index].1))
}

fn body(page: &'static str) -> &'static str {
    let after = page.strip_prefix("---\n").and_then(|rest| rest.split_once("---\n"));
    after.map_or(page, |(_, body)| body).trim_start()
}

/// The code somebody means by an id (`E0205`, `205`) or a name (`use_after_move`).
///
/// # Errors
/// Nothing is called that; a hint at what was meant.
pub fn find_code(text: &str) -> Result<Code, String> {
    let padded = || text.parse::<u16>().ok().and_then(|number| codes::find(&format!("E{number:04}")));
    let named = || codes::ALL.iter().copied().find(|code| code.name == text);
    codes::find(text).or_else(padded).or_else(named).ok_or_else(|| {
        if Warning::find(text).is_some() {
            return format!("`{text}` is a warning; `@allow({text})` before an item or statement silences it");
        }
        let names = codes::ALL.iter().flat_map(|code| [code.name, code.id]);
        let hint = nearest(text, names).map(|near| format!("; there is `{near}`")).unwrap_or_default();
        format!("there is no code `{text}`{hint}")
    })
}

/// All codes with their names, a line each.
pub fn list() -> String {
    codes::ALL.iter().map(|code| format!("{}  {}\n", code.id, code.name.replace('_', " "))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found_by_id_number_and_name() {
        for text in ["E0205", "e0205", "205", "0205", "use_after_move"] {
            assert_eq!(find_code(text).unwrap(), codes::E0205, "{text}");
        }
        assert!(find_code("use_aftr_move").unwrap_err().contains("use_after_move"));
        assert!(find_code("unused_mut").unwrap_err().contains("@allow(unused_mut)"));
    }

    #[test]
    fn front_matter_is_not_shown() {
        assert_eq!(body("---\nstatus: planned\n---\n# E0205\n"), "# E0205\n");
        assert_eq!(body("# E0205\n\n---\n"), "# E0205\n\n---\n");
    }
}
