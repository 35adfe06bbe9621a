//! A session: loads files, runs phases, turns results into reports.

pub mod render;
pub mod trace;
