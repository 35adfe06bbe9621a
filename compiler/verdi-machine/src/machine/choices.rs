use super::Machine;
use crate::{Choice, Choices, Engine, Fault, World};
use smol_str::format_smolstr;
use verdi_core::{FaultKind, Rule, RuleId, Value};
use verdi_runtime::List;

/// The most firings of one rule in one world: beyond it the rule faults, rather than exhaust memory.
const FIRINGS_MAX: usize = 1 << 20;

impl<E: Engine> Machine<E> {
    pub(super) fn all_choices(&self, world: &World) -> Choices {
        let mut choices = Choices::default();
        for (id, rule) in &self.program().network.rules {
            let mut draw = Draw { machine: self, world, id, rule, choices: &mut choices, drawn: 0 };
            draw.run();
        }
        choices.held_back.sort_unstable();
        choices.held_back.dedup();
        choices
    }
}

/// Draws all that a rule's binders may be in a world.
struct Draw<'a, E> {
    machine: &'a Machine<E>,
    world: &'a World,
    id: RuleId,
    rule: &'a Rule,
    choices: &'a mut Choices,
    drawn: usize,
}

impl<E: Engine> Draw<'_, E> {
    fn run(&mut self) {
        let mut args: Vec<Value> = Vec::with_capacity(self.rule.binders.len());
        // What each bound binder is drawn from, and how far it got.
        let mut open: Vec<(List, usize)> = Vec::with_capacity(self.rule.binders.len());
        loop {
            match self.rule.binders.get(args.len()) {
                Some(binder) => open.push((self.domain(binder.domain, &args), 0)),
                None if self.drawn == FIRINGS_MAX => return self.too_many(),
                None => self.consider(&args),
            }
            loop {
                let Some((domain, next)) = open.last_mut() else { return };
                let drawn = domain.get(*next).cloned();
                *next += 1;
                args.truncate(open.len() - 1);
                match drawn {
                    Some(value) => break args.push(value),
                    None => open.pop(),
                };
            }
        }
    }

    fn domain(&mut self, domain: verdi_core::FuncId, args: &[Value]) -> List {
        match self.machine.ask(self.world, domain, args) {
            Ok(values) => values.as_list().clone(),
            Err(fault) => {
                self.fault(fault);
                List::default()
            }
        }
    }

    fn consider(&mut self, args: &[Value]) {
        self.drawn += 1;
        let enabled =
            self.rule.guard.map_or(Ok(Value::Bool(true)), |guard| self.machine.ask(self.world, guard, args));
        match enabled {
            Ok(enabled) if enabled.as_bool() => self.enabled(args),
            Ok(_) => {}
            Err(fault) => self.fault(fault),
        }
    }

    fn enabled(&mut self, args: &[Value]) {
        let held_back = self.choices.held_back.len();
        for (bound, counter) in self.machine.tables.bounds.counters(self.id, args) {
            if self.world.left[counter] == 0 {
                self.choices.held_back.push(bound);
            }
        }
        if self.choices.held_back.len() == held_back {
            self.choices.enabled.push(Choice { rule: self.id, args: args.to_vec() });
        }
    }

    fn too_many(&mut self) {
        let detail = format_smolstr!("rule `{}` can fire in more than {FIRINGS_MAX} ways", self.rule.name);
        self.fault(Fault { kind: FaultKind::TooLarge, span: self.rule.span, detail });
    }

    fn fault(&mut self, fault: Fault) {
        let fault = (self.id, fault);
        if !self.choices.faults.contains(&fault) {
            self.choices.faults.push(fault);
        }
    }
}
