//! The lines of a file that a diagnostic shows, cut to what a terminal can bear, under their true numbers.
//!
//! Whatever the file is (a program, one line of 100 MB, a picture), an excerpt has few, short lines without control
//! characters, and each mark lies inside of it.

use kiln_source::{SourceFile, TextRange};
use miette::{MietteError, SourceCode, SourceSpan, SpanContents};
use std::ops::Range;

/// Characters of a line that are shown.
const LINE_WIDTH: usize = 160;
/// Characters shown before the first mark of a line that is cut.
const BEFORE_MARK: usize = 60;
/// A mark over more lines is shown as a mark of its first line.
const MARK_LINES: usize = 6;

/// Lines of a file that follow each other.
#[derive(Debug)]
pub(super) struct Excerpt {
    name: String,
    text: String,
    /// Number of the first line, from 0.
    first: usize,
    /// How many.
    lines: usize,
    /// Where each mark starts in `text`, and the line and column, from 0, it truly starts at.
    starts: Vec<(usize, (usize, usize))>,
}

/// One line of the file, and the part of it that is shown.
struct Cut {
    /// Offsets in the file.
    shown: Range<usize>,
    /// Whether something before, after is left out.
    left_out: (bool, bool),
}

impl Excerpt {
    /// These lines, and where the marks are in them.
    pub(super) fn of(
        file: &SourceFile,
        lines: Range<usize>,
        marks: impl Iterator<Item = TextRange>,
    ) -> (Excerpt, Vec<Range<usize>>) {
        let marks: Vec<Range<usize>> = marks.map(|mark| clamp(file, mark)).collect();
        let mut excerpt = Excerpt {
            name: file.name.to_string(),
            text: String::new(),
            first: lines.start,
            lines: lines.len(),
            starts: Vec::new(),
        };
        let mut ranges = vec![0..0; marks.len()];
        for line in lines {
            let cut = cut(file, line, &marks);
            excerpt.add_line(file, &cut, &marks, &mut ranges);
        }
        for (mark, range) in marks.iter().zip(&ranges) {
            let at = file.line_column(mark.start as u32);
            excerpt.starts.push((range.start, (at.line as usize - 1, at.column as usize - 1)));
        }
        (excerpt, ranges)
    }

    /// Appends a line and moves the ends of marks that lie in it.
    fn add_line(&mut self, file: &SourceFile, cut: &Cut, marks: &[Range<usize>], ranges: &mut [Range<usize>]) {
        if cut.left_out.0 {
            self.text.push('…');
        }
        let mut offset = cut.shown.start;
        for c in file.text[cut.shown.clone()].chars() {
            self.place_marks(offset, marks, ranges);
            self.text.push(visible(c));
            offset += c.len_utf8();
        }
        self.place_marks(offset, marks, ranges);
        if cut.left_out.1 {
            self.text.push('…');
            // A mark that goes on where the line is cut ends with the line.
            for (mark, range) in marks.iter().zip(ranges) {
                if mark.start < offset && mark.start >= cut.shown.start && mark.end > offset {
                    range.end = self.text.len();
                }
            }
        }
        self.text.push('\n');
    }

    fn place_marks(&self, offset: usize, marks: &[Range<usize>], ranges: &mut [Range<usize>]) {
        for (mark, range) in marks.iter().zip(ranges) {
            if mark.start == offset {
                range.start = self.text.len();
                range.end = range.end.max(range.start);
            }
            if mark.end == offset {
                range.end = self.text.len();
            }
        }
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        _after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        // Without lines before it, miette asks only where the mark starts.
        let (line, column) = match self.starts.iter().find(|(offset, _)| before == 0 && *offset == span.offset()) {
            Some((_, place)) => *place,
            None => (self.first, 0),
        };
        Ok(Box::new(Contents { excerpt: self, span: (0, self.text.len()).into(), line, column }))
    }
}

/// All of an excerpt, and the place miette asked for.
struct Contents<'a> {
    excerpt: &'a Excerpt,
    span: SourceSpan,
    line: usize,
    column: usize,
}

impl<'a> SpanContents<'a> for Contents<'a> {
    fn data(&self) -> &'a [u8] {
        self.excerpt.text.as_bytes()
    }
    fn span(&self) -> &SourceSpan {
        &self.span
    }
    fn name(&self) -> Option<&str> {
        Some(&self.excerpt.name)
    }
    fn line(&self) -> usize {
        self.line
    }
    fn column(&self) -> usize {
        self.column
    }
    fn line_count(&self) -> usize {
        self.excerpt.lines
    }
}

/// The mark inside the file; a long one ends with its first line.
fn clamp(file: &SourceFile, mark: TextRange) -> Range<usize> {
    let in_line = |offset: usize| offset.min(line_range(file, line_of(file, offset)).end);
    let start = in_line((mark.start as usize).min(file.text.len()));
    let end = in_line((mark.end as usize).min(file.text.len())).max(start);
    let first = line_of(file, start);
    if line_of(file, end) - first < MARK_LINES { start..end } else { start..line_range(file, first).end.max(start) }
}

/// The lines of a mark, one before and one after.
pub(super) fn around(file: &SourceFile, mark: TextRange) -> Range<usize> {
    let mark = clamp(file, mark);
    let end = file.text.len();
    // What follows the last end of line is no line, unless a mark is there.
    let last = line_of(file, if file.text.ends_with('\n') && mark.end < end { end - 1 } else { end });
    line_of(file, mark.start).saturating_sub(1)..(line_of(file, mark.end) + 1).min(last) + 1
}

/// What is shown of a line: all of a short one, of a long one the part from before its first mark on.
fn cut(file: &SourceFile, line: usize, marks: &[Range<usize>]) -> Cut {
    let range = line_range(file, line);
    let text = &file.text[range.clone()];
    if text.len() <= LINE_WIDTH || text.chars().nth(LINE_WIDTH).is_none() {
        return Cut { shown: range, left_out: (false, false) };
    }
    let inside = marks.iter().map(|mark| mark.start).filter(|start| range.start <= *start && *start <= range.end);
    let focus = inside.min().unwrap_or(range.start);
    let start = file.text[range.start..focus]
        .char_indices()
        .rev()
        .nth(BEFORE_MARK - 1)
        .map_or(range.start, |(at, _)| range.start + at);
    let end = file.text[start..range.end].char_indices().nth(LINE_WIDTH).map_or(range.end, |(at, _)| start + at);
    Cut { shown: start..end, left_out: (start > range.start, end < range.end) }
}

/// Number of the line, from 0, that holds an offset.
fn line_of(file: &SourceFile, offset: usize) -> usize {
    file.line_starts().partition_point(|&start| start as usize <= offset) - 1
}

/// Offsets of a line's text without its end of line.
fn line_range(file: &SourceFile, line: usize) -> Range<usize> {
    let start = file.line_starts()[line] as usize;
    let end = file.line_starts().get(line + 1).map_or(file.text.len(), |&next| next as usize);
    let text = file.text[start..end].trim_end_matches('\n');
    let text = text.strip_suffix('\r').unwrap_or(text);
    start..start + text.len()
}

/// The character, or a stand-in for one that would move the cursor, ring, or turn the line around.
pub(super) fn visible(c: char) -> char {
    let turns_text =
        matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' | '\u{061C}');
    let breaks_line = matches!(c, '\u{2028}' | '\u{2029}' | '\u{85}');
    if (c.is_control() && c != '\t') || turns_text || breaks_line { '\u{FFFD}' } else { c }
}
