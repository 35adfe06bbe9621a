//! The mistakes that people make, each recognised from where the parser stopped: habits from other
//! languages, forgotten braces, keywords as names, misspelt members.

use verdi_diagnostics::Diagnostic;
use verdi_diagnostics::codes::{V0101, V0115, V0117, V0119, V0120, V0121, V0122};

use crate::explain::Failure;
use crate::layout::soft;
use crate::lexer::ends_operand;
use crate::places::Place;
use crate::token::{SOFT, Tok};

impl Failure<'_> {
    /// The first slip that explains the failure.
    pub(crate) fn slip(&self) -> Option<Diagnostic> {
        self.assignment_sign()
            .or_else(|| self.arrow())
            .or_else(|| self.word_operator())
            .or_else(|| self.foreign_word())
            .or_else(|| self.dangling_else())
            .or_else(|| self.misspelt())
            .or_else(|| self.missing_braces())
            .or_else(|| self.keyword_as_name())
            .or_else(|| self.event())
            .or_else(|| self.unknown_member())
            .or_else(|| self.nameless_field())
            .or_else(|| self.fraction())
            .or_else(|| self.statement_as_value())
            .or_else(|| self.two_on_a_line())
    }

    fn after_operand(&self) -> bool {
        self.tok(-1).is_some_and(ends_operand)
    }

    /// `=`, `:=` and `==` for one another, and `+=`.
    fn assignment_sign(&self) -> Option<Diagnostic> {
        let span = self.span();
        match self.tok(0)? {
            tok @ (Tok::ColonEq | Tok::EqEq) if self.expects("=") => Some(
                Diagnostic::error(
                    V0115,
                    span,
                    format!("a new name gets its value with `=`, not `{}`", tok.text()),
                )
                .mend("write `=`", span, "="),
            ),
            Tok::ColonEq => Some(
                Diagnostic::error(V0115, span, "an assignment is a statement of its own")
                    .note("it has no value; to compare, write `==`"),
            ),
            Tok::Assign => match self.tok(-1)? {
                tok @ (Tok::Plus | Tok::Minus | Tok::Star | Tok::Slash | Tok::Percent | Tok::PlusPlus)
                    if self.token(-1)?.2 == span.start =>
                {
                    let place = self.word(-2).to_owned();
                    Some(
                        Diagnostic::error(
                            V0119,
                            self.span_of(self.token(-1)?).to(span),
                            format!("there is no `{}=`", tok.text()),
                        )
                        .note(format!("write `{place} := {place} {} …`", tok.text())),
                    )
                }
                before if ends_operand(before) && !self.expects("=") => {
                    Some(Diagnostic::error(V0115, span, "a comparison is written `==`").mend(
                        "write `==`",
                        span,
                        "==",
                    ))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// `->` for `=>` or `:`, `=>` for `==>`.
    fn arrow(&self) -> Option<Diagnostic> {
        let span = self.span();
        match self.tok(0)? {
            Tok::ThinArrow if self.expects("=>") => {
                Some(Diagnostic::error(V0119, span, "an arm of a `match` is written with `=>`").mend(
                    "write `=>`",
                    span,
                    "=>",
                ))
            }
            Tok::ThinArrow if self.expects(":") => {
                Some(Diagnostic::error(V0119, span, "the type of a result follows a `:`").mend(
                    "write `:`",
                    span,
                    ":",
                ))
            }
            Tok::ThinArrow | Tok::FatArrow if self.expects("==>") => {
                Some(Diagnostic::error(V0119, span, "implication is written `==>`").mend(
                    "write `==>`",
                    span,
                    "==>",
                ))
            }
            _ => None,
        }
    }

    /// `and`, `or`, `not`, and `++` as a statement.
    fn word_operator(&self) -> Option<Diagnostic> {
        let span = self.span();
        let sign = match (self.tok(0)?, self.word(0)) {
            (Tok::Lower, "and") if self.after_operand() => "&&",
            (Tok::Lower, "or") if self.after_operand() => "||",
            (Tok::Lower, "mod") if self.after_operand() => "%",
            (Tok::Not, _) if self.expects("!") => {
                let mended = self.span_of(self.token(0)?).to(self.token(1).map_or(span, |t| self.span_of(t)));
                let operand = self.word(1).to_owned();
                return Some(Diagnostic::error(V0119, span, "negation is written `!`").mend(
                    format!("write `!{operand}`"),
                    mended,
                    format!("!{operand}"),
                ));
            }
            (Tok::Not, _) => {
                return Some(Diagnostic::error(V0119, span, "`not` occurs only in `not in`"));
            }
            (Tok::Term | Tok::RBrace, _) if self.tok(-1) == Some(Tok::PlusPlus) => {
                let place = self.word(-2).to_owned();
                return Some(
                    Diagnostic::error(
                        V0119,
                        self.span_of(self.token(-1)?),
                        "`++` joins two lists or strings",
                    )
                    .note(format!("to count up, write `{place} := {place} + 1`")),
                );
            }
            _ => return None,
        };
        let message = format!("`{}` is written `{sign}`", self.word(0));
        Some(Diagnostic::error(V0119, span, message).mend(format!("write `{sign}`"), span, sign))
    }

    /// A keyword of another language, as the first word of the line or where the parser stopped.
    fn foreign_word(&self) -> Option<Diagnostic> {
        let head = self.head().filter(|_| self.at <= self.line.start + 1);
        let here = self.token(0);
        let before = self.token(-1);
        let (token, word) = [here, head, before].into_iter().flatten().find_map(|token| {
            let found = FOREIGN.iter().find(|(word, _, _)| *word == self.slice(token));
            found.filter(|_| token.1 == Tok::Lower).map(|found| (token, found))
        })?;
        let followed = self.tokens.iter().find(|t| t.0 >= token.2).map(|t| t.1);
        if matches!(followed, Some(Tok::ColonEq | Tok::Assign | Tok::Dot | Tok::Colon)) {
            return None;
        }
        let (text, mend, note) = *word;
        let span = self.span_of(token);
        let error =
            Diagnostic::error(V0120, span, format!("`{text}` is no keyword of this language")).note(note);
        Some(if mend.is_empty() { error } else { error.mend(format!("write `{mend}`"), span, mend) })
    }

    fn dangling_else(&self) -> Option<Diagnostic> {
        if self.tok(0)? != Tok::Else {
            return None;
        }
        Some(
            Diagnostic::error(V0101, self.span(), "this `else` belongs to no `if`")
                .note("it follows the `}` of an `if`, without a `;` between them"),
        )
    }

    /// A word that is almost one that would fit: `form` for `from`.
    fn misspelt(&self) -> Option<Diagnostic> {
        if self.tok(0)? != Tok::Lower || !self.after_operand() {
            return None;
        }
        let fits = self.expected.iter().map(|e| e.trim_matches('"'));
        let mut words: Vec<&str> = fits.filter(|e| soft(e).is_some()).collect();
        if self.innermost() == Place::Steps {
            words.extend(["from", "to", "at"]);
        }
        let near = closest(self.word(0), &words)?;
        let message = format!("expected `{near}`, found `{}`", self.word(0));
        Some(Diagnostic::error(V0101, self.span(), message).mend(
            format!("did you mean `{near}`?"),
            self.span(),
            near,
        ))
    }

    /// `1.5`.
    fn fraction(&self) -> Option<Diagnostic> {
        let whole = self.token(-2).filter(|t| t.1 == Tok::Int)?;
        let dotted = self.tok(-1)? == Tok::Dot && matches!(self.tok(0)?, Tok::Int | Tok::Duration);
        dotted.then(|| {
            Diagnostic::error(V0101, self.span_of(whole).to(self.span()), "there are only whole numbers")
                .note("an `int` has no fraction, and neither has a duration: `1500ms` is one and a half seconds")
        })
    }

    /// A body without braces, or with its brace on the next line.
    fn missing_braces(&self) -> Option<Diagnostic> {
        if !self.expects("{") || self.expects("!") {
            return None;
        }
        let owner = self.owner()?;
        let here = self.tok(0)?;
        if here == Tok::Term && self.tok(1) == Some(Tok::LBrace) {
            let brace = self.span_of(self.token(1)?);
            return Some(
                Diagnostic::error(
                    V0122,
                    brace,
                    format!("the `{{` of this {owner} must stand on the same line"),
                )
                .label("a line that begins with `{` is a block of its own"),
            );
        }
        let begins =
            here.is_word() || matches!(here, Tok::Term | Tok::Colon | Tok::RBrace | Tok::Int | Tok::Str);
        (begins && !self.expects("lower")).then(|| {
            Diagnostic::error(V0122, self.span(), format!("the body of this {owner} must stand in braces"))
                .label("a `{` was expected before this")
        })
    }

    /// What the braces that are missing here would belong to.
    fn owner(&self) -> Option<String> {
        let before = &self.tokens[self.line.start..self.at];
        let keyword = before.iter().rev().find(|t| {
            matches!(t.1, Tok::If | Tok::Else | Tok::For | Tok::Match | Tok::Fn) || self.declares(t.1)
        })?;
        Some(match keyword.1 {
            Tok::KwOn => "handler".to_owned(),
            Tok::Fn => "function".to_owned(),
            tok => format!("`{}`", tok.text()),
        })
    }

    fn declares(&self, tok: Tok) -> bool {
        matches!(
            tok,
            Tok::KwOn
                | Tok::KwProc
                | Tok::KwRule
                | Tok::KwNode
                | Tok::KwSystem
                | Tok::KwNetwork
                | Tok::KwTransformer
                | Tok::KwMonitor
                | Tok::KwLift
                | Tok::KwCheck
                | Tok::KwTest
        )
    }

    fn keyword_as_name(&self) -> Option<Diagnostic> {
        let tok = self.tok(0)?;
        let hard = tok.is_word() && tok.is_fixed();
        let named = matches!(
            self.tok(1),
            Some(Tok::Assign | Tok::ColonEq | Tok::Colon | Tok::Comma | Tok::RParen | Tok::In | Tok::LParen)
        );
        if !hard || !named || !self.expects("lower") {
            return None;
        }
        let word = self.word(0);
        Some(
            Diagnostic::error(V0121, self.span(), format!("`{word}` is a keyword and cannot be a name here"))
                .note(format!("choose another name, such as `{word}_` or `the_{word}`")),
        )
    }

    /// `on` followed by something that is no event.
    fn event(&self) -> Option<Diagnostic> {
        if self.tok(-1) != Some(Tok::KwOn) {
            return None;
        }
        let word = self.word(0);
        let events: &[&str] = match self.innermost() {
            Place::Monitor => &["input", "output", "step"],
            _ => &["start", "input", "message", "timeout", "reboot"],
        };
        let error = Diagnostic::error(V0101, self.span(), format!("`{word}` is no event"))
            .note(format!("a handler runs on {}", list(events)));
        Some(match closest(word, events) {
            Some(event) => error.mend(format!("did you mean `{event}`?"), self.span(), event),
            None if self.tok(0) == Some(Tok::Upper) => error.mend(
                format!("write `on message {word}`, or `on input {word}`"),
                self.span(),
                format!("message {word}"),
            ),
            None => error,
        })
    }

    fn innermost(&self) -> Place {
        crate::recover::innermost_place(self.place, self.tokens, self.line.start)
    }

    /// A line of a declaration that begins with no keyword of that place.
    fn unknown_member(&self) -> Option<Diagnostic> {
        let place = self.innermost();
        if self.at != self.line.start || matches!(place, Place::Statements | Place::Rules | Place::Steps) {
            return None;
        }
        let token = self.token(0)?;
        let word = self.slice(token);
        let mut words: Vec<&str> = place.starters().iter().map(|t| t.text()).collect();
        if matches!(place, Place::File | Place::System | Place::Node | Place::Network) {
            words.push("fn");
        }
        if place == Place::Network {
            words.push("var");
        }
        let error = Diagnostic::error(
            V0101,
            self.span(),
            format!("expected {}, found {}", place.line(), self.describe(token)),
        );
        if let Some(near) = closest(word, &words) {
            return Some(error.mend(format!("did you mean `{near}`?"), self.span(), near));
        }
        let elsewhere = Place::DECLARING.iter().find(|other| {
            **other != place && other.starters().iter().any(|t| t.text() == word) && token.1.is_word()
        });
        Some(match elsewhere {
            Some(other) => error.note(format!("`{word}` begins {}", other.line())),
            None => error.note(format!("it begins with {}", list(&words))),
        })
    }

    /// `Put(string)`.
    fn nameless_field(&self) -> Option<Diagnostic> {
        let before = self.token(-1)?;
        let opens = matches!(self.tok(-2)?, Tok::LParen | Tok::Comma);
        let ends = matches!(self.tok(0)?, Tok::Comma | Tok::RParen | Tok::Lt | Tok::Dot);
        if !self.expects(":") || self.expects("+") || !opens || !ends || !before.1.is_word() {
            return None;
        }
        let ty = self.slice(before);
        Some(
            Diagnostic::error(V0117, self.span_of(before), "every field and parameter has a name and a type")
                .note(format!("write `name: {ty}` if `{ty}` is its type, `{ty}: int` if it is its name")),
        )
    }

    /// `x := send a to b`.
    fn statement_as_value(&self) -> Option<Diagnostic> {
        let before = self.token(-1).filter(|t| t.1 == Tok::Lower)?;
        let word = self.slice(before);
        let statement = matches!(word, "send" | "broadcast" | "output" | "assert" | "start" | "stop");
        let operand =
            self.tok(0).is_some_and(|t| t.is_word() || ends_operand(t)) && self.tok(0) != Some(Tok::RParen);
        (statement && operand && self.tok(-2).is_some_and(|t| t != Tok::Dot)).then(|| {
            Diagnostic::error(
                V0101,
                self.span_of(before),
                format!("`{word}` is a statement and has no value"),
            )
            .note("put it on a line of its own")
        })
    }

    /// Two statements without a line end between them.
    fn two_on_a_line(&self) -> Option<Diagnostic> {
        let here = self.tok(0)?;
        let begins = here.is_word() || matches!(here, Tok::Int | Tok::Str | Tok::LBrace);
        let follows = self.tok(-1).is_some_and(ends_operand);
        (begins && follows && self.expects("new line")).then(|| {
            self.unexpected()
                .note("put each statement or declaration on a line of its own, or a `;` between them")
        })
    }
}

/// Words of other languages, what to write instead (empty where that is not one word), and why.
const FOREIGN: &[(&str, &str, &str)] = &[
    ("elif", "else if", "a further condition is written `else if`"),
    ("elsif", "else if", "a further condition is written `else if`"),
    ("elseif", "else if", "a further condition is written `else if`"),
    ("fun", "fn", "a function is declared with `fn`"),
    ("func", "fn", "a function is declared with `fn`"),
    ("def", "fn", "a function is declared with `fn`"),
    ("function", "fn", "a function is declared with `fn`"),
    ("procedure", "proc", "a procedure is declared with `proc`"),
    ("const", "let", "a name for a value is declared with `let`"),
    ("val", "let", "a name for a value is declared with `let`"),
    ("mut", "", "a variable that changes is declared with `var` instead of `let`"),
    ("while", "", "there are only loops over collections, `for x in xs { … }`: every handler terminates"),
    ("loop", "", "there are only loops over collections, `for x in xs { … }`: every handler terminates"),
    ("foreach", "for", "a loop is written `for x in xs { … }`"),
    ("of", "in", "a loop is written `for x in xs { … }`"),
    ("then", "", "a condition is followed by its block: `if c { … } else { … }`"),
    ("do", "", "a loop is written `for x in xs { … }`"),
    ("import", "use", "names of another file are brought in with `use \"other.verdi\".{…}`"),
    ("include", "use", "names of another file are brought in with `use \"other.verdi\".{…}`"),
    ("struct", "type", "a record is declared with `type Name(field: T, …)`"),
    ("record", "type", "a record is declared with `type Name(field: T, …)`"),
    ("enum", "type", "variants are declared with `type Name = A | B(field: T)`"),
    ("switch", "match", "a choice by pattern is written `match e { pattern => … }`"),
    ("case", "", "the arms of a `match` are written `pattern => …`"),
];

/// The word that this one was probably meant to be.
pub(crate) fn closest<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    let scored = candidates.iter().map(|c| (strsim::damerau_levenshtein(word, c), *c));
    let limit = word.len().min(8) / 3;
    scored.filter(|(distance, _)| *distance <= limit).min_by_key(|(distance, _)| *distance).map(|(_, c)| c)
}

/// `a`, `b` or `c`.
fn list(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|w| format!("`{w}`")).collect();
    match quoted.as_slice() {
        [most @ .., last] if !most.is_empty() => format!("{} or {last}", most.join(", ")),
        all => all.concat(),
    }
}

/// Every keyword, sorted: those that are always one, and those that are one in some places.
pub fn keywords() -> Vec<&'static str> {
    let hard = crate::token::FIXED.iter().filter(|(_, tok)| tok.is_word()).map(|(text, _)| *text);
    let mut all: Vec<_> = hard.chain(SOFT.iter().map(|(text, _)| *text)).collect();
    all.sort_unstable();
    all
}

/// The keywords that cannot be names outside their special places, sorted.
pub fn reserved_words() -> Vec<&'static str> {
    let mut all: Vec<_> =
        crate::token::FIXED.iter().filter(|(_, tok)| tok.is_word()).map(|(text, _)| *text).collect();
    all.sort_unstable();
    all
}
