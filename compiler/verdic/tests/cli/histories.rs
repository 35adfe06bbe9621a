//! Recorded histories, held against machines.

use crate::{Folder, verdic};

fn json(args: &[&str]) -> serde_json::Value {
    verdic(&[&["check", "--json"], args].concat()).json()
}

#[test]
fn recorded_histories_are_what_their_labels_say() {
    for (file, machine, linearizable) in [
        ("etcd_002.log", "Register", true),
        ("etcd_022.log", "Register", false),
        ("etcd_100.log", "Register", true),
        ("kv-c01-bad.txt", "KV", false),
        ("kv-c01-ok.txt", "KV", true),
        ("kv-c10-ok.txt", "KV", true),
    ] {
        let path = format!("tests/histories/{file}");
        let ended = verdic(&["check", "--history", &path, "--as", machine]);
        let code = if linearizable { 0 } else { 1 };
        assert_eq!(ended.code, code, "{file}\n{}{}", ended.out, ended.err);
    }
}

#[test]
fn a_key_value_store_is_searched_key_by_key() {
    let found = json(&["--history", "tests/histories/kv-c01-ok.txt", "--as", "KV"]);
    assert_eq!(found["histories"][0]["parts"], 10, "{found}");
    let found = json(&["--history", "tests/histories/etcd_002.log", "--as", "Register"]);
    assert_eq!(found["histories"][0]["parts"], 1, "{found}");
}

/// A store whose state is more than a map at the key: it cannot be split.
const COUNTING: &str = r#"
system KV {
  node Store {
    input  Get(key: string) | Put(key: string, value: string) | Append(key: string, value: string)
    output Value(value: string) | Stored
    state values: Map<string, string> = map[]
    state writes: int = 0
    on input Get(key) { output Value(values.get(key, "")) }
    on input Put(key, value) { values[key] := value; writes := writes + 1; output Stored }
    on input Append(key, value) { values[key] := values.get(key, "") ++ value; writes := writes + 1; output Stored }
  }
}
"#;

#[test]
fn the_split_changes_no_answer() {
    let folder = Folder::new();
    let machine = folder.file("counting.verdi", COUNTING);
    for file in ["kv-c01-bad.txt", "kv-c01-ok.txt"] {
        let path = format!("tests/histories/{file}");
        let (split, whole) =
            (json(&["--history", &path, "--as", "KV"]), json(&["--history", &path, "--as", &machine]));
        assert_eq!(split["histories"][0]["verdict"], whole["histories"][0]["verdict"]);
        assert_eq!(whole["histories"][0]["parts"], 1);
    }
}

#[test]
fn a_stale_read_is_explained() {
    let folder = Folder::new();
    let history = folder.file(
        "stale.jsonl",
        r#"{"process": 0, "type": "invoke", "input": {"Write": {"value": 1}}}
{"process": 0, "type": "ok", "output": "Written"}
{"process": 1, "type": "invoke", "input": {"Write": {"value": 2}}}
{"process": 0, "type": "invoke", "input": "Read"}
{"process": 1, "type": "ok", "output": "Written"}
{"process": 0, "type": "ok", "output": {"Value": {"value": {"Some": [2]}}}}
{"process": 1, "type": "invoke", "input": "Read"}
{"process": 1, "type": "ok", "output": {"Value": {"value": {"Some": [1]}}}}
"#,
    );
    let ended = verdic(&["check", "--history", &history, "--as", "Register"]);
    assert_eq!(ended.code, 1, "{}{}", ended.out, ended.err);
    for said in [
        "not linearizable",
        "no order gets past the return of Read",
        "the state there: value = Some(2)",
        "was answered Value(value: Some(1)), would be answered Value(value: Some(2))",
        "1 history: 0 linearizable, 1 not",
    ] {
        assert!(ended.out.contains(said), "{said}\n{}", ended.out);
    }
    let found = json(&["--history", &history, "--as", "Register"]);
    assert_eq!(found["histories"][0]["stuck"]["order_length"], 3, "{found}");
}

#[test]
fn operations_without_an_answer_may_have_happened_or_not() {
    let folder = Folder::new();
    let history = |value: &str| {
        let text = format!(
            "jepsen.util - 0 :invoke :write 7\njepsen.util - 0 :info :write :timed-out\n\
             jepsen.util - 1 :invoke :read nil\njepsen.util - 1 :ok :read nil\n\
             jepsen.util - 1 :invoke :read nil\njepsen.util - 1 :ok :read {value}\n"
        );
        verdic(&["check", "--history", &folder.file("open.log", text), "--as", "Register"]).code
    };
    assert_eq!((history("7"), history("nil"), history("8")), (0, 0, 1));
}

#[test]
fn wrong_histories_and_machines_are_told_with_their_place() {
    let folder = Folder::new();
    let says = |text: &str, machine: &str, said: &str| {
        let file = folder.file("wrong.log", text);
        let ended = verdic(&["check", "--history", &file, "--as", machine]);
        assert_eq!(ended.code, 2, "{}{}", ended.out, ended.err);
        assert!(ended.err.contains(said), "{said}\n{}", ended.err);
    };
    let line = "{:process 0, :type :invoke, :f :get, :key \"a\"}\n";
    says("what is this", "KV", "V0741");
    says("{:process 0, :type", "KV", "wrong.log:1:1");
    says(&line.repeat(2), "KV", "process 0 has an operation open");
    says("{:process 0, :type :ok, :f :get, :key \"a\"}", "KV", "this answers nothing");
    says(line, "Register", "no input is called `get`");
    says("{:process 0, :type :invoke, :f :get, :key 3}", "KV", "this is no `string`");
    says(line, "Nothing", "V0209");
    says(line, "examples/lock_server.verdi", "V0740");
}

#[test]
fn a_search_that_is_too_long_is_inconclusive() {
    let folder = Folder::new();
    let mut text = String::new();
    for process in 0..60 {
        text += &format!("jepsen.util - {process} :invoke :write {process}\n");
    }
    text += "jepsen.util - 99 :invoke :read nil\njepsen.util - 99 :ok :read 1000\n";
    let file = folder.file("long.log", text);
    let ended = verdic(&["check", "--history", &file, "--as", "Register", "--memory", "1M"]);
    assert_eq!(ended.code, 3, "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("more orders than memory allows"), "{}", ended.out);
}
