//! Warnings about likely mistakes, in the files that were asked for. What stands in a file of types and
//! functions alone is there for others, so nothing is said of it.

use super::Checker;
use super::handlers::may_take;
use super::scope::{Owner, TypeName};
use super::signatures::index_of;
use crate::hir::{CtorRef, Durability, Event, KindId, Members};
use smol_str::SmolStr;
use verdi_diagnostics::{Diagnostic, Span, codes};

/// The warning that nothing reads a name.
pub(super) fn unused(name: &str, span: Span, what: &str) -> Diagnostic {
    Diagnostic::warning(codes::V0601, span, format!("the {what} `{name}` is never used")).mend(
        format!("to keep it anyway, write `_{name}`"),
        span,
        format!("_{name}"),
    )
}

impl Checker<'_> {
    pub(super) fn lints(&mut self) {
        let owners: Vec<(Owner, usize)> =
            self.owners.iter().map(|(owner, scope)| (*owner, scope.module)).collect();
        let mut found: Vec<Diagnostic> = Vec::new();
        for (owner, module) in owners {
            if !self.is_root(module) || self.is_transformed(owner) {
                continue;
            }
            self.unused_owned(owner, &mut found);
            let Some(members) = self.members(owner) else { continue };
            self.unused_in_kinds(owner, members, &mut found);
            self.messages(owner, members, &mut found);
            self.inputs_and_timers(owner, members, &mut found);
        }
        for module in 0..self.modules.len() {
            if self.is_root(module) && self.is_application(module) {
                let ids =
                    self.work.fns.iter().filter(|work| work.module == module && work.owner == Owner::Module);
                self.unused_fns(ids.map(|work| work.id), &mut found);
            }
        }
        // A name that could not be resolved may be the use of any of these.
        if self.diagnostics.iter().any(Diagnostic::is_error) {
            return;
        }
        // That a function's parameters are not used either goes without saying.
        let unused_fns = self.work.fns.iter().filter(|work| !self.used.fns.contains(&work.id));
        let whole: Vec<Span> = unused_fns.map(|work| work.decl.span).collect();
        let reported: Vec<Span> = found.iter().map(|warning| warning.primary.span).collect();
        let goes_without = |warning: &Diagnostic| {
            let at = warning.primary.span;
            let within = |span: &Span| span.file == at.file && span.start <= at.start && at.end <= span.end;
            let around = whole.iter().find(|span| within(span));
            around
                .is_some_and(|around| reported.iter().any(|r| around.start <= r.start && r.end <= around.end))
        };
        self.diagnostics.retain(|warning| warning.code != codes::V0601 || !goes_without(warning));
        self.diagnostics.extend(found);
    }

    /// Whether a file has something that runs: one that only has functions and types is there for others.
    fn is_application(&self, module: usize) -> bool {
        use verdi_syntax::ast::Item;
        let runs =
            |item: &Item| matches!(item, Item::System(_) | Item::Network(_) | Item::Check(_) | Item::Test(_));
        self.sources[module].module.items.iter().any(runs)
    }

    /// Whether a system came about by applying a transformer: nobody wrote what it declares.
    fn is_transformed(&self, owner: Owner) -> bool {
        matches!(owner, Owner::System(id) if self.program.systems[id].transformed.is_some())
    }

    fn is_root(&self, module: usize) -> bool {
        self.sources.get(module).is_some_and(|source| source.root)
    }

    fn unused_fns(&self, ids: impl Iterator<Item = crate::hir::FnId>, found: &mut Vec<Diagnostic>) {
        for id in ids {
            let def = &self.program.fns[id];
            if !self.used.fns.contains(&id) && !def.name.starts_with('_') {
                found.push(unused(&def.name, def.span, "function"));
            }
        }
    }

    /// Functions, types and parameters of a system.
    fn unused_owned(&self, owner: Owner, found: &mut Vec<Diagnostic>) {
        let Some(scope) = self.owner(owner) else { return };
        self.unused_fns(
            scope.fns.values().copied().chain(scope.node_fns.iter().map(|(_, _, id)| *id)),
            found,
        );
        for (name, ty) in &scope.types {
            let used = match ty {
                TypeName::Data(id) => self.used.types.contains(id),
                TypeName::Alias(index) => self.used.aliases.contains(index),
            };
            if !used && !name.starts_with('_') {
                found.push(unused(name, self.type_name_span(*ty), "type"));
            }
        }
        let is_alias = matches!(owner, Owner::System(id) if self.program.systems[id].alias.is_some());
        for (at, param) in self.value_params(owner).iter().enumerate() {
            if !is_alias && !self.used.params.contains(&(owner, at as u32)) && !param.name.starts_with('_') {
                found.push(unused(&param.name, param.span, "parameter"));
            }
        }
    }

    fn unused_in_kinds(&self, owner: Owner, members: &Members, found: &mut Vec<Diagnostic>) {
        for (kind_id, kind) in &members.kinds {
            for (id, field) in &kind.fields {
                // A transformer's history variables are there for the properties of its users.
                if field.durability == Durability::Ghost && matches!(owner, Owner::Transformer(_)) {
                    continue;
                }
                if !self.used.fields.contains(&(owner, kind_id, index_of(id))) && !field.name.starts_with('_')
                {
                    found.push(
                        Diagnostic::warning(
                            codes::V0601,
                            field.span,
                            format!("the field `{}` is never read", field.name),
                        )
                        .note("every field makes worlds differ: one that nothing reads only costs time"),
                    );
                }
            }
            for (id, proc) in &kind.procs {
                if !self.used.procs.contains(&(owner, kind_id, id)) && !proc.name.starts_with('_') {
                    found.push(unused(&proc.name, proc.span, "proc"));
                }
            }
        }
    }

    /// Messages that are sent and not handled, or never sent.
    fn messages(&self, owner: Owner, members: &Members, found: &mut Vec<Diagnostic>) {
        let mut said: Vec<(u32, Option<KindId>)> = Vec::new();
        for sent in self.used.sent.iter().filter(|sent| sent.owner == owner) {
            let Some(message) = sent.message else { continue };
            let handled = |kind: KindId| takes_message(members, kind, message);
            let anywhere = members.kinds.keys().any(handled);
            let to = sent.to.filter(|_| anywhere);
            let lost = to.map_or(!anywhere, |kind| !handled(kind));
            if !lost || said.contains(&(message, to)) {
                continue;
            }
            said.push((message, to));
            let variant = &members.messages[message as usize];
            let (name, kind) = (&variant.name, to.map(|kind| &members.kinds[kind].name));
            let (text, note) = match kind {
                Some(kind) => (
                    format!("`{name}` is sent to `{kind}`, which never handles it"),
                    format!("add `on message {name}` to `{kind}`; an event without a handler is passed over"),
                ),
                None => (
                    format!("`{name}` is sent, but no node handles it"),
                    format!("add `on message {name}`; an event without a handler is passed over"),
                ),
            };
            let warning =
                Diagnostic::warning(codes::V0602, variant.span, text).also(sent.span, "it is sent here");
            found.push(warning.note(note));
        }
        let any_sent = self.used.sent.iter().any(|sent| sent.owner == owner && sent.message.is_none());
        for (at, message) in members.messages.iter().enumerate() {
            let sent =
                self.used.sent.iter().any(|sent| sent.owner == owner && sent.message == Some(at as u32));
            if !sent && !any_sent && !message.name.starts_with('_') {
                found.push(Diagnostic::warning(
                    codes::V0603,
                    message.span,
                    format!("the message `{}` is never sent", message.name),
                ));
            }
        }
    }

    fn inputs_and_timers(&self, owner: Owner, members: &Members, found: &mut Vec<Diagnostic>) {
        for kind in members.kinds.values() {
            for &input in &kind.inputs {
                let is_it = |ctor: CtorRef| ctor == CtorRef::Input(input);
                let handled =
                    kind.handlers.iter().any(|h| matches!(&h.event, Event::Input(p) if may_take(p, &is_it)));
                let variant = &members.inputs[input as usize];
                if !handled && !variant.name.starts_with('_') {
                    let message = format!("`{}` never handles its input `{}`", kind.name, variant.name);
                    found.push(
                        Diagnostic::warning(codes::V0608, variant.span, message)
                            .note("such an input still counts against a bound on inputs"),
                    );
                }
            }
            for &output in &kind.outputs {
                let variant = &members.outputs[output as usize];
                if !self.used.outputs.contains(&(owner, output)) && !variant.name.starts_with('_') {
                    found.push(unused(&variant.name, variant.span, "output"));
                }
            }
            self.timers(owner, members, kind, found);
        }
    }

    fn timers(&self, owner: Owner, members: &Members, kind: &crate::hir::Kind, found: &mut Vec<Diagnostic>) {
        for &at in &kind.timers {
            let timer = &members.timers[at as usize];
            let span = self.timer_span(owner, &timer.name).unwrap_or(kind.span);
            let handled =
                kind.handlers.iter().any(|h| matches!(&h.event, Event::Timeout(t) if *t == Some(at)));
            let started = timer.every || self.used.started.contains(&(owner, at));
            let what: SmolStr = match (started, handled) {
                _ if timer.name.starts_with('_') => continue,
                (true, true) => continue,
                (false, _) => format!("the timer `{}` is never started", timer.name).into(),
                (true, false) => {
                    format!("no handler says what happens when the timer `{}` fires", timer.name).into()
                }
            };
            found.push(Diagnostic::warning(codes::V0607, span, what.as_str()));
        }
    }

    fn timer_span(&self, owner: Owner, name: &str) -> Option<Span> {
        let nodes = self.work.nodes.iter().filter(|work| work.owner == owner);
        nodes.flat_map(|work| &work.decl.items).find_map(|item| match item {
            verdi_syntax::ast::NodeItem::Timer(timer) if timer.name.text == name => Some(timer.name.span),
            _ => None,
        })
    }
}

/// Whether some handler of a kind takes a message.
fn takes_message(members: &Members, kind: KindId, message: u32) -> bool {
    let is_it = |ctor: CtorRef| ctor == CtorRef::Message(message);
    members.kinds[kind]
        .handlers
        .iter()
        .any(|handler| matches!(&handler.event, Event::Message(p, _) if may_take(p, &is_it)))
}
