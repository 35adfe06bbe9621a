//! Codes of the lexer and the parser.

use super::codes;

codes! {
    V0101 "unexpected token" r#"The text does not fit the grammar at this place. The message says what was found and what could stand there instead.
The mistake is often just before the marked place: a missing `,`, `)` or operator, or two statements on one line
without a `;` between them.

```verdi
on input Acquire {
  let n = 1 send Lock to Server   // two statements on one line
}
```

Put each statement on its own line, or a `;` between them. A word that is a keyword at this place cannot be a name
there: choose another name, or put it where an expression is expected."#;
    V0102 "bracket that is never closed" r#"An opening `{`, `(` or `[` has no partner. The mark is on the bracket that seems to lack it, judged by indentation where
the file is indented.

```verdi
on message Lock from c {
  queue.push(c            // `(` is never closed
}
```

Add the closing bracket. Inside `(` and `[` a new line does not end a statement, so one missing bracket can swallow the
lines that follow."#;
    V0103 "closing bracket without an opening one" r#"A `}`, `)` or `]` closes nothing: there is one too many, or the bracket it should close is of another kind.

```verdi
on start {
  send Ping to Server)
}
```

Remove it, or add the opening bracket that it was meant to close."#;
    V0104 "string without an end" r#"A string starts with `"` and ends with `"` on the same line.

```verdi
assert ok, "the queue is empty
```

Add the closing quote. For a line break inside a string write `\n`, for a quote `\"`, for a backslash `\\`."#;
    V0105 "character with no meaning" r#"This character does not occur in the language outside strings and comments. Names consist of the letters `a` to `z` and
`A` to `Z`, digits and `_`.

```verdi
let größe = 1     // write: let size = 1
let a = b ? c : d // write: let a = if b { c } else { d }
```

Characters that look like others (a no-break space, a curly quote, a long dash) often come from a word processor: type
them again."#;
    V0106 "number out of range" r#"An `int` is a 64-bit signed integer: from -9223372036854775808 to 9223372036854775807.

```verdi
let n = 9_223_372_036_854_775_808   // one too many
```

Use a smaller number. Arithmetic that leaves this range when a program runs is a fault."#;
    V0107 "unknown escape in a string" r#"After a backslash, a string may have `n` (line break), `t` (tab), `"`, `\` or `u{…}` with one to six hexadecimal digits of a
Unicode character.

```verdi
let path = "C:\dir"    // write: "C:\\dir"
let e = "\u{e9}"       // é
```

To have a backslash itself, write it twice."#;
    V0108 "block comment" r#"Comments are written `// …` and go to the end of the line; `/// …` documents what follows. There is no `/* … */`.

```verdi
// not: /* a comment */
```

Put `//` before each line."#;
    V0109 "string in single quotes" r#"Strings are written in double quotes.

```verdi
let name = "x"     // not: 'x'
```

There is no type of single characters: a character is a string of length one."#;
    V0110 "comparisons in a row" r#"`a < b < c` would compare the `bool` that `a < b` gives with `c`. That is hardly ever meant, so comparisons (`==`, `!=`, `<`,
`<=`, `>`, `>=`, `in`, `not in`, `is`) do not follow one another.

```verdi
invariant ordered: 0 <= x && x < 10      // not: 0 <= x < 10
invariant agree: (a == b) == (c == d)    // parentheses say that bools are compared
```"#;
    V0111 "nested too deep" r#"Expressions, blocks, types and patterns may nest 200 levels deep. A chain such as `a + b + c + …` counts a level for each
operator, and `else if` one for each branch.

```verdi
let total = sum(x for x in xs)     // instead of x1 + x2 + x3 + … 300 times
```

Name parts with `let`, put them into functions, or use `match`, `sum(… for …)`, `[… for …]`."#;
    V0112 "file too large" r#"A source file may have at most 16 MiB. Nothing of this file was read.

Data for a check belongs into a `domain` clause as a comprehension, such as `domain Put.key = [i for i in 0..100]`, and
definitions can be spread over several files with `use "other.verdi".{…}`."#;
    V0113 "file that is not UTF-8" r#"Source files are UTF-8 text. The message gives the offset of the first byte that is not.

Save the file as UTF-8: most editors call this "save with encoding". Files in Latin-1 or UTF-16 have to be converted, for
example with `iconv -f latin1 -t utf-8`."#;
    V0114 "too many errors" r#"After the first hundred errors in a file the rest is not shown. They often have a few causes in common: mend the first ones
and look again."#;
    V0115 "wrong sign for an assignment or a comparison" r#"There are three signs: `=` gives a new name its value (`let`, `var`, `state`, `type`), `:=` changes what exists, and `==` compares.

```verdi
let n = 1
held := true
if n == 1 { held := false }
```"#;
    V0116 "letter case" r#"Types, node kinds, constructors, messages and systems start with a capital letter; everything else (variables, fields,
functions, networks, transformers, properties) does not.

```verdi
type Term = int
message Lock | Unlock
network lossy { packets: bag }
```

The case of the first letter is what tells a constructor from a variable in a pattern: `None` matches, `none` binds."#;
    V0117 "declaration that lacks a part" r#"Parameters and fields are declared with their type, and a field of a node's state with its initial value as well. The first
parameter of a transformer is the system it transforms.

```verdi
state held: bool = false
fn twice(n: int): int { n + n }
transformer logged(S: system) from async to async { … }
```"#;
    V0118 "form that is not allowed here" r#"The text is well formed but has no meaning at this place: for example a comprehension as the argument of a function other
than `sum`, `max`, `min` and `count`, or two `packets =` lines in one `lift`.

```verdi
let longest = max(q.len() for q in queues)
let total = size([q for q in queues])     // other functions take a list
```"#;
    V0119 "operator of another language" r#"The logical operators are `&&`, `||` and `!`; `not` occurs only in `not in`. A function's result type follows a `:`, an arm of
a `match` is written with `=>`.

```verdi
if held && !waiting { … }
fn next(n: int): int { n + 1 }
match role { Leader => 1, _ => 0 }
```

There is no `+=`: write `n := n + 1`. There is no `c ? a : b`: write `if c { a } else { b }`."#;
    V0120 "keyword of another language" r#"A function is declared with `fn`, a procedure that may change its node's state with `proc`; a further condition is written
`else if`; a variable `var`, a constant `let`; a loop `for x in xs { … }`. There is no `while`: every handler terminates.

```verdi
fn twice(n: int): int { n + n }
if n == 0 { … } else if n == 1 { … } else { … }
```"#;
    V0121 "keyword used as a name" r#"Some words are always keywords: `if`, `else`, `match`, `for`, `in`, `is`, `not`, `let`, `var`, `fn`, `return`, `when`,
`forall`, `exists`, `self`, `true`, `false`. They can be names only after a `.` and as labels of arguments. Other words (`to`, `state`,
`input`, `message`, …) are keywords only where a declaration, clause or statement uses them.

```verdi
let when_held = 1     // not: let when = 1
```"#;
    V0122 "braces are missing" r#"The bodies of `if`, `else`, `for`, handlers, functions and rules stand in braces, and the opening brace stands on the same
line as what it belongs to.

```verdi
if held { send Unlock to Server }     // not: if held send Unlock to Server
on start {                            // not on the next line
  send Hello to Server
}
```"#;
    V0123 "number with an unknown suffix" r#"Durations are written with `us`, `ms`, `s` or `min` directly after the number; other numbers are decimal and have no suffix.

```verdi
timer resend every 150ms
timer election after 1s..2s
let n = 255              // not: 0xff
```"#;
    V0124 "unexpected end of the file" r#"The file, or the script, ends in the middle of something. The message says what could follow.

```verdi
system Counter(n: int)
```

Complete the last declaration, or remove it."#;
}
