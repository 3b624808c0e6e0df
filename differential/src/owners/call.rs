//! Calls.

use super::state::Hold;
use super::ty::Own;
use super::writer::{Function, Mode, Writer};
use crate::Pick;
use crate::scope::Lock;

impl Writer<'_> {
    /// A call of a function that gives this type.
    pub fn call_for(&mut self, pick: &Pick<'_>, own: &Own) -> Option<String> {
        let fits = |function: &&Function| function.result == *own && self.body.can_afford(function.cost);
        let functions: Vec<Function> = self.world.functions.iter().filter(fits).cloned().collect();
        if functions.is_empty() {
            return None;
        }
        let function = pick.of(&functions);
        Some(self.call(pick, &function))
    }

    /// A call of any function as a statement.
    pub fn call_statement(&mut self, pick: &Pick<'_>) -> Option<String> {
        let fits = |function: &&Function| self.body.can_afford(function.cost);
        let functions: Vec<Function> = self.world.functions.iter().filter(fits).cloned().collect();
        if functions.is_empty() {
            return None;
        }
        let function = pick.of(&functions);
        let call = self.call(pick, &function);
        if pick.take(2) == 0 {
            return Some(format!("{call};"));
        }
        let name = self.declare(pick, &function.result, Hold::Owned, true);
        Some(format!("let mut {name} = {call};"))
    }

    fn call(&mut self, pick: &Pick<'_>, function: &Function) -> String {
        self.body.charge(function.cost);
        let locks: Vec<Lock> = self.scope.vars.iter().map(|var| var.lock).collect();
        let mut before = String::new();
        // A place that is lent has to be there before the call begins.
        let lent: Vec<Option<String>> = (function.params.iter().enumerate())
            .map(|(at, (mode, own))| (*mode == Mode::Inout).then(|| self.inout(pick, at, own, &mut before)))
            .collect();
        let mut args = vec!["log".to_owned()];
        for (at, ((mode, own), lent)) in function.params.iter().zip(lent).enumerate() {
            args.push(match (lent, mode) {
                (Some(place), _) => format!("inout {place}"),
                (None, Mode::Borrow) => self.borrowed(pick, at, own),
                (None, _) => self.value(&pick.part(at), own),
            });
        }
        for (var, lock) in self.scope.vars.iter_mut().zip(locks) {
            var.lock = lock;
        }
        let name = &function.name;
        let call = if function.method.is_some() {
            let receiver = args.remove(1);
            let receiver = receiver.strip_prefix("inout ").unwrap_or(&receiver);
            format!("{receiver}.{name}({})", args.join(", "))
        } else {
            format!("{name}({})", args.join(", "))
        };
        if before.is_empty() { call } else { format!("({{ {before}{call} }})") }
    }

    /// A place to be changed; nobody else uses its variable from now on.
    fn inout(&mut self, pick: &Pick<'_>, at: usize, own: &Own, before: &mut String) -> String {
        let fits = |ty: &Own| match (own, ty) {
            (Own::Slice(wanted), Own::Vec(of) | Own::Array(of, _) | Own::Slice(of)) => wanted == of,
            _ => ty == own,
        };
        if let Some(place) = self.changeable(pick, fits)
            && pick.take(4) > 0
        {
            self.scope.vars[place.var].lock = Lock::Taken;
            return match (own, &place.own) {
                (Own::Slice(_), Own::Array(_, len)) if pick.take(2) == 0 => format!("{}[{}..]", place.text, len / 2),
                _ => place.text,
            };
        }
        let own = match own {
            Own::Slice(of) => Own::Vec(of.clone()),
            own => own.clone(),
        };
        let name = self.body.items.fresh("t");
        let value = self.value(&pick.part(at), &own);
        before.push_str(&format!("let mut {name}: {own} = {value}; "));
        name
    }

    /// A place or value to be looked at.
    fn borrowed(&mut self, pick: &Pick<'_>, at: usize, own: &Own) -> String {
        let fits = |ty: &Own| match (own, ty) {
            (Own::Slice(wanted), Own::Vec(of) | Own::Array(of, _) | Own::Slice(of)) => wanted == of,
            _ => ty == own,
        };
        let places = self.find(self.scope.readable(&self.world.types), fits);
        if !places.is_empty() && pick.take(4) > 0 {
            let place = pick.of(&places);
            let lock = &mut self.scope.vars[place.var].lock;
            *lock = (*lock).max(Lock::Read);
            return match (own, &place.own) {
                (Own::Slice(_), Own::Array(_, len)) if pick.take(2) == 0 => {
                    format!("borrow {}[..{}]", place.text, len / 2)
                }
                (Own::Slice(_), _) if pick.take(2) == 0 => format!("borrow {0}[{0}.len() / 2..]", place.text),
                _ => place.text,
            };
        }
        match own {
            Own::Slice(of) => self.value(&pick.part(at), &Own::Array(of.clone(), 2)),
            own => self.value(&pick.part(at), own),
        }
    }
}
