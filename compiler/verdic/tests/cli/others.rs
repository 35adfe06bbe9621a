//! The other commands.

use crate::{Folder, verdic, verdic_with};

#[test]
fn fmt_writes_checks_and_filters() {
    let folder = Folder::new();
    let ugly = "system   S{\nnode N{state x:int=1 // one\n}\n}\n";
    let file = folder.file("a.verdi", ugly);
    let check = verdic(&["fmt", "--check", &file]);
    assert_eq!(check.code, 1, "{}{}", check.out, check.err);
    assert!((check.out.clone() + &check.err).contains("a.verdi"));
    assert_eq!(folder.read("a.verdi"), ugly, "--check changes nothing");
    assert_eq!(verdic(&["fmt", &file]).code, 0);
    let formatted = folder.read("a.verdi");
    assert_ne!(formatted, ugly);
    assert!(formatted.contains("// one"), "{formatted}");
    assert_eq!(verdic(&["fmt", "--check", &file]).code, 0);
    assert_eq!(verdic_with(&["fmt", "-"], ugly.as_bytes()).out, formatted);
}

#[test]
fn fmt_refuses_what_does_not_parse() {
    let ended = verdic_with(&["fmt", "-"], b"system {");
    assert_eq!((ended.code, ended.out.as_str()), (2, ""));
    assert!(ended.err.contains("V01"), "{}", ended.err);
}

#[test]
fn every_code_is_explained() {
    let list = verdic(&["explain", "--list"]);
    assert_eq!(list.code, 0);
    let codes: Vec<&str> = list.out.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(codes.len() > 50, "{}", list.out);
    for code in codes {
        let ended = verdic(&["explain", code]);
        assert_eq!(ended.code, 0, "{code}");
        assert!(ended.out.lines().count() >= 3, "{code} is explained in a line: {}", ended.out);
    }
}

#[test]
fn the_library_can_be_read() {
    assert!(verdic(&["stdlib"]).out.contains("network"));
    let network = verdic(&["stdlib", "network"]).out;
    assert!(network.contains("network crash extends busy"), "{network}");
}

#[test]
fn a_run_is_the_same_for_the_same_seed() {
    let run = |seed: &str| verdic(&["run", "examples/lock_server.verdi", "--seed", seed, "--steps", "20"]);
    let first = run("1");
    assert_eq!(first.code, 0, "{}", first.err);
    assert_eq!(first.out, run("1").out);
    assert!(["2", "3", "4", "5"].iter().any(|seed| run(seed).out != first.out), "every seed runs the same");
}

#[test]
fn a_run_takes_its_steps_from_a_script() {
    let folder = Folder::new();
    let script = folder.file("steps", "input Acquire at Client[0]\ndeliver Lock from Client[0] to Server\n");
    let args = [
        "run",
        "examples/lock_server.verdi",
        "--system",
        "LockServ(clients: 2)",
        "--under",
        "async",
        "--script",
        &script,
    ];
    let ended = verdic(&args);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("Lock"), "{}", ended.out);
    let wrong = folder.file("wrong", "deliver Lock from Client[0] to Server\n");
    let ended = verdic(&[
        "run",
        "examples/lock_server.verdi",
        "--system",
        "LockServ(clients: 2)",
        "--under",
        "async",
        "--script",
        &wrong,
    ]);
    assert_ne!(ended.code, 0, "a step that is not possible was taken: {}", ended.out);
}

#[test]
fn tests_run_by_themselves() {
    let ended = verdic(&["run", "examples/lock_server.verdi", "--tests"]);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("the second client waits its turn"), "{}", ended.out);
    let folder = Folder::new();
    let wrong = folder.file("a.verdi", "system S {\n  node N {\n    state x: int = 1\n  }\n}\ntest \"no\" for S under async {\n  expect N.x == 2\n}\n");
    assert_eq!(verdic(&["run", &wrong, "--tests"]).code, 1);
    assert_eq!(verdic(&["check", &wrong]).code, 1);
}

#[test]
fn every_form_of_a_program_is_printed() {
    for form in ["tokens", "ast", "hir", "core"] {
        let ended = verdic(&["check", "examples/ping_pong.verdi", "--print", form]);
        assert_eq!(ended.code, 0, "{form}: {}", ended.err);
        assert!(ended.out.lines().count() > 5, "{form}: {}", ended.out);
    }
}
