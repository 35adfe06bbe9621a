//! The short, repeatable version of the fuzz targets: programs that are nearly right, from fixed seeds.

#![expect(clippy::expect_used, reason = "what is not as expected fails the test")]

use std::fs;

use verdi_tests::mutate::{Random, mutate};
use verdi_tests::{laws, right_programs};

/// Runs a law over mutants of every program; the seed of the one that breaks it is in the message.
fn hold(law: fn(&str), mutants: usize) {
    let texts: Vec<String> = right_programs()
        .iter()
        .map(|path| fs::read_to_string(path).expect("a program is readable text"))
        .collect();
    assert!(texts.len() > 10, "found only {} programs", texts.len());
    for seed in 0..mutants {
        let mut random = Random::new(seed as u64);
        let donor = &texts[random.below(texts.len())];
        let mutant = mutate(&texts[seed % texts.len()], donor, &mut random);
        let held = std::panic::catch_unwind(|| law(&mutant));
        assert!(held.is_ok(), "seed {seed} breaks a law:\n{mutant}");
    }
}

#[test]
fn parsing_ends_well_on_nearly_right_programs() {
    hold(laws::parsing, 3000);
}

#[test]
fn formatting_keeps_nearly_right_programs() {
    hold(laws::formatting, 3000);
}

#[test]
fn checking_ends_well_on_nearly_right_programs() {
    hold(laws::checking, 3000);
}

#[test]
fn parsing_ends_well_on_what_is_no_program_at_all() {
    let deep = 10_000;
    for text in [
        String::new(),
        "\u{feff}system S {}".to_owned(),
        "\0\u{1}\u{7f}é🦀".to_owned(),
        "{".repeat(deep),
        "}".repeat(deep),
        "(".repeat(deep) + &")".repeat(deep),
        "fn f() { ".to_owned() + &"[".repeat(deep) + &"]".repeat(deep) + " }",
        "fn f() { ".to_owned() + &"if a { ".repeat(deep) + &"}".repeat(deep) + " }",
        "fn f() { ".to_owned() + &"!".repeat(deep) + "a }",
        "fn f() { ".to_owned() + &"-".repeat(deep) + "1 }",
        "fn f() { ".to_owned() + &"a ==> ".repeat(deep) + "a }",
        "fn f() { ".to_owned() + &"a + ".repeat(deep) + "a }",
        "fn f() { a".to_owned() + &".b".repeat(deep) + " }",
        "fn f() { a".to_owned() + &"(1)".repeat(deep) + " }",
        "type A = ".to_owned() + &"List<".repeat(deep) + "int" + &">".repeat(deep),
        "fn f() { match a { ".to_owned() + &"Some(".repeat(deep) + "x" + &")".repeat(deep) + " => 1 } }",
        "fn f() { let a = \"".to_owned() + &"x".repeat(1 << 20),
        "// ".to_owned() + &"x".repeat(1 << 20),
        "x ".repeat(1 << 19),
        "9".repeat(100_000),
    ] {
        laws::parsing(&text);
        laws::formatting(&text);
    }
}
