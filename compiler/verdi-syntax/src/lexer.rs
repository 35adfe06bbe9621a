//! From text to significant tokens: comments and line ends are taken out (doc comments are kept by the
//! token they stand before), and everything that is wrong with a single token is reported.
//!
//! A token that was reported becomes [`Tok::ErrExpr`], so that the parser is silent about the line it is in.

use logos::Logos;
use verdi_diagnostics::codes::{V0104, V0105, V0106, V0107, V0108, V0109, V0123};
use verdi_diagnostics::{Diagnostic, FileId, Span};

use crate::ERRORS_MAX;
use crate::literal::{self, BadDuration};
use crate::token::Tok;

/// A token that is neither a comment nor a line end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sig {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) tok: Tok,
    /// Whether it is the first of its line.
    pub(crate) first: bool,
}

/// What the lexer makes of a file.
#[derive(Default)]
pub(crate) struct Lexed {
    pub(crate) tokens: Vec<Sig>,
    /// Doc comments, by the start of the token they stand before.
    pub(crate) docs: Vec<(u32, String)>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Every token with its place, comments and line ends included. Blanks, and a byte order mark at the start,
/// are left out.
pub(crate) fn raw(text: &str) -> impl Iterator<Item = (Tok, u32, u32)> + '_ {
    let skipped = if text.starts_with('\u{feff}') { 3 } else { 0 };
    Tok::lexer(&text[skipped..]).spanned().map(move |(tok, range)| {
        (tok.unwrap_or(Tok::Unknown), (range.start + skipped) as u32, (range.end + skipped) as u32)
    })
}

/// Reads a whole file.
pub(crate) fn lex(file: FileId, text: &str) -> Lexed {
    let mut lexer = Reader { file, text, out: Lexed::default() };
    let mut first = true;
    let mut doc = String::new();
    for (tok, start, end) in raw(text) {
        match tok {
            Tok::Newline => {
                first = true;
                continue;
            }
            Tok::Comment => continue,
            Tok::Doc => {
                lexer.add_doc(&mut doc, start, end);
                continue;
            }
            Tok::BlockComment => {
                lexer.block_comment(start, end);
                continue;
            }
            _ => {}
        }
        if !doc.is_empty() {
            lexer.out.docs.push((start, std::mem::take(&mut doc)));
        }
        lexer.token(Sig { start, end, tok, first });
        if lexer.out.diagnostics.len() > ERRORS_MAX {
            break;
        }
        first = false;
    }
    lexer.out
}

struct Reader<'a> {
    file: FileId,
    text: &'a str,
    out: Lexed,
}

impl Reader<'_> {
    fn slice(&self, start: u32, end: u32) -> &str {
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }

    fn report(&mut self, error: Diagnostic) {
        if self.out.diagnostics.len() <= ERRORS_MAX {
            self.out.diagnostics.push(error);
        }
    }

    fn add_doc(&self, doc: &mut String, start: u32, end: u32) {
        let line = self.slice(start, end).trim_start_matches('/').trim_end();
        if !doc.is_empty() {
            doc.push('\n');
        }
        doc.push_str(line.strip_prefix(' ').unwrap_or(line));
    }

    fn block_comment(&mut self, start: u32, end: u32) {
        let opening = Span::new(self.file, start, start + 2);
        let mut error = Diagnostic::error(V0108, opening, "there are no block comments")
            .label("write `//` before each line");
        if !self.slice(start, end).ends_with("*/") || end < start + 4 {
            error = error.note("it has no `*/` either, so the rest of the file was passed over");
        }
        self.report(error);
    }

    fn token(&mut self, sig: Sig) {
        let span = Span::new(self.file, sig.start, sig.end);
        match sig.tok {
            Tok::Int => return self.int(sig, span),
            Tok::Duration => {
                if let Err(bad) = literal::duration(self.slice(sig.start, sig.end)) {
                    let error = self.bad_duration(span, bad);
                    return self.wrong(sig, error);
                }
            }
            Tok::Str => {
                for bad in literal::string(self.slice(sig.start, sig.end)).1 {
                    let at = Span::new(self.file, sig.start + bad.start as u32, sig.start + bad.end as u32);
                    let what = self.slice(at.start, at.end).to_owned();
                    self.report(
                        Diagnostic::error(V0107, at, format!("`{what}` is no escape"))
                            .note("the escapes are `\\n`, `\\t`, `\\\"`, `\\\\` and `\\u{…}`; for a backslash itself write `\\\\`"),
                    );
                }
            }
            Tok::BadStr => {
                let error = Diagnostic::error(V0104, span, "this string has no end")
                    .label("the closing `\"` is missing on this line");
                self.report(error);
                return self.out.tokens.push(Sig { tok: Tok::ErrExpr, ..sig });
            }
            Tok::SingleQuoted => {
                let inner = self.slice(sig.start + 1, sig.end - 1).replace('"', "\\\"");
                let error = Diagnostic::error(V0109, span, "strings are written in double quotes").mend(
                    "use double quotes",
                    span,
                    format!("\"{inner}\""),
                );
                return self.wrong(sig, error);
            }
            Tok::Unknown => return self.unknown(sig, span),
            _ => {}
        }
        self.out.tokens.push(sig);
    }

    fn wrong(&mut self, sig: Sig, error: Diagnostic) {
        self.report(error);
        self.out.tokens.push(Sig { tok: Tok::ErrExpr, ..sig });
    }

    /// The least `int` can only be written with its sign, so there the two become one token.
    fn int(&mut self, sig: Sig, span: Span) {
        if literal::int(self.slice(sig.start, sig.end)).is_some() {
            return self.out.tokens.push(sig);
        }
        if let [before @ .., sign] = self.out.tokens.as_slice()
            && sign.tok == Tok::Minus
            && !before.last().is_some_and(|t| ends_operand(t.tok))
            && literal::int(&format!("-{}", self.slice(sig.start, sig.end))).is_some()
        {
            let start = *sign;
            self.out.tokens.pop();
            return self.out.tokens.push(Sig { start: start.start, first: start.first, ..sig });
        }
        let error = Diagnostic::error(V0106, span, "this number does not fit into an `int`")
            .note("an `int` goes from -9223372036854775808 to 9223372036854775807");
        self.wrong(sig, error);
    }

    fn bad_duration(&self, span: Span, bad: BadDuration) -> Diagnostic {
        let text = self.slice(span.start, span.end);
        match bad {
            BadDuration::Range => Diagnostic::error(V0123, span, "this duration is too long"),
            BadDuration::Unit => {
                let error =
                    Diagnostic::error(V0123, span, format!("`{text}` is neither a number nor a duration"));
                if text.starts_with("0x") || text.starts_with("0b") || text.starts_with("0o") {
                    error.note("numbers are written in decimal")
                } else {
                    error.note("durations are written with `us`, `ms`, `s` or `min`, such as `150ms`")
                }
            }
        }
    }

    /// One error for a run of characters that mean nothing.
    fn unknown(&mut self, sig: Sig, span: Span) {
        if let (Some(last), Some(error)) = (self.out.tokens.last_mut(), self.out.diagnostics.last_mut())
            && last.tok == Tok::ErrExpr
            && last.end == sig.start
            && error.code == V0105
            && error.primary.span.end == sig.start
        {
            last.end = sig.end;
            error.primary.span.end = sig.end;
            return;
        }
        let c = self.slice(sig.start, sig.end).chars().next().unwrap_or('\0');
        let shown = match c {
            c if c.is_control() || c.is_whitespace() => format!("the character U+{:04X}", c as u32),
            c => format!("`{c}`"),
        };
        let mut error = Diagnostic::error(V0105, span, format!("{shown} has no meaning here"));
        error = match c {
            '\u{201c}' | '\u{201d}' | '\u{201e}' => {
                error.note("strings are written with straight quotes: \"…\"")
            }
            '\'' => error.note("strings are written in double quotes"),
            '\u{a0}' => error.note("this is a no-break space: type an ordinary one"),
            '?' => error.note("there is no `c ? a : b`: write `if c { a } else { b }`"),
            '#' => error.note("comments begin with `//`"),
            '@' | '$' | '`' | '^' | '~' | '\\' => error,
            c if c.is_alphabetic() => {
                error.note("names consist of the letters a to z and A to Z, digits and `_`")
            }
            _ => error,
        };
        self.wrong(sig, error);
    }
}

/// Whether an operand can end with this token, so that what follows is an operator.
pub(crate) fn ends_operand(tok: Tok) -> bool {
    matches!(
        tok,
        Tok::Lower
            | Tok::Upper
            | Tok::Int
            | Tok::Duration
            | Tok::Str
            | Tok::True
            | Tok::False
            | Tok::SelfKw
            | Tok::Underscore
            | Tok::RParen
            | Tok::RSquare
            | Tok::RBrace
            | Tok::ErrExpr
    )
}
