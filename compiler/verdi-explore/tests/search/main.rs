//! Searches over toy models, held against an explorer that fits on a page.

mod against_oracle;
mod cuts;
mod faults;
mod graph;
mod known_counts;
mod oracle;
mod random_runs;
mod replays;
mod shrinking;
mod toys;

use verdi_explore::{Answer, Go, Options, Outcome, Run, Search};
use verdi_machine::Model;

/// Searches without an end to its patience.
fn search<M: Model>(model: &M, options: &Options) -> Outcome {
    verdi_explore::explore(model, options, &mut |_| Go::On)
}

fn breadth_first() -> Options {
    Options::default()
}

fn depth_first() -> Options {
    Options { search: Search::DepthFirst, ..Options::default() }
}

fn random(runs: u64, steps: u64, seed: u64) -> Options {
    Options { search: Search::Random { runs, steps }, seed, ..Options::default() }
}

fn to_the_end(options: Options) -> Options {
    Options { count_all: true, ..options }
}

fn found(answer: &Answer) -> Option<&Run> {
    match answer {
        Answer::Found(run) => Some(run),
        Answer::NotFound | Answer::Lasso(_) | Answer::Open(_) => None,
    }
}
