//! Prints trees with a bracket around every node, so that a test shows what binds to what.

use verdi_syntax::ast::*;

pub(crate) fn expr(e: &Expr) -> String {
    match &e.kind {
        ExprKind::Int(n) => n.to_string(),
        ExprKind::Bool(b) => b.to_string(),
        ExprKind::Str(s) => format!("{s:?}"),
        ExprKind::Name(n) => n.text.to_string(),
        ExprKind::Tuple(parts) => format!("(tuple{})", exprs(parts)),
        ExprKind::List(parts) => format!("(list{})", exprs(parts)),
        ExprKind::Set(parts) => format!("(set{})", exprs(parts)),
        ExprKind::Map(entries) => {
            let entries = entries.iter().map(|(k, v)| format!(" {}: {}", expr(k), expr(v)));
            format!("(map{})", entries.collect::<String>())
        }
        ExprKind::Comprehension(kind, e, c) => {
            let kind = if *kind == CollectionKind::List { "list" } else { "set" };
            format!("({kind} {} for{})", expr(e), clauses(c))
        }
        ExprKind::MapComprehension(k, v, c) => format!("(map {}: {} for{})", expr(k), expr(v), clauses(c)),
        ExprKind::Count(c) => format!("(count{})", clauses(c)),
        ExprKind::Fold(kind, e, c) => {
            format!("({} {} for{})", format!("{kind:?}").to_lowercase(), expr(e), clauses(c))
        }
        ExprKind::Quantifier(kind, c, e) => {
            format!("({}{}: {})", format!("{kind:?}").to_lowercase(), clauses(c), expr(e))
        }
        ExprKind::Unary(op, e) => format!("({}{})", if *op == UnaryOp::Not { "!" } else { "-" }, expr(e)),
        ExprKind::Binary(op, _, x, y) => format!("({} {} {})", expr(x), op.symbol(), expr(y)),
        ExprKind::Is(e, p) => format!("({} is {})", expr(e), pattern(p)),
        ExprKind::Field(e, n) => format!("{}.{}", expr(e), n.text),
        ExprKind::Index(e, i) => format!("{}[{}]", expr(e), expr(i)),
        ExprKind::Call(f, args) => {
            let args = args.iter().map(|a| {
                let label = a.label.as_ref().map(|l| format!("{}: ", l.text)).unwrap_or_default();
                format!("{label}{}{}", if a.spread { ".." } else { "" }, expr(&a.value))
            });
            format!("{}({})", expr(f), args.collect::<Vec<_>>().join(", "))
        }
        ExprKind::If(c, then, branch) => {
            let c = match &**c {
                Condition::Expr(e) => expr(e),
                Condition::Let(p, e) => format!("let {} = {}", pattern(p), expr(e)),
            };
            let branch = branch.as_deref().map(|b| match b {
                ElseBranch::Block(b) => format!(" else {}", block(b)),
                ElseBranch::If(e) => format!(" else {}", expr(e)),
            });
            format!("(if {c} {}{})", block(then), branch.unwrap_or_default())
        }
        ExprKind::Match(e, arms) => {
            let arms = arms.iter().map(|a| {
                let body = match &a.body {
                    ArmBody::Expr(e) => expr(e),
                    ArmBody::Block(b) => block(b),
                };
                format!(" [{} => {body}]", pattern(&a.pattern))
            });
            format!("(match {}{})", expr(e), arms.collect::<String>())
        }
        ExprKind::Block(b) => block(b),
        ExprKind::Error => "ERROR".to_owned(),
    }
}

fn exprs(parts: &[Expr]) -> String {
    parts.iter().map(|e| format!(" {}", expr(e))).collect()
}

fn clauses(c: &Clauses) -> String {
    let binders: Vec<_> = c.binders.iter().map(|(p, e)| format!(" {} in {}", pattern(p), expr(e))).collect();
    let filter = c.filter.as_ref().map(|f| format!(" if {}", expr(f))).unwrap_or_default();
    format!("{}{filter}", binders.join(","))
}

pub(crate) fn block(b: &Block) -> String {
    let mut parts: Vec<_> = b.stmts.iter().map(|s| format!("{};", stmt(s))).collect();
    parts.extend(b.result.as_deref().map(expr));
    format!("{{{}}}", parts.join(" "))
}

pub(crate) fn stmt(s: &Stmt) -> String {
    match &s.kind {
        StmtKind::Let(p, t, e) => format!("let {}{} = {}", pattern(p), annotation(t), expr(e)),
        StmtKind::Var(n, t, e) => format!("var {}{} = {}", n.text, annotation(t), expr(e)),
        StmtKind::Assign(place, e) => format!("{} := {}", expr(place), expr(e)),
        StmtKind::Expr(e) => expr(e),
        StmtKind::Send(e, to) => format!("<send> {} <to> {}", expr(e), expr(to)),
        StmtKind::Broadcast(e, to) => format!("<broadcast> {} <to> {}", expr(e), expr(to)),
        StmtKind::Output(e, None) => format!("<output> {}", expr(e)),
        StmtKind::Output(e, Some(to)) => format!("<output> {} <to> {}", expr(e), expr(to)),
        StmtKind::Start(t) => format!("<start> {}", t.text),
        StmtKind::Stop(t) => format!("<stop> {}", t.text),
        StmtKind::For(p, e, b) => format!("for {} in {} {}", pattern(p), expr(e), block(b)),
        StmtKind::Assert(e, why) => {
            format!("<assert> {}{}", expr(e), why.as_ref().map(|w| format!(", {w:?}")).unwrap_or_default())
        }
        StmtKind::Return(e) => {
            format!("return{}", e.as_ref().map(|e| format!(" {}", expr(e))).unwrap_or_default())
        }
        StmtKind::FireInput(i, n) => format!("<input> {} <at> {}", expr(i), expr(n)),
        StmtKind::FireDeliver(p) => format!("<deliver> {}", expr(p)),
        StmtKind::FireTimeout(t, n) => format!("<timeout> {} <at> {}", expr(t), expr(n)),
        StmtKind::FireCrash(n) => format!("<crash> {}", expr(n)),
        StmtKind::FireReboot(n) => format!("<reboot> {}", expr(n)),
        StmtKind::Error => "ERROR".to_owned(),
    }
}

fn annotation(t: &Option<Type>) -> String {
    t.as_ref().map(|t| format!(": {}", ty(t))).unwrap_or_default()
}

pub(crate) fn ty(t: &Type) -> String {
    let list = |parts: &[Type]| parts.iter().map(ty).collect::<Vec<_>>().join(", ");
    match &t.kind {
        TypeKind::Named(n, args) if args.is_empty() => n.text.to_string(),
        TypeKind::Named(n, args) => format!("{}<{}>", n.text, list(args)),
        TypeKind::Member(s, n) => format!("{}.{}", s.text, n.text),
        TypeKind::Tuple(parts) => format!("({})", list(parts)),
        TypeKind::Error => "ERROR".to_owned(),
    }
}

pub(crate) fn pattern(p: &Pattern) -> String {
    let list = |parts: &[Pattern]| parts.iter().map(pattern).collect::<Vec<_>>().join(", ");
    match &p.kind {
        PatternKind::Wildcard => "_".to_owned(),
        PatternKind::Bind(n) => n.text.to_string(),
        PatternKind::Int(n) => n.to_string(),
        PatternKind::Bool(b) => b.to_string(),
        PatternKind::Str(s) => format!("{s:?}"),
        PatternKind::Constructor { qualifier, name, args, rest } => {
            let qualifier = qualifier.as_ref().map(|q| format!("{}.", q.text)).unwrap_or_default();
            let args = args.as_ref().map(|args| {
                let mut parts: Vec<_> = args
                    .iter()
                    .map(|a| {
                        let label = a.label.as_ref().map(|l| format!("{}: ", l.text)).unwrap_or_default();
                        format!("{label}{}", pattern(&a.pattern))
                    })
                    .collect();
                parts.extend(rest.then(|| "..".to_owned()));
                format!("({})", parts.join(", "))
            });
            format!("<{qualifier}{}{}>", name.text, args.unwrap_or_default())
        }
        PatternKind::Tuple(parts) => format!("({})", list(parts)),
        PatternKind::List { front, rest } => {
            let mut parts: Vec<_> = front.iter().map(pattern).collect();
            parts.extend(rest.as_ref().map(|r| format!("..{}", r.as_ref().map_or("", |n| n.text.as_str()))));
            format!("[{}]", parts.join(", "))
        }
        PatternKind::Or(parts) => {
            format!("({})", parts.iter().map(pattern).collect::<Vec<_>>().join(" | "))
        }
        PatternKind::Error => "ERROR".to_owned(),
    }
}

pub(crate) fn step(s: &TestStep) -> String {
    match &s.kind {
        TestStepKind::Expect(e) => format!("<expect> {}", expr(e)),
        TestStepKind::Input { input, at, from } => {
            let from = from.as_ref().map(|f| format!(" <from> {}", expr(f))).unwrap_or_default();
            format!("<input> {} <at> {}{from}", expr(input), expr(at))
        }
        TestStepKind::Packet { rule, message, from, to } => {
            format!("{}! {} <from> {} <to> {}", rule.text, pattern(message), expr(from), expr(to))
        }
        TestStepKind::Timeout { timer, at } => format!("<timeout> {} <at> {}", timer.text, expr(at)),
        TestStepKind::Rule { rule, args } => format!("{}!{}", rule.text, exprs(args)),
        TestStepKind::Error => "ERROR".to_owned(),
    }
}
