//! Codes of name resolution.

use super::codes;

codes! {
    V0201 "unknown name" r#"Nothing of this name is in scope here. In a handler that is: variables, the node's own fields, the system's
parameters and functions, node kinds, and `self`. In a property: also `packets`, `trace` and the variables
of networks, and a node's field only with its node: `n.held`.

Look for a slip in spelling; names of types, nodes, constructors and systems start with a capital, all
others do not."#;
    V0202 "unknown type" r#"There is no type of this name here. The built-in types are `bool`, `int`, `string`, `Node`, `List<T>`, `Set<T>`,
`Map<K, V>`, `Option<T>`, tuples `(A, B)`, `Packet`, `Message`, `Input`, `Output`, `Timer`, `Caller` and `Event`.
Node kinds are types inside their system. Declare others with `type`:

```verdi
type Entry(term: int, command: string)
```"#;
    V0203 "unknown function or proc" r#"There is no function or proc of this name here. A `proc` is known only in its own node, a function declared in
a system only in that system. Methods are called on a value: `xs.len()`, not `len(xs)`."#;
    V0204 "unknown constructor" r#"No type in scope has this constructor, and no message, input, output or node kind has this name.

```verdi
message Lock | Unlock
on message Lokc { }        // did you mean `Lock`?
```

Messages are declared with `message` in the system, inputs and outputs in their node."#;
    V0205 "declared twice" r#"Two things of the same sort have the same name, so it would not be clear which is meant. Rename one of them.

Two kinds of nodes may declare the same input or output, but only with the same fields; timers of the same
name may differ."#;
    V0206 "ambiguous constructor" r#"Several types have a constructor of this name, and nothing at this place says which is wanted. Name the type:

```verdi
type Role = Idle | Leader
type Phase = Idle | Busy

let x = Role.Idle
let y: Phase = Idle      // here the type says it
```"#;
    V0207 "unknown field" r#"The value has no field of this name. Records have the fields of their declaration, packets have `src`, `dst` and
`body`, nodes have `index`, and in a property the state of their kind. A `Node` may be of any kind, so its
fields are not known: let the variable range over a kind, `forall c in Client: c.held`."#;
    V0208 "unknown method" r#"Values of this type have no such method. Lists: `len is_empty first last get slice take drop contains index_of
reverse sorted push pop pop_front clear`. Sets: `len is_empty contains insert remove clear subsets is_subset`. Maps:
`get keys values len is_empty contains insert remove clear`. Options: `or`. Strings: `len is_empty`."#;
    V0209 "unknown module or import" r#"The file or module has nothing of this name to bring into scope. The library's modules are `std.network` (whose
networks are in scope everywhere) and `std.transformers`; other files are named by their path:

```verdi
use "path/to/other.verdi".{KV}
```"#;
    V0210 "unknown network" r#"There is no network of this name. The library has `sync`, `async`, `flaky`, `busy` and `crash`, each of which adds
one fault to the one before. Declare your own with `network name extends async { … }`."#;
    V0211 "unknown system" r#"A system was wanted: the name of one, with its arguments in parentheses, or a transformer applied to one.

```verdi
check "it is safe" LockServ(clients: 3) { under async }
check "it is safe" seq_num(LockServ(clients: 2)) { under busy }
```"#;
    V0212 "unknown timer" r#"The node has no timer of this name. Declare it in the node: `timer retry every 50ms`, or `timer patience after
150ms..300ms` for one that is armed by `start patience`."#;
    V0213 "not a value" r#"The name stands for something that is not a value: a function without its arguments, or an entry of the history,
which can only be matched. Call the function: `is_majority(votes)`."#;
    V0214 "capital or small letter" r#"Types, type parameters, node kinds, constructors, messages, inputs, outputs and systems start with a capital.
Everything else starts with a small letter: fields, variables, functions, procs, timers, properties, networks,
transformers. So a reader, and a pattern, can tell a constructor from a variable."#;
    V0215 "name of a built-in" r#"The language already gives this name a meaning, so it cannot be declared again: built-in types such as `List` or
`Packet`, and the properties `no_fault` and `deadlock_free` that every system has."#;
    V0216 "alternatives bind different names" r#"All alternatives of a pattern `p | q` must bind the same names, with the same types, since what follows cannot
know which of them matched.

```verdi
Follower(term) | Candidate(term, _) => term
```"#;
    V0217 "bound twice" r#"One pattern binds the same name twice. To say that two parts are equal, bind them to two names and compare:

```verdi
on message Vote(a, b) when a == b { }
```"#;
}
