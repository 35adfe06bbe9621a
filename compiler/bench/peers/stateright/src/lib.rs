//! What the models share: the search, and the line that the race reads.

use std::fmt::Debug;
use std::hash::Hash;
use std::io::Write;

use stateright::{Checker, CheckerBuilder, Model};

/// Searches all of a model and prints `UNIQUE distinct, TOTAL generated`.
///
/// Leaves without freeing the tables, which is no part of the search.
pub fn drive<M>(checker: CheckerBuilder<M>, strategy: &str, threads: &str) -> !
where
    M: Model + Send + Sync + 'static,
    M::State: Hash + Send + Sync + Debug + Clone + PartialEq + 'static,
    M::Action: Debug + Clone + PartialEq + Send + Sync,
{
    let checker = checker.threads(threads.parse().expect("how many threads"));
    match strategy {
        "bfs" => show(&checker.spawn_bfs().join()),
        "dfs" => show(&checker.spawn_dfs().join()),
        _ => panic!("bfs or dfs"),
    }
}

fn show<M>(checker: &impl Checker<M>) -> !
where
    M: Model,
    M::State: Hash + Debug + Clone + PartialEq,
    M::Action: Debug + Clone + PartialEq,
{
    assert!(checker.is_done());
    println!("{} distinct, {} generated", checker.unique_state_count(), checker.state_count());
    for (name, path) in checker.discoveries() {
        println!("violated: {name} after {} steps", path.into_actions().len());
    }
    std::io::stdout().flush().expect("the output is read");
    std::process::exit(0)
}
