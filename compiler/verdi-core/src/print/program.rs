use super::function::Printed;
use crate::*;
use std::fmt::{Display, Formatter, Result};

impl Display for Program {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        writeln!(f, "program {} under {}", self.name, self.network.name)?;
        self.types(f)?;
        for kind in self.kinds.values() {
            self.kind(f, kind)?;
        }
        self.network(f)?;
        self.questions(f)?;
        for function in self.functions.values() {
            writeln!(f, "\n{}", Printed { program: self, function })?;
        }
        Ok(())
    }
}

/// A limit of the check, if it has one.
fn limit(f: &mut Formatter<'_>, what: &str, max: Option<u64>) -> Result {
    max.map_or(Ok(()), |max| writeln!(f, "bound {what} <= {max}"))
}

impl Program {
    fn name_of(&self, func: FuncId) -> &str {
        self.functions.get(func).map_or("?", |function| &function.name)
    }

    fn types(&self, f: &mut Formatter<'_>) -> Result {
        for (_, data) in self.types.all_data().filter(|(_, data)| data.style == DataStyle::Named) {
            let field = |(label, ty): &(smol_str::SmolStr, TyId)| match label.as_str() {
                "" => self.ty_name(*ty),
                label => format!("{label}: {}", self.ty_name(*ty)),
            };
            let ctors = data.ctors.iter().map(|ctor| match ctor.fields.as_slice() {
                [] => ctor.name.to_string(),
                fields => {
                    format!("{}({})", ctor.name, fields.iter().map(field).collect::<Vec<_>>().join(", "))
                }
            });
            let ctors: Vec<String> = ctors.collect();
            writeln!(
                f,
                "type {} = {}",
                data.name,
                if ctors.is_empty() { "!".into() } else { ctors.join(" | ") }
            )?;
        }
        Ok(())
    }

    fn kind(&self, f: &mut Formatter<'_>, kind: &Kind) -> Result {
        let count = if kind.single { String::new() } else { format!("[{}]", kind.nodes.len()) };
        writeln!(f, "\nnode {}{count} {{", kind.name)?;
        for field in kind.fields.values() {
            let durability = match field.durability {
                Durability::Volatile => "",
                Durability::Durable => "durable ",
                Durability::Ghost => "ghost ",
            };
            let (ty, init) = (self.ty_name(field.ty), self.name_of(field.init));
            writeln!(f, "  {durability}state {}: {ty} = {init}()", field.name)?;
        }
        for timer in kind.timers.iter().filter_map(|timer| self.timers.get(*timer as usize)) {
            let when = if timer.every { "every" } else { "after" };
            writeln!(f, "  timer {} {when} {}us..{}us", timer.name, timer.from_us, timer.to_us)?;
        }
        for (event, func) in [
            ("start", kind.on_start),
            ("input", kind.on_input),
            ("message", kind.on_message),
            ("timeout", kind.on_timeout),
            ("reboot", kind.on_reboot),
            ("inputs", Some(kind.inputs)),
        ] {
            if let Some(func) = func {
                writeln!(f, "  {event}: {}", self.name_of(func))?;
            }
        }
        writeln!(f, "}}")
    }

    fn network(&self, f: &mut Formatter<'_>) -> Result {
        let network = &self.network;
        let packets = match network.packets {
            PacketStore::Bag => "bag",
            PacketStore::Fifo => "fifo",
            PacketStore::Set => "set",
        };
        writeln!(f, "\nnetwork {} {{\n  packets: {packets}", network.name)?;
        for var in network.vars.values() {
            writeln!(f, "  var {}: {} = {}()", var.name, self.ty_name(var.ty), self.name_of(var.init))?;
        }
        for rule in network.rules.values() {
            let fairness = match rule.fairness {
                Fairness::None => "",
                Fairness::Weak => "fair ",
                Fairness::Strong => "strong fair ",
            };
            let binders = rule
                .binders
                .iter()
                .map(|binder| format!("{} in {}", binder.name, self.name_of(binder.domain)));
            let binders: Vec<String> = binders.collect();
            let guard = rule.guard.map_or(String::new(), |guard| format!(" when {}", self.name_of(guard)));
            let (name, body) = (&rule.name, self.name_of(rule.body));
            writeln!(f, "  {fairness}rule {name}({}){guard}: {body}", binders.join(", "))?;
        }
        writeln!(f, "}}\n")
    }

    fn questions(&self, f: &mut Formatter<'_>) -> Result {
        for bound in &self.bounds {
            let rule = self.network.rules.get(bound.rule).map_or("?", |rule| &rule.name);
            let per_node = if bound.per_node { " per node" } else { "" };
            writeln!(f, "bound {rule} <= {}{per_node}", bound.limit)?;
        }
        limit(f, "packets", self.packets_max)?;
        limit(f, "depth", self.depth_max)?;
        for (kind, _) in &self.symmetric {
            writeln!(f, "symmetric {}", self.kinds.get(*kind).map_or("?", |kind| &kind.name))?;
        }
        if let Some(constraint) = self.constraint {
            writeln!(f, "constraint {}", self.name_of(constraint))?;
        }
        for property in self.properties.values() {
            let kind = match property.kind {
                PropertyKind::Invariant => "invariant",
                PropertyKind::Reach => "reach",
                PropertyKind::NoDeadlock => "no deadlock",
                PropertyKind::NoFault => "no fault",
                PropertyKind::LeadsTo => "leads to",
                PropertyKind::Eventually => "eventually",
            };
            let expect = match property.expect {
                Expect::Holds => "holds",
                Expect::Violates => "violates",
            };
            let parts: Vec<&str> = property.parts.iter().map(|part| self.name_of(part.func)).collect();
            writeln!(f, "{expect} {kind} {}: {}", property.name, parts.join(", "))?;
        }
        self.watchers.values().try_for_each(|watcher| self.watcher(f, watcher))
    }

    fn watcher(&self, f: &mut Formatter<'_>, watcher: &Watcher) -> Result {
        let property = self.properties.get(watcher.property).map_or("?", |property| &property.name);
        match &watcher.kind {
            WatcherKind::Monitor(monitor) => {
                let (state, init) = (self.ty_name(monitor.state), self.name_of(monitor.init));
                writeln!(f, "\nmonitor {} of {property}: {state} = {init}() {{", watcher.name)?;
                for (what, func) in [("event", monitor.on_event), ("step", monitor.on_step)] {
                    if let Some(func) = func {
                        writeln!(f, "  {what}: {}", self.name_of(func))?;
                    }
                }
                writeln!(f, "}}")
            }
            WatcherKind::Linearizable(specification) => {
                let Specification { machine, inputs, outputs } = specification;
                writeln!(f, "\n{} of {property}, inputs {inputs:?}, outputs {outputs:?}, as", watcher.name)?;
                let text = machine.to_string();
                text.lines().try_for_each(|line| writeln!(f, "  | {line}"))
            }
        }
    }
}
