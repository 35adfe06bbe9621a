//! Methods: rows of the table of operations whose first parameter is the receiver.

use super::body::Body;
use super::expr::error;
use super::suggest::{did_you_mean, listed};
use crate::hir::{Expr, ExprKind, Ty};
use verdi_core::{Op, SigTy, Surface};
use verdi_diagnostics::{Diagnostic, Span, codes};
use verdi_syntax::ast;

/// Whether a type has the outer form of a parameter. An open type fits every form.
pub(super) fn shape_fits(sig: &SigTy, ty: &Ty) -> bool {
    match (sig, ty) {
        (_, Ty::Infer(_) | Ty::Error) | (SigTy::A | SigTy::B, _) => true,
        (SigTy::Bool, Ty::Bool) | (SigTy::Int, Ty::Int) | (SigTy::Str, Ty::Str) => true,
        (SigTy::Node, Ty::Node | Ty::Kind(..) | Ty::Wrapper(..)) => true,
        (SigTy::List(_), Ty::List(_)) | (SigTy::Set(_), Ty::Set(_)) | (SigTy::Map(..), Ty::Map(..)) => true,
        (SigTy::Pair(..), Ty::Tuple(parts)) => parts.len() == 2,
        (SigTy::Option(_), Ty::Data(..)) => true,
        _ => false,
    }
}

/// The name of an operation that is written after a dot.
fn method_name(op: Op) -> Option<&'static str> {
    match op.info().surface {
        Surface::Method(name) | Surface::Mutator(name) => Some(name),
        _ => None,
    }
}

impl Body<'_, '_> {
    /// A row's type with these variables for `A` and `B`.
    pub(super) fn instantiate(&self, sig: &SigTy, vars: &[Ty; 2]) -> Ty {
        match sig {
            SigTy::Bool => Ty::Bool,
            SigTy::Int => Ty::Int,
            SigTy::Str => Ty::Str,
            SigTy::Node => Ty::Node,
            SigTy::A => vars[0].clone(),
            SigTy::B => vars[1].clone(),
            SigTy::List(t) => Ty::List(Box::new(self.instantiate(t, vars))),
            SigTy::Set(t) => Ty::Set(Box::new(self.instantiate(t, vars))),
            SigTy::Map(k, v) => {
                Ty::Map(Box::new(self.instantiate(k, vars)), Box::new(self.instantiate(v, vars)))
            }
            SigTy::Option(t) => self.cx.option_of(self.instantiate(t, vars)),
            SigTy::Pair(a, b) => Ty::Tuple(vec![self.instantiate(a, vars), self.instantiate(b, vars)]),
        }
    }

    /// The operations that are methods of a type.
    pub(super) fn methods_of(&self, ty: &Ty) -> Vec<Op> {
        let fits = |op: &Op| {
            let sig = &op.info().params.first();
            let is_option = matches!(ty, Ty::Data(id, _) if Some(*id) == self.cx.program.builtin.option);
            match sig {
                Some(SigTy::Option(_)) => is_option,
                Some(sig) => shape_fits(sig, ty),
                None => false,
            }
        };
        Op::ALL.iter().copied().filter(|op| method_name(*op).is_some()).filter(fits).collect()
    }

    /// The method of a type by name and number of arguments (the receiver not counted); reports if there is none.
    pub(super) fn find_method(&mut self, ty: &Ty, name: &ast::Name, args: usize) -> Option<Op> {
        let ty = self.infer.shallow(ty);
        match ty {
            Ty::Error => return None,
            Ty::Infer(_) => {
                let message = format!("the type of this must be known to call `{}`", name.text);
                self.report(
                    Diagnostic::error(codes::V0302, name.span, message)
                        .note("state the type where the value is bound, such as `let xs: List<int> = []`"),
                );
                return None;
            }
            _ => {}
        }
        let methods = self.methods_of(&ty);
        let named: Vec<Op> =
            methods.iter().copied().filter(|op| method_name(*op) == Some(&name.text)).collect();
        if let Some(op) = named.iter().find(|op| op.info().params.len() == args + 1) {
            return Some(*op);
        }
        match named.first() {
            Some(op) => {
                let wanted: Vec<String> =
                    named.iter().map(|op| (op.info().params.len() - 1).to_string()).collect();
                let message = format!(
                    "`{}` takes {} argument{}, but {args} {} given",
                    name.text,
                    wanted.join(" or "),
                    if wanted == ["1"] { "" } else { "s" },
                    if args == 1 { "is" } else { "are" }
                );
                self.report(Diagnostic::error(codes::V0303, name.span, message).note(op.info().doc));
            }
            None => self.no_method(&ty, name, &methods),
        }
        None
    }

    fn no_method(&mut self, ty: &Ty, name: &ast::Name, methods: &[Op]) {
        let mut names: Vec<&str> = methods.iter().filter_map(|op| method_name(*op)).collect();
        names.dedup();
        let shown = self.show(ty);
        let mut report = Diagnostic::error(
            codes::V0208,
            name.span,
            format!("a value of type `{shown}` has no method `{}`", name.text),
        );
        let synonym = SYNONYMS.iter().find(|(from, to)| *from == name.text.as_str() && names.contains(to));
        report = match synonym {
            Some((_, to)) => report.mend(format!("did you mean `{to}`?"), name.span, *to),
            None => did_you_mean(report, name.span, &name.text, names.iter().copied()),
        };
        if report.mend.is_none() && !names.is_empty() {
            report = report.note(format!("it has {}", listed(names)));
        }
        self.report(report);
    }

    /// `receiver.name(args)` for its value.
    pub(super) fn method(&mut self, span: Span, receiver: Expr, name: &ast::Name, args: &[ast::Arg]) -> Expr {
        let Some(op) = self.find_method(&receiver.ty, name, args.len()) else {
            args.iter().for_each(|arg| {
                self.expr(&arg.value, None);
            });
            return error(span);
        };
        let mut all = vec![receiver];
        let receiver_ty = self.infer.shallow(&all[0].ty);
        for (arg, sig) in args.iter().zip(&op.info().params[1..]) {
            let hint = self.hint_for(sig, op, &receiver_ty);
            all.push(self.positional(arg, hint.as_ref()));
        }
        self.apply(op, span, all, &format!("the argument of `{}`", name.text))
    }

    /// What an argument of a method of such a receiver is likely to be.
    pub(super) fn hint_for(&self, sig: &SigTy, op: Op, receiver: &Ty) -> Option<Ty> {
        let (a, b) = match receiver {
            Ty::List(t) | Ty::Set(t) => (Some(t.as_ref().clone()), None),
            Ty::Map(k, v) => (Some(k.as_ref().clone()), Some(v.as_ref().clone())),
            Ty::Data(_, args) => (args.first().cloned(), None),
            _ => (None, None),
        };
        match sig {
            SigTy::A => a,
            SigTy::B => b,
            other if op.info().params.first() == Some(other) => Some(receiver.clone()),
            _ => None,
        }
    }

    /// An argument that has no label.
    pub(super) fn positional(&mut self, arg: &ast::Arg, hint: Option<&Ty>) -> Expr {
        if arg.label.is_some() || arg.spread {
            self.error(codes::V0305, arg.span, "the arguments of a method or operation have no labels");
        }
        self.expr(&arg.value, hint)
    }

    /// `packets.heads()` and the like, which are not rows of the table.
    pub(super) fn is_packets(expr: &Expr) -> bool {
        matches!(expr.kind, ExprKind::Packets | ExprKind::DistinctPackets)
    }
}

/// What other languages call the methods.
const SYNONYMS: &[(&str, &str)] = &[
    ("length", "len"),
    ("size", "len"),
    ("count", "len"),
    ("append", "push"),
    ("add", "insert"),
    ("push_back", "push"),
    ("pop_back", "pop"),
    ("delete", "remove"),
    ("has", "contains"),
    ("includes", "contains"),
    ("contains_key", "contains"),
    ("empty", "is_empty"),
    ("isEmpty", "is_empty"),
    ("sort", "sorted"),
    ("reversed", "reverse"),
    ("unwrap_or", "or"),
    ("or_else", "or"),
    ("put", "insert"),
    ("head", "first"),
    ("find", "index_of"),
];
