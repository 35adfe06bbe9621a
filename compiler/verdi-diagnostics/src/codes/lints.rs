//! Codes of warnings about likely mistakes.

use super::codes;

codes! {
    V0601 "unused name" r#"Nothing reads this name. Remove it, or begin it with an underscore to keep it. A field that nothing reads also makes the
search larger: worlds that differ in it alone are told apart."#;
    V0602 "message that nobody handles" r#"The message is sent to a node that has no handler for it, so it arrives and nothing happens. Add a handler, or send it
elsewhere.

```verdi
on message Unlock { queue.pop_front() }
```"#;
    V0603 "message that is never sent" r#"The system declares this message, but no handler sends it."#;
    V0604 "handler that never runs" r#"Handlers are tried in order, and the first whose pattern and guard fit runs. A handler before this one takes all its events.
Put the narrower handler first, or give the other a guard: `on message Lock when queue.is_empty() { }`."#;
    V0605 "pattern that decides nothing" r#"The arms before this one match every value that it matches, so it is never reached; or the pattern of an `if let` matches
everything, so its `else` is never reached."#;
    V0606 "unreachable code" r#"What stands before always returns, so this is never run."#;
    V0607 "idle timer" r#"A timer `after …` only runs when a handler says `start t`, and a timer that fires does something only where there is an
`on timeout t`. This one lacks one of them."#;
    V0608 "input that is never handled" r#"The node declares this input, but no handler takes it. It still happens, without effect, and counts against a bound on
inputs."#;
    V0609 "title used twice" r#"Two checks, or two tests, have the same title. Reports and `--check` tell them apart by it."#;
}
