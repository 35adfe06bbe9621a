//! Worlds and steps: what a Core program means once an engine runs its functions.
//!
//! [`Engine`] runs one Core function; [`Env`] is what its ambient instructions act on. [`Model`] is all that
//! a search needs to know: worlds, the choices in them, what a choice leads to, and which properties hold.
//! Rules have no names here: a rule is a rule.

mod engine;
mod model;

pub use engine::{Effect, Engine, Env, Fault};
pub use model::{Choice, Choices, Fired, Model, Ran, Step};
