//! Statements that are refused: each does one thing wrong, and says on its line which error that is.

use super::state::{Hold, Place, Var};
use super::ty::Own;
use super::writer::Writer;
use crate::Pick;
use crate::scope::Lock;

/// How many sorts of mistakes there are.
pub const MISTAKES: usize = 14;

/// What is to be done wrong in a program.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Fault {
    /// Nothing, or it was done already.
    #[default]
    None,
    /// One mistake.
    Wanted {
        /// Which one, below [`MISTAKES`].
        mistake: usize,
        /// Behind how many statements at least.
        after: usize,
    },
}

impl Writer<'_> {
    /// The wrong statement, where it is wanted and possible.
    pub fn wrong(&mut self, pick: &Pick<'_>) -> Option<String> {
        let Fault::Wanted { mistake, after } = self.world.fault else { return None };
        if self.generic || self.body.comptime {
            return None;
        }
        if after > 0 {
            self.world.fault = Fault::Wanted { mistake, after: after - 1 };
            return None;
        }
        let (text, code) = self.mistake(pick, mistake)?;
        self.world.fault = Fault::None;
        Some(format!("{text} // error[{code}]"))
    }

    fn mistake(&mut self, pick: &Pick<'_>, mistake: usize) -> Option<(String, &'static str)> {
        Some(match mistake {
            0 => (self.use_of_moved(pick)?, "E0205"),
            1 => {
                let Place { text, own, .. } = self.taken(pick)?;
                (format!("either({own}, {text}, {text}, chance(log, 1));"), "E0205")
            }
            2 => {
                let Place { text, own, .. } = self.taken(pick)?;
                (format!("for _ in 0..2 {{ mem::discard({own}, {text}); }}"), "E0205")
            }
            3 => {
                let Place { text, own, .. } = self.taken(pick)?;
                let seen = self.looked(&own, &text);
                (format!("if chance(log, 2) {{ mem::discard({own}, {text}); }} say(log, {seen});"), "E0205")
            }
            4 => (moved(&self.lent(pick)?), "E0206"),
            5 => (moved(&self.one(pick, |place| place.path.is_none())?), "E0206"),
            6 => (moved(&self.part_of_destructible(pick)?), "E0206"),
            7 => {
                let Place { text, own, .. } = self.changeable(pick, |own| !matches!(own, Own::Slice(_)))?;
                (format!("mem::swap({own}, inout {text}, inout {text});"), "E0207")
            }
            8 => {
                let Place { text, own, .. } = self.taken(pick)?;
                (format!("beside({own}, {text}, {text});"), "E0207")
            }
            9 => (self.written_while_seen(pick)?, "E0207"),
            10 => (self.written_though_fixed(pick)?, "E0202"),
            11 => {
                let own = Some(self.own(pick, 1)).filter(|own| !self.world.types.is_copied(own)).unwrap_or(Own::File);
                let (value, other) = (self.simplest(&own), self.simplest(&own));
                (format!("put({own}, {value}, inout {other});"), "E0203")
            }
            12 => {
                let own = self.linear_own(pick);
                let value = self.simplest(&own);
                let text = match pick.take(3) {
                    0 => format!("let lost: {own} = {value};"),
                    1 => format!("let _: {own} = {value};"),
                    _ => format!("give({own}, {value});"),
                };
                (text, "E0208")
            }
            _ => {
                let is_row = |own: &Own| matches!(own, Own::Vec(_) | Own::Array(..) | Own::Slice(_) | Own::Text);
                let places = self.find(self.scope.readable(&self.world.types), is_row);
                let place = if places.is_empty() { return None } else { pick.of(&places) };
                (format!("let part = {}[0..0];", place.text), "E0210")
            }
        })
    }

    /// A place that is moved from now on.
    fn taken(&mut self, pick: &Pick<'_>) -> Option<Place> {
        let place = self.one(pick, |place| place.movable)?;
        self.scope.take(&place);
        Some(place)
    }

    /// A place with a value that is neither copied nor linear.
    fn one(&self, pick: &Pick<'_>, fits: impl Fn(&Place) -> bool) -> Option<Place> {
        let types = &self.world.types;
        let is_owner = |own: &Own| !types.is_copied(own) && !types.is_linear(own) && !matches!(own, Own::Slice(_));
        let places = self.scope.readable(types).into_iter();
        let is_free = |place: &Place| self.scope.vars[place.var].lock == Lock::Free;
        let places: Vec<Place> = places.filter(|place| is_owner(&place.own) && is_free(place) && fits(place)).collect();
        if places.is_empty() { None } else { Some(pick.of(&places)) }
    }

    /// Something that was moved is moved again, or looked at.
    fn use_of_moved(&mut self, pick: &Pick<'_>) -> Option<String> {
        let types = &self.world.types;
        let places: Vec<Place> =
            self.scope.gone(types).into_iter().filter(|place| !types.is_linear(&place.own)).collect();
        let place = if places.is_empty() { return None } else { pick.of(&places) };
        Some(match pick.take(4) {
            0 => moved(&place),
            1 => format!("let _again = {};", place.text),
            2 => format!("mem::clone({});", place.text),
            _ => format!("say(log, {});", self.looked(&place.own, &place.text)),
        })
    }

    /// A part of a parameter, of a const, or of an element.
    fn lent(&self, pick: &Pick<'_>) -> Option<Place> {
        let is_lent = |var: &Var| var.hold == Hold::Inout || var.hold == Hold::Lent && var.depth <= 1;
        self.one(pick, |place| is_lent(&self.scope.vars[place.var]))
    }

    /// A field of something with a destructor of its own.
    fn part_of_destructible(&self, pick: &Pick<'_>) -> Option<Place> {
        let types = &self.world.types;
        let whole = self.one(pick, |place| place.movable && !types.comes_apart(&place.own))?;
        let fields = types.fields(&whole.own);
        let (selector, own) = if fields.is_empty() { return None } else { pick.of(&fields) };
        let owns = !types.is_copied(&own);
        owns.then(|| Place { text: format!("{}{selector}", whole.text), own, ..whole })
    }

    /// What a binding shows is written, and then the binding is looked at.
    fn written_while_seen(&mut self, pick: &Pick<'_>) -> Option<String> {
        let vars = &self.scope.vars;
        let mut pairs = Vec::new();
        for (at, binding) in vars.iter().enumerate() {
            let Some(shown) = binding.shows else { continue };
            let owner = &vars[shown];
            let settable = owner.mutable || owner.hold == Hold::Inout;
            let is_seen = self.scope.is_visible(at) && self.scope.is_visible(shown);
            let is_linear = self.world.types.is_linear(&owner.own);
            if settable && is_seen && !is_linear && !matches!(owner.own, Own::Slice(_)) {
                pairs.push((binding.clone(), owner.clone()));
            }
        }
        let (binding, owner) = if pairs.is_empty() { return None } else { pick.of(&pairs) };
        let (value, seen) = (self.simplest(&owner.own), self.looked(&binding.own, &binding.name));
        Some(format!("{} = {value}; say(log, {seen});", owner.name))
    }

    /// A variable that can't be changed is assigned, or lent to be changed.
    fn written_though_fixed(&mut self, pick: &Pick<'_>) -> Option<String> {
        let is_fixed = |var: &Var| !var.mutable && var.hold != Hold::Inout && var.depth > 0 && var.name != "self";
        let place = self.one(pick, |place| {
            place.path.as_ref().is_some_and(Vec::is_empty) && is_fixed(&self.scope.vars[place.var])
        })?;
        let value = self.simplest(&place.own);
        Some(match pick.take(2) {
            0 => format!("{} = {value};", place.text),
            _ => format!("put({}, {value}, inout {});", place.own, place.text),
        })
    }
}

fn moved(place: &Place) -> String {
    format!("give({}, {});", place.own, place.text)
}
