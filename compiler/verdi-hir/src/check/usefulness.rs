//! Whether patterns cover every value, and whether each can match anything: the algorithm of L. Maranget,
//! "Warnings for pattern matching" (JFP 2007).

use super::Checker;
use super::infer::subst;
use super::suggest::listed;
use crate::hir::{CtorRef, Pattern, PatternKind, Ty};
use smol_str::SmolStr;
use verdi_diagnostics::{Diagnostic, Span, codes};

/// A pattern without names.
#[derive(Clone, Debug, PartialEq)]
enum Pat {
    Any,
    Con(Con, Vec<Pat>),
    Or(Vec<Pat>),
}

/// The outermost form of a value.
#[derive(Clone, Debug, PartialEq)]
enum Con {
    Bool(bool),
    Int(i64),
    Str(SmolStr),
    Ctor(CtorRef),
    Tuple,
    Nil,
    Cons,
}

/// The work that one judgement may take: beyond it the patterns are taken as good.
const WORK_MAX: u32 = 100_000;

struct Matrix<'m, 'a> {
    cx: &'m Checker<'a>,
    owner: super::scope::Owner,
    work: u32,
}

/// The constructors of a type with their fields' types; `None` if they cannot be listed.
type Forms = Option<Vec<(Con, Vec<Ty>)>>;

impl Matrix<'_, '_> {
    fn forms(&self, ty: &Ty) -> Forms {
        let variants = |list: &[crate::hir::Variant], make: fn(u32) -> CtorRef| {
            let form = |(i, v): (usize, &crate::hir::Variant)| {
                (Con::Ctor(make(i as u32)), v.fields.iter().map(|(_, ty)| ty.clone()).collect())
            };
            list.iter().enumerate().map(form).collect::<Vec<_>>()
        };
        let members = self.cx.members(self.owner);
        Some(match ty {
            Ty::Bool => vec![(Con::Bool(false), vec![]), (Con::Bool(true), vec![])],
            Ty::Tuple(parts) => vec![(Con::Tuple, parts.clone())],
            Ty::List(t) => vec![(Con::Nil, vec![]), (Con::Cons, vec![t.as_ref().clone(), ty.clone()])],
            Ty::Data(id, args) => {
                let def = &self.cx.program.types[*id];
                let map: Vec<_> = def.params.iter().copied().zip(args.iter().cloned()).collect();
                let form = |(i, ctor): (usize, &crate::hir::Variant)| {
                    let fields = ctor.fields.iter().map(|(_, ty)| subst(ty, &map)).collect();
                    (Con::Ctor(CtorRef::Data(*id, i as u32)), fields)
                };
                def.ctors.iter().enumerate().map(form).collect()
            }
            Ty::Message => variants(&members?.messages, CtorRef::Message),
            Ty::Input => variants(&members?.inputs, CtorRef::Input),
            Ty::Output => variants(&members?.outputs, CtorRef::Output),
            Ty::Event => vec![
                (Con::Ctor(CtorRef::Event(0)), vec![Ty::Node, Ty::Caller, Ty::Input]),
                (Con::Ctor(CtorRef::Event(1)), vec![Ty::Node, Ty::Caller, Ty::Output]),
            ],
            _ => return None,
        })
    }

    /// A value of these types that `row` matches and no row of `rows` does.
    fn useful(&mut self, rows: &[Vec<Pat>], row: &[Pat], types: &[Ty]) -> Option<Vec<Pat>> {
        self.work = self.work.saturating_sub(1 + rows.len() as u32);
        if self.work == 0 {
            return None;
        }
        let (Some(first), Some(ty)) = (row.first(), types.first()) else {
            return rows.is_empty().then(Vec::new);
        };
        match first {
            Pat::Or(alternatives) => alternatives.iter().find_map(|alternative| {
                let mut row = row.to_vec();
                row[0] = alternative.clone();
                self.useful(rows, &row, types)
            }),
            Pat::Con(con, _) => {
                let fields = self.fields_of(con, ty);
                self.useful_with(rows, row, types, con, &fields)
            }
            Pat::Any => self.useful_any(rows, row, types, ty),
        }
    }

    fn fields_of(&self, con: &Con, ty: &Ty) -> Vec<Ty> {
        let forms = self.forms(ty).unwrap_or_default();
        forms.into_iter().find(|(known, _)| known == con).map(|(_, fields)| fields).unwrap_or_default()
    }

    fn useful_with(
        &mut self,
        rows: &[Vec<Pat>],
        row: &[Pat],
        types: &[Ty],
        con: &Con,
        fields: &[Ty],
    ) -> Option<Vec<Pat>> {
        let rows: Vec<Vec<Pat>> = rows.iter().flat_map(|row| specialise(row, con, fields.len())).collect();
        let row = specialise(row, con, fields.len()).into_iter().next()?;
        let mut inner = fields.to_vec();
        inner.extend_from_slice(&types[1..]);
        let mut witness = self.useful(&rows, &row, &inner)?;
        let rest = witness.split_off(fields.len().min(witness.len()));
        let mut result = vec![Pat::Con(con.clone(), witness)];
        result.extend(rest);
        Some(result)
    }

    fn useful_any(&mut self, rows: &[Vec<Pat>], row: &[Pat], types: &[Ty], ty: &Ty) -> Option<Vec<Pat>> {
        let mut used: Vec<Con> = Vec::new();
        rows.iter().for_each(|row| heads(&row[0], &mut used));
        let forms = self.forms(ty);
        let complete = forms.as_ref().is_some_and(|forms| forms.iter().all(|(con, _)| used.contains(con)));
        if complete {
            let forms = forms.unwrap_or_default();
            return forms.iter().find_map(|(con, fields)| self.useful_with(rows, row, types, con, fields));
        }
        let defaults: Vec<Vec<Pat>> = rows.iter().flat_map(|row| default_rows(row)).collect();
        let rest = self.useful(&defaults, &row[1..], &types[1..])?;
        let missing = forms.and_then(|forms| forms.into_iter().find(|(con, _)| !used.contains(con)));
        let head = match missing {
            Some((con, fields)) if !used.is_empty() => Pat::Con(con, vec![Pat::Any; fields.len()]),
            _ if *ty == Ty::Int && !used.is_empty() => Pat::Con(unused_int(&used), vec![]),
            _ => Pat::Any,
        };
        let mut witness = vec![head];
        witness.extend(rest);
        Some(witness)
    }

    fn show(&self, pat: &Pat) -> String {
        match pat {
            Pat::Any | Pat::Or(_) => "_".into(),
            Pat::Con(con, args) => self.show_con(con, args),
        }
    }

    fn show_con(&self, con: &Con, args: &[Pat]) -> String {
        let list = |args: &[Pat]| args.iter().map(|arg| self.show(arg)).collect::<Vec<_>>().join(", ");
        match con {
            Con::Bool(b) => b.to_string(),
            Con::Int(i) => i.to_string(),
            Con::Str(s) => format!("{s:?}"),
            Con::Tuple => format!("({})", list(args)),
            Con::Nil => "[]".into(),
            Con::Cons => self.show_list(args),
            Con::Ctor(ctor) => {
                let name = match ctor {
                    CtorRef::Event(0) => "Event.Input".into(),
                    CtorRef::Event(_) => "Event.Output".into(),
                    _ => self.cx.variant(self.owner, *ctor).map(|v| v.name.to_string()).unwrap_or_default(),
                };
                if args.is_empty() { name } else { format!("{name}({})", list(args)) }
            }
        }
    }

    fn show_list(&self, args: &[Pat]) -> String {
        let mut parts = Vec::new();
        let mut args = args;
        while let [head, tail] = args {
            parts.push(self.show(head));
            match tail {
                Pat::Con(Con::Cons, more) => args = more,
                Pat::Con(Con::Nil, _) => break,
                _ => {
                    parts.push("..".into());
                    break;
                }
            }
        }
        format!("[{}]", parts.join(", "))
    }
}

/// The least int from 0 that is not among these.
fn unused_int(used: &[Con]) -> Con {
    let free = (0..).map(Con::Int).find(|con| !used.contains(con));
    free.unwrap_or(Con::Int(0))
}

/// A pattern that takes every int where this takes one: an int that is missing stands for all that are.
fn any_int(pat: Pat) -> Pat {
    match pat {
        Pat::Con(Con::Int(_), _) => Pat::Any,
        Pat::Con(con, args) => Pat::Con(con, args.into_iter().map(any_int).collect()),
        other => other,
    }
}

/// The constructors at the head of a pattern.
fn heads(pat: &Pat, into: &mut Vec<Con>) {
    match pat {
        Pat::Any => {}
        Pat::Con(con, _) => {
            if !into.contains(con) {
                into.push(con.clone());
            }
        }
        Pat::Or(alternatives) => alternatives.iter().for_each(|pat| heads(pat, into)),
    }
}

/// The rows that a row stands for once its first value is known to be of form `con`.
fn specialise(row: &[Pat], con: &Con, arity: usize) -> Vec<Vec<Pat>> {
    let with = |fields: Vec<Pat>| {
        let mut new = fields;
        new.extend_from_slice(&row[1..]);
        vec![new]
    };
    match &row[0] {
        Pat::Any => with(vec![Pat::Any; arity]),
        Pat::Con(known, args) if known == con => {
            let mut args = args.clone();
            args.resize(arity, Pat::Any);
            with(args)
        }
        Pat::Con(..) => Vec::new(),
        Pat::Or(alternatives) => alternatives
            .iter()
            .flat_map(|alternative| {
                let mut row = row.to_vec();
                row[0] = alternative.clone();
                specialise(&row, con, arity)
            })
            .collect(),
    }
}

/// The rows that are left where the first value has a form that no row names.
fn default_rows(row: &[Pat]) -> Vec<Vec<Pat>> {
    match &row[0] {
        Pat::Any => vec![row[1..].to_vec()],
        Pat::Con(..) => Vec::new(),
        Pat::Or(alternatives) => alternatives
            .iter()
            .flat_map(|alternative| {
                let mut row = row.to_vec();
                row[0] = alternative.clone();
                default_rows(&row)
            })
            .collect(),
    }
}

/// A pattern without its names; `None` if it holds an error.
fn strip(pattern: &Pattern) -> Option<Pat> {
    let all = |ps: &[Pattern]| ps.iter().map(strip).collect::<Option<Vec<Pat>>>();
    Some(match &pattern.kind {
        PatternKind::Wildcard | PatternKind::Bind(_) => Pat::Any,
        PatternKind::Int(i) => Pat::Con(Con::Int(*i), vec![]),
        PatternKind::Bool(b) => Pat::Con(Con::Bool(*b), vec![]),
        PatternKind::Str(s) => Pat::Con(Con::Str(s.clone()), vec![]),
        PatternKind::Ctor(ctor, ps) => Pat::Con(Con::Ctor(*ctor), all(ps)?),
        PatternKind::Tuple(ps) => Pat::Con(Con::Tuple, all(ps)?),
        PatternKind::List(ps, rest) => {
            let end = if rest.is_some() { Pat::Any } else { Pat::Con(Con::Nil, vec![]) };
            all(ps)?.into_iter().rev().fold(end, |tail, head| Pat::Con(Con::Cons, vec![head, tail]))
        }
        PatternKind::Or(ps) => Pat::Or(all(ps)?),
        PatternKind::Error => return None,
    })
}

fn owner_of(cx: &Checker<'_>) -> super::scope::Owner {
    cx.judging
}

/// Values of type `ty` that no pattern matches: up to four of them.
fn uncovered(cx: &Checker<'_>, ty: &Ty, patterns: &[Pat]) -> Vec<String> {
    let mut rows: Vec<Vec<Pat>> = patterns.iter().map(|pat| vec![pat.clone()]).collect();
    let mut found = Vec::new();
    let mut matrix = Matrix { cx, owner: owner_of(cx), work: WORK_MAX };
    while found.len() < 4 {
        let Some(witness) = matrix.useful(&rows, &[Pat::Any], std::slice::from_ref(ty)) else { break };
        let Some(first) = witness.into_iter().next() else { break };
        found.push(matrix.show(&first));
        rows.push(vec![any_int(first)]);
    }
    found
}

/// Reports missing cases and arms that nothing reaches.
pub(super) fn judge_match(cx: &mut Checker<'_>, span: Span, ty: &Ty, patterns: &[&Pattern]) {
    let Some(pats) = patterns.iter().map(|pattern| strip(pattern)).collect::<Option<Vec<Pat>>>() else {
        return;
    };
    if *ty == Ty::Error {
        return;
    }
    let missing = uncovered(cx, ty, &pats);
    if !missing.is_empty() {
        let shown = listed(missing.iter().map(String::as_str));
        let message = format!("this `match` does not say what to do with {shown}");
        cx.report(
            Diagnostic::error(codes::V0310, span, message)
                .note("add an arm for each, or `_ => …` for all that is left"),
        );
    }
    for (i, (pattern, pat)) in patterns.iter().zip(&pats).enumerate() {
        if is_covered(cx, ty, &pats[..i], pat) {
            cx.report(
                Diagnostic::warning(codes::V0605, pattern.span, "this arm is never reached")
                    .label("the arms before match every such value"),
            );
        }
    }
}

fn is_covered(cx: &Checker<'_>, ty: &Ty, before: &[Pat], pat: &Pat) -> bool {
    let rows: Vec<Vec<Pat>> = before.iter().map(|pat| vec![pat.clone()]).collect();
    let mut matrix = Matrix { cx, owner: owner_of(cx), work: WORK_MAX };
    matrix.useful(&rows, std::slice::from_ref(pat), std::slice::from_ref(ty)).is_none() && matrix.work > 0
}

/// Whether the patterns before match all that `pattern` does.
pub(super) fn is_shadowed(cx: &Checker<'_>, ty: &Ty, before: &[&Pattern], pattern: &Pattern) -> bool {
    let Some(before) = before.iter().map(|pattern| strip(pattern)).collect::<Option<Vec<Pat>>>() else {
        return false;
    };
    strip(pattern).is_some_and(|pat| is_covered(cx, ty, &before, &pat))
}

/// Reports an `if let` or the like whose pattern matches everything.
pub(super) fn judge_if_let(cx: &mut Checker<'_>, pattern: &Pattern, ty: &Ty) {
    let Some(pat) = strip(pattern) else { return };
    if *ty != Ty::Error && uncovered(cx, ty, &[pat]).is_empty() {
        cx.report(
            Diagnostic::warning(codes::V0605, pattern.span, "this pattern matches every value")
                .note("a plain `let` says the same"),
        );
    }
}

/// Reports a pattern that may fail where it must not.
pub(super) fn judge_irrefutable(cx: &mut Checker<'_>, pattern: &Pattern, what: &str) {
    let Some(pat) = strip(pattern) else { return };
    if pattern.ty == Ty::Error {
        return;
    }
    let missing = uncovered(cx, &pattern.ty, &[pat]);
    if let Some(first) = missing.first() {
        let mut report = Diagnostic::error(
            codes::V0311,
            pattern.span,
            format!("the pattern of {what} must match every value, but `{first}` is not matched"),
        );
        report = report.note("use `if let … { } else { }` or `match`");
        cx.report(report);
    }
}
