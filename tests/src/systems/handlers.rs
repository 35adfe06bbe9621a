//! Nodes: state, timers, handlers.

use super::Writer;
use super::types::{Constructor, Type};

impl Writer {
    pub(super) fn node(&mut self, kind: usize) -> String {
        let (name, count) = (self.kinds[kind].name, self.kinds[kind].count);
        let count = count.map_or(String::new(), |count| format!("[{count}]"));
        if !count.is_empty() {
            self.uses("several nodes of a kind");
        }
        let declarations = self.declarations(kind);
        let known = &self.kinds[kind];
        let own = [("self".to_owned(), Type::Kind(kind))];
        let scope: Vec<_> = known.fields.iter().cloned().chain(own).collect();
        self.here = Some(kind);
        let handlers = self.within(scope, |writer| writer.handlers(kind));
        self.here = None;
        format!("node {name}{count} {{\n{declarations}{handlers}}}\n")
    }

    fn declarations(&mut self, kind: usize) -> String {
        let mut lines = Vec::new();
        for (word, constructors) in
            [("input", &self.kinds[kind].inputs), ("output", &self.kinds[kind].outputs)]
        {
            let all: Vec<String> = constructors.iter().map(Constructor::declaration).collect();
            if !all.is_empty() {
                lines.push(format!("{word} {}", all.join(" | ")));
            }
        }
        for (name, ty) in self.kinds[kind].fields.clone() {
            let durable = if self.one_in(4) { "durable " } else { "" };
            let value = self.initial(&ty);
            lines.push(format!("{durable}state {name}: {ty} = {value}"));
        }
        for (name, ty) in self.kinds[kind].ghosts.clone() {
            let value = self.initial(&ty);
            lines.push(format!("ghost state {name}: {ty} = {value}"));
        }
        for (name, every) in self.kinds[kind].timers.clone() {
            self.uses("timer");
            lines.push(format!("timer {name} {} 10ms", if every { "every" } else { "after" }));
        }
        lines.into_iter().map(|line| line + "\n").collect()
    }

    fn initial(&mut self, ty: &Type) -> String {
        match ty {
            Type::List(_) if self.one_in(2) => "[]".into(),
            Type::Set(_) if self.one_in(2) => "set[]".into(),
            Type::Map(..) if self.one_in(2) => "map[]".into(),
            Type::Int if self.one_in(4) => "self.index".into(),
            _ => self.literal(ty),
        }
    }

    fn handlers(&mut self, kind: usize) -> String {
        let mut all = String::new();
        if let Some(parameter) = self.kinds[kind].procedure.take() {
            let known = ("parameter".to_owned(), parameter.clone());
            let body = self.within([known], |it| it.body(1));
            all += &format!("proc tell(parameter: {parameter}) {{\n{body}\n}}\n");
            self.kinds[kind].procedure = Some(parameter);
        }
        if self.one_in(2) {
            self.uses("on start");
            let body = self.body(1);
            all += &format!("on start {{\n{body}\n}}\n");
        }
        for input in self.kinds[kind].inputs.clone() {
            all += &self.handler("input", &input, "");
        }
        for message in self.messages.clone() {
            if !self.one_in(4) {
                all += &self.message(kind, &message);
            }
        }
        for (timer, _) in self.kinds[kind].timers.clone() {
            let (guard, body) = (self.guard(), self.body(2));
            all += &format!("on timeout {timer}{guard} {{\n{body}\n}}\n");
        }
        if self.one_in(3) {
            let body = self.body(1);
            all += &format!("on reboot {{\n{body}\n}}\n");
        }
        all
    }

    fn body(&mut self, sends: usize) -> String {
        self.sends = sends;
        self.statements(3, 2)
    }

    fn guard(&mut self) -> String {
        if !self.one_in(3) {
            return String::new();
        }
        self.uses("guard");
        format!(" when {}", self.expression(&Type::Bool, 2))
    }

    /// The handlers of a message: one for all, or first one for some senders or contents.
    fn message(&mut self, kind: usize, message: &Constructor) -> String {
        let sender = self.name();
        let from = match self.random.below(4) {
            0 => String::new(),
            1 => {
                let of = self.random.below(self.kinds.len());
                self.uses("sender of a kind");
                self.sender = Some(sender.clone());
                self.scope.push((sender.clone(), Type::Kind(of)));
                format!(" from {sender}: {}", self.kinds[of].name)
            }
            _ => {
                self.sender = Some(sender.clone());
                self.scope.push((sender.clone(), Type::Node));
                format!(" from {sender}")
            }
        };
        let first = self.handler("message", message, &from);
        self.scope.retain(|(name, _)| *name != sender);
        self.sender = None;
        if self.one_in(3) && self.kinds[kind].inputs.len() < 3 {
            return first + &self.handler("message", message, "");
        }
        first
    }

    fn handler(&mut self, event: &str, constructor: &Constructor, from: &str) -> String {
        let (mut patterns, mut bound) = (Vec::new(), Vec::new());
        for ty in &constructor.fields {
            let name = self.name();
            match (self.random.below(5), ty) {
                (0, Type::Bool | Type::Int) => {
                    self.uses("literal pattern");
                    patterns.push(self.literal(ty));
                }
                (0 | 1, Type::Option(of)) => {
                    patterns.push(format!("Some({name})"));
                    bound.push((name, Type::clone(of)));
                }
                _ => {
                    patterns.push(name.clone());
                    bound.push((name, ty.clone()));
                }
            }
        }
        let pattern = constructor.with(&patterns);
        let stirs = event == "input" || self.one_in(3);
        let (guard, body) = self.within(bound, |writer| {
            let guard = writer.guard();
            writer.sends = 1;
            let stir = if stirs { writer.stir() } else { String::new() };
            (guard, stir + &writer.body(1))
        });
        format!("on {event} {pattern}{from}{guard} {{\n{body}\n}}\n")
    }
}
