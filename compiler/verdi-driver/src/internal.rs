//! Mistakes of ours, and the stack that deep but legal programs need.

use std::io::Write;
use std::panic::{self, PanicHookInfo};
use std::thread;

/// Enough for every recursion over a tree of the greatest depth, in a build without optimisation too.
const STACK_BYTES: usize = 256 << 20;

/// Runs `work` on a thread with a large stack. `None` where it panicked: the hook has told how to report it.
pub fn on_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Option<T> {
    thread::scope(|scope| {
        let spawned =
            thread::Builder::new().name("verdic".into()).stack_size(STACK_BYTES).spawn_scoped(scope, work);
        spawned.ok()?.join().ok()
    })
}

/// Makes a panic say that it is our mistake, and what to do about it.
pub fn install_panic_hook(version: &'static str) {
    panic::set_hook(Box::new(move |info| {
        let text = message(info, version);
        // There is nothing left to do where even this cannot be written.
        let _ = std::io::stderr().write_all(text.as_bytes());
    }));
}

fn message(info: &PanicHookInfo<'_>, version: &str) -> String {
    let what = info.payload();
    let what = what
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| what.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    let place = info.location().map_or(String::new(), |at| format!(" at {}:{}", at.file(), at.line()));
    format!(
        "internal error: {what}{place}\n\n\
         This is a mistake in verdic {version}, not in your program. Please report it, with the file that was\n\
         checked and this command line, where you got verdic from:\n  {}\n",
        std::env::args().collect::<Vec<_>>().join(" ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deep_recursion_is_fine_there() {
        fn deep(n: u32) -> u64 {
            let pad = std::hint::black_box([n as u64; 64]);
            if n == 0 { pad[0] } else { deep(n - 1) + pad[63] }
        }
        assert_eq!(on_large_stack(|| deep(100_000)), Some((0..=100_000).sum()));
    }
}
