//! Effects and ghost state: what a body does to the real world, and that nothing real depends on ghost state.

use super::body::{Body, Site};
use super::scope::Owner;
use crate::hir::{FnId, KindId, NetworkId, ProcId, Ty};
use indexmap::IndexMap;
use smol_str::SmolStr;
use verdi_diagnostics::{Diagnostic, Span, codes};
use verdi_syntax::ast;

/// A call of a function.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call {
    pub(super) span: Span,
    pub(super) callee: FnId,
}

/// A variable of a network that is read where the network is not known.
#[derive(Clone, Debug)]
pub(super) struct NetVarRead {
    pub(super) name: SmolStr,
    /// The type it is taken to have.
    pub(super) ty: Ty,
    pub(super) span: Span,
}

/// What a body does.
#[derive(Clone, Debug, Default)]
pub(super) struct Effects {
    /// Where it first does something that is not ghost.
    pub(super) real: Option<Span>,
    /// Where ghost state first goes into the value it returns.
    pub(super) ghost_result: Option<Span>,
    /// Where it first reads the world.
    pub(super) world: Option<Span>,
    pub(super) calls: Vec<Call>,
    pub(super) proc_calls: Vec<(Span, ProcId)>,
    pub(super) net_vars: Vec<NetVarRead>,
    /// Where `packets.heads()` is read.
    pub(super) heads: Option<Span>,
}

/// Who does something: the vertex of the graph of calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Actor {
    Fn(FnId),
    Proc(Owner, KindId, ProcId),
    /// A property, by its owner and position.
    Property(Owner, u32),
    /// Code of a check or test under a network.
    Under(NetworkId),
    /// Anything else at such a site.
    Other(SiteClass),
}

/// Whether the world may be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum SiteClass {
    World,
    Node,
    Rule,
    Const,
}

/// What all bodies do, for the checks that need more than one body.
#[derive(Default)]
pub(super) struct Summaries {
    pub(super) bodies: Vec<(Actor, Effects)>,
    pub(super) procs: IndexMap<(Owner, KindId, ProcId), Effects>,
}

impl Site {
    pub(super) fn class(self) -> SiteClass {
        match self {
            Self::Const => SiteClass::Const,
            Self::Handler | Self::Proc(_) => SiteClass::Node,
            Self::Rule => SiteClass::Rule,
            Self::Fn | Self::World | Self::Monitor | Self::Lift => SiteClass::World,
        }
    }
}

impl Body<'_, '_> {
    /// Notes an effect on the real world, and says if ghost state decides whether it happens.
    pub(super) fn real_effect(&mut self, span: Span, what: &str) {
        self.effects.real.get_or_insert(span);
        if let Some(ghost) = self.ghost_control {
            self.ghost_decides(span, ghost, what);
        }
    }

    fn ghost_decides(&mut self, span: Span, ghost: Span, what: &str) {
        self.report(
            Diagnostic::error(codes::V0409, span, format!("ghost state decides about {what}"))
                .also(ghost, "ghost state is read here")
                .note("ghost state is for properties alone: a deployed node does not have it, so nothing real may depend on it"),
        );
    }

    /// Says if ghost state goes into something real.
    pub(super) fn real_value(&mut self, span: Span, ghost: Option<Span>, what: &str) {
        let Some(ghost) = ghost else { return };
        let mut report = Diagnostic::error(codes::V0409, span, format!("ghost state goes into {what}"))
            .note("ghost state is for properties alone: a deployed node does not have it, so nothing real may depend on it");
        if ghost != span {
            report = report.also(ghost, "ghost state is read here");
        }
        self.report(report);
    }

    /// A proc is called: with ghost arguments, or where ghost state decides, it may do ghost things alone.
    pub(super) fn proc_call_effects(
        &mut self,
        name: &ast::Name,
        kind: KindId,
        id: ProcId,
        ghost: Option<Span>,
    ) {
        self.effects.proc_calls.push((name.span, id));
        // One that is not known yet is part of a cycle, which is reported: nothing is known of it.
        let known = self.cx.effects.procs.get(&(self.env.owner, kind, id));
        let (real, ghost_result) = match known {
            Some(effects) => (effects.real, effects.ghost_result),
            None => (Some(name.span), None),
        };
        if let Some(real) = real {
            self.effects.real.get_or_insert(name.span);
            if let Some(ghost) = ghost.or(self.ghost_control) {
                self.report(
                    Diagnostic::error(
                        codes::V0409,
                        name.span,
                        format!("ghost state decides about what `{}` does", name.text),
                    )
                    .also(ghost, "ghost state is read here")
                    .also(real, "and here it does something real"),
                );
            }
        }
        if ghost_result.or(ghost).is_some() {
            self.taint.get_or_insert(name.span);
        }
    }

    /// Says if a statement stands where it means nothing. `what` is such as "`send`".
    pub(super) fn node_statement(&mut self, span: Span, what: &str) -> bool {
        let ok = matches!(self.env.site, Site::Handler | Site::Proc(_)) && self.inside_value == 0;
        if ok {
            return true;
        }
        let report = Diagnostic::error(codes::V0401, span, format!("{what} is not allowed here"));
        self.report(match self.env.site {
            Site::Fn => report.label("in a function").note(
                "a function only computes a value; what a node does is written in a handler or a `proc`",
            ),
            Site::World | Site::Monitor => {
                report.label("in a property").note("a property watches the world, and does not change it")
            }
            Site::Rule => report
                .label("in a network")
                .note("a network decides what happens; what nodes do then is written in their handlers"),
            Site::Handler | Site::Proc(_) => {
                report.label("inside an expression").note("guards and comprehensions only compute a value")
            }
            Site::Const | Site::Lift => report.note("only handlers and procs have effects"),
        });
        false
    }

    /// The same for a statement of rules.
    pub(super) fn rule_statement(&mut self, span: Span, what: &str) -> bool {
        if self.env.site == Site::Rule && self.inside_value == 0 {
            return true;
        }
        self.report(
            Diagnostic::error(codes::V0402, span, format!("{what} is not allowed here"))
                .note("only the rules of a network make events happen"),
        );
        false
    }
}
