//! `linearizable as M`: the machine, and which of its inputs and outputs the system's are.

use super::{Lower, lower_machine};
use crate::hir::{self, Subject, Variant};
use smol_str::SmolStr;
use verdi_core::{self as core, Expect, Program, PropertyKind, Span, Ty, TyId, WatcherKind};
use verdi_diagnostics::{Diagnostic, codes};

/// How claims name the property.
pub(super) const NAME: &str = "linearizable";

/// The most callers: how operations that are open at the same time can be ordered grows with their factorial.
const CALLERS_MAX: usize = 8;

impl<'a> Lower<'a> {
    /// Adds the watcher of operations, and its property.
    pub(super) fn linearizable(&mut self, subject: &'a Subject, callers: u32, expect: Expect, span: Span) {
        if callers as usize > CALLERS_MAX {
            let message = format!("the operations of {callers} clients have too many orders");
            let report = Diagnostic::error(codes::V0721, span, message);
            self.diagnostics.push(report.note(format!("at most {CALLERS_MAX} clients can be checked")));
            return;
        }
        let system = self.machine_system(subject);
        let name: SmolStr = system.map_or_else(|| "?".into(), |system| self.hir.systems[system].name.clone());
        let machine = match lower_machine(self.hir, subject, &name, span, self.evaluate) {
            Ok(machine) => machine,
            Err(diagnostics) => return self.diagnostics.extend(diagnostics),
        };
        let (members, own) = (system.map(|system| &self.hir.systems[system].members), self.members());
        let Some(members) = members else { return };
        let special = (self.core.special, machine.special);
        let tys = (special.0.input, special.1.input);
        let inputs = self.matched(&machine, tys, (&own.inputs, &members.inputs), span);
        let tys = (special.0.output, special.1.output);
        let outputs = self.matched(&machine, tys, (&own.outputs, &members.outputs), span);
        for (what, list) in [("input", &inputs), ("output", &outputs)] {
            if list.iter().all(Option::is_none) {
                let message = format!("no {what} of the system is one of `{name}`");
                let report = Diagnostic::error(codes::V0729, span, message);
                self.diagnostics.push(report.note(format!("{what}s are matched by their names and fields")));
            }
        }
        let property = self.core.properties.push(core::Property {
            name: NAME.into(),
            span,
            kind: PropertyKind::Invariant,
            expect,
            parts: Vec::new(),
        });
        let specification = core::Specification { machine: machine.into(), inputs, outputs };
        let kind = WatcherKind::Linearizable(specification);
        self.core.watchers.push(core::Watcher { name: NAME.into(), span, property, kind });
    }

    /// The system that a subject is in the end.
    fn machine_system(&self, subject: &Subject) -> Option<hir::SystemId> {
        let Subject::System(id, ..) = subject else { return None };
        match &self.hir.systems[*id].alias {
            Some(alias) => self.machine_system(alias),
            None => Some(*id),
        }
    }

    /// The machine's constructor that each of the system's is; reports those that have one name and other fields.
    fn matched(
        &mut self,
        machine: &Program,
        (ours, theirs): (TyId, TyId),
        (own, others): (&[Variant], &[Variant]),
        span: Span,
    ) -> Vec<Option<u32>> {
        let mut matched = Vec::with_capacity(own.len());
        for (at, variant) in own.iter().enumerate() {
            let found = others.iter().position(|other| other.name == variant.name);
            if let Some(other) = found {
                let fields = |program: &Program, ty, at: usize| -> Vec<TyId> {
                    let data = program.types.as_data(ty);
                    data.map(|(_, data)| data.ctors[at].fields.iter().map(|(_, ty)| *ty).collect())
                        .unwrap_or_default()
                };
                let (a, b) = (fields(&self.core, ours, at), fields(machine, theirs, other));
                let mut known = Vec::new();
                let same = a.len() == b.len()
                    && a.iter().zip(&b).all(|(a, b)| same((&self.core, *a), (machine, *b), &mut known));
                if !same {
                    let message = format!("`{}` has other fields in the machine", variant.name);
                    self.diagnostics.push(
                        Diagnostic::error(codes::V0729, span, message)
                            .also(variant.span, "in the system")
                            .also(others[other].span, "in the machine"),
                    );
                }
            }
            matched.push(found.map(|other| other as u32));
        }
        matched
    }
}

/// Whether two types of two programs have the same values. Nodes of one program are no nodes of the other.
fn same((ours, a): (&Program, TyId), (theirs, b): (&Program, TyId), known: &mut Vec<(TyId, TyId)>) -> bool {
    if known.contains(&(a, b)) {
        return true;
    }
    known.push((a, b));
    let mut both = |a: TyId, b: TyId| same((ours, a), (theirs, b), known);
    match (ours.types.get(a), theirs.types.get(b)) {
        (Ty::Bool, Ty::Bool) | (Ty::Int, Ty::Int) | (Ty::Str, Ty::Str) | (Ty::Caller, Ty::Caller) => true,
        (Ty::List(a), Ty::List(b)) | (Ty::Set(a), Ty::Set(b)) => both(*a, *b),
        (Ty::Map(a, x), Ty::Map(b, y)) => both(*a, *b) && both(*x, *y),
        (Ty::Data(a), Ty::Data(b)) => {
            let (a, b) = (&ours.types.data(*a).ctors, &theirs.types.data(*b).ctors);
            a.len() == b.len()
                && a.iter().zip(b).all(|(a, b)| {
                    let fields = a.fields.iter().zip(&b.fields);
                    a.name == b.name
                        && a.fields.len() == b.fields.len()
                        && fields.into_iter().all(|((_, a), (_, b))| both(*a, *b))
                })
        }
        _ => false,
    }
}
