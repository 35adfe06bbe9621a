//! A file with a gutter.

use crate::coverage::{CoverageReport, FileCoverage, Mark};
use crate::render::report_text::count;
use std::collections::{BTreeMap, BTreeSet};
use verdi_diagnostics::render::{Paint, Style, clip, width};
use verdi_diagnostics::{Files, Span};

/// Stretches of more lines than this without code are left out.
const IDLE_LINES_MAX: usize = 4;

/// What the gutter says of a line that never ran.
const NEVER: &str = "never";

/// The lines of a file, each with how often it ran, and under a line what of it is special.
pub(super) fn file_text(
    files: &Files,
    report: &CoverageReport,
    file: &FileCoverage,
    style: &Style,
) -> String {
    let page = Page::new(files, report, file, style);
    let mut out = format!("{}\n", style.paint(Paint::Name, files.name(file.file)));
    let mut last = 0;
    for number in 1..=page.lines {
        if !page.is_shown(number) {
            continue;
        }
        if last + 1 < number {
            out.push_str(&page.gap());
        }
        last = number;
        page.line(&mut out, number);
    }
    if last < page.lines {
        out.push_str(&page.gap());
    }
    out
}

struct Page<'a> {
    files: &'a Files,
    file: &'a FileCoverage,
    style: &'a Style,
    counts: BTreeMap<usize, u64>,
    /// What is to be said under lines.
    marks: BTreeMap<usize, Vec<(Span, &'static str)>>,
    lines: usize,
    /// Columns of counts and of line numbers.
    count_width: usize,
    number_width: usize,
}

impl<'a> Page<'a> {
    fn new(files: &'a Files, report: &CoverageReport, file: &'a FileCoverage, style: &'a Style) -> Self {
        let lines = files.text(file.file).lines().count();
        let longest = file.lines.iter().map(|(_, ran)| count(*ran).len()).max().unwrap_or(0);
        let mut page = Self {
            files,
            file,
            style,
            counts: file.lines.iter().copied().collect(),
            marks: BTreeMap::new(),
            lines,
            count_width: longest.max(NEVER.len()),
            number_width: lines.to_string().len(),
        };
        page.mark(report);
        page
    }

    /// What is under which line: of branches that were got to, the ways that were not taken; else what never ran
    /// of a line of which another part did.
    fn mark(&mut self, report: &CoverageReport) {
        let own =
            report.branches.iter().filter(|branch| branch.reached && branch.span.file == self.file.file);
        for side in own.flat_map(|branch| &branch.sides).filter(|side| side.taken == 0) {
            let line = self.files.position(side.span.file, side.span.start).0;
            // Of an alternative, the gutter says it.
            if side.mark != Mark::NeverTaken || self.counts.get(&line) != Some(&0) {
                self.marks.entry(line).or_default().push((side.span, side.mark.text()));
            }
        }
        let marked: BTreeSet<usize> = self.marks.keys().copied().collect();
        for span in &self.file.never {
            let line = self.files.position(span.file, span.start).0;
            if self.counts.get(&line).is_some_and(|ran| *ran > 0) && !marked.contains(&line) {
                self.marks.entry(line).or_default().push((*span, "never ran"));
            }
        }
    }

    /// Whether a line is near one with code.
    fn is_shown(&self, number: usize) -> bool {
        let before = self.counts.range(..=number).next_back().map(|(line, _)| number - line);
        let after = self.counts.range(number..).next().map(|(line, _)| line - number);
        match (before, after) {
            (Some(before), Some(after)) => before + after <= IDLE_LINES_MAX + 1 || before <= 1 || after <= 1,
            (Some(near), None) | (None, Some(near)) => near <= 1,
            (None, None) => false,
        }
    }

    fn bar(&self) -> &'static str {
        if self.style.ascii { "|" } else { "│" }
    }

    fn gap(&self) -> String {
        let dots = if self.style.ascii { "..." } else { "⋮" };
        format!("{}\n", self.style.paint(Paint::Faint, &format!("{dots:>0$}", self.count_width)))
    }

    fn line(&self, out: &mut String, number: usize) {
        let (ran, paint) = match self.counts.get(&number) {
            None => (String::new(), Paint::Faint),
            Some(0) => (NEVER.to_owned(), Paint::Bad),
            Some(ran) => (count(*ran), Paint::Good),
        };
        let gutter = format!("{ran:>0$}", self.count_width);
        let place = format!(" {} {number:>1$} ", self.bar(), self.number_width);
        let room = self.style.width.saturating_sub(width(&gutter) + width(&place)).max(8);
        let span = self.files.line(self.file.file, number);
        let text = Line { text: self.files.slice(span).trim_end(), span };
        let (painted, cut) = text.painted(&self.file.never, room, self.style);
        let place = if painted.is_empty() { place.trim_end() } else { &place };
        let head = format!("{}{}", self.style.paint(paint, &gutter), self.style.paint(Paint::Faint, place));
        out.push_str(&format!("{head}{painted}\n"));
        for (span, what) in self.marks.get(&number).into_iter().flatten() {
            self.under(out, &text, *span, what, cut);
        }
    }

    /// A line that points at a part of the one above it.
    fn under(&self, out: &mut String, text: &Line<'_>, span: Span, what: &str, cut: usize) {
        let (from, to) = (text.column(span.start).min(cut), text.column(span.end).min(cut));
        let carets = "^".repeat(to.saturating_sub(from).max(1));
        let blank = format!("{:1$}", "", self.count_width);
        let place = format!(" {} {:2$} ", self.bar(), "", self.number_width);
        let room = self.style.width.saturating_sub(width(&blank) + width(&place));
        let (indent, note) = match format!("{carets} {what}") {
            note if from + width(&note) <= room => (from, note),
            _ => (0, clip(what, room, self.style.ascii)),
        };
        let note = format!("{:indent$}{}", "", self.style.paint(Paint::Bad, &note));
        out.push_str(&format!("{blank}{}{note}\n", self.style.paint(Paint::Faint, &place)));
    }
}

/// A line of source as it is shown: what has no width or moves the cursor is replaced.
struct Line<'a> {
    text: &'a str,
    span: Span,
}

impl Line<'_> {
    fn shown(c: char) -> String {
        match c {
            '\t' => "    ".to_owned(),
            c if c.is_control() => "?".to_owned(),
            c => c.to_string(),
        }
    }

    /// The column at which a byte of the file is shown.
    fn column(&self, byte: u32) -> usize {
        let before = self.text.char_indices().take_while(|(at, _)| self.span.start + (*at as u32) < byte);
        before.map(|(_, c)| width(&Self::shown(c))).sum()
    }

    /// The line in at most `room` columns, what never ran painted; and how many columns it takes.
    fn painted(&self, never: &[Span], room: usize, style: &Style) -> (String, usize) {
        // Apart and ascending: those that touch the line are neighbours.
        let first = never.partition_point(|span| span.end <= self.span.start);
        let near = never[first..].iter().take_while(|span| span.start < self.span.end).count();
        let never = &never[first..first + near];
        let own = |at: u32| never.iter().any(|span| span.start <= at && at < span.end);
        let mut pieces: Vec<(bool, String)> = Vec::new();
        let mut columns = 0;
        let mut rest = self.text.char_indices().peekable();
        while let Some((at, c)) = rest.next() {
            let mut piece = Self::shown(c);
            let needed = columns + width(&piece) + usize::from(rest.peek().is_some());
            if needed > room {
                piece = if style.ascii { "~" } else { "…" }.to_owned();
            }
            columns += width(&piece);
            let idle = !c.is_whitespace() && own(self.span.start + at as u32);
            match pieces.last_mut() {
                Some((last, text)) if *last == idle => text.push_str(&piece),
                _ => pieces.push((idle, piece)),
            }
            if needed > room {
                break;
            }
        }
        let paint =
            |(idle, text): &(bool, String)| if *idle { style.paint(Paint::Bad, text) } else { text.clone() };
        (pieces.iter().map(paint).collect(), columns)
    }
}
