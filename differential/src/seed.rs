//! What a program is made from: a tree of numbers. Each tree gives a program, and a smaller tree a smaller one, so that
//! proptest can shrink what fails without knowing about types.

use proptest::collection::vec;
use proptest::prelude::*;
use std::cell::Cell;

/// A node: the decisions of one construct, and the nodes of its parts.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Seed {
    /// The decisions, from the highest bits on; 0 decides for the simplest each time.
    pub number: u64,
    /// The parts. Missing ones are 0 without parts.
    pub parts: Vec<Seed>,
}

/// The seeds of a program's items and of the statements of its main function.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Program {
    /// Structs and enums.
    pub types: Vec<Seed>,
    /// Functions, generic ones and functions that give types among them.
    pub functions: Vec<Seed>,
    /// Consts.
    pub consts: Vec<Seed>,
    /// Statements.
    pub main: Vec<Seed>,
    /// Types with owners.
    pub owner_types: Vec<Seed>,
    /// Consts with owners.
    pub owner_consts: Vec<Seed>,
    /// Functions with owners.
    pub owner_functions: Vec<Seed>,
    /// Statements with owners.
    pub owner_main: Vec<Seed>,
}

/// Seeds of at most this depth, each with less than `width` parts.
fn seed(depth: u32, width: usize) -> BoxedStrategy<Seed> {
    let leaf = any::<u64>().prop_map(|number| Seed { number, parts: Vec::new() });
    if depth == 0 {
        return leaf.boxed();
    }
    let inner = seed(depth - 1, width);
    (any::<u64>(), vec(inner, 0..width)).prop_map(|(number, parts)| Seed { number, parts }).boxed()
}

/// All programs.
pub fn programs() -> impl Strategy<Value = Program> {
    let types = vec(seed(2, 4), 0..4);
    let functions = vec(seed(5, 6), 0..6);
    let consts = vec(seed(3, 4), 0..4);
    let main = vec(seed(5, 5), 1..12);
    let owners = (vec(seed(2, 4), 0..4), vec(seed(3, 4), 0..4), vec(seed(5, 6), 0..5), vec(seed(5, 5), 0..12));
    (types, functions, consts, main, owners).prop_map(|(types, functions, consts, main, owners)| Program {
        types,
        functions,
        consts,
        main,
        owner_types: owners.0,
        owner_consts: owners.1,
        owner_functions: owners.2,
        owner_main: owners.3,
    })
}

/// Takes the decisions of a seed, one after the other.
#[derive(Clone, Debug)]
pub struct Pick<'s> {
    rest: Cell<u64>,
    parts: &'s [Seed],
}

impl<'s> Pick<'s> {
    /// Begins with the first decision.
    pub fn new(seed: &'s Seed) -> Pick<'s> {
        Pick { rest: Cell::new(seed.number), parts: &seed.parts }
    }

    /// Decides for the simplest each time.
    pub fn none() -> Pick<'s> {
        Pick { rest: Cell::new(0), parts: &[] }
    }

    /// The decisions for a part. Beyond the last one there are parts that decide for the simplest.
    pub fn part(&self, index: usize) -> Pick<'s> {
        self.parts.get(index).map_or_else(Pick::none, Pick::new)
    }

    /// The parts from a number on.
    pub fn parts(&self, from: usize) -> impl Iterator<Item = Pick<'s>> + use<'s> {
        self.parts.get(from..).unwrap_or_default().iter().map(Pick::new)
    }

    /// Whether nothing is left to be built from.
    pub fn is_leaf(&self) -> bool {
        self.parts.is_empty()
    }

    /// A number below `count`, which is not 0.
    pub fn take(&self, count: usize) -> usize {
        let wide = u128::from(self.rest.get()) * count as u128;
        self.rest.set(wide as u64);
        (wide >> 64) as usize
    }

    /// One of these, which are not none.
    pub fn of<T: Clone>(&self, choices: &[T]) -> T {
        choices[self.take(choices.len())].clone()
    }

    /// Whether something happens that happens once in `count` times; the simplest is that it does not.
    pub fn once_in(&self, count: usize) -> bool {
        self.take(count) == count - 1
    }

    /// All bits that are left.
    pub fn bits(&self) -> u64 {
        self.rest.replace(0)
    }
}
