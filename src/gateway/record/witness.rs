//! Stores the last checkpoint beside the trail and sends it to witnesses: a file that it is appended to, a command that it is piped to.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::error::{Error, Result, failed};
use super::health::{Health, MissedCheckpoint, WitnessKind, WitnessState};
use crate::audit::checkpoint::Signed;
use crate::failure::Context;
use crate::platform::clock;
use crate::{audit, config};

pub struct Witness {
    latest: watch::Sender<Option<Arc<Signed>>>,
    tasks: JoinSet<()>,
}

impl Witness {
    /// The recorder does not wait for witnesses. A slow witness gets the latest checkpoint only. A witness that hangs is reported and does not delay
    /// the others.
    pub fn start(config: &config::Trail, state_dir: &Path, health: Arc<Health>) -> Witness {
        let (latest, seen) = watch::channel(None);
        let mut tasks = JoinSet::new();
        let way = |of| Target { of, wait: config::ms(config.witness_wait_ms), health: health.clone() };
        if !config.witness_file.as_os_str().is_empty() {
            let file = WitnessFile::new(state_dir.join(&config.witness_file));
            tasks.spawn(way(WitnessKind::File).append_to(file, seen.clone()));
        }
        if let Some((program, arguments)) = config.witness_command.split_first() {
            let program = program.clone();
            let arguments = arguments.to_vec();
            tasks.spawn(way(WitnessKind::Command).hand_to(program, arguments, seen.clone()));
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

    /// End when the last checkpoint has been delivered.
    pub async fn end(mut self) {
        drop(self.latest);
        // A panic of this task loses no row.
        while self.tasks.join_next().await.is_some() {}
    }
}

/// Store the checkpoint, to detect an older copy of the trail. Checkpoints arrive here once durable, so the stored one is never ahead of the trail.
async fn remember(state_dir: PathBuf, mut seen: watch::Receiver<Option<Arc<Signed>>>) {
    let mut fails = false;
    while seen.changed().await.is_ok() {
        let Some(signed) = seen.borrow_and_update().clone() else { continue };
        let dir = state_dir.clone();
        let remembering = tokio::task::spawn_blocking(move || audit::remember(&dir, &signed)).await;
        let remembered = remembering.map_err(Error::from).and_then(|remembered| Ok(remembered?));
        if let Err(error) = &remembered
            && !fails
        {
            let error = format!("{error:#}");
            tracing::error!(
                error,
                "the trail's last checkpoint cannot be stored; replacement by an older copy may not be detected"
            );
        }
        fails = remembered.is_err();
    }
}

/// One witness.
struct Target {
    of: WitnessKind,
    wait: Duration,
    health: Arc<Health>,
}

type LastCheckpoint = watch::Receiver<Option<Arc<Signed>>>;

impl Target {
    async fn hand_to(self, program: String, arguments: Vec<String>, mut seen: LastCheckpoint) {
        self.report(Err((NOT_YET, None)));
        while seen.changed().await.is_ok() {
            let Some(signed) = seen.borrow_and_update().clone() else { continue };
            let handed = hand_to(&program, &arguments, &signed.note, self.wait).await;
            self.report(handed.map_err(|error| ("its command fails or takes too long", Some(error))));
        }
    }

    async fn append_to(self, file: WitnessFile, mut seen: LastCheckpoint) {
        self.report(Err((NOT_YET, None)));
        // The write to the file has timed out.
        let mut late: Option<Appending> = None;
        loop {
            tokio::select! {
                changed = seen.changed() => if changed.is_err() { return },
                done = async { late.as_mut().expect("it is late").await }, if late.is_some() => {
                    late = None;
                    self.report_appended(done);
                }
            }
            if late.is_some() {
                continue;
            }
            let Some(signed) = seen.borrow_and_update().clone() else { continue };
            let mut appending = file.append(signed.note.clone());
            match timeout(self.wait, &mut appending).await {
                Ok(done) => self.report_appended(done),
                Err(_) => {
                    self.report(Err(("its file takes too long", None)));
                    late = Some(appending);
                }
            }
        }
    }

    fn report_appended(&self, done: Result<Result<()>, oneshot::error::RecvError>) {
        let appended = done.map_err(Error::from).flatten();
        self.report(appended.map_err(|error| ("its file cannot be written", Some(error))));
    }

    /// Report the result of a delivery. An error has a sentence for `status` and a cause for the log.
    fn report(&self, seen: Result<(), (&'static str, Option<Error>)>) {
        let before = self.health.state_of(self.of);
        let missed_before = match before {
            Some(WitnessState::Misses(missed)) => Some(missed),
            _ => None,
        };
        let state_of = match seen {
            Ok(()) => {
                if missed_before.is_some_and(|missed| missed.reason != NOT_YET) {
                    tracing::info!(of = self.of.name(), "the trail's witness receives checkpoints again");
                }
                WitnessState::Sees
            }
            Err((reason, error)) => {
                if reason != NOT_YET {
                    let error = error.map(|error| format!("{error:#}"));
                    tracing::error!(
                        of = self.of.name(),
                        reason,
                        error,
                        "the trail's witness has not received a checkpoint"
                    );
                }
                let since_us = missed_before.map_or_else(clock::unix_micros, |missed| missed.since_us);
                WitnessState::Misses(MissedCheckpoint { reason, since_us })
            }
        };
        self.health.witness(self.of, state_of);
    }
}

/// The state before the first delivery.
const NOT_YET: &str = "it has not received a checkpoint yet";

/// The witness's file, written by its own thread: a write that hangs (a FIFO without a reader, an offline network disk) delays neither the recorder
/// nor shutdown.
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
        // Without its thread, every note is dropped, which counts as a failure.
        if let Err(error) = std::thread::Builder::new().name("witness".into()).spawn(work) {
            tracing::error!(%error, "cannot start the thread for the witness's file");
        }
        WitnessFile { path, notes }
    }

    /// One at a time: the caller waits for a write to end before the next.
    fn append(&self, note: String) -> Appending {
        let (done, appending) = oneshot::channel();
        if self.notes.send((note, done)).is_err() {
            tracing::debug!(file = %self.path.display(), "the witness's thread has ended");
        }
        appending
    }
}

fn append(file: &Path, note: &str) -> Result<()> {
    use std::io::Write;
    let context = || format!("cannot append to {}", file.display());
    let mut options = std::fs::OpenOptions::new();
    let mut open = options.create(true).append(true).open(file).with_context(context)?;
    Ok(open.write_all(format!("{note}\n").as_bytes()).and_then(|()| open.sync_all()).with_context(context)?)
}

async fn hand_to(program: &str, arguments: &[String], note: &str, wait: Duration) -> Result<()> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::null()).kill_on_drop(true);
    let mut child = command.spawn().with_context(|| format!("cannot run {program}"))?;
    let mut input = child.stdin.take().ok_or_else(|| failed("the command has no standard input"))?;
    let writing = async {
        // A command that does not read its input is judged by its exit code.
        let _ = input.write_all(note.as_bytes()).await;
        drop(input);
        child.wait().await
    };
    let status = timeout(wait, writing).await.with_context(|| format!("{program} takes too long"))??;
    if !status.success() {
        return Err(failed(format!("{program} failed: {status}")));
    }
    Ok(())
}
