//! Texts that are deep, long or odd: each must give its one error, soon, and without overflowing the stack.

#![allow(clippy::expect_used, reason = "a panic in the thread is what the test looks for")]

use std::time::{Duration, Instant};

use verdi_diagnostics::FileId;

/// How long the longest lines are. Parsing is linear, so ten of these take ten times as long.
const LINE_BYTES: usize = 1_000_000;

/// Distinct codes in order of appearance, parsed on a small stack so that recursion over depth would show.
fn codes(text: String) -> Vec<&'static str> {
    let run = move || {
        let parse = verdi_syntax::parse(FileId(0), &text);
        let _ = verdi_syntax::format(&text);
        let mut codes: Vec<_> = parse.diagnostics.iter().map(|d| d.code.name()).collect();
        codes.dedup();
        codes
    };
    let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(run).expect("a thread");
    thread.join().expect("no panic")
}

fn parsed_codes(text: String) -> Vec<&'static str> {
    let mut codes: Vec<_> =
        verdi_syntax::parse(FileId(0), &text).diagnostics.iter().map(|d| d.code.name()).collect();
    codes.dedup();
    codes
}

/// A file whose one function has this body.
fn body(text: &str) -> String {
    format!("fn f(a: int): int {{ {text} }}\n")
}

#[test]
fn what_nests_too_deep_is_one_error() {
    let n = 10_000;
    let deep = [
        body(&format!("{}1{}", "(".repeat(n), ")".repeat(n))),
        body(&format!("{}1{}", "[".repeat(n), "]".repeat(n))),
        body(&format!("{}1{}", "{ ".repeat(n), " }".repeat(n))),
        body(&format!("{}1{}", "f(".repeat(n), ")".repeat(n))),
        body(&format!("{}1{}", "if a { ".repeat(n), " }".repeat(n))),
        body(&format!("{}1{}", "for x in a { ".repeat(n), " }".repeat(n))),
        body(&format!("{}1{}", "match a { _ => ".repeat(n), " }".repeat(n))),
        body(&format!("1{}", " + a".repeat(n))),
        body(&format!("1{}", " ==> a".repeat(n))),
        body(&format!("{}a", "!".repeat(n))),
        body(&format!("{}a", "- ".repeat(n))),
        body(&format!("a{}", ".b".repeat(n))),
        body(&format!("a{}", "[0]".repeat(n))),
        body(&format!("a{}", "(0)".repeat(n))),
        body(&format!("{}true", "forall x in a: ".repeat(n))),
        body(&format!("if a {{ 1 }}{}", " else if a { 1 }".repeat(n))),
        format!("type T = {}int{}\n", "List<".repeat(n), "> ".repeat(n)),
        format!("type T = {}int{}\n", "(".repeat(n), ")".repeat(n)),
        body(&format!("let {}x{} = a", "(".repeat(n), ")".repeat(n))),
        body(&format!("let {}x{} = a", "Some(".repeat(n), ")".repeat(n))),
    ];
    for text in deep {
        let shown: String = text.chars().take(60).collect();
        assert_eq!(codes(text), ["V0111"], "{shown}");
    }
}

#[test]
fn what_nests_within_the_limit_is_accepted() {
    let n = usize::from(verdi_syntax::MAX_DEPTH) - 2;
    for text in [
        body(&format!("{}1{}", "(".repeat(n), ")".repeat(n))),
        body(&format!("{}1{}", "f(".repeat(n), ")".repeat(n))),
        body(&format!("1{}", " + a".repeat(n))),
        body(&format!("if a {{ 1 }}{}", " else if a { 1 }".repeat(n - 1))),
        format!("type T = {}int{}\n", "List<".repeat(n), "> ".repeat(n)),
    ] {
        let shown: String = text.chars().take(60).collect();
        assert_eq!(codes(text), [""; 0], "{shown}");
    }
}

#[test]
fn long_lines_take_no_time_to_speak_of() {
    let n = LINE_BYTES;
    let many = |part: &str| part.repeat(n / part.len());
    let texts = [
        (body(&format!("{}1", many("a+"))), vec!["V0111"]),
        (body(&many("a+")), vec!["V0101"]),
        (body(&format!("[{}]", many("a,"))), vec![]),
        (body(&many("x := 1; ")), vec![]),
        (body(&format!("let s = \"{}\"", many("x"))), vec![]),
        (format!("//{}", many("x")), vec![]),
        (body(&many("x y; ")), vec!["V0101", "V0114"]),
        (many("("), vec!["V0111", "V0102"]),
        (many("}"), vec!["V0103", "V0114"]),
        (many("{)"), vec!["V0103", "V0114"]),
        (many("("), vec!["V0111", "V0102"]),
        (many("[(") + &many(")"), vec!["V0111", "V0102", "V0114"]),
        (many("\""), vec!["V0101"]),
        (many("@ "), vec!["V0105", "V0114"]),
        (many("\0"), vec!["V0105"]),
        (body(&many("count(a + ")), vec!["V0111", "V0102"]),
        (many("a<"), vec!["V0101"]),
        (many("type T = int; "), vec![]),
    ];
    for (text, expected) in texts {
        let shown: String = text.chars().take(40).collect();
        let start = Instant::now();
        let found = parsed_codes(text);
        let took = start.elapsed();
        println!("{took:?} {shown:?} {found:?}");
        assert_eq!(found, expected, "{shown}");
        assert!(took < Duration::from_secs(20), "{took:?} for {shown}");
    }
}
