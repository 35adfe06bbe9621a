//! The definition of a search: whole worlds in an ordered set, level by level.

use std::collections::BTreeSet;
use verdi_core::{PropertyId, PropertyKind};
use verdi_explore::{Faulted, Limits, Run};
use verdi_machine::{Choices, Fired, Model};

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Expected {
    pub(crate) distinct: u64,
    pub(crate) transitions: u64,
    pub(crate) levels: u64,
    pub(crate) limits: Limits,
    /// For each property, the steps that the shortest run to an answer tries.
    pub(crate) steps: Vec<Option<u64>>,
}

/// The steps that a run tries: where a guard or the constraint faults, it is at the next one.
pub(crate) fn steps(run: &Run) -> u64 {
    let at_next = matches!(run.fault, Some((_, Faulted::Rule(_) | Faulted::Constraint)));
    run.choices.len() as u64 + u64::from(at_next)
}

pub(crate) fn oracle<M: Model<World: Ord>>(model: &M) -> Expected {
    let kinds = model.properties();
    let mut all = Expected { steps: vec![None; kinds.len()], ..Expected::default() };
    let mut answer = |wanted: &dyn Fn(usize, PropertyKind) -> bool, steps: u64| {
        for (at, kind) in kinds.iter().enumerate().filter(|&(at, &kind)| wanted(at, kind)) {
            let least = all.steps[at].get_or_insert(steps);
            *least = steps.min(*least);
            let _ = kind;
        }
    };
    let mut held_back = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let mut level: BTreeSet<M::World> = model.initial().into_iter().collect();
    if level.is_empty() {
        answer(&|_, kind| kind == PropertyKind::NoFault, 0);
    }
    let mut depth = 0;
    while !level.is_empty() {
        all.levels += 1;
        seen.extend(level.iter().cloned());
        let mut next = BTreeSet::new();
        for world in &level {
            for (at, &kind) in kinds.iter().enumerate() {
                if !matches!(kind, PropertyKind::Invariant | PropertyKind::Reach) {
                    continue;
                }
                match model.holds(PropertyId::from_u32(at as u32), world) {
                    Err(_) => answer(&|_, kind| kind == PropertyKind::NoFault, depth),
                    Ok(holds) if holds == (kind == PropertyKind::Reach) => {
                        answer(&|other, _| other == at, depth)
                    }
                    Ok(_) => {}
                }
            }
            let Choices { enabled, held_back: bounds, faults } = model.choices(world);
            let stuck = enabled.is_empty() && bounds.is_empty() && faults.is_empty();
            let expandable = model.expandable(world);
            if expandable.is_err() || (expandable == Ok(true) && !faults.is_empty()) {
                answer(&|_, kind| kind == PropertyKind::NoFault, depth + 1);
            }
            if expandable != Ok(true) {
                all.limits.constraint |= !stuck;
                continue;
            }
            if stuck {
                answer(&|_, kind| kind == PropertyKind::NoDeadlock, depth);
            }
            held_back.extend(bounds);
            if model.depth_max() == Some(depth) {
                all.limits.depth |= !enabled.is_empty();
                continue;
            }
            for choice in &enabled {
                match model.fire(world, choice) {
                    Fired::World(to) => {
                        all.transitions += 1;
                        next.insert(to);
                    }
                    Fired::TooManyPackets => all.limits.packets = true,
                    Fired::Fault(_) => answer(&|_, kind| kind == PropertyKind::NoFault, depth + 1),
                }
            }
        }
        level = next.into_iter().filter(|world| !seen.contains(world)).collect();
        depth += 1;
    }
    all.distinct = seen.len() as u64;
    all.limits.held_back = held_back.into_iter().collect();
    all
}
