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
