//! Programs that are nearly right: whatever is wrong with them, the checker says so and does not panic.

mod common;

use common::{check_text, programs};

/// A small generator of numbers, the same on every machine.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((self.0 >> 33) as usize) % end.max(1)
    }
}

/// Words, marks and spaces, so that joining them gives the text again.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut start = 0;
    let class = |c: char| {
        if c.is_alphanumeric() || c == '_' {
            0
        } else if c.is_whitespace() {
            1
        } else {
            2
        }
    };
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    for pair in chars.windows(2) {
        let ((_, a), (at, b)) = (pair[0], pair[1]);
        if class(a) != class(b) || class(a) == 2 {
            tokens.push(&text[start..at]);
            start = at;
        }
    }
    tokens.push(&text[start..]);
    tokens
}

fn mutate(tokens: &[&str], words: &[&str], numbers: &mut Numbers) -> String {
    let mut tokens = tokens.to_vec();
    for _ in 0..=numbers.below(3) {
        let (a, b) = (numbers.below(tokens.len()), numbers.below(tokens.len()));
        match numbers.below(4) {
            0 => {
                tokens.remove(a);
            }
            1 => tokens.swap(a, b),
            2 => tokens[a] = words[numbers.below(words.len())],
            _ => tokens.insert(a, tokens[b]),
        }
        if tokens.is_empty() {
            return String::new();
        }
    }
    tokens.concat()
}

#[test]
fn mutated_programs_do_not_panic() {
    let rounds: usize = std::env::var("VERDI_MUTATIONS").ok().and_then(|n| n.parse().ok()).unwrap_or(6);
    for path in programs(&["examples", "stdlib", "tests/suite", "compiler/verdi-hir/tests/cases"]) {
        let text = std::fs::read_to_string(&path).expect("a program that is there can be read");
        let tokens = tokens(&text);
        let words: Vec<&str> = tokens.iter().copied().filter(|token| token.trim() != "").collect();
        let mut numbers = Numbers(text.len() as u64);
        for round in 0..rounds {
            let mutant = mutate(&tokens, &words, &mut numbers);
            let result = std::panic::catch_unwind(|| check_text(&mutant));
            assert!(result.is_ok(), "{}, round {round}:\n{mutant}", path.display());
        }
    }
}

/// Programs as deeply nested as the parser lets through, in each way that nests.
fn deep_programs(depth: usize) -> Vec<String> {
    let nest = |open: &str, inner: &str, close: &str| open.repeat(depth) + inner + &close.repeat(depth);
    let function = |body: String| format!("fn f(x: int): int {{\n{body}\n}}\n");
    vec![
        function(nest("(1 + ", "x", ")")),
        function(nest("-", "x", "")),
        function(nest("max(1, ", "x", ")")),
        function(nest("if x == 0 { 1 } else { ", "x", " }")),
        function(nest("{ let y = 1; ", "x", " }")),
        function(nest("match x { 0 => 1, _ => ", "x", " }")),
        function(nest("[", "x", "]") + &"[0]".repeat(depth)),
        function(nest("sum(", "x", " for y in [x])")),
        function("x".to_string() + &".index".repeat(depth)),
        function(nest("if let Some(x) = Some(", "x", ") { x } else { 0 }")),
        function("let y = ".to_string() + &nest("Some(", "x", ")") + "\nx"),
        function("let y = x is ".to_string() + &nest("Some(", "x", ")") + "\nx"),
        function("let ".to_string() + &nest("(", "x", ", _)") + " = x\nx"),
        format!("fn f(x: {}): int {{ 0 }}", nest("List<", "int", ">")),
        format!(
            "system S {{ node N {{ on start {{\n{}\n}} }} }}",
            nest("for x in [1] { ", "send 1 to self", " }")
        ),
        format!("system S {{ node N {{ }} invariant i: {} }}", nest("forall n in N: ", "true", "")),
        format!("system S {{ node N {{ }} invariant i: {} }}", nest("!(true && ", "true", ")")),
    ]
}

#[test]
fn deep_programs_do_not_overflow_the_stack() {
    for depth in [20, 60, 95, 190, 400] {
        deep_programs(depth).iter().for_each(|text| drop(check_text(text)));
    }
}

/// Types that double with every line, chains as long as a file, and other programs that are small but do a lot.
#[test]
fn growing_programs_come_to_an_end() {
    let lines =
        |count: usize, line: &dyn Fn(usize) -> String| (0..count).map(line).collect::<Vec<_>>().join("\n");
    let doubling = lines(60, &|i| format!("let x{} = (x{i}, x{i})", i + 1));
    let nested = lines(300, &|i| format!("let x{} = [x{i}]", i + 1));
    let programs = [
        format!("fn f(): int {{\nlet x0 = 1\n{doubling}\n0\n}}"),
        format!("fn f(): int {{\nlet x0 = []\n{doubling}\n0\n}}"),
        format!("fn f(): int {{\nlet x0 = 1\n{nested}\n0\n}}"),
        lines(3000, &|i| format!("type T{i} = T{}", i + 1)) + "\ntype T3000 = int",
        lines(3000, &|i| format!("type T{i}(x: T{})", i + 1)) + "\ntype T3000 = A | B",
        lines(40, &|i| format!("type T{i} = (T{n}, T{n})", n = i + 1)) + "\ntype T40 = int",
        lines(3000, &|i| format!("fn f{i}(x: int): int {{ f{}(x) }}", i + 1))
            + "\nfn f3000(x: int): int { f0(x) }",
        format!(
            "system S {{ node N {{ state x: int = 0\n on start {{ p0() }}\n{}\nproc p1500() {{ x := 1 }} }} }}",
            lines(1500, &|i| format!("proc p{i}() {{ p{}() }}", i + 1))
        ),
        lines(500, &|i| format!("network n{i} extends n{} {{ }}", i + 1)) + "\nnetwork n500 extends n0 { }",
        lines(500, &|i| format!("system S{i} = S{}", i + 1)) + "\nsystem S500 = S0",
        format!("fn f(x: int): int {{ match x {{\n{}\n_ => 0 }} }}", lines(800, &|i| format!("{i} => {i},"))),
        format!(
            "fn f(x: ({}bool)): int {{ match x {{ ({}true) => 1, }} }}",
            "bool, ".repeat(30),
            "true | false, ".repeat(30)
        ),
    ];
    for program in &programs {
        let start = std::time::Instant::now();
        check_text(program);
        assert!(start.elapsed().as_secs() < 20, "{} takes too long", &program[..60]);
    }
}
