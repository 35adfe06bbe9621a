//! From significant tokens to what the grammar reads: line ends become [`Tok::Term`] where they end
//! something, and words become keywords where they are one. After this pass a token means one thing.
//!
//! # Line ends
//!
//! A line ends a statement or item if
//! - the innermost open bracket is a brace or there is none (within `(` and `[`, and in the braces of `use`,
//!   lines do not count; in a `{` nested in a `(` they count again),
//! - its last token can end one: a name, a literal, `self`, `_`, a closing bracket, `return`, `free`, the
//!   `node` of `per node`, and in a `type` declaration also `>`,
//! - and the next line does not continue it. A line continues the one before if it begins with an infix
//!   operator, `else`, `when`, `extends`, `.`, `,`, `=`, `:=`, `:`, `=>` or `~>`, or with `from`, `to`, `at`,
//!   `per`, `every`, `after`, `as` before another word. A line that begins with `-` continues if a blank
//!   follows the sign (`- b` subtracts, `-b` is a new value). Lines that begin with `[`, `(`, `{` or `!` start
//!   something new.
//!
//! # Keywords
//!
//! `if else match for in is not let var fn return true false self forall exists when` are always keywords,
//! except after `.` and as the label of an argument. Every other keyword is soft, and decided here from where
//! the word stands (see [`Layout::word`]):
//! 1. after `.`: a name;
//! 2. first word of a line in a declaration (file, system, node, network, monitor, `lift`, check): a keyword if
//!    one of that place begins so (the tables in [`crate::places`]);
//! 3. first word of a test's step: `expect`, `input`, `timeout`, or else the name of a rule;
//! 4. first word of a statement: `send`, `output`, `start`, `deliver`, … are keywords if what follows on the
//!    line can begin an operand but could not continue an expression that begins with a name: `output x` and
//!    `send (a, b) to n` are statements, `output := x`, `output.push(x)`, `start(x)`, `input[k] := v` are not;
//! 5. right after a keyword that demands it: `fair rule`, `durable state`, `on message`, `per node`, …;
//! 6. `from to at under per as every after extends`: keywords exactly where the token before ends an operand,
//!    because two operands never follow one another;
//! 7. `set[`, `map[`, and `count(` with an `in` among its arguments: the literals and the comprehension.

use crate::brackets::Brackets;
use crate::lexer::{Sig, ends_operand};
use crate::places::{Place, starter};
use crate::token::{SOFT, Tok};

/// How far the `in` of `count(pattern in …)` is looked for: bounds the work on nested calls.
const COUNT_MAX: usize = 10_000;

/// A token for the grammar.
pub(crate) type Spanned = (u32, Tok, u32);

/// The tokens of a file, with [`Tok::Term`] only between lines of the same braces.
pub(crate) fn layout(text: &str, tokens: &[Sig], brackets: &Brackets, place: Place) -> Vec<Spanned> {
    let mut layout = Layout {
        text,
        tokens,
        at: 0,
        out: Vec::with_capacity(tokens.len() + tokens.len() / 8),
        frames: vec![Frame::new(Kind::Lines(place))],
    };
    layout.run(brackets);
    layout.out
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Braces with lines in them, or the file itself.
    Lines(Place),
    /// Parentheses.
    Round,
    /// Square brackets.
    Square,
    /// The braces of `use`.
    Names,
}

/// An open bracket, and the line in it that is being read.
struct Frame {
    kind: Kind,
    /// The first token of the line, if there is one yet.
    head: Option<Tok>,
    /// How many tokens the line has, those in nested brackets not counted.
    length: usize,
}

impl Frame {
    fn new(kind: Kind) -> Self {
        Self { kind, head: None, length: 0 }
    }
}

struct Layout<'a> {
    text: &'a str,
    tokens: &'a [Sig],
    at: usize,
    out: Vec<Spanned>,
    frames: Vec<Frame>,
}

impl Layout<'_> {
    fn run(&mut self, brackets: &Brackets) {
        while self.at <= self.tokens.len() {
            for open in brackets.closed_before.get(&self.at).into_iter().flatten() {
                self.close_unclosed(*open);
            }
            let Some(&sig) = self.tokens.get(self.at) else { break };
            self.line_end(sig);
            if let Some(&end) = brackets.too_deep.get(&self.at) {
                self.push((sig.start, Tok::ErrExpr, self.tokens[end].end));
                self.at = end + 1;
                continue;
            }
            let stray = brackets.stray.contains(&self.at);
            self.token(sig, stray);
            self.at += 1;
        }
        while self.out.last().is_some_and(|t| t.1 == Tok::Term) {
            self.out.pop();
        }
    }

    fn frame(&mut self) -> &mut Frame {
        if self.frames.is_empty() {
            self.frames.push(Frame::new(Kind::Names));
        }
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    fn top(&self) -> Kind {
        self.frames.last().map_or(Kind::Names, |f| f.kind)
    }

    fn last(&self) -> Option<Tok> {
        self.out.last().map(|t| t.1)
    }

    /// The `n`th token before the last one that was pushed.
    fn before_last(&self, n: usize) -> Option<Tok> {
        self.out.len().checked_sub(n + 1).map(|at| self.out[at].1)
    }

    fn slice(&self, sig: Sig) -> &str {
        &self.text[sig.start as usize..sig.end as usize]
    }

    fn push(&mut self, token: Spanned) {
        let frame = self.frame();
        frame.head.get_or_insert(token.1);
        frame.length += 1;
        self.out.push(token);
    }

    fn term(&mut self, start: u32, end: u32) {
        if !matches!(self.last(), None | Some(Tok::Term | Tok::LBrace)) {
            self.out.push((start, Tok::Term, end));
        }
        let frame = self.frame();
        frame.head = None;
        frame.length = 0;
    }

    /// Ends the line before `sig` if it has ended.
    fn line_end(&mut self, sig: Sig) {
        let Kind::Lines(_) = self.top() else { return };
        if !sig.first {
            return;
        }
        let Some(&(_, last, end)) = self.out.last() else { return };
        let head = self.frame().head;
        let ends = ends_operand(last)
            || matches!(last, Tok::Return | Tok::KwFree | Tok::RuleName | Tok::PacketRule)
            || (last == Tok::KwNode && self.before_last(1) == Some(Tok::KwPer))
            || (last == Tok::Gt && head == Some(Tok::KwType))
            || self.breaks_off(last, sig);
        if ends && !self.continues(sig) {
            self.term(end, end);
        }
    }

    /// Whether a declaration begins although the one before is not complete: after the trailing comma of a list
    /// of properties, and after a keyword that lacks what should follow. What bears the keyword's name (a
    /// property, a rule) is followed by a comma or by nothing.
    fn breaks_off(&self, last: Tok, sig: Sig) -> bool {
        let Kind::Lines(place) = self.top() else { return false };
        let open = (last == Tok::Comma && place == Place::Check) || last.is_soft();
        let next = self.tokens.get(self.at + 1);
        open && soft(self.slice(sig)).is_some_and(|word| starter(place, word))
            && next.is_some_and(|next| !next.first && !matches!(next.tok, Tok::Comma | Tok::Bar))
    }

    fn continues(&self, sig: Sig) -> bool {
        match sig.tok {
            Tok::Else | Tok::When | Tok::Dot | Tok::Comma | Tok::Colon => true,
            Tok::Assign | Tok::ColonEq | Tok::FatArrow | Tok::LeadsTo | Tok::ThinArrow => true,
            Tok::Minus => self.tokens.get(self.at + 1).is_some_and(|next| next.start > sig.end),
            Tok::Not => self.tokens.get(self.at + 1).is_some_and(|next| next.tok == Tok::In),
            Tok::Lower => {
                let next = self.tokens.get(self.at + 1).filter(|next| !next.first);
                let soft = matches!(
                    self.slice(sig),
                    "from" | "to" | "at" | "per" | "every" | "after" | "as" | "extends"
                );
                soft && next.is_some_and(|n| {
                    matches!(
                        n.tok,
                        Tok::Lower | Tok::Upper | Tok::SelfKw | Tok::Duration | Tok::Int | Tok::Underscore
                    )
                })
            }
            tok => is_infix(tok),
        }
    }

    /// A bracket without a partner is closed here. Within parentheses, and after half a line, the line is marked
    /// as wrong, so that the parser does not complain about it as well.
    fn close_unclosed(&mut self, open: usize) {
        let at = self.out.last().map_or(0, |t| t.2);
        let close = match self.tokens[open].tok {
            Tok::LParen => Tok::RParen,
            Tok::LSquare => Tok::RSquare,
            _ => Tok::RBrace,
        };
        let complete =
            self.last().is_none_or(|last| ends_operand(last) || matches!(last, Tok::Term | Tok::LBrace));
        if close != Tok::RBrace || !complete {
            self.push((at, Tok::ErrExpr, at));
        }
        self.close((at, close, at));
    }

    fn close(&mut self, token: Spanned) {
        if token.1 == Tok::RBrace {
            while self.last() == Some(Tok::Term) {
                self.out.pop();
            }
        }
        if self.frames.len() > 1 {
            self.frames.pop();
        }
        self.push(token);
    }

    fn token(&mut self, sig: Sig, stray: bool) {
        let token = (sig.start, sig.tok, sig.end);
        match sig.tok {
            _ if stray => self.push((sig.start, Tok::ErrExpr, sig.end)),
            Tok::LParen | Tok::LSquare => {
                self.push(token);
                let kind = if sig.tok == Tok::LParen { Kind::Round } else { Kind::Square };
                self.frames.push(Frame::new(kind));
            }
            Tok::LBrace => {
                let inner = self.inner_place();
                self.push(token);
                self.frames.push(Frame::new(inner));
            }
            Tok::RParen | Tok::RSquare | Tok::RBrace => self.close(token),
            Tok::Semicolon => self.term(sig.start, sig.end),
            Tok::In if self.last() == Some(Tok::Not) => {
                if let Some(last) = self.out.last_mut() {
                    *last = (last.0, Tok::NotIn, sig.end);
                }
            }
            Tok::Comma => {
                let tok = if self.before_reason() { Tok::AssertComma } else { Tok::Comma };
                self.push((sig.start, tok, sig.end));
            }
            Tok::Lower => {
                let tok = self.word(sig);
                self.push((sig.start, tok, sig.end));
            }
            tok if tok.is_word() => {
                let tok = if self.hard_word_is_name(sig) { Tok::Lower } else { tok };
                self.push((sig.start, tok, sig.end));
            }
            _ => self.push(token),
        }
    }

    /// What stands in the braces that open here.
    fn inner_place(&self) -> Kind {
        let Some(frame) = self.frames.last() else { return Kind::Names };
        match frame.kind {
            Kind::Round | Kind::Square | Kind::Names => Kind::Lines(Place::Statements),
            Kind::Lines(_) if frame.head == Some(Tok::KwUse) => Kind::Names,
            Kind::Lines(place) => Kind::Lines(place.inside(frame.head)),
        }
    }

    /// Whether the comma at hand stands before the reason of an `assert`. In the arms of a `match` a string
    /// may also be the next arm's pattern.
    fn before_reason(&self) -> bool {
        let statement = self.out.iter().rev().take_while(|t| {
            !matches!(t.1, Tok::Term | Tok::LBrace | Tok::RBrace | Tok::Comma | Tok::AssertComma)
        });
        let next = |n: usize| self.tokens.get(self.at + n).map(|t| t.tok);
        next(1) == Some(Tok::Str)
            && !matches!(next(2), Some(Tok::FatArrow | Tok::Bar))
            && matches!(self.top(), Kind::Lines(_))
            && (self.frames.last().is_some_and(|f| f.head == Some(Tok::KwAssert))
                || statement.map(|t| t.1).any(|t| t == Tok::KwAssert))
    }

    /// `.in`, and `(for: x)`: hard keywords that are names. In `[true: 1]` and `forall x in self: p` they are not.
    fn hard_word_is_name(&self, sig: Sig) -> bool {
        if self.last() == Some(Tok::Dot) {
            return true;
        }
        let next = self.tokens.get(self.at + 1).map(|t| t.tok);
        next == Some(Tok::Colon)
            && matches!(self.last(), Some(Tok::LParen | Tok::Comma))
            && self.top() == Kind::Round
            && !matches!(sig.tok, Tok::SelfKw | Tok::True | Tok::False | Tok::Upper)
    }

    /// Decides a word that begins in lower case; see the module's documentation.
    fn word(&self, sig: Sig) -> Tok {
        let text = self.slice(sig);
        let last = self.last();
        if last == Some(Tok::Dot) {
            return Tok::Lower;
        }
        let next = self.tokens.get(self.at + 1).copied();
        let line = self.frames.last();
        let at_start = line.is_some_and(|f| f.length == 0);
        let soft = soft(text);
        match line.map(|f| f.kind) {
            Some(Kind::Lines(Place::Steps)) if at_start => return self.step_word(soft),
            Some(Kind::Lines(place @ (Place::Statements | Place::Rules)))
                if at_start || last == Some(Tok::FatArrow) =>
            {
                return soft
                    .filter(|s| self.starts_statement(*s, place, sig, next))
                    .unwrap_or_else(|| self.literal_word(text, next));
            }
            Some(Kind::Lines(place)) if at_start => {
                return soft.filter(|s| starter(place, *s)).unwrap_or(Tok::Lower);
            }
            _ => {}
        }
        let Some(soft) = soft else { return Tok::Lower };
        if self.demanded(soft, last, next) || self.joins(soft, last) {
            return soft;
        }
        self.literal_word(text, next)
    }

    /// `set[`, `map[`, `count(x in …`.
    fn literal_word(&self, text: &str, next: Option<Sig>) -> Tok {
        match (text, next.map(|n| n.tok)) {
            ("set", Some(Tok::LSquare)) => Tok::KwSet,
            ("map", Some(Tok::LSquare)) => Tok::KwMap,
            ("count", Some(Tok::LParen)) if self.counts() => Tok::KwCount,
            _ => Tok::Lower,
        }
    }

    /// The first word of a test's step.
    fn step_word(&self, soft: Option<Tok>) -> Tok {
        if let Some(keyword @ (Tok::KwExpect | Tok::KwInput | Tok::KwTimeout)) = soft {
            return keyword;
        }
        let mut depth = 0_i32;
        let mut from = false;
        for sig in self.tokens.iter().skip(self.at + 1) {
            match sig.tok {
                Tok::LParen | Tok::LSquare | Tok::LBrace => depth += 1,
                Tok::RParen | Tok::RSquare | Tok::RBrace => depth -= 1,
                Tok::Semicolon if depth == 0 => break,
                Tok::Lower if depth == 0 && self.slice(*sig) == "from" => from = true,
                Tok::Lower if depth == 0 && from && self.slice(*sig) == "to" => return Tok::PacketRule,
                _ if sig.first && depth == 0 => break,
                _ => {}
            }
            if depth < 0 {
                break;
            }
        }
        if from { Tok::PacketRule } else { Tok::RuleName }
    }

    /// Rule 4: whether a statement's first word is its keyword.
    fn starts_statement(&self, word: Tok, place: Place, sig: Sig, next: Option<Sig>) -> bool {
        let (certain, rule) = match word {
            Tok::KwSend | Tok::KwBroadcast | Tok::KwAssert => (true, false),
            Tok::KwOutput => (true, false),
            Tok::KwStart | Tok::KwStop => (false, false),
            Tok::KwInput | Tok::KwDeliver | Tok::KwTimeout | Tok::KwCrash | Tok::KwReboot => (false, true),
            _ => return false,
        };
        let Some(next) = next.filter(|n| !n.first) else { return false };
        let apart = next.start > sig.end;
        let after = self.tokens.get(self.at + 2);
        match next.tok {
            Tok::LParen => certain || (rule && place == Place::Rules),
            Tok::LSquare => apart,
            Tok::Minus => apart && after.is_some_and(|a| a.start == next.end),
            Tok::Lower | Tok::Upper | Tok::Int | Tok::Str | Tok::Duration | Tok::SelfKw | Tok::ErrExpr => {
                true
            }
            Tok::True | Tok::False | Tok::Forall | Tok::Exists | Tok::Bang | Tok::If | Tok::Match => true,
            Tok::Underscore => true,
            _ => false,
        }
    }

    /// Rule 5: whether the keyword before demands this one.
    fn demanded(&self, word: Tok, last: Option<Tok>, next: Option<Sig>) -> bool {
        let Some(last) = last else { return false };
        match word {
            Tok::KwStart
            | Tok::KwInput
            | Tok::KwMessage
            | Tok::KwTimeout
            | Tok::KwReboot
            | Tok::KwOutput
            | Tok::KwStep => last == Tok::KwOn,
            Tok::KwRule => last == Tok::KwFair,
            Tok::KwFair => last == Tok::KwStrong,
            Tok::KwInvariant => last == Tok::KwInductive,
            Tok::KwState => matches!(last, Tok::KwDurable | Tok::KwGhost),
            Tok::KwFree => last == Tok::KwDeadlock,
            Tok::KwNode => last == Tok::KwPer,
            Tok::KwAs => last == Tok::KwLinearizable,
            Tok::KwRefines => {
                last == Tok::KwViolates
                    && next.is_some_and(|n| matches!(n.tok, Tok::Lower | Tok::Upper) && !n.first)
            }
            Tok::KwInner => {
                last == Tok::KwTimeout
                    && self.before_last(1) == Some(Tok::KwOn)
                    && next.is_some_and(|n| n.tok == Tok::Lower && !n.first)
            }
            Tok::KwEventually => {
                last == Tok::Colon
                    && self.frames.last().is_some_and(|f| {
                        // `liveness name :`, or with the brackets of binders between.
                        f.head == Some(Tok::KwLiveness)
                            && (f.length == 3 || f.length == 5 && self.before_last(1) == Some(Tok::RParen))
                    })
            }
            _ => false,
        }
    }

    /// Rule 6: whether this word joins two operands.
    fn joins(&self, word: Tok, last: Option<Tok>) -> bool {
        matches!(
            word,
            Tok::KwFrom
                | Tok::KwTo
                | Tok::KwAt
                | Tok::KwUnder
                | Tok::KwPer
                | Tok::KwAs
                | Tok::KwEvery
                | Tok::KwAfter
                | Tok::KwExtends
        ) && last.is_some_and(|l| ends_operand(l) || l == Tok::Gt && self.in_head())
    }

    /// Whether the line is one in whose head a type may stand last, as in `from c: Set<Node> at n`.
    fn in_head(&self) -> bool {
        self.frames.last().is_some_and(|f| f.head == Some(Tok::KwOn))
    }

    /// Whether the parentheses after `count` hold a pattern and `in`, before any comma.
    fn counts(&self) -> bool {
        let mut depth = 0_i32;
        for (n, sig) in self.tokens[self.at + 1..].iter().take(COUNT_MAX).enumerate() {
            match sig.tok {
                Tok::LParen | Tok::LSquare | Tok::LBrace => depth += 1,
                Tok::RParen | Tok::RSquare | Tok::RBrace => depth -= 1,
                Tok::Comma | Tok::If | Tok::Semicolon if depth == 1 => return false,
                Tok::In if depth == 1 => return self.tokens[self.at + n].tok != Tok::Not,
                _ => {}
            }
            if depth <= 0 {
                return false;
            }
        }
        false
    }
}

/// The keyword that a word would be.
pub(crate) fn soft(text: &str) -> Option<Tok> {
    SOFT.iter().find(|(word, _)| *word == text).map(|(_, tok)| *tok)
}

/// Operators that take an operand on their left, `-` excepted.
fn is_infix(tok: Tok) -> bool {
    matches!(
        tok,
        Tok::AndAnd
            | Tok::OrOr
            | Tok::Implies
            | Tok::Bar
            | Tok::Amp
            | Tok::EqEq
            | Tok::NotEq
            | Tok::Lt
            | Tok::Le
            | Tok::Gt
            | Tok::Ge
            | Tok::DotDot
            | Tok::DotDotEq
            | Tok::Plus
            | Tok::PlusPlus
            | Tok::Star
            | Tok::Slash
            | Tok::Percent
            | Tok::In
            | Tok::Is
    )
}
