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
    V0741 "a history that cannot be read" r#"
`verdic check --history` reads three formats, and tells them by their beginning (`--history-format` says which it is):

```text
{"process": 0, "type": "invoke", "input": {"Write": {"value": 1}}}     JSON, an object a line
{"process": 0, "type": "ok", "output": "Written"}

INFO  jepsen.util - 0   :invoke :write 1                                a log of Jepsen
INFO  jepsen.util - 0   :ok     :write 1

{:process 0, :type :invoke, :f :put, :key "a", :value "x"}              a map of Clojure a line
{:process 0, :type :ok, :f :put, :key "a", :value "x"}
```

An operation begins with `invoke`, and ends with `ok` (it happened, with this answer), `fail` (it did not happen) or
`info` (nobody knows: it may take effect at any later moment, or never).
"#;
    V0742 "a history of something else" r#"
An entry does not fit to those before it or to the machine that the history is held against: it answers an operation that
its process has not begun, begins one while another is open, or names an input or output that the machine does not have.

Names are those of the machine's inputs, in any case: `:read` is `Read`. What stands at `:key` is an input's first field,
what stands at `:value` the others. Choose the machine with `--as`: `verdic stdlib machines` prints those of the library.
"#;
}
