//! Bars: ratios that must not become worse than some limit. `cargo xtask bench` lists them on the page, and fails where one is missed.
//!
//! A limit is what the project asks of itself, with room for what a machine does by chance; not what was measured last.

use std::cell::RefCell;
use std::fmt::Write;

/// A ratio and its limit.
struct Bar {
    what: String,
    ratio: f64,
    at_most: f64,
}

/// The bars noted so far.
#[derive(Default)]
pub struct Bars {
    all: RefCell<Vec<Bar>>,
}

impl Bars {
    /// Notes a ratio: what, against what.
    pub fn note(&self, what: impl Into<String>, ratio: f64, at_most: f64) {
        self.all.borrow_mut().push(Bar { what: what.into(), ratio, at_most });
    }

    /// The part of the page, if there are bars.
    pub fn table(&self) -> Option<String> {
        let all = self.all.borrow();
        if all.is_empty() {
            return None;
        }
        let mut text = String::from(
            "## Bars\n\nRatios of the sections above that must not become worse; the task fails where one is missed.\n\n\
             | | ratio | at most | |\n| --- | ---: | ---: | --- |\n",
        );
        for bar in &*all {
            let missed = if bar.is_missed() { "missed" } else { "" };
            let _ = writeln!(text, "| {} | {:.2} | {:.2} | {missed} |", bar.what, bar.ratio, bar.at_most);
        }
        Some(text)
    }

    /// What is missed, in words; nothing if nothing is.
    pub fn missed(&self) -> Option<String> {
        let all = self.all.borrow();
        let missed = all.iter().filter(|bar| bar.is_missed());
        let lines: Vec<String> =
            missed.map(|bar| format!("{}: {:.2}, at most {:.2}", bar.what, bar.ratio, bar.at_most)).collect();
        (!lines.is_empty()).then(|| format!("bars that are missed:\n  {}", lines.join("\n  ")))
    }
}

impl Bar {
    /// As exact as it is shown.
    fn is_missed(&self) -> bool {
        self.ratio >= self.at_most + 0.005
    }
}

#[cfg(test)]
mod tests {
    use super::Bars;

    #[test]
    fn what_is_worse_is_missed() {
        let bars = Bars::default();
        assert!(bars.table().is_none() && bars.missed().is_none());
        bars.note("good", 1.0, 1.15);
        bars.note("as good as can be", 1.154, 1.15);
        assert!(bars.missed().is_none());
        bars.note("worse", 1.3, 1.15);
        assert_eq!(bars.missed().as_deref(), Some("bars that are missed:\n  worse: 1.30, at most 1.15"));
        let table = bars.table().unwrap_or_default();
        assert!(table.contains("| good | 1.00 | 1.15 |  |\n") && table.contains("| worse | 1.30 | 1.15 | missed |\n"));
    }
}
