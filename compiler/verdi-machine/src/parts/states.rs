use super::table::Table;
use crate::NodeState;
use std::fmt::Debug;
use std::sync::Arc;

/// Where the states of nodes are kept, each kind's with small ids, from 0 on: equal states, equal ids.
pub trait States: Debug + Send + Sync {
    /// The id of a state, new or known.
    fn id(&self, kind: u32, state: Arc<NodeState>) -> u32;
    /// What an id stands for.
    fn get(&self, kind: u32, id: u32) -> Arc<NodeState>;
    /// How many states of a kind have an id.
    fn count(&self, kind: u32) -> u32;
    /// About how many bytes they take.
    fn bytes(&self) -> u64;
}

/// States as values.
#[derive(Debug)]
pub(super) struct Values(Vec<Table<NodeState>>);

impl Values {
    pub(super) fn new(kinds: usize) -> Self {
        Self((0..kinds).map(|_| Table::default()).collect())
    }
}

impl States for Values {
    fn id(&self, kind: u32, state: Arc<NodeState>) -> u32 {
        self.0[kind as usize].id(state)
    }

    fn get(&self, kind: u32, id: u32) -> Arc<NodeState> {
        self.0[kind as usize].get(id)
    }

    fn count(&self, kind: u32) -> u32 {
        self.0[kind as usize].len() as u32
    }

    fn bytes(&self) -> u64 {
        self.0.iter().map(Table::bytes).sum()
    }
}
