//! What the rules of a network do besides causing an event.

use super::Seen;
use crate::reduce::Why;
use crate::reduce::facts::{Facts, each};
use crate::*;
use cranelift_entity::{EntityRef, PrimaryMap, SecondaryMap};
use std::collections::BTreeSet;

/// What a rule does at the node that it acts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// It gives the node an input.
    Input,
    /// It delivers a packet to the node.
    Deliver,
    /// It fires a timer of the node.
    Timeout,
    /// It crashes the node.
    Crash,
    /// It reboots the node.
    Reboot,
    /// It moves packets to the node, and nothing happens there.
    Move,
    /// It changes variables, and nothing happens at any node.
    Nowhere,
}

/// What a rule reads and does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleUse {
    /// What it does.
    pub act: Act,
    /// Where: the binder that is the node, or a packet to it. `None` where nothing happens at any node, or where it
    /// cannot be told (then it is among the obstacles).
    pub at: Option<ActsOn>,
    /// The network's variables that its domains, guard and body read.
    pub reads: BTreeSet<VarId>,
    /// The network's variables that its body may write.
    pub writes: BTreeSet<VarId>,
    /// Whether a bound on it counts the firings at all nodes together.
    pub shares_bound: bool,
    /// Whether a variable may come to allow what it does not allow now.
    pub guarded: bool,
    /// Whether no property can see what it does besides the event.
    pub invisible: bool,
    /// Why its steps at different nodes are not independent, if they are not.
    obstacle: Option<Why>,
}

/// What a rule reads and does.
pub(super) fn used(
    program: &Program,
    facts: &SecondaryMap<FuncId, Facts>,
    seen: &Seen,
    id: RuleId,
) -> RuleUse {
    let rule = &program.network.rules[id];
    let functions = rule.binders.iter().map(|binder| binder.domain).chain(rule.guard).chain([rule.body]);
    let reads: BTreeSet<VarId> = functions.clone().flat_map(|func| facts[func].vars.clone()).collect();
    let looks = rule.binders.iter().map(|binder| binder.domain).chain(rule.guard);
    let guarded = looks.clone().any(|func| !facts[func].vars.is_empty());
    let mut body = Body::new(program, rule);
    body.look();
    let (act, at) = match (body.acts.as_slice(), body.moved.as_slice()) {
        ([(act, at)], _) => (*act, *at),
        ([], [at, ..]) => (Act::Move, *at),
        ([], []) => (Act::Nowhere, None),
        _ => (Act::Nowhere, None),
    };
    let one_place = body.moved.iter().all(|moved| *moved == at) && body.acts.len() <= 1;
    let why = |span: Span, text: &str| Some(Why::new(span, format!("the rule `{}` {text}", rule.name)));
    let obstacle = if let Some(span) = body.odd {
        why(span, "puts a packet in flight that it has not drawn")
    } else if (act != Act::Nowhere && at.is_none()) || !one_place {
        why(rule.span, "does not act on one node that it draws")
    } else if let Some(span) = body.out_of_order(program.network.packets) {
        why(span, "moves packets so that the order of steps counts")
    } else {
        let span = looks.chain([rule.body]).find_map(|func| reads_more(program, facts, rule, func, at));
        span.and_then(|span| why(span, "sees more of the world than its node"))
    };
    let bounds = program.bounds.iter().filter(|bound| bound.rule == id);
    RuleUse {
        act,
        at,
        reads,
        shares_bound: bounds.clone().any(|bound| !bound.per_node || rule.acts_on != at),
        guarded,
        invisible: !seen.steps
            && body.writes.is_disjoint(&seen.vars)
            && (body.moved.is_empty() || !seen.packets),
        writes: body.writes,
        obstacle,
    }
}

/// Why steps of rules at different nodes are not independent.
pub(super) fn obstacles(program: &Program, rules: &PrimaryMap<RuleId, RuleUse>) -> Vec<Why> {
    let never = |id: RuleId| program.bounds.iter().any(|bound| bound.rule == id && bound.limit == 0);
    rules.iter().filter(|(id, _)| !never(*id)).filter_map(|(_, rule)| rule.obstacle.clone()).collect()
}

/// Where a function of a rule reads what the firing does not have at hand: packets that are not drawn, the state of
/// nodes.
fn reads_more(
    program: &Program,
    facts: &SecondaryMap<FuncId, Facts>,
    rule: &Rule,
    func: FuncId,
    at: Option<ActsOn>,
) -> Option<Span> {
    let facts = &facts[func];
    let function = &program.functions[func];
    let drawn = |operand: &Operand| match operand {
        Operand::Local(local) => local.index() < function.params && Some(ActsOn::Node(local.index())) == at,
        Operand::Const(_) => false,
    };
    // The packets as a domain, and the timers of the node that was drawn.
    let allowed = match function.body.stmts.as_slice() {
        [
            Stmt { kind: StmtKind::Assign(local, value), .. },
            Stmt { kind: StmtKind::Return(Some(Operand::Local(result))), .. },
        ] if local == result => match value {
            Rvalue::Packets | Rvalue::DistinctPackets | Rvalue::Heads => true,
            Rvalue::Timers(node) => drawn(node),
            _ => false,
        },
        _ => false,
    };
    if allowed && rule.binders.iter().any(|binder| binder.domain == func) {
        return None;
    }
    facts.packets.or(facts.timers).or(facts.fields.values().next().copied()).or(facts.trace)
}

/// The body of a rule, as it is looked through.
struct Body<'a> {
    program: &'a Program,
    rule: &'a Rule,
    acts: Vec<(Act, Option<ActsOn>)>,
    writes: BTreeSet<VarId>,
    /// Where packets are moved to.
    moved: Vec<Option<ActsOn>>,
    /// Where a packet is put in flight, and where one is taken out.
    adds: Option<Span>,
    takes: Option<Span>,
    /// Where a packet of its own making is put in flight.
    odd: Option<Span>,
}

impl<'a> Body<'a> {
    fn new(program: &'a Program, rule: &'a Rule) -> Self {
        let (acts, writes, moved) = (Vec::new(), BTreeSet::new(), Vec::new());
        Self { program, rule, acts, writes, moved, adds: None, takes: None, odd: None }
    }

    /// What does not commute with sending: taking out of a set what may be sent again, and joining a queue that
    /// its sender adds to.
    fn out_of_order(&self, packets: PacketStore) -> Option<Span> {
        match packets {
            PacketStore::Bag => None,
            PacketStore::Set => self.takes,
            PacketStore::Fifo => self.adds,
        }
    }

    fn look(&mut self) {
        let mut todo = vec![(self.rule.body, true)];
        let mut seen = BTreeSet::new();
        while let Some((func, own)) = todo.pop() {
            if !seen.insert(func.as_u32()) {
                continue;
            }
            let function = &self.program.functions[func];
            let mut kept: BTreeSet<usize> =
                if own { (0..function.params).collect() } else { BTreeSet::new() };
            each(&function.body, &mut |stmt| {
                kept.retain(|local| stmt.assigns() != Some(LocalId::new(*local)));
            });
            each(&function.body, &mut |stmt| {
                todo.extend(stmt.callee().map(|callee| (callee, false)));
                self.stmt(&kept, stmt);
            });
        }
    }

    fn stmt(&mut self, kept: &BTreeSet<usize>, stmt: &Stmt) {
        let binder = |operand: &Operand| match operand {
            Operand::Local(local) if kept.contains(&local.index()) => Some(local.index()),
            _ => None,
        };
        let node = |operand: &Operand| binder(operand).map(ActsOn::Node);
        let to = |operand: &Operand| binder(operand).map(ActsOn::PacketDst);
        match &stmt.kind {
            StmtKind::StoreVar(var, _) => {
                self.writes.insert(*var);
            }
            StmtKind::AddPacket(packet) => {
                self.moved.push(to(packet));
                self.adds = self.adds.or(Some(stmt.span));
                self.odd = self.odd.or(binder(packet).is_none().then_some(stmt.span));
            }
            StmtKind::RemovePacket(packet) => {
                self.moved.push(to(packet));
                self.takes = self.takes.or(Some(stmt.span));
            }
            StmtKind::Fire(fire) => self.acts.push(match fire {
                Fire::Input { at, .. } => (Act::Input, node(at)),
                Fire::Deliver(packet) => (Act::Deliver, to(packet)),
                Fire::Timeout { at, .. } => (Act::Timeout, node(at)),
                Fire::Crash(at) => (Act::Crash, node(at)),
                Fire::Reboot(at) => (Act::Reboot, node(at)),
            }),
            _ => {}
        }
    }
}
