//! `verdic check`.

use crate::args::{
    CheckArgs, CollapseFlag, EngineFlag, Form, Format, Limits, Model, Order, PorFlag, SymmetryFlag,
};
use crate::history;
use crate::print::Print;
use crate::show;
use crate::watch::Screen;
use anyhow::Context;
use std::path::Path;
use std::time::Duration;
use verdi_diagnostics::render::{human_styled, sarif, summary};
use verdi_diagnostics::{Diagnostic, Files, codes};
use verdi_driver::commands::{check_all, ladder_all, replay_trace};
use verdi_driver::fs::Disk;
use verdi_driver::options::{CheckOptions, CollapseUse, EngineKind, PorUse, SearchOrder, SymmetryUse};
use verdi_driver::render::{
    self, coverage_text, findings, junit, ladder_text, lcov, report_json, summary_line,
};
use verdi_driver::report::{CheckReport, Exit, Report, Row};
use verdi_driver::{Found, Session, generic, replay};

pub(crate) fn run(args: &CheckArgs, print: &Print) -> anyhow::Result<Exit> {
    let result = run_inner(args, print);
    // Whoever reads the object must find one whatever happens.
    if let (true, Err(error)) = (args.json, &result) {
        let object = serde_json::json!({
            "version": 1,
            "checks": [],
            "tests": [],
            "diagnostics": [],
            "exit_code": Exit::BadInput.code(),
            "error": format!("{error:#}"),
        });
        print.out(&format!("{object}\n"));
    }
    result
}

fn run_inner(args: &CheckArgs, print: &Print) -> anyhow::Result<Exit> {
    if !args.histories.history.is_empty() {
        return history::run(args, print);
    }
    let session = match &args.generic {
        Some(transformer) => generic::load(&args.files, transformer)?,
        None => Session::load(&Disk, &args.files),
    };
    if let Some(form) = args.print {
        return form_of(&session, form, args, print);
    }
    if session.has_errors() {
        return finish(args, print, &session, session.diagnostics.clone(), Report::default());
    }
    show_diagnostics(print, &session.files, &session.diagnostics);
    let mut screen = Screen::new(print, !args.json);
    let options = CheckOptions {
        coverage: args.coverage.is_some(),
        layer: args.files_out.layer.into(),
        generic: args.generic.clone().map(|name| (name, args.files.clone())),
        checkpoint: args.saves.checkpoint.clone(),
        checkpoint_every: Duration::from_secs_f64(args.saves.checkpoint_every),
        resume: args.saves.resume.clone(),
        ..options(&args.model, &args.limits, !args.no_tests)
    };
    let Found { report, diagnostics } = if args.ladder {
        ladder_all(&session, &options, args.faults, &mut screen)?
    } else if let Some(path) = &args.replay {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?;
        replay_trace(&session, &text, &options, &mut screen)?
    } else {
        check_all(&session, &options, &mut screen)?
    };
    if !diagnostics.is_empty() {
        let mut all = session.diagnostics.clone();
        all.extend(diagnostics);
        verdi_diagnostics::sort(&mut all);
        return finish(args, print, &session, all, report);
    }
    if report.checks.is_empty() && report.tests.is_empty() && report.ladders.is_empty() {
        let note = "there are no checks in what was given: it is well formed, and nothing was explored";
        print.err(&format!("note[{}]: {note}\n", codes::V0703));
    }
    for ladder in report.ladders.iter().filter(|_| !args.json) {
        print.out(&format!("{}\n", ladder_text(ladder, &print.style)));
    }
    let mut all = session.diagnostics.clone();
    all.append(&mut screen.warnings);
    finish(args, print, &session, all, report)
}

/// What the flags mean.
pub(crate) fn options(model: &Model, limits: &Limits, tests: bool) -> CheckOptions {
    CheckOptions {
        check: model.check.clone(),
        under: model.under.clone(),
        bounds: model.bounds.clone(),
        engine: match limits.engine {
            EngineFlag::Jit => EngineKind::Jit,
            EngineFlag::Interp => EngineKind::Interp,
        },
        symmetry: match limits.symmetry {
            SymmetryFlag::Off => SymmetryUse::Off,
            SymmetryFlag::Declared => SymmetryUse::Declared,
            SymmetryFlag::Auto => SymmetryUse::Auto,
        },
        collapse: match limits.collapse {
            CollapseFlag::Off => CollapseUse::Off,
            CollapseFlag::Drops => CollapseUse::Drops,
            CollapseFlag::Duplicates => CollapseUse::Duplicates,
            CollapseFlag::Auto => CollapseUse::Auto,
        },
        por: match limits.por {
            PorFlag::Off => PorUse::Off,
            PorFlag::On => PorUse::On,
            PorFlag::Auto => PorUse::Auto,
        },
        workers: limits.workers.map(usize::from),
        search: match limits.search {
            _ if limits.simulate.is_some() => SearchOrder::Random,
            _ if limits.swarm.is_some() => SearchOrder::Swarm,
            Order::Bfs => SearchOrder::Bfs,
            Order::Dfs => SearchOrder::Dfs,
            Order::Random => SearchOrder::Random,
        },
        seed: model.seed,
        steps: limits.steps,
        runs: limits.runs,
        strategy: limits.simulate.unwrap_or_default(),
        rounds: limits.swarm.unwrap_or(CheckOptions::default().rounds),
        depth: model.depth,
        memory: limits.memory,
        disk: limits.disk.clone(),
        worlds_max: limits.max_worlds,
        time: limits.time.map(Duration::from_secs_f64),
        tests,
        count_all: limits.count_all,
        ..CheckOptions::default()
    }
}

/// Prints diagnostics and how many they are.
pub(crate) fn show_diagnostics(print: &Print, files: &Files, diagnostics: &[Diagnostic]) {
    if !diagnostics.is_empty() {
        print.err(&human_styled(files, diagnostics, &print.err_style));
        print.err(&format!("{}\n\n", summary(diagnostics)));
    }
}

/// Writes what was asked for, and says how the command ends. Errors are bad input whatever else was found.
fn finish(
    args: &CheckArgs,
    print: &Print,
    session: &Session,
    diagnostics: Vec<Diagnostic>,
    report: Report,
) -> anyhow::Result<Exit> {
    let has_errors = diagnostics.iter().any(Diagnostic::is_error);
    let exit = if has_errors { Exit::BadInput } else { report.exit() };
    if has_errors && !args.json {
        show_diagnostics(print, &session.files, &diagnostics);
    }
    if args.json {
        let object = report_json(&session.files, &diagnostics, &report, exit);
        print.out(&format!("{object}\n"));
    } else if !report.checks.is_empty() || !report.tests.is_empty() {
        if let (Some(coverage), Some(None)) = (&report.coverage, &args.coverage) {
            print.out(&format!("{}\n", coverage_text(&session.files, coverage, &print.style)));
        }
        print.out(&format!("{}\n", summary_line(&report, &print.style)));
    }
    write_files(args, print, &report)?;
    if let (Some(coverage), Some(Some(path))) = (&report.coverage, &args.coverage) {
        write(path, &lcov(&session.files, coverage))?;
    }
    if let Some(path) = &args.junit {
        write(path, &junit(&report))?;
    }
    if let Some(path) = &args.sarif {
        let log = sarif(&session.files, &diagnostics, &findings(&report), env!("CARGO_PKG_VERSION"));
        write(path, &format!("{log:#}\n"))?;
    }
    Ok(exit)
}

/// Writes the counterexample to the files that were asked for.
fn write_files(args: &CheckArgs, print: &Print, report: &Report) -> anyhow::Result<()> {
    if args.out.is_none() && args.files_out.chart.is_none() {
        return Ok(());
    }
    let Some((check, row)) = shown(report) else {
        print.err("note: there is no trace to write\n");
        return Ok(());
    };
    let Some(trace) = &row.trace else { return Ok(()) };
    let title = format!("{}: {} {}", check.name, row.property, row.verdict.name());
    if let Some(path) = &args.files_out.chart {
        write(path, &render::svg(trace, &title))?;
    }
    if let Some(path) = &args.out {
        let text = match args.format.unwrap_or_else(|| format_of(path)) {
            Format::Text => {
                let plain = &verdi_diagnostics::render::Style::PLAIN;
                format!("{title}\n\n{}\n{}", render::trace_text(trace, plain), render::chart(trace, plain))
            }
            Format::Json => format!("{:#}\n", replay::trace_file(check, row)),
            Format::Itf => format!("{:#}\n", render::trace_itf(trace, &title)),
            Format::Mermaid => render::mermaid(trace),
        };
        write(path, &text)?;
    }
    Ok(())
}

/// The trace that matters most: the first of what is not as expected, or else the first.
fn shown(report: &Report) -> Option<(&CheckReport, &Row)> {
    let mut rows = report.checks.iter().flat_map(|check| check.rows.iter().map(move |row| (check, row)));
    let traced = |&(_, row): &(&CheckReport, &Row)| row.trace.is_some();
    rows.clone().filter(traced).find(|(_, row)| !row.expected).or_else(|| rows.find(traced))
}

fn format_of(path: &Path) -> Format {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("").to_lowercase();
    match name.rsplit('.').next() {
        Some("mmd" | "mermaid" | "md") => Format::Mermaid,
        Some("txt" | "text") => Format::Text,
        Some("json") if name.ends_with(".itf.json") => Format::Itf,
        Some("itf") => Format::Itf,
        _ => Format::Json,
    }
}

pub(crate) fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    std::fs::write(path, text).with_context(|| format!("cannot write `{}`", path.display()))
}

fn form_of(session: &Session, form: Form, args: &CheckArgs, print: &Print) -> anyhow::Result<Exit> {
    let needs_meaning = matches!(form, Form::Core | Form::Clif | Form::Hir);
    if session.has_errors() && needs_meaning {
        show_diagnostics(print, &session.files, &session.diagnostics);
        return Ok(Exit::BadInput);
    }
    let options = options(&args.model, &args.limits, false);
    match show::form(session, form, &options)? {
        Ok(text) => {
            print.out(&text);
            Ok(Exit::AsExpected)
        }
        Err(diagnostics) => {
            show_diagnostics(print, &session.files, &diagnostics);
            Ok(Exit::BadInput)
        }
    }
}
