use crate::{FileId, Files, Span};
use unicode_width::UnicodeWidthChar;

/// Files with more lines than this get no excerpts.
const LINES_MAX: usize = 200_000;

/// What of one file is shown beside a diagnostic: the labelled lines, made safe to print and cut to a
/// window around their labels. Every other line is empty, so that lines keep their numbers.
pub(crate) struct Excerpt {
    /// The text to show.
    pub(crate) text: String,
    /// The place of each span, in characters of `text`, in the order given. Never empty, never more than
    /// one line.
    pub(crate) places: Vec<Place>,
}

/// Where a span is shown.
pub(crate) struct Place {
    /// Characters of [`Excerpt::text`].
    pub(crate) chars: std::ops::Range<usize>,
    /// The one-based line.
    pub(crate) line: usize,
    /// The one-based column in the file.
    pub(crate) column: usize,
    /// The one-based column in [`Excerpt::text`].
    pub(crate) shown_column: usize,
}

impl Excerpt {
    /// The excerpt of `file` with these spans of it, in lines of at most `columns`; nothing where a line
    /// number is beyond what can be shown.
    pub(crate) fn new(files: &Files, file: FileId, spans: &[Span], columns: usize) -> Option<Self> {
        let lines: Vec<usize> = spans.iter().map(|span| files.position(file, span.start).0).collect();
        let last = lines.iter().copied().max().unwrap_or(1);
        if last > LINES_MAX {
            return None;
        }
        let mut text = String::new();
        let mut chars = 0;
        let mut places: Vec<Option<Place>> = spans.iter().map(|_| None).collect();
        for number in 1..=last {
            if lines.contains(&number) {
                let line = files.line(file, number);
                let here: Vec<(usize, Span)> = (0..spans.len())
                    .filter(|&i| lines[i] == number)
                    .map(|i| (i, within(spans[i], line)))
                    .collect();
                let shown = Window::new(files.slice(line), line.start, here.iter().map(|h| h.1), columns);
                for (i, span) in here {
                    let range = shown.range(span);
                    places[i] = Some(Place {
                        chars: chars + range.start..chars + range.end,
                        line: number,
                        column: files.position(file, span.start).1,
                        shown_column: range.start + 1,
                    });
                }
                text.push_str(&shown.text);
                chars += shown.text.chars().count();
            }
            text.push('\n');
            chars += 1;
        }
        Some(Self { text, places: places.into_iter().flatten().collect() })
    }
}

/// The part of a span that lies on a line.
fn within(span: Span, line: Span) -> Span {
    let start = span.start.clamp(line.start, line.end);
    Span { file: line.file, start, end: span.end.clamp(start, line.end) }
}

/// A line as it is shown.
struct Window {
    text: String,
    /// For each character of the source that is shown, its byte and the character of `text` it begins at.
    starts: Vec<(u32, usize)>,
    end: usize,
}

impl Window {
    fn new(line: &str, offset: u32, spans: impl Iterator<Item = Span>, columns: usize) -> Self {
        let columns = columns.max(24);
        let focus = spans.map(|span| (span.start - offset) as usize).min().unwrap_or(0);
        let from = if fits(line, columns) { 0 } else { window_start(line, floor(line, focus), columns) };
        let mut window = Self { text: String::new(), starts: Vec::new(), end: 0 };
        let (mut column, mut chars) = (0, 0);
        let mut push = |text: &mut String, piece: &str| {
            text.push_str(piece);
            chars += piece.chars().count();
            column += crate::render::width(piece);
            (chars, column)
        };
        if from > 0 {
            window.end = push(&mut window.text, "…").0;
        }
        let mut tab_column = 0;
        for (at, c) in line[from..].char_indices() {
            if tab_column + 1 >= columns && !fits(&line[from + at..], columns.saturating_sub(tab_column)) {
                push(&mut window.text, "…");
                break;
            }
            window.starts.push((offset + (from + at) as u32, window.end));
            (window.end, tab_column) = push(&mut window.text, &shown(c, tab_column));
        }
        window.text.push(' ');
        window
    }

    /// The characters of `text` where a span is shown: at least one.
    fn range(&self, span: Span) -> std::ops::Range<usize> {
        let start = self.place(span.start);
        start..self.place(span.end).max(start + 1)
    }

    fn place(&self, byte: u32) -> usize {
        let after = self.starts.partition_point(|&(start, _)| start < byte);
        self.starts.get(after).map_or(self.end, |&(_, place)| place)
    }
}

fn floor(line: &str, mut at: usize) -> usize {
    while !line.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Whether a line takes no more than so many columns; looks no further than it must.
fn fits(line: &str, columns: usize) -> bool {
    let mut used = 0;
    line.chars().all(|c| {
        used += crate::render::width(&shown(c, used));
        used <= columns
    })
}

/// Where a window begins that shows what comes before `focus` in a third of its columns.
fn window_start(line: &str, focus: usize, columns: usize) -> usize {
    let mut room = columns / 3;
    for (at, c) in line[..focus].char_indices().rev() {
        let wide = c.width().unwrap_or(8);
        if wide >= room {
            return at;
        }
        room -= wide;
    }
    0
}

/// A character as it is shown: what cannot be seen, or would move the cursor, is spelled out.
fn shown(c: char, column: usize) -> String {
    match c {
        '\t' => " ".repeat(4 - column % 4),
        c if c.is_control() || is_invisible(c) => c.escape_unicode().to_string(),
        c => c.to_string(),
    }
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
