//! Statements of handlers.

use super::Writer;
use super::types::Type;

impl Writer {
    /// A few statements, each on its line.
    pub(super) fn statements(&mut self, most: usize, depth: usize) -> String {
        let before = self.scope.len();
        let statements: Vec<String> = (0..self.between(1, most)).map(|_| self.statement(depth)).collect();
        self.scope.truncate(before);
        statements.join("\n")
    }

    fn statement(&mut self, depth: usize) -> String {
        match self.random.below(if depth == 0 { 14 } else { 20 }) {
            0..=3 => self.assignment(),
            4..=6 => self.change(),
            7..=9 => self.send(),
            10 => self.output(),
            11 => self.timer(),
            12 => self.binding(),
            13 => self.rare(),
            14 | 15 => self.branch(depth - 1),
            16 => self.branch_on_option(depth - 1),
            17 => self.branch_on_variant(depth - 1),
            18 => self.repetition(depth - 1),
            _ => self.call(),
        }
    }

    /// A field of the node at hand.
    fn field(&mut self) -> (String, Type) {
        let fields = self.here.map_or(Vec::new(), |kind| self.kinds[kind].fields.clone());
        self.pick(&fields).expect("every kind has a field")
    }

    fn assignment(&mut self) -> String {
        let (name, ty) = self.field();
        match (&ty, self.expression(&ty, 2)) {
            (Type::Bool, same) if same == name => format!("{name} := !{name}"),
            (Type::Int, same) if same == name => format!("{name} := ({name} + 1) % 3"),
            (_, value) => format!("{name} := {value}"),
        }
    }

    /// Changes a field so that it surely differs, if there is a simple one; then says something to somebody.
    pub(super) fn stir(&mut self) -> String {
        let fields = self.here.map_or(Vec::new(), |kind| self.kinds[kind].fields.clone());
        let counts: Vec<_> =
            fields.into_iter().filter(|(_, ty)| matches!(ty, Type::Bool | Type::Int)).collect();
        let change = match self.pick(&counts) {
            Some((name, Type::Bool)) => format!("{name} := !{name}"),
            Some((name, _)) => format!("{name} := ({name} + 1) % 3"),
            None => self.change(),
        };
        format!("{change}\n{}\n", self.send())
    }

    /// Changes a part of a field in place.
    fn change(&mut self) -> String {
        let (name, ty) = self.field();
        match &ty {
            Type::List(of) => {
                self.uses("list");
                match self.random.below(4) {
                    0 => format!("{name}.pop()"),
                    1 => format!("{name}.pop_front()"),
                    _ => {
                        let item = self.expression(of, 1);
                        format!("{name}.push({item})\nif {name}.len() > 2 {{ {name}.pop_front() }}")
                    }
                }
            }
            Type::Set(of) => {
                self.uses("set");
                let how = ["insert", "insert", "remove"][self.random.below(3)];
                format!("{name}.{how}({})", self.expression(of, 1))
            }
            Type::Map(from, to) => {
                self.uses("map");
                let key = self.expression(from, 1);
                if self.one_in(4) {
                    return format!("{name}.remove({key})");
                }
                format!("{name}[{key}] := {}", self.expression(to, 1))
            }
            Type::Record => {
                self.uses("record");
                format!("{name}.r0 := {}", self.expression(&Type::Int, 2))
            }
            _ => format!("{name} := {}", self.expression(&ty, 2)),
        }
    }

    fn send(&mut self) -> String {
        if self.sends == 0 {
            return self.assignment();
        }
        self.sends -= 1;
        let messages = self.messages.clone();
        let message = self.pick(&messages).expect("there is a message");
        let message = self.built(&message, 1);
        match (self.random.below(4), self.sender.clone()) {
            (0, _) => {
                self.uses("broadcast");
                let many = self.named(&Type::Set(Box::new(Type::Node)));
                let kind = self.random.below(self.kinds.len());
                let to = match (self.kinds[kind].count, many) {
                    (_, Some(set)) if self.one_in(2) => set,
                    (Some(_), _) => self.kinds[kind].name.into(),
                    (None, _) => "Node".into(),
                };
                format!("broadcast {message} to {to}")
            }
            (1 | 2, Some(sender)) => {
                self.uses("answer to the sender");
                format!("send {message} to {sender}")
            }
            _ => format!("send {message} to {}", self.expression(&Type::Node, 1)),
        }
    }

    fn output(&mut self) -> String {
        let outputs = self.here.map_or(Vec::new(), |kind| self.kinds[kind].outputs.clone());
        let Some(output) = self.pick(&outputs) else { return self.assignment() };
        self.uses("output");
        format!("output {}", self.built(&output, 1))
    }

    fn timer(&mut self) -> String {
        let timers = self.here.map_or(Vec::new(), |kind| self.kinds[kind].timers.clone());
        let once: Vec<_> = timers.into_iter().filter(|(_, every)| !every).collect();
        let Some((timer, _)) = self.pick(&once) else { return self.send() };
        self.uses("start and stop");
        format!("{} {timer}", ["start", "start", "stop"][self.random.below(3)])
    }

    /// A name for a value, for the statements after it.
    fn binding(&mut self) -> String {
        let (ty, name) = (self.simple_type(), self.name());
        let value = self.expression(&ty, 2);
        let word = ["let", "var"][self.random.below(2)];
        self.scope.push((name.clone(), ty.clone()));
        format!("{word} {name}: {ty} = {value}")
    }

    fn rare(&mut self) -> String {
        match self.random.below(6) {
            0 => {
                self.uses("assert");
                let (one, other) = (self.expression(&Type::Bool, 1), self.expression(&Type::Bool, 1));
                format!("assert {one} || {other}")
            }
            1 => {
                self.uses("return");
                format!("if {} {{ return }}", self.expression(&Type::Bool, 1))
            }
            _ => self.ghost(),
        }
    }

    /// Writes what only properties see.
    fn ghost(&mut self) -> String {
        let ghosts = self.here.map_or(Vec::new(), |kind| self.kinds[kind].ghosts.clone());
        let Some((name, ty)) = self.pick(&ghosts) else { return self.send() };
        self.uses("ghost");
        format!("{name} := {}", self.expression(&ty, 1))
    }

    fn branch(&mut self, depth: usize) -> String {
        self.uses("if");
        let condition = self.expression(&Type::Bool, 2);
        let body = self.statements(2, depth);
        if self.one_in(2) {
            return format!("if {condition} {{\n{body}\n}}");
        }
        format!("if {condition} {{\n{body}\n}} else {{\n{}\n}}", self.statements(2, depth))
    }

    fn branch_on_option(&mut self, depth: usize) -> String {
        let option = self.named_that(|ty| matches!(ty, Type::Option(_) | Type::List(_)));
        let (name, of) = match option {
            Some((name, Type::Option(of))) => (name, *of),
            Some((name, Type::List(of))) => (format!("{name}.first()"), *of),
            _ => return self.branch(depth),
        };
        self.uses("if let");
        let bound = self.name();
        let body = self.within([(bound.clone(), of)], |it| it.statements(2, depth));
        format!("if let Some({bound}) = {name} {{\n{body}\n}} else {{\n{}\n}}", self.statements(1, depth))
    }

    fn branch_on_variant(&mut self, depth: usize) -> String {
        self.uses("match");
        let payload = self.variant[1].fields[0].clone();
        let (subject, bound) = (self.expression(&Type::Variant, 1), self.name());
        let one = self.statements(2, depth);
        let other = self.within([(bound.clone(), payload)], |it| it.statements(2, depth));
        format!("match {subject} {{\nV0 => {{\n{one}\n}},\nV1({bound}) => {{\n{other}\n}},\n}}")
    }

    fn repetition(&mut self, depth: usize) -> String {
        self.uses("for");
        let (bound, domain, names) = self.domain();
        let body = self.within(names, |it| it.statements(2, depth));
        format!("for {bound} in {domain} {{\n{body}\n}}")
    }

    fn call(&mut self) -> String {
        let procedure = self.here.and_then(|kind| self.kinds[kind].procedure.clone());
        let Some(parameter) = procedure else { return self.send() };
        self.uses("procedure");
        format!("tell({})", self.expression(&parameter, 1))
    }
}
