//! The body of a function while it is being written.

use crate::Pick;
use crate::scope::{Function, Items, Lock, Loop, Path, Var};
use crate::ty::{Decl, INTS, Int, Ty};

/// What a program may cost; a native one is faster than anybody can notice, the interpreter takes milliseconds.
pub const BUDGET: u64 = 400_000;

/// A body that is being written.
#[derive(Debug)]
pub struct Body<'i> {
    /// What all code can name.
    pub items: &'i mut Items,
    /// Variables, the innermost last.
    pub vars: Vec<Var>,
    /// Loops, the innermost last.
    pub loops: Vec<Loop>,
    /// What `return` gives; `None` where there can't be one.
    pub result: Option<Ty>,
    /// Whether nothing in it may panic.
    pub safe: bool,
    /// Whether it is computed while compiling: it sees no variables of its function.
    pub comptime: bool,
    /// How often the code here runs at most.
    pub times: u64,
    /// What the code so far costs at most.
    pub cost: u64,
    /// How deep the text is indented.
    pub indent: usize,
    /// Whether `T` is a type here.
    pub generic: bool,
    /// The function itself, as long as it may be called once more.
    pub again: Option<Function>,
    /// The variables before this one are not written now.
    pub frozen: usize,
}

/// An expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// Its words; an operand as it is.
    pub text: String,
    /// Whether the compiler may know its value.
    pub known: bool,
}

impl From<String> for Expr {
    fn from(text: String) -> Expr {
        Expr { text, known: false }
    }
}

impl<'i> Body<'i> {
    /// An empty one.
    pub fn new(items: &'i mut Items, safe: bool) -> Body<'i> {
        Body {
            items,
            vars: Vec::new(),
            loops: Vec::new(),
            result: None,
            safe,
            comptime: false,
            times: 1,
            cost: 0,
            indent: 1,
            generic: false,
            again: None,
            frozen: 0,
        }
    }

    /// Counts what runs here.
    pub fn charge(&mut self, cost: u64) {
        self.cost = self.cost.saturating_add(self.times.saturating_mul(cost));
    }

    /// Whether something of this cost can still be afforded here.
    pub fn can_afford(&self, cost: u64) -> bool {
        self.cost.saturating_add(self.times.saturating_mul(cost)) < BUDGET
    }

    /// The beginning of a line.
    pub fn line(&self) -> String {
        format!("\n{}", "    ".repeat(self.indent))
    }

    /// Adds a variable.
    pub fn declare(&mut self, name: &str, ty: Ty, mutable: bool) {
        self.vars.push(Var { name: name.to_owned(), ty, mutable, lock: Lock::Free, below: None });
    }

    /// Whether no later variable hides this one.
    fn is_visible(&self, index: usize) -> bool {
        self.vars[index + 1..].iter().all(|later| later.name != self.vars[index].name)
    }

    /// The variables that can be named, as far as their locks allow it.
    fn usable(&self, lock: Lock) -> impl Iterator<Item = usize> {
        (0..self.vars.len()).filter(move |at| self.vars[*at].lock <= lock && self.is_visible(*at))
    }

    /// The variables that can be assigned.
    fn changeable(&self) -> impl Iterator<Item = usize> {
        self.usable(Lock::Free).filter(|index| self.vars[*index].mutable && *index >= self.frozen)
    }

    /// Places and consts of this type that can be read.
    pub fn readable(&self, ty: &Ty) -> Vec<Path> {
        let mut found = Vec::new();
        for index in self.usable(Lock::Read).collect::<Vec<_>>() {
            let var = &self.vars[index];
            let path = Path { text: var.name.clone(), lens: Vec::new(), var: Some(index) };
            self.items.places(path, &var.ty, ty, &mut found);
        }
        for known in &self.items.consts {
            let path = Path { text: known.name.clone(), lens: Vec::new(), var: None };
            self.items.places(path, &known.ty, ty, &mut found);
        }
        found
    }

    /// Places of this type that can be written.
    pub fn writable(&self, ty: &Ty) -> Vec<Path> {
        let mut found = Vec::new();
        for index in self.changeable().collect::<Vec<_>>() {
            let var = &self.vars[index];
            let path = Path { text: var.name.clone(), lens: Vec::new(), var: Some(index) };
            self.items.places(path, &var.ty, ty, &mut found);
        }
        found
    }

    /// Types of variables that can be written, and of their parts.
    pub fn writable_types(&self) -> Vec<Ty> {
        let mut types = Vec::new();
        for index in self.changeable() {
            let mut list = vec![self.vars[index].ty.clone()];
            while let Some(ty) = list.pop() {
                list.extend(self.items.parts(&ty).into_iter().map(|(_, part, _)| part));
                types.push(ty);
            }
        }
        types
    }

    /// Variables that can be read and whose values can be printed.
    pub fn printable(&self) -> Vec<(String, Ty)> {
        let vars = self.usable(Lock::Read).map(|index| &self.vars[index]);
        vars.filter(|var| self.items.is_data(&var.ty)).map(|var| (var.name.clone(), var.ty.clone())).collect()
    }

    /// Variables less than this, of a type that indexes.
    pub fn indices(&self, len: usize) -> Vec<String> {
        let vars = self.usable(Lock::Read).map(|index| &self.vars[index]);
        vars.filter(|var| var.below.is_some_and(|below| below <= len)).map(|var| var.name.clone()).collect()
    }

    /// Lets nothing that is there now be written while `work` runs.
    pub fn frozen<R>(&mut self, work: impl FnOnce(&mut Self) -> R) -> R {
        let before = self.frozen;
        self.frozen = self.vars.len();
        let result = work(self);
        self.frozen = before;
        result
    }

    /// Writes what is computed while compiling.
    pub fn at_comptime<R>(&mut self, work: impl FnOnce(&mut Self) -> R) -> R {
        let vars = std::mem::take(&mut self.vars);
        let loops = std::mem::take(&mut self.loops);
        let before = (self.result.take(), self.safe, self.comptime, self.frozen, self.times, self.again.take());
        (self.safe, self.comptime, self.frozen, self.times) = (true, true, 0, 1);
        let result = work(self);
        (self.vars, self.loops) = (vars, loops);
        (self.result, self.safe, self.comptime, self.frozen, self.times, self.again) = before;
        result
    }

    /// Writes what runs at most so many times as often.
    pub fn repeated<R>(&mut self, times: u64, work: impl FnOnce(&mut Self) -> R) -> R {
        let before = self.times;
        self.times = before.saturating_mul(times);
        let result = work(self);
        self.times = before;
        result
    }

    /// Writes an inner block: what is declared in it ends with it.
    pub fn block<R>(&mut self, work: impl FnOnce(&mut Self) -> R) -> R {
        let before = self.vars.len();
        self.indent += 1;
        let result = work(self);
        self.indent -= 1;
        self.vars.truncate(before);
        result
    }

    /// A type for a variable or part.
    pub fn ty(&self, pick: &Pick<'_>, depth: usize) -> Ty {
        let kinds = if depth == 0 { 5 } else { 9 };
        match pick.take(kinds) {
            0 if self.generic => Ty::Int(Int::Param),
            0..=2 => Ty::Int(pick.of(&INTS)),
            3 => Ty::Float(pick.of(&[64, 32])),
            4 => pick.of(&[Ty::Bool, Ty::Char]),
            5 => {
                let count = 1 + pick.take(3);
                Ty::Tuple((0..count).map(|_| self.ty(pick, depth - 1)).collect())
            }
            6 => {
                let elem = self.ty(pick, depth - 1);
                let len = pick.of(&[3, 2, 1, 4, 5, 8, 0, 33]);
                Ty::Array(
                    Box::new(elem),
                    if self.items.size(&Ty::Array(Box::new(Ty::Bool), len)) > 10 && depth < 2 { 2 } else { len },
                )
            }
            _ if self.items.types.is_empty() || self.generic => Ty::Int(pick.of(&INTS)),
            _ => {
                let number = pick.take(self.items.types.len());
                match self.items.types[number] {
                    Decl::Struct(_) => Ty::Struct(number),
                    Decl::Enum(_) => Ty::Enum(number),
                }
            }
        }
    }

    /// The words of `k_T(text)`: the value behind a call that the compiler does not look through.
    pub fn opaque(&mut self, text: &str, ty: &Ty) -> String {
        if !ty.is_scalar() {
            return format!("k_T({text})");
        }
        if Items::is_generic(ty) {
            return format!("k_T(T, {text})");
        }
        self.items.opaque.insert(ty.to_string());
        format!("k_{ty}({text})")
    }
}
