//! Properties of runs without end.

use crate::{Folder, verdic};

const LIVE: &str = "examples/lock_server_live.verdi";
const BUG: &str = "examples/lock_server_live_bug.verdi";
const STARVES: &str = "one may wait for ever";

const CLOCK: &str = "system Clock {\n  node Clock {\n    input Tick\n    state n: int = 0\n    \
                     on input Tick when n < 5 { n := n + 1 }\n  }\n  liveness five: eventually Clock.n == 5\n  \
                     liveness two: eventually Clock.n == 2\n}\n\n";

#[test]
fn every_engine_and_number_of_workers_says_the_same() {
    for file in [LIVE, BUG] {
        let said = |flags: &[&str]| {
            let ended = verdic(&[&["check", file], flags].concat());
            assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
            let again = |line: &&str| !line.contains("again:");
            ended.out.lines().filter(again).collect::<Vec<_>>().join("\n")
        };
        let one = said(&["--workers", "1"]);
        assert_eq!(one, said(&["--workers", "2"]));
        assert_eq!(one, said(&["--engine", "interp"]));
    }
}

#[test]
fn a_run_without_end_can_be_replayed() {
    let folder = Folder::new();
    let trace = folder.path("trace.json");
    let ended = verdic(&["check", BUG, "--check", STARVES, "--out", &trace, "--format", "json"]);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    let replayed = verdic(&["check", BUG, "--replay", &trace]);
    assert_eq!(replayed.code, 0, "{}{}", replayed.out, replayed.err);
    assert!(
        replayed.out.contains("granted fails") && replayed.out.contains("again from step"),
        "{}",
        replayed.out
    );
    // What does not come back to where it says is no run without end.
    let text = folder.read("trace.json");
    let broken = folder.file("broken.json", text.replace("\"loop\": ", "\"loop\": 1"));
    let replayed = verdic(&["check", BUG, "--replay", &broken]);
    assert!(replayed.out.contains("no property fails"), "{}", replayed.out);
}

#[test]
fn every_format_says_where_it_begins_again() {
    let folder = Folder::new();
    for (format, mark) in [
        ("text", "and from here on again from step"),
        ("json", "\"loop\""),
        ("itf", "\"loop\""),
        ("mermaid", "loop again and again"),
    ] {
        let out = folder.path(format);
        let ended = verdic(&["check", BUG, "--check", STARVES, "--out", &out, "--format", format]);
        assert_eq!(ended.code, 0, "{format}: {}", ended.err);
        assert!(folder.read(format).contains(mark), "{format}: {}", folder.read(format));
    }
    let chart = folder.path("chart.svg");
    assert_eq!(verdic(&["check", BUG, "--check", STARVES, "--chart", &chart]).code, 0);
    assert!(folder.read("chart.svg").contains("again from step"));
}

#[test]
fn fairness_is_accounted_for() {
    let ended = verdic(&["check", BUG, "--check", STARVES]);
    assert!(
        ended.out.contains("fair: deliver Lock") && ended.out.contains("is taken in step"),
        "{}",
        ended.out
    );
}

#[test]
fn what_goes_on_past_a_limit_is_not_claimed() {
    let folder = Folder::new();
    for (limit, code, said) in [
        ("constraint Clock.n < 4\n  holds five", 3, "past constraint"),
        ("bound depth <= 4\n  holds five", 3, "past depth <= 4"),
        ("constraint Clock.n < 4\n  holds two", 0, "holds on every fair run within constraint"),
        ("constraint Clock.n < 4\n  violates five", 3, "past constraint"),
        ("bound input <= 4\n  violates five", 0, "`bound input <= 4` holds a fair rule back"),
    ] {
        let check = format!("{CLOCK}check \"c\" Clock {{\n  under async\n  {limit}\n}}\n");
        let ended = verdic(&["check", &folder.file("clock.verdi", check)]);
        assert_eq!(ended.code, code, "{limit}: {}{}", ended.out, ended.err);
        assert!(ended.out.contains(said), "{limit}: {}", ended.out);
    }
}

#[test]
fn limits_of_the_search_leave_it_open() {
    for flag in ["--max-worlds=20", "--memory=1"] {
        let ended = verdic(&["check", LIVE, "--check", "everybody", flag]);
        assert_eq!(ended.code, 3, "{flag}: {}{}", ended.out, ended.err);
    }
}

#[test]
fn what_leaves_steps_out_is_refused() {
    let folder = Folder::new();
    let disk = folder.path("disk");
    for flags in [
        &["--simulate"][..],
        &["--swarm"],
        &["--collapse", "drops"],
        &["--por", "on"],
        &["--disk", &disk, "--memory", "2GiB"],
    ] {
        let ended = verdic(&[&["check", LIVE], flags].concat());
        assert_eq!(ended.code, 2, "{flags:?}: {}{}", ended.out, ended.err);
        assert!(ended.err.contains("V0706"), "{flags:?}: {}", ended.err);
    }
    let auto = ["--symmetry", "auto", "--collapse", "auto", "--por", "auto"];
    assert_eq!(verdic(&[&["check", LIVE], &auto[..]].concat()).code, 0);
}

#[test]
fn a_fault_of_its_own_is_a_verdict() {
    let folder = Folder::new();
    let check = CLOCK.replace("eventually Clock.n == 5", "Clock.n == 3 ~> 1 / (Clock.n - 3) == 1")
        + "check \"c\" Clock { under async }\n";
    let ended = verdic(&["check", &folder.file("clock.verdi", check)]);
    assert_eq!(ended.code, 1, "{}{}", ended.out, ended.err);
    assert!(
        ended.out.contains("violated     no_fault") && ended.out.contains("inconclusive five"),
        "{}",
        ended.out
    );
}

#[test]
fn a_promise_that_is_never_made_is_told() {
    let folder = Folder::new();
    let check = CLOCK.replace("eventually Clock.n == 5", "Clock.n == 6 ~> Clock.n == 7")
        + "check \"c\" Clock { under async }\n";
    let ended = verdic(&["check", &folder.file("clock.verdi", check)]);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("nothing is asked by `five`"), "{}", ended.out);
}
