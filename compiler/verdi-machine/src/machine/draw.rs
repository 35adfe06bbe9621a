use crate::Fault;
use smol_str::format_smolstr;
use verdi_core::{FaultKind, FuncId, Rule, Value};
use verdi_runtime::List;

/// The most firings of one rule in one world: beyond it the rule faults, rather than exhaust memory.
const FIRINGS_MAX: usize = 1 << 20;

/// What a rule's binders may be.
#[derive(Default)]
pub(crate) struct Drawn {
    /// What they draw where the guard holds, in order.
    pub(crate) enabled: Vec<Vec<Value>>,
    /// The faults of domains and of the guard, without repetition.
    pub(crate) faults: Vec<Fault>,
}

/// Evaluates a World function.
pub(crate) type Ask<'a> = &'a dyn Fn(FuncId, &[Value]) -> Result<Value, Fault>;

/// Draws all that a rule's binders may be after the given first ones.
pub(crate) fn draw(rule: &Rule, given: &[Value], ask: Ask<'_>) -> Drawn {
    let mut draw = Draw { rule, ask, found: Drawn::default(), drawn: 0 };
    draw.run(given);
    draw.found
}

struct Draw<'a> {
    rule: &'a Rule,
    ask: Ask<'a>,
    found: Drawn,
    drawn: usize,
}

impl Draw<'_> {
    fn run(&mut self, given: &[Value]) {
        let mut args: Vec<Value> = Vec::with_capacity(self.rule.binders.len());
        args.extend_from_slice(given);
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
                args.truncate(given.len() + open.len() - 1);
                match drawn {
                    Some(value) => break args.push(value),
                    None => open.pop(),
                };
            }
        }
    }

    fn domain(&mut self, domain: FuncId, args: &[Value]) -> List {
        match (self.ask)(domain, args) {
            Ok(values) => values.as_list().clone(),
            Err(fault) => {
                self.fault(fault);
                List::default()
            }
        }
    }

    fn consider(&mut self, args: &[Value]) {
        self.drawn += 1;
        match self.rule.guard.map_or(Ok(Value::Bool(true)), |guard| (self.ask)(guard, args)) {
            Ok(enabled) if enabled.as_bool() => self.found.enabled.push(args.to_vec()),
            Ok(_) => {}
            Err(fault) => self.fault(fault),
        }
    }

    fn too_many(&mut self) {
        let detail = format_smolstr!("rule `{}` can fire in more than {FIRINGS_MAX} ways", self.rule.name);
        self.fault(Fault { kind: FaultKind::TooLarge, span: self.rule.span, detail });
    }

    fn fault(&mut self, fault: Fault) {
        if !self.found.faults.contains(&fault) {
            self.found.faults.push(fault);
        }
    }
}
