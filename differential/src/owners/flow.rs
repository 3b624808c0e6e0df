//! Control flow: blocks, branches, loops, and the ways to leave them.

use super::state::{Hold, Loop, Moved};
use super::ty::Own;
use super::writer::{Writer, Written};
use crate::Pick;
use crate::scope::Lock;

impl Writer<'_> {
    /// A block of statements, and of a value at its end.
    pub fn block<'p>(
        &mut self,
        parts: impl Iterator<Item = Pick<'p>>,
        tail: Option<(Pick<'p>, &Own)>,
        enter: impl FnOnce(&mut Self),
    ) -> Written {
        let (vars, data) = (self.scope.vars.len(), self.body.vars.len());
        self.scope.depth += 1;
        self.body.indent += 1;
        enter(self);
        let mut text = String::from("{");
        let mut reached = true;
        for part in parts {
            let (statement, goes_on) = self.statement(&part);
            text.push_str(&statement);
            reached = goes_on;
            if !reached {
                break;
            }
        }
        if reached {
            text.push_str(&self.spend(vars));
            if let Some((pick, own)) = tail {
                text.push_str(&format!("{}{}", self.line(), self.value(&pick, own)));
            }
        }
        self.scope.depth -= 1;
        self.body.indent -= 1;
        self.body.vars.truncate(data);
        self.scope.forget(vars);
        (format!("{text}{}}}", self.line()), reached)
    }

    /// Uses up what is linear, from a variable on.
    fn spend(&mut self, from: usize) -> String {
        let mut text = String::new();
        for place in self.scope.linear(&self.world.types, from) {
            text.push_str(&format!("{}{};", self.line(), self.world.spend(&place.own, &place.text)));
            self.scope.take(&place);
        }
        text
    }

    /// Several ways from here: what each writes, and whether any reaches the end.
    pub fn ways(&mut self, ways: Vec<Option<Moved>>) -> bool {
        let reached: Vec<Moved> = ways.into_iter().flatten().collect();
        if !reached.is_empty() {
            self.scope.join(&reached);
        }
        !reached.is_empty()
    }

    /// Writes one way; gives what was moved on it, unless it leaves.
    pub fn way(&mut self, before: &Moved, work: impl FnOnce(&mut Self) -> Written) -> (String, Option<Moved>) {
        self.scope.moved = before.clone();
        let (text, reached) = work(self);
        (text, reached.then(|| self.scope.moved.clone()))
    }

    /// `if c { … } else { … }` as a statement or with a value of this type.
    pub fn branch(&mut self, pick: &Pick<'_>, own: Option<&Own>) -> Written {
        let condition = self.condition(pick);
        let before = self.scope.moved.clone();
        let (first, second) = (pick.part(0), pick.part(1));
        let from = usize::from(own.is_some());
        let (then, a) =
            self.way(&before, |writer| writer.block(first.parts(from), own.map(|own| (first.part(0), own)), |_| {}));
        if own.is_none() && pick.take(2) == 0 {
            let reached = self.ways(vec![a, Some(before)]);
            return (format!("if {condition} {then}"), reached);
        }
        let (or, b) =
            self.way(&before, |writer| writer.block(second.parts(from), own.map(|own| (second.part(0), own)), |_| {}));
        let reached = self.ways(vec![a, b]);
        (format!("if {condition} {then} else {or}"), reached)
    }

    /// `(if c { a } else { b })`
    pub fn conditional(&mut self, pick: &Pick<'_>, own: &Own) -> String {
        let before = self.scope.moved.clone();
        let written = self.branch(pick, Some(own));
        self.with_end(written, before, own)
    }

    /// `({ statements value })`
    pub fn value_block(&mut self, pick: &Pick<'_>, own: &Own) -> String {
        let before = self.scope.moved.clone();
        let written = self.block(pick.parts(1), Some((pick.part(0), own)), |_| {});
        self.with_end(written, before, own)
    }

    /// An expression of this type. If it always leaves, it does so on one way only, so that there is something behind it.
    pub fn with_end(&mut self, (text, reached): Written, before: Moved, own: &Own) -> String {
        if reached {
            return format!("({text})");
        }
        self.scope.moved = before;
        format!("({{ if chance(log, 5) {{ {text} }} {} }})", self.simplest(own))
    }

    /// Gives new values to what was moved since a loop's turn began, so that the next one finds it as this one did.
    fn restore(&mut self, around: &Loop) -> String {
        let moved: Vec<usize> =
            self.scope.moved.iter().map(|(var, _)| *var).filter(|var| *var < around.outside).collect();
        let mut text = String::new();
        let mut done = Vec::new();
        for var in moved {
            let is_new = |entry: &&(usize, Vec<usize>)| entry.0 == var && !around.before.contains(entry);
            if done.contains(&var) || !self.scope.moved.iter().any(|entry| is_new(&entry)) {
                continue;
            }
            done.push(var);
            let (name, own) = (self.scope.vars[var].name.clone(), self.scope.vars[var].own.clone());
            text.push_str(&format!("{}{name} = {};", self.line(), self.simplest(&own)));
            self.scope.moved.retain(|(other, _)| *other != var);
        }
        text
    }

    /// The body of a loop of so many turns.
    fn turns<'p>(
        &mut self,
        parts: impl Iterator<Item = Pick<'p>>,
        (label, times): (&str, u64),
        enter: impl FnOnce(&mut Self),
    ) -> Written {
        let before = self.scope.moved.clone();
        let outside = self.scope.vars.len();
        let breaks = vec![before.clone()];
        self.scope.loops.push(Loop { label: label.to_owned(), outside, value: None, before, breaks });
        let cost = self.body.times;
        self.body.times = cost.saturating_mul(times);
        let (mut text, reached) = self.block(parts, None, enter);
        self.body.times = cost;
        if reached {
            text = self.next_turn(&text, "");
        }
        let done = self.scope.loops.pop().expect("it was pushed above");
        self.scope.join(&done.breaks);
        (text, reached)
    }

    /// Lets the body of a loop end with these statements, and with what the next turn needs.
    fn next_turn(&mut self, body: &str, statements: &str) -> String {
        let around = self.scope.loops.last().expect("its loop is being written").clone();
        self.body.indent += 1;
        let restored = self.restore(&around);
        self.body.indent -= 1;
        let body = body.strip_suffix('}').expect("a block ends with it");
        format!("{}{statements}{restored}{}}}", body.trim_end(), self.line())
    }

    /// `(loop { statements break value; })`, with up to three turns.
    pub fn value_loop(&mut self, pick: &Pick<'_>, own: &Own) -> String {
        let (label, count) = (self.body.items.fresh("'l"), self.body.items.fresh("j"));
        let before = self.scope.moved.clone();
        let outside = self.scope.vars.len();
        let (value, breaks) = (Some(own.clone()), vec![before.clone()]);
        self.scope.loops.push(Loop { label: label.clone(), outside, value, before, breaks });
        let cost = self.body.times;
        self.body.times = cost.saturating_mul(3);
        let last = self.simplest(own);
        let (mut text, reached) = self.block(pick.parts(1), None, |_| {});
        if reached {
            let here = self.scope.moved.clone();
            let value = self.value(&pick.part(0), own);
            let gone = std::mem::replace(&mut self.scope.moved, here);
            self.scope.loops.last_mut().expect("it was pushed above").breaks.push(gone);
            let leave = format!("{}    if chance(log, 4) {{ break {label} give({own}, {value}); }}", self.line());
            text = self.next_turn(&text, &leave);
        }
        self.body.times = cost;
        let done = self.scope.loops.pop().expect("it was pushed above");
        self.scope.join(&done.breaks);
        let text = text.strip_prefix('{').expect("a block begins with it");
        format!(
            "({{ let mut {count} = 0; {label}: loop {{ {count} += 1; if {count} > 3 {{ break give({own}, {last}); }}{text} }})"
        )
    }

    /// A loop that is counted.
    pub fn counted(&mut self, pick: &Pick<'_>) -> Written {
        let (label, name, count) = (self.body.items.fresh("'l"), self.body.items.fresh("j"), 1 + pick.take(3));
        match pick.take(4) {
            0 | 1 => {
                let (inner, _) = self.turns(pick.parts(0), (&label, count as u64), |_| {});
                (format!("{label}: for {name} in 0..{count} {inner}"), true)
            }
            2 => {
                // Its turns stand one behind the other: what leaves in the first one leaves for good.
                let (inner, reached) = self.turns(pick.parts(0), ("", count as u64), |_| {});
                (format!("comptime for {name} in 0..{count} {inner}"), reached)
            }
            _ => {
                let line = self.line();
                let (inner, _) = self.turns(pick.parts(0), (&label, count as u64), |_| {});
                let inner = inner.strip_prefix('{').expect("a block begins with it");
                let condition = format!("{name} < {count} && chance(log, {})", pick.take(9));
                (format!("let mut {name} = 0;{line}{label}: while {condition} {{{line}    {name} += 1;{inner}"), true)
            }
        }
    }

    /// A loop over what a container holds.
    pub fn over(&mut self, pick: &Pick<'_>) -> Option<Written> {
        let label = self.body.items.fresh("'l");
        let rows = |own: &Own| match own {
            Own::Array(of, _) | Own::Vec(of) | Own::Slice(of) | Own::Boxed(of) => Some((**of).clone()),
            _ => None,
        };
        let is_row = |own: &Own| rows(own).is_some_and(|of| !matches!(of, Own::Data(_)));
        let types = &self.world.types;
        let (places, form) = match pick.take(3) {
            0 => (self.find(self.scope.readable(types), is_row), 0),
            1 => (self.find(self.scope.movable(types), |own| is_row(own) && matches!(own, Own::Vec(_))), 1),
            _ => (self.find(self.scope.changeable(types), |own| is_row(own) && matches!(own, Own::Vec(_))), 2),
        };
        if places.is_empty() {
            return None;
        }
        let place = pick.of(&places);
        let of = rows(&place.own)?;
        let mut name = String::new();
        if form == 1 {
            self.scope.take(&place);
        }
        let (hold, lock) = if form == 0 { (Hold::Lent, Lock::Read) } else { (Hold::Owned, Lock::Taken) };
        let (inner, _) = self.locked(place.var, lock, |writer| {
            writer.turns(pick.parts(0), (&label, 3), |writer| {
                name = writer.declare(&Pick::none(), &of, hold, false);
                if let (Hold::Lent, Some(var)) = (hold, writer.scope.vars.last_mut()) {
                    var.shows = Some(place.var);
                }
            })
        });
        let head = match form {
            0 => format!("for {name} in {}", place.text),
            1 => format!("for {name} in {}.drain()", place.text),
            _ => format!("while let Option({of})::Some({name}) = {}.pop()", place.text),
        };
        Some((format!("{label}: {head} {inner}"), true))
    }

    /// `return`, `break` or `continue`. It is the end of a block.
    pub fn leave(&mut self, pick: &Pick<'_>) -> Written {
        let from = self.scope.loops.iter().rposition(|around| around.label.is_empty()).map_or(0, |at| at + 1);
        let count = self.scope.loops.len() - from;
        if count > 0 && pick.take(3) < 2 {
            let at = self.scope.loops.len() - 1 - pick.take(count);
            let around = self.scope.loops[at].clone();
            let spent = self.spend(around.outside);
            if pick.take(2) == 0 {
                let value = around.value.map(|own| format!(" give({own}, {})", self.value(&pick.part(0), &own)));
                let moved = self.scope.moved.iter().filter(|(var, _)| *var < around.outside).cloned().collect();
                self.scope.loops[at].breaks.push(moved);
                return (format!("{spent}{}break {}{};", self.line(), around.label, value.unwrap_or_default()), false);
            }
            let restored = self.restore(&around);
            return (format!("{spent}{restored}{}continue {};", self.line(), around.label), false);
        }
        let spent = self.spend(0);
        match self.result.clone() {
            Some(own) => {
                let value = self.value(&pick.part(0), &own);
                (format!("{spent}{}return {value};", self.line()), false)
            }
            None => (format!("{spent}{}return;", self.line()), false),
        }
    }
}
