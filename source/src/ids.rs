//! Dense numbers, and vectors indexed by them.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

/// A dense number that indexes one kind of store.
pub trait Idx: Copy + Eq {
    /// The id with this number.
    fn from_usize(index: usize) -> Self;
    /// The number of this id.
    fn index(self) -> usize;
}

/// Declares a dense `u32` id: `define_id!(LocalId, "l")` prints as `l3`.
#[macro_export]
macro_rules! define_id {
    ($(#[$meta:meta])* $name:ident, $prefix:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u32);
        impl $crate::Idx for $name {
            #[inline]
            fn from_usize(index: usize) -> Self { debug_assert!(index < u32::MAX as usize); $name(index as u32) }
            #[inline]
            fn index(self) -> usize { self.0 as usize }
        }
        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result { write!(f, concat!($prefix, "{}"), self.0) }
        }
        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result { ::std::fmt::Debug::fmt(self, f) }
        }
    };
}

define_id!(
    /// Number of a declaration (function, type, const, test, …) in the whole program.
    DeclId, "decl"
);
define_id!(
    /// Number of a module, which is a file.
    ModuleId, "module"
);

/// A vector whose index is the id type `I`.
#[derive(Clone, PartialEq, Eq)]
pub struct IdxVec<I, T> {
    raw: Vec<T>,
    ids: PhantomData<fn(I) -> I>,
}

impl<I: Idx, T> IdxVec<I, T> {
    /// An empty vector.
    pub const fn new() -> Self {
        IdxVec { raw: Vec::new(), ids: PhantomData }
    }

    /// An empty vector with room for `capacity` elements.
    pub fn with_capacity(capacity: usize) -> Self {
        IdxVec { raw: Vec::with_capacity(capacity), ids: PhantomData }
    }

    /// Appends, and says under which id.
    #[inline]
    pub fn push(&mut self, value: T) -> I {
        let id = I::from_usize(self.raw.len());
        self.raw.push(value);
        id
    }

    /// The id the next pushed element gets.
    #[inline]
    pub fn next_id(&self) -> I {
        I::from_usize(self.raw.len())
    }

    /// How many elements there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.raw.len()
    }

    /// Whether there are none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.raw.is_empty()
    }

    /// The element, if the id is in range.
    #[inline]
    pub fn get(&self, id: I) -> Option<&T> {
        self.raw.get(id.index())
    }

    /// The element for change, if the id is in range.
    #[inline]
    pub fn get_mut(&mut self, id: I) -> Option<&mut T> {
        self.raw.get_mut(id.index())
    }

    /// Elements in order.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.raw.iter()
    }

    /// Elements in order, for change.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.raw.iter_mut()
    }

    /// Ids and elements in order.
    pub fn iter_enumerated(&self) -> impl DoubleEndedIterator<Item = (I, &T)> + ExactSizeIterator {
        self.raw.iter().enumerate().map(|(index, value)| (I::from_usize(index), value))
    }

    /// All ids in order.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = I> + ExactSizeIterator + use<I, T> {
        (0..self.raw.len()).map(I::from_usize)
    }

    /// The plain slice.
    pub fn as_slice(&self) -> &[T] {
        &self.raw
    }

    /// Forgets all elements, keeps the memory.
    pub fn clear(&mut self) {
        self.raw.clear();
    }

    /// Grows to `len` elements with `value`; does nothing if it is as long already.
    pub fn grow_to(&mut self, len: usize, value: impl FnMut() -> T) {
        if self.raw.len() < len {
            self.raw.resize_with(len, value);
        }
    }
}

impl<I: Idx, T> Default for IdxVec<I, T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<I: Idx, T> From<Vec<T>> for IdxVec<I, T> {
    fn from(raw: Vec<T>) -> Self {
        IdxVec { raw, ids: PhantomData }
    }
}

impl<I, T> IntoIterator for IdxVec<I, T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.raw.into_iter()
    }
}

impl<I: Idx, T> FromIterator<T> for IdxVec<I, T> {
    fn from_iter<It: IntoIterator<Item = T>>(iter: It) -> Self {
        IdxVec { raw: iter.into_iter().collect(), ids: PhantomData }
    }
}

impl<I: Idx, T> Index<I> for IdxVec<I, T> {
    type Output = T;
    #[inline]
    fn index(&self, id: I) -> &T {
        &self.raw[id.index()]
    }
}

impl<I: Idx, T> IndexMut<I> for IdxVec<I, T> {
    #[inline]
    fn index_mut(&mut self, id: I) -> &mut T {
        &mut self.raw[id.index()]
    }
}

impl<I: Idx + fmt::Debug, T: fmt::Debug> fmt::Debug for IdxVec<I, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter_enumerated()).finish()
    }
}
