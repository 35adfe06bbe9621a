//! Core as data: what the verifier accepts and refuses, and how programs and values are printed.

#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

mod print;
mod sample;
mod verify;
