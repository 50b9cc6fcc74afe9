//! Named pipes for processes of the same user.

use std::ffi::OsString;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;
use std::{fs, io};

use tokio::net::windows::named_pipe::{ClientOptions, NamedPipeServer, ServerOptions};

use super::access;
use crate::platform::{BoxedStream, End, Path};

/// All instances of the pipe have a client; the server is about to create the next.
const ERROR_PIPE_BUSY: i32 = 231;
const BUSY_TRIES: u32 = 100;
const BUSY_PAUSE: Duration = Duration::from_millis(10);

/// A named pipe that its user and the system can open.
pub struct OwnListener {
    name: OsString,
    next: NamedPipeServer,
}

impl OwnListener {
    pub fn bind(state_dir: &Path, end: End) -> io::Result<OwnListener> {
        let name = pipe_name(state_dir, end);
        let next = create(&name, true)?;
        Ok(OwnListener { name, next })
    }

    pub async fn accept(&mut self) -> io::Result<BoxedStream> {
        self.next.connect().await?;
        let fresh = create(&self.name, false)?;
        Ok(Box::new(std::mem::replace(&mut self.next, fresh)))
    }
}

#[cfg(test)]
impl OwnListener {
    pub fn next_instance(&self) -> &NamedPipeServer {
        &self.next
    }
}

/// Creates an instance of the pipe for its owner. The access list that Windows gives a pipe by default lets everyone read.
fn create(name: &OsString, is_first: bool) -> io::Result<NamedPipeServer> {
    let mut options = ServerOptions::new();
    options.first_pipe_instance(is_first).reject_remote_clients(true).write_dac(true).write_owner(true);
    let mut pipe = options.create(name)?;
    access::own_pipe(&mut pipe)?;
    Ok(pipe)
}

/// Connect to a pipe of a state folder. An error if another user serves it.
pub async fn connect_own(state_dir: &Path, end: End) -> io::Result<BoxedStream> {
    let name = pipe_name(state_dir, end);
    let mut tries = 0;
    let pipe = loop {
        match ClientOptions::new().open(&name) {
            Err(error) if error.raw_os_error() == Some(ERROR_PIPE_BUSY) && tries < BUSY_TRIES => {
                tries += 1;
                tokio::time::sleep(BUSY_PAUSE).await;
            }
            opened => break opened?,
        }
    };
    if !access::is_own_pipe(&pipe)? {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "another user serves this pipe"));
    }
    Ok(Box::new(pipe))
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
