//! `livegate livesim`: the simulated Live alone, for people and programs without Ableton Live.

use std::ffi::OsString;
use std::io::Read;
use std::path::Path;
use std::pin::pin;
use std::process::Stdio;

use anyhow::{Context, Result};
use clap::Args;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::sync::mpsc;

use super::{Outcome, State, embedded};
use crate::config;
use crate::platform::{self, Hangup};

const PIECE_BYTES: usize = 4096;

/// Run a simulated Live with the real script, without gateway or Ableton Live.
///
/// Standard output gets one JSON line when the script is ready; Ctrl-C or the end of standard input ends it.
///
/// Example: livegate livesim --set plain --live 11
#[derive(Args)]
pub struct Livesim {
    #[command(flatten)]
    state: State,
    /// Options of the simulated Live; `livegate livesim -- --help` lists them
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    options: Vec<OsString>,
}

impl Livesim {
    pub async fn run(self) -> Result<Outcome> {
        let shutdown = platform::shutdown_signal(Hangup::ShutsDownInTerminal).context("cannot catch signals")?;
        // Another one may run at the same time.
        let scripts = self.state.dir()?.join("livesim").join(std::process::id().to_string());
        embedded::unpack(&scripts)?;
        let outcome = host(&scripts, &self.options, shutdown).await;
        std::fs::remove_dir_all(&scripts).with_context(|| format!("cannot remove {}", scripts.display()))?;
        outcome
    }
}

/// Runs until it ends by itself, its input ends, or the process gets a shutdown signal.
async fn host(scripts: &Path, options: &[OsString], shutdown: impl Future<Output = ()>) -> Result<Outcome> {
    let mut process = Command::new(config::python())
        .args(["-B", "-m", "livesim"])
        .args(options)
        .env("PYTHONPATH", scripts)
        .stdin(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("cannot run {}; is Python 3 installed?", config::python().display()))?;
    let mut input = process.stdin.take().context("the simulated Live has no standard input")?;
    let (sender, mut orders) = mpsc::channel(1);
    tokio::task::spawn_blocking(move || read_input(&sender));
    let mut shutdown = pin!(shutdown);
    loop {
        tokio::select! {
            _ = process.wait() => break,
            () = &mut shutdown => break,
            order = orders.recv() => match order {
                Some(order) if input.write_all(&order).await.is_ok() => (),
                _ => break,
            },
        }
    }
    // The end of its input ends it in order.
    drop(input);
    let status = process.wait().await.context("cannot wait for the simulated Live")?;
    Ok(if status.success() { Outcome::Done } else { Outcome::Refused })
}

/// Passes standard input on, piece by piece, until it ends.
fn read_input(orders: &mpsc::Sender<Vec<u8>>) {
    let mut buffer = [0; PIECE_BYTES];
    while let Ok(length @ 1..) = std::io::stdin().read(&mut buffer) {
        if orders.blocking_send(buffer[..length].to_vec()).is_err() {
            return;
        }
    }
}
