//! Positions in source text: byte ranges within a file, and files by number.

use std::fmt;

/// Number of a loaded file; an index into [`crate::SourceMap`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct FileId(pub u32);

impl fmt::Debug for FileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "file{}", self.0)
    }
}

/// A half-open range of byte offsets in one file's text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct TextRange {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset just past the last byte.
    pub end: u32,
}

impl TextRange {
    /// The range `start..end`.
    #[inline]
    pub const fn new(start: u32, end: u32) -> Self {
        TextRange { start, end }
    }

    /// The empty range at `at`.
    #[inline]
    pub const fn empty(at: u32) -> Self {
        TextRange { start: at, end: at }
    }

    /// The smallest range that holds both.
    #[inline]
    pub fn cover(self, other: TextRange) -> TextRange {
        TextRange { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// Whether `inner` lies wholly inside.
    #[inline]
    pub fn contains(self, inner: TextRange) -> bool {
        self.start <= inner.start && inner.end <= self.end
    }

    /// Length in bytes.
    #[inline]
    pub const fn len(self) -> u32 {
        self.end - self.start
    }

    /// Whether the range holds no byte.
    #[inline]
    pub const fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// This range in `file`.
    #[inline]
    pub const fn in_file(self, file: FileId) -> Span {
        Span { file, range: self }
    }
}

impl fmt::Debug for TextRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.start, self.end)
    }
}

/// A range of text in a particular file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// The bytes in it.
    pub range: TextRange,
}

impl Span {
    /// Bytes `start..end` of `file`.
    pub const fn new(file: FileId, start: u32, end: u32) -> Self {
        Span { file, range: TextRange::new(start, end) }
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}@{:?}", self.file, self.range)
    }
}

/// A position as people count it: both numbers start at 1, columns count characters (Unicode scalar values).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct LineColumn {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}
