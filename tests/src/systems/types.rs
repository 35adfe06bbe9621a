//! Types, and what is declared with them.

use std::fmt;

use super::Writer;

/// The types of generated programs. An int is 0, 1 or 2 wherever it is kept.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Type {
    Bool,
    Int,
    Text,
    Node,
    /// A kind of node, by position.
    Kind(usize),
    Variant,
    Record,
    Option(Box<Type>),
    List(Box<Type>),
    Set(Box<Type>),
    Map(Box<Type>, Box<Type>),
    Pair(Box<Type>, Box<Type>),
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool => f.write_str("bool"),
            Self::Int => f.write_str("int"),
            Self::Text => f.write_str("string"),
            Self::Node => f.write_str("Node"),
            Self::Kind(kind) => f.write_str(["A", "B", "C"][*kind]),
            Self::Variant => f.write_str("V"),
            Self::Record => f.write_str("R"),
            Self::Option(of) => write!(f, "Option<{of}>"),
            Self::List(of) => write!(f, "List<{of}>"),
            Self::Set(of) => write!(f, "Set<{of}>"),
            Self::Map(from, to) => write!(f, "Map<{from}, {to}>"),
            Self::Pair(first, second) => write!(f, "({first}, {second})"),
        }
    }
}

/// A constructor of messages, inputs, outputs or values.
#[derive(Clone, Debug)]
pub(super) struct Constructor {
    pub(super) name: String,
    pub(super) fields: Vec<Type>,
}

impl Constructor {
    /// As it is declared.
    pub(super) fn declaration(&self) -> String {
        let fields: Vec<String> =
            self.fields.iter().enumerate().map(|(at, ty)| format!("f{at}: {ty}")).collect();
        if fields.is_empty() { self.name.clone() } else { format!("{}({})", self.name, fields.join(", ")) }
    }

    /// With something for each field.
    pub(super) fn with(&self, fields: &[String]) -> String {
        if fields.is_empty() { self.name.clone() } else { format!("{}({})", self.name, fields.join(", ")) }
    }
}

impl Writer {
    /// A type with few values.
    pub(super) fn simple_type(&mut self) -> Type {
        match self.random.below(10) {
            0..=2 => Type::Bool,
            3..=5 => Type::Int,
            6 => Type::Text,
            7 => Type::Kind(self.random.below(self.kinds.len())),
            8 => Type::Variant,
            _ => Type::Node,
        }
    }

    /// What a collection may hold: of nodes, any.
    fn element_type(&mut self) -> Type {
        match self.simple_type() {
            Type::Kind(_) => Type::Node,
            other => other,
        }
    }

    /// The type of a field of a node's state.
    pub(super) fn field_type(&mut self) -> Type {
        let of = Box::new(self.element_type());
        match self.random.below(12) {
            0..=4 => self.simple_type(),
            5 => Type::Record,
            6 => Type::Option(of),
            7 | 8 => Type::List(of),
            9 => Type::Set(of),
            10 => Type::Map(of, Box::new(self.element_type())),
            _ => Type::Pair(of, Box::new(self.element_type())),
        }
    }

    /// What is sent and put in: simple, or an option.
    pub(super) fn constructor(&mut self, name: String, most: usize) -> Constructor {
        let fields = (0..self.random.below(most + 1)).map(|_| {
            let simple = self.element_type();
            if self.one_in(5) { Type::Option(Box::new(simple)) } else { simple }
        });
        Constructor { name, fields: fields.collect() }
    }

    pub(super) fn declare_types(&mut self) {
        let payload = [Type::Bool, Type::Int, Type::Node][self.random.below(3)].clone();
        self.variant = vec![
            Constructor { name: "V0".into(), fields: Vec::new() },
            Constructor { name: "V1".into(), fields: vec![payload] },
        ];
        let second = [Type::Bool, Type::Text, Type::Variant][self.random.below(3)].clone();
        self.record = vec![("r0".into(), Type::Int), ("r1".into(), second)];
    }

    pub(super) fn declared_types(&self) -> String {
        let variant: Vec<String> = self.variant.iter().map(Constructor::declaration).collect();
        let record: Vec<String> = self.record.iter().map(|(name, ty)| format!("{name}: {ty}")).collect();
        format!("type V = {}\ntype R({})\n", variant.join(" | "), record.join(", "))
    }
}
