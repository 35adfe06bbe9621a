//! Codes of what stops a run.

use super::codes;

codes! {
    V0701 "not run by this version" r#"
The program is accepted, but this version of the checker does not run what the clause asks for; the report says why.
Checks that need it end as `inconclusive` with exit code 3.

Leave the clause out to have the rest of the check run:

```
check "safe when packets are only reordered" LockServ(clients: 2) {
  under async
  holds mutual_exclusion
}
```
"#;
    V0702 "nothing bounds a rule" r#"
A rule of the network puts packets in flight and takes none out, and nothing bounds how often it fires, so
there are worlds without end: the search goes on until its memory or time is used up, and then says
`inconclusive`.

Bound the rule in the check:

```
check "one duplicate is survived" LockServ(clients: 2) {
  under busy
  bound duplicate <= 1
  holds mutual_exclusion
}
```

`bound packets <= n` and `bound depth <= n` make the worlds finite too. In a network whose `packets` is a
`set`, adding what is there already changes nothing, and no bound is needed.
"#;
    V0703 "no checks" r#"
The file is well formed, but it has no `check`, so nothing was explored. A check names a system, a network
and what is expected:

```
check "the lock server is safe" LockServ(clients: 2) {
  under async
  bound input <= 2 per node
  holds mutual_exclusion
}
```
"#;
    V0704 "trace cannot be replayed" r#"
The trace asks for a step that is not possible in the world it has reached, or that the check's bounds do
not allow. The usual causes are a program that was changed after the trace was written, or another check,
network or set of bounds. `verdic check FILE --replay TRACE` takes the check, the network and the bounds
from the trace unless `--check`, `--under` or `--bound` say otherwise.
"#;
    V0705 "what is left out could be missed" r#"
A flag asks to leave worlds out of the search, and it is not shown that every verdict stays the same without
them. The places that are in the way are listed. `--collapse drops` leaves out rules that only take a packet
out of flight: a packet that is never delivered does the same, unless something counts packets, looks at which
are there, or asks whether anything can still happen. `--collapse duplicates` lets everything that was ever
sent stay in flight, where any packet can be copied any number of times:

```
check "no fault hurts" LockServ(clients: 2) {
  under busy
  bound input <= 2 per node
  bound duplicate <= 1    // counts what `--collapse duplicates` would leave out
  holds mutual_exclusion
}
```

`--por on` takes the steps of some nodes alone in worlds where nothing that the others do can reach them. Bounds that
all nodes share in every world (`bound packets`, `bound depth`), a constraint, variables that rules change, and properties that read
the packets or the history are in its way.

Leave the flag out, say `auto` to have in each check what is sound there, or take away what is in the way.
"#;
    V0706 "liveness needs every world" r#"
A liveness property (`p ~> q`, `eventually p`) is of whole runs, without end, and of which steps are fair on them. Whatever
leaves worlds or steps out of a search keeps what happens in single worlds, but not that: `symmetric` and `--symmetry`
count worlds as one that a run tells apart, `--collapse` and `--por` leave steps out that could go on for ever,
random runs and `--swarm` see no run to its end, and `--disk` keeps worlds without the steps between them.

Ask for liveness in a check of its own, and run that without them:

```
system Counter() {
  node Server {
    input Tick
    state n: int = 0
    on input Tick when n < 3 { n := n + 1 }
  }
  invariant small: Server.n <= 3
  liveness counted: eventually Server.n == 3
}

check "it stays small" Counter() {
  under async
  holds small
}

check "it is counted to the end" Counter() {
  under async
  holds counted
}
```
"#;
}
