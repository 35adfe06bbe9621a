//! What worlds are and how they change, on models written by hand.

#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

mod bounds;
mod faults;
mod footprint;
mod lock_server;
mod reports;
mod stores;
mod support;
