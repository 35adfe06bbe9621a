//! Handlers of events.

use super::Checker;
use super::body::{Body, Env, Site};
use super::effects::Actor;
use super::scope::Owner;
use super::usefulness::is_shadowed;
use crate::hir::{Event, Expr, Handler, KindId, LocalId, Pattern, PatternKind, SubjectTy, Ty};
use smol_str::SmolStr;
use verdi_diagnostics::{Diagnostic, Span, codes};
use verdi_syntax::ast;

impl<'a> Checker<'a> {
    pub(super) fn handler(
        &mut self,
        module: usize,
        owner: Owner,
        kind: KindId,
        decl: &'a ast::Handler,
    ) -> Option<Handler> {
        let mut body = Body::new(self, Env::new(module, owner, Site::Handler).at_kind(kind));
        let mut params = Vec::new();
        let mut event = body.event(&decl.event, kind, &mut params)?;
        let guard = decl.guard.as_ref().map(|guard| body.guard(guard));
        let expr = body.action(&decl.body);
        let pattern = match &mut event {
            Event::Input(pattern) | Event::Message(pattern, _) => Some(pattern),
            _ => None,
        };
        let (code, guard, effects) = body.finish_handler(params, expr, guard, pattern);
        self.effects.bodies.push((Actor::Other(Site::Handler.class()), effects));
        let head_end = decl.body.span.start;
        let span = Span { end: head_end.max(decl.span.start), ..decl.span };
        Some(Handler { name: handler_name(&decl.event), span: self.trimmed(span), event, guard, code })
    }

    /// A span without the white space at its end.
    fn trimmed(&self, span: Span) -> Span {
        let source = self.sources.iter().find(|source| source.file == span.file);
        let text =
            source.and_then(|source| source.text.get(span.start as usize..span.end as usize)).unwrap_or("");
        Span { end: span.start + text.trim_end().len() as u32, ..span }
    }

    /// Warns of handlers whose events all go to those before.
    pub(super) fn shadowed_handlers(&mut self, owner: Owner, handlers: &[Handler]) {
        self.judging = owner;
        let mut found: Vec<(Span, Span)> = Vec::new();
        for (i, handler) in handlers.iter().enumerate() {
            let before = || handlers[..i].iter().filter(|earlier| earlier.guard.is_none());
            let first = match &handler.event {
                Event::Input(pattern) => {
                    let taken: Vec<&Pattern> = before()
                        .filter_map(|h| if let Event::Input(p) = &h.event { Some(p) } else { None })
                        .collect();
                    let covered = is_shadowed(self, &pattern.ty, &taken, pattern);
                    covered.then(|| before().find(|h| matches!(h.event, Event::Input(_)))).flatten()
                }
                Event::Message(pattern, source) => {
                    let wide = |other: &Option<KindId>| other.is_none() || other == source;
                    let takes = |h: &&Handler| matches!(&h.event, Event::Message(_, other) if wide(other));
                    let taken: Vec<&Pattern> = before()
                        .filter(takes)
                        .filter_map(|h| if let Event::Message(p, _) = &h.event { Some(p) } else { None })
                        .collect();
                    let covered = is_shadowed(self, &pattern.ty, &taken, pattern);
                    covered.then(|| before().find(takes)).flatten()
                }
                Event::Start => before().find(|h| matches!(h.event, Event::Start)),
                Event::Reboot => before().find(|h| matches!(h.event, Event::Reboot)),
                Event::Timeout(timer) => {
                    before().find(|h| matches!(&h.event, Event::Timeout(t) if t == timer))
                }
            };
            found.extend(first.map(|first| (handler.span, first.span)));
        }
        for (span, first) in found {
            self.report(
                Diagnostic::warning(codes::V0604, span, "this handler never runs")
                    .also(first, "whatever it would take goes to a handler before, which has no guard")
                    .note(
                        "handlers are tried in order: put the narrower one first, or give the other a `when`",
                    ),
            );
        }
    }
}

impl Body<'_, '_> {
    fn event(&mut self, event: &ast::Event, kind: KindId, params: &mut Vec<LocalId>) -> Option<Event> {
        Some(match event {
            ast::Event::Start(_) => Event::Start,
            ast::Event::Reboot(_) => Event::Reboot,
            ast::Event::Timeout { inner: true, timer } => {
                if !self.in_transformer() {
                    self.error(codes::V0413, timer.span, "only a transformer has `on timeout inner`");
                    return None;
                }
                params.push(self.declare_param(&timer.text, timer.span, Ty::Subject(SubjectTy::Timer)));
                Event::Timeout(None)
            }
            ast::Event::Timeout { inner: false, timer } => Event::Timeout(Some(self.timer_named(timer)?)),
            ast::Event::Input { pattern, from } => {
                params.push(self.source(from.as_ref(), Ty::Caller).0);
                let ty = self.input_ty(kind, pattern);
                Event::Input(self.event_pattern(pattern, &ty, params))
            }
            ast::Event::Message { pattern, from } => {
                let (local, source) = self.source(from.as_ref(), Ty::Node);
                params.push(local);
                Event::Message(self.event_pattern(pattern, &Ty::Message, params), source)
            }
        })
    }

    /// In a transformer `on input` is about the inputs of its subject, unless it names one of its own.
    fn input_ty(&self, kind: KindId, pattern: &ast::Pattern) -> Ty {
        let own = self.cx.members(self.env.owner).is_some_and(|members| {
            let mut inputs = members.kinds[kind].inputs.iter().map(|at| &members.inputs[*at as usize]);
            inputs.any(|input| names(pattern, &input.name))
        });
        if self.in_transformer() && !own { Ty::Subject(SubjectTy::Input) } else { Ty::Input }
    }

    fn event_pattern(&mut self, pattern: &ast::Pattern, ty: &Ty, params: &mut Vec<LocalId>) -> Pattern {
        let event = self.new_local("", pattern.span, ty.clone(), false);
        params.push(event);
        self.bind_pattern(pattern, ty, None)
    }

    /// Who sent it: the variable, and the kind it is restricted to.
    fn source(&mut self, binder: Option<&ast::Binder>, ty: Ty) -> (LocalId, Option<KindId>) {
        let Some(binder) = binder else {
            return (self.new_local("", Span::default(), ty, false), None);
        };
        let scope = self.env.types();
        let stated = binder.ty.as_ref().map(|written| (self.cx.resolve_type(&scope, written), written.span));
        let (ty, kind) = match stated {
            None => (ty, None),
            Some((stated, _)) if stated == ty || stated == Ty::Error => (stated, None),
            Some((stated @ (Ty::Kind(..) | Ty::Wrapper(..)), _)) if ty == Ty::Node => {
                let kind = self.cx.kind_of(self.env.owner, &stated).map(|(_, kind)| kind);
                (stated, kind)
            }
            Some((stated, span)) => {
                self.mismatch(span, &stated, &ty, format_args!("the source of this event"));
                (Ty::Error, None)
            }
        };
        let id = self.new_local(&binder.name.text, binder.name.span, ty, false);
        self.name_local(&binder.name.text, id);
        (id, kind)
    }

    /// `when e`: nothing real may depend on ghost state, and nothing happens in it.
    pub(super) fn guard(&mut self, guard: &ast::Expr) -> Expr {
        let (expr, ghost) = self.tracked(|b| b.valued(|b| b.cond(guard)));
        self.expect(&expr, &Ty::Bool, format_args!("a guard"));
        if self.env.site == Site::Handler {
            self.real_value(guard.span, ghost, "whether this handler runs");
        }
        expr
    }
}

/// As people refer to it: `on message Lock`.
fn handler_name(event: &ast::Event) -> SmolStr {
    match event {
        ast::Event::Start(_) => "on start".into(),
        ast::Event::Reboot(_) => "on reboot".into(),
        ast::Event::Timeout { inner: false, timer } => format!("on timeout {}", timer.text).into(),
        ast::Event::Timeout { inner: true, .. } => "on timeout inner".into(),
        ast::Event::Input { pattern, .. } => format!("on input {}", pattern_name(pattern)).into(),
        ast::Event::Message { pattern, .. } => format!("on message {}", pattern_name(pattern)).into(),
    }
}

/// Whether a pattern, or the first of its alternatives, is of a constructor of this name.
fn names(pattern: &ast::Pattern, name: &str) -> bool {
    match &pattern.kind {
        ast::PatternKind::Constructor { name: known, .. } => known.text == name,
        ast::PatternKind::Or(alternatives) => alternatives.first().is_some_and(|first| names(first, name)),
        _ => false,
    }
}

fn pattern_name(pattern: &ast::Pattern) -> String {
    match &pattern.kind {
        ast::PatternKind::Constructor { name, .. } | ast::PatternKind::Bind(name) => name.text.to_string(),
        ast::PatternKind::Or(alternatives) => {
            alternatives.iter().map(pattern_name).collect::<Vec<_>>().join(" | ")
        }
        _ => "_".into(),
    }
}

/// Whether a pattern takes some value of a variant at a position.
pub(super) fn may_take(pattern: &Pattern, is_it: &dyn Fn(crate::hir::CtorRef) -> bool) -> bool {
    match &pattern.kind {
        PatternKind::Ctor(ctor, _) => is_it(*ctor),
        PatternKind::Or(alternatives) => alternatives.iter().any(|p| may_take(p, is_it)),
        _ => true,
    }
}
