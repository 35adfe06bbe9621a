//! `--swarm`: what is found, what is claimed, what is refused.

use crate::{Folder, counter, verdic};

const TWO_PHASE: [&str; 4] = ["check", "tests/suite/peers/two_phase.verdi", "--check", "2pc(5)"];

#[test]
fn a_swarm_claims_no_more_than_it_saw() {
    for engine in ["jit", "interp"] {
        let ended = verdic(&[&TWO_PHASE[..], &["--swarm=2", "--engine", engine]].concat());
        assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
        for part in
            ["sampled", "holds in every world the swarm saw", "at least 8,832 worlds", "2 bitstate searches"]
        {
            assert!(ended.out.contains(part), "{engine}: {part}: {}", ended.out);
        }
        let absent = ["exhaustive", "bounded"].iter().all(|verdict| !ended.out.contains(verdict));
        assert!(absent, "{engine}: {}", ended.out);
    }
}

#[test]
fn what_a_swarm_finds_is_shrunk_and_repeated() {
    let folder = Folder::new();
    let file = folder.file("a.verdi", counter("  bound input <= 40\n  holds low"));
    let ended = verdic(&["check", &file, "--swarm", "--seed", "3", "--json"]);
    assert_eq!(ended.code, 1, "{}{}", ended.out, ended.err);
    let row = &ended.json()["checks"][0];
    assert_eq!(row["verdict"], "violated");
    assert_eq!(row["trace"].as_array().expect("steps").len(), 3, "the run is shrunk");
    let text = verdic(&["check", &file, "--swarm", "--seed", "3"]);
    assert!(text.out.contains("--swarm=4 --seed 3"), "{}", text.out);
}

#[test]
fn the_number_of_workers_makes_no_difference() {
    let told = |workers: &str| {
        let ended = verdic(&[&TWO_PHASE[..], &["--swarm=3", "--seed", "7", "--workers", workers]].concat());
        assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
        ended.out
    };
    assert_eq!(told("1"), told("2"));
}

#[test]
fn what_is_not_reached_is_not_decided() {
    let folder = Folder::new();
    let file =
        folder.file("a.verdi", counter("  bound input <= 3\n  holds far\n  reaches never: Server.n == 7"));
    let ended = verdic(&["check", &file, "--swarm", "--json"]);
    assert_eq!(ended.code, 3, "{}{}", ended.out, ended.err);
    let json = ended.json();
    let rows = json["checks"].as_array().expect("a list");
    let verdict =
        |property: &str| &rows.iter().find(|row| row["property"] == property).expect("a row")["verdict"];
    assert_eq!((verdict("far"), verdict("never")), (&"sampled".into(), &"inconclusive".into()));
    let unbounded = folder.file("b.verdi", counter("  holds far"));
    for limit in [["--time", "0.2"], ["--memory", "1MB"]] {
        let ended = verdic(&["check", &unbounded, "--swarm", limit[0], limit[1], "--json"]);
        assert_eq!(ended.code, 3, "{limit:?}: {}{}", ended.out, ended.err);
    }
}

#[test]
fn what_makes_no_sense_is_refused() {
    let folder = Folder::new();
    let kept = folder.path("kept");
    for flags in [
        &["--search", "dfs"][..],
        &["--simulate"],
        &["--symmetry", "auto"],
        &["--por", "on"],
        &["--max-worlds", "5"],
        &["--checkpoint", &kept],
        &["--resume", &kept],
        &["--ladder"],
    ] {
        let ended = verdic(&[&TWO_PHASE[..], &["--swarm"], flags].concat());
        assert_eq!(ended.code, 2, "{flags:?}: {}{}", ended.out, ended.err);
        assert!(ended.err.contains("cannot be used with"), "{flags:?}: {}", ended.err);
    }
    let none = verdic(&[&TWO_PHASE[..], &["--swarm=0"]].concat());
    assert_eq!(none.code, 2, "{}", none.err);
}
