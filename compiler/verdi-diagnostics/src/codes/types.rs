//! Codes of the type checker.

use super::codes;

codes! {
    V0301 "mismatched types" r#"An expression has one type and its place wants another. Nothing is converted by itself: an `int` is not a `bool`, a
`T` is not an `Option<T>` (write `Some(x)`), a `Node` is not a `Client` (restrict the handler: `from c: Client`). Only
the other way round: a `Client` is a `Node`, and a `List<Client>` a `List<Node>`."#;
    V0302 "type not known" r#"The type cannot be told from how the value is used, most often for an empty collection. State it where the value
is bound:

```verdi
let xs: List<int> = []
var seen: Set<Node> = set[]
```"#;
    V0303 "wrong number of arguments" r#"A function, constructor or method is given more or fewer values than it takes. The message says how many it takes."#;
    V0304 "missing argument" r#"A constructor, function or pattern leaves out a field. Give all of them, by position or by label:

```verdi
Entry(1, "x")
Entry(term: 1, command: "x")
```

A pattern may end in `..` to leave the others alone: `Entry(term: t, ..)`. To change some fields of a record, copy
it: `Entry(..e, term: 2)`."#;
    V0305 "unknown label" r#"The label before the colon is not the name of a field or parameter. The message lists those that there are.
Methods and operators take no labels."#;
    V0306 "given twice" r#"A field or parameter is given twice: once by position and once by its label, or by its label two times."#;
    V0307 "wrong number of type arguments" r#"`List`, `Set` and `Option` take one type argument, `Map` takes two; a type of yours as many as it declares:

```verdi
type Pair<A, B>(a: A, b: B)
let p: Pair<int, bool> = Pair(1, true)
```"#;
    V0308 "operator not defined" r#"The operator does not work on values of these types. `+ - * / %` are for ints (`-` also for sets), `++` joins lists
and strings, `|` and `&` join and intersect sets, `[…]` indexes lists and maps, `&&` and `||` are for bools."#;
    V0309 "not callable" r#"Only functions, procs, methods and constructors are called. A node kind is not: the first of its nodes is
`Client[0]`. There are no functions as values."#;
    V0310 "match is not exhaustive" r#"A `match` must say what to do with every value. The message shows values that no arm matches.

```verdi
match role {
  Follower => 0,
  Candidate(votes) => votes.len(),
  Leader => 1,
}
```

`_ => …` matches whatever is left."#;
    V0311 "pattern may fail" r#"The pattern of a `let` or `for` must match every value, since there is nothing else to do when it does not.

```verdi
if let Some(next) = queue.first() { send Locked to next }
match queue.first() { Some(next) => …, None => … }
```"#;
    V0312 "no order" r#"`<`, `<=`, `>`, `>=`, `sorted`, `max` and `min` work on ints, strings, bools, and on lists and tuples of these. Nodes
have no order of their own: compare `a.index < b.index`."#;
    V0313 "never equal" r#"Nodes of two different kinds are compared. They are never equal, so the comparison says nothing. If a variable
may be of either kind, let it be a `Node`."#;
    V0314 "if without a value" r#"The value of an `if` is wanted, but it has no `else`, or one of its branches has no value. Every branch must
end in an expression:

```verdi
let x = if held { 1 } else { 0 }
```"#;
    V0315 "no result" r#"The function's end is reached without a result on some path. Let its body end in an expression, or `return`
a value on every path.

```verdi
fn sign(x: int): int {
  if x < 0 { return 0 - 1 }
  1
}
```"#;
    V0316 "nothing to loop over" r#"`for`, comprehensions and `forall` draw from a list, a set, or a map (as pairs of key and value). To count, write a
range: `for i in 0..n { }`. The name of a single node (`node Server`) is that node, not a list."#;
    V0317 "pattern of another type" r#"The pattern can never match, for the value is of another type: a constructor of a different type, a tuple of another
length, a literal of another type."#;
    V0318 "type without end" r#"The type stands for itself, contains itself with ever larger arguments, or is too large to be worked with. An alias
is another name for a type that is there already: `type Term = int`."#;
    V0319 "field of several constructors" r#"A type with several constructors has no fields that are always there, so they are not read with a dot. Take the
value apart:

```verdi
type Role = Follower | Candidate(votes: Set<Node>) | Leader

if let Candidate(votes) = role { … }
role is Candidate(votes) && votes.len() > 1
```"#;
    V0321 "wrong copy" r#"`Entry(..e, term: 2)` is the record `e` with another `term`: the value to copy stands first, the type is a record
(a type of one constructor), and at least one field changes."#;
    V0322 "missing type or value" r#"Fields, parameters and the results of functions state their types, and fields their initial values. Only variables
in bodies are inferred.

```verdi
state queue: List<Client> = []
fn twice(x: int): int { 2 * x }
```"#;
    V0323 "no value" r#"A value is wanted where there is none: a `proc` without a result, an `if` without `else`, a block that ends in a
statement. Or a value is returned where none is wanted."#;
    V0324 "empty range of a timer" r#"The durations of a timer are given from the least to the greatest: `timer patience after 150ms..300ms`."#;
    V0325 "default of a parameter" r#"Only the parameters of systems and transformers have defaults. A function or proc is always given all its arguments."#;
}
