//! What ran and what never did: counted, shown, and warned of.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use verdi_core::{Program, RuleId, Span};
use verdi_diagnostics::render::{Style, width};
use verdi_diagnostics::{Diagnostic, Files};
use verdi_driver::commands::{check_all, core_of};
use verdi_driver::coverage::{CoverageReport, Effort, FunctionKind, Gather, Mark, RuleState, Seen, record};
use verdi_driver::fs::{Disk, Memory};
use verdi_driver::options::CheckOptions;
use verdi_driver::render::{coverage_json, coverage_text, lcov};
use verdi_driver::{Session, Watch};
use verdi_explore::{Go, Options};
use verdi_interp::Interp;
use verdi_machine::{Fired, Machine, Model, Ran, World};

/// A server of which much is never put to the test.
const DEAD: &str = r#"system Shop(clients: int = 2) {
  message Buy(n: int) | Sold | Refund

  node Server {
    state stock: int = 1
    state log: List<int> = []
    on message Buy(n) from c: Client when n > 0 {
      if stock > 0 && n < 100 {
        stock := stock - 1
        send Sold to c
      } else {
        match n {
          1 => log.clear()
          2 => log.push(2)
          _ => send Refund to Server
        }
      }
    }
    on message Refund { stock := stock + 1 }
  }

  node Client[clients] {
    input Order
    output Done
    state happy: bool = false
    state returned: bool = false
    on input Order { send Buy(1) to Server }
    on message Sold {
      happy := true
      output Done
    }
  }

  invariant stocked: Server.stock >= 0
  invariant refunded: forall c in Client: c.returned ==> !c.happy
  invariant logged: forall n in Server.log: n > 2
}

network picky extends async {
  rule lose(p in packets) when nodes.len() > 50 { packets.remove(p) }
}
"#;

const HOLDS: &str = r#"
check "shop" Shop { under picky
  bound input <= 1 per node }
"#;

#[derive(Default)]
struct Listener {
    warnings: Vec<Diagnostic>,
}

impl Watch for Listener {
    fn warn(&mut self, _files: &Files, diagnostic: Diagnostic) {
        self.warnings.push(diagnostic);
    }
}

fn run(text: &str, options: &CheckOptions) -> (Session, Option<CoverageReport>, Vec<Diagnostic>) {
    let session = Session::load(&Memory::new().with("a.verdi", text), &[PathBuf::from("a.verdi")]);
    let errors: Vec<_> = session.diagnostics.iter().filter(|d| d.is_error()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let mut listener = Listener::default();
    let found = check_all(&session, options, &mut listener);
    let Ok(found) = found else { panic!("{found:?}") };
    (session, found.report.coverage, listener.warnings)
}

fn covered(text: &str) -> (Session, CoverageReport) {
    let options = CheckOptions { coverage: true, ..CheckOptions::default() };
    let (session, coverage, _) = run(text, &options);
    let Some(coverage) = coverage else { panic!("coverage was asked for") };
    (session, coverage)
}

/// Codes and the text that each is about.
fn warned(text: &str) -> Vec<(String, String)> {
    let (session, _, warnings) = run(text, &CheckOptions::default());
    let about = |d: &Diagnostic| (d.code.name().to_owned(), session.files.slice(d.primary.span).to_owned());
    warnings.iter().map(about).collect()
}

fn pair(code: &str, about: &str) -> (String, String) {
    (code.to_owned(), about.to_owned())
}

/// How often the line with this text ran.
fn ran(session: &Session, report: &CoverageReport, text: &str) -> Option<u64> {
    let file = &report.files[0];
    let lines: Vec<&str> = session.files.text(file.file).lines().collect();
    let Some(number) = lines.iter().position(|line| line.contains(text)) else {
        panic!("no line has {text}")
    };
    file.lines.iter().find(|(line, _)| *line == number + 1).map(|(_, ran)| *ran)
}

#[test]
fn lines_are_counted_by_distinct_runs() {
    let (session, report) = covered(&format!("{DEAD}{HOLDS}"));
    let ran = |text: &str| ran(&session, &report, text);
    assert_eq!(ran("on input Order"), Some(1), "it reads nothing, so it is the same at both clients");
    assert_eq!(ran("if stock > 0"), Some(4), "from each of two clients, with something in stock and without");
    assert_eq!(ran("send Sold to c"), Some(2));
    assert_eq!(ran("1 => log.clear()"), Some(2));
    assert_eq!(ran("2 => log.push(2)"), Some(0));
    assert_eq!(ran("_ => send Refund to Server"), Some(0));
    assert_eq!(ran("on message Refund"), Some(0));
    assert_eq!(ran("node Server {"), None, "nothing runs there");
    assert_eq!(ran("message Buy"), None);
}

#[test]
fn counts_are_of_the_program_and_not_of_the_search() {
    let text = format!("{DEAD}{HOLDS}");
    let lines = |options: CheckOptions| {
        let (_, coverage, _) = run(&text, &CheckOptions { coverage: true, ..options });
        coverage.map(|coverage| coverage.files[0].lines.clone())
    };
    let bfs = lines(CheckOptions::default());
    let dfs = CheckOptions { search: verdi_driver::options::SearchOrder::Dfs, ..CheckOptions::default() };
    assert!(bfs.is_some());
    assert_eq!(bfs, lines(dfs));
}

#[test]
fn every_way_not_taken_is_known() {
    let (session, report) = covered(&format!("{DEAD}{HOLDS}"));
    let untaken: Vec<(&str, &str, Mark)> = report
        .branches
        .iter()
        .filter(|branch| branch.reached)
        .flat_map(|branch| branch.sides.iter().map(move |side| (branch.word, side)))
        .filter(|(_, side)| side.taken == 0)
        .map(|(word, side)| (word, session.files.slice(side.span), side.mark))
        .collect();
    let expected = [
        ("when", "n > 0", Mark::AlwaysHolds),
        ("match", "2 => log.push(2)", Mark::NeverTaken),
        ("match", "_ => send Refund to Server", Mark::NeverTaken),
        ("==>", "c.returned", Mark::NeverHolds),
    ];
    assert_eq!(untaken, expected);
    let idle: Vec<&str> =
        report.functions.iter().filter(|function| function.ran == 0).map(|f| f.name.as_str()).collect();
    assert_eq!(idle, ["Server: on message Refund"]);
    let refund: Vec<_> =
        report.traffic.iter().filter_map(|t| t.missing().map(|what| (&*t.name, what))).collect();
    assert_eq!(refund, [("Refund", "never sent")]);
}

#[test]
fn rules_fire_or_are_held_back_or_never_enabled() {
    let text = format!(
        "{DEAD}\ncheck \"bounded\" Shop {{ under busy\n bound input <= 1 per node\n bound drop <= 0\n bound duplicate <= 1 }}"
    );
    let (_, report) = covered(&text);
    let rules: Vec<(&str, RuleState, bool)> =
        report.rules.iter().map(|rule| (&*rule.name, rule.state, rule.fired > 0)).collect();
    let expected = [
        ("input", RuleState::Fired, true),
        ("deliver", RuleState::Fired, true),
        ("drop", RuleState::HeldBack, false),
        ("timeout", RuleState::NeverEnabled, false),
        ("duplicate", RuleState::Fired, true),
    ];
    assert_eq!(rules, expected);
}

#[test]
fn handlers_that_fault_ran() {
    let text = "system S { node A { input Go(n: int)\n on input Go(n) when n == 0 { assert n > 0 }\n on input Go(n) { assert n == 1 } } }\n\
        check \"faults\" S { under async\n domain Go.n = [0, 1]\n bound input <= 1\n violates no_fault }";
    let (_, report) = covered(text);
    let ran: Vec<u64> = report.functions.iter().map(|function| function.ran).collect();
    assert_eq!(ran, [1, 0], "the search ends with the first fault");
    let (_, _, warnings) = run(text, &CheckOptions::default());
    assert!(warnings.is_empty(), "a search that was cut short shows nothing of what never ran: {warnings:?}");
}

#[test]
fn what_says_nothing_is_warned_of() {
    assert_eq!(
        warned(&format!("{DEAD}{HOLDS}")),
        [
            pair("V0730", "c.returned"),
            pair("V0731", "Server.log"),
            pair("V0732", "on message Refund"),
            pair("V0733", "lose"),
        ]
    );
}

#[test]
fn another_check_may_show_what_one_does_not() {
    let one = "\ncheck \"one\" Shop(clients: 1) { under async\n bound input <= 0 }";
    let both = format!("{DEAD}{one}{HOLDS}");
    let codes = |text: &str| {
        warned(text).into_iter().map(|(code, about)| format!("{code} {about}")).collect::<Vec<_>>()
    };
    assert_eq!(codes(&both).len(), 4, "{:?}", codes(&both));
    let alone = codes(&format!("{DEAD}{one}"));
    assert!(alone.contains(&"V0732 on message Sold".to_owned()), "{alone:?}");
    assert!(!alone.iter().any(|warning| warning.contains("Order")), "the check itself says so: {alone:?}");
}

#[test]
fn a_check_of_which_nothing_was_seen_forbids_to_tell() {
    // So many steps that nobody would wait for them twice.
    let large = "\ncheck \"large\" Shop(clients: 4) { under busy\n bound input <= 2 per node\n bound duplicate <= 2\n bound depth <= 9 }";
    assert_eq!(warned(&format!("{DEAD}{HOLDS}{large}")), []);
    let other = "\nsystem Other { message Never\n node A { input Go\n on input Go { }\n on message Never { } }\n\
        node B { state idle: bool = true\n on start { if !idle { send Never to A } } } }\n\
        check \"other\" Other { under async\n bound input <= 1 }";
    let codes: Vec<String> =
        warned(&format!("{DEAD}{large}{other}")).into_iter().map(|(code, _)| code).collect();
    assert_eq!(codes, ["V0732"], "of the small system");
}

#[test]
fn what_takes_long_is_not_run_twice() {
    // Few steps, but each counts to a million.
    let slow = "system Slow { message Never\n node A { input Go\n state n: int = 0\n state idle: bool = true\n\
        on start { if !idle { send Never to A } }\n on input Go { for i in 0..100000 { n := n + 1 } }\n on message Never { } }\n\
        invariant told: !A.idle ==> A.n > 0 }\n\
        check \"slow\" Slow { under async\n bound input <= 9\n violates small }\n";
    let slow = slow.replace("invariant told", "invariant small: A.n < 500000\n invariant told");
    assert_eq!(warned(&slow.replace("violates small", "holds told")), []);
    let asked = CheckOptions { coverage: true, ..CheckOptions::default() };
    let (_, _, warnings) = run(&slow.replace("violates small", "holds told"), &asked);
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    let (_, report, _) = run(&slow, &asked);
    assert!(report.is_some_and(|report| report.partial == ["slow"]), "it ends with the violation");
    let mut little = 10;
    let session = Session::load(&Memory::new().with("a.verdi", &*slow), &[PathBuf::from("a.verdi")]);
    let Ok(Ok(programs)) = core_of(&session, &CheckOptions::default()) else { panic!("it is well formed") };
    let (_, program) = programs[0].clone();
    assert!(record(program, &Options::default(), Effort::Little(&mut little), &mut |_| Go::On).is_none());
    assert_eq!(little, 0);
}

#[test]
fn the_first_world_and_a_closed_door_are_warned_of() {
    let checks = "\ncheck \"at once\" Shop { under async\n bound input <= 1\n reaches stocked_up: Server.stock == 1\n reaches sold: Server.stock == 0 }\
        \ncheck \"closed\" Shop { under async\n constraint Server.stock > 7\n holds stocked }";
    let warned = warned(&format!("{DEAD}{checks}"));
    assert!(warned.contains(&pair("V0734", "reaches stocked_up: Server.stock == 1")), "{warned:?}");
    assert!(warned.contains(&pair("V0735", "Server.stock > 7")), "{warned:?}");
    assert_eq!(warned.iter().filter(|(code, _)| code == "V0734").count(), 1, "{warned:?}");
}

#[test]
fn what_is_meant_never_to_hold_is_not_warned_of() {
    let text = "system S(n: int = 1) { node A[2] { input Go\n state up: bool = false\n on input Go { up := true } }\n\
        invariant not_both: forall a in A, b in A: a != b && a.up && b.up ==> false\n\
        invariant by_parameter: n > 5 ==> forall a in A: a.up\n\
        invariant applies: forall a in A: a.up ==> a.up }\n\
        check \"quiet\" S { under async\n bound input <= 1 }";
    assert_eq!(warned(text), []);
}

#[test]
fn the_source_is_shown_with_counts() {
    let (session, report) = covered(&format!("{DEAD}{HOLDS}"));
    insta::assert_snapshot!(coverage_text(&session.files, &report, &Style::PLAIN));
}

#[test]
fn narrow_places_are_kept_to() {
    let (session, report) = covered(&format!("{DEAD}{HOLDS}"));
    for columns in [20, 40, 60] {
        let style = Style { width: columns, ascii: true, ..Style::PLAIN };
        let text = coverage_text(&session.files, &report, &style);
        let wide: Vec<&str> = text.lines().filter(|line| width(line) > columns).collect();
        assert!(wide.is_empty(), "{columns}: {wide:#?}");
        assert!(text.is_ascii());
    }
}

#[test]
fn a_terminal_gets_colours_and_the_same_text() {
    let (session, report) = covered(&format!("{DEAD}{HOLDS}"));
    let plain = coverage_text(&session.files, &report, &Style::PLAIN);
    let painted = coverage_text(&session.files, &report, &Style { color: true, ..Style::PLAIN });
    assert!(painted.contains("\x1b[1;31mnever"));
    let mut bare = String::new();
    let mut rest = painted.as_str();
    while let Some((before, after)) = rest.split_once('\x1b') {
        bare.push_str(before);
        rest = after.split_once('m').map_or("", |(_, after)| after);
    }
    bare.push_str(rest);
    assert_eq!(bare, plain);
}

#[test]
fn lcov_is_what_tools_read() {
    let (session, report) = covered(&format!("{DEAD}{HOLDS}"));
    insta::assert_snapshot!(lcov(&session.files, &report));
}

#[test]
fn json_has_it_all() {
    let (session, report) = covered(&format!("{DEAD}{HOLDS}"));
    let json = coverage_json(&session.files, &report);
    assert_eq!(json["files"][0]["file"], "a.verdi");
    assert_eq!(json["functions"].as_array().map(Vec::len), Some(7));
    assert_eq!(json["branches"][0]["word"], "when");
    assert_eq!(json["branches"][0]["sides"][1]["mark"], "always holds");
    assert_eq!(json["rules"][2]["state"], "never enabled");
    assert_eq!(json["partial"], serde_json::json!([]));
}

#[test]
fn only_what_was_asked_for_is_told() {
    let (_, coverage, _) = run(&format!("{DEAD}{HOLDS}"), &CheckOptions::default());
    assert!(coverage.is_none());
}

#[test]
fn a_search_that_is_cut_says_so() {
    let options = CheckOptions { coverage: true, worlds_max: Some(3), ..CheckOptions::default() };
    let (session, coverage, warnings) = run(&format!("{DEAD}{HOLDS}"), &options);
    let Some(coverage) = coverage else { panic!("coverage was asked for") };
    assert_eq!(coverage.partial, ["shop"]);
    assert!(warnings.is_empty(), "{warnings:?}");
    let text = coverage_text(&session.files, &coverage, &Style::PLAIN);
    assert!(text.contains("note: check \"shop\" was not searched to its end"), "{text}");
}

/// What steps of the machine tell of themselves, world by world: handlers by place, and names of rules.
#[derive(Default)]
struct Walked {
    handlers: BTreeSet<Span>,
    fired: BTreeSet<String>,
    enabled: BTreeSet<String>,
}

/// Walks every world of a small model; `None` where it is not small.
fn walk(program: &Program) -> Option<Walked> {
    let machine = Machine::new(Interp::new(program.clone()));
    let mut walked = Walked::default();
    let (started, first) = machine.initial_step();
    walked.note(program, &started);
    let mut level: Vec<World> = first.into_iter().collect();
    let mut known: HashSet<_> = level.iter().map(|world| machine.key(world)).collect();
    let mut depth = 0;
    while !level.is_empty() {
        let may_go_on = machine.depth_max().is_none_or(|most| depth < most);
        let mut next = Vec::new();
        for world in &level {
            let choices = machine.choices(world);
            let rule_name = |rule: RuleId| program.network.rules[rule].name.to_string();
            let held_back = choices.held_back.iter().map(|bound| program.bounds[*bound].rule);
            walked
                .enabled
                .extend(held_back.chain(choices.enabled.iter().map(|choice| choice.rule)).map(rule_name));
            if !may_go_on || !machine.expandable(world).unwrap_or(false) {
                continue;
            }
            for choice in &choices.enabled {
                let step = machine.step(world, choice);
                walked.fired.insert(rule_name(choice.rule));
                walked.note(program, &step.ran);
                if let Fired::World(after) = machine.fire(world, choice)
                    && known.insert(machine.key(&after))
                {
                    next.push(after);
                }
            }
        }
        if known.len() > 3000 {
            return None;
        }
        level = next;
        depth += 1;
    }
    Some(walked)
}

impl Walked {
    fn note(&mut self, program: &Program, ran: &[Ran]) {
        for ran in ran {
            let kind = program.kind_of(ran.node);
            self.handlers.extend(ran.handler.map(|position| kind.handlers[position].span));
        }
    }
}

#[test]
fn handlers_and_rules_are_those_that_a_walk_meets() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(examples)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "verdi"))
        .collect();
    paths.sort();
    let (mut compared, mut idle) = (0, 0);
    for path in paths {
        let session = Session::load(&Disk, std::slice::from_ref(&path));
        let Ok(Ok(programs)) = core_of(&session, &CheckOptions::default()) else {
            panic!("{}", path.display())
        };
        for (title, program) in programs {
            let Some(check) = session.program.checks.iter().find(|check| check.title == title.as_str())
            else {
                panic!("{title}")
            };
            // The handlers of what is wrapped run inside those of the library, of which nobody is told.
            if let verdi_hir::hir::Subject::Transformed(..) = check.subject {
                continue;
            }
            let Some(walked) = walk(&program) else { continue };
            let options = Options { count_all: true, ..Options::default() };
            let recorded = record(program.clone(), &options, Effort::Full, &mut |_| Go::On);
            let Some((counts, whole)) = recorded else { panic!("there was no limit") };
            assert!(whole, "{title}");
            let mut gather = Gather::new(&session);
            gather.add(&session, check, &program, Seen::Whole(&counts));
            let report = gather.finish(&session);
            let handlers: BTreeSet<Span> = report
                .functions
                .iter()
                .filter(|function| function.kind == FunctionKind::Handler && function.ran > 0)
                .map(|function| function.span)
                .collect();
            let rules = |least: RuleState| -> BTreeSet<String> {
                report.rules.iter().filter(|rule| rule.state >= least).map(|rule| rule.name.clone()).collect()
            };
            assert_eq!(handlers, walked.handlers, "{}: {title}", path.display());
            assert_eq!(rules(RuleState::Fired), walked.fired, "{}: {title}", path.display());
            assert_eq!(rules(RuleState::HeldBack), walked.enabled, "{}: {title}", path.display());
            compared += 1;
            let handlers = report.functions.iter().filter(|function| function.kind == FunctionKind::Handler);
            idle +=
                handlers.filter(|handler| handler.ran == 0).count() + report.rules.len() - walked.fired.len();
        }
    }
    assert!(compared >= 20, "only {compared} checks are small");
    assert!(idle >= 20, "only {idle} handlers and rules have nothing to do");
}
