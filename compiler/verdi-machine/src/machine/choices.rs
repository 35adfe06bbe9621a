use super::Machine;
use super::draw::draw;
use crate::{Choice, Choices, Engine, World};
use verdi_core::{RuleId, Value};

impl<E: Engine> Machine<E> {
    /// What can happen in a world.
    pub(super) fn all_choices(&self, world: &World) -> Choices {
        self.choices_of(world, self.program().network.rules.keys())
    }

    /// The same, of some rules.
    pub(crate) fn choices_of(&self, world: &World, rules: impl Iterator<Item = RuleId>) -> Choices {
        let mut choices = Choices::default();
        for id in rules {
            let drawn =
                draw(&self.program().network.rules[id], &[], &|func, args| self.ask(world, func, args));
            choices.faults.extend(drawn.faults.into_iter().map(|fault| (id, fault)));
            for args in drawn.enabled {
                self.enabled(world, id, args, &mut choices);
            }
        }
        choices.held_back.sort_unstable();
        choices.held_back.dedup();
        choices
    }

    /// Adds a firing whose guard holds.
    fn enabled(&self, world: &World, rule: RuleId, args: Vec<Value>, choices: &mut Choices) {
        let held_back = choices.held_back.len();
        for (bound, counter) in self.tables.bounds.counters(rule, &args) {
            if world.left[counter] == 0 {
                choices.held_back.push(bound);
            }
        }
        if choices.held_back.len() == held_back {
            choices.enabled.push(Choice { rule, args });
        }
    }
}
