//! Networks with less to explore that show the same states of nodes.
//!
//! **Drops.** A rule that only takes a packet out of flight makes worlds that differ from others by having fewer
//! packets in flight. Let `w ⊑ v` where both have the same nodes, variables and history, and all packets of `w` are
//! in `v`. Where rules look at packets only to draw them, a firing that is possible in `w` is possible in `v` and
//! leads again to worlds `w' ⊑ v'`; and where it is a drop, `w' ⊑ v` without any firing. So for every world that can be
//! reached there is one, reached in no more steps and without drops, that has the same nodes, variables and history,
//! and more packets. An invariant that is violated in the first is violated in the second if it speaks of all packets
//! (that is, if more packets can only make it false), and a world that is to be reached is found if more packets can
//! only make it so. This needs a bag or a set: in a queue, a packet that is lost lets the next one through.
//!
//! **Duplicates.** Where any packet in flight can be copied as often as one likes, let `v` have everything that was
//! ever sent. The same argument holds with deliveries that leave the packet where it is, and the other way round every
//! such world stands for one that can be reached: copy each packet before it is taken out. So the bag becomes a set,
//! nothing is taken out of it, and copies and drops vanish. Here runs must not be counted in steps, as copies are steps.
//!
//! Neither holds of deadlocks, of a bound on packets, or where something counts packets. Faults are kept: a firing that
//! faults in `w` faults in `v`. A property that reads packets must not be able to fault, for with more packets
//! it may have its answer before it comes to the fault.
//!
//! *A crash and the reboot after it* are not made one step: nodes that are down are seen by invariants, with their
//! volatile state gone and before `on reboot` has run, so states of nodes would be lost.

use super::Why;
use super::facts::{Facts, each, facts};
use super::grows::{Change, Grows};
use crate::*;
use cranelift_entity::{EntityRef, SecondaryMap};
use smol_str::{SmolStr, format_smolstr};

/// What is to be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Collapse {
    /// Rules that only take a packet out of flight.
    Drops,
    /// Rules that only put a copy of a packet in flight, and with them the number of copies, and drops.
    Duplicates,
}

/// A program with less to explore. Rules, bounds and properties keep their positions; a rule that has vanished draws
/// from nothing.
#[derive(Clone, Debug)]
pub struct Collapsed {
    /// The program.
    pub program: Program,
    /// The rules that have vanished.
    pub vanished: Vec<RuleId>,
    /// How a run of the program is made a run of the one that it came from.
    pub replay: Replay,
}

/// How to replay a run of a collapsed program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replay {
    /// It is a run already.
    AsItIs,
    /// Before a firing of one of these rules, `copy` fires on what the binders at these positions drew.
    CopyFirst {
        /// The rule that copies a packet: its one binder.
        copy: RuleId,
        /// Rules that take packets out of flight, and the binders that draw these; twice what is taken twice.
        rules: Vec<(RuleId, Vec<usize>)>,
    },
}

/// Leaves out of a verified program what its answers do not depend on.
///
/// # Errors
/// Why it is not shown that they do not; empty where there is nothing to leave out.
pub fn collapse(program: &Program, which: Collapse) -> Result<Collapsed, Vec<Why>> {
    let facts = facts(program);
    let network = Rules::new(program, &facts);
    let copies = network.only(Only::Copies);
    let drops = network.only(Only::Drops);
    let (first, mut vanished) = match which {
        Collapse::Drops => (drops.first().copied(), drops),
        Collapse::Duplicates => (copies.first().copied(), [copies, drops].concat()),
    };
    let Some(first) = first else { return Err(Vec::new()) };
    vanished.sort();
    if program.network.packets == PacketStore::Fifo {
        let span = program.network.rules[first].span;
        return Err(vec![Why::new(span, "in a queue, a packet that is gone lets the next one through")]);
    }
    let mut reasons = Vec::new();
    network.others(&vanished, which, &mut reasons);
    network.questions(which, first, &mut reasons);
    for rule in &vanished {
        network.vanishing(*rule, which, *rule == first, &mut reasons);
    }
    if !reasons.is_empty() {
        return Err(reasons);
    }
    Ok(network.without(which, vanished, first))
}

/// What a rule only does with the one packet that it draws.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Only {
    Drops,
    Copies,
}

struct Rules<'a> {
    program: &'a Program,
    facts: &'a SecondaryMap<FuncId, Facts>,
}

impl<'a> Rules<'a> {
    fn new(program: &'a Program, facts: &'a SecondaryMap<FuncId, Facts>) -> Self {
        Self { program, facts }
    }

    fn rules(&self) -> &'a cranelift_entity::PrimaryMap<RuleId, Rule> {
        &self.program.network.rules
    }

    fn function(&self, func: FuncId) -> &'a Function {
        &self.program.functions[func]
    }

    /// Whether a binder is drawn from the packets in flight, all of them.
    fn draws_packets(&self, binder: &RuleBinder) -> bool {
        match self.function(binder.domain).body.stmts.as_slice() {
            [
                Stmt { kind: StmtKind::Assign(local, Rvalue::Packets | Rvalue::DistinctPackets), .. },
                Stmt { kind: StmtKind::Return(Some(Operand::Local(result))), .. },
            ] => local == result,
            _ => false,
        }
    }

    /// The rules that draw one packet, and do nothing but this with it.
    fn only(&self, what: Only) -> Vec<RuleId> {
        let does = |rule: &Rule| {
            let [binder] = rule.binders.as_slice() else { return false };
            let drawn = Operand::Local(LocalId::new(0));
            let (act, rest) = match self.function(rule.body).body.stmts.as_slice() {
                [act] => (act, None),
                [act, rest] => (act, Some(rest)),
                _ => return false,
            };
            let fits = match (&act.kind, what) {
                (StmtKind::RemovePacket(packet), Only::Drops) => *packet == drawn,
                (StmtKind::AddPacket(packet), Only::Copies) => *packet == drawn,
                _ => false,
            };
            let ends = rest.is_none_or(|rest| matches!(rest.kind, StmtKind::Return(None)));
            fits && ends && self.draws_packets(binder)
        };
        self.rules().iter().filter(|(_, rule)| does(rule)).map(|(id, _)| id).collect()
    }

    /// Rules that stay must not look at packets but to draw them.
    fn others(&self, vanished: &[RuleId], which: Collapse, reasons: &mut Vec<Why>) {
        for (_, rule) in self.rules().iter().filter(|(id, _)| !vanished.contains(id)) {
            for binder in rule.binders.iter().filter(|binder| !self.draws_packets(binder)) {
                self.blind(binder.domain, rule, reasons);
            }
            for func in rule.guard.into_iter().chain([rule.body]) {
                self.blind(func, rule, reasons);
            }
            if which == Collapse::Duplicates {
                self.takes_what_it_drew(rule, reasons);
            }
        }
    }

    fn blind(&self, func: FuncId, rule: &Rule, reasons: &mut Vec<Why>) {
        if let Some(span) = self.facts[func].packets {
            let text = format!("the rule `{}` sees here which packets are in flight", rule.name);
            reasons.push(Why::new(span, text));
        }
    }

    /// What a rule takes out of flight is what it drew: of that there can be a copy.
    fn takes_what_it_drew(&self, rule: &Rule, reasons: &mut Vec<Why>) {
        let body = self.function(rule.body);
        let drawn = |packet: &Operand| match packet {
            Operand::Local(local) => {
                rule.binders.get(local.index()).is_some_and(|binder| self.draws_packets(binder))
            }
            Operand::Const(_) => false,
        };
        each(&body.body, &mut |stmt| {
            let assigned = stmt.assigns().is_some_and(|local| local.index() < body.params);
            let other = match &stmt.kind {
                StmtKind::RemovePacket(packet) => !drawn(packet),
                StmtKind::For { body, .. } => {
                    let mut takes = false;
                    each(body, &mut |stmt| takes |= matches!(stmt.kind, StmtKind::RemovePacket(_)));
                    takes
                }
                StmtKind::Call(callee, _) | StmtKind::Assign(_, Rvalue::Call(callee, _)) => {
                    self.function(*callee).context == Context::Rule
                }
                _ => false,
            };
            if assigned || other {
                let text =
                    format!("the rule `{}` may take other packets out of flight than it drew", rule.name);
                reasons.push(Why::new(stmt.span, text));
            }
        });
    }

    /// What is asked must not tell that packets are more.
    fn questions(&self, which: Collapse, rule: RuleId, reasons: &mut Vec<Why>) {
        let (program, rule) = (self.program, &self.rules()[rule]);
        let mut refuse = |span: Span, text: String| reasons.push(Why::new(span, text));
        if program.packets_max.is_some() {
            refuse(rule.span, format!("`bound packets` counts what `{}` changes", rule.name));
        }
        if program.depth_max.is_some() && which == Collapse::Duplicates {
            refuse(rule.span, format!("`bound depth` counts the firings of `{}`", rule.name));
        }
        if let Some(span) = program.constraint.and_then(|constraint| self.facts[constraint].packets) {
            refuse(span, "the constraint reads the packets in flight".into());
        }
        for watcher in program.watchers.values() {
            if let WatcherKind::Monitor(Monitor { on_step: Some(func), .. }) = &watcher.kind {
                let text = format!("`{}` is told of the steps of `{}`", watcher.name, rule.name);
                refuse(program.functions[*func].span, text);
            }
            if let Some(span) = watcher.functions().find_map(|func| self.facts[func].packets) {
                refuse(span, format!("`{}` reads the packets in flight", watcher.name));
            }
        }
        let mut grows = Grows::new(program);
        for property in program.properties.values() {
            let harmless = match property.kind {
                PropertyKind::NoFault => continue,
                PropertyKind::NoDeadlock => {
                    let text =
                        format!("`{}` asks whether a rule such as `{}` can fire", property.name, rule.name);
                    refuse(property.span, text);
                    continue;
                }
                PropertyKind::LeadsTo | PropertyKind::Eventually => {
                    refuse(property.span, format!("`{}` is of runs, which need every step", property.name));
                    continue;
                }
                PropertyKind::Invariant => Change::Down,
                PropertyKind::Reach => Change::Up,
            };
            for part in &property.parts {
                let Some(span) = self.facts[part.func].packets else { continue };
                if ![Change::None, harmless].contains(&grows.result(part.func)) {
                    let all = if harmless == Change::Down { "all packets" } else { "some packet" };
                    refuse(
                        span,
                        format!(
                            "`{}` reads the packets otherwise than to say something of {all}",
                            property.name
                        ),
                    );
                } else if let Some(span) = self.facts[part.func].fault {
                    refuse(span, format!("`{}` reads the packets and may fault here", property.name));
                }
            }
        }
    }

    /// Whether a rule may be left out.
    fn vanishing(&self, id: RuleId, which: Collapse, first: bool, reasons: &mut Vec<Why>) {
        let rule = &self.rules()[id];
        if let Some(span) = rule.guard.and_then(|guard| self.facts[guard].fault) {
            reasons.push(Why::new(span, format!("the guard of `{}` may fault here", rule.name)));
        }
        if which == Collapse::Drops || !first {
            return;
        }
        if self.program.network.packets == PacketStore::Set {
            reasons.push(Why::new(rule.span, "in a set, a copy adds nothing, and what is taken out is gone"));
        }
        if let Some(guard) = rule.guard {
            let text = format!("`{}` cannot fire on every packet", rule.name);
            reasons.push(Why::new(self.function(guard).span, text));
        }
        for bound in self.program.bounds.iter().filter(|bound| bound.rule == id) {
            reasons.push(Why::new(bound.span, format!("`{}` is bounded", rule.name)));
        }
    }

    /// The program without these rules.
    fn without(&self, which: Collapse, vanished: Vec<RuleId>, copy: RuleId) -> Collapsed {
        let mut program = self.program.clone();
        let nothing = draws_nothing(&mut program);
        for rule in &vanished {
            program.network.rules[*rule].binders[0].domain = nothing;
        }
        let mut replay = Replay::AsItIs;
        if which == Collapse::Duplicates {
            let mut rules = Vec::new();
            program.network.packets = PacketStore::Set;
            for id in self.rules().keys().filter(|id| !vanished.contains(id)) {
                let taken = self.keep_packets(id, &mut program);
                if !taken.is_empty() {
                    rules.push((id, taken));
                }
            }
            replay = Replay::CopyFirst { copy, rules };
        }
        Collapsed { program, vanished, replay }
    }

    /// Lets a rule leave packets where they are; the binders that draw what it took.
    fn keep_packets(&self, id: RuleId, program: &mut Program) -> Vec<usize> {
        let mut function = self.function(self.rules()[id].body).clone();
        let mut taken = Vec::new();
        let mut blocks = vec![&mut function.body];
        while let Some(block) = blocks.pop() {
            block.stmts.retain(|stmt| match stmt.kind {
                StmtKind::RemovePacket(Operand::Local(local)) => {
                    taken.push(local.index());
                    false
                }
                _ => true,
            });
            for stmt in &mut block.stmts {
                match &mut stmt.kind {
                    StmtKind::If(_, then, other) => blocks.extend([then, other]),
                    StmtKind::For { body, .. } | StmtKind::Scope(_, body) => blocks.push(body),
                    _ => {}
                }
            }
        }
        taken.sort_unstable();
        if !taken.is_empty() {
            function.name = unused(program, &format!("{} kept", function.name));
            program.network.rules[id].body = program.functions.push(function);
        }
        taken
    }
}

/// A domain of packets without any.
fn draws_nothing(program: &mut Program) -> FuncId {
    let ty = program.types.intern(Ty::List(program.special.packet));
    let name = unused(program, "nothing");
    let mut body = FunctionBuilder::new(&name, Context::Pure, &[], Some(ty), Span::default());
    let none = program.constant(ty, Value::list(Vec::new()));
    body.ret(none);
    body.finish(program)
}

/// A name that no function has yet.
fn unused(program: &Program, name: &str) -> SmolStr {
    let taken = |name: &str| program.functions.values().any(|function| function.name == name);
    let mut found = SmolStr::new(name);
    let mut count = 1;
    while taken(&found) {
        count += 1;
        found = format_smolstr!("{name}#{count}");
    }
    found
}
