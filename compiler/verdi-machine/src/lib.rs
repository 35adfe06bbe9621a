//! Worlds and steps: what a Core program means once an engine runs its functions.
//!
//! [`Engine`] runs one Core function; [`Env`] is what its ambient instructions act on. [`Model`] is all that
//! a search needs to know: worlds, the choices in them, what a choice leads to, and which properties hold.
//! [`Machine`] is the model of a program under an engine. Rules have no names here: a rule is a rule.

mod bounds;
mod engine;
mod env;
mod intern;
mod machine;
mod model;
mod packets;
mod world;

pub use engine::{Effect, Engine, Env, Fault};
pub use machine::Machine;
pub use model::{Choice, Choices, Fired, Model, Ran, Step};
pub use world::{NodeState, World};
