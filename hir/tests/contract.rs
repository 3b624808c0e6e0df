//! What HIR promises, for right and for broken sources.

mod common;
use common::{Lowered, lower};
use kiln_hir::{Body, Decl, Expr, LocalId, Pat, Stmt};
use kiln_source::DeclId;
use proptest::prelude::*;
use std::path::Path;

/// Sources to start from: the goldens and the library.
fn sources() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be read").path())
        .collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "kiln"));
    paths.sort();
    paths.iter().map(|path| std::fs::read_to_string(path).expect("it can be read")).collect()
}

/// Every local is one of its body, every capture is listed, every jump is to a loop of the body, parts come first.
fn verify(lowered: &Lowered) {
    let program = &lowered.program;
    for (id, decl) in program.decls.iter_enumerated() {
        let mut holder = id;
        while program.decls[holder].is_member {
            holder = program.decls[holder].parent.expect("members have a type");
        }
        for (at, expr) in decl.body.exprs.iter_enumerated() {
            verify_expr(lowered, (id, holder), decl, at, expr);
        }
        for pat in decl.body.pats.iter() {
            if let Pat::Bind(local) = pat {
                verify_local(&decl.body, *local);
            }
        }
        for var in &decl.captures {
            assert!(!decl.is_member, "members share their type's");
            assert_ne!(var.decl, id, "a body captures from others");
            verify_local(&program.decls[var.decl].body, var.local);
        }
    }
    assert!(lowered.diagnostics.iter().all(|diagnostic| diagnostic.primary.is_some()));
}

fn verify_local(body: &Body, local: LocalId) {
    assert!(body.locals.get(local).is_some(), "{local} is no local");
}

fn verify_expr(lowered: &Lowered, (id, holder): (DeclId, DeclId), decl: &Decl, at: kiln_hir::ExprId, expr: &Expr) {
    match expr {
        Expr::Local(local) => verify_local(&decl.body, *local),
        Expr::Captured(var) => {
            let captures = &lowered.program.decls[holder].captures;
            let mut owner = var.decl;
            while lowered.program.decls[owner].is_member {
                owner = lowered.program.decls[owner].parent.expect("members have a type");
            }
            assert!(captures.contains(var) || owner == holder, "{id} does not list {var:?}");
        }
        Expr::Break { id, .. } | Expr::Continue { id } | Expr::Loop { id, .. } | Expr::For { id, .. } => {
            assert!(id.0 < decl.body.loops);
        }
        Expr::If { cond, then, else_ } => {
            assert!(*cond < at && *then < at && else_.is_none_or(|else_| else_ < at));
        }
        Expr::Block { stmts, tail } => {
            let first = |stmt: &Stmt| match stmt {
                Stmt::Let { init, .. } => *init,
                Stmt::Assign { place, .. } | Stmt::AssignOp { place, .. } => *place,
                Stmt::Expr { expr, .. } => *expr,
            };
            assert!(stmts.iter().map(first).chain(*tail).all(|part| part < at));
        }
        Expr::Binary { op, lhs, rhs, .. } => {
            assert!(*lhs < at && *rhs < at);
            assert!(!matches!(op, kiln_hir::BinaryOp::And | kiln_hir::BinaryOp::Or));
        }
        _ => {}
    }
}

#[test]
fn right_sources() {
    for source in sources() {
        verify(&lower(&source));
    }
}

/// The ends of words and signs, so that cuts leave something to parse.
fn boundaries(text: &str) -> Vec<usize> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut all = vec![0];
    for ((_, before), (at, after)) in text.char_indices().zip(text.char_indices().skip(1)) {
        if !(is_word(before) && is_word(after)) {
            all.push(at);
        }
    }
    all.push(text.len());
    all
}

/// Takes a piece away, or puts it somewhere else as well.
fn change(text: &str, (from, length, to): (prop::sample::Index, usize, Option<prop::sample::Index>)) -> String {
    let bounds = boundaries(text);
    let first = from.index(bounds.len());
    let last = (first + length).min(bounds.len() - 1);
    let (first, last) = (bounds[first], bounds[last]);
    match to {
        None => format!("{}{}", &text[..first], &text[last..]),
        Some(to) => {
            let to = bounds[to.index(bounds.len())];
            format!("{} {} {}", &text[..to], &text[first..last], &text[to..])
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn broken_sources(
        source in prop::sample::select(sources()),
        changes in prop::collection::vec((any::<prop::sample::Index>(), 1_usize..12, any::<Option<prop::sample::Index>>()), 1..8),
    ) {
        let broken = changes.into_iter().fold(source, |text, one| change(&text, one));
        let lowered = lower(&broken);
        verify(&lowered);
        lowered.print();
    }
}

/// The smallest stack that the driver gives its thread.
fn on_a_small_stack(run: impl FnOnce() + Send) {
    std::thread::scope(|scope| {
        let thread =
            std::thread::Builder::new().stack_size(64 << 20).spawn_scoped(scope, run).expect("a thread starts");
        thread.join().expect("nothing panics");
    });
}

#[test]
fn deep_sources() {
    let chains = [
        format!("fn f(a: i32) -> i32 {{ {} a }}", "a + ".repeat(20_000)),
        format!("fn f(a: bool) -> bool {{ {} a }}", "a && ".repeat(20_000)),
        format!("fn f(a: bool) -> i32 {{ {} {{ 0 }} }}", "if a { 1 } else ".repeat(3_000)),
        format!("fn f(a: i32) -> i32 {{ {}a{} }}", "(".repeat(250), ")".repeat(250)),
        format!("fn f(a: i32) {{ {}{} }}", "loop { fn g(comptime n: i32) { ".repeat(60), "} }".repeat(60)),
    ];
    on_a_small_stack(|| {
        for source in chains {
            let lowered = lower(&source);
            verify(&lowered);
            lowered.print();
        }
    });
}

/// Each function names the next, and the last captures.
#[test]
fn long_chains_of_captures() {
    let mut source = String::from("fn f(comptime n: usize) -> usize {\n");
    for index in 0..3_000 {
        source.push_str(&format!("fn g{index}() -> usize {{ g{}() }}\n", index + 1));
    }
    source.push_str("fn g3000() -> usize { n }\ng0() }");
    let lowered = lower(&source);
    assert_eq!(lowered.captures("g0"), "n");
    verify(&lowered);
}

#[test]
fn many_unknown_names() {
    let source = format!("fn f() {{ {} {} }}", "nowhere();\n".repeat(9_000), "x".repeat(100_000));
    let lowered = lower(&source);
    verify(&lowered);
    assert!(lowered.diagnostics.len() > 1_000);
}
