use crate::{Env, World, machine::Tables};
use verdi_core::{FieldId, KindId, Value, VarId};

/// A property, guard or domain at work: reads a world.
pub(crate) struct WorldEnv<'a> {
    pub(crate) tables: &'a Tables,
    pub(crate) world: &'a World,
}

impl Env for WorldEnv<'_> {
    fn node_field(&self, node: u32, _kind: KindId, field: FieldId) -> Value {
        self.world.node(node).field(field).clone()
    }

    fn timers(&self, node: u32) -> Value {
        self.tables.armed(self.world.node(node).armed())
    }

    fn inputs(&self, node: u32) -> Value {
        self.tables.inputs_now(node, &self.world.watch.value)
    }

    fn var(&self, var: VarId) -> Value {
        self.world.var(var).clone()
    }

    fn packets(&self) -> Value {
        Value::List(self.world.packets.all())
    }

    fn distinct_packets(&self) -> Value {
        Value::List(self.world.packets.distinct())
    }

    fn heads(&self) -> Value {
        Value::List(self.world.packets.heads())
    }

    fn trace(&self) -> Value {
        Value::List(self.world.trace.value.clone())
    }
}
