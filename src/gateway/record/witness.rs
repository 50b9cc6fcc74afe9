//! Checkpoints are remembered beside the trail, and shown to a witness elsewhere, who can later say what the trail was: appended to a
//! file, handed to a command.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use anyhow::{Context, Error, Result, bail};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::health::{Health, Missed, Sight, WitnessOf};
use crate::audit::checkpoint::Signed;
use crate::platform::clock;
use crate::{audit, config};

pub struct Witness {
    latest: watch::Sender<Option<Arc<Signed>>>,
    tasks: JoinSet<()>,
}

impl Witness {
    /// Nobody waits for it. A witness that is slow sees the latest checkpoint and not all between; one that hangs is told of, and keeps
    /// nothing from another.
    pub fn start(config: &config::Trail, state_dir: &Path, health: Arc<Health>) -> Witness {
        let (latest, seen) = watch::channel(None);
        let mut tasks = JoinSet::new();
        let way = |of| Way { of, wait: config::ms(config.witness_wait_ms), health: health.clone() };
        if !config.witness_file.as_os_str().is_empty() {
            let file = WitnessFile::new(state_dir.join(&config.witness_file));
            tasks.spawn(way(WitnessOf::File).append_to(file, seen.clone()));
        }
        if let Some((program, arguments)) = config.witness_command.split_first() {
            let (program, arguments) = (program.clone(), arguments.to_vec());
            tasks.spawn(way(WitnessOf::Command).hand_to(program, arguments, seen.clone()));
        }
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

/// One way to the witness.
struct Way {
    of: WitnessOf,
    wait: Duration,
    health: Arc<Health>,
}

type Seen = watch::Receiver<Option<Arc<Signed>>>;

impl Way {
    async fn hand_to(self, program: String, arguments: Vec<String>, mut seen: Seen) {
        self.tell(Err((NOT_YET, None)));
        while seen.changed().await.is_ok() {
            let Some(signed) = seen.borrow_and_update().clone() else { continue };
            let handed = hand_to(&program, &arguments, &signed.note, self.wait).await;
            self.tell(handed.map_err(|error| ("its command fails or takes too long", Some(error))));
        }
    }

    async fn append_to(self, file: WitnessFile, mut seen: Seen) {
        self.tell(Err((NOT_YET, None)));
        // What the file's thread has been at for too long.
        let mut late: Option<Appending> = None;
        loop {
            tokio::select! {
                changed = seen.changed() => if changed.is_err() { return },
                done = async { late.as_mut().expect("it is late").await }, if late.is_some() => {
                    late = None;
                    self.tell_appended(done);
                }
            }
            if late.is_some() {
                continue;
            }
            let Some(signed) = seen.borrow_and_update().clone() else { continue };
            let mut appending = file.append(signed.note.clone());
            match timeout(self.wait, &mut appending).await {
                Ok(done) => self.tell_appended(done),
                Err(_) => {
                    self.tell(Err(("its file takes too long", None)));
                    late = Some(appending);
                }
            }
        }
    }

    fn tell_appended(&self, done: Result<Result<()>, oneshot::error::RecvError>) {
        let appended = done.map_err(Error::from).flatten();
        self.tell(appended.map_err(|error| ("its file cannot be written", Some(error))));
    }

    /// An error is what everybody may know of it who may see the status, and the cause for the log.
    fn tell(&self, seen: Result<(), (&'static str, Option<Error>)>) {
        let before = self.health.sight(self.of);
        let missed_before = match before {
            Some(Sight::Misses(missed)) => Some(missed),
            _ => None,
        };
        let sight = match seen {
            Ok(()) => {
                if missed_before.is_some_and(|missed| missed.reason != NOT_YET) {
                    tracing::info!(of = self.of.name(), "the trail's witness sees checkpoints again");
                }
                Sight::Sees
            }
            Err((reason, error)) => {
                if reason != NOT_YET {
                    let error = error.map(|error| format!("{error:#}"));
                    tracing::error!(
                        of = self.of.name(),
                        reason,
                        error,
                        "the trail's witness has not seen a checkpoint"
                    );
                }
                let since_us = missed_before.map_or_else(clock::unix_micros, |missed| missed.since_us);
                Sight::Misses(Missed { reason, since_us })
            }
        };
        self.health.witness(self.of, sight);
    }
}

/// Until the first has been seen.
const NOT_YET: &str = "it has not seen a checkpoint yet";

/// The witness's file, written by a thread of its own: one that hangs in the system (a FIFO that nobody reads, a network disk that is
/// away) keeps nothing else from going on, and the process from ending.
struct WitnessFile {
    path: PathBuf,
    notes: mpsc::Sender<(String, oneshot::Sender<Result<()>>)>,
}

type Appending = oneshot::Receiver<Result<()>>;

impl WitnessFile {
    fn new(path: PathBuf) -> WitnessFile {
        let (notes, handed) = mpsc::channel::<(String, oneshot::Sender<Result<()>>)>();
        let file = path.clone();
        let work = move || {
            for (note, done) in handed {
                let _ = done.send(append(&file, &note));
            }
        };
        // Without a thread every note is answered by being dropped, which is told as a failure.
        if let Err(error) = std::thread::Builder::new().name("witness".into()).spawn(work) {
            tracing::error!(%error, "the witness's file has no thread");
        }
        WitnessFile { path, notes }
    }

    /// One at a time: the caller waits for its end, however long that takes, before the next.
    fn append(&self, note: String) -> Appending {
        let (done, appending) = oneshot::channel();
        if self.notes.send((note, done)).is_err() {
            tracing::debug!(file = %self.path.display(), "the witness's thread is gone");
        }
        appending
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
