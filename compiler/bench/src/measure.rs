//! A process from start to end: its time, its memory and what it printed.

#![expect(unsafe_code, reason = "the standard library does not tell what a process used")]

use std::fs::{self, File};
use std::io;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// How a process ended.
#[derive(Clone, Debug)]
pub struct Run {
    /// From its start to its end, in seconds.
    pub seconds: f64,
    /// Processor time, of all its threads, in seconds.
    pub processor_seconds: f64,
    /// The most memory that it had resident, in bytes.
    pub memory: u64,
    /// How it failed, if it did.
    pub failure: Option<String>,
    /// What it printed.
    pub output: String,
}

/// Runs a command to its end, or until the limit.
pub fn run(command: &mut Command, limit: Duration) -> Result<Run> {
    let log = Log::new()?;
    command.stdin(Stdio::null()).stdout(log.writer()?).stderr(log.writer()?);
    let start = Instant::now();
    let child = command.spawn().with_context(|| format!("{} does not start", name(command)))?;
    let process = libc::pid_t::try_from(child.id()).context("a process's number")?;
    let watch = Watch::start(process, limit);
    let ended = wait_for_end(process);
    let seconds = start.elapsed().as_secs_f64();
    // The process is not reaped before the watch has ended, so that its number is not another's meanwhile.
    let stopped = watch.end();
    ended.with_context(|| format!("waiting for {}", name(command)))?;
    let (status, usage) = reap(process).with_context(|| format!("waiting for {}", name(command)))?;
    let failure = if stopped {
        Some(format!("stopped after {} s", limit.as_secs()))
    } else if libc::WIFEXITED(status) {
        Some(libc::WEXITSTATUS(status)).filter(|code| *code != 0).map(|code| format!("exit code {code}"))
    } else {
        Some(format!("signal {}", libc::WTERMSIG(status)))
    };
    Ok(Run {
        seconds,
        processor_seconds: span(usage.ru_utime) + span(usage.ru_stime),
        memory: resident(&usage),
        failure,
        output: log.read()?,
    })
}

/// Runs a command that has to succeed, such as a compiler.
pub fn must(command: &mut Command) -> Result<String> {
    let run = run(command, Duration::from_secs(1800))?;
    match run.failure {
        None => Ok(run.output),
        Some(failure) => Err(anyhow::anyhow!("{}: {failure}\n{}", name(command), run.output)),
    }
}

fn name(command: &Command) -> String {
    command.get_program().display().to_string()
}

/// What a process prints goes into a file: nobody has to read while it runs.
struct Log(PathBuf);

static LOGS: AtomicU32 = AtomicU32::new(0);

impl Log {
    fn new() -> Result<Log> {
        let folder = crate::places::scratch();
        fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        let number = LOGS.fetch_add(1, Relaxed);
        let path = folder.join(format!("output.{}.{number}", std::process::id()));
        File::create(&path).with_context(|| path.display().to_string())?;
        Ok(Log(path))
    }

    fn writer(&self) -> Result<File> {
        Ok(File::options().append(true).open(&self.0)?)
    }

    fn read(&self) -> Result<String> {
        Ok(String::from_utf8_lossy(&fs::read(&self.0)?).into_owned())
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        // A file that is left behind in the build folder harms nobody.
        let _ = fs::remove_file(&self.0);
    }
}

/// Ends a process that takes too long.
struct Watch {
    ended: Sender<()>,
    thread: thread::JoinHandle<bool>,
}

impl Watch {
    fn start(process: libc::pid_t, limit: Duration) -> Watch {
        let (ended, wait) = channel::<()>();
        let thread = thread::spawn(move || {
            let late = wait.recv_timeout(limit) == Err(RecvTimeoutError::Timeout);
            if late {
                // SAFETY: it is a child that has not been reaped.
                unsafe { libc::kill(process, libc::SIGKILL) };
            }
            late
        });
        Watch { ended, thread }
    }

    /// Whether the process was stopped.
    fn end(self) -> bool {
        // It may have gone already.
        let _ = self.ended.send(());
        self.thread.join().unwrap_or(false)
    }
}

/// Waits for a process, and leaves it to be reaped.
fn wait_for_end(process: libc::pid_t) -> io::Result<()> {
    let id = process.unsigned_abs();
    loop {
        // SAFETY: all zero bytes are a `siginfo_t`, and the call writes no more than one.
        let ended = unsafe {
            let mut info: libc::siginfo_t = std::mem::zeroed();
            libc::waitid(libc::P_PID, id, &raw mut info, libc::WEXITED | libc::WNOWAIT)
        };
        if ended == 0 {
            return Ok(());
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
}

fn reap(process: libc::pid_t) -> io::Result<(libc::c_int, libc::rusage)> {
    let mut status = 0;
    // SAFETY: all zero bytes are a `rusage`.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: both places are valid for what is written to them.
    let reaped = unsafe { libc::wait4(process, &raw mut status, 0, &raw mut usage) };
    if reaped == process { Ok((status, usage)) } else { Err(io::Error::last_os_error()) }
}

fn span(time: libc::timeval) -> f64 {
    time.tv_sec as f64 + time.tv_usec as f64 / 1e6
}

fn resident(usage: &libc::rusage) -> u64 {
    let unit = if cfg!(target_os = "macos") { 1 } else { 1024 };
    u64::try_from(usage.ru_maxrss).unwrap_or(0) * unit
}

#[cfg(test)]
mod tests {
    use std::process::Command;
    use std::time::Duration;

    use super::{must, run};

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_process_is_measured_to_its_end() {
        let run =
            run(&mut shell("sleep 0.2; echo out; echo err >&2"), Duration::from_secs(60)).expect("it starts");
        assert_eq!(run.failure, None);
        assert!(run.output.contains("out") && run.output.contains("err"), "{}", run.output);
        assert!(run.seconds >= 0.2 && run.processor_seconds < run.seconds);
        assert!(run.memory > 100_000);
    }

    #[test]
    fn failures_are_told() {
        let end = |script, seconds| {
            run(&mut shell(script), Duration::from_secs(seconds)).expect("it starts").failure
        };
        assert_eq!(end("exit 3", 60).as_deref(), Some("exit code 3"));
        assert_eq!(end("kill -9 $$", 60).as_deref(), Some("signal 9"));
        assert_eq!(end("exec sleep 60", 0).as_deref(), Some("stopped after 0 s"));
        assert!(
            must(&mut shell("echo no such thing; exit 1")).unwrap_err().to_string().contains("no such thing")
        );
        assert!(run(&mut Command::new("/nowhere/at/all"), Duration::from_secs(1)).is_err());
    }
}
