//! Patterns, as tests and projections.

use super::body::Body;
use crate::hir::{CtorRef, Pattern, PatternKind};
use verdi_core::{Label, Op, Operand, Rvalue, Span, Ty, TyId, Value};

impl<'a> Body<'_, 'a> {
    /// Binds what a pattern binds; leaves to `fail` where the value does not match. Without `fail`, the value
    /// is known to match.
    pub(super) fn pattern(&mut self, pattern: &'a Pattern, value: Operand, fail: Option<Label>) {
        let span = pattern.span;
        match &pattern.kind {
            PatternKind::Wildcard | PatternKind::Error => {}
            PatternKind::Bind(variable) => {
                let local = self.variable(*variable);
                self.set(span, local, Rvalue::Use(value));
            }
            PatternKind::Int(int) => self.literal(span, value, Value::Int(*int), fail),
            PatternKind::Bool(bool) => self.literal(span, value, Value::Bool(*bool), fail),
            PatternKind::Str(text) => self.literal(span, value, Value::Str(text.as_str().into()), fail),
            PatternKind::Ctor(ctor, fields) => {
                let tag = tag(*ctor);
                if let Some(fail) = fail.filter(|_| self.lower.ctor_count(self.operand_ty(value)) > 1) {
                    let bool = self.lower.core.special.bool;
                    let is = self.assign(span, bool, Rvalue::Is(value, tag));
                    self.leave_unless(span, is, fail);
                }
                self.fields(fields, value, tag, fail);
            }
            PatternKind::Tuple(elements) => self.fields(elements, value, 0, fail),
            PatternKind::List(front, rest) => {
                let len = self.lower.core.special.int;
                let len = self.op(span, len, Op::ListLen, vec![value]);
                let wanted = self.int(front.len() as i64);
                if let Some(fail) = fail {
                    let op = if rest.is_some() { Op::Ge } else { Op::Eq };
                    let fits = self.test(span, op, vec![len, wanted]);
                    self.leave_unless(span, fits, fail);
                }
                self.elements(front, value, fail);
                if let Some(Some(rest)) = rest {
                    let local = self.variable(*rest);
                    self.set(span, local, Rvalue::Op(Op::ListDrop, vec![value, wanted]));
                }
            }
            PatternKind::Or(alternatives) => self.alternatives(span, alternatives, value, fail),
        }
    }

    fn literal(&mut self, span: Span, value: Operand, literal: Value, fail: Option<Label>) {
        let Some(fail) = fail else { return };
        let ty = self.operand_ty(value);
        let literal = self.constant(ty, literal);
        let equal = self.test(span, Op::Eq, vec![value, literal]);
        self.leave_unless(span, equal, fail);
    }

    fn fields(&mut self, patterns: &'a [Pattern], value: Operand, tag: u32, fail: Option<Label>) {
        for (index, pattern) in patterns.iter().enumerate() {
            if matches!(pattern.kind, PatternKind::Wildcard) {
                continue;
            }
            let field = self.get(pattern.span, value, tag, index as u32);
            self.pattern(pattern, field, fail);
        }
    }

    fn elements(&mut self, patterns: &'a [Pattern], list: Operand, fail: Option<Label>) {
        let element_ty = match *self.lower.core.types.get(self.operand_ty(list)) {
            Ty::List(element) => element,
            _ => return,
        };
        for (index, pattern) in patterns.iter().enumerate() {
            if matches!(pattern.kind, PatternKind::Wildcard) {
                continue;
            }
            let index = self.int(index as i64);
            let element = self.op(pattern.span, element_ty, Op::ListIndex, vec![list, index]);
            self.pattern(pattern, element, fail);
        }
    }

    fn alternatives(&mut self, span: Span, alternatives: &'a [Pattern], value: Operand, fail: Option<Label>) {
        let Some((last, others)) = alternatives.split_last() else { return };
        self.scope(span, |body, matched| {
            for alternative in others {
                body.scope(alternative.span, |body, next| {
                    body.pattern(alternative, value, Some(next));
                    body.leave(span, matched);
                });
            }
            body.pattern(last, value, fail);
        });
    }

    /// A field of a value known to have the constructor of this tag.
    pub(super) fn get(&mut self, span: Span, value: Operand, tag: u32, field: u32) -> Operand {
        let ty = self.field_ty(self.operand_ty(value), tag, field);
        self.assign(span, ty, Rvalue::Get(value, tag, field))
    }

    fn field_ty(&self, ty: TyId, tag: u32, field: u32) -> TyId {
        let field = self.lower.core.types.as_data(ty).and_then(|(_, data)| {
            data.ctors.get(tag as usize).and_then(|ctor| ctor.fields.get(field as usize)).map(|(_, ty)| *ty)
        });
        field.unwrap_or(self.lower.core.special.bool)
    }
}

/// The position of a constructor in its data type.
pub(super) fn tag(ctor: CtorRef) -> u32 {
    match ctor {
        CtorRef::Data(_, tag)
        | CtorRef::Message(tag)
        | CtorRef::Input(tag)
        | CtorRef::Output(tag)
        | CtorRef::Event(tag)
        | CtorRef::Timer(tag) => tag,
        CtorRef::Packet | CtorRef::SubjectPacket => 0,
    }
}
