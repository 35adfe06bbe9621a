//! The formatter: one style, few opinions, nothing lost.
//!
//! It works on tokens, not on the tree, so comments stay where they are. The user's line breaks are kept (they
//! may end a statement, and the user knows best what belongs on a line) with at most one blank line in a row;
//! indentation, the spaces between tokens and the ends of lines are made uniform. What it writes is read
//! again: should a token or a line end have changed its meaning, the text is returned as it was.
//!
//! # Indentation
//!
//! Two spaces inside brackets, counted from the line on which the bracket was opened; for the block of a
//! declaration, `if`, `for` or `match` that begins its line, from the line on which that began, so a head may take
//! several lines. A line that continues a statement is indented two further.

use verdi_diagnostics::{Diagnostic, FileId};

use crate::brackets::match_brackets;
use crate::layout::{Spanned, layout};
use crate::lexer::{lex, raw};
use crate::parse;
use crate::places::Place;
use crate::spacing::{Spacing, spaced};
use crate::token::Tok;

/// Formats a file. Text with syntax errors is refused, with those errors.
pub fn format(text: &str) -> Result<String, Vec<Diagnostic>> {
    let diagnostics = parse(FileId::default(), text).diagnostics;
    if !diagnostics.is_empty() {
        return Err(diagnostics);
    }
    Ok(rewrite(text).unwrap_or_else(|| text.to_owned()))
}

/// The formatted text, unless it would mean something else.
fn rewrite(text: &str) -> Option<String> {
    let tokens = meaning(text);
    let formatted = Writer::new(&pieces(text, &tokens)).write();
    let unchanged = signature(&formatted, &meaning(&formatted)) == signature(text, &tokens);
    unchanged.then_some(formatted)
}

/// The tokens as the grammar sees them.
fn meaning(text: &str) -> Vec<Spanned> {
    let lexed = lex(FileId::default(), text);
    let brackets = match_brackets(FileId::default(), text, &lexed.tokens);
    layout(text, &lexed.tokens, &brackets, Place::File)
}

/// What formatting must not change: what the grammar sees, and the comments.
fn signature<'t>(text: &'t str, tokens: &[Spanned]) -> (Vec<(Tok, &'t str)>, Vec<&'t str>) {
    let slice = |start: u32, end: u32| text.get(start as usize..end as usize).unwrap_or_default();
    let seen = tokens.iter().map(|t| match t.1 {
        Tok::Term | Tok::NotIn | Tok::Int => (t.1, ""),
        tok => (tok, slice(t.0, t.2)),
    });
    let written = raw(text).filter(|t| !matches!(t.0, Tok::Newline | Tok::Comment | Tok::Doc));
    let comments = raw(text).filter(|t| matches!(t.0, Tok::Comment | Tok::Doc));
    let texts = written.map(|t| slice(t.1, t.2)).chain(comments.map(|t| slice(t.1, t.2).trim_end()));
    (seen.collect(), texts.collect())
}

/// A token or comment as written, with what the formatter wants to know of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Piece<'t> {
    pub(crate) tok: Tok,
    pub(crate) text: &'t str,
    /// Line ends before it.
    pub(crate) newlines: usize,
    /// Whether blanks stand before it on its line.
    pub(crate) apart: bool,
    /// Whether a statement, declaration or arm begins with it.
    pub(crate) starts: bool,
    /// Its column, in characters.
    column: usize,
}

impl Piece<'_> {
    fn is_comment(&self) -> bool {
        matches!(self.tok, Tok::Comment | Tok::Doc)
    }

    fn is_close(&self) -> bool {
        matches!(self.tok, Tok::RParen | Tok::RSquare | Tok::RBrace)
    }

    fn is_open(&self) -> bool {
        matches!(self.tok, Tok::LParen | Tok::LSquare | Tok::LBrace)
    }
}

/// Joins what is written with what it means.
fn pieces<'t>(text: &'t str, tokens: &[Spanned]) -> Vec<Piece<'t>> {
    let mut out: Vec<Piece<'t>> = Vec::new();
    let mut newlines = 0;
    let mut end_before = 0;
    let mut line = 0;
    let mut next = 0;
    for (tok, start, end) in raw(text) {
        if tok == Tok::Newline {
            newlines += 1;
            line = end as usize;
            continue;
        }
        while tokens.get(next).is_some_and(|t| t.0 < start || t.1 == Tok::Term) {
            next += 1;
        }
        let known = tokens.get(next).filter(|t| t.0 == start && (tok.is_word() || tok == Tok::Comma));
        let text_before = text.get(line..start as usize).unwrap_or_default();
        let comment = matches!(tok, Tok::Comment | Tok::Doc);
        out.push(Piece {
            tok: known.map_or(tok, |t| if t.1 == Tok::NotIn { tok } else { t.1 }),
            text: text.get(start as usize..end as usize).unwrap_or_default().trim_end(),
            newlines,
            apart: start > end_before,
            starts: !comment && tok != Tok::Semicolon && begins(tokens, next, start),
            column: if comment { text_before.chars().count() } else { 0 },
        });
        newlines = 0;
        end_before = end;
    }
    out
}

/// Whether a line begins with the token at `start`, the `next`th.
fn begins(tokens: &[Spanned], next: usize, start: u32) -> bool {
    tokens.get(next).is_some_and(|t| t.0 == start)
        && next.checked_sub(1).is_none_or(|before| matches!(tokens[before].1, Tok::Term | Tok::LBrace))
}

/// An open bracket.
struct Frame {
    /// The indentation of what is in it, and of its closing bracket on a line of its own.
    inner: usize,
    close: usize,
    /// Whether it holds lines: a brace, except that of a `use`.
    lines: bool,
    place: Place,
    /// The line at hand: its first token, and its indentation.
    head: Option<Tok>,
    indent: usize,
}

/// A line of the result.
#[derive(Default)]
struct Line {
    text: String,
    /// A comment at its end, and the column it had.
    comment: Option<(String, usize)>,
}

struct Writer<'t> {
    pieces: &'t [Piece<'t>],
    frames: Vec<Frame>,
    lines: Vec<Line>,
    spacing: Spacing,
}

impl<'t> Writer<'t> {
    fn new(pieces: &'t [Piece<'t>]) -> Self {
        let file = Frame { inner: 0, close: 0, lines: true, place: Place::File, head: None, indent: 0 };
        Self { pieces, frames: vec![file], lines: Vec::new(), spacing: Spacing::new(pieces) }
    }

    fn write(mut self) -> String {
        let mut at = 0;
        while at < self.pieces.len() {
            let length = self.pieces[at + 1..].iter().take_while(|p| p.newlines == 0).count();
            self.line(at, at + 1 + length);
            at += 1 + length;
        }
        join(&self.lines)
    }

    /// Writes the pieces of one line.
    fn line(&mut self, from: usize, to: usize) {
        let first = self.pieces[from];
        let before = from.checked_sub(1).map(|at| self.pieces[at]);
        if first.newlines > 1 && before.is_some_and(|b| !b.is_open()) && !first.is_close() {
            self.lines.push(Line::default());
        }
        let indent = self.indent(from);
        let mut line = Line { text: " ".repeat(indent), comment: None };
        for at in from..to {
            let piece = self.pieces[at];
            if piece.is_comment() && at > from {
                line.comment = Some((piece.text.to_owned(), piece.column));
                continue;
            }
            if at > from && spaced(self.pieces, at, &self.spacing) {
                line.text.push(' ');
            }
            line.text.push_str(piece.text);
            if !piece.is_comment() {
                self.step(at, indent);
            }
        }
        self.lines.push(line);
    }

    /// The indentation of the line that begins with a piece.
    fn indent(&self, at: usize) -> usize {
        let Some(top) = self.frames.last() else { return 0 };
        let Some(code) = self.pieces[at..].iter().position(|p| !p.is_comment()).map(|n| at + n) else {
            return top.inner;
        };
        let piece = self.pieces[code];
        if piece.is_close() {
            return if code == at { top.close } else { top.inner };
        }
        if self.starts(code) {
            return top.inner;
        }
        if top.lines {
            return if piece.tok == Tok::Else { top.indent } else { top.indent + 2 };
        }
        let before = self.pieces[..code].iter().rev().find(|p| !p.is_comment());
        let element = before.is_some_and(|b| b.is_open() || b.tok == Tok::Comma);
        if element { top.inner } else { top.inner + 2 }
    }

    /// Whether a statement, declaration or arm begins here. Arms may also be separated by commas.
    fn starts(&self, at: usize) -> bool {
        let Some(top) = self.frames.last().filter(|f| f.lines) else { return false };
        let arms = matches!(top.place, Place::Statements | Place::Rules);
        let before = self.pieces[..at].iter().rev().find(|p| !p.is_comment());
        self.pieces[at].starts || (arms && before.is_some_and(|b| b.tok == Tok::Comma))
    }

    /// Follows a piece into or out of brackets.
    fn step(&mut self, at: usize, indent: usize) {
        let piece = self.pieces[at];
        let starts = self.starts(at);
        let Some(top) = self.frames.last_mut() else { return };
        if starts && !piece.is_close() {
            top.head = Some(piece.tok);
            top.indent = indent;
        }
        if piece.is_open() {
            let names = top.head == Some(Tok::KwUse) && top.place == Place::File;
            let own = piece.tok == Tok::LBrace && top.lines && top.head.is_some_and(heads_block);
            let close = if own { top.indent } else { indent };
            let place = if top.lines { top.place.inside(top.head) } else { Place::Statements };
            let lines = piece.tok == Tok::LBrace && !names;
            self.frames.push(Frame { inner: close + 2, close, lines, place, head: None, indent: close + 2 });
        } else if piece.is_close() && self.frames.len() > 1 {
            self.frames.pop();
        }
    }
}

/// Whether the block of a line that begins so belongs to the whole line.
fn heads_block(tok: Tok) -> bool {
    matches!(
        tok,
        Tok::If
            | Tok::For
            | Tok::Match
            | Tok::Fn
            | Tok::KwProc
            | Tok::KwOn
            | Tok::KwFair
            | Tok::KwStrong
            | Tok::KwRule
            | Tok::KwNode
            | Tok::KwSystem
            | Tok::KwTransformer
            | Tok::KwNetwork
            | Tok::KwMonitor
            | Tok::KwLift
            | Tok::KwCheck
            | Tok::KwTest
    )
}

/// The lines as text. Comments at the ends of lines that follow one another stay in one column if they stood in one.
fn join(lines: &[Line]) -> String {
    let mut out = String::new();
    let mut at = 0;
    while at < lines.len() {
        let column = lines[at].comment.as_ref().map(|c| c.1);
        let run = lines[at..].iter().take_while(|l| l.comment.as_ref().map(|c| c.1) == column).count();
        let group = if column.is_some() { &lines[at..at + run] } else { &lines[at..=at] };
        let width = group.iter().map(|l| l.text.chars().count()).max().unwrap_or(0);
        for line in group {
            out.push_str(&line.text);
            if let Some((comment, _)) = &line.comment {
                let padding = width - line.text.chars().count() + 2;
                out.push_str(&" ".repeat(padding));
                out.push_str(comment);
            }
            out.push('\n');
        }
        at += group.len();
    }
    out
}
