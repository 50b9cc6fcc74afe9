//! Linux and macOS: modes of files, a socket in the state folder, signals.

use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};

use rustix::io::Errno;
use rustix::time::clock_gettime;
use tokio::net::{UnixListener, UnixStream};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{
    BaseStrategy, BoxedStream, CLOCK_WITH_SLEEP, Duration, End, File, Hangup, OpenOptions, Path, PathBuf, fs, io,
};

/// The command for Python 3 on these systems.
pub const PYTHON: &str = "python3";

/// Whether a file that another program has open can be renamed and removed.
#[cfg(test)]
pub const MOVES_OPEN_FILES: bool = true;

/// `~/.local/state` by the XDG specification. macOS has no such folder; there it is the folder for application data.
pub fn state_base(base: &impl BaseStrategy) -> PathBuf {
    base.state_dir().unwrap_or_else(|| base.data_dir())
}

pub fn is_out_of_files(error: &io::Error) -> bool {
    let none_left = [Errno::MFILE, Errno::NFILE].map(Errno::raw_os_error);
    error.raw_os_error().is_some_and(|number| none_left.contains(&number))
}

pub fn create_private_dir(dir: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

pub fn others_may_write(dir: &Path) -> io::Result<bool> {
    Ok(fs::metadata(dir)?.mode() & 0o022 != 0)
}

pub fn close_to_others(dir: &Path) -> io::Result<()> {
    fs::set_permissions(dir, fs::Permissions::from_mode(0o700))
}

pub fn close_file_to_others(path: &Path) -> io::Result<()> {
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))
}

pub fn others_may_read(file: &File) -> io::Result<bool> {
    Ok(file.metadata()?.mode() & 0o077 != 0)
}

pub fn user_number() -> Option<u32> {
    Some(rustix::process::getuid().as_raw())
}

/// What a user types to make a file private.
pub fn command_to_close(path: &Path) -> String {
    format!("chmod 600 {}", path.display())
}

/// Opens a file, private if it is created.
pub fn open_private(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    options.mode(0o600).open(path)
}

pub fn create_private(path: &Path) -> io::Result<File> {
    open_private(OpenOptions::new().write(true).create_new(true), path)
}

/// Renames over a file.
pub fn replace(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)
}

pub fn time_with_sleep() -> Duration {
    Duration::try_from(clock_gettime(CLOCK_WITH_SLEEP)).expect("time since the start of the machine is not negative")
}

pub fn read_exact_at(file: &File, bytes: &mut [u8], start: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, start)
}

/// The identity of a file, which does not change while a path leads to the same file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileId(u64, u64);

/// A file's identity and length. Do not open it: closing it would release this process's POSIX locks on it.
pub fn identify(path: &Path) -> io::Result<(FileId, u64)> {
    let metadata = fs::metadata(path)?;
    Ok((FileId(metadata.dev(), metadata.ino()), metadata.len()))
}

/// A socket in the state folder, for processes of the same user only.
pub struct OwnListener {
    socket: UnixListener,
    path: PathBuf,
    owner: u32,
}

impl OwnListener {
    /// The caller holds the state folder's lock, so an existing socket belongs to a process that has ended.
    pub fn bind(state_dir: &Path, end: End) -> io::Result<OwnListener> {
        let path = state_dir.join(end.path());
        if let Some(folder) = path.parent() {
            create_private_dir(folder)?;
        }
        let _ = fs::remove_file(&path);
        let socket = UnixListener::bind(&path)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
        let owner = fs::metadata(&path)?.uid();
        Ok(OwnListener { socket, path, owner })
    }

    /// The next connection of the owner. Connections of other users are closed; the kernel reports the peer's user.
    pub async fn accept(&mut self) -> io::Result<BoxedStream> {
        loop {
            let (stream, _) = self.socket.accept().await?;
            if stream.peer_cred()?.uid() == self.owner {
                return Ok(Box::new(stream));
            }
        }
    }
}

impl Drop for OwnListener {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// Connect to a socket in a state folder. An error if another user serves it.
pub async fn connect_own(state_dir: &Path, end: End) -> io::Result<BoxedStream> {
    let stream = UnixStream::connect(state_dir.join(end.path())).await?;
    if stream.peer_cred()?.uid() != rustix::process::getuid().as_raw() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "another user serves this socket"));
    }
    Ok(Box::new(stream))
}

/// Completes when a signal asks the process to shut down: `SIGTERM`, `SIGINT`, `SIGQUIT`, or `SIGHUP` as `hangup` says. The signals are
/// caught from this call on, even before the future is polled.
pub fn shutdown_signal(hangup: Hangup) -> io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut quit = signal(SignalKind::quit())?;
    let hangups = if ignores_hangup() { None } else { Some(signal(SignalKind::hangup())?) };
    // Check this now: a closed terminal cannot be opened later.
    let hangup = if has_terminal() { Hangup::ShutsDown } else { hangup };
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => (),
            _ = interrupt.recv() => (),
            _ = quit.recv() => (),
            () = hung_up(hangups, hangup) => (),
        }
    })
}

/// Completes when a hangup shuts the process down.
async fn hung_up(hangups: Option<Signal>, hangup: Hangup) {
    let Some(mut hangups) = hangups else { return std::future::pending().await };
    while hangups.recv().await.is_some() {
        match &hangup {
            Hangup::ShutsDown => return,
            Hangup::ShutsDownInTerminal => tracing::warn!("SIGHUP ignored: there is nothing to reload"),
            Hangup::NotifiesService(notified) => notified.notify_one(),
        }
    }
}

/// Whether the process has a controlling terminal.
fn has_terminal() -> bool {
    File::open("/dev/tty").is_ok()
}

/// Whether the process was started with `SIGHUP` ignored, as `nohup` does. Only Linux reports it.
fn ignores_hangup() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    // Signal n is bit n - 1.
    let hangup = 1_u64 << (SignalKind::hangup().as_raw_value() - 1);
    ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & hangup != 0)
}
