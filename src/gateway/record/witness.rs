//! Checkpoints are remembered beside the trail, and shown to a witness elsewhere, who can later say what the trail was: appended to a
//! file, handed to a command.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Error, Result, bail};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::health::{Health, Missed, Sight};
use crate::audit::checkpoint::Signed;
use crate::platform::clock;
use crate::{audit, config};

pub struct Witness {
    latest: watch::Sender<Option<Arc<Signed>>>,
    tasks: JoinSet<()>,
}

/// Where it is, as the configuration says.
struct Way {
    file: Option<PathBuf>,
    command: Vec<String>,
    wait: Duration,
    health: Arc<Health>,
}

impl Witness {
    /// Nobody waits for it. A witness that is slow sees the latest checkpoint and not all between.
    pub fn start(config: &config::Trail, state_dir: &Path, health: Arc<Health>) -> Witness {
        let file = Some(&config.witness_file).filter(|file| !file.as_os_str().is_empty());
        let way = Way {
            file: file.map(|file| state_dir.join(file)),
            command: config.witness_command.clone(),
            wait: config::ms(config.witness_wait_ms),
            health,
        };
        let (latest, seen) = watch::channel(None);
        let mut tasks = JoinSet::new();
        tasks.spawn(way.run(seen.clone()));
        tasks.spawn(remember(state_dir.to_owned(), seen));
        Witness { latest, tasks }
    }

    pub fn show(&self, signed: Option<&Arc<Signed>>) {
        self.latest.send_if_modified(|latest| {
            let is_new = latest.as_ref().map(|latest| latest.size()) != signed.map(|signed| signed.size());
            if is_new {
                *latest = signed.cloned();
            }
            is_new
        });
    }

    /// Ends when the last one has been shown.
    pub async fn end(mut self) {
        drop(self.latest);
        // A panic of its own loses no row.
        while self.tasks.join_next().await.is_some() {}
    }
}

/// So that an older copy in the trail's place is noticed. A checkpoint that is shown is durable, so this is never ahead of the trail.
async fn remember(state_dir: PathBuf, mut seen: watch::Receiver<Option<Arc<Signed>>>) {
    let mut fails = false;
    while seen.changed().await.is_ok() {
        let Some(signed) = seen.borrow_and_update().clone() else { continue };
        let dir = state_dir.clone();
        let remembering = tokio::task::spawn_blocking(move || audit::remember(&dir, &signed)).await;
        let remembered = remembering.map_err(Into::into).flatten();
        if let Err(error) = &remembered
            && !fails
        {
            let error = format!("{error:#}");
            tracing::error!(
                error,
                "the trail's last checkpoint is not remembered; an older copy in its place may go unnoticed"
            );
        }
        fails = remembered.is_err();
    }
}

impl Way {
    async fn run(self, mut seen: watch::Receiver<Option<Arc<Signed>>>) {
        if self.file.is_none() && self.command.is_empty() {
            return;
        }
        self.health.witness(Sight::Sees);
        while seen.changed().await.is_ok() {
            let Some(signed) = seen.borrow_and_update().clone() else { continue };
            let before = self.health.sight();
            self.health.witness(match (self.tell(&signed.note).await, before) {
                (Ok(()), Some(Sight::Misses(_))) => {
                    tracing::info!("the trail's witness sees checkpoints again");
                    Sight::Sees
                }
                (Ok(()), _) => Sight::Sees,
                (Err((reason, error)), before) => {
                    tracing::error!(error = format!("{error:#}"), "the trail's witness has not seen a checkpoint");
                    let since_us = match before {
                        Some(Sight::Misses(missed)) => missed.since_us,
                        _ => clock::unix_micros(),
                    };
                    Sight::Misses(Missed { reason, since_us })
                }
            });
        }
    }

    /// An error is what everybody may know of it who may see the status, and the cause for the log.
    async fn tell(&self, note: &str) -> Result<(), (&'static str, Error)> {
        let appended = match self.file.clone() {
            Some(file) => {
                let note = note.to_owned();
                tokio::task::spawn_blocking(move || append(&file, &note)).await.map_err(Into::into).flatten()
            }
            None => Ok(()),
        };
        // One way that fails keeps nothing from the other.
        let handed = match self.command.split_first() {
            Some((program, arguments)) => hand_to(program, arguments, note, self.wait).await,
            None => Ok(()),
        };
        appended.map_err(|error| ("its file cannot be written", error))?;
        handed.map_err(|error| ("its command fails or takes too long", error))
    }
}

fn append(file: &Path, note: &str) -> Result<()> {
    use std::io::Write;
    let context = || format!("cannot append to {}", file.display());
    let mut options = std::fs::OpenOptions::new();
    let mut open = options.create(true).append(true).open(file).with_context(context)?;
    open.write_all(format!("{note}\n").as_bytes()).and_then(|()| open.sync_all()).with_context(context)
}

async fn hand_to(program: &str, arguments: &[String], note: &str, wait: Duration) -> Result<()> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::null()).kill_on_drop(true);
    let mut child = command.spawn().with_context(|| format!("cannot run {program}"))?;
    let mut input = child.stdin.take().context("it has no input")?;
    let telling = async {
        // One that reads nothing is told by its exit code.
        let _ = input.write_all(note.as_bytes()).await;
        drop(input);
        child.wait().await
    };
    let status = timeout(wait, telling).await.with_context(|| format!("{program} takes too long"))??;
    if !status.success() {
        bail!("{program} failed: {status}");
    }
    Ok(())
}
