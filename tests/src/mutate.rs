//! Programs that are nearly right: changes to lines and tokens of right ones.

use crate::words::words;

/// A stream of numbers from a seed: SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number
/// generators", 2014).
pub struct Random(u64);

impl Random {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; 0 where there is none.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % (end.max(1) as u64)) as usize
    }

    /// One of several things.
    pub fn of<'a, T>(&mut self, things: &'a [T]) -> Option<&'a T> {
        things.get(self.below(things.len()))
    }
}

/// Tokens that are put in where they may not belong.
const INTRUDERS: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "..",
    ",",
    ";",
    "|",
    "==>",
    ":=",
    "-",
    "!",
    "is",
    "in",
    "not",
    "forall x in",
    "if",
    "match",
    "_",
    "self",
    "Node",
    "packets",
    "trace",
    "None",
    "9223372036854775807",
    "-1",
    "0",
    "\"",
    "'",
    "set[]",
    "map[]",
    "[]",
    "()",
    "///",
    "é",
    "\u{0}",
    "return",
    "when",
    "per node",
    "Some(1)",
    "int",
    "send",
    "ghost state",
];

/// Changes a text in one to four places; lines and tokens come from it and from `donor`.
pub fn mutate(text: &str, donor: &str, random: &mut Random) -> String {
    let mut text = text.to_owned();
    for _ in 0..=random.below(4) {
        text = if random.below(3) == 0 {
            change_lines(&text, donor, random)
        } else {
            change_tokens(&text, donor, random)
        };
    }
    text
}

fn change_lines(text: &str, donor: &str, random: &mut Random) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    let others: Vec<&str> = donor.lines().collect();
    let (a, b) = (random.below(lines.len()), random.below(lines.len()));
    if lines.is_empty() {
        return donor.to_owned();
    }
    match random.below(6) {
        0 => drop(lines.remove(a)),
        1 => lines.insert(b, lines[a]),
        2 => lines.swap(a, b),
        3 => lines.insert(a, random.of(&others).copied().unwrap_or("")),
        4 => drop(lines.drain(a.min(b)..a.max(b))),
        _ => {
            let from = random.below(others.len());
            let to = (from + random.below(12)).min(others.len());
            lines.splice(a..a, others[from..to].iter().copied());
        }
    }
    lines.join("\n") + "\n"
}

fn change_tokens(text: &str, donor: &str, random: &mut Random) -> String {
    let tokens = words(text);
    let Some((_, a)) = random.of(&tokens).cloned() else { return donor.to_owned() };
    let Some((_, b)) = random.of(&tokens).cloned() else { return donor.to_owned() };
    let (first, second) = if a.start <= b.start { (a.clone(), b) } else { (b, a.clone()) };
    let mut changed = text.to_owned();
    match random.below(7) {
        0 => changed.replace_range(a, ""),
        1 => changed.insert_str(a.end, &format!(" {}", &text[second])),
        2 if first.end <= second.start => {
            changed.replace_range(second.clone(), &text[first.clone()]);
            changed.replace_range(first, &text[second]);
        }
        3 => {
            let others = words(donor);
            let other = random.of(&others).map_or("", |(_, range)| &donor[range.clone()]);
            changed.replace_range(a, other);
        }
        4 => changed.insert_str(a.start, &format!("{} ", random.of(INTRUDERS).unwrap_or(&""))),
        5 => changed.truncate(a.start),
        _ => changed.replace_range(a, random.of(INTRUDERS).unwrap_or(&"")),
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_program() {
        let make =
            |seed| mutate("system S {\n  node A {}\n}\n", "check \"x\" S {}\n", &mut Random::new(seed));
        assert_eq!(make(7), make(7));
        assert!((0..20).any(|seed| make(seed) != make(7)));
    }
}
