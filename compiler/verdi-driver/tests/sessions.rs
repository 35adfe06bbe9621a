//! Whole sessions: files in memory, checks run, results as every renderer has them.

use serde_json::Value as Json;
use std::path::PathBuf;
use verdi_diagnostics::render::{Style, width};
use verdi_diagnostics::{Diagnostic, codes};
use verdi_driver::commands::{check_all, core_of, ladder_all, replay_trace};
use verdi_driver::fs::Memory;
use verdi_driver::options::{CheckOptions, CollapseUse, EngineKind, SearchOrder};
use verdi_driver::render::{check_text, junit, ladder_text, report_json, test_text, trace_itf};
use verdi_driver::report::{Exit, Report, TestOutcome, Verdict};
use verdi_driver::{Session, Unwatched, Watch, replay};

const LOCK: &str = r#"
system LockServ(clients: int = 2) {
  message Lock | Unlock | Locked
  node Server {
    state queue: List<Client> = []
    on message Lock from c: Client {
      if queue.is_empty() { send Locked to c }
      queue.push(c)
    }
    on message Unlock {
      queue.pop_front()
      if let Some(next) = queue.first() { send Locked to next }
    }
  }
  node Client[clients] {
    input Acquire | Release
    output Acquired
    state held: bool = false
    on input Acquire { send Lock to Server }
    on input Release when held {
      held := false
      send Unlock to Server
    }
    on message Locked {
      held := true
      output Acquired
    }
  }
  invariant mutual_exclusion: forall a in Client, b in Client: a.held && b.held ==> a == b
}
"#;

fn session(checks: &str) -> Session {
    Session::load(&Memory::new().with("a.verdi", format!("{LOCK}{checks}")), &[PathBuf::from("a.verdi")])
}

fn run(checks: &str, options: &CheckOptions) -> (Session, Report) {
    let session = session(checks);
    assert_eq!(errors(&session.diagnostics), Vec::<String>::new());
    let found = check_all(&session, options, &mut Unwatched);
    let Ok(found) = found else { panic!("{found:?}") };
    assert_eq!(errors(&found.diagnostics), Vec::<String>::new());
    (session, found.report)
}

fn errors(diagnostics: &[Diagnostic]) -> Vec<String> {
    diagnostics.iter().filter(|d| d.is_error()).map(|d| format!("{} {}", d.code, d.message)).collect()
}

const DUPLICATED: &str = r#"
check "a duplicated Locked breaks it" LockServ(clients: 2) {
  under busy
  bound input <= 2 per node
  bound drop <= 0
  bound duplicate <= 1
  violates mutual_exclusion
}
"#;

#[test]
fn a_violation_is_shortest_and_shown_in_every_form() {
    let (session, report) = run(DUPLICATED, &CheckOptions::default());
    assert_eq!(report.exit(), Exit::AsExpected);
    let check = &report.checks[0];
    let [row] = check.rows.as_slice() else { panic!("{:?}", check.rows) };
    assert_eq!((row.verdict, row.expected), (Verdict::Violated, true));
    let trace = row.trace.as_ref().unwrap();
    assert_eq!(trace.len(), 10);
    for columns in [40, 60, 80, 100] {
        let text = check_text(check, true, &Style { width: columns, ..Style::PLAIN });
        for line in text.lines().filter(|line| !line.contains("again:")) {
            assert!(width(line) <= columns, "{line}");
        }
    }
    insta::assert_snapshot!("violation", check_text(check, false, &Style::PLAIN));
    let itf = trace_itf(trace, "locks");
    assert_eq!(itf["states"].as_array().unwrap().len(), 11);
    assert_eq!(itf["states"][0]["Server"]["queue"], Json::Array(Vec::new()));
    roxmltree::Document::parse(&junit(&report)).unwrap();
    let json = report_json(&session.files, &session.diagnostics, &report, report.exit());
    let keys: Vec<&str> = json["checks"][0].as_object().unwrap().keys().map(String::as_str).collect();
    insta::assert_snapshot!("keys", keys.join(" "));
}

#[test]
fn limits_never_say_that_it_holds() {
    let check = "check \"c\" LockServ(clients: 2) {\n  under async\n  bound input <= 2 per node\n  holds mutual_exclusion\n}\n";
    let (_, report) = run(check, &CheckOptions::default());
    assert_eq!(report.checks[0].rows[0].verdict, Verdict::Bounded);
    assert_eq!(report.checks[0].limits, ["input <= 2 per node"]);
    let (_, report) = run(check, &CheckOptions { worlds_max: Some(5), ..CheckOptions::default() });
    assert_eq!(report.checks[0].rows[0].verdict, Verdict::Inconclusive);
    assert_eq!(report.exit(), Exit::Inconclusive);
    let random = CheckOptions { search: SearchOrder::Random, runs: 5, ..CheckOptions::default() };
    let (_, report) = run(check, &random);
    assert_eq!(report.checks[0].rows[0].verdict, Verdict::Sampled);
}

#[test]
fn a_random_counterexample_is_shrunk() {
    let options = CheckOptions {
        search: SearchOrder::Random,
        runs: 5000,
        steps: 60,
        seed: 1,
        ..CheckOptions::default()
    };
    let (_, report) = run(DUPLICATED, &options);
    let row = &report.checks[0].rows[0];
    assert_eq!(row.verdict, Verdict::Violated);
    assert_eq!(row.trace.as_ref().unwrap().len(), 10);
    assert!(report.checks[0].again.ends_with("--search random --steps 60 --runs 5000 --seed 1"));
}

#[test]
fn traces_are_replayed_and_refused_where_they_do_not_fit() {
    let (session, report) = run(DUPLICATED, &CheckOptions::default());
    let file = replay::trace_file(&report.checks[0], &report.checks[0].rows[0]);
    let replayed = |text: &str| replay_trace(&session, text, &CheckOptions::default(), &mut Unwatched);
    let found = replayed(&file.to_string()).unwrap();
    let row = &found.report.checks[0].rows[0];
    assert_eq!((row.property.as_str(), row.verdict), ("mutual_exclusion", Verdict::Violated));
    assert_eq!(row.trace.as_ref().unwrap().ending.headline, "mutual_exclusion fails");
    let whole = report_json(&session.files, &[], &report, report.exit());
    assert_eq!(replayed(&whole.to_string()).unwrap().report.checks[0].rows[0].verdict, Verdict::Violated);

    let mut twice = file.clone();
    let steps = twice["steps"].as_array_mut().unwrap();
    let deliver = steps[2].clone();
    steps.insert(3, deliver);
    let error = replayed(&twice.to_string()).unwrap_err().to_string();
    assert!(
        error.starts_with("step 4 of the trace is not possible: deliver Lock from Client[0] to Server"),
        "{error}"
    );
    for wrong in [
        "",
        "{}",
        "[]x",
        r#"{"format":"verdi-trace","steps":[{"rule":"nope"}]}"#,
        r#"[{"rule":"deliver","args":[1]}]"#,
    ] {
        assert!(replayed(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn both_searches_climb_the_ladder_alike() {
    let check = "check \"safe\" LockServ(clients: 2) {\n  under async\n  bound input <= 2 per node\n  holds mutual_exclusion\n  reaches held: exists c in Client: c.held\n}\n";
    let session = session(check);
    let cells = |engine, collapse| {
        let options = CheckOptions { engine, collapse, ..CheckOptions::default() };
        let found = ladder_all(&session, &options, 1, &mut Unwatched).unwrap();
        let rows = found.report.ladders[0].rows.iter();
        rows.flat_map(|row| row.cells.iter().map(|cell| (cell.verdict, cell.steps))).collect::<Vec<_>>()
    };
    let clear = cells(EngineKind::Interp, CollapseUse::Off);
    assert_eq!(clear.len(), 10);
    assert_eq!(cells(EngineKind::Jit, CollapseUse::Off), clear);
    assert_eq!(cells(EngineKind::Jit, CollapseUse::Auto), clear);
}

#[test]
fn the_ladder_says_which_network_breaks_what() {
    let check = "check \"safe\" LockServ(clients: 2) {\n  under async\n  bound input <= 2 per node\n  holds mutual_exclusion\n}\n";
    let session = session(check);
    let found = ladder_all(&session, &CheckOptions::default(), 1, &mut Unwatched).unwrap();
    let ladder = &found.report.ladders[0];
    assert_eq!(ladder.rows[0].weakest(), Some(3));
    assert_eq!(found.report.exit(), Exit::AsExpected);
    let text = ladder_text(ladder, &Style::PLAIN);
    assert!(
        text.contains("mutual_exclusion: safe under sync, async, flaky; broken from busy on, in 10 steps"),
        "{text}"
    );
    insta::assert_snapshot!("ladder", text);
    // The printed command finds the same.
    let cell = &ladder.rows[0].cells[3];
    let options = CheckOptions {
        under: Some("busy".into()),
        bounds: vec!["drop=1".parse().unwrap(), "duplicate=1".parse().unwrap()],
        ..CheckOptions::default()
    };
    assert!(cell.again.contains("--under busy --bound drop=1 --bound duplicate=1"), "{}", cell.again);
    let (_, report) = run(check, &options);
    assert_eq!(report.checks[0].rows[0].trace.as_ref().unwrap().len(), 10);
}

#[test]
fn endless_models_are_told_before_the_search() {
    #[derive(Default)]
    struct Warned(Vec<String>, u32);
    impl Watch for Warned {
        fn warn(&mut self, _: &verdi_diagnostics::Files, diagnostic: Diagnostic) {
            // Others tell what the search has shown.
            if diagnostic.code == codes::V0702 {
                assert_eq!(self.1, 0, "a search had begun");
                self.0.push(diagnostic.message);
            }
        }
        fn done(&mut self) {
            self.1 += 1;
        }
    }
    let check = |bounds: &str| {
        format!(
            "check \"c\" LockServ(clients: 1) {{\n  under busy\n  bound input <= 1\n{bounds}\n  holds mutual_exclusion\n}}\n"
        )
    };
    let options = CheckOptions { worlds_max: Some(500), ..CheckOptions::default() };
    for (bounds, count) in
        [("", 1), ("  bound duplicate <= 1", 0), ("  bound depth <= 3", 0), ("  bound packets <= 3", 0)]
    {
        let session = session(&check(bounds));
        let mut warned = Warned::default();
        check_all(&session, &options, &mut warned).unwrap();
        assert_eq!(warned.0.len(), count, "{bounds}: {:?}", warned.0);
    }
}

#[test]
fn tests_say_what_was_possible() {
    let tests = r#"
test "passes" for LockServ(clients: 1) under async {
  input Acquire at Client[0]
  deliver Lock from Client[0] to Server
  expect Server.queue == [Client[0]]
}
test "fails" for LockServ(clients: 1) under async {
  input Acquire at Client[0]
  expect Client[0].held && Server.queue == []
}
test "is not possible" for LockServ(clients: 2) under async {
  input Acquire at Client[0]
  deliver Lock from Client[1] to Server
}
"#;
    let (session, report) = run(tests, &CheckOptions::default());
    assert_eq!(report.exit(), Exit::Failed);
    assert!(matches!(report.tests[0].outcome, TestOutcome::Passed));
    let text: String =
        report.tests.iter().map(|test| test_text(&session.files, test, &Style::PLAIN)).collect();
    insta::assert_snapshot!("tests", text);
}

#[test]
fn files_use_files_in_circles_and_missing_ones_are_told() {
    let fs = Memory::new()
        .with(
            "dir/a.verdi",
            "use \"b.verdi\".{B}\ntype A = int\ntype UsesB = List<B>\nfn f(x: UsesB): int { x.len() }\n",
        )
        .with("dir/b.verdi", "use \"../dir/a.verdi\".{A}\ntype B(a: A)\n")
        .with("c.verdi", "use \"nowhere.verdi\".{X}\n")
        .with("binary.verdi", vec![0xff, 0x00]);
    let circle = Session::load(&fs, &[PathBuf::from("dir/a.verdi")]);
    assert_eq!(errors(&circle.diagnostics), Vec::<String>::new());
    let missing = Session::load(&fs, &["c.verdi".into(), "absent.verdi".into(), "binary.verdi".into()]);
    let found = errors(&missing.diagnostics).join("\n");
    for wanted in ["cannot read `nowhere.verdi`", "cannot read `absent.verdi`", "not UTF-8"] {
        assert!(found.contains(wanted), "{found}");
    }
}

#[test]
fn names_of_checks_and_networks_are_listed_where_they_are_mistyped() {
    let session = session(DUPLICATED);
    let error =
        |options: &CheckOptions| check_all(&session, options, &mut Unwatched).unwrap_err().to_string();
    let check = error(&CheckOptions { check: Some("nope".into()), ..CheckOptions::default() });
    assert!(check.contains("a duplicated Locked breaks it"), "{check}");
    let network = error(&CheckOptions { under: Some("bussy".into()), ..CheckOptions::default() });
    assert!(network.contains("sync, async, flaky, busy, crash"), "{network}");
}

#[test]
fn core_is_printed_for_each_check() {
    let session = session(DUPLICATED);
    let programs = core_of(&session, &CheckOptions::default()).unwrap().unwrap();
    assert_eq!(programs.len(), 1);
    assert!(programs[0].1.to_string().contains("mutual_exclusion"));
}

#[test]
fn an_interrupted_search_is_inconclusive() {
    struct Stopped;
    impl Watch for Stopped {
        fn stop(&self) -> bool {
            true
        }
    }
    let session = session(DUPLICATED);
    let found = check_all(&session, &CheckOptions::default(), &mut Stopped).unwrap();
    assert_eq!(found.report.exit(), Exit::Inconclusive);
}
