//! Where the formatter puts a space between two tokens of a line.

use crate::format::Piece;
use crate::lexer::ends_operand;
use crate::token::Tok;

/// How many tokens a list of type arguments may have to be recognised.
const TYPE_ARGS_MAX: usize = 1000;

/// What a token's neighbours do not tell: which angle brackets hold types, and which braces names.
pub(crate) struct Spacing {
    types: Vec<bool>,
    names: Vec<bool>,
}

impl Spacing {
    pub(crate) fn new(pieces: &[Piece<'_>]) -> Self {
        let mut spacing = Self { types: vec![false; pieces.len()], names: vec![false; pieces.len()] };
        for at in 0..pieces.len() {
            match pieces[at].tok {
                Tok::Lt if !spacing.types[at] && at > 0 && pieces[at - 1].tok.is_word() => {
                    spacing.mark_types(pieces, at);
                }
                Tok::LBrace if at > 0 && pieces[at - 1].tok == Tok::Dot => {
                    let close = pieces[at..].iter().position(|p| p.tok == Tok::RBrace);
                    spacing.names[at] = true;
                    if let Some(close) = close {
                        spacing.names[at + close] = true;
                    }
                }
                _ => {}
            }
        }
        spacing
    }

    /// Marks the angle brackets from `open` to its partner if what is between can only be types.
    fn mark_types(&mut self, pieces: &[Piece<'_>], open: usize) {
        let mut marked = Vec::new();
        let mut depth = 0_usize;
        for (at, piece) in pieces.iter().enumerate().skip(open).take(TYPE_ARGS_MAX) {
            match piece.tok {
                Tok::Lt => depth += 1,
                Tok::Gt => depth -= 1,
                Tok::LParen | Tok::RParen | Tok::Comma | Tok::Dot | Tok::Comment => continue,
                tok if tok == Tok::Upper || tok == Tok::Lower => continue,
                _ => return,
            }
            marked.push(at);
            if depth == 0 {
                for at in marked {
                    self.types[at] = true;
                }
                return;
            }
        }
    }
}

/// Whether a space stands before the piece at `at`, which is not the first of its line.
pub(crate) fn spaced(pieces: &[Piece<'_>], at: usize, spacing: &Spacing) -> bool {
    let before = pieces[at - 1];
    let here = pieces[at];
    if before.tok == Tok::Semicolon {
        return true;
    }
    match here.tok {
        Tok::Comma
        | Tok::AssertComma
        | Tok::Semicolon
        | Tok::Colon
        | Tok::Dot
        | Tok::RParen
        | Tok::RSquare => {
            return false;
        }
        // Empty braces stay as they were written.
        Tok::RBrace if before.tok == Tok::LBrace => return here.apart && !spacing.names[at],
        Tok::RBrace => return !spacing.names[at],
        Tok::Lt | Tok::Gt if spacing.types[at] => return false,
        _ => {}
    }
    match before.tok {
        Tok::LParen | Tok::LSquare | Tok::Dot | Tok::Bang | Tok::DotDot | Tok::DotDotEq => return false,
        Tok::LBrace => return !spacing.names[at - 1],
        Tok::Lt if spacing.types[at - 1] => return false,
        Tok::Minus if is_unary(pieces, at - 1) => return here.tok == Tok::Minus,
        _ => {}
    }
    let called = ends_operand(before.tok) && before.tok != Tok::RBrace;
    match here.tok {
        // `cut (a, b)` gives one pair, `cut(a, b)` two arguments; `assert(x)` is as good as `assert (x)`.
        Tok::LParen if matches!(before.tok, Tok::RuleName | Tok::KwAssert) => here.apart,
        Tok::LParen => !(called || before.tok == Tok::KwCount || is_type_close(before.tok, at - 1, spacing)),
        Tok::LSquare => !(called || matches!(before.tok, Tok::KwSet | Tok::KwMap)),
        Tok::DotDot | Tok::DotDotEq => !ends_operand(before.tok),
        _ => true,
    }
}

fn is_type_close(tok: Tok, at: usize, spacing: &Spacing) -> bool {
    tok == Tok::Gt && spacing.types[at]
}

/// Whether a `-` is a sign: nothing before it on its line of thought can be subtracted from.
fn is_unary(pieces: &[Piece<'_>], at: usize) -> bool {
    let before = pieces[..at].iter().rev().find(|p| !matches!(p.tok, Tok::Comment | Tok::Doc));
    pieces[at].starts || !before.is_some_and(|b| ends_operand(b.tok))
}
