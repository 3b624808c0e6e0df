//! A body of a program with owners while it is being written.

use super::state::{Hold, Place, Scope};
use super::ty::{Decl, Own, Types};
use crate::Pick;
use crate::body::Body;
use crate::scope::Lock;
use crate::ty::{INTS, Ty};

/// How a parameter is passed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// `x: T`
    Value,
    /// `borrow x: T`
    Borrow,
    /// `inout x: T`
    Inout,
}

/// A function with owners. Its first parameter is the log.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The struct it is a method of; the receiver is the first parameter then.
    pub method: Option<usize>,
    /// Its other parameters.
    pub params: Vec<(Mode, Own)>,
    /// Its result.
    pub result: Own,
    /// What a call costs at most, roughly.
    pub cost: u64,
}

/// What code with owners can name.
#[derive(Clone, Debug, Default)]
pub struct World {
    /// The types.
    pub types: Types,
    /// The functions that are finished.
    pub functions: Vec<Function>,
    /// Types of which values are looked at, by the number of the function that does it.
    pub looked: Vec<Own>,
}

/// The text of a block or statement, and whether its end is reached.
pub type Written = (String, bool);

/// A body that is being written.
#[derive(Debug)]
pub struct Writer<'i> {
    /// What writes data.
    pub body: Body<'i>,
    /// What all code can name.
    pub world: &'i mut World,
    /// The variables.
    pub scope: Scope,
    /// What `return` gives.
    pub result: Option<Own>,
}

impl<'i> Writer<'i> {
    /// An empty one.
    pub fn new(body: Body<'i>, world: &'i mut World) -> Writer<'i> {
        Writer { body, world, scope: Scope::default(), result: None }
    }

    /// The beginning of a line.
    pub fn line(&self) -> String {
        self.body.line()
    }

    /// A value whose type is copied. It returns only where nothing has to be used up before.
    pub fn data(&mut self, pick: &Pick<'_>, ty: &Ty) -> String {
        self.with_returns(|writer| writer.body.expr(pick, ty, true).text)
    }

    /// Lets data return from the function in `work`, if it can.
    pub fn with_returns<R>(&mut self, work: impl FnOnce(&mut Self) -> R) -> R {
        self.body.result = match &self.result {
            Some(Own::Data(ty)) if self.scope.linear(0).is_empty() => Some(ty.clone()),
            _ => None,
        };
        let result = work(self);
        self.body.result = None;
        result
    }

    /// A condition.
    pub fn condition(&mut self, pick: &Pick<'_>) -> String {
        match pick.take(6) {
            0..=2 => format!("chance(log, {})", pick.take(50)),
            3 => self.data(&pick.part(9), &Ty::Bool),
            _ => match self.look(pick) {
                Some(look) => format!("{look} % 3 != 1"),
                None => "chance(log, 1)".to_owned(),
            },
        }
    }

    /// `look3(place)`: a number from a value.
    pub fn look(&mut self, pick: &Pick<'_>) -> Option<String> {
        let places = self.scope.readable(&self.world.types);
        if places.is_empty() {
            return None;
        }
        let place = pick.of(&places);
        self.body.charge(2 * self.world.types.size(&place.own));
        Some(format!("{}({})", self.looker(&place.own), place.text))
    }

    /// The name of the function that looks at values of a type.
    pub fn looker(&mut self, own: &Own) -> String {
        let known = self.world.looked.iter().position(|looked| looked == own);
        let number = known.unwrap_or_else(|| {
            self.world.looked.push(own.clone());
            self.world.looked.len() - 1
        });
        format!("look{number}")
    }

    /// Declares a variable and gives its name: a new one, or one of this block that is hidden by it.
    pub fn declare(&mut self, pick: &Pick<'_>, own: &Own, hold: Hold, mutable: bool) -> String {
        let here = self.scope.depth;
        let hidden =
            self.scope.vars.iter().rev().find(|var| var.depth == here && var.own != Own::Token && var.name != "self");
        let name = match hidden {
            Some(var) if pick.once_in(8) && hold == Hold::Owned && *own != Own::Token => var.name.clone(),
            _ => self.body.items.fresh("o"),
        };
        if let Own::Data(ty) = own {
            let name = self.body.items.fresh("d");
            self.body.declare(&name, ty.clone(), mutable);
            return name;
        }
        self.scope.declare(&name, own.clone(), hold, mutable);
        name
    }

    /// Lets nobody but readers, or nobody at all, use a variable while `work` runs.
    pub fn locked<R>(&mut self, var: usize, lock: Lock, work: impl FnOnce(&mut Self) -> R) -> R {
        let before = self.scope.vars[var].lock;
        self.scope.vars[var].lock = before.max(lock);
        let result = work(self);
        self.scope.vars[var].lock = before;
        result
    }

    /// Places of one kind that fit.
    pub fn find(&self, places: Vec<Place>, fits: impl Fn(&Own) -> bool) -> Vec<Place> {
        places.into_iter().filter(|place| fits(&place.own)).collect()
    }

    /// A type of a variable, parameter or part.
    pub fn own(&self, pick: &Pick<'_>, depth: usize) -> Own {
        let kinds = if depth == 0 { 6 } else { 19 };
        let inner = || Box::new(self.own(pick, depth - 1));
        match pick.take(kinds) {
            0..=2 => Own::File,
            3 => Own::Text,
            4 => pick.of(&[Own::Shared, Own::List, Own::Text]),
            5 => Own::Data(Ty::Int(pick.of(&INTS))),
            6 | 7 => Own::Option(inner()),
            8 => Own::Result(inner(), inner()),
            9 | 10 => Own::Vec(inner()),
            11 => Own::Tuple((0..1 + pick.take(3)).map(|_| *inner()).collect()),
            12 => Own::Array(inner(), pick.of(&[2, 1, 3, 0])),
            13 => Own::Boxed(inner()),
            14 => Own::Map(Box::new(pick.of(&[Own::Data(Ty::Int(INTS[0])), Own::Text])), inner()),
            15 => Own::Deque(inner()),
            16 => Own::Data(self.body.ty(pick, 1)),
            _ if self.world.types.decls.is_empty() => Own::File,
            _ => {
                let number = pick.take(self.world.types.decls.len());
                match self.world.types.decls[number] {
                    Decl::Struct(_) => Own::Struct(number),
                    Decl::Enum(_) => Own::Enum(number),
                    Decl::Maker => Own::Made(number, inner()),
                }
            }
        }
    }
}
