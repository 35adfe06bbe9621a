//! Turns "the parser stopped at this token" into a message: what was found, what would have fitted, and for
//! the slips in [`crate::slips`] the likely cause and its mend.

use std::ops::Range;

use verdi_diagnostics::codes::{V0101, V0124};
use verdi_diagnostics::{Diagnostic, FileId, Span};

use crate::layout::Spanned;
use crate::places::Place;
use crate::token::Tok;

/// Where a run of the parser stopped.
pub(crate) struct Failure<'a> {
    pub(crate) file: FileId,
    pub(crate) text: &'a str,
    /// What the line is one of.
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

impl Failure<'_> {
    /// The diagnostic.
    pub(crate) fn explain(&self) -> Diagnostic {
        self.slip().unwrap_or_else(|| self.unexpected())
    }

    /// A token by its distance from the one that did not fit.
    pub(crate) fn token(&self, offset: isize) -> Option<Spanned> {
        self.tokens.get(self.at.checked_add_signed(offset)?).copied()
    }

    pub(crate) fn tok(&self, offset: isize) -> Option<Tok> {
        self.token(offset).map(|t| t.1)
    }

    /// The text of a token; empty where there is none.
    pub(crate) fn word(&self, offset: isize) -> &str {
        self.token(offset).map_or("", |t| self.slice(t))
    }

    pub(crate) fn slice(&self, token: Spanned) -> &str {
        self.text.get(token.0 as usize..token.2 as usize).unwrap_or_default()
    }

    /// The first token of the line.
    pub(crate) fn head(&self) -> Option<Spanned> {
        self.tokens.get(self.line.start).copied()
    }

    pub(crate) fn span_of(&self, token: Spanned) -> Span {
        Span::new(self.file, token.0, token.2)
    }

    /// The token that did not fit, or the end of what is there.
    pub(crate) fn span(&self) -> Span {
        match self.token(0) {
            Some(_) if self.line_ended() => {
                self.token(-1).map_or_else(Span::default, |t| self.span_of(t).after())
            }
            Some(token) => self.span_of(token),
            None => {
                let end = self.tokens.last().map_or(0, |t| t.2);
                Span::new(self.file, end, end)
            }
        }
    }

    /// Whether it stopped at a `}` on a line of its own: then the line before it lacks something.
    fn line_ended(&self) -> bool {
        let (Some(before), Some(here)) = (self.token(-1), self.token(0)) else { return false };
        let between = self.text.get(before.2 as usize..here.0 as usize).unwrap_or_default();
        here.1 == Tok::RBrace && between.contains('\n')
    }

    /// Whether the grammar would have taken this here.
    pub(crate) fn expects(&self, name: &str) -> bool {
        self.expected.iter().any(|e| e.trim_matches('"') == name)
    }

    pub(crate) fn unexpected(&self) -> Diagnostic {
        let code = if self.at_file_end() { V0124 } else { V0101 };
        let found = self.token(0).map_or_else(
            || (if self.at_file_end() { "the end of the file" } else { "the end of the line" }).to_owned(),
            |token| self.describe(token),
        );
        let expected = self.expected();
        let message = if expected.is_empty() {
            format!("unexpected {}", self.token(0).map_or(found, |token| self.describe(token)))
        } else {
            format!("expected {expected}, found {found}")
        };
        let error = Diagnostic::error(code, self.span(), message);
        match self.token(0) {
            Some(token) if token.1.is_soft() => {
                error.note(format!("`{}` is a keyword here, not a name", self.slice(token)))
            }
            _ => error,
        }
    }

    fn at_file_end(&self) -> bool {
        let end = self.tokens.last().map_or(0, |t| t.2 as usize);
        self.token(0).is_none() && self.text.get(end..).is_some_and(|rest| rest.trim().is_empty())
    }

    /// How a token is spoken of.
    pub(crate) fn describe(&self, token: Spanned) -> String {
        let text = self.slice(token);
        match token.1 {
            Tok::RBrace if self.line_ended() => "the end of the line".to_owned(),
            Tok::Term if text == ";" => "`;`".to_owned(),
            Tok::Term => "the end of the line".to_owned(),
            Tok::Str => "a string".to_owned(),
            tok if tok.is_soft() => format!("the keyword `{text}`"),
            _ if text.is_empty() => format!("`{}`", token.1.text()),
            _ => format!("`{text}`"),
        }
    }

    /// What could stand here, in a few words; empty where it is too much to say.
    fn expected(&self) -> String {
        let groups: Vec<_> = GROUPS.iter().filter(|group| group.fits(self)).collect();
        let mut names: Vec<String> = groups.iter().map(|group| group.name.to_owned()).collect();
        for e in &self.expected {
            let e = e.trim_matches('"');
            if HIDDEN.contains(&e) || groups.iter().any(|group| group.members.contains(&e)) {
                continue;
            }
            names.push(match e {
                "new line" => "a new line".to_owned(),
                "number" | "string" | "duration" => format!("a {e}"),
                e => format!("`{e}`"),
            });
        }
        if names.len() > 1 {
            names.retain(|name| name != OPERATOR);
        }
        match names.as_slice() {
            [only] => only.clone(),
            [most @ .., last] if most.len() < 9 => format!("{} or {last}", most.join(", ")),
            _ => String::new(),
        }
    }
}

/// Terminals that nobody writes.
const HIDDEN: &[&str] = &["error expression", "error line", "why,"];

const OPERATOR: &str = "an operator";

/// A name for several alternatives.
struct Group {
    name: &'static str,
    /// Alternatives that must be there for the name to be right.
    shown_by: &'static [&'static str],
    /// An alternative that must not be there.
    unless: &'static str,
    /// What the name stands for.
    members: &'static [&'static str],
}

impl Group {
    fn fits(&self, failure: &Failure<'_>) -> bool {
        self.shown_by.iter().all(|sign| failure.expects(sign)) && !failure.expects(self.unless)
    }
}

const OPERANDS: &[&str] = &[
    "number", "string", "true", "false", "lower", "upper", "self", "(", "[", "{", "set", "map", "count",
    "if", "match", "forall", "exists", "!", "-",
];

const GROUPS: &[Group] = &[
    Group {
        name: "a statement",
        shown_by: &["let", "send", "!"],
        unless: "",
        members: &[
            "let",
            "var",
            "send",
            "broadcast",
            "output",
            "start",
            "stop",
            "for",
            "assert",
            "return",
            "input",
            "deliver",
            "timeout",
            "crash",
            "reboot",
            "number",
            "string",
            "true",
            "false",
            "lower",
            "upper",
            "self",
            "(",
            "[",
            "{",
            "set",
            "map",
            "count",
            "if",
            "match",
            "forall",
            "exists",
            "!",
            "-",
        ],
    },
    Group { name: "an expression", shown_by: &["number", "!", "if"], unless: "let", members: OPERANDS },
    Group {
        name: "a pattern",
        shown_by: &["_", "number"],
        unless: "!",
        members: &["_", "lower", "upper", "number", "-", "true", "false", "string", "(", "["],
    },
    Group {
        name: "a type",
        shown_by: &["lower", "upper", "("],
        unless: "number",
        members: &["lower", "upper", "("],
    },
    Group {
        name: OPERATOR,
        shown_by: &["*", "+"],
        unless: "",
        members: &[
            "==>", "||", "&&", "==", "!=", "<", "<=", ">", ">=", "in", "not in", "is", "..", "..=", "|", "&",
            "+", "-", "++", "*", "/", "%", ".", "[", "(",
        ],
    },
    Group { name: "a name", shown_by: &["lower", "upper"], unless: "(", members: &["lower", "upper"] },
];
