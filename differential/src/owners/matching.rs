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
    ///
    /// It is linear only where all ways use it up.
    fn scrutinee(&mut self, pick: &Pick<'_>, all_ways: bool) -> Option<Scrutinee> {
        let types = &self.world.types;
        let has_variants = |own: &Own| !types.variants(own).is_empty() && (all_ways || !types.is_linear(own));
        match pick.take(3) {
            0 => {
                let places = self.find(self.scope.movable(types), |own| has_variants(own) && types.comes_apart(own));
                if places.is_empty() {
                    return None;
                }
                let place = pick.of(&places);
                self.scope.take(&place);
                self.scope.uncertain.insert(place.var);
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
                let own = match pick.take(4) {
                    3 if all_ways && pick.take(2) == 0 => Own::Option(Box::new(Own::Token)),
                    0 | 3 => Own::Option(Box::new(self.own(pick, 1))),
                    1 => Own::Result(Box::new(self.own(pick, 1)), Box::new(self.own(pick, 0))),
                    _ => {
                        let enums = (0..types.decls.len()).map(Own::Enum);
                        let enums: Vec<Own> = enums.filter(|own| has_variants(own) && types.comes_apart(own)).collect();
                        if enums.is_empty() { Own::Option(Box::new(Own::File)) } else { pick.of(&enums) }
                    }
                };
                let text = format!("({})", self.shown_value(&pick.part(0), &own));
                Some(Scrutinee { text, own, hold: Hold::Owned, lock: None })
            }
        }
    }

    /// Lets the variables from a number on show parts of what is matched.
    fn show(&mut self, from: usize, of: &Scrutinee) {
        if let (Hold::Lent, Some((shown, _))) = (of.hold, of.lock) {
            self.scope.vars[from..].iter_mut().for_each(|var| var.shows = Some(shown));
        }
    }

    /// A pattern for a variant; what it binds is declared. Whether it matches all values of the variant comes with it.
    fn variant_pattern(&mut self, pick: &Pick<'_>, name: &str, payload: &[Own], hold: Hold) -> (String, bool) {
        let parts: Vec<(String, bool)> =
            payload.iter().enumerate().map(|(at, own)| self.pattern(pick, at, own, hold)).collect();
        let matches_all = parts.iter().all(|(_, all)| *all);
        let parts: Vec<String> = parts.into_iter().map(|(part, _)| part).collect();
        let pattern = if parts.is_empty() { name.to_owned() } else { format!("{name}({})", parts.join(", ")) };
        (pattern, matches_all)
    }

    /// A pattern for a part: it is left alone, bound, or taken apart itself.
    fn pattern(&mut self, pick: &Pick<'_>, at: usize, own: &Own, hold: Hold) -> (String, bool) {
        let types = &self.world.types;
        let is_linear = types.is_linear(own);
        let choice = pick.take(10);
        if choice == 9 && !is_linear {
            return ("_".to_owned(), true);
        }
        let inner = pick.part(at);
        if choice > 6 && types.has_pattern(own) {
            let fields = types.fields(own);
            let parts = fields.iter().map(|(selector, field)| (selector[1..].to_owned(), field));
            let parts: Vec<(String, (String, bool))> =
                parts.map(|(name, field)| (name, self.pattern(&inner, 0, field, hold))).collect();
            let all = parts.iter().all(|(_, (_, all))| *all);
            let is_tuple = matches!(own, Own::Tuple(_));
            let shown = |(name, (part, _)): &(String, (String, bool))| match is_tuple {
                true => part.clone(),
                false => format!("{name}: {part}"),
            };
            let list = parts.iter().map(shown).collect::<Vec<_>>().join(", ");
            return (if is_tuple { format!("({list},)") } else { format!("{own} {{ {list} }}") }, all);
        }
        let variants = types.variants(own);
        if choice > 6 && !variants.is_empty() && types.comes_apart(own) && !is_linear {
            let (name, payload) = inner.of(&variants);
            let (pattern, all) = self.variant_pattern(&inner, &name, &payload, hold);
            return (pattern, all && variants.len() == 1);
        }
        let mutable = hold == Hold::Owned && !is_linear && choice % 3 == 1;
        let name = self.declare(&Pick::none(), own, hold, mutable);
        (if mutable { format!("mut {name}") } else { name }, true)
    }

    /// `match value { … }` as a statement or with a value of this type.
    fn match_arms(&mut self, pick: &Pick<'_>, own: Option<&Own>, of: &Scrutinee) -> Written {
        let before = self.scope.moved.clone();
        let variants = self.world.types.variants(&of.own);
        let mut text = format!("match {} {{", of.text);
        let mut ways = Vec::new();
        self.body.indent += 1;
        let line = self.line();
        let mut at = 0;
        while let Some((name, payload)) = variants.get(at) {
            let part = pick.part(1 + at);
            let is_linear = of.hold == Hold::Owned && payload.iter().any(|own| self.world.types.is_linear(own));
            let is_guarded = pick.once_in(5) && !is_linear;
            let (mut pattern, mut all, mut guard) = (String::new(), true, String::new());
            let tail = own.map(|own| (part.part(0), own));
            let (inner, way) = self.way(&before, |writer| {
                writer.block(part.parts(usize::from(own.is_some())), tail, |writer| {
                    let from = writer.scope.vars.len();
                    (pattern, all) = writer.variant_pattern(&part, name, payload, of.hold);
                    writer.show(from, of);
                    if is_guarded {
                        guard = writer.guard(&part);
                    }
                })
            });
            // The next variant has the same parts: one arm for both.
            let alike = variants.get(at + 1).filter(|(_, other)| all && other == payload && pick.once_in(3));
            if let Some((other, _)) = alike {
                pattern = format!("{pattern} | {}", pattern.replacen(name, other, 1));
                at += 1;
            }
            text.push_str(&format!("{line}{pattern}{guard} => {inner}"));
            ways.push(way);
            if is_guarded || !all {
                let rest = own.map_or(String::new(), |own| self.simplest(own));
                self.scope.moved.clone_from(&before);
                let dots = if payload.is_empty() { "" } else { "(..)" };
                let other = alike.map_or(String::new(), |(other, _)| format!(" | {other}{dots}"));
                text.push_str(&format!("{line}{name}{dots}{other} => {{ {rest} }}"));
                ways.push(Some(before.clone()));
            }
            at += 1;
        }
        self.body.indent -= 1;
        let reached = self.ways(ways);
        (format!("{text}{}}}", self.line()), reached)
    }

    /// ` if condition`, which looks at what was bound.
    fn guard(&mut self, pick: &Pick<'_>) -> String {
        let bound = self.scope.vars.last().filter(|var| var.depth == self.scope.depth).cloned();
        match bound {
            Some(var) if pick.take(3) > 0 => format!(" if {} % 3 != 1", self.looked(&var.own, &var.name)),
            _ => " if chance(log, 3)".to_owned(),
        }
    }

    fn with_lock<R>(&mut self, lock: Option<(usize, Lock)>, work: impl FnOnce(&mut Self) -> R) -> R {
        match lock {
            Some((var, lock)) => self.locked(var, lock, work),
            None => work(self),
        }
    }

    /// A match as a statement.
    pub fn match_statement(&mut self, pick: &Pick<'_>) -> Option<Written> {
        let of = self.scrutinee(pick, true)?;
        let lock = of.lock;
        Some(self.with_lock(lock, |writer| writer.match_arms(pick, None, &of)))
    }

    /// A match with a value.
    pub fn value_match(&mut self, pick: &Pick<'_>, own: &Own) -> Option<String> {
        let of = self.scrutinee(pick, true)?;
        let lock = of.lock;
        let before = self.scope.moved.clone();
        let written = self.with_lock(lock, |writer| writer.match_arms(pick, Some(own), &of));
        Some(self.with_end(written, before, own))
    }

    /// `if let PATTERN = value { … } else { … }`
    pub fn if_let(&mut self, pick: &Pick<'_>) -> Option<Written> {
        let of = self.scrutinee(pick, false)?;
        let (name, payload) = pick.of(&self.world.types.variants(&of.own));
        let before = self.scope.moved.clone();
        let (first, second) = (pick.part(1), pick.part(2));
        let (then, or) = self.with_lock(of.lock, |writer| {
            let mut pattern = String::new();
            let (then, a) = writer.way(&before, |writer| {
                writer.block(first.parts(0), None, |writer| {
                    pattern = writer.variant_pattern(&first, &name, &payload, of.hold).0;
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
        let of = self.scrutinee(pick, false)?;
        let stays = self.scope.pending > 0;
        if stays
            || of.hold != Hold::Owned
            || (self.scope.loops.is_empty() && self.result.is_some() && pick.take(2) == 0)
        {
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
        let (pattern, _) = self.variant_pattern(pick, &name, &payload, Hold::Owned);
        Some((format!("let {pattern} = {} else {{{line}{leave}{}}};", of.text, self.line()), true))
    }
}
