//! `verdic check --history`.

use crate::args::{CheckArgs, HistoryFlag};
use crate::check::show_diagnostics;
use crate::print::Print;
use verdi_diagnostics::Diagnostic;
use verdi_driver::Session;
use verdi_driver::fs::Disk;
use verdi_driver::histories::{Held, HistoryFormat, HistoryOptions, check_histories, load_machine};
use verdi_driver::memory::default_limit;
use verdi_driver::render::{histories_exit, histories_json, histories_summary, history_text};
use verdi_driver::report::Exit;

pub(crate) fn run(args: &CheckArgs, print: &Print) -> anyhow::Result<Exit> {
    let options = HistoryOptions {
        files: args.histories.history.clone(),
        format: args.histories.history_format.map(|format| match format {
            HistoryFlag::Json => HistoryFormat::Json,
            HistoryFlag::Jepsen => HistoryFormat::Jepsen,
            HistoryFlag::Maps => HistoryFormat::Maps,
        }),
        memory: args.limits.memory.unwrap_or_else(default_limit),
        seconds: args.limits.time,
    };
    let name = args.histories.machine.as_deref().unwrap_or_default();
    let (mut session, program) = load_machine(&Disk, &args.files, name);
    let program = match program {
        Ok(program) => program,
        Err(diagnostics) => return Ok(finish(args, print, &session, &diagnostics, &[])),
    };
    let (all, wrong) = check_histories(&mut session, program, &options)?;
    for held in all.iter().filter(|_| !args.json) {
        print.out(&history_text(&session.files, held, &print.style));
    }
    Ok(finish(args, print, &session, &wrong, &all))
}

fn finish(args: &CheckArgs, print: &Print, session: &Session, wrong: &[Diagnostic], all: &[Held]) -> Exit {
    let exit = histories_exit(all, wrong.iter().any(Diagnostic::is_error));
    if args.json {
        print.out(&format!("{}\n", histories_json(&session.files, wrong, all, exit)));
        return exit;
    }
    show_diagnostics(print, &session.files, wrong);
    if !all.is_empty() {
        print.out(&format!("{}\n", histories_summary(all)));
    }
    exit
}
