//! Values with owners: moved from where they are, or made.

use super::state::Place;
use super::ty::{Decl, Form, Own};
use super::writer::Writer;
use crate::Pick;
use crate::scope::Lock;

impl Writer<'_> {
    /// A value of this type.
    pub fn value(&mut self, pick: &Pick<'_>, own: &Own) -> String {
        if let Own::Data(ty) = own {
            return self.data(pick, ty);
        }
        self.body.charge(self.world.types.size(own));
        if self.body.comptime {
            let copied = if pick.take(4) == 3 { self.copied(pick, own) } else { None };
            return copied.unwrap_or_else(|| self.fresh(pick, own));
        }
        if pick.is_leaf() || !self.body.can_afford(100 * self.world.types.size(own)) {
            let moved = if pick.take(3) == 1 { self.moved(pick, own) } else { None };
            return moved.unwrap_or_else(|| self.fresh(pick, own));
        }
        let before = self.scope.moved.clone();
        let made = match pick.take(15) {
            0..=3 => self.moved(pick, own),
            4..=6 => self.out_of(pick, own),
            7 => Some(self.conditional(pick, own)),
            8 => Some(self.value_block(pick, own)),
            9 | 10 => self.call_for(pick, own),
            11 => self.value_match(pick, own),
            12 => self.known(pick, own),
            13 => Some(self.value_loop(pick, own)),
            _ => None,
        };
        made.unwrap_or_else(|| {
            self.scope.moved = before;
            self.fresh(pick, own)
        })
    }

    /// A value that is looked at. If it is that of a place it may stay there, but counts as gone.
    pub fn shown_value(&mut self, pick: &Pick<'_>, own: &Own) -> String {
        let before = self.scope.moved.clone();
        let text = self.value(pick, own);
        let gone = self.scope.moved.difference(&before).map(|(var, _)| *var);
        self.scope.uncertain.extend(gone);
        text
    }

    /// A place of this type that has its value, which is gone then.
    pub fn moved(&mut self, pick: &Pick<'_>, own: &Own) -> Option<String> {
        let places = self.find(self.scope.movable(&self.world.types), |ty| ty == own);
        if places.is_empty() {
            return None;
        }
        let place = pick.of(&places);
        if !self.world.types.is_copied(own) {
            self.scope.take(&place);
        }
        Some(place.text)
    }

    /// A new value.
    pub fn fresh(&mut self, pick: &Pick<'_>, own: &Own) -> String {
        match own {
            Own::Data(ty) => self.data(pick, ty),
            Own::Param => "make(log)".to_owned(),
            Own::File => "open(log)".to_owned(),
            Own::Shared => "Shared { file: open(log) }".to_owned(),
            Own::Token => "token(log)".to_owned(),
            Own::List => format!("list(log, {})", pick.take(3)),
            Own::Text => self.text(pick),
            Own::Tuple(parts) => {
                let parts: Vec<String> = self.each(pick, parts);
                format!("({},)", parts.join(", "))
            }
            Own::Array(of, len) => format!("[{}]", self.each(pick, &vec![(**of).clone(); *len]).join(", ")),
            Own::Struct(_) => {
                if let Some(updated) = self.updated(pick, own) {
                    return updated;
                }
                let fields = self.world.types.fields(own);
                let types: Vec<Own> = fields.into_iter().map(|(_, field)| field).collect();
                let values = self.each(pick, &types);
                let list: Vec<String> =
                    values.iter().enumerate().map(|(at, value)| format!("x{at}: {value}")).collect();
                format!("({own} {{ {} }})", list.join(", "))
            }
            Own::Made(_, of) if !self.world.types.is_made(own, Form::Enum) => {
                format!("{own}::new({})", self.value(&pick.part(0), of))
            }
            Own::Enum(_) | Own::Option(_) | Own::Result(..) | Own::Made(..) => {
                let (name, payload) = pick.of(&self.world.types.variants(own));
                match payload.as_slice() {
                    [] => name,
                    payload => format!("{name}({})", self.each(pick, payload).join(", ")),
                }
            }
            Own::Boxed(of) => format!("{own}::new({})", self.value(&pick.part(0), of)),
            Own::Vec(of) => self.vector(pick, own, of),
            Own::Deque(of) => {
                let methods = ["push_back", "push_front"];
                let adds: Vec<String> = (0..pick.take(3))
                    .map(|at| format!("{}({})", pick.of(&methods), self.value(&pick.part(at), of)))
                    .collect();
                self.filled(own, &adds)
            }
            Own::Set(of) => {
                let adds = (0..pick.take(4)).map(|at| format!("insert({})", self.value(&pick.part(at), of)));
                let adds: Vec<String> = adds.collect();
                self.filled(own, &adds)
            }
            Own::Map(key, of) => {
                let mut adds = Vec::new();
                for at in 0..pick.take(3) {
                    let key = self.value(&pick.part(2 * at), key);
                    adds.push(format!("insert({key}, {})", self.value(&pick.part(2 * at + 1), of)));
                }
                self.filled(own, &adds)
            }
            Own::Slice(_) => unreachable!("only parameters are views"),
        }
    }

    /// `({ let mut m = C::new(); m.add(value); m })`
    fn filled(&mut self, own: &Own, adds: &[String]) -> String {
        let name = self.body.items.fresh("m");
        let adds: String = adds.iter().map(|add| format!("{name}.{add}; ")).collect();
        format!("({{ let mut {name} = {own}::new(); {adds}{name} }})")
    }

    /// `(O1 { x0: value, ..place })`: some parts are new, the others are taken out of a place.
    fn updated(&mut self, pick: &Pick<'_>, own: &Own) -> Option<String> {
        let types = &self.world.types;
        if !pick.once_in(3) || !types.comes_apart(own) || types.is_linear(own) || self.body.comptime {
            return None;
        }
        let places = self.find(self.scope.movable(types), |ty| ty == own);
        let place = if places.is_empty() { return None } else { pick.of(&places) };
        let fields = self.world.types.fields(own);
        let mut text = String::new();
        let mut rest = Vec::new();
        for (at, (_, field)) in fields.iter().enumerate() {
            if pick.take(2) == 0 {
                let value = self.locked(place.var, Lock::Taken, |writer| writer.value(&pick.part(at), field));
                text.push_str(&format!("x{at}: {value}, "));
            } else if !self.world.types.is_copied(field) {
                rest.push(at);
            }
        }
        for at in rest {
            let path = place.path.as_ref().map(|path| path.iter().copied().chain([at]).collect());
            self.scope.take(&Place { path, ..place.clone() });
        }
        Some(format!("({own} {{ {text}..{} }})", place.text))
    }

    /// A value for each type, in this order.
    fn each(&mut self, pick: &Pick<'_>, types: &[Own]) -> Vec<String> {
        let pending = self.scope.pending;
        let mut values = Vec::new();
        for (at, own) in types.iter().enumerate() {
            values.push(self.value(&pick.part(at), own));
            self.scope.pending += usize::from(self.world.types.is_linear(own));
        }
        self.scope.pending = pending;
        values
    }

    fn vector(&mut self, pick: &Pick<'_>, own: &Own, of: &Own) -> String {
        let count = pick.take(4);
        match pick.take(5) {
            0 if count == 0 => format!("{own}::new()"),
            1 => format!("{own}::filled({}, {count})", self.value(&pick.part(0), of)),
            2 => {
                let values = self.each(pick, &vec![of.clone(); 1 + count]);
                format!("{own}::from([{}])", values.join(", "))
            }
            _ => {
                let name = self.body.items.fresh("m");
                let mut text = format!("({{ let mut {name} = {own}::with_capacity({}); ", pick.take(3));
                for at in 0..count {
                    text.push_str(&format!("{name}.push({}); ", self.value(&pick.part(at), of)));
                }
                format!("{text}{name} }})")
            }
        }
    }

    /// A text.
    fn text(&mut self, pick: &Pick<'_>) -> String {
        let literal =
            pick.of(&["\"\"", "\"ab\"", "\"a b c\"", "\"ä→𝄞\"", "\" left, right \"", "\"0123456789abcdef0\""]);
        match pick.take(8) {
            0 | 1 => format!("String::from({literal})"),
            2 => format!("give(String, {literal})"),
            3 => format!("{literal}.to_string()"),
            4 => format!("String::from_char({})", self.data(&pick.part(0), &crate::ty::Ty::Char)),
            5 => {
                let ty = crate::ty::Ty::Int(pick.of(&crate::ty::INTS));
                let value = self.with_returns(|writer| writer.body.hidden(&pick.part(0), &ty));
                format!("fmt::format(\"{{}}-{{:?}}\", ({value}, {literal}))")
            }
            _ => {
                let value = self.value(&pick.part(0), &Own::Text);
                let method = pick.of(&["trim()", "to_upper()", "reversed()", "repeat(2)", "replace(\"a\", \"xyz\")"]);
                format!("{value}.{method}")
            }
        }
    }

    /// A value that is computed while compiling, and frozen.
    fn known(&mut self, pick: &Pick<'_>, own: &Own) -> Option<String> {
        if !self.world.types.is_pure(own) || self.body.comptime {
            return None;
        }
        Some(format!("(comptime {{ {} }})", self.frozen(&pick.part(0), own)))
    }

    /// A value that needs nothing of the run time.
    pub fn frozen(&mut self, pick: &Pick<'_>, own: &Own) -> String {
        let scope = std::mem::take(&mut self.scope);
        self.scope.declare_consts(&self.world.consts);
        let result = self.result.take();
        let (vars, loops) = (std::mem::take(&mut self.body.vars), std::mem::take(&mut self.body.loops));
        let (times, frozen) = (std::mem::replace(&mut self.body.times, 1), std::mem::replace(&mut self.body.frozen, 0));
        self.body.comptime = true;
        let text = self.fresh(pick, own);
        self.body.comptime = false;
        (self.body.vars, self.body.loops, self.body.times, self.body.frozen) = (vars, loops, times, frozen);
        (self.scope, self.result) = (scope, result);
        text
    }

    /// The name of a function that makes such values, for generic functions.
    pub fn maker(&mut self, own: &Own) -> String {
        if *own == Own::Param {
            return "make".to_owned();
        }
        if let Some(at) = self.world.made.iter().position(|made| made == own) {
            return format!("make{at}");
        }
        let name = format!("make{}", self.world.made.len());
        self.world.made.push(own.clone());
        let value = self.simplest(own);
        self.world.makers.push_str(&format!("fn {name}(log: ptr mut Log) -> {own} {{ next(log); {value} }}\n"));
        name
    }

    /// The simplest value there is, which needs nothing but the log.
    pub fn simplest(&mut self, own: &Own) -> String {
        match own {
            Own::Text => "String::from(\"r\")".to_owned(),
            Own::Vec(_) => format!("{own}::new()"),
            Own::Struct(number) => match &self.world.types.decls[*number] {
                Decl::Struct(fields) => {
                    let fields = fields.clone();
                    let list: Vec<String> = fields
                        .iter()
                        .enumerate()
                        .map(|(at, field)| format!("x{at}: {}", self.simplest(field)))
                        .collect();
                    format!("{own} {{ {} }}", list.join(", "))
                }
                _ => unreachable!("the type is a struct"),
            },
            _ => self.fresh(&Pick::none(), own),
        }
    }
}
