//! Texts of the stages after analysis: which functions they show, and how one is cut out of a backend's text.
//!
//! Without `--only` the functions of the program are shown, not those of the standard library; the backend's texts are whole.

use crate::{Session, Stage};
use kiln_cfg::{FuncKind, PrintCx, TypeNames};
use kiln_hir as hir;
use kiln_sema::Analysis;
use kiln_source::{Diagnostic, codes, nearest};
use kiln_types::FuncId;

/// Makes the texts of typed functions and of basic blocks that were asked for.
pub(crate) fn emit_functions(session: &mut Session<'_>, hir: &hir::Program, analysis: &Analysis) {
    session.emit(Stage::Air, |session| {
        let shown = shown(session, hir, analysis, |func| analysis.airs.get(func).is_some_and(Option::is_some));
        let names = |func| analysis.program.info(func).name.clone();
        let cx = kiln_air::PrintCx { pool: &analysis.pool, names: &session.interner, funcs: &names };
        let airs = shown.into_iter().filter_map(|func| analysis.airs[func].as_ref());
        airs.map(|body| kiln_air::print(body, &cx)).collect::<Vec<_>>().join("\n")
    });
    session.emit(Stage::Cfg, |session| {
        let shown =
            shown(session, hir, analysis, |func| analysis.program.bodies.get(func).is_some_and(Option::is_some));
        let names = |func| analysis.program.info(func).name.clone();
        let types = TypeNames::new(&analysis.pool, &session.interner);
        let cx = PrintCx {
            pool: &analysis.pool,
            names: &session.interner,
            types: &types,
            statics: &analysis.program.statics,
            funcs: &names,
            sources: Some(&session.sources),
        };
        let bodies = shown.into_iter().filter_map(|func| analysis.program.bodies[func].as_ref());
        bodies.map(|body| kiln_cfg::print(body, &cx)).collect::<Vec<_>>().join("\n")
    });
}

/// The functions to show, of those that have a body in the stage.
fn shown(
    session: &Session<'_>,
    hir: &hir::Program,
    analysis: &Analysis,
    has_body: impl Fn(FuncId) -> bool,
) -> Vec<FuncId> {
    let library: Vec<_> = hir.modules.iter().filter(|module| module.is_std).map(|module| module.file).collect();
    let infos = analysis.program.infos.iter_enumerated().filter_map(|(func, info)| Some((func, info.as_ref()?)));
    let wanted = infos.filter(|(_, info)| match &session.options.only {
        Some(only) => is_called(&info.name, only),
        None => !library.contains(&info.span.file),
    });
    wanted.map(|(func, _)| func).filter(|func| has_body(*func)).collect()
}

/// Whether a function is meant by a name: its own, or without the arguments it is an instance of.
fn is_called(name: &str, wanted: &str) -> bool {
    name == wanted || name.strip_prefix(wanted).is_some_and(|rest| rest.starts_with('('))
}

/// Checks that `--only` names a function.
pub(crate) fn check_only(session: &mut Session<'_>, analysis: &Analysis) {
    let Some(only) = &session.options.only else { return };
    let names = || analysis.program.infos.iter().flatten().map(|info| &*info.name);
    if names().any(|name| is_called(name, only)) {
        return;
    }
    let error = Diagnostic::global_error(codes::E0101, format!("there is no function `{only}` in the program"));
    let error = match nearest(only, names()) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error.help("a function that nothing uses is only in the program of `kiln check`"),
    };
    session.reporter.error(error);
}

/// Cuts the functions that `--only` names out of a backend's text.
pub(crate) fn cut(stage: Stage, text: &[u8], only: &str, analysis: &Analysis) -> Vec<u8> {
    let text = String::from_utf8_lossy(text);
    let mut parts = Vec::new();
    for info in analysis.program.infos.iter().flatten().filter(|info| is_called(&info.name, only)) {
        let symbol = match &info.kind {
            FuncKind::Export { symbol } | FuncKind::Extern { symbol, .. } => symbol,
            FuncKind::Kiln | FuncKind::Glue(_) | FuncKind::Callback => &info.symbol,
        };
        let (part, comment) = match stage {
            Stage::LlvmIr => (cut_ir(&text, symbol), ';'),
            _ => (cut_assembly(&text, symbol), '#'),
        };
        // Optimisation leaves nothing of what it inlines everywhere.
        parts.push(part.unwrap_or_else(|| format!("{comment} {} is not there: inlined, or foreign\n", info.name)));
    }
    parts.join("\n").into_bytes()
}

/// `define … @symbol(…) {` to `}`
fn cut_ir(text: &str, symbol: &str) -> Option<String> {
    let names = [format!(" @{symbol}("), format!(" @\"{symbol}\"(")];
    let is_start = |line: &&str| line.starts_with("define ") && names.iter().any(|name| line.contains(name));
    let mut lines = text.split_inclusive('\n').skip_while(|line| !is_start(line)).peekable();
    lines.peek()?;
    let mut done = false;
    Some(lines.take_while(|line| !std::mem::replace(&mut done, line.starts_with('}'))).collect())
}

/// From the label to the label that ends the function.
fn cut_assembly(text: &str, symbol: &str) -> Option<String> {
    let labels = [format!("{symbol}:"), format!("\"{symbol}\":"), format!("_{symbol}:")];
    let is_start = |line: &&str| labels.iter().any(|label| line.starts_with(label));
    let is_end = |line: &&str| line.starts_with(".Lfunc_end") || line.starts_with("Lfunc_end");
    let mut lines = text.split_inclusive('\n').skip_while(|line| !is_start(line)).peekable();
    lines.peek()?;
    Some(lines.take_while(|line| !is_end(line)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_function_is_cut_out() {
        let ir = "; x\ndefine internal i32 @\"main::f\"(i32 %0) {\nbb0:\n  ret i32 %0\n}\n\ndefine i32 @main() {\n}\n";
        assert_eq!(
            cut_ir(ir, "main::f").unwrap(),
            "define internal i32 @\"main::f\"(i32 %0) {\nbb0:\n  ret i32 %0\n}\n"
        );
        assert_eq!(cut_ir(ir, "other"), None);
        let assembly = "\t.text\n\"main::f\":\n\tret\n.Lfunc_end0:\n\t.size\nmain:\n\tret\n";
        assert_eq!(cut_assembly(assembly, "main::f").unwrap(), "\"main::f\":\n\tret\n");
    }

    #[test]
    fn instances_are_called_by_their_function() {
        assert!(is_called("max(i32)", "max") && is_called("max(i32)", "max(i32)"));
        assert!(!is_called("maximum", "max"));
    }
}
