//! The command line, typed. What it means is elsewhere.

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use verdi_driver::memory::parse_size;
use verdi_driver::options::{BoundFlag, Layer, Strategy};

const EXIT_CODES: &str = "Exit codes:
  0  all is as the program states
  1  a property, an expectation or a test failed
  2  the input or the command line is wrong
  3  something could not be decided
  4  internal error";

/// Checks distributed systems written in the Verdi language.
#[derive(Debug, Parser)]
#[command(name = "verdic", version, about, after_help = EXIT_CODES, arg_required_else_help = true, max_term_width = 100)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) output: Output,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Output {
    /// When to use colours; NO_COLOR is heeded
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub(crate) color: Color,
    /// Draw with ASCII alone
    #[arg(long, global = true)]
    pub(crate) ascii: bool,
    /// Columns to draw in; the terminal's, or 100 where there is none
    #[arg(long, global = true, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(20..))]
    pub(crate) width: Option<u16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Explore every reachable world of each check, and run the tests
    Check(Box<CheckArgs>),
    /// Run a system once, with a seeded scheduler or a script, and draw what happens
    Run(RunArgs),
    /// Format files
    Fmt(FmtArgs),
    /// Explain an error code
    Explain(ExplainArgs),
    /// Print the library
    Stdlib(StdlibArgs),
}

#[derive(Debug, ClapArgs)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct CheckArgs {
    /// The files to check
    #[arg(required_unless_present_any = ["history", "generic"], value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) histories: Histories,
    #[command(flatten)]
    pub(crate) model: Model,
    #[command(flatten)]
    pub(crate) limits: Limits,
    #[command(flatten)]
    pub(crate) saves: Saves,
    /// Print an intermediate form instead of checking
    #[arg(long, value_enum, value_name = "FORM")]
    pub(crate) print: Option<Form>,
    /// Run each property under sync, async, flaky, busy and crash in turn, and print one table
    #[arg(long, conflicts_with_all = ["under", "replay", "print"])]
    pub(crate) ladder: bool,
    /// On the ladder, how often a fault may happen that the check does not bound
    #[arg(long, value_name = "N", default_value_t = 1, requires = "ladder")]
    pub(crate) faults: u64,
    /// Replay a trace that `--out FILE --format json` or `--json` has written
    #[arg(long, value_name = "TRACE")]
    pub(crate) replay: Option<PathBuf>,
    /// Show in the source what ran and what never did; with a file, write it for lcov instead
    #[arg(long, value_name = "FILE.info", num_args = 0..=1, require_equals = true, conflicts_with_all = ["ladder", "replay", "print"])]
    pub(crate) coverage: Option<Option<PathBuf>>,
    /// Check a transformer (the library's, or one of FILE) around the most general system instead: that it refines it
    #[arg(long, value_name = "TRANSFORMER", conflicts_with_all = ["ladder", "check", "history"])]
    pub(crate) generic: Option<String>,
    /// Do not run the tests
    #[arg(long)]
    pub(crate) no_tests: bool,
    #[command(flatten)]
    pub(crate) files_out: FilesOut,
    /// Write the first counterexample to a file
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// The form of `--out`; told from the file's name where it is not said
    #[arg(long, value_enum, requires = "out", value_name = "FORMAT")]
    pub(crate) format: Option<Format>,
    /// Print one JSON object on stdout
    #[arg(long)]
    pub(crate) json: bool,
    /// Write the results as JUnit XML
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
    /// Write diagnostics and violations as SARIF
    #[arg(long, value_name = "FILE")]
    pub(crate) sarif: Option<PathBuf>,
}

/// Histories that were recorded, instead of worlds that are explored.
#[derive(Debug, ClapArgs)]
pub(crate) struct Histories {
    /// A recorded history: whether it is linearizable as the machine that `--as` names; may be given several times
    #[arg(
        long,
        value_name = "LOG",
        requires = "machine",
        conflicts_with_all = ["ladder", "replay", "print", "coverage", "simulate", "swarm", "disk", "checkpoint", "resume", "chart", "out", "junit", "sarif", "check", "under", "bounds", "depth", "max_worlds"]
    )]
    pub(crate) history: Vec<PathBuf>,
    /// The machine: `Register`, `KV`, `Queue` or `Lock` of the library, one of FILE, `M.verdi`, or `M.verdi:NAME(args)`
    #[arg(long = "as", id = "machine", value_name = "MACHINE", requires = "history")]
    pub(crate) machine: Option<String>,
    /// The format of the histories; told from their text where it is not said
    #[arg(long, value_enum, requires = "history", value_name = "FORMAT")]
    pub(crate) history_format: Option<HistoryFlag>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum HistoryFlag {
    /// A JSON object a line
    Json,
    /// A log of Jepsen
    Jepsen,
    /// A map of Clojure a line
    Maps,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct FilesOut {
    /// Draw the first counterexample (or the run) as a sequence chart in SVG
    #[arg(long, value_name = "FILE.svg")]
    pub(crate) chart: Option<PathBuf>,
    /// In traces of transformed systems, what to show: transformers, the system inside, or both in full
    #[arg(long, value_enum, default_value_t = LayerFlag::All, value_name = "LAYER")]
    pub(crate) layer: LayerFlag,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LayerFlag {
    /// What the outermost transformer does; what it carries is only named
    Outer,
    /// What the innermost system sees: its own messages and state
    Inner,
    /// All layers, in full
    All,
}

impl From<LayerFlag> for Layer {
    fn from(flag: LayerFlag) -> Self {
        match flag {
            LayerFlag::Outer => Self::Outer,
            LayerFlag::Inner => Self::Inner,
            LayerFlag::All => Self::All,
        }
    }
}

/// Which model is run.
#[derive(Debug, ClapArgs)]
pub(crate) struct Model {
    /// Only checks whose name contains this text
    #[arg(long, value_name = "TEXT")]
    pub(crate) check: Option<String>,
    /// Another network than the checks say
    #[arg(long, value_name = "NETWORK")]
    pub(crate) under: Option<String>,
    /// A bound that replaces or joins those of the checks: `drop=1`, `input=2/node`
    #[arg(long = "bound", value_name = "RULE=N[/node]")]
    pub(crate) bounds: Vec<BoundFlag>,
    /// The most steps of any run
    #[arg(long, value_name = "N")]
    pub(crate) depth: Option<u64>,
    /// The seed of random choices and of bitstate searches
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
}

/// How far a search goes.
#[derive(Debug, ClapArgs)]
pub(crate) struct Limits {
    /// What runs the handlers: compiled code, or the interpreter with the clear search
    #[arg(long, value_enum, default_value_t = EngineFlag::Jit, value_name = "ENGINE")]
    pub(crate) engine: EngineFlag,
    /// Take worlds for one that differ only in which of several interchangeable nodes is which
    #[arg(long, value_enum, default_value_t = SymmetryFlag::Declared, value_name = "USE")]
    pub(crate) symmetry: SymmetryFlag,
    /// Do not explore drops, or duplicates and drops, as what they make possible is seen without them
    #[arg(long, value_enum, default_value_t = CollapseFlag::Off, value_name = "FAULTS", conflicts_with_all = ["replay", "print"])]
    pub(crate) collapse: CollapseFlag,
    /// Partial-order reduction: take the steps of some nodes alone where nothing that others do can reach them
    #[arg(long, value_enum, default_value_t = PorFlag::Off, value_name = "USE", conflicts_with_all = ["replay", "print"])]
    pub(crate) por: PorFlag,
    /// How many threads search; as many as there are cores unless said
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) workers: Option<u16>,
    /// The order in which worlds are visited
    #[arg(long, value_enum, default_value_t = Order::Bfs, value_name = "ORDER")]
    pub(crate) search: Order,
    /// Random runs: uniform, `pct` or `pct:DEPTH` (random priorities, which change DEPTH - 1 times) or coverage (guided by it)
    #[arg(
        long,
        value_name = "STRATEGY",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "uniform",
        conflicts_with_all = ["search", "ladder"]
    )]
    pub(crate) simulate: Option<Strategy>,
    /// Several bitstate searches, for what does not fit into memory: a world is three bits, and some are missed
    #[arg(
        long,
        value_name = "SEARCHES",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "4",
        value_parser = clap::value_parser!(u64).range(1..),
        conflicts_with_all = ["search", "simulate", "symmetry", "por", "max_worlds", "ladder", "checkpoint", "resume"]
    )]
    pub(crate) swarm: Option<u64>,
    /// The most steps of a random run
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub(crate) steps: u64,
    /// How many random runs
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub(crate) runs: u64,
    /// The most memory, such as 4G; 70 % of what is available unless said
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub(crate) memory: Option<u64>,
    /// A folder where a search goes on once memory is full; its files are removed at the end
    #[arg(long, value_name = "DIR", conflicts_with_all = ["ladder", "replay", "print"])]
    pub(crate) disk: Option<PathBuf>,
    /// The most distinct worlds of a search
    #[arg(long, value_name = "N")]
    pub(crate) max_worlds: Option<u64>,
    /// The most seconds of a search
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) time: Option<f64>,
    /// Count every world, even after all that is asked has been found
    #[arg(long)]
    pub(crate) count_all: bool,
}

/// A search on the disk.
#[derive(Debug, ClapArgs)]
pub(crate) struct Saves {
    /// Write the search to a file now and then, and where it is cut short
    #[arg(long, value_name = "FILE", conflicts_with_all = ["ladder", "replay", "print"])]
    pub(crate) checkpoint: Option<PathBuf>,
    /// How often to write it at most; less often where writing takes long
    #[arg(long, value_name = "SECONDS", value_parser = seconds, default_value = "60", requires = "checkpoint")]
    pub(crate) checkpoint_every: f64,
    /// Go on with the search that `--checkpoint` has written
    #[arg(long, value_name = "FILE", conflicts_with_all = ["ladder", "replay", "print"])]
    pub(crate) resume: Option<PathBuf>,
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if seconds > 0.0 && seconds < 1e9 => Ok(seconds),
        _ => Err(format!("`{text}` is not a number of seconds")),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum EngineFlag {
    Jit,
    Interp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SymmetryFlag {
    /// Count every world
    Off,
    /// The nodes that a check declares `symmetric`
    Declared,
    /// All nodes that are found to be interchangeable
    Auto,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CollapseFlag {
    /// Explore every fault
    Off,
    /// A packet may wait for ever instead
    Drops,
    /// All that was ever sent stays in flight instead
    Duplicates,
    /// In each check what is sound there
    Auto,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PorFlag {
    /// Take every step in every world
    Off,
    /// Refuse a check for which it is not shown to be sound
    On,
    /// In each check for which it is
    Auto,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Order {
    /// Level by level: counterexamples are as short as can be
    Bfs,
    /// Deep first
    Dfs,
    /// Seeded random runs
    Random,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    Core,
    /// The code that handlers and properties are compiled to, before Cranelift optimizes it
    Clif,
    Ast,
    Tokens,
    Hir,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Text,
    Json,
    Itf,
    Mermaid,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct RunArgs {
    /// The file
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The system to run, such as `LockServ(clients: 2)`; that of the first check unless said
    #[arg(long, value_name = "EXPR", conflicts_with = "check")]
    pub(crate) system: Option<String>,
    #[command(flatten)]
    pub(crate) model: Model,
    /// The most steps
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub(crate) steps: u64,
    /// Steps to take, one a line, as in a test
    #[arg(long, value_name = "FILE")]
    pub(crate) script: Option<PathBuf>,
    /// Run the tests of the file
    #[arg(long, conflicts_with_all = ["system", "script", "check"])]
    pub(crate) tests: bool,
    #[command(flatten)]
    pub(crate) files_out: FilesOut,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct FmtArgs {
    /// The files to format; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Change nothing; list the files that are not formatted, and fail if there are any
    #[arg(long)]
    pub(crate) check: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct ExplainArgs {
    /// A code, such as V0203
    #[arg(value_name = "CODE", required_unless_present = "list")]
    pub(crate) code: Option<String>,
    /// List all codes
    #[arg(long)]
    pub(crate) list: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct StdlibArgs {
    /// A module, such as std.network; all unless said
    #[arg(value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// List the modules
    #[arg(long)]
    pub(crate) list: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }
}
