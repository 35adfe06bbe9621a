//! Core programs written by hand, and what they must give.

#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

mod control;
mod follow;
mod limits;
mod operations;
mod support;
