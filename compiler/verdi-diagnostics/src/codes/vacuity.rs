//! Codes of what running the checks shows of the text: claims and code that nothing put to the test.

use super::codes;

codes! {
    V0730 "an implication that never applies" r#"
An invariant of the form `a ==> b` says nothing of worlds in which `a` is false. Here `a` was false whenever it was
asked for, in every world that the checks reach: the invariant holds, but it would hold for any `b`.

```verdi
invariant no_loss: forall c in Client: c.acked ==> c.id in Server.log   // and nothing ever sets `acked`
```

Either the left side is not what was meant, or the program cannot get there, or the bounds of the check are too
small for it to get there. A check that shows that it can is `reaches acked: exists c in Client: c.acked`. Where
the point is that `a` never happens, say so: `!a`.
"#;
    V0731 "a quantifier over nothing" r#"
`forall x in xs: p` is true where `xs` is empty. Here it was empty in every world in which it was asked for (or
nothing in it passed the `if`), so `p` was never looked at:

```verdi
invariant answered: forall r in Server.requests: r.answered   // and nothing is ever put in `requests`
```

See whether the collection is the one that was meant, and whether the bounds of the check let anything get into it.
"#;
    V0732 "a handler that never ran" r#"
No check made this handler run, although their networks let events of its kind happen. What it does is not checked
at all. The usual causes are a guard (`when`) that never holds, a handler before it that takes the same events, a
message that nobody gets to send within the bounds, or a timer that is never started.

`verdic check FILE --coverage` shows what ran and what did not, line by line.
"#;
    V0733 "a rule that could never fire" r#"
A rule of a network fires where its binders can be drawn and its guard holds. For this one there was no such world
in any check, so the fault that it stands for was not explored:

```verdi
rule heal(n in cut) when n.index > 100 { cut.remove(n) }
```

See its guard, and what its binders are drawn from. Where a check rules it out on purpose, `bound heal <= 0` says so.
"#;
    V0734 "a world that is there from the beginning" r#"
`reaches` asks whether some world can be reached. The one asked for here is the first, before anything has happened:
that it is reached says nothing of what the system does. Ask for something that the initial state is not:

```verdi
reaches released: !Client[0].held && Server.queue.is_empty() && trace.len() > 0
```
"#;
    V0735 "a constraint that lets nothing happen" r#"
Worlds in which a `constraint` is false are checked but not explored further. This one is false in the first world,
so the first world is the only one there is, and every verdict is about it alone. A constraint says which worlds are
to be explored:

```verdi
constraint Server.log.len() <= 3
```
"#;
}
