//! Types of generated programs whose values have owners.

use crate::ty::Ty;
use std::fmt;

/// A type. Most are moved when they are used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Own {
    /// A type whose values are copied.
    Data(Ty),
    /// `T`: the parameter of a generic function.
    Param,
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
    /// `[T; N2]`: the length is a const that is computed.
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
    /// `HashSet(T)`
    Set(Box<Own>),
    /// `[T]`, of parameters only.
    Slice(Box<Own>),
}

impl fmt::Display for Own {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Own::Data(ty) => write!(f, "{ty}"),
            Own::Param => f.write_str("T"),
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
            Own::Array(elem, len) => write!(f, "[{elem}; N{len}]"),
            Own::Struct(number) => write!(f, "O{number}"),
            Own::Enum(number) => write!(f, "Q{number}"),
            Own::Made(number, arg) => write!(f, "M{number}({arg})"),
            Own::Option(of) => write!(f, "Option({of})"),
            Own::Result(of, error) => write!(f, "Result({of}, {error})"),
            Own::Vec(of) => write!(f, "Vec({of})"),
            Own::Deque(of) => write!(f, "deque::Deque({of})"),
            Own::Boxed(of) => write!(f, "own::Own({of})"),
            Own::Map(key, value) => write!(f, "hash_map::HashMap({key}, {value})"),
            Own::Set(of) => write!(f, "hash_set::HashSet({of})"),
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
    /// A function for types.
    Maker(Form),
}

/// What a function for types makes of its argument.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// A struct with the fields `x0: T` and `x1: Option(T)`.
    Struct,
    /// An enum with the variants `A(T)`, `B(T, Option(T))` and `C`.
    Enum,
    /// A struct whose field `x0` is a struct made by `@struct_type`, with the fields `a: T` and `b: Option(T)`.
    Reflected,
}

impl Own {
    /// All types that it is made of at once.
    fn parts(&self) -> Vec<&Own> {
        match self {
            Own::Tuple(parts) => parts.iter().collect(),
            Own::Array(of, _)
            | Own::Made(_, of)
            | Own::Option(of)
            | Own::Vec(of)
            | Own::Deque(of)
            | Own::Boxed(of)
            | Own::Set(of)
            | Own::Slice(of) => vec![of],
            Own::Result(of, other) | Own::Map(of, other) => vec![of, other],
            _ => Vec::new(),
        }
    }

    /// Whether it depends on `T`.
    pub fn has_param(&self) -> bool {
        *self == Own::Param || self.parts().into_iter().any(Own::has_param)
    }

    /// With this type in the place of `T`.
    pub fn with(&self, arg: &Own) -> Own {
        let boxed = |of: &Own| Box::new(of.with(arg));
        match self {
            Own::Param => arg.clone(),
            Own::Tuple(parts) => Own::Tuple(parts.iter().map(|part| part.with(arg)).collect()),
            Own::Array(of, len) => Own::Array(boxed(of), *len),
            Own::Made(number, of) => Own::Made(*number, boxed(of)),
            Own::Option(of) => Own::Option(boxed(of)),
            Own::Result(of, error) => Own::Result(boxed(of), boxed(error)),
            Own::Vec(of) => Own::Vec(boxed(of)),
            Own::Deque(of) => Own::Deque(boxed(of)),
            Own::Boxed(of) => Own::Boxed(boxed(of)),
            Own::Map(key, value) => Own::Map(boxed(key), boxed(value)),
            Own::Set(of) => Own::Set(boxed(of)),
            Own::Slice(of) => Own::Slice(boxed(of)),
            other => other.clone(),
        }
    }

    /// Whether it is the other type with some type in the place of `T`, which is put into `arg` if there is none yet.
    pub fn fits(&self, pattern: &Own, arg: &mut Option<Own>) -> bool {
        if *pattern == Own::Param {
            return arg.get_or_insert_with(|| self.clone()) == self;
        }
        if !pattern.has_param() {
            return self == pattern;
        }
        let (parts, wanted) = (self.parts(), pattern.parts());
        let is_same_form = self.with_parts_gone() == pattern.with_parts_gone() && parts.len() == wanted.len();
        is_same_form && parts.into_iter().zip(wanted).all(|(part, wanted)| part.fits(wanted, arg))
    }

    /// What tells it from types of other forms.
    fn with_parts_gone(&self) -> (std::mem::Discriminant<Own>, usize) {
        let number = match self {
            Own::Array(_, number) | Own::Made(number, _) => *number,
            _ => 0,
        };
        (std::mem::discriminant(self), number)
    }

    /// Whether its values can be compared.
    pub fn has_eq(&self) -> bool {
        matches!(self, Own::File | Own::Text | Own::Data(Ty::Int(_)))
    }
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
    /// What a function for types makes.
    fn form(&self, number: usize) -> Form {
        match self.decls[number] {
            Decl::Maker(form) => form,
            Decl::Struct(_) | Decl::Enum(_) => Form::Struct,
        }
    }

    /// Whether a type is made in this form.
    pub fn is_made(&self, own: &Own, form: Form) -> bool {
        matches!(own, Own::Made(number, _) if self.form(*number) == form)
    }
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
            Own::Made(number, arg) => match self.form(*number) {
                Form::Struct => named(&[(**arg).clone(), Own::Option(arg.clone())]),
                Form::Reflected => {
                    vec![(".x0.a".to_owned(), (**arg).clone()), (".x0.b".to_owned(), Own::Option(arg.clone()))]
                }
                Form::Enum => Vec::new(),
            },
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
            Own::Made(number, of) if self.form(*number) == Form::Enum => {
                let of = (**of).clone();
                let option = Own::Option(Box::new(of.clone()));
                let variants = [("A", vec![of.clone()]), ("B", vec![of, option]), ("C", Vec::new())];
                variants.into_iter().map(|(name, payload)| (format!("{own}::{name}"), payload)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether a value of it has to be used up.
    pub fn is_linear(&self, own: &Own) -> bool {
        let linear = |part: &Own| self.is_linear(part);
        match own {
            Own::Token => true,
            Own::Struct(number) | Own::Enum(number) => match &self.decls[*number] {
                Decl::Struct(fields) => fields.iter().any(linear),
                Decl::Enum(variants) => variants.iter().flatten().any(linear),
                Decl::Maker(_) => false,
            },
            _ => own.parts().into_iter().any(linear),
        }
    }

    /// Whether a pattern names its fields: they are fields of the type itself.
    pub fn has_pattern(&self, own: &Own) -> bool {
        !self.fields(own).is_empty() && self.comes_apart(own) && !self.is_made(own, Form::Reflected)
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
            // Without any parts at all.
            Own::Enum(number) => !self.drops[*number] && self.variants(own).iter().all(|(_, parts)| parts.is_empty()),
            Own::Tuple(_) | Own::Array(..) | Own::Option(_) | Own::Result(..) => {
                own.parts().into_iter().all(|part| self.is_copied(part))
            }
            _ => false,
        }
    }

    /// Whether a value of it can be built while compiling and kept: it has no raw pointer anywhere.
    pub fn is_pure(&self, own: &Own) -> bool {
        let pure = |part: &Own| self.is_pure(part);
        match own {
            Own::File | Own::Shared | Own::Token | Own::List | Own::Slice(_) | Own::Param => false,
            Own::Data(ty) => !matches!(ty, Ty::Fn(..)),
            // A destructor would run for what is static data.
            Own::Struct(number) | Own::Enum(number) if self.drops[*number] => false,
            Own::Struct(number) | Own::Enum(number) => match &self.decls[*number] {
                Decl::Struct(fields) => fields.iter().all(pure),
                Decl::Enum(variants) => variants.iter().flatten().all(pure),
                Decl::Maker(_) => false,
            },
            _ => own.parts().into_iter().all(pure),
        }
    }

    /// About how many parts a value has.
    pub fn size(&self, own: &Own) -> u64 {
        match own {
            Own::Data(_) | Own::File | Own::Shared | Own::Token => 1,
            // Whatever stands for it.
            Own::Param => 10,
            Own::Text | Own::List | Own::Slice(_) => 4,
            Own::Array(of, len) => 1 + *len as u64 * self.size(of),
            Own::Tuple(_) | Own::Struct(_) => {
                1 + self.fields(own).iter().map(|(_, field)| self.size(field)).sum::<u64>()
            }
            Own::Made(_, of) => 2 + 2 * self.size(of),
            Own::Enum(_) | Own::Option(_) | Own::Result(..) => {
                1 + self.variants(own).iter().flat_map(|(_, payload)| payload).map(|part| self.size(part)).sum::<u64>()
            }
            Own::Boxed(of) => 1 + self.size(of),
            Own::Vec(of) | Own::Deque(of) => 1 + 3 * self.size(of),
            Own::Set(of) => 10 + 3 * self.size(of),
            Own::Map(key, value) => 10 + 3 * (self.size(key) + self.size(value)),
        }
    }
}
