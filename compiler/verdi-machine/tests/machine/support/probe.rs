//! A system that shows what happens to a node: it counts.

use super::{Sketch, sketch::span};
use verdi_core::*;

/// The fields of a probe, by their positions.
pub(crate) const VOLATILE: u32 = 0;
pub(crate) const DURABLE: u32 = 1;
pub(crate) const GHOST: u32 = 2;

/// Its timers: one `every`, one `after`.
pub(crate) const TICK: u32 = 0;
pub(crate) const ONCE: u32 = 1;

/// Two probes. `Go` sends `Ping(1)` and `Ping(2)` to the other, and outputs `Done`; a message adds its number to
/// each field, a timer 10 to each; start arms `ONCE`, and reboot adds 100 to each.
pub(crate) fn probe() -> Sketch {
    let mut sketch = Sketch::new("Probe");
    let special = sketch.program.special;
    let int = special.int;
    sketch.ctors(special.message, &[("Ping", &[("n", int)])]);
    sketch.ctors(special.input, &[("Go", &[])]);
    sketch.ctors(special.output, &[("Done", &[])]);
    let kind = sketch.kind("P", Some(2), &[Value::unit(0)]);
    let context = Context::Node(kind);
    for (name, durability) in
        [("volatile", Durability::Volatile), ("durable", Durability::Durable), ("ghost", Durability::Ghost)]
    {
        sketch.field(kind, name, int, durability, Value::Int(0));
    }
    sketch.timer(kind, "tick", true);
    let once = sketch.timer(kind, "once", false);
    let add = add_to_all(&mut sketch, kind);
    let on_start = sketch.function("P.start", context, &[], Some(int), |p, f| {
        f.stmt(StmtKind::StartTimer(once));
        f.ret(p.int(4));
    });
    let on_reboot = sketch.function("P.reboot", context, &[], Some(int), |p, f| {
        f.stmt(StmtKind::Call(add, vec![p.int(100)]));
        f.ret(p.int(3));
    });
    let params = [("timer", special.timer)];
    let on_timeout = sketch.function("P.timeout", context, &params, Some(int), |p, f| {
        f.stmt(StmtKind::Call(add, vec![p.int(10)]));
        f.ret(p.int(2));
    });
    let params = [("from", special.node), ("message", special.message)];
    let on_message = sketch.function("P.message", context, &params, Some(int), |p, f| {
        let n = f.temp(int, Rvalue::Get(f.param(1), 0, 0));
        f.stmt(StmtKind::Call(add, vec![n]));
        f.ret(p.int(1));
    });
    let on_input = on_input(&mut sketch, kind);
    let handlers = ["on input Go", "on message Ping(n)", "on timeout", "on reboot", "on start"];
    let info = &mut sketch.program.kinds[kind];
    info.handlers = handlers.iter().map(|name| Handler { name: (*name).into(), span: span() }).collect();
    (info.on_start, info.on_reboot, info.on_timeout) = (Some(on_start), Some(on_reboot), Some(on_timeout));
    (info.on_message, info.on_input) = (Some(on_message), Some(on_input));
    sketch
}

fn on_input(sketch: &mut Sketch, kind: KindId) -> FuncId {
    let special = sketch.program.special;
    let nodes = sketch.nodes(None);
    let params = [("caller", special.caller), ("input", special.input)];
    sketch.function("P.input", Context::Node(kind), &params, Some(special.int), |p, f| {
        let me = f.temp(special.node, Rvalue::SelfNode);
        f.each("peer", special.node, nodes, |f, _, peer| {
            let other = f.op(special.bool, Op::Ne, &[peer, me]);
            f.when(other, |f| {
                for n in [1, 2] {
                    let body = p.constant(special.message, Value::data(0, vec![Value::Int(n)]));
                    f.stmt(StmtKind::Send { to: peer, body });
                }
            });
        });
        let body = p.constant(special.output, Value::unit(0));
        f.stmt(StmtKind::Output { to: None, body });
        f.ret(p.int(0));
    })
}

/// A procedure that adds a number to each field.
fn add_to_all(sketch: &mut Sketch, kind: KindId) -> FuncId {
    let int = sketch.program.special.int;
    sketch.function("P.add", Context::Node(kind), &[("n", int)], None, |_, f| {
        for field in [VOLATILE, DURABLE, GHOST].map(FieldId::from_u32) {
            let before = f.temp(int, Rvalue::Field(field));
            let after = f.op(int, Op::Add, &[before, f.param(0)]);
            f.stmt(StmtKind::StoreField(field, after));
        }
    })
}
