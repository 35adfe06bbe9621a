//! Checks: what is assumed and what is expected.

use super::Checker;
use super::body::{Env, Site};
use super::infer::subst;
use super::network::acts_on;
use super::scope::Owner;
use super::suggest::{did_you_mean, listed};
use crate::hir::{
    Bound, Check, Claim, ClaimKind, Code, Domain, Expect, NetworkId, PropertyRef, Subject, SystemId, Ty,
    TyParamId,
};
use indexmap::IndexMap;
use smol_str::SmolStr;
use verdi_diagnostics::{Diagnostic, Span, codes};
use verdi_syntax::ast::{self, ClauseKind};

/// What the clauses of a check are about.
pub(super) struct About {
    pub(super) module: usize,
    pub(super) subject: Subject,
    /// The system at the bottom, and what its type parameters are.
    pub(super) system: Option<SystemId>,
    pub(super) ty_args: Vec<(TyParamId, Ty)>,
    pub(super) network: Option<NetworkId>,
}

impl About {
    pub(super) fn owner(&self) -> Owner {
        self.system.map_or(Owner::Module, Owner::System)
    }

    /// Where code of the check stands that sees the world.
    pub(super) fn world(&self) -> Env {
        let mut env = Env::new(self.module, self.owner(), Site::World);
        env.network = self.network;
        env.ty_args.clone_from(&self.ty_args);
        env
    }

    pub(super) fn constant(&self) -> Env {
        let mut env = Env::new(self.module, self.owner(), Site::Const);
        env.params_seen = 0;
        env.ty_args.clone_from(&self.ty_args);
        env
    }
}

impl<'a> Checker<'a> {
    pub(super) fn checks_and_tests(&mut self) {
        let mut titles: IndexMap<SmolStr, Span> = IndexMap::new();
        for (module, decl) in std::mem::take(&mut self.work.checks) {
            // Those of imported files were asked for by nobody; they are checked where their file is a root.
            if self.sources[module].root {
                self.title(&mut titles, &decl.title);
                let check = self.check_decl(module, decl);
                self.program.checks.push(check);
            }
        }
        titles.clear();
        for (module, decl) in std::mem::take(&mut self.work.tests) {
            if self.sources[module].root {
                self.title(&mut titles, &decl.title);
                let test = self.test_decl(module, decl);
                self.program.tests.push(test);
            }
        }
    }

    fn title(&mut self, titles: &mut IndexMap<SmolStr, Span>, (title, span): &(SmolStr, Span)) {
        if let Some(first) = titles.get(title) {
            let warning =
                Diagnostic::warning(codes::V0609, *span, format!("the title {title:?} is used twice"));
            self.report(
                warning.also(*first, "first used here").note("reports tell checks apart by their titles"),
            );
        }
        titles.entry(title.clone()).or_insert(*span);
    }

    pub(super) fn about(&mut self, module: usize, subject: Subject, network: Option<NetworkId>) -> About {
        let bottom = self.bottom(&subject);
        let (system, tys) = bottom.map_or((None, Vec::new()), |(system, tys)| (Some(system), tys));
        let params = system.map(|id| self.program.systems[id].type_params.clone()).unwrap_or_default();
        About { module, subject, system, ty_args: params.into_iter().zip(tys).collect(), network }
    }

    fn check_decl(&mut self, module: usize, decl: &'a ast::CheckDecl) -> Check {
        let subject = self.subject(module, Owner::Module, &decl.subject);
        let network = self.under(module, decl);
        let about = self.about(module, subject, network);
        let mut check = Check {
            title: decl.title.0.clone(),
            span: decl.span,
            subject: about.subject.clone(),
            subject_text: self.text_of(decl.subject.span),
            network,
            bounds: Vec::new(),
            packets_max: None,
            depth_max: None,
            domains: Vec::new(),
            clients: None,
            constraints: Vec::new(),
            symmetric: Vec::new(),
            claims: Vec::new(),
        };
        let mut once: IndexMap<String, Span> = IndexMap::new();
        for clause in &decl.clauses {
            self.said_once(&mut once, clause);
            self.clause(&about, &mut check, clause);
        }
        self.contradictions(&check);
        self.missing_domains(&about, &check, decl);
        check
    }

    /// `under n`: there is exactly one.
    fn under(&mut self, module: usize, decl: &'a ast::CheckDecl) -> Option<NetworkId> {
        let first = decl.clauses.iter().find_map(|clause| match &clause.kind {
            ClauseKind::Under(name) => Some(name),
            _ => None,
        });
        match first {
            Some(name) => self.network_named(module, name),
            None => {
                if !decl.clauses.iter().any(|clause| matches!(clause.kind, ClauseKind::Error)) {
                    self.report(
                        Diagnostic::error(codes::V0503, decl.title.1, "this check does not say under which network")
                            .note("add `under async`, for example; `sync`, `async`, `flaky`, `busy` and `crash` are in the library"),
                    );
                }
                None
            }
        }
    }

    /// Clauses of which a second one would contradict the first.
    fn said_once(&mut self, once: &mut IndexMap<String, Span>, clause: &ast::Clause) {
        let key = match &clause.kind {
            ClauseKind::Under(_) => "under".to_string(),
            ClauseKind::Clients(_) => "clients".to_string(),
            ClauseKind::DeadlockFree => "deadlock free".to_string(),
            ClauseKind::Bound { what, per_node, .. } => {
                format!("bound {}{}", what.text, if *per_node { " per node" } else { "" })
            }
            ClauseKind::Domain(input, field, _) => format!("domain {}.{}", input.text, field.text),
            _ => return,
        };
        if let Some(first) = once.get(&key) {
            let report = Diagnostic::error(codes::V0508, clause.span, format!("`{key}` is said twice"));
            self.report(report.also(*first, "first said here"));
            return;
        }
        once.insert(key, clause.span);
    }

    fn clause(&mut self, about: &About, check: &mut Check, clause: &'a ast::Clause) {
        match &clause.kind {
            ClauseKind::Under(_) | ClauseKind::Error => {}
            ClauseKind::Bound { what, limit, per_node } => {
                self.bound(about, check, clause.span, what, limit, *per_node)
            }
            ClauseKind::Domain(input, field, values) => {
                check.domains.extend(self.domain_clause(about, clause.span, input, field, values));
            }
            ClauseKind::Clients(n) => {
                check.clients = Some(self.const_code(about.constant(), n, &Ty::Int, "the number of clients"));
            }
            // Nothing more is known of what these speak of: one error is enough.
            ClauseKind::Constraint(_) | ClauseKind::Reaches(..) if about.system.is_none() => {}
            ClauseKind::Constraint(e) => {
                check.constraints.push(self.const_code(about.world(), e, &Ty::Bool, "a constraint"));
            }
            ClauseKind::Symmetric(names) => names.iter().for_each(|name| self.symmetric(about, check, name)),
            ClauseKind::Holds(names) => {
                for name in names {
                    let kind = self.property_ref(about, name).map(ClaimKind::Holds);
                    check.claims.extend(kind.map(|kind| Claim { span: name.span, kind }));
                }
            }
            ClauseKind::Violates(names) => {
                for name in names {
                    let kind = self.property_ref(about, name).map(ClaimKind::Violates);
                    check.claims.extend(kind.map(|kind| Claim { span: name.span, kind }));
                }
            }
            ClauseKind::Reaches(name, e) => self.reaches(about, check, clause.span, name, e),
            ClauseKind::DeadlockFree => {
                check.claims.push(Claim { span: clause.span, kind: ClaimKind::DeadlockFree })
            }
            ClauseKind::Refines { subject, network, violates } => {
                let subject = self.subject(about.module, Owner::Module, subject);
                let network = self.network_named(about.module, network);
                let expect = if *violates { Expect::Violates } else { Expect::Holds };
                let transformed =
                    about.system.is_some_and(|id| self.program.systems[id].transformed.is_some());
                if !transformed && about.system.is_some() {
                    let message = "only a transformed system refines another";
                    self.report(
                        Diagnostic::error(codes::V0515, clause.span, message)
                            .note("apply a transformer, such as `reliable(…)`"),
                    );
                }
                let kind = ClaimKind::Refines(subject, network, expect);
                check.claims.push(Claim { span: clause.span, kind });
            }
            ClauseKind::Linearizable(e) => {
                let subject = self.subject(about.module, Owner::Module, e);
                check.claims.push(Claim { span: clause.span, kind: ClaimKind::Linearizable(subject) });
            }
        }
    }

    fn reaches(&mut self, about: &About, check: &mut Check, span: Span, name: &ast::Name, e: &ast::Expr) {
        self.capital(name, "property", false);
        let code = self.const_code(about.world(), e, &Ty::Bool, "what is to be reached");
        let taken = check
            .claims
            .iter()
            .any(|claim| matches!(&claim.kind, ClaimKind::Reaches(n, _) if *n == name.text));
        let property = about.system.is_some_and(|id| {
            self.program.systems[id].members.properties.iter().any(|property| property.name == name.text)
        });
        if taken || property {
            let message = format!("the name `{}` is already taken", name.text);
            self.report(Diagnostic::error(codes::V0205, name.span, message));
        }
        check.claims.push(Claim { span, kind: ClaimKind::Reaches(name.text.clone(), code) });
    }

    // ---- bounds and domains ----

    fn bound(
        &mut self,
        about: &About,
        check: &mut Check,
        span: Span,
        what: &ast::Name,
        limit: &ast::Expr,
        per_node: bool,
    ) {
        let limit_span = limit.span;
        let code = self.const_code(about.constant(), limit, &Ty::Int, "a bound");
        self.not_negative(&code, limit_span);
        let of_rule = match what.text.as_str() {
            "depth" => {
                check.depth_max = Some(code);
                false
            }
            "packets" => {
                check.packets_max = Some(code);
                false
            }
            _ => {
                self.rule_bound(about, what, per_node);
                check.bounds.push(Bound { rule: what.text.clone(), limit: code, per_node, span });
                true
            }
        };
        if per_node && !of_rule {
            let message = format!("`{}` is a bound on the whole world, not on each node", what.text);
            self.report(Diagnostic::error(codes::V0504, span, message));
        }
    }

    fn not_negative(&mut self, code: &Code, span: Span) {
        use crate::hir::ExprKind;
        if let ExprKind::Op(verdi_core::Op::Neg, args) = &code.body.kind
            && matches!(args.first().map(|arg| &arg.kind), Some(ExprKind::Int(n)) if *n > 0)
        {
            self.report(Diagnostic::error(codes::V0519, span, "a bound is not negative"));
        }
    }

    /// The rule that is bounded must be the network's, and must act on a node to be counted by node.
    fn rule_bound(&mut self, about: &About, what: &ast::Name, per_node: bool) {
        let Some(network) = about.network else { return };
        let rules = &self.program.networks[network].rules;
        let Some(rule) = rules.iter().find(|rule| rule.name == what.text) else {
            self.unknown_rule(network, what, &["depth", "packets"]);
            return;
        };
        if per_node && acts_on(rule).is_none() {
            let message =
                format!("the rule `{}` acts on no node, so it cannot be counted by node", what.text);
            self.report(Diagnostic::error(codes::V0504, what.span, message).note("leave out `per node`"));
        }
    }

    pub(super) fn unknown_rule(&mut self, network: NetworkId, what: &ast::Name, further: &[&str]) {
        let network = &self.program.networks[network];
        let names: Vec<SmolStr> = network.rules.iter().map(|rule| rule.name.clone()).collect();
        let message = format!("the network `{}` has no rule `{}`", network.name, what.text);
        let report = Diagnostic::error(codes::V0502, what.span, message);
        let known = names.iter().map(SmolStr::as_str).chain(further.iter().copied());
        let report = did_you_mean(report, what.span, &what.text, known)
            .note(format!("its rules are {}", listed(names.iter().map(SmolStr::as_str))));
        self.report(report);
    }

    fn domain_clause(
        &mut self,
        about: &About,
        span: Span,
        input: &ast::Name,
        field: &ast::Name,
        values: &ast::Expr,
    ) -> Option<Domain> {
        let id = about.system?;
        let system = &self.program.systems[id];
        let inputs = &system.members.inputs;
        let Some(at) = inputs.iter().position(|variant| variant.name == input.text) else {
            let names: Vec<SmolStr> = inputs.iter().map(|variant| variant.name.clone()).collect();
            let message = format!("the system `{}` has no input `{}`", system.name, input.text);
            let report = Diagnostic::error(codes::V0505, input.span, message);
            self.report(did_you_mean(report, input.span, &input.text, names.iter().map(SmolStr::as_str)));
            return None;
        };
        let fields = &inputs[at].fields;
        let Some(field_at) = fields.iter().position(|(name, _)| *name == field.text) else {
            let names: Vec<SmolStr> = fields.iter().map(|(name, _)| name.clone()).collect();
            let message = format!("the input `{}` has no field `{}`", input.text, field.text);
            let report = Diagnostic::error(codes::V0505, field.span, message);
            self.report(did_you_mean(report, field.span, &field.text, names.iter().map(SmolStr::as_str)));
            return None;
        };
        let ty = subst(&fields[field_at].1, &about.ty_args);
        let code = self.domain_values(about, values, &ty)?;
        Some(Domain { input: at as u32, field: field_at as u32, values: code, span })
    }

    /// A list or set of a field's type.
    fn domain_values(&mut self, about: &About, values: &ast::Expr, ty: &Ty) -> Option<Code> {
        let before = self.diagnostics.len();
        let list = Ty::List(Box::new(ty.clone()));
        let set = Ty::Set(Box::new(ty.clone()));
        let code = self.const_code(about.constant(), values, &list, "the values of a domain");
        let Ty::Set(_) = code.body.ty else { return Some(code) };
        self.diagnostics.truncate(before);
        Some(self.const_code(about.constant(), values, &set, "the values of a domain"))
    }

    /// An input with a field of endlessly many values needs a domain.
    fn missing_domains(&mut self, about: &About, check: &Check, decl: &'a ast::CheckDecl) {
        let Some(id) = about.system else { return };
        let never =
            |rule: &crate::hir::Rule| check.bounds.iter().any(|b| b.rule == rule.name && is_zero(&b.limit));
        let puts_in = |rule: &crate::hir::Rule| {
            rule.binders.iter().any(|(_, ty)| *ty == Ty::Invocation) && !never(rule)
        };
        let inputs_happen =
            about.network.is_some_and(|network| self.program.networks[network].rules.iter().any(puts_in));
        if !inputs_happen {
            return;
        }
        let mut found = Vec::new();
        for (at, input) in self.program.systems[id].members.inputs.iter().enumerate() {
            for (field_at, (name, ty)) in input.fields.iter().enumerate() {
                let ty = subst(ty, &about.ty_args);
                let given = check.domains.iter().any(|d| (d.input, d.field) == (at as u32, field_at as u32));
                let written = decl.clauses.iter().any(|clause| match &clause.kind {
                    ClauseKind::Domain(i, f, _) => i.text == input.name && f.text == *name,
                    ClauseKind::Error => true,
                    _ => false,
                });
                if !given && !written && !self.is_enumerable(&ty) {
                    found.push((input.name.clone(), name.clone(), input.span, self.show(&ty)));
                }
            }
        }
        for (input, field, span, ty) in found {
            let example = match ty.as_str() {
                "int" => "[0, 1]",
                "string" => "[\"a\", \"b\"]",
                _ => "[…]",
            };
            let message = format!("this check needs a `domain`: which values of `{input}.{field}` to try");
            self.report(
                Diagnostic::error(codes::V0506, decl.title.1, message)
                    .also(
                        span,
                        format!("its `{field}` is of type `{ty}`, which has too many values to try all"),
                    )
                    .note(format!("add a clause such as `domain {input}.{field} = {example}`")),
            );
        }
    }

    fn symmetric(&mut self, about: &About, check: &mut Check, name: &ast::Name) {
        let Some(system) = about.system else { return };
        let kinds = self.owner(Owner::System(system)).map(|owner| owner.kinds.clone()).unwrap_or_default();
        match kinds.get(&name.text) {
            Some(kind) => check.symmetric.push((*kind, name.span)),
            None => {
                let message = format!(
                    "the system `{}` has no kind of node `{}`",
                    self.program.systems[system].name, name.text
                );
                let report = Diagnostic::error(codes::V0518, name.span, message);
                self.report(did_you_mean(report, name.span, &name.text, kinds.keys().map(SmolStr::as_str)));
            }
        }
    }

    // ---- properties ----

    /// What a claim's name refers to; reports if to nothing.
    fn property_ref(&mut self, about: &About, name: &ast::Name) -> Option<PropertyRef> {
        match name.text.as_str() {
            verdi_core::PropertyKind::NO_FAULT => return Some(PropertyRef::NoFault),
            verdi_core::PropertyKind::DEADLOCK_FREE => return Some(PropertyRef::DeadlockFree),
            "linearizable" => return Some(PropertyRef::Linearizable),
            _ => {}
        }
        let system = about.system?;
        let members = &self.program.systems[system].members;
        if let Some(at) = members.properties.iter().position(|property| property.name == name.text) {
            return Some(PropertyRef::Property(at as u32));
        }
        if let Some(at) = members.monitors.iter().position(|monitor| monitor.name == name.text) {
            return Some(PropertyRef::Monitor(at as u32));
        }
        let mut known: Vec<SmolStr> =
            members.properties.iter().map(|property| property.name.clone()).collect();
        known.extend(members.monitors.iter().map(|monitor| monitor.name.clone()));
        let message =
            format!("the system `{}` has no property `{}`", self.program.systems[system].name, name.text);
        let report = Diagnostic::error(codes::V0501, name.span, message);
        let mut report = did_you_mean(report, name.span, &name.text, known.iter().map(SmolStr::as_str));
        report = match known.is_empty() {
            true => report.note("it declares none; write `invariant name: …` in it"),
            false => report.note(format!("it has {}", listed(known.iter().map(SmolStr::as_str)))),
        };
        self.report(report);
        None
    }

    /// The same property cannot hold and be violated, nor be named twice.
    fn contradictions(&mut self, check: &Check) {
        let mut said: Vec<(&PropertyRef, bool, Span)> = Vec::new();
        let mut found = Vec::new();
        for claim in &check.claims {
            let (property, holds) = match &claim.kind {
                ClaimKind::Holds(property) => (property, true),
                ClaimKind::Violates(property) => (property, false),
                _ => continue,
            };
            match said.iter().find(|(known, ..)| *known == property) {
                Some((_, before, first)) => found.push((claim.span, *first, *before != holds)),
                None => said.push((property, holds, claim.span)),
            }
        }
        for (span, first, opposite) in found {
            let message = if opposite {
                "a property cannot hold and be violated"
            } else {
                "this property is named twice"
            };
            self.report(Diagnostic::error(codes::V0507, span, message).also(first, "named before, here"));
        }
    }

    /// A property that reads a network's variable can only be checked under a network that has it.
    pub(super) fn net_vars_of_claims(&mut self) {
        let mut found = Vec::new();
        for check in &self.program.checks {
            let (Some((system, _)), Some(network)) =
                (crate::elaborate::resolve(&self.program, &check.subject), check.network)
            else {
                continue;
            };
            let owner = Owner::System(system);
            let count = self.members(owner).map_or(0, |members| members.properties.len()) as u32;
            let claimed = |at: u32| {
                check.claims.iter().find_map(|claim| match &claim.kind {
                    ClaimKind::Holds(property) | ClaimKind::Violates(property) => {
                        (*property == PropertyRef::Property(at)).then_some(claim.span)
                    }
                    _ => None,
                })
            };
            // A check that expects nothing of any property is about all of them.
            let about = |claim: &Claim| matches!(claim.kind, ClaimKind::Holds(_) | ClaimKind::Violates(_));
            let all = (!check.claims.iter().any(about)).then_some(check.span);
            for at in 0..count {
                let Some(span) = claimed(at).or(all) else { continue };
                found.extend(self.net_vars_read(owner, at).into_iter().map(|read| (span, network, read)));
            }
        }
        for (span, network, read) in found {
            self.net_var_is_there(span, network, &read, "this property");
        }
    }
}

fn is_zero(code: &Code) -> bool {
    matches!(code.body.kind, crate::hir::ExprKind::Int(0))
}
