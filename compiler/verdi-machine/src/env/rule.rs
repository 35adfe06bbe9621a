use crate::{Engine, Env, Event, Fault, Machine, Moved, Ran, World};
use verdi_core::{Value, VarId};

/// The body of a rule at work: changes a world.
pub(crate) struct RuleEnv<'a, E> {
    machine: &'a Machine<E>,
    world: &'a mut World,
    /// The variables, where any was written.
    written: Option<Vec<Value>>,
    moved: Vec<Moved>,
    ran: Vec<Ran>,
}

impl<'a, E: Engine> RuleEnv<'a, E> {
    pub(crate) fn new(machine: &'a Machine<E>, world: &'a mut World) -> Self {
        Self { machine, world, written: None, moved: Vec::new(), ran: Vec::new() }
    }

    /// Makes the written variables the world's; what was moved and what happened at nodes.
    pub(crate) fn finish(self) -> (Vec<Moved>, Vec<Ran>) {
        if let Some(vars) = self.written {
            self.world.vars = self.machine.tables.interner.vars(vars);
        }
        (self.moved, self.ran)
    }

    fn happen(&mut self, node: u32, event: Event) -> Result<(), Fault> {
        match self.machine.happen(self.world, node, event.clone()) {
            Ok(ran) => self.ran.push(ran),
            Err(fault) => {
                // A report names the event whose handler faulted.
                self.ran.push(Ran { node, event, handler: None, effects: Vec::new() });
                return Err(fault);
            }
        }
        Ok(())
    }
}

impl<E: Engine> Env for RuleEnv<'_, E> {
    fn var(&self, var: VarId) -> Value {
        self.written.as_ref().unwrap_or(&self.world.vars.value)[var.as_u32() as usize].clone()
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

    fn store_var(&mut self, var: VarId, value: Value) {
        self.written.get_or_insert_with(|| self.world.vars.value.to_vec())[var.as_u32() as usize] = value;
    }

    fn add_packet(&mut self, packet: Value) {
        let before = self.world.packet_count();
        self.machine.put(self.world, packet.clone());
        if self.world.packet_count() > before {
            self.moved.push(Moved::Added(packet));
        }
    }

    fn remove_packet(&mut self, packet: &Value) {
        let before = self.world.packet_count();
        self.world.packets.remove(packet);
        if self.world.packet_count() < before {
            self.moved.push(Moved::Removed(packet.clone()));
        }
    }

    fn fire_input(&mut self, invocation: Value, at: u32) -> Result<(), Fault> {
        self.happen(at, input(&invocation))
    }

    fn fire_deliver(&mut self, packet: Value) -> Result<(), Fault> {
        let (node, event) = delivery(&packet);
        self.happen(node, event)
    }

    fn fire_timeout(&mut self, timer: Value, at: u32) -> Result<(), Fault> {
        self.happen(at, Event::Timeout(timer.tag()))
    }

    fn fire_crash(&mut self, node: u32) -> Result<(), Fault> {
        self.happen(node, Event::Crash)
    }

    fn fire_reboot(&mut self, node: u32) -> Result<(), Fault> {
        self.happen(node, Event::Reboot)
    }
}

/// The event that an invocation is.
pub(crate) fn input(invocation: &Value) -> Event {
    let [caller, body] = [0, 1].map(|field| &invocation.fields()[field]);
    Event::Input { caller: caller.as_caller(), body: body.clone() }
}

/// The event that the delivery of a packet is, and where.
pub(crate) fn delivery(packet: &Value) -> (u32, Event) {
    let [src, dst, body] = [0, 1, 2].map(|field| &packet.fields()[field]);
    (dst.as_node(), Event::Message { src: src.as_node(), body: body.clone() })
}
