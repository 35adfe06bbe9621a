//! Whole systems at random: text that is well typed, has a small space of worlds, and uses the language all over.

mod checks;
mod expressions;
mod handlers;
mod networks;
mod statements;
mod types;

use std::collections::BTreeSet;

use crate::mutate::Random;
use networks::Network;
use types::{Constructor, Type};

/// A generated program.
#[derive(Clone, Debug)]
pub struct System {
    /// One system, its network unless that is the library's, and one check.
    pub text: String,
    /// What of the language it uses, by name.
    pub uses: BTreeSet<&'static str>,
}

/// The system of a seed: the same seed writes the same.
pub fn write(seed: u64) -> System {
    let mut writer = Writer::new(seed);
    let network = writer.network();
    let system = writer.system();
    let check = writer.check();
    let text = format!("{network}{system}{check}");
    System { text: verdi_syntax::format(&text).unwrap_or(text), uses: writer.uses }
}

/// A kind of node.
struct Kind {
    name: &'static str,
    /// How many nodes; `None` where it is declared as a single one.
    count: Option<usize>,
    fields: Vec<(String, Type)>,
    /// What handlers may write and nothing real may depend on.
    ghosts: Vec<(String, Type)>,
    /// Names, and whether they are armed from the start.
    timers: Vec<(String, bool)>,
    inputs: Vec<Constructor>,
    outputs: Vec<Constructor>,
    /// What its procedure takes, if it has one.
    procedure: Option<Type>,
}

/// Writes a program from the front to the end.
struct Writer {
    random: Random,
    uses: BTreeSet<&'static str>,
    network: Network,
    kinds: Vec<Kind>,
    messages: Vec<Constructor>,
    variant: Vec<Constructor>,
    record: Vec<(String, Type)>,
    /// What can be read at the place at hand: an expression for it, and its type.
    scope: Vec<(String, Type)>,
    /// The kind of node whose handler is written.
    here: Option<usize>,
    /// Whether a property is written.
    sees_worlds: bool,
    /// Who sent the message, or the input, that is handled.
    sender: Option<String>,
    names: usize,
    /// How many packets the handler at hand may still send.
    sends: usize,
}

impl Writer {
    fn new(seed: u64) -> Self {
        Self {
            random: Random::new(seed),
            uses: BTreeSet::new(),
            network: Network::default(),
            kinds: Vec::new(),
            messages: Vec::new(),
            variant: Vec::new(),
            record: Vec::new(),
            scope: Vec::new(),
            here: None,
            sees_worlds: false,
            sender: None,
            names: 0,
            sends: 0,
        }
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.random.below(n) == 0
    }

    /// A number from a range.
    fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.random.below(high + 1 - low)
    }

    fn pick<T: Clone>(&mut self, all: &[T]) -> Option<T> {
        self.random.of(all).cloned()
    }

    fn uses(&mut self, what: &'static str) {
        self.uses.insert(what);
    }

    /// A name that is new.
    fn name(&mut self) -> String {
        self.names += 1;
        format!("x{}", self.names)
    }

    /// Writes with more in scope, which is forgotten afterwards.
    fn within<T>(
        &mut self,
        names: impl IntoIterator<Item = (String, Type)>,
        write: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let before = self.scope.len();
        self.scope.extend(names);
        let written = write(self);
        self.scope.truncate(before);
        written
    }

    fn system(&mut self) -> String {
        self.declare();
        let types = self.declared_types();
        let function = self.function();
        let messages: Vec<String> = self.messages.iter().map(Constructor::declaration).collect();
        let messages = messages.join(" | ");
        let nodes: String = (0..self.kinds.len()).map(|kind| self.node(kind)).collect();
        self.sees_worlds = true;
        let invariants = self.invariants();
        let monitor = self.monitor();
        format!("system S {{\n{types}message {messages}\n{function}{nodes}{invariants}{monitor}}}\n")
    }

    /// Decides on everything that has a name before anything is written that may use it.
    fn declare(&mut self) {
        let kinds = self.between(1, 3);
        let mut left = 4;
        for name in ["A", "B", "C"].into_iter().take(kinds) {
            let most: usize = if self.kinds.len() + 1 < kinds { 2 } else { 3 };
            let count = self.between(1, most.min(left).max(1));
            left = left.saturating_sub(count);
            let count = if count == 1 && !self.one_in(4) { None } else { Some(count) };
            self.kinds.push(Kind {
                name,
                count,
                fields: Vec::new(),
                ghosts: Vec::new(),
                timers: Vec::new(),
                inputs: Vec::new(),
                outputs: Vec::new(),
                procedure: None,
            });
        }
        self.declare_types();
        for number in 0..self.between(1, 4) {
            let message = self.constructor(format!("M{number}"), 2);
            self.messages.push(message);
        }
        for kind in 0..kinds {
            self.declare_kind(kind, kind + 1 == kinds);
        }
    }

    /// Decides what a kind of node has; `driven` is one that surely takes inputs.
    fn declare_kind(&mut self, kind: usize, driven: bool) {
        let prefix = self.kinds[kind].name.to_lowercase();
        let fields = (0..self.between(1, 3)).map(|at| (format!("{prefix}{at}"), self.field_type())).collect();
        let ghosts = (0..usize::from(self.one_in(4)))
            .map(|at| (format!("{prefix}ghost{at}"), self.field_type()))
            .collect();
        let timers = (0..[0, 0, 1, 1, 2][self.random.below(5)])
            .map(|at| (format!("{prefix}t{at}"), self.one_in(2)))
            .collect();
        let inputs = if driven { self.between(1, 2) } else { self.random.below(2) };
        let inputs =
            (0..inputs).map(|at| self.constructor(format!("{}In{at}", self.kinds[kind].name), 1)).collect();
        let outputs = (0..self.random.below(2))
            .map(|at| self.constructor(format!("{}Out{at}", self.kinds[kind].name), 1))
            .collect();
        let procedure = self.one_in(4).then(|| self.simple_type());
        let known = &mut self.kinds[kind];
        (known.fields, known.ghosts, known.timers) = (fields, ghosts, timers);
        (known.inputs, known.outputs, known.procedure) = (inputs, outputs, procedure);
    }

    /// A function that anything may call.
    fn function(&mut self) -> String {
        let parameters = [("x0".to_owned(), Type::Int), ("y0".to_owned(), Type::Bool)];
        let body = self.within(parameters, |writer| writer.expression(&Type::Int, 2));
        format!("fn f(x0: int, y0: bool): int {{ {body} }}\n")
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_same_seed_writes_the_same_system() {
        assert_eq!(super::write(3).text, super::write(3).text);
        assert!((0..9).any(|seed| super::write(seed).text != super::write(3).text));
    }
}
