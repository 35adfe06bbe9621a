//! What is known of functions that were not run.

use crate::support::Sketch;
use std::collections::BTreeSet;
use verdi_core::{
    Context, Durability, FieldId, Fire, FuncId, FunctionBuilder, KindId, Operand, Program, Rvalue, StmtKind,
    Ty, TyId, Value,
};
use verdi_machine::{Footprint, Part, Whose};

/// A server (node 0) and three clients (nodes 1 to 3), each with two fields: a number and a node.
struct House {
    sketch: Sketch,
    kinds: [KindId; 2],
    int: TyId,
    node: TyId,
}

fn number() -> FieldId {
    FieldId::from_u32(0)
}

fn friend() -> FieldId {
    FieldId::from_u32(1)
}

fn house() -> House {
    let mut sketch = Sketch::new("house");
    let (int, node) = (sketch.program.special.int, sketch.program.special.node);
    let kinds = [("Server", None), ("Client", Some(3))].map(|(name, count)| sketch.kind(name, count, &[]));
    for kind in kinds {
        sketch.field(kind, "number", int, Durability::Volatile, Value::Int(0));
        sketch.field(kind, "friend", node, Durability::Volatile, Value::Node(0));
    }
    House { sketch, kinds, int, node }
}

impl House {
    /// A function that gives an int.
    fn world(
        &mut self,
        name: &str,
        params: &[(&str, TyId)],
        write: impl FnOnce(&mut Program, &mut FunctionBuilder),
    ) -> FuncId {
        self.sketch.function(name, Context::World, params, Some(self.int), |program, f| {
            write(program, f);
            let zero = program.int(0);
            f.ret(zero);
        })
    }

    fn footprint(&self, func: FuncId) -> Footprint {
        Footprint::of(&self.sketch.program, func)
    }

    /// A constant list of nodes.
    fn nodes(&mut self, nodes: &[u32]) -> Operand {
        let list = self.sketch.program.types.intern(Ty::List(self.node));
        let nodes = nodes.iter().map(|node| Value::Node(*node)).collect();
        self.sketch.program.constant(list, Value::list(nodes))
    }
}

/// The numbers of these nodes, which are of this kind.
fn numbers(kind: KindId, nodes: &[u32]) -> BTreeSet<(Whose, Part)> {
    nodes.iter().map(|node| (Whose::Node(*node), Part::Field(kind, number()))).collect()
}

#[test]
fn a_loop_over_constant_nodes_reads_those() {
    let mut house = house();
    let ([_, client], int, node) = (house.kinds, house.int, house.node);
    let some = house.nodes(&[1, 3]);
    let func = house.world("some", &[], |_, f| {
        let copy = f.local("d", node);
        f.each("c", node, some, |f, _, element| {
            f.assign(copy, Rvalue::Use(element));
            f.temp(int, Rvalue::NodeField(Operand::Local(copy), client, number()));
        });
    });
    let found = house.footprint(func);
    assert_eq!(found, Footprint { states: numbers(client, &[1, 3]), ..Footprint::default() });
    assert!(!found.reads_vars_only());
}

#[test]
fn a_node_out_of_a_state_may_be_any_of_its_kind() {
    let mut house = house();
    let ([server, client], int, node) = (house.kinds, house.int, house.node);
    let first = house.sketch.program.constant(node, Value::Node(0));
    let func = house.world("friend", &[], |_, f| {
        let friend = f.temp(node, Rvalue::NodeField(first, server, friend()));
        f.temp(int, Rvalue::NodeField(friend, client, number()));
    });
    let mut states = numbers(client, &[1, 2, 3]);
    states.insert((Whose::Node(0), Part::Field(server, friend())));
    assert_eq!(house.footprint(func), Footprint { states, ..Footprint::default() });
}

#[test]
fn a_parameter_is_known_through_calls_unless_it_is_assigned() {
    let mut house = house();
    let ([_, client], int, node) = (house.kinds, house.int, house.node);
    let timers = house.sketch.list(house.sketch.program.special.timer);
    let callee = house.world("callee", &[("n", int), ("c", node)], |_, f| {
        f.temp(int, Rvalue::NodeField(f.param(1), client, number()));
        f.temp(timers, Rvalue::Timers(f.param(1)));
    });
    let call = |program: &mut Program, f: &mut FunctionBuilder| {
        let zero = program.int(0);
        f.temp(int, Rvalue::Call(callee, vec![zero, f.param(0)]));
    };
    let kept = house.world("kept", &[("c", node)], call);
    let param = Whose::Param(0);
    let states = BTreeSet::from([(param, Part::Field(client, number())), (param, Part::Timers)]);
    assert_eq!(house.footprint(kept), Footprint { states, ..Footprint::default() });
    assert!(house.footprint(kept).reads_first_node_only());
    let last = house.sketch.program.constant(node, Value::Node(3));
    let assigned = house.world("assigned", &[("c", node)], |program, f| {
        let Operand::Local(param) = f.param(0) else { panic!("a parameter is a local") };
        f.assign(param, Rvalue::Use(last));
        call(program, f);
    });
    let all = house.footprint(assigned).states;
    assert!(all.is_superset(&numbers(client, &[1, 2, 3])), "{all:?}");
    assert!(!house.footprint(assigned).reads_first_node_only());
}

#[test]
fn an_event_happens_at_a_parameter_or_elsewhere() {
    let mut house = house();
    let node = house.node;
    let last = house.sketch.program.constant(node, Value::Node(3));
    let mut body = |name: &str, at: fn(&FunctionBuilder, Operand) -> Operand| {
        house.sketch.function(name, Context::Rule, &[("a", node), ("b", node)], None, |_, f| {
            f.stmt(StmtKind::Fire(Fire::Crash(at(f, last))));
        })
    };
    let (second, constant) = (body("second", |f, _| f.param(1)), body("constant", |_, last| last));
    assert_eq!(house.footprint(second).fires, BTreeSet::from([Some(1)]));
    assert_eq!(house.footprint(constant).fires, BTreeSet::from([None]));
}

#[test]
fn a_chain_of_calls_without_end_in_sight_may_do_anything() {
    let mut house = house();
    let int = house.int;
    let mut last = house.world("last", &[], |_, _| {});
    for at in 0..10_000 {
        last = house.world(&format!("f{at}"), &[], |_, f| {
            f.temp(int, Rvalue::Call(last, Vec::new()));
        });
        if at == 50 {
            assert_eq!(house.footprint(last), Footprint::default());
        }
    }
    let found = house.footprint(last);
    assert!(found.reads_packets && found.reads_vars && found.reads_trace && found.writes_vars);
    assert_eq!(found.states.len(), 4 * 3, "two fields and the timers of each node");
}
