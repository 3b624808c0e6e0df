//! A body of a program with owners while it is being written.

use super::fault::Fault;
use super::state::{Hold, Place, Scope, Var};
use super::ty::{Decl, Own, Types};
use crate::Pick;
use crate::body::Body;
use crate::scope::Lock;
use crate::ty::{INTS, Ty};
use std::collections::BTreeSet;

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

/// A function with owners. Its first parameter is the log, behind a type `T` and what makes its values if it is generic.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The struct it is a method of; the receiver is the first parameter then.
    pub method: Option<usize>,
    /// Whether it is generic.
    pub generic: bool,
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
    /// Consts with values that own something.
    pub consts: Vec<(String, Own)>,
    /// Types of which values are looked at, by the number of the function that does it.
    pub looked: Vec<Own>,
    /// Which of these are ordered by what is seen, and accepted or not.
    pub ordered: BTreeSet<usize>,
    /// Types with something linear of which values are used up, by the number of the function that does it.
    pub spent: Vec<Own>,
    /// Types of which a value can be asked for by generic functions, by the number of the function that gives it.
    pub made: Vec<Own>,
    /// These functions.
    pub makers: String,
    /// Whether the program may panic.
    pub panics: bool,
    /// Whether something has to be wrong in the program.
    pub wrong: bool,
    /// What is still to be done wrong.
    pub fault: Fault,
}

impl World {
    /// The name of the function that looks at values of a type.
    pub fn looker(&mut self, own: &Own) -> String {
        format!("look{}", number(&mut self.looked, own))
    }

    /// The number of the functions that order the values of a type by what is seen, and accept them or not.
    pub fn order(&mut self, own: &Own) -> usize {
        let number = number(&mut self.looked, own);
        self.ordered.insert(number);
        number
    }

    /// What uses up the linear parts of a value.
    pub fn spend(&mut self, own: &Own, text: &str) -> String {
        match own {
            Own::Token => format!("spend({text})"),
            own => format!("spend{}({text})", number(&mut self.spent, own)),
        }
    }
}

/// The number of a type in a list to which it is added if it is not there.
fn number(list: &mut Vec<Own>, own: &Own) -> usize {
    list.iter().position(|known| known == own).unwrap_or_else(|| {
        list.push(own.clone());
        list.len() - 1
    })
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
    /// Whether `T` is a type here.
    pub generic: bool,
}

impl<'i> Writer<'i> {
    /// An empty one.
    pub fn new(body: Body<'i>, world: &'i mut World) -> Writer<'i> {
        let mut scope = Scope::default();
        scope.declare_consts(&world.consts);
        Writer { body, world, scope, result: None, generic: false }
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
            Some(Own::Data(ty)) if self.can_return() && !self.world.wrong => Some(ty.clone()),
            _ => None,
        };
        let result = work(self);
        self.body.result = None;
        result
    }

    /// Whether nothing has to be used up before the function is left.
    pub fn can_return(&self) -> bool {
        self.scope.pending == 0 && self.scope.linear(&self.world.types, 0).is_empty()
    }

    /// A condition.
    pub fn condition(&mut self, pick: &Pick<'_>) -> String {
        match pick.take(7) {
            0..=2 => format!("chance(log, {})", pick.take(50)),
            3 => self.data(&pick.part(9), &Ty::Bool),
            4 if self.body.can_afford(1000) => {
                let own = self.own(pick, 1);
                let value = self.shown_value(&pick.part(8), &own);
                format!("{} % 3 != 1", self.looked(&own, &value))
            }
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
        Some(self.looked(&place.own, &place.text))
    }

    /// A number from these words for a value.
    pub fn looked(&mut self, own: &Own, text: &str) -> String {
        if own.has_param() { format!("tally({own}, {text})") } else { format!("{}({text})", self.world.looker(own)) }
    }

    /// Declares a variable and gives its name: a new one, or one of this block that is hidden by it.
    pub fn declare(&mut self, pick: &Pick<'_>, own: &Own, hold: Hold, mutable: bool) -> String {
        let here = self.scope.depth;
        let types = &self.world.types;
        let can_be_hidden = |var: &&Var| var.depth == here && !types.is_linear(&var.own) && var.is_named();
        let hidden = self.scope.vars.iter().rev().find(can_be_hidden);
        let name = match hidden {
            Some(var) if pick.once_in(8) && hold == Hold::Owned && !types.is_linear(own) => var.name.clone(),
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

    /// A type of a variable, parameter or part. Nothing in it is linear.
    pub fn own(&self, pick: &Pick<'_>, depth: usize) -> Own {
        let kinds = if depth == 0 { 6 } else { 20 };
        let inner = || Box::new(self.own(pick, depth - 1));
        let key = || Box::new(pick.of(&[Own::Data(Ty::Int(INTS[0])), Own::Text, Own::File]));
        if self.generic && pick.take(3) == 1 {
            return Own::Param;
        }
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
            14 => Own::Map(key(), inner()),
            15 => Own::Deque(inner()),
            16 => Own::Data(self.body.ty(pick, 1)),
            17 => Own::Set(key()),
            _ => self.declared(pick, depth).filter(|own| !self.world.types.is_linear(own)).unwrap_or(Own::File),
        }
    }

    /// A declared type.
    fn declared(&self, pick: &Pick<'_>, depth: usize) -> Option<Own> {
        let decls = &self.world.types.decls;
        if decls.is_empty() {
            return None;
        }
        let number = pick.take(decls.len());
        Some(match decls[number] {
            Decl::Struct(_) => Own::Struct(number),
            Decl::Enum(_) => Own::Enum(number),
            Decl::Maker(_) => Own::Made(number, Box::new(self.own(pick, depth.saturating_sub(1)))),
        })
    }

    /// A type with something linear in it.
    pub fn linear_own(&self, pick: &Pick<'_>) -> Own {
        let token = || Box::new(Own::Token);
        // What uses them up knows no `T`.
        let other = |depth| Some(self.own(pick, depth)).filter(|own| !own.has_param()).unwrap_or(Own::File);
        match pick.take(6) {
            0 => Own::Token,
            1 => Own::Option(token()),
            2 => Own::Result(token(), Box::new(other(0))),
            3 => Own::Tuple(vec![other(1), Own::Token, other(0)]),
            _ => self.declared(pick, 1).filter(|own| self.world.types.is_linear(own)).unwrap_or(Own::Token),
        }
    }
}
