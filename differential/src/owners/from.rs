//! Values that come out of other values.

use super::state::Place;
use super::ty::Own;
use super::writer::Writer;
use crate::Pick;
use crate::scope::Lock;

impl Writer<'_> {
    /// A value out of another one, if there is something to get it from.
    pub fn out_of(&mut self, pick: &Pick<'_>, own: &Own) -> Option<String> {
        if self.world.types.is_linear(own) {
            return if pick.take(2) == 0 { self.replaced(pick, own) } else { None };
        }
        match pick.take(9) {
            0 => self.unwrapped(pick, own),
            1 => self.out_of_vec(pick, own),
            2 => self.replaced(pick, own),
            3 => {
                let (a, b) = (self.value(&pick.part(0), own), self.value(&pick.part(1), own));
                Some(format!("either({own}, {a}, {b}, {})", self.condition(pick)))
            }
            4 => Some(format!("give({own}, {})", self.value(&pick.part(0), own))),
            5 => self.tried(pick, own),
            6 => self.copied(pick, own),
            _ => self.by_type(pick, own),
        }
    }

    /// A place whose value can be moved out; nothing in it is linear.
    fn movable(&self, pick: &Pick<'_>, fits: impl Fn(&Own) -> bool) -> Option<Place> {
        let types = &self.world.types;
        let places = self.find(self.scope.movable(types), |own| fits(own) && !types.is_linear(own));
        if places.is_empty() { None } else { Some(pick.of(&places)) }
    }

    /// A place to be changed.
    pub fn changeable(&self, pick: &Pick<'_>, fits: impl Fn(&Own) -> bool) -> Option<Place> {
        let places = self.find(self.scope.changeable(&self.world.types), fits);
        if places.is_empty() { None } else { Some(pick.of(&places)) }
    }

    fn readable(&self, pick: &Pick<'_>, fits: impl Fn(&Own) -> bool) -> Option<Place> {
        let places = self.find(self.scope.readable(&self.world.types), fits);
        if places.is_empty() { None } else { Some(pick.of(&places)) }
    }

    /// `option.unwrap_or(value)`
    fn unwrapped(&mut self, pick: &Pick<'_>, own: &Own) -> Option<String> {
        let holds = |ty: &Own| match ty {
            Own::Option(of) | Own::Result(of, _) | Own::Boxed(of) => **of == *own,
            _ => false,
        };
        let place = self.movable(pick, holds)?;
        self.scope.take(&place);
        if let Own::Boxed(_) = place.own {
            return Some(format!("{}.into()", place.text));
        }
        Some(format!("{}.unwrap_or({})", place.text, self.value(&pick.part(0), own)))
    }

    fn out_of_vec(&mut self, pick: &Pick<'_>, own: &Own) -> Option<String> {
        let place = self.changeable(pick, |ty| matches!(ty, Own::Vec(of) if **of == *own))?;
        let text = &place.text;
        let method = pick.of(&["swap_remove", "remove"]);
        let before = self.scope.moved.clone();
        let other = self.value(&pick.part(0), own);
        let moved = self.scope.moved.clone();
        self.scope.join(&[before, moved]);
        Some(format!("(if {text}.len() > 0 {{ {text}.{method}(below(log, {text}.len())) }} else {{ {other} }})"))
    }

    fn replaced(&mut self, pick: &Pick<'_>, own: &Own) -> Option<String> {
        let place = self.changeable(pick, |ty| ty == own)?;
        let value = self.locked(place.var, Lock::Taken, |writer| writer.value(&pick.part(0), own));
        Some(format!("mem::replace({own}, inout {}, {value})", place.text))
    }

    /// `value?`
    fn tried(&mut self, pick: &Pick<'_>, own: &Own) -> Option<String> {
        if !self.can_return() {
            return None;
        }
        let of = match self.result.clone()? {
            Own::Option(_) => Own::Option(Box::new(own.clone())),
            Own::Result(_, error) => Own::Result(Box::new(own.clone()), error),
            _ => return None,
        };
        Some(format!("{}?", self.value(&pick.part(0), &of)))
    }

    /// A copy by `clone`.
    pub fn copied(&mut self, pick: &Pick<'_>, own: &Own) -> Option<String> {
        let place = self.readable(pick, |ty| ty == own)?;
        Some(match own {
            Own::Shared => format!("{}.handle()", place.text),
            Own::Tuple(_) | Own::Array(..) | Own::Param => format!("mem::clone({})", place.text),
            _ => format!("{}.clone()", place.text),
        })
    }

    /// What only values of this type come from.
    fn by_type(&mut self, pick: &Pick<'_>, own: &Own) -> Option<String> {
        match own {
            Own::Option(of) => self.option(pick, of),
            Own::Result(of, error) => {
                let (of, error) = (Own::Option(of.clone()), (**error).clone());
                let place = self.movable(pick, |ty| *ty == of)?;
                self.scope.take(&place);
                Some(format!("{}.ok_or({})", place.text, self.value(&pick.part(0), &error)))
            }
            Own::Vec(of) if **of == Own::Text => {
                let place = self.readable(pick, |ty| *ty == Own::Text)?;
                Some(format!("{}.{}", place.text, pick.of(&["words()", "split(\",\")", "split(\"a\")", "lines()"])))
            }
            Own::Vec(of) if pick.take(2) == 0 => {
                let deque = Own::Deque(of.clone());
                let place = self.movable(pick, |ty| *ty == deque)?;
                self.scope.take(&place);
                Some(format!("{}.into_vec()", place.text))
            }
            Own::Vec(_) => {
                let place = self.changeable(pick, |ty| ty == own)?;
                Some(format!("{0}.split_off({0}.len() / 2)", place.text))
            }
            Own::Set(_) => {
                let place = self.readable(pick, |ty| ty == own)?;
                let other = self.readable(pick, |ty| ty == own)?;
                Some(format!("{}.{}({})", place.text, pick.of(&["intersection", "difference"]), other.text))
            }
            Own::List => Some(format!("tail({})", self.value(&pick.part(0), own))),
            Own::Text => {
                let place = self.readable(pick, |ty| matches!(ty, Own::Vec(of) if **of == Own::Text))?;
                Some(format!("{}.join(\"+\")", place.text))
            }
            _ => None,
        }
    }

    fn option(&mut self, pick: &Pick<'_>, of: &Own) -> Option<String> {
        let whole = Own::Option(Box::new(of.clone()));
        match pick.take(6) {
            5 => {
                let rows = |ty: &Own| match ty {
                    Own::Vec(inner) | Own::Array(inner, _) | Own::Slice(inner) | Own::Deque(inner) => **inner == *of,
                    _ => false,
                };
                let place = self.readable(pick, rows)?;
                let method = if matches!(place.own, Own::Deque(_)) {
                    "get(1)"
                } else {
                    pick.of(&["first()", "last()", "get(1)"])
                };
                Some(format!("{}.{method}", place.text))
            }
            0 => Some(format!("{}.take()", self.changeable(pick, |ty| *ty == whole)?.text)),
            1 => {
                let place = self.changeable(pick, |ty| *ty == whole)?;
                let value = self.locked(place.var, Lock::Taken, |writer| writer.value(&pick.part(0), of));
                Some(format!("{}.replace({value})", place.text))
            }
            2 => {
                let place = self.changeable(pick, |ty| match ty {
                    Own::Vec(inner) | Own::Deque(inner) => **inner == *of,
                    _ => false,
                })?;
                let method =
                    if matches!(place.own, Own::Vec(_)) { "pop()" } else { pick.of(&["pop_front()", "pop_back()"]) };
                Some(format!("{}.{method}", place.text))
            }
            3 => {
                let place = self.changeable(pick, |ty| matches!(ty, Own::Map(_, value) if **value == *of))?;
                let Own::Map(key, _) = place.own.clone() else { return None };
                self.locked(place.var, Lock::Taken, |writer| {
                    let key = writer.value(&pick.part(0), &key);
                    if pick.take(2) == 0 {
                        return Some(format!("{}.remove({key})", place.text));
                    }
                    Some(format!("{}.insert({key}, {})", place.text, writer.value(&pick.part(1), of)))
                })
            }
            _ => {
                let place = self.movable(pick, |ty| matches!(ty, Own::Result(inner, _) if **inner == *of))?;
                self.scope.take(&place);
                Some(format!("{}.ok()", place.text))
            }
        }
    }
}
