//! The command line, from the outside: what it prints where, and how it ends.

#![expect(clippy::expect_used, reason = "what is not as expected fails the test")]

#[cfg(unix)]
mod book;
mod checking;
mod disk;
mod histories;
mod hostile;
mod layers;
mod live;
mod others;
mod readme;
mod resuming;
mod swarming;
mod traces;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// How a command ended.
struct Ended {
    code: i32,
    out: String,
    err: String,
}

impl Ended {
    /// The object that it printed.
    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("not JSON: {error}\n{}", self.out))
    }
}

/// Runs `verdic` at the root of the repository.
fn verdic(args: &[&str]) -> Ended {
    verdic_with(args, b"")
}

/// The same, with standard input.
fn verdic_with(args: &[&str], input: &[u8]) -> Ended {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut child = Command::new(env!("CARGO_BIN_EXE_verdic"))
        .args(args)
        .current_dir(root)
        .env_remove("RUST_BACKTRACE")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary was built for this test");
    // A command that takes no input may have ended before it is written.
    let _ = child.stdin.take().expect("it is piped").write_all(input);
    let output = child.wait_with_output().expect("the binary ends");
    Ended {
        code: output.status.code().expect("no signal ended it"),
        out: String::from_utf8(output.stdout).expect("it prints UTF-8"),
        err: String::from_utf8(output.stderr).expect("it prints UTF-8"),
    }
}

/// A folder of its own, removed at the end.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("there is room for a folder"))
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    /// Writes a file and answers with its path.
    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = PathBuf::from(self.path(name));
        std::fs::write(&path, content).expect("the folder can be written to");
        path.display().to_string()
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).expect("the file was written")
    }
}

/// A counter: `low` breaks at the third step, `high` at the thirtieth, `far` at none that anybody waits for.
const COUNTER: &str = r#"
system Counter {
  node Server {
    input Up | Down
    state n: int = 0
    on input Up { n := n + 1 }
    on input Down { n := n - 1 }
  }
  invariant low: Server.n < 3
  invariant high: Server.n < 30
  invariant far: Server.n < 1000000
}
"#;

fn counter(check: &str) -> String {
    format!("{COUNTER}\ncheck \"a counter\" Counter {{\n  under async\n{check}\n}}\n")
}
