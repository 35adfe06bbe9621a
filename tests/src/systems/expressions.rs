//! Expressions of a type, from what is in scope. Few can fault.

use super::types::Type;
use super::{Writer, types::Constructor};

impl Writer {
    /// An expression that nests at most so deep.
    pub(super) fn expression(&mut self, ty: &Type, depth: usize) -> String {
        if depth == 0 || self.one_in(3) {
            return self.leaf(ty);
        }
        let depth = depth - 1;
        if self.one_in(8) {
            self.uses("conditional");
            let condition = self.expression(&Type::Bool, depth);
            let (one, other) = (self.expression(ty, depth), self.expression(ty, depth));
            return format!("(if {condition} {{ {one} }} else {{ {other} }})");
        }
        match ty {
            Type::Bool => self.truth(depth),
            Type::Int => self.number(depth),
            Type::Option(of) => self.option(ty, of, depth),
            Type::List(of) => self.list(ty, of, depth),
            Type::Set(of) => self.set(ty, of, depth),
            Type::Map(..) | Type::Text | Type::Node | Type::Kind(_) => self.leaf(ty),
            Type::Variant => {
                let constructors = self.variant.clone();
                let constructor = self.pick(&constructors).expect("there are two");
                self.built(&constructor, depth)
            }
            Type::Record => self.made_record(depth),
            Type::Pair(first, second) => {
                format!("({}, {})", self.expression(first, depth), self.expression(second, depth))
            }
        }
    }

    /// A constructor with expressions for its fields.
    pub(super) fn built(&mut self, constructor: &Constructor, depth: usize) -> String {
        let fields: Vec<String> = constructor.fields.iter().map(|ty| self.expression(ty, depth)).collect();
        constructor.with(&fields)
    }

    fn made_record(&mut self, depth: usize) -> String {
        self.uses("record");
        if let Some(known) = self.named(&Type::Record) {
            let number = self.expression(&Type::Int, depth);
            return format!("R(..{known}, r0: {number})");
        }
        let fields: Vec<String> =
            self.record.clone().iter().map(|(_, ty)| self.expression(ty, depth)).collect();
        format!("R({})", fields.join(", "))
    }

    /// Something in scope of a type.
    pub(super) fn named(&mut self, ty: &Type) -> Option<String> {
        let fits = |known: &Type| known == ty || (*ty == Type::Node && matches!(known, Type::Kind(_)));
        self.named_that(fits).map(|(name, _)| name)
    }

    /// Something in scope whose type is as wanted.
    pub(super) fn named_that(&mut self, fits: impl Fn(&Type) -> bool) -> Option<(String, Type)> {
        let fitting: Vec<_> = self.scope.iter().filter(|(_, known)| fits(known)).cloned().collect();
        self.pick(&fitting)
    }

    /// Something in scope, or a literal.
    fn leaf(&mut self, ty: &Type) -> String {
        match self.named(ty) {
            Some(name) if !self.one_in(4) => name,
            _ if *ty == Type::Bool && !self.one_in(8) => self.equality(0),
            _ => self.literal(ty),
        }
    }

    /// A value that is written out.
    pub(super) fn literal(&mut self, ty: &Type) -> String {
        match ty {
            Type::Bool => ["true", "false"][self.random.below(2)].into(),
            Type::Int => self.random.below(3).to_string(),
            Type::Text => ["\"a\"", "\"b\""][self.random.below(2)].into(),
            Type::Node => {
                let kind = self.random.below(self.kinds.len());
                self.node_of(kind)
            }
            Type::Kind(kind) => self.node_of(*kind),
            Type::Variant => {
                let constructors = self.variant.clone();
                let constructor = self.pick(&constructors).expect("there are two");
                self.built(&constructor, 0)
            }
            Type::Record => {
                let fields: Vec<String> =
                    self.record.clone().iter().map(|(_, ty)| self.literal(ty)).collect();
                format!("R({})", fields.join(", "))
            }
            Type::Option(_) if self.one_in(2) => "None".into(),
            Type::Option(of) => format!("Some({})", self.literal(of)),
            Type::List(of) => format!("[{}]", self.literal(of)),
            Type::Set(of) => format!("set[{}]", self.literal(of)),
            Type::Map(from, to) => format!("map[{}: {}]", self.literal(from), self.literal(to)),
            Type::Pair(first, second) => format!("({}, {})", self.literal(first), self.literal(second)),
        }
    }

    /// A node of a kind.
    fn node_of(&mut self, kind: usize) -> String {
        let Some(count) = self.kinds[kind].count else { return self.kinds[kind].name.into() };
        let at = self.random.below(count);
        format!("{}[{at}]", self.kinds[kind].name)
    }

    fn truth(&mut self, depth: usize) -> String {
        match self.random.below(12) {
            0 => format!("(!{})", self.expression(&Type::Bool, depth)),
            at @ 1..=3 => {
                let (one, other) = (self.expression(&Type::Bool, depth), self.expression(&Type::Bool, depth));
                format!("({one} {} {other})", ["&&", "||", "==>"][at - 1])
            }
            4 | 5 => self.comparison(depth),
            6 | 7 => self.equality(depth),
            8 => self.membership(depth),
            9 => self.test(depth),
            _ => self.quantifier(depth),
        }
    }

    fn comparison(&mut self, depth: usize) -> String {
        let sign = ["<", "<=", ">", ">=", "==", "!="][self.random.below(6)];
        let (one, other) = (self.expression(&Type::Int, depth), self.expression(&Type::Int, depth));
        format!("({one} {sign} {other})")
    }

    fn equality(&mut self, depth: usize) -> String {
        let Some((name, ty)) = self.named_that(|_| true) else { return self.comparison(depth) };
        let sign = ["==", "!="][self.random.below(2)];
        let other = self.expression(&ty, depth);
        let other = if other == name { self.literal(&ty) } else { other };
        format!("({name} {sign} {other})")
    }

    fn membership(&mut self, depth: usize) -> String {
        let collection = self.named_that(|ty| matches!(ty, Type::List(_) | Type::Set(_) | Type::Map(..)));
        let Some((name, Type::List(of) | Type::Set(of) | Type::Map(of, _))) = collection else {
            return self.comparison(depth);
        };
        if self.one_in(3) {
            return format!("{name}.is_empty()");
        }
        let sign = ["in", "not in"][self.random.below(2)];
        format!("({} {sign} {name})", self.expression(&of, depth))
    }

    /// Tests what a value is, and goes on with what that binds.
    fn test(&mut self, depth: usize) -> String {
        match self.named_that(|ty| matches!(ty, Type::Option(_) | Type::Variant)) {
            Some((name, Type::Option(of))) => {
                self.uses("is");
                let bound = self.name();
                let rest = self.within([(bound.clone(), *of)], |it| it.expression(&Type::Bool, depth));
                format!("({name} is Some({bound}) && {rest})")
            }
            Some((name, _)) => format!("({name} is {})", ["V0", "V1(_)"][self.random.below(2)]),
            None => self.comparison(depth),
        }
    }

    fn quantifier(&mut self, depth: usize) -> String {
        self.uses("quantifier");
        let (bound, domain, names) = self.domain();
        let word = ["forall", "exists"][self.random.below(2)];
        let body = self.within(names, |it| it.expression(&Type::Bool, depth));
        format!("({word} {bound} in {domain}: {body})")
    }

    /// A list, set or kind of nodes to go over, and what is in scope there.
    pub(super) fn domain(&mut self) -> (String, String, Vec<(String, Type)>) {
        let bound = self.name();
        match (self.random.below(3), self.named_that(|ty| matches!(ty, Type::List(_) | Type::Set(_)))) {
            (0 | 1, Some((name, Type::List(of) | Type::Set(of)))) => {
                (bound.clone(), name, vec![(bound, *of)])
            }
            (0, _) => (bound.clone(), "0..2".into(), vec![(bound, Type::Int)]),
            _ => {
                let kind = self.random.below(self.kinds.len());
                if self.kinds[kind].count.is_none() {
                    return (bound.clone(), "Node".into(), vec![(bound, Type::Node)]);
                }
                let names = self.of_node(&bound, kind);
                (bound, self.kinds[kind].name.into(), names)
            }
        }
    }

    /// A node, and in a property its fields.
    pub(super) fn of_node(&self, node: &str, kind: usize) -> Vec<(String, Type)> {
        let mut names = vec![(node.to_owned(), Type::Kind(kind))];
        if self.sees_worlds {
            let fields = self.kinds[kind].fields.iter().chain(&self.kinds[kind].ghosts);
            names.extend(fields.map(|(field, ty)| (format!("{node}.{field}"), ty.clone())));
        }
        names
    }

    fn number(&mut self, depth: usize) -> String {
        match self.random.below(12) {
            at @ 0..=2 => {
                let (one, other) = (self.expression(&Type::Int, depth), self.expression(&Type::Int, depth));
                format!("(({one} {} {other}) % 3)", ["+", "*", "+ 1 +"][at])
            }
            3 => format!(
                "max({} - {}, 0)",
                self.expression(&Type::Int, depth),
                self.expression(&Type::Int, depth)
            ),
            4 | 5 => match self.named_that(|ty| matches!(ty, Type::List(_) | Type::Set(_) | Type::Map(..))) {
                Some((name, _)) => format!("({name}.len() % 3)"),
                None => self.leaf(&Type::Int),
            },
            6 => {
                self.uses("count");
                let (bound, domain, names) = self.domain();
                let condition = self.within(names, |it| it.expression(&Type::Bool, depth));
                format!("(count({bound} in {domain} if {condition}) % 3)")
            }
            7 => match self.named(&Type::Node) {
                Some(node) => format!("{node}.index"),
                None => self.leaf(&Type::Int),
            },
            8 => self.looked_up(depth),
            9 => self.matched(depth),
            10 if !self.scope.iter().any(|(name, _)| name == "x0") => {
                let (x, y) = (self.expression(&Type::Int, depth), self.expression(&Type::Bool, depth));
                format!("f({x}, {y})")
            }
            11 if self.one_in(2) => {
                self.uses("division");
                format!("({} / {})", self.expression(&Type::Int, depth), self.leaf(&Type::Int))
            }
            _ => self.leaf(&Type::Int),
        }
    }

    /// A number that is kept somewhere.
    fn looked_up(&mut self, depth: usize) -> String {
        let other = self.expression(&Type::Int, depth);
        let is_int = |ty: &Type| *ty == Type::Int;
        let holds_ints = |ty: &Type| match ty {
            Type::Option(of) | Type::List(of) | Type::Map(_, of) => is_int(of),
            Type::Pair(first, _) => is_int(first),
            _ => *ty == Type::Record,
        };
        match self.named_that(holds_ints) {
            Some((name, Type::Option(_))) => format!("{name}.or({other})"),
            Some((name, Type::List(_))) if self.one_in(2) => {
                self.uses("index that may fault");
                format!("{name}[{other}]")
            }
            Some((name, Type::List(_))) => format!("{name}.last().or({other})"),
            Some((name, Type::Map(from, _))) => format!("{name}.get({}, {other})", self.leaf(&from)),
            Some((name, Type::Record)) => format!("{name}.r0"),
            Some((name, Type::Pair(..))) => {
                let bound = self.name();
                format!("({{ let ({bound}, _) = {name}; {bound} }})")
            }
            _ => other,
        }
    }

    fn matched(&mut self, depth: usize) -> String {
        self.uses("match expression");
        let payload = self.variant[1].fields[0].clone();
        let (subject, bound) = (self.expression(&Type::Variant, depth), self.name());
        let one = self.expression(&Type::Int, depth);
        let other = self.within([(bound.clone(), payload)], |it| it.expression(&Type::Int, depth));
        format!("(match {subject} {{ V0 => {one}, V1({bound}) => {other} }})")
    }

    fn option(&mut self, ty: &Type, of: &Type, depth: usize) -> String {
        let list = Type::List(Box::new(of.clone()));
        match (self.random.below(3), self.named(&list)) {
            (0, Some(list)) => format!("{list}.first()"),
            (0 | 1, _) => format!("Some({})", self.expression(of, depth)),
            _ => self.leaf(ty),
        }
    }

    fn list(&mut self, ty: &Type, of: &Type, depth: usize) -> String {
        match self.random.below(4) {
            0 => format!("[{}]", self.expression(of, depth)),
            1 => format!("({} ++ {}).take(2)", self.leaf(ty), self.leaf(ty)),
            2 => {
                self.uses("comprehension");
                let (bound, condition, list) = (self.name(), self.name(), self.leaf(ty));
                let body = self.within([(bound.clone(), of.clone())], |it| it.expression(of, depth));
                let kept = self
                    .within([(condition.clone(), of.clone())], |it| it.expression(&Type::Bool, depth))
                    .replace(&condition, &bound);
                format!("[{body} for {bound} in {list} if {kept}]")
            }
            _ if matches!(of, Type::Bool | Type::Int | Type::Text) => format!("{}.sorted()", self.leaf(ty)),
            _ => format!("{}.reverse()", self.leaf(ty)),
        }
    }

    fn set(&mut self, ty: &Type, of: &Type, depth: usize) -> String {
        match self.random.below(3) {
            0 => format!("set[{}]", self.expression(of, depth)),
            _ => {
                let sign = ["|", "&", "-"][self.random.below(3)];
                format!("({} {sign} {})", self.leaf(ty), self.leaf(ty))
            }
        }
    }
}
