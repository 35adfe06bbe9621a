//! Verdicts, exit codes, reports.

use crate::{Folder, counter, verdic};

#[test]
fn the_lock_server_comes_out_as_it_states() {
    let ended = verdic(&["check", "examples/lock_server.verdi"]);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("mutual_exclusion"), "{}", ended.out);
    assert!(ended.out.contains("bounded"), "{}", ended.out);
    assert!(!ended.out.contains('\u{1b}'), "colours without a terminal");
}

#[test]
fn what_is_violated_ends_with_1_and_a_shortest_run() {
    let folder = Folder::new();
    let file = folder.file("a.verdi", counter("  bound input <= 4\n  holds low, high"));
    let ended = verdic(&["check", &file]);
    assert_eq!(ended.code, 1, "{}{}", ended.out, ended.err);
    let json = verdic(&["check", &file, "--json"]).json();
    let checks = json["checks"].as_array().expect("a list").clone();
    let row = |property: &str| checks.iter().find(|row| row["property"] == property).expect("a row").clone();
    assert_eq!(row("low")["verdict"], "violated");
    assert_eq!(row("low")["expected"], false);
    assert_eq!(row("low")["trace"].as_array().expect("steps").len(), 3);
    assert_eq!(row("high")["verdict"], "bounded");
    assert_eq!(row("high")["expected"], true);
}

#[test]
fn json_is_one_object_with_what_was_counted() {
    let ended = verdic(&["check", "tests/suite/peers/two_phase.verdi", "--check", "2pc(3)", "--json"]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    let json = ended.json();
    let row = &json["checks"][0];
    assert_eq!(row["name"], "2pc(3)");
    assert_eq!(row["property"], "consistent");
    assert_eq!(row["verdict"], "exhaustive");
    assert_eq!(row["expected"], true);
    assert_eq!(row["distinct"], 288);
    for count in ["transitions", "levels", "elapsed_ms", "seed"] {
        assert!(row[count].is_number(), "{count}: {row}");
    }
}

#[test]
fn what_is_cut_short_is_inconclusive_and_ends_with_3() {
    let folder = Folder::new();
    let file = folder.file("a.verdi", counter("  holds far"));
    for limit in [["--max-worlds", "5"], ["--time", "0.2"], ["--memory", "1MB"]] {
        let ended = verdic(&["check", &file, limit[0], limit[1], "--json"]);
        assert_eq!(ended.code, 3, "{limit:?}: {}{}", ended.out, ended.err);
        assert_eq!(ended.json()["checks"][0]["verdict"], "inconclusive", "{limit:?}");
    }
    // What bounds the check itself is part of what is asked.
    let bounded = verdic(&["check", &file, "--depth", "5", "--json"]);
    assert_eq!((bounded.code, &bounded.json()["checks"][0]["verdict"]), (0, &"bounded".into()));
}

#[test]
fn a_step_that_stands_for_nothing_is_told_with_the_worlds_it_is_lifted_to() {
    let library = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../stdlib/transformers/seq_num.verdi"
    ))
    .expect("it is there");
    let wrong = library
        .replace("transformer seq_num(", "transformer careless(")
        .replace("network duplicating", "network copying");
    let wrong =
        wrong.replace("to duplicating", "to copying").replace("if !has(before, number) {", "if true {");
    assert_ne!(wrong, library);
    let folder = Folder::new();
    let file = folder.file("careless.verdi", &wrong);
    let ended = verdic(&["check", &file, "--generic", "careless"]);
    assert_eq!(ended.code, 1, "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("the last step stands for no step of Anything under async"), "{}", ended.out);
    assert!(ended.out.contains("the lifted world changes:"), "{}", ended.out);
    assert!(ended.out.contains("--generic careless"), "{}", ended.out);
    let right = verdic(&["check", "--generic", "ghost"]);
    assert_eq!(right.code, 0, "{}{}", right.out, right.err);
    let unknown = verdic(&["check", "--generic", "careful"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("there is no transformer `careful`"), "{}", unknown.err);
}

#[test]
fn wrong_programs_end_with_2_and_the_code_of_the_mistake() {
    let folder = Folder::new();
    let file = folder.file("a.verdi", "system S { node N { state x: int = \"a\" } }\n");
    let ended = verdic(&["check", &file]);
    assert_eq!(ended.code, 2);
    assert!(ended.err.contains("V03"), "{}", ended.err);
    assert_eq!(ended.out, "");
    let missing = verdic(&["check", &folder.path("nowhere.verdi")]);
    assert_eq!(missing.code, 2);
    assert!(missing.err.contains("nowhere.verdi"), "{}", missing.err);
}

#[test]
fn wrong_options_end_with_2() {
    for args in [
        vec!["check"],
        vec!["frobnicate"],
        vec!["check", "examples/lock_server.verdi", "--under", "nowhere"],
        vec!["check", "examples/lock_server.verdi", "--check", "no such check"],
        vec!["check", "examples/lock_server.verdi", "--search", "sideways"],
        vec!["check", "examples/lock_server.verdi", "--por", "on", "--engine", "interp"],
        vec!["check", "examples/lock_server.verdi", "--collapse", "drops", "--replay", "trace.json"],
        vec!["explain", "V9999"],
        vec!["stdlib", "nowhere"],
    ] {
        let ended = verdic(&args);
        assert_eq!(ended.code, 2, "{args:?}: {}{}", ended.out, ended.err);
        assert!(!ended.err.is_empty(), "{args:?} says nothing");
    }
}

#[test]
fn what_is_left_out_changes_no_verdict_or_is_refused() {
    let file = "examples/two_phase_commit.verdi";
    let ended = verdic(&["check", file, "--no-tests", "--collapse", "auto", "--por", "auto"]);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("the others waited"), "{}", ended.out);
    let check = "a lost decision blocks a participant";
    let ended = verdic(&["check", file, "--check", check, "--collapse", "drops"]);
    assert_eq!(ended.code, 2, "{}{}", ended.out, ended.err);
    assert!(ended.err.contains("V0705") && ended.err.contains("reads the packets"), "{}", ended.err);
}

#[test]
fn the_ladder_says_from_which_network_on_the_lock_server_breaks() {
    let folder = Folder::new();
    let file = folder.file(
        "lock.verdi",
        std::fs::read_to_string(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../tests/contract/1_lock_server.verdi"
        ))
        .expect("the contract is there"),
    );
    let ended = verdic(&["check", &file, "--ladder", "--check", "safe when packets", "--json"]);
    let json = ended.json();
    let text = json["ladder"].to_string();
    for network in ["sync", "async", "flaky", "busy", "crash"] {
        assert!(text.contains(network), "{network}: {text}");
    }
    let shown = verdic(&["check", &file, "--ladder", "--check", "safe when packets"]);
    assert!(shown.out.contains("safe under sync, async, flaky; broken from busy on"), "{}", shown.out);
}

#[test]
fn junit_and_sarif_are_written() {
    let folder = Folder::new();
    let file = folder.file("a.verdi", counter("  bound input <= 4\n  holds low"));
    let (junit, sarif) = (folder.path("out.xml"), folder.path("out.sarif"));
    let ended = verdic(&["check", &file, "--junit", &junit, "--sarif", &sarif]);
    assert_eq!(ended.code, 1, "{}", ended.err);
    let xml = folder.read("out.xml");
    assert!(
        xml.contains("<testsuite") && xml.contains("failures=\"1\"") && xml.contains("a counter"),
        "{xml}"
    );
    let sarif: serde_json::Value = serde_json::from_str(&folder.read("out.sarif")).expect("SARIF is JSON");
    assert_eq!(sarif["version"], "2.1.0");
    assert_eq!(sarif["runs"][0]["results"].as_array().map(Vec::len), Some(1), "{sarif}");
}

#[test]
fn the_same_seed_prints_the_same_bytes() {
    let run = |seed| {
        let args =
            ["check", "examples/lock_server_bug.verdi", "--search", "random", "--runs", "50", "--seed", seed];
        let ended = verdic(&args);
        ended
            .out
            .lines()
            .filter(|line| !line.contains(" s)") && !line.contains("ms"))
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert_eq!(run("3"), run("3"));
}

/// `Down` is never taken, `Up` only below three, which is never the case there.
const IDLE: &str = r#"
system Counter {
  node Server {
    input Up | Down
    state n: int = 0
    on input Up { n := n + 1 }
    on input Down when n > 9 { n := n - 1 }
  }
  invariant small: Server.n > 9 ==> Server.n < 20
}
check "a few" Counter {
  under async
  bound input <= 3
}
"#;

#[test]
fn coverage_is_shown_in_the_source() {
    let folder = Folder::new();
    let file = folder.file("a.verdi", IDLE);
    let ended = verdic(&["check", &file, "--coverage"]);
    assert_eq!(ended.code, 0, "warnings change no exit code: {}", ended.err);
    assert!(ended.out.contains("never │  7     on input Down when n > 9"), "{}", ended.out);
    assert!(ended.out.contains("handlers   1 of 2 ran"), "{}", ended.out);
    assert!(!ended.out.contains('\u{1b}'), "colours without a terminal");
    let painted = verdic(&["check", &file, "--coverage", "--color", "always"]);
    assert!(painted.out.contains("\u{1b}[1;31mnever"), "{}", painted.out);
    let narrow = verdic(&["check", &file, "--coverage", "--width", "40", "--ascii"]);
    let text = narrow.out.split("coverage\n").nth(1).expect("it is there");
    assert!(text.lines().all(|line| line.contains("again:") || line.len() <= 40), "{text}");
}

#[test]
fn coverage_is_written_for_other_tools() {
    let folder = Folder::new();
    let file = folder.file("a.verdi", IDLE);
    let to = folder.path("a.info");
    let ended = verdic(&["check", &file, &format!("--coverage={to}")]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert!(!ended.out.contains("handlers"), "it was written to a file: {}", ended.out);
    let written = folder.read("a.info");
    for line in [&format!("SF:{file}"), "FNDA:0,Server: on input Down (7)", "DA:7,0", "end_of_record"] {
        assert!(written.lines().any(|written| written == line), "{line} is not in\n{written}");
    }
    let json = verdic(&["check", &file, "--coverage", "--json"]).json();
    assert_eq!(json["coverage"]["functions"][1]["ran"], 0);
    assert_eq!(json["coverage"]["files"][0]["file"], file.as_str());
    let without = verdic(&["check", &file, "--json"]).json();
    assert!(without.get("coverage").is_none(), "nobody asked: {without}");
    let codes: Vec<_> =
        without["diagnostics"].as_array().expect("a list").iter().map(|d| &d["code"]).collect();
    assert_eq!(codes, ["V0730", "V0732"]);
}

#[test]
fn coverage_needs_a_whole_check() {
    let folder = Folder::new();
    let file = folder.file("a.verdi", IDLE);
    for other in ["--ladder", "--print=core"] {
        assert_eq!(verdic(&["check", &file, "--coverage", other]).code, 2, "{other}");
    }
}
