//! Kinds, nodes, rules, properties: that what they name is there and has the right face.

use super::Verifier;
use crate::*;

impl<'a> Verifier<'a> {
    pub(super) fn model(&mut self) {
        for (id, kind) in &self.program.kinds {
            self.kind(id, kind);
        }
        for (id, node) in &self.program.nodes {
            let kind = self.program.kinds.get(node.kind);
            let listed = kind.and_then(|kind| kind.nodes.get(node.index as usize)) == Some(&id);
            self.check(listed, || format!("the node `{}` is not where its kind says", node.name));
        }
        let network = &self.program.network;
        for var in network.vars.values() {
            self.function(
                &format!("the initial value of `{}`", var.name),
                var.init,
                Context::Pure,
                &[],
                Some(var.ty),
            );
        }
        for rule in network.rules.values() {
            self.rule(rule);
        }
        self.questions();
        for watcher in self.program.watchers.values() {
            self.watcher(watcher);
        }
    }

    /// Whether a function is there and has this context, these parameters and this result.
    fn function(&mut self, what: &str, id: FuncId, context: Context, params: &[TyId], result: Option<TyId>) {
        let Some(function) = self.program.functions.get(id) else {
            return self.error(format!("{what} is {id}, which there is not"));
        };
        let found: Vec<TyId> = function.locals.values().take(function.params).map(|local| local.ty).collect();
        self.check(function.context == context || function.context == Context::Pure, || {
            format!("{what} is of the context {:?}, not {context:?}", function.context)
        });
        let fits = found == params && function.result == result;
        self.check(fits, || format!("{what} has not the parameters and result that it needs"));
    }

    fn kind(&mut self, id: KindId, kind: &Kind) {
        let special = self.program.special;
        let (node, int, context) = (special.node, special.int, Context::Node(id));
        for (index, node) in kind.nodes.iter().enumerate() {
            let info = self.program.nodes.get(*node);
            let fits = info.is_some_and(|info| info.kind == id && info.index as usize == index);
            self.check(fits, || format!("`{}` lists a node that is not its own", kind.name));
        }
        let one = !kind.single || kind.nodes.len() == 1;
        self.check(one, || format!("`{}` is single and has {} nodes", kind.name, kind.nodes.len()));
        let known = kind.timers.iter().all(|timer| (*timer as usize) < self.program.timers.len());
        self.check(known, || format!("`{}` has a timer that there is not", kind.name));
        for field in kind.fields.values() {
            let what = format!("the initial value of `{}.{}`", kind.name, field.name);
            self.function(&what, field.init, context, &[], Some(field.ty));
        }
        for (what, func, params) in [
            ("on_start", kind.on_start, [].as_slice()),
            ("on_input", kind.on_input, &[special.caller, special.input]),
            ("on_message", kind.on_message, &[node, special.message]),
            ("on_timeout", kind.on_timeout, &[special.timer]),
            ("on_reboot", kind.on_reboot, &[]),
        ] {
            if let Some(func) = func {
                self.function(&format!("`{}` of `{}`", what, kind.name), func, context, params, Some(int));
            }
        }
        self.list_function(
            &format!("`inputs` of `{}`", kind.name),
            kind.inputs,
            Context::Pure,
            &[],
            special.invocation,
        );
    }

    /// The same for a function whose result is a list.
    fn list_function(&mut self, what: &str, id: FuncId, context: Context, params: &[TyId], item: TyId) {
        let result = self.program.functions.get(id).and_then(|function| function.result);
        let fits = result.is_none_or(|ty| *self.program.types.get(ty) == Ty::List(item));
        self.check(fits, || format!("{what} does not give a list of {}", self.program.ty_name(item)));
        self.check(result.is_some(), || format!("{what} has no result"));
        self.function(what, id, context, params, result);
    }

    fn rule(&mut self, rule: &Rule) {
        let tys: Vec<TyId> = rule.binders.iter().map(|binder| binder.ty).collect();
        for (at, binder) in rule.binders.iter().enumerate() {
            let what = format!("the domain of `{}` of `{}`", binder.name, rule.name);
            self.list_function(&what, binder.domain, Context::World, &tys[..at], binder.ty);
        }
        if let Some(guard) = rule.guard {
            let what = format!("the guard of `{}`", rule.name);
            self.function(&what, guard, Context::World, &tys, Some(self.program.special.bool));
        }
        self.function(&format!("the body of `{}`", rule.name), rule.body, Context::Rule, &tys, None);
        let special = self.program.special;
        let fits = match rule.acts_on {
            None => true,
            Some(ActsOn::Node(at)) => tys.get(at) == Some(&special.node),
            Some(ActsOn::PacketDst(at)) => tys.get(at) == Some(&special.packet),
        };
        self.check(fits, || format!("`{}` acts on what is not such a binder", rule.name));
    }

    fn questions(&mut self) {
        let program = self.program;
        for bound in &program.bounds {
            let rule = program.network.rules.get(bound.rule);
            self.check(rule.is_some(), || format!("a bound is on {}, which there is not", bound.rule));
            let counted = !bound.per_node || rule.is_none_or(|rule| rule.acts_on.is_some());
            self.check(counted, || "a bound is per node, and its rule acts on none".into());
        }
        for property in program.properties.values() {
            let built_in = matches!(property.kind, PropertyKind::NoDeadlock | PropertyKind::NoFault);
            self.check(!built_in || property.parts.is_empty(), || {
                format!("`{}` is built in and has parts", property.name)
            });
            let whole =
                property.kind.case_parts().is_none_or(|each| property.parts.len().is_multiple_of(each));
            self.check(whole, || format!("`{}` has half a pair of parts", property.name));
            for part in &property.parts {
                self.function(
                    &format!("`{}`", property.name),
                    part.func,
                    Context::World,
                    &[],
                    Some(program.special.bool),
                );
            }
        }
        for (kind, _) in &program.symmetric {
            let known = program.kinds.is_valid(*kind);
            self.check(known, || format!("{kind} is symmetric, and there is no such kind"));
        }
        if let Some(constraint) = program.constraint {
            self.function("the constraint", constraint, Context::World, &[], Some(program.special.bool));
        }
    }

    fn watcher(&mut self, watcher: &Watcher) {
        let program = self.program;
        let property = program.properties.get(watcher.property);
        let asked =
            |property: &Property| property.kind == PropertyKind::Invariant && property.parts.is_empty();
        self.check(property.is_some_and(asked), || {
            format!("`{}` answers a property that is not its own", watcher.name)
        });
        match &watcher.kind {
            WatcherKind::Monitor(monitor) => {
                let (state, event) = (monitor.state, program.special.event);
                let name = &watcher.name;
                let what = format!("what `{name}` knows at first");
                self.function(&what, monitor.init, Context::Pure, &[], Some(state));
                for (params, func) in
                    [([state, event].as_slice(), monitor.on_event), (&[state], monitor.on_step)]
                {
                    if let Some(func) = func {
                        let what = format!("what `{name}` is told");
                        self.function(&what, func, Context::World, params, Some(state));
                    }
                }
            }
            WatcherKind::Linearizable(specification) => self.specification(&watcher.name, specification),
        }
    }

    fn specification(&mut self, name: &str, specification: &Specification) {
        let machine = &specification.machine;
        if let Err(errors) = crate::verify(machine) {
            self.errors.extend(errors);
        }
        let one = machine.nodes.len() == 1 && machine.watchers.is_empty();
        self.check(one, || format!("the machine of `{name}` is not one node, or is watched itself"));
        let count = |program: &Program, ty| program.types.as_data(ty).map_or(0, |(_, data)| data.ctors.len());
        for (list, ours, theirs) in [
            (&specification.inputs, self.program.special.input, machine.special.input),
            (&specification.outputs, self.program.special.output, machine.special.output),
        ] {
            let (ours, theirs) = (count(self.program, ours), count(machine, theirs));
            let known = list.iter().flatten().all(|ctor| (*ctor as usize) < theirs);
            self.check(list.len() == ours && known, || {
                format!("the inputs or outputs of the machine of `{name}` are not matched")
            });
        }
    }
}
