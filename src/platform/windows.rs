//! Windows: named pipes, and no file modes. Written from the documentation; not tested yet.

use std::ffi::OsString;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::windows::fs::MetadataExt;
use std::sync::LazyLock;
use std::time::Instant;

use tokio::net::windows::named_pipe::{ClientOptions, NamedPipeServer, ServerOptions};
use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_logoff, ctrl_shutdown};

use super::{BaseStrategy, BoxedStream, Duration, End, File, Hangup, OpenOptions, Path, PathBuf, fs, io};

pub const PYTHON: &str = "python";

/// The local part of the user's application data. The roaming part would be copied to other machines, keys included.
pub fn state_base(base: &impl BaseStrategy) -> PathBuf {
    base.cache_dir()
}

/// The per-user state folder lies below the user's profile, which other users cannot enter.
pub fn create_private_dir(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)
}

/// `ERROR_TOO_MANY_OPEN_FILES` and `WSAEMFILE`.
pub fn is_out_of_files(error: &io::Error) -> bool {
    error.raw_os_error().is_some_and(|number| [4, 10_024].contains(&number))
}

pub fn others_may_write(_dir: &Path) -> io::Result<bool> {
    Ok(false)
}

pub fn close_to_others(_dir: &Path) -> io::Result<()> {
    Ok(())
}

pub fn close_file_to_others(_path: &Path) -> io::Result<()> {
    Ok(())
}

pub fn others_may_read(_file: &File) -> io::Result<bool> {
    Ok(false)
}

pub fn user_number() -> Option<u32> {
    None
}

pub fn private(_options: &mut OpenOptions) {}

/// `QueryPerformanceCounter`, which `Instant` reads, includes the machine's sleep.
pub fn time_with_sleep() -> Duration {
    /// An offset, so that moments before the start of the process can be represented.
    const BEFORE: Duration = Duration::from_secs(1 << 32);
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    BEFORE + START.elapsed()
}

pub fn read_exact_at(file: &File, mut bytes: &mut [u8], mut start: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, bytes, start) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => {
                bytes = &mut bytes[count..];
                start += count as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => (),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// A file's identity is its creation time. Windows lets no other process replace or delete a file that SQLite has open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileId(u64);

pub fn file_id(metadata: &fs::Metadata) -> FileId {
    FileId(metadata.creation_time())
}

/// A named pipe. Its default access control lets only the owner, administrators and the system write.
pub struct OwnListener {
    name: OsString,
    next: NamedPipeServer,
}

impl OwnListener {
    pub fn bind(state_dir: &Path, end: End) -> io::Result<OwnListener> {
        let name = pipe_name(state_dir, end);
        let next = ServerOptions::new().first_pipe_instance(true).reject_remote_clients(true).create(&name)?;
        Ok(OwnListener { name, next })
    }

    pub async fn accept(&mut self) -> io::Result<BoxedStream> {
        self.next.connect().await?;
        let fresh = ServerOptions::new().reject_remote_clients(true).create(&self.name)?;
        Ok(Box::new(std::mem::replace(&mut self.next, fresh)))
    }
}

/// Connect to a pipe of a state folder.
pub async fn connect_own(state_dir: &Path, end: End) -> io::Result<BoxedStream> {
    Ok(Box::new(ClientOptions::new().open(pipe_name(state_dir, end))?))
}

fn pipe_name(state_dir: &Path, end: End) -> OsString {
    let mut hasher = DefaultHasher::new();
    fs::canonicalize(state_dir).unwrap_or_else(|_| state_dir.to_owned()).hash(&mut hasher);
    let suffix = match end {
        End::Control => "",
        End::Lines => "-lines",
        End::Mcp => "-mcp",
    };
    format!(r"\\.\pipe\livegate-{:016x}{suffix}", hasher.finish()).into()
}

/// Completes when the console or the system requests shutdown. After close, logoff and shutdown Windows ends the process within seconds. There is no
/// `SIGHUP`: closing the console window is a separate event.
pub fn shutdown_signal(_hangup: Hangup) -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = ctrl_c()?;
    let mut interrupt_by_break = ctrl_break()?;
    let mut close = ctrl_close()?;
    let mut logoff = ctrl_logoff()?;
    let mut shutdown = ctrl_shutdown()?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => (),
            _ = interrupt_by_break.recv() => (),
            _ = close.recv() => (),
            _ = logoff.recv() => (),
            _ = shutdown.recv() => (),
        }
    })
}
