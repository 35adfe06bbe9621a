//! The `verdic` command.

mod args;
mod check;
mod explain;
mod fmt;
mod history;
mod print;
mod run;
mod show;
mod watch;

use clap::Parser;
use std::process::ExitCode;
use verdi_driver::internal;
use verdi_driver::report::Exit;

fn main() -> ExitCode {
    let args = args::Args::parse();
    internal::install_panic_hook(env!("CARGO_PKG_VERSION"));
    watch::catch_interrupts();
    let exit = internal::on_large_stack(|| run_command(&args)).unwrap_or(Exit::Internal);
    ExitCode::from(exit.code())
}

fn run_command(args: &args::Args) -> Exit {
    let print = print::Print::new(&args.output);
    let result = match &args.command {
        args::Command::Check(flags) => check::run(flags, &print),
        args::Command::Run(flags) => run::run(flags, &print),
        args::Command::Fmt(flags) => fmt::run(flags, &print),
        args::Command::Explain(flags) => explain::explain(flags, &print),
        args::Command::Stdlib(flags) => explain::stdlib(flags, &print),
    };
    result.unwrap_or_else(|error| {
        print.error(&error);
        Exit::BadInput
    })
}
