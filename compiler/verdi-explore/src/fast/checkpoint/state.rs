//! The search: the ids of the parts and of queues, how far it came, the worlds that wait, and those that were met.

use super::{In, Out, Refused};
use crate::fast::queues::Queues;
use crate::fast::space::Space;
use crate::fast::tally::{Finding, Tally};
use std::io;
use std::time::Duration;
use verdi_machine::{Parts, Shape};

/// All that has an id.
pub(in crate::fast) fn save_ids(parts: &impl Parts, queues: &Queues, out: &mut Out) -> io::Result<()> {
    out.bytes(&parts.save())?;
    queues.save(out)
}

/// How far a search came.
pub(in crate::fast) struct State<'a, C> {
    /// The time that it took.
    pub(in crate::fast) elapsed: Duration,
    /// Levels that were begun.
    pub(in crate::fast) levels: u64,
    /// Worlds that were met.
    pub(in crate::fast) met: u64,
    pub(in crate::fast) tally: &'a Tally,
    /// What is left of this level.
    pub(in crate::fast) level: &'a [C],
    /// What there is of the next.
    pub(in crate::fast) next: Vec<&'a C>,
}

impl<C> State<'_, C> {
    pub(in crate::fast) fn save<S: Space<Chunk = C>>(&self, space: &S, out: &mut Out) -> io::Result<()> {
        out.word(S::KIND)?;
        space.save_ids(out)?;
        out.word(u64::try_from(self.elapsed.as_micros()).unwrap_or(u64::MAX))?;
        out.word(self.levels)?;
        out.word(self.met)?;
        save_tally(self.tally, out)?;
        for chunks in [self.level.iter().collect(), self.next.clone()] {
            let chunks: Vec<&C> = chunks;
            out.word(chunks.len() as u64)?;
            chunks.into_iter().try_for_each(|chunk| S::save_chunk(chunk, out))?;
        }
        space.save(self.met, out)
    }
}

/// How far a search had come.
pub(in crate::fast) struct Restored<C> {
    pub(in crate::fast) elapsed: Duration,
    pub(in crate::fast) levels: u64,
    pub(in crate::fast) met: u64,
    pub(in crate::fast) tally: Tally,
    pub(in crate::fast) level: Vec<C>,
    pub(in crate::fast) next: Vec<C>,
}

/// Reads what [`State::save`] wrote after the ids.
pub(in crate::fast) fn restore<S: Space>(
    space: &mut S,
    shape: &Shape,
    from: &mut In,
) -> Result<Restored<S::Chunk>, Refused> {
    let elapsed = Duration::from_micros(from.word()?);
    let (levels, met) = (from.word()?, from.word()?);
    let tally = load_tally(shape, from)?;
    let mut chunks = || (0..from.count(1)?).map(|_| S::load_chunk(from)).collect::<Result<Vec<_>, _>>();
    let (level, next) = (chunks()?, chunks()?);
    space.load(met, from)?;
    Ok(Restored { elapsed, levels, met, tally, level, next })
}

/// What was found is kept as a fact: the search that tells ways finds it again.
fn save_tally(tally: &Tally, out: &mut Out) -> io::Result<()> {
    out.word(tally.transitions)?;
    out.word(tally.reduced)?;
    out.flags(&tally.answers.iter().map(Option::is_some).collect::<Vec<_>>())?;
    out.flags(&tally.undecided)?;
    out.word(tally.held_back.len() as u64)?;
    out.flags(&tally.held_back)?;
    out.flags(&[tally.fault.is_some(), tally.packets, tally.depth, tally.constraint])
}

fn load_tally(shape: &Shape, from: &mut In) -> Result<Tally, Refused> {
    let found = |there: bool| there.then_some(Finding { world: 0, choice: None, fault: None });
    let properties = shape.properties.len();
    let (transitions, reduced) = (from.word()?, from.word()?);
    let answers = from.flags(properties)?.into_iter().map(found).collect();
    let undecided = from.flags(properties)?;
    let bounds = from.count(2)?;
    let held_back = from.flags(bounds)?;
    let rest = from.flags(4)?;
    Ok(Tally {
        transitions,
        reduced,
        answers,
        undecided,
        fault: found(rest[0]),
        held_back,
        packets: rest[1],
        depth: rest[2],
        constraint: rest[3],
    })
}
