//! What a program means: names resolved, types inferred, effects and ghost state checked ([`check`]), and its
//! lowering to Core ([`lower`]).

mod check;
mod elaborate;
pub mod hir;
pub mod lower;
mod visit;

pub use check::{Role, Source, check, check_steps};
