//! From text to tree: tokens, the grammar, the AST, and the formatter.
//!
//! [`parse`] and [`parse_steps`] return a tree and everything that is wrong with the text. They do no I/O, never
//! panic, and take time linear in the text, whatever it is. The tree is unresolved: see [`ast`].
//!
//! The way of a text:
//!
//! 1. `lexer` (on logos, `token`) reads tokens, keeps doc comments by the token they stand before, and reports
//!    what is wrong with single tokens.
//! 2. `brackets` finds every bracket's partner. Where one is missing or one too many, indentation says which; from
//!    here on brackets balance, and nest at most [`MAX_DEPTH`] deep.
//! 3. `layout` decides which line ends end something, and which words are keywords (`places` has the tables). Its
//!    documentation has both rules.
//! 4. `recover` runs the LALRPOP parser (`grammar.lalrpop`, actions in `builder`) on one item at a time. After an
//!    error it replaces the innermost line around it and runs again, so that one mistake costs one message.
//! 5. `explain` and `slips` turn the place where the parser stopped into words.
//!
//! [`format()`] works on the tokens of steps 1 to 3.

use verdi_diagnostics::codes::{V0112, V0113};
use verdi_diagnostics::{Diagnostic, FileId, Span};

pub mod ast;

mod brackets;
mod builder;
mod explain;
mod format;
mod layout;
mod lexer;
mod literal;
mod places;
mod recover;
mod slips;
mod spacing;
mod token;

pub use format::format;
pub use slips::{keywords, reserved_words};

#[allow(clippy::all, clippy::pedantic, missing_docs, unused, unreachable_pub, clippy::unwrap_used)]
mod grammar {
    include!(concat!(env!("OUT_DIR"), "/grammar.rs"));
}

/// How many expressions, blocks, patterns or types may be nested in one another. The parser reports what
/// is deeper and puts an `Error` node in its place, so that recursion over a tree cannot overflow the stack.
pub const MAX_DEPTH: u16 = 200;

/// How many bytes a file may have.
pub const FILE_BYTES_MAX: usize = 16 << 20;

/// After how many errors a file is given up.
pub const ERRORS_MAX: usize = 100;

/// A parsed file.
#[derive(Clone, Debug, Default)]
pub struct Parse {
    /// The tree; with errors, what could be made out.
    pub module: ast::Module,
    /// What is wrong with the text, in its order. All are errors.
    pub diagnostics: Vec<Diagnostic>,
}

/// Parses a file. Never fails: errors are in the result, and `Error` nodes stand in the tree for them.
pub fn parse(file: FileId, text: &str) -> Parse {
    if let Some(error) = too_large(file, text.len()) {
        return Parse { diagnostics: vec![error], ..Parse::default() };
    }
    let (module, diagnostics) = read(file, text, places::Place::File, |driver, tokens| driver.module(tokens));
    Parse { module, diagnostics }
}

/// Parses a script: the steps of a test, one a line.
pub fn parse_steps(file: FileId, text: &str) -> (Vec<ast::TestStep>, Vec<Diagnostic>) {
    if let Some(error) = too_large(file, text.len()) {
        return (Vec::new(), vec![error]);
    }
    read(file, text, places::Place::Steps, |driver, tokens| driver.steps(tokens))
}

/// The tokens of a text with what each is called, comments and line ends included.
pub fn tokens(file: FileId, text: &str) -> Vec<(&'static str, Span)> {
    lexer::raw(text).map(|(tok, start, end)| (tok.text(), Span::new(file, start, end))).collect()
}

/// The names in a text, in order and each as often as it occurs: words that are no keywords everywhere, and in no
/// comment or string.
pub fn names(text: &str) -> impl Iterator<Item = &str> {
    let is_name = |tok| matches!(tok, token::Tok::Lower | token::Tok::Upper);
    lexer::raw(text)
        .filter(move |(tok, ..)| is_name(*tok))
        .map(|(_, start, end)| &text[start as usize..end as usize])
}

/// The text of a file as read from a disk. Where it is not UTF-8 there is no text to parse, but an error with
/// the offset of the first byte that is wrong.
pub fn decode(file: FileId, bytes: &[u8]) -> Result<&str, Box<Diagnostic>> {
    if let Some(error) = too_large(file, bytes.len()) {
        return Err(Box::new(error));
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        let line = bytes[..at].iter().filter(|&&b| b == b'\n').count() + 1;
        let message =
            format!("this file is not UTF-8: the byte at offset {at} (line {line}) is 0x{:02X}", bytes[at]);
        Box::new(Diagnostic::error(V0113, Span::new(file, 0, 0), message).note("save the file as UTF-8"))
    })
}

fn too_large(file: FileId, bytes: usize) -> Option<Diagnostic> {
    let message = format!("this file has {bytes} bytes: at most {FILE_BYTES_MAX} are allowed");
    (bytes > FILE_BYTES_MAX).then(|| Diagnostic::error(V0112, Span::new(file, 0, 0), message))
}

fn read<T>(
    file: FileId,
    text: &str,
    place: places::Place,
    run: impl FnOnce(&mut recover::Driver<'_>, &[layout::Spanned]) -> T,
) -> (T, Vec<Diagnostic>) {
    let mut lexed = lexer::lex(file, text);
    let brackets = brackets::match_brackets(file, text, &lexed.tokens);
    // With so many wrong characters or brackets it is not a program: its lines would only be noise.
    let hopeless = lexed.diagnostics.len().max(brackets.diagnostics.len()) > ERRORS_MAX;
    let tokens = if hopeless { Vec::new() } else { layout::layout(text, &lexed.tokens, &brackets, place) };
    lexed.diagnostics.extend(brackets.diagnostics);
    let too_deep = !brackets.too_deep.is_empty();
    let mut driver = recover::Driver::new(file, text, &lexed.docs, lexed.diagnostics, too_deep);
    let result = run(&mut driver, &tokens);
    (result, driver.finish())
}
