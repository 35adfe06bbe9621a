//! What a user asks for, typed.

use smol_str::SmolStr;
use std::path::PathBuf;
use std::time::Duration;

pub use crate::trace::Layer;
pub use verdi_explore::Strategy;

/// In which order worlds are visited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SearchOrder {
    /// Level by level.
    #[default]
    Bfs,
    /// Deep first.
    Dfs,
    /// Random runs.
    Random,
    /// Deep first, in several bitstate searches.
    Swarm,
}

impl SearchOrder {
    /// As the command line has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bfs => "bfs",
            Self::Dfs => "dfs",
            Self::Random => "random",
            Self::Swarm => "swarm",
        }
    }
}

/// What runs the functions of a program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EngineKind {
    /// Compiled code, and the fast search where it applies.
    #[default]
    Jit,
    /// The interpreter, and the clear search: the reference.
    Interp,
}

impl EngineKind {
    /// As the command line has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Jit => "jit",
            Self::Interp => "interp",
        }
    }
}

/// What use is made of nodes that are interchangeable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SymmetryUse {
    /// None: every world is counted.
    Off,
    /// Of those that a check declares `symmetric`.
    #[default]
    Declared,
    /// Of all that are found to be.
    Auto,
}

impl SymmetryUse {
    /// As the command line has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Declared => "declared",
            Self::Auto => "auto",
        }
    }
}

/// Which faults of packets are not explored, as what they make possible is seen without them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CollapseUse {
    /// None: every world is counted.
    #[default]
    Off,
    /// Drops.
    Drops,
    /// Duplicates, and drops with them.
    Duplicates,
    /// In each check all for which that is shown to be sound.
    Auto,
}

impl CollapseUse {
    /// As the command line has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Drops => "drops",
            Self::Duplicates => "duplicates",
            Self::Auto => "auto",
        }
    }
}

/// Whether steps wait that can, as what they lead to does not reach the nodes whose steps are taken first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PorUse {
    /// No: every world is counted.
    #[default]
    Off,
    /// Yes, and what cannot is refused.
    On,
    /// In checks for which that is shown to be sound.
    Auto,
}

impl PorUse {
    /// As the command line has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::On => "on",
            Self::Auto => "auto",
        }
    }
}

/// `RULE=N` or `RULE=N/node`; the rule may be `depth` or `packets`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoundFlag {
    /// The rule.
    pub rule: SmolStr,
    /// The most times.
    pub limit: u64,
    /// Whether each node has a count of its own.
    pub per_node: bool,
}

impl std::str::FromStr for BoundFlag {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong =
            || format!("`{text}` is not a bound: write `drop=1`, or `input=2/node` for two at each node");
        let (rule, limit) = text.split_once('=').ok_or_else(wrong)?;
        let (limit, per_node) = match limit.split_once('/') {
            Some((limit, "node")) => (limit, true),
            Some(_) => return Err(wrong()),
            None => (limit, false),
        };
        let limit = limit.trim().parse().map_err(|_| wrong())?;
        let rule = rule.trim();
        if rule.is_empty() {
            return Err(wrong());
        }
        Ok(Self { rule: rule.into(), limit, per_node })
    }
}

impl std::fmt::Display for BoundFlag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}={}{}", self.rule, self.limit, if self.per_node { "/node" } else { "" })
    }
}

/// How checks are run.
#[derive(Clone, Debug)]
pub struct CheckOptions {
    /// Part of the names of the checks to run; all where there is none.
    pub check: Option<String>,
    /// The transformer that is checked around the most general system, and the files it may be declared in.
    pub generic: Option<(String, Vec<PathBuf>)>,
    /// Another network than the checks say.
    pub under: Option<String>,
    /// Bounds that replace or join those of the checks.
    pub bounds: Vec<BoundFlag>,
    /// The engine.
    pub engine: EngineKind,
    /// What use is made of interchangeable nodes.
    pub symmetry: SymmetryUse,
    /// Which faults of packets are not explored.
    pub collapse: CollapseUse,
    /// Whether steps wait that can.
    pub por: PorUse,
    /// How many threads work; as many as there are cores where it is not said.
    pub workers: Option<usize>,
    /// The order.
    pub search: SearchOrder,
    /// The seed of random runs and of bitstate searches.
    pub seed: u64,
    /// The most steps of a random run.
    pub steps: u64,
    /// How many random runs.
    pub runs: u64,
    /// Who goes next in random runs.
    pub strategy: Strategy,
    /// How many bitstate searches.
    pub rounds: u64,
    /// The most steps of any run.
    pub depth: Option<u64>,
    /// The most memory, in bytes; something sensible for this machine where it is not said.
    pub memory: Option<u64>,
    /// The most distinct worlds.
    pub worlds_max: Option<u64>,
    /// The most time for each search.
    pub time: Option<Duration>,
    /// Whether tests are run too.
    pub tests: bool,
    /// Whether every world is counted, even after all is decided.
    pub count_all: bool,
    /// Whether it is shown what ran and what never did.
    pub coverage: bool,
    /// Where the search is kept, to go on with later.
    pub checkpoint: Option<PathBuf>,
    /// About how often.
    pub checkpoint_every: Duration,
    /// What the search goes on with.
    pub resume: Option<PathBuf>,
    /// The folder where it goes on once memory is full.
    pub disk: Option<PathBuf>,
    /// Which layers of a transformed system traces show.
    pub layer: Layer,
}

impl Default for CheckOptions {
    fn default() -> Self {
        Self {
            check: None,
            generic: None,
            under: None,
            bounds: Vec::new(),
            engine: EngineKind::Jit,
            symmetry: SymmetryUse::Declared,
            collapse: CollapseUse::Off,
            por: PorUse::Off,
            workers: None,
            search: SearchOrder::Bfs,
            seed: 0,
            steps: 200,
            runs: 1000,
            strategy: Strategy::Uniform,
            rounds: 4,
            depth: None,
            memory: None,
            worlds_max: None,
            time: None,
            tests: true,
            count_all: false,
            coverage: false,
            checkpoint: None,
            checkpoint_every: Duration::from_secs(60),
            resume: None,
            disk: None,
            layer: Layer::All,
        }
    }
}

impl CheckOptions {
    /// The command that runs one check of a file in this way.
    pub fn command(&self, file: &str, check: &str) -> String {
        let mut words = vec!["verdic".to_owned(), "check".to_owned()];
        match &self.generic {
            Some((name, files)) => {
                words.extend(files.iter().map(|file| quote(&file.display().to_string())));
                words.extend(["--generic".to_owned(), quote(name)]);
            }
            None => words.extend([quote(file), "--check".to_owned(), quote(check)]),
        }
        let mut flag = |name: &str, value: String| words.extend([format!("--{name}"), value]);
        if let Some(network) = &self.under {
            flag("under", quote(network));
        }
        for bound in &self.bounds {
            flag("bound", bound.to_string());
        }
        if let Some(depth) = self.depth {
            flag("depth", depth.to_string());
        }
        let defaults = Self::default();
        if self.symmetry != defaults.symmetry {
            flag("symmetry", self.symmetry.name().to_owned());
        }
        if self.collapse != defaults.collapse {
            flag("collapse", self.collapse.name().to_owned());
        }
        if self.por != defaults.por {
            flag("por", self.por.name().to_owned());
        }
        if self.engine != defaults.engine {
            flag("engine", self.engine.name().to_owned());
        }
        match self.search {
            SearchOrder::Bfs => {}
            SearchOrder::Random if self.strategy != Strategy::Uniform => {
                words.push(format!("--simulate={}", self.strategy));
            }
            SearchOrder::Swarm => words.push(format!("--swarm={}", self.rounds)),
            order => flag("search", order.name().to_owned()),
        }
        let mut flag = |name: &str, value: String| words.extend([format!("--{name}"), value]);
        if self.search == SearchOrder::Random {
            if self.steps != defaults.steps {
                flag("steps", self.steps.to_string());
            }
            if self.runs != defaults.runs {
                flag("runs", self.runs.to_string());
            }
        }
        if let Some(worlds) = self.worlds_max {
            flag("max-worlds", worlds.to_string());
        }
        if let Some(bytes) = self.memory {
            flag("memory", bytes.to_string());
        }
        if let Some(folder) = &self.disk {
            flag("disk", quote(&folder.to_string_lossy()));
        }
        if let Some(time) = self.time {
            flag("time", time.as_secs_f64().to_string());
        }
        flag("seed", self.seed.to_string());
        if self.layer != defaults.layer {
            flag("layer", self.layer.name().to_owned());
        }
        words.join(" ")
    }
}

/// A word as a shell takes it.
pub fn quote(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:@%+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else if !word.contains(['"', '$', '`', '\\', '!']) {
        format!("\"{word}\"")
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_read_and_shown() {
        for text in ["drop=1", "input=2/node", "depth=10"] {
            assert_eq!(text.parse::<BoundFlag>().unwrap().to_string(), text);
        }
        for wrong in ["drop", "drop=", "=1", "drop=1/x", "drop=-1"] {
            assert!(wrong.parse::<BoundFlag>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_strategy_is_part_of_the_command() {
        let options = CheckOptions {
            search: SearchOrder::Random,
            strategy: Strategy::Pct { depth: 5 },
            runs: 9,
            ..CheckOptions::default()
        };
        let command = options.command("a.verdi", "c");
        assert_eq!(command, "verdic check a.verdi --check c --simulate=pct:5 --runs 9 --seed 0");
    }

    #[test]
    fn a_swarm_is_part_of_the_command() {
        let options = CheckOptions { search: SearchOrder::Swarm, rounds: 9, ..CheckOptions::default() };
        assert_eq!(options.command("a.verdi", "c"), "verdic check a.verdi --check c --swarm=9 --seed 0");
    }

    #[test]
    fn commands_can_be_pasted() {
        let options = CheckOptions {
            under: Some("busy".into()),
            bounds: vec!["duplicate=1".parse().unwrap()],
            search: SearchOrder::Random,
            seed: 7,
            ..CheckOptions::default()
        };
        assert_eq!(
            options.command("a b.verdi", "it's $1"),
            "verdic check \"a b.verdi\" --check 'it'\\''s $1' --under busy --bound duplicate=1 --search random --seed 7"
        );
    }
}
