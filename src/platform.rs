//! Everything that differs between Linux, macOS and Windows: folders, permissions, locks, the control socket, signals.
//!
//! No other file has a `cfg(unix)` or `cfg(windows)`: the two halves in `platform/` have the same functions.

#[cfg_attr(unix, path = "platform/unix.rs")]
#[cfg_attr(windows, path = "platform/windows.rs")]
mod system;

#[cfg_attr(target_os = "linux", path = "platform/peer_user/linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "platform/peer_user/unsupported.rs")]
mod peer_user;

#[cfg_attr(target_os = "linux", path = "platform/listening/linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "platform/listening/netstat.rs")]
mod listening;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use etcetera::BaseStrategy;
use secrecy::{ExposeSecret, SecretString};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::Notify;

use crate::failure::Context;
use error::unfit;

pub mod clock;
mod error;
pub(crate) mod own_thread;
pub(crate) mod random;
pub(crate) mod shutdown;

pub(crate) use error::{Error, ErrorKind, Moved, Result};
pub(crate) use listening::listening;
pub(crate) use peer_user::PeerUsers;
#[cfg(test)]
pub(crate) use system::MOVES_OPEN_FILES;
pub(crate) use system::{OwnListener, PYTHON, connect_own, shutdown_signal};

/// Linux's `CLOCK_MONOTONIC` stops during sleep; `CLOCK_BOOTTIME` and macOS's `CLOCK_MONOTONIC` do not.
#[cfg(target_os = "linux")]
const CLOCK_WITH_SLEEP: rustix::time::ClockId = rustix::time::ClockId::Boottime;
#[cfg(all(unix, not(target_os = "linux")))]
const CLOCK_WITH_SLEEP: rustix::time::ClockId = rustix::time::ClockId::Monotonic;

/// What `SIGHUP` does to a process. One that has a controlling terminal is shut down by it, because the terminal was closed.
#[derive(Clone, Debug)]
pub enum Hangup {
    /// It shuts down, also as a service.
    ShutsDown,
    /// A service ignores it.
    ShutsDownInTerminal,
    /// A service is notified by it.
    NotifiesService(Arc<Notify>),
}

/// A socket or pipe of a state folder, which only its owner can use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The owner's console.
    Control,
    /// Lines of programs of the same user.
    Lines,
    /// MCP of this user's agents, which have fewer rights than their user.
    Mcp,
}

impl End {
    /// The path within the state folder. Separate folders let a program be given access to one of them only.
    #[cfg_attr(windows, expect(dead_code, reason = "Windows names pipes and has no files for them"))]
    const fn path(self) -> &'static str {
        match self {
            End::Control => "control.sock",
            End::Lines => "run/livegate.sock",
            End::Mcp => "run/mcp.sock",
        }
    }
}

/// A byte stream: a socket, TLS over one, or a pipe.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// The default state folder: the platform's per-user folder for application state.
pub fn state_dir() -> Result<PathBuf> {
    let base =
        etcetera::base_strategy::choose_native_strategy().context("cannot find the home folder; use --state-dir")?;
    Ok(system::state_base(&base).join("livegate"))
}

/// The default places of Live's User Library: the first that exists is used. `system` is named as in [`std::env::consts::OS`]; Live does not run
/// elsewhere. Windows moves Documents into OneDrive if that is enabled.
pub fn user_libraries(system: &str, home: &Path) -> Vec<PathBuf> {
    let below: &[&str] = match system {
        "macos" => &["Music/Ableton/User Library"],
        "windows" => &["Documents/Ableton/User Library", "OneDrive/Documents/Ableton/User Library"],
        _ => &[],
    };
    below.iter().map(|path| path.split('/').fold(home.to_owned(), |folder, name| folder.join(name))).collect()
}

pub(crate) fn home_dir() -> Result<PathBuf> {
    Ok(etcetera::home_dir().context("cannot find the home folder")?)
}

/// Other processes that have one of these files open, as `name (pid)`. On Linux, those of the same user; elsewhere always empty.
pub fn others_with_open(files: &[PathBuf]) -> Vec<String> {
    let own = std::process::id().to_string();
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbered = processes.filter_map(|entry| entry.file_name().into_string().ok());
    let others = numbered.filter(|name| name.bytes().all(|byte| byte.is_ascii_digit()) && *name != own);
    let has_open = |pid: &String| {
        let descriptors = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
        descriptors.filter_map(|entry| fs::read_link(entry.path()).ok()).any(|target| files.contains(&target))
    };
    let name = |pid: String| {
        let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
        format!("{} ({pid})", name.trim_end())
    };
    others.filter(has_open).map(name).collect()
}

/// The space in bytes that this user can still write at `path`, which need not exist.
pub fn free_bytes(path: &Path) -> Result<u64> {
    let there = path.ancestors().find(|folder| folder.exists()).unwrap_or(path);
    Ok(fs4::available_space(there)
        .with_context(|| format!("cannot determine the free space in {}", there.display()))?)
}

/// A socket of this machine that waits for connections or datagrams.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listening {
    pub(crate) is_udp: bool,
    pub(crate) address: SocketAddr,
}

/// The user at the other end of a loopback connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeerUser {
    /// The user that this process runs as.
    Own,
    /// Another user, by number.
    Other(u32),
    /// The peer has closed its socket, or cannot be looked up.
    Gone,
    /// This system does not support the lookup.
    Unknown,
}

/// Raise the limit of open files and sockets of this process to `count` if possible. Returns the resulting limit.
pub fn allow_open_files(count: u64) -> io::Result<u64> {
    rlimit::increase_nofile_limit(count)
}

/// Create a folder that only its owner can access. An existing folder is made private; it is an error if others had write access and it has content.
pub fn create_private_dir(dir: &Path) -> Result<()> {
    let context = || format!("cannot create {}", dir.display());
    if !is_there(dir) {
        return Ok(system::create_private_dir(dir).with_context(context)?);
    }
    if !dir.is_dir() {
        return Err(unfit(format!("{} is not a folder", dir.display())));
    }
    let is_shared = system::others_may_write(dir).with_context(context)?;
    if is_shared && fs::read_dir(dir).with_context(context)?.next().is_some() {
        return Err(unfit(format!("others can write to {}; use a folder that only you can write to", dir.display())));
    }
    Ok(system::close_to_others(dir).with_context(context)?)
}

/// Whether the path exists, even as a dangling link: its target may be on a medium that is not mounted now.
pub fn is_there(path: &Path) -> bool {
    // If a parent is a file, nothing is below it.
    let is_absent = |kind| matches!(kind, io::ErrorKind::NotFound | io::ErrorKind::NotADirectory);
    fs::symlink_metadata(path).map_or_else(|error| !is_absent(error.kind()), |_| true)
}

/// Reads a secret from a file. Errors: others can read the file.
pub fn read_secret(path: &Path) -> Result<SecretString> {
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    if system::others_may_read(&file).with_context(|| format!("cannot read {}", path.display()))? {
        let command = system::command_to_close(path);
        return Err(unfit(format!("cannot use {}: others may read it; run {command}", path.display())));
    }
    let text = io::read_to_string(file).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(SecretString::from(text.trim_end().to_owned()))
}

/// Whether only its owner can read a file.
pub fn is_private(path: &Path) -> Result<bool> {
    let context = || format!("cannot read {}", path.display());
    Ok(!system::others_may_read(&File::open(path).with_context(context)?).with_context(context)?)
}

/// Write a secret atomically by a rename, never readable by others.
pub fn write_secret(path: &Path, secret: &SecretString) -> Result<()> {
    write_private(path, secret.expose_secret())
}

/// Write a private file by a rename (0600 where the platform has modes).
pub fn write_private(path: &Path, text: &str) -> Result<()> {
    write_private_bytes(path, text.as_bytes())
}

/// The same for bytes.
pub fn write_private_bytes(path: &Path, content: &[u8]) -> Result<()> {
    let context = || format!("cannot write {}", path.display());
    let draft = path.with_extension("draft");
    let _ = fs::remove_file(&draft);
    let mut file = system::create_private(&draft).with_context(context)?;
    file.write_all(content).and_then(|()| file.sync_all()).with_context(context)?;
    drop(file);
    Ok(system::replace(&draft, path).with_context(context)?)
}

/// Time since an arbitrary moment, on a clock that is monotonic, cannot be set, and includes the machine's sleep.
pub fn time_with_sleep() -> Duration {
    system::time_with_sleep()
}

/// Read bytes of a file at a position, without changing the file's cursor.
pub fn read_exact_at(file: &File, bytes: &mut [u8], start: u64) -> io::Result<()> {
    system::read_exact_at(file, bytes, start)
}

/// Lower the priority of the current thread. On Linux a nice value applies to one thread; elsewhere it applies to the process, so this does nothing.
fn yield_to_other_threads() {
    #[cfg(target_os = "linux")]
    // On failure the thread keeps its priority.
    let _ = rustix::process::setpriority_process(None, BACKGROUND_NICE);
}

#[cfg(target_os = "linux")]
const BACKGROUND_NICE: i32 = 15;

/// Makes a rename in a file's folder durable. Windows cannot open folders for that, and journals renames.
pub fn sync_folder(file: &Path) -> Result<()> {
    let folder = file.parent().unwrap_or(file);
    let synced = if cfg!(windows) { Ok(()) } else { File::open(folder).and_then(|folder| folder.sync_all()) };
    Ok(synced.with_context(|| format!("cannot write {}", folder.display()))?)
}

/// Renames a file if the new name is free, even of a dangling link. `false`: the name is taken.
pub fn rename_to_new(from: &Path, to: &Path) -> io::Result<bool> {
    match fs::hard_link(from, to) {
        Ok(()) => return fs::remove_file(from).map(|()| true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(false),
        // The medium does not support hard links, as FAT. Take the name first with an empty file, then replace that.
        Err(_) => (),
    }
    match system::create_private(to).map(drop) {
        Ok(()) => system::replace(from, to).map(|()| true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

/// Makes a file private (0600 where the platform has modes), and creates it if it does not exist.
pub fn keep_private(path: &Path) -> Result<()> {
    let context = || format!("cannot open {}", path.display());
    if is_there(path) {
        // Do not open the file: closing it would release this process's POSIX locks on it.
        return Ok(system::close_file_to_others(path).with_context(context)?);
    }
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    Ok(system::open_private(&mut options, path).map(drop).with_context(context)?)
}

/// Open a private file to append to it, and create it if it does not exist.
pub fn append_private(path: &Path) -> io::Result<File> {
    system::open_private(OpenOptions::new().append(true).create(true), path)
}

/// The number of this process's user; `None` where users have none.
pub fn user_number() -> Option<u32> {
    system::user_number()
}

/// The lock file of the state folder, held by the process that writes there.
pub const LOCK: &str = "lock";

/// A state folder that only this process writes. The operating system releases the lock when the process ends.
#[derive(Debug)]
pub struct StateDir {
    path: PathBuf,
    _lock: File,
}

impl StateDir {
    /// Locks a folder, and creates it if it does not exist. Errors: another process has it.
    pub fn claim(path: &Path) -> Result<StateDir> {
        let context = || format!("cannot keep the state in {}; name another folder with --state-dir", path.display());
        create_private_dir(path).with_context(context)?;
        match lock(path).with_context(context)? {
            Some(lock) => Ok(StateDir { path: path.to_owned(), _lock: lock }),
            None => Err(unfit(format!("another livegate uses {}; stop it first, or use --state-dir", path.display()))),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// Locks the folder's lock file. `None`: another process holds it.
fn lock(dir: &Path) -> Result<Option<File>> {
    let path = dir.join(LOCK);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    let file = system::open_private(&mut options, &path).with_context(|| format!("cannot open {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(fs::TryLockError::WouldBlock) => Ok(None),
        Err(fs::TryLockError::Error(error)) => {
            Err(Error::from(error).of_attempt(format!("cannot lock {}", path.display())))
        }
    }
}

/// A file whose path must keep leading to it: rows written to a deleted or replaced file are lost.
#[derive(Debug)]
pub struct WatchedFile {
    path: PathBuf,
    id: system::FileId,
}

impl WatchedFile {
    pub(crate) fn new(path: PathBuf) -> Result<WatchedFile> {
        let (id, _) = system::identify(&path).with_context(|| format!("cannot find {}", path.display()))?;
        Ok(WatchedFile { path, id })
    }

    pub(crate) fn check(&self) -> Result<()> {
        self.bytes().map(drop)
    }

    /// Its length in bytes, if it is still the same file.
    pub fn bytes(&self) -> Result<u64> {
        let path = self.path.display();
        match system::identify(&self.path) {
            Ok((id, bytes)) if id == self.id => Ok(bytes),
            Ok(_) => {
                Err(Error::from(Moved::Replaced).of_attempt(format!("{path} has been replaced; restart the gateway")))
            }
            Err(error) => Err(Error::from(Moved::Gone).of_attempt(format!("cannot find {path}: {error}"))),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

pub(crate) type BoxedStream = Box<dyn Stream>;
