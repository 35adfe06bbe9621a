use crate::sample::sample;
use verdi_core::*;

#[test]
fn a_program_reads_like_a_program() {
    let printed = sample().program.to_string();
    let has = |part: &str| assert!(printed.contains(part), "no {part:?} in\n{printed}");
    has("program Counter(2) under none\n");
    has("type Message = Add(n: int)\n");
    has("node Counter[2] {\n  durable state count: int = Counter.count()\n  timer tick every 50us..50us\n");
    has("  fair rule deliver(p in deliver.p): deliver\n");
    has("bound deliver <= 3 per node\n");
    has("holds invariant small: small\n");
    has("\
fn Counter.message(from%0: Node, message%1: Message): int at Counter {
  %2 = message%1 as Add.0
  %3 = self.count
  %4 = Add(%3, %2)
  self.count := %4
  %5 = make Add(%4)
  send %5 to from%0
  return 0
}
");
    has("\
fn small(): bool of a world {
  small%0 = true
  for n%1 in [Counter[0], Counter[1]] '0 {
    %2 = n%1.count
    %3 = next(%2)
    small%0 = Le(%3, 9)
    if small%0 {
    } else {
      leave '0
    }
  }
  return small%0
}
");
    has("fn deliver(p%0: Packet) in a rule {\n  packets.remove(p%0)\n  deliver p%0\n}\n");
}

#[test]
fn values_read_as_they_are_written() {
    let mut program = sample().program;
    let SpecialTypes { int, node, caller, message, packet, timer, .. } = program.special;
    let text = program.types.intern(Ty::Str);
    let [list, set] = [Ty::List(int), Ty::Set(node)].map(|ty| program.types.intern(ty));
    let map = program.types.intern(Ty::Map(text, list));
    let data = |program: &mut Program, style, ctors| {
        let id = program.types.add_data(Data { name: "data".into(), style, ctors });
        program.types.intern(Ty::Data(id))
    };
    let option =
        data(&mut program, DataStyle::Named, vec![Ctor::new("None", &[]), Ctor::new("Some", &[("", int)])]);
    let pair = data(&mut program, DataStyle::Tuple, vec![Ctor::new("", &[("", int), ("", text)])]);
    let add = Value::data(0, vec![Value::Int(-1)]);
    for (ty, value, shown) in [
        (program.special.bool, Value::Bool(true), "true"),
        (int, Value::Int(-5), "-5"),
        (text, Value::text("a\"\\\n\t\u{7}é"), "\"a\\\"\\\\\\n\\t\\u{7}é\""),
        (node, Value::Node(1), "Counter[1]"),
        (caller, Value::Caller(0), "caller 0"),
        (list, Value::list(vec![Value::Int(1), Value::Int(2)]), "[1, 2]"),
        (set, Value::set(vec![Value::Node(1), Value::Node(0)]), "set[Counter[0], Counter[1]]"),
        (map, Value::map(vec![(Value::text("a"), Value::list(vec![]))]), "map[\"a\": []]"),
        (map, Value::map(vec![]), "map[]"),
        (option, Value::none(), "None"),
        (option, Value::some(Value::Int(3)), "Some(3)"),
        (pair, Value::tuple(vec![Value::Int(1), Value::text("x")]), "(1, \"x\")"),
        (message, add.clone(), "Add(n: -1)"),
        (timer, Value::unit(0), "tick"),
        (
            packet,
            Value::tuple(vec![Value::Node(0), Value::Node(1), add]),
            "packet(src: Counter[0], dst: Counter[1], body: Add(n: -1))",
        ),
    ] {
        assert_eq!(show(&program, ty, &value), shown);
    }
}
