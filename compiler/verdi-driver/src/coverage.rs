//! Coverage: which handlers, branches and rules of a program never fired in its checks, and which properties said
//! nothing.
//!
//! A check is searched over a [`Recording`] engine, which notes the statements of Core that each call runs. Two calls
//! that read the same run the same, and count once: a count is the number of *distinct* runs, whatever the
//! order of the search, and however much of it an explorer remembers rather than runs again. What stands in the
//! source is told by the checked program (`points`); how often it ran, by the spans of Core's statements
//! (`index`).

mod gather;
mod index;
mod points;
mod reads;
mod recording;
mod report;
mod rules;
mod search;
mod sites;
mod vacuity;

pub use gather::{Gather, Seen};
pub use recording::{Counts, Happening, Recording};
pub use report::{
    Branch, CoverageReport, FileCoverage, Function, FunctionKind, Mark, RuleCount, RuleState, Side, Traffic,
    TrafficKind,
};
pub(crate) use search::follow;
pub use search::{Effort, record};
pub use vacuity::{of_check, warnings};
