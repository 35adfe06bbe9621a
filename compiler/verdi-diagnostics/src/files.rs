use std::sync::Arc;

/// A source file of a session, by the order in which it was loaded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A half-open range of bytes in one file. Ordered by file, then start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Span {
    /// The bytes `start..end` of `file`.
    pub fn new(file: FileId, start: u32, end: u32) -> Self {
        Self { file, start, end }
    }

    /// The least span that covers both; `self` where the files differ.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        if self.file != other.file {
            return self;
        }
        Self { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The empty span just after this one.
    #[must_use]
    pub fn after(self) -> Self {
        Self { start: self.end, ..self }
    }

    /// Whether `offset` lies within, or at the end.
    pub fn touches(self, offset: u32) -> bool {
        self.start <= offset && offset <= self.end
    }
}

#[derive(Clone, Debug)]
struct File {
    name: Arc<str>,
    text: Arc<str>,
    line_starts: Arc<[u32]>,
}

/// The texts of a session. Adding one is the only change: a [`FileId`] stays valid.
#[derive(Clone, Debug, Default)]
pub struct Files {
    files: Vec<File>,
}

impl Files {
    /// No files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text under the name that people will see.
    pub fn add(&mut self, name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> FileId {
        let text: Arc<str> = text.into();
        let line_starts =
            std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at as u32 + 1)).collect();
        self.files.push(File { name: name.into(), text, line_starts });
        FileId(self.files.len() as u32 - 1)
    }

    /// The name of a file; empty for a file that is not of this session.
    pub fn name(&self, file: FileId) -> &str {
        self.files.get(file.0 as usize).map_or("", |f| &f.name)
    }

    /// The text of a file; empty for a file that is not of this session.
    pub fn text(&self, file: FileId) -> &str {
        self.files.get(file.0 as usize).map_or("", |f| &f.text)
    }

    /// The text that a span covers; empty where it is out of range.
    pub fn slice(&self, span: Span) -> &str {
        self.text(span.file).get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// The one-based line and column (in characters) of a byte.
    pub fn position(&self, file: FileId, offset: u32) -> (usize, usize) {
        let Some(f) = self.files.get(file.0 as usize) else { return (1, 1) };
        let line = f.line_starts.partition_point(|&start| start <= offset).max(1);
        let start = f.line_starts[line - 1] as usize;
        let column = f.text.get(start..offset as usize).map_or(0, |s| s.chars().count());
        (line, column + 1)
    }

    /// The bytes of a one-based line, without its line break; empty for one that is not there.
    pub fn line(&self, file: FileId, number: usize) -> Span {
        let Some(f) = self.files.get(file.0 as usize) else { return Span::new(file, 0, 0) };
        let Some(&start) = f.line_starts.get(number.wrapping_sub(1)) else { return Span::new(file, 0, 0) };
        let end = f.line_starts.get(number).map_or(f.text.len(), |&next| next as usize - 1);
        let text = f.text.get(start as usize..end).unwrap_or("");
        Span::new(file, start, start + text.strip_suffix('\r').unwrap_or(text).len() as u32)
    }

    /// All files, in the order they were added.
    pub fn ids(&self) -> impl Iterator<Item = FileId> + use<> {
        (0..self.files.len() as u32).map(FileId)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_not_bytes() {
        let mut files = Files::new();
        let id = files.add("a.verdi", "é x\nsecond");
        assert_eq!(files.position(id, 3), (1, 3));
        assert_eq!(files.position(id, 5), (2, 1));
        assert_eq!(files.position(id, 999), (2, 1));
    }

    #[test]
    fn lines_have_no_line_breaks() {
        let mut files = Files::new();
        let id = files.add("a.verdi", "one\r\ntwo\n");
        let lines: Vec<_> = (0..5).map(|n| files.slice(files.line(id, n))).collect();
        assert_eq!(lines, ["", "one", "two", "", ""]);
    }
}
