//! Turns "unexpected token" into a message that names the likely slip.

use std::ops::Range;

use verdi_diagnostics::codes::{V0101, V0115, V0119, V0120, V0121, V0122, V0124};
use verdi_diagnostics::{Diagnostic, FileId, Span};

use crate::layout::Spanned;
use crate::places::Place;
use crate::token::Tok;

/// Where a run of the parser stopped.
pub(crate) struct Failure<'a> {
    /// What kind of line was being parsed.
    pub(crate) place: Place,
    /// The tokens of the item.
    pub(crate) tokens: &'a [Spanned],
    /// The token that did not fit; the number of tokens at the end.
    pub(crate) at: usize,
    /// The line it is in.
    pub(crate) line: Range<usize>,
    /// The grammar's names of what would have fitted.
    pub(crate) expected: Vec<String>,
}

/// The diagnostic for a failure.
pub(crate) fn explain(file: FileId, text: &str, failure: &Failure<'_>) -> Diagnostic {
    let slip = Slip { file, text, failure };
    slip.known().unwrap_or_else(|| slip.unexpected())
}

struct Slip<'a> {
    file: FileId,
    text: &'a str,
    failure: &'a Failure<'a>,
}

impl Slip<'_> {
    fn token(&self, offset: isize) -> Option<Spanned> {
        let at = self.failure.at.checked_add_signed(offset)?;
        self.failure.tokens.get(at).copied()
    }

    fn tok(&self, offset: isize) -> Option<Tok> {
        self.token(offset).map(|t| t.1)
    }

    fn word(&self, offset: isize) -> &str {
        self.token(offset).map_or("", |t| self.slice(t))
    }

    fn slice(&self, token: Spanned) -> &str {
        self.text.get(token.0 as usize..token.2 as usize).unwrap_or_default()
    }

    fn span_of(&self, token: Spanned) -> Span {
        Span::new(self.file, token.0, token.2)
    }

    /// The token that did not fit, or the end of what is there.
    fn span(&self) -> Span {
        match self.token(0) {
            Some(token) => self.span_of(token),
            None => {
                let end = self.failure.tokens.last().map_or(0, |t| t.2);
                Span::new(self.file, end, end)
            }
        }
    }

    fn expects(&self, name: &str) -> bool {
        self.failure.expected.iter().any(|e| e.trim_matches('"') == name)
    }

    /// The mistakes that people make, each with its mend.
    fn known(&self) -> Option<Diagnostic> {
        None
    }

    fn unexpected(&self) -> Diagnostic {
        let expected = self.expected();
        let message = match (self.token(0), expected.is_empty()) {
            (None, true) => "unexpected end".to_owned(),
            (None, false) => format!("expected {expected}"),
            (Some(token), true) => format!("unexpected {}", self.describe(token)),
            (Some(token), false) => format!("expected {expected}, found {}", self.describe(token)),
        };
        let code = if self.token(0).is_none() { V0124 } else { V0101 };
        Diagnostic::error(code, self.span(), message)
    }

    fn describe(&self, token: Spanned) -> String {
        let text = self.slice(token);
        match token.1 {
            Tok::Term if text == ";" => "`;`".to_owned(),
            Tok::Term => "the end of the line".to_owned(),
            Tok::Str => "a string".to_owned(),
            tok if tok.is_soft() => format!("the keyword `{text}`"),
            _ => format!("`{text}`"),
        }
    }

    /// What could stand here, in a few words.
    fn expected(&self) -> String {
        let mut names: Vec<String> = Vec::new();
        let has = |n: &str| self.expects(n);
        for (word, signs, drops) in GROUPS {
            if signs.iter().all(|s| has(s)) {
                names.push((*word).to_owned());
                let _ = drops;
            }
        }
        let dropped = |e: &str| {
            GROUPS.iter().any(|(_, signs, drops)| signs.iter().all(|s| has(s)) && drops.contains(&e))
        };
        for e in &self.failure.expected {
            let e = e.trim_matches('"');
            if !dropped(e) && !HIDDEN.contains(&e) {
                names.push(match e {
                    "new line" => "a new line".to_owned(),
                    "number" | "string" | "duration" => format!("a {e}"),
                    e => format!("`{e}`"),
                });
            }
        }
        if names.len() > 8 {
            return String::new();
        }
        match names.as_slice() {
            [] => String::new(),
            [only] => only.clone(),
            [most @ .., last] => format!("{} or {last}", most.join(", ")),
        }
    }
}

const HIDDEN: &[&str] = &["error expression", "error line", "why,"];

const OPERATORS: &[&str] = &[
    "==>", "||", "&&", "==", "!=", "<", "<=", ">", ">=", "in", "not in", "is", "..", "..=", "|", "&", "+",
    "-", "++", "*", "/", "%", ".", "[", "(",
];

const OPERANDS: &[&str] = &[
    "number", "string", "true", "false", "lower", "upper", "self", "(", "[", "{", "set", "map", "count",
    "if", "match", "forall", "exists", "!", "-",
];

/// A name for several alternatives: what shows that it fits, and what it stands for.
const GROUPS: &[(&str, &[&str], &[&str])] = &[
    ("an expression", &["number", "!", "if"], OPERANDS),
    ("an operator", &["*", "+"], OPERATORS),
    ("a name", &["lower", "upper"], &["lower", "upper"]),
];
