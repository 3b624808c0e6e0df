//! Where the names of a function's locals can be seen: a tree of stretches of its text.
//!
//! A block of the program is one scope, whose names are all seen from the first `let` on, as C's are. A name that is given again in the
//! same block opens a scope in it.

use kiln_cfg::{Func, Local, LocalKind};
use kiln_source::{Idx, IdxVec, Symbol, TextRange};
use rustc_hash::FxHashSet;

/// A scope of a function; 0 is the function itself.
pub type ScopeNo = usize;

/// A scope.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scope {
    /// The one around it; that of the function has itself.
    pub parent: ScopeNo,
    /// Its text.
    pub range: TextRange,
    /// Its locals, in the order of the text. Those of the function are its parameters first.
    pub locals: Vec<Local>,
}

/// The scopes of a function.
#[derive(Clone, Debug)]
pub struct Scopes {
    /// All of them, each behind the one around it.
    pub all: Vec<Scope>,
    /// Where another scope begins, and which; sorted.
    changes: Vec<(u32, ScopeNo)>,
}

/// Scopes within each other. Further ones are joined: debuggers, and who writes for them, recurse.
const DEEPEST: usize = 64;

impl Scopes {
    /// One scope without locals.
    pub fn whole(func: &Func) -> Scopes {
        let whole = Scope { parent: 0, range: func.range, locals: Vec::new() };
        Scopes { all: vec![whole], changes: Vec::new() }
    }

    /// The scopes of a function's named locals.
    pub fn new(func: &Func) -> Scopes {
        let mut locals: Vec<(Symbol, Local, TextRange)> = Vec::new();
        let mut builder = Builder { scopes: Scopes::whole(func), open: vec![0] };
        let mut seen = FxHashSet::default();
        for (local, decl) in func.locals.iter_enumerated() {
            let Some(name) = decl.name else { continue };
            if matches!(decl.kind, LocalKind::Param(_)) {
                builder.scopes.all[0].locals.push(local);
                seen.insert((0, name));
            } else if !decl.scope.is_empty() {
                locals.push((name, local, decl.scope));
            }
        }
        locals.sort_by_key(|(_, local, scope)| (scope.start, std::cmp::Reverse(scope.end), local.index()));
        for (name, local, range) in locals {
            builder.close_until(range.start);
            let mut current = builder.current();
            let end = range.end.min(builder.scopes.all[current].range.end);
            let is_same_block = end == builder.scopes.all[current].range.end;
            let joins = (is_same_block && !seen.contains(&(current, name))) || builder.open.len() > DEEPEST;
            if !joins {
                current = builder.open_scope(TextRange::new(range.start.min(end), end));
            }
            seen.insert((current, name));
            builder.scopes.all[current].locals.push(local);
        }
        builder.close_until(u32::MAX);
        builder.scopes
    }

    /// The innermost scope at a place of the function's text.
    pub fn at(&self, place: u32) -> ScopeNo {
        let behind = self.changes.partition_point(|(start, _)| *start <= place);
        behind.checked_sub(1).map_or(0, |index| self.changes[index].1)
    }

    /// The scope of each local that is in one.
    pub fn of_locals(&self, func: &Func) -> IdxVec<Local, Option<ScopeNo>> {
        let mut scopes: IdxVec<Local, Option<ScopeNo>> = func.locals.iter().map(|_| None).collect();
        for (number, scope) in self.all.iter().enumerate() {
            scope.locals.iter().for_each(|local| scopes[*local] = Some(number));
        }
        scopes
    }
}

struct Builder {
    scopes: Scopes,
    /// Scopes that are open, outermost first.
    open: Vec<ScopeNo>,
}

impl Builder {
    fn current(&self) -> ScopeNo {
        self.open.last().copied().unwrap_or(0)
    }

    fn open_scope(&mut self, range: TextRange) -> ScopeNo {
        let number = self.scopes.all.len();
        self.scopes.all.push(Scope { parent: self.current(), range, locals: Vec::new() });
        self.scopes.changes.push((range.start, number));
        self.open.push(number);
        number
    }

    /// Closes the scopes that end before a place.
    fn close_until(&mut self, place: u32) {
        while self.open.len() > 1 {
            let end = self.scopes.all[self.current()].range.end;
            if end > place {
                return;
            }
            self.open.pop();
            self.scopes.changes.push((end, self.current()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kiln_cfg::{Block, LocalDecl, Terminator};
    use kiln_source::{FileId, Interner};
    use kiln_types::TypeId;

    /// A function of the text 0 to 100 with locals of these names and scopes; the first ones are parameters.
    fn func(params: usize, locals: &[(u32, u32, u32)]) -> Func {
        let decl = |kind, name, (start, end)| LocalDecl {
            ty: TypeId::I32,
            kind,
            name,
            mutable: false,
            range: TextRange::default(),
            scope: TextRange::new(start, end),
        };
        let mut decls = vec![decl(LocalKind::Return, None, (0, 0))];
        let mut names = Interner::new();
        for (index, (name, start, end)) in locals.iter().enumerate() {
            let kind = if index < params { LocalKind::Param(kiln_types::ParamMode::Own) } else { LocalKind::User };
            decls.push(decl(kind, Some(names.intern(&format!("name{name}"))), (*start, *end)));
        }
        let (term, term_range) = (Terminator::Return, TextRange::default());
        let block = Block { stmts: Vec::new(), ranges: Vec::new(), term, term_range };
        Func {
            name: "f".into(),
            file: FileId::default(),
            range: TextRange::new(0, 100),
            locals: decls.into_iter().collect(),
            param_count: params,
            blocks: std::iter::once(block).collect(),
        }
    }

    #[test]
    fn a_name_that_is_given_again_opens_a_scope() {
        // fn f(a) { let b; { let a; } let b; }
        let scopes = Scopes::new(&func(1, &[(1, 0, 100), (2, 20, 100), (1, 40, 50), (2, 60, 100)]));
        let locals: Vec<Vec<u32>> =
            scopes.all.iter().map(|scope| scope.locals.iter().map(|local| local.0).collect()).collect();
        assert_eq!(locals, [vec![1, 2], vec![3], vec![4]]);
        assert_eq!([10, 30, 40, 49, 50, 59, 60, 99].map(|place| scopes.at(place)), [0, 0, 1, 1, 0, 0, 2, 2]);
        assert_eq!(scopes.all[2].parent, 0);
    }

    #[test]
    fn scopes_do_not_nest_without_end() {
        let locals: Vec<(u32, u32, u32)> = (1..=90).map(|start| (1, start, 100)).collect();
        assert_eq!(Scopes::new(&func(0, &locals)).all.len(), DEEPEST + 1);
    }

    #[test]
    fn a_parameter_is_shadowed_in_a_scope() {
        let scopes = Scopes::new(&func(1, &[(1, 0, 100), (1, 20, 100)]));
        assert_eq!((scopes.at(10), scopes.at(20)), (0, 1));
    }
}
