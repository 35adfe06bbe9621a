//! A session: loads files, runs phases, turns results into reports.
//!
//! Three kinds of error are kept apart: the user's are [`verdi_diagnostics::Diagnostic`]s, the environment's
//! [`anyhow::Error`]s, ours panics that [`internal`] turns into a message on how to report them.

pub mod codec;
pub mod commands;
pub mod coverage;
pub mod formatting;
pub mod fs;
pub mod generic;
pub mod histories;
pub mod internal;
pub mod ladder;
mod lasso;
pub mod memory;
pub mod options;
mod reductions;
mod refinement;
pub mod render;
pub mod replay;
pub mod report;
pub mod session;
pub mod simulate;
pub mod stdlib;
pub mod trace;
pub mod unbounded;

mod check;
mod checkpoint;
mod disk;
mod evidence;
mod search;
mod swarm;
mod testing;
mod verdict;
mod watch;

pub use commands::Found;
pub use session::Session;
pub use verdi_jit::print_clif;
pub use watch::{Unwatched, Watch};
