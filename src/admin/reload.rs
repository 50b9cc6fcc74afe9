//! Reads the roles again: on request, by `SIGHUP`, and when their file has changed. They take effect all at once, or not at all.

use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use tokio::sync::watch;

use crate::audit::Event;
use crate::config;
use crate::gateway::permit::LoadedPolicy;
use crate::gateway::record::Recorder;
use crate::platform::clock;
use crate::platform::shutdown::shutdown_requested;
use crate::policy::Policy;
use crate::shared::Shared;

/// Why the roles are read again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    Request,
    Hangup,
    /// The owner did not request it, so no role may gain a right by it.
    FileChange,
}

impl Trigger {
    const fn name(self) -> &'static str {
        match self {
            Trigger::Request => "request",
            Trigger::Hangup => "SIGHUP",
            Trigger::FileChange => "file change",
        }
    }
}

/// What a reload came to: the digests before and after, and what a person should know.
pub struct Reloaded {
    pub before: String,
    pub after: String,
    pub warnings: Vec<String>,
}

/// Read the roles again. The error says why those in force stay; log, trail and `status` say it too.
pub async fn reload(shared: &Arc<Shared>, recorder: &Recorder, trigger: Trigger) -> Result<Reloaded, String> {
    let loading = shared.clone();
    let loaded = tokio::task::spawn_blocking(move || load(&loading)).await;
    let put =
        loaded.unwrap_or_else(|error| Err(error.to_string())).and_then(|policy| activate(shared, policy, trigger));
    let problem = put.as_ref().err().map(|reason| Arc::new(reason.clone()));
    shared.policy_problem.store(problem);
    match &put {
        Ok(Reloaded { before, after, warnings }) => {
            let event = Event::new("policy_reload").with("from", before.as_str()).with("to", after.as_str());
            recorder.event(event.with("trigger", trigger.name())).await;
            tracing::info!(trigger = trigger.name(), sha256 = after, "the roles were reloaded");
            warnings.iter().for_each(|warning| tracing::warn!("{warning}"));
        }
        Err(reason) => {
            let event = Event::new("policy_rejected").with("reason", reason.as_str());
            recorder.event(event.with("trigger", trigger.name())).await;
            tracing::error!(trigger = trigger.name(), reason, "the roles were not reloaded; those in force stay");
        }
    }
    put
}

fn load(shared: &Shared) -> Result<Policy, String> {
    let policy = shared.policy_source.load_tested().map_err(|error| error.to_string())?;
    let local = &shared.config.local.role;
    if policy.has_role(local) { Ok(policy) } else { Err(format!("the roles have no {local}, which local.role names")) }
}

fn activate(shared: &Shared, policy: Policy, trigger: Trigger) -> Result<Reloaded, String> {
    let before = shared.policy.load_full();
    if trigger == Trigger::FileChange
        && let Some(gain) = policy.first_gain(&before.policy)
    {
        return Err(format!("the roles file has changed, and {gain}; livegate policy reload loads it"));
    }
    let warnings = warnings(shared, &policy);
    let after = LoadedPolicy::of(policy, &shared.policy_source, None);
    let reloaded = Reloaded { before: before.policy.digest.clone(), after: after.policy.digest.clone(), warnings };
    if reloaded.before != reloaded.after {
        shared.approvals.end_grants("the policy has changed");
    }
    // A freeze may begin or end meanwhile.
    shared.policy.rcu(|current| after.with_freeze(current.freeze.clone()));
    Ok(reloaded)
}

/// Rules that have ended, and users whose role there is not.
pub fn warnings(shared: &Shared, policy: &Policy) -> Vec<String> {
    let users = shared.directory.users();
    let in_use = users.iter().map(|user| (user.role.as_ref(), format!("user {}", user.name)));
    policy.warnings(clock::now(), in_use)
}

/// Reload on `SIGHUP` and when the file changes, until shutdown.
pub async fn follow(shared: Arc<Shared>, recorder: Recorder, mut shutdown: watch::Receiver<bool>) {
    let path = shared.policy_source.file().map(Path::to_owned);
    let mut watched = WatchedFile::new(stamp(path.as_deref()).await);
    let every = config::ms(shared.config.policy.watch_ms);
    loop {
        let trigger = tokio::select! {
            () = shared.hangups.notified() => Trigger::Hangup,
            () = tokio::time::sleep(every), if path.is_some() => Trigger::FileChange,
            () = shutdown_requested(&mut shutdown) => return,
        };
        let now = stamp(path.as_deref()).await;
        let is_due = if trigger == Trigger::FileChange { watched.has_changed(now) } else { watched.is_read(now) };
        if is_due {
            // What came of it is logged, recorded and in `status`.
            let _ = reload(&shared, &recorder, trigger).await;
        }
    }
}

/// A file whose changes count once they are finished: its metadata has to be the same at two looks.
struct WatchedFile {
    read: Option<FileStamp>,
    seen: Option<FileStamp>,
}

/// The time of the last change and the length.
type FileStamp = (SystemTime, u64);

impl WatchedFile {
    fn new(read: Option<FileStamp>) -> WatchedFile {
        WatchedFile { read, seen: read }
    }

    /// Whether there is a finished change that was not read yet.
    fn has_changed(&mut self, now: Option<FileStamp>) -> bool {
        let is_finished = self.seen == now;
        self.seen = now;
        let has_changed = is_finished && self.read != now;
        if has_changed {
            self.read = now;
        }
        has_changed
    }

    /// It is read whatever it is.
    fn is_read(&mut self, now: Option<FileStamp>) -> bool {
        *self = WatchedFile::new(now);
        true
    }
}

async fn stamp(path: Option<&Path>) -> Option<FileStamp> {
    let metadata = tokio::fs::metadata(path?).await.ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_counts_once_it_is_finished() {
        let stamp = |len: u64| Some((SystemTime::UNIX_EPOCH, len));
        let mut file = WatchedFile::new(stamp(1));
        assert!(!file.has_changed(stamp(1)));
        assert!(!file.has_changed(stamp(2)), "it may be half written");
        assert!(!file.has_changed(stamp(3)));
        assert!(file.has_changed(stamp(3)));
        assert!(!file.has_changed(stamp(3)), "it was read");
        assert!(!file.has_changed(None));
        assert!(file.has_changed(None), "a missing file is a change, which does not load");
        assert!(file.is_read(stamp(4)) && !file.has_changed(stamp(4)));
    }
}
