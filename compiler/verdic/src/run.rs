//! `verdic run`.

use crate::args::RunArgs;
use crate::check::{show_diagnostics, write};
use crate::print::Print;
use crate::watch::Screen;
use anyhow::{Context, bail};
use std::path::PathBuf;
use verdi_diagnostics::render::{Paint, Style};
use verdi_driver::commands::test_all;
use verdi_driver::fs::Disk;
use verdi_driver::options::{CheckOptions, Layer, quote};
use verdi_driver::render::{self, LiveChart, summary_line};
use verdi_driver::report::{Exit, TestOutcome};
use verdi_driver::simulate::{self, Appended, Shown, check_text, find_check};
use verdi_driver::{Found, Session};

pub(crate) fn run(args: &RunArgs, print: &Print) -> anyhow::Result<Exit> {
    let mut session = load(args);
    show_diagnostics(print, &session.files, &session.diagnostics);
    if session.has_errors() {
        return Ok(Exit::BadInput);
    }
    if args.tests {
        return tests(&session, args.files_out.layer.into(), print);
    }
    let options = CheckOptions {
        under: args.model.under.clone(),
        bounds: args.model.bounds.clone(),
        depth: args.model.depth,
        seed: args.model.seed,
        steps: args.steps,
        layer: args.files_out.layer.into(),
        ..CheckOptions::default()
    };
    let wanted = args.model.check.as_deref().or(args.system.is_some().then_some("run"));
    let Some(check) = find_check(&session, wanted, args.system.is_some()).cloned() else {
        bail!(
            "there is no check {}to take a system from: name one with --system",
            wanted.map_or(String::new(), |name| format!("with `{name}` in its name "))
        );
    };
    let mut live = None;
    let shown = match &args.script {
        None => {
            let steps_max = usize::try_from(args.steps).unwrap_or(usize::MAX);
            simulate::random(&session, &check, &options, &mut |shown, trace| {
                // A layer alone is drawn at the end: how many steps of the others go by is not known before.
                if options.layer != Layer::All {
                    return;
                }
                let rows = match &mut live {
                    Some(live) => LiveChart::rows(live, trace),
                    None => {
                        print.out(&heading(&title(args, shown), &print.style));
                        let (chart, rows) = LiveChart::new(trace, steps_max, &print.style);
                        live = Some(chart);
                        rows
                    }
                };
                print.out(&rows);
            })?
        }
        Some(path) => {
            let name = path.display().to_string();
            let text = std::fs::read_to_string(path).with_context(|| format!("cannot read `{name}`"))?;
            simulate::script(&mut session, &check, &options, &name, &text)?
        }
    };
    match shown {
        Ok(shown) => finish(args, print, &session, &shown, live),
        Err(diagnostics) => {
            show_diagnostics(print, &session.files, &diagnostics);
            Ok(Exit::BadInput)
        }
    }
}

/// Loads the file; a system that is to be run without a check gets one.
fn load(args: &RunArgs) -> Session {
    let paths = [args.file.clone()];
    let network = args.model.under.as_deref().unwrap_or("async");
    let with = |system: &str| {
        let fs =
            Appended { inner: &Disk, path: PathBuf::from(&args.file), text: check_text(system, network) };
        Session::load(&fs, &paths)
    };
    if let Some(system) = &args.system {
        return with(system);
    }
    let session = Session::load(&Disk, &paths);
    let system = session.program.systems.values().next().map(|system| system.name.to_string());
    match system.filter(|_| session.program.checks.is_empty() && !session.has_errors() && !args.tests) {
        Some(system) => with(&system),
        None => session,
    }
}

fn tests(session: &Session, layer: Layer, print: &Print) -> anyhow::Result<Exit> {
    let Found { report, diagnostics } = test_all(session, layer, &mut Screen::new(print, true));
    show_diagnostics(print, &session.files, &diagnostics);
    if report.tests.is_empty() && diagnostics.is_empty() {
        print.err("note: there are no tests\n");
        return Ok(Exit::AsExpected);
    }
    print.out(&format!("{}\n", summary_line(&report, &print.style)));
    Ok(if diagnostics.is_empty() { report.exit() } else { Exit::BadInput })
}

fn title(args: &RunArgs, shown: &Shown) -> String {
    let seed = if args.script.is_some() { String::new() } else { format!(", seed {}", args.model.seed) };
    format!("{} under {}{seed}", shown.system, shown.network)
}

fn heading(title: &str, style: &Style) -> String {
    format!("{} {}\n\n", style.paint(Paint::Faint, "run"), style.paint(Paint::Strong, title))
}

/// Prints the rest of a run whose chart was drawn as it went, or all of one that was not.
fn finish(
    args: &RunArgs,
    print: &Print,
    session: &Session,
    shown: &Shown,
    live: Option<LiveChart>,
) -> anyhow::Result<Exit> {
    let style = &print.style;
    let title = title(args, shown);
    match live {
        Some(live) => print.out(&live.footer(&shown.trace)),
        None => {
            print.out(&heading(&title, style));
            print.out(&render::chart(&shown.trace, style));
        }
    }
    print.out(&format!("\n{}", render::trace_text(&shown.trace, style)));
    if let Some(path) = &args.files_out.chart {
        write(path, &render::svg(&shown.trace, &title))?;
    }
    let exit = verdict(print, session, shown, style);
    print.out(&format!("  {} {}\n", style.paint(Paint::Faint, "again:"), again(args)));
    Ok(exit)
}

/// The command that does the same again.
fn again(args: &RunArgs) -> String {
    let mut words = vec!["verdic run".to_owned(), quote(&args.file.display().to_string())];
    let mut flag = |name: &str, value: Option<String>| {
        words.extend(value.map(|value| format!("--{name} {}", quote(&value))));
    };
    flag("system", args.system.clone());
    flag("check", args.model.check.clone());
    flag("under", args.model.under.clone());
    for bound in &args.model.bounds {
        flag("bound", Some(bound.to_string()));
    }
    flag("depth", args.model.depth.map(|depth| depth.to_string()));
    match &args.script {
        Some(path) => flag("script", Some(path.display().to_string())),
        None => {
            flag("steps", Some(args.steps.to_string()));
            flag("seed", Some(args.model.seed.to_string()));
        }
    }
    let layer = Layer::from(args.files_out.layer);
    flag("layer", (layer != Layer::All).then(|| layer.name().to_owned()));
    words.join(" ")
}

fn verdict(print: &Print, session: &Session, shown: &Shown, style: &Style) -> Exit {
    for (name, step) in &shown.reached {
        print.out(&format!("  {} reached in step {step}\n", style.paint(Paint::Good, name)));
    }
    match &shown.script {
        Some(TestOutcome::Failed { span, message, details }) => {
            let (line, _) = session.files.position(span.file, span.start);
            let place = format!("{}:{line}", session.files.name(span.file));
            print.out(&format!("\n  {}\n", style.paint(Paint::Bad, &format!("{place}: {message}"))));
            for detail in details {
                print.out(&format!("    {detail}\n"));
            }
            Exit::Failed
        }
        Some(TestOutcome::NotRun(reason)) => {
            print.out(&format!("\n  not run: {reason}\n"));
            Exit::Inconclusive
        }
        Some(TestOutcome::Passed) => Exit::AsExpected,
        None => {
            print.out(&format!("  {}\n", style.paint(Paint::Faint, &shown.end)));
            if shown.broken.is_empty() { Exit::AsExpected } else { Exit::Failed }
        }
    }
}
