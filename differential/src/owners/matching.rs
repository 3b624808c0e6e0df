//! Matches: of what is only looked at, of what is taken apart, and of values without a name.

use super::state::Hold;
use super::ty::Own;
use super::writer::{Writer, Written};
use crate::Pick;
use crate::scope::Lock;

/// What is matched.
struct Scrutinee {
    text: String,
    own: Own,
    /// What the bindings are.
    hold: Hold,
    /// The variable that can't be used meanwhile, and by whom it still can.
    lock: Option<(usize, Lock)>,
}

impl Writer<'_> {
    /// What to match: a place that is only looked at, one that is taken apart, or a new value.
    fn scrutinee(&mut self, pick: &Pick<'_>) -> Option<Scrutinee> {
        let types = &self.world.types;
        let has_variants = |own: &Own| matches!(own, Own::Option(_) | Own::Result(..) | Own::Enum(_));
        match pick.take(3) {
            0 => {
                let places = self.find(self.scope.movable(types), |own| has_variants(own) && types.comes_apart(own));
                if places.is_empty() {
                    return None;
                }
                let place = pick.of(&places);
                self.scope.take(&place);
                Some(Scrutinee {
                    text: place.text,
                    own: place.own,
                    hold: Hold::Owned,
                    lock: Some((place.var, Lock::Taken)),
                })
            }
            1 => {
                let places = self.find(self.scope.readable(types), has_variants);
                if places.is_empty() {
                    return None;
                }
                let place = pick.of(&places);
                Some(Scrutinee {
                    text: place.text,
                    own: place.own,
                    hold: Hold::Lent,
                    lock: Some((place.var, Lock::Read)),
                })
            }
            _ => {
                let own = match pick.take(3) {
                    0 => Own::Option(Box::new(self.own(pick, 1))),
                    1 => Own::Result(Box::new(self.own(pick, 1)), Box::new(self.own(pick, 0))),
                    _ => {
                        let enums = (0..types.decls.len()).map(Own::Enum);
                        let enums: Vec<Own> =
                            enums.filter(|own| !types.variants(own).is_empty() && types.comes_apart(own)).collect();
                        if enums.is_empty() { Own::Option(Box::new(Own::File)) } else { pick.of(&enums) }
                    }
                };
                let text = format!("({})", self.value(&pick.part(0), &own));
                Some(Scrutinee { text, own, hold: Hold::Owned, lock: None })
            }
        }
    }

    /// A pattern for a variant; what it binds is declared.
    fn variant_pattern(&mut self, pick: &Pick<'_>, name: &str, payload: &[Own], hold: Hold) -> String {
        let parts: Vec<String> = payload
            .iter()
            .map(|own| {
                if pick.once_in(5) {
                    return "_".to_owned();
                }
                let mutable = hold == Hold::Owned && pick.take(3) == 1;
                let name = self.declare(&Pick::none(), own, hold, mutable);
                if mutable { format!("mut {name}") } else { name }
            })
            .collect();
        if parts.is_empty() { name.to_owned() } else { format!("{name}({})", parts.join(", ")) }
    }

    /// `match value { … }` as a statement or with a value of this type.
    fn match_arms(&mut self, pick: &Pick<'_>, own: Option<&Own>, of: &Scrutinee) -> Written {
        let before = self.scope.moved.clone();
        let variants = self.world.types.variants(&of.own);
        let mut text = format!("match {} {{", of.text);
        let mut ways = Vec::new();
        self.body.indent += 1;
        let line = self.line();
        for (at, (name, payload)) in variants.iter().enumerate() {
            let part = pick.part(1 + at);
            let guard = if pick.once_in(5) { " if chance(log, 3)" } else { "" };
            let mut pattern = String::new();
            let from = usize::from(own.is_some());
            let tail = own.map(|own| (part.part(0), own));
            let (inner, way) = self.way(&before, |writer| {
                writer.block(part.parts(from), tail, |writer| {
                    pattern = writer.variant_pattern(&part, name, payload, of.hold);
                })
            });
            text.push_str(&format!("{line}{pattern}{guard} => {inner}"));
            ways.push(way);
            if !guard.is_empty() {
                let rest = own.map_or(String::new(), |own| self.simplest(own));
                self.scope.moved.clone_from(&before);
                let dots = if payload.is_empty() {
                    String::new()
                } else {
                    format!("({})", vec!["_"; payload.len()].join(", "))
                };
                text.push_str(&format!("{line}{name}{dots} => {{ {rest} }}"));
                ways.push(Some(before.clone()));
            }
        }
        self.body.indent -= 1;
        let reached = self.ways(ways);
        (format!("{text}{}}}", self.line()), reached)
    }

    fn with_lock<R>(&mut self, lock: Option<(usize, Lock)>, work: impl FnOnce(&mut Self) -> R) -> R {
        match lock {
            Some((var, lock)) => self.locked(var, lock, work),
            None => work(self),
        }
    }

    /// A match as a statement.
    pub fn match_statement(&mut self, pick: &Pick<'_>) -> Option<Written> {
        let of = self.scrutinee(pick)?;
        let lock = of.lock;
        Some(self.with_lock(lock, |writer| writer.match_arms(pick, None, &of)))
    }

    /// A match with a value.
    pub fn value_match(&mut self, pick: &Pick<'_>, own: &Own) -> Option<String> {
        let of = self.scrutinee(pick)?;
        let lock = of.lock;
        let before = self.scope.moved.clone();
        let written = self.with_lock(lock, |writer| writer.match_arms(pick, Some(own), &of));
        Some(self.with_end(written, before, own))
    }

    /// `if let PATTERN = value { … } else { … }`
    pub fn if_let(&mut self, pick: &Pick<'_>) -> Option<Written> {
        let of = self.scrutinee(pick)?;
        let (name, payload) = pick.of(&self.world.types.variants(&of.own));
        let before = self.scope.moved.clone();
        let (first, second) = (pick.part(1), pick.part(2));
        let (then, or) = self.with_lock(of.lock, |writer| {
            let mut pattern = String::new();
            let (then, a) = writer.way(&before, |writer| {
                writer.block(first.parts(0), None, |writer| {
                    pattern = writer.variant_pattern(&first, &name, &payload, of.hold);
                })
            });
            let or = writer.way(&before, |writer| writer.block(second.parts(0), None, |_| {}));
            ((format!("if let {pattern} = {} {then}", of.text), a), or)
        });
        let reached = self.ways(vec![then.1, or.1]);
        Some((format!("{} else {}", then.0, or.0), reached))
    }

    /// `let PATTERN = value else { … };`
    pub fn let_else(&mut self, pick: &Pick<'_>) -> Option<Written> {
        let of = self.scrutinee(pick)?;
        if of.hold != Hold::Owned || (self.scope.loops.is_empty() && self.result.is_some() && pick.take(2) == 0) {
            return None;
        }
        let variants = self.world.types.variants(&of.own);
        let (name, payload) = pick.of(&variants);
        if payload.is_empty() || variants.len() < 2 {
            return None;
        }
        let before = self.scope.moved.clone();
        self.body.indent += 1;
        let (leave, _) = self.leave(&pick.part(1));
        let line = self.line();
        self.body.indent -= 1;
        self.scope.moved = before;
        let pattern = self.variant_pattern(pick, &name, &payload, Hold::Owned);
        Some((format!("let {pattern} = {} else {{{line}{leave}{}}};", of.text, self.line()), true))
    }
}
