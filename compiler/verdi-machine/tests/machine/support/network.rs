//! The rules of the library's networks.

use super::sketch::{Sketch, span};
use verdi_core::*;

/// Adds a network with these of the library's rules.
pub(crate) fn network(sketch: &mut Sketch, packets: PacketStore, rules: &[&str]) {
    sketch.program.network.packets = packets;
    let special = sketch.program.special;
    for name in rules {
        match *name {
            "input" => at_node(sketch, name, special.invocation, Rvalue::Inputs, |invocation, at| {
                Fire::Input { invocation, at }
            }),
            "timeout" => {
                at_node(sketch, name, special.timer, Rvalue::Timers, |timer, at| Fire::Timeout { timer, at });
            }
            "deliver" => on_packet(sketch, name, |f, packet| {
                f.stmt(StmtKind::RemovePacket(packet));
                f.stmt(StmtKind::Fire(Fire::Deliver(packet)));
            }),
            "drop" => on_packet(sketch, name, |f, packet| f.stmt(StmtKind::RemovePacket(packet))),
            "duplicate" => on_packet(sketch, name, |f, packet| f.stmt(StmtKind::AddPacket(packet))),
            "crash" => crash(sketch),
            other => panic!("no rule {other}"),
        }
    }
}

fn rule(
    sketch: &mut Sketch,
    name: &str,
    binders: &[(&str, TyId, FuncId)],
    acts_on: Option<ActsOn>,
    body: FuncId,
) {
    let binders = binders.iter().map(|(name, ty, domain)| RuleBinder {
        name: (*name).into(),
        ty: *ty,
        domain: *domain,
    });
    sketch.program.network.rules.push(Rule {
        name: name.into(),
        span: span(),
        fairness: Fairness::Weak,
        binders: binders.collect(),
        guard: None,
        body,
        acts_on,
    });
}

fn all_nodes(sketch: &mut Sketch, name: &str) -> FuncId {
    let nodes = sketch.nodes(None);
    let node = sketch.program.special.node;
    let ty = sketch.list(node);
    sketch.function(&format!("{name}.n"), Context::World, &[], Some(ty), |_, f| f.ret(nodes))
}

/// A rule that draws a node and something that the node has a list of.
fn at_node(
    sketch: &mut Sketch,
    name: &str,
    item: TyId,
    of: fn(Operand) -> Rvalue,
    fire: fn(Operand, Operand) -> Fire,
) {
    let node = sketch.program.special.node;
    let items = sketch.list(item);
    let nodes = all_nodes(sketch, name);
    let domain =
        sketch.function(&format!("{name}.i"), Context::World, &[("n", node)], Some(items), |_, f| {
            let list = f.temp(items, of(f.param(0)));
            f.ret(list);
        });
    let body = sketch.function(name, Context::Rule, &[("n", node), ("i", item)], None, |_, f| {
        f.stmt(StmtKind::Fire(fire(f.param(1), f.param(0))));
    });
    rule(sketch, name, &[("n", node, nodes), ("i", item, domain)], Some(ActsOn::Node(0)), body);
}

fn on_packet(sketch: &mut Sketch, name: &str, write: impl FnOnce(&mut FunctionBuilder, Operand)) {
    let packet = sketch.program.special.packet;
    let packets = sketch.list(packet);
    let from = match sketch.program.network.packets {
        PacketStore::Fifo => Rvalue::Heads,
        PacketStore::Bag | PacketStore::Set => Rvalue::DistinctPackets,
    };
    let domain = sketch.function(&format!("{name}.p"), Context::World, &[], Some(packets), |_, f| {
        let list = f.temp(packets, from);
        f.ret(list);
    });
    let body = sketch.function(name, Context::Rule, &[("p", packet)], None, |_, f| write(f, f.param(0)));
    rule(sketch, name, &[("p", packet, domain)], Some(ActsOn::PacketDst(0)), body);
}

/// `var down`, `crash`, `reboot`, and the restriction of whatever else is there.
fn crash(sketch: &mut Sketch) {
    let special = sketch.program.special;
    let (node, bool) = (special.node, special.bool);
    let set = sketch.program.types.intern(Ty::Set(node));
    let init = sketch.always("down", Context::Pure, set, Value::set(Vec::new()));
    let down = sketch.program.network.vars.push(Var { name: "down".into(), ty: set, init });
    let up = sketch.function("up", Context::World, &[("n", node)], Some(bool), |_, f| {
        let down = f.temp(set, Rvalue::Var(down));
        let is_down = f.op(bool, Op::SetContains, &[down, f.param(0)]);
        let is_up = f.op(bool, Op::Not, &[is_down]);
        f.ret(is_up);
    });
    restrict(sketch, up);
    let nodes = all_nodes(sketch, "crash");
    let body = change(sketch, "crash", set, down, Op::SetInsert, Fire::Crash);
    rule(sketch, "crash", &[("n", node, nodes)], Some(ActsOn::Node(0)), body);
    let crash = super::rule(&sketch.program, "crash");
    sketch.program.network.rules[crash].guard = Some(up);
    let list = sketch.list(node);
    let domain = sketch.function("reboot.n", Context::World, &[], Some(list), |_, f| {
        let down = f.temp(set, Rvalue::Var(down));
        let down = f.op(list, Op::SetToList, &[down]);
        f.ret(down);
    });
    let body = change(sketch, "reboot", set, down, Op::SetRemove, Fire::Reboot);
    rule(sketch, "reboot", &[("n", node, domain)], Some(ActsOn::Node(0)), body);
}

/// `deliver`, `input` and `timeout` need the node they act on to be up.
fn restrict(sketch: &mut Sketch, up: FuncId) {
    let special = sketch.program.special;
    let (node, bool) = (special.node, special.bool);
    for name in ["input", "deliver", "timeout"] {
        let Some(id) = sketch.program.network.rules.iter().find(|(_, r)| r.name == name).map(|(id, _)| id)
        else {
            continue;
        };
        let params: Vec<_> = sketch.program.network.rules[id].binders.iter().map(|b| ("x", b.ty)).collect();
        let guard = sketch.function(&format!("{name}.when"), Context::World, &params, Some(bool), |_, f| {
            let at = if name == "deliver" { f.temp(node, Rvalue::Get(f.param(0), 0, 1)) } else { f.param(0) };
            let is_up = f.temp(bool, Rvalue::Call(up, vec![at]));
            f.ret(is_up);
        });
        sketch.program.network.rules[id].guard = Some(guard);
    }
}

fn change(
    sketch: &mut Sketch,
    name: &str,
    set: TyId,
    down: VarId,
    op: Op,
    fire: fn(Operand) -> Fire,
) -> FuncId {
    let node = sketch.program.special.node;
    sketch.function(name, Context::Rule, &[("n", node)], None, |_, f| {
        let before = f.temp(set, Rvalue::Var(down));
        let after = f.op(set, op, &[before, f.param(0)]);
        f.stmt(StmtKind::StoreVar(down, after));
        f.stmt(StmtKind::Fire(fire(f.param(0))));
    })
}
