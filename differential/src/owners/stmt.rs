//! Statements.

use super::state::Hold;
use super::ty::Own;
use super::writer::{Writer, Written};
use crate::Pick;
use crate::scope::Lock;

impl Writer<'_> {
    /// A statement on lines of its own, and whether its end is reached.
    pub fn statement(&mut self, pick: &Pick<'_>) -> Written {
        self.body.charge(5);
        if !self.body.can_afford(2000) {
            return (String::new(), true);
        }
        let line = self.line();
        let before = self.scope.moved.clone();
        let kind = if pick.is_leaf() { pick.take(12) } else { pick.take(36) };
        if let Some(wrong) = self.wrong(pick) {
            return (format!("{line}{wrong}"), true);
        }
        let written: Option<Written> = match kind {
            0..=2 => Some((self.local(pick), true)),
            3 => self.rename(pick).map(done),
            4 => self.destructure(pick).map(done),
            5 => Some((self.dropped(pick), true)),
            6 | 7 => self.assign(pick).map(done),
            8 => self.look(pick).map(|look| done(format!("say(log, {look});"))),
            9 | 10 => self.change(pick).map(done),
            11 if self.scope.depth > 1 && self.scope.pending == 0 && pick.take(2) == 0 => Some(self.leave(pick)),
            11 => self.linear(pick).map(done),
            12..=14 => Some(self.branch(pick, None)),
            15 | 16 => self.match_statement(pick),
            17 => self.if_let(pick),
            18 => self.let_else(pick),
            19 | 20 => Some(self.counted(pick)),
            21 | 22 => self.over(pick),
            23 => Some(self.block(pick.parts(0), None, |_| {})),
            24 | 25 => self.call_statement(pick).map(done),
            26 => self.swap(pick).map(done),
            27..=29 => self.change(pick).map(done),
            31 | 32 => self.in_element(pick),
            33 if self.world.panics => Some(done(self.panic(pick))),
            34 => self.by_reflection(pick).map(done),
            30 => {
                let text = self.with_returns(|writer| writer.body.statement(pick));
                return (text, true);
            }
            _ => match pick.take(4) {
                0 => self.reflected(pick).map(done),
                1 => Some(done(format!("say(log, steps({}, log));", pick.take(4)))),
                _ => self.shown(pick).map(done),
            },
        };
        if written.is_none() {
            self.scope.moved = before;
        }
        let (text, reached) = written.unwrap_or_else(|| (self.local(pick), true));
        (format!("{line}{}", text.trim_start()), reached)
    }

    /// `let x: T = value;`
    fn local(&mut self, pick: &Pick<'_>) -> String {
        let own = if self.scope.depth > 0 && pick.once_in(10) { self.linear_own(pick) } else { self.own(pick, 2) };
        let value = self.value(&pick.part(0), &own);
        let mutable = pick.take(3) > 0;
        let name = self.declare(pick, &own, Hold::Owned, mutable);
        let word = if mutable { "mut " } else { "" };
        format!("let {word}{name}: {own} = {value};")
    }

    /// A variable for the value of another one.
    fn rename(&mut self, pick: &Pick<'_>) -> Option<String> {
        let places = self.scope.movable(&self.world.types);
        if places.is_empty() {
            return None;
        }
        let place = pick.of(&places);
        if !self.world.types.is_copied(&place.own) {
            self.scope.take(&place);
        }
        let mutable = pick.take(2) == 0;
        let name = self.declare(pick, &place.own, Hold::Owned, mutable);
        let word = if mutable { "mut " } else { "" };
        Some(format!("let {word}{name} = {};", place.text))
    }

    /// `let (a, _) = value;`
    fn destructure(&mut self, pick: &Pick<'_>) -> Option<String> {
        let types = &self.world.types;
        let fits = |own: &Own| types.has_pattern(own);
        let places = self.find(self.scope.movable(types), fits);
        if places.is_empty() {
            return None;
        }
        let place = pick.of(&places);
        let fields = self.world.types.fields(&place.own);
        let mut parts = Vec::new();
        for (at, (selector, own)) in fields.iter().enumerate() {
            if pick.once_in(4) {
                parts.push((selector[1..].to_owned(), "_".to_owned()));
                continue;
            }
            if !self.world.types.is_copied(own) {
                let mut path = place.path.clone();
                if let Some(path) = &mut path {
                    path.push(at);
                }
                self.scope.take(&super::state::Place { path, ..place.clone() });
            }
            let mutable = pick.take(3) == 1;
            let name = self.declare(&Pick::none(), own, Hold::Owned, mutable);
            parts.push((selector[1..].to_owned(), if mutable { format!("mut {name}") } else { name }));
        }
        let pattern = if let Own::Tuple(_) = place.own {
            format!("({},)", parts.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(", "))
        } else {
            let parts = parts.iter().map(|(field, name)| format!("{field}: {name}"));
            format!("{} {{ {}, .. }}", place.own, parts.collect::<Vec<_>>().join(", "))
        };
        Some(format!("let {pattern} = {};", place.text))
    }

    /// A value that is dropped in this statement.
    fn dropped(&mut self, pick: &Pick<'_>) -> String {
        let own = self.own(pick, 2);
        let value = self.shown_value(&pick.part(0), &own);
        match pick.take(4) {
            0 => format!("let _: {own} = {value};"),
            1 => format!("mem::discard({own}, {value});"),
            2 => format!("give({own}, {value});"),
            _ => format!("say(log, {});", self.looked(&own, &value)),
        }
    }

    /// `place = value;`
    fn assign(&mut self, pick: &Pick<'_>) -> Option<String> {
        let types = &self.world.types;
        let fits = |own: &Own| !matches!(own, Own::Slice(_)) && !types.is_linear(own);
        let places = self.find(self.scope.assignable(types), fits);
        if places.is_empty() {
            return None;
        }
        let place = pick.of(&places);
        let value = self.value(&pick.part(0), &place.own);
        // What the value was made of may be what the place is in.
        let still = self.scope.assignable(&self.world.types).iter().any(|other| other.text == place.text);
        if !still {
            return Some(format!("mem::discard({}, {value});", place.own));
        }
        let was_whole = place.path.as_ref().is_some_and(|path| self.scope.is_whole(place.var, path));
        self.scope.set(&place);
        if was_whole && pick.once_in(3) {
            return Some(format!("put({}, {value}, inout {});", place.own, place.text));
        }
        Some(format!("{} = {value};", place.text))
    }

    /// A linear value, or the end of one.
    fn linear(&mut self, pick: &Pick<'_>) -> Option<String> {
        let places = self.find(self.scope.movable(&self.world.types), |own| *own == Own::Token);
        if places.is_empty() || pick.take(2) == 0 {
            if self.scope.depth == 0 {
                return None;
            }
            let own = if pick.take(2) == 0 { Own::Token } else { self.linear_own(pick) };
            let value = self.value(&pick.part(0), &own);
            let name = self.declare(pick, &own, Hold::Owned, false);
            return Some(format!("let {name}: {own} = {value};"));
        }
        let place = pick.of(&places);
        self.scope.take(&place);
        if pick.take(2) == 0 {
            return Some(format!("spend({});", place.text));
        }
        let file = self.declare(pick, &Own::File, Hold::Owned, true);
        Some(format!("let Token {{ file: mut {file}, .. }} = {};", place.text))
    }

    /// Two places exchange their values.
    fn swap(&mut self, pick: &Pick<'_>) -> Option<String> {
        let places = self.scope.changeable(&self.world.types);
        let mut pairs = Vec::new();
        for (at, first) in places.iter().enumerate() {
            for second in &places[at + 1..] {
                let apart = match (&first.path, &second.path) {
                    (Some(a), Some(b)) => first.var != second.var || !a.starts_with(b) && !b.starts_with(a),
                    _ => first.var != second.var,
                };
                if apart && first.own == second.own && pairs.len() < 50 {
                    pairs.push((first.text.clone(), second.text.clone(), first.own.clone()));
                }
            }
        }
        if pairs.is_empty() {
            return None;
        }
        let (a, b, own) = pick.of(&pairs);
        let is_struct = !self.world.types.fields(&own).is_empty();
        let name = if is_struct && pick.take(2) == 0 { "exchange" } else { "mem::swap" };
        Some(format!("{name}({own}, inout {a}, inout {b});"))
    }

    /// What is in something that is known at compile time as well: as text.
    fn shown(&mut self, pick: &Pick<'_>) -> Option<String> {
        let types = &self.world.types;
        let places = self.find(self.scope.readable(types), |own| types.is_pure(own));
        if places.is_empty() {
            return None;
        }
        let place = pick.of(&places);
        self.body.charge(100 * self.world.types.size(&place.own));
        Some(format!("say(log, text_sum(fmt::format(\"{{:?}}\", ({},))));", place.text))
    }

    /// What reflection knows of a type, and sees in a value.
    fn reflected(&mut self, pick: &Pick<'_>) -> Option<String> {
        let types = &self.world.types;
        let places = self.find(self.scope.readable(types), |own| !matches!(own, Own::Slice(_)));
        let place = if places.is_empty() { return None } else { pick.of(&places) };
        self.body.charge(2 * self.world.types.size(&place.own));
        Some(match pick.take(3) {
            0 => format!("say(log, shape({}));", place.own),
            _ => format!("say(log, tally({}, {}));", place.own, place.text),
        })
    }

    /// All fields of a place get those of another value, one by one.
    fn by_reflection(&mut self, pick: &Pick<'_>) -> Option<String> {
        let types = &self.world.types;
        let fits = |own: &Own| !types.fields(own).is_empty() && types.comes_apart(own) && !types.is_linear(own);
        let places = self.find(self.scope.changeable(types), fits);
        let place = if places.is_empty() { return None } else { pick.of(&places) };
        let value = self.locked(place.var, Lock::Taken, |writer| writer.value(&pick.part(0), &place.own));
        Some(format!("refresh({}, inout {}, {value});", place.own, place.text))
    }

    /// A panic, now and then.
    fn panic(&mut self, pick: &Pick<'_>) -> String {
        let own = self.own(pick, 1);
        let panics = match pick.take(6) {
            0 => "@panic(\"on purpose\");".to_owned(),
            1 => format!("give({own}, Option({own})::None.unwrap());"),
            2 => format!("give({own}, Option({own})::None.expect(\"nothing\"));"),
            3 => format!("let mut none = Vec({own})::new(); none.remove(below(log, 5));"),
            4 => format!("give({own}, Result({own}, i32)::Err(4).unwrap());"),
            _ => "@assert(chance(log, 1) && !chance(log, 1), \"no chance\");".to_owned(),
        };
        format!("if risky(log, {}) {{ {panics} }}", pick.take(20))
    }
}

fn done(text: String) -> Written {
    (text, true)
}
