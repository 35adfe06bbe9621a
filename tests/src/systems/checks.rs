//! Properties and the check.

use super::Writer;
use super::types::Type;

impl Writer {
    /// What a property may read: the nodes and their fields, and the network's variables.
    fn world(&self) -> Vec<(String, Type)> {
        let mut names = Vec::new();
        for (at, kind) in self.kinds.iter().enumerate() {
            match kind.count {
                None => names.extend(self.of_node(kind.name, at)),
                Some(count) => {
                    for index in 0..count {
                        names.extend(self.of_node(&format!("{}[{index}]", kind.name), at));
                    }
                }
            }
        }
        let nodes_var = self.network.nodes_var.iter();
        names.extend(nodes_var.map(|var| ((*var).to_owned(), Type::Set(Box::new(Type::Node)))));
        names
    }

    /// Something to say of worlds.
    fn claim(&mut self) -> String {
        match self.random.below(12) {
            0 => format!("packets.len() <= {}", self.random.below(4)),
            1 => {
                self.uses("property of packets");
                let bound = self.name();
                let names = [(format!("{bound}.src"), Type::Node), (format!("{bound}.dst"), Type::Node)];
                let body = self.within(names, |it| it.expression(&Type::Bool, 2));
                let messages = self.messages.clone();
                let message = self.pick(&messages).expect("there is a message");
                let wild = vec!["_".to_owned(); message.fields.len()];
                format!("forall {bound} in packets: {bound}.body is {} || {body}", message.with(&wild))
            }
            2 if self.one_in(3) => {
                self.uses("history");
                format!("trace.len() <= {}", self.random.below(4))
            }
            3..=5 => {
                self.uses("quantifier");
                let kind = self.random.below(self.kinds.len());
                if self.kinds[kind].count.is_none() {
                    return self.expression(&Type::Bool, 3);
                }
                let (one, other) = (self.name(), self.name());
                let names = [self.of_node(&one, kind), self.of_node(&other, kind)].concat();
                let body = self.within(names, |it| it.expression(&Type::Bool, 3));
                let name = self.kinds[kind].name;
                format!("forall {one} in {name}, {other} in {name} if {one} != {other}: {body}")
            }
            _ => self.expression(&Type::Bool, 3),
        }
    }

    pub(super) fn invariants(&mut self) -> String {
        let world = self.world();
        self.within(world, |writer| {
            let claims: Vec<String> = (0..3)
                .map(|at| match at {
                    0 => writer.claim(),
                    _ => format!("({}) || ({})", writer.claim(), writer.claim()),
                })
                .collect();
            (0..).zip(claims).map(|(at, claim)| format!("invariant i{at}: {claim}\n")).collect()
        })
    }

    /// Something that watches inputs, outputs and steps, in some systems.
    pub(super) fn monitor(&mut self) -> String {
        if !self.one_in(3) {
            return String::new();
        }
        self.uses("monitor");
        let mut handlers = String::new();
        let kinds = self.kinds.iter();
        let (inputs, outputs): (Vec<_>, Vec<_>) =
            kinds.map(|kind| (kind.inputs.clone(), kind.outputs.clone())).unzip();
        if let Some(input) = self.pick(&inputs.concat()) {
            let pattern = input.with(&vec!["_".to_owned(); input.fields.len()]);
            handlers += &format!("on input {pattern} at n when n == n {{ seen := seen + 1\nodd := !odd }}\n");
        }
        if let Some(output) = self.pick(&outputs.concat()) {
            let (pattern, limit) =
                (output.with(&vec!["_".to_owned(); output.fields.len()]), self.random.below(3));
            handlers +=
                &format!("on output {pattern} {{ if odd {{ return }}\nassert seen < {limit}, \"early\" }}\n");
        }
        if self.one_in(2) {
            self.uses("monitor of steps");
            let world = self.world();
            let claim = self.within(world, Self::claim);
            handlers += &format!("on step {{ if {claim} {{ odd := true }}\nassert odd || seen < 2 }}\n");
        }
        format!("monitor M {{\nstate seen: int = 0\nstate odd: bool = false\n{handlers}}}\n")
    }

    pub(super) fn check(&mut self) -> String {
        let mut clauses = vec![format!("under {}", self.network.name)];
        let per_node = if self.one_in(3) { " per node" } else { "" };
        clauses.push(format!(
            "bound input <= {}{per_node}",
            if per_node.is_empty() { self.between(2, 3) } else { 1 }
        ));
        for (rule, endless) in self.network.rules.clone() {
            if endless || self.one_in(2) {
                let limit = self.random.below(3);
                let per_node = if rule == "crash" && self.one_in(2) { " per node" } else { "" };
                clauses.push(format!("bound {rule} <= {limit}{per_node}"));
            }
        }
        match self.random.below(4) {
            0 => clauses.push(format!("bound deliver <= {}", self.between(4, 6))),
            1 => {
                self.uses("bound on depth");
                clauses.push(format!("bound depth <= {}", self.between(5, 9)));
            }
            2 => {
                self.uses("bound on packets");
                clauses.push(format!("bound packets <= {}", [2, 3, 3, 4][self.random.below(4)]));
            }
            _ => clauses.push("bound packets <= 5".into()),
        }
        if self.one_in(6) {
            self.uses("clients");
            clauses.push("clients 2".into());
        }
        clauses.extend(self.domains());
        let monitor = if self.uses.contains("monitor") { ", M" } else { "" };
        clauses.push(format!("holds i0, i1, i2, no_fault{monitor}"));
        let world = self.world();
        self.within(world, |writer| {
            if writer.one_in(6) {
                writer.uses("constraint");
                clauses.push(format!("constraint packets.len() <= 2 || {}", writer.claim()));
            }
            for at in 0..writer.between(1, 2) {
                clauses.push(format!("reaches r{at}: {}", writer.claim()));
            }
            if writer.one_in(2) {
                clauses.push("deadlock free".into());
            }
        });
        format!("\ncheck \"generated\" S {{\n{}\n}}\n", clauses.join("\n"))
    }

    /// The values of inputs that are not enumerated.
    fn domains(&mut self) -> Vec<String> {
        let inputs: Vec<_> = self.kinds.iter().flat_map(|kind| kind.inputs.clone()).collect();
        let mut domains = Vec::new();
        for input in inputs {
            for (at, ty) in input.fields.iter().enumerate() {
                let values = match ty {
                    Type::Bool | Type::Node => continue,
                    Type::Option(of) if matches!(**of, Type::Bool | Type::Node) => continue,
                    _ => [self.literal(ty), self.literal(ty)],
                };
                self.uses("domain");
                domains.push(format!("domain {}.f{at} = [{}]", input.name, values.join(", ")));
            }
        }
        domains
    }
}
