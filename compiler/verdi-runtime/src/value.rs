use std::sync::Arc;

/// What a [`Value::List`] holds.
pub type List = Arc<Vec<Value>>;
/// What a [`Value::Set`] holds: strictly ascending.
pub type Set = Arc<Vec<Value>>;
/// What a [`Value::Map`] holds: keys strictly ascending.
pub type Map = Arc<Vec<(Value, Value)>>;

/// A canonical value. `Ord` is the canonical order: ints by size, strings by bytes, nodes by position,
/// lists and data lexicographically; sets and maps by their sorted contents.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// `true` or `false`.
    Bool(bool),
    /// A 64-bit signed integer.
    Int(i64),
    /// Text.
    Str(Arc<str>),
    /// A node, by its position among all nodes of the system.
    Node(u32),
    /// A caller from the outside world, by its number.
    Caller(u32),
    /// A list.
    List(Arc<Vec<Value>>),
    /// A set: strictly ascending.
    Set(Arc<Vec<Value>>),
    /// A map: keys strictly ascending.
    Map(Arc<Vec<(Value, Value)>>),
    /// A constructor of a data type, by its position, with its fields. Tuples and records have one
    /// constructor; `None` is 0 and `Some` is 1.
    Data(u32, Arc<[Value]>),
}

/// Ways to make one. All of them give canonical values of canonical parts.
impl Value {
    /// Text.
    pub fn text(text: &str) -> Self {
        Self::Str(text.into())
    }

    /// A list of these elements.
    pub fn list(items: Vec<Value>) -> Self {
        Self::List(Arc::new(items))
    }

    /// The set of these elements, in any order and with repetitions.
    pub fn set(items: Vec<Value>) -> Self {
        Self::Set(crate::set::of(Arc::new(items)))
    }

    /// The map of these pairs, in any order; of equal keys, the last wins.
    pub fn map(entries: Vec<(Value, Value)>) -> Self {
        Self::Map(crate::map::of_pairs(entries))
    }

    /// A constructor with its fields.
    pub fn data(tag: u32, fields: Vec<Value>) -> Self {
        if fields.is_empty() { Self::unit(tag) } else { Self::Data(tag, fields.into()) }
    }

    /// A constructor without fields.
    pub fn unit(tag: u32) -> Self {
        Self::Data(tag, Arc::default())
    }

    /// A tuple.
    pub fn tuple(fields: Vec<Value>) -> Self {
        Self::data(0, fields)
    }

    /// `None`.
    pub fn none() -> Self {
        Self::unit(0)
    }

    /// `Some(value)`.
    pub fn some(value: Value) -> Self {
        Self::data(1, vec![value])
    }

    /// How many elements a collection has, or bytes a string; 0 for anything else.
    pub fn size(&self) -> usize {
        match self {
            Self::List(items) | Self::Set(items) => items.len(),
            Self::Map(entries) => entries.len(),
            Self::Str(text) => text.len(),
            Self::Bool(_) | Self::Int(_) | Self::Node(_) | Self::Caller(_) | Self::Data(..) => 0,
        }
    }

    /// Moves the value out; what is left is of no meaning.
    #[must_use]
    pub fn take(&mut self) -> Value {
        std::mem::replace(self, Self::Bool(false))
    }
}

/// The end of a program that no verifier has seen.
#[track_caller]
fn wrong(value: &Value, wanted: &str) -> ! {
    panic!("a {wanted} was expected, this is {value:?}: the program was not verified")
}

macro_rules! accessors {
    ($($(#[$doc:meta])* $name:ident -> $ty:ty, $pattern:pat => $result:expr, $wanted:literal;)*) => {
        /// Parts of a value whose type is known. They panic on a value of another type, which a verified
        /// program never has.
        impl Value {
            $($(#[$doc])*
            #[track_caller]
            pub fn $name(&self) -> $ty {
                match self {
                    $pattern => $result,
                    other => wrong(other, $wanted),
                }
            })*
        }
    };
}

accessors! {
    /// The `bool`.
    as_bool -> bool, Self::Bool(b) => *b, "bool";
    /// The `int`.
    as_int -> i64, Self::Int(n) => *n, "int";
    /// The text.
    as_str -> &str, Self::Str(s) => s, "string";
    /// The node's position.
    as_node -> u32, Self::Node(n) => *n, "node";
    /// The caller's number.
    as_caller -> u32, Self::Caller(n) => *n, "caller";
    /// The list.
    as_list -> &List, Self::List(items) => items, "list";
    /// The set.
    as_set -> &Set, Self::Set(items) => items, "set";
    /// The map.
    as_map -> &Map, Self::Map(entries) => entries, "map";
    /// The constructor's position.
    tag -> u32, Self::Data(tag, _) => *tag, "data value";
    /// The constructor's fields.
    fields -> &[Value], Self::Data(_, fields) => fields, "data value";
}

macro_rules! mutable_accessors {
    ($($(#[$doc:meta])* $name:ident -> $ty:ty, $variant:ident, $wanted:literal;)*) => {
        /// The same, to change them.
        impl Value {
            $($(#[$doc])*
            #[track_caller]
            pub fn $name(&mut self) -> &mut $ty {
                match self {
                    Self::$variant(inner) => inner,
                    other => wrong(other, $wanted),
                }
            })*
        }
    };
}

mutable_accessors! {
    /// The list.
    list_mut -> List, List, "list";
    /// The set.
    set_mut -> Set, Set, "set";
    /// The map.
    map_mut -> Map, Map, "map";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_are_equal_however_built() {
        let ints = |items: &[i64]| items.iter().map(|n| Value::Int(*n)).collect::<Vec<_>>();
        assert_eq!(Value::set(ints(&[3, 1, 3])), Value::set(ints(&[1, 3])));
        let pair = |k, v| (Value::Int(k), Value::Int(v));
        assert_eq!(
            Value::map(vec![pair(2, 9), pair(1, 5), pair(2, 7)]),
            Value::map(vec![pair(1, 5), pair(2, 7)])
        );
        assert_eq!(Value::data(0, Vec::new()), Value::unit(0));
    }

    #[test]
    fn take_moves() {
        let mut value = Value::text("x");
        assert_eq!(value.take().as_str(), "x");
    }

    #[test]
    #[should_panic(expected = "a list was expected")]
    fn a_wrong_type_is_a_bug() {
        let _ = Value::Int(1).as_list();
    }
}
