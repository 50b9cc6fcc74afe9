//! The processes of the measurement: this program in another part, their time on the processor, and their system calls.

use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::load::{Load, Measured};

/// This program as another process. It ends when this is dropped.
pub struct Part {
    process: Child,
    said: Lines<BufReader<ChildStdout>>,
}

impl Part {
    pub fn start(arguments: &[&str]) -> Part {
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        let mut process =
            command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("this program starts");
        let said = BufReader::new(process.stdout.take().expect("a pipe")).lines();
        Part { process, said }
    }

    /// A load whose connections are open.
    pub fn ready(load: &Load) -> Part {
        let mut part = Part::start(&["load", &serde_json::to_string(load).expect("JSON")]);
        assert_eq!(part.line(), "ready");
        part
    }

    pub fn line(&mut self) -> String {
        self.said.next().expect("a line").expect("UTF-8")
    }

    /// Run the load.
    pub fn run(mut self) -> Measured {
        self.process.stdin.take().expect("a pipe").write_all(b"go\n").expect("a process");
        serde_json::from_str(&self.line()).expect("figures")
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Microseconds of processor time of a process, where the system reports them.
pub fn cpu_us(process: u32) -> Option<f64> {
    /// Linux counts in hundredths of a second here, whatever its own interval is.
    const TICK_US: f64 = 10_000.0;
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
    let ticks = |index: usize| fields.get(index)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) * TICK_US)
}

/// How often a process made each system call while `work` ran, most frequent first; where `strace` is there and may look.
pub fn system_calls<T>(process: u32, work: impl FnOnce() -> T) -> Option<(T, Vec<(String, usize)>)> {
    let mut strace = Command::new("strace");
    strace.args(["-f", "-c", "-p", &process.to_string()]).stdin(Stdio::null()).stderr(Stdio::piped());
    let mut strace = strace.spawn().ok()?;
    let mut said = BufReader::new(strace.stderr.take().expect("a pipe"));
    let mut first = String::new();
    said.read_line(&mut first).ok()?;
    if !first.contains("attached") {
        let _ = strace.wait();
        return None;
    }
    let result = work();
    let _ = Command::new("kill").args(["-INT", &strace.id().to_string()]).status();
    let calls = said.lines().map_while(Result::ok).filter_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let count = fields.get(3)?.parse().ok()?;
        let name = fields.last()?;
        (*name != "total").then(|| ((*name).to_owned(), count))
    });
    let mut calls: Vec<(String, usize)> = calls.collect();
    let _ = strace.wait();
    calls.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    Some((result, calls))
}
