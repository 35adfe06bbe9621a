//! Worlds and steps: what a Core program means once an engine runs its functions.
//!
//! [`Engine`] runs one Core function; [`Env`] is what its ambient instructions act on. [`Model`] is all that
//! a search needs to know: worlds, the choices in them, what a choice leads to, and which properties hold.
//! [`Machine`] is the model of a program under an engine. [`Parts`] is the same for a search that remembers:
//! worlds are small ids, and what can happen is asked by the few of them that it depends on; [`TakenApart`] is
//! a machine's. Rules have no names here: a rule is a rule.

mod bounds;
mod diff;
mod engine;
mod env;
mod explain;
mod intern;
mod machine;
mod model;
mod packets;
mod parts;
mod prospects;
mod refine;
mod replay;
mod sequential;
mod watch;
mod world;

pub use diff::Change;
pub use engine::{Effect, Engine, Env, Fault};
pub use explain::{Binding, Explanation, Read, Source};
pub use machine::Machine;
pub use model::{Choice, Choices, Event, Fired, Model, Moved, Ran, Step};
pub use parts::{
    BadSave, Firing, Firings, Footprint, PacketOp, Part, Parts, Question, Script, Shape, States, TakenApart,
    Update, Whole, Whose, WorldMoves,
};
pub use prospects::{Prospect, Prospects};
pub use refine::{Lifted, Mismatch, Refined, Refining, Steps};
pub use replay::{NotEnabled, Refusal};
pub use sequential::{Applied, OperationId, Sequential, StateId};
pub use world::{NodeState, World};
