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
        let kind = if pick.is_leaf() { pick.take(12) } else { pick.take(32) };
        let written: Option<Written> = match kind {
            0..=2 => Some((self.local(pick), true)),
            3 => self.rename(pick).map(done),
            4 => self.destructure(pick).map(done),
            5 => Some((self.dropped(pick), true)),
            6 | 7 => self.assign(pick).map(done),
            8 => self.look(pick).map(|look| done(format!("say(log, {look});"))),
            9 | 10 => self.change(pick).map(done),
            11 if self.scope.depth > 1 && pick.take(2) == 0 => Some(self.leave(pick)),
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
        let own = self.own(pick, 2);
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
        let fits = |own: &Own| !types.fields(own).is_empty() && types.comes_apart(own);
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
        let value = self.value(&pick.part(0), &own);
        match pick.take(4) {
            0 => format!("let _: {own} = {value};"),
            1 => format!("mem::discard({own}, {value});"),
            2 => format!("give({own}, {value});"),
            _ => format!("say(log, {}({value}));", self.looker(&own)),
        }
    }

    /// `place = value;`
    fn assign(&mut self, pick: &Pick<'_>) -> Option<String> {
        let places =
            self.find(self.scope.assignable(&self.world.types), |own| !matches!(own, Own::Token | Own::Slice(_)));
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
            let name = self.declare(pick, &Own::Token, Hold::Owned, false);
            return Some(format!("let {name} = token(log);"));
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
                if apart && first.own == second.own && pairs.len() < 50 && first.own != Own::Token {
                    pairs.push((first.text.clone(), second.text.clone(), first.own.clone()));
                }
            }
        }
        if pairs.is_empty() {
            return None;
        }
        let (a, b, own) = pick.of(&pairs);
        Some(format!("mem::swap({own}, inout {a}, inout {b});"))
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

    /// What reflection knows of a type with fields.
    fn reflected(&mut self, pick: &Pick<'_>) -> Option<String> {
        let types = &self.world.types;
        let places = self.find(self.scope.readable(types), |own| !types.fields(own).is_empty());
        let own = if places.is_empty() { return None } else { pick.of(&places).own };
        Some(format!("say(log, shape({own}));"))
    }

    /// Something in a place is changed by a method.
    fn change(&mut self, pick: &Pick<'_>) -> Option<String> {
        let place = self.changeable(pick, |own| {
            matches!(
                own,
                Own::Vec(_) | Own::Text | Own::Map(..) | Own::Deque(_) | Own::Option(_) | Own::Boxed(_) | Own::Made(..)
            )
        })?;
        let own = place.own.clone();
        self.locked(place.var, Lock::Taken, |writer| writer.change_of(pick, &place.text, &own))
    }

    fn change_of(&mut self, pick: &Pick<'_>, text: &str, own: &Own) -> Option<String> {
        let part = pick.part(0);
        Some(match own {
            Own::Vec(of) => return Some(self.change_vec(pick, text, of)),
            Own::Text => match pick.take(7) {
                0 => format!("{text}.push({});", self.data(&part, &crate::ty::Ty::Char)),
                1 => format!("{text}.push_str({});", self.value(&part, own)),
                2 => format!("{text}.pop();"),
                3 => format!("{text}.clear();"),
                4 => format!("{text}.insert_str(0, {});", self.value(&part, own)),
                5 => format!("{text}.push_str(\"literal\");"),
                _ => format!("{text}.reserve({});", pick.take(40)),
            },
            Own::Map(key, of) => match pick.take(4) {
                0 | 1 => {
                    let key = self.value(&part, key);
                    format!("{text}.insert({key}, {});", self.value(&pick.part(1), of))
                }
                2 => format!("{text}.remove({});", self.value(&part, key)),
                _ => format!("{text}.clear();"),
            },
            Own::Deque(of) => match pick.take(5) {
                0 | 1 => format!("{text}.push_back({});", self.value(&part, of)),
                2 => format!("{text}.push_front({});", self.value(&part, of)),
                3 => format!("{text}.pop_front();"),
                _ => format!("{text}.clear();"),
            },
            Own::Option(of) => match pick.take(3) {
                0 => format!("{text}.replace({});", self.value(&part, of)),
                1 => format!("{text}.take();"),
                _ => format!("say(log, if has_some({of}, {text}) {{ 1 }} else {{ 2 }});"),
            },
            Own::Boxed(of) => format!("{text}[0] = {};", self.value(&part, of)),
            Own::Made(_, of) => match pick.take(2) {
                0 => format!("{text}.swap({});", self.value(&part, of)),
                _ => format!("{text}.keep({});", self.value(&part, of)),
            },
            _ => return None,
        })
    }

    fn change_vec(&mut self, pick: &Pick<'_>, text: &str, of: &Own) -> String {
        let part = pick.part(0);
        match pick.take(13) {
            0..=2 => format!("{text}.push({});", self.value(&part, of)),
            3 => format!("{text}.insert(below(log, {text}.len() + 1), {});", self.value(&part, of)),
            4 => format!("{text}.pop();"),
            5 => format!("{text}.clear();"),
            6 => format!("{text}.truncate({text}.len() / 2);"),
            7 => format!("{text}.reverse();"),
            8 => {
                let value = self.value(&part, of);
                let name = self.body.items.fresh("t");
                format!(
                    "let {name}: {of} = {value}; if {text}.len() > 0 {{ {text}[below(log, {text}.len())] = {name}; }}"
                )
            }
            9 => {
                let name = self.body.items.fresh("t");
                let value = self.value(&part, &Own::Vec(Box::new(of.clone())));
                format!("{{ let mut {name} = {value}; {text}.append(inout {name}); }}")
            }
            10 => format!("{text}.extend({});", self.value(&part, &Own::Vec(Box::new(of.clone())))),
            11 => format!("if {text}.len() > 1 {{ {text}.swap(0, {text}.len() - 1); }}"),
            _ => format!("{text}.reserve({});", pick.take(9)),
        }
    }
}

fn done(text: String) -> Written {
    (text, true)
}
