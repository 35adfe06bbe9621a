//! Layouts as numbers, for a search that goes on later.

use super::super::super::checkpoint::{In, Out, Refused};
use super::super::super::word::Word;
use super::{Census, Field, Layout};
use std::io;
use verdi_machine::Shape;

impl Field {
    fn numbers(self) -> [u32; 7] {
        let [second, third] = self.more;
        [self.at, self.run, second.0, second.1, third.0, third.1, self.bits]
    }
}

impl Census {
    pub(in crate::fast) fn save(&self, out: &mut Out) -> io::Result<()> {
        out.numbers(&[self.vars, self.traces])?;
        [&self.states, &self.queues, &self.copies].into_iter().try_for_each(|counts| out.numbers(counts))
    }

    pub(in crate::fast) fn load(&mut self, from: &mut In) -> Result<(), Refused> {
        let numbers = from.numbers()?;
        let [vars, traces] = numbers[..] else { return Err(Refused::Damaged) };
        let (states, queues, copies) = (from.numbers()?, from.numbers()?, from.numbers()?);
        if states.len() != self.states.len() || queues.len() != self.queues.len() {
            return Err(Refused::Damaged);
        }
        *self = Self { states, vars, traces, queues, copies };
        Ok(())
    }
}

impl<W: Word> Layout<W> {
    pub(in crate::fast) fn save(&self, out: &mut Out) -> io::Result<()> {
        let fields = |fields: &[Field]| fields.iter().flat_map(|field| field.numbers()).collect::<Vec<u32>>();
        for fields in [
            fields(&self.nodes),
            fields(&[self.vars, self.trace]),
            fields(&self.left),
            fields(&self.queues),
            fields(&self.packets),
            vec![self.end],
        ] {
            out.numbers(&fields)?;
        }
        Ok(())
    }

    /// A layout of a shape; it is refused unless every bit has one place.
    pub(in crate::fast) fn load(shape: &Shape, from: &mut In) -> Result<Self, Refused> {
        let mut taken = W::ZERO;
        let mut fields = || -> Result<Vec<Field>, Refused> {
            let numbers = from.numbers()?;
            let fields = numbers.chunks(7).map(|numbers| field(numbers, &mut taken));
            fields.collect::<Option<_>>().ok_or(Refused::Damaged)
        };
        let nodes = fields()?;
        let (vars, trace) = match fields()?[..] {
            [vars, trace] => (vars, trace),
            _ => return Err(Refused::Damaged),
        };
        let (left, queues, packets) = (fields()?, fields()?, fields()?);
        let end = from.numbers()?;
        let fits = nodes.len() == shape.kinds.len() && left.len() == shape.counters.len();
        let [end] = end[..] else { return Err(Refused::Damaged) };
        if !fits || end > W::BITS || taken & !W::mask(end) != W::ZERO {
            return Err(Refused::Damaged);
        }
        let (kinds, groups, levels, packet_at) = (shape.kinds.clone(), Vec::new(), Vec::new(), Vec::new());
        let mut layout = Self {
            nodes,
            kinds,
            groups,
            large: Vec::new(),
            vars,
            trace,
            left,
            queues,
            packets,
            levels,
            packet_at,
            end,
        };
        layout.index();
        Ok(layout)
    }
}

/// A field in bits that no other has taken.
fn field<W: Word>(numbers: &[u32], taken: &mut W) -> Option<Field> {
    let [at, run, second, second_bits, third, third_bits, bits] = *numbers else { return None };
    let field = Field { at, run, more: [(second, second_bits), (third, third_bits)], bits };
    let runs = [(at, run), (second, second_bits), (third, third_bits)];
    let inside = runs.iter().all(|(at, bits)| *bits <= W::BITS && *at <= W::BITS - *bits);
    // A field without bits may be one past the last.
    if !inside || runs.iter().map(|(_, bits)| bits).sum::<u32>() != bits || bits > u32::BITS {
        return None;
    }
    let mask = field.mask::<W>();
    let free = mask & *taken == W::ZERO && mask.ones() == bits;
    *taken = *taken | mask;
    free.then_some(field)
}
