//! What a program means: names resolved, types inferred, effects and ghost state checked ([`check`]), and its
//! lowering to Core ([`lower`]).

pub mod hir;
pub mod lower;
