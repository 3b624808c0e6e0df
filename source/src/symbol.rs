//! Interned names. A [`Symbol`] is a number; comparing names is comparing numbers.

use rustc_hash::FxHasher;
use std::fmt;
use std::hash::Hasher;

/// An interned name; valid with the [`Interner`] that made it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Symbol(u32);

impl Symbol {
    /// The number of the symbol in its interner.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Debug for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sym{}", self.0)
    }
}

/// Names seen in one compilation. All text lies in one buffer; the table maps hashes to symbols.
pub struct Interner {
    text: String,
    /// Where each symbol's text ends in `text`; it starts where the one before ends.
    ends: Vec<u32>,
    /// Open-addressed table of symbol numbers plus one; 0 is empty. A power of two long, at most half full.
    table: Vec<u32>,
}

impl fmt::Debug for Interner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Interner({} names)", self.ends.len())
    }
}

impl Default for Interner {
    fn default() -> Self {
        Self::new()
    }
}

impl Interner {
    /// An interner that holds the well-known names of [`sym`].
    pub fn new() -> Self {
        let mut interner = Interner { text: String::with_capacity(1 << 12), ends: Vec::new(), table: vec![0; 1 << 10] };
        for (index, name) in sym::NAMES.iter().enumerate() {
            let symbol = interner.intern(name);
            debug_assert_eq!(symbol.index(), index, "well-known name {name} listed twice");
        }
        interner
    }

    /// The symbol of `name`.
    pub fn intern(&mut self, name: &str) -> Symbol {
        let mask = self.table.len() - 1;
        let mut slot = hash(name) & mask;
        loop {
            match self.table[slot] {
                0 => break,
                number if self.name_at(number - 1) == name => return Symbol(number - 1),
                _ => slot = (slot + 1) & mask,
            }
        }
        let number = self.ends.len() as u32;
        self.text.push_str(name);
        self.ends.push(u32::try_from(self.text.len()).expect("names are part of files of less than 4 GiB"));
        self.table[slot] = number + 1;
        if self.ends.len() * 2 > self.table.len() {
            self.grow();
        }
        Symbol(number)
    }

    /// The symbol of `name` if it was interned before.
    pub fn get(&self, name: &str) -> Option<Symbol> {
        let mask = self.table.len() - 1;
        let mut slot = hash(name) & mask;
        loop {
            match self.table[slot] {
                0 => return None,
                number if self.name_at(number - 1) == name => return Some(Symbol(number - 1)),
                _ => slot = (slot + 1) & mask,
            }
        }
    }

    /// The text of a symbol.
    pub fn name(&self, symbol: Symbol) -> &str {
        self.name_at(symbol.0)
    }

    /// The symbol of the decimal form of `index`: the name of a tuple's field.
    pub fn intern_index(&mut self, index: usize) -> Symbol {
        self.intern(&index.to_string())
    }

    fn name_at(&self, number: u32) -> &str {
        let number = number as usize;
        let start = if number == 0 { 0 } else { self.ends[number - 1] };
        &self.text[start as usize..self.ends[number] as usize]
    }

    fn grow(&mut self) {
        let mut table = vec![0; self.table.len() * 2];
        let mask = table.len() - 1;
        for number in 0..self.ends.len() as u32 {
            let mut slot = hash(self.name_at(number)) & mask;
            while table[slot] != 0 {
                slot = (slot + 1) & mask;
            }
            table[slot] = number + 1;
        }
        self.table = table;
    }
}

fn hash(name: &str) -> usize {
    let mut hasher = FxHasher::default();
    hasher.write(name.as_bytes());
    hasher.finish() as usize
}

macro_rules! well_known {
    ($($ident:ident = $text:literal),* $(,)?) => {
        /// Names the compiler itself refers to, interned first so that their symbols are constants.
        pub mod sym {
            use super::Symbol;
            #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
            enum Number { $($ident),* }
            $(#[doc = concat!("`", $text, "`")] #[allow(non_upper_case_globals)] pub const $ident: Symbol = Symbol(Number::$ident as u32);)*
            pub(super) const NAMES: &[&str] = &[$($text),*];
        }
    };
}

well_known! {
    MAIN = "main", SELF_VALUE = "self", SELF_TYPE = "Self", UNDERSCORE = "_", STD = "std",
    LEN = "len", OPTION = "Option", RESULT = "Result", SOME = "Some", NONE = "None", OK = "Ok", ERR = "Err",
    STRING = "String", VEC = "Vec", HANDLE = "handle", COPY = "copy", ALLOW = "allow", C = "C",
    VIEW = "view", VIEW_MUT = "view_mut", EQ = "eq", NEXT = "next", FREEZE = "freeze",
    N0 = "0", N1 = "1", N2 = "2", N3 = "3", N4 = "4", N5 = "5", N6 = "6", N7 = "7",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interning_twice_gives_the_same_symbol() {
        let mut interner = Interner::new();
        let names: Vec<String> = (0..5000).map(|n| format!("name{n}")).collect();
        let symbols: Vec<Symbol> = names.iter().map(|name| interner.intern(name)).collect();
        for (name, symbol) in names.iter().zip(&symbols) {
            assert_eq!(interner.intern(name), *symbol);
            assert_eq!(interner.get(name), Some(*symbol));
            assert_eq!(interner.name(*symbol), name);
        }
        assert_eq!(interner.get("never seen"), None);
        assert_eq!(interner.name(sym::MAIN), "main");
    }
}
