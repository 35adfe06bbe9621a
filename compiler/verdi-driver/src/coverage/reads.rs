use super::recording::Happening;
use std::cell::RefCell;
use std::hash::{DefaultHasher, Hash, Hasher};
use verdi_core::{FieldId, FuncId, KindId, LocalId, Value, VarId};
use verdi_machine::{Effect, Env, Fault};

/// Passes everything on, and keeps what a call depends on: what it read, in order. A call of a function on the same
/// arguments that reads the same does the same.
pub(super) struct Reads<'a> {
    env: &'a mut dyn Env,
    /// Where it is asked for.
    read: Option<RefCell<Bytes>>,
    happened: Vec<Happening>,
}

/// All that is hashed, one thing after the other.
#[derive(Default)]
struct Bytes(Vec<u8>);

impl Hasher for Bytes {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn finish(&self) -> u64 {
        self.after(0)
    }
}

impl Bytes {
    fn after(&self, seed: u8) -> u64 {
        let mut hasher = DefaultHasher::new();
        hasher.write_u8(seed);
        hasher.write(&self.0);
        hasher.finish()
    }

    /// A fingerprint of 128 bits.
    fn fingerprint(&self) -> u128 {
        u128::from(self.after(0)) << 64 | u128::from(self.after(1))
    }
}

impl<'a> Reads<'a> {
    /// `kept`: whether it is asked what the call depends on.
    pub(super) fn new(kept: bool, func: FuncId, args: &[Value], env: &'a mut dyn Env) -> Self {
        let reads = Self { env, read: kept.then(RefCell::default), happened: Vec::new() };
        reads.note(&func);
        reads.note(&args);
        reads
    }

    /// What the call depended on, and what it made happen.
    pub(super) fn finish(self) -> (u128, Vec<Happening>) {
        (self.read.map_or(0, |read| read.borrow().fingerprint()), self.happened)
    }

    fn note(&self, what: &impl Hash) {
        if let Some(read) = &self.read {
            what.hash(&mut *read.borrow_mut());
        }
    }

    fn read(&self, value: Value) -> Value {
        self.note(&value);
        value
    }

    /// An event was caused: how its handler ended is all that the rule is told.
    fn fired(&mut self, happening: Happening, result: Result<(), Fault>) -> Result<(), Fault> {
        self.note(&result.is_err());
        self.happened.push(happening);
        result
    }
}

impl Env for Reads<'_> {
    fn self_node(&self) -> u32 {
        let node = self.env.self_node();
        self.note(&node);
        node
    }

    fn field(&self, field: FieldId) -> Value {
        self.read(self.env.field(field))
    }

    fn store_field(&mut self, field: FieldId, value: Value) {
        self.env.store_field(field, value);
    }

    fn effect(&mut self, effect: Effect) {
        match &effect {
            Effect::Send { body, .. } => self.happened.push(Happening::Sent(body.tag())),
            Effect::Output { body, .. } => self.happened.push(Happening::Output(body.tag())),
            Effect::StartTimer(_) | Effect::StopTimer(_) => {}
        }
        self.env.effect(effect);
    }

    fn node_field(&self, node: u32, kind: KindId, field: FieldId) -> Value {
        self.read(self.env.node_field(node, kind, field))
    }

    fn timers(&self, node: u32) -> Value {
        self.read(self.env.timers(node))
    }

    fn inputs(&self, node: u32) -> Value {
        self.read(self.env.inputs(node))
    }

    fn var(&self, var: VarId) -> Value {
        self.read(self.env.var(var))
    }

    fn packets(&self) -> Value {
        self.read(self.env.packets())
    }

    fn distinct_packets(&self) -> Value {
        self.read(self.env.distinct_packets())
    }

    fn heads(&self) -> Value {
        self.read(self.env.heads())
    }

    fn trace(&self) -> Value {
        self.read(self.env.trace())
    }

    fn store_var(&mut self, var: VarId, value: Value) {
        self.env.store_var(var, value);
    }

    fn add_packet(&mut self, packet: Value) {
        self.env.add_packet(packet);
    }

    fn remove_packet(&mut self, packet: &Value) {
        self.env.remove_packet(packet);
    }

    fn fire_input(&mut self, invocation: Value, at: u32) -> Result<(), Fault> {
        let given = Happening::Given(invocation.fields()[1].tag());
        let result = self.env.fire_input(invocation, at);
        self.fired(given, result)
    }

    fn fire_deliver(&mut self, packet: Value) -> Result<(), Fault> {
        let delivered = Happening::Delivered(packet.fields()[2].tag());
        let result = self.env.fire_deliver(packet);
        self.fired(delivered, result)
    }

    fn fire_timeout(&mut self, timer: Value, at: u32) -> Result<(), Fault> {
        let timeout = Happening::Timeout(timer.tag());
        let result = self.env.fire_timeout(timer, at);
        self.fired(timeout, result)
    }

    fn fire_crash(&mut self, node: u32) -> Result<(), Fault> {
        let result = self.env.fire_crash(node);
        self.fired(Happening::Crash, result)
    }

    fn fire_reboot(&mut self, node: u32) -> Result<(), Fault> {
        let result = self.env.fire_reboot(node);
        self.fired(Happening::Reboot, result)
    }

    fn enter_loop(&mut self, func: FuncId, element: LocalId, value: &Value) {
        self.env.enter_loop(func, element, value);
    }

    fn exit_loop(&mut self, left: bool) {
        self.env.exit_loop(left);
    }
}
