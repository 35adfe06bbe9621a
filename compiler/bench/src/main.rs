//! `verdi-bench race` and `verdi-bench instructions`.

use std::fs;
use std::io::{Write, stderr, stdout};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::{Args, Parser, Subcommand};
use verdi_bench::instructions::{self, Change, Cost};
use verdi_bench::models::{MODELS, Model, Scale};
use verdi_bench::race::{self, Clock, race};
use verdi_bench::tools::{Setup, TOOLS, Tool, build_verdic};
use verdi_bench::{places, plot, table};

/// Races verdic against other model checkers
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run every tool in turn on the same models, compare their counts, and print ratios
    Race(Race),
    /// Count the instructions that a transition costs verdic, against the recorded figures
    Instructions(Instructions),
}

#[derive(Args)]
struct Race {
    /// The models, such as `lock` or `lock/5/2`; all but the huge ones unless said
    #[arg(long, value_delimiter = ';', value_name = "MODEL;…")]
    models: Vec<String>,
    /// The tools; all unless said
    #[arg(long, value_delimiter = ',', value_name = "TOOL,…")]
    tools: Vec<String>,
    /// The numbers of threads
    #[arg(long, value_delimiter = ',', default_value = "1", value_name = "N,…")]
    workers: Vec<usize>,
    /// How often each tool runs on each model
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Small models alone
    #[arg(long)]
    quick: bool,
    /// What takes longer is not run again
    #[arg(long, default_value_t = 60, value_name = "SECONDS")]
    slow: u64,
    /// What takes longer is stopped
    #[arg(long, default_value_t = 900, value_name = "SECONDS")]
    limit: u64,
    /// What ratios are of
    #[arg(long, default_value = "wall")]
    clock: Clock,
    /// Write the results as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Draw the ratios as SVG
    #[arg(long, value_name = "FILE.svg")]
    plot: Option<PathBuf>,
    #[command(flatten)]
    places: Places,
}

#[derive(Args)]
struct Instructions {
    /// Record the figures
    #[arg(long)]
    record: bool,
    #[command(flatten)]
    places: Places,
}

#[derive(Args)]
struct Places {
    /// The verdic to run; a release build of this tree unless said
    #[arg(long, value_name = "PATH")]
    verdic: Option<PathBuf>,
    /// TLC's archive, `tla2tools.jar`
    #[arg(long, env = "TLA2TOOLS", value_name = "PATH")]
    tla2tools: Option<PathBuf>,
}

impl Places {
    fn setup(self) -> Result<Setup> {
        let verdic = match self.verdic {
            Some(path) => path.canonicalize().with_context(|| path.display().to_string())?,
            None => build_verdic()?,
        };
        let tla2tools = self.tla2tools.unwrap_or_else(|| places::scratch().join("tla2tools.jar"));
        Ok(Setup { verdic, tla2tools: std::path::absolute(tla2tools)? })
    }
}

fn main() -> Result<ExitCode> {
    match Cli::parse().command {
        Command::Race(options) => run_race(options),
        Command::Instructions(options) => count_instructions(options),
    }
}

fn chosen_models(names: &[String], quick: bool) -> Result<Vec<&'static Model>> {
    if let Some(name) = names.iter().find(|name| !MODELS.iter().any(|model| model.is_meant(name))) {
        let all: Vec<String> = MODELS.iter().map(Model::name).collect();
        bail!("there is no model `{name}`; there are {}", all.join(", "));
    }
    let chosen = |model: &&Model| {
        let is_named = names.iter().any(|name| model.is_meant(name));
        let is_usual = names.is_empty() && model.scale != Scale::Huge;
        (is_named || is_usual) && (model.scale == Scale::Quick || !quick)
    };
    Ok(MODELS.iter().filter(chosen).collect())
}

fn chosen_tools(names: &[String]) -> Result<Vec<Tool>> {
    if names.is_empty() {
        return Ok(TOOLS.to_vec());
    }
    let find = |name: &String| TOOLS.into_iter().find(|tool| tool.name() == *name);
    names.iter().map(|name| find(name).with_context(|| format!("there is no tool `{name}`"))).collect()
}

fn run_race(options: Race) -> Result<ExitCode> {
    let results = race(
        &race::Options {
            models: chosen_models(&options.models, options.quick)?,
            tools: chosen_tools(&options.tools)?,
            threads: options.workers,
            rounds: options.rounds.max(1),
            slow: Duration::from_secs(options.slow),
            limit: Duration::from_secs(options.limit),
            clock: options.clock,
            setup: options.places.setup()?,
        },
        &mut stderr(),
    )?;
    stdout().write_all(table::show(&results).as_bytes())?;
    if let Some(path) = options.json {
        let text = serde_json::to_string_pretty(&results)? + "\n";
        fs::write(&path, text).with_context(|| path.display().to_string())?;
    }
    if let Some(path) = options.plot {
        fs::write(&path, plot::draw(&results)).with_context(|| path.display().to_string())?;
    }
    let failures = results.failures();
    for failure in &failures {
        writeln!(stderr(), "{failure}")?;
    }
    Ok(if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn count_instructions(options: Instructions) -> Result<ExitCode> {
    if std::process::Command::new("valgrind").arg("--version").output().is_err() {
        writeln!(stdout(), "skipped: valgrind is not installed")?;
        return Ok(ExitCode::SUCCESS);
    }
    let costs = instructions::measure(&options.places.setup()?)?;
    if options.record {
        instructions::record(&costs)?;
    }
    let recorded = instructions::recorded()?;
    let mut costs_more = false;
    for (model, Cost { start, transition }) in &costs {
        let before = recorded.get(model);
        let transition_before = before.map(|cost| cost.transition);
        costs_more |= instructions::compare(*transition, transition_before) == Change::More;
        // A longer library takes longer to read: that is told, and is no regression.
        let start_before = before.map(|cost| cost.start as f64);
        let transitions = beside(*transition, transition_before);
        let starts = beside((*start / 1000) as f64, start_before.map(|before| before / 1000.0));
        writeln!(stdout(), "{model}: {transitions} instructions a transition; {starts} thousand to start")?;
    }
    Ok(if costs_more { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// A figure, and how it differs from the recorded one.
fn beside(now: f64, recorded: Option<f64>) -> String {
    let change = instructions::compare(now, recorded);
    let remark = match (change, recorded) {
        (Change::Same, _) => String::new(),
        (Change::More, Some(before)) => format!(" (more than the recorded {before:.1})"),
        (_, Some(before)) => format!(" (less than the recorded {before:.1}: --record it)"),
        (_, None) => " (not recorded)".to_owned(),
    };
    format!("{now:.1}{remark}")
}
