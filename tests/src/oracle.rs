//! A second opinion on how many worlds a check has.
//!
//! It shares nothing with the explorer but the engine that runs Core functions: worlds are plain values, compared
//! whole; the seen set is an ordered set of them; there is no interning, no fingerprint and no reduction, and
//! what rules do to a world is written here again, from the language's description.

mod watch;

use std::collections::{BTreeSet, VecDeque};

use verdi_core::{
    ActsOn, Durability, FieldId, FuncId, Kind, KindId, NodeId, PacketStore, Program, PropertyKind, Rule,
    RuleId, VarId,
};
use verdi_machine::{Effect, Engine, Env, Fault};
use verdi_runtime::Value;

/// All that identifies a world.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct World {
    /// Each node's fields and armed timers.
    nodes: Vec<(Vec<Value>, BTreeSet<u32>)>,
    /// Sorted; a queue's packets stand together in order, a set's once each.
    packets: Vec<Value>,
    vars: Vec<Value>,
    /// What is left of each bound: one number, or one for each node.
    left: Vec<Vec<u64>>,
    /// Empty between steps, unless a property reads it or asks whether operations are linearizable.
    trace: Vec<Value>,
    /// What monitors know.
    watch: Vec<watch::Watch>,
}

/// What a whole search comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Distinct worlds.
    pub distinct: u64,
    /// Firings that led to a world.
    pub transitions: u64,
    /// Levels, the first world's included.
    pub levels: u64,
    /// For each property, the fewest steps to a world against it (for `reaches`: to one that satisfies it).
    /// `no_fault` is left to others.
    pub found: Vec<Option<u64>>,
}

/// Visits every world of the engine's program, breadth first; `None` where there are more than `most`.
///
/// # Errors
/// The fault of the first world.
pub fn count(engine: &dyn Engine, most: u64) -> Result<Option<Counts>, Fault> {
    let program = engine.program();
    let first = first_world(engine)?;
    let mut seen = BTreeSet::from([first.clone()]);
    let mut waiting = VecDeque::from([(first, 0)]);
    let mut counts =
        Counts { distinct: 0, transitions: 0, levels: 0, found: vec![None; program.properties.len()] };
    while let Some((world, depth)) = waiting.pop_front() {
        counts.levels = depth + 1;
        counts.distinct = seen.len() as u64;
        if counts.distinct > most {
            return Ok(None);
        }
        let expanded = may_be_expanded(engine, &world);
        let (nexts, stuck) = successors(engine, &world);
        for (id, property) in &program.properties {
            // A part that faults hides what the parts after it say.
            let parts = property.parts.iter().map(|part| truth(engine, &world, part.func));
            let holds = parts.into_iter().find(|part| *part != Some(true)).unwrap_or(Some(true));
            let found = match property.kind {
                PropertyKind::Invariant => holds == Some(false) || !watch::holds(engine, &world, id),
                PropertyKind::Reach => holds == Some(true),
                PropertyKind::NoDeadlock => expanded && stuck,
                PropertyKind::NoFault | PropertyKind::LeadsTo | PropertyKind::Eventually => false,
            };
            counts.found[id.as_u32() as usize] =
                counts.found[id.as_u32() as usize].or(found.then_some(depth));
        }
        if !expanded || program.depth_max == Some(depth) {
            continue;
        }
        for next in nexts {
            counts.transitions += 1;
            if seen.insert(next.clone()) {
                waiting.push_back((next, depth + 1));
            }
        }
    }
    Ok(Some(counts))
}

fn first_world(engine: &dyn Engine) -> Result<World, Fault> {
    let program = engine.program();
    let left = program.bounds.iter().map(|bound| {
        let nodes = if bound.per_node { program.nodes.len() } else { 1 };
        vec![bound.limit; nodes]
    });
    let nodes = program
        .nodes
        .values()
        .map(|info| (vec![Value::Bool(false); program.kinds[info.kind].fields.len()], BTreeSet::new()));
    let world = World {
        nodes: nodes.collect(),
        packets: Vec::new(),
        vars: vec![Value::Bool(false); program.network.vars.len()],
        left: left.collect(),
        trace: Vec::new(),
        watch: Vec::new(),
    };
    let mut scene = Scene { engine, world, node: 0, caller: 0 };
    for (var, declared) in &program.network.vars {
        let value = scene.value(declared.init, &[])?;
        scene.store_var(var, value);
    }
    for node in program.nodes.keys() {
        scene.node = node.as_u32();
        scene.initialise(|_| true)?;
        scene.arm_every();
    }
    for node in program.nodes.keys() {
        scene.run(node.as_u32(), 0, |kind| kind.on_start, &[])?;
    }
    scene.world.watch = watch::first(engine, &scene.world);
    watch::settle(engine, &mut scene.world, 0, false);
    Ok(scene.world)
}

/// What a function says of a world, unless it faults there.
fn truth(engine: &dyn Engine, world: &World, func: FuncId) -> Option<bool> {
    let mut scene = Scene { engine, world: world.clone(), node: 0, caller: 0 };
    scene.value(func, &[]).ok().map(|value| value.as_bool())
}

fn may_be_expanded(engine: &dyn Engine, world: &World) -> bool {
    engine.program().constraint.is_none_or(|constraint| truth(engine, world, constraint) == Some(true))
}

/// The worlds that one step leads to, and whether no rule is enabled, bounds left aside. A guard or a domain
/// that faults enables nothing, but nobody can say either that nothing was to happen there.
fn successors(engine: &dyn Engine, world: &World) -> (Vec<World>, bool) {
    let program = engine.program();
    let mut found = Vec::new();
    let mut stuck = true;
    let mut here = Scene { engine, world: world.clone(), node: 0, caller: 0 };
    for (id, rule) in &program.network.rules {
        for args in draws(&mut here, rule) {
            let Ok(args) = args else {
                stuck = false;
                continue;
            };
            let enabled =
                rule.guard.map_or(Ok(true), |guard| here.value(guard, &args).map(|holds| holds.as_bool()));
            stuck &= enabled == Ok(false);
            let mut scene = Scene { engine, world: world.clone(), node: 0, caller: 0 };
            if enabled == Ok(true)
                && scene.spend(id, &args)
                && engine.call(rule.body, &args, &mut scene).is_ok()
            {
                let fits = program.packets_max.is_none_or(|most| scene.world.packets.len() as u64 <= most);
                watch::settle(engine, &mut scene.world, world.trace.len(), true);
                found.extend(fits.then_some(scene.world));
            }
        }
    }
    (found, stuck)
}

/// Every way to draw a rule's binders, and the faults on the way.
fn draws(here: &mut Scene<'_>, rule: &Rule) -> Vec<Result<Vec<Value>, Fault>> {
    let mut found = vec![Ok(Vec::new())];
    for binder in &rule.binders {
        let mut longer = Vec::new();
        for args in found {
            match args.and_then(|args| here.value(binder.domain, &args).map(|domain| (args, domain))) {
                Ok((args, domain)) => {
                    let one_more =
                        |value: &Value| Ok([args.as_slice(), std::slice::from_ref(value)].concat());
                    longer.extend(domain.as_list().iter().map(one_more));
                }
                Err(fault) => longer.push(Err(fault)),
            }
        }
        found = longer;
    }
    found
}

fn node_acted_on(rule: &Rule, args: &[Value]) -> u32 {
    match rule.acts_on.expect("a bound for each node is on a rule that acts on one") {
        ActsOn::Node(at) => args[at].as_node(),
        ActsOn::PacketDst(at) => args[at].fields()[1].as_node(),
    }
}

/// A world in which a function runs.
struct Scene<'a> {
    engine: &'a dyn Engine,
    world: World,
    /// Where a handler runs.
    node: u32,
    /// Whom its outputs go to unless it says otherwise.
    caller: u32,
}

impl<'a> Scene<'a> {
    fn program(&self) -> &'a Program {
        self.engine.program()
    }

    fn value(&mut self, func: FuncId, args: &[Value]) -> Result<Value, Fault> {
        self.engine.call(func, args, self).map(|value| value.expect("the function has a result"))
    }

    fn kind(&self) -> &'a Kind {
        self.program().kind_of(self.node)
    }

    /// Runs a function at a node, if the node's kind has it.
    fn run(
        &mut self,
        node: u32,
        caller: u32,
        which: fn(&Kind) -> Option<FuncId>,
        args: &[Value],
    ) -> Result<(), Fault> {
        (self.node, self.caller) = (node, caller);
        match which(self.kind()) {
            Some(func) => self.engine.call(func, args, self).map(|_| ()),
            None => Ok(()),
        }
    }

    fn initialise(&mut self, which: fn(Durability) -> bool) -> Result<(), Fault> {
        for (id, field) in &self.kind().fields {
            if which(field.durability) {
                let value = self.value(field.init, &[])?;
                self.store_field(id, value);
            }
        }
        Ok(())
    }

    /// Takes a firing off every bound on its rule; `false` where one does not allow it.
    fn spend(&mut self, rule: RuleId, args: &[Value]) -> bool {
        let program = self.program();
        let on_it = program.bounds.iter().zip(&mut self.world.left).filter(|(bound, _)| bound.rule == rule);
        on_it.fold(true, |allowed, (bound, left)| {
            let node =
                if bound.per_node { node_acted_on(&program.network.rules[rule], args) as usize } else { 0 };
            let any = left[node] > 0;
            left[node] = left[node].saturating_sub(1);
            allowed && any
        })
    }

    fn timers_here(&mut self) -> &mut BTreeSet<u32> {
        &mut self.world.nodes[self.node as usize].1
    }

    fn arm_every(&mut self) {
        let program = self.program();
        let every = self.kind().timers.iter().copied().filter(|timer| program.timers[*timer as usize].every);
        self.timers_here().extend(every);
    }

    fn record(&mut self, tag: u32, caller: u32, body: Value) {
        if self.program().notes_events() {
            self.world
                .trace
                .push(Value::data(tag, vec![Value::Node(self.node), Value::Caller(caller), body]));
        }
    }
}

/// Source and destination of a packet.
fn pair(packet: &Value) -> (u32, u32) {
    (packet.fields()[0].as_node(), packet.fields()[1].as_node())
}

impl Env for Scene<'_> {
    fn self_node(&self) -> u32 {
        self.node
    }
    fn field(&self, field: FieldId) -> Value {
        self.world.nodes[self.node as usize].0[field.as_u32() as usize].clone()
    }
    fn store_field(&mut self, field: FieldId, value: Value) {
        self.world.nodes[self.node as usize].0[field.as_u32() as usize] = value;
    }
    fn effect(&mut self, effect: Effect) {
        match effect {
            Effect::Send { to, body } => {
                self.add_packet(Value::tuple(vec![Value::Node(self.node), Value::Node(to), body]));
            }
            Effect::Output { to, body } => self.record(1, to.unwrap_or(self.caller), body),
            Effect::StartTimer(timer) => drop(self.timers_here().insert(timer)),
            Effect::StopTimer(timer) => drop(self.timers_here().remove(&timer)),
        }
    }
    fn node_field(&self, node: u32, kind: KindId, field: FieldId) -> Value {
        assert!(
            self.program().nodes[NodeId::from_u32(node)].kind == kind,
            "a node's field is read by its kind"
        );
        self.world.nodes[node as usize].0[field.as_u32() as usize].clone()
    }
    fn timers(&self, node: u32) -> Value {
        Value::list(self.world.nodes[node as usize].1.iter().map(|timer| Value::unit(*timer)).collect())
    }
    fn inputs(&self, node: u32) -> Value {
        let mut scene = Scene { engine: self.engine, world: self.world.clone(), node, caller: 0 };
        let all = scene.value(self.program().kind_of(node).inputs, &[]);
        let all = all.unwrap_or_else(|_| Value::list(Vec::new()));
        watch::allowed(self.program(), all, &self.world.trace)
    }
    fn var(&self, var: VarId) -> Value {
        self.world.vars[var.as_u32() as usize].clone()
    }
    fn store_var(&mut self, var: VarId, value: Value) {
        self.world.vars[var.as_u32() as usize] = value;
    }
    fn packets(&self) -> Value {
        Value::list(self.world.packets.clone())
    }
    fn distinct_packets(&self) -> Value {
        let mut packets = self.world.packets.clone();
        packets.sort();
        packets.dedup();
        Value::list(packets)
    }
    fn heads(&self) -> Value {
        let mut heads = self.world.packets.clone();
        heads.dedup_by_key(|packet| pair(packet));
        Value::list(heads)
    }
    fn trace(&self) -> Value {
        Value::list(self.world.trace.clone())
    }
    fn add_packet(&mut self, packet: Value) {
        let packets = &mut self.world.packets;
        let at = match self.engine.program().network.packets {
            PacketStore::Fifo => packets.partition_point(|other| pair(other) <= pair(&packet)),
            PacketStore::Bag => packets.partition_point(|other| *other < packet),
            PacketStore::Set if packets.contains(&packet) => return,
            PacketStore::Set => packets.partition_point(|other| *other < packet),
        };
        packets.insert(at, packet);
    }
    fn remove_packet(&mut self, packet: &Value) {
        if let Some(at) = self.world.packets.iter().position(|other| other == packet) {
            self.world.packets.remove(at);
        }
    }
    fn fire_input(&mut self, invocation: Value, at: u32) -> Result<(), Fault> {
        let (caller, body) = (&invocation.fields()[0], &invocation.fields()[1]);
        self.node = at;
        self.record(0, caller.as_caller(), body.clone());
        self.run(at, caller.as_caller(), |kind| kind.on_input, invocation.fields())
    }
    fn fire_deliver(&mut self, packet: Value) -> Result<(), Fault> {
        let (src, dst) = pair(&packet);
        self.run(dst, 0, |kind| kind.on_message, &[Value::Node(src), packet.fields()[2].clone()])
    }
    fn fire_timeout(&mut self, timer: Value, at: u32) -> Result<(), Fault> {
        self.node = at;
        if !self.program().timers[timer.tag() as usize].every {
            self.timers_here().remove(&timer.tag());
        }
        self.run(at, 0, |kind| kind.on_timeout, &[timer])
    }
    fn fire_crash(&mut self, node: u32) -> Result<(), Fault> {
        self.node = node;
        self.timers_here().clear();
        self.initialise(|durability| durability == Durability::Volatile)
    }
    fn fire_reboot(&mut self, node: u32) -> Result<(), Fault> {
        self.node = node;
        self.arm_every();
        self.run(node, 0, |kind| kind.on_reboot, &[])
    }
}
