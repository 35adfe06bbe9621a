//! What a refinement needs of a transformed system.

use crate::FuncId;

/// How a world of the transformed system becomes one of its subject.
#[derive(Clone, Debug)]
pub struct Lift {
    /// World function of the transformed system: from a node to the state of the lifted one, whose constructor is of the
    /// subject's kind.
    pub state: FuncId,
    /// World function: the packets of the lifted world.
    pub packets: FuncId,
    /// The timer of the transformed system for each of the subject's.
    pub timers: Vec<u32>,
    /// For each variable of the subject's network, that of the transformed system's of the same name.
    pub vars: Vec<Option<u32>>,
    /// How many of the inputs are the subject's: the first.
    pub inputs: u32,
    /// How many of the outputs.
    pub outputs: u32,
    /// Whether the subject is a machine that is replicated: then it takes an input and answers in one step, the transformed
    /// system in several, and inputs and outputs are not held against each other.
    pub machine: bool,
}
