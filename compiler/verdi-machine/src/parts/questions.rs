//! What is asked of worlds, and what it can tell of them.

use super::env::WholeEnv;
use super::footprint::{Footprint, Part, Whose};
use super::table::Table;
use super::{Question, TakenApart, Whole};
use crate::machine::result;
use crate::{Engine, Fault};
use std::collections::BTreeSet;
use verdi_core::{FieldId, FuncId, KindId, Program, PropertyId, Value, WatcherId};

/// Something that is evaluated in worlds.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) asks: Asks,
    /// What it may read of each kind of node.
    kinds: Vec<OfKind>,
}

/// What has the answer.
#[derive(Clone, Copy, Debug)]
pub(super) enum Asks {
    /// A World function.
    Function(FuncId),
    /// Whether a watcher has not failed.
    Watcher(WatcherId),
}

/// What a question may read of a kind of node.
#[derive(Debug)]
struct OfKind {
    fields: Vec<FieldId>,
    timers: bool,
    /// Whether that is all that there is.
    whole: bool,
    /// What was read of states.
    glimpses: Table<Vec<Value>>,
}

/// All that is asked of worlds: the parts of all properties, then the constraint.
pub(super) fn questions(program: &Program) -> Vec<(Question, Asked)> {
    let properties = program.properties.iter();
    let parts = properties.flat_map(|(id, property)| {
        let parts = property.parts.iter().map(|part| Asks::Function(part.func));
        let all = parts.chain(program.watcher_of(id).map(Asks::Watcher));
        all.map(move |asks| (Some(id), asks))
    });
    let all = parts.chain(program.constraint.map(|func| (None, Asks::Function(func))));
    all.map(|(property, asks)| question(program, property, asks)).collect()
}

fn question(program: &Program, property: Option<PropertyId>, asks: Asks) -> (Question, Asked) {
    let footprint = match asks {
        Asks::Function(func) => Footprint::of(program, func),
        Asks::Watcher(_) => Footprint { reads_trace: true, ..Footprint::default() },
    };
    // A question has no parameters.
    let of_nodes = footprint.states.iter().filter_map(|(whose, part)| match whose {
        Whose::Node(node) => Some((*node, *part)),
        Whose::Param(_) => None,
    });
    let of_nodes: Vec<(u32, Part)> = of_nodes.collect();
    let nodes: BTreeSet<u32> = of_nodes.iter().map(|(node, _)| *node).collect();
    let question = Question {
        property,
        nodes: nodes.into_iter().collect(),
        vars: footprint.reads_vars,
        packets: footprint.reads_packets,
        trace: footprint.reads_trace,
    };
    let kinds = program.kinds.keys().map(|kind| of_kind(program, kind, &of_nodes)).collect();
    (question, Asked { asks, kinds })
}

fn of_kind(program: &Program, id: KindId, of_nodes: &[(u32, Part)]) -> OfKind {
    let kind = &program.kinds[id];
    let has =
        |wanted: Part| of_nodes.iter().any(|(node, part)| program.node_is(*node, id) && *part == wanted);
    let fields: Vec<FieldId> = kind.fields.keys().filter(|field| has(Part::Field(id, *field))).collect();
    let timers = has(Part::Timers);
    let whole = fields.len() == kind.fields.len() && (timers || kind.timers.is_empty());
    OfKind { fields, timers, whole, glimpses: Table::default() }
}

impl Asked {
    /// The fields that it may read of each kind of node, and whether their timers; `None` where that is all that
    /// there is.
    pub(super) fn reads(&self) -> Vec<Option<(Vec<FieldId>, bool)>> {
        let kinds = self.kinds.iter();
        kinds.map(|kind| (!kind.whole).then(|| (kind.fields.clone(), kind.timers))).collect()
    }

    pub(super) fn bytes(&self) -> u64 {
        self.kinds.iter().map(|kind| kind.glimpses.bytes()).sum()
    }
}

impl<E: Engine> TakenApart<'_, E> {
    /// What was read of states, by question and kind of node.
    pub(super) fn glimpse_tables(&self) -> impl Iterator<Item = &Table<Vec<Value>>> {
        self.questions.iter().flat_map(|asked| &asked.kinds).map(|kind| &kind.glimpses)
    }

    pub(super) fn find_glimpse(&self, question: u32, node: u32, state: u32) -> u32 {
        let kind = &self.questions[question as usize].kinds[self.shape.kinds[node as usize] as usize];
        if kind.whole {
            return state;
        }
        let state = self.state(node, state);
        let mut seen: Vec<Value> = kind.fields.iter().map(|field| state.field(*field).clone()).collect();
        if kind.timers {
            seen.push(self.machine.tables.armed(state.armed()));
        }
        kind.glimpses.id(seen)
    }

    pub(super) fn find_answer(&self, question: u32, world: &Whole) -> Result<bool, Fault> {
        let func = match self.questions[question as usize].asks {
            Asks::Function(func) => func,
            Asks::Watcher(watcher) => {
                return Ok(self.watch_of(world.trace)[watcher.as_u32() as usize].is_ok());
            }
        };
        let mut env = WholeEnv::new(self, world);
        Ok(result(self.machine.engine(), func, &[], &mut env)?.as_bool())
    }
}
