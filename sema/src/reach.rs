//! What exists at run time: the functions that `main`, the tests and what is exported reach. Values that only a compiler can hold,
//! such as types, are refused there.

use crate::context::Sema;
use crate::errors;
use kiln_cfg::{Func, Mention, Operand, Reference};
use kiln_source::{IdxVec, TextRange};
use kiln_types::{FuncId, RelocTarget, StaticId, TypeId, TypeKey, ValueId, ValueKey};
use rustc_hash::FxHashSet;

impl Sema<'_> {
    /// Which functions these reach, in any number of steps. What panics and guards memory is always reached.
    pub fn reached_from(&self, roots: Vec<FuncId>) -> IdxVec<FuncId, bool> {
        let mut reached: IdxVec<FuncId, bool> = self.program.infos.ids().map(|_| false).collect();
        let mut work = roots;
        work.extend(self.program.panic.into_iter().chain(self.program.guard));
        while let Some(func) = work.pop() {
            if !std::mem::replace(&mut reached[func], true)
                && let Some(Some(body)) = self.program.bodies.get(func)
            {
                self.functions_of(body, &mut work);
            }
        }
        reached
    }

    /// Drops bodies and signatures of all other functions.
    pub fn keep(&mut self, reached: &IdxVec<FuncId, bool>) {
        for func in reached.ids().filter(|func| !reached[*func]) {
            self.program.infos[func] = None;
            if let Some(body) = self.program.bodies.get_mut(func) {
                *body = None;
            }
            if let Some(air) = self.airs.get_mut(func) {
                *air = None;
            }
        }
    }

    /// Refuses values of comptime-only types in functions that exist at run time. The user's functions are named first: those of the
    /// library, and those the compiler makes for types, only handle what they are given.
    pub fn check_reached(&mut self, reached: &IdxVec<FuncId, bool>) {
        if self.reporter.has_errors() {
            return;
        }
        let mut clean = FxHashSet::default();
        let mut in_library = None;
        for func in reached.ids().filter(|func| reached[*func]) {
            let Some(body) = self.program.bodies.get(func).cloned().flatten() else { continue };
            let Some((range, ty)) = self.comptime_only_value(&body, &mut clean) else { continue };
            let span = range.in_file(body.file);
            let error = errors::comptime_only_value(span, &self.show(ty));
            if self.is_std(span) || range.is_empty() {
                in_library.get_or_insert(error);
            } else {
                self.error(error);
            }
        }
        if let Some(error) = in_library.filter(|_| !self.reporter.has_errors()) {
            self.error(error);
        }
    }

    /// The narrowest place in a body with a value that has a type or module inside, and its type.
    fn comptime_only_value(&self, body: &Func, clean: &mut FxHashSet<TypeId>) -> Option<(TextRange, TypeId)> {
        let mut found = Vec::new();
        let mut look = |range: TextRange, ty: TypeId| {
            if self.holds_types(ty, clean) {
                clean.clear();
                found.push((range, ty));
            }
        };
        // What becomes the result is seen where it is made.
        for local in body.locals.iter().skip(1) {
            look(local.range, local.ty);
        }
        for block in body.blocks.iter() {
            for (stmt, range) in block.stmts.iter().zip(&block.ranges) {
                stmt.for_each_mention(&mut |mention| {
                    if let Mention::Operand(Operand::Const(value)) = mention {
                        look(*range, self.pool.type_of(value));
                    }
                });
            }
        }
        found.into_iter().min_by_key(|(range, _)| (range.is_empty(), range.len(), range.start))
    }

    /// Whether a value of the type has a type or module inside, which no data can hold.
    pub fn is_comptime_only(&self, ty: TypeId) -> bool {
        self.holds_types(ty, &mut FxHashSet::default())
    }

    /// As [`Self::is_comptime_only`]; types that are `clean` hold none. If this one does, `clean` is no longer right.
    fn holds_types(&self, ty: TypeId, clean: &mut FxHashSet<TypeId>) -> bool {
        let key = self.pool.key(ty);
        if matches!(key, TypeKey::Type | TypeKey::Module) {
            return true;
        }
        if !clean.insert(ty) {
            return false;
        }
        match key {
            TypeKey::Array { elem, .. } => self.holds_types(*elem, clean),
            TypeKey::Tuple(parts) => parts.iter().any(|part| self.holds_types(*part, clean)),
            _ => match (self.pool.struct_def(ty), self.pool.enum_def(ty)) {
                (Some(def), _) => def.fields.iter().any(|field| self.holds_types(field.ty, clean)),
                (_, Some(def)) => {
                    let mut fields = def.variants.iter().flat_map(|variant| variant.fields.iter());
                    fields.any(|field| self.holds_types(field.ty, clean))
                }
                _ => false,
            },
        }
    }

    fn functions_of(&self, body: &Func, work: &mut Vec<FuncId>) {
        let mut statics = Vec::new();
        body.for_each_reference(&mut |reference| match reference {
            Reference::Func(func) => work.push(func),
            Reference::Static(data) => statics.push(data),
            Reference::Const(value) => self.functions_of_value(value, work, &mut statics),
        });
        self.functions_of_statics(statics, work);
    }

    fn functions_of_value(&self, value: ValueId, work: &mut Vec<FuncId>, statics: &mut Vec<StaticId>) {
        match self.pool.value_key(value) {
            Some(ValueKey::Fn { func, .. }) => work.push(*func),
            Some(ValueKey::StaticPtr { data, .. }) => statics.push(*data),
            Some(ValueKey::Aggregate { parts, .. } | ValueKey::Variant { parts, .. }) => {
                parts.iter().for_each(|part| self.functions_of_value(*part, work, statics));
            }
            _ => {}
        }
    }

    /// Functions whose addresses stand in static data.
    fn functions_of_statics(&self, mut statics: Vec<StaticId>, work: &mut Vec<FuncId>) {
        let mut seen: FxHashSet<StaticId> = FxHashSet::default();
        while let Some(data) = statics.pop() {
            if !seen.insert(data) {
                continue;
            }
            for reloc in &self.program.statics.get(data).relocs {
                match reloc.target {
                    RelocTarget::Func(func) => work.push(func),
                    RelocTarget::Static { data, .. } => statics.push(data),
                }
            }
        }
    }
}
