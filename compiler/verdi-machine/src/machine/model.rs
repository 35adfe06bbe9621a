use super::Machine;
use crate::{Choice, Choices, Engine, Fault, Fired, Model, World};
use verdi_core::{PropertyId, PropertyKind};

impl<E: Engine> Machine<E> {
    /// Whether one part of a property holds of a world.
    ///
    /// # Errors
    /// The fault of its evaluation.
    pub fn part_holds(&self, property: PropertyId, part: usize, world: &World) -> Result<bool, Fault> {
        let func = self.program().properties[property].parts[part].func;
        Ok(self.ask(world, func, &[])?.as_bool())
    }
}

impl<E: Engine> Model for Machine<E> {
    type World = World;
    type Key = Box<[u32]>;

    fn initial(&self) -> Result<World, Fault> {
        self.initial_step().1
    }

    fn key(&self, world: &World) -> Box<[u32]> {
        let program = self.program();
        let mut words = Vec::with_capacity(world.nodes.len() + 8 + 2 * world.packet_count() as usize);
        words.extend(world.nodes.iter().map(|node| node.id));
        if !program.network.vars.is_empty() {
            words.push(world.vars.id);
        }
        if program.keeps_trace {
            words.push(world.trace.id);
        }
        if !program.watchers.is_empty() {
            words.push(world.watch.id);
        }
        self.tables.bounds.key(&world.left, &mut words);
        // Last, because only they differ in length.
        world.packets.key(&mut words);
        words.into()
    }

    fn key_bytes(&self, key: &Box<[u32]>) -> usize {
        // The words, the pointer and length to them, and an allocator's overhead.
        size_of_val::<[u32]>(key) + 32
    }

    fn choices(&self, world: &World) -> Choices {
        self.all_choices(world)
    }

    fn fire(&self, world: &World, choice: &Choice) -> Fired<World> {
        let mut after = world.clone();
        match self.run_rule(&mut after, choice).2 {
            Err(fault) => Fired::Fault(fault),
            Ok(()) if self.program().packets_max.is_some_and(|max| after.packet_count() > max) => {
                Fired::TooManyPackets
            }
            Ok(()) => Fired::World(after),
        }
    }

    fn expandable(&self, world: &World) -> Result<bool, Fault> {
        let constraint = self.program().constraint;
        constraint.map_or(Ok(true), |func| Ok(self.ask(world, func, &[])?.as_bool()))
    }

    fn properties(&self) -> Vec<PropertyKind> {
        self.program().properties.values().map(|property| property.kind).collect()
    }

    fn holds(&self, property: PropertyId, world: &World) -> Result<bool, Fault> {
        for part in &self.program().properties[property].parts {
            if !self.ask(world, part.func, &[])?.as_bool() {
                return Ok(false);
            }
        }
        Ok(self.failure(world, property).is_none())
    }

    fn depth_max(&self) -> Option<u64> {
        self.program().depth_max
    }
}
