//! Codes of checks, networks and tests.

use super::codes;

codes! {
    V0501 "unknown property" r#"A check names a property that its system does not declare. Properties are `invariant`, `liveness` and `monitor`
declarations in the system, and the built-in `no_fault` and `deadlock_free`."#;
    V0502 "unknown rule" r#"The network has no rule of this name, so it cannot be bounded, restricted or fired. `drop` and `timeout` come with
`flaky`, `duplicate` with `busy`, `crash` and `reboot` with `crash`."#;
    V0503 "no network" r#"A check says under which network it looks: the same system may be correct when packets are only reordered, and
wrong when they are lost.

```verdi
check "it is safe" LockServ(clients: 3) { under async }
```"#;
    V0504 "per node" r#"A bound `per node` counts how often the rule fired on each node. This rule acts on no node (it draws neither a node nor a
packet), or the bound is on the depth or the packets of the whole world."#;
    V0505 "unknown input or field" r#"A `domain` clause names an input of the system and one of its fields: `domain Put.key = ["a", "b"]`."#;
    V0506 "domain needed" r#"The checker tries every input that a client could send. A field of type `int`, `string`, or of a list or map has too many
values for that, so the check says which to try:

```verdi
domain Put.key = ["a", "b"]
domain Put.value = [0, 1]
```

Bools, nodes, and variants and records of such need no domain."#;
    V0507 "named twice" r#"The check names the same property twice, or says both that it holds and that it is violated."#;
    V0508 "said twice" r#"This clause may stand once in a check: a second `under` or `clients`, or a second bound on the same rule,
would contradict the first."#;
    V0509 "wrong step" r#"A rule is fired in a test as its binders want it: `input Acquire at Client[0]`, `deliver Lock from Client[0] to Server`
for a rule that draws one packet, `timeout t at n`, and any other rule with its values: `crash Server`, `cut(a, b)`, `heal`."#;
    V0510 "network extends itself" r#"Networks extend one another in a circle. `extends` names the network whose rules and variables this one adds to."#;
    V0511 "rule declared twice" r#"The network has a rule of this name, its own or inherited. To make an inherited rule fire less often, restrict it:

```verdi
restrict deliver(p) when p.dst not in down
```"#;
    V0512 "names of a restriction" r#"`restrict` names what the rule draws, in order, one name for each: for `rule input(n in nodes, i in inputs(n))` write
`restrict input(n, i) when …`."#;
    V0513 "kind of packets" r#"A network says how packets in flight are kept: `packets: bag` (a multiset), `packets: fifo` (a queue for each ordered pair
of nodes), or `packets: set` (everything that was ever sent can be delivered, any number of times)."#;
    V0514 "missing parameter" r#"The system has a parameter without a default, and no value is given for it: `LockServ(clients: 3)`."#;
    V0515 "wrong subject" r#"A transformer takes a system as its first argument; `raft` and `primary_backup` take a machine, that is, a system of one
node that sends nothing. `refines` is for transformed systems."#;
    V0516 "variable of another network" r#"The property reads a variable of a network, and the network of this check does not have it. Check it under a network that
declares the variable, or name other properties in `holds`."#;
    V0517 "heads without queues" r#"`packets.heads()` are the first packets of the queues of a network with `packets: fifo`. In a bag or set every packet can be
next: draw from `packets`."#;
    V0518 "unknown kind" r#"`symmetric` names a kind of node of the system, whose nodes are interchangeable: `symmetric Client`."#;
    V0519 "negative bound" r#"A bound says how often something may happen at most. `bound drop <= 0` says never."#;
    V0520 "system stands for itself" r#"`system A = B` gives a name to an application of another system. Followed far enough, this one leads back to itself."#;
}
