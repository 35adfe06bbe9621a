//! Values as JSON: every type there and back, and what is refused.

use serde_json::{Value as Json, json};
use verdi_core::{Ctor, Data, DataStyle, Program, Ty, TyId, Value};
use verdi_driver::codec::{json_to_value, value_to_itf, value_to_json};

struct Types {
    program: Program,
    int: TyId,
    text: TyId,
    option: TyId,
    entry: TyId,
    pair: TyId,
}

fn types() -> Types {
    let mut program = Program::empty("test");
    let int = program.special.int;
    let text = program.types.intern(Ty::Str);
    let mut data = |name: &str, style, ctors| {
        let id = program.types.add_data(Data { name: name.into(), style, ctors });
        program.types.intern(Ty::Data(id))
    };
    let none = Ctor { name: "None".into(), fields: Vec::new() };
    let some = Ctor { name: "Some".into(), fields: vec![("".into(), int)] };
    let option = data("Option<int>", DataStyle::Named, vec![none, some]);
    let fields = vec![("term".into(), int), ("command".into(), text)];
    let entry = data("Entry", DataStyle::Named, vec![Ctor { name: "Entry".into(), fields }]);
    let fields = vec![("".into(), int), ("".into(), text)];
    let pair = data("(int, string)", DataStyle::Tuple, vec![Ctor { name: "".into(), fields }]);
    Types { program, int, text, option, entry, pair }
}

#[test]
fn every_value_comes_back() {
    let mut t = types();
    let list = t.program.types.intern(Ty::List(t.int));
    let set = t.program.types.intern(Ty::Set(t.pair));
    let map = t.program.types.intern(Ty::Map(t.text, t.option));
    let caller = t.program.special.caller;
    let entry = || Value::data(0, vec![Value::Int(3), Value::text("x\"\n")]);
    let pair = |n| Value::tuple(vec![Value::Int(n), Value::text("é")]);
    for (ty, value, shown) in [
        (t.int, Value::Int(-5), json!(-5)),
        (t.int, Value::Int(i64::MIN), json!("-9223372036854775808")),
        (t.program.special.bool, Value::Bool(true), json!(true)),
        (t.text, Value::text("a"), json!("a")),
        (caller, Value::Caller(2), json!(2)),
        (t.option, Value::none(), json!("None")),
        (t.option, Value::some(Value::Int(1)), json!({ "Some": [1] })),
        (t.entry, entry(), json!({ "Entry": { "term": 3, "command": "x\"\n" } })),
        (list, Value::list(vec![Value::Int(2), Value::Int(1)]), json!([2, 1])),
        (set, Value::set(vec![pair(2), pair(1)]), json!([[1, "é"], [2, "é"]])),
        (map, Value::map(vec![(Value::text("k"), Value::none())]), json!([["k", "None"]])),
    ] {
        let json = value_to_json(&t.program, ty, &value);
        assert_eq!(json, shown);
        assert_eq!(json_to_value(&t.program, ty, &json), Ok(value));
    }
}

#[test]
fn what_does_not_fit_is_refused_in_words() {
    let t = types();
    let node = t.program.special.node;
    let refused = |ty, json: Json| json_to_value(&t.program, ty, &json).unwrap_err();
    assert_eq!(refused(t.int, json!(1.5)), "`1.5` is not an int of 64 bits");
    assert_eq!(refused(t.text, json!([])), "`[]` is not a string");
    assert_eq!(refused(node, json!("Client[9]")), "there is no node `Client[9]`");
    assert_eq!(refused(t.option, json!("Some")), "`\"Some\"` is not of type `Option<int>`");
    assert_eq!(
        refused(t.entry, json!({ "Entry": { "term": 1 } })),
        "`{\"Entry\":{\"term\":1}}` is not of type `Entry`"
    );
    assert_eq!(refused(t.pair, json!([1])), "`[1]` is not of type `(int, string)`");
}

#[test]
fn the_informal_trace_format_has_its_own_forms() {
    let mut t = types();
    let set = t.program.types.intern(Ty::Set(t.int));
    let map = t.program.types.intern(Ty::Map(t.int, t.option));
    let itf = |ty, value: Value| value_to_itf(&t.program, ty, &value);
    assert_eq!(itf(t.int, Value::Int(7)), json!({ "#bigint": "7" }));
    assert_eq!(itf(set, Value::set(vec![Value::Int(1)])), json!({ "#set": [{ "#bigint": "1" }] }));
    let pair = Value::tuple(vec![Value::Int(1), Value::text("a")]);
    assert_eq!(itf(t.pair, pair), json!({ "#tup": [{ "#bigint": "1" }, "a"] }));
    assert_eq!(itf(t.option, Value::none()), json!({ "tag": "None", "value": { "#tup": [] } }));
    let some = json!({ "tag": "Some", "value": { "#bigint": "2" } });
    assert_eq!(itf(t.option, Value::some(Value::Int(2))), some);
    let entries = Value::map(vec![(Value::Int(1), Value::some(Value::Int(2)))]);
    assert_eq!(itf(map, entries), json!({ "#map": [[{ "#bigint": "1" }, some]] }));
    let entry = Value::data(0, vec![Value::Int(3), Value::text("x")]);
    assert_eq!(itf(t.entry, entry), json!({ "term": { "#bigint": "3" }, "command": "x" }));
}
