//! Analyses and rewrites, held against searches of all worlds.

#![expect(clippy::expect_used, reason = "what is not as expected fails the test")]

mod ample;
mod collapsed;
mod generated;
mod independent;
mod packets;
mod programs;
mod renamed;
mod symmetric;
mod told_apart;
mod worlds;
