//! The lock server of the language's reference.

use super::Sketch;
use verdi_core::*;

pub(crate) const LOCK: u32 = 0;
pub(crate) const UNLOCK: u32 = 1;
pub(crate) const LOCKED: u32 = 2;
pub(crate) const ACQUIRE: u32 = 0;
pub(crate) const RELEASE: u32 = 1;

/// Where the server is among the nodes.
pub(crate) const SERVER: u32 = 0;

/// The system, without a network: a server, then clients. Each client acquires at most `times`, if that is said.
pub(crate) fn lock_server(clients: u32, times: Option<i64>) -> Sketch {
    let mut sketch = Sketch::new("LockServ");
    let special = sketch.program.special;
    sketch.ctors(special.message, &[("Lock", &[]), ("Unlock", &[]), ("Locked", &[])]);
    sketch.ctors(special.input, &[("Acquire", &[]), ("Release", &[])]);
    sketch.ctors(special.output, &[("Acquired", &[])]);
    server(&mut sketch);
    let (client, held) = client(&mut sketch, clients, times);
    mutual_exclusion(&mut sketch, client, held);
    sketch
}

fn server(sketch: &mut Sketch) {
    let special = sketch.program.special;
    let queue_ty = sketch.list(special.node);
    let option = sketch.program.types.add_data(Data {
        name: "Option<Node>".into(),
        style: DataStyle::Named,
        ctors: vec![Ctor::new("None", &[]), Ctor::new("Some", &[("", special.node)])],
    });
    let option = sketch.program.types.intern(Ty::Data(option));
    let kind = sketch.kind("Server", None, &[]);
    let queue = sketch.field(kind, "queue", queue_ty, Durability::Volatile, Value::list(Vec::new()));
    let params = [("from", special.node), ("message", special.message)];
    let on_message =
        sketch.function("Server.message", Context::Node(kind), &params, Some(special.int), |p, f| {
            let (from, message) = (f.param(0), f.param(1));
            let locked = p.constant(special.message, Value::unit(LOCKED));
            let is_lock = f.temp(special.bool, Rvalue::Is(message, LOCK));
            f.when(is_lock, |f| {
                let before = f.temp(queue_ty, Rvalue::Field(queue));
                let empty = f.op(special.bool, Op::ListIsEmpty, &[before]);
                f.when(empty, |f| f.stmt(StmtKind::Send { to: from, body: locked }));
                let after = f.op(queue_ty, Op::ListPush, &[before, from]);
                f.stmt(StmtKind::StoreField(queue, after));
                f.ret(p.int(0));
            });
            let is_unlock = f.temp(special.bool, Rvalue::Is(message, UNLOCK));
            f.when(is_unlock, |f| {
                let before = f.temp(queue_ty, Rvalue::Field(queue));
                let after = f.op(queue_ty, Op::ListPopFront, &[before]);
                f.stmt(StmtKind::StoreField(queue, after));
                let first = f.op(option, Op::ListFirst, &[after]);
                let some = f.temp(special.bool, Rvalue::Is(first, 1));
                f.when(some, |f| {
                    let next = f.temp(special.node, Rvalue::Get(first, 1, 0));
                    f.stmt(StmtKind::Send { to: next, body: locked });
                });
                f.ret(p.int(1));
            });
            f.ret(p.int(-1));
        });
    sketch.program.kinds[kind].on_message = Some(on_message);
}

fn client(sketch: &mut Sketch, clients: u32, times: Option<i64>) -> (KindId, FieldId) {
    let special = sketch.program.special;
    let kind = sketch.kind("Client", Some(clients), &[Value::unit(ACQUIRE), Value::unit(RELEASE)]);
    let held = sketch.field(kind, "held", special.bool, Durability::Volatile, Value::Bool(false));
    let left = times.map(|n| sketch.field(kind, "left", special.int, Durability::Volatile, Value::Int(n)));
    let params = [("caller", special.caller), ("input", special.input)];
    let on_input =
        sketch.function("Client.input", Context::Node(kind), &params, Some(special.int), |p, f| {
            let server = p.constant(special.node, Value::Node(SERVER));
            let acquire = f.temp(special.bool, Rvalue::Is(f.param(1), ACQUIRE));
            f.when(acquire, |f| {
                if let Some(left) = left {
                    let before = f.temp(special.int, Rvalue::Field(left));
                    let more = f.op(special.bool, Op::Gt, &[before, p.int(0)]);
                    f.branch(more, |_| {}, |f| f.ret(p.int(-1)));
                    let after = f.op(special.int, Op::Sub, &[before, p.int(1)]);
                    f.stmt(StmtKind::StoreField(left, after));
                }
                let body = p.constant(special.message, Value::unit(LOCK));
                f.stmt(StmtKind::Send { to: server, body });
                f.ret(p.int(0));
            });
            let holds = f.temp(special.bool, Rvalue::Field(held));
            f.when(holds, |f| {
                let body = p.constant(special.message, Value::unit(UNLOCK));
                f.stmt(StmtKind::StoreField(held, p.bool(false)));
                f.stmt(StmtKind::Send { to: server, body });
                f.ret(p.int(1));
            });
            f.ret(p.int(-1));
        });
    let params = [("from", special.node), ("message", special.message)];
    let on_message =
        sketch.function("Client.message", Context::Node(kind), &params, Some(special.int), |p, f| {
            let locked = f.temp(special.bool, Rvalue::Is(f.param(1), LOCKED));
            f.when(locked, |f| {
                let body = p.constant(special.output, Value::unit(0));
                f.stmt(StmtKind::StoreField(held, p.bool(true)));
                f.stmt(StmtKind::Output { to: None, body });
                f.ret(p.int(2));
            });
            f.ret(p.int(-1));
        });
    let info = &mut sketch.program.kinds[kind];
    (info.on_input, info.on_message) = (Some(on_input), Some(on_message));
    (kind, held)
}

/// `forall a in Client, b in Client: a.held && b.held ==> a == b`.
fn mutual_exclusion(sketch: &mut Sketch, client: KindId, held: FieldId) {
    let special = sketch.program.special;
    let clients = sketch.nodes(Some(client));
    let part = sketch.function("mutual_exclusion", Context::World, &[], Some(special.bool), |p, f| {
        let no = p.bool(false);
        f.each("a", special.node, clients, |f, _, a| {
            f.each("b", special.node, clients, |f, _, b| {
                let both = [a, b].map(|n| f.temp(special.bool, Rvalue::NodeField(n, client, held)));
                let differ = f.op(special.bool, Op::Ne, &[a, b]);
                f.when(both[0], |f| f.when(both[1], |f| f.when(differ, |f| f.ret(no))));
            });
        });
        f.ret(p.bool(true));
    });
    sketch.property("mutual_exclusion", PropertyKind::Invariant, &[part]);
}
