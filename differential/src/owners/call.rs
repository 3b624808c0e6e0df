//! Calls.

use super::state::Hold;
use super::ty::Own;
use super::writer::{Function, Mode, Writer};
use crate::Pick;
use crate::scope::Lock;

impl Writer<'_> {
    /// A call of a function that gives this type.
    pub fn call_for(&mut self, pick: &Pick<'_>, own: &Own) -> Option<String> {
        let calls: Vec<(Function, Option<Own>)> = (self.affordable().into_iter())
            .filter_map(|function| {
                let mut arg = None;
                let fits = own.fits(&function.result, &mut arg);
                let can_be_made = arg.as_ref().is_none_or(|arg| self.is_arg(arg));
                (fits && can_be_made).then_some((function, arg))
            })
            .collect();
        if calls.is_empty() {
            return None;
        }
        let (function, arg) = pick.of(&calls);
        Some(self.call(pick, &function, arg).0)
    }

    /// A call of any function as a statement.
    pub fn call_statement(&mut self, pick: &Pick<'_>) -> Option<String> {
        let functions = self.affordable();
        if functions.is_empty() {
            return None;
        }
        let function = pick.of(&functions);
        let (call, result) = self.call(pick, &function, None);
        if pick.take(2) == 0 && !self.world.types.is_linear(&result) {
            return Some(format!("{call};"));
        }
        let name = self.declare(pick, &result, Hold::Owned, true);
        Some(format!("let mut {name} = {call};"))
    }

    fn affordable(&self) -> Vec<Function> {
        self.world.functions.iter().filter(|function| self.body.can_afford(function.cost)).cloned().collect()
    }

    /// Whether a type can stand for `T`.
    fn is_arg(&self, own: &Own) -> bool {
        (*own == Own::Param || !own.has_param()) && !self.world.types.is_linear(own)
    }

    /// A call, and what it gives. `arg` stands for `T` if the function is generic.
    fn call(&mut self, pick: &Pick<'_>, function: &Function, arg: Option<Own>) -> (String, Own) {
        if !function.generic {
            return (self.call_of(pick, function, ""), function.result.clone());
        }
        let any = || Some(self.own(&pick.part(7), 1)).filter(|own| self.is_arg(own));
        let arg = arg.or_else(any).unwrap_or(Own::File);
        let params = function.params.iter().map(|(mode, own)| (*mode, own.with(&arg))).collect();
        let function = Function { params, result: function.result.with(&arg), ..function.clone() };
        let known = format!("{arg}, {}, ", self.maker(&arg));
        (self.call_of(pick, &function, &known), function.result)
    }

    /// A call with these words for what is known at compile time.
    fn call_of(&mut self, pick: &Pick<'_>, function: &Function, known: &str) -> String {
        self.body.charge(function.cost);
        let locks: Vec<Lock> = self.scope.vars.iter().map(|var| var.lock).collect();
        let mut before = String::new();
        // A place that is lent has to be there before the call begins.
        let lent: Vec<Option<String>> = (function.params.iter().enumerate())
            .map(|(at, (mode, own))| (*mode == Mode::Inout).then(|| self.inout(pick, at, own, &mut before)))
            .collect();
        let pending = self.scope.pending;
        let mut args = vec!["log".to_owned()];
        for (at, ((mode, own), lent)) in function.params.iter().zip(lent).enumerate() {
            args.push(match (lent, mode) {
                (Some(place), _) => format!("inout {place}"),
                (None, Mode::Borrow) => self.borrowed(pick, at, own),
                (None, _) => self.value(&pick.part(at), own),
            });
            self.scope.pending += usize::from(self.world.types.is_linear(own));
        }
        self.scope.pending = pending;
        for (var, lock) in self.scope.vars.iter_mut().zip(locks) {
            var.lock = lock;
        }
        let name = &function.name;
        let call = if function.method.is_some() {
            let receiver = args.remove(1);
            let receiver = receiver.strip_prefix("inout ").unwrap_or(&receiver);
            format!("{receiver}.{name}({})", args.join(", "))
        } else {
            format!("{name}({known}{})", args.join(", "))
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
            Own::Slice(of) => self.shown_value(&pick.part(at), &Own::Array(of.clone(), 2)),
            own => self.shown_value(&pick.part(at), own),
        }
    }
}
