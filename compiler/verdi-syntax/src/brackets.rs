//! Finds the partner of every bracket before anything is parsed.
//!
//! In a balanced file that is a stack and nothing more. In an unbalanced one the question is which bracket
//! is to blame, and the stack blames the wrong one: a `}` missing in the middle surfaces at the end of the
//! file. People indent, so indentation answers it: a line that is indented no deeper than the line of an open
//! bracket should have been preceded by its closing one, and a `}` indented deeper than the line of the
//! bracket it would close is one too many. After each such guess the rest is tried without guessing, so one
//! missing bracket costs one error.
//!
//! The outcome balances by construction: what is unclosed is closed before a certain token, what closes
//! nothing is an error token, and what nests deeper than [`MAX_DEPTH`] is one error token as a whole.

use std::collections::{BTreeMap, BTreeSet};

use verdi_diagnostics::codes::{V0102, V0103};
use verdi_diagnostics::{Diagnostic, FileId, Span};

use crate::builder::too_deep;
use crate::lexer::Sig;
use crate::token::Tok;
use crate::{ERRORS_MAX, MAX_DEPTH};

/// How many times indentation is asked. Beyond this the file is no program, and the stack decides.
const GUESSES_MAX: usize = 20;

/// How many open brackets a `)` or `]` may pass over to reach its own. A `}` closes whatever was opened since
/// its `{`.
const REACH_MAX: usize = 256;

/// What departs from plain nesting; all indices are of tokens.
#[derive(Default)]
pub(crate) struct Brackets {
    /// Brackets that are closed just before the token, innermost first (the end of the file: its length).
    pub(crate) closed_before: BTreeMap<usize, Vec<usize>>,
    /// Closing brackets that close nothing.
    pub(crate) stray: BTreeSet<usize>,
    /// Brackets that are nested too deep, with their partners.
    pub(crate) too_deep: BTreeMap<usize, usize>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Matches the brackets of a file.
pub(crate) fn match_brackets(file: FileId, text: &str, tokens: &[Sig]) -> Brackets {
    let mut found = Brackets::default();
    if !balanced(&[], tokens, 0) {
        Matcher {
            file,
            text,
            tokens,
            stack: Vec::new(),
            braces: 0,
            guesses: 0,
            indent: 0,
            found: &mut found,
        }
        .run();
    }
    cut_deep(file, tokens, &mut found);
    found
}

fn closing(open: Tok) -> Tok {
    match open {
        Tok::LParen => Tok::RParen,
        Tok::LSquare => Tok::RSquare,
        _ => Tok::RBrace,
    }
}

fn is_open(tok: Tok) -> bool {
    matches!(tok, Tok::LParen | Tok::LSquare | Tok::LBrace)
}

fn is_close(tok: Tok) -> bool {
    matches!(tok, Tok::RParen | Tok::RSquare | Tok::RBrace)
}

/// Whether the tokens from `from` on close exactly what is open.
fn balanced(open: &[Tok], tokens: &[Sig], from: usize) -> bool {
    let mut stack = open.to_vec();
    for sig in &tokens[from..] {
        if is_open(sig.tok) {
            stack.push(sig.tok);
        } else if is_close(sig.tok) && stack.pop().map(closing) != Some(sig.tok) {
            return false;
        }
    }
    stack.is_empty()
}

/// An open bracket and the indentation of its line.
#[derive(Clone, Copy)]
struct Open {
    at: usize,
    indent: u32,
}

struct Matcher<'a> {
    file: FileId,
    text: &'a str,
    tokens: &'a [Sig],
    stack: Vec<Open>,
    /// How many of them are braces.
    braces: usize,
    guesses: usize,
    /// The indentation of the line at hand.
    indent: u32,
    found: &'a mut Brackets,
}

impl Matcher<'_> {
    fn run(mut self) {
        let mut guessing = true;
        for (at, sig) in self.tokens.iter().enumerate() {
            if self.found.diagnostics.len() > ERRORS_MAX {
                return;
            }
            if sig.first {
                self.indent = self.indent_of(sig.start);
                if guessing && self.guess(at, sig.tok) {
                    self.guesses += 1;
                    let open: Vec<_> = self.stack.iter().map(|o| self.tokens[o.at].tok).collect();
                    let rest = if self.found.stray.contains(&at) { at + 1 } else { at };
                    guessing = self.guesses < GUESSES_MAX && !balanced(&open, self.tokens, rest);
                }
            }
            if is_open(sig.tok) {
                self.braces += usize::from(sig.tok == Tok::LBrace);
                self.stack.push(Open { at, indent: self.indent });
            } else if is_close(sig.tok) && !self.found.stray.contains(&at) {
                self.close(at, sig.tok);
            }
        }
        let end = self.tokens.len();
        let open = std::mem::take(&mut self.stack);
        if let Some(innermost) = open.last() {
            let mut error = self.unclosed(*innermost, None);
            for other in open.iter().rev().skip(1).take(3) {
                error = error.also(self.span(other.at), "this is not closed either");
            }
            self.found.diagnostics.push(error);
        }
        for bracket in open.iter().rev() {
            self.found.closed_before.entry(end).or_default().push(bracket.at);
        }
    }

    fn report(&mut self, error: Diagnostic) {
        if self.found.diagnostics.len() <= ERRORS_MAX {
            self.found.diagnostics.push(error);
        }
    }

    fn span(&self, at: usize) -> Span {
        Span::new(self.file, self.tokens[at].start, self.tokens[at].end)
    }

    fn indent_of(&self, offset: u32) -> u32 {
        let line = self.text[..offset as usize].rfind('\n').map_or(0, |at| at + 1);
        offset - line as u32
    }

    fn unclosed(&self, open: Open, before: Option<usize>) -> Diagnostic {
        let bracket = self.tokens[open.at].tok;
        let message = format!("this `{}` is never closed", bracket.text());
        let error = Diagnostic::error(V0102, self.span(open.at), message)
            .label(format!("the `{}` is missing", closing(bracket).text()));
        match before {
            Some(at) => {
                error.also(self.span(at), format!("a `{}` was expected before this", closing(bracket).text()))
            }
            None => error,
        }
    }

    /// Asks the indentation of a line's first token; whether something was wrong with it.
    fn guess(&mut self, at: usize, tok: Tok) -> bool {
        let mut wrong = false;
        while let Some(&top) = self.stack.last() {
            let closes = is_close(tok) && closing(self.tokens[top.at].tok) == tok;
            let unclosed = if closes {
                self.indent < top.indent && self.stack.iter().any(|o| o.indent == self.indent)
            } else {
                !continues(tok) && self.indent <= top.indent && !is_close(tok)
            };
            if !unclosed {
                if closes && self.indent > top.indent {
                    self.stray(at, Some(top));
                    wrong = true;
                }
                break;
            }
            let error = self.unclosed(top, Some(at));
            self.report(error);
            self.found.closed_before.entry(at).or_default().push(top.at);
            self.pop();
            wrong = true;
        }
        wrong
    }

    fn stray(&mut self, at: usize, top: Option<Open>) {
        let tok = self.tokens[at].tok;
        let mut error =
            Diagnostic::error(V0103, self.span(at), format!("this `{}` closes nothing", tok.text()));
        if let Some(top) = top {
            let open = self.tokens[top.at].tok;
            error = if closing(open) == tok {
                error.also(self.span(top.at), "it is indented deeper than the line of this")
            } else {
                error.also(self.span(top.at), format!("this needs a `{}`", closing(open).text()))
            };
        }
        self.report(error);
        self.found.stray.insert(at);
    }

    fn close(&mut self, at: usize, tok: Tok) {
        // A `)` does not reach over a `{`: there it is more likely to be one too many.
        let reach = if tok == Tok::RBrace && self.braces > 0 { self.stack.len() } else { REACH_MAX };
        let reach = self.stack.iter().enumerate().rev().take(reach);
        let candidate = reach
            .map(|(depth, open)| (depth, self.tokens[open.at].tok))
            .find(|(_, open)| closing(*open) == tok || *open == Tok::LBrace);
        let Some((matching, _)) = candidate.filter(|(_, open)| closing(*open) == tok) else {
            return self.close_nothing(at, tok);
        };
        let mut reported = false;
        while self.stack.len() > matching + 1 {
            let Some(open) = self.pop() else { break };
            if !reported {
                let error = self.unclosed(open, Some(at));
                self.report(error);
                reported = true;
            }
            self.found.closed_before.entry(at).or_default().push(open.at);
        }
        self.pop();
    }

    /// A `)` for a `]`, or the other way round, is one mistake; anything else is one too many.
    fn close_nothing(&mut self, at: usize, tok: Tok) {
        let top = self.stack.last().copied();
        let meant = top.map(|open| closing(self.tokens[open.at].tok)).filter(|meant| *meant != Tok::RBrace);
        let (Some(top), Some(meant), true) = (top, meant, tok != Tok::RBrace) else {
            return self.stray(at, top);
        };
        let span = self.span(at);
        let open = self.tokens[top.at].tok.text();
        self.report(
            Diagnostic::error(V0103, span, format!("this `{}` would close a `{open}`", tok.text()))
                .also(self.span(top.at), "opened here")
                .mend(format!("write `{}`", meant.text()), span, meant.text()),
        );
        self.found.stray.insert(at);
        self.found.closed_before.entry(at).or_default().push(top.at);
        self.pop();
    }

    fn pop(&mut self) -> Option<Open> {
        let open = self.stack.pop()?;
        self.braces -= usize::from(self.tokens[open.at].tok == Tok::LBrace);
        Some(open)
    }
}

/// Whether a line that begins with this token may stand at the indentation of the line it continues.
fn continues(tok: Tok) -> bool {
    matches!(tok, Tok::Else | Tok::Dot | Tok::Bar | Tok::AndAnd | Tok::OrOr | Tok::Implies | Tok::LBrace)
}

/// Marks what is nested too deep. Runs after the brackets balance.
fn cut_deep(file: FileId, tokens: &[Sig], found: &mut Brackets) {
    let mut depth = 0;
    let mut outermost = None;
    let mut cut = Vec::new();
    for at in 0..=tokens.len() {
        let closed = found.closed_before.get(&at).map_or(0, Vec::len);
        for _ in 0..closed {
            leave(&mut depth, &mut outermost, at.saturating_sub(1), &mut cut);
        }
        let Some(sig) = tokens.get(at) else { break };
        if is_open(sig.tok) {
            if depth == usize::from(MAX_DEPTH) && outermost.is_none() {
                outermost = Some(at);
            }
            depth += 1;
        } else if is_close(sig.tok) && !found.stray.contains(&at) {
            leave(&mut depth, &mut outermost, at, &mut cut);
        }
    }
    if let Some(&(first, _)) = cut.first() {
        found.diagnostics.push(too_deep(Span::new(file, tokens[first].start, tokens[first].end)));
    }
    for &(from, to) in &cut {
        let inner: Vec<_> = found.closed_before.range(from + 1..=to).map(|(at, _)| *at).collect();
        for at in inner {
            found.closed_before.remove(&at);
        }
        // Brackets that are closed just after the cut and were opened within it went with it.
        if let Some(after) = found.closed_before.get_mut(&(to + 1)) {
            after.retain(|open| *open < from);
        }
    }
    found.too_deep = cut.into_iter().collect();
}

fn leave(depth: &mut usize, outermost: &mut Option<usize>, at: usize, cut: &mut Vec<(usize, usize)>) {
    *depth = depth.saturating_sub(1);
    if *depth == usize::from(MAX_DEPTH)
        && let Some(from) = outermost.take()
    {
        cut.push((from, at));
    }
}
