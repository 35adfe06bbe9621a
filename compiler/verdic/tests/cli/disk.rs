//! Searches that go on on the disk.

use crate::{Folder, verdic};
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const TWO_PHASE: &str = "tests/suite/peers/two_phase.verdi";

fn files(folder: &str) -> usize {
    fs::read_dir(folder).expect("the folder is there").count()
}

fn kept() -> (Folder, String) {
    let folder = Folder::new();
    let kept = folder.path("kept");
    fs::create_dir(&kept).expect("the folder can be made");
    (folder, kept)
}

#[test]
fn little_memory_is_enough_with_a_disk() {
    let (_folder, kept) = kept();
    let search = ["check", TWO_PHASE, "--check", "2pc(7)", "--no-tests", "--memory", "4M"];
    let cut = verdic(&search);
    assert_eq!(cut.code, 3, "{}", cut.out);
    let whole = verdic(&search.iter().copied().chain(["--disk", &kept]).collect::<Vec<_>>());
    assert_eq!(whole.code, 0, "{}{}", whole.out, whole.err);
    assert!(whole.out.contains("296,448 worlds"), "{}", whole.out);
    assert!(whole.out.contains("memory was full"), "{}", whole.out);
    assert_eq!(files(&kept), 0);
}

#[test]
fn what_cannot_go_on_on_a_disk_is_refused() {
    let (folder, kept) = kept();
    let (nowhere, file) = (folder.path("nowhere"), folder.file("file", "text"));
    let save = folder.path("save");
    let cases: [(&[&str], &str, &str); 9] = [
        (&[], &nowhere, "there is no such folder"),
        (&[], &file, "it is not a folder"),
        (&["--search", "dfs"], &kept, "only breadth-first searches"),
        (&["--search", "random"], &kept, "only breadth-first searches"),
        (&["--swarm"], &kept, "only breadth-first searches"),
        (&["--simulate"], &kept, "only breadth-first searches"),
        (&["--engine", "interp"], &kept, "only breadth-first searches"),
        (&["--checkpoint", &save], &kept, "a checkpoint is of what is in memory"),
        (&["--memory", "3M"], &kept, "is too little"),
    ];
    for (flags, disk, why) in cases {
        let args = ["check", TWO_PHASE, "--check", "2pc(3)", "--disk", disk];
        let ended = verdic(&args.into_iter().chain(flags.iter().copied()).collect::<Vec<_>>());
        assert_eq!(ended.code, 2, "{flags:?}: {}{}", ended.out, ended.err);
        assert!(ended.err.contains(why), "{why}: {}", ended.err);
    }
}

#[test]
#[cfg(unix)]
fn a_file_that_cannot_grow_ends_the_search_undecided() {
    for blocks in [1, 100, 1000] {
        let (_folder, kept) = kept();
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let search =
            ["check", TWO_PHASE, "--check", "2pc(7)", "--no-tests", "--memory", "4M", "--disk", &kept];
        let ended = Command::new("sh")
            .args(["-c", &script, env!("CARGO_BIN_EXE_verdic")])
            .args(search)
            .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
            .output()
            .expect("there is a shell");
        let out = String::from_utf8_lossy(&ended.stdout);
        assert_eq!(ended.status.code(), Some(3), "{blocks}: {out}");
        let out = out.replace("\n", " ");
        assert!(out.contains("--disk could not be used any more"), "{blocks}: {out}");
        assert_eq!(files(&kept), 0, "{blocks}");
    }
}

/// Begins a search that takes long, and waits until its memory was full.
fn begin(kept: &str) -> Child {
    let search = ["check", TWO_PHASE, "--check", "2pc(10)", "--no-tests", "--memory", "4M", "--disk", kept];
    let child = Command::new(env!("CARGO_BIN_EXE_verdic"))
        .args(search)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary was built for this test");
    let begun = Instant::now();
    let has_run = || {
        let mut entries = fs::read_dir(kept).expect("the folder is there");
        entries.any(|entry| entry.is_ok_and(|entry| entry.path().extension() == Some("run".as_ref())))
    };
    while !has_run() {
        assert!(begun.elapsed() < Duration::from_secs(60), "no file comes");
        std::thread::sleep(Duration::from_millis(5));
    }
    child
}

#[test]
#[cfg(unix)]
fn a_folder_is_of_one_search_at_a_time() {
    let (_folder, kept) = kept();
    let small = ["check", TWO_PHASE, "--check", "2pc(3)", "--no-tests", "--disk", &kept];
    let mut child = begin(&kept);
    let second = verdic(&small);
    assert_eq!(second.code, 2, "{}", second.out);
    assert!(second.err.contains("another search uses it"), "{}", second.err);
    child.kill().expect("it runs");
    child.wait().expect("it has ended");
    assert!(files(&kept) > 0, "nothing was left by the one that was killed");
    let third = verdic(&small);
    assert_eq!(third.code, 0, "{}{}", third.out, third.err);
    assert_eq!(files(&kept), 0);
    let mut child = begin(&kept);
    let interrupt = Command::new("sh").args(["-c", "kill -INT \"$0\"", &child.id().to_string()]).status();
    assert!(interrupt.expect("there is a shell").success());
    assert_eq!(child.wait().expect("it ends").code(), Some(3));
    assert_eq!(files(&kept), 0, "files are left after an interruption");
}
