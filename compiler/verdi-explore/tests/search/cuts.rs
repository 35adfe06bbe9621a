//! A search that is cut short says so, and never that it was complete.

use crate::toys::Grid;
use crate::{breadth_first, depth_first, search};
use std::time::Duration;
use verdi_explore::{Coverage, Cut, Go, Limits, Options, Outcome, Search, explore};

/// Worlds without end.
fn endless() -> Grid {
    Grid { goals: vec![u32::MAX; 3], most: u32::MAX }
}

fn cut(outcome: &Outcome, why: Cut) {
    assert_eq!(outcome.coverage, Coverage::Cut(why));
}

#[test]
fn at_the_most_worlds() {
    for options in [breadth_first(), depth_first()] {
        let outcome = search(&endless(), &Options { worlds_max: Some(1000), ..options });
        cut(&outcome, Cut::Worlds);
        assert_eq!(outcome.stats.distinct, 1000);
        assert!(outcome.stats.queue > 0);
    }
}

#[test]
fn as_many_worlds_as_there_are_is_no_cut() {
    let grid = Grid { goals: vec![9; 3], most: 3 };
    let with = |most| search(&grid, &Options { worlds_max: Some(most), ..breadth_first() });
    assert_eq!(with(64).coverage, Coverage::Complete(Limits::default()));
    cut(&with(63), Cut::Worlds);
    cut(&with(0), Cut::Worlds);
}

#[test]
fn at_the_most_memory() {
    for options in [breadth_first(), depth_first()] {
        let outcome = search(&endless(), &Options { memory_max: Some(1 << 20), ..options });
        cut(&outcome, Cut::Memory);
        // At least the key, its number and the link of each; at most a few times that.
        let least = outcome.stats.distinct * (12 + size_of::<Vec<u32>>() as u64 + 4 + 8);
        assert!(least <= outcome.stats.bytes, "{:?}", outcome.stats);
        assert!(outcome.stats.bytes < 3 << 20, "{:?}", outcome.stats);
    }
}

#[test]
fn at_the_most_time() {
    for search_order in [Search::BreadthFirst, Search::Random { runs: u64::MAX, steps: 50 }] {
        let time_max = Some(Duration::from_millis(20));
        let outcome = search(&endless(), &Options { search: search_order, time_max, ..Options::default() });
        cut(&outcome, Cut::Time);
        assert!(outcome.stats.elapsed >= Duration::from_millis(20));
        assert!(outcome.stats.elapsed < Duration::from_secs(10));
    }
}

#[test]
fn runs_that_cannot_take_a_step_end_in_time_too() {
    let stuck = Grid { goals: vec![1], most: 0 };
    let time_max = Some(Duration::from_millis(20));
    let runs = Search::Random { runs: u64::MAX, steps: 50 };
    cut(&search(&stuck, &Options { search: runs, time_max, ..Options::default() }), Cut::Time);
}

#[test]
fn when_told_to_stop() {
    for options in [breadth_first(), depth_first(), crate::random(u64::MAX, 100, 1)] {
        let mut reports = Vec::new();
        let outcome = explore(&endless(), &options, &mut |stats| {
            reports.push(*stats);
            if reports.len() == 3 { Go::Stop } else { Go::On }
        });
        cut(&outcome, Cut::Interrupted);
        assert_eq!(reports.len(), 3);
        assert!(reports.is_sorted_by(|a, b| a.transitions < b.transitions && a.distinct <= b.distinct));
        assert!(reports.is_sorted_by(|a, b| b.elapsed - a.elapsed >= Duration::from_millis(200)));
    }
}
