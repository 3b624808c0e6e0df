//! Statements.

use crate::Pick;
use crate::body::Body;
use crate::scope::{Lock, Loop};
use crate::ty::{INTS, Int, Ty, USIZE};

const NAMES: [&str; 8] = ["a", "b", "c", "d", "e", "x", "y", "z"];

impl Body<'_> {
    /// A statement, on lines of its own. What it declares is declared from then on.
    pub fn statement(&mut self, pick: &Pick<'_>) -> String {
        self.charge(1);
        let kind = if pick.is_leaf() { pick.take(10) } else { pick.take(30) };
        let text = match kind {
            0..=2 => self.local(pick),
            3..=5 => self.assignment(pick),
            6..=8 => self.print(pick),
            9 | 10 => self.jump(pick),
            11..=13 => self.branch(pick),
            14 => self.match_statement(pick),
            15 | 16 => self.for_range(pick),
            17 => self.for_array(pick),
            18 => self.while_loop(pick),
            19..=21 => self.call_for_effect(pick).map(|call| format!("{call};")),
            22 => self.block_statement(pick),
            23 => self.destructure(pick),
            24 => self.if_let(pick),
            25 | 26 => self.kernel(pick),
            27 => self.unrolled(pick),
            28 => self.comptime_branch(pick),
            _ => self.compare_times(pick),
        };
        let text = text.or_else(|| self.local(pick)).unwrap_or_default();
        format!("{}{text}", self.line())
    }

    /// `let mut x: T = value;`
    fn local(&mut self, pick: &Pick<'_>) -> Option<String> {
        let mut ty = self.ty(pick, 2);
        let pointers: Vec<Ty> = self.items.functions.iter().filter_map(|function| function.pointer_type()).collect();
        if !pointers.is_empty() && pick.once_in(8) {
            ty = pick.of(&pointers);
        }
        let (name, mutable, annotated) = (pick.of(&NAMES), pick.take(3) > 0, pick.take(3) < 2);
        let value = self.expr(&pick.part(0), &ty, annotated || matches!(ty, Ty::Fn(..))).text;
        self.declare(name, ty.clone(), mutable);
        let mutable = if mutable { "mut " } else { "" };
        let annotation = if annotated || matches!(ty, Ty::Fn(..)) { format!(": {ty}") } else { String::new() };
        Some(format!("let {mutable}{name}{annotation} = {value};"))
    }

    /// `place = value;` or `place += value;`
    fn assignment(&mut self, pick: &Pick<'_>) -> Option<String> {
        let types = self.writable_types();
        if types.is_empty() {
            return None;
        }
        let ty = pick.of(&types);
        let places = self.writable(&ty);
        let path = pick.of(&places);
        let place = self.fill(pick, &path, 1);
        let Ty::Int(int) = ty else {
            let op = if matches!(ty, Ty::Float(_)) { pick.of(&["=", "+=", "-=", "*=", "/=", "%="]) } else { "=" };
            return Some(format!("{place} {op} {};", self.expr(&pick.part(0), &ty, true).text));
        };
        let ops: &[&str] = if self.safe {
            &["=", "&=", "|=", "^=", "<<=", ">>="]
        } else {
            &["=", "+=", "&=", "|=", "^=", "<<=", ">>=", "-=", "*=", "/=", "%="]
        };
        let op = pick.of(ops);
        Some(match op {
            "<<=" | ">>=" => {
                let amount = self.hidden(&pick.part(0), &Ty::Int(pick.of(&INTS)));
                format!("{place} {op} {amount} & {};", int.bits() - 1)
            }
            "/=" | "%=" => format!("{place} {op} {};", self.hidden(&pick.part(0), &ty)),
            _ => format!("{place} {op} {};", self.expr(&pick.part(0), &ty, true).text),
        })
    }

    /// `@dbg((value,));`, on one line of output whatever the value is.
    fn print(&mut self, pick: &Pick<'_>) -> Option<String> {
        if self.times > 64 || !self.can_afford(2000) {
            return None;
        }
        let vars = self.printable();
        let (text, ty) = if vars.is_empty() || !pick.is_leaf() {
            let ty = self.ty(pick, 2);
            (self.expr(&pick.part(0), &ty, false).text, ty)
        } else {
            pick.of(&vars)
        };
        self.charge(200 * self.items.size(&ty));
        Some(format!("@dbg(({text},));"))
    }

    /// `if c { break; }`, or another way to leave.
    fn jump(&mut self, pick: &Pick<'_>) -> Option<String> {
        let condition = self.expr(&pick.part(0), &Ty::Bool, true).text;
        let from = self.loops.iter().rposition(|around| around.label.is_empty()).map_or(0, |at| at + 1);
        let result = self.result.clone().filter(|_| !self.comptime);
        let jump = if from < self.loops.len() && pick.take(4) < 3 {
            let at = self.loops.len() - 1 - pick.take(self.loops.len() - from);
            let Loop { label, value } = self.loops[at].clone();
            match value {
                // The end of the count is in its first statement, so that its next turn can always be started.
                _ if pick.take(2) == 1 => format!("continue {label};"),
                None => format!("break {label};"),
                Some(ty) => format!("break {label} {};", self.expr(&pick.part(1), &ty, false).text),
            }
        } else if let Some(result) = result {
            format!("return {};", self.expr(&pick.part(1), &result, true).text)
        } else if !self.safe && pick.once_in(12) {
            "@panic(\"enough\");".to_owned()
        } else {
            return None;
        };
        Some(format!("if {condition} {{ {jump} }}"))
    }

    /// `{ statements }`: the parts from a number on.
    fn statements(&mut self, pick: &Pick<'_>, from: usize) -> String {
        let inner = self.block(|body| pick.parts(from).map(|part| body.statement(&part)).collect::<String>());
        format!("{{{inner}{}}}", self.line())
    }

    fn branch(&mut self, pick: &Pick<'_>) -> Option<String> {
        let condition = self.expr(&pick.part(0), &Ty::Bool, true).text;
        let then = self.statements(&pick.part(1), 0);
        if pick.take(2) == 0 {
            return Some(format!("if {condition} {then}"));
        }
        let or = self.statements(pick, 2);
        Some(format!("if {condition} {then} else {or}"))
    }

    fn match_statement(&mut self, pick: &Pick<'_>) -> Option<String> {
        let (scrutinee, of) = self.scrutinee(pick);
        let mut text = format!("match {scrutinee} {{");
        self.indent += 1;
        for part in pick.parts(2) {
            let arm = self.block(|body| {
                let pattern = body.pattern(&part, &of, 3);
                body.indent -= 1;
                let inner = body.statements(&part, 0);
                let line = body.line();
                body.indent += 1;
                format!("{line}{pattern} => {inner}")
            });
            text.push_str(&arm);
        }
        let rest = self.statements(&pick.part(1), 0);
        text.push_str(&format!("{}_ => {rest}", self.line()));
        self.indent -= 1;
        Some(format!("{text}{}}}", self.line()))
    }

    /// Statements that run in a loop of so many turns.
    fn turns(&mut self, pick: &Pick<'_>, from: usize, label: &str, times: u64) -> String {
        self.loops.push(Loop { label: label.to_owned(), value: None });
        let inner = self.repeated(times, |body| body.statements(pick, from));
        self.loops.pop();
        inner
    }

    fn for_range(&mut self, pick: &Pick<'_>) -> Option<String> {
        let int = pick.of(&INTS);
        let (label, name) = (self.items.fresh("'l"), self.items.fresh("j"));
        let count = 1 + pick.take(5);
        let (first, inclusive) = match pick.take(6) {
            3 if int.is_signed() => (format!("{int}::MIN"), true),
            4 => (format!("{int}::MAX - {}", count - 1), true),
            5 if int.is_signed() => ("-2".to_owned(), false),
            _ => ("0".to_owned(), false),
        };
        let (last, below) = match first.as_str() {
            "0" => (if inclusive { count - 1 } else { count }.to_string(), Some(count)),
            "-2" => ((count as i64 - 2).to_string(), None),
            first if first.ends_with("MIN") => (format!("{int}::MIN + {}", count - 1), None),
            _ => (format!("{int}::MAX"), None),
        };
        let dots = if inclusive { "..=" } else { ".." };
        let last = if pick.take(3) == 1 { self.opaque(&last, &Ty::Int(int)) } else { last };
        let first = if pick.take(3) == 1 || !first.starts_with(|c: char| c.is_ascii_alphabetic()) {
            self.opaque(&first, &Ty::Int(int))
        } else {
            first
        };
        let mutable = pick.once_in(6);
        let before = self.vars.len();
        self.declare(&name, Ty::Int(int), mutable);
        if !int.is_signed() && !mutable {
            self.vars[before].below = below;
        }
        let inner = self.turns(pick, 0, &label, count as u64);
        self.vars.truncate(before);
        let mutable = if mutable { "mut " } else { "" };
        Some(format!("{label}: for {mutable}{name} in {first}{dots}{last} {inner}"))
    }

    fn for_array(&mut self, pick: &Pick<'_>) -> Option<String> {
        let elem = self.ty(pick, 1);
        let len = pick.of(&[2, 3, 5, 8]);
        let label = self.items.fresh("'l");
        let array = self.hidden(&pick.part(0), &Ty::Array(Box::new(elem.clone()), len));
        let before = self.vars.len();
        let pattern = self.irrefutable(pick, &elem);
        let inner = self.turns(pick, 1, &label, len as u64);
        self.vars.truncate(before);
        Some(format!("{label}: for {pattern} in {array} {inner}"))
    }

    fn while_loop(&mut self, pick: &Pick<'_>) -> Option<String> {
        let (label, name) = (self.items.fresh("'l"), self.items.fresh("n"));
        let count = 1 + pick.take(5);
        let condition = self.repeated(count as u64, |body| body.expr(&pick.part(0), &Ty::Bool, true).text);
        let line = self.line();
        let inner = self.turns(pick, 1, &label, count as u64);
        let inner = inner.strip_prefix('{').unwrap_or(&inner);
        let add = format!("{line}    {name} += 1;");
        Some(format!("let mut {name}: i32 = 0;{line}{label}: while {name} < {count} && {condition} {{{add}{inner}"))
    }

    fn block_statement(&mut self, pick: &Pick<'_>) -> Option<String> {
        Some(self.statements(pick, 0))
    }

    /// `let (a, b) = value;`, `let PATTERN = value else { return … };`
    fn destructure(&mut self, pick: &Pick<'_>) -> Option<String> {
        let (value, of) = self.scrutinee(pick);
        let result = self.result.clone().filter(|_| !self.comptime);
        match result {
            Some(result) if pick.take(2) == 1 => {
                let or = self.expr(&pick.part(1), &result, true).text;
                let pattern = self.pattern(pick, &of, 3);
                Some(format!("let {pattern} = {value} else {{ return {or}; }};"))
            }
            _ => {
                let pattern = self.irrefutable(pick, &of);
                Some(format!("let {pattern} = {value};"))
            }
        }
    }

    fn if_let(&mut self, pick: &Pick<'_>) -> Option<String> {
        let (value, of) = self.scrutinee(pick);
        let before = self.vars.len();
        let pattern = self.pattern(pick, &of, 3);
        let then = self.statements(&pick.part(1), 0);
        self.vars.truncate(before);
        let or = self.statements(pick, 2);
        Some(format!("if let {pattern} = {value} {then} else {or}"))
    }

    /// A loop over an array as programs have it: counted by hand or by a range, its body short.
    fn kernel(&mut self, pick: &Pick<'_>) -> Option<String> {
        let elem = Ty::Int(if self.generic { Int::Param } else { pick.of(&INTS) });
        let len = pick.of(&[33, 40, 17, 64]);
        if !self.can_afford(40 * len as u64) {
            return None;
        }
        let (array, sum, at) = (self.items.fresh("k"), self.items.fresh("s"), self.items.fresh("j"));
        let (first, step) = (pick.take(3), 1 + pick.take(2));
        let start = self.hidden(&pick.part(0), &elem);
        let line = self.line();
        let mut text = format!("let mut {array} = [{start}; {len}];{line}");
        text.push_str(&format!("let mut {sum}: {elem} = {};{line}", self.opaque("1", &elem)));
        let before = self.vars.len();
        self.declare(&array, Ty::Array(Box::new(elem.clone()), len), true);
        self.declare(&sum, elem.clone(), true);
        self.declare(&at, USIZE, false);
        self.vars[before + 2].below = Some(len);
        let index = pick.of(&[at.clone(), format!("{at} - {first}"), format!("{len} - 1 - {at}")]);
        let inner = self.repeated(len as u64, |body| {
            body.block(|body| {
                let line = body.line();
                let value = body.expr(&pick.part(1), &elem, true).text;
                let more = body.expr(&pick.part(2), &elem, true).text;
                let op = if body.safe { "^=" } else { pick.of(&["^=", "+=", "=", "-="]) };
                let sum_value = format!("{sum}.wrapping_mul(31) ^ {array}[{at}] ^ {more}");
                format!("{line}{array}[{index}] {op} {value};{line}{sum} = {sum_value};")
            })
        });
        let head = if pick.take(2) == 0 {
            format!("for {at} in {first}..{len} {{{inner}{line}}}")
        } else {
            format!("let mut {at}: usize = {first};{line}while {at} < {len} {{{inner}{line}    {at} += {step};{line}}}")
        };
        text.push_str(&head);
        self.vars.truncate(before + 2);
        self.vars[before].lock = Lock::Free;
        Some(text)
    }

    /// `comptime for i in 0..3 { … }`
    fn unrolled(&mut self, pick: &Pick<'_>) -> Option<String> {
        if self.comptime {
            return None;
        }
        let name = self.items.fresh("j");
        let count = pick.take(4);
        let before = self.vars.len();
        // Jumps do not go through a loop that is not there any more.
        self.loops.push(Loop { label: String::new(), value: None });
        let inner = self.repeated(count.max(1) as u64, |body| body.statements(pick, 0));
        self.loops.pop();
        self.vars.truncate(before);
        Some(format!("comptime for {name} in 0..{count} {inner}"))
    }

    fn comptime_branch(&mut self, pick: &Pick<'_>) -> Option<String> {
        if self.comptime {
            return None;
        }
        let condition = self.at_comptime(|body| body.expr(&pick.part(0), &Ty::Bool, true).text);
        let then = self.statements(&pick.part(1), 0);
        let or = self.statements(pick, 2);
        Some(format!("comptime if {condition} {then} else {or}"))
    }

    /// The same expression computed while compiling and by the program: behind a line with `~` come two equal ones.
    fn compare_times(&mut self, pick: &Pick<'_>) -> Option<String> {
        if self.comptime || self.times > 16 || !self.can_afford(4000) {
            return None;
        }
        let ty = self.ty(pick, 2);
        let cost = self.cost;
        let text = self.at_comptime(|body| body.expr(&pick.part(0), &ty, false).text);
        let cost = self.cost - cost;
        self.charge(cost + 400 * self.items.size(&ty));
        let name = self.items.fresh("r");
        let line = self.line();
        Some(format!(
            "let {name} = {text};{line}@dbg(\"~\");{line}@dbg(({name},));{line}@dbg((comptime {{ {text} }},));"
        ))
    }
}
