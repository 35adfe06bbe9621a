//! Counterexamples: written, drawn, and run again.

use crate::{Folder, verdic};

const BUG: &str = "tests/contract/1_lock_server.verdi";
const CHECK: &str = "a duplicated Locked breaks it";

#[test]
fn a_written_trace_can_be_replayed() {
    let folder = Folder::new();
    let trace = folder.path("trace.json");
    let args = ["check", BUG, "--check", CHECK, "--out", &trace, "--format", "json"];
    let ended = verdic(&args);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    let replayed = verdic(&["check", BUG, "--replay", &trace]);
    assert_eq!(replayed.code, 0, "{}{}", replayed.out, replayed.err);
    assert!(replayed.out.contains("mutual_exclusion"), "{}", replayed.out);
    let text = folder.read("trace.json");
    let broken = folder.file("broken.json", text.replace("Client[0]", "Client[7]"));
    assert_eq!(verdic(&["check", BUG, "--replay", &broken]).code, 2);
    let cut = folder.file("cut.json", &text[..text.len() / 2]);
    assert_eq!(verdic(&["check", BUG, "--replay", &cut]).code, 2);
}

#[test]
fn a_property_that_faults_is_not_called_violated() {
    let folder = Folder::new();
    let system = "system Empty {\n  node A {\n    input Go\n    state xs: List<int> = [1]\n    on input Go { xs.pop() }\n  }\n  \
                  invariant first: A.xs[0] == 1\n}\n\ncheck \"c\" Empty { under async }\n";
    let file = folder.file("empty.verdi", system);
    let trace = folder.path("trace.json");
    let found = verdic(&["check", &file, "--out", &trace, "--format", "json"]);
    let replayed = verdic(&["check", &file, "--replay", &trace]);
    let run = verdic(&["run", &file, "--steps", "3"]);
    for ended in [&found, &replayed, &run] {
        assert_eq!(ended.code, 1, "{}{}", ended.out, ended.err);
        assert!(ended.out.contains("index 0 of a list of 0"), "{}", ended.out);
        assert!(!ended.out.contains("violated     first"), "{}", ended.out);
    }
    assert!(replayed.out.contains("violated     no_fault"), "{}", replayed.out);
}

#[test]
fn every_format_of_a_trace_says_what_happened() {
    let folder = Folder::new();
    for (format, mark) in
        [("text", "Locked"), ("json", "\"steps\""), ("itf", "\"#meta\""), ("mermaid", "sequenceDiagram")]
    {
        let out = folder.path(format);
        let ended = verdic(&["check", BUG, "--check", CHECK, "--out", &out, "--format", format]);
        assert_eq!(ended.code, 0, "{format}: {}", ended.err);
        assert!(folder.read(format).contains(mark), "{format}: {}", folder.read(format));
    }
    let chart = folder.path("chart.svg");
    assert_eq!(verdic(&["check", BUG, "--check", CHECK, "--chart", &chart]).code, 0);
    let svg = folder.read("chart.svg");
    assert!(svg.contains("<svg") && svg.contains("Client[1]") && svg.trim_end().ends_with("</svg>"), "{svg}");
}

/// The printed command, as a shell would cut it.
fn words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for c in command.chars() {
        match (quote, c) {
            (Some(q), c) if q == c => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, ' ') => words.push(String::new()),
            _ => words.last_mut().expect("there is one").push(c),
        }
    }
    words
}

#[test]
fn the_printed_command_finds_it_again() {
    for search in ["bfs", "random"] {
        let first = verdic(&["check", BUG, "--check", CHECK, "--search", search, "--seed", "5"]);
        assert_eq!(first.code, 0, "{}{}", first.out, first.err);
        let command =
            first.out.lines().find_map(|line| line.split_once("verdic check")).expect("a command is printed");
        let args = words(command.1.trim());
        let args: Vec<&str> = ["check"].into_iter().chain(args.iter().map(String::as_str)).collect();
        let again = verdic(&args);
        assert_eq!(again.code, 0, "{args:?}: {}", again.err);
        let steps =
            |out: &str| out.lines().filter(|line| line.contains("deliver") || line.contains("input")).count();
        assert_eq!(steps(&again.out), steps(&first.out), "{}", again.out);
    }
}
