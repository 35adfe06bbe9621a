//! The layers of transformed systems: what traces show of them.

use crate::{Folder, verdic};

const TWO: &str = "examples/bank_layers_bug.verdi";
const BATCHES: &str = "examples/batching_bug.verdi";
const MACHINE: &str = "examples/counter_primary_backup_bug.verdi";

/// A timer of the system inside, a start handler, and a node that crashes.
const FADES: &str = "system Fades {
  message Hi

  node A {
    timer t after 10ms
    state n: int = 0
    durable state all: int = 0
    state back: bool = false

    on start {
      start t
      send Hi to B
    }
    on timeout t {
      n := n + 1
      all := all + 1
      start t
      send Hi to B
    }
    on reboot {
      back := true
      start t
    }
  }

  node B {
    state got: int = 0
    on message Hi { if got < 2 { got := got + 1 } }
  }

  invariant steady: A.back ==> A.n == A.all
}

";

/// Two timers, and nothing that ever ends.
const BLINKS: &str = "system Blinks {
  node A {
    timer t every 10ms
    state up: bool = false
    state done: bool = false
    on timeout t { up := !up }
  }

  liveness ends: eventually A.done
}

check \"it blinks\" reliable(Blinks) {
  under busy
  violates ends
}
";

fn printed(args: &[&str]) -> String {
    let ended = verdic(args);
    assert!(ended.code < 2, "{}{}", ended.out, ended.err);
    ended.out
}

/// The printed check, without the file's folder.
fn shown(folder: &Folder, args: &[&str]) -> String {
    printed(args).replace(&folder.path(""), "")
}

#[test]
fn the_outer_layer_names_what_it_carries() {
    insta::assert_snapshot!(printed(&["check", TWO, "--layer", "outer"]));
}

#[test]
fn the_inner_layer_is_the_innermost() {
    insta::assert_snapshot!(printed(&["check", TWO, "--layer", "inner"]));
}

#[test]
fn one_step_may_be_several_of_the_system_inside() {
    insta::assert_snapshot!(printed(&["check", BATCHES, "--layer", "inner"]));
}

#[test]
fn a_machine_applies_inputs_wherever_it_is_kept() {
    insta::assert_snapshot!(printed(&["check", MACHINE, "--layer", "inner"]));
    insta::assert_snapshot!(printed(&["check", MACHINE, "--layer", "outer"]));
}

#[test]
fn timers_crashes_and_reboots_are_those_of_the_system_inside() {
    let folder = Folder::new();
    let check = "check \"it fades\" reliable_durable(Fades) {\n  under crash\n  bound timeout <= 2\n  bound crash <= 1\n  \
                 bound drop <= 0\n  bound duplicate <= 0\n  bound packets <= 3\n  violates steady\n}\n";
    let file = folder.file("fades.verdi", format!("{FADES}{check}"));
    insta::assert_snapshot!(shown(&folder, &["check", &file, "--layer", "inner"]));
}

#[test]
fn a_run_without_end_goes_on_in_steps_that_are_folded() {
    let folder = Folder::new();
    let file = folder.file("blinks.verdi", BLINKS);
    insta::assert_snapshot!(shown(&folder, &["check", &file, "--layer", "inner"]));
    for (format, mark) in [("mermaid", "loop again and again"), ("text", "step of reliable")] {
        let out = folder.path(format);
        printed(&["check", &file, "--layer", "inner", "--out", &out, "--format", format]);
        assert!(folder.read(format).contains(mark), "{}", folder.read(format));
    }
}

#[test]
fn all_layers_are_shown_unless_one_is_asked_for() {
    let all = printed(&["check", TWO]);
    assert_eq!(printed(&["check", TWO, "--layer", "all"]), all);
    // The bare system has one layer.
    let bare = ["check", "examples/lock_server_bug.verdi"];
    for layer in ["outer", "inner"] {
        let again = |text: String| text.lines().filter(|line| !line.contains("again:")).collect::<String>();
        assert_eq!(again(printed(&[&bare[..], &["--layer", layer]].concat())), again(printed(&bare)));
    }
    assert_eq!(verdic(&["check", TWO, "--layer", "middle"]).code, 2);
}

#[test]
fn what_can_be_replayed_has_all_layers() {
    let folder = Folder::new();
    let trace = folder.path("trace.json");
    let svg = folder.path("chart.svg");
    let args = ["check", TWO, "--layer", "inner", "--out", &trace, "--chart", &svg];
    printed(&args);
    assert!(!folder.read("chart.svg").contains("Numbered"), "{}", folder.read("chart.svg"));
    assert!(folder.read("chart.svg").contains("1 step of seq_num(persist)"), "{}", folder.read("chart.svg"));
    let replayed = printed(&["check", TWO, "--replay", &trace, "--layer", "inner"]);
    assert!(replayed.contains("(1 step of seq_num(persist))"), "{replayed}");
    assert!(!replayed.contains("Numbered"), "{replayed}");
    let json = verdic(&["check", TWO, "--layer", "inner", "--json"]).json();
    let check = &json["checks"][0];
    assert_eq!(check["trace"].as_array().map(Vec::len), Some(4), "{check:#}");
    assert_eq!(check["layer"], "inner");
    let steps: Vec<_> =
        check["layer_trace"].as_array().expect("a list").iter().map(|s| &s["event"]).collect();
    assert_eq!(steps, ["input", "folded", "deliver", "deliver"]);
    assert!(verdic(&["check", TWO, "--json"]).json()["checks"][0].get("layer_trace").is_none());
}

#[test]
fn runs_scripts_and_tests_show_a_layer() {
    let folder = Folder::new();
    let file = "examples/batching.verdi";
    let script = folder.file(
        "script",
        "input Go at Asker\ntimeout flush at Asker\ndeliver Batch([Add]) from Asker to Counter\n",
    );
    insta::assert_snapshot!(shown(&folder, &["run", file, "--script", &script, "--layer", "inner"]));
    let run = printed(&["run", file, "--seed", "4", "--layer", "inner"]);
    assert!(run.contains("of batched)") && !run.contains("Batch("), "{run}");
    assert!(run.contains("--layer inner"), "{run}");
    let text = std::fs::read_to_string(format!("../../{file}")).expect("the example is there");
    let test = "\ntest \"none\" for batched(Tally) under timed {\n  input Go at Asker\n  timeout flush at Asker\n  \
                expect Counter.total == 1\n}\n";
    let file = folder.file("batching.verdi", text + test);
    let failed = printed(&["run", &file, "--tests", "--layer", "inner"]);
    assert!(failed.contains("(1 step of batched)") && !failed.contains("Batch("), "{failed}");
}
