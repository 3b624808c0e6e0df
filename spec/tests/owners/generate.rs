//! The generator. A variable is known to have its value, or not to have it for certain; only those with one are used.

use std::fmt::Write;

/// What every program starts with. `n` counts owners and is the source of all decisions.
const PRELUDE: &str = "\
struct File { id: i32, drop fn(self) { @dbg(-self.id); } }
struct Pair { a: File, b: File }
enum Slot { Empty, One(File), Two(File, File) }
fn open(inout n: i32) -> File { n += 1; @dbg(n); File { id: n } }
fn slot(inout n: i32) -> Slot {
    match n % 3 { 0 => Slot::Empty, 1 => Slot::One(open(inout n)), _ => Slot::Two(open(inout n), open(inout n)) }
}
fn pair(inout n: i32) -> Pair { Pair { a: open(inout n), b: open(inout n) } }
fn chance(borrow n: i32, k: i32) -> bool { (n * 7 + k * 5) % 3 != 0 }
fn close(_f: File) {}
fn swap_in(f: File, inout g: File) { g = f; }
fn look(borrow f: File) -> bool { f.id > 0 }
fn either(f: File, g: File, first: bool) -> File { if first { f } else { g } }
";

/// Numbers that look random.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % limit
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    File,
    Pair,
    Slot,
}

/// A variable in scope. A pair has two parts, others one.
#[derive(Clone)]
struct Var {
    name: String,
    kind: Kind,
    has: [bool; 2],
}

impl Var {
    fn is_whole(&self) -> bool {
        self.has == [true; 2]
    }
}

/// The states of all variables where a path ends up.
type State = Vec<[bool; 2]>;

struct Loop {
    /// Variables outside.
    outside: usize,
    /// Which of them had their values before.
    before: State,
    /// The states at each `break`.
    breaks: Vec<State>,
}

struct Generator {
    random: Random,
    text: String,
    indent: usize,
    vars: Vec<Var>,
    loops: Vec<Loop>,
    names: usize,
    budget: usize,
}

/// The text of a program.
pub fn program(seed: u64) -> String {
    let mut generator = Generator {
        random: Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1),
        text: PRELUDE.to_owned(),
        indent: 1,
        vars: Vec::new(),
        loops: Vec::new(),
        names: 0,
        budget: 40,
    };
    generator.text.push_str("fn run(inout n: i32) {\n");
    generator.statements();
    generator.text.push_str("}\nfn main() {\n    let mut n = 0;\n    for _ in 0..5 { run(inout n); n += 1; }\n}\n");
    generator.text
}

impl Generator {
    fn line(&mut self, text: &str) {
        let _ = writeln!(self.text, "{:width$}{text}", "", width = self.indent * 4);
    }

    fn state(&self) -> State {
        self.vars.iter().map(|var| var.has).collect()
    }

    fn set_state(&mut self, state: &State) {
        self.vars.iter_mut().zip(state).for_each(|(var, has)| var.has = *has);
    }

    /// What is certain after several ways met.
    fn join(&mut self, states: &[State]) {
        for (index, var) in self.vars.iter_mut().enumerate() {
            for part in 0..2 {
                var.has[part] = states.iter().all(|state| state[index][part]);
            }
        }
    }

    fn pick(&mut self, fits: impl Fn(&Var) -> bool) -> Option<usize> {
        let found: Vec<usize> = (0..self.vars.len()).filter(|index| fits(&self.vars[*index])).collect();
        (!found.is_empty()).then(|| found[self.random.below(found.len())])
    }

    fn condition(&mut self) -> String {
        let k = self.random.below(50);
        match self.pick(|var| var.kind == Kind::File && var.is_whole()) {
            Some(file) if self.random.below(3) == 0 => format!("look({}) && chance(n, {k})", self.vars[file].name),
            _ if self.random.below(4) == 0 => format!("look(open(inout n)) && chance(n, {k})"),
            _ => format!("chance(n, {k})"),
        }
    }

    /// Statements of a block; whether its end is reached.
    fn statements(&mut self) -> bool {
        let outside = self.vars.len();
        let mut reached = true;
        for _ in 0..2 + self.random.below(5) {
            if self.budget == 0 {
                break;
            }
            self.budget -= 1;
            reached = self.statement();
            if !reached {
                break;
            }
        }
        self.vars.truncate(outside);
        reached
    }

    /// A block in braces, opened by `head`.
    fn block(&mut self, head: &str) -> bool {
        self.line(&format!("{head} {{"));
        self.indent += 1;
        let reached = self.statements();
        self.indent -= 1;
        reached
    }

    fn statement(&mut self) -> bool {
        match self.random.below(17) {
            0..=2 => self.declare(),
            3 => self.declare_from(),
            4 => self.close(),
            5 => self.close_part(),
            6 => self.assign(),
            7 => self.swap(),
            8 => self.line("look(open(inout n));"),
            9 | 10 => return self.branch(),
            11 => return self.matching(),
            12 => self.repeat(),
            13 => {
                let reached = self.block("");
                self.line("}");
                return reached;
            }
            14 => return self.leave(),
            15 => return self.let_else(),
            _ => self.nested_value(),
        }
        true
    }

    fn new_var(&mut self, kind: Kind) -> String {
        self.names += 1;
        let name = format!("v{}", self.names);
        self.vars.push(Var { name: name.clone(), kind, has: [true; 2] });
        name
    }

    fn declare(&mut self) {
        let (kind, value) = match self.random.below(4) {
            0 => (Kind::Pair, "pair(inout n)"),
            1 => (Kind::Slot, "slot(inout n)"),
            _ => (Kind::File, "open(inout n)"),
        };
        let name = self.new_var(kind);
        self.line(&format!("let mut {name} = {value};"));
    }

    /// A new variable gets the value of another one.
    fn declare_from(&mut self) {
        let Some(from) = self.pick(Var::is_whole) else { return self.declare() };
        let (kind, old) = (self.vars[from].kind, self.vars[from].name.clone());
        self.vars[from].has = [false; 2];
        if kind == Kind::Pair && self.random.below(2) == 0 {
            let (a, b) = (self.new_var(Kind::File), self.new_var(Kind::File));
            return self.line(&format!("let Pair {{ a: mut {a}, b: mut {b} }} = {old};"));
        }
        let name = self.new_var(kind);
        self.line(&format!("let mut {name} = {old};"));
    }

    fn close(&mut self) {
        let Some(file) = self.pick(|var| var.kind == Kind::File && var.is_whole()) else { return self.declare() };
        self.vars[file].has = [false; 2];
        self.line(&format!("close({});", self.vars[file].name.clone()));
    }

    fn close_part(&mut self) {
        let part = self.random.below(2);
        let Some(pair) = self.pick(|var| var.kind == Kind::Pair && var.has[part]) else { return self.declare() };
        self.vars[pair].has[part] = false;
        self.line(&format!("close({}.{});", self.vars[pair].name.clone(), ["a", "b"][part]));
    }

    fn assign(&mut self) {
        let Some(var) = self.pick(|_| true) else { return self.declare() };
        let Var { name, kind, has } = self.vars[var].clone();
        // A part can be set unless the whole may have been moved: one of them has its value.
        if kind == Kind::Pair && has[1] && self.random.below(2) == 0 {
            self.vars[var].has[0] = true;
            return self.line(&format!("{name}.a = open(inout n);"));
        }
        self.vars[var].has = [true; 2];
        self.line(&format!("{name} = {};", value_of(kind)));
    }

    fn swap(&mut self) {
        let Some(from) = self.pick(|var| var.kind == Kind::File && var.is_whole()) else { return self.declare() };
        let old = self.vars[from].name.clone();
        let to = self.pick(|var| var.kind == Kind::File && var.is_whole() && var.name != old);
        let Some(to) = to else { return self.declare() };
        self.vars[from].has = [false; 2];
        self.line(&format!("swap_in({old}, inout {});", self.vars[to].name.clone()));
    }

    fn branch(&mut self) -> bool {
        let condition = self.condition();
        let before = self.state();
        let mut ends = Vec::new();
        if self.block(&format!("if {condition}")) {
            ends.push(self.state());
        }
        self.set_state(&before);
        if self.random.below(2) == 0 {
            if self.block("} else") {
                ends.push(self.state());
            }
        } else {
            ends.push(before);
        }
        self.line("}");
        self.join(&ends);
        !ends.is_empty()
    }

    fn matching(&mut self) -> bool {
        let Some(slot) = self.pick(|var| var.kind == Kind::Slot && var.is_whole()) else {
            self.declare();
            return true;
        };
        let name = self.vars[slot].name.clone();
        self.line(&format!("match {name} {{"));
        self.indent += 1;
        let looks = self.random.below(3) == 0;
        let guard = if self.random.below(3) == 0 { " if look(f)" } else { "" };
        let (one, two) = match looks {
            true => ("look(f);", "look(f); look(g);"),
            false => (
                "close(f);",
                ["close(g);", "close(f); close(g);", "close(either(f, g, chance(n, 1)));"][self.random.below(3)],
            ),
        };
        if !looks {
            self.vars[slot].has = [false; 2];
        }
        let before = self.state();
        let mut ends = Vec::new();
        for (head, first) in
            [(format!("Slot::One(f){guard} =>"), one), ("Slot::Two(f, g) =>".to_owned(), two), ("_ =>".to_owned(), "")]
        {
            self.set_state(&before);
            self.line(&format!("{head} {{"));
            self.indent += 1;
            self.line(first);
            let reached = self.random.below(3) > 0 || self.statements();
            self.indent -= 1;
            self.line("}");
            if reached {
                ends.push(self.state());
            }
        }
        self.indent -= 1;
        self.line("}");
        self.join(&ends);
        !ends.is_empty()
    }

    /// Gives new values to what was moved in a loop's turn, so that the next one finds it as this one did.
    fn restore(&mut self) {
        let Some(last) = self.loops.last() else { return };
        for (index, before) in last.before.clone().iter().enumerate().take(last.outside) {
            let Var { name, kind, has } = self.vars[index].clone();
            if before.iter().zip(has).any(|(before, now)| *before && !now) {
                self.line(&format!("{name} = {};", value_of(kind)));
                self.vars[index].has = [true; 2];
            }
        }
    }

    fn repeat(&mut self) {
        self.names += 1;
        let counter = format!("turn{}", self.names);
        let (outside, before) = (self.vars.len(), self.state());
        self.loops.push(Loop { outside, before: before.clone(), breaks: vec![before] });
        self.line(&format!("for {counter} in 0..3 {{"));
        self.indent += 1;
        self.line(&format!("n += {counter} % 2;"));
        if self.statements() {
            self.restore();
        }
        self.indent -= 1;
        self.line("}");
        let done = self.loops.pop().expect("it was pushed above");
        self.join(&done.breaks);
    }

    fn leave(&mut self) -> bool {
        let before = self.state();
        match (self.loops.last().map(|last| last.outside), self.random.below(3)) {
            (Some(_), 0) => {
                self.restore();
                self.line("continue;");
            }
            (Some(outside), 1) => {
                let state = self.state()[..outside].to_vec();
                self.loops.last_mut().expect("just looked").breaks.push(state);
                self.line("break;");
            }
            _ => self.line("return;"),
        }
        self.set_state(&before);
        false
    }

    fn let_else(&mut self) -> bool {
        let before = self.state();
        let from = self.pick(|var| var.kind == Kind::Slot && var.is_whole());
        let source = from.map_or("slot(inout n)".to_owned(), |slot| self.vars[slot].name.clone());
        // What the pattern takes is gone behind it, whichever variant it was.
        if let Some(slot) = from {
            self.vars[slot].has = [false; 2];
        }
        let taken = self.state();
        self.names += 1;
        let name = format!("v{}", self.names);
        self.line(&format!("let Slot::One(mut {name}) = {source} else {{"));
        self.indent += 1;
        self.set_state(&before);
        if let Some(slot) = from {
            self.vars[slot].has = [false; 2];
        }
        self.leave();
        self.indent -= 1;
        self.line("};");
        self.set_state(&taken);
        self.vars.push(Var { name, kind: Kind::File, has: [true; 2] });
        true
    }

    /// A value whose later part may leave.
    fn nested_value(&mut self) {
        let condition = self.condition();
        if let Some(last) = self.loops.last() {
            let state = self.state()[..last.outside].to_vec();
            self.loops.last_mut().expect("just looked").breaks.push(state);
        }
        let out = if self.loops.is_empty() { "return" } else { "break" };
        let name = self.new_var(Kind::Pair);
        self.line(&format!(
            "let mut {name} = Pair {{ a: open(inout n), b: if {condition} {{ open(inout n) }} else {{ {out}; }} }};"
        ));
    }
}

fn value_of(kind: Kind) -> &'static str {
    match kind {
        Kind::File => "open(inout n)",
        Kind::Pair => "pair(inout n)",
        Kind::Slot => "slot(inout n)",
    }
}
