//! `refines S under A`: the subject of a transformed system as a program of its own, and how worlds are lifted to it.

use super::Lower;
use super::ask::Asked;
use crate::elaborate::resolve;
use crate::hir::{self, ClaimKind, PropertyRef, Subject, SystemId};
use smol_str::SmolStr;
use verdi_core::{self as core, Expect, Lift, Span};
use verdi_diagnostics::{Diagnostic, codes};

/// A claim that a transformed system refines its subject.
#[derive(Clone, Debug)]
pub struct Refinement {
    /// The clause.
    pub span: Span,
    /// What it says of the claim.
    pub expect: Expect,
    /// The subject under its network, without bounds.
    pub subject: core::Program,
    /// The network's name.
    pub network: SmolStr,
    /// The same with those of its invariants that the check says hold, where there are any: what holds in all its worlds
    /// holds of the lifted ones.
    pub carried: Option<core::Program>,
    /// How worlds are lifted to it.
    pub lift: Lift,
}

impl<'a> Lower<'a> {
    /// The claim that this system refines `subject` under `network`.
    pub(super) fn refinement(
        &mut self,
        check: &'a hir::Check,
        subject: &'a Subject,
        network: hir::NetworkId,
        (expect, span): (Expect, Span),
    ) -> Option<Refinement> {
        let system = &self.hir.systems[self.system];
        let (transformer, inner) = system.transformed?;
        let transformer = &self.hir.transformers[transformer];
        let Some(lifting) = &system.lifting else {
            let message = format!("`{}` does not say what its worlds stand for", transformer.name);
            let note = "a transformer that is to refine its subject has a `lift`";
            self.diagnostics.push(Diagnostic::error(codes::V0728, span, message).note(note));
            return None;
        };
        let name = self.hir.systems[inner].name.clone();
        if resolve(self.hir, subject).is_none_or(|(of, _)| of != inner) {
            let message = format!("`{}` is a transformation of `{name}`", system.name);
            let note = "a refinement goes down one layer; of several layers each refines the next";
            self.diagnostics.push(Diagnostic::error(codes::V0728, span, message).note(note));
            return None;
        }
        let state = self.fn_instance(lifting.state, Vec::new());
        let packets = self.fn_instance(lifting.packets, Vec::new());
        let invariants = match (expect, transformer.machine) {
            (Expect::Holds, false) => self.carried(check, transformer.members.properties.len(), inner),
            _ => Vec::new(),
        };
        let program = self.below(check, subject, network, span, &[])?;
        let carried = match invariants.is_empty() {
            true => None,
            false => {
                let known = self.diagnostics.len();
                let carried = self.below(check, subject, network, span, &invariants);
                // What cannot be asked of the subject alone, such as of a variable that its network lacks, is asked here.
                self.diagnostics.truncate(known);
                carried
            }
        };
        if !transformer.machine && !self.same_nodes(&program) {
            let message = format!("the nodes of `{name}` are not the first of `{}`", system.name);
            let note = "declare the `node for` of the transformer before its other kinds of nodes";
            self.diagnostics.push(Diagnostic::error(codes::V0728, span, message).note(note));
            return None;
        }
        let members = &self.hir.systems[inner].members;
        let vars = program.network.vars.values().map(|var| {
            let own = self.core.network.vars.iter().find(|(_, own)| own.name == var.name);
            own.map(|(id, _)| id.as_u32())
        });
        let lift = Lift {
            state,
            packets,
            timers: lifting.timers.clone(),
            vars: vars.collect(),
            inputs: members.inputs.len() as u32,
            outputs: members.outputs.len() as u32,
            machine: transformer.machine,
        };
        let network = self.hir.networks[network].name.clone();
        Some(Refinement { span, expect, subject: program, network, carried, lift })
    }

    /// The subject under its network, without bounds, and with some of its properties.
    fn below(
        &mut self,
        check: &'a hir::Check,
        subject: &'a Subject,
        network: hir::NetworkId,
        span: Span,
        properties: &[u32],
    ) -> Option<core::Program> {
        let inner = self.hir.systems[self.system].transformed?.1;
        let name = self.hir.systems[inner].name.clone();
        let mut lowered = match Lower::open(self.hir, subject, &name, network, self.evaluate) {
            Ok(Some(lowered)) => lowered,
            Ok(None) => return None,
            Err(diagnostics) => {
                self.diagnostics.extend(diagnostics);
                return None;
            }
        };
        let theirs = lowered.params.iter().map(|id| &lowered.core.consts[*id].value);
        let ours = self.params.iter().map(|id| &self.core.consts[*id].value);
        if theirs.zip(ours).any(|(theirs, ours)| theirs != ours) {
            let message = format!("this is `{name}` with other arguments than the one that is transformed");
            self.diagnostics.push(Diagnostic::error(codes::V0728, span, message));
            return None;
        }
        let mut inputs = lowered.check_inputs(check);
        lowered.system(&mut inputs);
        for property in properties {
            lowered.named(&PropertyRef::Property(*property), Expect::Holds, span, &mut Asked::default());
        }
        lowered.close().map_err(|diagnostics| self.diagnostics.extend(diagnostics)).ok()
    }

    /// The subject's invariants of which the check says that they hold of the lifted worlds, by their places there. `own`: how
    /// many properties the transformer has, which come before them.
    fn carried(&self, check: &hir::Check, own: usize, inner: SystemId) -> Vec<u32> {
        let (all, theirs) = (self.members().properties.iter(), &self.hir.systems[inner].members.properties);
        let named = |claim: &hir::Claim| matches!(claim.kind, ClaimKind::Holds(_) | ClaimKind::Violates(_));
        let names_none = !check.claims.iter().any(named);
        let claimed = |at: usize| {
            let says = |claim: &hir::Claim| matches!(&claim.kind, ClaimKind::Holds(PropertyRef::Property(of)) if *of as usize == at);
            names_none || check.claims.iter().any(says)
        };
        let lifted = all.enumerate().skip(own).filter(|(at, property)| {
            claimed(*at) && matches!(property.kind, hir::PropertyKind::Invariant { .. })
        });
        let place = |name: &str| theirs.iter().position(|property| property.name == name);
        lifted.filter_map(|(_, property)| place(&property.name)).map(|at| at as u32).collect()
    }

    fn same_nodes(&self, subject: &core::Program) -> bool {
        subject
            .nodes
            .iter()
            .all(|(id, node)| self.core.nodes.get(id).is_some_and(|own| own.name == node.name))
    }
}
