use super::{BranchPoint, DrawPoint, Implication, Points, SidePoint, is_fixed};
use crate::coverage::index::Way;
use crate::coverage::report::Mark;
use verdi_core::Span;
use verdi_hir::hir::{Clauses, Condition, Expr, ExprKind, Place, PlaceStepKind, Stmt, StmtKind};

/// What code is for, and so what it says that a part of it never ran.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// It does something: every way through it should be taken.
    Does,
    /// It is an invariant: that what it asks for always holds is the point of it, but it should ask.
    Claims,
    /// It is asked about a world that may not be there.
    Asks,
}

/// Collects what is in a piece of code.
pub(super) struct Walk<'a> {
    pub(super) points: &'a mut Points,
    pub(super) purpose: Purpose,
}

impl Walk<'_> {
    pub(super) fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::NodeField(inner, ..)
            | ExprKind::Timers(inner)
            | ExprKind::Inputs(inner)
            | ExprKind::Get(inner, ..)
            | ExprKind::Is(inner, _) => self.expr(inner),
            ExprKind::Tuple(items)
            | ExprKind::List(items)
            | ExprKind::Set(items)
            | ExprKind::Make(_, items)
            | ExprKind::Op(_, items)
            | ExprKind::Call(_, _, items)
            | ExprKind::CallProc(_, items) => self.all(items),
            ExprKind::Map(pairs) => pairs.iter().for_each(|(key, value)| {
                self.expr(key);
                self.expr(value);
            }),
            ExprKind::Copy(_, base, changes) => {
                self.expr(base);
                changes.iter().for_each(|(_, value)| self.expr(value));
            }
            ExprKind::Comprehension(..)
            | ExprKind::MapComprehension(..)
            | ExprKind::Count(_)
            | ExprKind::Fold(..)
            | ExprKind::Quantifier(..) => self.collect(expr),
            ExprKind::And(..) | ExprKind::Or(..) | ExprKind::Implies(..) => self.logic(expr),
            ExprKind::If(condition, then, otherwise) => {
                self.branch(expr.span, condition, then, otherwise.as_deref())
            }
            ExprKind::Match(value, arms) => {
                self.expr(value);
                let sides = arms.iter().map(|arm| SidePoint {
                    span: arm.pattern.span.to(arm.body.span),
                    way: Way::Within(arm.body.span),
                    mark: Mark::NeverTaken,
                });
                self.points.branches.push(BranchPoint {
                    word: "match",
                    span: expr.span,
                    sides: sides.collect(),
                });
                arms.iter().for_each(|arm| self.expr(&arm.body));
            }
            ExprKind::Block(stmts, result) => {
                stmts.iter().for_each(|stmt| self.stmt(stmt));
                if let Some(result) = result {
                    self.expr(result);
                }
            }
            _ => {}
        }
    }

    fn all(&mut self, items: &[Expr]) {
        items.iter().for_each(|item| self.expr(item));
    }

    fn clauses(&mut self, clauses: &Clauses) {
        for (pattern, source) in &clauses.binders {
            self.points.nobodys.insert(pattern.span);
            self.expr(source);
        }
        if let Some(filter) = &clauses.filter {
            self.expr(filter);
        }
    }

    fn collect(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Comprehension(element, clauses) | ExprKind::Fold(_, element, clauses) => {
                self.clauses(clauses);
                self.expr(element);
            }
            ExprKind::MapComprehension(key, value, clauses) => {
                self.clauses(clauses);
                self.expr(key);
                self.expr(value);
            }
            ExprKind::Count(clauses) => self.clauses(clauses),
            ExprKind::Quantifier(forall, clauses, property) => {
                if *forall && self.purpose == Purpose::Claims {
                    self.draws(expr.span, clauses, property);
                }
                self.clauses(clauses);
                self.expr(property);
            }
            _ => {}
        }
    }

    /// Of `forall x in xs, y in ys if p`: each source, then all that is drawn together.
    fn draws(&mut self, span: Span, clauses: &Clauses, property: &Expr) {
        let mut asked = Way::Within(span);
        for (_, source) in &clauses.binders {
            let drawn = Way::Elements(source.span);
            // Nodes of a kind that has none: the check says so itself.
            if !is_fixed(source) {
                let (asked, drawn) = (asked.clone(), drawn.clone());
                self.points.draws.push(DrawPoint { source: source.span, asked, drawn, is_filter: false });
            }
            asked = drawn;
        }
        if let Some(filter) = &clauses.filter {
            let drawn = Way::Within(property.span);
            self.points.draws.push(DrawPoint { source: filter.span, asked, drawn, is_filter: true });
        }
    }

    fn logic(&mut self, expr: &Expr) {
        let (word, left, right, mark) = match &expr.kind {
            ExprKind::And(left, right) => ("&&", left, right, Mark::NeverHolds),
            ExprKind::Or(left, right) => ("||", left, right, Mark::AlwaysHolds),
            ExprKind::Implies(left, right) => ("==>", left, right, Mark::NeverHolds),
            _ => return,
        };
        // What the right side leaves behind is assigned to what the whole is kept in, right after it was set up.
        let kept = Way::Assign(expr.span, 1);
        let is_implies = word == "==>";
        let way = if is_implies { kept } else { Way::First(vec![Way::Within(right.span), kept]) };
        if is_implies && self.purpose == Purpose::Claims && !is_fixed(left) && !is_false(right) {
            let (asked, applied) = (Way::Assign(expr.span, 0), way.clone());
            self.points.implications.push(Implication { left: left.span, asked, applied });
        }
        if is_implies || self.purpose == Purpose::Does {
            let sides = vec![SidePoint { span: left.span, way, mark }];
            self.points.branches.push(BranchPoint { word, span: left.span, sides });
        }
        self.expr(left);
        self.expr(right);
    }

    fn branch(&mut self, span: Span, condition: &Condition, then: &Expr, otherwise: Option<&Expr>) {
        let tested = match condition {
            Condition::Expr(test) => {
                self.expr(test);
                test.span
            }
            Condition::Let(pattern, value) => {
                self.expr(value);
                pattern.span.to(value.span)
            }
        };
        // Without an `else`, the value of nothing is kept where the condition fails.
        let failed = otherwise.map_or(Way::Assign(span, 0), |otherwise| Way::Within(otherwise.span));
        let sides = vec![
            SidePoint { span: tested, way: Way::Within(then.span), mark: Mark::NeverHolds },
            SidePoint { span: tested, way: failed, mark: Mark::AlwaysHolds },
        ];
        self.points.branches.push(BranchPoint { word: "if", span: tested, sides });
        self.expr(then);
        if let Some(otherwise) = otherwise {
            self.expr(otherwise);
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Let(_, value) => self.expr(value),
            StmtKind::Assign(place, value) => {
                self.place(place);
                self.expr(value);
            }
            StmtKind::Update(place, _, args) => {
                self.place(place);
                self.all(args);
            }
            StmtKind::Expr(expr)
            | StmtKind::Assert(expr, _)
            | StmtKind::AddPacket(expr)
            | StmtKind::RemovePacket(expr)
            | StmtKind::FireDeliver(expr)
            | StmtKind::FireCrash(expr)
            | StmtKind::FireReboot(expr) => self.expr(expr),
            StmtKind::Send(one, two)
            | StmtKind::Broadcast(one, two)
            | StmtKind::FireInput(one, two)
            | StmtKind::FireTimeout(one, two) => {
                self.expr(one);
                self.expr(two);
            }
            StmtKind::Output(body, to) => {
                self.expr(body);
                if let Some(to) = to {
                    self.expr(to);
                }
            }
            StmtKind::For(pattern, source, body) => {
                self.points.nobodys.insert(pattern.span);
                self.expr(source);
                let way = Way::First(vec![Way::Within(body.span), Way::Elements(source.span)]);
                let sides = vec![SidePoint { span: source.span, way, mark: Mark::NeverRuns }];
                self.points.branches.push(BranchPoint { word: "for", span: source.span, sides });
                self.expr(body);
            }
            StmtKind::Return(Some(value)) => self.expr(value),
            StmtKind::Return(None) | StmtKind::Start(_) | StmtKind::Stop(_) => {}
        }
    }

    fn place(&mut self, place: &Place) {
        for step in &place.path {
            if let PlaceStepKind::ListIndex(index) | PlaceStepKind::MapKey(index) = &step.kind {
                self.expr(index);
            }
        }
    }
}

/// `a ==> false`: that the left side never holds is what is claimed.
fn is_false(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Bool(false))
}
