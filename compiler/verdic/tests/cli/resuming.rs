//! Searches that end early, however that happens, and go on later.

use crate::{Folder, verdic};
use serde_json::Value as Json;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const LOCKS: &str = "tests/suite/peers/lock.verdi";

/// What a run found, without how long it took and how to repeat it.
fn counts(json: &Json) -> Vec<Json> {
    let check = &json["checks"][0];
    ["verdict", "distinct", "transitions", "levels", "limits"].map(|what| check[what].clone()).to_vec()
}

#[test]
fn a_search_that_was_cut_short_goes_on() {
    let folder = Folder::new();
    let file = folder.path("a search");
    let whole = verdic(&["check", LOCKS, "--check", "lock(3, 2)", "--json"]);
    let first =
        verdic(&["check", LOCKS, "--check", "lock(3, 2)", "--max-worlds", "2000", "--checkpoint", &file]);
    assert_eq!(first.code, 3);
    assert!(first.out.replace("\n        ", " ").contains("goes on with this search"), "{}", first.out);
    for workers in ["1", "2"] {
        let args =
            ["check", LOCKS, "--check", "lock(3, 2)", "--json", "--workers", workers, "--resume", &file];
        let rest = verdic(&args);
        assert_eq!(rest.code, 0, "{}", rest.err);
        assert_eq!(counts(&rest.json()), counts(&whole.json()));
    }
}

#[test]
fn what_a_search_cannot_go_on_with_is_refused() {
    let folder = Folder::new();
    let file = folder.path("search");
    verdic(&["check", LOCKS, "--check", "lock(2, 2)", "--max-worlds", "100", "--checkpoint", &file]);
    let bytes = fs::read(&file).expect("there is a checkpoint");
    let cut = folder.file("cut", &bytes[..bytes.len() / 2]);
    let mut other = bytes.clone();
    other[bytes.len() / 3] ^= 16;
    let other = folder.file("other", &other);
    let (nowhere, text) = (folder.path("nowhere"), folder.file("text", "something else altogether"));
    let two: &[&str] = &["--check", "lock(2, 2)"];
    let cases: [(&[&str], &str, &str); 10] = [
        (two, &cut, "it is damaged"),
        (two, &other, "it is damaged"),
        (two, &nowhere, "it cannot be read"),
        (two, &text, "it is not a checkpoint"),
        (
            &["--check", "lock(3, 2)"],
            &file,
            "its check is another: \"lock(2, 2)\" there, \"lock(3, 2)\" here",
        ),
        (&["--check", "lock(2, 2)", "--under", "sync"], &file, "its network is another"),
        (&["--check", "lock(2, 2)", "--bound", "deliver=3"], &file, "its list of bounds is another"),
        (&["--check", "lock(2, 2)", "--depth", "9"], &file, "its depth is another"),
        (&["--check", "lock(2, 2)", "--engine", "interp"], &file, "with the engine jit"),
        (&[], &file, "say with --check which of 5"),
    ];
    for (flags, from, why) in cases {
        let args: Vec<&str> =
            ["check", LOCKS, "--resume", from].into_iter().chain(flags.iter().copied()).collect();
        let ended = verdic(&args);
        assert_eq!(ended.code, 2, "{flags:?}: {}{}", ended.out, ended.err);
        assert!(ended.err.contains(why), "{why}: {}", ended.err);
    }
    assert_eq!(fs::read(&file).expect("it is still there"), bytes);
}

/// Numbers below a bound, the same each time (an xorshift generator).
struct Drawn(u64);

impl Drawn {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

#[test]
#[ignore = "takes minutes: tests/long runs it"]
fn a_search_that_is_killed_over_and_over_ends_as_if_it_never_was() {
    let search = ["check", LOCKS, "--check", "lock(3, 4)", "--count-all", "--json"];
    let begun = Instant::now();
    let whole = counts(&verdic(&search).json());
    let took = begun.elapsed();
    assert_eq!(whole[1], 3_360_735);
    let folder = Folder::new();
    let (file, beside) = (folder.path("search"), folder.path("search.tmp"));
    let (mut drawn, mut killed, mut writing) = (Drawn(20_240_229), 0, 0);
    for round in 0..10 {
        let mut flags = vec!["--checkpoint", &file, "--checkpoint-every", "0.02"];
        flags.extend(["--workers", if round % 2 == 0 { "1" } else { "2" }]);
        if Path::new(&file).exists() {
            flags.extend(["--resume", &file]);
        }
        let mut child = Command::new(env!("CARGO_BIN_EXE_verdic"))
            .args(search.iter().chain(&flags))
            .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary was built for this test");
        // Time for a start, and a fifth of the search at most.
        let wait = Duration::from_millis(150) + took.mul_f64(drawn.below(1000) as f64 / 5000.0);
        std::thread::sleep(wait);
        match child.try_wait().expect("it can be asked after") {
            None => killed += 1,
            Some(status) => assert_eq!(status.code(), Some(0), "round {round}: it was refused"),
        }
        let _ = child.kill();
        child.wait().expect("it has ended");
        writing += usize::from(Path::new(&beside).exists());
    }
    println!("{killed} of 10 were killed, {writing} while a checkpoint was written");
    assert!(killed >= 5, "only {killed} were killed before they ended");
    assert!(Path::new(&file).exists(), "none had come to a checkpoint");
    for workers in ["1", "2"] {
        let flags = ["--workers", workers, "--resume", &file];
        let args: Vec<&str> = search.into_iter().chain(flags).collect();
        let ended = verdic(&args);
        assert_eq!(ended.code, 0, "{}", ended.err);
        assert_eq!(counts(&ended.json()), whole);
    }
}
