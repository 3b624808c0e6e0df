//! Where in the text the names of locals mean them: what a debugger shows there.

use kiln_air::{Body, Inst, PatId, PatKind};
use kiln_source::TextRange;

/// The text in which each local of a body can be named, by their numbers.
pub(super) fn scopes(body: &Body) -> Vec<TextRange> {
    let mut scopes = vec![TextRange::default(); body.locals.len()];
    scopes.iter_mut().take(body.param_count).for_each(|scope| *scope = body.range);
    let mut show = |pat: PatId, scope: TextRange| set(body, &mut scopes, pat, scope);
    for (id, inst) in body.insts.iter_enumerated() {
        match inst {
            Inst::Block { stmts, .. } => {
                let end = body.ranges[id].end;
                for stmt in stmts {
                    // The initialiser does not see the binding.
                    if let Inst::Let { pat, .. } = body.insts[*stmt] {
                        show(pat, TextRange::new(body.ranges[*stmt].end.min(end), end));
                    }
                }
            }
            Inst::Match { arms, .. } => {
                for arm in arms {
                    let body_range = body.ranges[arm.body];
                    let guard = arm.guard.map_or(body_range, |guard| body.ranges[guard]);
                    show(arm.pat, guard.cover(body_range));
                }
            }
            Inst::ForRange { pat, body: turn, .. } | Inst::ForEach { pat, body: turn, .. } => {
                show(*pat, body.ranges[*turn]);
            }
            _ => {}
        }
    }
    scopes
}

/// Sets the scope of all bindings of a pattern.
fn set(body: &Body, scopes: &mut [TextRange], pat: PatId, scope: TextRange) {
    let mut open = vec![pat];
    while let Some(pat) = open.pop() {
        match &body.pats[pat].kind {
            PatKind::Bind { local, .. } => scopes[local.0 as usize] = scope,
            PatKind::Fields(fields) | PatKind::Variant { fields, .. } => {
                open.extend(fields.iter().map(|(_, pat)| *pat));
            }
            PatKind::Or(pats) => open.extend(pats),
            PatKind::Wild | PatKind::Const(_) | PatKind::Range { .. } => {}
        }
    }
}
