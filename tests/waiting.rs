//! Steps that wait while those of one node are taken: the same verdicts in no more worlds, however many workers there are.

use std::collections::BTreeMap;
use std::sync::Arc;
use verdi_core::reduce::{Collapse, collapse};
use verdi_core::{Program, PropertyId, PropertyKind, reduce};
use verdi_driver::commands::check_all;
use verdi_driver::fs::Memory;
use verdi_driver::options::{CheckOptions, EngineKind, PorUse, SearchOrder};
use verdi_driver::report::{CheckReport, Verdict};
use verdi_driver::{Session, Unwatched};
use verdi_explore::{Answer, Coverage, Cut, Faulted, Go, Options, Outcome, Run, explore_parts};
use verdi_interp::Interp;
use verdi_jit::{Jit, NativeParts};
use verdi_machine::{Machine, Model, Prospects, Refusal, TakenApart};
use verdi_tests::run::check_text;
use verdi_tests::{models, programs, shown};

/// What two searches must agree on.
fn said(outcome: &Outcome) -> (Vec<bool>, Vec<PropertyId>, bool, Coverage) {
    let found = outcome.answers.iter().map(|answer| matches!(answer, Answer::Found(_))).collect();
    (found, outcome.undecided.clone(), outcome.fault.is_some(), outcome.coverage.clone())
}

/// Whether a run is one of the program, and ends where it answers the property.
fn shows(machine: &Machine<Interp>, id: PropertyId, run: &Run) -> bool {
    let steps = machine.replay(&run.choices);
    if let Some((_, Faulted::Step)) = run.fault {
        return matches!(steps.map_err(|stop| stop.why), Err(Refusal::Faulted(_)));
    }
    let Ok(steps) = steps else { return false };
    let first = machine.initial();
    let last = steps.last().map_or(first, |step| step.after.clone());
    let Ok(world) = last else { return false };
    match machine.properties()[id.as_u32() as usize] {
        PropertyKind::Invariant => machine.holds(id, &world) == Ok(false),
        PropertyKind::Reach => machine.holds(id, &world) == Ok(true),
        PropertyKind::NoDeadlock => {
            let choices = machine.choices(&world);
            choices.enabled.is_empty() && choices.held_back.is_empty() && choices.faults.is_empty()
        }
        PropertyKind::NoFault => run.fault.is_some(),
        PropertyKind::LeadsTo | PropertyKind::Eventually => false,
    }
}

#[derive(Default, Debug)]
struct Held {
    compared: usize,
    smaller: usize,
    all: u64,
    left: u64,
    found: usize,
}

/// Holds a program's reduced search against the whole one, if it has one and is small enough.
fn hold(place: &str, program: &Program, worlds_max: u64, held: &mut Held) {
    let Ok(prospects) = Prospects::of(program) else { return };
    let machine = Machine::new(Interp::new(program.clone()));
    let options = Options { count_all: true, worlds_max: Some(worlds_max), ..Options::default() };
    let whole = explore_parts(|| TakenApart::new(&machine), &options, &mut |_| Go::On);
    if whole.coverage == Coverage::Cut(Cut::Worlds) {
        return;
    }
    let prospects = Some(Arc::new(prospects));
    let mut counts = Vec::new();
    for workers in [1, 2] {
        let options =
            Options { count_all: true, workers, prospects: prospects.clone(), ..Options::default() };
        let told = explore_parts(|| TakenApart::new(&machine), &options, &mut |_| Go::On);
        let native = || NativeParts::new(&machine, Jit::new(program.clone()));
        let native = explore_parts(native, &options, &mut |_| Go::On);
        for outcome in [&told, &native] {
            assert_eq!(said(outcome), said(&whole), "{place}");
            assert!(outcome.stats.distinct <= whole.stats.distinct, "{place}");
            counts.push((outcome.stats.distinct, outcome.stats.transitions, outcome.stats.reduced));
        }
        for (at, answer) in told.answers.iter().enumerate() {
            if let Answer::Found(run) = answer {
                held.found += 1;
                assert!(shows(&machine, PropertyId::from_u32(at as u32), run), "{place}: {run:?}");
            }
        }
    }
    assert!(counts.windows(2).all(|pair| pair[0] == pair[1]), "{place}: {counts:?}");
    let symmetric: Vec<Vec<u32>> = reduce::symmetry(program)
        .groups
        .into_iter()
        .map(|group| group.nodes)
        .filter(|nodes| nodes.len() < 5)
        .collect();
    if !symmetric.is_empty() {
        let both = Options {
            count_all: true,
            workers: 2,
            prospects,
            symmetric: symmetric.clone(),
            ..Options::default()
        };
        let alone = Options { count_all: true, symmetric, ..Options::default() };
        let both = explore_parts(|| TakenApart::new(&machine), &both, &mut |_| Go::On);
        let alone = explore_parts(|| TakenApart::new(&machine), &alone, &mut |_| Go::On);
        assert_eq!(said(&both), said(&whole), "{place}: with symmetry");
        assert!(both.stats.distinct <= alone.stats.distinct, "{place}: with symmetry");
    }
    held.compared += 1;
    held.smaller += usize::from(counts[0].0 < whole.stats.distinct);
    held.all += whole.stats.distinct;
    held.left += counts[0].0;
}

fn hold_all(folders: &[&str], worlds_max: u64) -> BTreeMap<&'static str, Held> {
    let mut all: BTreeMap<&str, Held> = BTreeMap::new();
    for path in folders.iter().copied().flat_map(programs) {
        let bounds = [("input", 1), ("timeout", 1), ("drop", 1), ("duplicate", 1), ("deliver", 6)];
        let kinds = [
            ("as they stand", None, &[][..]),
            ("sync", Some("sync"), &bounds[..1]),
            ("async", Some("async"), &bounds[..1]),
            ("flaky", Some("flaky"), &bounds[..3]),
            ("busy", Some("busy"), &bounds[..]),
        ];
        for (name, network, bounds) in kinds {
            for (title, program) in models::under(&path, network, bounds) {
                let place = format!("{}: {title} ({name})", shown(&path));
                hold(&place, &program, worlds_max, all.entry(name).or_default());
                if let Ok(less) = collapse(&program, Collapse::Drops) {
                    let held = all.entry("without drops").or_default();
                    hold(&format!("{place} without drops"), &less.program, worlds_max, held);
                }
            }
        }
    }
    all
}

#[test]
fn examples_have_the_same_verdicts() {
    let all = hold_all(&["examples"], 6_000);
    println!("{all:#?}");
    assert!(all.values().map(|held| held.compared).sum::<usize>() >= 20, "{all:?}");
    assert!(all.values().map(|held| held.found).sum::<usize>() >= 20, "{all:?}");
}

#[test]
fn the_suite_has_the_same_verdicts() {
    let all = hold_all(&["tests/suite/lang", "tests/suite/net", "tests/suite/peers"], 3_000);
    println!("{all:#?}");
    assert!(all.values().map(|held| held.compared).sum::<usize>() >= 100, "{all:?}");
    assert!(all.values().any(|held| held.left < held.all), "{all:?}");
}

/// Pairs of nodes that have nothing to do with each other, in each a speaker and a listener.
fn pairs(count: usize) -> String {
    let mut text = String::from("system Pairs {\n  message Word | Echo\n");
    for pair in 0..count {
        text += &format!(
            "  node Speaker{pair} {{
    input Say{pair}
    state said: int = 0
    state heard: int = 0
    on input Say{pair} {{
      said := said + 1
      send Word to Listener{pair}
    }}
    on message Echo {{ heard := heard + 1 }}
  }}
  node Listener{pair} {{
    state heard: int = 0
    on message Word from s: Speaker{pair} {{
      heard := heard + 1
      send Echo to s
    }}
  }}
"
        );
    }
    text + "  invariant at_most: Listener0.heard <= Speaker0.said\n  invariant never: Listener0.heard < 2\n}\n"
}

fn of_pairs(check: &str, por: PorUse) -> CheckReport {
    let options = CheckOptions { por, tests: false, count_all: true, ..CheckOptions::default() };
    let text = format!("{}check \"it\" Pairs {{\n{check}\n}}\n", pairs(3));
    let mut checked = check_text(&text, &options);
    assert!(checked.diagnostics.iter().all(|told| told.severity != "error"), "{:?}", checked.diagnostics);
    checked.report.checks.remove(0)
}

#[test]
fn pairs_that_do_not_meet_are_not_mixed() {
    for (network, property, verdict) in [
        ("sync", "holds", Verdict::Bounded),
        ("async", "holds", Verdict::Bounded),
        ("async", "violates", Verdict::Violated),
    ] {
        let name = if property == "holds" { "at_most" } else { "never" };
        let check = format!("under {network}\nbound input <= 2 per node\n{property} {name}");
        let (whole, part) = (of_pairs(&check, PorUse::Off), of_pairs(&check, PorUse::On));
        for report in [&whole, &part] {
            assert_eq!(report.rows[0].verdict, verdict, "{check}");
            assert_eq!(report.limits, whole.limits, "{check}");
        }
        assert!(
            part.work.distinct * 10 < whole.work.distinct,
            "{check}: {:?} of {:?}",
            part.work,
            whole.work
        );
        assert!(part.notes.iter().any(|note| note.contains("the others waited")), "{:?}", part.notes);
        assert!(part.again.contains("--por on"), "{}", part.again);
    }
}

#[test]
fn what_is_not_sound_is_refused_with_each_reason() {
    let check = "under async\nbound input <= 1 per node\nbound packets <= 3\nbound depth <= 9\nholds at_most";
    let text = format!("{}check \"it\" Pairs {{\n{check}\n}}\n", pairs(2));
    let options = CheckOptions { por: PorUse::On, tests: false, ..CheckOptions::default() };
    let refused = check_text(&text, &options).diagnostics;
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert_eq!(refused[0].code, "V0705");
    for reason in ["`bound packets`", "`bound depth`"] {
        assert!(refused[0].message.contains(reason), "{}", refused[0].message);
    }
    let told = of_pairs(check, PorUse::Auto);
    assert!(told.notes.iter().any(|note| note.contains("not shown to be sound")), "{:?}", told.notes);
    let crash = text.replace(check, "under crash\nbound crash <= 1\nbound duplicate <= 0\nholds at_most");
    let refused = check_text(&crash, &options).diagnostics;
    assert!(
        refused.iter().any(|told| told.message.contains("the rule `crash` changes `down`")),
        "{refused:?}"
    );
}

#[test]
fn other_searches_take_every_step() {
    let fs = Memory::new().with("a.verdi", pairs(2));
    let session = Session::load(&fs, &["a.verdi".into()]);
    for (engine, search) in [
        (EngineKind::Interp, SearchOrder::Bfs),
        (EngineKind::Jit, SearchOrder::Dfs),
        (EngineKind::Jit, SearchOrder::Random),
    ] {
        let options = CheckOptions { por: PorUse::Auto, engine, search, ..CheckOptions::default() };
        let refused = check_all(&session, &options, &mut Unwatched).expect_err("it cannot be had");
        assert!(refused.to_string().contains("breadth-first searches"), "{refused}");
    }
}
