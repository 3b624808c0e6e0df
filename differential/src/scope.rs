//! What the code that is being written can name: variables, loops, functions.

use crate::ty::{Decl, Int, Ty};
use std::collections::BTreeSet;

/// Who may use a variable at the moment.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Lock {
    /// Anybody.
    Free,
    /// It may be read.
    Read,
    /// It is lent to be changed.
    Taken,
}

/// A variable.
#[derive(Clone, Debug)]
pub struct Var {
    /// Its name; a later variable of the name hides this one.
    pub name: String,
    /// Its type.
    pub ty: Ty,
    /// Whether it may be assigned.
    pub mutable: bool,
    /// Who may use it.
    pub lock: Lock,
    /// What it is less than, if that is known.
    pub below: Option<usize>,
}

/// A loop around the code.
#[derive(Clone, Debug)]
pub struct Loop {
    /// Its label.
    pub label: String,
    /// What its `break` gives.
    pub value: Option<Ty>,
}

/// How a parameter is passed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// `x: T`
    Value,
    /// `borrow x: T`
    Borrow,
    /// `inout x: T`
    Inout,
    /// `borrow x: [T]`
    View,
    /// `inout x: [T]`
    InoutView,
}

/// A parameter.
#[derive(Clone, Debug)]
pub struct Param {
    /// How it is passed.
    pub mode: Mode,
    /// Its type; that of the elements for a view.
    pub ty: Ty,
}

/// What kind of function it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Kind {
    /// `f0(…)`
    Plain,
    /// `f0(T, …)`
    Generic,
    /// `v.f0(…)` of this struct; the receiver is the first parameter.
    Method(usize),
    /// `G0(T)` is a type with a field and methods.
    TypeMaker,
}

/// A function of the program.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// What kind it is.
    pub kind: Kind,
    /// Its parameters.
    pub params: Vec<Param>,
    /// Its result.
    pub result: Ty,
    /// Whether it never panics.
    pub safe: bool,
    /// What a call costs at most, roughly.
    pub cost: u64,
    /// Whether its first parameter bounds its recursion.
    pub fuel: bool,
}

/// A const of the program.
#[derive(Clone, Debug)]
pub struct Const {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Ty,
}

/// What all code of the program can name.
#[derive(Clone, Debug, Default)]
pub struct Items {
    /// Structs and enums.
    pub types: Vec<Decl>,
    /// Functions that are finished.
    pub functions: Vec<Function>,
    /// Consts that are finished.
    pub consts: Vec<Const>,
    /// Types for which `k_T` is used.
    pub opaque: BTreeSet<String>,
    /// Names that were given.
    pub fresh: usize,
}

/// A place or value that can be named, of any type.
#[derive(Clone, Debug)]
pub struct Path {
    /// Its words, with holes `#` for indices.
    pub text: String,
    /// The lengths of the arrays that are indexed.
    pub lens: Vec<usize>,
    /// The variable; `None` is a const.
    pub var: Option<usize>,
}

impl Items {
    /// A name that is new in the program.
    pub fn fresh(&mut self, letter: &str) -> String {
        self.fresh += 1;
        format!("{letter}{}", self.fresh)
    }

    /// The parts of a value of this type, with what selects them.
    pub fn parts(&self, ty: &Ty) -> Vec<(String, Ty, Option<usize>)> {
        match ty {
            Ty::Tuple(parts) => {
                parts.iter().enumerate().map(|(at, part)| (format!(".{at}"), part.clone(), None)).collect()
            }
            Ty::Array(elem, len) if *len > 0 => vec![("[#]".to_owned(), (**elem).clone(), Some(*len))],
            Ty::Struct(number) => match &self.types[*number] {
                Decl::Struct(fields) => {
                    fields.iter().enumerate().map(|(at, field)| (format!(".x{at}"), field.clone(), None)).collect()
                }
                Decl::Enum(_) => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// All places in a place that have the wanted type.
    pub fn places(&self, of: Path, ty: &Ty, wanted: &Ty, found: &mut Vec<Path>) {
        if ty == wanted {
            found.push(of.clone());
        }
        for (selector, part, len) in self.parts(ty) {
            let mut path = of.clone();
            path.text.push_str(&selector);
            path.lens.extend(len);
            self.places(path, &part, wanted, found);
        }
    }

    /// Whether values of the type can be printed and compared.
    pub fn is_data(&self, ty: &Ty) -> bool {
        match ty {
            Ty::Fn(..) => false,
            Ty::Tuple(parts) => parts.iter().all(|part| self.is_data(part)),
            Ty::Array(elem, _) => self.is_data(elem),
            _ => true,
        }
    }

    /// About how many scalars a value has.
    pub fn size(&self, ty: &Ty) -> u64 {
        match ty {
            Ty::Tuple(parts) => 1 + parts.iter().map(|part| self.size(part)).sum::<u64>(),
            Ty::Array(elem, len) => 1 + *len as u64 * self.size(elem),
            Ty::Struct(number) | Ty::Enum(number) => match &self.types[*number] {
                Decl::Struct(fields) => 1 + fields.iter().map(|field| self.size(field)).sum::<u64>(),
                Decl::Enum(variants) => {
                    let sizes =
                        variants.iter().map(|variant| variant.payload().iter().map(|part| self.size(part)).sum());
                    1 + sizes.max().unwrap_or(0)
                }
            },
            _ => 1,
        }
    }

    /// Whether the type mentions `T`.
    pub fn is_generic(ty: &Ty) -> bool {
        ty.with(Int::Fixed { bits: 8, signed: true }) != *ty
    }
}
