//! What the grammar's actions call: makes nodes, keeps the depth within bounds, and reports what is wrong
//! with a node although it parses.
//!
//! The builder is what the generated parser knows of the world: the text, the doc comments by the place of
//! the token they stand before, and the diagnostics of the item being parsed.

use smol_str::SmolStr;
use verdi_diagnostics::codes::{V0110, V0111, V0115, V0116, V0117, V0118};
use verdi_diagnostics::{Diagnostic, FileId, Span};

use crate::MAX_DEPTH;
use crate::ast::*;
use crate::literal;

/// What one run of the parser yields.
pub(crate) enum Parsed {
    /// An item of a file.
    Item(Item),
    /// A step of a script.
    Step(TestStep),
    /// A line that is parsed only for the errors in it.
    Part,
}

/// A node together with its depth in expressions, for nodes that do not carry it themselves.
pub(crate) struct Nested<T> {
    pub(crate) node: T,
    pub(crate) depth: u16,
}

/// The `..` of a list pattern: absent, without a name, or with one.
pub(crate) type ListRest = Option<Option<Name>>;

/// A line of a monitor.
pub(crate) enum MonitorItem {
    State(StateDecl),
    Handler(MonitorHandler),
    Error,
}

/// A line of a `lift`.
pub(crate) enum LiftItem {
    State(Binder, Expr),
    Packets(Span, Expr),
    Error,
}

/// See the module's documentation.
pub(crate) struct Builder<'a> {
    file: FileId,
    text: &'a str,
    docs: &'a [(u32, String)],
    /// What was found while the item at hand was parsed.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Whether this file was already told that it nests too deep.
    pub(crate) too_deep: bool,
}

impl<'a> Builder<'a> {
    pub(crate) fn new(file: FileId, text: &'a str, docs: &'a [(u32, String)]) -> Self {
        Self { file, text, docs, diagnostics: Vec::new(), too_deep: false }
    }

    pub(crate) fn span(&self, start: u32, end: u32) -> Span {
        Span::new(self.file, start, end)
    }

    pub(crate) fn slice(&self, start: u32, end: u32) -> &'a str {
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// The doc comment that stands before the token at `start`.
    pub(crate) fn doc(&self, start: u32) -> Doc {
        match self.docs.binary_search_by_key(&start, |(at, _)| *at) {
            Ok(found) => self.docs[found].1.clone(),
            Err(_) => Doc::new(),
        }
    }

    /// The doc comment above the line of a message, input, output or constructor. A type's own is not its
    /// first line's constructors'.
    fn line_doc(&self, start: u32) -> Doc {
        let after = self.docs.partition_point(|(at, _)| *at <= start);
        let Some((at, doc)) = after.checked_sub(1).map(|found| &self.docs[found]) else { return Doc::new() };
        let between = self.slice(*at, start);
        let same_line = !between.contains('\n') && !between.starts_with("type ");
        if same_line { doc.clone() } else { Doc::new() }
    }

    pub(crate) fn name(&self, start: u32, end: u32) -> Name {
        Name { text: SmolStr::new(self.slice(start, end)), span: self.span(start, end) }
    }

    /// Depth of a node over children of which the deepest is `deepest`; `None`, once reported, if too much.
    fn deeper(&mut self, span: Span, deepest: u16) -> Option<u16> {
        if deepest < MAX_DEPTH {
            return Some(deepest + 1);
        }
        if !self.too_deep {
            self.too_deep = true;
            self.report(too_deep(span));
        }
        None
    }

    // ---- literals ----

    pub(crate) fn string(&self, start: u32, end: u32) -> SmolStr {
        literal::string(self.slice(start, end)).0
    }

    pub(crate) fn duration(&self, start: u32, end: u32) -> u64 {
        literal::duration(self.slice(start, end)).unwrap_or(0)
    }

    // ---- declarations ----

    /// Reports a name that should start with a capital.
    pub(crate) fn capital(&mut self, name: Name, what: &str) -> Name {
        let mut chars = name.text.chars();
        if let Some(first) = chars.next().filter(|c| !c.is_ascii_uppercase()) {
            let rest: String = chars.collect();
            let mended = if first == '_' {
                capitalised(rest.trim_start_matches('_'))
            } else {
                capitalised(&name.text)
            };
            let mut error = Diagnostic::error(
                V0116,
                name.span,
                format!("{what}'s name must start with a capital letter"),
            );
            if !mended.is_empty() {
                error = error.mend(format!("write `{mended}`"), name.span, mended);
            }
            self.report(error);
        }
        name
    }

    fn lower_case(&mut self, name: &Name, what: &str) {
        if name.text.starts_with(|c: char| c.is_ascii_uppercase()) {
            let mut mended = name.text.to_string();
            mended[..1].make_ascii_lowercase();
            self.report(
                Diagnostic::error(
                    V0116,
                    name.span,
                    format!("{what}'s name must start with a lower-case letter"),
                )
                .mend(format!("write `{mended}`"), name.span, mended),
            );
        }
    }

    pub(crate) fn system(
        &mut self,
        l: u32,
        r: u32,
        name: Name,
        type_params: Vec<Name>,
        params: Vec<Param>,
        body: SystemBody,
    ) -> Item {
        let name = self.capital(name, "a system");
        for param in &params {
            if param.ty.is_none() {
                self.untyped(param);
            }
        }
        Item::System(SystemDecl { span: self.span(l, r), doc: self.doc(l), name, type_params, params, body })
    }

    pub(crate) fn network(
        &mut self,
        l: u32,
        r: u32,
        name: Name,
        extends: Option<Name>,
        items: Vec<NetworkItem>,
    ) -> Item {
        self.lower_case(&name, "a network");
        Item::Network(NetworkDecl { span: self.span(l, r), doc: self.doc(l), name, extends, items })
    }

    pub(crate) fn transformer(
        &mut self,
        l: u32,
        r: u32,
        name: Name,
        params: Vec<Param>,
        claim: Option<(Name, Name)>,
        items: Vec<SystemItem>,
    ) -> Item {
        self.lower_case(&name, "a transformer");
        let span = self.span(l, r);
        let mut params = params.into_iter();
        let subject = match params.next() {
            Some(Param {
                name,
                ty: Some(Type { kind: TypeKind::Named(kind, args), .. }),
                default: None,
                ..
            }) if args.is_empty() => (name, kind),
            first => {
                let at = first.as_ref().map_or(name.span, |p| p.span);
                self.report(
                    Diagnostic::error(V0117, at, format!("`{}` does not say what it transforms", name.text))
                        .label("the first parameter must be the subject")
                        .note("write `S: system` for any system, or `S: machine` for one to be replicated"),
                );
                return Item::Error(span);
            }
        };
        let params: Vec<_> = params.collect();
        for param in &params {
            if param.ty.is_none() {
                self.untyped(param);
            }
        }
        let (from, to) = claim.unzip();
        Item::Transformer(TransformerDecl { span, doc: self.doc(l), name, subject, params, from, to, items })
    }

    pub(crate) fn param(
        &mut self,
        l: u32,
        r: u32,
        name: Name,
        ty: Option<Type>,
        default: Option<Expr>,
    ) -> Param {
        Param { span: self.span(l, r), name, ty, default }
    }

    /// The parameters of a function or proc, which must have types.
    pub(crate) fn typed_params(&mut self, params: Vec<Param>) -> Vec<Param> {
        for param in &params {
            if param.ty.is_none() {
                self.untyped(param);
            }
        }
        params
    }

    fn untyped(&mut self, param: &Param) {
        let message = format!("parameter `{}` has no type", param.name.text);
        self.report(
            Diagnostic::error(V0117, param.name.span, message)
                .label(format!("write `{}: int`, or whatever its type is", param.name.text)),
        );
    }

    pub(crate) fn variant(&mut self, l: u32, r: u32, name: Name, fields: Vec<FieldDecl>) -> VariantDecl {
        VariantDecl {
            span: self.span(l, r),
            doc: self.line_doc(l),
            name: self.capital(name, "a constructor"),
            fields,
        }
    }

    pub(crate) fn state(
        &mut self,
        l: u32,
        r: u32,
        durability: Durability,
        name: Name,
        ty: Option<Type>,
        init: Option<Expr>,
    ) -> StateDecl {
        let example = format!("write `{}: int = 0`, or whatever its type and initial value are", name.text);
        if ty.is_none() {
            let message = format!("field `{}` has no type", name.text);
            self.report(Diagnostic::error(V0117, name.span, message).label(example));
        } else if init.is_none() {
            let message = format!("field `{}` has no initial value", name.text);
            self.report(Diagnostic::error(V0117, name.span, message).label(example));
        }
        StateDecl { span: self.span(l, r), doc: self.doc(l), durability, name, ty, init }
    }

    pub(crate) fn property(
        &mut self,
        l: u32,
        r: u32,
        (name, binders): (Name, Vec<(Pattern, Expr)>),
        kind: PropertyKind,
    ) -> SystemItem {
        SystemItem::Property(PropertyDecl { span: self.span(l, r), doc: self.doc(l), name, binders, kind })
    }

    pub(crate) fn monitor(&mut self, l: u32, r: u32, name: Name, items: Vec<MonitorItem>) -> SystemItem {
        let mut monitor = MonitorDecl {
            span: self.span(l, r),
            doc: self.doc(l),
            name,
            state: Vec::new(),
            handlers: Vec::new(),
        };
        for item in items {
            match item {
                MonitorItem::State(state) => monitor.state.push(state),
                MonitorItem::Handler(handler) => monitor.handlers.push(handler),
                MonitorItem::Error => {}
            }
        }
        SystemItem::Monitor(monitor)
    }

    pub(crate) fn lift(&mut self, l: u32, r: u32, items: Vec<LiftItem>) -> SystemItem {
        let mut lift = LiftDecl { span: self.span(l, r), states: Vec::new(), packets: None };
        let mut first: Option<Span> = None;
        for item in items {
            match item {
                LiftItem::State(binder, value) => lift.states.push((binder, value)),
                LiftItem::Packets(at, value) => {
                    if let Some(first) = first {
                        self.report(
                            Diagnostic::error(V0118, at, "the packets of this `lift` are given twice")
                                .also(first, "the first time"),
                        );
                    }
                    first = Some(at);
                    lift.packets = Some(value);
                }
                LiftItem::Error => {}
            }
        }
        SystemItem::Lift(lift)
    }

    /// `cut(a, b)` gives two arguments, as a call would; `cut (a, b), c` a pair and another.
    pub(crate) fn rule_step(&mut self, rule: Name, mut args: Vec<Expr>) -> TestStepKind {
        if let [Expr { span, kind: ExprKind::Tuple(parts), .. }] = args.as_mut_slice()
            && span.start == rule.span.end
        {
            args = std::mem::take(parts);
        }
        TestStepKind::Rule { rule, args }
    }

    // ---- types ----

    fn ty(&mut self, l: u32, r: u32, kind: TypeKind, deepest: u16) -> Nested<Type> {
        let span = self.span(l, r);
        match self.deeper(span, deepest) {
            Some(depth) => Nested { node: Type { span, kind }, depth },
            None => Nested { node: Type { span, kind: TypeKind::Error }, depth: 1 },
        }
    }

    pub(crate) fn named_type(&mut self, l: u32, r: u32, name: Name, args: Vec<Nested<Type>>) -> Nested<Type> {
        let (args, deepest) = unnest(args);
        self.ty(l, r, TypeKind::Named(name, args), deepest)
    }

    pub(crate) fn member_type(&mut self, l: u32, r: u32, of: Name, name: Name) -> Nested<Type> {
        self.ty(l, r, TypeKind::Member(of, name), 0)
    }

    /// One type in parentheses is that type.
    pub(crate) fn tuple_type(&mut self, l: u32, r: u32, mut parts: Vec<Nested<Type>>) -> Nested<Type> {
        if parts.len() == 1
            && let Some(only) = parts.pop()
        {
            return only;
        }
        let (parts, deepest) = unnest(parts);
        self.ty(l, r, TypeKind::Tuple(parts), deepest)
    }

    // ---- statements ----

    pub(crate) fn stmt(&mut self, l: u32, r: u32, depth: u16, kind: StmtKind) -> Nested<Stmt> {
        Nested { node: Stmt { span: self.span(l, r), kind }, depth }
    }

    pub(crate) fn expr_stmt(&mut self, l: u32, r: u32, e: Expr) -> Nested<Stmt> {
        self.stmt(l, r, e.depth, StmtKind::Expr(e))
    }

    pub(crate) fn assign(&mut self, l: u32, r: u32, place: Expr, value: Expr) -> Nested<Stmt> {
        self.stmt(l, r, place.depth.max(value.depth), StmtKind::Assign(place, value))
    }

    pub(crate) fn assigned_with_equals(&mut self, at: Span) {
        self.report(
            Diagnostic::error(V0115, at, "assignment is written `:=`")
                .mend("write `:=`", at, ":=")
                .note("`=` gives a name its value in `let`, `var` and `state`; `==` compares"),
        );
    }

    pub(crate) fn output(&mut self, l: u32, r: u32, e: Expr, to: Option<Expr>) -> Nested<Stmt> {
        let depth = e.depth.max(to.as_ref().map_or(0, |to| to.depth));
        self.stmt(l, r, depth, StmtKind::Output(e, to))
    }

    pub(crate) fn return_stmt(&mut self, l: u32, r: u32, e: Option<Expr>) -> Nested<Stmt> {
        self.stmt(l, r, e.as_ref().map_or(1, |e| e.depth), StmtKind::Return(e))
    }

    pub(crate) fn for_stmt(
        &mut self,
        l: u32,
        r: u32,
        p: Pattern,
        e: Expr,
        body: Nested<Block>,
    ) -> Nested<Stmt> {
        match self.deeper(self.span(l, r), e.depth.max(body.depth)) {
            Some(depth) => self.stmt(l, r, depth, StmtKind::For(p, e, body.node)),
            None => self.stmt(l, r, 1, StmtKind::Error),
        }
    }

    /// A block's last expression is its result.
    pub(crate) fn block(&mut self, l: u32, r: u32, stmts: Vec<Nested<Stmt>>) -> Nested<Block> {
        let (mut stmts, deepest) = unnest(stmts);
        let result = match stmts.pop() {
            Some(Stmt { kind: StmtKind::Expr(e), .. }) => Some(Box::new(e)),
            last => {
                stmts.extend(last);
                None
            }
        };
        Nested { node: Block { span: self.span(l, r), stmts, result }, depth: deepest }
    }

    // ---- expressions ----

    fn expr(&mut self, l: u32, r: u32, deepest: u16, kind: ExprKind) -> Expr {
        let span = self.span(l, r);
        match self.deeper(span, deepest) {
            Some(depth) => Expr { span, depth, kind },
            None => Expr { span, depth: 1, kind: ExprKind::Error },
        }
    }

    pub(crate) fn leaf(&mut self, l: u32, r: u32, kind: ExprKind) -> Expr {
        self.expr(l, r, 0, kind)
    }

    pub(crate) fn int(&mut self, l: u32, r: u32) -> Expr {
        let value = literal::int(self.slice(l, r)).unwrap_or(0);
        self.leaf(l, r, ExprKind::Int(value))
    }

    pub(crate) fn str(&mut self, l: u32, r: u32) -> Expr {
        let text = self.string(l, r);
        self.leaf(l, r, ExprKind::Str(text))
    }

    pub(crate) fn name_expr(&mut self, l: u32, r: u32) -> Expr {
        let name = self.name(l, r);
        self.leaf(l, r, ExprKind::Name(name))
    }

    pub(crate) fn tuple(&mut self, l: u32, r: u32, parts: Vec<Expr>) -> Expr {
        self.expr(l, r, deepest(&parts), ExprKind::Tuple(parts))
    }

    pub(crate) fn list(&mut self, l: u32, r: u32, kind: CollectionKind, parts: Vec<Expr>) -> Expr {
        let depth = deepest(&parts);
        let kind = match kind {
            CollectionKind::List => ExprKind::List(parts),
            CollectionKind::Set => ExprKind::Set(parts),
        };
        self.expr(l, r, depth, kind)
    }

    pub(crate) fn map(&mut self, l: u32, r: u32, entries: Vec<(Expr, Expr)>) -> Expr {
        let depth = entries.iter().map(|(k, v)| k.depth.max(v.depth)).max().unwrap_or(0);
        self.expr(l, r, depth, ExprKind::Map(entries))
    }

    pub(crate) fn comprehension(
        &mut self,
        l: u32,
        r: u32,
        kind: CollectionKind,
        e: Expr,
        clauses: Clauses,
    ) -> Expr {
        let depth = e.depth.max(clauses_depth(&clauses));
        self.expr(l, r, depth, ExprKind::Comprehension(kind, Box::new(e), clauses))
    }

    pub(crate) fn map_comprehension(
        &mut self,
        l: u32,
        r: u32,
        (key, value): (Expr, Expr),
        clauses: Clauses,
    ) -> Expr {
        let depth = key.depth.max(value.depth).max(clauses_depth(&clauses));
        self.expr(l, r, depth, ExprKind::MapComprehension(Box::new(key), Box::new(value), clauses))
    }

    pub(crate) fn count(&mut self, l: u32, r: u32, clauses: Clauses) -> Expr {
        self.expr(l, r, clauses_depth(&clauses), ExprKind::Count(clauses))
    }

    pub(crate) fn fold(&mut self, l: u32, r: u32, callee: Expr, e: Expr, clauses: Clauses) -> Expr {
        let kind = match &callee.kind {
            ExprKind::Name(name) => match name.text.as_str() {
                "sum" => Some(FoldKind::Sum),
                "max" => Some(FoldKind::Max),
                "min" => Some(FoldKind::Min),
                _ => None,
            },
            _ => None,
        };
        let Some(kind) = kind else {
            self.report(
                Diagnostic::error(
                    V0118,
                    callee.span,
                    "a comprehension cannot be an argument without brackets",
                )
                .label("only `sum`, `max` and `min` take one")
                .note("write `[e for x in xs]` for a list, `set[e for x in xs]` for a set"),
            );
            return self.leaf(l, r, ExprKind::Error);
        };
        let depth = e.depth.max(clauses_depth(&clauses));
        self.expr(l, r, depth, ExprKind::Fold(kind, Box::new(e), clauses))
    }

    pub(crate) fn quantifier(
        &mut self,
        l: u32,
        r: u32,
        kind: QuantifierKind,
        clauses: Clauses,
        e: Expr,
    ) -> Expr {
        let depth = e.depth.max(clauses_depth(&clauses));
        self.expr(l, r, depth, ExprKind::Quantifier(kind, clauses, Box::new(e)))
    }

    pub(crate) fn unary(&mut self, l: u32, r: u32, op: UnaryOp, e: Expr) -> Expr {
        self.expr(l, r, e.depth, ExprKind::Unary(op, Box::new(e)))
    }

    pub(crate) fn binary(&mut self, l: u32, r: u32, op: BinaryOp, at: Span, x: Expr, y: Expr) -> Expr {
        self.expr(l, r, x.depth.max(y.depth), ExprKind::Binary(op, at, Box::new(x), Box::new(y)))
    }

    /// Reports the second operator of `a < b < c`.
    pub(crate) fn comparison_chain(&mut self, at: Span, left: &Expr) {
        let operator = self.slice(at.start, at.end);
        let mut error =
            Diagnostic::error(V0110, at, format!("`{operator}` cannot follow another comparison"))
                .label("this compares a `bool`")
                .also(left.span, "this is already a comparison");
        if let ExprKind::Binary(op, _, x, y) = &left.kind {
            let (x, y) = (self.slice(x.span.start, x.span.end), self.slice(y.span.start, y.span.end));
            if x.len() + y.len() < 60 {
                error = error.note(format!(
                    "to compare all of them, write `{x} {} {y} && {y} {operator} …`; to compare with the result, put parentheses around it",
                    op.symbol()
                ));
            }
        }
        self.report(error);
    }

    pub(crate) fn is(&mut self, l: u32, r: u32, e: Expr, p: Pattern) -> Expr {
        self.expr(l, r, e.depth, ExprKind::Is(Box::new(e), p))
    }

    pub(crate) fn field(&mut self, l: u32, r: u32, e: Expr, name: Name) -> Expr {
        self.expr(l, r, e.depth, ExprKind::Field(Box::new(e), name))
    }

    pub(crate) fn index(&mut self, l: u32, r: u32, e: Expr, i: Expr) -> Expr {
        self.expr(l, r, e.depth.max(i.depth), ExprKind::Index(Box::new(e), Box::new(i)))
    }

    pub(crate) fn call(&mut self, l: u32, r: u32, callee: Expr, args: Vec<Arg>) -> Expr {
        let depth = args.iter().map(|a| a.value.depth).max().unwrap_or(0).max(callee.depth);
        self.expr(l, r, depth, ExprKind::Call(Box::new(callee), args))
    }

    pub(crate) fn if_expr(
        &mut self,
        l: u32,
        r: u32,
        condition: Condition,
        then: Nested<Block>,
        branch: Option<Nested<ElseBranch>>,
    ) -> Expr {
        let (Condition::Expr(tested) | Condition::Let(_, tested)) = &condition;
        let depth = tested.depth.max(then.depth).max(branch.as_ref().map_or(0, |b| b.depth));
        let branch = branch.map(|b| Box::new(b.node));
        self.expr(l, r, depth, ExprKind::If(Box::new(condition), then.node, branch))
    }

    pub(crate) fn else_block(&mut self, block: Nested<Block>) -> Nested<ElseBranch> {
        Nested { node: ElseBranch::Block(block.node), depth: block.depth }
    }

    pub(crate) fn match_expr(&mut self, l: u32, r: u32, e: Expr, arms: Vec<Nested<Arm>>) -> Expr {
        let (arms, deepest) = unnest(arms);
        self.expr(l, r, deepest.max(e.depth), ExprKind::Match(Box::new(e), arms))
    }

    pub(crate) fn block_expr(&mut self, l: u32, r: u32, block: Nested<Block>) -> Expr {
        self.expr(l, r, block.depth, ExprKind::Block(block.node))
    }

    pub(crate) fn expr_arm(&mut self, l: u32, r: u32, pattern: Pattern, e: Expr) -> Nested<Arm> {
        let depth = e.depth;
        let body = match e.kind {
            ExprKind::Block(block) => ArmBody::Block(block),
            _ => ArmBody::Expr(e),
        };
        Nested { node: Arm { span: self.span(l, r), pattern, body }, depth }
    }

    pub(crate) fn stmt_arm(&mut self, l: u32, r: u32, pattern: Pattern, stmt: Nested<Stmt>) -> Nested<Arm> {
        let block = Block { span: stmt.node.span, stmts: vec![stmt.node], result: None };
        Nested {
            node: Arm { span: self.span(l, r), pattern, body: ArmBody::Block(block) },
            depth: stmt.depth,
        }
    }

    pub(crate) fn error_arm(&mut self, l: u32, r: u32) -> Nested<Arm> {
        let pattern = self.pattern(l, r, PatternKind::Error);
        let e = self.leaf(l, r, ExprKind::Error);
        self.expr_arm(l, r, pattern, e)
    }

    // ---- patterns ----

    pub(crate) fn pattern(&mut self, l: u32, r: u32, kind: PatternKind) -> Pattern {
        Pattern { span: self.span(l, r), kind }
    }

    /// A capital makes a constructor, anything else binds.
    pub(crate) fn name_pattern(&mut self, l: u32, r: u32, qualifier: Option<Name>, name: Name) -> Pattern {
        let binds = qualifier.is_none() && !name.text.starts_with(|c: char| c.is_ascii_uppercase());
        let kind = if binds {
            PatternKind::Bind(name)
        } else {
            PatternKind::Constructor { qualifier, name, args: None, rest: false }
        };
        self.pattern(l, r, kind)
    }

    pub(crate) fn constructor_pattern(
        &mut self,
        l: u32,
        r: u32,
        qualifier: Option<Name>,
        name: Name,
        (args, rest): (Vec<PatternArg>, bool),
    ) -> Pattern {
        let name = self.capital(name, "a constructor");
        self.pattern(l, r, PatternKind::Constructor { qualifier, name, args: Some(args), rest })
    }

    pub(crate) fn int_pattern(&mut self, l: u32, r: u32) -> Pattern {
        let value = literal::int(self.slice(l, r)).unwrap_or(0);
        self.pattern(l, r, PatternKind::Int(value))
    }

    pub(crate) fn str_pattern(&mut self, l: u32, r: u32) -> Pattern {
        let text = self.string(l, r);
        self.pattern(l, r, PatternKind::Str(text))
    }

    /// One pattern in parentheses is that pattern.
    pub(crate) fn tuple_pattern(&mut self, l: u32, r: u32, mut parts: Vec<Pattern>) -> Pattern {
        if parts.len() == 1
            && let Some(only) = parts.pop()
        {
            return only;
        }
        self.pattern(l, r, PatternKind::Tuple(parts))
    }

    pub(crate) fn list_pattern(
        &mut self,
        l: u32,
        r: u32,
        (front, rest): (Vec<Pattern>, ListRest),
    ) -> Pattern {
        let rest = rest.map(|name| name.filter(|n| n.text != "_"));
        self.pattern(l, r, PatternKind::List { front, rest })
    }
}

/// The error for what nests deeper than [`MAX_DEPTH`].
pub(crate) fn too_deep(span: Span) -> Diagnostic {
    Diagnostic::error(V0111, span, format!("this nests more than {MAX_DEPTH} levels deep"))
        .note("name the parts with `let`, or move them into functions of their own")
}

fn capitalised(text: &str) -> String {
    let mut text = text.to_owned();
    if !text.is_empty() {
        text[..1].make_ascii_uppercase();
    }
    text
}

fn deepest(parts: &[Expr]) -> u16 {
    parts.iter().map(|e| e.depth).max().unwrap_or(0)
}

fn clauses_depth(clauses: &Clauses) -> u16 {
    let drawn = clauses.binders.iter().map(|(_, e)| e.depth).max().unwrap_or(0);
    drawn.max(clauses.filter.as_ref().map_or(0, |e| e.depth))
}

fn unnest<T>(parts: Vec<Nested<T>>) -> (Vec<T>, u16) {
    let deepest = parts.iter().map(|p| p.depth).max().unwrap_or(0);
    (parts.into_iter().map(|p| p.node).collect(), deepest)
}
