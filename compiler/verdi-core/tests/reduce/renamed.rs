//! Whether a program behaves alike when two nodes change places: by going through worlds and their images side
//! by side.

use std::collections::{HashMap, VecDeque};
use verdi_core::{FieldId, NodeId, Program, PropertyId, PropertyKind, Value, VarId};
use verdi_interp::Interp;
use verdi_machine::{Choice, Fired, Machine, Model, World};

/// A value with two nodes exchanged.
pub(crate) fn exchanged(value: &Value, a: u32, b: u32) -> Value {
    let of = |value: &Value| exchanged(value, a, b);
    let all = |items: &[Value]| items.iter().map(of).collect::<Vec<_>>();
    match value {
        Value::Node(node) => Value::Node(exchanged_node(*node, a, b)),
        Value::List(items) => Value::list(all(items)),
        Value::Set(items) => Value::set(all(items)),
        Value::Map(entries) => Value::map(entries.iter().map(|(k, v)| (of(k), of(v))).collect()),
        Value::Data(tag, fields) => Value::data(*tag, all(fields)),
        other => other.clone(),
    }
}

fn exchanged_node(node: u32, a: u32, b: u32) -> u32 {
    if node == a {
        b
    } else if node == b {
        a
    } else {
        node
    }
}

/// All that can be seen of a world.
#[derive(Debug, PartialEq)]
struct Seen {
    nodes: Vec<(Vec<Value>, Vec<u32>)>,
    vars: Vec<Value>,
    /// In queues, in order for each pair.
    packets: Vec<Value>,
}

fn seen(program: &Program, world: &World) -> Seen {
    let node = |node: u32| {
        let fields = program.kind_of(node).fields.len() as u32;
        let state = world.node(node);
        (
            (0..fields).map(|field| state.field(FieldId::from_u32(field)).clone()).collect(),
            state.armed().to_vec(),
        )
    };
    let vars = (0..program.network.vars.len() as u32).map(|var| world.var(VarId::from_u32(var)).clone());
    Seen {
        nodes: (0..world.node_count()).map(node).collect(),
        vars: vars.collect(),
        packets: world.packets().to_vec(),
    }
}

fn image(seen: &Seen, a: u32, b: u32) -> Seen {
    let of = |value: &Value| exchanged(value, a, b);
    let node = |node: u32| {
        let (fields, armed) = &seen.nodes[exchanged_node(node, a, b) as usize];
        (fields.iter().map(of).collect(), armed.clone())
    };
    let mut packets: Vec<Value> = seen.packets.iter().map(of).collect();
    // Stable: what is queued between a pair keeps its order.
    packets.sort_by_key(|packet| [packet.fields()[0].as_node(), packet.fields()[1].as_node()]);
    Seen {
        nodes: (0..seen.nodes.len() as u32).map(node).collect(),
        vars: seen.vars.iter().map(of).collect(),
        packets,
    }
}

fn in_pairs(mut seen: Seen, bag: bool) -> Seen {
    if bag {
        seen.packets.sort();
    }
    seen
}

fn chosen(choice: &Choice, a: u32, b: u32) -> Choice {
    Choice { rule: choice.rule, args: choice.args.iter().map(|arg| exchanged(arg, a, b)).collect() }
}

/// What goes wrong where nodes `a` and `b` change places, in as many worlds; `None` where nothing does.
pub(crate) fn told_apart(program: &Program, a: NodeId, b: NodeId, worlds: usize) -> Option<String> {
    let (a, b) = (a.as_u32(), b.as_u32());
    let machine = Machine::new(Interp::new(program.clone()));
    let bag = program.network.packets != verdi_core::PacketStore::Fifo;
    let first = machine.initial().ok()?;
    let mut known = HashMap::from([(machine.key(&first), machine.key(&first))]);
    let mut waiting = VecDeque::from([(first.clone(), first)]);
    while let Some((world, other)) = waiting.pop_front() {
        let wanted = in_pairs(image(&seen(program, &world), a, b), bag);
        let found = in_pairs(seen(program, &other), bag);
        if wanted != found {
            return Some(format!("{wanted:?} became {found:?}"));
        }
        if let Some(difference) = judged_apart(&machine, &world, &other) {
            return Some(difference);
        }
        if machine.expandable(&world) != Ok(true) || program.depth_max == Some(0) {
            continue;
        }
        let (choices, others) = (machine.choices(&world), machine.choices(&other));
        let mut enabled: Vec<Choice> = choices.enabled.iter().map(|choice| chosen(choice, a, b)).collect();
        let mut alike = others.enabled.clone();
        enabled.sort();
        alike.sort();
        if enabled != alike || choices.held_back != others.held_back {
            return Some(format!("{enabled:?} became {alike:?}"));
        }
        for choice in &choices.enabled {
            match (machine.fire(&world, choice), machine.fire(&other, &chosen(choice, a, b))) {
                (Fired::World(next), Fired::World(image)) => {
                    let (key, twin) = (machine.key(&next), machine.key(&image));
                    let before = known.insert(key, twin.clone());
                    match before {
                        Some(before) if before != twin => return Some("two images of one world".into()),
                        Some(_) => {}
                        None if known.len() > worlds => return None,
                        None => waiting.push_back((next, image)),
                    }
                }
                (Fired::Fault(a), Fired::Fault(b)) if a.kind == b.kind => {}
                (Fired::TooManyPackets, Fired::TooManyPackets) => {}
                (one, two) => return Some(format!("{choice:?}: {one:?} became {two:?}")),
            }
        }
    }
    None
}

/// A property that says of a world what it does not say of its image.
fn judged_apart(machine: &Machine<Interp>, world: &World, image: &World) -> Option<String> {
    let outcome = |id, world| machine.holds(id, world).map_err(|fault| fault.kind);
    for (at, kind) in machine.properties().into_iter().enumerate() {
        let id = PropertyId::from_u32(at as u32);
        let asked = matches!(kind, PropertyKind::Invariant | PropertyKind::Reach);
        if asked && outcome(id, world) != outcome(id, image) {
            return Some(format!("{} of {world:?}", machine.program().properties[id].name));
        }
    }
    let expandable = |world| machine.expandable(world).map_err(|fault| fault.kind);
    (expandable(world) != expandable(image)).then(|| "the constraint".into())
}
