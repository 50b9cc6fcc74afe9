//! Windows: access control lists, named pipes, console events.

#[path = "windows/access.rs"]
mod access;
#[path = "windows/pipe.rs"]
mod pipe;
#[cfg(test)]
#[path = "windows/tests.rs"]
mod tests;

use std::os::windows::fs::OpenOptionsExt;
use std::sync::LazyLock;
use std::time::Instant;

use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_logoff, ctrl_shutdown};

pub use access::others_may_read;
pub use access::others_may_write;
pub use pipe::{OwnListener, connect_own};

use super::{BaseStrategy, Duration, File, Hangup, OpenOptions, Path, PathBuf, fs, io};

pub const PYTHON: &str = "python";

/// Whether a file that SQLite has open can be renamed and removed.
#[cfg(test)]
pub const MOVES_OPEN_FILES: bool = false;

/// The local part of the user's application data. The roaming part would be copied to other machines, keys included.
pub fn state_base(base: &impl BaseStrategy) -> PathBuf {
    base.cache_dir()
}

pub fn create_private_dir(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    close_to_others(dir)
}

/// `ERROR_TOO_MANY_OPEN_FILES` and `WSAEMFILE`.
pub fn is_out_of_files(error: &io::Error) -> bool {
    error.raw_os_error().is_some_and(|number| [4, 10_024].contains(&number))
}

pub fn close_to_others(dir: &Path) -> io::Result<()> {
    access::close_folder(dir)
}

pub fn close_file_to_others(path: &Path) -> io::Result<()> {
    access::close_file(path)
}

/// What a user types to make a file private.
pub fn command_to_close(path: &Path) -> String {
    format!(r#"icacls "{}" /inheritance:r /grant:r "%USERNAME%:F""#, path.display())
}

pub fn user_number() -> Option<u32> {
    None
}

/// Opens a file and makes it private if others may read it.
pub fn open_private(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    let file = options.open(path)?;
    if access::others_may_read(&file)? {
        access::close_file(path)?;
    }
    Ok(file)
}

/// Creates a private file. No other process can open it before it is closed: a handle outlives a change of the list.
pub fn create_private(path: &Path) -> io::Result<File> {
    open_private(OpenOptions::new().write(true).create_new(true).share_mode(0), path)
}

/// Renames over a file, which a virus scanner or a backup may have open for a moment.
pub fn replace(from: &Path, to: &Path) -> io::Result<()> {
    let mut tries = 0;
    loop {
        match fs::rename(from, to) {
            Err(error) if tries < REPLACE_TRIES && error.raw_os_error().is_some_and(|code| IN_USE.contains(&code)) => {
                tries += 1;
                pause(REPLACE_PAUSE);
            }
            renamed => return renamed,
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a rename that another program is in the way of")]
fn pause(time: Duration) {
    std::thread::sleep(time);
}

/// `ERROR_ACCESS_DENIED` and `ERROR_SHARING_VIOLATION`.
const IN_USE: [i32; 2] = [5, 32];
const REPLACE_TRIES: u32 = 20;
const REPLACE_PAUSE: Duration = Duration::from_millis(10);

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

/// The identity of a file: the volume's serial number and the file's index on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileId(u64, u64);

/// A file's identity and length.
pub fn identify(path: &Path) -> io::Result<(FileId, u64)> {
    let file = winapi_util::file::information(access::open_with(path, 0)?)?;
    Ok((FileId(file.volume_serial_number(), file.file_index()), file.file_size()))
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
