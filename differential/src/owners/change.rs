//! What changes a place: methods of what is in it, and statements about an element.

use super::state::Hold;
use super::ty::{Form, Own};
use super::writer::{Writer, Written};
use crate::Pick;
use crate::scope::Lock;

impl Writer<'_> {
    /// `if v.len() > 0 { … }`, where an element stands for a variable that is lent to be changed.
    pub fn in_element(&mut self, pick: &Pick<'_>) -> Option<Written> {
        let element = |own: &Own| match own {
            Own::Vec(of) | Own::Array(of, _) | Own::Slice(of) | Own::Boxed(of) => Some(((**of).clone(), "")),
            Own::Map(_, of) => Some(((**of).clone(), ".value")),
            _ => None,
        };
        let place = self.changeable(pick, |own| element(own).is_some_and(|(of, _)| !matches!(of, Own::Data(_))))?;
        let (of, field) = element(&place.own)?;
        let index = self.body.items.fresh("at");
        let text = format!("{}[{index}]{field}", place.text);
        let before = self.scope.moved.clone();
        let (block, reached) = self.locked(place.var, Lock::Taken, |writer| {
            writer.block(pick.parts(0), None, |writer| writer.scope.declare(&text, of, Hold::Inout, false))
        });
        let after = reached.then(|| self.scope.moved.clone());
        let reached = self.ways(vec![after, Some(before)]);
        let block = block.strip_prefix('{').expect("a block begins with it");
        let head = format!("if {0}.len() > 0 {{ let {index} = below(log, {0}.len());", place.text);
        Some((format!("{head}{block}"), reached))
    }

    /// Something in a place is changed by a method.
    pub fn change(&mut self, pick: &Pick<'_>) -> Option<String> {
        let types = self.world.types.clone();
        let place = self.changeable(pick, |own| match own {
            Own::Vec(_) | Own::Text | Own::Map(..) | Own::Deque(_) | Own::Boxed(_) | Own::Set(_) => true,
            Own::Array(..) | Own::Slice(_) => true,
            Own::Option(_) => !types.is_linear(own),
            own => types.is_made(own, Form::Struct),
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
            Own::Set(of) => match pick.take(5) {
                0 | 1 => format!("{text}.insert({});", self.value(&part, of)),
                2 => format!("{text}.remove({});", self.value(&part, of)),
                3 => format!("{text}.add_all({});", self.value(&part, own)),
                _ => format!("{text}.clear();"),
            },
            Own::Array(of, _) | Own::Slice(of) => self.change_slice(pick, text, of),
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
        let vec = Own::Vec(Box::new(of.clone()));
        match pick.take(18) {
            0..=2 => format!("{text}.push({});", self.value(&part, of)),
            3 => format!("{text}.insert(below(log, {text}.len() + 1), {});", self.value(&part, of)),
            4 => format!("{text}.pop();"),
            5 => format!("{text}.clear();"),
            6 => format!("{text}.truncate({text}.len() / 2);"),
            7 => {
                let method = pick.of(&["remove", "swap_remove"]);
                format!("if {text}.len() > 0 {{ {text}.{method}(below(log, {text}.len())); }}")
            }
            8 => {
                let value = self.value(&part, of);
                let name = self.body.items.fresh("t");
                format!(
                    "let {name}: {of} = {value}; if {text}.len() > 0 {{ {text}[below(log, {text}.len())] = {name}; }}"
                )
            }
            9 => {
                let name = self.body.items.fresh("t");
                format!("{{ let mut {name} = {}; {text}.append(inout {name}); }}", self.value(&part, &vec))
            }
            10 => format!("{text}.extend({});", self.value(&part, &vec)),
            11 => format!("{text}.reserve({});", pick.take(9)),
            12 if of.has_eq() => format!("{text}.dedup();"),
            12 | 13 if !of.has_param() => format!("{text}.retain(accept{});", self.world.order(of)),
            14 => format!("{text} = {text}.split_off({text}.len() / 2);"),
            _ => self.change_slice(pick, text, of),
        }
    }

    /// What is done to the elements of any row.
    fn change_slice(&mut self, pick: &Pick<'_>, text: &str, of: &Own) -> String {
        self.body.charge(20 * self.world.types.size(of));
        match pick.take(7) {
            0 => format!("{text}.reverse();"),
            1 => format!("if {text}.len() > 1 {{ {text}.swap(0, below(log, {text}.len())); }}"),
            2 => {
                let method = pick.of(&["rotate_left", "rotate_right"]);
                format!("{text}.{method}(below(log, {text}.len()));")
            }
            3 => format!("{text}.fill({});", self.value(&pick.part(0), of)),
            _ if of.has_param() => format!("{text}.reverse();"),
            4 => format!("{text}.sort_unstable_by(less{});", self.world.order(of)),
            5 => format!("{text}.sort_by_key(u64, {});", self.world.looker(of)),
            _ => format!("{text}.sort_by(less{});", self.world.order(of)),
        }
    }
}
