//! The loaded files and their line tables.

use crate::{FileId, LineColumn, Span};
use std::sync::{Arc, OnceLock};

/// One loaded file: the name it is shown under, its text, and where its lines start.
#[derive(Debug)]
pub struct SourceFile {
    /// The name shown to users: the path as it was given or as it was imported, with `/` separators.
    pub name: Arc<str>,
    /// The whole text. At most `u32::MAX` bytes.
    pub text: Arc<str>,
    line_starts: OnceLock<Vec<u32>>,
}

impl SourceFile {
    /// Offsets at which lines start; the first is 0. Built on first use, as only diagnostics and panics need it.
    pub fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let mut starts = vec![0];
            starts.extend(memchr_newlines(self.text.as_bytes()));
            starts
        })
    }

    /// Line and column of a byte offset. An offset past the end is the end.
    pub fn line_column(&self, offset: u32) -> LineColumn {
        let starts = self.line_starts();
        let line = starts.partition_point(|&start| start <= offset) - 1;
        let from = starts[line] as usize;
        let to = (offset as usize).min(self.text.len()).max(from);
        let column = self.text.as_bytes()[from..to].iter().filter(|&&byte| byte & 0xC0 != 0x80).count();
        LineColumn { line: line as u32 + 1, column: column as u32 + 1 }
    }
}

fn memchr_newlines(bytes: &[u8]) -> impl Iterator<Item = u32> + '_ {
    bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at as u32 + 1)
}

/// All files of one compilation. Files are only ever added.
#[derive(Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

impl SourceMap {
    /// Adds a file. The text must be shorter than 4 GiB; who loads files checks that.
    pub fn add(&mut self, name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> FileId {
        let id = FileId(self.files.len() as u32);
        self.files.push(SourceFile { name: name.into(), text: text.into(), line_starts: OnceLock::new() });
        id
    }

    /// The file with this number.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// All files in the order they were added.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files.iter().enumerate().map(|(index, file)| (FileId(index as u32), file))
    }

    /// The text a span covers.
    pub fn text(&self, span: Span) -> &str {
        &self.file(span.file).text[span.range.start as usize..span.range.end as usize]
    }

    /// Where a span starts, as people count.
    pub fn line_column(&self, span: Span) -> LineColumn {
        self.file(span.file).line_column(span.range.start)
    }

    /// The place that [`SourceMap::location`] calls so: an empty span; `None` if there is no such place.
    pub fn find(&self, location: &str) -> Option<Span> {
        let (rest, column) = location.rsplit_once(':')?;
        let (name, line) = rest.rsplit_once(':')?;
        let (line, column): (usize, usize) = (line.parse().ok()?, column.parse().ok()?);
        let (id, file) = self.iter().find(|(_, file)| &*file.name == name)?;
        let from = *file.line_starts().get(line.checked_sub(1)?)?;
        let (offset, _) = file.text[from as usize..].char_indices().nth(column.checked_sub(1)?)?;
        let at = from + offset as u32;
        Some(Span::new(id, at, at))
    }

    /// `name:line:column` of a span's start, the form panics and short diagnostics use.
    pub fn location(&self, span: Span) -> String {
        let at = self.line_column(span);
        format!("{}:{}:{}", self.file(span.file).name, at.line, at.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let mut map = SourceMap::default();
        let file = map.add("a.kiln", "ab\nδx\n");
        assert_eq!(map.line_column(Span::new(file, 0, 0)), LineColumn { line: 1, column: 1 });
        assert_eq!(map.line_column(Span::new(file, 5, 5)), LineColumn { line: 2, column: 2 });
        assert_eq!(map.line_column(Span::new(file, 99, 99)), LineColumn { line: 3, column: 1 });
        assert_eq!(map.location(Span::new(file, 3, 5)), "a.kiln:2:1");
    }

    #[test]
    fn places_are_found_by_their_locations() {
        let mut map = SourceMap::default();
        map.add("a.kiln", "ab\n");
        let file = map.add("b:c.kiln", "ab\nδx\n");
        assert_eq!(map.find("b:c.kiln:2:2"), Some(Span::new(file, 5, 5)));
        for unknown in ["", "a.kiln", "a.kiln:1", "a.kiln:0:1", "a.kiln:1:0", "a.kiln:9:1", "a.kiln:1:99", "d.kiln:1:1"]
        {
            assert_eq!(map.find(unknown), None, "{unknown}");
        }
    }
}
