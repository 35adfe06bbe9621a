//! Runs the generated parser item by item, and line by line where there are errors.
//!
//! The generated parser stops at the first error. Brackets match (see [`crate::brackets`]) and line ends are
//! marked, so the innermost line around the error (the statement, member, clause or arm) is known: it is
//! replaced by one [`Tok::ErrLine`], which the grammar takes wherever it takes a line, and the item is parsed
//! again. Each round reports at most one error and makes the item shorter, so this ends. What the braces of a
//! replaced line hold is parsed on its own for the errors in it.
//!
//! A line that holds a token which was already reported gives no further error.

use lalrpop_util::ParseError;
use verdi_diagnostics::codes::{V0114, V0117};
use verdi_diagnostics::{Diagnostic, FileId, Span};

use crate::ERRORS_MAX;
use crate::ast::{Item, Module, TestStep, TestStepKind};
use crate::builder::{Builder, Parsed};
use crate::explain::Failure;
use crate::grammar::StartParser;
use crate::layout::Spanned;
use crate::places::Place;
use crate::token::Tok;

/// How many tokens are parsed again for the sake of further errors. Far more than any program needs; it keeps
/// a file of nothing but errors from taking quadratic time.
const REPARSED_MAX: usize = 4_000_000;

/// Parses the lines of a file or a script.
pub(crate) struct Driver<'a> {
    file: FileId,
    text: &'a str,
    builder: Builder<'a>,
    parser: StartParser,
    diagnostics: Vec<Diagnostic>,
    reparsed: usize,
}

impl<'a> Driver<'a> {
    /// `diagnostics` are what the lexer found.
    pub(crate) fn new(
        file: FileId,
        text: &'a str,
        docs: &'a [(u32, String)],
        diagnostics: Vec<Diagnostic>,
        too_deep: bool,
    ) -> Self {
        let mut builder = Builder::new(file, text, docs);
        builder.too_deep = too_deep;
        Self { file, text, builder, parser: StartParser::new(), diagnostics, reparsed: 0 }
    }

    /// A whole file.
    pub(crate) fn module(&mut self, tokens: &[Spanned]) -> Module {
        let mut items = Vec::new();
        for line in lines(tokens) {
            match self.line(Place::File, line) {
                Some(Parsed::Item(item)) => items.push(item),
                _ => items.push(Item::Error(self.span(line))),
            }
            if self.full() {
                break;
            }
        }
        Module { items }
    }

    /// A script.
    pub(crate) fn steps(&mut self, tokens: &[Spanned]) -> Vec<TestStep> {
        let mut steps = Vec::new();
        for line in lines(tokens) {
            match self.line(Place::Steps, line) {
                Some(Parsed::Step(step)) => steps.push(step),
                _ => steps.push(TestStep { span: self.span(line), kind: TestStepKind::Error }),
            }
            if self.full() {
                break;
            }
        }
        steps
    }

    /// What was found, in the order of the text.
    pub(crate) fn finish(mut self) -> Vec<Diagnostic> {
        verdi_diagnostics::sort(&mut self.diagnostics);
        if self.diagnostics.len() > ERRORS_MAX {
            self.diagnostics.truncate(ERRORS_MAX);
            if let Some(last) = self.diagnostics.last() {
                let after = last.primary.span.after();
                let message = format!("more than {ERRORS_MAX} errors: the rest of this file is not shown");
                self.diagnostics.push(Diagnostic::error(V0114, after, message));
            }
        }
        self.diagnostics
    }

    fn full(&self) -> bool {
        self.diagnostics.len() > ERRORS_MAX
    }

    fn span(&self, tokens: &[Spanned]) -> Span {
        let start = tokens.first().map_or(0, |t| t.0);
        let end = tokens.last().map_or(start, |t| t.2);
        Span::new(self.file, start, end)
    }

    /// Parses one line, as often as it takes to find its errors.
    fn line(&mut self, place: Place, line: &[Spanned]) -> Option<Parsed> {
        if let [(_, Tok::KwCheck, _), (_, Tok::Str, _), brace @ (_, Tok::LBrace, _), ..] = line {
            // The brace would be read as a block that gives the system.
            self.diagnostics.push(no_subject(self.span(&[*brace])));
            self.within(place, line, &(0..line.len()));
            return None;
        }
        let mut tokens = line.to_vec();
        loop {
            let (at, expected) = match self.run(place, &tokens) {
                Ok(parsed) => return Some(parsed),
                Err(failed) => failed,
            };
            let range = wrong_line(&tokens, at);
            if !was_reported(&tokens, &range, at) {
                let line = range.clone();
                let (file, text) = (self.file, self.text);
                let failure = Failure { file, text, place, tokens: &tokens, at, line, expected };
                self.diagnostics.push(failure.explain());
            }
            self.within(place, &tokens, &range);
            self.reparsed += at + tokens.len() / 16;
            if range == (0..tokens.len()) || self.full() {
                return None;
            }
            if self.reparsed > REPARSED_MAX {
                self.diagnostics.push(unread(self.span(&tokens[range])));
                return None;
            }
            let (start, end) = (tokens[range.start].0, tokens[range.end - 1].2);
            tokens.splice(range, [(start, Tok::ErrLine, end)]);
        }
    }

    /// One run of the parser. An error is where it lies, by token, and what could have stood there.
    fn run(&mut self, place: Place, tokens: &[Spanned]) -> Result<Parsed, (usize, Vec<String>)> {
        let first = tokens.first().map_or(0, |t| t.0);
        let mut read = 0;
        let too_deep = self.builder.too_deep;
        let result = {
            let input = tokens.iter().inspect(|_| read += 1).copied();
            let marked = std::iter::once((first, place.start(), first)).chain(input);
            self.parser.parse(&mut self.builder, marked)
        };
        let found = std::mem::take(&mut self.builder.diagnostics);
        match result {
            Ok(parsed) => {
                self.diagnostics.extend(found);
                Ok(parsed)
            }
            Err(error) => {
                self.builder.too_deep = too_deep;
                Err(match error {
                    ParseError::UnrecognizedToken { expected, .. } => (read - 1, expected),
                    ParseError::UnrecognizedEof { expected, .. } => (tokens.len(), expected),
                    ParseError::ExtraToken { .. } => (read - 1, Vec::new()),
                    ParseError::InvalidToken { .. } | ParseError::User { .. } => (read, Vec::new()),
                })
            }
        }
    }

    /// Looks for further errors in the braces of a line that is given up.
    fn within(&mut self, place: Place, tokens: &[Spanned], range: &std::ops::Range<usize>) {
        let head = tokens.get(range.start).map(|t| t.1);
        let place = innermost_place(place, tokens, range.start);
        let declared = head.is_some_and(|h| h == Tok::Fn || place.starters().contains(&h));
        if !declared && !matches!(place, Place::Statements | Place::Rules) {
            return;
        }
        let inner = place.inside(head);
        for group in groups(&tokens[range.clone()]) {
            let arms = lines(group).any(|line| line.iter().any(|t| t.1 == Tok::FatArrow));
            let seen = lines(group).any(|line| matches!(line, [(_, Tok::ErrLine, _)]));
            if head == Some(Tok::KwUse) || arms || seen {
                continue;
            }
            for line in lines(group) {
                if self.full() || self.reparsed > REPARSED_MAX {
                    return;
                }
                self.reparsed += line.len();
                self.line(inner, line);
            }
        }
    }
}

fn no_subject(at: Span) -> Diagnostic {
    Diagnostic::error(V0117, at, "this check does not say which system it is about")
        .label("a system was expected before this")
        .note("write `check \"…\" LockServ(clients: 3) { … }`")
}

/// Says that there may be more errors.
fn unread(last: Span) -> Diagnostic {
    Diagnostic::error(V0114, last.after(), "the rest of this item was not read after so many errors")
}

/// The lines between the line ends that are not in brackets.
fn lines(tokens: &[Spanned]) -> impl Iterator<Item = &[Spanned]> {
    let mut depth = 0_usize;
    tokens
        .split(move |t| {
            match t.1 {
                Tok::LParen | Tok::LSquare | Tok::LBrace => depth += 1,
                Tok::RParen | Tok::RSquare | Tok::RBrace => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && t.1 == Tok::Term
        })
        .filter(|line| !line.is_empty())
}

/// What stands in each outermost pair of braces.
fn groups(tokens: &[Spanned]) -> Vec<&[Spanned]> {
    let mut found = Vec::new();
    let mut stack = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token.1 {
            Tok::LParen | Tok::LSquare | Tok::LBrace => stack.push(at),
            Tok::RParen | Tok::RSquare | Tok::RBrace => {
                let open = stack.pop();
                if let Some(open) = open.filter(|_| stack.is_empty() && token.1 == Tok::RBrace) {
                    found.push(&tokens[open + 1..at]);
                }
            }
            _ => {}
        }
    }
    found
}

/// An open bracket, and where the line at hand begins in it.
struct Level {
    brace: bool,
    line: usize,
}

/// The brackets that are open before `at`, the file or item itself outermost.
fn levels(tokens: &[Spanned], at: usize) -> Vec<Level> {
    let mut levels = vec![Level { brace: true, line: 0 }];
    for (index, token) in tokens[..at].iter().enumerate() {
        match token.1 {
            Tok::LParen | Tok::LSquare => levels.push(Level { brace: false, line: index + 1 }),
            Tok::LBrace => levels.push(Level { brace: true, line: index + 1 }),
            Tok::RParen | Tok::RSquare | Tok::RBrace if levels.len() > 1 => {
                levels.pop();
            }
            Tok::Term => {
                if let Some(level) = levels.last_mut() {
                    level.line = index + 1;
                }
            }
            _ => {}
        }
    }
    levels
}

/// What the lines around `at` are, in an item of `place`.
pub(crate) fn innermost_place(place: Place, tokens: &[Spanned], at: usize) -> Place {
    let levels = levels(tokens, at);
    let mut place = place;
    for pair in levels.windows(2) {
        place = if pair[0].brace && pair[1].brace {
            place.inside(tokens.get(pair[0].line).map(|t| t.1))
        } else {
            Place::Statements
        };
    }
    place
}

/// The innermost line that can be replaced for an error at `at`.
fn wrong_line(tokens: &[Spanned], at: usize) -> std::ops::Range<usize> {
    let tok = tokens.get(at).map(|t| t.1);
    for level in levels(tokens, at).iter().rev().filter(|l| l.brace) {
        let end = line_end(tokens, level.line);
        let empty = end == level.line || (level.line == at && tok == Some(Tok::RBrace));
        let replaced = end == level.line + 1 && tokens[level.line].1 == Tok::ErrLine;
        if !empty && !replaced {
            // A `{` on the next line is reported with the line that lacks it.
            let brace = at == end && tokens.get(end + 1).is_some_and(|t| t.1 == Tok::LBrace);
            return level.line..if brace { line_end(tokens, end + 1) } else { end };
        }
    }
    0..tokens.len()
}

/// Where the line that begins at `start` ends.
fn line_end(tokens: &[Spanned], start: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(start) {
        match token.1 {
            Tok::LParen | Tok::LSquare | Tok::LBrace => depth += 1,
            Tok::RParen | Tok::RSquare | Tok::RBrace if depth == 0 => return at,
            Tok::RParen | Tok::RSquare | Tok::RBrace => depth -= 1,
            Tok::Term if depth == 0 => return at,
            _ => {}
        }
    }
    tokens.len()
}

/// Whether the line holds a token that was reported before, nested braces not counted.
fn was_reported(tokens: &[Spanned], range: &std::ops::Range<usize>, at: usize) -> bool {
    if tokens.get(at).is_some_and(|t| matches!(t.1, Tok::ErrExpr | Tok::ErrLine)) {
        return true;
    }
    let mut braces = 0_usize;
    tokens[range.clone()].iter().any(|t| {
        match t.1 {
            Tok::LBrace => braces += 1,
            Tok::RBrace => braces = braces.saturating_sub(1),
            _ => {}
        }
        braces == 0 && t.1 == Tok::ErrExpr
    })
}
