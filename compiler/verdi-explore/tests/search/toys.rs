//! Models whose counts can be worked out on paper.

use crate::graph::choice;
use std::collections::BTreeSet;
use verdi_core::{PropertyId, PropertyKind, Value};
use verdi_machine::{Choice, Choices, Fault, Fired, Model};

fn enabled(choices: impl Iterator<Item = Choice>) -> Choices {
    Choices { enabled: choices.collect(), ..Choices::default() }
}

fn arg(choice: &Choice) -> usize {
    match choice.args[..] {
        [Value::Int(arg)] => arg as usize,
        _ => panic!("a toy's choices have one number"),
    }
}

/// Counters that go up by one at a time; its property is that not all have reached their goals.
#[derive(Clone, Debug)]
pub(crate) struct Grid {
    pub(crate) goals: Vec<u32>,
    pub(crate) most: u32,
}

impl Model for Grid {
    type World = Vec<u32>;
    type Key = Vec<u32>;

    fn initial(&self) -> Result<Vec<u32>, Fault> {
        Ok(vec![0; self.goals.len()])
    }

    fn key(&self, world: &Vec<u32>) -> Vec<u32> {
        world.clone()
    }

    fn key_bytes(&self, key: &Vec<u32>) -> usize {
        size_of_val(key.as_slice())
    }

    fn choices(&self, world: &Vec<u32>) -> Choices {
        let below = (0..world.len()).filter(|&at| world[at] < self.most);
        enabled(below.map(|at| choice(at as u32, at as i64)))
    }

    fn fire(&self, world: &Vec<u32>, choice: &Choice) -> Fired<Vec<u32>> {
        let mut next = world.clone();
        next[arg(choice)] += 1;
        Fired::World(next)
    }

    fn expandable(&self, _world: &Vec<u32>) -> Result<bool, Fault> {
        Ok(true)
    }

    fn properties(&self) -> Vec<PropertyKind> {
        vec![PropertyKind::Invariant]
    }

    fn holds(&self, _property: PropertyId, world: &Vec<u32>) -> Result<bool, Fault> {
        Ok(world.iter().zip(&self.goals).any(|(at, goal)| at < goal))
    }

    fn depth_max(&self) -> Option<u64> {
        None
    }
}

/// Philosophers who take the left fork, then the right one, then put both down.
pub(crate) struct Philosophers(pub(crate) usize);

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Doing {
    Thinking,
    Waiting,
    Eating,
}

impl Model for Philosophers {
    type World = Vec<Doing>;
    type Key = Vec<Doing>;

    fn initial(&self) -> Result<Vec<Doing>, Fault> {
        Ok(vec![Doing::Thinking; self.0])
    }

    fn key(&self, world: &Vec<Doing>) -> Vec<Doing> {
        world.clone()
    }

    fn key_bytes(&self, key: &Vec<Doing>) -> usize {
        key.len()
    }

    fn choices(&self, world: &Vec<Doing>) -> Choices {
        let can = |at: usize| match world[at] {
            Doing::Thinking => world[(at + self.0 - 1) % self.0] != Doing::Eating,
            Doing::Waiting => world[(at + 1) % self.0] == Doing::Thinking,
            Doing::Eating => true,
        };
        enabled((0..self.0).filter(|&at| can(at)).map(|at| choice(0, at as i64)))
    }

    fn fire(&self, world: &Vec<Doing>, choice: &Choice) -> Fired<Vec<Doing>> {
        let mut next = world.clone();
        let doing = &mut next[arg(choice)];
        *doing = match *doing {
            Doing::Thinking => Doing::Waiting,
            Doing::Waiting => Doing::Eating,
            Doing::Eating => Doing::Thinking,
        };
        Fired::World(next)
    }

    fn expandable(&self, _world: &Vec<Doing>) -> Result<bool, Fault> {
        Ok(true)
    }

    fn properties(&self) -> Vec<PropertyKind> {
        vec![PropertyKind::NoDeadlock, PropertyKind::NoFault]
    }

    fn holds(&self, _property: PropertyId, _world: &Vec<Doing>) -> Result<bool, Fault> {
        Ok(true)
    }

    fn depth_max(&self) -> Option<u64> {
        None
    }
}

/// Switches that turn on only while others are on, and off at any time. Its property is that not all of
/// `wanted` are on.
#[derive(Clone, Debug)]
pub(crate) struct Switches {
    pub(crate) needs: Vec<BTreeSet<usize>>,
    pub(crate) wanted: BTreeSet<usize>,
}

impl Switches {
    /// The switches that must be turned on at some time.
    pub(crate) fn necessary(&self) -> BTreeSet<usize> {
        let mut all = self.wanted.clone();
        let mut left: Vec<usize> = all.iter().copied().collect();
        while let Some(at) = left.pop() {
            left.extend(self.needs[at].iter().filter(|&&need| all.insert(need)));
        }
        all
    }
}

impl Model for Switches {
    type World = BTreeSet<usize>;
    type Key = BTreeSet<usize>;

    fn initial(&self) -> Result<Self::World, Fault> {
        Ok(BTreeSet::new())
    }

    fn key(&self, world: &Self::World) -> Self::Key {
        world.clone()
    }

    fn key_bytes(&self, key: &Self::Key) -> usize {
        key.len() * size_of::<usize>()
    }

    fn choices(&self, world: &Self::World) -> Choices {
        let on = (0..self.needs.len()).filter(|at| !world.contains(at) && self.needs[*at].is_subset(world));
        let off = world.iter().copied();
        enabled(on.map(|at| choice(0, at as i64)).chain(off.map(|at| choice(1, at as i64))))
    }

    fn fire(&self, world: &Self::World, choice: &Choice) -> Fired<Self::World> {
        let mut next = world.clone();
        if !next.remove(&arg(choice)) {
            next.insert(arg(choice));
        }
        Fired::World(next)
    }

    fn expandable(&self, _world: &Self::World) -> Result<bool, Fault> {
        Ok(true)
    }

    fn properties(&self) -> Vec<PropertyKind> {
        vec![PropertyKind::Invariant]
    }

    fn holds(&self, _property: PropertyId, world: &Self::World) -> Result<bool, Fault> {
        Ok(!self.wanted.is_subset(world))
    }

    fn depth_max(&self) -> Option<u64> {
        None
    }
}
