//! What can fire at a node: found once for all states that the rules cannot tell apart.

use super::NativeParts;
use crate::shared::Shared;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};
use verdi_core::{KindId, Ty};
use verdi_machine::{Engine, Firings, Footprint, Part, Parts as _, Whose};

/// What is known of the firings at nodes.
#[derive(Default)]
pub(super) struct Anchors {
    /// By kind of node: the words of states that domains and guards may read of the node that their rule is about.
    reads: Vec<Vec<(usize, usize)>>,
    known: RwLock<BTreeMap<Key, Arc<Firings>>>,
}

/// The variables, the node, and what is read of its state.
type Key = (u32, u32, Box<[u64]>);

impl Anchors {
    pub(super) fn new(shared: &Shared) -> Self {
        let program = &shared.program;
        let mut parts: BTreeSet<Part> = BTreeSet::new();
        for rule in program.network.rules.values() {
            // Only a rule whose first binder is a node is about that node.
            if rule.binders.first().is_some_and(|binder| *program.types.get(binder.ty) == Ty::Node) {
                let domains = rule.binders.iter().skip(1).map(|binder| binder.domain);
                for func in domains.chain(rule.guard) {
                    let states = Footprint::of(program, func).states;
                    parts.extend(
                        states
                            .into_iter()
                            .filter(|(whose, _)| *whose == Whose::Param(0))
                            .map(|(_, part)| part),
                    );
                }
            }
        }
        let of_kind = |kind: KindId| {
            let words = |part: &Part| match part {
                Part::Field(of, field) => (*of == kind).then(|| shared.field(kind, *field)),
                Part::Timers => Some((shared.fields_words(kind), program.timers.len().div_ceil(64))),
            };
            parts.iter().filter_map(words).collect()
        };
        Self { reads: program.kinds.keys().map(of_kind).collect(), known: RwLock::default() }
    }
}

impl<E: Engine + Sync> NativeParts<'_, E> {
    pub(super) fn find_anchored(&self, vars: u32, node: u32, state: u32) -> Firings {
        let kind = self.shape().kinds[node as usize];
        let words = self.states.words(kind, state);
        let reads = self.anchors.reads[kind as usize].iter();
        let seen: Box<[u64]> = reads.flat_map(|(from, count)| &words[*from..from + count]).copied().collect();
        let key = (vars, node, seen);
        let known = self.anchors.known.read().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        let found = known.unwrap_or_else(|| {
            let found = Arc::new(self.apart.anchored(vars, node, state));
            let mut known = self.anchors.known.write().unwrap_or_else(PoisonError::into_inner);
            known.insert(key, Arc::clone(&found));
            found
        });
        Firings::clone(&found)
    }
}
