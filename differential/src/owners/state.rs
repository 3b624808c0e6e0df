//! What is known of the variables while a body is written: which have their values, and who may use them.

use super::ty::{Own, Types};
use crate::scope::Lock;
use std::collections::BTreeSet;

/// Whose value a variable shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hold {
    /// Its own, to be moved.
    Owned,
    /// Somebody's, to be looked at.
    Lent,
    /// Somebody's, to be changed.
    Inout,
}

/// A variable.
#[derive(Clone, Debug)]
pub struct Var {
    /// Its name; a later variable of the name hides this one.
    pub name: String,
    /// Its type.
    pub own: Own,
    /// Whose value it is.
    pub hold: Hold,
    /// Whether it can be assigned.
    pub mutable: bool,
    /// Who may use it now.
    pub lock: Lock,
    /// In how many blocks it is.
    pub depth: usize,
    /// The variable of whose value it shows a part.
    pub shows: Option<usize>,
}

impl Var {
    /// Whether it has a name of its own, which a later variable can have as well.
    pub fn is_named(&self) -> bool {
        self.depth > 0 && self.name != "self" && !self.name.contains('[')
    }
}

/// What was moved: a variable, and the fields that lead to it.
pub type Moved = BTreeSet<(usize, Vec<usize>)>;

/// A loop around the code.
#[derive(Clone, Debug)]
pub struct Loop {
    /// Its label.
    pub label: String,
    /// How many variables are outside.
    pub outside: usize,
    /// The type of the value that `break` gives.
    pub value: Option<Own>,
    /// What was moved before it.
    pub before: Moved,
    /// What was moved at each `break`.
    pub breaks: Vec<Moved>,
}

/// A variable or a part of one.
#[derive(Clone, Debug)]
pub struct Place {
    /// Its words.
    pub text: String,
    /// Its type.
    pub own: Own,
    /// The variable.
    pub var: usize,
    /// The fields on the way; none where an index is on it.
    pub path: Option<Vec<usize>>,
    /// Whether its value can be moved out.
    pub movable: bool,
    /// Whether it can be assigned, as far as its variable allows it.
    pub settable: bool,
}

/// All variables.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// The variables, the innermost last.
    pub vars: Vec<Var>,
    /// Which have no value for certain.
    pub moved: Moved,
    /// Loops, the innermost last.
    pub loops: Vec<Loop>,
    /// How many blocks are around the code.
    pub depth: usize,
    /// How many linear values without a name wait for the end of the expression: the code can't leave.
    pub pending: usize,
    /// Variables that were matched or looked at as values: what is moved out of them is known to the compiler only.
    pub uncertain: BTreeSet<usize>,
}

impl Scope {
    /// Adds a variable that has its value.
    pub fn declare(&mut self, name: &str, own: Own, hold: Hold, mutable: bool) {
        let var = Var { name: name.to_owned(), own, hold, mutable, lock: Lock::Free, depth: self.depth, shows: None };
        self.vars.push(var);
    }

    /// Adds the consts of the program: everybody may look at them.
    pub fn declare_consts(&mut self, consts: &[(String, Own)]) {
        for (name, own) in consts {
            self.declare(name, own.clone(), Hold::Lent, false);
        }
    }

    /// Ends the scope of all variables from a number on.
    pub fn forget(&mut self, from: usize) {
        self.vars.truncate(from);
        self.moved.retain(|(var, _)| *var < from);
        self.uncertain.retain(|var| *var < from);
    }

    /// What may have been moved after several ways met.
    pub fn join(&mut self, ways: &[Moved]) {
        let vars = self.vars.len();
        self.moved = ways.iter().flatten().filter(|(var, _)| *var < vars).cloned().collect();
    }

    /// Whether all of a place has its value.
    pub fn is_whole(&self, var: usize, path: &[usize]) -> bool {
        let overlaps = |moved: &[usize]| moved.starts_with(path) || path.starts_with(moved);
        !self.moved.iter().any(|(other, moved)| *other == var && overlaps(moved))
    }

    /// Whether a place can get a new value: it is not part of something that was moved.
    fn can_be_set(&self, var: usize, path: &[usize]) -> bool {
        let is_around = |moved: &[usize]| path.starts_with(moved) && moved.len() < path.len();
        !self.moved.iter().any(|(other, moved)| *other == var && is_around(moved))
    }

    /// Its value is gone.
    pub fn take(&mut self, place: &Place) {
        let path = place.path.clone().unwrap_or_default();
        self.moved.insert((place.var, path));
    }

    /// It has a value again.
    pub fn set(&mut self, place: &Place) {
        if let Some(path) = &place.path {
            self.moved.retain(|(var, moved)| *var != place.var || !moved.starts_with(path));
        }
    }

    /// Whether no later variable hides it.
    pub fn is_visible(&self, at: usize) -> bool {
        self.vars[at + 1..].iter().all(|later| later.name != self.vars[at].name)
    }

    /// Whether the variable may be moved as far as the loops around are concerned: what is outside of one gets a new value then.
    fn may_be_moved(&self, types: &Types, at: usize) -> bool {
        let var = &self.vars[at];
        let outside = self.loops.last().map_or(0, |last| last.outside);
        let is_linear = types.is_linear(&var.own);
        var.hold == Hold::Owned && (at >= outside || var.mutable) && (!is_linear || var.depth == self.depth)
    }

    /// All places that may be used by this lock. Those without a value are among them.
    fn all(&self, types: &Types, lock: Lock, elements: bool) -> Vec<Place> {
        let mut found = Vec::new();
        for (at, var) in self.vars.iter().enumerate() {
            if var.lock > lock || !self.is_visible(at) {
                continue;
            }
            let settable = var.mutable || var.hold == Hold::Inout;
            let place = Place {
                text: var.name.clone(),
                own: var.own.clone(),
                var: at,
                path: Some(Vec::new()),
                movable: self.may_be_moved(types, at),
                settable,
            };
            walk(types, place, elements, &mut found);
        }
        found
    }

    /// Places whose values can be looked at.
    pub fn readable(&self, types: &Types) -> Vec<Place> {
        let mut found = self.all(types, Lock::Read, true);
        found.retain(|place| self.has_value(place));
        found
    }

    /// Places that can be lent to be changed.
    pub fn changeable(&self, types: &Types) -> Vec<Place> {
        let mut found = self.all(types, Lock::Free, true);
        found.retain(|place| place.settable && self.has_value(place));
        found
    }

    /// Places that can be assigned.
    pub fn assignable(&self, types: &Types) -> Vec<Place> {
        let mut found = self.all(types, Lock::Free, true);
        found.retain(|place| match &place.path {
            Some(path) => place.settable && self.can_be_set(place.var, path),
            None => place.settable && self.has_value(place),
        });
        found
    }

    /// Places whose values can be moved out.
    pub fn movable(&self, types: &Types) -> Vec<Place> {
        let mut found = self.all(types, Lock::Free, false);
        found.retain(|place| place.movable && self.has_value(place));
        found
    }

    /// Places whose values were moved for certain, on some way at least.
    pub fn gone(&self, types: &Types) -> Vec<Place> {
        let mut found = self.all(types, Lock::Read, false);
        found.retain(|place| !self.has_value(place) && !self.uncertain.contains(&place.var));
        found
    }

    fn has_value(&self, place: &Place) -> bool {
        match &place.path {
            Some(path) => self.is_whole(place.var, path),
            // Behind an index there are no moves; the array is what counts.
            None => self.is_whole(place.var, &[]),
        }
    }

    /// What is linear in variables from a number on, and is still there.
    pub fn linear(&self, types: &Types, from: usize) -> Vec<Place> {
        let mut found = Vec::new();
        let owned = (from..self.vars.len()).filter(|at| self.vars[*at].hold == Hold::Owned);
        for at in owned {
            let Var { name, own, .. } = self.vars[at].clone();
            let place = Place { text: name, own, var: at, path: Some(Vec::new()), movable: true, settable: false };
            self.linear_parts(types, place, &mut found);
        }
        found
    }

    fn linear_parts(&self, types: &Types, place: Place, found: &mut Vec<Place>) {
        let path = place.path.clone().unwrap_or_default();
        if !types.is_linear(&place.own) {
            return;
        }
        if self.is_whole(place.var, &path) {
            found.push(place);
        } else if self.can_be_set(place.var, &path) && !self.moved.contains(&(place.var, path)) {
            parts(types, &place).for_each(|part| self.linear_parts(types, part, found));
        }
    }
}

/// The fields of a place.
fn parts(types: &Types, place: &Place) -> impl Iterator<Item = Place> {
    let movable = place.movable && types.comes_apart(&place.own);
    types.fields(&place.own).into_iter().enumerate().map(move |(at, (selector, own))| {
        let mut path = place.path.clone();
        if let Some(path) = &mut path {
            path.push(at);
        }
        Place { text: format!("{}{selector}", place.text), own, path, movable, ..place.clone() }
    })
}

/// A place and all its parts.
fn walk(types: &Types, place: Place, elements: bool, found: &mut Vec<Place>) {
    parts(types, &place).for_each(|part| walk(types, part, elements, found));
    if let (true, Own::Array(elem, len)) = (elements, &place.own)
        && *len > 0
    {
        for index in ["0".to_owned(), format!("below(log, {len})")] {
            let text = format!("{}[{index}]", place.text);
            let own = (**elem).clone();
            walk(types, Place { text, own, path: None, movable: false, ..place.clone() }, elements, found);
        }
    }
    found.push(place);
}
