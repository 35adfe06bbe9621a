//! Search over worlds. It knows no language and no engine: only [`verdi_machine::Model`].
//!
//! One loop (`search.rs`) serves every order of search. What differs is behind three small traits, one
//! strategy a file: the worlds that wait (`frontier`), the worlds that were met (`seen`), and which of a
//! world's choices are taken (`expand`).

mod expand;
mod explore;
mod fast;
mod frontier;
mod judge;
mod linearize;
mod liveness;
mod open;
mod outcome;
mod replay;
mod sample;
mod search;
mod seen;
mod shrink;
mod stepwise;
mod swarm;
mod walk;
mod watch;

pub use explore::{Go, explore};
pub use fast::{
    Checkpoints, Folder, Marks, Refused, Unusable, digest, expected_collisions, explore_parts, explore_saved,
};
pub use linearize::{Call, GivenUp, Linearized, Patience, Specification, Stuck, linearize};
pub use liveness::{Lived, explore_liveness};
pub use outcome::*;
pub use replay::{ReplayError, ReplayFailure, replay, step};
pub use sample::{Candidate, Changes, Sampler, Sampling, Strategy, Taken, sample_parts};
pub use shrink::shrink;
pub use stepwise::Stepwise;
pub use swarm::{Swarmed, Swarming, swarm_parts};
pub use walk::{Walk, WalkEnd};
