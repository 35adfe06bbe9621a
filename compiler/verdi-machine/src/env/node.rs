use crate::{Effect, Env, NodeState};
use verdi_core::{FieldId, Value};

/// A handler at work: the node's state, copied when it is first written, and what it does.
pub(crate) struct NodeEnv<'a> {
    node: u32,
    /// The caller that an output without one goes to.
    caller: u32,
    before: &'a NodeState,
    written: Option<Vec<Value>>,
    effects: Vec<Effect>,
}

impl<'a> NodeEnv<'a> {
    pub(crate) fn new(node: u32, caller: u32, before: &'a NodeState) -> Self {
        Self { node, caller, before, written: None, effects: Vec::new() }
    }

    /// The fields, if any was written, and what was done.
    pub(crate) fn finish(self) -> (Option<Vec<Value>>, Vec<Effect>) {
        (self.written, self.effects)
    }
}

impl Env for NodeEnv<'_> {
    fn self_node(&self) -> u32 {
        self.node
    }

    fn field(&self, field: FieldId) -> Value {
        self.written.as_ref().unwrap_or(&self.before.fields)[field.as_u32() as usize].clone()
    }

    fn store_field(&mut self, field: FieldId, value: Value) {
        self.written.get_or_insert_with(|| self.before.fields.clone())[field.as_u32() as usize] = value;
    }

    fn effect(&mut self, effect: Effect) {
        self.effects.push(match effect {
            Effect::Output { to, body } => Effect::Output { to: to.or(Some(self.caller)), body },
            effect => effect,
        });
    }
}
