use std::sync::Arc;

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
