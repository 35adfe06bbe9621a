//! A search that leaves steps out where the tables say that it may, held against one that does not.

use crate::independent::{cause, kind};
use crate::programs::{Case, one, repository};
use std::collections::{BTreeSet, HashSet, VecDeque};
use verdi_core::reduce::{Act, Cause, Independence, Pending, independence};
use verdi_core::{Program, PropertyId, PropertyKind, RuleId, Value};
use verdi_interp::Interp;
use verdi_machine::{Choice, Fired, Machine, Model, World};

/// The most worlds of a search.
const WORLDS: usize = 3000;

/// A search that takes the steps of one node alone where that is allowed.
pub(crate) struct Ample<'a> {
    program: &'a Program,
    found: Independence,
    machine: Machine<Interp>,
}

/// Which questions were answered, how many worlds were met, and in how many steps were left out.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Met {
    pub(crate) answers: BTreeSet<usize>,
    pub(crate) faults: bool,
    pub(crate) worlds: usize,
    reduced: usize,
}

impl<'a> Ample<'a> {
    pub(crate) fn new(program: &'a Program) -> Self {
        let machine = Machine::new(Interp::new(program.clone()));
        Self { program, found: independence(program), machine }
    }

    fn node(&self, choice: &Choice) -> Option<u32> {
        self.found.rules[choice.rule].at.map(|at| at.node(&choice.args))
    }

    fn bounded_away(&self, rule: RuleId) -> bool {
        self.program.bounds.iter().any(|bound| bound.rule == rule && bound.limit == 0)
    }

    /// Whether a rule may fire now or later.
    fn can_fire(&self, rule: RuleId, enabled: &[Choice]) -> bool {
        let used = &self.found.rules[rule];
        let now = enabled.iter().any(|choice| choice.rule == rule);
        !self.bounded_away(rule) && (now || used.act != Act::Input || used.guarded)
    }

    /// What is pending at every node.
    fn pending(&self, world: &World, enabled: &[Choice]) -> Vec<Pending> {
        let packet = |packet: &Value| {
            let (src, dst) = (packet.fields()[0].as_node(), packet.fields()[1].as_node());
            let cause = Cause::Message(packet.fields()[2].tag(), kind(self.program, src));
            Pending { node: dst, cause, sender: Some(src) }
        };
        let mut pending: Vec<Pending> = world.packets().iter().map(packet).collect();
        for node in 0..world.node_count() {
            let at = |cause| Pending { node, cause, sender: None };
            pending.extend(world.node(node).armed().iter().map(|timer| at(Cause::Timeout(*timer))));
            for (id, rule) in self.found.rules.iter().filter(|(id, _)| self.can_fire(*id, enabled)) {
                let causes = self.found.handlings.keys().filter(|(of, _)| *of == kind(self.program, node));
                pending.extend(
                    causes
                        .map(|(_, cause)| *cause)
                        .filter(|cause| match (rule.act, cause) {
                            (Act::Input, Cause::Input(tag)) => {
                                rule.guarded
                                    || enabled.iter().any(|choice| {
                                        choice.rule == id
                                            && self.node(choice) == Some(node)
                                            && choice.args.iter().any(|arg| {
                                                matches!(arg, Value::Data(..))
                                                    && arg.fields()[1].tag() == *tag
                                            })
                                    })
                            }
                            (Act::Crash, Cause::Crash) | (Act::Reboot, Cause::Reboot) => true,
                            _ => false,
                        })
                        .map(at),
                );
            }
        }
        pending
    }

    /// The steps that are enough, if not all are needed; C3 is the search's.
    fn ample(&self, world: &World, enabled: &[Choice]) -> Option<Vec<Choice>> {
        let rules = || self.program.network.rules.keys().filter(|rule| self.can_fire(*rule, enabled));
        let entangled =
            rules().any(|a| self.found.rules[a].at.is_some() && rules().any(|b| self.found.entangled(a, b)));
        if !self.found.obstacles.is_empty() || entangled {
            return None;
        }
        let pending = self.pending(world, enabled);
        (0..world.node_count()).find_map(|node| {
            let steps: Vec<Choice> =
                enabled.iter().filter(|choice| self.node(choice) == Some(node)).cloned().collect();
            let fewer = !steps.is_empty() && steps.len() < enabled.len();
            let alone = fewer && !self.found.reaches(pending.iter().copied(), node);
            (alone && steps.iter().all(|step| self.invisible(world, step))).then_some(steps)
        })
    }

    fn invisible(&self, world: &World, choice: &Choice) -> bool {
        let step = self.machine.step(world, choice);
        let events =
            step.ran.iter().map(|ran| (kind(self.program, ran.node), cause(self.program, &ran.event)));
        let mut handlings = events.map(|at| &self.found.handlings[&at]);
        self.found.rules[choice.rule].invisible && handlings.all(|handling| handling.invisible)
    }

    pub(crate) fn search(&self, reduce: bool) -> Option<Met> {
        let machine = &self.machine;
        let first = machine.initial().ok()?;
        let mut known = HashSet::from([machine.key(&first)]);
        let mut met = Met { answers: BTreeSet::new(), faults: false, worlds: 1, reduced: 0 };
        self.answer(&first, &mut met);
        let mut waiting = VecDeque::from([first]);
        while let Some(world) = waiting.pop_front() {
            if machine.expandable(&world) != Ok(true) {
                continue;
            }
            let choices = machine.choices(&world);
            met.faults |= !choices.faults.is_empty();
            let enabled = choices.enabled;
            let ample = self.ample(&world, &enabled).filter(|_| reduce);
            let mut fresh = |steps: &[Choice], met: &mut Met| {
                let before = known.len();
                for choice in steps {
                    match machine.fire(&world, choice) {
                        Fired::World(next) => {
                            if known.insert(machine.key(&next)) {
                                self.answer(&next, met);
                                waiting.push_back(next);
                            }
                        }
                        Fired::Fault(_) => met.faults = true,
                        Fired::TooManyPackets => {}
                    }
                }
                known.len() > before
            };
            match ample {
                Some(steps) if fresh(&steps, &mut met) => met.reduced += 1,
                _ => {
                    fresh(&enabled, &mut met);
                }
            }
            met.worlds = known.len();
            if met.worlds > WORLDS {
                return None;
            }
        }
        Some(met)
    }

    fn answer(&self, world: &World, met: &mut Met) {
        for (at, kind) in self.machine.properties().into_iter().enumerate() {
            let holds = self.machine.holds(PropertyId::from_u32(at as u32), world);
            let found = match kind {
                PropertyKind::Invariant => holds == Ok(false),
                PropertyKind::Reach => holds == Ok(true),
                _ => false,
            };
            met.faults |= holds.is_err();
            met.answers.extend(found.then_some(at));
        }
    }
}

#[test]
fn a_search_that_leaves_steps_out_answers_the_same() {
    let (mut compared, mut reduced, mut all, mut fewer) = (0, 0, 0, 0);
    let mut cases = repository();
    for network in ["async", "sync", "flaky"] {
        for invariant in [
            "forall h in Hub: h.heard < 3",
            "forall h in Hub: h.heard < 4",
            "forall h in Hub: h.order != [1, 0] && h.order != [2, 1, 0]",
            "forall s in Source, f in Friend: s.said == 1 ==> f.count == 0",
            "exists h in Hub: h.heard == 2 ==> exists f in Friend: f.count == 0",
            "forall f in Friend: f.count <= 1 && Hub[0].waited == 0",
        ] {
            cases.push(relay(3, network, "", invariant));
        }
    }
    cases.push(relay(2, "busy", "bound duplicate <= 1 per node", "forall h in Hub: h.heard < 4"));
    cases.push(relay(2, "crash", "bound crash <= 1\n bound duplicate <= 0", "forall h in Hub: h.heard < 2"));
    cases.push(chain());
    for case in cases {
        let search = Ample::new(&case.program);
        if !search.found.obstacles.is_empty() {
            continue;
        }
        let (Some(full), Some(part)) = (search.search(false), search.search(true)) else { continue };
        assert_eq!((&full.answers, full.faults), (&part.answers, part.faults), "{}", case.title);
        assert!(part.worlds <= full.worlds);
        compared += 1;
        reduced += usize::from(part.worlds < full.worlds);
        (all, fewer) = (all + full.worlds, fewer + part.worlds);
    }
    println!("{compared} checks compared, {reduced} with fewer worlds: {fewer} of {all}");
    assert!(compared >= 20 && reduced >= 5, "{compared} {reduced}");
}

/// Sources that each send to a friend, who tells a hub; who waits for long says so.
pub(crate) fn relay(sources: usize, network: &str, clauses: &str, invariant: &str) -> Case {
    one(&format!(
        "system Relay {{
           message Word | Echo(of: int)
           node Source[{sources}] {{
             input Say
             state said: int = 0
             on input Say {{
               said := said + 1
               send Word to Friend[self.index]
             }}
           }}
           node Friend[{sources}] {{
             state count: int = 0
             on message Word {{
               count := count + 1
               send Echo(self.index) to Hub[0]
             }}
           }}
           node Hub[1] {{
             state heard: int = 0
             state order: List<int> = []
             state waited: int = 0
             timer patience after 1ms..2ms
             on start {{ start patience }}
             on message Echo(of) {{
               heard := heard + 1
               order.push(of)
             }}
             on timeout patience {{ waited := waited + 1 }}
           }}
           invariant p: {invariant}
         }}
         check \"it\" Relay {{
           under {network}
           bound input <= 1 per node
           {clauses}
         }}"
    ))
}

/// A chain through which what is sent goes one way.
fn chain() -> Case {
    one("system Chain {
           message Pass(n: int)
           node Link[4] {
             input Begin
             state last: int = 0
             on input Begin { go(self.index) }
             on message Pass(n) { go(n) }
             proc go(n: int) {
               last := n
               if self.index < 3 { send Pass(n) to Link[self.index + 1] }
             }
           }
           invariant p: Link[3].last != 1
         }
         check \"it\" Chain {
           under sync
           bound input <= 1 per node
           violates p
         }")
}
