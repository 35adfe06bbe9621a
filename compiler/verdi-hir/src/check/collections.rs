//! Literals of tuples, lists, sets and maps.

use super::body::Body;
use super::expr::make;
use crate::hir::{Expr, ExprKind, Ty};
use verdi_diagnostics::{Diagnostic, Span, codes};
use verdi_syntax::ast;

impl Body<'_, '_> {
    /// What the elements of a collection of this type would be.
    pub(super) fn element_hint(&self, hint: Option<&Ty>) -> Option<Ty> {
        match self.infer.shallow(hint?) {
            Ty::List(t) | Ty::Set(t) => Some(*t),
            _ => None,
        }
    }

    /// What the keys and values of a map of this type would be.
    pub(super) fn entry_hints(&self, hint: Option<&Ty>) -> (Option<Ty>, Option<Ty>) {
        match hint.map(|hint| self.infer.shallow(hint)) {
            Some(Ty::Map(k, v)) => (Some(*k), Some(*v)),
            _ => (None, None),
        }
    }

    #[inline(never)]
    pub(super) fn tuple(&mut self, span: Span, parts: &[ast::Expr], hint: Option<&Ty>) -> Expr {
        let hints = match hint.map(|hint| self.infer.shallow(hint)) {
            Some(Ty::Tuple(hints)) => hints,
            _ => Vec::new(),
        };
        let parts: Vec<Expr> =
            parts.iter().enumerate().map(|(i, part)| self.expr(part, hints.get(i))).collect();
        let ty = Ty::Tuple(parts.iter().map(|part| part.ty.clone()).collect());
        make(span, ty, ExprKind::Tuple(parts))
    }

    /// Elements of one type.
    fn elements(&mut self, parts: &[ast::Expr], hint: Option<Ty>) -> (Vec<Expr>, Ty) {
        let mut ty: Option<Ty> = None;
        let mut elements = Vec::new();
        for part in parts {
            let hint = hint.as_ref().or(ty.as_ref()).cloned();
            let element = self.expr(part, hint.as_ref());
            ty = Some(match ty {
                None => element.ty.clone(),
                Some(before) => self.join_elements(before, &element),
            });
            elements.push(element);
        }
        let ty = ty.unwrap_or_else(|| self.infer.fresh());
        (elements, ty)
    }

    fn join_elements(&mut self, before: Ty, element: &Expr) -> Ty {
        if let Some(ty) = self.infer.join(&before, &element.ty) {
            return ty;
        }
        let (a, b) = (self.show(&before), self.show(&element.ty));
        let message = format!("the elements before are of type `{a}`, but this is of type `{b}`");
        self.report(
            Diagnostic::error(codes::V0301, element.span, message).label("all elements have one type"),
        );
        Ty::Error
    }

    #[inline(never)]
    pub(super) fn list(&mut self, span: Span, parts: &[ast::Expr], hint: Option<&Ty>) -> Expr {
        let (elements, ty) = self.elements(parts, self.element_hint(hint));
        make(span, Ty::List(Box::new(ty)), ExprKind::List(elements))
    }

    #[inline(never)]
    pub(super) fn set(&mut self, span: Span, parts: &[ast::Expr], hint: Option<&Ty>) -> Expr {
        let (elements, ty) = self.elements(parts, self.element_hint(hint));
        make(span, Ty::Set(Box::new(ty)), ExprKind::Set(elements))
    }

    #[inline(never)]
    pub(super) fn map(&mut self, span: Span, pairs: &[(ast::Expr, ast::Expr)], hint: Option<&Ty>) -> Expr {
        let (key_hint, value_hint) = self.entry_hints(hint);
        let mut ty: Option<(Ty, Ty)> = None;
        let mut entries = Vec::new();
        for (k, v) in pairs {
            let k = self.expr(k, key_hint.as_ref());
            let v = self.expr(v, value_hint.as_ref());
            ty = Some(match ty {
                None => (k.ty.clone(), v.ty.clone()),
                Some((key, value)) => (self.join_elements(key, &k), self.join_elements(value, &v)),
            });
            entries.push((k, v));
        }
        let (key, value) = ty.unwrap_or_else(|| (self.infer.fresh(), self.infer.fresh()));
        make(span, Ty::Map(Box::new(key), Box::new(value)), ExprKind::Map(entries))
    }
}
