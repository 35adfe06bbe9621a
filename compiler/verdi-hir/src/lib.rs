//! What a program means: names resolved, types inferred, effects and ghost state checked ([`check`]), and its
//! lowering to Core ([`lower`]).

mod check;
pub mod hir;
pub mod lower;

pub use check::{Role, Source, check, check_steps};
