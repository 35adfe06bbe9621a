//! Codes of machines and of recorded histories that are held against them.

use super::codes;

codes! {
    V0740 "not a machine" r#"
Histories are held against a *machine*: a system of one node that answers each input at once, so that it says what
every operation does if it happens alone.

```verdi
system Register {
  node Store {
    input  Read | Write(value: int)
    output Value(value: int) | Written

    state value: int = 0

    on input Read         { output Value(value) }
    on input Write(fresh) { value := fresh; output Written }
  }
}
```

A system of several nodes is none, nor is one that sends messages, uses timers, or gives outputs at start: what it
answers would depend on more than its state and the input. Name the one-node system that says what yours is meant to do.
"#;
}
