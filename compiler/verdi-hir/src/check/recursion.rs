//! What needs all bodies: recursion, who reads the world, systems that stand for themselves.

use super::Checker;
use super::effects::{Actor, Effects, NetVarRead, SiteClass};
use super::scope::Owner;
use crate::hir::{FnId, KindId, NetworkId, ProcId, Subject};
use cranelift_entity::SecondaryMap;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use verdi_diagnostics::{Diagnostic, Span, codes};

impl Checker<'_> {
    pub(super) fn recursion(&mut self) {
        self.fn_cycles();
        self.proc_cycles();
        self.world_readers();
        self.net_vars_of_checks();
        self.net_vars_of_claims();
        self.alias_cycles();
    }

    /// What each function calls.
    fn fn_graph(&self) -> SecondaryMap<FnId, Vec<(FnId, Span)>> {
        let mut graph: SecondaryMap<FnId, Vec<(FnId, Span)>> = SecondaryMap::new();
        for (actor, effects) in &self.effects.bodies {
            if let Actor::Fn(id) = actor {
                graph[*id].extend(effects.calls.iter().map(|call| (call.callee, call.span)));
            }
        }
        graph
    }

    fn fn_cycles(&mut self) {
        let graph = self.fn_graph();
        let nodes: Vec<FnId> = self.program.fns.keys().collect();
        for (path, span) in cycles(&nodes, |id| graph[id].clone()) {
            let names: Vec<SmolStr> = path.iter().map(|id| self.program.fns[*id].name.clone()).collect();
            let Some(first) = path.first().map(|id| self.program.fns[*id].span) else { continue };
            self.recursive("function", &names, first, span);
        }
    }

    fn proc_cycles(&mut self) {
        type Key = (Owner, KindId, ProcId);
        let calls: FxHashMap<Key, Vec<(Key, Span)>> = self
            .effects
            .procs
            .iter()
            .map(|(key, effects)| {
                let callee = |(span, id): &(Span, ProcId)| ((key.0, key.1, *id), *span);
                (*key, effects.proc_calls.iter().map(callee).collect())
            })
            .collect();
        let nodes: Vec<Key> = self.effects.procs.keys().copied().collect();
        for (path, span) in cycles(&nodes, |key| calls.get(&key).cloned().unwrap_or_default()) {
            let name = |(owner, kind, id): &Key| {
                self.members(*owner).map(|m| m.kinds[*kind].procs[*id].name.clone())
            };
            let names: Vec<SmolStr> = path.iter().filter_map(name).collect();
            let head = |(owner, kind, id): &Key| self.members(*owner).map(|m| m.kinds[*kind].procs[*id].span);
            let Some(first) = path.first().and_then(head) else { continue };
            self.recursive("proc", &names, first, span);
        }
    }

    fn recursive(&mut self, what: &str, names: &[SmolStr], head: Span, span: Span) {
        let Some(first) = names.first() else { return };
        let chain: Vec<String> = names.iter().chain([first]).map(|name| format!("`{name}`")).collect();
        let message = match names {
            [name] => format!("the {what} `{name}` calls itself"),
            _ => format!("these {what}s call one another: {}", chain.join(" calls ")),
        };
        self.report(
            Diagnostic::error(codes::V0408, head, message).also(span, "this call closes the circle").note(
                "nothing is recursive, so that every handler comes to an end; use a `for` or a comprehension",
            ),
        );
    }

    /// Marks the functions that read the world, themselves or through others, and reports who may not call them.
    fn world_readers(&mut self) {
        let mut callers: SecondaryMap<FnId, Vec<FnId>> = SecondaryMap::new();
        let mut readers: Vec<(FnId, Span)> = Vec::new();
        for (actor, effects) in &self.effects.bodies {
            let Actor::Fn(id) = actor else { continue };
            effects.calls.iter().for_each(|call| callers[call.callee].push(*id));
            readers.extend(effects.world.map(|span| (*id, span)));
        }
        let mut why: SecondaryMap<FnId, Option<Span>> = SecondaryMap::new();
        while let Some((id, span)) = readers.pop() {
            if why[id].is_none() {
                why[id] = Some(span);
                self.program.fns[id].reads_world = true;
                readers.extend(callers[id].iter().map(|caller| (*caller, span)));
            }
        }
        let mut found = Vec::new();
        for (actor, effects) in &self.effects.bodies {
            let place = match actor {
                Actor::Fn(_) | Actor::Property(..) | Actor::Under(_) | Actor::Other(SiteClass::World) => {
                    continue;
                }
                Actor::Proc(..) | Actor::Other(SiteClass::Node) => "a node",
                Actor::Other(SiteClass::Rule) => "a network",
                Actor::Other(SiteClass::Const) => "an initial value or argument",
            };
            for call in &effects.calls {
                found.extend(why[call.callee].map(|read| (call.span, read, call.callee, place)));
            }
        }
        for (span, read, id, place) in found {
            let message = format!(
                "`{}` reads the state of the world, which {place} does not see",
                self.program.fns[id].name
            );
            self.report(
                Diagnostic::error(codes::V0410, span, message)
                    .also(read, "it is read here")
                    .note("such a function is for properties; pass what a node knows as arguments instead"),
            );
        }
    }

    /// The networks' variables that a property reads, itself or through functions.
    pub(super) fn net_vars_read(&self, owner: Owner, property: u32) -> Vec<NetVarRead> {
        let bodies =
            self.effects.bodies.iter().filter(|(actor, _)| *actor == Actor::Property(owner, property));
        bodies.flat_map(|(_, effects)| self.net_vars_of(effects)).collect()
    }

    /// The networks' variables that a body reads, each once.
    fn net_vars_of(&self, effects: &Effects) -> Vec<NetVarRead> {
        let mut found: Vec<NetVarRead> = effects.net_vars.clone();
        let mut seen: Vec<FnId> = Vec::new();
        let mut todo: Vec<FnId> = effects.calls.iter().map(|call| call.callee).collect();
        while let Some(id) = todo.pop() {
            if seen.contains(&id) || !self.program.fns[id].reads_world {
                continue;
            }
            seen.push(id);
            for (_, effects) in self.effects.bodies.iter().filter(|(actor, _)| *actor == Actor::Fn(id)) {
                found.extend(effects.net_vars.iter().cloned());
                todo.extend(effects.calls.iter().map(|call| call.callee));
            }
        }
        found.sort_by(|a, b| (&a.name, a.span).cmp(&(&b.name, b.span)));
        found.dedup_by(|a, b| a.name == b.name && a.ty == b.ty);
        found
    }

    /// Code of checks and tests knows its network; the functions it calls may read a variable of another.
    fn net_vars_of_checks(&mut self) {
        let mut found = Vec::new();
        for (actor, effects) in &self.effects.bodies {
            let Actor::Under(network) = actor else { continue };
            let Some(call) = effects.calls.first() else { continue };
            found.extend(self.net_vars_of(effects).into_iter().map(|read| (call.span, *network, read)));
        }
        for (span, network, read) in found {
            self.net_var_is_there(span, network, &read, "what is called here");
        }
    }

    /// Reports if a network does not have a variable, or has it with another type.
    pub(super) fn net_var_is_there(&mut self, span: Span, network: NetworkId, read: &NetVarRead, what: &str) {
        let network = &self.program.networks[network];
        let var = &read.name;
        let message = match network.vars.iter().find(|known| known.name == *var) {
            Some(known) if known.ty == read.ty => return,
            Some(known) => {
                let (ty, other) = (self.show(&read.ty), self.show(&known.ty));
                format!(
                    "{what} reads `{var}` as a `{ty}`, but in the network `{}` it is a `{other}`",
                    network.name
                )
            }
            None => format!("{what} reads `{var}`, which the network `{}` does not have", network.name),
        };
        self.report(Diagnostic::error(codes::V0516, span, message).also(read.span, "it is read here"));
    }

    /// `system A = B`, `system B = A`.
    fn alias_cycles(&mut self) {
        let ids: Vec<_> = self.program.systems.keys().collect();
        for id in ids {
            let mut path = vec![id];
            let mut subject = self.program.systems[id].alias.as_ref();
            while let Some(inner) = subject {
                subject = match inner {
                    Subject::Transformed(_, inner, _) => Some(inner.as_ref()),
                    Subject::System(next, ..) => {
                        if path.contains(next) {
                            break;
                        }
                        path.push(*next);
                        self.program.systems[*next].alias.as_ref()
                    }
                    Subject::Error => None,
                };
            }
            if subject.is_some() {
                let system = &mut self.program.systems[id];
                system.alias = Some(Subject::Error);
                let (span, name) = (system.span, system.name.clone());
                self.report(Diagnostic::error(
                    codes::V0520,
                    span,
                    format!("the system `{name}` stands for itself"),
                ));
            }
        }
    }
}

/// The cycles that a depth-first walk meets, each with the place of the call that closes it.
pub(super) fn cycles<N: Copy + Eq + std::hash::Hash>(
    nodes: &[N],
    edges: impl Fn(N) -> Vec<(N, Span)>,
) -> Vec<(Vec<N>, Span)> {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        OnPath,
        Done,
    }
    let mut state: FxHashMap<N, State> = FxHashMap::default();
    let mut found = Vec::new();
    for &first in nodes {
        if state.contains_key(&first) {
            continue;
        }
        let mut path: Vec<(N, Vec<(N, Span)>)> = vec![(first, edges(first))];
        state.insert(first, State::OnPath);
        while let Some((node, rest)) = path.last_mut() {
            let Some((next, span)) = rest.pop() else {
                state.insert(*node, State::Done);
                path.pop();
                continue;
            };
            match state.get(&next) {
                Some(State::Done) => {}
                Some(State::OnPath) => {
                    let from = path.iter().position(|(on_path, _)| *on_path == next).unwrap_or(0);
                    found.push((path[from..].iter().map(|(on_path, _)| *on_path).collect(), span));
                }
                None => {
                    state.insert(next, State::OnPath);
                    path.push((next, edges(next)));
                }
            }
        }
    }
    found
}
