//! What the declarations of a module are called, and their order.

use crate::{DeclKind, Program, VarRef};
use kiln_source::{DeclId, Interner, ModuleId};
use rustc_hash::FxHashMap;

/// Paths of a module's declarations, each different.
pub(super) struct Paths {
    order: Vec<DeclId>,
    paths: FxHashMap<DeclId, String>,
}

impl Paths {
    pub fn new(program: &Program, module: ModuleId, names: &Interner) -> Self {
        let mut children: FxHashMap<Option<DeclId>, Vec<DeclId>> = FxHashMap::default();
        for (id, decl) in program.decls.iter_enumerated().filter(|(_, decl)| decl.module == module) {
            children.entry(decl.parent).or_default().push(id);
        }
        let mut paths = Paths { order: Vec::new(), paths: FxHashMap::default() };
        let mut times: FxHashMap<String, u32> = FxHashMap::default();
        let mut pending: Vec<DeclId> = children.remove(&None).unwrap_or_default();
        pending.reverse();
        while let Some(id) = pending.pop() {
            let decl = &program.decls[id];
            let own = own_name(&decl.kind, names.name(decl.name.symbol));
            let path = match decl.parent.and_then(|parent| paths.paths.get(&parent)) {
                Some(parent) => format!("{parent}::{own}"),
                None => own,
            };
            let count = times.entry(path.clone()).or_insert(0);
            *count += 1;
            let path = if *count == 1 { path } else { format!("{path}#{count}") };
            paths.paths.insert(id, path);
            paths.order.push(id);
            pending.extend(children.remove(&Some(id)).unwrap_or_default().into_iter().rev());
        }
        paths
    }

    /// The declarations in the order they are printed: what is nested stands behind what it is nested in.
    pub fn decls(&self) -> &[DeclId] {
        &self.order
    }

    /// The path of a declaration.
    pub fn of(&self, decl: DeclId) -> String {
        self.paths.get(&decl).cloned().unwrap_or_else(|| format!("{{{decl}}}"))
    }

    /// `outer::x.l3`
    pub fn var(&self, program: &Program, names: &Interner, var: VarRef) -> String {
        let name = names.name(program.decls[var.decl].body.locals[var.local].name);
        format!("{}::{name}.{}", self.of(var.decl), var.local)
    }
}

fn own_name(kind: &DeclKind, name: &str) -> String {
    match kind {
        DeclKind::Struct(decl) if decl.anonymous => "{struct}".to_owned(),
        DeclKind::Enum(decl) if decl.anonymous => "{enum}".to_owned(),
        // A member's; no type has this name.
        DeclKind::Drop { .. } if name == "drop" => name.to_owned(),
        DeclKind::Drop { .. } => format!("{{drop {name}}}"),
        DeclKind::Test { .. } => format!("{{test {name:?}}}"),
        DeclKind::Fn(_) | DeclKind::Struct(_) | DeclKind::Enum(_) | DeclKind::Const(_) | DeclKind::Error => {
            name.to_owned()
        }
    }
}
