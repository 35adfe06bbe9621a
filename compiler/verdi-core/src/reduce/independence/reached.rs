//! What may come of an event, over all that it sets going.

use super::{Cause, Independence, Pending};
use crate::reduce::Why;
use crate::{KindId, Program};
use std::collections::BTreeSet;

/// How many nodes there may be for their sets to be words.
const NODES_MAX: usize = 64;

impl Independence {
    /// What keeps a search from taking the steps of some nodes alone, each with its place.
    ///
    /// These are the [`Independence::obstacles`], and what would make steps at several nodes depend on each other in most
    /// worlds: that rules change variables of the network.
    pub fn refusals(&self, program: &Program) -> Vec<Why> {
        let mut found = self.obstacles.clone();
        let never = |rule| program.bounds.iter().any(|bound| bound.rule == rule && bound.limit == 0);
        for (id, used) in self.rules.iter().filter(|(id, used)| !used.writes.is_empty() && !never(*id)) {
            let rule = &program.network.rules[id];
            let vars: Vec<String> =
                used.writes.iter().map(|var| format!("`{}`", program.network.vars[*var].name)).collect();
            let text = format!("the rule `{}` changes {}, of all nodes together", rule.name, vars.join(", "));
            found.push(Why::new(rule.span, text));
        }
        if self.kinds.len() > NODES_MAX {
            let whole = program.properties.values().map(|property| property.span).next().unwrap_or_default();
            found.push(Why::new(whole, format!("there are more than {NODES_MAX} nodes")));
        }
        found
    }

    /// The nodes that may be sent something when something happens, or by what comes of that: a bit for each.
    pub fn reached(&self, pending: Pending) -> u64 {
        let (mut reached, mut todo) = (0, vec![pending]);
        let mut known = BTreeSet::from([pending]);
        while let Some(pending) = todo.pop() {
            for next in self.follows(pending) {
                if matches!(next.cause, Cause::Message(..)) {
                    reached |= 1_u64.checked_shl(next.node).unwrap_or(0);
                }
                if known.insert(next) {
                    todo.push(next);
                }
            }
        }
        reached
    }

    /// Whether a message may lead, by way of others, to one of its own sort.
    pub fn comes_back(&self, kind: KindId, cause: Cause) -> bool {
        let mut known = BTreeSet::new();
        let mut todo = vec![(kind, cause)];
        while let Some((at, cause)) = todo.pop() {
            let sends = self.handlings.get(&(at, cause)).map(|handling| &handling.sends);
            for (tag, whom) in sends.into_iter().flatten() {
                let message = Cause::Message(*tag, at);
                let next = whom.kinds(at, cause).into_iter().map(|to| (to, message));
                todo.extend(next.filter(|next| known.insert(*next)));
            }
        }
        known.contains(&(kind, cause))
    }
}
