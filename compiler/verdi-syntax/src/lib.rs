//! Tokens, the grammar, the AST and the formatter.

pub mod ast;

/// How many expressions, blocks, patterns or types may be nested in one another. The parser reports what
/// is deeper and puts an `Error` node in its place, so that recursion over a tree cannot overflow the stack.
pub const MAX_DEPTH: u16 = 200;
