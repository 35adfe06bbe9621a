use super::excerpt::Excerpt;
use super::{Paint, Style, wrap};
use crate::{Diagnostic, FileId, Files, Label, Severity, Span};
use ariadne::{CharSet, Color, Config, IndexType, ReportKind, Source};

/// The most diagnostics that are shown: beyond it they are counted only.
const SHOWN_MAX: usize = 60;

/// The most labels of one diagnostic.
const LABELS_MAX: usize = 12;

/// Renders `diagnostics` for a person, with the lines of source they point at, 100 columns wide.
pub fn human(files: &Files, diagnostics: &[Diagnostic], color: bool) -> String {
    human_styled(files, diagnostics, &Style { color, ..Style::PLAIN })
}

/// Renders `diagnostics` for a person, with the lines of source they point at. Errors that do not fit in
/// what is shown at most are counted, not dropped in silence.
pub fn human_styled(files: &Files, diagnostics: &[Diagnostic], style: &Style) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics.iter().take(SHOWN_MAX) {
        one(&mut out, files, diagnostic, style);
        out.push('\n');
    }
    let hidden = diagnostics.len().saturating_sub(SHOWN_MAX);
    if hidden > 0 {
        let rest = summary(&diagnostics[SHOWN_MAX..]);
        out.push_str(&style.paint(Paint::Faint, &format!("and {rest} more, which are not shown")));
        out.push_str("\n\n");
    }
    out
}

/// `2 errors, 1 warning`; `no problems` where there are none.
pub fn summary(diagnostics: &[Diagnostic]) -> String {
    let count = |severity| diagnostics.iter().filter(|d| d.severity == severity).count();
    let parts: Vec<String> =
        [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "note")]
            .into_iter()
            .filter_map(|(severity, word)| match count(severity) {
                0 => None,
                1 => Some(format!("1 {word}")),
                n => Some(format!("{n} {word}s")),
            })
            .collect();
    if parts.is_empty() { "no problems".to_owned() } else { parts.join(", ") }
}

fn one(out: &mut String, files: &Files, diagnostic: &Diagnostic, style: &Style) {
    let (word, paint) = match diagnostic.severity {
        Severity::Error => ("error", Paint::Bad),
        Severity::Warning => ("warning", Paint::Doubt),
        Severity::Note => ("note", Paint::Help),
    };
    let head = format!("{word}[{}]", diagnostic.code);
    let message = printable(&diagnostic.message);
    for (i, line) in wrap(&format!("{head}: {message}"), style.width).iter().enumerate() {
        let line = match line.strip_prefix(&head) {
            Some(rest) if i == 0 => style.paint(paint, &head) + &style.paint(Paint::Strong, rest),
            _ => style.paint(Paint::Strong, line),
        };
        out.push_str(&line);
        out.push('\n');
    }
    let body = excerpt(files, diagnostic, style).unwrap_or_else(|| plain_place(files, diagnostic));
    with_notes(out, &body, diagnostic, style);
}

/// The place and the labels without the text, where the text cannot be shown.
fn plain_place(files: &Files, diagnostic: &Diagnostic) -> String {
    let span = diagnostic.primary.span;
    let (line, column) = files.position(span.file, span.start);
    let name = printable(files.name(span.file));
    let place = if files.text(span.file).is_empty() { name } else { format!("{name}:{line}:{column}") };
    let label = printable(&diagnostic.primary.text);
    format!("  --> {place}\n{}", if label.is_empty() { String::new() } else { format!("      {label}\n") })
}

/// The excerpts of all labelled files, as ariadne draws them: its first line is the message, which we
/// write ourselves because ariadne does not wrap it.
fn excerpt(files: &Files, diagnostic: &Diagnostic, style: &Style) -> Option<String> {
    // A file that could not be read has no text, and an empty one none to show.
    if files.text(diagnostic.primary.span.file).is_empty() {
        return None;
    }
    let labels = ordered_labels(files, diagnostic);
    let mut by_file: Vec<FileId> = labels.iter().map(|(label, _)| label.span.file).collect();
    by_file.dedup();
    let mut sources = Vec::new();
    let mut renames = Vec::new();
    let mut drawn = Vec::new();
    let mut primary = None;
    for &file in &by_file {
        let here: Vec<&(&Label, bool)> = labels.iter().filter(|(label, _)| label.span.file == file).collect();
        let spans: Vec<Span> = here.iter().map(|(label, _)| label.span).collect();
        let shown = Excerpt::new(files, file, &spans, style.width.saturating_sub(10))?;
        let name = printable(files.name(file));
        for (place, (label, is_primary)) in shown.places.iter().zip(&here) {
            renames.push((
                format!("{name}:{}:{} ", place.line, place.shown_column),
                format!("{name}:{}:{} ", place.line, place.column),
            ));
            if *is_primary {
                primary = Some((name.clone(), place.chars.clone()));
            }
            drawn.push(label_of((name.clone(), place.chars.clone()), label, *is_primary, diagnostic, style));
        }
        sources.push((name, Source::from(shown.text)));
    }
    let config = Config::new()
        .with_color(style.color)
        .with_index_type(IndexType::Char)
        .with_char_set(if style.ascii { CharSet::Ascii } else { CharSet::Unicode });
    let report = ariadne::Report::build(ReportKind::Error, primary?).with_config(config).with_labels(drawn);
    let mut bytes = Vec::new();
    report.finish().write(Cache(sources), &mut bytes).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let mut body = text.split_once('\n')?.1.to_owned();
    for (from, to) in renames {
        if from != to {
            body = body.replacen(&from, &to, 1);
        }
    }
    Some(body)
}

/// The labels, those of the primary's file first, each file's from top to bottom: ariadne draws a file
/// anew wherever they go back. The flag marks the primary one.
fn ordered_labels<'a>(files: &Files, diagnostic: &'a Diagnostic) -> Vec<(&'a Label, bool)> {
    let known = |label: &&Label| (label.span.file.0 as usize) < files.ids().count();
    let mut labels: Vec<(&Label, bool)> = std::iter::once((&diagnostic.primary, true))
        .chain(diagnostic.secondary.iter().filter(known).take(LABELS_MAX).map(|label| (label, false)))
        .collect();
    let home = diagnostic.primary.span.file;
    labels.sort_by_key(|(label, _)| {
        let Span { file, start, end } = label.span;
        (file != home, file, files.position(file, start).0, start, end)
    });
    labels
}

type Place = (String, std::ops::Range<usize>);

fn label_of(
    place: Place,
    label: &Label,
    is_primary: bool,
    diagnostic: &Diagnostic,
    style: &Style,
) -> ariadne::Label<Place> {
    let color = match (is_primary, diagnostic.severity) {
        (false, _) | (_, Severity::Note) => Color::Blue,
        (_, Severity::Warning) => Color::Yellow,
        (_, Severity::Error) => Color::Red,
    };
    let mut drawn = ariadne::Label::new(place).with_priority(i32::from(is_primary));
    if style.color {
        drawn = drawn.with_color(color);
    }
    // Without a message ariadne draws no underline.
    drawn.with_message(if label.text.is_empty() { "here".to_owned() } else { printable(&label.text) })
}

struct Cache(Vec<(String, Source<String>)>);

impl ariadne::Cache<String> for Cache {
    type Storage = String;

    fn fetch(&mut self, id: &String) -> Result<&Source<String>, impl std::fmt::Debug> {
        self.0
            .iter()
            .find(|(name, _)| name == id)
            .map(|(_, source)| source)
            .ok_or("a file of another session")
    }

    fn display<'a>(&self, id: &'a String) -> Option<impl std::fmt::Display + 'a> {
        Some(id)
    }
}

/// Puts notes and mends before the excerpt's last line.
fn with_notes(out: &mut String, body: &str, diagnostic: &Diagnostic, style: &Style) {
    let lines: Vec<&str> = body.lines().map(str::trim_end).collect();
    let tail = lines.last().copied().filter(|line| line.contains(['─', '-']) && lines.len() > 1);
    let indent = tail.map_or(2, |line| line.matches(['─', '-']).count());
    let bar = if tail.is_none() {
        " "
    } else if style.ascii {
        "|"
    } else {
        "│"
    };
    let margin = format!("{}{} ", " ".repeat(indent), style.paint(Paint::Faint, bar));
    for line in &lines[..lines.len() - usize::from(tail.is_some())] {
        out.push_str(line);
        out.push('\n');
    }
    let notes = diagnostic.notes.iter().map(|note| ("note", note.as_str()));
    let mends = diagnostic.mend.iter().map(|mend| ("help", mend.help.as_str()));
    for (i, (word, text)) in notes.chain(mends).enumerate() {
        if i == 0 && tail.is_some() {
            out.push_str(margin.trim_end());
            out.push('\n');
        }
        for (i, line) in wrap(&printable(text), style.width.saturating_sub(indent + 8)).iter().enumerate() {
            let head =
                if i == 0 { style.paint(Paint::Help, &format!("{word}:")) } else { "     ".to_owned() };
            out.push_str(&format!("{margin}{head} {line}\n"));
        }
    }
    if let Some(tail) = tail {
        out.push_str(tail);
        out.push('\n');
    }
}

/// Text of the user's that is quoted: nothing in it may move the cursor or change the colour.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' => '\n',
            c if c.is_control() => '\u{fffd}',
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
            c => c,
        })
        .collect()
}
