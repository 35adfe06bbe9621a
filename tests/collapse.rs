//! Drops and duplicates that are left out of a search: the same is found, and every counterexample is a run of the
//! program that was asked about.

#![expect(clippy::expect_used, reason = "what is not as expected fails the test")]

use std::path::{Path, PathBuf};
use verdi_driver::commands::{check_all, replay_trace};
use verdi_driver::fs::{Disk, FileSystem, Memory};
use verdi_driver::options::{CheckOptions, CollapseUse, SearchOrder};
use verdi_driver::report::{CheckReport, Report, Row, Verdict};
use verdi_driver::{Session, Unwatched, replay};
use verdi_tests::run::check_text;
use verdi_tests::{programs, root, shown};

/// The most worlds of a search.
const WORLDS: u64 = 30_000;

fn options(collapse: CollapseUse) -> CheckOptions {
    CheckOptions {
        collapse,
        worlds_max: Some(WORLDS),
        tests: false,
        count_all: true,
        ..CheckOptions::default()
    }
}

fn session(fs: &dyn FileSystem, path: &Path) -> Session {
    Session::load(fs, &[path.to_owned()])
}

/// What the checks of a file come to; `None` where something is refused.
fn checks(session: &Session, options: &CheckOptions) -> Option<Vec<CheckReport>> {
    let found = check_all(session, options, &mut Unwatched).expect("no check and no network is named");
    found.diagnostics.is_empty().then_some(found.report.checks)
}

/// Whether something was left out.
fn is_collapsed(check: &CheckReport) -> bool {
    check.notes.iter().any(|note| note.contains("not explored: "))
}

fn is_cut(check: &CheckReport) -> bool {
    check.rows.iter().any(|row| row.reason.as_ref().is_some_and(|reason| reason.contains("limit on worlds")))
}

fn steps(row: &Row) -> Option<usize> {
    row.trace.as_ref().map(|trace| trace.steps.len())
}

fn found(row: &Row) -> bool {
    matches!(row.verdict, Verdict::Violated | Verdict::Reached)
}

/// Replays each counterexample as the program runs that was asked about.
fn assert_replays(place: &str, session: &Session, check: &CheckReport) -> usize {
    let mut replayed = 0;
    for row in check.rows.iter().filter(|row| row.trace.is_some()) {
        let text = replay::trace_file(check, row).to_string();
        let again = replay_trace(session, &text, &CheckOptions::default(), &mut Unwatched);
        let again = again.unwrap_or_else(|why| panic!("{place}: {}: {why:#}", row.property));
        let Report { checks, .. } = again.report;
        let same = checks[0].rows.iter().find(|again| again.property == row.property);
        // By taking steps it only comes out which of them faults.
        let ending = row.trace.as_ref().map_or("", |trace| trace.ending.headline.as_str());
        if row.property != "no_fault" || ending.starts_with("the last step") {
            let same = same.is_some_and(|again| again.verdict == row.verdict);
            assert!(same, "{place}: {} by {text}", row.property);
        }
        replayed += 1;
    }
    replayed
}

#[test]
fn without_drops_the_same_is_found_in_as_many_steps() {
    let (mut compared, mut replayed, mut all, mut fewer) = (0, 0, 0, 0);
    let folders = ["examples", "tests/suite/lang", "tests/suite/net", "tests/suite/peers"];
    for path in folders.into_iter().flat_map(programs) {
        let place = shown(&path);
        let session = session(&Disk, &path);
        for under in [None, Some("flaky"), Some("crash")] {
            let with = |collapse| CheckOptions {
                under: under.map(str::to_owned),
                bounds: match under {
                    None => Vec::new(),
                    Some(_) => ["input=1", "timeout=1", "drop=1", "duplicate=1", "crash=1"]
                        .iter()
                        .map(|bound| bound.parse().expect("a bound"))
                        .filter(|bound: &verdi_driver::options::BoundFlag| {
                            under == Some("crash") || !["duplicate", "crash"].contains(&bound.rule.as_str())
                        })
                        .collect(),
                },
                ..options(collapse)
            };
            let Some(part) = checks(&session, &with(CollapseUse::Auto)) else { continue };
            if !part.iter().any(is_collapsed) {
                continue;
            }
            let whole = checks(&session, &with(CollapseUse::Off)).expect("nothing is left out");
            for (whole, part) in whole.iter().zip(&part).filter(|(_, part)| is_collapsed(part)) {
                if is_cut(whole) {
                    continue;
                }
                let place = format!("{place}: {} under {}", part.name, part.network);
                assert!(part.work.distinct <= whole.work.distinct, "{place}");
                for (whole, part) in whole.rows.iter().zip(&part.rows) {
                    assert_eq!((&whole.property, found(whole)), (&part.property, found(part)), "{place}");
                    assert_eq!(steps(whole), steps(part), "{place}: {}", whole.property);
                }
                (compared, all, fewer) =
                    (compared + 1, all + whole.work.distinct, fewer + part.work.distinct);
                replayed += assert_replays(&place, &session, part);
            }
        }
    }
    println!("{compared} checks compared, {replayed} runs replayed, {all} worlds became {fewer}");
    assert!(compared >= 40 && replayed >= 20 && fewer < all * 2 / 3, "{compared} {replayed} {all} {fewer}");
}

/// An example, held to no number of faults.
fn unbounded(name: &str) -> (Session, PathBuf) {
    let path = root().join(format!("examples/{name}.verdi"));
    let text = std::fs::read_to_string(&path).expect("an example");
    let own = |line: &&str| {
        !["drop", "duplicate", "input"].iter().any(|rule| line.trim().starts_with(&format!("bound {rule} ")))
    };
    let text = text.lines().filter(own).collect::<Vec<_>>().join("\n");
    let path = PathBuf::from("example.verdi");
    (session(&Memory::new().with("example.verdi", text), &path), path)
}

#[test]
fn where_all_that_was_sent_stays_the_same_is_found() {
    let (mut compared, mut replayed) = (0, 0);
    for (name, inputs) in [
        ("two_phase_commit", 1),
        ("two_phase_commit_bug", 1),
        ("ping_pong", 1),
        ("ping_pong_bug", 1),
        ("paxos", 1),
        ("paxos_bug", 2),
        ("token_ring", 1),
        ("token_ring_bug", 1),
        ("ring_election_bug", 2),
    ] {
        let (session, _) = unbounded(name);
        let bounds = |more: &str| {
            let all = format!("input={inputs} timeout=1 {more}");
            all.split_whitespace().map(|bound| bound.parse().expect("a bound")).collect::<Vec<_>>()
        };
        let with = |collapse, more: &str| CheckOptions {
            under: Some("busy".into()),
            bounds: bounds(more),
            ..options(collapse)
        };
        let Some(part) = checks(&session, &with(CollapseUse::Duplicates, "")) else { continue };
        let whole = checks(&session, &with(CollapseUse::Off, "packets=4")).expect("nothing is left out");
        for (whole, part) in whole.iter().zip(&part).filter(|(_, part)| is_collapsed(part)) {
            let place = format!("{name}: {}", part.name);
            for (whole, part) in whole.rows.iter().zip(&part.rows) {
                // With four packets not all may be seen that can happen, but nothing else.
                assert!(!found(whole) || found(part), "{place}: {}", whole.property);
                let reached = [Verdict::Violated, Verdict::Reached, Verdict::Inconclusive];
                assert!(!reached.contains(&part.verdict) || found(part), "{place}: {}", part.property);
            }
            compared += 1;
            replayed += assert_replays(&place, &session, part);
        }
    }
    println!("{compared} checks compared, {replayed} runs replayed");
    assert!(compared >= 6 && replayed >= 5, "{compared} {replayed}");
}

const PAIR: &str = "system Pair {
  message Word
  node A {
    input Say
    on input Say { send Word to B }
  }
  node B {
    state heard: int = 0
    on message Word { heard := heard + 1 }
  }
  invariant few: B.heard < 3
  invariant none_lost: packets.len() + B.heard == 0 || packets.len() > 0
}
";

fn of_pair(check: &str, collapse: CollapseUse) -> verdi_tests::run::Checked {
    let options = CheckOptions { collapse, tests: false, ..CheckOptions::default() };
    check_text(&format!("{PAIR}check \"it\" Pair {{\n{check}\n}}\n"), &options)
}

#[test]
fn what_is_not_sound_is_refused_with_each_reason() {
    for (check, collapse, reasons) in [
        (
            "under flaky\nbound input <= 1\nholds none_lost",
            CollapseUse::Drops,
            vec!["`none_lost` reads the packets"],
        ),
        (
            "under flaky\nbound input <= 1\ndeadlock free",
            CollapseUse::Drops,
            vec!["asks whether a rule such as `drop`"],
        ),
        (
            "under busy\nbound duplicate <= 1\nbound packets <= 3\nholds few",
            CollapseUse::Duplicates,
            vec!["`bound packets` counts", "`duplicate` is bounded"],
        ),
    ] {
        let checked = of_pair(check, collapse);
        let refused = &checked.diagnostics[..];
        assert_eq!(refused.len(), 1, "{check}: {refused:?}");
        assert_eq!(refused[0].code, "V0705", "{refused:?}");
        for reason in reasons {
            assert!(refused[0].message.contains(reason), "{check}: {}", refused[0].message);
        }
        // What cannot be left out is not, where it is not insisted on.
        let automatic = of_pair(check, CollapseUse::Auto);
        assert!(automatic.diagnostics.iter().all(|reported| reported.severity != "error"), "{check}");
    }
}

#[test]
fn copies_are_put_into_a_run_only_where_they_are_needed() {
    let checked = of_pair("under busy\nbound input <= 1\nholds few", CollapseUse::Duplicates);
    let row = &checked.report.checks[0].rows[0];
    let rules: Vec<&str> =
        row.trace.iter().flat_map(|trace| &trace.steps).map(|step| step.rule.as_str()).collect();
    assert_eq!(row.verdict, Verdict::Violated);
    assert_eq!(rules.iter().filter(|rule| **rule == "duplicate").count(), 2, "{rules:?}");
    assert_eq!(rules.iter().filter(|rule| **rule == "deliver").count(), 3, "{rules:?}");
    assert!(checked.diagnostics.is_empty(), "there are no worlds without end: {:?}", checked.diagnostics);
}

#[test]
fn every_search_leaves_out_the_same() {
    for search in [SearchOrder::Bfs, SearchOrder::Dfs, SearchOrder::Random] {
        let collapse = CollapseUse::Drops;
        let options = CheckOptions { collapse, search, tests: false, ..CheckOptions::default() };
        let text = format!(
            "{PAIR}check \"it\" Pair {{\nunder flaky\nbound input <= 2\nbound drop <= 1\nholds few\n}}\n"
        );
        let checked = check_text(&text, &options);
        let check = &checked.report.checks[0];
        assert!(is_collapsed(check), "{search:?}: {:?}", check.notes);
        assert!(check.again.contains("--collapse drops"), "{}", check.again);
        assert!(!found(&check.rows[0]), "{search:?}");
    }
}
