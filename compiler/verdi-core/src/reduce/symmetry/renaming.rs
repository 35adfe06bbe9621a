//! What a renaming of the nodes of one kind does to constants and types.

use super::value::Distinct;
use crate::reduce::facts::holds_nodes;
use crate::{ConstId, KindId, Program, TyId, Value};
use cranelift_entity::SecondaryMap;

/// What renaming the nodes of a kind does to a constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Renamed {
    /// Nothing.
    Fixed,
    /// It is a list, and its elements change places.
    Shuffled(Distinct),
    /// It becomes another value: it names this node.
    Names(u32),
}

/// The nodes of one kind, to be renamed among each other.
pub(super) struct Renaming<'a> {
    program: &'a Program,
    kind: KindId,
    /// Whether values of a type can hold nodes; by type.
    holds_nodes: SecondaryMap<TyId, Option<bool>>,
}

impl<'a> Renaming<'a> {
    pub(super) fn new(program: &'a Program, kind: KindId) -> Self {
        Self { program, kind, holds_nodes: SecondaryMap::new() }
    }

    /// What becomes of a constant. All renamings are made of two: an exchange of the first two nodes, and a turn of
    /// all of them.
    pub(super) fn constant(&self, id: ConstId) -> Renamed {
        let value = &self.program.consts[id].value;
        let Some(node) = self.named(value) else { return Renamed::Fixed };
        let nodes: Vec<u32> = self.program.kinds[self.kind].nodes.iter().map(|node| node.as_u32()).collect();
        let mut exchange = nodes.clone();
        exchange.swap(0, 1.min(nodes.len() - 1));
        let mut turn = nodes.clone();
        turn.rotate_left(1);
        let images = [exchange, turn].map(|to| renamed(value, &nodes, &to));
        if images.iter().all(|image| image == value) {
            return Renamed::Fixed;
        }
        let Value::List(items) = value else { return Renamed::Names(node) };
        let elements = sorted(items);
        if images.iter().any(|image| sorted(image.as_list()) != elements) {
            return Renamed::Names(node);
        }
        let once = elements.windows(2).all(|pair| pair[0] != pair[1]);
        Renamed::Shuffled(if once { Distinct::Elements } else { Distinct::No })
    }

    /// A node of the kind that is in a value.
    pub(super) fn named(&self, value: &Value) -> Option<u32> {
        match value {
            Value::Node(node) => self.program.node_is(*node, self.kind).then_some(*node),
            Value::List(items) | Value::Set(items) => items.iter().find_map(|item| self.named(item)),
            Value::Map(entries) => entries.iter().find_map(|(k, v)| self.named(k).or(self.named(v))),
            Value::Data(_, fields) => fields.iter().find_map(|field| self.named(field)),
            Value::Bool(_) | Value::Int(_) | Value::Str(_) | Value::Caller(_) => None,
        }
    }

    /// Whether values of a type can hold nodes.
    pub(super) fn holds_nodes(&mut self, ty: TyId) -> bool {
        if let Some(known) = self.holds_nodes[ty] {
            return known;
        }
        let found = holds_nodes(&self.program.types, ty);
        self.holds_nodes[ty] = Some(found);
        found
    }
}

fn sorted(items: &[Value]) -> Vec<&Value> {
    let mut items: Vec<&Value> = items.iter().collect();
    items.sort();
    items
}

/// A value with each of these nodes replaced by another, canonical again.
fn renamed(value: &Value, nodes: &[u32], to: &[u32]) -> Value {
    let of = |value: &Value| renamed(value, nodes, to);
    let all = |items: &[Value]| items.iter().map(of).collect::<Vec<_>>();
    match value {
        Value::Node(node) => {
            let at = nodes.iter().position(|known| known == node);
            Value::Node(at.map_or(*node, |at| to[at]))
        }
        Value::List(items) => Value::list(all(items)),
        Value::Set(items) => Value::set(all(items)),
        Value::Map(entries) => Value::map(entries.iter().map(|(k, v)| (of(k), of(v))).collect()),
        Value::Data(tag, fields) => Value::data(*tag, all(fields)),
        Value::Bool(_) | Value::Int(_) | Value::Str(_) | Value::Caller(_) => value.clone(),
    }
}
