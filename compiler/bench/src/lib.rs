//! What `verdic` is raced against, and the race.
//!
//! The models are in `tests/suite/peers` in Verdi, and in `peers/` in the languages of other tools.

pub mod ceiling;
pub mod instructions;
pub mod measure;
pub mod models;
pub mod places;
pub mod plot;
pub mod race;
pub mod table;
pub mod tools;
