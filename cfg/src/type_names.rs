//! Names of types in the text form: as Kiln spells them, with a number behind where two types are spelled alike.

use kiln_source::Interner;
use kiln_types::{Pool, TypeId, ValueId};
use rustc_hash::FxHashMap;

/// The types of a pool by name and back. Types that are made later are not in it.
#[derive(Debug, Default)]
pub struct TypeNames {
    by_name: FxHashMap<Box<str>, TypeId>,
    /// Names of those that are not spelled uniquely.
    numbered: FxHashMap<TypeId, Box<str>>,
}

impl TypeNames {
    /// The names of all types in the pool.
    pub fn new(pool: &Pool, names: &Interner) -> TypeNames {
        let mut table = TypeNames::default();
        let mut seen: FxHashMap<Box<str>, u32> = FxHashMap::default();
        for ty in (0..pool.len() as u32).filter_map(|number| pool.as_type(ValueId(number))) {
            let mut name: Box<str> = pool.display(ty, names).to_string().into();
            let count = seen.entry(name.clone()).or_insert(0);
            *count += 1;
            if *count > 1 {
                name = format!("{name}#{count}").into();
                table.numbered.insert(ty, name.clone());
            }
            table.by_name.insert(name, ty);
        }
        table
    }

    /// The type with this name.
    pub fn find(&self, name: &str) -> Option<TypeId> {
        self.by_name.get(name).copied()
    }

    /// The name of a type.
    pub fn name(&self, pool: &Pool, names: &Interner, ty: TypeId) -> String {
        match self.numbered.get(&ty) {
            Some(name) => name.to_string(),
            None => pool.display(ty, names).to_string(),
        }
    }
}
