//! Worlds with their nodes renamed.

use super::TakenApart;
use crate::{Choice, Engine, NodeState};
use std::sync::Arc;
use verdi_core::Value;

/// A value in which node `i` is `renaming[i]`; `None` where that is the same value.
fn renamed(renaming: &[u32], value: &Value) -> Option<Value> {
    match value {
        Value::Bool(_) | Value::Int(_) | Value::Str(_) | Value::Caller(_) => None,
        Value::Node(node) => {
            let new = renaming[*node as usize];
            (new != *node).then_some(Value::Node(new))
        }
        Value::List(items) => all_renamed(renaming, items).map(Value::list),
        Value::Set(items) => all_renamed(renaming, items).map(Value::set),
        Value::Map(entries) => {
            let (keys, values): (Vec<Value>, Vec<Value>) = entries.iter().cloned().unzip();
            let (new_keys, new_values) = (all_renamed(renaming, &keys), all_renamed(renaming, &values));
            (new_keys.is_some() || new_values.is_some()).then(|| {
                let keys = new_keys.unwrap_or(keys).into_iter();
                Value::map(keys.zip(new_values.unwrap_or(values)).collect())
            })
        }
        Value::Data(tag, fields) => all_renamed(renaming, fields).map(|fields| Value::data(*tag, fields)),
    }
}

/// The same for each of them.
fn all_renamed(renaming: &[u32], values: &[Value]) -> Option<Vec<Value>> {
    let mut changed: Option<Vec<Value>> = None;
    for (at, value) in values.iter().enumerate() {
        if let Some(new) = renamed(renaming, value) {
            changed.get_or_insert_with(|| values.to_vec())[at] = new;
        }
    }
    changed
}

impl<E: Engine> TakenApart<'_, E> {
    pub(super) fn rename_state(&self, renaming: &[u32], kind: u32, state: u32) -> u32 {
        let old = self.states.get(kind, state);
        match all_renamed(renaming, &old.fields) {
            Some(fields) => self.states.id(kind, Arc::new(NodeState { fields, armed: old.armed.clone() })),
            None => state,
        }
    }

    pub(super) fn rename_packet(&self, renaming: &[u32], packet: u32) -> u32 {
        renamed(renaming, &self.packets.get(packet)).map_or(packet, |new| self.packets.id(new))
    }

    pub(super) fn rename_vars(&self, renaming: &[u32], vars: u32) -> u32 {
        all_renamed(renaming, &self.vars.get(vars)).map_or(vars, |new| self.vars.id(new))
    }

    pub(super) fn rename_trace(&self, renaming: &[u32], slot: u32) -> u32 {
        let events = self.events_of(slot).into_iter();
        let events = events.map(|event| renamed(renaming, &event).unwrap_or(event));
        let trace = events.fold(0, |trace, event| self.longer(trace, self.events.id(event)));
        let Some(watch) = self.watch_id_of(slot) else { return trace };
        let known = self.slots.watches.get(watch);
        let renamed = known.iter().map(|watch| {
            let watch = watch.as_ref().map_err(Clone::clone)?;
            Ok(renamed(renaming, watch).unwrap_or_else(|| watch.clone()))
        });
        self.slot(trace, self.slots.watches.id(renamed.collect::<Vec<_>>()))
    }

    pub(super) fn rename_choice(&self, renaming: &[u32], choice: u32) -> u32 {
        let old = self.choices.get(choice);
        let args = all_renamed(renaming, &old.args);
        args.map_or(choice, |args| self.choices.id(Choice { rule: old.rule, args }))
    }
}
