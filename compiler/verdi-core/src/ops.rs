//! The table of primitive operations: one row each. The type checker reads it for methods, operators and
//! functions, the verifier for signatures, the documentation for its list; what a row means is one function
//! in `verdi-runtime`.

use verdi_runtime::FaultKind::{self, *};

/// A type in a signature. `A` and `B` stand for any types, the same throughout a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SigTy {
    /// `bool`.
    Bool,
    /// `int`.
    Int,
    /// `string`.
    Str,
    /// A node of any kind.
    Node,
    /// Any type.
    A,
    /// Any other type.
    B,
    /// A list.
    List(&'static SigTy),
    /// A set.
    Set(&'static SigTy),
    /// A map.
    Map(&'static SigTy, &'static SigTy),
    /// An option.
    Option(&'static SigTy),
    /// A pair.
    Pair(&'static SigTy, &'static SigTy),
}

/// How an operation is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    /// `a.name(b)`, where `a` is the first parameter.
    Method(&'static str),
    /// The same, and as a statement on a place it stores its result there.
    Mutator(&'static str),
    /// `a.name`, without parentheses.
    Property(&'static str),
    /// `name(a, b)`.
    Function(&'static str),
    /// An operator, as in `ast::BinaryOp::symbol` and `-`, `!`; `[]` for indexing.
    Operator(&'static str),
    /// Only lowering makes it.
    Internal,
}

/// What is known of an operation.
#[derive(Clone, Copy, Debug)]
pub struct OpInfo {
    /// As printed in Core.
    pub name: &'static str,
    /// How it is written.
    pub surface: Surface,
    /// Its parameters.
    pub params: &'static [SigTy],
    /// Its result.
    pub result: SigTy,
    /// Whether `A` must be an ordered type: int, string, bool, or tuples and lists of such.
    pub ordered: bool,
    /// How it can fail.
    pub faults: &'static [FaultKind],
    /// One line for the reference.
    pub doc: &'static str,
}

macro_rules! ops {
    ($($op:ident $surface:expr, [$($param:expr),*] => $result:expr, $ordered:ident, [$($fault:expr),*], $doc:literal;)*) => {
        /// A primitive operation: pure, and total but for the faults its row names.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Op { $(#[doc = $doc] $op),* }

        impl Op {
            /// Every operation, in the table's order.
            pub const ALL: &'static [Op] = &[$(Op::$op),*];

            /// Its row.
            pub fn info(self) -> &'static OpInfo {
                const ROWS: &[OpInfo] = &[$(OpInfo {
                    name: stringify!($op),
                    surface: $surface,
                    params: &[$($param),*],
                    result: $result,
                    ordered: $ordered,
                    faults: &[$($fault),*],
                    doc: $doc,
                }),*];
                &ROWS[self as usize]
            }
        }
    };
}

#[allow(non_upper_case_globals, reason = "so that a row reads as a type does")]
mod short {
    use super::SigTy;
    pub(super) const ListA: SigTy = SigTy::List(&SigTy::A);
    pub(super) const ListB: SigTy = SigTy::List(&SigTy::B);
    pub(super) const ListInt: SigTy = SigTy::List(&SigTy::Int);
    pub(super) const SetA: SigTy = SigTy::Set(&SigTy::A);
    pub(super) const SetSetA: SigTy = SigTy::Set(&SetA);
    pub(super) const MapAB: SigTy = SigTy::Map(&SigTy::A, &SigTy::B);
    pub(super) const PairAB: SigTy = SigTy::Pair(&SigTy::A, &SigTy::B);
    pub(super) const ListAB: SigTy = SigTy::List(&PairAB);
    pub(super) const OptionA: SigTy = SigTy::Option(&SigTy::A);
    pub(super) const OptionB: SigTy = SigTy::Option(&SigTy::B);
    pub(super) const OptionInt: SigTy = SigTy::Option(&SigTy::Int);
    /// `A` must be ordered.
    pub(super) const ORDERED: bool = true;
    /// `A` may be anything.
    pub(super) const ANY: bool = false;
}
use SigTy::{A, B, Bool, Int, Node, Str};
use Surface::{Function, Internal, Method, Mutator, Operator, Property};
use short::*;

ops! {
    Add Operator("+"), [Int, Int] => Int, ANY, [Overflow], "the sum";
    Sub Operator("-"), [Int, Int] => Int, ANY, [Overflow], "the difference";
    Mul Operator("*"), [Int, Int] => Int, ANY, [Overflow], "the product";
    Div Operator("/"), [Int, Int] => Int, ANY, [Overflow, DivisionByZero], "the quotient, rounded towards zero";
    Rem Operator("%"), [Int, Int] => Int, ANY, [Overflow, DivisionByZero], "the remainder, with the sign of the dividend";
    Neg Operator("-"), [Int] => Int, ANY, [Overflow], "the negation";
    Not Operator("!"), [Bool] => Bool, ANY, [], "the negation";
    Eq Operator("=="), [A, A] => Bool, ANY, [], "whether both are equal";
    Ne Operator("!="), [A, A] => Bool, ANY, [], "whether they differ";
    Lt Operator("<"), [A, A] => Bool, ORDERED, [], "whether the first is less";
    Le Operator("<="), [A, A] => Bool, ORDERED, [], "whether the first is not greater";
    Gt Operator(">"), [A, A] => Bool, ORDERED, [], "whether the first is greater";
    Ge Operator(">="), [A, A] => Bool, ORDERED, [], "whether the first is not less";
    Min Function("min"), [A, A] => A, ORDERED, [], "the lesser of two";
    Max Function("max"), [A, A] => A, ORDERED, [], "the greater of two";
    Range Operator(".."), [Int, Int] => ListInt, ANY, [TooLarge], "the ints from the first up to, not including, the second";
    RangeInclusive Operator("..="), [Int, Int] => ListInt, ANY, [TooLarge], "the ints from the first to the second";
    NodeIndex Property("index"), [Node] => Int, ANY, [], "the node's position in its kind";
    StrLen Method("len"), [Str] => Int, ANY, [], "the number of characters";
    StrIsEmpty Method("is_empty"), [Str] => Bool, ANY, [], "whether there is no character";
    StrConcat Operator("++"), [Str, Str] => Str, ANY, [TooLarge], "both, one after the other";
    ListLen Method("len"), [ListA] => Int, ANY, [], "the number of elements";
    ListIsEmpty Method("is_empty"), [ListA] => Bool, ANY, [], "whether there is no element";
    ListFirst Method("first"), [ListA] => OptionA, ANY, [], "the first element, if any";
    ListLast Method("last"), [ListA] => OptionA, ANY, [], "the last element, if any";
    ListGet Method("get"), [ListA, Int] => OptionA, ANY, [], "the element at a position, if there is one";
    ListIndex Operator("[]"), [ListA, Int] => A, ANY, [IndexOutOfRange], "the element at a position";
    ListSlice Method("slice"), [ListA, Int, Int] => ListA, ANY, [IndexOutOfRange], "the elements from one position up to, not including, another";
    ListTake Method("take"), [ListA, Int] => ListA, ANY, [], "the first n elements, or all";
    ListDrop Method("drop"), [ListA, Int] => ListA, ANY, [], "all but the first n elements";
    ListContains Method("contains"), [ListA, A] => Bool, ANY, [], "whether an element is there";
    ListIndexOf Method("index_of"), [ListA, A] => OptionInt, ANY, [], "the first position of an element, if it is there";
    ListReverse Method("reverse"), [ListA] => ListA, ANY, [], "the elements backwards";
    ListSorted Method("sorted"), [ListA] => ListA, ORDERED, [], "the elements in ascending order";
    ListConcat Operator("++"), [ListA, ListA] => ListA, ANY, [TooLarge], "both, one after the other";
    ListPush Mutator("push"), [ListA, A] => ListA, ANY, [TooLarge], "with an element added at the end";
    ListPop Mutator("pop"), [ListA] => ListA, ANY, [], "without its last element; an empty list stays as it is";
    ListPopFront Mutator("pop_front"), [ListA] => ListA, ANY, [], "without its first element; an empty list stays as it is";
    ListClear Mutator("clear"), [ListA] => ListA, ANY, [], "the empty list";
    ListSet Internal, [ListA, Int, A] => ListA, ANY, [IndexOutOfRange], "with the element at a position replaced: `xs[i] := x`";
    ListMax Internal, [ListA] => A, ORDERED, [Empty], "the greatest element: `max(e for …)`";
    ListMin Internal, [ListA] => A, ORDERED, [Empty], "the least element: `min(e for …)`";
    SetLen Method("len"), [SetA] => Int, ANY, [], "the number of elements";
    SetIsEmpty Method("is_empty"), [SetA] => Bool, ANY, [], "whether there is no element";
    SetContains Method("contains"), [SetA, A] => Bool, ANY, [], "whether an element is there";
    SetInsert Mutator("insert"), [SetA, A] => SetA, ANY, [TooLarge], "with an element";
    SetRemove Mutator("remove"), [SetA, A] => SetA, ANY, [], "without an element; one that is absent changes nothing";
    SetClear Mutator("clear"), [SetA] => SetA, ANY, [], "the empty set";
    SetSubsets Method("subsets"), [SetA] => SetSetA, ANY, [TooLarge], "every subset, the empty one and itself among them";
    SetIsSubset Method("is_subset"), [SetA, SetA] => Bool, ANY, [], "whether every element is in the other set";
    SetUnion Operator("|"), [SetA, SetA] => SetA, ANY, [TooLarge], "what is in either";
    SetIntersect Operator("&"), [SetA, SetA] => SetA, ANY, [], "what is in both";
    SetDifference Operator("-"), [SetA, SetA] => SetA, ANY, [], "what is in the first and not in the second";
    SetOf Internal, [ListA] => SetA, ANY, [], "the set of a list's elements: `set[…]`";
    SetToList Internal, [SetA] => ListA, ANY, [], "the elements in canonical order, to loop over them";
    MapIndex Operator("[]"), [MapAB, A] => B, ANY, [MissingKey], "the value of a key";
    MapGet Method("get"), [MapAB, A] => OptionB, ANY, [], "the value of a key, if it is there";
    MapGetOr Method("get"), [MapAB, A, B] => B, ANY, [], "the value of a key, or else the default";
    MapKeys Method("keys"), [MapAB] => SetA, ANY, [], "the set of keys";
    MapValues Method("values"), [MapAB] => ListB, ANY, [], "the values, in the order of their keys";
    MapLen Method("len"), [MapAB] => Int, ANY, [], "the number of keys";
    MapIsEmpty Method("is_empty"), [MapAB] => Bool, ANY, [], "whether there is no key";
    MapContains Method("contains"), [MapAB, A] => Bool, ANY, [], "whether a key is there";
    MapInsert Mutator("insert"), [MapAB, A, B] => MapAB, ANY, [TooLarge], "with a key's value set: `m[k] := v`";
    MapRemove Mutator("remove"), [MapAB, A] => MapAB, ANY, [], "without a key; one that is absent changes nothing";
    MapClear Mutator("clear"), [MapAB] => MapAB, ANY, [], "the empty map";
    MapOf Internal, [ListAB] => MapAB, ANY, [], "the map of a list of pairs, a later one winning: `map[…]`";
    MapToList Internal, [MapAB] => ListAB, ANY, [], "the pairs in the order of their keys, to loop over them";
    OptionOr Method("or"), [OptionA, A] => A, ANY, [], "what is in it, or else the default";
}

impl Op {
    /// Whether it only looks at a place or two of a collection, however large.
    pub fn is_quick(self) -> bool {
        use Op::*;
        matches!(
            self,
            ListLen
                | ListIsEmpty
                | ListFirst
                | ListLast
                | ListGet
                | ListIndex
                | ListClear
                | SetLen
                | SetIsEmpty
                | SetContains
                | SetClear
                | SetToList
                | MapIndex
                | MapGet
                | MapGetOr
                | MapLen
                | MapIsEmpty
                | MapContains
                | MapClear
                | StrIsEmpty
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_equal_first_parameter_and_arity_are_unique() {
        let mut seen = Vec::new();
        for op in Op::ALL {
            let info = op.info();
            if info.surface == Internal {
                continue;
            }
            let key = (info.surface, info.params.first(), info.params.len());
            assert!(!seen.contains(&key), "{op:?} is written as another operation is");
            seen.push(key);
        }
    }
}
