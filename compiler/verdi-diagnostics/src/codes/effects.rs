//! Codes of effects, ghost state and what a handler may do.

use super::codes;

codes! {
    V0401 "effect where there may be none" r#"Only handlers and procs send, output, start timers, and change a node's state. Functions, guards, comprehensions
and properties only compute a value. What a function was to do is written as a `proc` in the node:

```verdi
proc grant(c: Client) { send Locked to c }
```"#;
    V0402 "statement of another place" r#"`input … at`, `deliver`, `timeout … at`, `crash`, `reboot` and `packets.add` make things happen in the world: they belong
to the rules of a network. `return` belongs to functions, procs and handlers."#;
    V0403 "cannot be changed" r#"Only these can be changed: the fields of the node's own state, variables declared with `var`, entries of a map
or list in one of these, and fields of records in them. `let`s, parameters and names in patterns are bound once.

```verdi
var best = 0
for x in xs { if x > best { best := x } }
```"#;
    V0404 "state of another node" r#"A handler sees its own node's fields, by their bare names, and nothing of other nodes: in a distributed system there is no
way to look. Let the other node send what it knows in a message. Properties, which stand outside, read `n.field`."#;
    V0405 "not an input or output of this node" r#"The node does not declare this input or output. Inputs and outputs belong to their kind of node:

```verdi
node Client[2] {
  input  Acquire
  output Acquired
}
```"#;
    V0407 "timer of another node" r#"The timer belongs to another kind of node. A node starts, stops and handles its own timers only."#;
    V0408 "recursion" r#"Functions and procs do not call themselves, directly or in a circle, so that every handler comes to an end. Most
recursion is over a collection: write a comprehension, `sum(…)`, `max(…)`, or a `for` with a `var`."#;
    V0409 "something real depends on ghost state" r#"Ghost fields are there for properties alone: a deployed node does not have them. A handler may write them, from
anything, but nothing real may depend on one: no field that is not ghost, no message, output, timer, assertion or guard,
and no `if` that decides about any of these.

```verdi
ghost state log: List<int> = []
log.push(x)                              // fine
if log.len() > 3 { send Stop to n }      // error
```"#;
    V0410 "the world is not seen from here" r#"Only properties see the whole world: `packets`, `trace`, the state of every node. Nodes know their own state and what
messages tell them, networks the packets and their own variables. A function that reads the world can only be
called from a property."#;
    V0412 "value not used" r#"The statement computes a value and drops it, so it does nothing. To change a field write `x := e` or `xs.push(e)`; to
send a message, `send Lock to n`; to compare, use the result."#;
    V0413 "only in a transformer" r#"`inner`, `node for S.Node`, `on timeout inner t` and `lift` belong to a transformer, whose nodes wrap those of its
subject."#;
    V0414 "no self" r#"`self` is the node that runs a handler or proc, or whose field is given its initial value. A function is not run by a
node: pass the node to it."#;
    V0415 "opaque" r#"A network serves every system, and a transformer every subject: they know nothing of what messages, inputs and nodes hold.
They can compare, copy and move them, but not look inside."#;
    V0416 "more than one event" r#"A rule of a network is one step of the world, and runs at most one handler: one `input … at`, `deliver`, `timeout … at`, `crash`
or `reboot` on each path, and none in a loop. For two events write two rules."#;
}
