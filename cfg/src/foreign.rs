//! The C functions that native backends call by themselves: one table of names, signatures and effects.

/// A type of C in such a signature.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CType {
    /// `int`
    Int,
    /// `size_t`, `ssize_t`
    Size,
    /// Any pointer to data.
    Ptr,
}

/// What a call does beside computing a result.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// Gives memory that nothing else points to; null when there is none.
    Allocates,
    /// Gives memory back.
    Frees,
    /// Changes the world outside of the program.
    Writes,
    /// Ends the program; never returns.
    Exits,
}

/// A row of the table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ForeignRow {
    /// The linker's name.
    pub name: &'static str,
    /// Parameters in order.
    pub params: &'static [CType],
    /// The result, if there is one.
    pub ret: Option<CType>,
    /// What it does.
    pub effect: Effect,
}

/// A C function that a native backend calls by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Foreign {
    /// `void *malloc(size_t)`
    Malloc,
    /// `void *realloc(void *, size_t)`
    Realloc,
    /// `void free(void *)`
    Free,
    /// `int fflush(FILE *)`: with null, what C code has printed so far is written before what Kiln writes.
    Fflush,
    /// `ssize_t write(int, const void *, size_t)`
    Write,
    /// `void exit(int)`
    Exit,
}

impl Foreign {
    /// All of them, in the order of their numbers.
    pub const ALL: &[Foreign] =
        &[Foreign::Malloc, Foreign::Realloc, Foreign::Free, Foreign::Fflush, Foreign::Write, Foreign::Exit];

    /// Name, signature and effect.
    pub const fn row(self) -> ForeignRow {
        use CType::{Int, Ptr, Size};
        use Effect::{Allocates, Exits, Frees, Writes};
        match self {
            Foreign::Malloc => ForeignRow { name: "malloc", params: &[Size], ret: Some(Ptr), effect: Allocates },
            Foreign::Realloc => ForeignRow { name: "realloc", params: &[Ptr, Size], ret: Some(Ptr), effect: Allocates },
            Foreign::Free => ForeignRow { name: "free", params: &[Ptr], ret: None, effect: Frees },
            Foreign::Fflush => ForeignRow { name: "fflush", params: &[Ptr], ret: Some(Int), effect: Writes },
            Foreign::Write => ForeignRow { name: "write", params: &[Int, Ptr, Size], ret: Some(Size), effect: Writes },
            Foreign::Exit => ForeignRow { name: "exit", params: &[Int], ret: None, effect: Exits },
        }
    }
}

/// The panic reason when memory is used up, or more is asked for than the target can address.
pub const OUT_OF_MEMORY: &str = "out of memory";
