//! Types of generated programs whose values have owners.

use crate::ty::Ty;
use std::fmt;

/// A type. Most are moved when they are used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Own {
    /// A type whose values are copied.
    Data(Ty),
    /// `File`: says when it is made and when it is dropped.
    File,
    /// `Shared`: a `@handle` type with a `File`.
    Shared,
    /// `Token`: linear, with a `File`.
    Token,
    /// `List`: a type that contains itself behind an `Own`.
    List,
    /// `String`
    Text,
    /// `(A, B)`
    Tuple(Vec<Own>),
    /// `[T; N]`
    Array(Box<Own>, usize),
    /// A struct, by its number.
    Struct(usize),
    /// An enum, by its number.
    Enum(usize),
    /// A type that a function makes, by its number, and the argument.
    Made(usize, Box<Own>),
    /// `Option(T)`
    Option(Box<Own>),
    /// `Result(T, E)`
    Result(Box<Own>, Box<Own>),
    /// `Vec(T)`
    Vec(Box<Own>),
    /// `Deque(T)`
    Deque(Box<Own>),
    /// `Own(T)`
    Boxed(Box<Own>),
    /// `HashMap(K, V)`
    Map(Box<Own>, Box<Own>),
    /// `[T]`, of parameters only.
    Slice(Box<Own>),
}

impl fmt::Display for Own {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Own::Data(ty) => write!(f, "{ty}"),
            Own::File => f.write_str("File"),
            Own::Shared => f.write_str("Shared"),
            Own::Token => f.write_str("Token"),
            Own::List => f.write_str("List"),
            Own::Text => f.write_str("String"),
            Own::Tuple(parts) => {
                f.write_str("(")?;
                parts.iter().try_for_each(|part| write!(f, "{part}, "))?;
                f.write_str(")")
            }
            Own::Array(elem, len) => write!(f, "[{elem}; {len}]"),
            Own::Struct(number) => write!(f, "O{number}"),
            Own::Enum(number) => write!(f, "Q{number}"),
            Own::Made(number, arg) => write!(f, "M{number}({arg})"),
            Own::Option(of) => write!(f, "Option({of})"),
            Own::Result(of, error) => write!(f, "Result({of}, {error})"),
            Own::Vec(of) => write!(f, "Vec({of})"),
            Own::Deque(of) => write!(f, "deque::Deque({of})"),
            Own::Boxed(of) => write!(f, "own::Own({of})"),
            Own::Map(key, value) => write!(f, "hash_map::HashMap({key}, {value})"),
            Own::Slice(of) => write!(f, "[{of}]"),
        }
    }
}

/// A declared type.
#[derive(Clone, Debug)]
pub enum Decl {
    /// Types of the fields `x0`, `x1`, …
    Struct(Vec<Own>),
    /// Payloads of the variants `V0`, `V1`, …
    Enum(Vec<Vec<Own>>),
    /// A function for types: a struct with the fields `x0: T` and `x1: Option(T)`.
    Maker,
}

/// The types of a program.
#[derive(Clone, Debug, Default)]
pub struct Types {
    /// The declared ones.
    pub decls: Vec<Decl>,
    /// Which of them have a destructor of their own. Their first field is a `File`.
    pub drops: Vec<bool>,
}

impl Types {
    /// The fields of a type that has some, with what selects them.
    pub fn fields(&self, own: &Own) -> Vec<(String, Own)> {
        let named = |fields: &[Own]| {
            fields.iter().enumerate().map(|(at, field)| (format!(".x{at}"), field.clone())).collect::<Vec<_>>()
        };
        match own {
            Own::Tuple(parts) => parts.iter().enumerate().map(|(at, part)| (format!(".{at}"), part.clone())).collect(),
            Own::Struct(number) => match &self.decls[*number] {
                Decl::Struct(fields) => named(fields),
                _ => Vec::new(),
            },
            Own::Made(_, arg) => named(&[(**arg).clone(), Own::Option(arg.clone())]),
            _ => Vec::new(),
        }
    }

    /// The variants of a type that has some: their names, and what they hold.
    pub fn variants(&self, own: &Own) -> Vec<(String, Vec<Own>)> {
        match own {
            Own::Option(of) => {
                vec![(format!("{own}::None"), Vec::new()), (format!("{own}::Some"), vec![(**of).clone()])]
            }
            Own::Result(of, error) => {
                vec![(format!("{own}::Ok"), vec![(**of).clone()]), (format!("{own}::Err"), vec![(**error).clone()])]
            }
            Own::Enum(number) => match &self.decls[*number] {
                Decl::Enum(variants) => {
                    let named = variants.iter().enumerate();
                    named.map(|(at, payload)| (format!("{own}::V{at}"), payload.clone())).collect()
                }
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// Whether its parts can be moved out of it one by one.
    pub fn comes_apart(&self, own: &Own) -> bool {
        match own {
            Own::Struct(number) | Own::Enum(number) => !self.drops[*number],
            _ => true,
        }
    }

    /// Whether values of it are copied.
    pub fn is_copied(&self, own: &Own) -> bool {
        match own {
            Own::Data(_) => true,
            Own::Tuple(parts) => parts.iter().all(|part| self.is_copied(part)),
            Own::Array(of, _) => self.is_copied(of),
            _ => false,
        }
    }

    /// Whether a value of it can be built while compiling and kept: it has no raw pointer anywhere.
    pub fn is_pure(&self, own: &Own) -> bool {
        match own {
            Own::File | Own::Shared | Own::Token | Own::List | Own::Slice(_) => false,
            Own::Data(ty) => !matches!(ty, Ty::Fn(..)),
            Own::Text => true,
            Own::Tuple(parts) => parts.iter().all(|part| self.is_pure(part)),
            // A destructor would run for what is static data.
            Own::Struct(number) | Own::Enum(number) if self.drops[*number] => false,
            Own::Struct(number) | Own::Enum(number) => match &self.decls[*number] {
                Decl::Struct(fields) => fields.iter().all(|field| self.is_pure(field)),
                Decl::Enum(variants) => variants.iter().flatten().all(|part| self.is_pure(part)),
                Decl::Maker => false,
            },
            Own::Array(of, _) | Own::Made(_, of) | Own::Option(of) | Own::Vec(of) | Own::Deque(of) | Own::Boxed(of) => {
                self.is_pure(of)
            }
            Own::Result(of, other) | Own::Map(of, other) => self.is_pure(of) && self.is_pure(other),
        }
    }

    /// About how many parts a value has.
    pub fn size(&self, own: &Own) -> u64 {
        match own {
            Own::Data(_) | Own::File | Own::Shared | Own::Token => 1,
            Own::Text | Own::List | Own::Slice(_) => 4,
            Own::Array(of, len) => 1 + *len as u64 * self.size(of),
            Own::Tuple(_) | Own::Struct(_) | Own::Made(..) => {
                1 + self.fields(own).iter().map(|(_, field)| self.size(field)).sum::<u64>()
            }
            Own::Enum(_) | Own::Option(_) | Own::Result(..) => {
                1 + self.variants(own).iter().flat_map(|(_, payload)| payload).map(|part| self.size(part)).sum::<u64>()
            }
            Own::Boxed(of) => 1 + self.size(of),
            Own::Vec(of) | Own::Deque(of) => 1 + 3 * self.size(of),
            Own::Map(key, value) => 10 + 3 * (self.size(key) + self.size(value)),
        }
    }
}
