//! What each `drop` does: nothing, a call of drop glue, or calls that a flag or a tag decides about.
//!
//! ```text
//! drop _1        // moved on every way here      (nothing)
//! drop _1        // not moved                    call drop File(&_1)
//! drop _1        // moved on some ways           branch _9, bb4, bb5     _9: the flag
//! drop _1        // _1.0 moved                   call drop File(&_1.1)
//! ```

use super::bits;
use super::flow::State;
use super::paths::{PathId, Paths};
use kiln_cfg::{Place, Proj};
use kiln_source::Idx;
use kiln_types::{Pool, TypeId};

/// What remains of a drop.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Plan {
    /// A call of the type's glue.
    Glue { place: Place, ty: TypeId },
    /// If the path's flag is set.
    If { flag: PathId, plans: Vec<Plan> },
    /// By the enum's tag: for each of these variants its plans, for all others the glue of the whole, if they need it.
    Switch { place: Place, ty: TypeId, variants: Vec<(u32, Vec<Plan>)>, others: bool },
}

/// How sure it is that a path has its value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Sure {
    /// It has none.
    Gone,
    /// It has it.
    There,
    /// It has it on some of the ways here.
    Maybe,
}

/// Makes plans for the drops of one function.
pub(crate) struct Planner<'a> {
    pub pool: &'a Pool,
    pub paths: &'a Paths,
}

impl Planner<'_> {
    /// What dropping the path does where the state is this.
    pub fn plan(&self, path: PathId, state: &State) -> Vec<Plan> {
        let mut plans = Vec::new();
        self.add(path, state, &mut plans);
        plans
    }

    fn sure(&self, path: PathId, state: &State) -> Sure {
        match (bits::contains(&state.live, path.index()), bits::contains(&state.moved, path.index())) {
            (false, _) => Sure::Gone,
            (true, false) => Sure::There,
            (true, true) => Sure::Maybe,
        }
    }

    fn add(&self, path: PathId, state: &State, plans: &mut Vec<Plan>) {
        let data = self.paths.data(path);
        let below = self.paths.below(path);
        if data.ty.variant.is_none() && !self.pool.needs_drop(data.ty.ty)
            || !bits::intersects(&state.live, below.clone())
        {
            return;
        }
        let place = self.paths.place(path);
        let is_whole = bits::covers(&state.live, below.clone()) && !bits::intersects(&state.moved, below.clone());
        if below.len() == 1 || is_whole {
            return self.add_whole(path, self.sure(path, state), place, data.ty.ty, plans);
        }
        match self.pool.enum_def(data.ty.ty) {
            Some(_) => self.add_enum(path, state, place, data.ty.ty, plans),
            None => {
                let count = self.pool.field_count(data.ty.ty).unwrap_or(0);
                let fields = (0..count).filter_map(|index| self.pool.field_type(data.ty.ty, index)).collect::<Vec<_>>();
                self.add_fields(path, path, state, &fields, plans);
            }
        }
    }

    fn add_whole(&self, path: PathId, sure: Sure, place: Place, ty: TypeId, plans: &mut Vec<Plan>) {
        if !self.pool.needs_drop(ty) {
            return;
        }
        let plan = Plan::Glue { place, ty };
        match sure {
            Sure::Gone => {}
            Sure::There => plans.push(plan),
            Sure::Maybe => plans.push(Plan::If { flag: path, plans: vec![plan] }),
        }
    }

    /// The fields one by one, those without a path of their own as sure as `own` is.
    fn add_fields(&self, own: PathId, path: PathId, state: &State, fields: &[TypeId], plans: &mut Vec<Plan>) {
        for (index, ty) in (0..).zip(fields) {
            let step = Proj::Field(index);
            match self.paths.children(path).find(|child| child.1 == step) {
                Some((child, _)) => self.add(child, state, plans),
                None => self.add_whole(own, self.sure(own, state), self.paths.place(path).then(step), *ty, plans),
            }
        }
    }

    /// An enum of whose payload something was moved.
    fn add_enum(&self, path: PathId, state: &State, place: Place, ty: TypeId, plans: &mut Vec<Plan>) {
        let Some(def) = self.pool.enum_def(ty) else { return };
        let mut variants = Vec::new();
        for (child, step) in self.paths.children(path) {
            let Proj::Variant(variant) = step else { continue };
            let fields: Vec<TypeId> = def.variants[variant as usize].fields.iter().map(|field| field.ty).collect();
            let mut inner = Vec::new();
            if bits::intersects(&state.live, self.paths.below(child)) {
                self.add_fields(child, child, state, &fields, &mut inner);
            }
            variants.push((variant, inner));
        }
        let listed = |index: usize| variants.iter().any(|variant| variant.0 as usize == index);
        let others = self.sure(path, state) != Sure::Gone
            && (0..def.variants.len())
                .filter(|index| !listed(*index))
                .any(|index| def.variants[index].fields.iter().any(|field| self.pool.needs_drop(field.ty)));
        if !others && variants.iter().all(|variant| variant.1.is_empty()) {
            return;
        }
        let plan = Plan::Switch { place, ty, variants, others };
        match self.sure(path, state) {
            Sure::Gone => {}
            Sure::There => plans.push(plan),
            Sure::Maybe => plans.push(Plan::If { flag: path, plans: vec![plan] }),
        }
    }
}

/// Calls `f` with every path whose flag the plans ask for.
pub(crate) fn for_each_flag(plans: &[Plan], f: &mut impl FnMut(PathId)) {
    for plan in plans {
        match plan {
            Plan::Glue { .. } => {}
            Plan::If { flag, plans } => {
                f(*flag);
                for_each_flag(plans, f);
            }
            Plan::Switch { variants, .. } => variants.iter().for_each(|variant| for_each_flag(&variant.1, f)),
        }
    }
}
