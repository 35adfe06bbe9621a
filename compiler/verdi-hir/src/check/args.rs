//! Arguments against fields or parameters: by position, by label, or both.

use super::body::Body;
use super::suggest::{did_you_mean, listed};
use crate::hir::Ty;
use smol_str::SmolStr;
use verdi_diagnostics::{Diagnostic, Span, codes};
use verdi_syntax::ast;

/// Which argument goes where.
pub(super) struct Matched<'e> {
    /// One for each field; `None` where none is given.
    pub(super) slots: Vec<Option<&'e ast::Arg>>,
    /// Whether anything was reported.
    pub(super) failed: bool,
}

impl Body<'_, '_> {
    /// Assigns arguments to fields. Says of wrong ones, but not of missing ones. `what` is the thing that is
    /// called, such as ``the function `f` ``.
    pub(super) fn match_args<'e>(
        &mut self,
        what: &str,
        fields: &[(SmolStr, Ty)],
        args: impl IntoIterator<Item = &'e ast::Arg>,
    ) -> Matched<'e> {
        let mut matched = Matched { slots: vec![None; fields.len()], failed: false };
        let mut position = 0;
        let mut given = 0;
        for arg in args {
            given += 1;
            let slot = match &arg.label {
                None => {
                    position += 1;
                    position - 1
                }
                Some(label) => match fields.iter().position(|(name, _)| *name == label.text) {
                    Some(slot) => slot,
                    None => {
                        self.unknown_label(what, fields, label);
                        matched.failed = true;
                        continue;
                    }
                },
            };
            match matched.slots.get_mut(slot) {
                None => matched.failed = true,
                Some(Some(first)) => {
                    let first: &ast::Arg = first;
                    let message = format!("{what} is given `{}` twice", fields[slot].0);
                    self.report(
                        Diagnostic::error(codes::V0306, arg.span, message)
                            .also(first.span, "first given here"),
                    );
                    matched.failed = true;
                }
                Some(free) => *free = Some(arg),
            }
        }
        if position > fields.len() {
            matched.failed = true;
            // Said by the caller's count, where the whole call is marked.
            self.too_many(what, fields, given);
        }
        matched
    }

    fn too_many(&mut self, what: &str, fields: &[(SmolStr, Ty)], given: usize) {
        let span = self.call_span;
        let message = format!("{what} takes {}, but {given} {} given", arguments(fields.len()), are(given));
        let mut report = Diagnostic::error(codes::V0303, span, message);
        if !fields.is_empty() {
            report =
                report.note(format!("they are {}", listed(fields.iter().map(|(name, _)| name.as_str()))));
        }
        self.report(report);
    }

    fn unknown_label(&mut self, what: &str, fields: &[(SmolStr, Ty)], label: &ast::Name) {
        let report = Diagnostic::error(codes::V0305, label.span, format!("{what} has no `{}`", label.text));
        let names = || fields.iter().map(|(name, _)| name.as_str());
        let mut report = did_you_mean(report, label.span, &label.text, names());
        if !fields.is_empty() {
            report = report.note(format!("it has {}", listed(names())));
        }
        self.report(report);
    }

    /// Reports the fields that have no argument.
    pub(super) fn missing_args(
        &mut self,
        what: &str,
        span: Span,
        fields: &[(SmolStr, Ty)],
        matched: &Matched<'_>,
    ) {
        let missing: Vec<String> = fields
            .iter()
            .zip(&matched.slots)
            .filter(|(_, slot)| slot.is_none())
            .map(|((name, ty), _)| {
                let ty = self.show(ty);
                if name.is_empty() { format!("a value of type {ty}") } else { format!("{name}: {ty}") }
            })
            .collect();
        if missing.is_empty() || matched.failed {
            return;
        }
        let message = format!("{what} needs {}", listed(missing.iter().map(String::as_str)));
        self.report(Diagnostic::error(codes::V0304, span, message).label("missing here"));
    }
}

/// "no arguments", "1 argument", "3 arguments".
pub(super) fn arguments(count: usize) -> String {
    match count {
        0 => "no arguments".into(),
        1 => "1 argument".into(),
        n => format!("{n} arguments"),
    }
}

pub(super) fn are(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
}
