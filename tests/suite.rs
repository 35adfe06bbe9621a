//! The programs of the repository come out as they state.

#![expect(clippy::expect_used, reason = "what is not as expected fails the test")]

use std::fs;
use std::path::{Path, PathBuf};

use verdi_driver::options::CheckOptions;
use verdi_driver::report::Exit;
use verdi_tests::expect::{differences, expectations};
use verdi_tests::run::{Checked, check, check_text};
use verdi_tests::{book, programs, root, shown};

/// Checks programs, two at a time, and tells of each that does not come out as it states.
fn all_as_stated(paths: &[PathBuf]) {
    assert!(!paths.is_empty(), "there are no programs");
    let (odd, even): (Vec<_>, Vec<_>) = paths.iter().enumerate().partition(|(at, _)| at % 2 == 1);
    let surprises = |half: Vec<(usize, &PathBuf)>| -> Vec<String> {
        half.into_iter().filter_map(|(_, path)| surprise(path)).collect()
    };
    let wrong = std::thread::scope(|scope| {
        let other = scope.spawn(|| surprises(odd));
        let mut wrong = surprises(even);
        wrong.extend(other.join().expect("the tool does not panic"));
        wrong
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn surprise(path: &Path) -> Option<String> {
    let checked = check(path);
    let surprises = checked.surprises();
    (checked.exit != Exit::AsExpected || !surprises.is_empty())
        .then(|| format!("{}: {:?}\n  {}", shown(path), checked.exit, surprises.join("\n  ")))
}

#[test]
fn examples_come_out_as_they_state() {
    let examples = programs("examples");
    let bugs = examples.iter().filter(|path| shown(path).contains("_bug")).count();
    assert!(examples.len() >= 20 && bugs >= 10, "{} examples, {bugs} of them with a bug", examples.len());
    all_as_stated(&examples);
}

#[test]
fn programs_of_the_language_come_out_as_they_state() {
    all_as_stated(&programs("tests/suite/lang"));
}

#[test]
fn programs_of_networks_come_out_as_they_state() {
    all_as_stated(&programs("tests/suite/net"));
}

#[test]
fn programs_of_the_librarys_transformers_come_out_as_they_state() {
    let mut programs = programs("tests/suite/transformers");
    programs.retain(|path| !shown(path).contains("raft/bugs"));
    let bugs = programs.iter().filter(|path| shown(path).contains("/bugs/")).count();
    assert!(bugs >= 25, "there are only {bugs} mistakes to find");
    all_as_stated(&programs);
}

/// Two bits of a system: one that nobody sets, and one that somebody does.
const BITS: &str = r#"
system Bits {
  message Ping

  node A {
    input Go
    state sent: bool = false
    state lost: bool = false
    on input Go when !sent { sent := true; send Ping to B }
  }

  node B {
    state got: bool = false
    on message Ping { got := true }
  }

  invariant never_lost: !A.lost
  invariant never_got: !B.got
}
"#;

#[test]
fn what_a_refinement_carries_over_is_not_explored_again_and_nothing_else_is() {
    let text = format!(
        r#"{BITS}
check "it is carried over" seq_num(Bits) {{
  under duplicating
  bound duplicate <= 1
  holds never_lost
  refines Bits under async
}}

check "what does not hold below is looked for here" seq_num(Bits) {{
  under duplicating
  bound duplicate <= 1
  holds never_lost
  violates never_got
  refines Bits under async
}}

check "nothing follows from what is not so" seq_num(Bits) {{
  under duplicating
  bound duplicate <= 1
  holds never_lost
  violates refines Bits under sync
}}
"#
    );
    let checks = check_text(&text, &CheckOptions::default()).report.checks;
    let rows = |at: usize| {
        let rows = checks[at].rows.iter();
        rows.map(|row| (row.verdict.name(), row.reason.clone().unwrap_or_default())).collect::<Vec<_>>()
    };
    let reason = "by refinement: seq_num(Bits) under duplicating refines Bits under async (duplicate <= 1; 6 worlds), \
                  and it holds in all 3 worlds of Bits under async";
    assert_eq!(rows(0), [("bounded", reason.to_owned()), ("bounded", String::new())]);
    assert_eq!(rows(1)[0], ("bounded", reason.to_owned()));
    assert_eq!(rows(1)[1], ("violated", String::new()));
    assert_eq!(rows(2)[0].1, "", "{:?}", rows(2));
}

/// A transformer of the library with the mistake that a program states: `//-` what is replaced, `//+` by what; then the
/// program, which sees this transformer rather than the library's.
fn mistaken(library: &str, program: &str) -> String {
    let stated = |mark: &str| program.lines().find_map(|line| line.strip_prefix(mark)).map(str::trim);
    let (right, wrong) = stated("//-").zip(stated("//+")).expect("it states its mistake");
    assert_eq!(library.matches(right).count(), 1, "there is one place for {right}");
    format!("{}\n{program}", library.replace(right, wrong))
}

#[test]
fn mistakes_in_raft_are_found() {
    let library = fs::read_to_string(root().join("stdlib/transformers/raft.verdi")).expect("it is there");
    let paths = programs("tests/suite/transformers/raft/bugs");
    assert!(paths.len() >= 6, "there are only {} mistakes", paths.len());
    for path in paths {
        let program = fs::read_to_string(&path).expect("a program is text");
        let checked = check_text(&mistaken(&library, &program), &CheckOptions::default());
        assert_eq!(checked.exit, Exit::AsExpected, "{}: {:?}", shown(&path), checked.surprises());
    }
}

#[test]
fn wrong_programs_are_told_what_is_wrong_and_nothing_else() {
    let programs = programs("tests/suite/errors");
    assert!(programs.len() > 50, "there are only {} wrong programs", programs.len());
    let mut wrong = Vec::new();
    for path in &programs {
        let text = fs::read_to_string(path).expect("a program is readable text");
        let expected = expectations(&text);
        assert!(!expected.is_empty(), "{} expects nothing", shown(path));
        let checked = check(path);
        let told = differences(&expected, &checked.diagnostics);
        wrong.extend(told.into_iter().map(|difference| format!("{}: {difference}", shown(path))));
        let errors = expected.iter().any(|expectation| expectation.severity == "error");
        if errors != (checked.exit == Exit::BadInput) {
            wrong.push(format!("{} ends with {:?}", shown(path), checked.exit));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_books_programs_come_out_as_it_says() {
    let mut wrong = Vec::new();
    for block in book::blocks() {
        let checked = check_text(&block.text, &CheckOptions::default());
        let has_code = |code: &String| checked.diagnostics.iter().any(|reported| reported.code == *code);
        if checked.exit.code() != block.exit || !block.code.iter().all(has_code) {
            wrong.push(format!(
                "{}: {:?} instead of {} {:?}\n  {}\n{}",
                block.place,
                checked.exit,
                block.exit,
                block.code,
                checked.surprises().join("\n  "),
                block.text
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn contract(name: &str) -> Checked {
    check(&root().join("tests/contract").join(name))
}

#[test]
fn the_contracts_lock_server_has_the_verdicts_it_states() {
    let checked = contract("1_lock_server.verdi");
    let verdicts: Vec<_> = checked
        .report
        .checks
        .iter()
        .map(|check| (check.rows[0].verdict.name(), check.rows[0].expected))
        .collect();
    assert_eq!(verdicts, [("bounded", true), ("violated", true), ("bounded", true)]);
    assert_eq!(checked.exit, Exit::AsExpected);
    let trace = checked.report.checks[1].rows[0].trace.as_ref().expect("a violation has a run");
    // The first step is the start.
    assert_eq!(trace.steps.len(), 1 + 10, "the shortest run to two holders");
}

#[test]
fn the_contracts_other_programs_are_taken_unchanged() {
    for name in ["7_networks.verdi", "8_reliable.verdi", "9_test.verdi"] {
        let checked = contract(name);
        assert_eq!(checked.surprises(), Vec::<String>::new(), "{name}");
        assert_eq!(checked.exit, Exit::AsExpected, "{name}");
    }
    assert_eq!(contract("9_test.verdi").report.tests.len(), 1);
}
