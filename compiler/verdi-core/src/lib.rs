//! Core: one closed model, typed, small, and ignorant of syntax.
//!
//! A [`Program`] is one system with its parameters filled in, under one network, with what one check or
//! test asks of it. Generics are instantiated, patterns compiled to tests and projections, node kinds have
//! become lists of nodes, methods and operators rows of the [`Op`] table. What is absent: names to
//! resolve, type inference, nested expressions (every operand is a local or a constant), recursion,
//! unbounded loops.
//!
//! Control flow is structured ([`StmtKind::If`], [`StmtKind::For`], [`StmtKind::Scope`] with
//! [`StmtKind::Leave`]), so that every backend can map it onto what it has.

mod build;
mod ir;
mod lift;
mod ops;
mod parts;
mod print;
mod program;
pub mod reduce;
mod show;
mod types;
mod verify;
mod watchers;
mod wrapped;

pub use build::FunctionBuilder;
pub use ir::*;
pub use lift::Lift;
pub use ops::*;
pub use program::*;
pub use show::{Shown, show, show_folded};
pub use types::*;
pub use verdi_diagnostics::{FileId, Span};
pub use verdi_runtime::{FaultKind, Value};
pub use verify::{VerifyError, verify};
pub use watchers::*;
pub use wrapped::{Handled, Wrapped};
