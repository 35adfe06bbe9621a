//! The race: every tool in turn on each model, several rounds of it, so that what the machine does meanwhile
//! happens to all.

use std::io::Write;
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, ensure};
use serde::Serialize;

use crate::measure::{self, Run};
use crate::models::Model;
use crate::tools::{Setup, Tool};

/// What to race.
pub struct Options {
    /// The models.
    pub models: Vec<&'static Model>,
    /// The tools.
    pub tools: Vec<Tool>,
    /// The numbers of threads.
    pub threads: Vec<usize>,
    /// How often each runs.
    pub rounds: usize,
    /// What takes longer does not run again.
    pub slow: Duration,
    /// What takes longer is stopped.
    pub limit: Duration,
    /// What ratios are of.
    pub clock: Clock,
    /// Where `verdic` and TLC are.
    pub setup: Setup,
}

/// A way to tell time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Clock {
    /// From a process's start to its end
    Wall,
    /// What the processors spent on it: where others use the machine too
    Processor,
}

/// All results.
#[derive(Debug, Serialize)]
pub struct Results {
    /// The processor's name and how many threads it runs.
    pub machine: String,
    /// What ratios are of.
    pub clock: Clock,
    /// The tools that took part and their versions.
    pub tools: Vec<(&'static str, String)>,
    /// A heat for each model.
    pub heats: Vec<Heat>,
}

/// One model's results.
#[derive(Debug, Serialize)]
pub struct Heat {
    /// The model's name.
    pub model: String,
    /// Its distinct worlds.
    pub distinct: u64,
    /// Its transitions.
    pub transitions: u64,
    /// What each tool did, in the order of the table.
    pub entries: Vec<Entry>,
}

/// What a tool did on a model.
#[derive(Debug, Serialize)]
pub struct Entry {
    /// The tool's name.
    pub tool: &'static str,
    /// On how many threads.
    pub threads: usize,
    /// The times of its rounds, in seconds.
    pub seconds: Vec<f64>,
    /// The processor time of its rounds, in seconds.
    pub processor_seconds: Vec<f64>,
    /// The most memory of any round, in bytes.
    pub memory: u64,
    /// Why it has no result.
    pub failure: Option<String>,
    /// Its time over that of `verdic` in the same round on as many threads: the median.
    pub time_ratio: Option<f64>,
    /// Its memory over that of `verdic`.
    pub memory_ratio: Option<f64>,
}

/// The middle of some numbers; none of none.
pub fn median(numbers: &[f64]) -> Option<f64> {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len().checked_sub(1)? / 2;
    let other = sorted.len() / 2;
    Some((sorted.get(middle)? + sorted.get(other)?) / 2.0)
}

/// Runs the race, telling `log` how it goes on.
pub fn race(options: &Options, log: &mut impl Write) -> Result<Results> {
    let mut tools = Vec::new();
    for &tool in &options.tools {
        match tool.version(&options.setup) {
            Ok(version) => tools.push((tool, version)),
            Err(reason) => writeln!(log, "{} is left out: {reason:#}", tool.name())?,
        }
    }
    ensure!(!tools.is_empty(), "no tool is installed");
    let mut heats = Vec::new();
    for model in &options.models {
        heats.push(heat(model, &tools, options, log)?);
    }
    let tools = tools.into_iter().map(|(tool, version)| (tool.name(), version)).collect();
    Ok(Results { machine: machine(), clock: options.clock, tools, heats })
}

struct Contestant {
    tool: Tool,
    command: Command,
    entry: Entry,
}

fn heat(model: &Model, tools: &[(Tool, String)], options: &Options, log: &mut impl Write) -> Result<Heat> {
    let mut contestants = Vec::new();
    for &threads in &options.threads {
        for &(tool, _) in tools {
            let Some(command) = tool.prepare(model, threads, &options.setup)? else { continue };
            contestants.push(Contestant { tool, command, entry: Entry::new(tool, threads) });
        }
    }
    for round in 0..options.rounds {
        for contestant in &mut contestants {
            let slow = contestant.entry.seconds.iter().any(|seconds| *seconds > options.slow.as_secs_f64());
            if contestant.entry.failure.is_some() || slow {
                continue;
            }
            let run = measure::run(&mut contestant.command, options.limit)?;
            contestant.entry.add(&run, contestant.tool.distinct(&run.output), model.distinct);
            let Entry { tool, threads, failure, .. } = &contestant.entry;
            let outcome = failure.clone().unwrap_or_else(|| format!("{:.2} s", run.seconds));
            writeln!(log, "{}, round {}, {tool} on {threads}: {outcome}", model.name(), round + 1)?;
        }
    }
    let mut entries: Vec<Entry> = contestants.into_iter().map(|contestant| contestant.entry).collect();
    compare(&mut entries, options.clock);
    Ok(Heat { model: model.name(), distinct: model.distinct, transitions: model.transitions, entries })
}

impl Entry {
    fn new(tool: Tool, threads: usize) -> Entry {
        Entry {
            tool: tool.name(),
            threads,
            seconds: Vec::new(),
            processor_seconds: Vec::new(),
            memory: 0,
            failure: None,
            time_ratio: None,
            memory_ratio: None,
        }
    }

    fn add(&mut self, run: &Run, distinct: Option<u64>, expected: u64) {
        let failure = match distinct {
            _ if run.failure.is_some() => run.failure.clone(),
            Some(distinct) if distinct == expected => None,
            Some(distinct) => Some(format!("{distinct} distinct worlds instead of {expected}")),
            None => Some("it did not finish, or found something wrong".to_owned()),
        };
        if failure.is_some() {
            self.failure = failure;
            return;
        }
        self.seconds.push(run.seconds);
        self.processor_seconds.push(run.processor_seconds);
        self.memory = self.memory.max(run.memory);
    }
}

/// Holds each entry against that of `verdic` on as many threads.
fn compare(entries: &mut [Entry], clock: Clock) {
    let times = |entry: &Entry| match clock {
        Clock::Wall => entry.seconds.clone(),
        Clock::Processor => entry.processor_seconds.clone(),
    };
    let bases: Vec<(usize, Vec<f64>, u64)> = entries
        .iter()
        .filter(|entry| entry.tool == Tool::Verdic.name() && entry.failure.is_none())
        .map(|entry| (entry.threads, times(entry), entry.memory))
        .collect();
    for entry in entries.iter_mut().filter(|entry| entry.failure.is_none()) {
        let base = bases.iter().find(|(threads, ..)| *threads == entry.threads);
        let Some((_, seconds, memory)) = base else { continue };
        let ratios: Vec<f64> = times(entry).iter().zip(seconds).map(|(own, base)| own / base).collect();
        entry.time_ratio = median(&ratios);
        entry.memory_ratio = (*memory > 0).then(|| entry.memory as f64 / *memory as f64);
    }
}

impl Results {
    /// Every result that is not as it should be.
    pub fn failures(&self) -> Vec<String> {
        let entries = self.heats.iter().flat_map(|heat| heat.entries.iter().map(move |entry| (heat, entry)));
        entries
            .filter_map(|(heat, entry)| {
                let failure = entry.failure.as_ref()?;
                Some(format!("{}: {} on {}: {failure}", heat.model, entry.tool, entry.threads))
            })
            .collect()
    }
}

fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let cpuinfo = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = cpuinfo.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    format!("{}, {cores} hardware threads", name.map_or(std::env::consts::ARCH, |(_, name)| name))
}

#[cfg(test)]
mod tests {
    use super::{Clock, Entry, compare, median};
    use crate::measure::Run;
    use crate::tools::Tool;

    fn run(seconds: f64, memory: u64, failure: Option<&str>) -> Run {
        let failure = failure.map(str::to_owned);
        Run { seconds, processor_seconds: seconds, memory, failure, output: String::new() }
    }

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
    }

    #[test]
    fn rounds_are_compared_with_each_other() {
        let mut entries = [Entry::new(Tool::Verdic, 1), Entry::new(Tool::Spin, 1), Entry::new(Tool::Tlc, 2)];
        for (own, peer) in [(1.0, 5.0), (2.0, 12.0), (4.0, 16.0)] {
            entries[0].add(&run(own, 100, None), Some(7), 7);
            entries[1].add(&run(peer, 250, None), Some(7), 7);
            entries[2].add(&run(peer, 250, None), Some(7), 7);
        }
        compare(&mut entries, Clock::Wall);
        assert_eq!((entries[0].time_ratio, entries[0].memory_ratio), (Some(1.0), Some(1.0)));
        assert_eq!((entries[1].time_ratio, entries[1].memory_ratio), (Some(5.0), Some(2.5)));
        assert_eq!(entries[2].time_ratio, None, "nothing ran on as many threads");
    }

    #[test]
    fn another_count_is_a_failure() {
        for (outcome, distinct) in [(None, Some(6)), (None, None), (Some("exit code 1"), Some(7))] {
            let mut entry = Entry::new(Tool::Spin, 1);
            entry.add(&run(1.0, 100, outcome), distinct, 7);
            assert!(entry.failure.is_some() && entry.seconds.is_empty());
        }
    }
}
