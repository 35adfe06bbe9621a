//! Which nodes are interchangeable.
//!
//! The nodes of a kind are *interchangeable* where the program cannot tell them apart: where, for every renaming
//! `π` of them, the first world is its own image, a step from `w` to `w'` is matched by one from `π(w)` to `π(w')`,
//! and every property and the constraint say of `π(w)` what they say of `w`. Then one world of each class of
//! worlds that are renamings of each other need be searched, and what is found about it holds of all of them
//! (Ip and Dill, "Better verification through symmetry", 1996; Clarke, Emerson, Jha and Sistla, 1998). Renamings of
//! several kinds combine.
//!
//! Each function is followed with values of which only that is known what a renaming does to them. Most are
//! *renamed with the world*. A list of nodes in order, as quantifiers and `for` draw from, is not: its elements are
//! renamed, its order is not. It may be counted, made a set, sorted by what is no node, and gone through by a loop whose
//! rounds commute: that sends, adds up, collects into a set or a map by its own keys, or stops early with an answer
//! that is the same whichever round gave it. What sees the order otherwise is refused, as are a node's `index`,
//! a node that is named, and the history.
//!
//! Left aside are limits on work and size (fuel, the size of collections and the nesting of values): a call
//! that is stopped by one in some world may, in a renaming of it, just get by. Functions that the system runs are
//! refused where in a loop that stops early a fault may be met in one order and not in another; in properties this is
//! a proviso of the group: there it is the property that would fault, and on no run of the system.

mod flow;
mod operations;
mod renaming;
mod shuffled;
mod value;
mod values;
mod walk;
mod writes;

use super::Why;
use super::facts::holds_nodes;
use crate::{FuncId, KindId, Program, Span, Specification, Watcher, WatcherKind};
use walk::Walk;
use writes::Writes;

/// Which nodes are interchangeable.
#[derive(Clone, Debug, Default)]
pub struct Symmetry {
    /// Kinds whose nodes are, in order. Every combination of renamings within these kinds is sound.
    pub groups: Vec<Group>,
    /// Kinds of several nodes that are told apart, in order.
    pub refused: Vec<Refused>,
    /// Positions in [`Program::bounds`] of bounds with a counter for each node: counters are renamed with nodes.
    pub counters: Vec<usize>,
}

/// A kind whose nodes are interchangeable.
#[derive(Clone, Debug)]
pub struct Group {
    /// The kind.
    pub kind: KindId,
    /// Its nodes: at least two.
    pub nodes: Vec<u32>,
    /// Places in properties that may fault in some orders of the nodes and not in others: such a fault may be missed,
    /// or found, where a search of all worlds would do otherwise. It concerns these properties alone.
    pub provisos: Vec<Why>,
}

/// A kind whose nodes are told apart.
#[derive(Clone, Debug)]
pub struct Refused {
    /// The kind.
    pub kind: KindId,
    /// What tells them apart, each place once; at least one.
    pub reasons: Vec<Why>,
}

impl Symmetry {
    /// Whether a kind's nodes are interchangeable.
    pub fn group(&self, kind: KindId) -> Option<&Group> {
        self.groups.iter().find(|group| group.kind == kind)
    }

    /// Kinds that the check could declare `symmetric` and does not.
    pub fn suggestion(&self, program: &Program) -> Vec<KindId> {
        let declared = |kind: KindId| program.symmetric.iter().any(|(known, _)| *known == kind);
        self.groups.iter().map(|group| group.kind).filter(|kind| !declared(*kind)).collect()
    }

    /// Kinds that the check declares `symmetric` and that are not, and where it says so.
    pub fn unsound(&self, program: &Program) -> Vec<(&Refused, Span)> {
        let refused = |kind: KindId| self.refused.iter().find(|refused| refused.kind == kind);
        program.symmetric.iter().filter_map(|(kind, span)| Some((refused(*kind)?, *span))).collect()
    }
}

/// Finds the kinds of a verified program whose nodes are interchangeable.
pub fn symmetry(program: &Program) -> Symmetry {
    let counters = program.bounds.iter().enumerate().filter(|(_, bound)| bound.per_node);
    let mut symmetry = Symmetry { counters: counters.map(|(at, _)| at).collect(), ..Symmetry::default() };
    let writes = Writes::new(program);
    for (id, kind) in program.kinds.iter().filter(|(_, kind)| kind.nodes.len() > 1) {
        let mut judge = Judge { walk: Walk::new(program, &writes, id), reasons: Vec::new() };
        judge.program();
        let Judge { walk, mut reasons } = judge;
        if reasons.is_empty() {
            let nodes = kind.nodes.iter().map(|node| node.as_u32()).collect();
            let mut provisos = walk.provisos;
            once(&mut provisos);
            symmetry.groups.push(Group { kind: id, nodes, provisos });
        } else {
            once(&mut reasons);
            symmetry.refused.push(Refused { kind: id, reasons });
        }
    }
    symmetry
}

/// Leaves each reason there once.
fn once(reasons: &mut Vec<Why>) {
    let mut known: Vec<Why> = Vec::new();
    for why in reasons.drain(..) {
        if !known.contains(&why) {
            known.push(why);
        }
    }
    *reasons = known;
}

/// Looks through every function that the machine calls.
struct Judge<'a> {
    walk: Walk<'a>,
    reasons: Vec<Why>,
}

impl Judge<'_> {
    fn program(&mut self) {
        let program = self.walk.program;
        for kind in program.kinds.values() {
            for field in kind.fields.values() {
                self.function(field.init, false);
            }
            let handlers = [kind.on_start, kind.on_input, kind.on_message, kind.on_timeout, kind.on_reboot];
            for func in handlers.into_iter().flatten() {
                self.function(func, false);
            }
            self.function(kind.inputs, true);
        }
        for var in program.network.vars.values() {
            self.function(var.init, false);
        }
        for rule in program.network.rules.values() {
            for binder in &rule.binders {
                self.function(binder.domain, true);
            }
            for func in rule.guard.into_iter().chain([rule.body]) {
                self.function(func, false);
            }
        }
        for watcher in program.watchers.values() {
            self.watcher(watcher);
        }
        self.walk.lenient = true;
        for part in program.properties.values().flat_map(|property| &property.parts) {
            self.function(part.func, false);
        }
        if let Some(constraint) = program.constraint {
            self.function(constraint, false);
        }
    }

    /// What watchers know must not depend on which node is which.
    fn watcher(&mut self, watcher: &Watcher) {
        if let WatcherKind::Monitor(monitor) = &watcher.kind {
            self.function(monitor.init, false);
            // Searches take what watchers know to be the same under every renaming.
            if holds_nodes(&self.walk.program.types, monitor.state) {
                let text = format!("`{}` remembers nodes by their names", watcher.name);
                self.reasons.push(Why::new(watcher.span, text));
            }
        }
        for func in watcher.functions() {
            self.function(func, false);
        }
        if watcher.specification().is_some_and(|asked| self.operations_name_nodes(asked)) {
            let text = format!("`{}` compares inputs and outputs that name nodes", watcher.name);
            self.reasons.push(Why::new(watcher.span, text));
        }
    }

    fn operations_name_nodes(&self, asked: &Specification) -> bool {
        let program = self.walk.program;
        let fields = |ty, wanted: &[Option<u32>]| {
            let ctors = program.types.as_data(ty).map_or(&[][..], |(_, data)| &data.ctors);
            let operations = ctors.iter().zip(wanted).filter(|(_, wanted)| wanted.is_some());
            operations.flat_map(|(ctor, _)| ctor.fields.iter().map(|(_, ty)| *ty)).collect::<Vec<_>>()
        };
        let inputs = fields(program.special.input, &asked.inputs);
        let outputs = fields(program.special.output, &asked.outputs);
        inputs.into_iter().chain(outputs).any(|ty| holds_nodes(&program.types, ty))
    }

    /// Looks through a function; `draws`: whether what it gives is a list of which the order does not matter.
    fn function(&mut self, func: FuncId, draws: bool) {
        self.reasons.extend(self.walk.root(func, draws).err());
    }
}
