use crate::sample::{Sample, sample, span};
use verdi_core::*;

#[test]
fn the_sample_is_accepted() {
    assert_eq!(verify(&sample().program), Ok(()));
}

/// The errors of the sample after a change.
fn errors(change: impl FnOnce(&mut Sample)) -> Vec<String> {
    let mut sample = sample();
    change(&mut sample);
    verify(&sample.program).expect_err("it is refused").iter().map(VerifyError::to_string).collect()
}

/// One of the errors after a change contains this.
#[track_caller]
fn refused(because: &str, change: impl FnOnce(&mut Sample)) {
    let errors = errors(change);
    assert!(errors.iter().any(|error| error.contains(because)), "no error has {because:?}: {errors:#?}");
}

fn body(sample: &mut Sample, func: FuncId) -> &mut Vec<Stmt> {
    &mut sample.program.functions[func].body.stmts
}

/// Puts a statement before the others of a function.
fn prepend(sample: &mut Sample, func: FuncId, kind: StmtKind) {
    body(sample, func).insert(0, Stmt { span: span(), kind });
}

/// The same, assigning to a new local of a type.
fn prepend_value(sample: &mut Sample, func: FuncId, ty: TyId, value: Rvalue) {
    let local = sample.program.functions[func].locals.push(Local { name: "".into(), ty });
    prepend(sample, func, StmtKind::Assign(local, value));
}

fn local(at: u32) -> Operand {
    Operand::Local(LocalId::from_u32(at))
}

#[test]
fn operands_that_are_not_there() {
    refused("there is no Local", |s| prepend(s, s.next, StmtKind::Return(Some(local(40)))));
    refused("there is no Const", |s| {
        prepend(s, s.next, StmtKind::Return(Some(Operand::Const(ConstId::from_u32(99)))))
    });
    refused("there is no fn99", |s| prepend(s, s.next, StmtKind::Call(FuncId::from_u32(99), vec![])));
    refused("there is no %77", |s| {
        prepend(s, s.next, StmtKind::Assign(LocalId::from_u32(77), Rvalue::Use(local(0))))
    });
}

#[test]
fn types_that_do_not_fit() {
    refused("the result is of type bool, not int", |s| {
        let no = s.program.bool(false);
        prepend(s, s.next, StmtKind::Return(Some(no)));
    });
    refused("the condition is of type int, not bool", |s| {
        prepend(s, s.next, StmtKind::If(local(0), Block::default(), Block::default()));
    });
    refused("a loop runs over what is no list", |s| {
        let (label, element) = (Label(9), LocalId::from_u32(1));
        prepend(s, s.next, StmtKind::For { label, element, list: local(0), body: Block::default() });
    });
    refused("Add does not take (int, Node) to int", |s| {
        let int = s.program.special.int;
        prepend_value(s, s.on_message, int, Rvalue::Op(Op::Add, vec![local(2), local(0)]));
    });
    refused("Add does not take (int) to int", |s| {
        let int = s.program.special.int;
        prepend_value(s, s.next, int, Rvalue::Op(Op::Add, vec![local(0)]));
    });
    refused("the field's value is of type Message, not int", |s| {
        prepend(s, s.on_message, StmtKind::StoreField(s.count, local(1)));
    });
    refused("the message is of type Node, not Message", |s| {
        prepend(s, s.on_message, StmtKind::Send { to: local(0), body: local(0) });
    });
    refused("an element is of type Node, not int", |s| {
        let int = s.program.special.int;
        let list = s.program.types.intern(Ty::List(int));
        prepend_value(s, s.on_message, list, Rvalue::List(vec![local(0)]));
    });
}

#[test]
fn orders_that_there_are_not() {
    refused("Lt does not take (Node, Node) to bool", |s| {
        let bool = s.program.special.bool;
        prepend_value(s, s.on_message, bool, Rvalue::Op(Op::Lt, vec![local(0), local(0)]));
    });
    refused("ListSorted does not take (List<Node>) to List<Node>", |s| {
        let node = s.program.special.node;
        let list = s.program.types.intern(Ty::List(node));
        let none = s.program.constant(list, Value::list(vec![]));
        prepend_value(s, s.next, list, Rvalue::Op(Op::ListSorted, vec![none]));
    });
}

#[test]
fn constructors_that_do_not_fit() {
    refused("Message has no constructor 7", |s| {
        let message = s.program.special.message;
        prepend_value(s, s.on_message, message, Rvalue::Make(7, vec![]));
    });
    refused("`Add` has 1 fields, not 0", |s| {
        let message = s.program.special.message;
        prepend_value(s, s.on_message, message, Rvalue::Make(0, vec![]));
    });
    refused("`Add` has no field 1", |s| {
        let int = s.program.special.int;
        prepend_value(s, s.on_message, int, Rvalue::Get(local(1), 0, 1));
    });
    refused("Node has no constructors", |s| {
        let bool = s.program.special.bool;
        prepend_value(s, s.on_message, bool, Rvalue::Is(local(0), 0));
    });
}

#[test]
fn locals_that_may_be_unassigned() {
    refused("%1 may be read before it is assigned", |s| prepend(s, s.next, StmtKind::Return(Some(local(1)))));
    refused("%2 may be read before it is assigned", |s| {
        // Assigned in one branch only.
        let int = s.program.special.int;
        let (yes, one) = (s.program.bool(true), s.program.int(1));
        let two = s.program.functions[s.next].locals.push(Local { name: "".into(), ty: int });
        let assign = Stmt { span: span(), kind: StmtKind::Assign(two, Rvalue::Use(one)) };
        prepend(s, s.next, StmtKind::Return(Some(Operand::Local(two))));
        prepend(s, s.next, StmtKind::If(yes, Block { stmts: vec![assign] }, Block::default()));
    });
    refused("may be read before it is assigned", |s| {
        // Assigned in a loop only, which may run no time.
        let small = body(s, s.property).remove(0);
        let StmtKind::For { body: inner, .. } = &mut body(s, s.property)[0].kind else { panic!("a loop") };
        inner.stmts.insert(0, small);
    });
}

#[test]
fn paths_that_end_wrongly() {
    refused("a path ends without a result", |s| {
        body(s, s.next).pop();
    });
    refused("a `Return` gives no value", |s| prepend(s, s.next, StmtKind::Return(None)));
    refused("the function has no result", |s| prepend(s, s.deliver, StmtKind::Return(Some(local(0)))));
    refused("no scope or loop around has the label 5", |s| prepend(s, s.next, StmtKind::Leave(Label(5))));
    refused("the label 0 is there twice", |s| {
        prepend(s, s.property, StmtKind::Scope(Label(0), Block::default()));
    });
}

#[test]
fn loops_that_share_an_element() {
    refused("%1 is an enclosing loop's element too", |s| {
        let StmtKind::For { label, element, list, body: inner } = body(s, s.property)[1].kind.clone() else {
            panic!("a loop")
        };
        let inner = StmtKind::For { label: Label(9), element, list, body: inner };
        let inner = Block { stmts: vec![Stmt { span: span(), kind: inner }] };
        body(s, s.property)[1].kind = StmtKind::For { label, element, list, body: inner };
    });
}

#[test]
fn events_that_are_too_many() {
    let deliver = || StmtKind::Fire(Fire::Deliver(local(0)));
    refused("a path fires more than one event", |s| prepend(s, s.deliver, deliver()));
    refused("an event is fired in a loop", |s| {
        let node = s.program.special.node;
        let list = s.program.types.intern(Ty::List(node));
        let nodes = s.program.constant(list, Value::list(vec![Value::Node(0)]));
        let element = s.program.functions[s.deliver].locals.push(Local { name: "".into(), ty: node });
        let fire = body(s, s.deliver).pop().expect("the event");
        prepend(
            s,
            s.deliver,
            StmtKind::For { label: Label(0), element, list: nodes, body: Block { stmts: vec![fire] } },
        );
    });
    refused("a path fires more than one event", |s| {
        // One of them in a function that is called.
        let mut callee = s.program.functions[s.deliver].clone();
        callee.name = "again".into();
        let callee = s.program.functions.push(callee);
        prepend(s, s.deliver, StmtKind::Call(callee, vec![local(0)]));
    });
}

#[test]
fn what_a_context_does_not_have() {
    refused("an own field is used outside of a node", |s| {
        let int = s.program.special.int;
        prepend_value(s, s.property, int, Rvalue::Field(s.count));
    });
    refused("Send does not stand in a Rule function", |s| {
        let zero = s.program.constant(s.program.special.node, Value::Node(0));
        let add = s.program.constant(s.program.special.message, Value::data(0, vec![Value::Int(1)]));
        prepend(s, s.deliver, StmtKind::Send { to: zero, body: add });
    });
    refused("NodeField does not stand in a Node(kind0) function", |s| {
        let int = s.program.special.int;
        prepend_value(s, s.on_message, int, Rvalue::NodeField(local(0), s.kind, s.count));
    });
    refused("StoreVar does not stand in a World function", |s| {
        let down = s.program.functions[s.property]
            .locals
            .push(Local { name: "".into(), ty: s.program.network.vars[s.down].ty });
        prepend(s, s.property, StmtKind::StoreVar(s.down, Operand::Local(down)));
    });
    refused("Fire does not stand in a Pure function", |s| {
        prepend(s, s.next, StmtKind::Fire(Fire::Crash(local(0))))
    });
    refused("it calls `deliver`, which is of another context", |s| {
        prepend(s, s.property, StmtKind::Call(s.deliver, vec![local(0)]));
    });
}

#[test]
fn calls_that_do_not_fit() {
    refused("`next` takes 1 arguments, not 0", |s| {
        let int = s.program.special.int;
        prepend_value(s, s.property, int, Rvalue::Call(s.next, vec![]));
    });
    refused("the result of `next` is not assigned", |s| {
        let one = s.program.int(1);
        prepend(s, s.property, StmtKind::Call(s.next, vec![one]));
    });
    refused("it calls itself", |s| {
        let int = s.program.special.int;
        prepend_value(s, s.next, int, Rvalue::Call(s.next, vec![local(0)]));
    });
}

#[test]
fn values_that_are_not_of_their_type() {
    let constant = |ty: fn(&mut Program) -> TyId, value: Value| {
        refused("is not of its type", |s| {
            let ty = ty(&mut s.program);
            s.program.consts.push(Const { ty, value });
        });
    };
    constant(|p| p.special.int, Value::Bool(true));
    constant(|p| p.special.node, Value::Node(2));
    constant(|p| p.special.message, Value::data(0, vec![]));
    constant(|p| p.special.message, Value::unit(1));
    let unsorted = vec![Value::Int(2), Value::Int(1)];
    constant(|p| p.types.intern(Ty::Set(p.special.int)), Value::Set(unsorted.into()));
    let twice = vec![(Value::Int(1), Value::Int(1)), (Value::Int(1), Value::Int(2))];
    constant(|p| p.types.intern(Ty::Map(p.special.int, p.special.int)), Value::Map(twice.into()));
}

#[test]
fn types_that_the_machine_cannot_use() {
    refused("the timer type has not the shape", |s| s.program.timers.clear());
    refused("the packet type has not the shape", |s| s.program.special.packet = s.program.special.invocation);
    refused("the special type `int` is another", |s| s.program.special.int = s.program.special.bool);
}

#[test]
fn models_that_do_not_fit_together() {
    refused("the body of `deliver` has not the parameters", |s| {
        let id = RuleId::from_u32(0);
        s.program.network.rules[id].binders.clear();
    });
    refused("`deliver` acts on what is not such a binder", |s| {
        s.program.network.rules[RuleId::from_u32(0)].acts_on = Some(ActsOn::Node(0));
    });
    refused("a bound is per node, and its rule acts on none", |s| {
        s.program.network.rules[RuleId::from_u32(0)].acts_on = None;
    });
    refused("`on_input` of `Counter` has not the parameters", |s| {
        s.program.kinds[s.kind].on_input = s.program.kinds[s.kind].on_message;
    });
    refused("`on_start` of `Counter` has not the parameters", |s| {
        s.program.kinds[s.kind].on_start = Some(s.on_message);
    });
    refused("the initial value of `Counter.count` has not", |s| {
        s.program.kinds[s.kind].fields[s.count].init = s.next;
    });
    refused("`inputs` of `Counter` does not give a list", |s| s.program.kinds[s.kind].inputs = s.next);
    refused("`Counter` lists a node that is not its own", |s| s.program.kinds[s.kind].nodes.reverse());
    refused("the constraint has not the parameters", |s| s.program.constraint = Some(s.next));
    refused("`small` is of the context Node(kind0), not World", |s| {
        s.program.properties[PropertyId::from_u32(0)].parts[0].func = s.on_message;
    });
    refused("`small` is built in and has parts", |s| {
        s.program.properties[PropertyId::from_u32(0)].kind = PropertyKind::NoFault;
    });
    refused("`small` has half a pair of parts", |s| {
        s.program.properties[PropertyId::from_u32(0)].kind = PropertyKind::LeadsTo;
    });
}

#[test]
fn all_errors_are_found_in_one_pass() {
    let errors = errors(|s| {
        body(s, s.next).pop();
        prepend(s, s.on_message, StmtKind::Leave(Label(5)));
        s.program.constraint = Some(s.next);
    });
    assert_eq!(errors.len(), 3, "{errors:#?}");
}

#[test]
fn a_type_may_contain_itself() {
    let mut types = sample().program.types;
    let [tree, leaf] = ["Tree", "Leaf"]
        .map(|name| types.add_data(Data { name: name.into(), style: DataStyle::Named, ctors: vec![] }));
    let [tree_ty, leaf_ty] = [tree, leaf].map(|id| types.intern(Ty::Data(id)));
    let forest = types.intern(Ty::List(tree_ty));
    let ctors = vec![Ctor::new("Tree", &[("children", forest), ("leaf", leaf_ty)])];
    types.set_data(tree, Data { name: "Tree".into(), style: DataStyle::Named, ctors });
    assert_eq!((types.is_recursive(tree), types.is_recursive(leaf)), (true, false));
}
