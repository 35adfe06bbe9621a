//! Codes of lowering: what only the values of parameters, bounds and domains show.

use super::codes;

codes! {
    V0720 "a constant has no value" r#"The arguments of a system, its nodes' counts, bounds, domains and default values are computed before the
search starts. This one divides by zero, overflows, or takes from a collection what is not there:

```verdi
check "no ring" Ring(size: 10 / 0) { under async }
```

Change the expression, or the argument it is computed from."#;
    V0721 "a number out of range" r#"Counts of nodes, callers and bounds are not negative, and a system has at most a thousand nodes:

```verdi
node Client[clients - 3]   // with `clients: 2`, this is -1
```

Give a larger (or smaller) argument, or change the expression."#;
    V0722 "too many inputs" r#"Every value of an input is explored in every world, so an input whose fields have very many values in
combination makes a search hopeless. Name the few values that matter:

```verdi
domain Put.key = ["a", "b"]
```"#;
    V0723 "an input's field has no values to explore" r#"A checker tries every value of an input's fields. `bool`, nodes, and types made of such have few enough to
list; an `int`, a `string` or a `List` has not, so the check says which values are explored:

```verdi
check "two keys" Store {
  under async
  domain Put.key = ["a", "b"]
  domain Put.value = 0..2
  bound input <= 3
}
```"#;
    V0724 "the world is read before there is one" r#"Arguments, bounds, domains and the inputs of a test's steps are computed before the first world exists, so
they cannot read a node's state, `packets` or `trace`. Write the value itself, or compare it in an `expect`."#;
    V0725 "a network without this variable" r#"A property may read the variables of the network it is checked under, such as `down` of `crash`. Under a
network that declares no such variable, it has no meaning. Check it under a network that does, or leave the
variable out of the property."#;
    V0726 "no such step" r#"A step of a test is the firing of a rule of the test's network: `deliver Lock from Client[0] to Server`,
`drop …`, `timeout t at n`, `crash n`, or `name(args)` for a rule of one's own, with a value for each of its
binders. The network named here has no such rule, or the rule draws other things. `verdic stdlib` shows the
rules of the library's networks."#;
    V0727 "nodes declared `symmetric` are told apart" r#"`symmetric Client` says that the clients are interchangeable, so that one world stands for all that differ from
it only by which client is which. That would be wrong where something can tell them apart: their `index`, a
name such as `Client[0]`, what depends on their order, or the history:

```verdi
check "one at a time" LockServ(clients: 3) {
  under async
  symmetric Client
  holds mutual_exclusion
  reaches second_turn: Client[1].held   // names one client
}
```

Say it of some client or of all (`exists c in Client: c.held`), ask it in a check of its own, or leave
the clause out: the check is the same without it, only slower."#;
    V0728 "nothing to refine" r#"`refines S under A` holds a transformed system against what was transformed: each of its steps stands,
through the transformer's `lift`, for no step of `S` or for steps that `A` allows, with the same inputs and outputs. So `S` is the subject
of the transformer that was applied last, with the same arguments, and the transformer has a `lift`. Of `reliable(seq_num(S))`, check that it refines
`seq_num(S)`, and in another check that `seq_num(S)` refines `S`."#;

    V0729 "operations that no machine has" r#"`linearizable as Register` holds what clients are answered against a machine, a system of one node. Inputs and
outputs of the system are the machine's by their names, and then have the same fields:

```verdi
check "one register" Replicas {
  under async
  clients 2
  linearizable as Register
}
```

An input or output that the machine does not have is no operation and no answer; but at least one of each must be the machine's.
Nodes of the system are no nodes of the machine, so fields that name nodes are not the same. `violates linearizable`
says that the claim is expected to fail."#;
}
